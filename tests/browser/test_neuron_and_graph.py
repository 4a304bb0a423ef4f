"""The steppers of notebooks 01 and 04 in a real JupyterLab, worked by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

NEURON = ["from bplearn.widgets import neuron", "panel = neuron()\npanel"]
GRAPH = ["from bplearn.widgets import graph_steps", "panel = graph_steps()\npanel"]


def equation(book):
    return book.panel().locator(".bpl-equation")


def test_a_weight_turned_by_key_changes_every_number(notebook):
    book = notebook(NEURON)
    book.panel().get_by_role("checkbox", name="say rise or fall first").uncheck()
    book.slider("w1").focus()
    for _ in range(5):
        book.page.keyboard.press("ArrowRight")
    expect(equation(book)).to_contain_text("z = w1 x1 + w2 x2 + b = (-2.5) + 6 + (-3) = 0.5")
    y = book.ask("format(panel.logic.y, '.6g')").strip("'")
    expect(equation(book)).to_contain_text(f"= {y}")
    book.panel().get_by_label("nudge", exact=True).select_option("b")
    slope = book.ask("format(panel.logic.slope, '.6g')").strip("'")
    expect(equation(book)).to_contain_text(f"dy/db = {slope}")


def test_the_neuron_is_predicted_step_by_step(notebook):
    book = notebook(NEURON)
    book.button("Cover all").click()
    expect(book.panel().locator("svg").first).to_contain_text("?")
    book.panel().get_by_role("checkbox", name="predict the next number first").check()
    book.button("Next").click()
    expect(book.panel().get_by_text("Type your prediction first")).to_be_visible()
    field = book.panel().get_by_role("textbox", name="your prediction")
    field.fill("-6")
    field.press("Enter")
    said = "Not yet: w2 x2 = -6 has the right size but the wrong sign."
    expect(book.panel().get_by_text(said)).to_be_visible()
    for answer, name in (("6", "w2 x2"), ("1", "z")):
        field.fill(answer)
        field.press("Enter")
        expect(book.panel().get_by_text(f"✓ Right: {name} = {answer}.")).to_be_visible()
    assert book.number("panel.logic.shown") == 2
    assert book.axe() == []


def test_the_graph_by_keyboard_forward_and_back(notebook):
    book = notebook(GRAPH)
    view = book.panel().get_by_role("group", name=re.compile("Graph. Arrow keys"))
    view.focus()
    before = book.cells
    for _ in range(7):
        book.page.keyboard.press("ArrowRight")
    expect(equation(book)).to_contain_text("∂e/∂b = ∂e/∂c × ∂c/∂b + ∂e/∂d × ∂d/∂b = 2 × 1 + 3 × 1 = 5")
    book.page.keyboard.press("ArrowLeft")
    expect(equation(book)).to_contain_text("∂e/∂c = ∂e/∂e × ∂e/∂c = 1 × 2 = 2")
    for key in ("a", "b", "x"):
        book.page.keyboard.press(key)
    assert book.cells == before
    book.slider("step").press("Home")
    expect(equation(book)).to_contain_text("Only the inputs are known.")


def test_the_graph_is_predicted(notebook):
    book = notebook(GRAPH)
    book.button("To the turn").click()
    book.panel().get_by_role("checkbox", name="predict the next number first").check()
    field = book.panel().get_by_role("textbox", name="your prediction")
    for answer, name in (("1", "e"), ("3", "d"), ("2", "c")):
        field.fill(answer)
        field.press("Enter")
        expect(book.panel().get_by_text(f"✓ Right: ∂e/∂{name} = {answer}.")).to_be_visible()
    field.fill("nothing")
    field.press("Enter")
    expect(book.panel().get_by_role("alert")).to_contain_text("The answer expected a number such as 0.25 or 1/4")
    expect(book.panel().get_by_role("status").first).to_contain_text("3 of 3 predictions were right.")
    assert book.axe() == []
    book.shot("graph-predict")


@pytest.mark.parametrize(
    "cells",
    [NEURON, [GRAPH[0], GRAPH[1].replace("()", "()\npanel.logic.go(7)\npanel.refresh()")]],
    ids=["neuron", "graph"],
)
def test_they_are_whole_and_readable(notebook, cells, request):
    book = notebook(cells)
    name = "neuron" if cells is NEURON else "graph"
    book.whole_and_readable(name)
