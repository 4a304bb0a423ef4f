"""Judges an answer: each kind of exercise has its way from an answer to a verdict.

Right answers pass whatever their layout, dtype or order of summation; wrong ones are diagnosed. First met in
notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import replace
from typing import Any

from bplearn.exercises.engine.diagnosis import explanations
from bplearn.exercises.engine.exercise import Case, Code, Exercise, Trial
from bplearn.exercises.engine.feedback import called, differences, first_seen, small_case, where_right
from bplearn.exercises.engine.free_variables import strays, with_argument_for
from bplearn.exercises.engine.grade_numbers import grade_numbers
from bplearn.exercises.engine.named_verdict import named_verdict, reordered
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.run_cases import Seen, passes, reference, watch
from bplearn.exercises.engine.runner import run
from bplearn.exercises.engine.stubs import has_gap, is_stub
from bplearn.exercises.engine.verdict import Status, Verdict


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
    if answer is Ellipsis or answer is None or (isinstance(answer, str) and not answer.strip()):
        return exercise.unattempted("Replace the three dots by the letter of your choice, in quotes.")
    letter = exercise.letter(answer)
    if letter is None:
        given = repr(answer[:40]) if isinstance(answer, str) else f"of type {type(answer).__name__}"
        letters = ", ".join(exercise.letters)
        return exercise.verdict(Status.WRONG, f"The answer should be one of the letters {letters}; it is {given}.")
    statement = exercise.letters[letter]
    status = Status.PASSED if letter == exercise.right_letter else Status.WRONG
    return exercise.verdict(status, f"{letter}) {statement}", (exercise.options[statement],))


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
def _number(question: Number, answer: Any) -> Verdict:
    return grade_numbers(question, answer)


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
        return reordered(exercise, exercise.outputs)
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


def _praise(cases: list[Case]) -> str:
    count = sum(not case.diagnosis_only for case in cases)
    return f"All {count} cases agree." if count > 1 else ""
