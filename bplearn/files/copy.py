"""Notebooks for a learner: a copy that can be brought up to date and never loses what the learner wrote.

A hidden file beside the copies remembers a fingerprint of what was delivered last. An update replaces a file that still
has it; any other file belongs to the learner, and the new version goes beside it. Running a notebook changes its
outputs, so the fingerprint looks at the sources of its cells alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bplearn.checks.arrays import expected_got
from bplearn.errors import DataError
from bplearn.files.atomic import atomic_write

MANIFEST = ".bplearn-delivered.json"
FOR_TEACHERS = "assignments"  # holds the solutions; `bplearn release` makes the students' versions


@dataclass
class Delivery:
    """What happened to a file: `new`, `updated`, `kept`, or put beside a changed one (`beside`: new name by old)."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        counts = (len(self.new) + len(self.beside), len(self.updated), len(self.kept))
        lines = ["{} new, {} updated, {} kept as they are".format(*counts)]
        lines += [f"  new      {name}" for name in self.new]
        lines += [f"  updated  {name}" for name in self.updated]
        lines += [f"  new      {name} (you changed {mine}, which stays yours)" for mine, name in self.beside.items()]
        return "\n".join(lines)


def source_folder() -> Path:
    """Return the folder of the notebooks: in a clone its own, else the copy that the wheel brought.

    Raises: DataError where there is neither.
    """
    package = Path(__file__).resolve().parents[1]
    project, clone, packaged = package.parent / "pyproject.toml", package.parent / "notebooks", package / "_notebooks"
    if clone.is_dir() and project.is_file() and 'name = "bplearn"' in project.read_text(encoding="utf-8"):
        return clone
    if packaged.is_dir():
        return packaged
    raise DataError(expected_got("bplearn", f"its notebooks in {packaged}", "no such folder", "Install bplearn again."))


def deliverable(source: Path) -> list[str]:
    """Return the names of the files that a learner gets: all but hidden ones and the teachers' folder."""

    def for_learners(name: str) -> bool:
        parts = name.split("/")
        return parts[0] != FOR_TEACHERS and not any(part.startswith((".", "__")) for part in parts)

    names = (path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file())
    return sorted(name for name in names if for_learners(name))


def fingerprint(path: Path) -> str:
    """Return a hash of what a learner may change: the sources of a notebook's cells; of other files the bytes.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> cell = {"cell_type": "code", "source": ["1 + 1"], "outputs": []}
    >>> _ = (folder / "a.ipynb").write_text(json.dumps({"cells": [cell]}))
    >>> _ = (folder / "b.ipynb").write_text(json.dumps({"cells": [{**cell, "outputs": ["2"]}]}))
    >>> fingerprint(folder / "a.ipynb") == fingerprint(folder / "b.ipynb")
    True
    """
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        with contextlib.suppress(ValueError, LookupError, TypeError):  # no notebook any more: compare its bytes
            cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(content)["cells"]]
            written = [cell for cell in cells if cell[1].strip()]  # Shift-Enter adds an empty cell at the end
            content = json.dumps(written).encode()
    return hashlib.sha256(content).hexdigest()


def without_outputs(content: bytes) -> bytes:
    """Return a notebook as if no cell had been run yet, so that no answer stands below its own question.

    >>> ran = {"cells": [{"cell_type": "code", "source": ["1 + 1"], "outputs": ["2"], "execution_count": 3}]}
    >>> json.loads(without_outputs(json.dumps(ran).encode()))["cells"][0]
    {'cell_type': 'code', 'source': ['1 + 1'], 'outputs': [], 'execution_count': None}
    """
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def deliver(source: Path, directory: Path, *, with_outputs: bool = False) -> Delivery:
    """Copy the notebooks from `source` to `directory`, or bring the copy there up to date.

    A notebook comes without outputs, since many of them answer the question above them; `with_outputs` keeps them.
    Raises: DataError where `source` holds nothing or `directory` is a file; OSError where the disk refuses.
    """
    names = deliverable(source)
    if not names:
        raise DataError(expected_got("bplearn", f"notebooks in {source}", "an empty folder", "Install bplearn again."))
    if directory.exists() and not directory.is_dir():
        raise DataError(expected_got("DIR", "a folder for the notebooks", f"the file {directory}"))
    delivered = _read(directory / MANIFEST)
    delivery = Delivery()
    for name, version in [(name, fingerprint(source / name)) for name in names]:
        place = _place(directory, name, version, delivered)
        delivered[name] = version
        if place is None:
            delivery.kept.append(name)
            continue
        if place != name:
            delivery.beside[name] = place
        else:
            (delivery.updated if (directory / name).exists() else delivery.new).append(name)
        content = (source / name).read_bytes()
        is_notebook = name.endswith(".ipynb")
        _write(directory / place, without_outputs(content) if is_notebook and not with_outputs else content)
        delivered[place] = version
    _write(directory / MANIFEST, json.dumps(delivered, indent=1, sort_keys=True).encode())
    return delivery


def _place(directory: Path, name: str, version: str, delivered: dict[str, str]) -> str | None:
    """Return the name under which this version is to be written; None where nothing is to be written."""
    if not (directory / name).exists():
        return name
    found = fingerprint(directory / name)
    if version in (found, delivered.get(name)):
        return None  # up to date, or changed by the learner since this very version came
    if found == delivered.get(name):
        return name
    return next(beside for beside in _beside(name) if _is_free(directory / beside, (version, delivered.get(beside))))


def _beside(name: str) -> Iterator[str]:
    path, number = PurePosixPath(name), 1
    while True:
        yield str(path.with_name(f"{path.stem}.new{number if number > 1 else ''}{path.suffix}"))
        number += 1


def _is_free(path: Path, replaceable: tuple[str | None, ...]) -> bool:
    return not path.exists() or fingerprint(path) in replaceable


def _read(manifest: Path) -> dict[str, str]:
    if manifest.is_file():
        with contextlib.suppress(ValueError, TypeError):  # unreadable: a file that differs is the learner's
            return dict(json.loads(manifest.read_text(encoding="utf-8")))
    return {}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, lambda file: file.write(content))
