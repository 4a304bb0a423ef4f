"""Exercises of notebook 06: the derivative of one weight as a sum over paths.

The functions are the solutions that `solution("06.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/06_trace_one_weight.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Choice, Code, Numbers, Option
from bplearn.exercises.engine.random_cases import Draw


def two_paths_by_hand():
    """What each of the two paths from the error to w1 contributes to dE/dw1."""
    x1, h1 = 0.05, 0.593269992107
    w5, w7 = 0.40, 0.50
    dz2 = np.array([0.138498561629, -0.038098236517])
    first = dz2[0] * w5 * h1 * (1 - h1) * x1
    second = dz2[1] * w7 * h1 * (1 - h1) * x1
    return first, second


def path_contributions(x, a1, W2, dz2, i, j):
    """One sample, one weight W1[i, j]: what the path through each output contributes. x (D,), a1 (H,) -> (M,)."""
    paths = dz2 * W2[j] * a1[j] * (1 - a1[j]) * x[i]
    return paths


def _one_weight(draw: Draw) -> tuple[Any, ...]:
    a1 = (1 / (1 + np.exp(-draw.data(draw.H)))).astype(draw.dtype)
    i, j = int(draw.data_rng.integers(draw.D)), int(draw.data_rng.integers(draw.H))
    return draw.data(draw.D), a1, draw.weights(draw.H, draw.M), draw.data(draw.M), i, j


EXERCISES = (
    Choice(
        "06.1",
        "Which path carries the blame?",
        "Two paths lead from the error of the 2-2-2 network to w1: through the first output (dE/dz = 0.1385, then "
        "w5 = 0.40) and through the second (dE/dz = -0.0381, then w7 = 0.50). Which contributes more to dE/dw1?",
        (
            "Multiply along each path.",
            "What comes after w5 and w7 is the same for both paths.",
            "Compare 0.1385 · 0.40 with 0.0381 · 0.50.",
        ),
        "06: multiply along, add over",
        options={
            "a": Option("The path through the first output.", "0.0554 against 0.0190: almost three times as much."),
            "b": Option(
                "The path through the second output, since w7 is the larger weight.",
                "The weight is one factor of the path; the error at its end is another. Multiply both.",
            ),
            "c": Option(
                "Both the same, since they share h1 and x1.",
                "What they share is the same factor in both. What they do not share differs.",
            ),
        },
        right="a",
    ),
    Numbers(
        "06.2",
        "Two paths to one weight",
        "x1 = 0.05, h1 = 0.593270, w5 = 0.40, w7 = 0.50, dE/dz at the outputs is (0.138499, -0.038098). Type what the "
        "path through the first output and the path through the second contribute to dE/dw1, "
        "three significant digits or more.",
        (
            "Each path has the factors: error at the output, weight, slope of h1, input.",
            "The slope of h1 is h1 (1 - h1) = 0.2413.",
            "The two contributions add up to 0.00043857.",
        ),
        "06: multiply along, add over",
        solution=two_paths_by_hand,
        outputs=("through o1", "through o2"),
    ),
    Code(
        "06.3",
        "All paths to one weight",
        "Write path_contributions(x, a1, W2, dz2, i, j) for one sample, so x[i] is a number: x (D,), "
        "a1 = sigmoid(z1) (H,), W2 (H, M), dz2 (M,). Return an array (M,): what the path "
        "through each output contributes to the derivative of W1[i, j].",
        (
            "The weight W1[i, j] starts at x[i] and ends at hidden neuron j.",
            "From hidden neuron j the weights to the outputs are the row W2[j].",
            "Four factors: dz2, W2[j], the slope at a1[j], x[i].",
        ),
        "06: all paths",
        solution=path_contributions,
        inputs=_one_weight,
        outputs=("contributions",),
        family="delta",
    ),
)
