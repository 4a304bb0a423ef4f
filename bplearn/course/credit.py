"""Points for what is right: which parts of an answer count, in one check and over all the checks of a test cell.

A part counts when its outputs are right on every case that is drawn, whatever the other outputs are. The referee
works this out from the numbers that it got; the rule stands in notebooks/assignments/README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bplearn.course.tasks.task import Task
from bplearn.exercises.engine import compare
from bplearn.exercises.engine.compare import NotNumbers, Outputs, Unfinished
from bplearn.exercises.engine.exercise import Case, Code
from bplearn.exercises.engine.run_cases import reference
from bplearn.exercises.engine.runner import changed, copies

Decision = dict[str, Any]


@dataclass(frozen=True)
class Way:
    """What an answer earned in one check, and whether it counts half because it changes its arguments."""

    earned: tuple[str, ...] = ()
    halved: bool = False

    def share(self, task: Task) -> float:
        """Return the share of the task's points, from 0 to 1."""
        worth = sum(part.worth for part in task.parts if part.label in self.earned)
        return worth / sum(part.worth for part in task.parts) * (0.5 if self.halved else 1.0)

    def both(self, other: Way) -> Way:
        """Return what is earned in both of two checks."""
        shared = tuple(label for label in self.earned if label in other.earned)
        return Way(shared, self.halved or other.halved)


def everything(task: Task) -> Way:
    """Return what a right answer earns."""
    return Way(tuple(part.label for part in task.parts))


def credit(task: Task, answer: Callable[..., Any]) -> Way:
    """Return which parts of a function's answers are right; `answer` gives the results that were seen before."""
    exercise = task.exercise
    if not isinstance(exercise, Code):
        return Way()
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
    return Way(earned, halved=spoiled and bool(earned))


def settled(task: Task, seeds: Iterable[int], decided: list[Decision]) -> dict[str, Any]:
    """Return the share of a test cell's points that is earned, from all that was decided.

    A part counts if it was right with each of the seeds. With the functions of earlier tasks as they are, or with
    right ones in their place: what is better is taken.
    """
    own, through = everything(task), everything(task)
    for seed in seeds:
        tries = [one for one in decided if (one["task"], one["seed"]) == (task.number, seed)]
        ways = [(_way(one["own"]), _way(one["through"] or one["own"])) for one in tries] or [(Way(), Way())]
        own = own.both(max((way for way, _ in ways), key=lambda way: way.share(task)))
        through = through.both(max((way for _, way in ways), key=lambda way: way.share(task)))
    followed = through.share(task) > own.share(task)
    best = through if followed else own
    parts = [[part.label, part.worth, part.label in best.earned] for part in task.parts]
    return {"share": best.share(task), "parts": parts, "through": followed, "halved": best.halved}


def decision(task: Task, seed: int, passed: bool, own: Way, through: Way | None) -> Decision:
    """Return what is written down about one check."""
    ways = {"own": asdict(own), "through": asdict(through) if through is not None else None}
    return {"task": task.number, "seed": seed, "passed": passed, **ways}


def words(task: Task, own: Way, through: Way | None) -> tuple[str, ...]:
    """Return what is said to a student about the parts that count already."""
    lines = []
    if own.earned:
        lines.append(f"Counts already, right in every case: {', '.join(own.earned)}.")
    if through is not None and through.share(task) > own.share(task):
        lines.append(
            f"With right functions of the earlier tasks in the place of yours, right in every case: "
            f"{', '.join(through.earned)}. That is what counts here."
        )
    if own.halved:
        lines.append("It changes its arguments, so that it counts half.")
    return tuple(lines)


def _way(plain: dict[str, Any]) -> Way:
    return Way(tuple(plain["earned"]), plain["halved"])


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
