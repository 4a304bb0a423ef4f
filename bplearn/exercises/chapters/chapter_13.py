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
from bplearn.exercises.engine.random_cases import Draw


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


def _momentum(draw: Draw) -> tuple[Any, ...]:
    return draw.data(draw.D, draw.M), draw.data(draw.D, draw.M), 0.1, 0.8


def _rmsprop(draw: Draw) -> tuple[Any, ...]:
    return draw.data(draw.D) ** 2, draw.data(draw.D), 0.1, 0.9, 1e-8


def _adam(draw: Draw) -> tuple[Any, ...]:
    return draw.data(draw.D) / 4, draw.data(draw.D) ** 2, draw.data(draw.D), draw.N - 2, 0.1, 0.9, 0.99, 1e-8


def _line(draw: Draw) -> tuple[Any, ...]:
    x, t = draw.data(draw.N, draw.D), draw.data(draw.N, draw.M)
    return x, t, draw.weights(draw.D, draw.M), draw.weights(draw.M), 0.05, 0.3, 8


EXERCISES = (
    Code(
        "13.1",
        "Momentum",
        "Write momentum_step(v, g, learning_rate, momentum): from the velocity v and the gradient g return the new "
        "velocity and the change that is added to the weights. In this form the gradient enters v whole.",
        (
            "The velocity keeps a share of itself and takes the gradient in.",
            "The weights move against the velocity, learning_rate times it.",
            "v = momentum * v + g. The change is negative where v is positive.",
        ),
        "13: momentum",
        solution=momentum_step,
        inputs=_momentum,
        outputs=("v", "change"),
        family="optimizer",
    ),
    Code(
        "13.2",
        "RMSProp",
        "Write rmsprop_step(s, g, learning_rate, decay, epsilon): return the new mean square s and the change.",
        (
            "s is a running mean of the squared gradient: decay of the old, the rest of the new.",
            "Divide the gradient by its own usual size.",
            "The usual size is the root of s; epsilon only keeps it from being 0.",
        ),
        "13: RMSProp",
        solution=rmsprop_step,
        inputs=_rmsprop,
        outputs=("s", "change"),
        family="optimizer",
    ),
    Code(
        "13.3",
        "Adam, with its correction",
        "Write adam_step(m, s, g, step, learning_rate, beta1, beta2, epsilon), step counting from 1: return the new m, "
        "the new s (both uncorrected) and the change.",
        (
            "m is a running mean of g, s a running mean of g squared.",
            "Both start at 0, so early on they are too small: divide by 1 - beta**step.",
            "Each has its own beta. The corrected numbers make the change; the uncorrected ones are returned.",
        ),
        "13: Adam",
        solution=adam_step,
        inputs=_adam,
        outputs=("m", "s", "change"),
        family="optimizer",
    ),
    Code(
        "13.4",
        "Weight decay in a training",
        "Write train_with_decay(x, t, W, b, learning_rate, weight_decay, steps): gradient descent for y = x @ W + b "
        "on the "
        "mean over samples of the squared error summed over outputs, all samples at once. Weight decay adds "
        "weight_decay * W to the derivative of W. Return W and b.",
        (
            "Without decay it is the loop you know: forward, dy, dW, db, two updates.",
            "Decay pulls the weights to 0. A bias is no weight.",
            "dy = 2 (y - t) / N; then dW gets weight_decay * W on top.",
        ),
        "13: weight decay",
        solution=train_with_decay,
        inputs=_line,
        outputs=("W", "b"),
        family="training",
    ),
)
