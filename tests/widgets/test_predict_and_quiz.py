"""Predict, commit, reveal and the quiz without a browser: what is asked, said and kept."""

import json

import pytest

from bplearn.errors import ArgumentError
from bplearn.exercises import exercise, use_file
from bplearn.exercises.exercise import Choice, Numbers, Option
from bplearn.exercises.recall import QUESTIONS
from bplearn.exercises.round import Round
from bplearn.widgets import predict, quiz
from tests.widgets.test_graph_and_neuron import find


@pytest.fixture(autouse=True)
def progress_file(tmp_path):
    use_file(tmp_path / "progress.json")
    yield tmp_path / "progress.json"
    use_file(None)


def own_questions():
    options = {"a": Option("It rises.", "No: the slope is negative."), "b": Option("It falls.", "Yes.")}
    return [
        Choice("q.1", "Own", "What happens?", ("", "", ""), "01", options=options, right="b"),
        Numbers("q.2", "Own", "2 * 3 is ...", ("", "", ""), "01", solution=lambda: 6.0, outputs=("the answer",)),
    ]


# --- predict -------------------------------------------------------------------------------------------------------


def test_a_typed_prediction_is_committed_once_and_explained():
    panel = predict("sigmoid(0) is ...", 0.5, explain="1 / (1 + 1).")
    field, commit = find(panel, "Text", "your prediction"), find(panel, "Button", "Commit")
    said = panel.children[-2]
    assert said.content == ""
    assert "0.5" not in panel.children[1].content
    field.value = "0.25"
    assert "✗ You typed 0.25, it is 0.5. It is half the right number." in said.content
    assert "1 / (1 + 1)." in said.content
    assert field.disabled
    assert commit.disabled


def test_the_button_commits_too_and_nothing_is_told():
    panel = predict("?", 1)
    find(panel, "Button", "Commit").click()
    assert "Commit expected a number first, got none." in panel.trouble
    assert panel.logic.judgement is None


def test_a_chosen_prediction_has_its_reply():
    panel = predict("w grows: y ...", "falls", choices=["rises", "falls"], replies={"rises": "x is negative."})
    radio = find(panel, "RadioButtons", "your prediction")
    assert radio.value is None
    radio.value = "rises"
    find(panel, "Button", "Commit").click()
    assert "✗ x is negative. It is: falls" in panel.children[-2].content
    assert radio.disabled


def test_the_answer_may_be_computed_when_it_is_revealed():
    calls = []
    panel = predict("?", lambda: calls.append(1) or 3.0)
    assert calls == []
    find(panel, "Text", "your prediction").value = "3"
    assert "✓ Right: 3." in panel.children[-2].content


def test_an_error_in_the_computation_stands_in_the_panel():
    panel = predict("?", lambda: 1 / 0)
    find(panel, "Text", "your prediction").value = "3"
    assert "ZeroDivisionError" in panel.trouble


def test_the_saved_question_shows_its_choices_and_not_the_answer():
    bundle = predict("Up or down?", "up", choices=["up", "down"], explain="secret")._repr_mimebundle_()
    assert "Predict first. Up or down? ○ up ○ down" in bundle["text/plain"]
    assert "secret" not in bundle["text/html"] + bundle["text/plain"]


# --- quiz ----------------------------------------------------------------------------------------------------------


def test_every_wrong_statement_of_every_question_has_its_explanation():
    for question in QUESTIONS.values():
        if isinstance(question, Choice):
            asked = Round([question])
            for letter, option in question.options.items():
                verdict = asked.answer(letter)
                assert option.reply
                assert option.reply in str(verdict)
                assert verdict.passed == (letter == question.right)


def test_answers_are_kept_and_shown_again(progress_file):
    first = quiz(1)
    number = find(first, "Text", "your answer, a number")
    assert number.layout.display is None
    number.value = "-0,5"
    assert first.logic.marks() == ["✓", "○", "○"]
    find(first, "Button", "Next question").click()
    statements = find(first, "RadioButtons", "your answer")
    assert statements.layout.display is None
    wrong = next(letter for letter in "abc" if letter != QUESTIONS["01.r2"].right)
    statements.value = wrong
    find(first, "Button", "Check").click()
    kept = json.loads(progress_file.read_text())["recall"]
    assert (kept["01.r1"]["answer"], kept["01.r1"]["passed"]) == ("-0,5", True)
    assert (kept["01.r2"]["answer"], kept["01.r2"]["passed"]) == (wrong, False)
    again = quiz("01")
    assert again.logic.marks() == ["✓", "✗", "○"]
    assert find(again, "Text", "your answer, a number").value == "-0,5"
    assert json.loads(progress_file.read_text())["recall"]["01.r1"]["attempts"] == 1, "looking again is no attempt"
    again.logic.go(1)
    again.refresh()
    assert find(again, "RadioButtons", "your answer").value == wrong


def test_a_broken_progress_file_does_not_stop_the_quiz(progress_file):
    progress_file.write_text("{no json")
    assert quiz(1).logic.score() == "0 of 3 right, 3 not answered yet"
    progress_file.write_text('{"recall": {"01.r1": {"answer": 7}}}')
    assert quiz(1).logic.marks() == ["○", "○", "○"]


def test_questions_of_ones_own_are_judged_and_not_kept(progress_file):
    panel = quiz(own_questions())
    assert "It rises." in panel._repr_mimebundle_()["text/plain"]
    panel.logic.answer("a")
    panel.refresh()
    assert "No: the slope is negative." in str(panel.logic.verdict)
    panel.logic.go(1).answer("6")
    assert panel.logic.marks() == ["✗", "✓"]
    assert not progress_file.exists()


def test_nothing_chosen_and_no_number_are_told():
    panel = quiz(own_questions())
    find(panel, "Button", "Check").click()
    assert "Check expected one of the statements first, got none." in panel.trouble
    panel.logic.go(1)
    panel.refresh()
    find(panel, "Text", "your answer, a number").value = "six"
    assert "The answer expected a number such as 0.25" in panel.trouble


def test_what_is_no_quiz_is_told():
    with pytest.raises(ArgumentError, match='quiz expected a notebook such as 5 or "05", got 99'):
        quiz(99)
    with pytest.raises(ArgumentError, match="quiz expected questions to choose or to type"):
        quiz([])
    with pytest.raises(ArgumentError, match="quiz expected questions to choose or to type"):
        quiz([exercise("05.7")])


def test_the_saved_quiz_does_not_depend_on_what_was_answered():
    before = quiz(5)._repr_mimebundle_()["text/html"]
    quiz(5).logic.answer("a")
    assert quiz(5)._repr_mimebundle_()["text/html"] == before
