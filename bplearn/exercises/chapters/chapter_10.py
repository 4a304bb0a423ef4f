"""Exercises of notebook 10: a gradient checker, and six planted bugs to find and mend.

Each clinic takes a function, of another notebook or of its own, and plants one mistake of the catalogue in it; the
checker sees the planted bug but does not name it. Belongs to notebooks/10_check_your_gradients.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bplearn.exercises.chapters import chapter_05, chapter_09
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def numerical_gradient(f, x, h):
    """Central differences: f maps an array like x to one number; return an array like x."""
    grad = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[place] = h
        grad[place] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return grad


def _landscape(draw: RandomCase) -> tuple[Any, ...]:
    shape = {2: (draw.D,), 3: (2, draw.D, draw.M)}.get(draw.network, (draw.D, draw.M))
    a, b, x = (draw.data_rng.normal(size=shape) for _ in range(3))
    return (lambda x: float(np.sum(a * x**3 + b * x**2) + np.prod(x[0] + 1))), x, draw.setting(0.1, 0.02, 0.3)


def largest_backward(dy, x):
    """Backward of y = x.max(axis=1), the largest number of each row. dy (N,), x (N, D) -> dx (N, D)."""
    winner = x == x.max(axis=1, keepdims=True)
    dx = dy[:, None] * winner
    return dx


def decayed(x, t, W, b, weight_decay):
    """Half the mean squared error of y = x @ W + b, with weight decay. -> L, dW (D, M), db (M,)."""
    N = len(x)
    y = x @ W + b
    L = np.sum((y - t) ** 2) / (2 * N) + weight_decay * np.sum(W**2) / 2
    dy = (y - t) / N
    dW = x.T @ dy + weight_decay * W
    db = dy.sum(axis=0)
    return L, dW, db


def rows_backward(dy, t, count):
    """Backward of y = W[t], which picks row t[n] of W (count, M) for sample n. dy (N, M), t (N,) -> dW (count, M)."""
    dW = np.zeros((count, dy.shape[1]))
    np.add.at(dW, t, dy)
    return dW


def dropout_layer(x, W, r, keep, rng):
    """Dropout, then a layer: L = sum of r * y for y = (mask * x / keep) @ W. r (N, M) -> L, dW (D, M)."""
    mask = rng.random(x.shape) < keep
    y = (mask * x / keep) @ W
    L = np.sum(r * y)
    dW = (mask * x / keep).T @ r
    return L, dW


def _rows(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N), draw.data(draw.N, draw.D)


def _with_decay(draw: RandomCase) -> tuple[Any, ...]:
    layer = draw.weights(draw.D, draw.M), draw.weights(draw.M)
    t = draw.data(draw.N, draw.M) + 3 * (-1) ** draw.batch  # so that db is not always of one sign
    return draw.data(draw.N, draw.D), t, *layer, draw.setting(0.1, 0.05, 0.5)


def _picked(draw: RandomCase) -> tuple[Any, ...]:
    """Return more samples than rows, so that some row is picked twice, and in every other batch the last one never."""
    rows = draw.N + draw.D
    return draw.data(rows, draw.M), draw.data_rng.integers(0, draw.D, rows), draw.D + draw.batch % 2


def _dropped(draw: RandomCase) -> tuple[Any, ...]:
    arrays = draw.data(draw.N, draw.D), draw.weights(draw.D, draw.M), draw.data(draw.N, draw.M)
    return *arrays, draw.setting(0.8, 0.4, 0.9), np.random.default_rng(draw.batch)


def _clinic(number: str, healthy: Code, planted: str) -> Code:
    """Return the clinic that plants a mistake in an exercise: an earlier one, or one that only the clinic asks."""
    clinic: Code = replace(healthy, **texts(number), planted=(planted,))
    return clinic


def _of(chapter: Any, number: str) -> Any:
    """Return the exercise of this number in a chapter."""
    return next(exercise for exercise in chapter.EXERCISES if exercise.number == number)


EXERCISES = (
    Code(
        **texts("10.1"),
        solution=numerical_gradient,
        inputs=_landscape,
        outputs=("gradient",),
        family="slope",
    ),
    Code(
        **texts("10.2"),
        solution=largest_backward,
        inputs=_rows,
        outputs=("dx",),
        family="backward",
        planted=("wrong-axis",),
    ),
    Code(
        **texts("10.3"),
        solution=decayed,
        inputs=_with_decay,
        outputs=("L", "dW", "db"),
        family="loss",
        planted=("decay-missing",),
    ),
    Code(
        **texts("10.4"),
        solution=rows_backward,
        inputs=_picked,
        outputs=("dW",),
        family="backward",
        planted=("index-counted-once",),
    ),
    _clinic("10.5", _of(chapter_05, "05.8"), "argument-changed"),
    Code(
        **texts("10.6"),
        solution=dropout_layer,
        inputs=_dropped,
        outputs=("L", "dW"),
        family="loss",
        planted=("mask-drawn-twice",),
    ),
    _clinic("10.7", _of(chapter_09, "09.7"), "mask-of-another-batch"),
)
