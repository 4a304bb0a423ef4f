"""The student's side of a check: run the answer on the inputs that came, send back what it gave, show the verdict.

While a teacher grades, the other side is the grader's own process, and what it writes down are the points; so it does
not matter what a notebook does to this module. At home it is a process that this one starts. Belongs to
notebooks/assignments.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from bplearn.course.client import forbidden_calls
from bplearn.course.client.protocol import Channel, Closed, plain
from bplearn.errors import ArgumentError, BplearnError
from bplearn.exercises.engine import runner
from bplearn.exercises.engine.stubs import has_gap, is_stub
from bplearn.exercises.engine.verdict import Status, Verdict

ADDRESS = "BPLEARN_REFEREE"  # "address key" of the grader's process, for a kernel that it has started
PATIENCE = 10  # so many times its limit of processor time may an answer take by the clock

_LINES: dict[str, Channel] = {}  # to the grader's processes, by address; "" is one of this process's own
_ONE_AT_A_TIME = threading.Lock()


class CheckFailed(BplearnError, AssertionError):
    """A check of an assignment did not pass; the message is the verdict."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()  # the verdict says it all; a traceback would show the tests' source


class RefereeLost(BplearnError, RuntimeError):
    """The grader's process has ended."""


def verdict_of(number: str, answer: Any, seed: int = 0) -> Verdict:
    """Let the grader judge a function or value as the answer to a task, and return the verdict.

    Raises: ArgumentError for a number that is no task.
    """
    with _ONE_AT_A_TIME:
        address = "" if "" in _LINES else os.environ.get(ADDRESS, "")
        try:
            if address not in _LINES:
                _LINES[address] = _call(address) if address else _own_server()
            channel = _LINES[address]
            channel.send("check", number=number, seed=seed, **_about(answer))
            return _exchange(channel, answer)
        except (Closed, OSError) as problem:
            _LINES.pop(address, None)
            raise RefereeLost(
                f"The check was cut off ({problem}). Restart the kernel and run all cells again."
            ) from None


def use(channel: Channel) -> None:
    """Let the checks of this process go over this line."""
    _LINES[""] = channel


def _about(answer: Any) -> dict[str, Any]:
    """Return what can be said of an answer without calling it."""
    stub = answer is Ellipsis or answer is None or is_stub(answer) or _raises_not_implemented(answer)
    return {
        "stub": stub,
        "gap": not stub and has_gap(answer),
        "kind": "function" if callable(answer) else type(answer).__name__,
        "names": sorted(_names(answer)),
    }


def _exchange(channel: Channel, answer: Any) -> Verdict:
    """Run the answer on what the grader sends, once or twice, until the verdict comes."""
    while True:
        kind, fields, value = channel.receive()
        if kind == "verdict":
            return Verdict(**{**fields, "status": Status(fields["status"])} | _tuples(fields))
        if kind == "refused":
            raise ArgumentError(fields["message"])
        calls, stand_ins = value
        with _standing_in(answer, stand_ins):
            ran = _run(channel, answer, calls, fields)
        channel.send("ran", [came for came, _ in ran], about=[about for _, about in ran])


def _run(channel: Channel, answer: Any, calls: list[Any], limits: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Return what each call gave, what became of its arguments, and what is to be said of it."""
    ran = []
    for arguments in calls:
        ran.append(_run_one(channel, answer, arguments, **limits))
        if (ran[-1][1]["failure"] or {}).get("kind") == "TimeUp":  # the others would run as long
            break
    return ran


def _run_one(channel: Channel, answer: Any, given: Any, seconds: float, memory: bool) -> tuple[Any, dict[str, Any]]:
    before = runner.copies(given)
    calls: list[str] = []
    calling = threading.get_ident()
    about: dict[str, Any] = {"calls": calls, "failure": None, "slow": False, "bytes": 0}

    def go() -> Any:
        with forbidden_calls.watching(calls, calling):
            return plain(answer(*given)), plain(given)  # while what they do is seen

    def measured() -> Any:
        tracemalloc.start()
        try:
            return go()
        finally:
            about["bytes"] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

    started = time.process_time()
    ran = runner.run(measured if memory else go, seconds, wall=PATIENCE * seconds, hold=lambda: channel.busy)
    failure = ran.failure
    if failure is not None:
        about["failure"] = {name: getattr(failure, name) for name in ("kind", "message", "line", "code")}
        about["slow"] = failure.kind == "TimeUp" and time.process_time() - started < seconds
    value, after = ran.value or (None, before)
    return (value, after if runner.changed(before, after) else None), about


@contextlib.contextmanager
def _standing_in(answer: Any, stand_ins: dict[str, Callable[..., Any]]) -> Iterator[None]:
    """Put right functions of earlier tasks in the place of the student's own while the answer is called."""
    there = getattr(answer, "__globals__", {}) if stand_ins else {}
    before = {name: there[name] for name in stand_ins if name in there}
    there.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            there.pop(name, None)
        there.update(before)


def _names(answer: Any) -> set[str]:
    """Return the names that a function uses, and those that functions of its own notebook use for it."""
    there = getattr(answer, "__globals__", {})
    found: set[str] = set()
    codes = [getattr(answer, "__code__", None)]
    while codes:
        code = codes.pop()
        if isinstance(code, CodeType):
            new = set(code.co_names) - found
            found |= new
            own = (there.get(name) for name in new)
            codes += [one.__code__ for one in own if isinstance(one, FunctionType) and one.__globals__ is there]
            codes += code.co_consts
    return found


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}


def _raises_not_implemented(answer: Any) -> bool:
    code = getattr(answer, "__code__", None)
    return code is not None and code.co_names[:1] == ("NotImplementedError",) and len(code.co_names) == 1


def _call(address: str) -> Channel:
    place, _, key = address.rpartition(" ")
    return Channel(Client(place, authkey=bytes.fromhex(key)))


def _own_server() -> Channel:
    """Start a process that checks, and call it; it ends when this process does.

    Raises: RefereeLost where it does not come up.
    """
    home = str(Path(__file__).parents[3])
    program = f"import sys; sys.path.insert(0, {home!r}); from bplearn.course.server.session import main; main()"
    command = [sys.executable, "-I", "-c", program]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    forbidden_calls.OUR_CHILDREN.add(process.pid)
    atexit.register(_end, process)
    key = secrets.token_hex(16)
    if process.stdin is not None and process.stdout is not None:
        process.stdin.write(key + "\n")
        process.stdin.flush()
        if place := process.stdout.readline().strip():
            return _call(f"{place} {key}")
    raise RefereeLost("The referee did not start. Is bplearn installed whole? Try: bplearn doctor")


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
