"""Exercises of notebook 01: one neuron by hand, as a function, and a slope found by nudging.

The functions are the solutions that `solution("01.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/01_one_neuron.ipynb.
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


def neuron_by_hand():
    """The first hidden neuron of the 2-2-2 network."""
    x = np.array([0.05, 0.10])
    w, b = np.array([0.15, 0.20]), 0.35
    z = x @ w + b
    a = 1 / (1 + np.exp(-z))
    return z, a


def neuron(x, w, b):
    """One sigmoid neuron: x (D,), w (D,), one number b."""
    z = x @ w + b
    a = 1 / (1 + np.exp(-z))
    return a


def slope(f, w, h):
    """The slope of f at w, by nudging w to both sides by h."""
    return (f(w + h) - f(w - h)) / (2 * h)


def _one_neuron(draw: RandomCase) -> tuple[Any, ...]:
    w, b = draw.weights(draw.D), draw.weights(1)[0]
    x = draw.until(lambda: draw.data(draw.D), lambda x: bool(x @ w + b > 0) == bool(draw.batch % 2))
    return x, w, b


def _curve(draw: RandomCase) -> tuple[Any, ...]:
    a, b, c = (float(number) for number in draw.weights(3))
    x = float(draw.data(1)[0])
    return (lambda x: a * x**3 + b * x**2 + c * x), x, draw.setting(0.1, 0.02, 0.3)


def _square(x: Any) -> Any:
    return x**2


def _cube(x: Any) -> Any:
    return x**3


EXERCISES = (
    Number(
        **texts("01.1"),
        solution=neuron_by_hand,
        outputs=("z", "a"),
    ),
    Code(
        **texts("01.2"),
        solution=neuron,
        inputs=_one_neuron,
        outputs=("a",),
        family="forward",
    ),
    Choice(**texts("01.3")),
    Code(
        **texts("01.4"),
        solution=slope,
        inputs=_curve,
        outputs=("slope",),
        family="slope",
        small=(("f(w) = w², w = 3, h = 0.5", (_square, 3.0, 0.5)), ("f(w) = w³, w = 1, h = 1", (_cube, 1.0, 1.0))),
    ),
)
