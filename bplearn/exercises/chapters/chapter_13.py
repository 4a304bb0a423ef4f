"""Exercises of notebook 13: momentum, RMSProp, Adam with its correction, weight decay.

The functions are the solutions that `solution("13.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/13_optimizers.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def momentum_step(v, g, learning_rate, momentum):
    """One step with momentum: the new velocity and the change of the weights."""
    v = momentum * v + g
    change = -learning_rate * v
    return v, change


def rmsprop_step(s, g, learning_rate, decay, epsilon):
    """One step of RMSProp: the new mean square and the change of the weights."""
    s = decay * s + (1 - decay) * g**2
    change = -learning_rate * g / (np.sqrt(s) + epsilon)
    return s, change


def adam_step(m, s, g, step, learning_rate, beta1, beta2, epsilon):
    """One step of Adam, `step` counting from 1: the new means and the change of the weights."""
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_corrected = m / (1 - beta1**step)
    s_corrected = s / (1 - beta2**step)
    change = -learning_rate * m_corrected / (np.sqrt(s_corrected) + epsilon)
    return m, s, change


def train_with_decay(x, t, W, b, learning_rate, weight_decay, steps):
    """Train y = x @ W + b on the mean squared error, with weight decay on W."""
    N = len(x)
    for _ in range(steps):
        y = x @ W + b
        dy = 2 * (y - t) / N
        dW = x.T @ dy
        db = dy.sum(axis=0)
        dW = dW + weight_decay * W
        W = W - learning_rate * dW
        b = b - learning_rate * db
    return W, b


def _momentum(draw: RandomCase) -> tuple[Any, ...]:
    return (
        draw.data(draw.D, draw.M),
        draw.data(draw.D, draw.M),
        draw.setting(0.1, 0.02, 0.4),
        draw.setting(0.8, 0.6, 0.95),
    )


def _rmsprop(draw: RandomCase) -> tuple[Any, ...]:
    rate, decay, epsilon = draw.setting(0.1, 0.02, 0.4), draw.setting(0.9, 0.6, 0.95), draw.setting(1e-8, 0.003, 0.03)
    return draw.data(draw.D, draw.M) ** 2, draw.data(draw.D, draw.M), rate, decay, epsilon


def _adam(draw: RandomCase) -> tuple[Any, ...]:
    rate, epsilon = draw.setting(0.1, 0.02, 0.4), draw.setting(1e-8, 0.003, 0.03)
    betas = draw.setting(0.9, 0.7, 0.92), draw.setting(0.99, 0.94, 0.99)
    m, s, g = (draw.data(draw.D, draw.M) for _ in range(3))
    return m / 4, s**2, g, max(1, draw.N - 2), rate, *betas, epsilon


def _line(draw: RandomCase) -> tuple[Any, ...]:
    x, t = draw.data(draw.N, draw.D), draw.data(draw.N, draw.M)
    return (
        x,
        t,
        draw.weights(draw.D, draw.M),
        draw.weights(draw.M),
        draw.setting(0.05, 0.02, 0.1),
        draw.setting(0.3, 0.1, 0.9),
        draw.N + 4,
    )


EXERCISES = (
    Code(
        **texts("13.1"),
        solution=momentum_step,
        inputs=_momentum,
        outputs=("v", "change"),
        family="optimizer",
    ),
    Code(
        **texts("13.2"),
        solution=rmsprop_step,
        inputs=_rmsprop,
        outputs=("s", "change"),
        family="optimizer",
    ),
    Code(
        **texts("13.3"),
        solution=adam_step,
        inputs=_adam,
        outputs=("m", "s", "change"),
        family="optimizer",
    ),
    Code(
        **texts("13.4"),
        solution=train_with_decay,
        inputs=_line,
        outputs=("W", "b"),
        family="training",
    ),
)
