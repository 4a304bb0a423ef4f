"""The landscape in a real JupyterLab: the dial, the steps, the verdict, the race."""

import pytest
from playwright.sync_api import expect

LAND = ["from bplearn.widgets import landscape", "panel = landscape('parabola', 0.2)\npanel"]


def test_ten_steps_give_the_published_number(notebook):
    book = notebook(LAND)
    book.button("10 steps").click()
    expect(book.panel().locator("svg desc").first).to_contain_text("SGD after 10 steps: at 0.06047, cost 0.003656.")
    book.button("Back").click()
    expect(book.panel().locator("svg desc").first).to_contain_text("after 9 steps")
    book.button("Reset").click()
    expect(book.panel().locator("svg desc").first).to_contain_text("after 0 steps: at 10, cost 100.")


def test_the_dial_by_keyboard_changes_the_verdict(notebook):
    book = notebook(LAND)
    status = book.panel().get_by_role("status")
    expect(status).to_contain_text("What will the steps do")
    book.button("One step").click()
    expect(status).to_contain_text("Good:")
    book.slider("learning rate").focus()
    book.page.keyboard.press("End")
    expect(status).to_contain_text("Diverges:")
    book.page.keyboard.press("Home")
    expect(status).to_contain_text("Too small:")
    assert book.number("panel.logic.learning_rate") == 0.001


def test_it_plays_to_the_end_and_stops_by_itself(notebook):
    book = notebook(LAND)
    book.button("Play").click()
    expect(book.button("Pause")).to_be_visible()
    expect(book.button("Play")).to_be_visible(timeout=15_000)
    assert 5 < book.number("panel.logic.shown") < 60


@pytest.mark.parametrize("setup", ["landscape('parabola', 0.9)", "landscape('saddle', 0.1, race=True)"])
def test_it_is_whole_and_readable(notebook, setup):
    book = notebook([LAND[0], f"panel = {setup}\npanel.logic.step(25)\npanel.refresh()\npanel"])
    kind = "race" if "race" in setup else "curve"
    book.whole_and_readable(f"landscape-{kind}")
