"""The tasks of the assignments: what is asked, how inputs are drawn, and what the right numbers are.

No task holds its solution. Right numbers come from bplearn's own layers and losses, which a student's function may
not call, and from steps into the complex plane; wrong versions are networks with one layer altered.
Belongs to notebooks/assignments.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.course.tasks import a1, a2, a3, a4
from bplearn.course.tasks.task import Task
from bplearn.errors import ArgumentError
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase

ALL: dict[str, Task] = {one.number: one for part in (a1, a2, a3, a4) for one in part.TASKS}


@functools.cache
def task(number: str, seed: int = 0) -> Task:
    """Return the task of this number; another seed draws other inputs for it.

    Raises: ArgumentError for a number that is none.

    >>> task("A2.1").exercise.title
    'A circuit with two forks'
    """
    if number not in ALL:
        raise ArgumentError(
            expected_got("check", 'a task such as "A2.1"', repr(number), f"There are {', '.join(ALL)}.")
        )
    one = ALL[number]
    if seed == 0:
        return one
    exercise = one.exercise
    if isinstance(exercise, Code):
        exercise = replace(exercise, inputs=_reseeded(exercise.inputs, seed))
    elif one.reseed is not None:
        exercise = one.reseed(seed)
    return replace(one, exercise=exercise)


@dataclass(frozen=True)
class _Reseeded:
    """Draws like `inputs`, from other streams."""

    inputs: Callable[[RandomCase], tuple[Any, ...]]
    seed: int

    def __call__(self, draw: RandomCase) -> tuple[Any, ...]:
        return self.inputs(replace(draw, network=draw.network + self.seed, batch=draw.batch + self.seed))


def _reseeded(inputs: Callable[[RandomCase], tuple[Any, ...]], seed: int) -> _Reseeded:
    return _Reseeded(inputs, seed)
