"""Exercises of notebook 06: the derivative of one weight as a sum over paths.

The functions are the solutions that `solution("06.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/06_trace_one_weight.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def two_paths_by_hand():
    """What each of the two paths from the error to w4 contributes to dE/dw4."""
    x2, h2 = 0.10, 0.596884378260
    w6, w8 = 0.45, 0.55
    dz2 = np.array([0.138498561629, -0.038098236517])
    first = dz2[0] * w6 * h2 * (1 - h2) * x2
    second = dz2[1] * w8 * h2 * (1 - h2) * x2
    return first, second


def path_contributions(x, a1, W2, dz2, i, j):
    """One sample, one weight W1[i, j]: what the path through each output contributes. x (D,), a1 (H,) -> (M,)."""
    paths = dz2 * W2[j] * a1[j] * (1 - a1[j]) * x[i]
    return paths


H2 = 0.596884378260


def _other_weights(first: float, second: float) -> tuple[float, float]:
    """Both paths through weights that are not theirs."""
    slope = H2 * (1 - H2)
    return 0.138498561629 * first * slope * 0.10, -0.038098236517 * second * slope * 0.10


def _one_weight(draw: RandomCase) -> tuple[Any, ...]:
    a1 = (1 / (1 + np.exp(-draw.data(draw.H)))).astype(draw.dtype)
    i, j = int(draw.data_rng.integers(draw.D)), int(draw.data_rng.integers(draw.H))
    return draw.data(draw.D), a1, draw.weights(draw.H, draw.M), draw.data(draw.M), i, j


EXERCISES = (
    Choice(**texts("06.1")),
    Number(
        **texts("06.2"),
        solution=two_paths_by_hand,
        outputs=("through o1", "through o2"),
        wrong=(
            ("worked-example", lambda: (0.000668396, -0.000229828)),
            ("another-place", functools.partial(_other_weights, 0.55, 0.45)),
            ("another-place", functools.partial(_other_weights, 0.40, 0.50)),
            ("another-place", lambda: np.array(two_paths_by_hand()) / 2),  # x1 is half of x2
        ),
    ),
    Code(
        **texts("06.3"),
        solution=path_contributions,
        inputs=_one_weight,
        outputs=("contributions",),
        family="delta",
    ),
)
