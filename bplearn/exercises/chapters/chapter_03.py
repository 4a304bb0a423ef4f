"""Exercises of notebook 03: losses and their derivatives at the output.

The functions are the solutions that `solution("03.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/03_cost_functions.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Code, Numbers
from bplearn.exercises.engine.random_cases import Draw


def error_by_hand():
    """The error of the 2-2-2 network before any training."""
    y = np.array([0.751365069552, 0.772928465321])
    t = np.array([0.01, 0.99])
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


def _values(draw: Draw) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.M), draw.data(draw.N, draw.M)


def _one_output(draw: Draw) -> tuple[Any, ...]:
    return draw.data(draw.N, 1), draw.data(draw.N)


def _scores(draw: Draw) -> tuple[Any, ...]:
    return (2 * draw.data(draw.N, draw.M + 1),)


def _scores_and_classes(draw: Draw) -> tuple[Any, ...]:
    return 2 * draw.data(draw.N, draw.M + 1), draw.data_rng.integers(0, draw.M + 1, draw.N)


def _scores_and_answers(draw: Draw) -> tuple[Any, ...]:
    z = draw.data(draw.N, 1)
    return z, (draw.data(draw.N, 1) > 0).astype(z.dtype)


EXERCISES = (
    Numbers(
        "03.1",
        "The total error by hand",
        "The 2-2-2 network answers y = (0.751365, 0.772928); the targets are t = (0.01, 0.99). "
        "Type E alone, the sum of (t - y)² / 2.",
        (
            "Take the difference for each output, square it, halve it.",
            "Add up the two halves: E is a sum over the outputs.",
            "The first output gives 0.2748; the second gives a little more than 0.02.",
        ),
        "03: the squared error",
        solution=error_by_hand,
        outputs=("E",),
    ),
    Code(
        "03.2",
        "Half the squared error and its derivative",
        "Write half_squared_error(y, t) for y, t (N, M). Return L, half the squared error summed over the outputs "
        "and averaged over the samples, and dy (N, M), the derivative of L for each entry of y.",
        (
            "Sum over everything, then divide by the number of samples (and by 2).",
            "The derivative of (y - t)² / 2 for y is y - t: the half is there to make it so.",
            "L holds the average over N samples, so dy holds it too.",
        ),
        "03: why a mean",
        solution=half_squared_error,
        inputs=_values,
        outputs=("L", "dy"),
        family="loss",
    ),
    Code(
        "03.3",
        "One output, and targets without a column",
        "Write one_output_error(y, t): y is (N, 1) as a network gives it, t is (N,) as a file gives it. "
        "Return the mean of (y - t)² over the samples, and its derivative dy (N, 1).",
        (
            "Look at (y - t).shape before you do anything else.",
            "(N, 1) minus (N,) is not (N, 1).",
            "Give t a column first: t[:, None], or t.reshape(y.shape).",
        ),
        "03: shapes that broadcast",
        solution=one_output_error,
        inputs=_one_output,
        outputs=("L", "dy"),
        family="loss",
    ),
    Code(
        "03.4",
        "Binary cross-entropy and its derivative",
        "Write binary_cross_entropy(z, t) for scores z (N, 1) and targets t (N, 1) of 0 and 1. "
        "With p = sigmoid(z), return the mean of -(t log p + (1 - t) log(1 - p)), and dz (N, 1), its derivative for z.",
        (
            "p first; then the formula of L, averaged over the samples.",
            "Multiply dL/dp by the slope of the sigmoid: nearly everything cancels.",
            "What is left is what the network said minus what is true, divided by N.",
        ),
        "03: binary cross-entropy",
        solution=binary_cross_entropy,
        inputs=_scores_and_answers,
        outputs=("L", "dz"),
        family="loss",
    ),
    Code(
        "03.5",
        "Softmax",
        "Write softmax(z) for scores z (N, C): every row becomes positive numbers that add up to 1. "
        "It must survive scores of 1000.",
        (
            "exp makes the numbers positive; dividing by their sum makes them add up to 1.",
            "Each row has its own sum: axis=1, and keepdims=True keeps it a column.",
            "Subtract each row's largest score before exp: the result is the same and nothing overflows.",
        ),
        "03: softmax",
        solution=softmax,
        inputs=_scores,
        outputs=("p",),
        family="softmax",
        extra=(
            ("scores of 1000", (np.array([[1000.0, 1001.0, 999.0], [-1000.0, 0.0, 1.0]]),)),
            ("scores of -1000", (np.array([[-1000.0, -1001.0, -1000.5]]),)),
        ),
    ),
    Code(
        "03.6",
        "Softmax cross-entropy and its derivative",
        "Write softmax_cross_entropy(z, t) for scores z (N, C) and class numbers t (N,). "
        "Return the mean of -log p[true class], and dz (N, C), its derivative for each score.",
        (
            "First p = softmax(z). Then pick one probability from each row: p[np.arange(N), t].",
            "Of all derivatives this is the simplest: what the network said minus what is true.",
            "What is true is a row with a 1 at the class: np.eye(C)[t]. And L is a mean.",
        ),
        "03: softmax and cross-entropy together",
        solution=softmax_cross_entropy,
        inputs=_scores_and_classes,
        outputs=("L", "dz"),
        family="loss",
    ),
)
