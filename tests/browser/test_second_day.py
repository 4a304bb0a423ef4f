"""The second day: a notebook with panels is saved, the server ends, and the notebook is opened in a new one."""

import drive
import pytest
from labserver import Lab
from playwright.sync_api import expect

PANELS = ["step_through()", "landscape('ravine', 0.08)", "predict('2 + 2 is ...', 4)"]
CELLS = ["from bplearn.widgets import landscape, predict, step_through", *PANELS]
ERROR = "model not found"


@pytest.fixture
def page(browser, browser_context_args):
    context = browser.new_context(**browser_context_args)
    yield context.new_page()
    context.close()


def test_each_panel_shows_its_picture_on_the_second_day(page, tmp_path, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    drive.write_notebook(tmp_path / "mine.ipynb", CELLS)
    with Lab(tmp_path, home) as lab:
        book = drive.Notebook(page, lab).open("mine.ipynb").run_all()
        expect(page.locator(".bpl-panel")).to_have_count(len(PANELS))
        book.save()
        page.goto(f"{lab.url}/lab/tree/mine.ipynb")  # the same day, the kernel still runs: the panels live on
        expect(page.locator(".bpl-panel")).to_have_count(len(PANELS), timeout=60_000)
        page.goto("about:blank")
    assert "widget-view" in (tmp_path / "mine.ipynb").read_text()  # what JupyterLab saved
    with Lab(tmp_path, home) as lab:
        drive.Notebook(page, lab).open("mine.ipynb")
        expect(page.locator("figure img")).to_have_count(len(PANELS))
        for image in page.locator("figure img").all():
            assert image.evaluate("(image) => image.complete && image.naturalWidth") > 300
            assert len(image.get_attribute("alt")) > 20
        assert ERROR not in page.locator(".jp-Notebook").inner_text()
        drive.Notebook(page, lab).run_all()
        expect(page.locator(".bpl-panel")).to_have_count(len(PANELS))
