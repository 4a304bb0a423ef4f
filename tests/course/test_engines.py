"""What the fast engine cannot run goes to a kernel in the same sandbox; an executor by name grades; L15."""

import csv
import os
import subprocess
import sys

import nbformat
import pytest

from bplearn.cli import main
from bplearn.course.grading import sandbox
from bplearn.course.grading.gradebook import Gradebook
from bplearn.errors import DataError
from tests.course.conftest import ROOT, cells_of, new_course
from tests.course.students import filled, hand_in, points, solutions

LOOKS = """
import os, pathlib, socket
around = [str(path) for path in pathlib.Path.cwd().parent.rglob("*.ipynb") if not path.is_relative_to(PROJECT)]
beside = [path.name for path in pathlib.Path.cwd().rglob("*")]
print("notebooks", around, "beside", beside)
print("kernel of", type(get_ipython().kernel).__name__)
for path in (COURSE, HIDDEN):
    print("sees", os.listdir(path) if os.path.isdir(path) else "nothing")
try:
    open(COURSE + "/gradebook.db")
    print("opens the gradebook")
except OSError:
    print("no gradebook")
print("network of", os.listdir("/sys/class/net") and [line.split(":")[0].strip() for line in open("/proc/net/dev")][2:])
"""
needs_sandbox = pytest.mark.skipif(
    not sandbox.works() and "CI" not in os.environ, reason=f"needs the sandbox: {sandbox.HOW_TO_GET_IT}"
)


@pytest.fixture(scope="module")
def graded_by_an_executor(tmp_path_factory, releases):
    course = new_course(tmp_path_factory.mktemp("engines") / "course")
    hidden = str(sandbox.OUT_OF_REACH[1])
    # The project itself may lie below the folder for temporary files, which the kernel sees.
    first = f"COURSE, HIDDEN, PROJECT = {str(course)!r}, {hidden!r}, {str(ROOT)!r}\n{LOOKS}"
    hand_in(course, "needs-kernel", "A2", filled(releases["A2"], solutions("A2"), first=first))
    (course / "submitted" / "needs-kernel" / "A2" / "data.csv").write_text("1,2")
    hand_in(course, "plain", "A2", filled(releases["A2"], solutions("A2")))
    (course / "roster.csv").write_text("id,last_name\nneeds-kernel,Kernel\nplain,Plain\n")
    (course / "canvas.csv").write_text("Student,ID,SIS Login ID,A2 (7)\nOne,1,plain,\nTwo,2,needs-kernel,\n")
    command = [sys.executable, "-m", "bplearn", "grade", str(course), "--feedback", "--assignment", "A2"]
    command += ["--worksheet", str(course / "canvas.csv")]
    command += ["--executor", "concurrent.futures:ProcessPoolExecutor"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    with (course / "grades.csv").open() as file:
        return course, run, {row["student_id"]: row for row in csv.DictReader(file)}


@needs_sandbox
def test_what_needs_a_kernel_gets_one_in_the_sandbox_and_the_teacher_reads_of_it(graded_by_an_executor):
    course, run, rows = graded_by_an_executor
    assert run.returncode == 0, run.stdout + run.stderr
    cells = cells_of(course / "gradebook.db")
    for student in ("needs-kernel", "plain"):
        assert {cell: cells[f"A2 {student}"][cell] for cell in points("A2")} == points("A2")
    assert "graded in a kernel: cell " in rows["needs-kernel"]["remarks"]
    assert "graded in a kernel: cell " in run.stdout
    assert "kernel" not in rows["plain"]["remarks"]
    (path,) = (course / "autograded" / "needs-kernel" / "A2").glob("*.ipynb")
    outputs = [one for cell in nbformat.read(path, as_version=4).cells for one in cell.get("outputs", [])]
    said = "".join(one.text for one in outputs if one.get("name") == "stdout")
    for line in ("kernel of IPythonKernel", "sees []\nsees []", "no gradebook", "network of ['lo']"):
        assert line in said


@needs_sandbox
def test_a_kernel_finds_no_notebook_with_the_hidden_checks(graded_by_an_executor):
    """nbgrader writes them into the file that it makes beside, which was the kernel's own folder once."""
    (path,) = (graded_by_an_executor[0] / "autograded" / "needs-kernel" / "A2").glob("*.ipynb")
    assert "seed=" in path.read_text(encoding="utf-8")
    assert "notebooks [] beside ['data.csv']" in path.read_text(encoding="utf-8")


@needs_sandbox
def test_a_worksheet_is_filled_in_with_the_scores_of_the_run(graded_by_an_executor):
    course, run, rows = graded_by_an_executor
    with (course / "canvas-graded.csv").open(encoding="utf-8-sig") as file:
        back = {row["SIS Login ID"]: float(row["A2 (7)"]) for row in csv.DictReader(file)}
    assert back == {who: float(row["score"]) for who, row in rows.items()}
    assert "canvas-graded.csv: 2 scores" in run.stdout


@needs_sandbox
def test_remarks_stand_where_the_teacher_marks_and_not_on_the_students_page(graded_by_an_executor):
    course, _, _ = graded_by_an_executor
    (path,) = (course / "autograded" / "needs-kernel" / "A2").glob("*.ipynb")
    first = nbformat.read(path, as_version=4).cells[0].source
    assert first.startswith("<b>For the teacher")
    assert "graded in a kernel: cell " in first
    (page,) = (course / "feedback" / "needs-kernel" / "A2").glob("*.html")
    assert "For the teacher" not in page.read_text(encoding="utf-8")


def test_a_first_run_that_was_killed_at_once_leaves_nothing_in_the_way(tmp_path):
    (tmp_path / "gradebook.db").touch()
    Gradebook(tmp_path / "gradebook.db").keep_a_copy(tmp_path)
    assert not (tmp_path / "gradebook.db").exists()
    (tmp_path / "autograded").mkdir()
    (tmp_path / "gradebook.db").touch()
    with pytest.raises(DataError, match="damaged"):
        Gradebook(tmp_path / "gradebook.db").keep_a_copy(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x00\x01 no database \xff" * 500])
def test_a_damaged_gradebook_is_refused_with_the_newest_copy_and_stays(tmp_path, capsys, content):
    (tmp_path / "source" / "A1").mkdir(parents=True)
    kept = tmp_path / ".bplearn-grade"
    kept.mkdir()
    for day in ("20260301", "20260302"):
        (kept / f"before-{day}-120000.db").write_bytes(b"a copy")
    (tmp_path / "gradebook.db").write_bytes(content)
    assert main(["grade", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert f"{tmp_path / 'gradebook.db'}, which is damaged" in said
    assert "before-20260302-120000.db" in said
    assert (tmp_path / "gradebook.db").read_bytes() == content
