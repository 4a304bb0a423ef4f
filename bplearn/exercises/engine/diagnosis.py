"""The diagnosis: which known mistake gives exactly the numbers that the learner's answer gives, on every case.

An answer is compared with each wrong version of the same exercise, then with patterns of ratios, then with two
mistakes at once. A name is given only where all cases agree; mistakes that no output can tell apart are named
together. Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.exercise import Case, Code
from bplearn.exercises.engine.mistake import Mistake, Mutant, double_mutants, mutants
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.run_cases import CaseResult, passes, reference, run_trusted, same
from bplearn.exercises.mistakes import KNOWN, named


def explanations(
    exercise: Code, cases: list[Case], seen: list[CaseResult], right: list[CaseResult]
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
    if all(one.values is None for one in seen):
        return []
    groups = _candidates(exercise, cases, seen, right)
    return [group for group in groups if not any(_contradicted(named(name), seen, right) for name in group)]


def _candidates(
    exercise: Code, cases: list[Case], seen: list[CaseResult], right: list[CaseResult]
) -> list[tuple[str, ...]]:
    found = [mutant for mutant, shown in mutant_results(exercise) if same(seen, shown)]
    if found:
        return names_of(found)
    if _reordered(exercise, seen, right):
        return [("outputs-reordered",)]
    rows = _ratios(cases, seen, right)
    patterns = [mistake for mistake in applicable(exercise) if rows and any(fits(rows) for fits in mistake.patterns)]
    if patterns:
        return [(mistake.name,) for mistake in patterns]
    if _forgets(cases, seen):
        return [("depends-on-earlier-calls",)]
    if _only_wrong_outputs(cases, seen, right):
        return [("argument-changed",)]
    if _whole_numbers(seen):  # few of them, and they agree by chance
        return []
    return _output_by_output(exercise, seen, right) or _two_at_once(exercise, cases, seen, right)


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
    """Return what each version with a mistake shows, without those that are right after all.

    >>> from bplearn.exercises import exercise
    >>> mutant, seen = mutant_results(exercise("05.7"))[0]
    >>> mutant.mistakes[0].name
    'weights-not-transposed'
    """
    cases, right = reference(exercise)
    shown = [(mutant, run_trusted(exercise, mutant.make(), cases)) for mutant in single_mutants(exercise)]
    return [
        (mutant, seen)
        for mutant, seen in shown
        if any(one.values for one in seen)
        and not same(seen, right)
        and not any(_contradicted(mistake, seen, right) for mistake in mutant.mistakes)
    ]


def _contradicted(mistake: Mistake, seen: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether all outputs that this mistake would spoil are right: then it is another one."""
    pairs = [
        (one.values[name], two.values[name])
        for one, two in zip(seen, right, strict=True)
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


def _output_by_output(exercise: Code, seen: list[CaseResult], right: list[CaseResult]) -> list[tuple[str, ...]]:
    """Look for a mistake behind each wrong output on its own; return them together if every output has one."""
    if any(one.values is None or two.values is None for one, two in zip(seen, right, strict=True)):
        return []
    found: list[str] = []
    for name in exercise.outputs:
        mine, truth = ([one.values[name] for one in many if one.values] for many in (seen, right))
        if all(map(compare.close, mine, truth)):
            continue
        reasons = {
            mutant.mistakes[0].name
            for mutant, shown in mutant_results(exercise)
            if all(one.values and compare.alike(a, one.values[name]) for a, one in zip(mine, shown, strict=True))
        }
        if len(reasons) != 1:  # none, or no way to tell which
            return []
        found += reasons
    return [tuple(dict.fromkeys(found))] if found else []


def _two_at_once(
    exercise: Code, cases: list[Case], seen: list[CaseResult], right: list[CaseResult]
) -> list[tuple[str, ...]]:
    """Look for two mistakes in one answer; what each spoils alone and the first case rule nearly all of them out."""
    wrong = _wrong_outputs(seen[0], right[0])
    able = {v.mistakes[0].name for v, shown in mutant_results(exercise) if _wrong_outputs(shown[0], right[0]) <= wrong}
    found = []
    for mutant in double_mutants(exercise.solution, tuple(m for m in applicable(exercise) if m.name in able)):
        if not same(seen[:1], run_trusted(exercise, mutant.make(), cases[:1])):
            continue
        if same(seen, run_trusted(exercise, mutant.make(), cases)):
            found.append(mutant)
    groups = names_of(found)
    return groups if len(groups) <= 2 else []


def _wrong_outputs(seen: CaseResult, right: CaseResult) -> set[str]:
    """Return the names of the outputs that are wrong; a failure spoils none, since it shows none."""
    if seen.values is None or right.values is None:
        return set()
    return {name for name, want in right.values.items() if not compare.alike(seen.values[name], want)}


def _reordered(exercise: Code, seen: list[CaseResult], right: list[CaseResult]) -> bool:
    """Return whether every right output is there under another's name."""
    if len(exercise.outputs) < 2 or any(one.values is None or one.changed_arguments for one in seen):
        return False
    left = list(exercise.outputs)
    for name in exercise.outputs:
        pairs = [
            (one.values, two.values[name]) for one, two in zip(seen, right, strict=True) if one.values and two.values
        ]
        fits = [other for other in left if all(compare.close(values[other], want) for values, want in pairs)]
        if not fits:
            return False
        left.remove(fits[0])
    return True


def _ratios(cases: list[Case], seen: list[CaseResult], right: list[CaseResult]) -> list[tuple[float, int]]:
    """Return (ratio, samples) for each wrong output of each case; nothing where one has no single ratio."""
    rows = []
    for case, one, wanted in zip(cases, seen, right, strict=True):
        if one.values is None or wanted.values is None or one.changed_arguments:
            return []
        for name, want in wanted.values.items():
            if compare.close(one.values[name], want):
                continue
            factor = compare.ratio(one.values[name], want)
            if factor is None or not case.size:
                return []
            rows.append((factor, case.size))
    return rows


def _whole_numbers(seen: list[CaseResult]) -> bool:
    arrays = [array for one in seen for array in (one.values or {}).values()]
    return all(bool((array == array.round()).all()) for array in arrays)


def _forgets(cases: list[Case], seen: list[CaseResult]) -> bool:
    """Return whether the first batch gave something else when it came once more."""
    again = next((place for place, case in enumerate(cases) if case.label == "the first batch once more"), 0)
    before, after = seen[0].values, seen[again].values
    if before is None or after is None:
        return False
    return not all(compare.alike(array, after[name]) for name, array in before.items())


def _only_wrong_outputs(cases: list[Case], seen: list[CaseResult], right: list[CaseResult]) -> bool:
    clean = [CaseResult(one.values, one.failure, one.problem) for one in seen]
    return any(one.changed_arguments for one in seen) and passes(cases, clean, right)
