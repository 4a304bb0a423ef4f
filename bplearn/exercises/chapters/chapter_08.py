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
from bplearn.exercises.engine.exercise import Choice, Code, Layout, Numbers, Option
from bplearn.exercises.engine.random_cases import Draw


def bias_by_hand():
    """The derivative of the bias for three samples and two outputs; dy already holds the 1/N."""
    dy = np.array([[0.1, -0.2], [0.3, 0.5], [0.2, 0.6]])
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


def _batch(draw: Draw) -> tuple[Any, ...]:
    x, *parameters = _network(draw)
    return x, draw.data(draw.N, draw.M), *parameters


def _turn(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(array[:, None].copy() if array.ndim == 1 else array.T.copy() for array in arguments)


def _turn_back(value: Any) -> Any:
    dW1, db1, dW2, db2 = (np.asarray(part) for part in value)
    return dW1.T, db1.ravel(), dW2.T, db2.ravel()


COLUMNS = Layout("columns (a sample is a column, W has a row for each output)", _turn, _turn_back)

EXERCISES = (
    Numbers(
        "08.1",
        "The derivative of a bias",
        "Three samples, two outputs, dy = ((0.1, -0.2), (0.3, 0.5), (0.2, 0.6)); the loss is a mean and dy already "
        "holds "
        "its 1/N. Type db as a pair.",
        (
            "There is one bias for each output, used once for each sample.",
            "Over its uses, add: down the columns of dy.",
            "Divide by nothing: the 1/N is in dy already.",
        ),
        "08: why the bias gradient is summed",
        solution=bias_by_hand,
        outputs=("db[0]", "db[1]"),
    ),
    Code(
        "08.2",
        "From the loop to matrices",
        "Write batch_gradients(x, t, W1, b1, W2, b2) without a loop over the samples: two sigmoid layers, half the "
        "squared "
        "error averaged over N. Return dW1, db1, dW2, db2. Columns instead of rows are right as well, if all arrays "
        "are.",
        (
            "The lines of the single sample stay; each array gets a row for each sample.",
            "An outer product summed over the samples is one matrix product: x.T @ dz1.",
            "dz2 holds the 1/N; db is a sum over the rows.",
        ),
        "08: from the loop to matrices",
        solution=batch_gradients,
        inputs=_batch,
        outputs=("dW1", "db1", "dW2", "db2"),
        family="network",
        layouts=(COLUMNS,),
    ),
    Choice(
        "08.3",
        "Where the 1/N belongs",
        "The loss is a mean over N samples. You write backward with matrices. Where do you divide by N?",
        (
            "The 1/N comes from one place: the definition of the loss.",
            "What is multiplied in at the start of backward reaches every derivative by itself.",
            "Count how often N would divide dW if you also divided it there.",
        ),
        "08: where 1/N belongs",
        options={
            "a": Option(
                "Once, in the derivative of the loss; from there it reaches everything.",
                "Every derivative is a product that starts with it, so it holds 1/N exactly once.",
            ),
            "b": Option(
                "In the derivative of the loss, and in db, which is a mean over the samples.",
                "Then db is divided twice. The bias is used N times and its uses add up; the mean was taken already.",
            ),
            "c": Option(
                "In every dW and every db, and in the derivative of the loss.",
                "Then all of them are divided by N twice: a step that is N times too small.",
            ),
            "d": Option(
                "Nowhere; the learning rate takes care of it.",
                "Then the step grows with the batch, and a learning rate is good for one batch size only.",
            ),
        },
        right="a",
    ),
)
