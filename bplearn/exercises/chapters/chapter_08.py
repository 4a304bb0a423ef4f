"""Exercises of notebook 08: backprop for a whole batch, where the sum over samples and the 1/N belong.

The functions are the solutions that `solution("08.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/08_batches_and_shapes.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.chapters.chapter_02 import _network
from bplearn.exercises.engine.exercise import ArrayLayout, Code
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def bias_by_hand():
    """The derivative of the bias for four samples and two outputs; dy already holds the 1/N."""
    dy = np.array([[0.2, -0.1], [0.4, 0.3], [-0.5, 0.6], [0.3, -0.3]])
    db = dy.sum(axis=0)
    return db


def batch_gradients(x, t, W1, b1, W2, b2):
    """Backprop for a batch: two sigmoid layers, half the squared error, averaged over the N samples."""
    N = len(x)
    z1 = x @ W1 + b1
    a1 = 1 / (1 + np.exp(-z1))
    z2 = a1 @ W2 + b2
    y = 1 / (1 + np.exp(-z2))
    dz2 = (y - t) * y * (1 - y) / N
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    dW1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    return dW1, db1, dW2, db2


def _batch(draw: RandomCase) -> tuple[Any, ...]:
    x, *parameters = _network(draw)
    return x, 2 * draw.data(draw.N, draw.M) + 0.5, *parameters


def _turn(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(array[:, None].copy() if array.ndim == 1 else array.T.copy() for array in arguments)


def _turn_back(value: Any) -> Any:
    dW1, db1, dW2, db2 = (np.asarray(part) for part in value)
    return dW1.T, db1.ravel(), dW2.T, db2.ravel()


COLUMNS = ArrayLayout("columns (a sample is a column, W has a row for each output)", _turn, _turn_back)

EXERCISES = (
    Number(
        **texts("08.1"),
        solution=bias_by_hand,
        outputs=("db[0]", "db[1]"),
        wrong=(("sign-lost", lambda: (1.4, 1.3)), ("bias-summed-over-everything", lambda: (0.9, 0.9))),
    ),
    Code(
        **texts("08.2"),
        solution=batch_gradients,
        inputs=_batch,
        outputs=("dW1", "db1", "dW2", "db2"),
        family="network",
        layouts=(COLUMNS,),
    ),
    Choice(**texts("08.3")),
)
