"""A fresh clone: a committed notebook opened in JupyterLab before anything is run, and its export to HTML."""

import nbclient
import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect

CELL = "from bplearn.widgets import landscape, step_through, training_lab\n{}"
PANELS = {
    "landscape('parabola', 0.2)": "L = w^2",
    "step_through()": "Iteration 1, step 41 of 41",
    "training_lab()": "moons",
}


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL.format(panel)) for panel in PANELS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbclient.NotebookClient(book, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    path = tmp_path_factory.mktemp("committed") / "committed.ipynb"
    nbformat.write(book, path)
    return path


def test_no_widget_state_is_stored(committed):
    assert "widgets" not in nbformat.read(committed, 4).metadata
    assert "VBox(" not in committed.read_text()


def test_jupyterlab_shows_the_pictures_with_their_words(notebook, committed):
    book = notebook(committed, run=False)
    for words in PANELS.values():
        image = book.page.locator(f'figure img[alt*="{words}"]')
        expect(image).to_be_visible()
        assert image.evaluate("(image) => image.complete && image.naturalWidth") > 300


def test_the_export_to_html_shows_them_with_no_network(page, committed):
    text, _ = HTMLExporter(template_name="basic").from_filename(str(committed))
    page.route("**/*", lambda route: route.abort())
    page.set_content(text)
    for words in PANELS.values():
        assert page.locator(f'figure img[alt*="{words}"]').evaluate("(image) => image.naturalWidth") > 300
