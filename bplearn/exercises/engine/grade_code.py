"""The verdict on a function or a class: it runs on all cases, then rules are tried in order until one speaks.

The first rules ask whether it is finished and right, the later ones what is wrong with it. First met in
notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bplearn.exercises.engine.diagnosis import confirmed, explanations, forgets, is_planted
from bplearn.exercises.engine.exercise import ArrayLayout, Case, Code
from bplearn.exercises.engine.feedback import called, differences, first_seen, small_case, where_right
from bplearn.exercises.engine.free_variables import FreeVariables, called_names, free_variables, with_argument_for
from bplearn.exercises.engine.named_verdict import named_verdict, reordered
from bplearn.exercises.engine.run_cases import CaseResult, passes, reference, run_cases
from bplearn.exercises.engine.stubs import holds_dots, is_stub
from bplearn.exercises.engine.verdict import Status, Verdict

_RANDOM = {
    *("random", "default_rng", "normal", "uniform", "binomial", "rand", "randn", "permutation", "shuffle"),
    *("integers", "randint", "choice", "standard_normal", "random_sample"),
}
_PATIENCE = 1.0  # seconds that all cases may take if an answer is to be run on them again, to say more of it
_STATE = {"stale-cache", "gradients-not-cleared", "depends-on-earlier-calls"}


@dataclass(frozen=True)
class Attempt:
    """An answer with what it showed on each case, beside what is right."""

    exercise: Code
    answer: Any
    cases: list[Case]
    results: list[CaseResult]
    right: list[CaseResult]
    seconds: float = 0.0

    @functools.cached_property
    def passed(self) -> bool:
        """Whether it is right on every case that counts."""
        return passes(self.cases, self.results, self.right)

    @functools.cached_property
    def first(self) -> int:
        """The place of the first case in which it is wrong."""
        triples = zip(self.cases, self.results, self.right, strict=True)
        return next(k for k, (case, result, right) in enumerate(triples) if not passes([case], [result], [right]))

    @property
    def result(self) -> CaseResult:
        """What it showed where it is wrong first."""
        return self.results[self.first]

    @functools.cached_property
    def groups(self) -> list[tuple[str, ...]]:
        """The names of the mistakes that explain all cases."""
        groups = explanations(self.exercise, self.cases, self.results, self.right)
        if groups == [("depends-on-earlier-calls",)] and called_names(self.answer) & _RANDOM:
            return []
        return groups if self.is_slow else confirmed(self.exercise, self.answer, groups)

    @property
    def is_random(self) -> bool:
        """Whether it draws random numbers that the exercise did not hand over, and gives others for the same input."""
        drawn = bool(called_names(self.answer) & _RANDOM) and "rng" not in called(self.exercise)
        return drawn and forgets(self.cases, self.results)

    @property
    def is_slow(self) -> bool:
        """Whether running it again would try the learner's patience."""
        return self.seconds > _PATIENCE

    @functools.cached_property
    def free(self) -> FreeVariables:
        """The variables of the notebook that it reads."""
        return free_variables(self.answer)

    @functools.cached_property
    def _differences(self) -> tuple[list[str], list[str]]:
        return differences(self.exercise, self.cases[self.first], self.result, self.right[self.first])

    def details(self) -> tuple[str, ...]:
        """Say which output is off, or what was raised, what is strange, and one small case where no name says more."""
        changed = self.result.changed_arguments
        lines = [
            self.result.failure.text() if self.result.failure is not None else "",
            *self._differences[0],
            f"It changes its argument {changed}." if changed else "",
            "It draws random numbers, so the same input gives something else each time." if self.is_random else "",
            "" if self.groups else where_right(self.exercise, self.cases, self.results, self.right),
            "" if self.groups else self._small_case,
        ]
        return tuple(line for line in lines if line)

    def aside(self) -> tuple[str, ...]:
        """Say on which inputs it is right and where it went wrong first, what else is off, and one small case."""
        lines = [
            where_right(self.exercise, self.cases, self.results, self.right) if self.groups else "",
            *self._differences[1],
            first_seen(self.exercise, self.cases[self.first]),
            self._small_case if self.groups else "",
            "" if self.groups else self.free.sentence(),
        ]
        return tuple(line for line in lines if line)

    @functools.cached_property
    def _small_case(self) -> str:
        if not self.result.values or self.is_slow or any(_STATE & set(group) for group in self.groups):
            return ""  # the case of a later call would mislead
        return small_case(self.exercise, self.answer)


def grade_code(exercise: Code, answer: Any) -> Verdict:
    """Return the verdict on a function or a class.

    >>> from bplearn.exercises import exercise
    >>> grade_code(exercise("05.5"), lambda y, t: y - t).mistakes
    ('output-derivative-missing',)
    """
    if answer is Ellipsis or answer is None or is_stub(answer):
        return exercise.unattempted()
    if not callable(answer):
        return _not_callable(exercise, answer)
    cases, right = reference(exercise)
    began = time.perf_counter()
    results = run_cases(exercise, answer, cases)
    attempt = Attempt(exercise, answer, cases, results, right, time.perf_counter() - began)
    verdict = next(verdict for rule in RULES if (verdict := rule(attempt)) is not None)
    return replace(verdict, printed=attempt.results[0].printed)


def _not_callable(exercise: Code, answer: Any) -> Verdict:
    kind = "class" if inspect.isclass(exercise.solution) else "function"
    return exercise.verdict(
        Status.WRONG,
        f"The answer should be a {kind}; it is a value of type {type(answer).__name__}.",
        (f"Pass the {kind} itself, without calling it: check({exercise.number!r}, {exercise.solution.__name__}).",),
    )


def _unfinished(attempt: Attempt) -> Verdict | None:
    raised_at_a_gap = attempt.results[0].failure is not None and holds_dots(attempt.answer)
    if raised_at_a_gap or any(result.unfinished for result in attempt.results):
        where = "it" if holds_dots(attempt.answer) else "what it uses"
        return attempt.exercise.unattempted(f"Three dots are left in {where}. Replace them, then run the cell again.")
    return None


def _right(attempt: Attempt) -> Verdict | None:
    if not attempt.passed:
        return None
    remark = attempt.exercise.remark(attempt.answer)
    return attempt.exercise.verdict(Status.PASSED, _praise(attempt.cases), (remark,) if remark else ())


def _right_in_another_layout(attempt: Attempt) -> Verdict | None:
    for layout in () if attempt.is_slow else attempt.exercise.layouts:
        if _passes_all(attempt, attempt.answer, layout):
            other = f"It is right in the other layout: {layout.name}. With the shapes of this notebook it would fail."
            return attempt.exercise.verdict(Status.PASSED, _praise(attempt.cases), (other,))
    return None


def _arguments_in_another_order(attempt: Attempt) -> Verdict | None:
    wanted = list(inspect.signature(attempt.exercise.solution).parameters)
    names = _parameters(attempt.answer)
    if names == wanted or sorted(names) != sorted(wanted) or attempt.is_slow:
        return None

    def turned(*arguments: Any) -> Any:
        return attempt.answer(*(arguments[wanted.index(name)] for name in names))

    if not _passes_all(attempt, turned):
        return None
    order = f"It is called as {called(attempt.exercise)}; yours takes ({', '.join(names)})."
    return attempt.exercise.verdict(Status.WRONG, order, ("With the arguments in your order it would be right.",))


def _parameters(answer: Any) -> list[str]:
    try:
        return list(inspect.signature(answer).parameters)
    except (TypeError, ValueError):  # such as a built-in function
        return []


def _too_slow(attempt: Attempt) -> Verdict | None:
    failure = attempt.result.failure
    if failure is not None and failure.kind == "TimeUp":
        return attempt.exercise.verdict(Status.ERROR, failure.text())
    return None


def _notebook_variable(attempt: Attempt) -> Verdict | None:
    free = attempt.free
    if attempt.groups or not free.variables or not (free.unread or _is_in_the_way(attempt)):
        return None
    problem = (attempt.result.problem,) if attempt.result.problem else ()
    details = (*problem, *attempt.details())[:1]
    aside = (*attempt.aside(), *attempt.details()[1:])
    return named_verdict(attempt.exercise, [("notebook-variable",)], details, free.sentence(), aside)


def _is_in_the_way(attempt: Attempt) -> bool:
    """Return whether the answer is right once an argument stands where it reads a variable of the notebook."""
    return not attempt.is_slow and any(
        _passes_all(attempt, with_argument_for(attempt.answer, variable, place))
        for variable in attempt.free.variables[:3]
        for place in range(len(attempt.cases[0].arguments))
    )


def _passes_all(attempt: Attempt, answer: Any, layout: ArrayLayout | None = None) -> bool:
    """Return whether another form of the answer is right; most are wrong in the first case already."""
    exercise = attempt.exercise
    return all(
        passes(cases, run_cases(exercise, answer, cases, layout), right)
        for cases, right in ((attempt.cases[:1], attempt.right[:1]), (attempt.cases, attempt.right))
    )


def _raised(attempt: Attempt) -> Verdict | None:
    failure = attempt.result.failure
    if failure is None or attempt.groups:
        return None
    called_as = () if failure.code else (f"It is called as {called(attempt.exercise)}.",)
    where = first_seen(attempt.exercise, attempt.cases[attempt.first])
    known = (failure.mistake,) if failure.mistake else ()
    details = *called_as, where
    aside = tuple(line for line in attempt.aside() if line != where)
    return attempt.exercise.verdict(Status.ERROR, failure.text(), details, aside=aside, mistakes=known)


def _no_numbers(attempt: Attempt) -> Verdict | None:
    if attempt.groups or not attempt.result.problem:
        return None
    mistake = attempt.result.mistake
    return named_verdict(attempt.exercise, [(mistake,)] if mistake else [], (), attempt.result.problem)


def _planted_bug(attempt: Attempt) -> Verdict | None:
    exercise, planted = attempt.exercise, set(attempt.exercise.planted)
    if not any(set(group) & planted for group in attempt.groups):
        return None
    if is_planted(exercise, attempt.results):
        still = "The planted bug is still in it: it gives the same numbers."
        return exercise.verdict(Status.WRONG, still, attempt.details(), aside=attempt.aside())
    others = [tuple(name for name in group if name not in planted) for group in attempt.groups]
    if not all(others):
        return None
    return named_verdict(exercise, others, ("The planted bug is still in it, too.", *attempt.details()))


def _another_order(attempt: Attempt) -> Verdict | None:
    if attempt.groups != [("outputs-reordered",)]:
        return None
    return reordered(attempt.exercise, attempt.exercise.outputs)


def _known_or_unknown(attempt: Attempt) -> Verdict:
    return named_verdict(attempt.exercise, attempt.groups, attempt.details(), aside=attempt.aside())


def _praise(cases: list[Case]) -> str:
    count = sum(not case.diagnosis_only for case in cases)
    return f"All {count} cases agree." if count > 1 else ""


RULES: tuple[Callable[[Attempt], Verdict | None], ...] = (
    _unfinished,
    _right,
    _right_in_another_layout,
    _too_slow,
    _arguments_in_another_order,
    _notebook_variable,
    _raised,
    _no_numbers,
    _planted_bug,
    _another_order,
    _known_or_unknown,
)
