"""Steps for nbgrader: a session of checks for each submission, and feedback that hides what shall stay hidden.

nbgrader_config.py names these classes. `OpenSession` stands before the step that runs the cells, `CloseSession` after
it: it writes into each test cell the points that the session has settled, whatever the notebook shows. Belongs to
notebooks/assignments.
"""

from __future__ import annotations

import html
import os
import secrets
import tempfile
import threading
from multiprocessing.connection import Listener
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from nbgrader.preprocessors import Execute as NbGraderExecute
from nbgrader.utils import is_grade, is_solution

from bplearn.course.client.checking import ADDRESS, CheckFailed
from bplearn.course.grading.beside import disarm, files_beside
from bplearn.course.grading.hidden import TestCell, drawn, read_cell, secret_of
from bplearn.course.server.points import CellScore, cell_score
from bplearn.course.server.session import Checks, answer_calls
from bplearn.course.tasks import read_tasks

Resources = dict[str, Any]
_OPEN: list[Checks] = []  # the session of the submission that is being graded
_CLOSED: list[Checks] = []  # that of the last one


class OpenSession(NbGraderPreprocessor):  # type: ignore[misc]
    """Open a session for a submission, and take the hidden checks out of its cells: the session makes them."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Open the session; how the cells looked is kept for `CloseSession`."""
        course = Path.cwd()  # where nbgrader works
        secret, hidden, before = secret_of(course), dict[str, list[int]](), {}
        for place, cell in enumerate(nb.cells):
            if _is_test(cell):
                read = read_cell(cell.source)
                for check in read.hidden:
                    hidden.setdefault(check[0], []).append(drawn(secret, *check))
                before[place], cell.source = cell.source, read.runs
        _OPEN[:] = [Checks(hidden, read_tasks(course))]
        os.environ[ADDRESS] = _LISTENER.address()
        resources["bplearn"] = {"before": before, "secret": secret}
        return nb, resources


class Execute(NbGraderExecute):  # type: ignore[misc]
    """Run the cells in a kernel, in the sandbox where one is in force; when it dies, what was earned before stays."""

    sandboxed = False

    def preprocess(self, nb: NotebookNode, resources: Resources, **words: Any) -> tuple[NotebookNode, Resources]:
        """Run all cells."""
        if Execute.sandboxed:
            from bplearn.course.grading.kernel import SandboxedKernel

            self.kernel_manager_class = SandboxedKernel
        there = resources["metadata"]["path"]
        try:
            with tempfile.TemporaryDirectory(prefix="bplearn-", ignore_cleanup_errors=True) as place:
                for name, content in files_beside(Path(there)).items():
                    (Path(place) / name).parent.mkdir(parents=True, exist_ok=True)
                    (Path(place) / name).write_bytes(content)
                resources["metadata"]["path"] = place  # in `there` nbgrader keeps a notebook with the hidden checks
                return super().preprocess(nb, resources, **words)
        except Exception as problem:  # nbclient has several for a kernel that is gone
            if type(problem).__name__ not in ("DeadKernelError", "UnresponsiveKernelError", "CellTimeoutError"):
                raise
            say_where_it_died(nb, "The kernel")
            return nb, resources
        finally:
            resources["metadata"]["path"] = there


class CloseSession(NbGraderPreprocessor):  # type: ignore[misc]
    """Give test cells the points for what the session has seen to be right, and take those that it has not seen."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Write the points into each test cell."""
        os.environ.pop(ADDRESS, None)
        session, kept = _OPEN.pop(), resources["bplearn"]
        for place, source in kept["before"].items():
            cell = nb.cells[place]
            cell.source, read = source, read_cell(source)
            if read.open or read.hidden:
                _settle(cell, read, session, kept["secret"])
        for place, cell in enumerate(nb.cells, 1):
            if disarm(cell):
                session.notes.append(
                    f"cell {place} holds a web page that would act in your browser; it is switched off"
                )
        _CLOSED[:] = [session]
        return nb, resources


def closed_session() -> Checks:
    """Return the session of the submission that was graded last."""
    return _CLOSED[-1]


def open_session() -> Checks:
    """Return the session of the submission that is being graded."""
    return _OPEN[-1]


def begin_again(why: str) -> None:
    """Forget what was checked: the submission runs once more from its first cell, and the teacher reads why."""
    tried = _OPEN.pop()
    _OPEN.append(Checks(tried.hidden, tried.tasks))
    _OPEN[-1].notes.append(why)


def say_where_it_died(nb: NotebookNode, what: str) -> None:
    """Write into the first code cell that was not run to its end that what ran it has ended there."""
    for place, cell in enumerate(nb.cells, 1):
        if cell.cell_type == "code" and cell.source.strip() and cell.get("execution_count") is None:
            text = f"{what} died in cell {place}; the cells after it did not run. Points that were earned before stay."
            _OPEN[-1].notes.append(f"{what[0].lower()}{what[1:]} died in cell {place}")
            cell.outputs.append(new_output("error", ename="Died", evalue=text, traceback=[text]))  # type: ignore[no-untyped-call]
            return


class _Server:
    """Answers the checks of kernels, on a line of its own for this process; started when first needed."""

    def __init__(self) -> None:
        self._address, self._process = "", 0

    def address(self) -> str:
        """Return the address with its key."""
        if self._process != os.getpid():
            key = secrets.token_bytes(16)
            place = str(Path(tempfile.mkdtemp(prefix="bplearn-")) / "referee") if os.name != "nt" else None
            listener = Listener(place, authkey=key)
            threading.Thread(target=answer_calls, args=(listener, open_session), daemon=True).start()
            self._address, self._process = f"{listener.address} {key.hex()}", os.getpid()
        return self._address


_LISTENER = _Server()


def _settle(cell: NotebookNode, read: TestCell, session: Checks, secret: str) -> None:
    """Write the points of a test cell into its outputs, where nbgrader looks for them.

    A cell with checks of one task alone earns what the session has seen, whatever stands in its outputs. One with
    other code in it is all or nothing: every check passed, and no error.
    """
    outputs = [one for one in cell.outputs if one.output_type != "execute_result"]  # nothing that a notebook says
    most, failed = float(cell.metadata.nbgrader["points"]), any(one.output_type == "error" for one in outputs)
    checks = read.checks(secret)
    numbers = list(dict.fromkeys(number for number, _ in checks))
    if len(numbers) == 1 and not read.other and numbers[0] in session.tasks:
        score = cell_score(session.tasks[numbers[0]], [seed for _, seed in checks], session.decided)
        if not session.checks[numbers[0]] and not failed:
            outputs.append(_not_seen(numbers))
        points = _points(min(round(most * score.share, 2), most), most, score)
        cell.outputs = [points, *(one for one in outputs if one.get("name") != "stderr")]  # a warning costs nothing
        return
    passed = {(one.task, (one.seed, one.hidden)) for one in session.decided if one.passed}
    missing = [number for number, seed in checks if (number, seed) not in passed]
    if missing and not failed:
        outputs.append(_not_seen(missing))
    elif not failed:
        outputs = [_points(most, most, None), *(one for one in outputs if one.get("name") != "stderr")]
    cell.outputs = outputs


def _points(earned: float, most: float, score: CellScore | None) -> NotebookNode:
    """Return an output with the points as nbgrader reads them, and in words for the feedback."""
    lines = [f"<strong>{earned:g} of {most:g} points.</strong>"]
    if score is not None and score.share < 1 and len(score.parts) > 1:
        whole = sum(worth for _, worth, _ in score.parts)
        worths = [(f"{label} ({most * worth / whole:.3g})", right) for label, worth, right in score.parts]
        for word, wanted in (("Right", True), ("Not right yet", False)):
            some = [part for part, right in worths if right is wanted]
            lines += [f"{word}: {', '.join(some)}."] if some else []
    if score is not None and score.share < 1 and score.in_the_open:
        lines.append("Right with the inputs that you know, not with others.")
    if score is not None and score.share < 1 and score.why:
        lines.append(score.why)
    if score is not None and score.through:
        lines.append(
            "These points are for what is right once right functions of the earlier tasks stand in the place of yours: "
            "a slip in them is not paid for twice."
        )
    shown = "".join(f"<p>{html.escape(line) if place else line}</p>" for place, line in enumerate(lines))
    data = {"text/plain": f"{earned:g}", "text/html": shown}
    result: NotebookNode = new_output("execute_result", data, execution_count=None)  # type: ignore[no-untyped-call]
    return result


def _is_test(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))


class HideHiddenTests(ClearHiddenTests):  # type: ignore[misc]
    """Leave hidden tests out of the feedback and out of the tracebacks in it, and what is for the teacher alone."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Take the teacher's remarks out, then the hidden lines of each cell."""
        nb.cells = [cell for cell in nb.cells if cell.metadata.get("bplearn") != "remarks"]
        return super().preprocess(nb, resources)

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


def _not_seen(missing: list[str]) -> NotebookNode:
    names = ", ".join(dict.fromkeys(missing))
    text = f"The referee has not seen {names} pass, so there are no points. Was `check` or a library replaced?"
    error: NotebookNode = new_output("error", ename="NotSeen", evalue=text, traceback=[text])  # type: ignore[no-untyped-call]
    return error
