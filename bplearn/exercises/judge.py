"""Judges an answer: each kind of exercise has its way from an answer to a verdict.

Right answers pass whatever their layout, dtype or order of summation; wrong ones are diagnosed. First met in
notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from bplearn.exercises import compare
from bplearn.exercises.catalogue import named
from bplearn.exercises.compare import Outputs
from bplearn.exercises.diagnosis import explanations, names_of, single
from bplearn.exercises.exercise import Case, Choice, Code, Exercise, Numbers, Trial, section
from bplearn.exercises.runner import run
from bplearn.exercises.stubs import has_gap, is_stub
from bplearn.exercises.verdict import Status, Verdict
from bplearn.exercises.watch import Seen, argument_names, passes, reference, watch


@functools.singledispatch
def judge(exercise: Exercise, answer: Any) -> Verdict:
    """Return the verdict on an answer to this exercise.

    >>> from bplearn.exercises import exercise
    >>> judge(exercise("01.3"), "b").passed
    True

    Introduced in: notebooks/01_one_neuron.ipynb
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
    if any(one.unfinished for one in seen) or (seen[0].failure is not None and has_gap(answer)):
        return exercise.unattempted("Three dots are left in it. Replace them, then run the cell again.")
    if passes(cases, seen, right):
        return exercise.verdict(Status.PASSED, _praise(cases))
    for layout in exercise.layouts:
        turned = watch(exercise, answer, cases, layout)
        if passes(cases, turned, right):
            return exercise.verdict(Status.PASSED, _praise(cases), (f"Your arrays are laid out by {layout.name}.",))
    return _wrong(exercise, cases, seen, right)


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
    details = _differences(seen, right, exercise.limit)
    factor = _common_factor(seen, right, exercise.limit)
    if not found and factor in _PLAIN_FACTORS:
        return _named_verdict(exercise, [(_PLAIN_FACTORS[factor],)], details)
    if not found and seen.agrees(right, 25 * exercise.limit):
        digits = "Give more digits: four significant ones will do." if exercise.limit > 1e-4 else "Give all the digits."
        return exercise.verdict(Status.WRONG, f"Close. {digits}", details)
    return _named_verdict(exercise, names_of(found), details)


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
        return _named_verdict(exercise, [finding.mistakes], (finding.headline, *finding.details))
    return exercise.verdict(Status.WRONG, finding.headline, finding.details)


def _wrong(exercise: Code, cases: list[Case], seen: list[Seen], right: list[Seen]) -> Verdict:
    first = next(place for place, case in enumerate(cases) if not passes([case], [seen[place]], [right[place]]))
    one, details = seen[first], _case_details(exercise, cases, seen, right, first)
    timed_out = one.failure is not None and one.failure.kind == "TimeUp"
    groups = [] if timed_out else explanations(exercise, cases, seen, right)
    if not groups and one.failure is not None:
        called = () if one.failure.code else (f"It is called as {_call(exercise)}.",)
        return exercise.verdict(Status.ERROR, one.failure.text(), () if timed_out else (*called, *details[1:]))
    if not groups and one.problem:
        return exercise.verdict(Status.WRONG, one.problem)
    if one.failure is not None:
        details = (one.failure.text(), *details[1:])
    if exercise.planted and groups and any(set(group) & set(exercise.planted) for group in groups):
        return exercise.verdict(Status.WRONG, "The planted bug is still in it: it gives the same numbers.", details)
    return _named_verdict(exercise, groups, details)


def _named_verdict(exercise: Exercise, groups: list[tuple[str, ...]], details: tuple[str, ...]) -> Verdict:
    if not groups:
        return exercise.verdict(Status.WRONG, "This is no mistake that is known here. What can be said:", details)
    names = tuple(dict.fromkeys(name for group in groups for name in group))
    mistakes = [named(name) for name in names]
    if len(groups) == 1 and len(names) > 1:
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
        section=section(mistakes[0].section),
    )


def _case_details(
    exercise: Code, cases: list[Case], seen: list[Seen], right: list[Seen], first: int
) -> tuple[str, ...]:
    details = [f"First seen with {cases[first].label}: {_shapes_of(exercise, cases[first].arguments)}."]
    details = [*_differences(seen[first], right[first]), *details]
    if not seen[first].values:
        details = ["", *details]
    if seen[first].spoiled:
        details.append(f"It changes its argument {seen[first].spoiled}.")
    good = [
        case.label
        for place, case in enumerate(cases)
        if not case.diagnosis_only and passes([case], [seen[place]], [right[place]])
    ]
    if good:
        details.append(f"It is right with {'; '.join(good[:2])}.")
    return tuple(details)


def _differences(seen: Seen, right: Seen, limit: float | None = None) -> tuple[str, ...]:
    if seen.values is None or right.values is None:
        return ()
    lines, fine = [], []
    for name, want in right.values.items():
        if compare.close(seen.values[name], want, limit):
            fine.append(name)
        else:
            lines.append(compare.describe(name, seen.values[name], want, limit))
    if fine and lines:
        lines.append(f"Right: {', '.join(fine)}.")
    return tuple(lines)


def _shapes_of(exercise: Code, arguments: tuple[Any, ...]) -> str:
    shown = []
    for name, value in zip(argument_names(exercise), arguments, strict=False):
        if isinstance(value, np.ndarray):
            shown.append(f"{name} {value.shape}")
        elif isinstance(value, float):
            shown.append(f"{name} = {value:.4g}")
        elif isinstance(value, int | str):
            shown.append(f"{name} = {value!r}")
    return ", ".join(shown) or "no arrays"


def _call(exercise: Code) -> str:
    solution = exercise.solution
    return f"{solution.__name__}({', '.join(inspect.signature(solution).parameters)})"


def _praise(cases: list[Case]) -> str:
    count = sum(not case.diagnosis_only for case in cases)
    return f"All {count} cases agree." if count > 1 else ""


def _flat(value: Any, names: tuple[str, ...]) -> Outputs:
    """Return typed numbers, however nested, as one output each."""
    if isinstance(value, list | tuple | np.ndarray) and len(names) > 1:
        value = list(compare.leaves(value))
    return compare.outputs(value, names)
