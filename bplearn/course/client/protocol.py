"""What crosses between a student's process and the grader: JSON and the bytes of arrays, nothing that runs.

A message is a kind, plain fields, and one value with its arrays. A function that the grader sends stays with the
grader: the student's side gets a stand-in that asks for each result. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from inspect import signature
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

MOST_BYTES = 1 << 28
MOST_PARTS = 10_000
DEEPEST = 8
_KINDS = "biuf"
_ENCODE = json.JSONEncoder().encode

Message = tuple[str, dict[str, Any], Any]


class Closed(ConnectionError):
    """The other side has gone."""


class RemoteFunction:
    """A function of the other side; `call` asks for a result and waits. Arguments may be given by name."""

    def __init__(self, call: Callable[..., Any], number: int, names: list[str]) -> None:
        self._call, self.number, self.names = call, number, names

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: D102
        open_names = self.names[len(arguments) :]
        if named.keys() - set(open_names):
            raise TypeError(f"it takes ({', '.join(self.names)}), got {', '.join(named)} by name")
        return self._call(self.number, (*arguments, *(named[name] for name in open_names if name in named)))

    def __deepcopy__(self, memo: Any) -> RemoteFunction:
        return self


class Unsendable:
    """Stands for a value that does not cross, such as an object of a class of the student's own.

    >>> Unsendable("<Network>")
    <Network>
    """

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def __repr__(self) -> str:
        return self.shown


class Channel:
    """Messages over a connection of `multiprocessing`, of which only `send_bytes` and `recv_bytes` are used.

    `exports`: functions in what is sent get a number, and the other side may call them while it works on it.

    >>> from multiprocessing import Pipe
    >>> one, two = map(Channel, Pipe())
    >>> one.send("value", (np.ones(2), 3))
    >>> two.receive()
    ('value', {}, (array([1., 1.]), 3))
    """

    def __init__(self, connection: Connection, *, exports: bool = False) -> None:
        self._connection, self._exports = connection, exports
        self._exported: list[Callable[..., Any]] = []
        self._reading_call = False  # only in a call does a function of this side come home
        self.busy = False  # between a question and its answer: a time limit waits until that is over

    def send(self, kind: str, value: Any = None, /, **fields: Any) -> None:
        """Send one message.

        Raises: Closed when nobody reads it.
        """
        blobs: list[bytes] = []
        tree = self._down(plain(value, functions=self._exports), blobs)
        head = {"kind": kind, "fields": fields, "value": tree, "sizes": [len(blob) for blob in blobs]}
        encoded = _ENCODE(head).encode()
        try:
            self._connection.send_bytes(b"".join((struct.pack(">Q", len(encoded)), encoded, *blobs)))
        except (OSError, ValueError) as problem:  # ValueError: larger than a message may be
            raise Closed(str(problem)) from None

    def receive(self, seconds: float | None = None) -> Message:
        """Return the kind, the fields and the value of the next message; calls of exported functions are served.

        Raises: Closed when there is none, not even after so many seconds.
        """
        while True:
            try:
                if seconds is not None and not self._connection.poll(seconds):
                    raise Closed(f"no answer for {seconds:g} s")
                content = memoryview(self._connection.recv_bytes(MOST_BYTES))
            except (EOFError, OSError) as problem:
                raise Closed(str(problem) or "the other side has gone") from None
            kind, fields, value = self._message(content)
            if kind != "call" or not self._exports:
                return kind, fields, value
            self._serve(fields["number"], value)

    def call(self, number: int, arguments: tuple[Any, ...]) -> Any:
        """Return what a function of the other side gives for these arguments.

        Raises: ValueError with the other side's words where it raised something.
        """
        self.busy = True
        try:
            self.send("call", arguments, number=number)
            kind, fields, value = self.receive()
        finally:
            self.busy = False
        if kind == "raised":
            raise ValueError(fields["message"])
        return value

    def forget(self) -> None:
        """Take back the functions that were exported."""
        self._exported.clear()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _message(self, content: memoryview) -> Message:
        try:
            size = struct.unpack(">Q", content[:8])[0]
            head = json.loads(bytes(content[8 : 8 + size]))
            blobs, place = [], 8 + size
            for length in head["sizes"]:
                blobs.append(content[place : place + length])
                place += length
            self._reading_call = head["kind"] == "call"
            return head["kind"], head["fields"], self._up(head["value"], blobs)
        except (struct.error, ValueError, KeyError, TypeError, IndexError, RecursionError) as problem:
            raise Closed(f"a message that cannot be read ({problem})") from None

    def _serve(self, number: int, arguments: tuple[Any, ...]) -> None:
        try:
            self.send("value", self._exported[number](*arguments))
        except Closed:
            raise
        except Exception as problem:  # it was called with something else
            self.send("raised", message=f"{type(problem).__name__}: {problem}")

    def _down(self, value: Any, blobs: list[bytes]) -> Any:
        """Return a plain value as JSON, its arrays as bytes in `blobs`."""
        kind = type(value)
        if kind is np.ndarray:
            blobs.append(value.tobytes())
            return {"is": "array", "type": value.dtype.str, "shape": value.shape, "at": len(blobs) - 1}
        if value is None or kind in (bool, int, float, str):
            return {"is": "plain", "value": value}
        if value is Ellipsis:
            return {"is": "dots"}
        if kind in (tuple, list):
            return {"is": kind.__name__, "parts": [self._down(part, blobs) for part in value]}
        if kind is dict:
            return {"is": "dict", "parts": [[name, self._down(part, blobs)] for name, part in value.items()]}
        if kind is RemoteFunction:
            return {"is": "yours", "number": value.number}
        if callable(value):
            self._exported.append(value)
            return {"is": "function", "number": len(self._exported) - 1, "names": list(signature(value).parameters)}
        return {"is": "odd", "kind": kind.__name__, "shown": value.shown}

    def _up(self, tree: Any, blobs: list[memoryview]) -> Any:
        """Return the value that a message holds."""
        kind = tree["is"]
        if kind == "array":
            if tree["type"][1] not in _KINDS:
                raise ValueError(f"an array of {tree['type']}")
            array = np.frombuffer(blobs[tree["at"]], tree["type"]).reshape(tree["shape"])
            return array.astype(f"={tree['type'][1:]}")  # a copy, that may be written to
        if kind in ("tuple", "list"):
            parts = [self._up(part, blobs) for part in tree["parts"]]
            return tuple(parts) if kind == "tuple" else parts
        if kind == "dict":
            return {name: self._up(part, blobs) for name, part in tree["parts"]}
        if kind == "function" and not self._exports:
            return RemoteFunction(self.call, tree["number"], tree["names"])
        if kind == "yours" and self._reading_call:
            return self._exported[tree["number"]]
        if kind == "odd":
            named: type[Unsendable] = type(str(tree["kind"]), (Unsendable,), {})
            return named(tree["shown"])
        if kind in ("function", "yours"):
            return Unsendable("<a function>")
        return ... if kind == "dots" else tree["value"]


_AS_IT_IS = (float, str, bool, type(None), RemoteFunction)


def plain(value: Any, depth: int = 0, *, functions: bool = False) -> Any:
    """Return a value without anything of a student's own in it: arrays, numbers, texts, lists, tuples, dicts.

    What is none of these becomes `Unsendable`; functions stay if they may.

    >>> plain({"a": (np.float32(1), object)})
    {'a': (array(1., dtype=float32), <class 'object'>)}
    """
    exact = type(value)
    if exact in _AS_IT_IS or value is Ellipsis or (exact is np.ndarray and _fits(value)):
        return value
    if isinstance(value, np.ndarray | np.generic):
        array = np.array(value)
        if _fits(array):
            return array
        return _unsendable(value, f"an array of {array.dtype}")
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**63 else float("inf" if value > 0 else "-inf")
    if isinstance(value, float | str):
        return float(value) if isinstance(value, float) else "".join(value)
    if isinstance(value, list | tuple | dict) and len(value) <= MOST_PARTS and depth < DEEPEST:
        if isinstance(value, dict):
            return {str(name): plain(part, depth + 1, functions=functions) for name, part in value.items()}
        kind = tuple if isinstance(value, tuple) else list
        return kind(plain(part, depth + 1, functions=functions) for part in value)
    if isinstance(value, Unsendable) or (functions and callable(value)):
        return value
    return _unsendable(value, _shown(value))


def _fits(array: Any) -> bool:
    return array.dtype.kind in _KINDS and array.nbytes <= MOST_BYTES


def _unsendable(value: Any, shown: str) -> Unsendable:
    found: Unsendable = type(type(value).__name__, (Unsendable,), {})(shown)  # messages name the student's class
    return found


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple | dict):  # too long or too deep to be shown
        return f"<{type(value).__name__} of {len(value)} parts>"
    try:
        return str(repr(value))[:80]
    except Exception:  # a repr of the student's own
        return f"<{type(value).__name__}>"
