"""A student's function as the referee sees it: a call sends the inputs over and waits for the numbers.

What came back is kept, so that it can be looked at a second time without asking again. Belongs to
notebooks/assignments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.course.tasks.task import StandIn
from bplearn.course.wire import Channel
from bplearn.exercises.engine.exercise import Exercise


class Distant:
    """A student's function, seen from here. `stand_ins` take the place of functions that it calls."""

    def __init__(
        self,
        channel: Channel,
        exercise: Exercise,
        kept: list[Callable[..., Any]],
        stand_ins: tuple[StandIn, ...] = (),
    ) -> None:
        self._channel, self._kept = channel, kept
        self._seconds = getattr(exercise, "seconds", 5.0)
        self._arguments: tuple[Any, ...] = ()
        self._came: list[tuple[Any, Any]] = []  # (result or exception, what became of the arguments)
        self.unwritten = False
        self.calls: list[str] = []
        given = {one.name: (self._guarded(one), list(one.arguments)) for one in stand_ins}
        channel.send("stand in", given)

    def __call__(self, *arguments: Any) -> Any:  # noqa: D102
        self._arguments = arguments
        self._channel.send("call", arguments, seconds=self._seconds)
        while True:
            kind, fields, value = self._channel.receive()
            if kind == "apply":
                self._apply(fields["number"], value)
                continue
            self.calls += [name for name in fields["calls"] if name not in self.calls]
            if kind == "failed":
                failure = self._failure(fields)
                self._came.append((failure, None))
                raise failure
            self._came.append(value)
            return _come(arguments, *value)

    def again(self) -> Callable[..., Any]:
        """Return a function that gives the same results once more, in the same order."""
        came = iter(self._came)

        def replay(*arguments: Any) -> Any:
            result, spoiled = next(came, (ValueError("it was not called so often"), None))
            if isinstance(result, Exception):
                raise result
            return _come(arguments, result, spoiled)

        return replay

    def _apply(self, number: int, arguments: Any) -> None:
        try:
            self._channel.send("value", self._kept[number](*arguments))
        except Exception as problem:  # the student called it with something else
            self._channel.send("raised", message=f"{type(problem).__name__}: {problem}")

    def _guarded(self, one: StandIn) -> Callable[..., Any]:
        """Return a right function that serves the case at hand only, so that no other task can be solved with it."""

        def serve(*arguments: Any) -> Any:
            if len(arguments) != len(one.arguments) or not one.serves(arguments, self._arguments):
                raise ValueError(f"{one.name} stands in for yours here; it takes what belongs to this task only.")
            return one.function(*arguments)

        return serve

    def _failure(self, fields: dict[str, Any]) -> Exception:
        self.unwritten = self.unwritten or fields["kind"] == "NotImplementedError"
        where = f"at line {fields['line']}: `{fields['code']}`\n" if fields["code"] else ""
        kind = type(fields["kind"], (Exception,), {})  # the verdict names the student's own exception
        failure: Exception = kind(where + fields["message"])
        return failure


def _come(arguments: tuple[Any, ...], result: Any, spoiled: Any) -> Any:
    if spoiled is not None:
        _spoil(arguments, spoiled)
    return result


def _spoil(mine: Any, theirs: Any) -> None:
    """Do to the arguments here what the student's function did to its copies, so that the judge sees it."""
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        if mine.shape == theirs.shape:
            np.copyto(mine, theirs, casting="unsafe")
        else:
            mine.fill(np.nan)
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) != len(theirs):
        mine.clear()
    elif isinstance(mine, list | tuple) and isinstance(theirs, list | tuple):
        for one, two in zip(mine, theirs, strict=False):
            _spoil(one, two)
