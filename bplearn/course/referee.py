"""The referee: a process of its own that makes the inputs, knows the right numbers and says the verdict.

It never runs code of the student's: it sends inputs, gets numbers back and compares them in here. A grader opens a
session for each submission and fetches from it which checks were passed. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from bplearn.course import seals
from bplearn.course.tasks import task
from bplearn.course.tasks.task import Task
from bplearn.course.wire import Channel, Closed
from bplearn.errors import ArgumentError
from bplearn.exercises.exercise import Exercise
from bplearn.exercises.judge import judge
from bplearn.exercises.verdict import Status, Verdict

PATIENCE = 60.0  # seconds beyond the student's own limit before the referee gives up waiting


@dataclass
class Court:
    """What a referee keeps: the tokens that may ask for a check, the keeper's token, and what was decided."""

    token: str
    keeper: str
    decided: list[dict[str, Any]] = field(default_factory=list)


def main() -> None:
    """Read the tokens, say the port, serve until the one who started this has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted cell interrupts the kernel's children as well
    setting = json.loads(sys.stdin.readline())
    court = Court(setting["token"], setting["keeper"])
    server = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{server.getsockname()[1]}\n")
    sys.stdout.flush()
    threading.Thread(target=_accept, args=(server, court), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def _accept(server: socket.socket, court: Court) -> None:
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_attend, args=(connection, court), daemon=True).start()


def _attend(connection: socket.socket, court: Court) -> None:
    kept: list[Callable[..., Any]] = []

    def keep(function: Callable[..., Any]) -> int:
        kept.append(function)
        return len(kept) - 1

    channel = Channel(connection, keep=keep)
    with contextlib.closing(channel), contextlib.suppress(Closed, OSError):
        _, fields, _ = channel.receive()
        if court.keeper and fields["token"] == court.keeper:
            _keep_court(channel, court)
        elif fields["token"] == court.token:
            _check(channel, court, kept)


def _keep_court(channel: Channel, court: Court) -> None:
    """Hand what was decided to the grader, and open a new session with a token of its own."""
    decided, court.decided, court.token = court.decided, [], secrets.token_hex(8)
    channel.send("decided", token=court.token, decided=decided)


def _check(channel: Channel, court: Court, kept: list[Callable[..., Any]]) -> None:
    _, fields, shown = channel.receive()
    number, seed = fields["number"], int(fields["seed"])
    session = court.decided  # a late check of an earlier submission writes into that one's list
    try:
        one = task(number, seed)
    except ArgumentError as problem:
        channel.send("complaint", message=str(problem))
        return
    verdict = _verdict(channel, one, fields, shown, kept)
    session.append({"task": number, "seed": seed, "passed": verdict.passed, "mistakes": list(verdict.mistakes)})
    channel.send("verdict", **{**asdict(verdict), "status": verdict.status.value})


def _verdict(
    channel: Channel, one: Task, fields: dict[str, Any], shown: Any, kept: list[Callable[..., Any]]
) -> Verdict:
    exercise = one.exercise
    broken = _broken(channel, shown)
    if broken:
        return _replaced(exercise, broken)
    if fields["stub"]:
        return exercise.unattempted("Replace `raise NotImplementedError()` by your code, then run the cell again.")
    if fields["gap"]:
        return exercise.unattempted("Three dots are left in it. Replace them, then run the cell again.")
    if fields["kind"] != "function":
        return exercise.verdict(Status.WRONG, f"The answer should be a function; it is a {fields['kind']}.")
    distant = Distant(channel, exercise, kept)
    verdict = judge(_patient(exercise), distant)
    if distant.unwritten:
        return exercise.unattempted("It raises NotImplementedError: a part of it is not written yet.")
    if distant.calls and not one.library:
        return _borrowed(exercise, distant.calls)
    return verdict


def _broken(channel: Channel, shown: dict[str, int]) -> list[str]:
    """Return the names of replaced functions; only where a module's checksum differs are its seals asked for."""
    mine = seals.seals()
    sums = seals.checksums(mine)
    doubtful = [name for name in sums.keys() & shown.keys() if sums[name] != shown[name]]
    if not doubtful:
        return []
    channel.send("seals", modules=doubtful)
    theirs = channel.receive()[2]
    return sorted(name for module in doubtful for name in seals.broken(mine[module], theirs[module]))


def _patient(exercise: Exercise) -> Exercise:
    """Return the exercise with a longer limit: the student's side cuts off first and says so."""
    seconds = getattr(exercise, "seconds", None)
    return exercise if seconds is None else replace(exercise, seconds=seconds + PATIENCE)  # type: ignore[call-arg]


def _replaced(exercise: Exercise, names: list[str]) -> Verdict:
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return exercise.verdict(
        Status.WRONG,
        f"A library was patched: in this notebook {some} is no longer what was installed. No points while that is so.",
        ("Take out what replaces it, restart the kernel and run all cells again.",),
        section="",
    )


def _borrowed(exercise: Exercise, calls: list[str]) -> Verdict:
    return exercise.verdict(
        Status.WRONG,
        f"It calls {', '.join(calls[:3])}. This task is to be solved with Python and NumPy alone.",
        ("bplearn's own layers, losses and checks may be used to compare, outside the function that you hand in.",),
        section="",
    )


class Distant:
    """A student's function, seen from here: a call sends the arguments and waits for numbers."""

    def __init__(self, channel: Channel, exercise: Exercise, kept: list[Callable[..., Any]]) -> None:
        self._channel, self._kept = channel, kept
        self._seconds = getattr(exercise, "seconds", 5.0)
        self.unwritten = False
        self.calls: list[str] = []

    def __call__(self, *arguments: Any) -> Any:  # noqa: D102
        self._channel.send("call", arguments, seconds=self._seconds)
        while True:
            kind, fields, value = self._channel.receive()
            if kind == "apply":
                self._apply(fields["number"], value)
                continue
            self.calls += [name for name in fields["calls"] if name not in self.calls]
            if kind == "failed":
                raise self._failure(fields)
            result, spoiled = value
            if spoiled is not None:
                _spoil(arguments, spoiled)
            return result

    def _apply(self, number: int, arguments: Any) -> None:
        try:
            self._channel.send("value", self._kept[number](*arguments))
        except Exception as problem:  # the student called it with something else
            self._channel.send("raised", message=f"{type(problem).__name__}: {problem}")

    def _failure(self, fields: dict[str, Any]) -> Exception:
        self.unwritten = self.unwritten or fields["kind"] == "NotImplementedError"
        where = f"at line {fields['line']}: `{fields['code']}`\n" if fields["code"] else ""
        kind = type(fields["kind"], (Exception,), {})  # the verdict names the student's own exception
        failure: Exception = kind(where + fields["message"])
        return failure


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
