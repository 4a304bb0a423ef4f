"""Grades and feedback pages in the form that a learning system takes back: its own table, filled in.

Moodle's grading worksheet and Canvas's gradebook name people and assignments in their own ways; both are written
as they came, with the scores in the one column. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

from bplearn.checks.arrays import expected_got
from bplearn.course.grading.grades import write_table
from bplearn.course.grading.lms_zip import students_named
from bplearn.errors import DataError
from bplearn.files.text import decode

Row = dict[str, str]
_NAMES = ("Full name", "Student", "SIS Login ID", "Email address")  # where a person's name may stand
_POINTS = "Points Possible"  # the name in Canvas's row of maxima


def fill_in(worksheet: Path, to: Path, assignment: str, grades: list[Row], students: list[Row]) -> list[str]:
    """Write a worksheet with the scores of an assignment beside the grades, and Moodle's feedback zip; tell about it.

    Scores are scaled where the worksheet has another maximum. Who has no score keeps what stood there, and is told.
    Raises: DataError for a file that is neither Moodle's worksheet nor Canvas's gradebook.
    """
    columns, rows = _read(worksheet)
    column = _score_column(columns, assignment)
    if column is None:
        wanted = f"Moodle's grading worksheet or Canvas's gradebook with {assignment}"
        raise DataError(expected_got("--worksheet", wanted, f"{worksheet} with {', '.join(columns[:8]) or 'nothing'}"))
    scores = {row["student_id"]: row for row in grades if row["assignment"] == assignment and row["score"]}
    possible = next((row[column] for row in rows if row.get("Student", "").strip() == _POINTS), "")
    told, filled = [], dict[str, Row]()
    for row in rows:
        name = next((row[one].strip() for one in _NAMES if row.get(one, "").strip()), "")
        if not name or name == _POINTS:
            continue
        known = _student(row, students)
        if known in filled:
            told.append(f"  stands twice in the worksheet: {name}")
        elif known in scores:
            row[column] = _scaled(scores[known], row.get("Maximum Grade") or possible)
            filled[known] = row
        else:
            told.append(f"  no score for {name} ({'not in the roster' if not known else 'not graded'})")
    told += [f"  not in the worksheet: {student}" for student in sorted(scores.keys() - filled.keys())]
    path = to.parent / f"{worksheet.stem}-graded.csv"
    write_table(path, rows, "utf-8-sig", "\r\n")
    pages = _zip_feedback(to.parent / f"{assignment}-feedback.zip", to.parent / "feedback", assignment, filled)
    return [f"{path}: {len(filled)} scores, {pages} feedback pages in a zip", *told]


def _read(path: Path) -> tuple[list[str], list[Row]]:
    try:
        reader = csv.DictReader(io.StringIO(decode(path.read_bytes()).lstrip("\ufeff"), newline=""))
        rows = [{name: value or "" for name, value in row.items() if name is not None} for row in reader]
    except (OSError, UnicodeError, csv.Error) as problem:
        raise DataError(expected_got("--worksheet", "a CSV file", f"{path} ({problem})")) from None
    return list(reader.fieldnames or ()), rows


def _score_column(columns: list[str], assignment: str) -> str | None:
    if "Identifier" in columns and "Grade" in columns:
        return "Grade"
    named = [name for name in columns if re.match(rf"{re.escape(assignment)}(?!\w)", name)]
    return named[0] if "Student" in columns and len(named) == 1 else None


def _number(row: Row) -> str:
    """Return the number by which the learning system knows a person."""
    return row["ID"].strip() if "ID" in row else re.sub(r"\D", "", row.get("Identifier", ""))


def _student(row: Row, students: list[Row]) -> str:
    """Return the id of the one student whom a row means, or nothing."""
    people = (row.get(column, "") for column in ("Full name", "Student", "Identifier"))
    for name in (row.get("SIS Login ID", ""), row.get("Email address", "").partition("@")[0], *people):
        fits = students_named(name, _number(row), students) if name.strip() else []
        if len(fits) == 1:
            return fits[0]
    return ""


def _scaled(grade: Row, most: str) -> str:
    try:
        return f"{float(grade['score']) * float(most.replace(',', '.')) / float(grade['max_score']):.4g}"
    except (ValueError, ZeroDivisionError):  # no maximum is known
        return f"{float(grade['score']):g}"


def _zip_feedback(path: Path, feedback: Path, assignment: str, filled: dict[str, Row]) -> int:
    """Write the pages under the names that Moodle takes back; return how many."""
    pages = [(row, page) for who, row in filled.items() for page in (feedback / who / assignment).glob("*.html")]
    named = [
        (f"{row.get('Full name', '').replace('_', ' ')}_{_number(row)}_assignsubmission_file_{page.name}", page)
        for row, page in pages
        if "Identifier" in row
    ]
    if named:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, page in named:
                archive.write(page, name)
    return len(named)
