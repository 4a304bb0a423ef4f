"""The diagnosis: which known mistake gives exactly the numbers that the learner's answer gives, on every case.

It compares an answer with each wrong version of the same exercise, then with patterns of ratios, then with two mistakes
at once. It gives a name only where all cases agree, and fresh cases of other sizes too; it names mistakes together that
no output can tell apart. Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, islice, permutations
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.exercises.engine import compare
from bplearn.exercises.engine.exercise import Case, Code, call
from bplearn.exercises.engine.mistake import Mistake, Mutant, Shown, added, double_mutants
from bplearn.exercises.engine.run_cases import CaseResult, passes, run_cases, run_trusted, same
from bplearn.exercises.engine.stateful_mutants import ratio_is
from bplearn.exercises.engine.versions import (
    Inputs,
    Version,
    applicable,
    contradicted,
    fresh,
    tells,
    usual,
    versions,
    wrong_outputs,
)
from bplearn.exercises.mistakes import named

Groups = list[tuple[str, ...]]
_TRIES = 1000  # versions with two mistakes that are run for one answer
_RATIOS = (
    ("sign", -1.0, 0),
    ("factor-two", 2.0, 0),
    ("factor-two", 0.5, 0),
    ("mean-missing", 1.0, 1),
    ("mean-twice", 1.0, -1),
)  # by which factor a mistake changes a number, and by which power of N
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
    groups = _candidates(inputs, versions(inputs), [cases[place] for place in inputs.telling], results, right)
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
    names = {name for group in groups for name in group}
    known = [version for version in versions(inputs) if version.mutant.mistakes[0].name in names]
    again = {frozenset(group) for group in _candidates(inputs, known, inputs.cases, results, inputs.right)}
    return [group for group in groups if group in lasting or frozenset(group) in again]


def _candidates(
    inputs: Inputs, known: list[Version], cases: list[Case], results: list[CaseResult], right: list[CaseResult]
) -> Groups:
    exercise = inputs.exercise
    found = [version.mutant for version in known if version.fits(results)]
    reordered = [("outputs-reordered",)] if _reordered(exercise, results, right) else []
    if found or reordered:
        return names_of(found) + reordered
    if any(result.changed_arguments for result in results):
        clean = [replace(result, changed_arguments="") for result in results]
        wrong = not passes(cases, clean, right)
        return [
            (*group, "argument-changed") for group in (_candidates(inputs, known, cases, clean, right) if wrong else [])
        ] or [("argument-changed",)]
    rows = _ratios(cases, results, right)
    patterns = [mistake for mistake in applicable(exercise) if rows and any(fits(rows) for fits in mistake.patterns)]
    if patterns:
        return [(mistake.name,) for mistake in patterns]
    if forgets(cases, results):
        return [("depends-on-earlier-calls",)]
    single = _output_by_output(inputs, known, cases, results, right)
    if single or _whole_numbers(results):  # so few numbers may agree by chance
        return single
    return _two_at_once(inputs, known, results, right)


def names_of(found: list[Mutant]) -> list[tuple[str, ...]]:
    """Return the names of the mistakes in these versions, each group once.

    >>> names_of([])
    []
    """
    return list(dict.fromkeys(tuple(mistake.name for mistake in mutant.mistakes) for mutant in found))


def _output_by_output(
    inputs: Inputs, known: list[Version], cases: list[Case], results: list[CaseResult], right: list[CaseResult]
) -> Groups:
    """Look for a mistake behind each wrong output on its own; return them together if every output has one."""
    if any(result.values is None or wanted.values is None for result, wanted in zip(results, right, strict=True)):
        return []
    exercise, whole = inputs.exercise, _whole_numbers(results)
    found: list[str] = []
    wrong: dict[str, list[Array]] = {}
    for name in exercise.outputs:
        mine, truth = ([result.values[name] for result in many if result.values] for many in (results, right))
        if all(map(compare.close, mine, truth)):
            continue
        if not np.isfinite(np.concatenate([array.ravel() for array in mine])).all():
            return []
        reasons = set() if whole else _versions_behind(known, name, mine)
        if len(reasons) > 1:
            return []  # no output tells them apart
        told = (*reasons, *filter(None, [exercise.shows.get(name)]))[:1]
        told = told or _seen_in(exercise, name, cases, mine, right)
        wrong[name] = mine
        if not told:
            return []
        found += told
    names = tuple(dict.fromkeys(found))
    if len(names) > 1:  # one thing may be true of all of them
        seen = {_seen_in(exercise, name, cases, mine, right) for name, mine in wrong.items()}
        names = (seen.pop() or names) if len(seen) == 1 else names
    return [names] if names else []


def _versions_behind(known: list[Version], name: str, mine: list[Array]) -> set[str]:
    """Return the mistakes whose wrong versions give this output in every case."""
    return {
        version.mutant.mistakes[0].name
        for version in known
        if _gives(version.first, name, mine[0])
        and all(_gives(result, name, array) for array, result in zip(mine, version.results, strict=True))
        and version.tells
    }


def _seen_in(
    exercise: Code, name: str, cases: list[Case], mine: list[Array], right: list[CaseResult]
) -> tuple[str, ...]:
    """Return the mistakes that this output shows where it is wrong, in two cases at least; or none."""
    shown, rows = [], []
    for case, got, wanted in zip(cases, mine, right, strict=True):
        values = wanted.values or {}
        others = tuple(array for other, array in values.items() if other != name)
        parts = (part for value in case.arguments for part in (value if isinstance(value, tuple) else (value,)))
        shown.append(Shown(got, values[name], others, tuple(parts)))
        rows.append((compare.ratio(got, values[name]), case.size))
    if sum(not compare.close(one.got, one.want) for one in shown) < 2:
        return ()
    known = applicable(exercise)
    ratios = [(factor, size) for factor, size in rows if factor is not None and size]
    if len(ratios) == len(rows):
        for mistake in known:
            if any(fits(ratios) for fits in mistake.patterns):
                return (mistake.name,)
        both = _two_factors(ratios)
        if both and {*both} <= {mistake.name for mistake in known}:
            return both
    return next(((m.name,) for m in known if any(sees(shown) for sees in m.sights)), ())


def _two_factors(rows: list[tuple[float, int]]) -> tuple[str, ...]:
    """Return the two mistakes that explain the ratios together, or none."""
    for (first, factor, power), (second, other, another) in combinations(_RATIOS, 2):
        if first != second and ratio_is(factor * other, power + another)(rows):
            return first, second
    return ()


def _gives(result: CaseResult, name: str, array: Array) -> bool:
    return result.values is not None and compare.alike(array, result.values[name])


def _two_at_once(inputs: Inputs, known: list[Version], results: list[CaseResult], right: list[CaseResult]) -> Groups:
    """Look for two mistakes in one answer; what each spoils alone and the first case rule nearly all of them out.

    An output that only one of the two spoils must be as that one makes it.
    """
    exercise, cases = inputs.exercise, [inputs.cases[place] for place in inputs.telling]
    wrong = wrong_outputs(results[0], right[0])
    able = [version for version in known if version.mutant.source and version.spoils <= wrong]
    pinned: dict[tuple[Version, Mistake], None] = {}
    free: dict[tuple[Mistake, Mistake], None] = {}
    agree = {version: _agreeing(version, results[0]) for version in able if version.first.values}
    for one, two in permutations(agree, 2):
        both, alone = one.spoils | two.spoils, one.spoils ^ two.spoils
        if both == wrong and one.spoils - two.spoils <= agree[one] and two.spoils - one.spoils <= agree[two]:
            first, second = one.mutant.mistakes[0], two.mutant.mistakes[0]
            if first != second and alone:
                pinned[one, second] = None
            elif first != second:
                free[first, second] = None
    tries = chain(
        chain.from_iterable(added(one.mutant, mistake, exercise.solution) for one, mistake in pinned if one.tells),
        double_mutants(exercise.solution, free),
    )
    found = []
    for mutant in islice(tries, _TRIES):
        if not same(results[:1], run_trusted(exercise, mutant.make(), cases[:1])):
            continue
        shown = run_trusted(exercise, mutant.make(), cases)
        if same(results, shown) and tells(mutant, shown, right):
            found.append(mutant)
    groups = {frozenset(group): group for group in reversed(names_of(found))}
    return list(groups.values()) if len(groups) <= 2 else []


def _agreeing(version: Version, result: CaseResult) -> set[str]:
    """Return the outputs of the first case that are as this version makes them."""
    return {name for name, array in (result.values or {}).items() if _gives(version.first, name, array)}


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
    """Return (ratio, samples) in each case for each output that is wrong in some; nothing where one has no ratio."""
    triples = [(case, result.values, wanted.values) for case, result, wanted in zip(cases, results, right, strict=True)]
    if any(got is None or want is None for _, got, want in triples):
        return []
    pairs = [(case, name, got[name], want[name]) for case, got, want in triples if got and want for name in want]
    wrong = {name for _, name, got, want in pairs if not compare.close(got, want)}
    rows = [(compare.ratio(got, want), case.size) for case, name, got, want in pairs if name in wrong]
    ratios = [(factor, size) for factor, size in rows if factor is not None and size]
    return ratios if len(ratios) == len(rows) else []


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


def is_planted(exercise: Code, results: list[CaseResult]) -> bool:
    """Return whether results are those of the bug that a clinic plants, in every output.

    >>> is_planted(exercise=None, results=[])
    False
    """
    inputs = usual(exercise) if results else None
    return inputs is not None and any(
        version.mutant.mistakes[0].name in exercise.planted and version.fits(inputs.pick(results))
        for version in versions(inputs)
    )
