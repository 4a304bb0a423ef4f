"""Students who hand in: a notebook of the release with the answers of one of them filled in.

The right answers are the solutions of the source notebooks; the wrong ones stand in tests/course/mistakes.py.
"""

import copy
import re
from pathlib import Path

import nbformat

ASSIGNMENTS = Path(__file__).parents[2] / "notebooks" / "assignments"
SOURCE = ASSIGNMENTS / "source"
NAMES = ("A1", "A2", "A3", "A4")
REGION = re.compile(r"^[ ]*### BEGIN SOLUTION\n(.*?)^[ ]*### END SOLUTION\n?", re.MULTILINE | re.DOTALL)


def source_of(assignment):
    """The one notebook of an assignment, with its solutions."""
    (path,) = (SOURCE / assignment).glob("*.ipynb")
    return path


def kind(cell, what):
    return bool(cell.metadata.get("nbgrader", {}).get(what))


def solutions(assignment):
    """The code of each solution cell by its id, without the markers."""
    cells = nbformat.read(source_of(assignment), as_version=4).cells
    return {
        cell.metadata.nbgrader.grade_id: re.sub(
            r"^[ ]*### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.MULTILINE
        )
        for cell in cells
        if kind(cell, "solution")
    }


def points(assignment):
    """The points of each test cell by its id."""
    cells = nbformat.read(source_of(assignment), as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points for cell in cells if kind(cell, "grade")}


def filled(release, answers, first=""):
    """A released notebook with answers in its solution cells; `first` is a cell that is put in front of them."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        if kind(cell, "solution"):
            cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
    if first:
        place = next(k for k, cell in enumerate(notebook.cells) if kind(cell, "solution"))
        notebook.cells.insert(place, nbformat.v4.new_code_cell(first))
    return notebook


def hand_in(course, student, assignment, notebook, when=None):
    """Put a notebook where nbgrader looks for what came in."""
    folder = Path(course) / "submitted" / student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / source_of(assignment).name)
    if when:
        (folder / "timestamp.txt").write_text(when)
    return folder
