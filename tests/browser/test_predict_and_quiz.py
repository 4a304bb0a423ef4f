"""Predict, commit, reveal and the quiz in a real JupyterLab, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

PREDICT = [
    "from bplearn.widgets import predict",
    """panel = predict("w1 of the neuron grows a little. Its input x1 is -1. What does y do?", "It falls.",
    choices=["It rises.", "It falls.", "It stays as it is: the bias makes up for all that one weight could ever do."],
    replies={"It rises.": "Only with a positive input."}, explain="dz/dw1 = x1 = -1.")
panel""",
]
TYPED = [PREDICT[0], 'panel = predict("sigmoid(0) is ...", lambda: 0.5, explain="1 / (1 + 1).")\npanel']
QUIZ = [
    "from bplearn.widgets import quiz\nfrom bplearn.exercises import use_file\nuse_file('quiz-test.json')",
    "panel = quiz(1)\npanel",
]


def test_a_choice_by_keyboard(notebook):
    book = notebook(PREDICT)
    before = book.cells
    radio = book.panel().get_by_role("radio", name="It rises.")
    radio.focus()
    book.page.keyboard.press("Space")
    for key in ("a", "b"):
        book.page.keyboard.press(key)
    assert book.cells == before
    book.button("Commit").focus()
    book.page.keyboard.press("Enter")
    expect(book.panel().get_by_role("status")).to_contain_text("✗ Only with a positive input.It is: It falls.")
    expect(book.panel().get_by_role("status")).to_contain_text("dz/dw1 = x1 = -1.")
    expect(radio).to_be_disabled()


def test_a_choice_in_one_panel_leaves_that_of_another_alone(notebook):
    ask = "predict('What does {0} do?', 'It falls.', choices=['It rises.', 'It falls.'])"
    book = notebook([PREDICT[0], ask.format("the loss"), ask.format("the rate")])
    loss, rate = (book.page.locator(".bpl-panel", has_text=f"What does the {of} do?") for of in ("loss", "rate"))
    for panel, choice in ((loss, "It rises."), (rate, "It falls."), (loss, "It rises.")):
        panel.get_by_role("radio", name=choice).check()
    expect(loss.get_by_role("radio", name="It rises.")).to_be_checked()
    expect(rate.get_by_role("radio", name="It falls.")).to_be_checked()


def test_a_typed_prediction(notebook):
    book = notebook(TYPED)
    field = book.panel().get_by_role("textbox", name="your prediction")
    field.fill("1/2")
    field.press("Enter")
    expect(book.panel().get_by_role("status")).to_contain_text("✓ Right: 0.5.")
    expect(field).to_be_disabled()
    assert book.ask("panel.logic.judgement.right") == "True"
    assert book.axe() == []


def test_a_quiz_is_answered_and_comes_back_with_its_answers(notebook):
    book = notebook(QUIZ)
    field = book.panel().get_by_role("textbox", name="your answer, a number")
    field.fill("-0.5")
    field.press("Enter")
    expect(book.panel().get_by_text("✓ 01.r1 Recall: passed")).to_be_visible()
    book.button("Next question").click()
    book.panel().get_by_role("radio", name=re.compile("It rises if the weight is positive")).check()
    book.button("Check").click()
    expect(book.panel().get_by_text("What is the weight multiplied by?")).to_be_visible()
    expect(book.panel().get_by_text("1 of 3 right, 1 not answered yet.")).to_be_visible()
    assert book.axe() == []
    book.shot("quiz-wrong")
    book.run_all()
    expect(book.panel().get_by_text("1 of 3 right, 1 not answered yet.")).to_be_visible()
    expect(book.panel().get_by_role("textbox", name="your answer, a number")).to_have_value("-0.5")


@pytest.mark.parametrize("name", ["predict", "quiz"])
def test_they_are_whole_and_readable(notebook, name):
    book = notebook({"predict": PREDICT, "quiz": [QUIZ[0], QUIZ[1].replace("1", "11")]}[name])
    if name == "predict":
        book.panel().get_by_role("radio", name="It falls.").check()
        book.button("Commit").click()
        expect(book.panel().get_by_role("status")).to_contain_text("Right.")
    book.whole_and_readable(name)


NUMBERED = [
    "from bplearn.widgets import predict\nfrom bplearn.exercises import use_file\nuse_file('predict-test.json')",
    'panel = predict("00.p2")\npanel',
    'typed = predict("04.p3")\ntyped',
]


def test_a_numbered_prediction_by_keyboard_is_there_again_when_the_cell_is_run_again(notebook):
    book = notebook(NUMBERED)
    first, keyboard, before = book.panel(0), book.page.keyboard, book.cells
    assert "ever more slowly" not in book.ask("In[2] + In[3]"), "the cell gives no answer away"
    first.get_by_role("radio").first.focus()
    keyboard.press("Space")
    keyboard.press("ArrowDown")
    keyboard.press("Tab")
    expect(book.button("Commit", first)).to_be_focused()
    keyboard.press("Enter")
    expect(first.get_by_role("status")).to_contain_text("That is how a sudden insight looks.")
    field = book.panel(1).get_by_role("textbox", name="your prediction")
    field.focus()
    for key in ("4", "5", "Enter"):
        keyboard.press(key)
    expect(book.panel(1).get_by_role("status")).to_contain_text("You typed 45, it is 9.")
    assert book.cells == before
    book.run_all()
    again = book.panel(0)
    expect(again.get_by_role("status")).to_contain_text("You said “It stays high for a long time, then drops.” before.")
    expect(again.get_by_role("radio", name="It stays high for a long time, then drops.")).to_be_checked()
    expect(book.panel(1).get_by_role("status")).to_contain_text("You said 45 before.")
    for theme in ("Light", "Dark"):
        book.theme(f"JupyterLab {theme}")
        for number, what in enumerate(("chosen", "typed")):
            assert book.axe(book.panel(number)) == []
            assert book.clipped(book.panel(number)) == []
            book.shot(f"predict-again-{what}-{theme.lower()}", book.panel(number))
    book.button("Ask me again", again).focus()
    keyboard.press("Enter")
    expect(book.button("Commit", again)).to_be_visible()
    expect(again.get_by_role("radio", checked=True)).to_have_count(0)
    assert book.ask("panel.logic.answer") == "None"
    assert book.panel(0).bounding_box()["height"] < 150, "it is low"
