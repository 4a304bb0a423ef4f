"""One class for all tests: five students hand in all four assignments, and the real nbgrader grades them once."""

import contextlib
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


def new_course(folder):
    """A teacher's folder, with a short limit for cells that never end."""
    shutil.copytree(ASSIGNMENTS, folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "gradebook.db", "release"))
    with (folder / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 25  # of a kernel, by the clock\nc.Run.timeout = 5\n")
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
    """What nbgrader found, and the feedback as a student reads it."""

    def __init__(self, course, found):
        self.course, self.found = course, found

    def __call__(self, assignment, student):
        return self.found[f"{assignment} {student}"]

    def page(self, assignment, student):
        folder = self.course / "feedback" / student / assignment
        return next(folder.glob("*.html")).read_text(encoding="utf-8")

    def feedback(self, assignment, student):
        page = self.page(assignment, student)
        return html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<body") :]))


@pytest.fixture(scope="session")
def fast(handed_in, tmp_path_factory):
    """The same submissions by `bplearn grade`: what stands in its gradebook for each cell, and what it said."""
    course = new_course(tmp_path_factory.mktemp("fast") / "course")
    shutil.copytree(handed_in / "submitted", course / "submitted")
    command = [sys.executable, "-m", "bplearn", "grade", str(course), "--jobs", "2", "--feedback"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    return course, cells_of(course / "gradebook.db"), run.stdout


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


@pytest.fixture(scope="session")
def graded(handed_in):
    """Two processes at a time, with two assignments and a gradebook each."""
    command = [sys.executable, "-m", "tests.course.cycle", str(handed_in)]
    halves = [(handed_in / f"{k}.json", (handed_in / f"{k}.log"), NAMES[k::2]) for k in (0, 1)]
    with contextlib.ExitStack() as stack:
        runs = [
            subprocess.Popen(
                [*command, *names],
                stdout=stack.enter_context(out.open("w")),
                stderr=stack.enter_context(log.open("w")),
                cwd=ROOT,
            )
            for out, log, names in halves
        ]
        codes = [run.wait() for run in runs]
    assert codes == [0, 0], "".join(log.read_text()[-3000:] for _, log, _ in halves)
    return Graded(handed_in, json.loads(halves[0][0].read_text()) | json.loads(halves[1][0].read_text()))
