"""Exercises of notebook 17: layers whose forward is given and whose backward is asked for.

The functions are the solutions that `solution("17.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/17_layers_of_today.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def size_by_hand():
    """The error in front of the row (1, 7), which is divided by its size, where the error (1, 0) arrives behind it."""
    x, dy = np.array([1, 7]), np.array([1, 0])
    size = np.sqrt(np.mean(x**2))
    y = x / size
    direct = dy / size
    through_size = -np.sum(dy * y) / size * y / 2
    dx = direct + through_size
    return dx


def layer_norm_backward(dy, x):
    """The error in front of a layer norm without gain, bias and epsilon."""
    centred = x - x.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).mean(axis=1, keepdims=True))
    y = centred / size
    dcentred = (dy - y * (dy * y).mean(axis=1, keepdims=True)) / size
    dx = dcentred - dcentred.mean(axis=1, keepdims=True)
    return dx


def batch_norm_backward(dy, x, g, epsilon):
    """The errors of x, of the gain and of the bias of a batch norm."""
    centred = x - x.mean(axis=0)
    size = np.sqrt((centred**2).mean(axis=0) + epsilon)
    normed = centred / size
    dg = np.sum(dy * normed, axis=0)
    db = dy.sum(axis=0)
    dn = dy * g
    dcentred = (dn - normed * (dn * normed).mean(axis=0)) / size
    dx = dcentred - dcentred.mean(axis=0)
    return dx, dg, db


def convolution_backward(dy, x, W):
    """The errors of the images, of the kernel and of the bias of a convolution with one channel and one kernel."""
    rows, columns = dy.shape[1:]
    dx, dW = np.zeros_like(x), np.zeros_like(W)
    for i in range(W.shape[0]):
        for j in range(W.shape[1]):
            dW[i, j] = np.sum(dy * x[:, i : i + rows, j : j + columns])
            dx[:, i : i + rows, j : j + columns] += dy * W[i, j]
    db = np.sum(dy)
    return dx, dW, db


def pooling_backward(dy, x):
    """The error in front of a max pooling over tiles of 2 x 2 pixels."""
    N, rows, columns = dy.shape
    tiles = x.reshape(N, rows, 2, columns, 2)
    largest = tiles == tiles.max(axis=(2, 4), keepdims=True)
    dtiles = largest * dy.reshape(N, rows, 1, columns, 1)
    dx = dtiles.reshape(x.shape)
    return dx


def dropout_by_hand():
    """The error in front of a dropout with p = 0.2 that left out the second of three numbers."""
    dy, kept, p = np.array([1, 2, -1]), np.array([1, 0, 1]), 0.2
    mask = kept / (1 - p)
    dx = dy * mask
    return dx


def shared_by_size(dy, x):
    """Give each pixel an error by its share in the sum of the tile."""
    N, rows, columns = dy.shape
    tiles = x.reshape(N, rows, 2, columns, 2)
    shares = tiles / tiles.sum(axis=(2, 4), keepdims=True)
    return (shares * dy.reshape(N, rows, 1, columns, 1)).reshape(x.shape)


def _rows(draw: RandomCase) -> tuple[Any, ...]:
    width = draw.D + 1
    return draw.data(draw.N, width), draw.data(draw.N, width)


def _normed_batch(draw: RandomCase) -> tuple[Any, ...]:
    dy, x = draw.data(draw.N, draw.H), draw.data(draw.N, draw.H)
    return dy, x, draw.weights(draw.H), draw.setting(0.1, 0.05, 0.5)


def _images(draw: RandomCase) -> tuple[Any, ...]:
    height, width = (2, 3) if draw.network % 2 else (3, 2)
    x = draw.data(draw.N, draw.D + 2, draw.H + 3)
    dy = draw.data(draw.N, draw.D + 3 - height, draw.H + 4 - width)
    return dy, x, draw.weights(height, width)


def _tiled(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.D, draw.H), draw.data(draw.N, 2 * draw.D, 2 * draw.H)


SMALL_IMAGE = (
    "dy = [[[1, 2]]], x = [[[1, 2, 0], [3, 1, 4]]], W = [[1, -1], [0, 2]]",
    (np.array([[[1.0, 2.0]]]), np.array([[[1.0, 2.0, 0.0], [3.0, 1.0, 4.0]]]), np.array([[1.0, -1.0], [0.0, 2.0]])),
)
SMALL_TILE = (
    "dy = [[[3]]], x = [[[1, 5], [-2, 4]]]",
    (np.array([[[3.0]]]), np.array([[[1.0, 5.0], [-2.0, 4.0]]])),
)

EXERCISES = (
    Number(**texts("17.1"), solution=size_by_hand, outputs=("first", "second")),
    Code(
        **texts("17.2"),
        solution=layer_norm_backward,
        inputs=_rows,
        outputs=("dx",),
        family="backward",
        without=("wrong-axis",),
    ),
    Code(
        **texts("17.3"),
        solution=batch_norm_backward,
        inputs=_normed_batch,
        outputs=("dx", "dg", "db"),
        family="backward",
        without=("mean-not-removed",),
    ),
    Code(
        **texts("17.4"),
        solution=convolution_backward,
        inputs=_images,
        outputs=("dx", "dW", "db"),
        family="backward",
        small=(SMALL_IMAGE,),
    ),
    Code(
        **texts("17.5"),
        solution=pooling_backward,
        inputs=_tiled,
        outputs=("dx",),
        family="backward",
        small=(SMALL_TILE,),
        wrong=(("error-by-share", shared_by_size),),
    ),
    Number(**texts("17.6"), solution=dropout_by_hand, outputs=("first", "second", "third")),
)
