"""Parts of pictures are taken hold of in a real JupyterLab, by mouse and by keys alone."""

import re

from playwright.sync_api import expect

NEURON = ["from bplearn.widgets import neuron", "panel = neuron()\npanel"]

LAND = ["from bplearn.widgets import landscape", "panel = landscape('ravine', 0.05, steps=8)\npanel"]


def pull(book, part, right, down):
    """Drag a part by the mouse, in a few moves."""
    part.scroll_into_view_if_needed()
    box, mouse = part.bounding_box(), book.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + right, y + down, steps=6)
    mouse.up()


def test_a_weight_is_pulled_by_the_mouse_and_rise_or_fall_is_said_first(notebook):
    book = notebook(NEURON)
    status = book.panel().get_by_role("status").first
    pull(book, book.slider("w1"), 0, -30)
    expect(status).to_contain_text("Does y rise or fall?")
    assert book.number("panel.logic.get('w1')") > 2.3
    expect(book.panel().locator("svg").first).to_contain_text("was 2")
    book.shot("hold-covered")
    book.button("▲ rises").click()
    expect(status).to_contain_text("✗ You said rises, but y falls: from 0.7311 to")
    expect(status).to_contain_text("The slope had promised")
    assert book.axe() == []
    book.shot("hold-told")


def test_numbers_are_moved_by_keys_alone(notebook):
    book = notebook(NEURON)
    book.panel().get_by_role("group", name=re.compile("Neuron. Arrow keys")).focus()
    for _ in range(2):  # the picture, then x1, then w1
        book.page.keyboard.press("Tab")
    expect(book.slider("w1")).to_be_focused()
    for _ in range(3):
        book.page.keyboard.press("ArrowUp")
    expect(book.slider("w1")).to_have_attribute("aria-valuetext", "2.3")
    expect(book.slider("w1")).to_be_focused()  # it was drawn anew
    book.page.keyboard.press("Shift+ArrowDown")
    expect(book.slider("w1")).to_have_attribute("aria-valuetext", "1.3")
    book.page.keyboard.press("Home")
    expect(book.slider("w1")).to_have_attribute("aria-valuetext", "-5")
    cells = book.cells
    book.page.keyboard.press("b")
    assert book.cells == cells
    book.button("▲ rises").press("Enter")
    expect(book.panel().get_by_role("status").first).to_contain_text("✓ y rises, as you said: from 0.7311 to 0.9997")


def test_the_worked_picture_is_whole_and_readable(notebook):
    book = notebook(NEURON)
    book.slider("w1").press("ArrowUp")
    book.button("▼ falls").click()
    assert book.panel().bounding_box()["height"] < 620
    book.whole_and_readable("hold-neuron")


def test_the_start_of_a_walk_by_mouse_and_by_keys(notebook):
    book = notebook(LAND)
    status, start = book.panel().get_by_role("status").first, book.slider("start of the walk")
    pull(book, start, 60, 0)
    expect(status).to_contain_text("Does the cost after 8 steps rise or fall?")
    book.shot("hold-land-covered")
    book.button("▼ falls").click()
    expect(status).to_contain_text("✓ the cost after 8 steps falls, as you said: from 2.696 to")
    a, b = float(book.ask("panel.logic.start.tolist()").strip("[]").split(",")[0]), 1.8
    assert a > -3
    start.press("ArrowRight")
    start.press("ArrowDown")
    book.until(f"[round(v, 6) for v in panel.logic.start.tolist()] == [round({a} + 0.1, 6), {b - 0.1:.1f}]")
    expect(start).to_be_focused()
    book.button("Show it").press("Enter")
    expect(status).to_contain_text("The start goes from")
    assert book.axe() == []
    book.shot("hold-land-told")
    assert book.panel().bounding_box()["height"] < 620


LAB = ["from bplearn.widgets import training_lab", "panel = training_lab(epochs=60, learning_rate=0.5)\npanel"]


def test_a_data_point_is_pulled_across_the_boundary_by_mouse_by_touch_and_by_keys(notebook):
    book = notebook(LAB)
    status = book.panel().get_by_role("status").first
    pull(book, book.panel().locator('[data-drag="point-12"]'), 50, 70)
    expect(status).to_contain_text("Does the training loss rise or fall?")
    book.shot("hold-point-covered")
    book.button("▲ rises").click()
    expect(status).to_contain_text("✓ the training loss rises, as you said: from 0.0862")
    expect(status).to_contain_text("The slope had promised")
    book.until("len(panel.logic.experiment.moved) == 1 and panel.logic.session.steps == 0")
    assert book.panel().bounding_box()["height"] <= 620
    assert book.axe() == []
    book.panel().get_by_role("group", name=re.compile("Training points")).focus()
    point = book.panel().locator('[role="slider"][data-drag^="point-"]')
    before = point.first.get_attribute("data-drag")
    book.page.keyboard.press("ArrowRight")
    expect(point).not_to_have_attribute("data-drag", before)  # until then the keys would go to the point of before
    point.focus()
    said = point.get_attribute("aria-valuetext")
    for _ in range(3):
        book.page.keyboard.press("ArrowDown")
    expect(point).not_to_have_attribute("aria-valuetext", said)
    expect(point).to_be_focused()
    book.button("Show it").press("Enter")
    expect(status).to_contain_text(re.compile("the training loss (rises|falls): from"))
    book.until("len(panel.logic.experiment.moved) == 2")
    touch = """(part) => { const box = part.getBoundingClientRect(); const at = {bubbles: true, pointerId: 7,
      pointerType: 'touch', button: 0, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2};
      const view = part.closest('.bpl-view'); view.setPointerCapture = () => {};
      part.dispatchEvent(new PointerEvent('pointerdown', at));
      view.dispatchEvent(new PointerEvent('pointermove', {...at, clientX: at.clientX - 40}));
      view.dispatchEvent(new PointerEvent('pointerup', at)); }"""
    book.panel().locator('[data-drag="point-30"]').evaluate(touch)
    book.until("len(panel.logic.experiment.moved) == 3")
    assert book.axe() == []
    book.shot("hold-point-told")
