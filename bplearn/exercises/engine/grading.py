"""Grades an answer: each kind of exercise has its way from an answer to a verdict.

Right answers pass whatever their layout, dtype or order of summation; wrong ones are diagnosed. First met in
notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
from typing import Any

from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.exercise import Code, Exercise, Trial
from bplearn.exercises.engine.grade_code import grade_code
from bplearn.exercises.engine.grade_numbers import WITHOUT_QUOTES, grade_numbers
from bplearn.exercises.engine.named_verdict import named_verdict
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.runner import run
from bplearn.exercises.engine.surroundings import random_numbers_kept
from bplearn.exercises.engine.typed_numbers import is_number
from bplearn.exercises.engine.verdict import Status, Verdict


def grade(exercise: Exercise, answer: Any) -> Verdict:
    """Return the verdict on an answer to this exercise; random numbers go on afterwards as if nothing had been drawn.

    >>> from bplearn.exercises import exercise
    >>> grade(exercise("01.3"), "b").passed
    True
    """
    with random_numbers_kept():
        return _grade(exercise, answer)


@functools.singledispatch
def _grade(exercise: Exercise, answer: Any) -> Verdict:
    raise NotImplementedError(f"no way to grade a {type(exercise).__name__}")


@_grade.register
def _code(exercise: Code, answer: Any) -> Verdict:
    return grade_code(exercise, answer)


@_grade.register
def _number(question: Number, answer: Any) -> Verdict:
    return grade_numbers(question, answer)


@_grade.register
def _choice(question: Choice, answer: Any) -> Verdict:
    if answer is Ellipsis or answer is None or (isinstance(answer, str) and not answer.strip()):
        return question.unattempted("Replace the three dots by the letter of your choice, in quotes.")
    letter = question.letter(answer)
    if letter is None:
        given = repr(answer[:40]) if isinstance(answer, str) else f"of type {type(answer).__name__}"
        letters = ", ".join(question.letters)
        return question.verdict(Status.WRONG, f"The answer should be one of the letters {letters}; it is {given}.")
    statement = question.letters[letter]
    status = Status.PASSED if letter == question.right_letter else Status.WRONG
    return question.verdict(status, f"{letter}) {statement}", (question.options[statement],))


@_grade.register
def _trial(exercise: Trial, answer: Any) -> Verdict:
    if answer is Ellipsis or answer is None:
        return exercise.unattempted()
    if any(map(is_number, leaves(answer))):
        return exercise.unattempted(WITHOUT_QUOTES)
    ran = run(lambda: exercise.attempt(answer), exercise.seconds)
    if ran.failure is not None:
        if ran.failure.met_dots or ran.failure.kind == "Unfinished":
            return exercise.unattempted()
        if ran.failure.kind == "NotNumbers":
            return exercise.verdict(Status.WRONG, ran.failure.message)
        return exercise.verdict(Status.ERROR, ran.failure.text())
    result = ran.value
    if result.passed:
        return exercise.verdict(Status.PASSED, result.headline, result.details)
    if result.mistakes:
        return named_verdict(exercise, [result.mistakes], (result.headline, *result.details))
    return exercise.verdict(Status.WRONG, result.headline, result.details)
