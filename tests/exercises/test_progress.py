"""Progress: kept in one file, merged, never lost, resettable; and the recall questions."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from bplearn import ArgumentError, DataError, exercises
from bplearn.exercises import (
    check,
    hint,
    merge_progress,
    progress,
    quiz,
    recall,
    recall_all,
    reset_progress,
    reveal,
    solution,
    solved,
    use_file,
)
from bplearn.exercises.chapters.questions import QUESTIONS, due
from bplearn.exercises.engine.exercise import NOTEBOOKS
from bplearn.exercises.engine.question import Choice
from bplearn.files.lock import locked


@pytest.fixture
def file(tmp_path):
    return tmp_path / "progress.json"  # the file that conftest.py has chosen


def entry(file, number, kind="exercises"):
    return json.loads(file.read_text())[kind][number]


def test_a_solved_exercise_is_remembered_and_stays_solved(file):
    check("01.3", "a")
    assert entry(file, "01.3") == {"attempts": 1, "passed": False}
    check("01.3", "b")
    check("01.3", "a")
    assert entry(file, "01.3") == {"attempts": 3, "passed": True}
    assert solved() == ("01.3",)
    row = progress().rows[1]
    assert row == ("01_one_neuron.ipynb", "1", "4", "0", "3")


def test_stubs_leave_no_file(file):
    check("01.3", ...)
    recall("01.r1")
    quiz(1)
    progress()
    assert not file.exists()


def test_hints_come_one_after_the_other(file):
    assert [hint("09.3").title[:11] for _ in range(4)] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert entry(file, "09.3")["hints"] == 3
    assert hint("09.3", level=1).title.startswith("Hint 1 of 3")
    assert hint("09.3").title.startswith("Hint 3 of 3")


def test_a_solution_that_was_looked_at_is_remembered(file):
    solution("09.3")
    assert entry(file, "09.3") == {"solution": True}


def test_reset(file):
    check("01.3", "b")
    recall("01.r1", -0.5)
    check("05.1", (-0.0446, 0.134))
    reset_progress("01.3")
    assert solved() == ("05.1",)
    reset_progress("01.r1")
    assert json.loads(file.read_text())["recall"] == {}
    reset_progress()
    assert solved() == ()


def test_a_broken_file_is_set_aside_and_never_lost(file):
    file.write_text("{ half a file")
    assert solved() == ()
    check("01.3", "b")
    assert solved() == ("01.3",)
    aside = list(file.parent.glob("progress.json.unreadable-*"))
    assert [path.read_text() for path in aside] == ["{ half a file"]


def test_what_a_newer_version_wrote_is_kept(file):
    file.write_text(json.dumps({"badges": [1], "exercises": {"99.9": {"passed": True}, "odd": 3}}))
    check("01.3", "b")
    record = json.loads(file.read_text())
    assert record["badges"] == [1]
    assert record["exercises"]["99.9"] == {"passed": True}


def test_a_folder_that_cannot_be_written_to_stops_nothing(tmp_path):
    use_file(tmp_path / "no such folder" / "progress.json")
    assert check("01.3", "b").passed
    assert hint("01.3").title.startswith("Hint 1")
    assert solved() == ()


def test_the_file_lies_beside_the_notebooks(in_empty_folder, monkeypatch):
    use_file(None)
    monkeypatch.delenv("BPLEARN_PROGRESS", raising=False)
    check("01.3", "b")
    assert [path.name for path in in_empty_folder.iterdir()] == [".bplearn-progress.json"]
    monkeypatch.setenv("BPLEARN_PROGRESS", str(in_empty_folder / "elsewhere.json"))
    assert solved() == ()


def test_two_processes_at_once_lose_nothing(file):
    code = (
        "import sys; from bplearn import exercises as e; e.use_file(sys.argv[1]);"
        "[e.check('01.3', 'a') for _ in range(40)]; e.check(sys.argv[2], sys.argv[3])"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(file), number, answer])
        for number, answer in (("08.3", "a"), ("11.4", "b"))
    ]
    assert [process.wait() for process in both] == [0, 0]
    assert entry(file, "01.3")["attempts"] == 80
    assert solved() == ("08.3", "11.4")
    assert not list(file.parent.glob("*.lock"))


@pytest.mark.parametrize("days", [-20_000, -1, 0, 1, 400])
def test_a_lock_that_a_crash_left_stops_nothing_whatever_its_date(file, days):
    lock = file.with_name("progress.json.lock")
    lock.touch()
    date = max(time.time() + 86_400 * days, 1)
    os.utime(lock, (date, date))
    begin = time.monotonic()
    check("01.3", "b")
    assert time.monotonic() - begin < 5
    assert solved() == ("01.3",)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_an_owner_that_never_lets_go_stops_nothing_for_long(file, monkeypatch):
    monkeypatch.setattr("bplearn.exercises.engine.progress.PATIENCE", 0.1)
    with locked(file.with_name("progress.json.lock")):
        result = check("01.3", "b")
    assert result.passed
    assert solved() == ()


def test_another_file_is_merged_and_nothing_gets_less(file, tmp_path):
    other = tmp_path / "other.json"
    use_file(other)
    check("01.3", "b")
    check("08.3", "b")
    hint("08.3")
    use_file(file)
    check("08.3", "a")
    check("08.3", "a")
    for _ in range(2):
        merge_progress(other)
    assert solved() == ("01.3", "08.3")
    assert entry(file, "08.3") == {"attempts": 2, "passed": True, "hints": 1}
    other.write_text("[1]")
    with pytest.raises(DataError, match=r"merge_progress expected a progress file of bplearn, got .*other\.json"):
        merge_progress(other)
    with pytest.raises(FileNotFoundError):
        merge_progress(tmp_path / "none.json")


# recall -------------------------------------------------------------------------------------------------------------


def test_three_questions_for_each_notebook_repeated_two_later():
    for chapter in NOTEBOOKS:
        own, again = due(chapter)
        assert own == tuple(f"{chapter}.r{k}" for k in (1, 2, 3))
        if int(chapter) >= 2:
            assert again == tuple(f"{int(chapter) - 2:02d}.r{k}" for k in (1, 2, 3))
    assert due("00")[1] == due("01")[1] == ()


@pytest.mark.parametrize("number", QUESTIONS)
def test_every_question_has_a_right_answer_and_a_reason_for_each_wrong_one(number):
    one = QUESTIONS[number]
    assert recall(number).status.value == "not attempted yet"
    assert one.task in str(recall(number))
    if isinstance(one, Choice):
        assert recall(number, one.right_letter).passed
        assert len(one.options) >= 3
        assert len(set(one.options.values())) == len(one.options)
        for letter, statement in one.letters.items():
            if letter != one.right_letter:
                verdict = recall(number, letter)
                assert not verdict.passed
                assert one.options[statement] in str(verdict)
    else:
        assert recall(number, one.solution()).passed
        assert not recall(number, one.solution() * 1.5 + 1).passed


def test_several_questions_at_once_are_the_single_ones_one_below_the_other():
    answers = {"01.r1": -0.5, "01.r2": ..., "01.r3": "b"}
    several = recall_all(answers)
    singles = [recall(number, answer) for number, answer in answers.items()]
    assert str(several) == "\n\n".join(map(str, singles))
    assert several._repr_html_() == "".join(one._repr_html_() for one in singles)
    assert not several.passed
    assert recall_all({"01.r1": -0.5}).passed


def test_the_right_statement_is_not_always_at_the_same_letter():
    letters = [one.right_letter for one in QUESTIONS.values() if isinstance(one, Choice)]
    assert len(set(letters)) >= 3
    assert max(letters.count(letter) for letter in set(letters)) < 0.6 * len(letters)


def test_a_quiz_lists_own_and_earlier_questions():
    text = str(quiz("05"))
    assert "05.r1" in text
    assert "03.r3" in text
    assert quiz(0).title == "Recall: 3 questions of 00"


def test_known_questions_are_counted(file):
    recall("01.r1", -0.5)
    assert entry(file, "01.r1", "recall") == {"attempts": 1, "passed": True}
    assert progress().rows[1][3:] == ("1", "3")


def test_public_names():
    for name in exercises.__all__:
        assert getattr(exercises, name)


def test_the_numbers_of_an_exercise_are_computed_with_at_once_and_shown_after_an_attempt(file):
    found = reveal("05.3")
    assert np.allclose(found, [0.053584563, 0.012893160], rtol=1e-7)
    assert "shown once you have tried it" in repr(found)
    assert "0.05" not in str(found)
    check("05.3", ...)
    assert "shown once you have tried it" in repr(found)
    check("05.3", (1, 1))
    assert repr(found) == "The numbers of 05.3 (dE/dh2, dE/dz of h2): 0.0535846, 0.0128932"


def test_only_numbers_are_revealed():
    for number in ("05.7", "01.3", "07.5"):
        with pytest.raises(ArgumentError, match="asks for numbers"):
            reveal(number)
