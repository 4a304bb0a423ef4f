"""Exercises of notebook 11: how signals and gradients vanish, explode and die, and how a good start prevents it.

The functions are the solutions that `solution("11.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/11_initialisation_and_saturation.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bplearn.exercises.chapters.random_answers import START, START_FACTS, look_at_start
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
    """The standard deviation of He's start for a layer from 64 inputs to 10 outputs."""
    n_in = 64
    spread = np.sqrt(2 / n_in)
    return spread


def initialize(n_in, n_out, rng):
    """He's start for a ReLU layer: W (n_in, n_out) and b (n_out,)."""
    W = rng.normal(size=(n_in, n_out)) * np.sqrt(2 / n_in)
    b = np.zeros(n_out)
    return W, b


def _sizes(draw: RandomCase) -> tuple[Any, ...]:
    return 20 * draw.D, 30 * draw.H, np.random.default_rng(draw.network)


EXERCISES = (
    Number(
        **texts("11.1"),
        solution=he_by_hand,
        outputs=("standard deviation",),
        wrong=(
            *(("fan-of-the-outputs", functools.partial(np.sqrt, 2 / n)) for n in (10, 74, 640)),
            *(("fan-of-the-outputs", functools.partial(np.sqrt, part)) for part in (1 / 10, 1 / 74, 6 / 74, 6 / 10)),
        ),
    ),
    Code(
        **texts("11.2"),
        solution=initialize,
        inputs=_sizes,
        outputs=START,
        family="start",
        observe=look_at_start,
        describe=START_FACTS,
        shows={
            "spread of W": "start-size",
            "b": "biases-start-elsewhere",
            "numbers that are independent": "units-alike",
            "mean of W": "start-not-centered",
            "numbers drawn from rng": "own-randomness",
        },
    ),
    Number(
        **texts("11.3"),
        solution=vanishing_by_hand,
        outputs=("factor",),
        wrong=(
            *(("layers-miscounted", functools.partial(pow, 0.25, layers)) for layers in (1, 9, 11)),
            ("slope-of-one", lambda: 1.0),
        ),
    ),
    Choice(**texts("11.4")),
)
