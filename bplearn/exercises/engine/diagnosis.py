"""The diagnosis: which known mistake gives exactly the numbers that the learner's answer gives, on every case.

An answer is compared with each wrong version of the same exercise, then with patterns of ratios, then with two
mistakes at once. A name is given only where all cases agree; mistakes that no output can tell apart are named
together. Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.compare import Outputs
from bplearn.exercises.engine.exercise import Case, Code
from bplearn.exercises.engine.mistake import Mistake, Mutant, double_mutants, mutants
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.run_cases import CaseResult, passes, reference, run_trusted, same
from bplearn.exercises.mistakes import KNOWN, named


def explanations(
    exercise: Code, cases: list[Case], results: list[CaseResult], right: list[CaseResult]
) -> list[tuple[str, ...]]:
    """Return what explains all cases, as groups of names: single mistakes, a pattern, or two mistakes at once.

    Several groups mean that no output tells them apart; none means that nothing known fits.

    >>> from bplearn.exercises import exercise
    >>> from bplearn.exercises.engine.run_cases import reference, run_cases
    >>> one = exercise("05.5")
    >>> cases, right = reference(one)
    >>> explanations(one, cases, run_cases(one, lambda y, t: y - t, cases), right)
    [('output-derivative-missing',)]
    """
    telling = _telling_places(cases)
    results, right = [results[place] for place in telling], [right[place] for place in telling]
    if all(result.values is None for result in results):
        return []
    groups = _candidates(exercise, [cases[place] for place in telling], results, right)
    return [group for group in groups if not any(_contradicted(named(name), results, right) for name in group)]


def _candidates(
    exercise: Code, cases: list[Case], results: list[CaseResult], right: list[CaseResult]
) -> list[tuple[str, ...]]:
    found = [mutant for mutant, shown in _telling(exercise) if same(results, shown)]
    if found:
        return names_of(found)
    if _reordered(exercise, results, right):
        return [("outputs-reordered",)]
    rows = _ratios(cases, results, right)
    patterns = [mistake for mistake in applicable(exercise) if rows and any(fits(rows) for fits in mistake.patterns)]
    if patterns:
        return [(mistake.name,) for mistake in patterns]
    if forgets(cases, results):
        return [("depends-on-earlier-calls",)]
    if _only_changes_arguments(cases, results, right):
        return [("argument-changed",)]
    if _whole_numbers(results):  # few of them, and they agree by chance
        return []
    return _output_by_output(exercise, results, right) or _two_at_once(exercise, cases, results, right)


def _tells(mutant: Mutant, shown: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether a mutant shows a number that is wrong and finite; NaN and exceptions have too many causes."""
    return any(mistake.shows_nan for mistake in mutant.mistakes) or any(
        result.changed_arguments
        or (result.values and wanted.values and _finite_difference(result.values, wanted.values))
        for result, wanted in zip(shown, right, strict=True)
    )


def _finite_difference(values: Outputs, wanted: Outputs) -> bool:
    return any(
        bool(np.isfinite(values[name]).all()) and not compare.close(values[name], want) for name, want in wanted.items()
    )


@functools.cache
def applicable(exercise: Code | Number) -> tuple[Mistake, ...]:
    """Return the mistakes of the catalogue that may be named for this exercise.

    >>> from bplearn.exercises import exercise
    >>> [mistake.name for mistake in applicable(exercise("05.2"))]
    ['weight-for-input', 'gradient-transposed']
    """
    known = tuple(mistake for mistake in KNOWN if mistake.name not in exercise.without)
    made = {mutant.mistakes[0].name for mutant in mutants(exercise.solution, known, exercise.family)}
    made |= {name for name, _ in exercise.wrong}
    return tuple(m for m in known if m.name in made or (m.patterns and exercise.family in m.families))


@functools.cache
def single_mutants(exercise: Code | Number) -> list[Mutant]:
    """Return the versions of the solution with one known mistake in them.

    >>> from bplearn.exercises import exercise
    >>> [mutant.mistakes[0].name for mutant in single_mutants(exercise("05.2"))]
    ['weight-for-input', 'gradient-transposed']
    """
    own = exercise.wrong
    found = [Mutant((named(name),), "", functools.partial(_given, function)) for name, function in own]
    return found + mutants(exercise.solution, applicable(exercise), exercise.family)


@functools.cache
def mutant_results(exercise: Code) -> list[tuple[Mutant, list[CaseResult]]]:
    """Return what each mutant shows, without those that are right after all or show nothing that tells them apart.

    >>> from bplearn.exercises import exercise
    >>> mutant, results = mutant_results(exercise("05.7"))[0]
    >>> mutant.mistakes[0].name
    'weights-not-transposed'
    """
    cases, right = reference(exercise)
    telling = _telling_places(cases)
    found = []
    for mutant in single_mutants(exercise):
        results = run_trusted(exercise, mutant.make(), cases)
        shown, wanted = ([many[place] for place in telling] for many in (results, right))
        if same(shown, wanted) or any(_contradicted(mistake, shown, wanted) for mistake in mutant.mistakes):
            continue
        if any(result.values for result in shown) and _tells(mutant, shown, wanted):
            found.append((mutant, results))
    return found


def _telling_places(cases: list[Case]) -> list[int]:
    """Return the places of the cases that can tell mistakes apart."""
    return [place for place, case in enumerate(cases) if not case.edge]


@functools.cache
def _telling(exercise: Code) -> list[tuple[Mutant, list[CaseResult]]]:
    """Return the mutants with what they show on the cases that can tell mistakes apart."""
    telling = _telling_places(reference(exercise)[0])
    return [(mutant, [shown[place] for place in telling]) for mutant, shown in mutant_results(exercise)]


def _contradicted(mistake: Mistake, results: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether all outputs that this mistake would spoil are right: then it is another one."""
    pairs = [
        (one.values[name], two.values[name])
        for one, two in zip(results, right, strict=True)
        if one.values and two.values
        for name in mistake.spoils
        if name in two.values
    ]
    return bool(pairs) and all(compare.close(*pair) for pair in pairs)


def _given(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def names_of(found: list[Mutant]) -> list[tuple[str, ...]]:
    """Return the names of the mistakes in these versions, each group once.

    >>> names_of([])
    []
    """
    return list(dict.fromkeys(tuple(mistake.name for mistake in mutant.mistakes) for mutant in found))


def _output_by_output(exercise: Code, results: list[CaseResult], right: list[CaseResult]) -> list[tuple[str, ...]]:
    """Look for a mistake behind each wrong output on its own; return them together if every output has one."""
    if any(result.values is None or wanted.values is None for result, wanted in zip(results, right, strict=True)):
        return []
    found: list[str] = []
    for name in exercise.outputs:
        mine, truth = ([result.values[name] for result in many if result.values] for many in (results, right))
        if all(map(compare.close, mine, truth)):
            continue
        reasons = {
            mutant.mistakes[0].name
            for mutant, shown in _telling(exercise)
            if all(one.values and compare.alike(a, one.values[name]) for a, one in zip(mine, shown, strict=True))
        }
        if len(reasons) != 1 or not np.isfinite(np.concatenate([array.ravel() for array in mine])).all():
            return []  # none, or no way to tell which
        found += reasons
    return [tuple(dict.fromkeys(found))] if found else []


def _two_at_once(
    exercise: Code, cases: list[Case], results: list[CaseResult], right: list[CaseResult]
) -> list[tuple[str, ...]]:
    """Look for two mistakes in one answer; what each spoils alone and the first case rule nearly all of them out."""
    wrong = _wrong_outputs(results[0], right[0])
    able = {
        mutant.mistakes[0].name for mutant, shown in _telling(exercise) if _wrong_outputs(shown[0], right[0]) <= wrong
    }
    found = []
    for mutant in double_mutants(exercise.solution, tuple(m for m in applicable(exercise) if m.name in able)):
        if not same(results[:1], run_trusted(exercise, mutant.make(), cases[:1])):
            continue
        shown = run_trusted(exercise, mutant.make(), cases)
        if same(results, shown) and _tells(mutant, shown, right):
            found.append(mutant)
    groups = names_of(found)
    return groups if len(groups) <= 2 else []


def _wrong_outputs(results: CaseResult, right: CaseResult) -> set[str]:
    """Return the names of the outputs that are wrong; a failure spoils none, since it shows none."""
    if results.values is None or right.values is None:
        return set()
    return {name for name, want in right.values.items() if not compare.alike(results.values[name], want)}


def _reordered(exercise: Code, results: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether every right output is there under another's name."""
    if len(exercise.outputs) < 2 or any(result.values is None or result.changed_arguments for result in results):
        return False
    left = list(exercise.outputs)
    for name in exercise.outputs:
        pairs = [
            (result.values, two.values[name])
            for result, two in zip(results, right, strict=True)
            if result.values and two.values
        ]
        fits = [other for other in left if all(compare.close(values[other], want) for values, want in pairs)]
        if not fits:
            return False
        left.remove(fits[0])
    return True


def _ratios(cases: list[Case], results: list[CaseResult], right: list[CaseResult]) -> list[tuple[float, int]]:
    """Return (ratio, samples) for each wrong output of each case; nothing where one has no single ratio."""
    rows = []
    for case, result, wanted in zip(cases, results, right, strict=True):
        if result.values is None or wanted.values is None or result.changed_arguments:
            return []
        for name, want in wanted.values.items():
            if compare.close(result.values[name], want):
                continue
            factor = compare.ratio(result.values[name], want)
            if factor is None or not case.size:
                return []
            rows.append((factor, case.size))
    return rows


def _whole_numbers(results: list[CaseResult]) -> bool:
    arrays = [array for result in results for array in (result.values or {}).values()]
    return all(bool((array == array.round()).all()) for array in arrays)


def forgets(cases: list[Case], results: list[CaseResult]) -> bool:
    """Return whether the first batch gave something else when it came once more.

    >>> forgets([Case("a batch", (), 1, False)], [CaseResult()])
    False
    """
    again = next((place for place, case in enumerate(cases) if case.label == "the first batch once more"), 0)
    before, after = results[0].values, results[again].values
    if before is None or after is None:
        return False
    return not all(compare.alike(array, after[name]) for name, array in before.items())


def _only_changes_arguments(cases: list[Case], results: list[CaseResult], right: list[CaseResult]) -> bool:
    clean = [CaseResult(result.values, result.failure, result.problem) for result in results]
    return any(result.changed_arguments for result in results) and passes(cases, clean, right)
