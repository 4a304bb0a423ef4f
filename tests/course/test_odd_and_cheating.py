"""One class whose submissions are odd or cheat, graded once in the sandbox: no grade is lost, no cheat is paid."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from bplearn.course.grading import sandbox
from tests.course.conftest import ROOT, cells_of, new_course
from tests.course.students import filled, hand_in, points, solutions

CELL = "a2-tanh-layer"
TEST = "a2-test-tanh-layer"
pytestmark = pytest.mark.skipif(
    not sandbox.works() and "CI" not in os.environ, reason=f"needs the sandbox: {sandbox.HOW_TO_GET_IT}"
)

BORROWED = """
def tanh_layer_backward(dy, x, W, b, y):
    from bplearn.course.tasks.a2 import tanh_layer_backward as theirs
    return theirs(dy, x, W, b, y)
"""
BY_THREAD = """
def tanh_layer_backward(dy, x, W, b, y):
    import threading
    import bplearn
    box = []
    def work():
        network = bplearn.Sequential(bplearn.Dense(*W.shape, weights=W, bias=b), bplearn.Tanh())
        _, tape = network.forward(x)
        dx = network.backward(dy, tape)
        box.append((dx, *(p.grad for p in network.parameters())))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return box[0]
"""
LEAVES = """
import os, pathlib, subprocess, sys
for place in (os.path.join("/tmp", "left-behind"), os.path.expanduser("~/left-behind"), "left-behind"):
    pathlib.Path(place).write_text("x")
profile = pathlib.Path(os.path.expanduser("~/.ipython/profile_default/startup"))
profile.mkdir(parents=True)
(profile / "00-x.py").write_text("x = 1")
later = "import time; time.sleep(120)"
subprocess.Popen([sys.executable, "-c", later, "left-behind"], start_new_session=True)
"""
LOOKS = """
import os, pathlib, socket
places = (os.path.join("/tmp", "left-behind"), os.path.expanduser("~/left-behind"), "left-behind")
left = [place for place in places if os.path.exists(place)]
processes = [p for p in os.listdir("/proc") if p.isdigit()]
running = [p for p in processes if b"left-behind" in pathlib.Path("/proc", p, "cmdline").read_bytes()]
print("left", left, "running", running)
opened = 0
for p in set(processes) - {os.readlink("/proc/self")}:
    try:
        open(f"/proc/{p}/mem", "r+b")
        opened += 1
    except OSError:
        pass
print("opened", opened)
for path in (COURSE, HIDDEN, HOME):
    print("sees", path, os.path.exists(path) and os.listdir(path))
try:
    socket.create_connection(("127.0.0.1", PORT), timeout=2)
    print("network")
except OSError:
    print("no network")
try:
    open(OURS, "a")
    print("writes")
except OSError:
    print("read-only")
"""
DIES = {"exit": "import os\nos._exit(3)", "segfault": "import ctypes\nctypes.string_at(0)"}
LIMITS = {
    "memory": "x = bytearray(6 << 30)",
    "file": "with open('large', 'wb') as file:\n    file.truncate(0)\n    file.write(bytes(250 << 20))",
    "files": "kept = [open('/dev/null') for _ in range(2000)]",
}


def submissions(release):
    right = solutions("A2")
    names = {"COURSE": "/course", "HIDDEN": str(sandbox.OUT_OF_REACH[1]), "HOME": str(Path.home())}
    names |= {"OURS": str(sandbox.OUT_OF_REACH[1].parent / "__init__.py")}
    looks = "".join(f"{name} = {value!r}\n" for name, value in names.items()) + "PORT = 1\n" + LOOKS
    found = {
        "a-leaves": filled(release, right),
        "b-looks": filled(release, right, first=looks),
        "borrowed": filled(release, {**right, CELL: BORROWED}),
        "by-thread": filled(release, {**right, CELL: BY_THREAD}),
    }
    found["a-leaves"].cells.append(nbformat.v4.new_code_cell(LEAVES))
    for name, code in DIES.items():
        found[name] = filled(release, right)
        found[name].cells.append(nbformat.v4.new_code_cell(code))
    for name, code in LIMITS.items():
        found[f"too-much-{name}"] = filled(release, right, first=code)
    doubled = filled(release, right)
    place = next(k for k, cell in enumerate(doubled.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == CELL)
    doubled.cells.insert(place + 1, nbformat.from_dict({**doubled.cells[place], "id": "copied"}))
    unmarked = filled(release, right)
    for cell in unmarked.cells:
        cell.metadata.pop("nbgrader", None)
    return {**found, "doubled": doubled, "unmarked": unmarked}


def spoiled(release):
    """Right work whose file has suffered: marks cut down, types changed, nulls, half a sign, one id for all cells."""
    book = json.loads(nbformat.writes(filled(release, solutions("A2"), first="print('\\ud83d')")))
    for cell in book["cells"]:
        marks = cell["metadata"].get("nbgrader")
        cell.update(id="same", metadata={"nbgrader": {"grade_id": marks["grade_id"]}} if marks else None)
        if marks and marks["grade_id"] == CELL:
            cell.update(cell_type="raw", source=[*cell["source"], "\n# \ud83d"])
        if "outputs" in cell:
            cell["outputs"] = None
    return json.dumps(book)


@pytest.fixture(scope="module")
def odd(tmp_path_factory, releases):
    course = new_course(tmp_path_factory.mktemp("odd") / "course")
    for student, notebook in submissions(releases["A2"]).items():
        hand_in(course, student, "A2", notebook)
    renamed = hand_in(course, "renamed", "A2", filled(releases["A2"], solutions("A2")))
    (renamed / "A2_backprop.ipynb").rename(renamed / "A2_backprop (1).ipynb")
    (hand_in(course, "spoiled", "A2", releases["A2"]) / "A2_backprop.ipynb").write_text(spoiled(releases["A2"]))
    broken = hand_in(course, "broken", "A2", releases["A2"]) / "A2_backprop.ipynb"
    broken.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": None}))
    (course / "roster.csv").write_text("id\nbroken\n")
    command = [sys.executable, "-m", "bplearn", "grade", str(course), "--jobs", "1", "--sandbox"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    with (course / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    return course, run, rows


def shown(course, student):
    (path,) = (course / "autograded" / student / "A2").glob("*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(str(dict(output)) for cell in cells for output in cell.get("outputs", []))


FULL = ["a-leaves", "b-looks", "exit", "segfault", "doubled", "renamed", "unmarked", "spoiled"]
FULL += [f"too-much-{name}" for name in LIMITS]


@pytest.mark.parametrize("student", FULL)
def test_right_work_gets_its_points_whatever_is_odd_about_it(odd, student):
    course, _, rows = odd
    cells = cells_of(course / "gradebook.db")[f"A2 {student}"]
    assert {cell: cells[cell] for cell in points("A2")} == points("A2")
    assert rows[student]["state"] == "graded"


@pytest.mark.parametrize(
    ("student", "remark"), [("borrowed", "imports bplearn.course.tasks.a2"), ("by-thread", "uses Thread")]
)
def test_a_cheat_is_not_paid_and_the_teacher_reads_of_it_in_the_grades(odd, student, remark):
    course, _, rows = odd
    assert cells_of(course / "gradebook.db")[f"A2 {student}"][TEST] == 0
    assert remark in rows[student]["remarks"]


def test_one_broken_submission_costs_nobody_else_a_grade(odd):
    course, run, rows = odd
    assert run.returncode == 1
    assert f"bplearn reseed {course}\n" in run.stdout  # nobody has given it hidden tests of its own
    assert "broken           A2  FAILED: A2_backprop.ipynb is no notebook: it has no list of cells." in run.stdout
    assert (rows["broken"]["state"], rows["broken"]["score"]) == ("failed", "")
    assert "1 failed" in run.stdout


def test_a_student_meets_nothing_of_another_one_of_the_course_or_of_the_machine(odd):
    course, run, _ = odd
    assert run.stdout.startswith("Sandbox: bubblewrap.")
    said = shown(course, "b-looks")
    for line in ("left [] running []", "opened 0", "no network", "read-only"):
        assert line in said
    assert f"sees {sandbox.OUT_OF_REACH[1]} []" in said
    for path in (Path("/tmp", "left-behind"), Path.home() / "left-behind"):
        assert not path.exists()
    listed = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True).stdout
    assert not any("left-behind" in line and "time.sleep" in line for line in listed.splitlines())


def test_what_was_odd_is_told(odd):
    _, run, rows = odd
    assert "was named A2_backprop (1).ipynb" in rows["renamed"]["remarks"]
    assert "is a copy of a2-tanh-layer" in rows["doubled"]["remarks"]
    assert "cells are missing: a2-circuit" in rows["unmarked"]["remarks"]
    alike = [line for line in run.stdout.splitlines() if line.startswith("nearly equal in A2")]
    assert any("doubled" in line and "renamed" in line for line in alike)
    assert len(alike) <= len(set(alike)) < 10


def test_what_a_cell_shows_stands_in_its_outputs_as_a_kernel_gives_them(odd):
    (path,) = (odd[0] / "autograded" / "a-leaves" / "A2").glob("*.ipynb")
    outputs = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])]
    results = [one for one in outputs if one.output_type == "execute_result"]
    assert any("A2 with bplearn" in one.data["text/plain"] for one in results)
    assert any("passed" in one.data.get("text/html", "") for one in outputs if one.output_type == "display_data")
    assert not any("Out[" in one.get("text", "") for one in outputs)


def test_who_died_is_told_where(odd):
    assert "The process died in cell" in shown(odd[0], "exit")


@pytest.mark.parametrize(
    ("name", "says"), [("memory", "MemoryError"), ("file", "File too large"), ("files", "Too many open")]
)
def test_a_limit_is_hit_and_costs_that_cell_alone(odd, name, says):
    assert says in shown(odd[0], f"too-much-{name}")
