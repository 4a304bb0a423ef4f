"""The tasks of the assignments: what is asked, how inputs are drawn, and what the right numbers are.

No task holds its solution. Right numbers come from bplearn's own layers and losses, which a student's function may
not call, and from steps into the complex plane; wrong versions are networks with one layer altered.
Belongs to notebooks/assignments.
"""

from __future__ import annotations

import functools
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.course.tasks import a1, a2, a3, a4
from bplearn.course.tasks.task import Task
from bplearn.errors import ArgumentError, DataError
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase

ALL: dict[str, Task] = {one.number: one for part in (a1, a2, a3, a4) for one in part.TASKS}


def task(number: str, seed: int = 0, tasks: Mapping[str, Task] = ALL) -> Task:
    """Return the task of this number; another seed draws other inputs for it.

    Raises: ArgumentError for a number that is none.

    >>> task("A2.1").exercise.title
    'A circuit with two forks'
    """
    if number not in tasks:
        raise ArgumentError(
            expected_got("check", 'a task such as "A2.1"', repr(number), f"There are {', '.join(tasks)}.")
        )
    return _seeded(tasks[number], seed)


def read_tasks(folder: Path) -> dict[str, Task]:
    """Return all tasks: those of A1 to A4, and those of `TASKS` in a teacher's own tasks.py.

    Raises: DataError for a file that cannot be run or has no such list.
    """
    path = folder / "tasks.py"
    if not path.is_file():
        return dict(ALL)
    try:
        found = runpy.run_path(str(path))["TASKS"]
        return ALL | {one.number: one for one in found}
    except Exception as problem:  # a teacher's own code
        advice = "The page for teachers shows a whole one."
        raise DataError(
            expected_got(
                f"{path}", "a file with TASKS = (Task(...), ...)", f"{type(problem).__name__}: {problem}", advice
            )
        ) from None


@functools.lru_cache(maxsize=500)
def _seeded(one: Task, seed: int) -> Task:
    exercise = one.exercise
    if seed == 0:
        return one
    if isinstance(exercise, Code):
        exercise = replace(exercise, inputs=_Reseeded(exercise.inputs, seed))
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
