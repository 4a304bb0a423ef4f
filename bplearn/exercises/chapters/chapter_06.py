"""Exercises of notebook 06: the derivative of one weight as a sum over paths.

The functions are the solutions that `solution("06.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/06_trace_one_weight.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

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


def _two_paths(w6: float, w8: float, slope: float) -> tuple[float, float]:
    """Both paths, with these weights and this slope of the hidden neuron."""
    return 0.138498561629 * w6 * slope * 0.10, -0.038098236517 * w8 * slope * 0.10


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
            ("another-place", lambda: _two_paths(0.55, 0.45, H2 * (1 - H2))),
            ("hidden-derivative-missing", lambda: _two_paths(0.45, 0.55, 1.0)),
            ("slope-one-factor", lambda: _two_paths(0.45, 0.55, H2)),
            ("slope-one-factor", lambda: _two_paths(0.45, 0.55, 1 - H2)),
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
