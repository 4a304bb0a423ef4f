"""grades.csv: the columns of nbgrader's export, and two of ours: what became of a submission, and what to look at.

totals.csv: a line for each student, with the sum of all assignments by the weights of weights.csv.

Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from bplearn.checks.arrays import expected_got
from bplearn.course.grading.folder import Submission
from bplearn.errors import DataError
from bplearn.files.atomic import atomic_write
from bplearn.files.text import decode

_SCORES = ("raw_score", "late_submission_penalty", "score")


def write_grades(
    path: Path, states: Mapping[Submission, str], remarks: Mapping[Submission, str]
) -> list[dict[str, str]]:
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
    write_table(path, rows)
    return rows


def read_weights(path: Path, known: list[str]) -> dict[str, float]:
    """Return the weights of assignments, from a file with the columns assignment and weight; none where it is absent.

    Raises: DataError for an assignment that is none, or a weight that is no positive number.
    """
    if not path.is_file():
        return {}
    found = {}
    for row in csv.DictReader(io.StringIO(decode(path.read_bytes()), newline="")):
        name, text = (str(row.get(column) or "").strip() for column in ("assignment", "weight"))
        if name not in known or not re.fullmatch(r"\d+(\.\d+)?", text):
            wanted = f"lines such as A1,20 with one of {', '.join(known)}"
            raise DataError(expected_got(f"{path}", wanted, f"{name},{text}", "Its first line: assignment,weight."))
        found[name] = float(text)
    return found


def write_totals(path: Path, weights: Mapping[str, float], open_: Collection[Submission]) -> int:
    """Turn nbgrader's export of all weighted assignments into a line for each student; return how many.

    The total is in percent. Where a submission waits or has failed (`open_`) there is none: a 0 would say too much.
    """
    with path.open(newline="", encoding="utf-8") as file:
        exported = list(csv.DictReader(file))
    rows: dict[str, dict[str, str]] = {}
    shares: dict[Submission, float] = {}
    for row in exported:
        student, name = row["student_id"], row["assignment"]
        rows.setdefault(student, {column: row[column] for column in ("student_id", "last_name", "first_name")})
        shares[name, student] = float(row["score"]) / (float(row["max_score"]) or 1.0)
    for student, line in rows.items():
        tasks = [(name, student) for name in weights]
        line.update(
            {
                name: "" if task in open_ else f"{100 * shares.get(task, 0.0):.4g}"
                for name, task in zip(weights, tasks, strict=True)
            }
        )
        total = 100 * sum(weight * shares.get((name, student), 0.0) for name, weight in weights.items())
        total /= sum(weights.values()) or 1.0
        line["total"] = "" if any(task in open_ for task in tasks) else f"{total:.4g}"
    write_table(path, [rows[student] for student in sorted(rows)])
    return len(rows)


def write_table(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", end: str = "\n") -> None:
    """Write rows as a CSV file, whole or not at all."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    atomic_write(path, lambda file: file.write(text.getvalue().encode(encoding)))
