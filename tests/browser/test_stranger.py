"""A stranger walks through each panel: presses what can be pressed, turns what can be turned, types what is no number.

Before and after, the panel is held to what holds for all of them: nothing that axe finds or cannot decide, at most
620 px high where it is 900 px wide, letters of 11 px, no text on text, nothing cut.
"""

import re

import pytest
from playwright.sync_api import expect

PANELS = {
    "neuron": "neuron()",
    "stepper": "step_through()",
    "graph": "graph_steps()",
    "landscape": "landscape('ravine', 0.09)",
    "race": "landscape('ravine', 0.08, race=True)",
    "tracer": "trace_panel()",
    "signals": "signals()",
    "noise": "batch_noise(batch_size=1)",
    "sweep": "sweep_panel('moons', epochs=2)",
    "lab": "training_lab('moons', hidden=(8,), epochs=5)",
}
LOOK = """(panel) => { const found = {high: Math.round(panel.getBoundingClientRect().height), small: [], over: []};
  for (const picture of panel.querySelectorAll('svg.bpl')) {
    const frame = picture.getBoundingClientRect(); const scale = frame.width / picture.viewBox.baseVal.width;
    const all = [...picture.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect(), t]);
    for (const [words, box, node] of all) {
      if (parseFloat(getComputedStyle(node).fontSize) * scale < 10.95) found.small.push(words);
      if (box.right > frame.right + 1 || box.left < frame.left - 1) found.over.push(`cut: ${words}`);
    }
    all.forEach(([words, x], n) => { for (const [others, y] of all.slice(n + 1)) {
      const wide = Math.min(x.right, y.right) - Math.max(x.left, y.left);
      const high = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
      if (wide > 1 && high > 4) found.over.push(`${words} | ${others}`);
    } });
  }
  return found; }"""


def holds(book, name, state, *, wide=(1366, 911, 700)):
    """Hold the panel to it at three widths of the window: 900, 731 and 584 px are left for the panel."""
    panel = book.panel()
    for width in wide:
        book.page.set_viewport_size({"width": width, "height": 768 if width != 911 else 512})
        book.page.wait_for_timeout(250)
        found, where = panel.evaluate(LOOK), f"{name}, {state}, {width} px"
        assert found["over"] == [], where
        assert found["small"] == [], where
        assert width != 1366 or found["high"] <= 620, (where, found["high"])
        assert book.clipped() == [], where
    for width in (390, 1366):
        book.page.set_viewport_size({"width": width, "height": 768})
        book.page.wait_for_timeout(250)
        assert book.axe() == [], (name, state, width)


def no_error(panel):
    expect(panel.locator(".bpl-alert")).to_have_count(0)


@pytest.mark.parametrize("name", PANELS)
def test_a_stranger_walks_through_the_panel(notebook, name):
    call = PANELS[name]
    book = notebook([f"from bplearn.widgets import {call.partition('(')[0]}", f"panel = {call}\npanel"])
    panel = book.panel()
    holds(book, name, "opened")
    if name == "lab":
        book.more()
    buttons = panel.locator("button.jupyter-button:visible:enabled")
    for words in dict.fromkeys(words for words in buttons.all_inner_texts() if words.strip() != "Less"):
        button = panel.get_by_role("button", name=words.strip(), exact=True).first
        if button.is_visible() and button.is_enabled():
            button.click()
        if words.strip() == "Play":
            expect(panel.get_by_role("button", name=re.compile("^(Play|Pause)$"))).to_be_visible()
            pause = panel.get_by_role("button", name="Pause", exact=True)
            if pause.is_visible():
                pause.click()
        no_error(panel)
    for box in panel.get_by_role("checkbox").all():
        for _ in range(2):
            if box.is_visible() and box.is_enabled():
                box.click()
        no_error(panel)
    for slider in panel.locator("input[type=range]:visible:enabled").all():
        slider.focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
            book.page.keyboard.press(key)
        no_error(panel)
    book.page.wait_for_timeout(800)  # what the sliders still have to tell comes one message at a time
    book.idle()
    for field in panel.locator(".bpl-dial input[type=text]:visible:enabled").all()[:2]:
        before = field.input_value()
        field.fill("a lot")
        field.press("Enter")
        expect(panel.locator(".bpl-alert")).to_have_count(1)
        expect(panel.locator(".bpl-alert")).not_to_contain_text("Error")
        expect(field).to_have_value(before)
        field.fill("2" if before == "1" else "1")
        field.press("Enter")
        field.blur()
        no_error(panel)
    for picture in panel.locator("[tabindex='0'].bpl-view").all():
        picture.focus()
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "Home"):
            book.page.keyboard.press(key)
        no_error(panel)
    book.idle()
    holds(book, name, "worked")
