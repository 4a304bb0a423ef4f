"""Exercises of notebook 01: one neuron by hand, as a function, and a slope found by nudging.

The functions are the solutions that `solution("01.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/01_one_neuron.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Choice, Code, Numbers, Option
from bplearn.exercises.engine.random_cases import Draw


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


def _one_neuron(draw: Draw) -> tuple[Any, ...]:
    return draw.data(draw.D), draw.weights(draw.D), draw.weights(1)[0]


def _curve(draw: Draw) -> tuple[Any, ...]:
    a, b, c = (float(number) for number in draw.weights(3))
    x = float(draw.data(1)[0])
    return (lambda x: a * x**3 + b * x**2 + c * x), x, 0.1


def _square(x: Any) -> Any:
    return x**2


def _cube(x: Any) -> Any:
    return x**3


EXERCISES = (
    Numbers(
        "01.1",
        "A neuron by hand",
        "x = (0.05, 0.10), w = (0.15, 0.20), b = 0.35. Type z and a = sigmoid(z) as (z, a), three "
        "significant digits or more.",
        (
            "z is the weighted sum of the inputs, plus the bias.",
            "0.05 · 0.15 + 0.10 · 0.20 = 0.0275; the bias is still to come.",
            "With z in hand, a = 1 / (1 + exp(-z)): mind the minus.",
        ),
        "01: the weighted sum",
        solution=neuron_by_hand,
        outputs=("z", "a"),
    ),
    Code(
        "01.2",
        "A neuron as a function",
        "Write neuron(x, w, b): the output of a sigmoid neuron for one sample x (D,) with weights w (D,) and bias b.",
        (
            "Two steps: the weighted sum z, then the sigmoid of z.",
            "`x @ w` multiplies entry by entry and adds up.",
            "The sigmoid is 1 / (1 + np.exp(-z)).",
        ),
        "01: the weighted sum",
        solution=neuron,
        inputs=_one_neuron,
        outputs=("a",),
        family="forward",
    ),
    Choice(
        "01.3",
        "The sign of a change",
        "A sigmoid neuron has w = (2, -3) and x = (-1, -2). The first weight grows from 2 to 2.01. What does the "
        "output do?",
        (
            "Write down the term of z in which this weight stands.",
            "The term is w[0] · x[0]. What does it do when w[0] grows?",
            "x[0] is negative, and the sigmoid grows with z.",
        ),
        "01: the sign of a change",
        options={
            "a": Option(
                "It rises, since the weight rises.", "The weight is multiplied by its input. What is the sign of x[0]?"
            ),
            "b": Option("It falls.", "The term w[0] · x[0] falls by 0.01, so z falls, and the sigmoid follows z."),
            "c": Option(
                "It stays, since the weight is already positive.",
                "The sign of the weight says nothing about the change; the sign of its input does.",
            ),
            "d": Option(
                "It falls, since the other weight is negative.",
                "It does fall, but the other weight is held still and has no say in it. Which input is at work?",
            ),
        },
        right="b",
    ),
    Code(
        "01.4",
        "A slope by nudging",
        "Write slope(f, w, h): nudge w by h to both sides, and return how fast f changes for each unit of w.",
        (
            "Two values of f are needed: a little to the right of w and a little to the left.",
            "Rise over run: the difference of the two values, divided by how far apart the two places are.",
            "From w - h to w + h it is not h.",
        ),
        "01: a slope by nudging",
        solution=slope,
        inputs=_curve,
        outputs=("slope",),
        family="slope",
        small=(("f(w) = w², w = 3, h = 0.5", (_square, 3.0, 0.5)), ("f(w) = w³, w = 1, h = 1", (_cube, 1.0, 1.0))),
    ),
)
