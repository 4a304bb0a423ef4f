"""Exercises of notebook 11: how signals and gradients vanish, explode and die, and how a good start prevents it.

The functions are the solutions that `solution("11.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/11_initialisation_and_saturation.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.datasets import moons
from bplearn.exercises.engine.compare import Unfinished, has_dots
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def vanishing_by_hand():
    """The largest factor that ten sigmoid layers can leave of a gradient, the weights apart."""
    steepest = 0.5 * (1 - 0.5)
    factor = steepest**10
    return factor


def he_by_hand():
    """The standard deviation of He's start for a layer from 64 inputs to 32 outputs."""
    n_in = 64
    spread = np.sqrt(2 / n_in)
    return spread


def initialize(n_in, n_out, rng):
    """He's start for a ReLU layer: W (n_in, n_out) and b (n_out,)."""
    W = rng.normal(size=(n_in, n_out)) * np.sqrt(2 / n_in)
    b = np.zeros(n_out)
    return W, b


def _sizes(draw: RandomCase) -> tuple[Any, ...]:
    return 40 * draw.D, 60 * draw.H, np.random.default_rng(draw.network)


def _train_from(W: Array, b: Array) -> float:
    """Train 2-16-2 on the moons from this start of the first layer; return the loss at the end."""
    data = moons(60, noise=0.1, rng=0)
    truth, V, c = np.eye(2)[data.targets], np.random.default_rng(1).normal(size=(16, 2)) / 4, np.zeros(2)
    for _ in range(300):
        z = data.x @ W + b
        raised = np.exp(np.maximum(z, 0) @ V + c)
        p = raised / raised.sum(axis=1, keepdims=True)
        dy = (p - truth) / len(truth)
        dz = dy @ V.T * (z > 0)
        V, c = V - 0.5 * np.maximum(z, 0).T @ dy, c - 0.5 * dy.sum(axis=0)
        W, b = W - 0.5 * data.x.T @ dz, b - 0.5 * dz.sum(axis=0)
    return float(-np.mean(np.log(p[np.arange(len(p)), data.targets] + 1e-12)))


def _start(answer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Look at a start, then train from one: whatever the random numbers are, these facts are the same."""
    n_in, n_out, rng = arguments
    if has_dots(made := answer(n_in, n_out, rng)):
        raise Unfinished
    W, b = made
    W, b = np.asarray(W, dtype=float), np.asarray(b, dtype=float)
    spread = W.std() * np.sqrt(n_in / 2)
    halves = -99.0 if spread < 1e-9 else np.round(2 * np.log2(spread))  # in half powers of two
    differ = float(np.unique(W, axis=1).shape[-1] > 1)
    small_W, small_b = answer(2, 16, np.random.default_rng(3))
    trains = float(_train_from(np.asarray(small_W, dtype=float), np.ravel(np.asarray(small_b, dtype=float))) < 0.3)
    rows, columns = W.shape
    return rows, columns, float(np.abs(b).max() < 0.2) * b.size, halves, differ, trains


_FACTS = {
    "W's rows": lambda got, _: f"W has {got:g} rows: not one for each input.",
    "W's columns": lambda got, _: f"W has {got:g} columns: not one for each output.",
    "small biases": lambda *_: "b is not one small number for each output.",
    "spread of W": lambda got, want: f"The numbers in W are too {'large' if got > want else 'small'}.",
    "units that differ": lambda *_: "All units start with the same weights.",
    "training from it": lambda *_: "A small network does not learn from this start.",
}

EXERCISES = (
    Number(
        **texts("11.1"),
        solution=he_by_hand,
        outputs=("standard deviation",),
    ),
    Code(
        **texts("11.2"),
        solution=initialize,
        inputs=_sizes,
        outputs=("W's rows", "W's columns", "small biases", "spread of W", "units that differ", "training from it"),
        family="start",
        observe=_start,
        describe=_FACTS,
    ),
    Number(
        **texts("11.3"),
        solution=vanishing_by_hand,
        outputs=("factor",),
    ),
    Choice(**texts("11.4")),
)
