"""The weight tracer in a real JupyterLab, worked by mouse and by keyboard; its numbers against the library's."""

import re

from playwright.sync_api import expect

TRACER = ["from bplearn.widgets import trace_panel", "panel = trace_panel()\npanel"]
DIGITS = """from bplearn import Adam, Sigmoid, SoftmaxCrossEntropy, datasets, fit, mlp
train, test = datasets.digits().split(test=0.3, rng=0)
network = mlp(64, 32, 10, activation=Sigmoid, rng=0)
fit(network, train, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01), epochs=3, rng=0, progress=False)
panel = trace_panel(network, test.x[:30], test.targets[:30], SoftmaxCrossEntropy())
panel"""
GRADIENT = "format(panel.logic.trace.gradient, '.9g')"


def reads(book):
    return book.panel().get_by_role("status").first


def test_a_click_on_a_weight_traces_it(notebook):
    book = notebook(TRACER)
    expect(reads(book)).to_contain_text("∂E/∂W_h[0, 0] = 0.000438567734")
    box = book.panel().locator("[data-key=edge-2-1-0]").bounding_box()  # it rises, and crosses another in the middle
    book.page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"])
    expect(reads(book)).to_contain_text("∂E/∂W_o[1, 0] = 0.0826676278")
    assert book.ask(GRADIENT).strip("'") in reads(book).inner_text()
    book.panel().locator("[data-key=bias-0-1]").click()
    expect(reads(book)).to_contain_text("∂E/∂b_h[1]")
    book.panel().locator("[data-key=sample-2]").click()
    expect(book.panel().get_by_label("look at")).to_have_value("sample 2")


def test_everything_by_keyboard(notebook):
    book = notebook(TRACER)
    view = book.panel().get_by_role("group", name=re.compile("Network: arrows"))
    view.focus()
    before = book.cells
    for key, name in (
        ("ArrowDown", "W_h[0, 1]"),
        ("ArrowRight", "W_h[1, 1]"),
        ("PageDown", "b_h[0]"),
        ("PageDown", "W_o[0, 0]"),
    ):
        book.page.keyboard.press(key)
        expect(reads(book)).to_contain_text(f"∂E/∂{name} =")
    for key in ("a", "b", "x"):
        book.page.keyboard.press(key)
    assert book.cells == before
    book.panel().get_by_label("to", exact=True).select_option("z_o2")
    expect(reads(book)).to_contain_text("∂E/∂W_o[0, 1] = -0.0226025405")
    book.panel().get_by_label("look at").select_option("batch of 4")
    expect(reads(book)).to_contain_text("the mean over 4 samples")
    mean = book.ask("format(sum(panel.logic.shares()) / 4, '.9g')").strip("'")
    assert mean in reads(book).inner_text()


def test_a_path_is_written_out(notebook):
    book = notebook(TRACER)
    book.panel().get_by_label("path", exact=True).select_option(index=1)
    expect(book.panel().locator(".bpl-equation")).to_contain_text("∂E/∂o2 = o2 - t2 = 0.7729 - 0.99 = -0.2170")
    book.button("Strongest weight").click()
    expect(reads(book)).to_contain_text("∂E/∂W_o[1, 0]")


def test_digits_have_their_lists_too(notebook):
    book = notebook([TRACER[0], DIGITS])
    book.panel().get_by_label("weights", exact=True).select_option("W_h 64 x 32")
    book.panel().get_by_label("from", exact=True).select_option("x30")
    book.panel().get_by_label("to", exact=True).select_option("z_h7")
    expect(reads(book)).to_contain_text("∂E/∂W_h[29, 6]")
    assert book.axe() == []
    assert book.clipped() == []
    book.shot("trace-digits")


def test_it_is_whole_and_readable(notebook):
    book = notebook(TRACER)
    book.whole_and_readable("trace")


def test_a_bias_leaves_the_picture_where_it_stood(notebook):
    book = notebook(["from bplearn.widgets import trace_panel", "panel = trace_panel()\npanel"])
    book.page.set_viewport_size({"width": 1366, "height": 900})
    panel, picture = book.panel(), book.panel().locator("svg.bpl").first
    above = picture.bounding_box()["y"] - panel.bounding_box()["y"]
    picture.locator("[data-key^='bias-']").first.click(force=True)
    book.until("panel.logic.holder.parameter == 'b'")
    book.page.wait_for_timeout(300)
    assert abs(picture.bounding_box()["y"] - panel.bounding_box()["y"] - above) < 2
    assert panel.bounding_box()["height"] <= 620
