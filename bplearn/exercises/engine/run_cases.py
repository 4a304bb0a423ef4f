"""Runs an answer on all cases of an exercise, in order, and keeps the result of each.

The learner's answer runs in the sandbox; a solution and its mutants run as they are. All give a `CaseResult` for each
case, so that a mutant and a wrong answer can be compared. First met in notebooks/01_one_neuron.ipynb.
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
from bplearn.exercises.engine.exercise import ArrayLayout, Case, Code
from bplearn.exercises.engine.runner import Failure, Ran, changed, copies, run


@dataclass(frozen=True)
class CaseResult:
    """What one case showed: the outputs or why there are none, and whether an argument was changed.

    `mistake` is the name of a known one that explains why there are none.
    """

    values: Outputs | None = None
    failure: Failure | None = None
    problem: str = ""
    mistake: str = ""
    unfinished: bool = False
    changed_arguments: str = ""
    printed: str = ""

    def agrees(self, other: CaseResult, limit: float | None = None) -> bool:
        """Return whether the two cannot be told apart."""
        if self.values is None or other.values is None:
            return self.values is other.values and self.changed_arguments == other.changed_arguments
        same = all(compare.alike(array, other.values[name], limit) for name, array in self.values.items())
        return same and self.changed_arguments == other.changed_arguments


def run_cases(exercise: Code, answer: Any, cases: list[Case], layout: ArrayLayout | None = None) -> list[CaseResult]:
    """Run a learner's answer on all cases in a row, in the sandbox, and return what each showed.

    >>> from bplearn.exercises import exercise
    >>> shown = run_cases(exercise("05.5"), exercise("05.5").solution, exercise("05.5").cases())
    >>> shown[0].values["dz2"].shape
    (5, 2)
    """
    seconds = exercise.seconds
    return _run(exercise, answer, cases, layout, lambda code: run(code, seconds))


def run_trusted(exercise: Code, answer: Any, cases: list[Case]) -> list[CaseResult]:
    """Run a solution or one of its mutants on all cases in a row.

    >>> from bplearn.exercises import exercise
    >>> len(run_trusted(exercise("05.5"), exercise("05.5").solution, exercise("05.5").cases()))
    10
    """
    return _run(exercise, answer, cases, None, _attempt)


@functools.cache
def reference(exercise: Code) -> tuple[list[Case], list[CaseResult]]:
    """Return the cases of an exercise and what its solution shows on them: it runs once for each.

    >>> from bplearn.exercises import exercise
    >>> cases, right = reference(exercise("05.5"))
    >>> cases[0].label
    'a batch of 5'
    """
    cases = exercise.cases()
    right = run_trusted(exercise, exercise.solution, cases)
    return [replace(case, wanted=result.values) for case, result in zip(cases, right, strict=True)], right


def passes(cases: list[Case], seen: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether an answer is right on every case that counts and leaves its arguments alone.

    >>> from bplearn.exercises import exercise
    >>> cases, right = reference(exercise("05.5"))
    >>> passes(cases, right, right)
    True
    """
    for case, result, wanted in zip(cases, seen, right, strict=True):
        if case.diagnosis_only:
            continue
        if result.values is None or result.changed_arguments or wanted.values is None:
            return False
        if not all(compare.close(result.values[name], want) for name, want in wanted.values.items()):
            return False
    return True


def same(seen: Iterable[CaseResult], other: Iterable[CaseResult]) -> bool:
    """Return whether two answers cannot be told apart on any case.

    >>> same([CaseResult()], [CaseResult()])
    True
    """
    return all(result.agrees(another) for result, another in zip(seen, other, strict=True))


def argument_names(exercise: Code) -> list[str]:
    """Return the names by which messages call the arguments.

    >>> from bplearn.exercises import exercise
    >>> argument_names(exercise("05.7"))
    ['dy', 'x', 'W']
    """
    return (exercise.calls or ", ".join(inspect.signature(exercise.solution).parameters)).split(", ")


def _run(
    exercise: Code,
    answer: Any,
    cases: list[Case],
    layout: ArrayLayout | None,
    runs: Callable[[Callable[[], CaseResult]], Ran],
) -> list[CaseResult]:
    results: list[CaseResult] = []
    for case in cases:
        ran = runs(functools.partial(_run_case, exercise, answer, case, layout))
        if ran.failure is None:
            results.append(replace(_fitted(ran.value, case), printed=ran.printed))
            continue
        results.append(CaseResult(failure=ran.failure, unfinished=ran.failure.met_dots, printed=ran.printed))
        if ran.failure.kind == "TimeUp":  # the other cases would take just as long
            return results + [CaseResult(failure=ran.failure)] * (len(cases) - len(results))
    return results


def _run_case(exercise: Code, answer: Any, case: Case, layout: ArrayLayout | None) -> CaseResult:
    arguments = layout.forth(case.arguments) if layout else case.arguments
    given = copies(arguments)
    try:
        value = exercise.observe(answer, given)
        values = compare.outputs(layout.back(value) if layout else value, exercise.outputs)
    except Unfinished:
        return CaseResult(unfinished=True)
    except NotNumbers as problem:
        return CaseResult(problem=str(problem), mistake=problem.mistake)
    places = [place for place, pair in enumerate(zip(arguments, given, strict=True)) if changed(*pair)]
    return CaseResult(values, changed_arguments=", ".join(argument_names(exercise)[place] for place in places))


def _attempt(code: Callable[[], CaseResult]) -> Ran:
    try:
        with np.errstate(all="ignore"):
            return Ran(code())
    except Exception as problem:
        return Ran(failure=Failure(type(problem).__name__, str(problem)))


def _fitted(result: CaseResult, case: Case) -> CaseResult:
    """Bring outputs into the shapes of the right ones where only an axis of length 1 differs."""
    if result.values is None or case.wanted is None:
        return result
    values = {name: compare.fitted(name, array, case.wanted[name]) for name, array in result.values.items()}
    return replace(result, values=values)
