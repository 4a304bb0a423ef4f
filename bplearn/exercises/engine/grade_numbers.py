"""The verdict on typed numbers: it tries rules in order, and the first one that applies gives the answer.

First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.compare import NotNumbers
from bplearn.exercises.engine.diagnosis import names_of
from bplearn.exercises.engine.mistake import Mutant, double_mutants
from bplearn.exercises.engine.named_verdict import named_verdict, reordered
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.runner import run
from bplearn.exercises.engine.typed_numbers import (
    how_off,
    is_near,
    is_rounding,
    read_number,
    slip,
    slip_names,
)
from bplearn.exercises.engine.verdict import Status, Verdict
from bplearn.exercises.engine.versions import applicable, single_mutants
from bplearn.exercises.mistakes import named

Typed = dict[str, float]
_FACTORS = (("sign", -1.0), ("factor-two", 2.0), ("factor-two", 0.5))
WITHOUT_QUOTES = "Type each number as a number, without quotes, with a point: 0.25 or 1 / 4."


@dataclass(frozen=True)
class WrongNumbers:
    """What was typed beside what is right, by the names of the numbers."""

    question: Number
    typed: Typed
    right: Typed

    def near(self, other: Typed) -> bool:
        """Return whether all typed numbers count as these."""
        return all(is_near(self.typed[name], other[name], self.question.tolerance) for name in self.right)

    def shows(self, other: Typed) -> bool:
        """Return whether all typed numbers count as these, which are not the right ones."""
        return bool(other) and self.near(other) and not WrongNumbers(self.question, other, self.right).near(self.right)

    def distance(self, other: Typed) -> float:
        """Return how far the typed numbers are from these, relative to their size."""
        return max(abs(self.typed[name] - other[name]) / (abs(other[name]) or 1.0) for name in self.right)

    @property
    def wrong(self) -> list[str]:
        """The names of the numbers that are off."""
        tolerance = self.question.tolerance
        return [name for name, true in self.right.items() if not is_near(self.typed[name], true, tolerance)]

    def details(self) -> tuple[str, ...]:
        """Say how the numbers are off, all at once where one thing is true of all of them, and which are right."""
        tolerance = self.question.tolerance
        lines = [how_off(name, self.typed[name], self.right, tolerance) for name in self.wrong]
        slips = {slip(self.typed[name], self.right[name], tolerance) for name in self.wrong}
        if len(lines) > 1 and len(slips) == 1 and tolerance > 1e-8 and (words := slips.pop()):
            lines = [f"Each of {', '.join(self.wrong)} {words}."]
        fine = [name for name in self.right if name not in self.wrong]
        return (*lines, f"Right: {', '.join(fine)}.") if fine and lines else tuple(lines)


def grade_numbers(question: Number, answer: Any) -> Verdict:
    """Return the verdict on typed numbers, however they are nested.

    >>> from bplearn.exercises import exercise
    >>> grade_numbers(exercise("01.1"), (0.5933, 0.3775)).mistakes
    ('outputs-reordered',)
    """
    if answer is Ellipsis or answer is None:
        return question.unattempted()
    if any(isinstance(part, str) and re.search(r"\d", part) for part in compare.leaves(answer)):
        return question.unattempted(WITHOUT_QUOTES)
    ran = run(lambda: typed_numbers(answer() if callable(answer) else answer, question.outputs))
    if ran.failure is not None:
        if ran.failure.kind == "Unfinished":
            return question.unattempted()
        if ran.failure.kind == "NotNumbers":
            mistake = ran.failure.mistake
            return named_verdict(question, [(mistake,)] if mistake else [], (), ran.failure.message)
        return question.verdict(Status.ERROR, ran.failure.text())
    found = WrongNumbers(question, ran.value, typed_numbers(question.solution(), question.outputs))
    if not found.wrong:
        return question.verdict(Status.PASSED)
    return next(verdict for rule in RULES if (verdict := rule(found)) is not None)


def typed_numbers(value: Any, names: tuple[str, ...]) -> Typed:
    """Return numbers, however nested, by their names.

    Raises: Unfinished where `...` is left, NotNumbers where something is missing or is no number.

    >>> typed_numbers(((64, 10), 10), ("rows", "columns", "b"))
    {'rows': 64.0, 'columns': 10.0, 'b': 10.0}
    """
    if isinstance(value, list | tuple | np.ndarray) and len(names) > 1:
        value = list(compare.leaves(value))
    arrays = compare.outputs(value, names)
    for name, array in arrays.items():
        if array.size != 1:
            raise NotNumbers(f"{name} should be one number; it has shape {array.shape}.")
    return {name: float(array.item()) for name, array in arrays.items()}


def _known_mistake(found: WrongNumbers) -> Verdict | None:
    versions = [(mutant, _numbers_of(found.question, mutant)) for mutant in single_mutants(found.question)]
    fits = [(found.distance(numbers), mutant) for mutant, numbers in versions if found.shows(numbers)]
    nearest = min((distance for distance, _ in fits), default=0.0)
    mutants = [mutant for distance, mutant in fits if distance <= 3 * nearest + 1e-4]
    if not mutants:
        return None
    first, *rest = found.details()
    return named_verdict(found.question, names_of(mutants), (first,), aside=tuple(rest))


def _expected_slip(found: WrongNumbers) -> Verdict | None:
    for text, reply in found.question.replies.items():
        if found.near(dict.fromkeys(found.right, read_number(text))):
            return found.question.verdict(Status.WRONG, reply, found.details())
    return None


def _another_order(found: WrongNumbers) -> Verdict | None:
    left = list(found.typed.values())
    for true in found.right.values():
        fits = [place for place, number in enumerate(left) if is_near(number, true, found.question.tolerance)]
        if not fits:
            return None
        left.pop(fits[0])
    return reordered(found.question, found.question.outputs)


def _not_whole(found: WrongNumbers) -> Verdict | None:
    if found.question.whole and not all(number.is_integer() for number in found.typed.values()):
        return named_verdict(found.question, [("fraction-for-a-count",)], found.details(), found.question.whole)
    return None


def _slips(found: WrongNumbers) -> Verdict | None:
    """Name what each wrong number shows beside the right one; several slips are told as several."""
    question = found.question
    if question.tolerance < 1e-8:  # shapes and counts have no sign to lose
        return None
    names: list[str] = []
    for name in found.wrong:
        number, others = found.typed[name], (true for other, true in found.right.items() if other != name)
        if any(is_near(number, true, question.tolerance) for true in others):
            shown: tuple[str, ...] = ("another-outputs-numbers",)
        else:
            shown = slip_names(number, found.right[name], question.tolerance)
        if not shown:
            return None
        names += shown
    return named_verdict(question, [tuple(dict.fromkeys(names))], found.details())


def _two_mistakes(found: WrongNumbers) -> Verdict | None:
    """Name two mistakes of the catalogue that were made at once, where four digits or more agree with them alone."""
    question = found.question
    is_short = all(len(f"{abs(n):.12g}".strip("0.").replace(".", "")) < 4 for n in found.typed.values())
    if is_short and question.tolerance > 1e-8:  # counts are exact
        return None
    fits = [
        names
        for names, numbers in _doubles(question)
        if all(is_near(found.typed[name], numbers[name], min(question.tolerance, 1e-4)) for name in found.right)
    ]
    groups = list({frozenset(names): names for names in fits}.values())
    return named_verdict(question, groups, found.details()[:1], aside=found.details()[1:]) if len(groups) == 1 else None


@functools.cache
def _doubles(question: Number) -> list[tuple[tuple[str, ...], Typed]]:
    """Return what a question's number is with two mistakes in it, by their names."""
    known = applicable(question)
    singles = [(mutant.mistakes, _numbers_of(question, mutant)) for mutant in single_mutants(question)]
    doubles = [
        (mutant.mistakes, _numbers_of(question, mutant))
        for mutant in double_mutants(question.solution, combinations(known, 2))
    ]
    turned = [
        ((*mistakes, named(name)), {key: factor * number for key, number in numbers.items()})
        for mistakes, numbers in singles
        for name, factor in _FACTORS
        if numbers and mistakes[0].name != name
    ]
    found = [(tuple(mistake.name for mistake in some), numbers) for some, numbers in (*doubles, *turned) if numbers]
    alone = [numbers for _, numbers in singles if numbers]
    return [(names, numbers) for names, numbers in found if numbers not in alone]


def _numbers_of(question: Number, mutant: Mutant) -> Typed:
    """Return what a wrong version gives; nothing where it cannot be computed, or is no number."""
    try:
        with np.errstate(all="raise", under="ignore"):
            return typed_numbers(mutant.make()(), question.outputs)
    except Exception:
        return {}


def _too_few_digits(found: WrongNumbers) -> Verdict | None:
    if found.question.whole or not all(is_rounding(found.typed[name], found.right[name]) for name in found.wrong):
        return None
    three = found.question.tolerance > 1e-4
    digits = "Give more digits: three significant ones will do." if three else "Give all the digits."
    return found.question.verdict(Status.WRONG, f"Close. {digits}", found.details())


def _unknown(found: WrongNumbers) -> Verdict:
    return named_verdict(found.question, [], found.details())


RULES: tuple[Callable[[WrongNumbers], Verdict | None], ...] = (
    _known_mistake,
    _another_order,
    _not_whole,
    _expected_slip,
    _slips,
    _too_few_digits,
    _two_mistakes,
    _unknown,
)
