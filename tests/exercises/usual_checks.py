"""The usual checks, held against planted mistakes: how many do they let through?

Four checks that learners and courses rely on: the loss falls; the shapes are right; one gradient check on one batch,
with biases of 0 and square layers; one visible test with fixed numbers, as well-known courses hand out (re-created in
spirit).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplearn.exercises.engine import compare
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.run_cases import argument_names
from bplearn.exercises.engine.runner import copies, run
from bplearn.show.table import Table
from tests.exercises.train_with import TRAINED, train_with

CHECKS = ("the loss falls", "the shapes are right", "one gradient check", "one visible test", "all four together")
GRADIENTS = {"03.2", "03.3", "03.6", "03.4", "05.5", "05.6", "05.7", "05.8", "08.2", "09.2", "09.3", "09.4", "09.7"}


@dataclass(frozen=True)
class Slip:
    """One planted mistake: the exercise it answers, its name, which usual checks noticed it, and whether ours did."""

    exercise: str
    mistake: str
    noticed: dict[str, bool]
    ours: bool


def experiment(planted: Iterable[tuple[Code, str, Callable[[], Any]]]) -> list[Slip]:
    """Run the usual checks and ours on planted answers, given as (exercise, name, maker of fresh copies).

    Answers to exercises that no training needs are left out: the first check has nothing to say on them.
    """
    found = []
    for exercise, name, make in planted:
        if exercise.number not in TRAINED:
            continue
        noticed = {
            CHECKS[0]: not _loss_falls(exercise, make()),
            CHECKS[1]: not _shapes_are_right(exercise, make()),
            CHECKS[2]: not _one_gradient_check(exercise, make()),
            CHECKS[3]: not _one_visible_test(exercise, make()),
        }
        noticed[CHECKS[4]] = any(noticed.values())
        found.append(Slip(exercise.number, name, noticed, not grade(exercise, make()).passed))
    return found


def table(found: list[Slip]) -> Table:
    """Return how many planted mistakes each check noticed, and how many slipped through."""
    rows = [(check, [slip.noticed[check] for slip in found]) for check in CHECKS]
    rows.append(("the checkers of this course", [slip.ours for slip in found]))
    caption = f"{len(found)} planted mistakes: what notices them?"
    counted = ((check, str(sum(noticed)), str(len(noticed) - sum(noticed))) for check, noticed in rows)
    return Table(caption, ("check", "noticed", "slipped through"), tuple(counted))


def _loss_falls(exercise: Code, answer: Any) -> bool:
    """Return whether a training with this answer in it ends with a smaller loss than it began with."""
    ran = run(lambda: train_with(exercise.number, answer), 10)
    return ran.value is not None and bool(ran.value[1] < ran.value[0])


def _shapes_are_right(exercise: Code, answer: Any) -> bool:
    pairs = _outputs(exercise, answer, exercise.cases()[0].arguments)
    return pairs is not None and all(got.shape == want.shape for got, want in pairs.values())


def _one_gradient_check(exercise: Code, answer: Any) -> bool:
    """Compare the derivatives alone, on one batch of a square network whose biases are 0; True where there are none.

    Central differences agree with the right derivatives to nine digits, so these stand in for them.
    """
    if exercise.number not in GRADIENTS:
        return True
    draw = RandomCase("one batch", network=11, batch=11, N=4, D=4, H=4, M=4)
    arguments = tuple(_without_bias(name, value) for name, value in _named(exercise, exercise.inputs(draw)))
    pairs = _outputs(exercise, answer, arguments)
    if pairs is None:
        return False
    derivatives = {name: pair for name, pair in pairs.items() if name.startswith("d")}
    return all(compare.close(*pair) for pair in derivatives.values())


def _one_visible_test(exercise: Code, answer: Any) -> bool:
    """Compare numbers on one fixed case; of a loop or a start only the sizes, since the order is random."""
    pairs = _outputs(exercise, answer, exercise.cases()[0].arguments)
    if pairs is None:
        return False
    if exercise.number in ("12.2", "12.3", "11.2"):
        pairs = {
            name: pair for name, pair in pairs.items() if name in ("sizes of the batches", "W's rows", "W's columns")
        }
    elif exercise.number == "09.7":
        pairs = {name: pair for name, pair in pairs.items() if not name.startswith("second")}
    return all(compare.close(*pair) for pair in pairs.values())


def _outputs(exercise: Code, answer: Any, arguments: tuple[Any, ...]) -> dict[str, Any] | None:
    """Return (got, wanted) for each output of one call, or None where it failed."""

    def both() -> dict[str, Any]:
        got = compare.outputs(exercise.observe(answer, copies(arguments)), exercise.outputs)
        want = compare.outputs(exercise.observe(exercise.solution, copies(arguments)), exercise.outputs)
        return {name: (compare.fitted(name, got[name], want[name]), want[name]) for name in want}

    ran = run(both)
    return None if ran.failure else ran.value


def _named(exercise: Code, arguments: tuple[Any, ...]) -> list[tuple[str, Any]]:

    return list(zip(argument_names(exercise), arguments, strict=True))


def _without_bias(name: str, value: Any) -> Any:
    return np.zeros_like(value) if name in ("b", "b1", "b2") else value
