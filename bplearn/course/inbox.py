"""What came in through a learning management system: one zip file with everybody's notebooks, sorted into folders.

Known are the names that Moodle and Canvas give, and plain ones (`id/A2.ipynb`, `id_A2.ipynb`). Nothing is extracted
by its path; each notebook is read, looked at and written to `submitted/<id>/<assignment>/`. Belongs to
notebooks/assignments/README.md.
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from bplearn.checks.arrays import expected_got
from bplearn.errors import DataError

LARGEST = 50_000_000
_MOODLE = re.compile(r"(?P<who>[^/]+?)_(?P<lms>\d+)_assignsubmission_file_?(?:/|_)?", re.IGNORECASE)
_CANVAS = re.compile(r"(?P<who>[^/_]+)_(?:LATE_)?(?P<lms>\d+)_\d+_[^/]*\.ipynb\Z")
_FOLDER = re.compile(r"(?:.*/)?(?P<who>[^/]+)/[^/]*\.ipynb\Z")
_ASSIGNMENT = re.compile(r"/A\d+(?=/[^/]+\Z)")  # a folder for the assignment inside the student's
_FLAT = re.compile(r"(?P<who>[^/]+?)(?:[_ -]A\d\w*)?\.ipynb\Z")


@dataclass
class Sorted:
    """What became of a zip file: student by notebook, and the names that nobody could be found for."""

    filed: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def sort_zip(path: Path, course: Path, assignment: str, notebook: str, students: list[dict[str, str]]) -> Sorted:
    """Write each student's notebook where nbgrader looks for it; of several by one student the newest counts.

    With a roster, a name that is not in it is reported and not filed; without one the name in the zip is the id.
    Raises: DataError for what is no zip file.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as problem:
        raise DataError(
            expected_got("--zip", "a zip file", f"{path} ({problem})", "Download all submissions as one zip.")
        ) from None
    result, newest = Sorted(), dict[str, tuple[int, ...]]()
    with archive:
        for entry in sorted(archive.infolist(), key=lambda one: (one.date_time, one.filename)):
            if entry.is_dir() or not entry.filename.endswith(".ipynb") or "__MACOSX" in entry.filename:
                continue
            content = archive.read(entry) if entry.file_size <= LARGEST else b""
            if not _is_notebook(content):
                result.broken.append(entry.filename)
                continue
            student = _student(entry.filename, students)
            if student is None:
                result.unknown.append(entry.filename)
                continue
            newest[student] = entry.date_time
            folder = course / "submitted" / student / assignment
            folder.mkdir(parents=True, exist_ok=True)
            (folder / notebook).write_bytes(content)
            _date(folder, entry.date_time)
            result.filed[student] = entry.filename
    return result


def _date(folder: Path, when: tuple[int, ...]) -> None:
    """Note when it came in, so that nbgrader sees what is late; a zip without dates says 1980."""
    if when[0] > 1980:
        year, month, day, hour, minute, second = when
        text = f"{year:04d}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{min(second, 59):02d} UTC"
        (folder / "timestamp.txt").write_text(text + "\n", encoding="utf-8")


def _is_notebook(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content)["cells"], list)
    except (ValueError, KeyError, TypeError):
        return False


def _student(name: str, students: list[dict[str, str]]) -> str | None:
    """Return the id of the student whose notebook this is, or None."""
    name = _ASSIGNMENT.sub("", name)
    found = _MOODLE.search(name) or _CANVAS.search(name) or _FOLDER.match(name) or _FLAT.search(name)
    if found is None:
        return None
    who, lms = found["who"].rpartition("/")[2], found.groupdict().get("lms") or ""
    if not students:
        plain = re.sub(r"[^\w.@-]+", "-", who).strip("-.")
        return plain or None
    for student in students:
        first, last = student.get("first_name", ""), student.get("last_name", "")
        names = {
            student["id"],
            student.get("email", "").partition("@")[0],
            f"{first} {last}",
            f"{last} {first}",
            last + first,
        }
        if _plain(who) in {_plain(one) for one in names if one.strip()} or (lms and lms == student.get("lms_user_id")):
            return student["id"]
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()
