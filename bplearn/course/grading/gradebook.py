"""The gradebook as a file: what is graded, and how one student's grades move into it from a worker's copy.

A move and the note that it happened are one transaction, so a kill at any moment loses nothing and nothing is
graded twice. The tables are nbgrader's, and one of our own beside them. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.course.grading.intake import files_in
from bplearn.errors import DataError

_NOTE = """CREATE TABLE IF NOT EXISTS bplearn_graded (
    assignment TEXT, student TEXT, fingerprint TEXT, source TEXT, note TEXT, PRIMARY KEY (assignment, student))"""
_OF = "SELECT id FROM {}submitted_assignment WHERE student_id = :student AND assignment_id = :assignment"
_NOTEBOOKS = "SELECT id FROM {}submitted_notebook WHERE assignment_id IN (" + _OF + ")"
_TABLES = (  # from the leaves to the root: what belongs to one submission
    ("comment", "notebook_id IN (" + _NOTEBOOKS + ")"),
    ("grade", "notebook_id IN (" + _NOTEBOOKS + ")"),
    ("submitted_notebook", "assignment_id IN (" + _OF + ")"),
    ("submitted_assignment", "student_id = :student AND assignment_id = :assignment"),
)


def fingerprint(folder: Path) -> str:
    """Return a hash of all files in a folder with their names.

    >>> import tempfile
    >>> len(fingerprint(Path(tempfile.mkdtemp())))
    64
    """
    found = hashlib.sha256()
    for path in files_in(folder):
        if not path.is_symlink():
            found.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


class Gradebook:
    """The gradebook of a course, seen as a SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        try:
            connection.execute(_NOTE)
            yield connection
        finally:
            connection.close()

    def keep_a_copy(self, folder: Path, most: int = 10) -> None:
        """Write a dated copy into a folder, where the last ones stay.

        Raises: DataError for a gradebook that is damaged, with the name of the newest copy.
        """
        copies = sorted(folder.glob("before-*.db"))
        if not self.path.exists():
            return
        begun = self.path.stat().st_size == 0 and not copies and not (self.path.parent / "autograded").exists()
        if begun:  # the first run was killed before anything was in it
            self.path.unlink()
            return
        try:
            with contextlib.closing(sqlite3.connect(self.path)) as connection:
                damaged = (
                    self.path.stat().st_size == 0 or connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok"
                )
        except sqlite3.DatabaseError:
            damaged = True
        if damaged:
            newest = f"The newest copy is {copies[-1]}" if copies else "There is no copy of ours"
            advice = f"{newest}. Put a good one in its place, or take the file away to begin anew."
            raise DataError(
                expected_got("The gradebook", "a database of nbgrader", f"{self.path}, which is damaged", advice)
            )
        self.copy_to(folder / f"before-{datetime.now():%Y%m%d-%H%M%S}.db")
        for path in copies[: max(0, len(copies) + 1 - most)]:
            path.unlink()

    def remarks(self) -> dict[tuple[str, str], str]:
        """Return what is to be looked at, by (assignment, student)."""
        with self._open() as connection:
            rows = connection.execute("SELECT assignment, student, note FROM bplearn_graded WHERE student != ''")
            return {(row[0], row[1]): row[2] or "" for row in rows}

    def assignments(self) -> dict[str, str]:
        """Return the id of each assignment that nbgrader knows, by its name."""
        with self._open() as connection, contextlib.suppress(sqlite3.OperationalError):  # a gradebook without tables
            return dict(connection.execute("SELECT name, id FROM assignment").fetchall())
        return {}

    def students(self) -> list[str]:
        """Return the ids of all students."""
        with self._open() as connection, contextlib.suppress(sqlite3.OperationalError):
            return [row[0] for row in connection.execute("SELECT id FROM student ORDER BY id")]
        return []

    def graded(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Return (fingerprint, source) of what has been graded, by (assignment, student)."""
        with self._open() as connection:
            wanted = "SELECT assignment, student, fingerprint, source FROM bplearn_graded WHERE student != ''"
            rows = connection.execute(wanted)
            return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    def sources(self) -> dict[str, str]:
        """Return the fingerprint of the source from which each assignment was made."""
        with self._open() as connection:
            rows = connection.execute("SELECT assignment, source FROM bplearn_graded WHERE student = ''")
            return dict(rows.fetchall())

    def note_source(self, assignment: str, source: str) -> None:
        """Note from which source an assignment was made."""
        with self._open() as connection:
            connection.execute("INSERT OR REPLACE INTO bplearn_graded VALUES (?, '', '', ?, '')", (assignment, source))

    def copy_to(self, path: Path) -> None:
        """Write a copy, for a worker."""
        path.unlink(missing_ok=True)
        with self._open() as connection, contextlib.closing(sqlite3.connect(path)) as copy:
            connection.backup(copy)

    def take_over(self, other: Path, assignment: str, student: str, prints: tuple[str, str], note: str = "") -> None:
        """Move the grades of one submission here from a worker's copy, and note it, in one transaction."""
        with self._open() as connection:
            connection.execute("ATTACH DATABASE ? AS worker", (str(other),))
            keys = {"student": student, "assignment": self.assignments()[assignment]}
            connection.execute("BEGIN IMMEDIATE")
            try:
                self._move(connection, keys)
                row = (assignment, student, *prints, note)
                connection.execute("INSERT OR REPLACE INTO bplearn_graded VALUES (?, ?, ?, ?, ?)", row)
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise

    def _move(self, connection: sqlite3.Connection, keys: dict[str, Any]) -> None:
        connection.execute("INSERT OR IGNORE INTO student SELECT * FROM worker.student WHERE id = :student", keys)
        for table, where in _TABLES:
            connection.execute(f"DELETE FROM main.{table} WHERE {where.format('main.', 'main.')}", keys)
        for table, where in reversed(_TABLES):
            chosen = f"SELECT * FROM worker.{table} WHERE {where.format('worker.', 'worker.')}"
            connection.execute(f"INSERT INTO main.{table} {chosen}", keys)
