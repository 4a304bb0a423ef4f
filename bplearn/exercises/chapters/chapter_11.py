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
from bplearn.exercises.engine.exercise import Choice, Code, Numbers, Option
from bplearn.exercises.engine.random_cases import Draw


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


def _sizes(draw: Draw) -> tuple[Any, ...]:
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
    Numbers(
        "11.1",
        "How large to start",
        "A ReLU layer goes from 64 inputs to 32 outputs. What standard deviation do its weights get in He's start? "
        "Three significant digits or more.",
        (
            "A sum of n_in terms has n_in times the variance of one term.",
            "Half of what comes out of a ReLU is 0, so the variance is 2 / n_in, not 1 / n_in.",
            "The standard deviation is the root of the variance.",
        ),
        "11: a ReLU throws half away",
        solution=he_by_hand,
        outputs=("standard deviation",),
    ),
    Code(
        "11.2",
        "A start for a ReLU layer",
        "Write initialize(n_in, n_out, rng): return W (n_in, n_out) in He's start, normal or uniform, drawn from "
        "rng, and "
        "b (n_out,) of zeros. The check looks at W and then trains a small network from it.",
        (
            "Units that start equal stay equal: they need to differ.",
            "rng.normal(size=...) has a standard deviation of 1: scale it.",
            "The scale is the root of 2 / n_in.",
        ),
        "11: a ReLU throws half away",
        solution=initialize,
        inputs=_sizes,
        outputs=("W's rows", "W's columns", "small biases", "spread of W", "units that differ", "training from it"),
        family="start",
        observe=_start,
        facts=_FACTS,
    ),
    Numbers(
        "11.3",
        "Ten sigmoids in a row",
        "The sigmoid is steepest at z = 0. What is the largest factor that the slopes of ten sigmoid layers can "
        "leave of "
        "a gradient (the weights apart)? Three significant digits.",
        (
            "The slope is a (1 - a), and at z = 0 a is one half.",
            "Along a path multiply: ten times the same factor.",
            "0.25 to the power of 10.",
        ),
        "11: gradients vanish",
        solution=vanishing_by_hand,
        outputs=("factor",),
    ),
    Choice(
        "11.4",
        "Predict the dead layer",
        "A ReLU layer starts with all biases at -10, weights of He's size and inputs of size 1. You train it. What "
        "happens?",
        (
            "What is z for such a layer, roughly?",
            "If z is negative for every sample, what does the ReLU give, and what is its slope?",
            "A derivative of 0 for every sample changes nothing, however long you train.",
        ),
        "11: dead layers",
        options={
            "a": Option(
                "The biases are corrected within a few steps.",
                "A correction needs a derivative. Where the ReLU is off, the derivative of its bias is 0.",
            ),
            "b": Option(
                "The layer gives 0 for every sample and stays so: it is dead.",
                "z is near -10 everywhere, so the output is 0, the slope is 0, and no gradient comes through.",
            ),
            "c": Option(
                "The gradients explode, since -10 is a large number.",
                "The size of a bias multiplies nothing. What does a ReLU do with z = -10?",
            ),
            "d": Option(
                "It learns more slowly, as a sigmoid layer would.",
                "A sigmoid at -10 still has a tiny slope. A ReLU at -10 has none at all.",
            ),
        },
        right="b",
    ),
)
