"""Exercises of notebook 03: losses and their derivatives at the output.

The functions are the solutions that `solution("03.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/03_cost_functions.ipynb.
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


def error_by_hand():
    """The error of the 2-2-2 network, untrained, for swapped targets."""
    y = np.array([0.751365069552, 0.772928465321])
    t = np.array([0.99, 0.01])
    E = np.sum((y - t) ** 2) / 2
    return E


def half_squared_error(y, t):
    """Half the squared error: summed over outputs, averaged over samples. y, t (N, M) -> L, dy (N, M)."""
    N = len(y)
    L = np.sum((y - t) ** 2) / (2 * N)
    dy = (y - t) / N
    return L, dy


def one_output_error(y, t):
    """The mean squared error of one output: y (N, 1), t (N,) -> L, dy (N, 1)."""
    N = len(y)
    t = t.reshape(y.shape)
    L = np.sum((y - t) ** 2) / N
    dy = 2 * (y - t) / N
    return L, dy


def softmax(z):
    """Probabilities from scores, row by row: z (N, C) -> p (N, C)."""
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    p = raised / raised.sum(axis=1, keepdims=True)
    return p


def softmax_cross_entropy(z, t):
    """The mean surprise at the true classes: scores z (N, C), class numbers t (N,) -> L, dz (N, C)."""
    N = len(z)
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    p = raised / raised.sum(axis=1, keepdims=True)
    L = -np.sum(np.log(p[np.arange(N), t])) / N
    truth = np.eye(z.shape[1])[t]
    dz = (p - truth) / N
    return L, dz


def binary_cross_entropy(z, t):
    """The mean surprise at yes-or-no targets: scores z (N, 1), targets t (N, 1) of 0 and 1 -> L, dz (N, 1)."""
    N = len(z)
    p = 1 / (1 + np.exp(-z))
    L = -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)) / N
    dz = (p - t) / N
    return L, dz


def _values(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.M), draw.data(draw.N, draw.M)


def _one_output(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, 1), draw.data(draw.N)


def _scores(draw: RandomCase) -> tuple[Any, ...]:
    return (2 * draw.data(draw.N, draw.M + 1),)


def _scores_and_classes(draw: RandomCase) -> tuple[Any, ...]:
    return 2 * draw.data(draw.N, draw.M + 1), draw.data_rng.integers(0, draw.M + 1, draw.N)


def _scores_and_answers(draw: RandomCase) -> tuple[Any, ...]:
    z = draw.data(draw.N, 1)
    return z, (draw.data(draw.N, 1) > 0).astype(z.dtype)


EXERCISES = (
    Number(
        **texts("03.1"),
        solution=error_by_hand,
        outputs=("E",),
        wrong=(
            ("worked-example", lambda: 0.298371108760),
            ("term-left-out", lambda: (0.751365 - 0.99) ** 2 / 2),
            ("term-left-out", lambda: (0.772928 - 0.01) ** 2 / 2),
        ),
    ),
    Code(
        **texts("03.2"),
        solution=half_squared_error,
        inputs=_values,
        outputs=("L", "dy"),
        family="loss",
    ),
    Code(
        **texts("03.3"),
        solution=one_output_error,
        inputs=_one_output,
        outputs=("L", "dy"),
        family="loss",
    ),
    Code(
        **texts("03.4"),
        solution=binary_cross_entropy,
        inputs=_scores_and_answers,
        outputs=("L", "dz"),
        family="loss",
    ),
    Code(
        **texts("03.5"),
        solution=softmax,
        inputs=_scores,
        outputs=("p",),
        family="softmax",
        extra=(
            ("scores of 1000", (np.array([[1000.0, 1001.0, 999.0], [-1000.0, 0.0, 1.0]]),)),
            ("scores of -1000", (np.array([[-1000.0, -1001.0, -1000.5]]),)),
            ("one score of 1000", (np.array([[1000.0, 0.0, 0.0, 0.0], *[[0.5, -1.0, 2.0, k] for k in range(5)]]),)),
        ),
    ),
    Code(
        **texts("03.6"),
        solution=softmax_cross_entropy,
        inputs=_scores_and_classes,
        outputs=("L", "dz"),
        family="loss",
    ),
)
