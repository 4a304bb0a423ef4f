"""A task of an assignment: an exercise, and whether bplearn's own layers may be called in the answer.

Belongs to notebooks/assignments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bplearn.exercises.exercise import Exercise


@dataclass(frozen=True, eq=False)
class Task:
    """One task. `library` says whether the answer may call bplearn; `reseed` makes a trial with another seed."""

    exercise: Exercise
    library: bool = False
    reseed: Callable[[int], Exercise] | None = None

    @property
    def number(self) -> str:
        """Its number, such as A2.1."""
        return self.exercise.number
