"""Style and notebook: nothing global changes, colors can be read, and a notebook shows each figure once, with words."""

import base64
import io
import pickle
import re
import subprocess
import sys
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from bplearn import mlp
from bplearn.errors import ArgumentError
from bplearn.plotting import alt_text, plot_activations, plot_images, plot_loss, show_figure, style
from bplearn.plotting.notebook import FigureImage, _as_html
from bplearn.plotting.style import THEMES, blend, contrast


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB"))


def test_style_is_left_behind_also_after_an_error():
    before = dict(mpl.rcParams)
    with style("dark"):
        assert mpl.rcParams["figure.facecolor"] == THEMES["dark"].paper
    assert dict(mpl.rcParams) == before
    with pytest.raises(ZeroDivisionError), style("dark"):
        raise ZeroDivisionError
    assert dict(mpl.rcParams) == before


def test_style_keeps_what_a_backend_sets_meanwhile():
    was = mpl.is_interactive()
    try:
        with style():
            mpl.interactive(not was)
        assert mpl.is_interactive() is not was
    finally:
        mpl.interactive(was)


def test_style_names_its_themes(message):
    def enter():
        with style("blue"):
            pass

    assert message(ArgumentError, enter) == "style expected 'light' or 'dark', got 'blue'."


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_colors_can_be_read_and_told_apart(theme):
    assert contrast(theme.ink, theme.paper) > 12
    assert contrast(theme.muted, theme.paper) > 4.5
    for color in theme.series:
        assert contrast(theme.readable(color), theme.paper) >= 4.5
        assert contrast(color, theme.paper) > 2
    channels = np.array([mpl.colors.to_rgb(color) for color in theme.series])
    assert min(np.abs(a - b).max() for a, b in combinations(channels, 2)) > 0.15


def test_contrast_of_published_values():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's example, just too pale
    assert blend("#ff0000", "#0000ff", 0) == "#ff0000"


def test_theme_follows_the_paper():
    assert pixels(show_figure(plot_loss([2, 1])))[0, 0].min() == 255
    with style("dark"):
        assert pixels(show_figure(plot_loss([2, 1])))[0, 0].max() < 40
    with plt.style.context("dark_background"):
        assert pixels(show_figure(plot_images(np.ones((1, 4)))))[0, 0].max() < 40
    _, ax = plt.subplots(facecolor="black", subplot_kw={"facecolor": "black"})
    assert contrast(mpl.colors.to_hex(plot_loss([2, 1], ax=ax).xaxis.label.get_color()), "#000000") > 4.5
    with mpl.rc_context({"figure.facecolor": (0, 0, 0, 0)}):  # see-through counts as light, and becomes opaque
        assert pixels(show_figure(plot_loss([2, 1])))[0, 0].min() == 255


def test_show_figure_closes_and_keeps_words():
    ax = plot_loss([0.9, 0.5])
    picture = show_figure(ax)
    assert plt.get_fignums() == []
    assert picture.alt == alt_text(ax) == alt_text(picture) == alt_text(ax.figure)
    assert repr(picture) == "Figure: Loss by step"
    _, axes = plt.subplots(1, 2)
    plot_loss([3, 2], ax=axes[0])
    plot_loss([5, 4], ax=axes[1])
    assert re.findall(r"first (\d)", show_figure(axes[0].figure).alt) == ["3", "5"]
    assert show_figure(axes[0], alt="two curves").alt == "two curves"


def test_show_figure_errors(message):
    assert "Say what can be seen" in message(ArgumentError, show_figure, plt.figure())
    assert "a matplotlib figure or axes" in message(ArgumentError, show_figure, 3)


def test_html_has_alt_text_width_and_the_png():
    html = FigureImage(show_figure(plot_loss([2, 1])).png, 'a < "b"')._repr_html_()
    assert 'alt="a &lt; &quot;b&quot;"' in html
    assert "max-width:100%" in html
    data = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])
    assert Image.open(io.BytesIO(data)).width == pytest.approx(1.5 * int(re.search(r'width="(\d+)"', html)[1]), abs=1)


def test_png_is_deterministic_small_and_names_no_version():
    first, second = (
        show_figure(plot_activations(mlp(64, 32, 10, rng=0).forward(np.ones((3, 64)))[1])).png for _ in range(2)
    )
    assert first == second
    noise = np.random.default_rng(0).random(600) + 0.5
    noisy = show_figure(plot_loss(noise * np.exp(-np.arange(600) / 100))).png
    assert 5_000 < len(noisy) < 60_000
    assert 5_000 < len(first) < 60_000
    assert b"matplotlib" not in first.lower()


def test_only_our_axes_become_html():
    _, ax = plt.subplots()
    assert _as_html(ax) is None
    assert plt.get_fignums() == [ax.figure.number]
    assert "<img" in _as_html(plot_loss([2, 1]))
    assert plt.get_fignums() == [ax.figure.number]


def test_figures_pickle_with_their_words():
    ax = pickle.loads(pickle.dumps(plot_loss([2, 1]).figure)).axes[0]
    assert "first 2" in alt_text(ax)


def test_importing_plotting_makes_no_figure_and_loads_no_pyplot():
    code = "import sys, bplearn.plotting; print([m for m in ('matplotlib.pyplot', 'IPython') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


CELLS = {
    "import": "import matplotlib.pyplot as plt\nfrom bplearn.plotting import *",
    "last line": "plot_loss([0.9, 0.5])",
    "no last line": "ax = plot_loss([0.9, 0.5])",
    "none left": "plt.get_fignums()",
    "two axes": "fig, axes = plt.subplots(1, 2)\nplot_loss([3, 2], ax=axes[0])\nplot_loss([5, 4], ax=axes[1])",
    "show_figure": "fig, axes = plt.subplots(1, 2)\na = plot_loss([3, 2], ax=axes[0])\nshow_figure(fig, alt='words')",
    "not ours": "plt.plot([1, 2]);",
}


def test_a_notebook_shows_each_figure_once_with_its_alt_text(monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # the kernel chooses its own, as a learner's does
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    outputs = dict(zip(CELLS, (cell.outputs for cell in notebook.cells), strict=True))
    for name in ("last line", "no last line", "two axes", "show_figure"):
        assert [sorted(output.data) for output in outputs[name]] == [["text/html", "text/plain"]], name
    data = outputs["last line"][0].data
    assert data["text/plain"] == "Figure: Loss by step"
    assert 'alt="Loss by step. training: first 0.9, last 0.5 at step 2' in data["text/html"]
    assert outputs["none left"][0].data["text/plain"] == "[]"
    assert re.findall(r"first (\d)", outputs["two axes"][0].data["text/html"]) == ["3", "5"]
    assert 'alt="words"' in outputs["show_figure"][0].data["text/html"]
    assert [sorted(output.data) for output in outputs["not ours"]] == [["image/png", "text/plain"]]
