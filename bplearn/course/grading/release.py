"""The students' version of an assignment, made by nbgrader's own steps: no solutions, no hidden tests, no mark schemes.

`bplearn release A2 DIR` calls `release`; nothing that it makes is kept by hand. Belongs to
notebooks/assignments/README.md.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from pathlib import Path

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.files.copy import FOR_TEACHERS, source_folder

NEEDED = 'nbgrader is not installed. Get it with: pip install "bplearn[course]"'


def course_folder(course: str | Path | None = None) -> Path:
    """Return the folder that holds `source/`: the one given, or the assignments of this clone.

    Raises: DataError where there is none.
    """
    folder = Path(course) if course is not None else source_folder() / FOR_TEACHERS
    if not (folder / "source").is_dir():
        advice = "The assignments with their solutions come with the repository, not with pip: work in a clone."
        raise DataError(expected_got("The course", f"the folder {folder / 'source'}", "none", advice))
    return folder


def release(
    assignment: str, directory: str | Path, course: str | Path | None = None, *, force: bool = False
) -> list[Path]:
    """Write the students' version of an assignment into `directory` and return its files.

    A file that is there already and differs stays, unless `force` is true.
    Raises: DataError without nbgrader, without sources, or where a file would be lost; ArgumentError for an unknown
    assignment.
    """
    folder = course_folder(course)
    known = sorted(path.name for path in (folder / "source").iterdir() if path.is_dir())
    if assignment not in known:
        raise ArgumentError(expected_got("release", f"one of {', '.join(known) or 'no assignments'}", repr(assignment)))
    with tempfile.TemporaryDirectory() as place:
        made = _generate(assignment, folder, Path(place))
        target = Path(directory)
        files = {target / path.relative_to(made): path for path in sorted(made.rglob("*")) if path.is_file()}
        for new, old in files.items():
            if new.exists() and new.read_bytes() != old.read_bytes() and not force:
                raise DataError(
                    expected_got(
                        "release", f"no {new.name} in {target}", "one that differs", "Add --force to replace it."
                    )
                )
        for new, old in files.items():
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(old, new)
    return list(files)


def _generate(assignment: str, folder: Path, place: Path) -> Path:
    """Run nbgrader's generate_assignment without a gradebook; return the folder with what it made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nbgrader's own libraries
        try:
            from nbgrader.converters import GenerateAssignment
            from nbgrader.coursedir import CourseDirectory
            from nbgrader.preprocessors import SaveCells
        except ImportError:
            raise DataError(NEEDED) from None
        from traitlets.config import Config

        config = Config()
        config.CourseDirectory.root = str(place)
        config.CourseDirectory.source_directory = str((folder / "source").resolve())
        config.CourseDirectory.assignment_id = assignment
        steps = [step for step in GenerateAssignment.preprocessors.default_args[0] if step is not SaveCells]
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
        converter.no_database = True
        converter.preprocessors = steps
        converter.log.setLevel("ERROR")
        converter.start()
    made = place / "release" / assignment
    for notebook in made.rglob("*.ipynb"):
        _stamp(notebook, assignment)
    return made


def _stamp(path: Path, assignment: str) -> None:
    """Write into a released notebook which assignment it is and which bplearn it was made with."""
    from bplearn import __version__

    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["bplearn"] = {"assignment": assignment, "version": __version__}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
