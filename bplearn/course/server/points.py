"""Points for what is right: which parts of an answer count, in one check and over all the checks of a test cell.

A part counts when its outputs are right on every case that is drawn, whatever the other outputs are. The grader
works this out from the numbers that it got; the rule stands in notebooks/assignments/README.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bplearn.course.server.results import Replay, Result
from bplearn.course.tasks.task import Slip, Task
from bplearn.exercises.engine import compare
from bplearn.exercises.engine.compare import NotNumbers, Outputs, Unfinished
from bplearn.exercises.engine.exercise import Case, Code, Trial
from bplearn.exercises.engine.run_cases import CaseResult, passes, reference, run_trusted
from bplearn.exercises.engine.runner import changed, copies

Seed = tuple[int, bool]  # the seed of a check, and whether it is a hidden one
CHANGED = "Half of it, since the arguments are changed."
AT_ONCE = "Half of it, since it takes all samples at once and not batch by batch."


@dataclass(frozen=True)
class Score:
    """What an answer earned in one check: parts, of which `factor` counts, or the share that a known slip leaves."""

    earned: tuple[str, ...] = ()
    factor: float = 1.0
    leaves: float = 0.0
    why: str = ""  # it is less than the parts are worth, or more

    def share(self, task: Task) -> float:
        """Return the share of the task's points, from 0 to 1."""
        worth = sum(part.worth for part in task.parts if part.label in self.earned)
        return max(self.leaves, worth / sum(part.worth for part in task.parts) * self.factor)

    def both(self, other: Score) -> Score:
        """Return what is earned in both of two checks."""
        shared = tuple(label for label in self.earned if label in other.earned)
        factor, leaves = min(self.factor, other.factor), min(self.leaves, other.leaves)
        return Score(shared, factor, leaves, self.why or other.why)


def full_score(task: Task) -> Score:
    """Return what a right answer earns."""
    return Score(tuple(part.label for part in task.parts), leaves=1.0)


def score_of(task: Task, results: Sequence[Result]) -> tuple[bool, Score]:
    """Return whether an answer with these results passed, and what it earned."""
    exercise = task.exercise
    if isinstance(exercise, Trial):
        try:
            finding = exercise.attempt(Replay(results))
        except Exception:  # the student's, or no more results
            return False, Score()
        return finding.passed, full_score(task) if finding.passed else Score(getattr(finding, "earned", ()))
    if not isinstance(exercise, Code):
        return False, Score()
    cases, right = reference(exercise)
    seen = run_trusted(exercise, Replay(results), cases)
    if passes(cases, seen, right):
        if task.most_bytes is None or all(result.bytes <= task.most_bytes for result in results):
            return True, full_score(task)
        return False, replace(full_score(task), factor=0.5, leaves=0.0, why=AT_ONCE)
    score = right_parts(task, Replay(results))
    for slip in task.slips:
        if slip.keeps > score.share(task) and passes(cases, seen, _shown_by(exercise, slip)):
            score = replace(score, leaves=slip.keeps, why=slip.why)
    return False, score


@functools.lru_cache(maxsize=200)
def _shown_by(exercise: Code, slip: Slip) -> list[CaseResult]:
    return run_trusted(exercise, slip.version, reference(exercise)[0])


def right_parts(task: Task, answer: Callable[..., Any]) -> Score:
    """Return which parts of a function's answers are right; `answer` gives the results that were seen before."""
    exercise = task.exercise
    if not isinstance(exercise, Code):
        return Score()
    cases, right = reference(exercise)
    counting, good, spoiled = [], [], False
    for case, wanted in zip(cases, right, strict=True):
        found, spoils = _look(exercise, answer, case, wanted.values or {})
        if not case.diagnosis_only:
            counting.append((case, wanted.values or {}))
            good.append(found)
            spoiled = spoiled or spoils
    drawn = [place for place, (case, _) in enumerate(counting) if case.size]
    always = {name for name in exercise.outputs if all(name in good[place] for place in drawn)}
    moving = {name for name in always if any(np.any(counting[place][1][name]) for place in drawn)}  # not always 0
    whole = all(set(exercise.outputs) == one for one in good)
    earned = tuple(
        part.label
        for part in task.parts
        if (whole if part.special else always.issuperset(part.needs) and moving.intersection(part.needs))
    )
    return Score(earned, 0.5, why=CHANGED) if spoiled and earned else Score(earned)


@dataclass(frozen=True)
class Decision:
    """What one check of a task with one seed found: passed or not, and what the answer earned.

    `through` is what it earns with right functions of earlier tasks in the place of the student's own.
    """

    task: str
    seed: int
    hidden: bool
    passed: bool
    own: Score
    through: Score | None = None


@dataclass(frozen=True)
class CellScore:
    """What a test cell earned: the share of its points, its parts (label, worth, right or not), and how."""

    share: float
    parts: tuple[tuple[str, float, bool], ...]
    through: bool
    why: str
    in_the_open: bool  # right with the inputs that everybody knows


def cell_score(task: Task, seeds: Iterable[Seed], decided: list[Decision]) -> CellScore:
    """Return what a test cell earned, from all that was decided.

    A part counts if it was right with each of the seeds. With the functions of earlier tasks as they are, or with
    right ones in their place: what is better is taken.
    """
    own, through, mine = full_score(task), full_score(task), [one for one in decided if one.task == task.number]
    for seed in seeds:
        scores = [(one.own, one.through or one.own) for one in mine if (one.seed, one.hidden) == seed] or [
            (Score(), Score())
        ]
        own = own.both(max((score for score, _ in scores), key=lambda score: score.share(task)))
        through = through.both(max((score for _, score in scores), key=lambda score: score.share(task)))
    followed = through.share(task) > own.share(task)
    best = through if followed else own
    parts = tuple((part.label, part.worth, part.label in best.earned) for part in task.parts)
    passed = any(one.passed for one in mine if not one.hidden and one.seed == 0)
    return CellScore(best.share(task), parts, followed, best.why, passed)


def words(task: Task, own: Score, through: Score | None) -> tuple[str, ...]:
    """Return what is said to a student about the parts that count already."""
    lines = [own.why] if own.why else []
    if own.earned and not own.why:
        lines.append(f"Counts already, right in every case: {', '.join(own.earned)}.")
    if through is not None and through.share(task) > own.share(task):
        lines.append(
            f"With right functions of the earlier tasks in the place of yours, right in every case: "
            f"{', '.join(through.earned)}. That is what counts here."
        )
    return tuple(lines)


def _look(exercise: Code, answer: Callable[..., Any], case: Case, wanted: Outputs) -> tuple[set[str], bool]:
    """Return the outputs that are right in one case, and whether the arguments were changed."""
    given = copies(case.arguments)
    try:
        value = exercise.observe(answer, given)
    except Exception:  # the student's, or no more results
        return set(), False
    found = {name for name, part in _named(value, exercise.outputs) if _right(name, part, wanted)}
    return found, changed(case.arguments, given)


def _named(value: Any, names: tuple[str, ...]) -> Iterable[tuple[str, Any]]:
    """Return the outputs by name, as far as it is clear which is which."""
    if isinstance(value, dict):
        return [(name, value[name]) for name in names if name in value]
    if len(names) == 1:
        return [(names[0], value)]
    several = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim == 1)
    return list(zip(names, value, strict=True)) if several and len(value) == len(names) else []


def _right(name: str, part: Any, wanted: Outputs) -> bool:
    try:
        array = compare.outputs({name: part}, (name,))[name]
    except (NotNumbers, Unfinished):
        return False
    return compare.close(compare.fitted(name, array, wanted[name]), wanted[name])
