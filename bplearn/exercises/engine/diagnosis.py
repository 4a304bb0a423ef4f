"""The diagnosis: which known mistake gives exactly the numbers that the learner's answer gives, on every case.

It compares an answer with each wrong version of the same exercise, then with patterns of ratios, then with two mistakes
at once. It gives a name only where all cases agree, and fresh cases of other sizes too; it names mistakes together that
no output can tell apart. Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.exercises.engine import compare
from bplearn.exercises.engine.exercise import Case, Code, call
from bplearn.exercises.engine.mistake import Mutant, double_mutants
from bplearn.exercises.engine.run_cases import CaseResult, passes, run_cases, run_trusted, same
from bplearn.exercises.engine.versions import Inputs, applicable, contradicted, fresh, tells, usual, versions
from bplearn.exercises.mistakes import named

Groups = list[tuple[str, ...]]
_FROM_CALL_TO_CALL = {"stale-cache", "gradients-not-cleared", "depends-on-earlier-calls"}


def explanations(
    exercise: Code, cases: list[Case], results: list[CaseResult], right: list[CaseResult]
) -> list[tuple[str, ...]]:
    """Return what explains all cases, as groups of names: single mistakes, a pattern, or two mistakes at once.

    Several groups mean that no output tells them apart; none means that nothing known fits.

    >>> from bplearn.exercises import exercise
    >>> from bplearn.exercises.engine.run_cases import reference, run_cases
    >>> residual = exercise("05.5")
    >>> cases, right = reference(residual)
    >>> explanations(residual, cases, run_cases(residual, lambda y, t: y - t, cases), right)
    [('output-derivative-missing',)]
    """
    inputs = usual(exercise)
    results, right = inputs.pick(results), inputs.pick(right)
    if all(result.values is None for result in results):
        return []
    groups = _candidates(inputs, [cases[place] for place in inputs.telling], results, right)
    return [group for group in groups if not any(contradicted(named(name), results, right) for name in group)]


def confirmed(exercise: Code, answer: Any, groups: Groups) -> Groups:
    """Return those of the groups that explain an answer on fresh cases, too: most agreements by chance end there.

    What an answer keeps from call to call shows in the usual cases alone.

    >>> from bplearn.exercises import exercise
    >>> confirmed(exercise("05.5"), lambda y, t: y - t, [("output-derivative-missing",), ("sign",)])
    [('output-derivative-missing',)]
    """
    lasting = [group for group in groups if set(group) & _FROM_CALL_TO_CALL or any(named(name).wraps for name in group)]
    if lasting == groups:
        return groups
    inputs = fresh(exercise)
    results = run_cases(exercise, answer, inputs.cases)
    if passes(inputs.cases, results, inputs.right) or all(result.values is None for result in results):
        return groups  # such a case shows nothing
    again = {frozenset(group) for group in _candidates(inputs, inputs.cases, results, inputs.right)}
    return [group for group in groups if group in lasting or frozenset(group) in again]


def _candidates(inputs: Inputs, cases: list[Case], results: list[CaseResult], right: list[CaseResult]) -> Groups:
    exercise = inputs.exercise
    found = [version.mutant for version in versions(inputs) if version.fits(results)]
    reordered = [("outputs-reordered",)] if _reordered(exercise, results, right) else []
    if found or reordered:
        return names_of(found) + reordered
    rows = _ratios(cases, results, right)
    patterns = [mistake for mistake in applicable(exercise) if rows and any(fits(rows) for fits in mistake.patterns)]
    if patterns:
        return [(mistake.name,) for mistake in patterns]
    if forgets(cases, results):
        return [("depends-on-earlier-calls",)]
    if _only_changes_arguments(cases, results, right):
        return [("argument-changed",)]
    if _whole_numbers(results):  # so few numbers may agree by chance
        return []
    return _output_by_output(inputs, results, right) or _two_at_once(inputs, results, right)


def names_of(found: list[Mutant]) -> list[tuple[str, ...]]:
    """Return the names of the mistakes in these versions, each group once.

    >>> names_of([])
    []
    """
    return list(dict.fromkeys(tuple(mistake.name for mistake in mutant.mistakes) for mutant in found))


def _output_by_output(inputs: Inputs, results: list[CaseResult], right: list[CaseResult]) -> Groups:
    """Look for a mistake behind each wrong output on its own; return them together if every output has one."""
    if any(result.values is None or wanted.values is None for result, wanted in zip(results, right, strict=True)):
        return []
    found: list[str] = []
    for name in inputs.exercise.outputs:
        mine, truth = ([result.values[name] for result in many if result.values] for many in (results, right))
        if all(map(compare.close, mine, truth)):
            continue
        reasons = {
            version.mutant.mistakes[0].name
            for version in versions(inputs)
            if _gives(version.first, name, mine[0])
            and all(_gives(result, name, array) for array, result in zip(mine, version.results, strict=True))
            and version.tells
        }
        if len(reasons) != 1 or not np.isfinite(np.concatenate([array.ravel() for array in mine])).all():
            return []  # none, or several that no output tells apart
        found += reasons
    return [tuple(dict.fromkeys(found))] if found else []


def _gives(result: CaseResult, name: str, array: Array) -> bool:
    return result.values is not None and compare.alike(array, result.values[name])


def _two_at_once(inputs: Inputs, results: list[CaseResult], right: list[CaseResult]) -> Groups:
    """Look for two mistakes in one answer; what each spoils alone and the first case rule nearly all of them out."""
    exercise, cases = inputs.exercise, [inputs.cases[place] for place in inputs.telling]
    wrong = _wrong_outputs(results[0], right[0])
    able = {
        version.mutant.mistakes[0].name
        for version in versions(inputs)
        if _wrong_outputs(version.first, right[0]) <= wrong and version.tells
    }
    found = []
    for mutant in double_mutants(exercise.solution, tuple(m for m in applicable(exercise) if m.name in able)):
        if not same(results[:1], run_trusted(exercise, mutant.make(), cases[:1])):
            continue
        shown = run_trusted(exercise, mutant.make(), cases)
        if same(results, shown) and tells(mutant, shown, right):
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
    if exercise.observe is not call:  # its outputs are facts, not what it returns
        return False
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
