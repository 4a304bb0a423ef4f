"""One class with odd files, folders and disks: what is lost is told, and what was earned is paid."""

import csv
import errno
import json
import os
import resource
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from bplearn.cli import main
from bplearn.course.grading import run as run_module
from bplearn.course.grading.intake import take_in
from bplearn.course.grading.roster import read_roster
from bplearn.errors import DataError
from tests.course.conftest import ROOT, cells_of, new_course
from tests.course.students import filled, hand_in, points, solutions, source_of

NAME = "A2_backprop.ipynb"
HUGE = """
from IPython.display import HTML, display
for _ in range(60):
    display(HTML("x" * 1_000_000))
"""


def grade(course, *options, **words):
    command = [sys.executable, "-m", "bplearn", "grade", str(course), "--jobs", "1", *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **words)


@pytest.fixture(scope="module")
def graded_files(tmp_path_factory, releases):
    course = new_course(tmp_path_factory.mktemp("files") / "course")
    right, submitted = filled(releases["A2"], solutions("A2")), course / "submitted"
    plain = ("stamped", "windows", "linked", "marked", "repo", "Łódź", "extended")
    folders = {name: hand_in(course, name, "A2", right) for name in plain}
    (folders["stamped"] / "timestamp.txt").write_text("yesterday, I think")
    (folders["windows"] / "timestamp.txt").write_bytes("2026-03-07 09:30:00 UTC\r\n".encode("utf-16"))
    text = (folders["windows"] / NAME).read_text(encoding="utf-8")
    (folders["windows"] / NAME).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (folders["linked"] / "data.txt").symlink_to(course / "nbgrader_config.py")
    (folders["linked"] / "gone.txt").symlink_to(course / "nowhere")
    (folders["linked"] / "more").symlink_to(course / "source")
    (folders["marked"] / ".ipynb_checkpoints").mkdir()
    (folders["marked"] / ".ipynb_checkpoints" / "A2_backprop-checkpoint.ipynb").write_text("{")
    (folders["marked"] / f"._{NAME}").write_bytes(b"\x00\x05\x16\x07")
    (folders["repo"] / ".git").mkdir()
    (folders["repo"] / ".git" / "config").write_text("x")
    hand_in(course, "huge", "A2", filled(releases["A2"], solutions("A2"), first=HUGE))
    for name, file in (("pdf", "work.pdf"), ("=1+1", "=2+2.txt"), ("packed", "work.zip")):
        (submitted / name / "A2").mkdir(parents=True)
        (submitted / name / "A2" / file).write_bytes(b"x")
    (submitted / "lower" / "a2").mkdir(parents=True)
    (submitted / "lower" / "a2" / NAME).write_text(text)
    (submitted / "flat").mkdir()
    (submitted / "flat" / NAME).write_text(text)
    (submitted / "loose.ipynb").write_text(text)
    (folders["extended"] / "timestamp.txt").write_text("2026-03-09 18:00:00 UTC")
    lines = "\n".join(f"{name}," for name in (*plain[:-1], "huge", "lower", "flat", "pdf"))
    (course / "roster.csv").write_text(f"id,due_A2\nextended,2026-03-09 18:00\n{lines}\n")
    (course / "weights.csv").write_text("assignment,weight\nA2,3\nA1,1\n")
    run = grade(course, "--due", "2026-03-06 18:00", "--zone", "Europe/Berlin", "--assignment", "A2")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        return course, run, {row["student_id"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("student", ["stamped", "windows", "linked", "marked", "repo", "Łódź", "extended", "huge"])
def test_right_work_is_paid_whatever_its_files_are_like(graded_files, student):
    course, run, rows = graded_files
    assert {cell: cells_of(course / "gradebook.db")[f"A2 {student}"][cell] for cell in points("A2")} == points("A2")
    assert rows[student]["state"] == "graded", run.stdout + run.stderr


def test_the_state_and_the_exit_code_tell_what_could_not_be_graded(graded_files):
    _, run, rows = graded_files
    assert run.returncode == 1
    assert {name: row["state"] for name, row in rows.items() if row["state"] != "graded"} == {
        "pdf": "failed", "lower": "missing", "flat": "missing"
    }  # fmt: skip
    assert rows["pdf"]["score"] == ""
    assert rows["pdf"]["remarks"] == "there is no notebook, only work.pdf."
    for student, file in (("packed", "work.zip"), ("=1+1", "=2+2.txt")):  # no student of the gradebook: told here
        assert f"{student:16} A2  FAILED: " in run.stdout
        assert file in run.stdout


def test_everything_that_is_left_out_is_told(graded_files):
    _, run, rows = graded_files
    for path in ("lower/a2", f"flat/{NAME}", "loose.ipynb"):
        assert f"left out: submitted/{path} (no folder of a student and an assignment)" in run.stdout
    assert ".git" not in run.stdout
    assert "packed           is not in the roster" in run.stdout
    assert rows["stamped"]["remarks"] == "left out, no time in it: timestamp.txt"
    assert rows["marked"]["remarks"] == ""
    links = "left out, a link: data.txt; left out, a link: gone.txt; left out, a link: more"
    assert rows["linked"]["remarks"] == links


def test_a_time_is_read_as_windows_writes_it_and_lateness_is_of_the_zone(graded_files):
    _, run, rows = graded_files
    assert rows["windows"]["timestamp"] == "2026-03-07 09:30:00"
    assert rows["windows"]["duedate"] == "2026-03-06 17:00:00"
    assert "16.5 h late" in run.stdout


def test_a_student_may_have_a_due_date_of_its_own(graded_files):
    """18:00 in Berlin is 17:00 in UTC: an hour late, not 73."""
    _, run, rows = graded_files
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("extended ")]
    assert "1.0 h late" in line
    assert rows["extended"]["state"] == "graded"


def test_weights_give_a_total_and_none_where_something_waits(graded_files):
    course, _, _ = graded_files
    with (course / "totals.csv").open(encoding="utf-8") as file:
        totals = {row["student_id"]: row for row in csv.DictReader(file)}
    assert (totals["repo"]["A2"], totals["repo"]["A1"], totals["repo"]["total"]) == ("84", "0", "63")
    assert (totals["lower"]["A2"], totals["lower"]["total"]) == ("0", "0")
    assert (totals["pdf"]["A2"], totals["pdf"]["total"]) == ("", "")


def test_what_a_notebook_shows_is_limited_and_the_rest_is_told(graded_files):
    (path,) = (graded_files[0] / "autograded" / "huge" / "A2").glob("*.ipynb")
    assert path.stat().st_size < 60_000_000
    assert "characters that cannot be shown" in path.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="a limit of file sizes stands for a full disk")
def test_a_full_disk_loses_nothing_and_is_told(tmp_path, releases):
    course = new_course(tmp_path / "course")
    hand_in(course, "alo", "A2", filled(releases["A2"], solutions("A2")))

    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    run = grade(course, preexec_fn=full)
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    shutil.rmtree(course / ".bplearn-grade")
    (course / "gradebook.db").unlink(missing_ok=True)
    run = grade(course)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "alo              A2  21 of 25" in run.stdout


@pytest.mark.parametrize(
    ("free", "raised", "says"),
    [(1000, OSError(errno.ENOSPC, "No space left on device"), "room on the disk"),
     (1000, RuntimeError("nbgrader gave no reason"), "room on the disk"),
     (10**9, OSError(errno.EROFS, "Read-only file system"), "a course that may be written to")],
)  # fmt: skip
def test_a_disk_that_is_full_or_read_only_is_told_in_words(tmp_path, monkeypatch, capsys, free, raised, says):
    (tmp_path / "source").mkdir()

    def stops(*_):
        raise raised

    monkeypatch.setattr(run_module, "_alone", stops)
    monkeypatch.setattr(run_module.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert main(["grade", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "goes on from there" in said


def test_a_grades_file_that_cannot_be_written_is_told_in_a_sentence(tmp_path, releases):
    course = new_course(tmp_path / "course")
    hand_in(course, "alo", "A2", releases["A2"])
    run = grade(course, "--csv", str(tmp_path / "nowhere" / "grades.csv"))
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "nowhere" in run.stderr


def test_a_cell_of_another_assignment_keeps_no_mark_and_is_told(tmp_path):
    marks = {"nbgrader": {"grade_id": "mine", "grade": True, "points": 100}}
    (tmp_path / "in").mkdir()
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", metadata=marks)])
    nbformat.write(book, tmp_path / "in" / NAME)
    told = take_in(tmp_path / "in", NAME, "A2", tmp_path / "out", source_of("A2"))
    assert "cell 1 is none of ours (mine)" in told
    cells = json.loads((tmp_path / "out" / NAME).read_text())["cells"]
    assert [cell["metadata"] for cell in cells if cell["source"] == "1"] == [{}]


@pytest.mark.parametrize(
    "text", ["sep=;\nid;last_name\nalo;L\n", 'id,last_name\r\nalo,"L\r\nM"\r\n', "\ufeffid\nalo\n"]
)
def test_a_roster_is_read_as_a_spreadsheet_leaves_it(tmp_path, text):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8", newline="")
    assert [one["id"] for one in read_roster(tmp_path / "roster.csv")] == ["alo"]


@pytest.mark.parametrize("text", ["id\n..\n", "id\nalo.\n", "id\nAda\nada\n", "id\nGu\u0308l\nGül\n"])
def test_ids_that_could_not_be_folders_of_their_own_are_refused(tmp_path, text):
    (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="of the roster"):
        read_roster(tmp_path / "roster.csv")
