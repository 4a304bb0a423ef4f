"""A worker of `bplearn grade`: a process that drives nbgrader's own API for one student after the other.

It reads orders as lines of JSON and answers each with a line. When the one who gave the orders is gone, it ends at
once. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

Order = dict[str, Any]
Answer = dict[str, Any]


def main() -> None:
    """Serve orders from the standard input until "end"."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what nbgrader prints goes to the log
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))  # for alembic
    os.environ["OMP_NUM_THREADS"] = "1"  # the workers share the processor
    warnings.simplefilter("ignore")  # of nbgrader's libraries
    orders: queue.Queue[Order] = queue.Queue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    work: dict[str, Callable[[Order], Answer]] = {
        "prepare": prepare,
        "grade": grade,
        "feedback": feedback,
        "export": export,
    }
    _load()
    while (order := orders.get())["do"] != "end":
        started = time.monotonic()
        try:
            answer = work[order["do"]](order)
        except Exception as problem:
            traceback.print_exc()
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        answers.write(json.dumps({**answer, "seconds": time.monotonic() - started}) + "\n")
        answers.flush()


def _listen(orders: queue.Queue[Order]) -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
        if json.loads(line)["do"] == "end":
            return
    os._exit(1)


def _load() -> None:
    """Import nbgrader while there is nothing else to do."""
    import nbgrader.apps
    import nbgrader.plugins

    for name in (nbgrader.apps.__name__, nbgrader.plugins.__name__):
        sys.stderr.write(f"{name} is loaded\n")


def _api(course: str, gradebook: str) -> Any:
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config = Config()
    if (Path(course) / "nbgrader_config.py").is_file():
        config.merge(PyFileConfigLoader("nbgrader_config.py", path=course).load_config())
    config.CourseDirectory.root = course
    config.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    os.chdir(course)
    return NbGraderAPI(coursedir=CourseDirectory(config=config), config=config)


def _succeed(result: dict[str, Any]) -> None:
    sys.stderr.write(result.get("log", ""))
    if not result["success"]:
        lines = [line for line in str(result.get("error", "")).splitlines() if line.strip()]
        sys.stderr.write("\n".join(lines) + "\n")
        raise RuntimeError(lines[-1] if lines else "nbgrader gave no reason; see the log")


def prepare(order: Order) -> Answer:
    """Bring the gradebook up to date: assignments from their sources, students from the roster, dates."""
    api = _api(order["course"], order["gradebook"])
    for name in order["generate"]:
        _succeed(api.generate_assignment(name, force=True, create=True))
    with api.gradebook as gradebook:
        for student in order["students"]:
            details = {key: value for key, value in student.items() if key != "id" and value}
            gradebook.update_or_create_student(student["id"], **details)
        for name, due in order["due"].items():
            gradebook.update_or_create_assignment(name, duedate=datetime.fromisoformat(due))
    return {}


def grade(order: Order) -> Answer:
    """Let nbgrader grade one submission, and return what the gradebook says of it."""
    api = _api(order["course"], order["gradebook"])
    _succeed(api.autograde(order["assignment"], order["student"], force=True, create=True))
    with api.gradebook as gradebook:
        found = gradebook.find_submission(order["assignment"], order["student"])
        manual = [grade for notebook in found.notebooks for grade in notebook.grades if grade.needs_manual_grade]
        late = found.total_seconds_late if found.timestamp and found.assignment.duedate else 0.0
        return {
            "score": float(found.score),
            "most": float(found.max_score),
            "by_hand": float(sum(grade.max_score for grade in manual)),
            "late": float(late),
            "penalty": float(found.late_submission_penalty or 0.0),
        }


def feedback(order: Order) -> Answer:
    """Let nbgrader write the feedback page of one submission."""
    api = _api(order["course"], order["gradebook"])
    _succeed(api.generate_feedback(order["assignment"], order["student"], force=True))
    return {}


def export(order: Order) -> Answer:
    """Let nbgrader's own exporter write the grades."""
    from nbgrader.plugins import CsvExportPlugin

    api = _api(order["course"], order["gradebook"])
    with api.gradebook as gradebook:
        plugin = CsvExportPlugin(parent=api)
        plugin.to, plugin.assignment = order["to"], order["assignments"]
        plugin.export(gradebook)
    return {}
