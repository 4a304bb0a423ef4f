"""Steps for nbgrader: a referee for each submission, and feedback that hides what shall stay hidden.

nbgrader_config.py names these classes. `OpenSession` stands before nbgrader's Execute, `CloseSession` after it: a
check in a test cell counts only if the referee itself has written down that it passed. Belongs to
notebooks/assignments.
"""

from __future__ import annotations

import ast
import html
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
        seeds: dict[str, list[int]] = {}
        for cell in _test_cells(nb):
            for number, seed in checks_in(cell.source):
                seeds.setdefault(number, []).append(seed)
        token = _fetch(seeds=seeds)["token"]
        os.environ[ADDRESS] = f"{_RUNNING['port']} {token}"
        return nb, resources


class CloseSession(NbGraderPreprocessor):  # type: ignore[misc]
    """Give test cells the points for what the referee has seen to be right, and take those that it has not seen."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Compare each test cell with what the referee wrote down."""
        os.environ.pop(ADDRESS, None)
        cells = [(cell, checks_in(cell.source)) for cell in _test_cells(nb)]
        cells = [(cell, checks) for cell, checks in cells if checks]
        found = _fetch(cells=[(checks[0][0], [seed for _, seed in checks]) for _, checks in cells])
        passed = {(one["task"], one["seed"]) for one in found["decided"] if one["passed"]}
        for (cell, checks), settled in zip(cells, found["settled"], strict=True):
            missing = [check for check in checks if check not in passed]
            _settle(cell, checks, missing, settled)
        return nb, resources


def _settle(
    cell: NotebookNode, checks: list[tuple[str, int]], missing: list[tuple[str, int]], settled: dict[str, Any] | None
) -> None:
    """Write the points of a test cell into its outputs, where nbgrader looks for them."""
    outputs = [one for one in cell.outputs if one.output_type != "execute_result"]  # nothing that a notebook says
    errors = [one for one in outputs if one.output_type == "error"]
    most = float(cell.metadata.nbgrader["points"])
    stopped = bool(errors) and errors[0].ename == CheckFailed.__name__
    if settled is not None and missing and stopped and _only_one_task(cell.source, checks):
        earned = min(round(most * settled["share"], 2), most)
        outputs.insert(0, _points(earned, most, settled))
    elif missing and not errors:
        outputs.append(_no_points(missing))
    elif not errors:
        outputs = [one for one in outputs if one.get("name") != "stderr"]  # a warning costs nothing
        outputs.insert(0, _points(most, most, None))
    cell.outputs = outputs


def _points(earned: float, most: float, settled: dict[str, Any] | None) -> NotebookNode:
    """Return an output with the points as nbgrader reads them, and in words for the feedback."""
    lines = [f"<strong>{earned:g} of {most:g} points.</strong>"]
    if settled is not None and len(settled["parts"]) > 1:
        whole = sum(worth for _, worth, _ in settled["parts"])
        worths = [(f"{label} ({most * worth / whole:.3g})", right) for label, worth, right in settled["parts"]]
        for word, wanted in (("Right", True), ("Not right yet", False)):
            some = [part for part, right in worths if right is wanted]
            lines += [f"{word}: {', '.join(some)}."] if some else []
    if settled is not None and settled["halved"]:
        lines.append("Half of it, since the arguments are changed.")
    if settled is not None and settled["through"]:
        lines.append(
            "These points are for what is right once right functions of the earlier tasks stand in the place of yours: "
            "a slip in them is not paid for twice."
        )
    shown = "".join(f"<p>{html.escape(line) if place else line}</p>" for place, line in enumerate(lines))
    data = {"text/plain": f"{earned:g}", "text/html": shown}
    result: NotebookNode = new_output("execute_result", data, execution_count=None)  # type: ignore[no-untyped-call]
    return result


def _only_one_task(source: str, checks: list[tuple[str, int]]) -> bool:
    """Return whether a cell holds checks of one task and nothing else: other tests may say what they like."""
    return len({number for number, _ in checks}) == 1 and len(ast.parse(source).body) == len(checks)


def _test_cells(nb: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in nb.cells if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)]


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


def _fetch(cells: Any = (), seeds: Any = None) -> dict[str, Any]:
    """Return what the referee decided since the last time, settled by test cells, and the next session's token."""
    channel = Channel(socket.create_connection(("127.0.0.1", _RUNNING["port"]), timeout=60))
    try:
        channel.send("hello", token=_RUNNING["keeper"], cells=list(cells), seeds=seeds or {})
        return channel.receive()[1]
    finally:
        channel.close()


def _no_points(missing: list[tuple[str, int]]) -> NotebookNode:
    names = ", ".join(dict.fromkeys(number for number, _ in missing))
    text = f"The referee has not seen {names} pass, so there are no points. Was `check` or a library replaced?"
    error: NotebookNode = new_output("error", ename="NotSeen", evalue=text, traceback=[text])  # type: ignore[no-untyped-call]
    return error
