"""A saved panel in a plain browser page: worked by mouse and keyboard, whole on a phone, in light and dark."""

import drive
import pytest
from playwright.sync_api import expect

from bplearn.widgets import graph_steps, signals, step_through, sweep_panel, trace_panel

PANELS = {
    "stepper": step_through,
    "tracer": trace_panel,
    "graph": graph_steps,
    "signals": signals,
    "sweep": lambda: sweep_panel(epochs=5),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, make in PANELS.items():
        make().save_html(folder / f"{name}.html")
    return folder


@pytest.fixture
def opened(browser, folder):
    """Open a page, and look at all that it asks for and complains of."""
    contexts = []

    def open_it(name, width=1366, scheme="light"):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: page.complaints.append(asked.url) if asked.url.startswith("http") else None)
        page.goto((folder / f"{name}.html").as_uri())
        expect(page.locator("#controls > *").first).to_be_visible()
        return page

    yield open_it
    for context in contexts:
        context.close()


def test_the_stepper_goes_on_and_back_by_button_key_and_slider(opened):
    page = opened("stepper")
    words = page.locator("[aria-live]", has_text="Iteration")
    page.get_by_role("button", name="Next").click()
    expect(words).to_contain_text("Iteration 1, step 1 of 41")
    page.get_by_role("button", name="Next").click()
    page.keyboard.press("ArrowRight")
    expect(words).to_contain_text("step 3 of 41")
    page.keyboard.press("ArrowLeft")
    expect(words).to_contain_text("step 2 of 41")
    slider = page.get_by_role("slider", name="step")
    slider.press("End")
    expect(words).to_contain_text("Iteration 3, step 41 of 41")
    expect(slider).to_have_attribute("aria-valuetext", "iteration 3, step 41")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    assert page.complaints == []


def test_a_weight_and_a_sample_are_chosen_by_list_and_by_click(opened):
    page = opened("tracer")
    words = page.locator("[aria-live]").first
    page.get_by_label("weight").select_option("W_o[1, 0]")
    expect(words).to_contain_text("∂E/∂W_o[1, 0] =")
    page.locator("[data-key=sample-2]").first.click()
    expect(page.get_by_label("look at")).to_have_value("sample 2")
    expect(words).to_contain_text("∂E/∂W_o[1, 0] =")
    page.locator("[data-key=bias-2-1]").first.click()
    expect(words).to_contain_text("∂E/∂b_o[1] =")
    expect(page.get_by_label("look at")).to_have_value("sample 2")
    assert page.complaints == []


def test_a_start_and_an_activation_decide(opened):
    page = opened("signals")
    page.get_by_label("start").select_option("He")
    page.get_by_role("combobox", name="activation").select_option("ReLU")
    expect(page.locator("[aria-live]").first).to_contain_text("Healthy.")
    assert page.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark")])
@pytest.mark.parametrize("name", PANELS)
def test_it_is_whole_and_readable(opened, name, width, scheme):
    page = opened(name, width, scheme)
    page.evaluate(drive.AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    drive.ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=drive.ARTIFACTS / f"page-{name}-{width}-{scheme}.png", full_page=True)
    assert page.complaints == []
