"""What a student handed in, brought into the form that nbgrader needs: one notebook, under its own name, readable.

What is odd and harmless is put right and told; what cannot be graded gets a sentence with the reason. The file that
came in stays as it is. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat

from bplearn.errors import DataError
from bplearn.files.text import decode

CHECKPOINTS = ".ipynb_checkpoints"
LARGEST = 100 << 20
_NOTEBOOK_ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json"), (".json", ".txt")
_MERGE = re.compile(r"^(<<<<<<<|>>>>>>>) ", re.MULTILINE)


def take_in(folder: Path, name: str, assignment: str, to: Path, source: Path) -> list[str]:
    """Write the notebook of a submission to `to` under its name, with the files beside it; return what was odd.

    `source` is the assignment's notebook: its cells say which marks of nbgrader a cell has.

    Raises: DataError with the reason where there is nothing to grade.
    """
    path, told = _the_notebook(folder, name)
    if path.is_symlink() or path.stat().st_size > LARGEST:
        raise DataError(f"{path.name} is a link, or larger than {LARGEST >> 20} MB.")
    content, more = read_notebook(path.read_bytes(), path.name)
    if stamp_of(content) not in ("", assignment):
        raise DataError(f"{path.name} is assignment {stamp_of(content)}, handed in as {assignment}.")
    told += more + _mark(content["cells"], _marks_in(source))
    if content["nbformat_minor"] > 4:
        for place, cell in enumerate(content["cells"]):
            cell.setdefault("id", f"missing-{place}")
    shutil.rmtree(to, ignore_errors=True)
    for other in files_in(folder):
        inside = other.relative_to(folder)
        if other.is_symlink():  # it may lead to anything that the teacher can read
            told.append(f"left out, a link: {inside}")
        elif other.name == "timestamp.txt":
            told += _take_timestamp(other, to / inside)
        elif other.suffix.lower() != ".ipynb" and other != path:
            (to / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(other, to / inside)
    to.mkdir(parents=True, exist_ok=True)
    (to / name).write_text(json.dumps(content), encoding="utf-8")
    return told


def files_in(folder: Path) -> list[Path]:
    """Return what somebody has handed in; an editor's checkpoints and an operating system's own files are none."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()]
    inside = [(path, path.relative_to(folder).parts) for path in paths]
    return [
        path
        for path, parts in inside
        if CHECKPOINTS not in parts and "__MACOSX" not in parts and not path.name.startswith("._")
        and path.name not in (".DS_Store", "Thumbs.db", "desktop.ini")
    ]  # fmt: skip


def _take_timestamp(path: Path, to: Path) -> list[str]:
    """Write down when it was handed in, as nbgrader reads it; a file that holds no time is told and left out."""
    from nbgrader.utils import parse_utc

    try:
        text = decode(path.read_bytes()).strip()
        parse_utc(text)
    except (ValueError, OverflowError, TypeError):
        return [f"left out, no time in it: {path.name}"]
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(f"{text}\n", encoding="utf-8")
    return []


def read_notebook(raw: bytes, name: str) -> tuple[dict[str, Any], list[str]]:
    """Return a notebook as plain data, in nbformat 4, and what was odd about it.

    Raises: DataError with the reason where it is none.
    """
    if not raw.strip():
        raise DataError(f"{name} is empty ({len(raw)} bytes).")
    try:
        text = decode(raw)
    except UnicodeError:
        raise DataError(f"{name} is not text in UTF-8.") from None
    told = [] if raw.decode("utf-8", "ignore").encode() == raw else [f"{name} was not saved as UTF-8"]
    if _MERGE.search(text):
        raise DataError(f"{name} holds the marks of a merge (<<<<<<<) by git.")
    try:
        content = json.loads(text)
        if re.search(r"\\u[dD][89a-fA-F]", text):  # half a sign cannot be written down
            content = json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as problem:
        kind = "a web page" if text.lstrip().startswith("<") else f"no JSON ({problem})"
        raise DataError(f"{name} is no notebook but {kind}.") from None
    return _as_version_4(content, name, told), told


def stamp_of(content: dict[str, Any]) -> str:
    """Return the assignment that `bplearn release` has written into a notebook, or nothing."""
    stamp = content["metadata"].get("bplearn")
    return str(stamp.get("assignment", "")) if isinstance(stamp, dict) else ""


def _as_version_4(content: Any, name: str, told: list[str]) -> dict[str, Any]:
    if not isinstance(content, dict) or not isinstance(content.get("cells", content.get("worksheets")), list):
        raise DataError(f"{name} is no notebook: it has no list of cells.")
    if content.get("nbformat") != 4:
        told.append(f"{name} is in nbformat {content.get('nbformat')}, not 4")
    content.setdefault("nbformat", 4)
    content.setdefault("nbformat_minor", 4)
    content["metadata"] = _dictionary(content.get("metadata"))
    try:
        if content["nbformat"] != 4:
            content = json.loads(nbformat.writes(nbformat.reads(json.dumps(content), as_version=4)))  # type: ignore[no-untyped-call]
        for cell in content["cells"]:
            source = cell.get("source", "")
            cell["source"] = "".join(source) if isinstance(source, list) else str(source)
            cell["metadata"] = _dictionary(cell.get("metadata"))
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)  # they are made anew
        content = dict(nbformat.convert(nbformat.from_dict(content), 4))  # type: ignore[no-untyped-call]
    except Exception as problem:  # nbformat has many
        raise DataError(f"{name} is no whole notebook: {type(problem).__name__} {problem}.") from None
    return content


def _the_notebook(folder: Path, name: str) -> tuple[Path, list[str]]:
    """Return the notebook to grade, and what is told of the others."""
    files = [path for path in files_in(folder) if path.name != "timestamp.txt"]
    named = [path for path in files if path.name == name and path.parent == folder]
    surely, perhaps = ([path for path in files if path.name.lower().endswith(ends)] for ends in _NOTEBOOK_ENDINGS)
    others = surely or perhaps
    if named:
        left_out = [path.name for path in others if path != named[0]]
        return named[0], [f"left out, beside {name}: {', '.join(left_out)}"] if left_out else []
    if not others:
        raise DataError(f"there is no notebook, only {', '.join(path.name for path in folder.iterdir()) or 'nothing'}.")
    if len(others) > 1:
        raise DataError(f"{len(others)} notebooks ({', '.join(path.name for path in others)}), none named {name}.")
    return others[0], [f"was named {others[0].relative_to(folder)}"]


def _marks_in(source: Path) -> dict[str, dict[str, Any]]:
    """Return the marks of nbgrader in an assignment's notebook, by the id of the cell."""
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    marked = [
        {"cell_type": cell["cell_type"], **cell["metadata"]["nbgrader"]}
        for cell in cells
        if cell["metadata"].get("nbgrader")
    ]
    return {marks["grade_id"]: marks for marks in marked}


def _mark(cells: list[dict[str, Any]], known: dict[str, dict[str, Any]]) -> list[str]:
    """Give each cell of the assignment the marks of its source; a copy, or a foreign cell, has none.

    What is missing comes at the end, where nbgrader fills in the tests: answers may have lost their marks alone.
    """
    seen, told = dict[str, dict[str, Any]](), []
    for place, cell in enumerate(cells, 1):
        theirs = _dictionary(cell["metadata"].pop("nbgrader", None))
        name = str(theirs.get("grade_id", ""))
        if name in seen:
            told.append(f"cell {place} is a copy of {name}")
        elif name in known:
            seen[name] = cell
            _be_of_type(cell, known[name]["cell_type"])
            checksum = {"checksum": theirs["checksum"]} if isinstance(theirs.get("checksum"), str) else {}
            cell["metadata"]["nbgrader"] = known[name] | checksum
        elif name:
            told.append(f"cell {place} is none of ours ({name})")
    needed = [name for name, marks in known.items() if marks.get("grade") or marks.get("solution") or marks.get("task")]
    missing = [name for name in needed if name not in seen]
    for name in missing:
        cells.append({"metadata": {"nbgrader": known[name]}, "source": ""})
        _be_of_type(cells[-1], known[name]["cell_type"])
    return [*told, f"cells are missing: {', '.join(missing)}"] if missing else told


def _be_of_type(cell: dict[str, Any], kind: str) -> None:
    """Make a cell one of code or text, whatever it was turned into."""
    for name in cell.keys() - {"id", "metadata", "source", *(["attachments"] if kind == "markdown" else [])}:
        del cell[name]
    cell.update({"outputs": [], "execution_count": None} if kind == "code" else {}, cell_type=kind)


def _dictionary(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
