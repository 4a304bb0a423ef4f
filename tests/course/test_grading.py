"""`bplearn grade` with real submissions: the grades of nbgrader alone, a kill in the middle, regrades, absence."""

import csv
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from bplearn.cli import main
from tests.course.conftest import ALONE, ROOT, new_course
from tests.course.students import filled, hand_in, solutions

COLUMNS = (
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
    "raw_score,late_submission_penalty,score,max_score,state,remarks"
)
STUDENTS = ("correct", "buggy", "empty", "cheating")


def command(course, *options, jobs=2):
    return [sys.executable, "-m", "bplearn", "grade", str(course), "--jobs", str(jobs), *options]


def grade(course, *options):
    return subprocess.run(command(course, *options, jobs=1), capture_output=True, text=True, cwd=ROOT)


def grades(course):
    with (course / "grades.csv").open() as file:
        assert file.readline().strip() == COLUMNS
        file.seek(0)
        return {row["student_id"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def killed(handed_in, tmp_path_factory):
    """Grade A1 of four students; the run is killed after its first line, and a second one goes on."""
    course = new_course(tmp_path_factory.mktemp("killed") / "course")
    for student in STUDENTS:
        shutil.copytree(handed_in / "submitted" / student / "A1", course / "submitted" / student / "A1")
    (course / "submitted" / "empty" / "A1" / "timestamp.txt").write_text("2026-03-07 09:30:00 UTC\n")
    (course / "roster.csv").write_text("id,first_name,last_name\ncorrect,Ada,Lovelace\nabsent,No,Body\n")
    due = ("--due", "2026-03-06 18:00", "--assignment", "A1")
    with subprocess.Popen(command(course, *due), stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        level, _, first = (process.stdout.readline() for _ in range(3))  # the second line is about the secret
        process.kill()
    assert level.startswith("Sandbox: ")
    time.sleep(1)  # its workers notice that it is gone
    after_kill = {path.parent.parent.name: path.stat().st_mtime_ns for path in course.glob("autograded/*/A1/*.ipynb")}
    second = grade(course, *due)
    return course, first, second, after_kill


def test_a_killed_run_goes_on_where_it_was(killed):
    course, first, second, after_kill = killed
    done = first.split()[0]
    assert second.returncode == 0, second.stderr
    assert "3 graded, 1 stood already, 1 missing, 0 failed" in second.stdout
    assert not re.search(rf"^{done} +A1", second.stdout, re.MULTILINE), "graded twice"
    (kept,) = (course / "autograded" / done / "A1").glob("*.ipynb")
    assert kept.stat().st_mtime_ns == after_kill[done]


def test_the_grades_are_those_of_nbgrader_alone(killed, by_nbgrader):
    found = grades(killed[0])
    for student in STUDENTS:
        assert float(found[student]["raw_score"]) == by_nbgrader[f"A1 {student}"]["score"]
        assert float(found[student]["max_score"]) == 25
    assert found["correct"]["last_name"] == "Lovelace"


@pytest.mark.parametrize("submission", [key for half in ALONE.values() for key in half])
def test_both_engines_give_the_same_points_cell_by_cell(graded, by_nbgrader, submission):
    found = by_nbgrader[submission]
    assert found["worked"]
    assert found["most"] == 25
    assert found["by_hand"], "the written answer waits for the teacher"
    assert graded.points[submission] == found["cells"]


def test_missing_and_late_are_told(killed):
    course, first, second, _ = killed
    assert re.search(r"absent +A1  nothing handed in: 0 points", second.stdout)
    assert float(grades(course)["absent"]["score"]) == 0
    assert {name: row["state"] for name, row in grades(course).items()} == {
        **dict.fromkeys(STUDENTS, "graded"), "absent": "missing"
    }  # fmt: skip
    assert "15.5 h late" in first + second.stdout
    assert grades(course)["empty"]["duedate"] == "2026-03-06 18:00:00"


def test_a_cheat_is_pointed_out(killed):
    course, first, second, _ = killed
    if not first.startswith("cheating"):  # the remark stands under the line, where the kill may have cut it
        assert "replaces np.allclose" in second.stdout
    assert "replaces np.allclose" in grades(course)["cheating"]["remarks"]


def test_only_what_has_changed_is_graded_again_and_marks_given_by_hand_stay(killed, releases):
    import sqlite3

    course = killed[0]
    with sqlite3.connect(course / "gradebook.db") as gradebook:
        handed_in = "SELECT id FROM submitted_assignment WHERE student_id = ?"
        theirs = f"SELECT id FROM submitted_notebook WHERE assignment_id IN ({handed_in})"
        where = f"auto_score IS NULL AND notebook_id IN ({theirs})"
        by_hand = f"UPDATE grade SET manual_score = 5, needs_manual_grade = 0 WHERE {where}"
        assert gradebook.execute(by_hand, ("buggy",)).rowcount == 1
    gradebook.close()
    hand_in(course, "buggy", "A1", filled(releases["A1"], solutions("A1")))
    run = grade(course, "--feedback")
    assert "1 graded, 3 stood already" in run.stdout, run.stdout + run.stderr
    assert "to be marked by hand" not in run.stdout, "the written answer is the one that was marked"
    assert float(grades(course)["buggy"]["score"]) == 25
    assert len(list(course.glob("feedback/*/A1/*.html"))) == 4
    rewritten = filled(releases["A1"], solutions("A1"))
    rewritten.cells[-1].source = "Another text."
    hand_in(course, "buggy", "A1", rewritten)
    assert re.search(r"^buggy +A1  25 of 25, 5 to be marked by hand", grade(course).stdout, re.MULTILINE)
    run = grade(course, "--again", "empty")
    assert "1 graded, 3 stood already" in run.stdout
    assert re.search(r"^empty +A1  0 of 25", run.stdout, re.MULTILINE)


def test_ctrl_c_stops_at_once_and_what_was_graded_stays(killed):
    course = killed[0]
    with subprocess.Popen(
        command(course, "--again"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.splitlines()[-1:]) == (130, ["bplearn: stopped by hand"])
    before = grades(course)
    assert "0 graded, 4 stood already" in grade(course).stdout
    assert grades(course) == before


def test_one_run_at_a_time(killed):
    from bplearn.course.grading.run import Course, _alone

    with _alone(Course(killed[0])):
        run = grade(killed[0])
    assert run.returncode == 2
    assert run.stderr.startswith("bplearn: grade expected one run at a time in a course, got another one at work here")


def test_the_command_release_writes_and_does_not_overwrite(tmp_path):
    def run():
        return subprocess.run(
            [sys.executable, "-m", "bplearn", "release", "A1", str(tmp_path)], capture_output=True, text=True, cwd=ROOT
        )

    assert run().stdout == f"Written: {tmp_path / 'A1_forward_and_cost.ipynb'}\n"
    (tmp_path / "A1_forward_and_cost.ipynb").write_text("mine")
    again = run()
    assert again.returncode == 2
    assert "Add --force to replace it" in again.stderr
    assert (tmp_path / "A1_forward_and_cost.ipynb").read_text() == "mine"


def test_without_nbgrader_the_commands_say_how_to_get_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbgrader.converters", None)
    assert main(["release", "A2", str(tmp_path)]) == 2
    assert 'nbgrader is not installed. Get it with: pip install "bplearn[course]"' in capsys.readouterr().err
    (tmp_path / "source").mkdir()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["grade", str(tmp_path)]) == 2
    assert 'pip install "bplearn[course]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["release", "A9", "."], "release expected one of A1, A2, A3, A4, got 'A9'."),
        (["release", "A1", ".", "--course", "nowhere"], "The course expected the folder"),
        (["grade", "nowhere"], "grade expected a course with a folder source in nowhere, got none."),
        (["grade", ".", "--jobs", "0"], "--jobs expected a whole number of at least 1, got 0"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments, says, capsys, in_empty_folder):
    assert main(arguments) == 2
    assert says in capsys.readouterr().err


def test_wishes_that_do_not_fit_together_are_refused(capsys, in_empty_folder):
    (in_empty_folder / "source" / "A1").mkdir(parents=True)
    assert main(["grade", ".", "--due", "2026-03-06"]) == 2
    assert "--due and --zip expected an --assignment to go with, got none." in capsys.readouterr().err
    assert main(["grade", ".", "--due", "Friday", "--assignment", "A1"]) == 2
    assert "--due expected a time such as \"2026-03-06 18:00\", got 'Friday'." in capsys.readouterr().err
    assert main(["grade", "."]) == 2
    assert "grade expected notebooks in submitted/<student>/<assignment>/, got none." in capsys.readouterr().err
