"""Who is in the course: a CSV file with a row for each student.

Needed is a column `id`; `first_name`, `last_name`, `email`, `lms_user_id` and due dates of a student's own (`due_A2`)
are taken where they are there, other columns are left alone. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

from bplearn.checks.arrays import expected_got
from bplearn.errors import DataError
from bplearn.files.text import decode

COLUMNS = ("id", "first_name", "last_name", "email", "lms_user_id")
_ALIASES = {
    "student_id": "id",
    "username": "id",
    "firstname": "first_name",
    "lastname": "last_name",
    "surname": "last_name",
}
_DUE = re.compile(r"due_\w+\Z")
_ID = re.compile(r"[\w.@-]+\Z")


def read_roster(path: Path) -> list[dict[str, str]]:
    """Return the students of a roster, each with what is known of it.

    Raises: DataError for a file without a column id, with an empty, doubled or unusable id.
    """
    try:
        sample = decode(path.read_bytes())
    except (OSError, UnicodeError) as problem:
        raise DataError(expected_got("The roster", "a CSV file", f"{path} ({problem})")) from None
    sample = unicodedata.normalize("NFC", re.sub(r"\Asep=.\r?\n", "", sample))  # Excel's own first line
    delimiter = max(",;\t", key=sample.partition("\n")[0].count)
    rows = list(csv.DictReader(io.StringIO(sample, newline=""), delimiter=delimiter))
    headings = {name: _heading(name) for name in (rows[0] if rows else {}) if name}
    if "id" not in headings.values():
        found = ", ".join(headings) or "no rows"
        raise DataError(
            expected_got(
                "The roster", "a column id", found, "Its first line names the columns: id,first_name,last_name,email."
            )
        )
    students: list[dict[str, str]] = []
    for number, row in enumerate(rows, 2):
        named = {new: (row[old] or "").strip() for old, new in headings.items() if new in COLUMNS or _DUE.match(new)}
        if any(named.values()):
            students.append(_checked(named, number, students))
    return students


def _heading(name: str) -> str:
    plain = name.strip().lower().replace(" ", "_")
    if plain.startswith("due_"):  # behind it stands the name of a folder
        return f"due_{name.strip()[4:]}"
    return _ALIASES.get(plain, plain)


def _checked(student: dict[str, str], line: int, earlier: list[dict[str, str]]) -> dict[str, str]:
    if not _ID.match(student["id"]):
        advice = "An id is the name of a folder."
        raise DataError(
            expected_got(f"Line {line} of the roster", "an id of letters, digits, _ . @ -", repr(student["id"]), advice)
        )
    if student["id"].startswith(".") or student["id"].endswith("."):
        raise DataError(
            expected_got(f"Line {line} of the roster", "an id without a dot at its ends", repr(student["id"]))
        )
    if any(one["id"].casefold() == student["id"].casefold() for one in earlier):  # one folder on many systems
        raise DataError(expected_got(f"Line {line} of the roster", "an id of its own", f"{student['id']!r} once more"))
    return student
