"""The sweep, batch-noise and signals panels in a real JupyterLab, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.drive import four_digits

SWEEP = ["from bplearn.widgets import sweep_panel", "panel = sweep_panel()\npanel"]
NOISE = ["from bplearn.widgets import batch_noise", "panel = batch_noise()\npanel"]
SIGNALS = ["from bplearn.widgets import signals", "panel = signals()\npanel"]


def status(book, number=0):
    return book.panel().get_by_role("status").nth(number)


def test_the_map_fills_live_and_holds_what_the_library_computes(notebook):
    book = notebook(SWEEP)
    expect(status(book)).to_contain_text("6 of 36 trainings are finished; Play goes on")
    book.button("Play").click()
    expect(status(book)).to_contain_text("36 of 36 trainings are finished.", timeout=15_000)
    expect(book.button("Play")).to_be_visible()
    assert book.ask("2 * 21") == "42"
    for row, column in ((0, 0), (2, 3), (5, 5)):
        score = four_digits(round(book.number(f"panel.logic.score({row}, {column})"), 3))
        expect(book.panel().locator(f"[data-key=cell-{row}-{column}] text")).to_contain_text(score)
    setting = book.ask("(panel.logic.result().best().learning_rate, panel.logic.result().best().batch_size)")
    assert setting == book.ask("panel.logic.place")


def test_a_cell_by_click_and_by_arrow_keys_shows_its_curve(notebook):
    book = notebook([SWEEP[0], "panel = sweep_panel()\npanel.logic.finish()\npanel.refresh()\npanel"])
    book.panel().locator("[data-key=cell-2-1]").click()
    expect(status(book, 1)).to_contain_text("learning rate 0.3, batch size 8: 540 updates in 20 epochs")
    view = book.panel().get_by_role("group", name=re.compile("Map. Arrow keys"))
    view.focus()
    before = book.cells
    for key in ("ArrowDown", "ArrowRight", "a", "b"):
        book.page.keyboard.press(key)
    expect(status(book, 1)).to_contain_text("learning rate 0.1, batch size 16")
    assert book.cells == before
    expect(book.panel().locator("svg title", has_text="Loss curve at learning rate 0.1, batch size 16")).to_have_count(
        1
    )


def test_new_data_empty_the_map_and_play_can_be_paused(notebook):
    book = notebook(SWEEP)
    book.panel().get_by_label("data", exact=True).select_option("digits")
    expect(status(book)).to_contain_text("36 trainings of 20 epochs wait. Play fills the map.")
    book.button("Play").click()
    expect(book.button("Pause")).to_be_visible()
    book.button("Pause").click()
    expect(book.button("Play")).to_be_visible(timeout=15_000)
    filled = book.number("len(panel.logic.runs)")
    book.page.wait_for_timeout(300)
    assert book.number("len(panel.logic.runs)") == filled < 36


def test_smaller_batches_are_noisier(notebook):
    book = notebook(NOISE)
    expect(status(book)).to_contain_text("Batches of 8:")
    book.slider("batch size").press("Home")
    expect(status(book)).to_contain_text("Batches of 1:")
    assert book.ask("panel.logic.verdict().sentence").strip("'\"") == status(book).inner_text().strip()
    book.slider("batch size").press("End")
    expect(status(book)).to_contain_text("no noise at all")
    typed = book.panel().get_by_role("textbox", name="learning rate, typed")
    typed.fill("0.07")
    typed.press("Enter")
    expect(book.panel().locator("svg").nth(1)).to_contain_text("learning rate 0.07")


def test_a_start_and_an_activation_decide(notebook):
    book = notebook(SIGNALS)
    expect(status(book)).to_contain_text("Vanishes.")
    book.panel().get_by_label("start", exact=True).select_option("He")
    book.panel().get_by_label("activation", exact=True).select_option("ReLU")
    expect(status(book)).to_contain_text("Healthy.")
    book.slider("weights times").focus()
    for _ in range(5):
        book.page.keyboard.press("ArrowRight")
    expect(status(book)).to_contain_text("Explodes.")
    assert book.ask("panel.logic.state") == "'explodes'"
    book.slider("depth").press("End")
    expect(book.panel().locator("svg desc").first).to_contain_text("Layer 30:")
    assert book.clipped() == []
    book.shot("signals-deep")


@pytest.mark.parametrize("name", ["sweep", "noise", "signals"])
def test_they_are_whole_and_readable(notebook, name):
    cells = {"sweep": SWEEP, "noise": NOISE, "signals": SIGNALS}[name]
    more = "\npanel.logic.finish()\npanel.refresh()" if name == "sweep" else ""
    book = notebook([cells[0], cells[1].replace("\npanel", f"{more}\npanel")])
    book.whole_and_readable(name)
