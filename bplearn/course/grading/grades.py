"""grades.csv: the columns of nbgrader's export, and two of ours: what became of a submission, and what to look at.

Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from bplearn.files.atomic import atomic_write

Task = tuple[str, str]  # assignment, student
_SCORES = ("raw_score", "late_submission_penalty", "score")


def write_grades(path: Path, states: Mapping[Task, str], remarks: Mapping[Task, str]) -> list[dict[str, str]]:
    """Add the columns `state` and `remarks` to what nbgrader has exported; return the rows.

    Who failed to be graded, or was never reached, has no score: 0 would say that there was nothing to pay.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return rows
    for row in rows:
        task = (row["assignment"], row["student_id"])
        row["state"] = states.get(task, "not graded yet")
        told = remarks.get(task, "")
        row["remarks"] = f"'{told}" if told.startswith(("=", "+", "-", "@")) else told  # no formula of a spreadsheet
        if row["state"] not in ("graded", "missing"):
            row.update(dict.fromkeys(_SCORES, ""))
    rows.sort(key=lambda row: (row["assignment"], row["student_id"]))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    atomic_write(path, lambda file: file.write(text.getvalue().encode()))
    return rows
