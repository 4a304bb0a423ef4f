"""The panel's foundation in a real JupyterLab: pictures, clicks, keys, names, errors, play and pause."""

import re

from playwright.sync_api import expect

DEMO = """
from bplearn.widgets import Panel
from bplearn.panels.base import controls
from bplearn.show.picture import Picture
from bplearn.show.svg import circle, text

class Logic:
    size, steps, clicks, keys = 20, 0, [], 0
    def work(self): self.steps += 1
    def grow(self, by): self.size = by
    def click(self, key): self.clicks.append(key)
    def key(self): self.keys += 1
    def fail(self): raise ZeroDivisionError("made by hand")

logic = Logic()
def draw():
    body = circle(60, 60, logic.size, data_key="dot") + text(130, 65, f"size {logic.size}, steps {logic.steps}")
    return Picture(400, 120, body, "A dot", f"Radius {logic.size}.")
panel = Panel("Demo", logic, draw)
size = panel.tie(controls.whole_dial("dot size", 1, 50), lambda: logic.size, logic.grow)
rate = panel.on_change(controls.rate_dial(), lambda value: None)
box = panel.on_change(controls.switch("show as", ["dots", "lines"], "dots"), lambda value: None)
fail = panel.on_click(controls.button("Fail"), logic.fail)
play = panel.play_button(logic.work)
view = panel.view(draw, width=300, clicked=logic.click, keys={"ArrowRight": logic.key}, label="The dot, by keys")
panel.arrange([play, fail, size, rate, box], [view])
panel
"""


def test_a_slider_moved_by_keys_redraws_the_picture(notebook):
    book = notebook([DEMO])
    book.slider("dot size").focus()
    for _ in range(3):
        book.page.keyboard.press("ArrowRight")
    expect(book.panel().locator("svg text")).to_have_text("size 23, steps 0")
    assert book.number("logic.size") == 23
    expect(book.slider("dot size")).to_have_attribute("aria-valuetext", "23")


def test_an_answer_of_python_does_not_take_away_what_is_being_typed(notebook):
    book = notebook([DEMO])
    field = book.panel().get_by_role("textbox", name="dot size, typed")
    field.fill("4")
    book.ask("(logic.grow(33), panel.refresh())")
    expect(book.panel().locator("svg text")).to_have_text("size 33, steps 0")
    expect(field).to_have_value("4")
    field.press("End")
    field.press("2")
    field.press("Enter")
    expect(book.panel().locator("svg text")).to_have_text("size 42, steps 0")
    field.fill("7")
    field.press("Escape")
    expect(field).to_have_value("42")


def test_clicks_and_keys_of_a_stage_reach_the_logic(notebook):
    book = notebook([DEMO])
    book.panel().locator("[data-key=dot]").click()
    book.panel().get_by_role("group", name="The dot, by keys").focus()
    book.page.keyboard.press("ArrowRight")
    book.page.keyboard.press("ArrowRight")
    book.page.wait_for_timeout(300)
    assert book.ask("logic.clicks, logic.keys") == "(['dot'], 2)"


def test_single_key_shortcuts_of_jupyterlab_do_not_fire_inside(notebook):
    book = notebook([DEMO])
    before = book.cells
    for target in (
        book.slider("dot size"),
        book.button("Fail"),
        book.panel().get_by_role("group", name=re.compile("dot, by")),
    ):
        target.focus()
        for key in ("a", "b", "x", "m", "Shift+L"):
            book.page.keyboard.press(key)
    assert book.cells == before
    assert book.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCell.model.type") == "code"


def test_axe_finds_nothing_and_every_control_has_a_name(notebook):
    book = notebook([DEMO])
    assert book.axe() == []
    for name in ("dot size", "learning rate"):
        expect(book.slider(name)).to_be_visible()
    expect(book.slider("learning rate")).to_have_attribute("aria-valuetext", "0.001")
    assert book.clipped() == []
    book.shot("foundation-light")


def test_an_error_stands_in_the_panel_and_the_panel_lives_on(notebook):
    book = notebook([DEMO])
    book.button("Fail").click()
    expect(book.panel().get_by_role("alert")).to_contain_text("ZeroDivisionError: made by hand")
    book.slider("dot size").press("ArrowRight")
    expect(book.panel().locator("svg text")).to_have_text("size 21, steps 0")
    expect(book.panel().locator(".bpl-alert")).to_have_count(0)


def test_play_and_pause_and_the_other_cells_answer(notebook):
    book = notebook([DEMO])
    book.button("Play").click()
    expect(book.button("Pause")).to_be_visible()
    expect(book.panel().locator("svg text")).to_have_text(re.compile(r"steps [1-9]\d"))
    assert book.ask("1 + 1") == "2"
    book.button("Pause").click()
    expect(book.button("Play")).to_be_visible()
    steps = book.number("logic.steps")
    book.page.wait_for_timeout(300)
    assert book.number("logic.steps") == steps > 5


def test_running_the_cell_again_stops_the_first_panel(notebook):
    book = notebook([DEMO.replace("logic = Logic()", "old = globals().get('logic')\nlogic = Logic()")])
    book.button("Play").click()
    expect(book.button("Pause")).to_be_visible()
    book.run_all()
    expect(book.button("Play")).to_be_visible()
    book.page.wait_for_timeout(300)
    steps = book.number("old.steps")
    book.page.wait_for_timeout(400)
    assert book.number("old.steps") == steps > 0
