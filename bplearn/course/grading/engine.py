"""The fast engine: a submission's cells run in a child that is forked from a warm process, without a kernel.

The grader sends the cells and the files beside them, answers the checks that come back, and takes down what each
cell shows; the student's process can reach nothing else. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Integer

from bplearn.course.client.protocol import Channel, Closed
from bplearn.course.grading import sandbox
from bplearn.course.grading.beside import files_beside
from bplearn.course.preprocessors import Execute, Resources, begin_again, open_session, say_where_it_died
from bplearn.course.server.session import Checks
from bplearn.errors import BplearnError

MOST_SHOWN = 40_000_000  # characters of all outputs of a notebook
CELLS_TOGETHER = 10  # so many times the limit of one cell may all of them take, in processor time
LIMITS = {"AS": 4 << 30, "FSIZE": 200 << 20, "NPROC": 512, "NOFILE": 256, "CORE": 0}
_NEEDS_A_KERNEL = re.compile(r"has no attribute '(kernel|comm_manager|parent_header)'")


class EngineError(BplearnError, RuntimeError):
    """The process that runs notebooks does not come up."""


class Students:
    """The warm process, for one submission after the other."""

    def __init__(self, course: Path, *, sandboxed: bool) -> None:
        self._sandboxed, self.processor = sandboxed, 0.0  # seconds that all its submissions took
        if not hasattr(os, "fork"):
            raise EngineError("this system cannot fork")
        ours, theirs = socket.socketpair()
        program = [sys.executable, "-m", "bplearn.course.client.fork", str(theirs.fileno())]
        command = sandbox.command(program, [course]) if sandboxed else program
        home = str(Path(__file__).parents[3])
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("BPLEARN", "JPY"))}
        environment["PYTHONPATH"] = home
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, cwd="/"
        )
        theirs.close()
        self._control = ours
        ours.settimeout(120)
        if self._told() != b"ready\n":
            raise EngineError("the process that runs notebooks does not start; see the log")

    def alive(self) -> bool:
        """Return whether it can take another submission."""
        return self._process.poll() is None

    def run(
        self, cells: list[tuple[int, str]], files: Mapping[str, bytes], session: Checks, seconds: float
    ) -> dict[int, list[NotebookNode]]:
        """Run cells, given with their places; return the outputs of those that ended, by place."""
        mine, theirs = socket.socketpair()
        limits = LIMITS | {"CPU": int(CELLS_TOGETHER * seconds)}
        order: dict[str, Any] = {"namespaces": self._sandboxed, "wall": 3 * CELLS_TOGETHER * seconds, "limits": limits}
        order |= {"hide": sandbox.HIDDEN_MODULES, "show": list(map(str, sandbox.PYTHON))}
        socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno()])
        theirs.close()
        channel = Channel(Connection(mine.detach()), exports=True)
        found: dict[int, list[NotebookNode]] = {}
        left = [MOST_SHOWN]
        with contextlib.closing(channel), contextlib.suppress(Closed):
            sent = {name: np.frombuffer(content, dtype=np.uint8) for name, content in files.items()}
            channel.send("begin", sent, cells=cells, seconds=seconds)
            while True:
                kind, fields, _ = channel.receive()
                if kind == "check":
                    session.check(channel, fields)
                elif kind == "outputs":
                    found.update(_outputs(fields, left))
                elif kind == "end":
                    break
        self._control.settimeout(order["wall"] + 60)
        try:
            self.processor += float(self._told())
        except ValueError:  # it is gone
            self.end()
        return found

    def _told(self) -> bytes:
        with contextlib.suppress(OSError):
            return self._control.recv(16)
        return b""

    def end(self) -> None:
        """End the process with all that it has started."""
        self._control.close()
        self._process.kill()
        self._process.wait()


class RunCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Run the cells of a submission by the fast engine, in the place of nbgrader's `Execute`."""

    timeout = Integer(60, help="Seconds of processor time for one cell.").tag(config=True)
    students: Students | None = None
    sandboxed = False

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Run all code cells; a process that dies takes the rest of them along, and no points.

        What needs a kernel, or finds no fast engine here, runs in a kernel from its first cell.
        """
        try:
            if RunCells.students is None or not RunCells.students.alive():
                RunCells.students = Students(Path.cwd(), sandboxed=RunCells.sandboxed)
        except EngineError as problem:
            return self._in_a_kernel(nb, resources, str(problem))
        folder = Path(resources["metadata"]["path"])
        cells = [
            (place, cell.source)
            for place, cell in enumerate(nb.cells)
            if cell.cell_type == "code" and cell.source.strip()
        ]
        found = RunCells.students.run(cells, files_beside(folder), open_session(), float(self.timeout))
        for place, outputs in found.items():
            if any(_NEEDS_A_KERNEL.search(one.get("evalue", "")) for one in outputs):
                return self._in_a_kernel(nb, resources, f"cell {place + 1} needs one")
        for count, (place, _) in enumerate(cells, 1):
            if place in found:
                nb.cells[place].outputs, nb.cells[place].execution_count = found[place], count
        if len(found) < len(cells):
            say_where_it_died(nb, "The process")
        return nb, resources

    def _in_a_kernel(self, nb: NotebookNode, resources: Resources, why: str) -> tuple[NotebookNode, Resources]:
        begin_again(f"graded in a kernel: {why}")
        found: tuple[NotebookNode, Resources] = Execute(parent=self.parent).preprocess(nb, resources)
        return found


def _outputs(fields: Any, left: list[int]) -> dict[int, list[NotebookNode]]:
    """Read what a cell showed; `left` is the room for it, and becomes less.

    Raises: Closed for what the student's side would never send by itself.
    """
    try:
        return {int(fields["place"]): [_output(one, left) for one in fields["outputs"]]}
    except (KeyError, TypeError, ValueError) as problem:
        raise Closed(f"outputs that cannot be read ({problem})") from None


def _output(one: Any, left: list[int]) -> NotebookNode:
    """Return an output as a notebook holds it; what is none, or has no room, becomes a line of text."""
    content = json.dumps(one, ensure_ascii=False).encode("utf-8", "replace")  # half a sign cannot be written down
    size = len(content)
    left[0] -= size
    try:
        if left[0] < 0:
            raise ValueError("too large")
        one = json.loads(content)
        kind = one.pop("output_type")
        return output_from_msg({"header": {"msg_type": kind}, "content": one})  # type: ignore[no-untyped-call]
    except (KeyError, TypeError, ValueError, AttributeError):
        text = f"an output of {size:,} characters that cannot be shown\n"
        return output_from_msg({"header": {"msg_type": "stream"}, "content": {"name": "stderr", "text": text}})  # type: ignore[no-untyped-call]
