"""The recall questions and the predictions of all notebooks: their texts, and the numbers that answer some of them.

Three questions stand at the end of each notebook and come once more two notebooks later; a prediction is made before
its result is shown. Where a number is asked for, it is computed here. First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bplearn.exercises.engine.exercise import NOTEBOOKS
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.texts import numbers_of, texts
from bplearn.explain.scalar import Value, topological_order
from bplearn.functional import sigmoid

GAP = 2  # notebooks between a question and its repeat


def _arrows_of_a_neuron() -> int:
    w0, w1, b, x0, x1 = map(Value, (2, -3, -3, -1, -2))
    return sum(len(node.parents) for node in topological_order((w0 * x0 + w1 * x1 + b).sigmoid()))


_COMPUTED: dict[str, Callable[[], float]] = {
    "01.r1": lambda: 2 * 1 - 1 * 3 + 0.5,
    "03.r3": lambda: -math.log(0.5),
    "04.r2": lambda: -4.0,
    "05.r3": lambda: 0.8 * (1 - 0.8),
    "07.r3": lambda: 2 - 0.5 * -0.4,
    "11.r2": lambda: 0.25**3,
    "12.r1": lambda: float(math.ceil(1000 / 64)),
    "15.r2": lambda: 8.0,
    "16.r2": lambda: (1 + 0.1) ** 3,
    "16.p2": lambda: 2.0**5,
    "17.r2": lambda: float((4 - 2 + 1) ** 2),
    "17.p3": lambda: 8 * 9 + 8.0,
    "17.p4": lambda: 9 * 10.0,
    "18.p1": lambda: (7 + 14 + 0) / 3,
    "18.r2": lambda: 0.5 * (6 - (2 + 6) / 2),
    "13.r2": lambda: 0.1 * 2 / (1 - 0.9),
    "01.p1": lambda: float(sigmoid(np.array(-1.0))),
    "03.p2": lambda: -math.log(0.01),
    "04.p3": _arrows_of_a_neuron,
    "07.p1": lambda: 10 * 0.6**10,
    "08.p3": lambda: float(math.ceil(1258 / 32)),
    "09.p2": lambda: math.log(2),
    "10.p2": lambda: 15.0,
    "11.p2": lambda: math.sqrt(0.5**10),
    "12.p1": lambda: 1.0 / math.sqrt(16),
    "12.p2": lambda: 0.1 * 20 / 10,
    "13.p1": lambda: 1 / (1 - 0.5),
    "13.p2": lambda: 0.2 / math.sqrt(0.004),
}


def _question(number: str) -> Choice | Number:
    if number in _COMPUTED:
        return Number(**texts(number), solution=_COMPUTED[number])
    return Choice(**texts(number))


QUESTIONS = {number: _question(number) for chapter in NOTEBOOKS for number in numbers_of(chapter, "recall")}
PREDICTIONS = {number: _question(number) for chapter in NOTEBOOKS for number in numbers_of(chapter, "predictions")}


def due(chapter: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the numbers of a notebook's own questions, and those of two notebooks earlier that come again.

    >>> due("05")[1]
    ('03.r1', '03.r2', '03.r3')
    """
    earlier = f"{int(chapter) - GAP:02d}"
    own = tuple(number for number in QUESTIONS if number[:2] == chapter)
    return own, tuple(number for number in QUESTIONS if number[:2] == earlier)
