"""Predict, commit, reveal and the quiz without a browser: what is asked, said and kept."""

import json

import pytest

from bplearn.errors import ArgumentError
from bplearn.exercises import exercise, merge_progress, reset_progress, use_file
from bplearn.exercises.chapters.questions import PREDICTIONS, QUESTIONS
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.quiz import Quiz
from bplearn.widgets import predict, quiz
from tests.panels.test_graph_and_neuron import find


@pytest.fixture(autouse=True)
def progress_file(tmp_path):
    use_file(tmp_path / "progress.json")
    yield tmp_path / "progress.json"
    use_file(None)


def own_questions():
    options = {"It rises.": "No: the slope is negative.", "It falls.": "Yes."}
    return [
        Choice("q.1", "Own", "What happens?", options=options, right="It falls."),
        Number("q.2", "Own", "2 * 3 is ...", solution=lambda: 6.0),
    ]


# --- predict -------------------------------------------------------------------------------------------------------


def test_a_typed_prediction_is_committed_once_and_explained():
    panel = predict("sigmoid(0) is ...", 0.5, explain="1 / (1 + 1).")
    field, commit = find(panel, "Text", "your prediction"), find(panel, "Button", "Commit")
    said = panel.children[-2]
    assert said.content == ""
    assert "0.5" not in panel.children[1].content
    field.value = "0.25"
    assert "<strong>✗ You typed 0.25, it is 0.5. </strong>It is half the right number." in said.content
    assert "1 / (1 + 1)." in said.content
    assert field.disabled
    assert commit.disabled


def test_the_button_commits_too_and_nothing_is_told():
    panel = predict("?", 1)
    find(panel, "Button", "Commit").click()
    assert "Type a number first. A guess is enough" in panel.error_message
    assert panel.logic.judgement is None


def test_a_chosen_prediction_has_its_reply():
    panel = predict("w grows: y ...", "falls", choices=["rises", "falls"], replies={"rises": "x is negative."})
    radio = find(panel, "RadioButtons", "your prediction")
    assert radio.value is None
    radio.value = "rises"
    find(panel, "Button", "Commit").click()
    assert "✗ x is negative.</p><p><strong>It is: falls</strong>" in panel.children[-2].content
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
    assert "ZeroDivisionError" in panel.error_message


def test_the_saved_question_shows_its_choices_and_not_the_answer():
    bundle = predict("Up or down?", "up", choices=["up", "down"], explain="secret")._repr_mimebundle_()
    assert "Predict first. Up or down? ○ up ○ down" in bundle["text/plain"]
    assert "secret" not in bundle["text/html"] + bundle["text/plain"]


# --- the numbered predictions of the series ------------------------------------------------------------------------


def test_an_answer_is_kept_shown_again_and_forgotten_when_asked_again(progress_file):
    first = predict("04.p1")
    find(first, "RadioButtons", "your prediction").value = "by 0.006"
    find(first, "Button", "Commit").click()
    assert "You multiplied the two ways" in first.children[-2].content
    assert "before" not in first.children[-2].content
    assert json.loads(progress_file.read_text())["predictions"] == {"04.p1": {"answer": "by 0.006"}}
    again = predict("04.p1")
    radio, button = find(again, "RadioButtons", "your prediction"), find(again, "Button", "Ask me again")
    assert (radio.value, radio.disabled, button.layout.display) == ("by 0.006", True, None)
    assert find(again, "Button", "Commit").layout.display == "none"
    assert "You said “by 0.006” before." in again.children[-2].content
    button.click()
    assert json.loads(progress_file.read_text())["predictions"] == {}
    assert (radio.value, radio.disabled, button.layout.display) == (None, False, "none")
    assert again.children[-2].content == ""
    radio.value = "by 0.005"
    find(again, "Button", "Commit").click()
    assert "✓ Right." in again.children[-2].content
    assert predict("04.p1").logic.judgement.right


def test_a_typed_answer_is_kept_and_its_slip_is_named(progress_file):
    first = predict("04.p3")
    assert find(first, "Button", "Ask me again").layout.display == "none"
    find(first, "Text", "your prediction").value = "45"
    assert "You typed 45, it is 9. </strong>That would be one walk for each input." in first.children[-2].content
    again = predict("04.p3")
    assert "You said 45 before." in again.children[-2].content
    assert find(again, "Text", "your prediction").value == "45"
    find(again, "Button", "Ask me again").click()
    assert find(again, "Text", "your prediction").value == ""
    find(again, "Text", "your prediction").value = "9"
    assert "✓ Right: 9." in again.children[-2].content


def test_reset_progress_forgets_one_prediction_and_merge_keeps_ones_own_answer(progress_file, tmp_path):
    use_file(tmp_path / "other.json")
    predict("04.p1").logic.commit("by 0.002")
    predict("04.p3").logic.commit("5")
    use_file(progress_file)
    predict("04.p1").logic.commit("by 0.005")
    merge_progress(tmp_path / "other.json")
    assert (predict("04.p1").logic.answer, predict("04.p3").logic.answer) == ("by 0.005", "5")
    reset_progress("04.p1")
    assert (predict("04.p1").logic.answer, predict("04.p3").logic.answer) == (None, "5")


BROKEN = ["{no json", "[7]", '{"predictions": 3}', '{"predictions": {"04.p1": {"answer": 7}}}']


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_progress_file_stops_no_prediction_and_is_never_lost(progress_file, content):
    progress_file.write_text(content)
    panel = predict("04.p1")
    assert panel.logic.judgement is None
    find(panel, "RadioButtons", "your prediction").value = "by 0.005"
    find(panel, "Button", "Commit").click()
    assert "✓ Right." in panel.children[-2].content
    assert predict("04.p1").logic.answer == "by 0.005"
    aside = [path.read_text() for path in progress_file.parent.glob("*.unreadable-*")]
    assert aside == ([content] if content in BROKEN[:2] else [])


def test_asking_again_loses_nothing_of_a_file_that_broke_meanwhile(progress_file):
    panel = predict("04.p1")
    panel.logic.commit("by 0.005")
    progress_file.write_text("{half")
    panel.logic.again()
    assert [path.read_text() for path in progress_file.parent.glob("*.unreadable-*")] == ["{half"]


@pytest.mark.parametrize("kept", ["by 0.7", "", None, 3])
def test_a_kept_answer_that_is_no_choice_any_longer_is_passed_over(progress_file, kept):
    progress_file.write_text(json.dumps({"predictions": {"04.p1": {"answer": kept}, "04.p3": {"answer": "nine"}}}))
    assert predict("04.p1").logic.judgement is None
    assert predict("04.p3").logic.judgement is None


def test_where_no_file_can_be_written_it_works_and_says_so(tmp_path):
    use_file(tmp_path / "no such folder" / "progress.json")
    panel = predict("04.p1")
    find(panel, "RadioButtons", "your prediction").value = "by 0.005"
    find(panel, "Button", "Commit").click()
    assert "✓ Right." in panel.children[-2].content
    assert "This answer is not kept for the next time: progress.json cannot be written." in panel.children[-2].content
    asked = quiz(1)
    asked.logic.answer("-0.5")
    asked.refresh()
    assert "1 of 3 right, 2 not answered yet. This answer is not kept for the next time" in asked.children[-2].content


def test_a_number_that_is_none_is_told_with_those_there_are():
    with pytest.raises(
        ArgumentError, match=r"predict expected a number of the series, got '04.p9'. There are 04.p1, 04.p"
    ):
        predict("04.p9")
    with pytest.raises(ArgumentError, match=r"got '5'. There are 00.p1, 00.p2, .*06.p3"):
        predict("5")
    with pytest.raises(
        ArgumentError, match=r"predict expected a question of one\'s own with its answer, got no answer"
    ):
        predict("What is 2 + 2?")
    with pytest.raises(ArgumentError, match="with its answer, got no answer"):
        predict("up or down?", choices=["up", "down"])


@pytest.mark.parametrize("number", PREDICTIONS)
def test_the_saved_prediction_shows_the_question_never_the_answer_nor_what_was_said(number):
    panel, one = predict(number), PREDICTIONS[number]
    before = {kind: text for kind, text in panel._repr_mimebundle_().items() if kind.startswith("text/")}
    assert before["text/plain"].startswith(f"Live panel 'Predict first'. Predict first. {one.task}")
    for choice in panel.logic.choices or ():
        assert f"○ {choice}" in before["text/plain"]
    panel.logic.commit((panel.logic.choices or ("5",))[0])
    for other in (panel, predict(number)):
        after = {kind: text for kind, text in other._repr_mimebundle_().items() if kind.startswith("text/")}
        assert after == before
    assert one.because not in "".join(before.values())


# --- quiz ----------------------------------------------------------------------------------------------------------


def test_every_wrong_statement_of_every_question_has_its_explanation():
    for question in QUESTIONS.values():
        if isinstance(question, Choice):
            asked = Quiz([question])
            for letter, statement in question.letters.items():
                verdict = asked.answer(letter)
                assert question.options[statement]
                assert question.options[statement] in str(verdict)
                assert verdict.passed == (letter == question.right_letter)


def test_answers_are_kept_and_shown_again(progress_file):
    first = quiz(1)
    number = find(first, "Text", "your answer, a number")
    assert number.layout.display is None
    number.value = "-0,5"
    assert first.logic.marks() == ["✓", "○", "○"]
    find(first, "Button", "Next question").click()
    statements = find(first, "RadioButtons", "your answer")
    assert statements.layout.display is None
    wrong = next(letter for letter in "abc" if letter != QUESTIONS["01.r2"].right_letter)
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
    assert "Choose one of the statements first, then press Check." in panel.error_message
    panel.logic.go(1)
    panel.refresh()
    find(panel, "Text", "your answer, a number").value = "six"
    assert "The answer expected a number such as 0.25" in panel.error_message


def test_questions_of_several_notebooks_go_by_number_and_are_kept():
    asked = quiz(["00.r2", "05.r1"]).logic
    assert [one.number for one in asked.questions] == ["00.r2", "05.r1"]
    asked.answer(QUESTIONS["00.r2"].right_letter)
    assert quiz(0).logic.marks() == ["○", "✓", "○"]
    with pytest.raises(ArgumentError, match="quiz expected questions to choose or to type"):
        quiz(["00.r2", "00.r9"])


def test_what_is_no_quiz_is_told():
    with pytest.raises(ArgumentError, match='quiz expected a notebook such as 5 or "05", got 99'):
        quiz(99)
    with pytest.raises(ArgumentError, match="quiz expected questions to choose or to type"):
        quiz([])
    with pytest.raises(ArgumentError, match="quiz expected questions to choose or to type"):
        quiz([exercise("05.7")])


@pytest.mark.parametrize("notebook", range(15))
def test_the_saved_quiz_lists_its_questions_and_does_not_depend_on_what_was_answered(notebook):
    bundle = quiz(notebook)._repr_mimebundle_()
    for one in quiz(notebook).logic.questions:
        assert f"{one.number} {one.task}" in bundle["text/plain"]
    asked = quiz(notebook).logic
    asked.answer("a" if isinstance(asked.question, Choice) else "1")
    for kind in ("text/plain", "text/html"):
        assert quiz(notebook)._repr_mimebundle_()[kind] == bundle[kind]


@pytest.mark.parametrize("typed", ["-1/2", "\u22120,5", " -0.5 "])
def test_a_quiz_reads_numbers_as_predictions_do(typed):
    assert Quiz(["01.r1"]).answer(typed).passed


def test_a_kept_answer_that_is_no_number_any_longer_is_passed_over(progress_file):
    progress_file.write_text('{"recall": {"01.r1": {"answer": "nine"}}}')
    assert quiz(1).logic.marks() == ["○", "○", "○"]
