"""The student's side of a check: hands a function's answers to the referee and shows what the referee says.

The function runs here, in the notebook, with a time limit; the inputs come from the referee and only numbers go
back. While a teacher grades, the referee belongs to nbgrader's process and writes down the points itself, so it does
not matter what a notebook does to this module. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from types import CodeType, FunctionType
from typing import Any

from bplearn.course import borrowed, seals
from bplearn.course.wire import Channel, Closed, Theirs
from bplearn.errors import ArgumentError, BplearnError
from bplearn.exercises.engine import runner
from bplearn.exercises.engine.stubs import has_gap, is_stub
from bplearn.exercises.engine.verdict import Status, Verdict

ADDRESS = "BPLEARN_REFEREE"  # "port token" of the referee that a grader runs


class CheckFailed(BplearnError, AssertionError):
    """A check of an assignment did not pass; the message is the verdict."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()  # the verdict says it all; a traceback would show the tests' source


class RefereeLost(BplearnError, RuntimeError):
    """The referee's process has ended."""


def verdict_of(number: str, answer: Any, seed: int = 0) -> Verdict:
    """Let the referee judge a function or value as the answer to a task, and return the verdict.

    Raises: ArgumentError for a number that is no task.
    """
    channel, functions = _connect()
    with contextlib.closing(channel), contextlib.closing(functions):
        try:
            stub = answer is Ellipsis or answer is None or is_stub(answer) or _raises_not_implemented(answer)
            gap = not stub and has_gap(answer)
            kind = "function" if callable(answer) else type(answer).__name__
            seen, names = seals.seals(), sorted(_names(answer))
            about = {"number": number, "seed": seed, "stub": stub, "gap": gap, "kind": kind, "names": names}
            channel.send("check", seals.checksums(seen), **about)
            return _serve(channel, functions, answer, seen)
        except (Closed, OSError) as problem:
            raise RefereeLost(
                f"The check was cut off ({problem}). Restart the kernel and run all cells again."
            ) from None


def _serve(channel: Channel, functions: _Functions, answer: Any, seen: seals.Seals) -> Verdict:
    """Call the answer as often as the referee asks, until it gives its verdict."""
    stand_ins: dict[str, Callable[..., Any]] = {}
    while True:
        kind, fields, value = channel.receive()
        if kind == "verdict":
            return Verdict(**{**fields, "status": Status(fields["status"])} | _tuples(fields))
        if kind == "complaint":
            raise ArgumentError(fields["message"])
        if kind == "seals":
            channel.send("seals", {name: some for name, some in seen.items() if name in fields["modules"]})
            continue
        if kind == "stand in":
            stand_ins = {name: _by_name(function, arguments) for name, (function, arguments) in value.items()}
            continue
        with _standing_in(answer, stand_ins):
            _call(channel, functions, answer, fields, value)


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


def _by_name(function: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """Return a function of the referee that takes its arguments by name, too."""

    def stand_in(*arguments: Any, **named: Any) -> Any:
        return function(*arguments, *(named[name] for name in names[len(arguments) :]))

    return stand_in


def _call(channel: Channel, functions: _Functions, answer: Any, fields: dict[str, Any], given: Any) -> None:
    before = runner.copies(given)
    calls: list[str] = []

    def go() -> Any:
        with borrowed.watching() as seen:
            try:
                return answer(*given)
            finally:
                calls.extend(seen)

    functions.channel = channel
    ran = runner.run(go, fields["seconds"])
    functions.settle()
    if ran.failure is not None:
        failure = ran.failure
        channel.send(
            "failed", kind=failure.kind, message=failure.message, line=failure.line, code=failure.code, calls=calls
        )
    else:
        spoiled = runner.changed(before, given)
        channel.send("value", (ran.value, given if spoiled else None), calls=calls)


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}


def _raises_not_implemented(answer: Any) -> bool:
    code = getattr(answer, "__code__", None)
    return code is not None and code.co_names[:1] == ("NotImplementedError",) and len(code.co_names) == 1


class _Functions:
    """Functions of the referee, as callables here: a call sends the arguments over and waits for the result.

    The exchange runs in a thread of its own: a time limit that strikes between question and answer ends the waiting,
    and leaves no half a message on the line. Orders and replies go through simple queues, which a time limit cannot
    leave locked, as it could a Future.
    """

    def __init__(self) -> None:
        self.channel: Channel | None = None
        self._orders: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._work, name="the line to the referee", daemon=True).start()

    def reach(self, number: int) -> Callable[..., Any]:
        return _Remote(self, number)

    def ask(self, number: int, arguments: tuple[Any, ...]) -> tuple[str, dict[str, Any], Any]:
        return self._order(lambda: self._exchange(number, arguments))

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self._order(lambda: None)

    def close(self) -> None:
        self._orders.put(None)

    def _order(self, action: Callable[[], Any]) -> Any:
        reply: SimpleQueue[Any] = SimpleQueue()
        self._orders.put((action, reply))
        result, problem = reply.get()
        if problem is not None:
            raise problem
        return result

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            action, reply = order
            try:
                reply.put((action(), None))
            except Exception as problem:  # raised where it was asked for
                reply.put((None, problem))

    def _exchange(self, number: int, arguments: tuple[Any, ...]) -> tuple[str, dict[str, Any], Any]:
        if self.channel is None:
            raise RefereeLost("This function only works while a check runs.")
        self.channel.send("apply", arguments, number=number)
        return self.channel.receive()


class _Remote(Theirs):
    """One function of the referee."""

    def __init__(self, functions: _Functions, number: int) -> None:
        self._functions, self.number = functions, number

    def __call__(self, *arguments: Any) -> Any:
        kind, fields, value = self._functions.ask(self.number, arguments)
        if kind == "raised":
            raise ValueError(fields["message"])
        return value

    def __deepcopy__(self, memo: Any) -> _Remote:
        return self


def _connect() -> tuple[Channel, _Functions]:
    port, token = (os.environ.get(ADDRESS) or _own_referee()).split()
    functions = _Functions()
    try:
        connection = socket.create_connection(("127.0.0.1", int(port)), timeout=600)
    except OSError as problem:
        raise RefereeLost(
            f"The referee does not answer ({problem}). Restart the kernel and run all cells again."
        ) from None
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    channel = Channel(connection, reach=functions.reach)
    channel.send("hello", token=token)
    return channel, functions


_OWN: list[Any] = []  # the referee of this kernel and its address, once it runs


def _own_referee() -> str:
    if not _OWN or _OWN[0].poll() is not None:
        end_referee()
        _OWN[:] = start_referee(secrets.token_hex(8), keeper="")
    return str(_OWN[1])


@atexit.register
def end_referee() -> None:
    """Let this kernel's referee go; the next check starts another one."""
    if _OWN:
        process, _ = _OWN
        _OWN.clear()
        process.kill()
        process.communicate()


def start_referee(token: str, keeper: str) -> tuple[subprocess.Popen[str], str]:
    """Start a referee's process; return it and its address. It ends when this process does.

    Raises: RefereeLost where it does not come up.
    """
    home = str(Path(__file__).parents[2])
    program = f"import sys; sys.path.insert(0, {home!r}); from bplearn.course.referee import main; main()"
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, "-I", "-c", program], **pipes)
    if process.stdin is None or process.stdout is None:
        raise RefereeLost("The referee has no pipes.")
    process.stdin.write(json.dumps({"token": token, "keeper": keeper}) + "\n")
    process.stdin.flush()
    port = process.stdout.readline().strip()
    if not port:
        raise RefereeLost("The referee did not start. Is bplearn installed whole? Try: bplearn doctor")
    return process, f"{port} {token}"
