"""Exercises of notebook 10: a gradient checker, and six planted bugs to find and mend.

Each clinic takes a function of an earlier notebook and plants one mistake of the catalogue in it; the checker sees
the planted bug but does not name it. Belongs to notebooks/10_check_your_gradients.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201 (plain functions, and a name for every number)

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bplearn.exercises.chapters import chapter_03, chapter_05, chapter_07, chapter_08, chapter_09
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def numerical_gradient(f, x, h):
    """Central differences: f maps an array like x to one number; return an array like x."""
    grad = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[place] = h
        grad[place] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return grad


def _landscape(draw: RandomCase) -> tuple[Any, ...]:
    shape = {2: (draw.D,), 3: (2, draw.D, draw.M)}.get(draw.network, (draw.D, draw.M))
    a, b, x = (draw.data_rng.normal(size=shape) for _ in range(3))
    return (lambda x: float(np.sum(a * x**3 + b * x**2) + np.prod(x[0] + 1))), x, 0.1


def _of(chapter: Any, number: str) -> Any:
    """Return the exercise of this number in a chapter."""
    return next(one for one in chapter.EXERCISES if one.number == number)


def _clinic(number: str, healthy: Any, planted: str, title: str, symptom: str, hint: str) -> Code:
    """Return the clinic that plants a mistake in an exercise of an earlier chapter."""
    name = healthy.solution.__name__
    clinic: Code = replace(
        healthy,
        number=number,
        title=f"Bug clinic: {title}",
        task=(
            f"clinic({number!r}) shows a {name} with one planted bug. {symptom} Find it, mend it, hand in the "
            f"mended {name}."
        ),
        hints=(
            "Compare it with central differences, output by output: which one is off?",
            "Try layers that are not square, biases that are not 0, and two batches in a row.",
            hint,
        ),
        teaches="10: bug clinic",
        planted=(planted,),
    )
    return clinic


EXERCISES = (
    Code(
        **texts("10.1"),
        solution=numerical_gradient,
        inputs=_landscape,
        outputs=("gradient",),
        family="slope",
    ),
    _clinic(
        "10.2",
        _of(chapter_05, "05.7"),
        "bias-averaged",
        "a layer",
        "All shapes are right and the network trains.",
        "Count how often each parameter is used in one batch.",
    ),
    _clinic(
        "10.3",
        _of(chapter_08, "08.2"),
        "hidden-derivative-missing",
        "a whole batch",
        "On the digits it still reads 95% right.",
        "Walk back through every operation of forward: is each one's derivative there?",
    ),
    _clinic(
        "10.4",
        _of(chapter_07, "07.4"),
        "updated-before-hidden-error",
        "one step",
        "The loss falls, and after one step the error differs in the seventh digit only.",
        "Which weights made the error that is sent back?",
    ),
    _clinic(
        "10.5",
        _of(chapter_05, "05.8"),
        "argument-changed",
        "a ReLU",
        "What it returns is right.",
        "Look at dy before and after the call.",
    ),
    _clinic(
        "10.6",
        _of(chapter_03, "03.6"),
        "softmax-twice",
        "a loss",
        "The loss falls, but it never comes near 0.",
        "Give it one row with one very large score: what should p be?",
    ),
    _clinic(
        "10.7",
        _of(chapter_09, "09.7"),
        "gradients-not-cleared",
        "a network",
        "Its first batch is right to the last digit.",
        "Call forward and backward twice with the same batch.",
    ),
)
