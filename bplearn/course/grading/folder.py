"""A course as a folder: its assignments, and what came in.

Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

from pathlib import Path

from bplearn.checks.arrays import expected_got
from bplearn.course.grading.gradebook import Gradebook, fingerprint
from bplearn.course.grading.intake import files_in
from bplearn.errors import ArgumentError, DataError

Submission = tuple[str, str]  # assignment, student


class Course:
    """A course's folder: `source/`, `submitted/<student>/<assignment>/`, and nbgrader's gradebook.db."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not (self.folder / "source").is_dir():
            advice = "Copy notebooks/assignments of the repository to a folder for your course, and grade there."
            raise DataError(expected_got("grade", f"a course with a folder source in {folder}", "none", advice))
        self.own = self.folder / ".bplearn-grade"
        self.gradebook = Gradebook(self.folder / "gradebook.db")

    def assignments(self, only: str | None) -> list[str]:
        """Return the assignments to grade: the one that is wanted, or all with submissions."""
        known = self.known()
        if only is not None and only not in known:
            raise ArgumentError(expected_got("--assignment", f"one of {', '.join(known)}", repr(only)))
        handed_in = {assignment for assignment, _ in self.submissions()}
        return [name for name in known if name == only or (only is None and name in handed_in)]

    def submissions(self) -> list[Submission]:
        """Return (assignment, student) of all that came in."""
        known = self.known()
        folders = [path for path in (self.folder / "submitted").glob("*/*") if path.is_dir() and path.name in known]
        return sorted((path.name, path.parent.name) for path in folders if _handed_in(path))

    def left_out(self) -> list[str]:
        """Return what lies under `submitted/` where no submission lies, by its path from there."""
        top, known = self.folder / "submitted", self.known()
        places = {path.relative_to(top).parts for path in files_in(top)}
        strange = {parts[:2] for parts in places if len(parts) < 3 or parts[1] not in known}
        return sorted("/".join(parts) for parts in strange if not parts[-1].startswith("."))

    def known(self) -> list[str]:
        """Return the names of the assignments that have a source."""
        return sorted(path.name for path in (self.folder / "source").iterdir() if any(path.glob("*.ipynb")))

    def prints(self, assignment: str, student: str) -> tuple[str, str]:
        """Return the fingerprints of a submission and of its assignment's source."""
        return fingerprint(self.folder / "submitted" / student / assignment), self.source_print(assignment)

    def source_print(self, assignment: str) -> str:
        """Return the fingerprint of an assignment's source."""
        return fingerprint(self.folder / "source" / assignment)

    def notebook(self, assignment: str) -> str:
        """Return the name of an assignment's notebook."""
        return next((self.folder / "source" / assignment).glob("*.ipynb")).name


def _handed_in(folder: Path) -> bool:
    return any(path.name != "timestamp.txt" for path in files_in(folder))
