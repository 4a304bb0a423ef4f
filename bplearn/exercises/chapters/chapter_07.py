"""Exercises of notebook 07: the update, in the right order, and a learning rate that fits.

The functions are the solutions that `solution("07.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/07_weight_updates.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201 (plain functions, and a name for every number)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bplearn.exercises.chapters.chapter_02 import _network
from bplearn.exercises.engine.compare import NotNumbers, shown
from bplearn.exercises.engine.exercise import Code, Trial, TrialResult
from bplearn.exercises.engine.grade_numbers import typed_numbers
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts
from bplearn.show.text import short


def descend(slope, x, learning_rate, steps):
    """Gradient descent on a curve: `slope(x)` is its slope at x. Return where x is after so many steps."""
    for _ in range(steps):
        x = x - learning_rate * slope(x)
    return x


def new_weights_by_hand():
    """w1 and w5 of the 2-2-2 network, with swapped targets, after one step with learning rate 0.5."""
    learning_rate = 0.5
    w1, dw1 = 0.15, 0.000592616640
    w5, dw5 = 0.40, -0.026448408234
    w1 = w1 - learning_rate * dw1
    w5 = w5 - learning_rate * dw5
    return w1, w5


def train_step(x, t, W1, b1, W2, b2, learning_rate):
    """One step of gradient descent for two sigmoid layers and half the squared error, averaged over the samples."""
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
    W1 = W1 - learning_rate * dW1
    b1 = b1 - learning_rate * db1
    W2 = W2 - learning_rate * dW2
    b2 = b2 - learning_rate * db2
    return W1, b1, W2, b2


def mystery_by_hand():
    """The error of the 2-2-2 network after one step with learning rate 0.5; the biases stay."""
    x, t = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    W1, b1 = np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([0.35, 0.35])
    W2, b2 = np.array([[0.40, 0.50], [0.45, 0.55]]), np.array([0.60, 0.60])
    a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
    y = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    dz2 = (y - t) * y * (1 - y)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    W2 = W2 - 0.5 * (a1.T @ dz2)
    W1 = W1 - 0.5 * (x.T @ dz1)
    a1 = 1 / (1 + np.exp(-(x @ W1 + b1)))
    y = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    return np.sum((y - t) ** 2) / 2


def learning_rate_by_hand():
    """A learning rate that brings 20 x² from 10 below 0.1 in ten steps."""
    return 0.02


def _parabola(draw: RandomCase) -> tuple[Any, ...]:
    bend, middle = float(abs(draw.weights(1)[0])), float(draw.data(1)[0])
    steps = 60 if draw.network == 2 else draw.N
    start = middle + (3.0 if draw.batch % 2 else -3.0)  # the slope there is negative
    return (lambda x: 2 * bend * (x - middle)), start, draw.setting(0.1, 0.03, 0.3), steps


def _train_step(draw: RandomCase) -> tuple[Any, ...]:
    x, *parameters = _network(draw)
    return x, 2 * draw.data(draw.N, draw.M) + 0.5, *parameters, draw.setting(0.5, 0.1, 0.9)


def _try_rate(answer: Any) -> TrialResult:
    try:
        rate = typed_numbers(answer, ("rate",))["rate"]
    except NotNumbers:
        return TrialResult(False, f"A learning rate is a number; it is {shown(answer)}.")
    if not math.isfinite(rate):
        return TrialResult(False, f"A learning rate is a finite number; it is {rate}.")
    x = 10.0
    for _ in range(10):
        x -= rate * 40 * x
    reached = f"With learning rate {short(rate)} x is {short(x)} after ten steps."
    if abs(x) < 0.1:
        return TrialResult(True, reached)
    if rate <= 0:
        return TrialResult(False, reached, ("A learning rate is a positive number.",))
    if abs(x) > 10:
        return TrialResult(False, reached, mistakes=("rate-too-large",))
    if rate > 1 / 40:
        return TrialResult(
            False, reached, ("It jumps over the lowest point at every step. A smaller one comes down faster.",)
        )
    return TrialResult(False, reached, mistakes=("rate-too-small",))


def _double(x: Any) -> Any:
    return 2 * x


EXERCISES = (
    Code(
        **texts("07.1"),
        solution=descend,
        inputs=_parabola,
        outputs=("x",),
        family="update",
        small=(
            ("slope(x) = 2 x, x = 10, learning_rate = 0.25, steps = 1", (_double, 10.0, 0.25, 1)),
            ("slope(x) = 2 x, x = 10, learning_rate = 0.25, steps = 2", (_double, 10.0, 0.25, 2)),
        ),
    ),
    Number(
        **texts("07.2"),
        solution=new_weights_by_hand,
        outputs=("new w1", "new w5"),
        wrong=(
            ("worked-example", lambda: (0.149780716133, 0.358916479718)),
            ("change-for-new", lambda: (-0.5 * 0.000592617, 0.5 * 0.0264484)),
        ),
        tolerance=2e-5,
    ),
    Number(
        **texts("07.3"),
        solution=mystery_by_hand,
        outputs=("E",),
        family="step",
        tolerance=4e-9,
        wrong=(("before-the-step", lambda: 0.298371108760), ("biases-updated-too", lambda: 0.28047144679143)),
    ),
    Code(
        **texts("07.4"),
        solution=train_step,
        inputs=_train_step,
        outputs=("new W1", "new b1", "new W2", "new b2"),
        family="step",
    ),
    Trial(
        **texts("07.5"),
        attempt=_try_rate,
        solution=learning_rate_by_hand,
    ),
)
