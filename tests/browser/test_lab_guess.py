"""In a real JupyterLab: the expected curve by mouse and by keys, then the truth, then along the epochs."""

from playwright.sync_api import expect

LAB = ["from bplearn.widgets import training_lab", "panel = training_lab()\npanel"]


def test_the_curve_is_drawn_first_then_played_and_scrubbed(notebook):
    book = notebook(LAB).more()
    first = book.slider("loss that you expect, point 1 of 5")
    first.scroll_into_view_if_needed()
    box, mouse = first.bounding_box(), book.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y + 30, steps=4)
    mouse.up()
    third = book.slider("loss that you expect, point 3 of 5")
    said = third.get_attribute("aria-valuetext")
    third.press("ArrowDown")
    expect(third).not_to_have_attribute("aria-valuetext", said)
    expect(third).to_be_focused()
    book.shot("lab-guess")
    assert book.axe() == []
    for _ in range(3):
        book.button("One epoch").press("Enter")
    book.until("panel.logic.session.epochs == 3")
    expect(book.panel().locator(".bpl-verdict")).to_contain_text("your curve")
    mark = book.slider("epoch on the curve")
    mark.press("ArrowLeft")
    book.until("panel.logic.session.epochs == 2")
    expect(mark).to_be_focused()
    assert book.axe() == []
    assert book.panel().bounding_box()["height"] <= 620
    book.shot("lab-scrubbed")
