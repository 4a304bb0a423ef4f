"""What crosses between a student's notebook and the referee: JSON and the bytes of arrays, nothing that runs.

The two are processes of their own, so nothing that a notebook replaces in its own process can reach the comparison.
Functions cross as numbers: whoever gets one may ask the other side to call it. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_BYTES = 1 << 28
MOST_PARTS = 10_000
DEEPEST = 8
_KINDS = "biuf"


class Theirs:
    """Stands for a function of the other side; `number` is how that side knows it."""

    number: int


Keep = Callable[[Any], int]  # takes a function, returns the number under which it can be called
Reach = Callable[[int], Any]  # takes such a number, returns a function
Recall = Callable[[int], Any]  # takes the number of a function of one's own, returns it


class Closed(ConnectionError):
    """The other side has gone."""


class Odd:
    """Stands for a value that does not cross, such as an object of a class of the student's own.

    >>> Odd("Network", "<Network>")
    <Network>
    """

    def __init__(self, kind: str, shown: str) -> None:
        self.kind, self.shown = kind, shown

    def __repr__(self) -> str:
        return self.shown


class Channel:
    """Messages over a socket: a kind, plain fields, and one value with its arrays.

    >>> import socket
    >>> one, two = map(Channel, socket.socketpair())
    >>> one.send("value", (np.ones(2), 3))
    >>> two.receive()
    ('value', {}, (array([1., 1.]), 3))
    >>> one.close(); two.close()
    """

    def __init__(
        self,
        connection: socket.socket,
        keep: Keep | None = None,
        reach: Reach | None = None,
        recall: Recall | None = None,
    ) -> None:
        self._socket, self._keep, self._reach, self._recall = connection, keep, reach, recall
        self._file = connection.makefile("rb")

    def send(self, kind: str, value: Any = None, /, **fields: Any) -> None:
        """Send one message."""
        blobs: list[bytes] = []
        tree = self._down(value, blobs, 0)
        head = json.dumps({"kind": kind, "fields": fields, "value": tree, "sizes": [len(blob) for blob in blobs]})
        encoded = head.encode()
        self._socket.sendall(b"".join((struct.pack(">Q", len(encoded)), encoded, *blobs)))

    def receive(self) -> tuple[str, dict[str, Any], Any]:
        """Return the kind, the fields and the value of the next message.

        Raises: Closed when there is none.
        """
        size = struct.unpack(">Q", self._read(8))[0]
        head = json.loads(self._read(size))
        blobs = [self._read(size) for size in head["sizes"]]
        return head["kind"], head["fields"], self._up(head["value"], blobs)

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def _read(self, size: int) -> bytes:
        if size > MOST_BYTES:
            raise Closed("a message that is too long")
        content = self._file.read(size)
        if len(content) < size:
            raise Closed("the other side has gone")
        return content

    def _down(self, value: Any, blobs: list[bytes], depth: int) -> Any:
        """Return a value as plain JSON, its arrays as bytes in `blobs`."""
        if isinstance(value, np.ndarray | np.generic):
            array = np.array(value, order="C")
            if array.dtype.kind not in _KINDS or array.nbytes > MOST_BYTES:
                return {"is": "odd", "kind": type(value).__name__, "shown": f"an array of {array.dtype}"}
            little = array.astype(array.dtype.newbyteorder("<"))
            blobs.append(np.ndarray.tobytes(little))
            return {"is": "array", "type": little.dtype.str, "shape": list(little.shape), "at": len(blobs) - 1}
        if value is None or isinstance(value, bool | int | float | str):
            return {"is": "plain", "value": value} if isinstance(value, str | None) else _number(value)
        if value is Ellipsis:
            return {"is": "dots"}
        if isinstance(value, list | tuple) and len(value) <= MOST_PARTS and depth < DEEPEST:
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {"is": kind, "parts": [self._down(part, blobs, depth + 1) for part in value]}
        if isinstance(value, dict) and len(value) <= MOST_PARTS and depth < DEEPEST:
            return {
                "is": "dict",
                "parts": [[str(name), self._down(part, blobs, depth + 1)] for name, part in value.items()],
            }
        if isinstance(value, Theirs):
            return {"is": "yours", "number": value.number}
        if callable(value) and self._keep is not None:
            return {"is": "function", "number": self._keep(value)}
        return {"is": "odd", "kind": type(value).__name__, "shown": _shown(value)}

    def _up(self, tree: Any, blobs: list[bytes]) -> Any:
        """Return the value that a message holds."""
        kind = tree["is"]
        if kind == "array":
            array = np.frombuffer(blobs[tree["at"]], dtype=np.dtype(tree["type"])).reshape(tree["shape"])
            return array.astype(array.dtype.newbyteorder("="))
        if kind in ("tuple", "list"):
            parts = [self._up(part, blobs) for part in tree["parts"]]
            return tuple(parts) if kind == "tuple" else parts
        if kind == "dict":
            return {name: self._up(part, blobs) for name, part in tree["parts"]}
        if kind == "function":
            return self._reach(tree["number"]) if self._reach is not None else Odd("function", "<a function>")
        if kind == "yours" and self._recall is not None:
            return self._recall(tree["number"])
        if kind == "odd":
            named: type[Odd] = type(str(tree["kind"]), (Odd,), {})  # messages name the student's own class
            return named(tree["kind"], tree["shown"])
        return ... if kind == "dots" else tree["value"]


def _number(value: float) -> dict[str, Any]:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return {"is": "plain", "value": float("inf") if value > 0 else float("-inf")}
    return {"is": "plain", "value": value}


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple | dict):  # too long or too deep to be shown
        return f"<{type(value).__name__} of {len(value)} parts>"
    try:
        return str(repr(value))[:80]
    except Exception:  # a repr of the student's own
        return f"<{type(value).__name__}>"
