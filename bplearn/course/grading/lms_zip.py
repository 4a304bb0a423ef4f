"""What came in through a learning management system: one zip file with everybody's notebooks, sorted into folders.

Known are the names that Moodle and Canvas give, folders of GitHub Classroom, and plain ones (`id/A2.ipynb`,
`id_A2.ipynb`). A name that fits two students is filed for neither, and all that is left out is told with the reason.
Nothing is extracted by its path. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bplearn.checks.arrays import expected_got
from bplearn.course.grading.intake import CHECKPOINTS, files_in, read_notebook, stamp_of
from bplearn.course.grading.when import moved_to_utc, zone_named
from bplearn.errors import DataError

LARGEST = 50_000_000
_MOODLE = re.compile(r"(?P<who>[^/]+?)_(?P<lms>\d+)_assignsubmission_file_?(?:/|_)?", re.IGNORECASE)
_CANVAS = re.compile(r"(?P<who>[^/_]+)_(?:LATE_)?(?P<lms>\d+)_\d+_[^/]*\Z")
_FOLDER = re.compile(r"(?:.*/)?(?P<who>[^/]+)/[^/]*\Z")
_ASSIGNMENT = re.compile(r"/A\d+(?=/[^/]+\Z)")  # a folder for the assignment inside the student's
_FLAT = re.compile(r"(?P<who>[^/]+?)(?:[_ -]A\d\w*)?\.ipynb[^/]*\Z", re.IGNORECASE)
_NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?\Z|\.json\Z", re.IGNORECASE)


@dataclass
class ZipResult:
    """What became of a zip file: the notebook filed for each student, and why each other file was left out."""

    filed: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Entry:
    name: str
    content: bytes
    when: datetime | None
    student: str = ""
    lms: str = ""


def sort_zip(
    path: Path, course: Path, assignment: str, notebook: str, students: list[dict[str, str]], zone: str | None = None
) -> ZipResult:
    """Write each student's notebook where nbgrader looks for it; of several by one student the newest counts.

    With a roster, a name that is not in it is reported and not filed; without one the name in the zip is the id.
    Raises: DataError for what is no zip file.
    """
    result, found = ZipResult(), defaultdict[str, list[_Entry]](list)
    try:
        if path.is_dir():
            entries = list(_files(path, result))
        else:
            with zipfile.ZipFile(path) as archive:
                entries = list(_entries(archive, "", result))
    except (OSError, zipfile.BadZipFile) as problem:
        raise DataError(
            expected_got("--zip", "a zip file", f"{path} ({problem})", "Download all submissions as one zip.")
        ) from None
    for entry in entries:
        why = _unfit(entry, assignment)
        who, lms = _who(entry.name)
        fits = students_named(who, lms, students) if not why else []
        if why or len(fits) != 1:
            result.left_out[entry.name] = why or _nobody(fits)
        else:
            found[fits[0]].append(_Entry(entry.name, entry.content, entry.when, fits[0], lms))
    for student, theirs in found.items():
        _file(student, theirs, course / "submitted" / student / assignment, notebook, zone, result)
    return result


def _file(
    student: str, entries: list[_Entry], folder: Path, notebook: str, zone: str | None, result: ZipResult
) -> None:
    """Write the newest notebook of a student; two people of one name get none."""
    if len({entry.lms for entry in entries if entry.lms}) > 1:
        why = f"the zip has two people who could be {student}: give both a line with lms_user_id in the roster"
        result.left_out.update(dict.fromkeys((entry.name for entry in entries), why))
        return
    *older, newest = sorted(entries, key=lambda entry: (entry.when or datetime.min, entry.name))
    result.left_out.update(dict.fromkeys((entry.name for entry in older), f"older than {newest.name}"))
    result.filed[student] = newest.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / notebook).write_bytes(newest.content)
    if newest.when is not None:  # the clock of the one who packed it
        text = f"{moved_to_utc(newest.when, zone_named(zone)):%Y-%m-%d %H:%M:%S} UTC\n"
        (folder / "timestamp.txt").write_text(text, encoding="utf-8")


def _files(folder: Path, result: ZipResult) -> Iterator[_Entry]:
    """Yield the files of a folder, as `gh classroom clone` makes it; when they were handed in is not known."""
    for path in files_in(folder):
        name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        if ".git" in path.relative_to(folder).parts:
            continue
        if path.is_symlink() or path.stat().st_size > LARGEST:
            result.left_out[name] = f"a link, or larger than {LARGEST // 1_000_000} MB"
        else:
            yield _Entry(name, path.read_bytes(), None)


def _entries(archive: zipfile.ZipFile, prefix: str, result: ZipResult) -> Iterator[_Entry]:
    """Yield the files of a zip, and those of a zip inside it; what is too large or cannot be read is left out."""
    for entry in archive.infolist():
        name = unicodedata.normalize("NFC", prefix + entry.filename)
        if entry.is_dir() or "__MACOSX" in name or name.endswith((".DS_Store", "Thumbs.db")):
            continue
        try:
            content = archive.read(entry) if entry.file_size <= LARGEST else None
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as problem:
            result.left_out[name] = f"cannot be unpacked: {problem}"
            continue
        if content is None:
            result.left_out[name] = f"larger than {LARGEST // 1_000_000} MB"
        elif name.lower().endswith(".zip") and not prefix:
            try:
                with zipfile.ZipFile(io.BytesIO(content)) as inner:
                    yield from _entries(inner, f"{name}/", result)
            except zipfile.BadZipFile as problem:
                result.left_out[name] = f"no zip file: {problem}"
        else:
            when = datetime(*entry.date_time[:5], min(entry.date_time[5], 59)) if entry.date_time[0] > 1980 else None
            yield _Entry(name, content, when)


def _unfit(entry: _Entry, assignment: str) -> str:
    """Return why a file is not the notebook of this assignment; empty where it is."""
    if CHECKPOINTS in entry.name:
        return "an editor's checkpoint"
    if not _NOTEBOOK.search(entry.name):
        return "no notebook"
    try:
        stamp = stamp_of(read_notebook(entry.content, "it")[0])
    except DataError:
        return "no notebook inside"
    return "" if stamp in ("", assignment) else f"it is {stamp}, not {assignment}"


def _who(name: str) -> tuple[str, str]:
    """Return the name of a person in a file's name, and the number that the learning system gave."""
    name = _ASSIGNMENT.sub("", name)
    packed = re.sub(r"(/|\A)[^/]*\.zip/.*\Z", r"\1x", name, flags=re.IGNORECASE)
    found = _MOODLE.search(name) or _CANVAS.search(name) or _CANVAS.search(name.partition(".zip/")[0] + ".zip")
    found = found or _FOLDER.match(packed) or _FLAT.search(name)
    if found is None:
        return "", ""
    return found["who"].rpartition("/")[2], found.groupdict().get("lms") or ""


def students_named(who: str, lms: str, students: list[dict[str, str]]) -> list[str]:
    """Return the ids of the students that a name may mean."""
    if not students:
        plain = re.sub(r"[^\w.@-]+", "-", who).strip("-.")
        return [plain] if plain else []
    anonymous = re.fullmatch(r"participant[ _-]?(\d+)", who, re.IGNORECASE)
    numbers = {lms, anonymous[1] if anonymous else ""} - {""}
    known = [student["id"] for student in students if student.get("lms_user_id") in numbers]
    if known:
        return known
    wanted = [who, *(who[place + 1 :] for place in range(len(who)) if who[place] == "-")]  # Group 7-Ada, a2-alo
    for name in wanted:
        fits = [student["id"] for student in students if _plain(name) in _names(student)]
        if fits:
            return fits
    return []


def _names(student: dict[str, str]) -> set[str]:
    first, last = student.get("first_name", ""), student.get("last_name", "")
    names = (student["id"], student.get("email", "").partition("@")[0], f"{first} {last}", f"{last} {first}")
    return {_plain(name) for name in names if name.strip()}


def _nobody(fits: list[str]) -> str:
    if not fits:
        return "not in the roster"
    return f"{' and '.join(fits)} have this name: give them lms_user_id in the roster"


def _plain(name: str) -> str:
    """Return a name without signs, marks of composition and case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()
