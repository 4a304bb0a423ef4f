"""One class for all tests: five students hand in all four assignments, and `bplearn grade` grades them once.

nbgrader alone, with a kernel for each, grades those of them in which each kind of work and each assignment occurs.
"""

import contextlib
import csv
import html
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import IPython
import nbformat
import pytest

from bplearn.course.client import forbidden_calls
from tests.course import mistakes
from tests.course.students import ASSIGNMENTS, NAMES, filled, hand_in, solutions, source_of

ROOT = Path(__file__).parents[2]


def new_course(folder, seconds=25):
    """A teacher's folder, with a short limit for cells that never end: of a kernel by the clock, else of work.

    A check cuts an answer off after 5 s: the cell's own limit stands above that.
    """
    shutil.copytree(ASSIGNMENTS, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "gradebook.db", "release"))
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Execute.timeout = {seconds}\nc.RunCells.timeout = 8\n")
    return folder


@pytest.fixture(autouse=True)
def what_other_tests_left_running_belongs_to_no_answer():
    """A browser or a pool that an earlier test keeps alive is not the student's."""
    forbidden_calls.what_runs_now_is_ours()


@pytest.fixture(autouse=True)
def no_shell_of_another_test(monkeypatch):
    """Where a test of panels has made IPython's shell, a check would show its verdict there instead of raising it."""
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)


@pytest.fixture(scope="session")
def releases(tmp_path_factory):
    """The students' versions, made by the command's own function: all four in one process."""
    place = tmp_path_factory.mktemp("release")
    code = f"from bplearn.course.grading.release import release\nfor a in {NAMES}: release(a, {str(place)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
    return {name: nbformat.read(place / source_of(name).name, as_version=4) for name in NAMES}


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory, releases):
    """A course in which everybody has handed in."""
    course = new_course(tmp_path_factory.mktemp("class") / "course")
    for name, release in releases.items():
        cheat, _ = mistakes.CHEATS[name]
        hand_in(course, "correct", name, filled(release, solutions(name)))
        hand_in(course, "buggy", name, filled(release, mistakes.buggy(name)))
        hand_in(course, "looping", name, filled(release, mistakes.looping(name)))
        hand_in(course, "empty", name, release)
        hand_in(course, "cheating", name, filled(release, mistakes.cheating(name), first=cheat))
    return course


class Graded:
    """The points of each cell, the row of each submission, and the feedback as a student reads it."""

    def __init__(self, course):
        self.course, self.points = course, cells_of(course / "gradebook.db")
        with (course / "grades.csv").open() as file:
            self.rows = {f"{row['assignment']} {row['student_id']}": row for row in csv.DictReader(file)}

    def cells(self, assignment, student):
        return self.points[f"{assignment} {student}"]

    def score(self, assignment, student):
        return float(self.rows[f"{assignment} {student}"]["raw_score"])

    def page(self, assignment, student):
        folder = self.course / "feedback" / student / assignment
        return next(folder.glob("*.html")).read_text(encoding="utf-8")

    def feedback(self, assignment, student):
        page = self.page(assignment, student)
        return html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<body") :]))


@pytest.fixture(scope="session")
def graded(handed_in):
    """All of them, by `bplearn grade`."""
    command = [sys.executable, "-m", "bplearn", "grade", str(handed_in), "--jobs", "2", "--feedback"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    return Graded(handed_in)


def cells_of(gradebook):
    """The points of each graded cell, by assignment and student, read from the gradebook's own tables."""
    asked = """SELECT a.name, s.student_id, c.name, g.auto_score FROM grade g
        JOIN submitted_notebook n ON g.notebook_id = n.id JOIN submitted_assignment s ON n.assignment_id = s.id
        JOIN assignment a ON s.assignment_id = a.id JOIN base_cell c ON g.cell_id = c.id"""
    found = {}
    with contextlib.closing(sqlite3.connect(gradebook)) as connection:
        for assignment, student, cell, score in connection.execute(asked):
            found.setdefault(f"{assignment} {student}", {})[cell] = score
    return found


# Each assignment, each kind of work, a loop inside a function and one outside, where nbgrader itself cuts it off
# after so many seconds.
ALONE = {
    15: ("A1 correct", "A1 buggy", "A1 empty", "A1 cheating", "A2 looping"),
    25: ("A1 looping", "A2 buggy", "A3 buggy", "A4 buggy"),
}


@pytest.fixture(scope="session")
def by_nbgrader(handed_in, tmp_path_factory):
    """What nbgrader alone finds, in two processes at a time, with a course and a gradebook each."""
    runs = []
    for seconds, submissions in ALONE.items():
        course = new_course(tmp_path_factory.mktemp("alone") / "course", seconds)
        for assignment, student in map(str.split, submissions):
            shutil.copytree(handed_in / "submitted" / student / assignment, course / "submitted" / student / assignment)
        with (course / "out.json").open("w") as out, (course / "log").open("w") as log:
            command = [sys.executable, "-m", "tests.course.cycle", str(course)]
            runs.append((course, subprocess.Popen(command, stdout=out, stderr=log, cwd=ROOT)))
    codes = [run.wait() for _, run in runs]
    assert codes == [0, 0], "".join((course / "log").read_text()[-3000:] for course, _ in runs)
    return {key: found for course, _ in runs for key, found in json.loads((course / "out.json").read_text()).items()}
