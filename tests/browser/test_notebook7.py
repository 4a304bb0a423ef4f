"""Jupyter Notebook 7, which comes with nbgrader: it hears keys before the panel, and must leave them to it."""

import drive
import pytest
from labserver import Lab
from playwright.sync_api import expect

CELLS = ["from bplearn.widgets import landscape", "panel = landscape('parabola', 0.1)\npanel.logic.step(12)\npanel"]
COUNT = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    drive.write_notebook(folder / "mine.ipynb", CELLS)
    with Lab(folder, app="notebook") as running:
        yield running


@pytest.fixture
def page(browser, browser_context_args):
    context = browser.new_context(**browser_context_args)
    yield context.new_page()
    context.close()


def test_keys_work_the_panel_and_nothing_else(page, server):
    page.goto(f"{server.url}/notebooks/mine.ipynb?token={server.token}")
    page.locator(".jp-Notebook").wait_for(timeout=60_000)
    page.wait_for_function(drive.KERNEL_IDLE, timeout=60_000)
    drive.Notebook(page, server).run_all()
    panel = page.locator(".bpl-panel")
    slider = panel.get_by_role("slider", name="learning rate", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", "0.1")
    cells = page.evaluate(COUNT)
    slider.focus()
    for key in ("a", "b", "x", "d", "d"):  # insert above, insert below, cut, delete: what a cell takes them for
        page.keyboard.press(key)
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "0.12")
    panel.get_by_role("button", name="One step", exact=True).focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(panel.locator("svg desc").first).to_contain_text("after 13 steps")
    assert page.evaluate(COUNT) == cells
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    slider.focus()
    page.keyboard.press("Shift+Enter")  # runs the cell, so that its panel begins again
    expect(panel.locator("svg desc").first).to_contain_text("after 12 steps")
