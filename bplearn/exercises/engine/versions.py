"""The known wrong versions of a solution, and the result of each on the inputs of a check.

The first case rules out most of them, so the other cases run only where the first one fits. First met in
notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.compare import Outputs
from bplearn.exercises.engine.exercise import Case, Code
from bplearn.exercises.engine.mistake import Mistake, Mutant, mutants
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import fresh_cases
from bplearn.exercises.engine.run_cases import CaseResult, reference, run_trusted, same
from bplearn.exercises.mistakes import KNOWN, named


@dataclass(frozen=True, eq=False)
class Inputs:
    """Cases with what is right on them, and the places of those that can tell mistakes apart."""

    exercise: Code
    cases: list[Case]
    right: list[CaseResult]
    telling: list[int]

    def pick(self, results: list[CaseResult]) -> list[CaseResult]:
        """Return what was shown on the cases that can tell mistakes apart."""
        return [results[place] for place in self.telling]


@functools.cache
def usual(exercise: Code) -> Inputs:
    """Return the inputs that every answer is run on.

    >>> from bplearn.exercises import exercise
    >>> len(usual(exercise("05.5")).telling)
    9
    """
    cases, right = reference(exercise)
    return Inputs(exercise, cases, right, [place for place, case in enumerate(cases) if not case.edge])


@functools.cache
def fresh(exercise: Code) -> Inputs:
    """Return inputs of other sizes on which a name is confirmed.

    >>> from bplearn.exercises import exercise
    >>> fresh(exercise("05.5")).cases[0].size
    7
    """
    cases = [Case(draw.label, exercise.inputs(draw), draw.N, diagnosis_only=False) for draw in fresh_cases()]
    right = run_trusted(exercise, exercise.solution, cases)
    wanted = [replace(case, wanted=result.values) for case, result in zip(cases, right, strict=True)]
    return Inputs(exercise, wanted, right, list(range(len(cases))))


class Version:
    """A wrong version of a solution with what it shows on some inputs."""

    def __init__(self, mutant: Mutant, inputs: Inputs) -> None:
        self.mutant, self.inputs = mutant, inputs

    @functools.cached_property
    def first(self) -> CaseResult:
        """What it shows on the first case."""
        return run_trusted(self.inputs.exercise, self.mutant.make(), self.inputs.cases[:1])[0]

    @functools.cached_property
    def all_results(self) -> list[CaseResult]:
        """What it shows on all cases."""
        return run_trusted(self.inputs.exercise, self.mutant.make(), self.inputs.cases)

    @functools.cached_property
    def spoils(self) -> set[str]:
        """The outputs that are wrong in the first case; none where it fails."""
        return wrong_outputs(self.first, self.inputs.right[0])

    @property
    def results(self) -> list[CaseResult]:
        """What it shows on the cases that can tell mistakes apart."""
        return self.inputs.pick(self.all_results)

    @functools.cached_property
    def tells(self) -> bool:
        """Whether it is wrong after all, in a way that tells it from others."""
        shown, wanted = self.results, self.inputs.pick(self.inputs.right)
        if same(shown, wanted) or any(contradicted(mistake, shown, wanted) for mistake in self.mutant.mistakes):
            return False
        return any(result.values for result in shown) and tells(self.mutant, shown, wanted)

    def fits(self, results: list[CaseResult]) -> bool:
        """Return whether an answer that showed these results cannot be told from it."""
        return results[0].agrees(self.first) and same(results, self.results) and self.tells


@functools.cache
def versions(inputs: Inputs) -> list[Version]:
    """Return all wrong versions with one known mistake.

    >>> from bplearn.exercises import exercise
    >>> names = [version.mutant.mistakes[0].name for version in versions(usual(exercise("05.7")))]
    >>> "weights-not-transposed" in names
    True
    """
    return [Version(mutant, inputs) for mutant in single_mutants(inputs.exercise)]


@functools.cache
def mutant_results(exercise: Code) -> list[tuple[Mutant, list[CaseResult]]]:
    """Return what each mutant shows, without those that are right after all or show nothing that tells them apart.

    >>> from bplearn.exercises import exercise
    >>> "weights-not-transposed" in [mutant.mistakes[0].name for mutant, _ in mutant_results(exercise("05.7"))]
    True
    """
    return [(version.mutant, version.all_results) for version in versions(usual(exercise)) if version.tells]


@functools.cache
def applicable(exercise: Code | Number) -> tuple[Mistake, ...]:
    """Return the mistakes of the catalogue that may be named for this exercise.

    >>> from bplearn.exercises import exercise
    >>> [mistake.name for mistake in applicable(exercise("06.2"))][:3]
    ['worked-example', 'hidden-derivative-missing', 'derivative-twice']
    """
    known = tuple(mistake for mistake in KNOWN if mistake.name not in exercise.without)
    made = {mutant.mistakes[0].name for mutant in mutants(exercise.solution, known, exercise.family)}
    made |= {name for name, _ in exercise.wrong}
    made |= set(exercise.shows.values()) if isinstance(exercise, Code) else set()
    seen = isinstance(exercise, Code) and not exercise.describe  # facts are no numbers to be looked at
    return tuple(
        m for m in known if m.name in made or (m.patterns and exercise.family in m.families) or (seen and m.sights)
    )


@functools.cache
def single_mutants(exercise: Code | Number) -> list[Mutant]:
    """Return the versions of the solution with one known mistake in them.

    >>> from bplearn.exercises import exercise
    >>> [mutant.mistakes[0].name for mutant in single_mutants(exercise("06.2"))][:2]
    ['worked-example', 'another-place']
    """
    own = exercise.wrong
    found = [Mutant((named(name),), "", functools.partial(_given, function)) for name, function in own]
    return found + mutants(exercise.solution, applicable(exercise), exercise.family)


def wrong_outputs(results: CaseResult, right: CaseResult) -> set[str]:
    """Return the names of the outputs that are wrong; a failure spoils none, since it shows none.

    >>> wrong_outputs(CaseResult(), CaseResult())
    set()
    """
    if results.values is None or right.values is None:
        return set()
    return {name for name, want in right.values.items() if not compare.alike(results.values[name], want)}


def tells(mutant: Mutant, shown: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether a mutant shows a number that is wrong and finite; NaN and exceptions have too many causes.

    >>> tells(Mutant((), "", list), [], [])
    False
    """
    return any(mistake.shows_nan for mistake in mutant.mistakes) or any(
        result.changed_arguments
        or (result.values and wanted.values and _finite_difference(result.values, wanted.values))
        for result, wanted in zip(shown, right, strict=True)
    )


def contradicted(mistake: Mistake, results: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether all outputs that this mistake would spoil are right: then it is another one.

    >>> contradicted(named("sign"), [], [])
    False
    """
    pairs = [
        (result.values[name], wanted.values[name])
        for result, wanted in zip(results, right, strict=True)
        if result.values and wanted.values
        for name in mistake.spoils
        if name in wanted.values
    ]
    return bool(pairs) and all(compare.close(*pair) for pair in pairs)


def _finite_difference(values: Outputs, wanted: Outputs) -> bool:
    return any(
        bool(np.isfinite(values[name]).all()) and not compare.close(values[name], want) for name, want in wanted.items()
    )


def _given(function: Callable[..., Any]) -> Callable[..., Any]:
    return function
