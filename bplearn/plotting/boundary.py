"""The decision boundary: which class a network answers at every point of the plane, and where the answer changes.

Each class has its own marker as well as its color, and a wrong answer has a ring around its point.
Taught in notebooks/09_write_your_own_backprop.ipynb and notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from bplearn.checks.arrays import Array, as_batch, expected_got, positive_integer
from bplearn.checks.targets import class_numbers
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError, ShapeError, TargetError
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import MARKERS, Theme, style, style_axes
from bplearn.show.decision_plane import DecisionPlane, answers_of, decision_plane, has_probabilities, probabilities
from bplearn.show.text import short


def plot_decision_boundary(
    network: Sequential,
    data: Any,
    targets: Any = None,
    *,
    loss: Loss | None = None,
    resolution: int = 160,
    ax: Axes | None = None,
) -> Axes:
    """Draw what a network with two inputs answers everywhere, with the samples on top.

    Shapes: data is a Dataset with two features, or x (N, 2) with class numbers `targets` (N,).
    `loss` is the one the network was trained with; it may be left out where the last layer is Softmax or Sigmoid.
    The deeper a color, the surer the network. The plane is computed on `resolution` x `resolution` points.
    Raises: ShapeError for another number of inputs, TargetError for what are no classes, ArgumentError.

    >>> from bplearn.plotting import alt_text
    >>> network = Sequential(Dense(2, 1, weights=[[1.0], [1.0]], bias=[-1.5]), Sigmoid())
    >>> ax = plot_decision_boundary(network, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])
    >>> alt_text(ax).split(". ")[1:]
    ['4 of 4 samples right (accuracy 1)', 'Class 0: 3 samples, 0 wrong', 'Class 1: 1 sample, 0 wrong.']

    Introduced in: notebooks/09_write_your_own_backprop.ipynb
    """
    if not isinstance(network, Sequential):
        raise ArgumentError(expected_got("plot_decision_boundary", "a Sequential network", repr(network)))
    x, labels, names, axis_names = _samples(data, targets)
    surety = _surety(network, x, loss)
    classes = answers_of(surety)
    count = max(surety.shape[-1], int(labels.max()) + 1)
    names = names if names is not None and len(names) >= count else [str(number) for number in range(count)]
    places = _grid(x, positive_integer(resolution, "resolution"))
    xs, ys = (np.linspace(low, high, resolution) for low, high in places)
    plane = decision_plane(network, xs, ys, loss)
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 5.6, 4.2)
        style_axes(ax, theme, title="Decision boundary", x=axis_names[0], y=axis_names[1])
        where: dict[str, Any] = {"extent": (*places[0], *places[1]), "origin": "lower", "aspect": "auto"}
        ax.imshow(_shade(plane, theme), interpolation="bilinear", zorder=0, **where)
        for lead in plane.leads:
            ax.contour(plane.xs, plane.ys, lead, levels=[0.0], colors=[theme.ink], linewidths=1.2, zorder=1)
        _points(ax, x, labels, classes, names, theme)
        ax.set_xlim(*places[0])
        ax.set_ylim(*places[1])
    return add_alt(ax, _words(labels, classes, names))


def _samples(data: Any, targets: Any) -> tuple[Array, Array, list[str] | None, tuple[str, str]]:
    """Return x, class numbers, the names of the classes and of the two columns."""
    names, axis_names = None, ("x0", "x1")
    if isinstance(data, Dataset):
        x, targets = data.x, data.targets
        if data.target_names is not None:
            names = list(data.target_names)
        if len(data.feature_names) == 2:
            axis_names = (data.feature_names[0], data.feature_names[1])
    else:
        x = as_batch(data)
    if x.ndim != 2 or x.shape[1] != 2:
        advice = "Only a plane can be drawn: train a network on two columns, such as x[:, :2]."
        raise ShapeError(expected_got("plot_decision_boundary", "x of shape (N, 2)", x.shape, advice))
    if targets is None:
        advice = "Pass a Dataset, or x and targets."
        raise ArgumentError(expected_got("plot_decision_boundary", "targets for x", "none", advice))
    labels = np.asarray(targets)
    if labels.ndim == 2 and labels.shape[1] > 1 and ((labels == 0) | (labels == 1)).all():
        labels = labels.argmax(axis=1)  # one column for each class
    elif labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or len(labels) != len(x):
        raise ShapeError(expected_got("plot_decision_boundary", f"targets of shape ({len(x)},)", labels.shape))
    if labels.dtype.kind == "f" and (labels % 1 == 0).all():
        labels = labels.astype(int)
    if labels.dtype.kind not in "iub":
        got = f"{labels.dtype} values such as {labels.flat[0]!r}"
        raise TargetError(
            expected_got("plot_decision_boundary", "class numbers as targets", got, "Values cannot be told apart.")
        )
    highest = int(labels.max()) + 1
    return x, class_numbers(labels.astype(int), highest, "plot_decision_boundary"), names, axis_names


def _surety(network: Sequential, x: Array, loss: Loss | None) -> Array:
    """Return how sure the network is of each class for each row."""
    y = network(x)
    if y.ndim != 2:
        got = f"y of shape {y.shape}"
        raise ShapeError(expected_got("plot_decision_boundary", "one output row for each sample", got))
    if not has_probabilities(network, loss):
        wanted, advice = (
            "a last layer of Softmax or Sigmoid, or a loss",
            "Pass the loss it was trained with: loss=SoftmaxCrossEntropy().",
        )
        raise ArgumentError(expected_got("plot_decision_boundary", wanted, network.layers[-1], advice))
    return probabilities(y, loss)


def _grid(x: Array, resolution: int) -> list[tuple[float, float]]:
    if resolution < 2:
        raise ArgumentError(expected_got("resolution", "at least 2 points", str(resolution)))
    low, high = x.min(axis=0).astype(float), x.max(axis=0).astype(float)
    margin = np.where(high > low, 0.12 * (high - low), 1.0)
    return [(float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True)]


def _shade(plane: DecisionPlane, theme: Theme) -> Array:
    """Mix the paper with the color of each point's class, the more the surer the network is of it."""
    colors = np.array([to_rgb(theme.color(number)) for number in range(plane.sure.shape[-1])])
    depth = (0.1 + 0.25 * plane.depths)[..., None]
    return np.asarray((1 - depth) * np.array(to_rgb(theme.paper)) + depth * colors[plane.answers])


def _points(ax: Axes, x: Array, labels: Array, classes: Array, names: list[str], theme: Theme) -> None:
    size = 34 if len(x) <= 400 else 14
    for number in np.unique(labels):
        mine = labels == number
        look: dict[str, Any] = {"marker": MARKERS[number % len(MARKERS)], "color": theme.color(number), "s": size}
        ax.scatter(
            x[mine, 0], x[mine, 1], edgecolors=theme.paper, linewidths=0.7, zorder=3, label=names[number], **look
        )
    wrong = classes != labels
    if wrong.any():
        ring: dict[str, Any] = {"facecolors": "none", "edgecolors": theme.ink, "linewidths": 1.3, "s": 3.2 * size}
        ax.scatter(x[wrong, 0], x[wrong, 1], marker="o", zorder=4, label=f"wrong ({int(wrong.sum())})", **ring)
    title = f"accuracy {short(float((~wrong).mean()))}"
    legend = ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title=title, labelcolor=theme.ink)
    legend.set_alignment("left")


def _words(labels: Array, classes: Array, names: list[str]) -> str:
    right = int((labels == classes).sum())
    head = f"Decision boundary of {len(names)} classes. {right} of {len(labels)} samples right"
    parts = [f"{head} (accuracy {short(right / len(labels))})"]
    for number in np.unique(labels):
        mine = labels == number
        count = int(mine.sum())
        wrong = int((classes[mine] != number).sum())
        parts.append(f"Class {names[number]}: {count} sample{'' if count == 1 else 's'}, {wrong} wrong")
    return ". ".join(parts) + "."
