"""Steps for nbgrader: a referee for each submission, and feedback that hides what shall stay hidden.

nbgrader_config.py names these classes. `OpenSession` stands before nbgrader's Execute, `CloseSession` after it: a
check in a test cell counts only if the referee itself has written down that it passed. Belongs to
notebooks/assignments.
"""

from __future__ import annotations

import ast
import os
import secrets
import socket
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from bplearn.course.desk import ADDRESS, CheckFailed, start_referee
from bplearn.course.wire import Channel

Resources = dict[str, Any]
_RUNNING: dict[str, Any] = {}  # the referee of this process, for all submissions one after the other


class OpenSession(NbGraderPreprocessor):  # type: ignore[misc]
    """Give the kernel that is about to start a referee that the notebook does not own."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Open a session under a token of its own."""
        if not _RUNNING or _RUNNING["process"].poll() is not None:
            keeper = secrets.token_hex(16)
            process, address = start_referee(secrets.token_hex(8), keeper)
            _RUNNING.update(process=process, port=int(address.split()[0]), keeper=keeper)
        token = _fetch()["token"]
        os.environ[ADDRESS] = f"{_RUNNING['port']} {token}"
        return nb, resources


class CloseSession(NbGraderPreprocessor):  # type: ignore[misc]
    """Take the points from test cells whose checks the referee has not seen pass."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Compare each test cell with what the referee wrote down."""
        os.environ.pop(ADDRESS, None)
        passed = {(one["task"], one["seed"]) for one in _fetch()["decided"] if one["passed"]}
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                missing = [check for check in checks_in(cell.source) if check not in passed]
                if missing and not any(output.output_type == "error" for output in cell.outputs):
                    cell.outputs.append(_no_points(missing))
        return nb, resources


class HideHiddenTests(ClearHiddenTests):  # type: ignore[misc]
    """Leave hidden tests out of the feedback, and out of the tracebacks in it."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        """Take the hidden lines out of a cell and out of what it raised."""
        before = cell.source
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        for output in cell.get("outputs", []) if cell.source != before else []:
            if output.output_type == "error" and output.ename != CheckFailed.__name__:  # a verdict shows no source
                output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class HideMarkSchemes(ClearMarkScheme):  # type: ignore[misc]
    """Leave mark schemes out of the feedback."""


def checks_in(source: str) -> list[tuple[str, int]]:
    r"""Return (task, seed) for each check("A2.1", answer, seed=7) in a cell.

    >>> checks_in('check("A2.1", circuit)\ncheck("A2.1", circuit, seed=7)')
    [('A2.1', 0), ('A2.1', 7)]
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "check":
            given = [*node.args[:1], *node.args[2:3], *(word.value for word in node.keywords if word.arg == "seed")]
            constants = [part.value for part in given if isinstance(part, ast.Constant)]
            number, seed = ([*constants, 0] if len(constants) == 1 else constants or ["", 0])[:2]
            if isinstance(number, str) and isinstance(seed, int) and number:
                found.append((number, seed))
    return found


def _fetch() -> dict[str, Any]:
    """Return what the referee decided since the last time, and the token of the next session."""
    channel = Channel(socket.create_connection(("127.0.0.1", _RUNNING["port"]), timeout=60))
    try:
        channel.send("hello", token=_RUNNING["keeper"])
        return channel.receive()[1]
    finally:
        channel.close()


def _no_points(missing: list[tuple[str, int]]) -> NotebookNode:
    names = ", ".join(dict.fromkeys(number for number, _ in missing))
    text = f"The referee has not seen {names} pass, so there are no points. Was `check` or a library replaced?"
    error: NotebookNode = new_output("error", ename="NotSeen", evalue=text, traceback=[text])  # type: ignore[no-untyped-call]
    return error
