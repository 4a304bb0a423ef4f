"""Exercises of notebook 16: what many layers do to a gradient, and what a way around each layer repairs.

The functions are the solutions that `solution("16.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/16_any_depth.ipynb.
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


def two_blocks_by_hand():
    """What arrives in front of two blocks whose insides have the slopes 0.5 and -0.2, where 2 arrives behind them."""
    dy = 2
    dx = dy * (1 - 0.2) * (1 + 0.5)
    return dx


def residual(x, dy, W, b):
    """A residual block around a tanh layer, forward and backward: y, dx, dW and db."""
    a = np.tanh(x @ W + b)
    y = x + a
    dz = dy * (1 - a**2)
    dx = dy + dz @ W.T
    dW = x.T @ dz
    db = dz.sum(axis=0)
    return y, dx, dW, db


def norm_by_hand():
    """The row (2, 4, 9), brought to mean 0 and size 1."""
    row = np.array([2, 4, 9])
    centred = row - row.mean()
    size = np.sqrt(np.mean(centred**2))
    normed = centred / size
    return normed


def errors(dy, weights, slopes):
    """The error in front of each residual block of a network and behind the last one, from the first to the last."""
    found = [dy]
    for k in reversed(range(len(weights))):
        dy = dy + (dy * slopes[k]) @ weights[k].T
        found = [dy, *found]
    return found


def _block(draw: RandomCase) -> tuple[Any, ...]:
    x, dy = draw.data(draw.N, draw.H), draw.data(draw.N, draw.H)
    return x, dy, draw.weights(draw.H, draw.H) / 2, draw.weights(draw.H)


def _stack(draw: RandomCase) -> tuple[Any, ...]:
    dy = draw.data(draw.N, draw.H)
    weights = [draw.weights(draw.H, draw.H) / 2 for _ in range(3)]
    slopes = [1 - np.tanh(draw.data(draw.N, draw.H)) ** 2 for _ in range(3)]
    return dy, weights, slopes


def skip_multiplied(x, dy, W, b):
    """Multiply what comes back on two ways, where a fork adds."""
    a = np.tanh(x @ W + b)
    dz = dy * (1 - a**2)
    return x + a, dy * (dz @ W.T), x.T @ dz, dz.sum(axis=0)


EXERCISES = (
    Number(
        **texts("16.1"),
        solution=two_blocks_by_hand,
        outputs=("dx",),
        wrong=(("returned-unchanged", lambda: 2.0),),
    ),
    Code(
        **texts("16.2"),
        solution=residual,
        inputs=_block,
        outputs=("y", "dx", "dW", "db"),
        family="backward",
        wrong=(("skip-multiplied", skip_multiplied),),
    ),
    Number(**texts("16.3"), solution=norm_by_hand, outputs=("first", "second", "third")),
    Code(
        **texts("16.4"),
        solution=errors,
        inputs=_stack,
        outputs=("in front of block 0", "in front of block 1", "in front of block 2", "behind the last block"),
        family="backward",
    ),
)
