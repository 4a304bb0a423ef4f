"""The steps of grading that need nbgrader, each a function of plain values: they run in processes of a pool.

A worker has a copy of the gradebook of its own; what it finds is moved into the course's by the one who gives the
orders. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import functools
import html
import json
import os
import re
import sqlite3
import sys
import threading
import time
import warnings
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bplearn.course.grading.gradebook import Gradebook, fingerprint
from bplearn.course.grading.intake import take_in
from bplearn.course.grading.submission_lint import remarks
from bplearn.errors import BplearnError, DataError
from bplearn.files.atomic import atomic_write

Answer = dict[str, Any]
DETAILS = ("first_name", "last_name", "email", "lms_user_id")  # that nbgrader keeps of a student
_REASON = re.compile(r"(?:[A-Za-z_]\w*\.)*[A-Z]\w+: \S")
REMARKS = "remarks"  # marks the cell that tells a teacher what to look at


@dataclass(frozen=True)
class Place:
    """Where a worker works: the course's folder, the engine, the sandbox, and which run this is."""

    course: str
    engine: str = "fast"
    sandboxed: bool = False
    run: str = ""

    @property
    def own(self) -> Path:
        """The folder for what need not be kept."""
        return Path(self.course) / ".bplearn-grade"


def start(log_folder: str) -> None:
    """Begin a worker of this machine: what nbgrader says goes to a log, and it ends with the one who started it."""
    log = os.open(Path(log_folder) / f"worker-{os.getpid()}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who gives the orders
    master = parent_process()
    if master is not None:
        threading.Thread(target=_end_with, args=(master,), daemon=True).start()


def _end_with(master: BaseProcess) -> None:
    master.join()
    os._exit(1)


def prepare(place: Place, generate: list[str], students: list[dict[str, str]], due: dict[str, str]) -> None:
    """Bring the gradebook up to date: assignments from their sources, students from the roster, dates."""
    api = _api(place, Path(place.course) / "gradebook.db")
    for name in generate:
        _succeed(api.generate_assignment(name, force=True, create=True))
    with api.gradebook as gradebook:
        for student in students:
            details = {key: value for key, value in student.items() if key in DETAILS and value}
            gradebook.update_or_create_student(student["id"], **details)
        for name, time_due in due.items():
            gradebook.update_or_create_assignment(name, duedate=datetime.fromisoformat(time_due))


def grade(place: Place, assignment: str, student: str, notebook: str, due: str = "") -> Answer:
    """Grade one submission into this worker's copy of the gradebook, and return what is to be said of it.

    `due` is a due date of this student's own.
    """
    started, processor = time.monotonic(), _processor_time()
    try:
        found = _grade(place, assignment, student, notebook, due)
    except BplearnError as problem:
        found = {"error": in_one_line(str(problem))}
    except Exception as problem:  # of nbgrader or ours: it costs this one submission only
        import traceback

        traceback.print_exc()
        found = {"error": in_one_line(f"{type(problem).__name__}: {problem}")}
    return {**found, "seconds": time.monotonic() - started, "processor": _processor_time() - processor}


def _grade(place: Place, assignment: str, student: str, notebook: str, due: str) -> Answer:
    handed_in = Path(place.course) / "submitted" / student / assignment
    print_of_it = fingerprint(handed_in)
    source = Path(place.course) / "source" / assignment / notebook
    told = take_in(handed_in, notebook, assignment, place.own / "intake" / student / assignment, source)
    gradebook_file = _own_gradebook(place)
    api = _api(place, gradebook_file)
    told += _extend(api, assignment, student, due)
    before = _written_answers(Path(place.course) / "autograded" / student / assignment / notebook)
    _succeed(api.autograde(assignment, student, force=True, create=True))
    from bplearn.course.preprocessors import closed_session

    session = closed_session()
    told += [*remarks(place.own / "intake" / student / assignment), *session.remarks()]
    told = [in_one_line(one) for one in told]
    _show_remarks(Path(place.course) / "autograded" / student / assignment / notebook, told)
    with api.gradebook as gradebook:
        found = gradebook.find_submission(assignment, student)
        grades = [one for book in found.notebooks for one in book.grades]
        if before != _written_answers(place.own / "intake" / student / assignment / notebook):
            for one in grades:  # a mark by hand that was for another text
                one.needs_manual_grade = one.needs_manual_grade or one.manual_score is not None
            gradebook.db.commit()
        manual = [one for one in grades if one.needs_manual_grade]
        late = found.total_seconds_late if found.timestamp and found.assignment.duedate else 0.0
        return {
            "print": print_of_it,
            "gradebook": str(gradebook_file),
            "score": float(found.score),
            "most": float(found.max_score),
            "by_hand": float(sum(one.max_score for one in manual)),
            "late": float(late),
            "penalty": float(found.late_submission_penalty or 0.0),
            "remarks": told,
            "slow": session.slow,
        }


def _extend(api: Any, assignment: str, student: str, due: str) -> list[str]:
    """Write down a due date of a student's own, or that there is none any more."""
    with api.gradebook as gradebook:
        found = gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(assignment, found.id)
        general = submission.assignment.duedate
        submission.extension = datetime.fromisoformat(due) - general if due and general else None
        gradebook.db.commit()
        return ["has a due date of its own; the assignment has none"] if due and not general else []


def in_one_line(text: str) -> str:
    r"""Return a text that may hold a student's own words as one line that does nothing to a terminal.

    >>> in_one_line("was named a\nb\x1b[2J")
    'was named a?b?[2J'
    """
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:300]


def _show_remarks(path: Path, told: list[str]) -> None:
    """Write the remarks at the top of the graded notebook, where Formgrader shows them; feedback leaves them out."""
    if not told:
        return
    content = json.loads(path.read_text(encoding="utf-8"))
    lines = "".join(f"<li>{html.escape(one)}</li>" for one in told)
    source = f"<b>For the teacher, not on the student's page:</b><ul>{lines}</ul>"
    cell = {"cell_type": "markdown", "id": REMARKS, "metadata": {"bplearn": REMARKS}, "source": source}
    content["cells"].insert(0, cell)
    atomic_write(path, lambda file: file.write(json.dumps(content, indent=1).encode()))


def _written_answers(path: Path) -> list[str]:
    """Return the texts of a notebook that are the student's own: no cell that nbgrader has locked."""
    if not path.is_file():
        return []
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = [cell for cell in cells if cell["cell_type"] == "markdown"]
    own = [cell for cell in texts if not cell["metadata"].get("nbgrader", {}).get("locked")]
    own = [cell for cell in own if cell["metadata"].get("bplearn") != REMARKS]
    return ["".join(cell["source"]).strip() for cell in own]


def feedback(place: Place, assignment: str, student: str) -> str:
    """Let nbgrader write the feedback page of one submission; return what went wrong, or nothing."""
    try:
        api = _api(place, Path(place.course) / "gradebook.db")
        _succeed(api.generate_feedback(assignment, student, force=True))
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def export(place: Place, to: str, assignments: list[str]) -> None:
    """Let nbgrader's own exporter write the grades."""
    from nbgrader.plugins import CsvExportPlugin

    api = _api(place, Path(place.course) / "gradebook.db")
    with api.gradebook as gradebook:
        plugin = CsvExportPlugin(parent=api)
        plugin.to, plugin.assignment = to, assignments
        plugin.export(gradebook)


@functools.cache
def _own_gradebook(place: Place) -> Path:
    """Copy the course's gradebook for this worker, once in a run."""
    path = place.own / f"gradebook-{os.uname().nodename if hasattr(os, 'uname') else ''}-{os.getpid()}.db"
    Gradebook(Path(place.course) / "gradebook.db").copy_to(path)
    return path


@functools.cache
def _api(place: Place, gradebook: Path) -> Any:
    """Return nbgrader's own interface for this course, on this gradebook."""
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))  # for alembic
    os.environ["OMP_NUM_THREADS"] = "1"  # the workers share the processor
    warnings.simplefilter("ignore")  # of nbgrader's libraries
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    from bplearn.course.grading.engine import RunCells
    from bplearn.course.preprocessors import Execute

    config = Config()
    if (Path(place.course) / "nbgrader_config.py").is_file():
        config.merge(PyFileConfigLoader("nbgrader_config.py", path=place.course).load_config())
    config.CourseDirectory.root = place.course
    config.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    config.CourseDirectory.submitted_directory = str(place.own / "intake")
    RunCells.sandboxed = Execute.sandboxed = place.sandboxed
    config.RunCells.setdefault("timeout", config.Run.get("timeout", config.Execute.get("timeout", 60)))
    runs = (
        "bplearn.course.grading.engine.RunCells" if place.engine == "fast" else "bplearn.course.preprocessors.Execute"
    )
    steps = config.Autograde.autograde_preprocessors
    config.Autograde.autograde_preprocessors = [
        runs if step in ("nbgrader.preprocessors.Execute", "bplearn.course.preprocessors.Execute") else step
        for step in steps
    ]
    _share_engines()
    config.Exporter.optimistic_validation = True  # once, not after each step
    config.CheckCellMetadata.enabled = False  # `take_in` has written the marks
    return NbGraderAPI(CourseDirectory(config=config), config=config)


@functools.cache
def _share_engines() -> None:
    """Let all steps of nbgrader share SQLAlchemy's engine for a gradebook, or each would compile its queries anew."""
    import nbgrader.api

    opened = functools.partial(nbgrader.api.create_engine, connect_args={"factory": _Connection})
    nbgrader.api.create_engine = functools.cache(opened)


class _Connection(sqlite3.Connection):
    """To a gradebook; a worker's copy need not outlive a power cut."""

    def __init__(self, database: str, *given: Any, **words: Any) -> None:
        super().__init__(database, *given, **words)
        if Path(database).name != "gradebook.db":
            self.execute("PRAGMA synchronous = OFF")


def _succeed(result: dict[str, Any]) -> None:
    """Raise what nbgrader gives as the reason for a failure: the last line of a traceback that says one."""
    if not result["success"]:
        lines = f"{result.get('log', '')}\n{result.get('error', '')}".splitlines()
        reasons = [line for line in lines if _REASON.match(line) and "Please see the" not in line]
        raise DataError(reasons[-1] if reasons else "nbgrader gave no reason; see the log")


def _processor_time() -> float:
    """Return the seconds of this process, of its kernels, and of the students' processes."""
    times, engine = os.times(), sys.modules.get("bplearn.course.grading.engine")
    students = (
        engine.RunCells.students.processor if engine is not None and engine.RunCells.students is not None else 0.0
    )
    return times.user + times.system + times.children_user + times.children_system + students
