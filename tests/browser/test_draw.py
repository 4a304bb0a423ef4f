"""A digit is drawn in a real JupyterLab: by mouse, and by keys alone; a pixel is erased and the error predicted."""

import re

from playwright.sync_api import expect

DRAW = [
    "from bplearn import Adam, SoftmaxCrossEntropy, datasets, fit, mlp\nfrom bplearn.widgets import draw_digit\n"
    "network = mlp(64, 32, 10, rng=0)\nloss = SoftmaxCrossEntropy()\n"
    "fit(network, datasets.digits(), loss=loss, optimizer=Adam(0.01), epochs=10, rng=0, progress=False)",
    "panel = draw_digit(network)\npanel",
]


def field(book):
    return book.panel().get_by_role("slider", name="field to draw in")


def test_a_seven_by_mouse_is_read_and_a_pixel_erased(notebook):
    book = notebook(DRAW)
    field(book).scroll_into_view_if_needed()
    box, mouse = field(book).bounding_box(), book.page.mouse
    ways = [[(0.25, 0.12), (0.75, 0.12), (0.44, 0.9)], [(0.34, 0.5), (0.7, 0.5)]]
    for way in ways:
        spots = [(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in way]
        mouse.move(*spots[0])
        mouse.down()
        for spot in spots[1:]:
            mouse.move(*spot, steps=8)
        mouse.up()
    status = book.panel().get_by_role("status").first
    expect(status).to_contain_text("It reads 7")
    assert book.number("len(panel.logic.strokes)") == 2
    assert book.number("len(panel.logic.strokes[0])") > 8  # the whole way, not its ends
    book.panel().get_by_label("it should be", exact=True).select_option("7")
    expect(status).to_contain_text("Strongest path of the error: from output")
    book.panel().locator('[data-key="pixel-3"]').click()
    expect(status).to_contain_text("Does E rise or fall?")
    book.shot("draw-covered")
    book.button("▲ rises").click()
    expect(status).to_contain_text("The slope had promised")
    assert book.axe() == []


def test_a_one_by_keys_alone(notebook):
    book = notebook(DRAW)
    field(book).focus()
    press, cells = book.page.keyboard.press, book.cells
    for key in ["ArrowUp"] * 7 + [" "] + ["ArrowDown"] * 12 + [" "]:
        press(key)
    book.until("not panel.logic.pen and len(panel.logic.strokes) == 1")
    assert book.ask("panel.logic.strokes[0][0], panel.logic.strokes[0][-1]") == "((16.0, 2.0), (16.0, 26.0))"
    expect(field(book)).to_be_focused()
    press("Tab")
    expect(book.panel().get_by_role("group", name=re.compile("Pixels"))).to_be_focused()
    before = book.number("panel.logic.ink.sum()")
    press("ArrowUp")
    press(" ")
    book.until(f"panel.logic.ink.sum() < {before}")
    assert book.cells == cells
    book.button("Clear").press("Enter")
    expect(book.panel().get_by_role("status").first).to_contain_text("Draw a digit with the mouse")


def test_it_is_whole_and_readable(notebook):
    code = "from bplearn.panels.draw.logic import ONE\npanel.logic.draw(ONE).want(1)\npanel.refresh()\npanel"
    book = notebook([DRAW[0], DRAW[1].replace("\npanel", "\n" + code)])
    assert book.panel().bounding_box()["height"] < 620
    book.whole_and_readable("draw")
    book.page.set_viewport_size({"width": 480, "height": 800})
    for look in ("Light", "Dark"):
        book.theme(f"JupyterLab {look}")
        book.shot(f"draw-{look.lower()}-480")
