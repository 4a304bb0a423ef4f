"""Pictures of single samples, and the table that says which class was taken for which.

A wrong answer has a dashed frame and names both classes, so a reader finds it without color.
Taught in notebooks/00_start_here.ipynb and notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from bplearn.checks.arrays import Array, all_finite, as_floats, expected_got, positive_integer
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError, DataError, ShapeError
from bplearn.metrics import confusion_matrix
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import DASHED, Theme, blend, contrast, hide_axes, style, style_axes
from bplearn.show.text import short


def plot_images(
    data: Any,
    targets: Any = None,
    predicted: Any = None,
    *,
    image_shape: tuple[int, int] | None = None,
    names: Sequence[str] | None = None,
    count: int = 20,
    columns: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the first `count` samples as pictures, with their class below; dark is a large number.

    Shapes: data is a Dataset, x (N, H, W), or x (N, D) with `image_shape` (H, W); a square is assumed where D allows.
    `targets` and `predicted` (N,) are class numbers (`names` gives their names) or words.
    Raises: ShapeError or ArgumentError for what does not fit, DataError for an empty or non-finite x.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_images(np.eye(4), targets=[0, 1, 1, 0], predicted=[0, 1, 0, 0]))
    '4 images of 2 x 2. Classes 0, 1, 1, 0. 1 wrong: image 2 is 1, answered 0.'

    Introduced in: notebooks/00_start_here.ipynb
    """
    if isinstance(data, Dataset):
        targets = data.targets if targets is None and data.target_names is not None else targets
        image_shape, names = image_shape or data.image_shape, names or data.target_names  # type: ignore[assignment]
        data = data.x
    pictures = _pictures(data, image_shape)
    answers = {"targets": targets, "predicted": predicted}
    captions = {key: _names(values, names, len(pictures), key) for key, values in answers.items() if values is not None}
    pictures = pictures[: positive_integer(count, "count")]
    n, height, width = pictures.shape
    across = min(
        positive_integer(columns, "columns") if columns is not None else (n if n < 6 else min(10, -(-n // 2))), n
    )
    down = -(-n // across)
    line = 0.34 if captions else 0.0  # room for words below, as a share of a picture's height
    with style(ax=ax) as theme:
        cell = min(1.0, 7.0 / across)
        ax = axes_or_new(ax, across * cell + 0.1, down * cell * (height / width) * (1.12 + line) + 0.1)
        hide_axes(ax, theme)
        ink = LinearSegmentedColormap.from_list("ink", ["#ffffff", "#16191d"])  # ink on paper, in every theme
        low, high = float(pictures.min()), float(pictures.max())
        if low < 0:  # signed numbers, such as weights: 0 is the gray in the middle
            low, high = -max(-low, high), max(-low, high)
        wrong = []
        for place, picture in enumerate(pictures):
            left, top = place % across * 1.12, place // across * (1.12 + line)
            extent = (left, left + 1, top + 1, top)
            ax.imshow(picture, cmap=ink, vmin=low, vmax=high if high > low else low + 1, extent=extent)
            right_name, answer = (captions[key][place] if key in captions else None for key in ("targets", "predicted"))
            miss = right_name is not None and answer is not None and right_name != answer
            if miss:
                wrong.append(f"image {place} is {right_name}, answered {answer}")
            _frame(ax, left, top, theme, miss)
            if captions:
                _caption(ax, left + 0.5, top + 1.08, right_name, answer, miss, cell, theme)
        ax.set_xlim(-0.05, across * 1.12 - 0.07)
        ax.set_ylim(down * (1.12 + line) - 0.07, -0.05)
        ax.set_aspect(height / width)
    return add_alt(ax, _image_words(pictures, captions, wrong))


def plot_confusion(
    matrix: Any, targets: Any = None, *, names: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how often each class (row) was answered as each class (column).

    Shapes: a matrix of counts (C, C) as `confusion_matrix` gives, or predicted (N,) followed by targets (N,).
    The diagonal, blue, is right; everything off it, orange, is wrong. Depth is the share of the row.
    Raises: ShapeError for what is not square, DataError for negative, fractional or no counts, ArgumentError for names.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_confusion([0, 1, 1], [0, 1, 0], names=["cat", "dog"]))
    'Confusion matrix of 2 classes. 2 of 3 right (accuracy 0.6667). Most frequent mistakes: cat answered as dog 1.'

    Introduced in: notebooks/14_digits_from_scratch.ipynb
    """
    counts = _counts(matrix, targets)
    size = len(counts)
    if names is not None and len(names) != size:
        raise ArgumentError(expected_got("names", f"{size} names, one for each class", f"{len(names)}"))
    labels = [str(name) for name in names] if names is not None else [str(number) for number in range(size)]
    right, total = int(np.trace(counts)), int(counts.sum())
    side = float(np.clip(1.5 + 0.42 * size, 3.2, 7.5))
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, side + 0.3, side)
        style_axes(ax, theme, title=f"{right:,} of {total:,} right", x="answered class", y="true class")
        rows = counts.sum(axis=1, keepdims=True)
        shares = np.divide(counts, rows, out=np.zeros(counts.shape), where=rows > 0)
        for i in range(size):
            for j in range(size):
                _cell(ax, i, j, int(counts[i, j]), float(shares[i, j]), size, theme)
        ax.set_xlim(-0.5, size - 0.5)
        ax.set_ylim(size - 0.5, -0.5)
        ax.set_aspect("equal")
        long = max(map(len, labels)) > 3
        ax.set_xticks(range(size), labels, rotation=45 if long else 0, ha="right" if long else "center")
        ax.set_yticks(range(size), labels)
        ax.tick_params(length=0, labelcolor=theme.ink)
        for spine in ax.spines.values():
            spine.set_visible(False)
    return add_alt(ax, _confusion_words(counts, labels, right, total))


def _pictures(data: Any, image_shape: Any) -> Array:
    """Return finite pictures (N, H, W)."""
    x = all_finite(as_floats(data, "plot_images"), "plot_images")
    if x.ndim == 3 and image_shape is None:
        image_shape = x.shape[1:]
    if x.ndim not in (2, 3) or len(x) == 0:
        advice = "For one picture write x[None]."
        raise ShapeError(
            expected_got("plot_images", "x of shape (N, D) or (N, H, W), at least one row", x.shape, advice)
        )
    pixels = int(np.prod(x.shape[1:]))
    if image_shape is None:
        side = math.isqrt(pixels)
        if side * side != pixels:
            advice = "Write image_shape=(height, width)."
            raise ArgumentError(
                expected_got("plot_images", f"the shape of an image of {pixels} numbers", "none", advice)
            )
        image_shape = (side, side)
    if len(image_shape) != 2 or math.prod(image_shape) != pixels:
        raise ShapeError(expected_got("image_shape", f"(height, width) with {pixels} pixels", tuple(image_shape)))
    return x.reshape(len(x), *image_shape)


def _names(values: Any, names: Sequence[str] | None, n: int, subject: str) -> list[str]:
    array = np.asarray(values)
    if array.shape != (n,):
        raise ShapeError(expected_got(subject, f"one class for each of the {n} images", f"shape {array.shape}"))
    if names is not None and array.dtype.kind in "iu":
        if array.min() < 0 or array.max() >= len(names):
            got = f"{array.min()}..{array.max()}"
            raise ArgumentError(expected_got(subject, f"class numbers 0..{len(names) - 1}, one for each name", got))
        return [str(names[number]) for number in array]
    return [str(value) for value in array.tolist()]


def _frame(ax: Axes, left: float, top: float, theme: Theme, miss: bool) -> None:
    look: dict[str, Any] = {"edgecolor": theme.grid, "linewidth": 0.8}
    if miss:
        look = {"edgecolor": theme.negative, "linewidth": 2.0, "linestyle": DASHED}
    ax.add_patch(Rectangle((left, top), 1, 1, fill=False, clip_on=False, zorder=3, **look))


def _caption(
    ax: Axes, x: float, y: float, right: str | None, answer: str | None, miss: bool, cell: float, theme: Theme
) -> None:
    words = f"{right}, said {answer}" if miss else str(right if right is not None else answer)
    size = min(9.0, 72 * cell * 1.05 / (0.62 * max(len(words), 4)))  # as wide as the picture at most
    look: dict[str, Any] = {"color": theme.readable(theme.negative) if miss else theme.muted}
    ax.text(x, y, words, ha="center", va="top", fontsize=size, **look)


def _image_words(pictures: Array, captions: dict[str, list[str]], wrong: list[str]) -> str:
    n, height, width = pictures.shape
    parts = [f"{n} image{'' if n == 1 else 's'} of {height} x {width}"]
    key = "targets" if "targets" in captions else "predicted"
    if captions:
        parts.append(f"{'Classes' if key == 'targets' else 'Answers'} {', '.join(captions[key][:n])}")
    if len(captions) == 2:
        parts.append(f"{len(wrong)} wrong{': ' if wrong else ''}{'; '.join(wrong)}")
    return ". ".join(parts) + "."


def _counts(matrix: Any, targets: Any) -> Array:
    if targets is not None:
        return confusion_matrix(matrix, targets)
    counts = all_finite(as_floats(matrix, "plot_confusion"), "plot_confusion")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        advice = "For answers pass plot_confusion(predicted, targets)."
        raise ShapeError(expected_got("plot_confusion", "a square matrix of counts", f"shape {counts.shape}", advice))
    if (counts < 0).any() or (counts % 1 != 0).any() or counts.sum() == 0:
        got = f"numbers from {short(float(counts.min()))} to {short(float(counts.max()))}"
        raise DataError(expected_got("plot_confusion", "whole counts of at least 0, not all 0", got))
    return counts.astype(int)


def _cell(ax: Axes, i: int, j: int, count: int, share: float, size: int, theme: Theme) -> None:
    color = theme.positive if i == j else theme.negative
    strength = share if i == j else min(1.0, 3 * share)  # a darker tone, since mistakes are few
    fill = blend(theme.paper, color, (0.12 if count else 0.0) + 0.7 * strength) if count else theme.paper
    ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=fill, edgecolor=theme.grid, linewidth=0.8))
    ink = max((theme.ink, theme.paper), key=lambda letters: contrast(letters, fill)) if count else theme.muted
    ax.text(j, i, f"{count}", ha="center", va="center", fontsize=9 if size <= 12 else 7, color=ink)


def _confusion_words(counts: Array, labels: list[str], right: int, total: int) -> str:
    head = f"Confusion matrix of {len(labels)} classes. {right:,} of {total:,} right"
    parts = [f"{head} (accuracy {short(right / total)})"]
    wrong = [(int(n), i, j) for (i, j), n in np.ndenumerate(counts) if i != j and n]
    wrong.sort(key=lambda entry: (-entry[0], entry[1:]))
    if wrong:
        mistakes = ", ".join(f"{labels[i]} answered as {labels[j]} {n}" for n, i, j in wrong[:3])
        parts.append(f"Most frequent mistakes: {mistakes}")
    return ". ".join(parts) + "."
