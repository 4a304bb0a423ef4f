"""Exercises of notebook 02: shapes, a layer for a whole batch, the sigmoid, two layers in a row.

The functions are the solutions that `solution("02.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/02_forward_pass.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import ArrayLayout, Code
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.runner import run
from bplearn.exercises.engine.texts import texts


def shapes_by_hand():
    """The shapes of W, b and y for 32 samples in a layer from 64 inputs to 10 outputs."""
    N, n_in, n_out = 32, 64, 10
    W = (n_in, n_out)
    b = (n_out,)
    y = (N, n_out)
    return W, b, y


def dense_forward(x, W, b):
    """A layer for a batch: x (N, D), W (D, M), b (M,) -> y (N, M)."""
    y = x @ W + b
    return y


def sigmoid(z):
    """The sigmoid of every number in z: 1 / (1 + exp(-z)), with an exp that is never larger than 1."""
    small = np.exp(-np.abs(z))
    a = np.where(z >= 0, 1, small) / (1 + small)
    return a


def network_forward(x, W1, b1, W2, b2):
    """A tanh layer, then a sigmoid layer: x (N, D) -> z1, a1 (N, H), z2, y (N, M)."""
    z1 = x @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    y = 1 / (1 + np.exp(-z2))
    return z1, a1, z2, y


def _layer(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.D), draw.weights(draw.D, draw.M), draw.weights(draw.M)


def _numbers(draw: RandomCase) -> tuple[Any, ...]:
    return (3 * draw.data(draw.N, draw.D),)


def _network(draw: RandomCase) -> tuple[Any, ...]:
    sizes = (draw.D, draw.H), (draw.H,), (draw.H, draw.M), (draw.M,)
    return draw.data(draw.N, draw.D), *(draw.weights(*size) for size in sizes)


def _with_a_warning(answer: Any) -> str:
    """Say so where exp is asked for a number that is too large."""

    def strictly() -> Any:
        with np.errstate(over="raise"):
            return answer(np.array([-1000.0]))

    if run(strictly).failure is None:
        return ""
    return 'NumPy warns at -1000, since exp(1000) is too large for it. solution("02.3") shows a form without exp(1000).'


LAYER_COLUMNS = ArrayLayout(
    "columns (a sample is a column, W has a row for each output)",
    forth=lambda arguments: (arguments[0].T.copy(), arguments[1].T.copy(), arguments[2][:, None].copy()),
    back=lambda y: y if y is Ellipsis else np.asarray(y).T,
)

EXERCISES = (
    Number(
        **texts("02.1"),
        solution=shapes_by_hand,
        outputs=("W's rows", "W's columns", "b's length", "y's rows", "y's columns"),
        tolerance=1e-9,
        whole="A shape holds whole numbers.",
    ),
    Code(
        **texts("02.2"),
        solution=dense_forward,
        inputs=_layer,
        outputs=("y",),
        family="forward",
        layouts=(LAYER_COLUMNS,),
    ),
    Code(
        **texts("02.3"),
        solution=sigmoid,
        inputs=_numbers,
        outputs=("a",),
        family="forward",
        extra=(
            ("very large numbers", (np.array([[-1000.0, 0.0, 1000.0]]),)),
            ("one very large number", (np.array([2000.0]),)),
        ),
        wrong=(
            ("overflow", lambda z: np.exp(z) / (1 + np.exp(z))),
            ("sigmoid-sign", lambda z: 1 / (1 + np.exp(z))),
            ("overflow", lambda z: np.nan_to_num(np.exp(z) / (1 + np.exp(z)))),
            ("brackets-missing", lambda z: 1 / 1 + np.exp(-z)),
            ("reciprocal-forgotten", lambda z: 1 + np.exp(-z)),
            ("term-with-wrong-sign", lambda z: 1 / (1 - np.exp(-z))),
        ),
        remark=_with_a_warning,
    ),
    Code(
        **texts("02.4"),
        solution=network_forward,
        inputs=_network,
        outputs=("z1", "a1", "z2", "y"),
        family="forward",
    ),
)
