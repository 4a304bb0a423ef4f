"""Words in a figure are crossed by no curve and by no other words: measured on the figure as it is drawn."""

import io
import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Annotation
from PIL import Image

from bplearn import Dense, Sequential, Sigmoid, SoftmaxCrossEntropy
from bplearn.plotting import plot_decision_boundary, plot_functions, plot_loss, show_figure
from bplearn.show.palette import SERIES

OVERFIT = [2.1, 1.6, 1.35, 1.28, 1.24, 1.22, 1.21, *np.linspace(1.24, 1.57, 73)]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


FIGURES = {
    "one curve": lambda: plot_functions({"sigmoid": sigmoid}, -6, 6, marks=[-1, 0, 1]),
    "slopes": lambda: plot_functions(
        {"sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)), "tanh": lambda z: 1 - np.tanh(z) ** 2}, -6, 6, marks=[0, 2]
    ),
    "costs": lambda: plot_functions(
        {"surprise": lambda p: -np.log(p), "half": lambda p: (1 - p) ** 2 / 2}, 0.005, 1, marks=[0.01, 0.5]
    ),
    "flat": lambda: plot_functions({"without": lambda s: 1 + 5 / s, "Adam": lambda _: 1.0}, 1, 1000, marks=[100]),
    "overfitted": lambda: plot_loss({"loss": list(3 / np.arange(1, 81)), "val_loss": OVERFIT}),
    "best at the end": lambda: plot_loss({"loss": [0.9, 0.5, 0.3, 0.2], "val_loss": [0.8, 0.6, 0.5, 0.45]}),
    "best at once": lambda: plot_loss({"loss": [0.9, 0.5, 0.3, 0.2], "val_loss": [0.4, 0.6, 0.7, 0.9]}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_curve_crosses_words(name):
    ax = FIGURES[name]()
    ax.figure.canvas.draw()
    words = [text for text in ax.texts if isinstance(text, Annotation) and text.arrow_patch is None]
    boxes = [text.get_window_extent() for text in words]
    assert words
    for text, box in zip(words, boxes, strict=True):
        for line in ax.lines:
            spots = ax.transData.transform(np.asarray(line.get_xydata(), dtype=float))
            dense = np.concatenate(
                [np.linspace(a, b, 200) for a, b in itertools.pairwise(spots)] if len(spots) > 1 else [spots]
            )
            assert not box.count_contains(dense), f"{text.get_text()} is crossed by {line.get_label()}"
    for (one, a), (other, b) in itertools.combinations(zip(words, boxes, strict=True), 2):
        assert not a.overlaps(b), (one.get_text(), other.get_text())


def test_a_few_dots_keep_their_color_in_a_small_file():
    x, classes = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), [0, 1, 1, 0]
    network = Sequential(Dense(2, 3, weights=[[9.0, 9, 0], [9.0, 9, 0]], bias=[-4.0, -13, 0]), Sigmoid(), Dense(3, 2))
    figure = show_figure(plot_decision_boundary(network, x, classes, loss=SoftmaxCrossEntropy()))
    pixels = np.asarray(Image.open(io.BytesIO(figure.png)).convert("RGB"))
    for number in (0, 1):
        assert (pixels == np.array(to_rgb(SERIES[number][0])) * 255).all(axis=-1).any()
