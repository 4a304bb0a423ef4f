"""Judges an answer: each kind of exercise has its way from an answer to a verdict.

Right answers pass whatever their layout, dtype or order of summation; wrong ones are diagnosed. First met in
notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import replace
from typing import Any

import numpy as np

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.compare import Outputs
from bplearn.exercises.engine.diagnosis import explanations, names_of, single
from bplearn.exercises.engine.exercise import NOTEBOOKS, Case, Choice, Code, Exercise, Numbers, Trial, section
from bplearn.exercises.engine.feedback import called, differences, first_seen, small_case, where_right
from bplearn.exercises.engine.free_variables import strays, with_argument_for
from bplearn.exercises.engine.run_cases import Seen, passes, reference, watch
from bplearn.exercises.engine.runner import run
from bplearn.exercises.engine.stubs import has_gap, is_stub
from bplearn.exercises.engine.verdict import Status, Verdict
from bplearn.exercises.mistakes import named


@functools.singledispatch
def judge(exercise: Exercise, answer: Any) -> Verdict:
    """Return the verdict on an answer to this exercise.

    >>> from bplearn.exercises import exercise
    >>> judge(exercise("01.3"), "b").passed
    True
    """
    raise NotImplementedError(f"no way to judge a {type(exercise).__name__}")


@judge.register
def _choice(exercise: Choice, answer: Any) -> Verdict:
    if answer is Ellipsis or answer is None or answer == "":
        return exercise.unattempted("Replace the three dots by the letter of your choice, in quotes.")
    letter = exercise.letter(answer)
    if letter is None:
        letters = ", ".join(exercise.options)
        return exercise.verdict(Status.WRONG, f"The answer should be one of the letters {letters}; it is {answer!r}.")
    status = Status.PASSED if letter == exercise.right else Status.WRONG
    return exercise.verdict(status, f"{letter}) {exercise.options[letter].text}", (exercise.options[letter].reply,))


@judge.register
def _code(exercise: Code, answer: Any) -> Verdict:
    if answer is Ellipsis or answer is None or is_stub(answer):
        return exercise.unattempted()
    if not callable(answer):
        kind = "class" if inspect.isclass(exercise.solution) else "function"
        return exercise.verdict(
            Status.WRONG,
            f"The answer should be a {kind}; it is a value of type {type(answer).__name__}.",
            (f"Pass the {kind} itself, without calling it: check({exercise.number!r}, {exercise.solution.__name__}).",),
        )
    cases, right = reference(exercise)
    seen = watch(exercise, answer, cases)
    return replace(_said(exercise, answer, cases, seen, right), printed=seen[0].printed)


def _said(exercise: Code, answer: Any, cases: list[Case], seen: list[Seen], right: list[Seen]) -> Verdict:
    if any(one.unfinished for one in seen) or (seen[0].failure is not None and has_gap(answer)):
        return exercise.unattempted("Three dots are left in it. Replace them, then run the cell again.")
    if passes(cases, seen, right):
        return exercise.verdict(Status.PASSED, _praise(cases), tuple(filter(None, [exercise.remark(answer)])))
    for layout in exercise.layouts:
        turned = watch(exercise, answer, cases, layout)
        if passes(cases, turned, right):
            other = f"It is right in the other layout: {layout.name}. With the shapes of this notebook it would fail."
            return exercise.verdict(Status.PASSED, _praise(cases), (other,))
    return _wrong(exercise, answer, cases, seen, right)


@judge.register
def _numbers(exercise: Numbers, answer: Any) -> Verdict:
    if answer is Ellipsis or answer is None:
        return exercise.unattempted()
    ran = run(lambda: _flat(answer() if callable(answer) else answer, exercise.outputs))
    if ran.failure is not None:
        kind = ran.failure.kind
        if kind == "Unfinished":
            return exercise.unattempted()
        if kind == "NotNumbers":
            return exercise.verdict(Status.WRONG, ran.failure.message)
        return exercise.verdict(Status.ERROR, ran.failure.text())
    seen, right = Seen(ran.value), Seen(_flat(exercise.solution(), exercise.outputs))
    if seen.agrees(right, exercise.limit):
        return exercise.verdict(Status.PASSED)
    found = []
    for version in single(exercise):
        try:
            other = Seen(_flat(version.make()(), exercise.outputs))
        except Exception:  # a mistake that cannot be computed here explains nothing
            continue
        if other.agrees(seen, exercise.limit) and not other.agrees(right, exercise.limit):
            found.append(version)
    details = _typed_differences(seen, right, exercise.limit)
    factor = _common_factor(seen, right, exercise.limit)
    if not found and _permuted(seen, right, exercise.limit):
        return _reordered(exercise)
    if not found and exercise.whole and any(not array.item().is_integer() for array in (seen.values or {}).values()):
        return exercise.verdict(Status.WRONG, exercise.whole, details)
    if not found and factor in _PLAIN_FACTORS:
        return named_verdict(exercise, [(_PLAIN_FACTORS[factor],)], details)
    if not found and seen.agrees(right, (5 if exercise.limit > 1e-4 else 25) * exercise.limit):
        digits = (
            "Give more digits: three significant ones will do." if exercise.limit > 1e-4 else "Give all the digits."
        )
        return exercise.verdict(Status.WRONG, f"Close. {digits}", details)
    return named_verdict(exercise, names_of(found), details)


def _permuted(seen: Seen, right: Seen, limit: float) -> bool:
    """Return whether the right numbers were typed in another order."""
    left = list((seen.values or {}).values())
    for want in (right.values or {}).values():
        fits = [place for place, got in enumerate(left) if compare.close(got, want, limit)]
        if not fits:
            return False
        left.pop(fits[0])
    return True


def _reordered(exercise: Code | Numbers) -> Verdict:
    order = f"The right numbers, in another order. Asked for is ({', '.join(exercise.outputs)})."
    return named_verdict(exercise, [("outputs-reordered",)], (), order)


_PLAIN_FACTORS = {-1.0: "sign", 2.0: "factor-two", 0.5: "factor-two"}


def _common_factor(seen: Seen, right: Seen, limit: float) -> float | None:
    """Return -1, 2 or 1/2 where all typed numbers are that many times the right ones."""
    if seen.values is None or right.values is None or limit < 1e-8:  # shapes and counts have no sign to lose
        return None
    values = [(seen.values[name], want) for name, want in right.values.items()]
    fits = (
        factor for factor in _PLAIN_FACTORS if all(compare.close(got, want * factor, limit) for got, want in values)
    )
    return next(fits, None)


@judge.register
def _trial(exercise: Trial, answer: Any) -> Verdict:
    if answer is Ellipsis or answer is None:
        return exercise.unattempted()
    ran = run(lambda: exercise.attempt(answer), exercise.seconds)
    if ran.failure is not None:
        if "ellipsis" in ran.failure.message or ran.failure.kind == "Unfinished":
            return exercise.unattempted()
        return exercise.verdict(Status.ERROR, ran.failure.text())
    finding = ran.value
    if finding.passed:
        return exercise.verdict(Status.PASSED, finding.headline, finding.details)
    if finding.mistakes:
        return named_verdict(exercise, [finding.mistakes], (finding.headline, *finding.details))
    return exercise.verdict(Status.WRONG, finding.headline, finding.details)


def _wrong(exercise: Code, answer: Any, cases: list[Case], seen: list[Seen], right: list[Seen]) -> Verdict:
    first = next(place for place, case in enumerate(cases) if not passes([case], [seen[place]], [right[place]]))
    one = seen[first]
    if one.failure is not None and one.failure.kind == "TimeUp":
        return exercise.verdict(Status.ERROR, one.failure.text())
    groups = explanations(exercise, cases, seen, right)
    off, where = differences(exercise, one, right[first]), _where(exercise, cases, seen, right)
    if one.values and not any(_STATE & set(group) for group in groups):  # a later call would mislead
        where += tuple(filter(None, [small_case(exercise, answer)]))
    stray = strays(answer)
    if not groups and stray.variables and (stray.unread or _is_in_the_way(exercise, answer, cases, right)):
        reason = one.problem if one.failure is None else one.failure.text()
        details = tuple(line for line in (reason, *off, *where) if line)
        return named_verdict(exercise, [("notebook-variable",)], details, stray.sentence())
    if not groups and one.failure is not None:
        called_as = () if one.failure.code else (f"It is called as {called(exercise)}.",)
        return exercise.verdict(Status.ERROR, one.failure.text(), (*called_as, *where))
    if not groups and one.problem:
        return exercise.verdict(Status.WRONG, one.problem)
    if one.failure is not None:
        off = [one.failure.text()]
    details = (*off, *where) if groups or not stray.variables else (stray.sentence(), *off, *where)
    if exercise.planted and groups and any(set(group) & set(exercise.planted) for group in groups):
        return exercise.verdict(Status.WRONG, "The planted bug is still in it: it gives the same numbers.", details)
    if groups == [("outputs-reordered",)]:
        return _reordered(exercise)
    return named_verdict(exercise, groups, details)


def _is_in_the_way(exercise: Code, answer: Any, cases: list[Case], right: list[Seen]) -> bool:
    """Return whether the answer is right once an argument stands where it reads a variable of the notebook."""
    return any(
        passes(cases, watch(exercise, with_argument_for(answer, variable, place), cases), right)
        for variable in strays(answer).variables[:3]
        for place in range(len(cases[0].arguments))
    )


_STATE = {"stale-cache", "gradients-not-cleared", "depends-on-earlier-calls"}


def _where(exercise: Code, cases: list[Case], seen: list[Seen], right: list[Seen]) -> tuple[str, ...]:
    """Say on which inputs it went wrong first, what it did to them, and where it is right."""
    first = next(place for place, case in enumerate(cases) if not passes([case], [seen[place]], [right[place]]))
    spoiled = f"It changes its argument {seen[first].spoiled}." if seen[first].spoiled else ""
    lines = (
        first_seen(exercise, cases[first]),
        spoiled,
        where_right(exercise, cases, seen, right),
    )
    return tuple(line for line in lines if line)


def named_verdict(
    exercise: Exercise, groups: list[tuple[str, ...]], details: tuple[str, ...], headline: str = ""
) -> Verdict:
    """Return the verdict that names mistakes, in words that are known where the exercise stands.

    >>> from bplearn.exercises import exercise
    >>> named_verdict(exercise("01.4"), [("sign",)], ()).section
    '01_one_neuron.ipynb, a slope by nudging'
    """
    if not groups:
        unknown = "Wrong, but not in a way that is known here. What can be said:"
        return exercise.verdict(Status.WRONG, headline or unknown, details)
    names = tuple(dict.fromkeys(name for group in groups for name in group))
    mistakes = [named(name).told(late=_stands_after(exercise, named(name).section)) for name in names]
    if headline:
        pass
    elif len(groups) == 1 and len(names) > 1:
        headline = "Consistent with several things at once: " + "; and ".join(one.says for one in mistakes) + "."
    else:
        headline = "Consistent with: " + "; or: ".join(mistake.says for mistake in mistakes) + "."
    return exercise.verdict(
        Status.WRONG,
        headline,
        details,
        mistakes=names,
        questions=tuple(dict.fromkeys(mistake.question for mistake in mistakes)),
        examples=tuple(dict.fromkeys(mistake.example for mistake in mistakes)),
        section=section(mistakes[0].section or exercise.teaches),
    )


def _stands_after(exercise: Exercise, place: str) -> bool:
    """Return whether a section was read before this exercise; assignments stand after all of them."""
    return exercise.number[:2] not in NOTEBOOKS or place[:2] <= exercise.number[:2]


def _praise(cases: list[Case]) -> str:
    count = sum(not case.diagnosis_only for case in cases)
    return f"All {count} cases agree." if count > 1 else ""


def _typed_differences(seen: Seen, right: Seen, limit: float) -> tuple[str, ...]:
    """Return a sentence for each typed number that is off, and one with the names of those that are right."""
    lines, fine = [], []
    for name, want in (right.values or {}).items():
        got = (seen.values or {})[name]
        if compare.close(got, want, limit):
            fine.append(name)
        elif got.size == want.size == 1:
            lines.append(compare.direction(name, got.item(), want.item(), limit))
        else:
            lines.append(compare.describe(name, got, want, limit))
    return (*lines, f"Right: {', '.join(fine)}.") if fine and lines else tuple(lines)


def _flat(value: Any, names: tuple[str, ...]) -> Outputs:
    """Return typed numbers, however nested, as one output each."""
    if isinstance(value, list | tuple | np.ndarray) and len(names) > 1:
        value = list(compare.leaves(value))
    return compare.outputs(value, names)
