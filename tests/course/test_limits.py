"""The sandbox's limits hit one by one, each in the last cell: it ends there, and what was earned before is paid."""

import csv
import os
import subprocess
import sys

import nbformat
import pytest

from bplearn.course.grading import sandbox
from tests.course.conftest import ROOT, cells_of, new_course
from tests.course.students import filled, hand_in, points, solutions

pytestmark = pytest.mark.skipif(
    not sandbox.works() and "CI" not in os.environ, reason=f"needs the sandbox: {sandbox.HOW_TO_GET_IT}"
)
SWALLOWS = """
try:
    while True:
        pass
except BaseException:
    while True:
        pass
"""
FILLS = """
for number in range(5):
    with open(f"large-{number}", "wb") as file:
        file.write(bytes(100 << 20))
"""
FORKS = """
import subprocess
kept = [subprocess.Popen(["sleep", "600"]) for _ in range(900)]
"""
LAST = {  # the last cell, and what its output or the remarks say
    "swallows": (SWALLOWS, "was still running after 1 s and was cut off"),
    "sleeps": ("import time\ntime.sleep(600)", "was still running after 1 s and was cut off"),
    "computes": ("while True:\n    pass", "was still running after 1 s and was cut off"),
    "fills": (FILLS, "No space left on device"),
    "forks": (FORKS, "The process died in cell"),
    "large": (
        "from IPython.display import HTML, display\ndisplay(HTML('x' * (300 << 20)))",
        "The process died in cell",
    ),
}


@pytest.fixture(scope="module")
def limited(tmp_path_factory, releases):
    course = new_course(tmp_path_factory.mktemp("limits") / "course")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.RunCells.timeout = 1\n")
    for name, (code, _) in LAST.items():
        notebook = filled(releases["A2"], solutions("A2"))
        notebook.cells.append(nbformat.v4.new_code_cell(code))
        hand_in(course, name, "A2", notebook)
    command = [sys.executable, "-m", "bplearn", "grade", str(course), "--jobs", "2", "--sandbox"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    with (course / "grades.csv").open() as file:
        return course, run, {row["student_id"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("name", LAST)
def test_a_limit_ends_that_cell_and_keeps_the_points(limited, name):
    course, run, rows = limited
    assert run.returncode == 0, run.stdout + run.stderr
    cells = cells_of(course / "gradebook.db")[f"A2 {name}"]
    assert {cell: cells[cell] for cell in points("A2")} == points("A2")
    (path,) = (course / "autograded" / name / "A2").glob("*.ipynb")
    assert LAST[name][1] in path.read_text(encoding="utf-8")
    listed = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True).stdout
    assert "sleep 600" not in listed.splitlines()
    assert ("died in cell" in rows[name]["remarks"]) == ("died" in LAST[name][1])
