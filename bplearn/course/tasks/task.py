"""A task of an assignment: an exercise, what its parts are worth, and what may be called in the answer.

Belongs to notebooks/assignments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bplearn.exercises.engine.exercise import Exercise, TrialResult


@dataclass(frozen=True)
class Part:
    """What earns points by itself: outputs that must all be right on every case that is drawn.

    `outputs` is the one called `label` unless it is given. A `special` part is earned by an answer that is right in
    everything, the special cases of the task as well.
    """

    label: str
    worth: float
    outputs: tuple[str, ...] = ()
    special: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """The outputs that must be right."""
        return self.outputs or (self.label,)


@dataclass(frozen=True, eq=False)
class Slip:
    """A wrong version of which much is right: an answer that gives its numbers keeps this share of the points."""

    version: Callable[..., Any]
    keeps: float
    why: str


@dataclass(frozen=True, eq=False)
class StandIn:
    """A right function that takes the place of a student's own one, for follow-through marks.

    It answers only where `serves(its arguments, the case)` says so: nobody solves another task with it.
    """

    name: str
    function: Callable[..., Any]
    serves: Callable[[tuple[Any, ...], tuple[Any, ...]], bool]


@dataclass(frozen=True, eq=False)
class Scored(TrialResult):
    """A finding of a trial that may earn some of the parts."""

    earned: tuple[str, ...] = ()


def _one_call(arguments: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [arguments]


@dataclass(frozen=True, eq=False)
class Task:
    """One task. `library` says whether the answer may call bplearn; `reseed` makes a trial with another seed.

    Without `parts` it is all or nothing. `stand_ins` are right versions of earlier tasks that the answer may call.
    `calls` lists the arguments of all calls that a case makes of the answer, or a trial with a seed; one by default.
    An answer that holds more than `most_bytes` at once takes all samples together, and counts half.
    """

    exercise: Exercise
    library: bool = False
    reseed: Callable[[int], Exercise] | None = None
    parts: tuple[Part, ...] = (Part("all of it", 1.0, special=True),)
    stand_ins: tuple[StandIn, ...] = ()
    calls: Callable[[Any], list[tuple[Any, ...]]] = _one_call
    slips: tuple[Slip, ...] = ()
    most_bytes: int | None = None

    @property
    def number(self) -> str:
        """Its number, such as A2.1."""
        return self.exercise.number
