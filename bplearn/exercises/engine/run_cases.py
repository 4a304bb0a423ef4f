"""Runs an answer on all cases of an exercise, in order, and keeps what each of them showed.

The learner's answer runs in the sandbox; a solution and its wrong versions run as they are. All are seen through
the same eyes, so that a wrong version and a wrong answer can be compared. First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.compare import NotNumbers, Outputs, Unfinished
from bplearn.exercises.engine.exercise import Case, Code, Layout
from bplearn.exercises.engine.runner import Failure, Ran, changed, copies, run


@dataclass(frozen=True)
class Seen:
    """What one case showed: the outputs or why there are none, and whether an argument was changed."""

    values: Outputs | None = None
    failure: Failure | None = None
    problem: str = ""
    unfinished: bool = False
    spoiled: str = ""
    printed: str = ""

    def agrees(self, other: Seen, limit: float | None = None) -> bool:
        """Return whether the two cannot be told apart."""
        if self.values is None or other.values is None:
            return self.values is None and other.values is None and bool(self.spoiled) == bool(other.spoiled)
        same = all(compare.alike(array, other.values[name], limit) for name, array in self.values.items())
        return same and bool(self.spoiled) == bool(other.spoiled)


def watch(exercise: Code, answer: Any, cases: list[Case], layout: Layout | None = None) -> list[Seen]:
    """Run a learner's answer on all cases in a row, in the sandbox, and return what each showed.

    >>> from bplearn.exercises import exercise
    >>> one = exercise("05.5")
    >>> seen = watch(one, one.solution, one.cases())
    >>> seen[0].values["dz2"].shape
    (5, 2)
    """
    seconds = exercise.seconds
    return _watch(exercise, answer, cases, layout, lambda code: run(code, seconds))


def watch_ours(exercise: Code, answer: Any, cases: list[Case]) -> list[Seen]:
    """Run a solution or one of its wrong versions on all cases in a row.

    >>> from bplearn.exercises import exercise
    >>> one = exercise("05.5")
    >>> len(watch_ours(one, one.solution, one.cases()))
    7
    """
    return _watch(exercise, answer, cases, None, _attempt)


@functools.cache
def reference(exercise: Code) -> tuple[list[Case], list[Seen]]:
    """Return the cases of an exercise and what its solution shows on them.

    >>> from bplearn.exercises import exercise
    >>> cases, right = reference(exercise("05.5"))
    >>> cases[0].label
    'a batch of 5'
    """
    cases = exercise.cases()
    return cases, watch_ours(exercise, exercise.solution, cases)


def passes(cases: list[Case], seen: list[Seen], right: list[Seen]) -> bool:
    """Return whether an answer is right on every case that counts and leaves its arguments alone.

    >>> from bplearn.exercises import exercise
    >>> cases, right = reference(exercise("05.5"))
    >>> passes(cases, right, right)
    True
    """
    for case, one, wanted in zip(cases, seen, right, strict=True):
        if case.diagnosis_only:
            continue
        if one.values is None or one.spoiled or wanted.values is None:
            return False
        if not all(compare.close(one.values[name], want) for name, want in wanted.values.items()):
            return False
    return True


def same(seen: Iterable[Seen], other: Iterable[Seen]) -> bool:
    """Return whether two answers cannot be told apart on any case.

    >>> same([Seen()], [Seen()])
    True
    """
    return all(one.agrees(two) for one, two in zip(seen, other, strict=True))


def argument_names(exercise: Code) -> list[str]:
    """Return the names by which messages call the arguments.

    >>> from bplearn.exercises import exercise
    >>> argument_names(exercise("05.7"))
    ['dy', 'x', 'W']
    """
    return (exercise.calls or ", ".join(inspect.signature(exercise.solution).parameters)).split(", ")


def _watch(
    exercise: Code,
    answer: Any,
    cases: list[Case],
    layout: Layout | None,
    runs: Callable[[Callable[[], Seen]], Ran],
) -> list[Seen]:
    seen: list[Seen] = []
    for place, case in enumerate(cases):
        ran = runs(functools.partial(_one, exercise, answer, case, layout))
        if ran.failure is None:
            seen.append(replace(_fitted(exercise, ran.value, place), printed=ran.printed))
            continue
        unfinished = "ellipsis" in ran.failure.message.lower()
        seen.append(Seen(failure=ran.failure, unfinished=unfinished, printed=ran.printed))
        if ran.failure.kind == "TimeUp":  # the other cases would run as long
            return seen + [Seen(failure=ran.failure)] * (len(cases) - len(seen))
    return seen


def _one(exercise: Code, answer: Any, case: Case, layout: Layout | None) -> Seen:
    arguments = layout.forth(case.arguments) if layout else case.arguments
    given = copies(arguments)
    try:
        value = exercise.observe(answer, given)
        values = compare.outputs(layout.back(value) if layout else value, exercise.outputs)
    except Unfinished:
        return Seen(unfinished=True)
    except NotNumbers as problem:
        return Seen(problem=str(problem))
    places = [place for place, pair in enumerate(zip(arguments, given, strict=True)) if changed(*pair)]
    return Seen(values, spoiled=", ".join(argument_names(exercise)[place] for place in places))


def _attempt(code: Callable[[], Seen]) -> Ran:
    try:
        with np.errstate(all="ignore"):
            return Ran(code())
    except Exception as problem:
        return Ran(failure=Failure(type(problem).__name__, str(problem)))


def _fitted(exercise: Code, seen: Seen, place: int) -> Seen:
    """Bring outputs into the shapes of the right ones where only an axis of length 1 differs."""
    if seen.values is None:
        return seen
    wanted = _wanted(exercise)[place]
    values = {name: compare.fitted(name, array, wanted[name]) for name, array in seen.values.items()}
    return Seen(values, spoiled=seen.spoiled)


@functools.cache
def _wanted(exercise: Code) -> list[Outputs]:
    with np.errstate(all="ignore"):
        return [
            compare.outputs(exercise.observe(exercise.solution, copies(case.arguments)), exercise.outputs)
            for case in exercise.cases()
        ]
