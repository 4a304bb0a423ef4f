"""Assignments for courses: checks that give points, a release for students, grades for a whole class.

`check("A2.1", function)` stands in the assignments' notebooks. `bplearn release` and `bplearn grade` stand on the
command line and drive nbgrader. The tasks are in notebooks/assignments.

The way of a submission to its points:

1. `grading/run` finds what came in and gives orders to a pool; `grading/worker` does one submission.
2. `grading/intake` writes it in the form that nbgrader needs, which then runs the steps of `preprocessors`: hidden
   checks are taken out of the cells, the cells run, points are written into the test cells.
3. `grading/engine` sends the cells to a student's process in the sandbox: `client/fork` makes it, `client/shell` runs
   the cells. (`grading/kernel` is for what needs a kernel.)
4. There `client/checking` asks for each `check`. `server/session` sends all inputs of the task, the open and the hidden
   ones, over `client/protocol`; the answer runs under the eyes of `client/forbidden_calls`; all outputs come back.
5. `server/points` compares them with the right numbers of `tasks` and keeps what each part has earned.
6. `grading/gradebook` moves the student's grades from the worker's copy into the course's, in one transaction.
"""

from __future__ import annotations

import os
import platform
import sys
from typing import Any

import numpy as np

from bplearn.course.client.checking import CheckFailed, RefereeLost, verdict_of


def check(number: str, answer: Any, seed: int = 0) -> None:
    """Show what the referee says about the answer to a task.

    In a notebook of yours nothing else happens, so that "restart and run all" reaches the end with tasks left open.
    While a grader runs it, and in a script, what did not pass raises CheckFailed.
    `seed` changes the inputs: a check with another seed is another test of the same task.
    Raises: CheckFailed, ArgumentError for a number that is no task.

    >>> check("A1.4", lambda y, t, delta: None)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    CheckFailed: ✗ A1.4 The Huber cost: not right yet
    """
    verdict = verdict_of(number, answer, seed)
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if not verdict.passed and (shell is None or "NBGRADER_EXECUTION" in os.environ):
        raise CheckFailed(str(verdict.more))
    if shell is not None:
        from IPython.display import display

        display(verdict)  # type: ignore[no-untyped-call]


def record(assignment: str) -> str:
    """Return the versions under which a submission was made, for its first cell.

    >>> record("A2").startswith("A2 with bplearn ")
    True
    """
    from bplearn import __version__

    return f"{assignment} with bplearn {__version__}, NumPy {np.__version__}, Python {platform.python_version()}"


__all__ = ["CheckFailed", "RefereeLost", "check", "record"]
