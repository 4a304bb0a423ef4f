"""Names at the ends of lines, so that a reader needs no legend and matches no colors.

Names that would overlap move apart, each with a thin line to its curve.
Used by `plot_loss`, first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from bplearn.checks.arrays import Array
from bplearn.plotting.style import Theme

_LINE_POINTS = 13  # height of a line of words


@dataclass(frozen=True)
class End:
    """Where a curve ends, what is written there, and its color."""

    words: str
    x: float
    y: float
    color: str


def name_ends(ax: Axes, ends: list[End], theme: Theme) -> None:
    """Write the names to the right of the axes, beside the ends; where there is no room, make a legend.

    Call it when the limits of the axes are final. Only a figure with a layout engine makes room for words.
    """
    figure = ax.get_figure()
    if figure is None or figure.get_layout_engine() is None or len(ends) > 8:
        ax.legend()
        return
    low, high = ax.get_ylim()
    left, right = ax.get_xlim()
    look: dict[str, Any] = {"va": "center", "fontsize": 9, "annotation_clip": False}
    to_axes = ax.transScale + ax.transLimits
    tall = ax.get_window_extent().height * 72 / figure.dpi  # in points
    gap = _LINE_POINTS / tall

    def heights_of(some: list[End]) -> Array:
        return np.array([to_axes.transform((end.x, min(max(end.y, low), high)))[1] for end in some])

    early = [end for end in ends if end.x < right - 0.05 * (right - left)]
    heights = heights_of(early)
    halo = [withStroke(linewidth=3, foreground=theme.paper)]  # other curves may pass behind the words
    for end, height, placed in zip(early, heights, move_apart(heights, gap) if early else [], strict=True):
        aside = (7, float(placed - height) * tall)  # beside its end: a line to the margin would look like data
        color = theme.readable(end.color)
        ax.annotate(
            end.words, (end.x, end.y), aside, textcoords="offset points", color=color, path_effects=halo, **look
        )
    ends = [end for end in ends if end not in early]
    heights = heights_of(ends)
    for end, height, placed in zip(ends, heights, move_apart(heights, gap), strict=True):
        line = {"arrowstyle": "-", "color": end.color, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 2}
        ax.annotate(
            end.words,
            (end.x, end.y),
            (1.03, float(placed)),
            textcoords="axes fraction",
            color=theme.readable(end.color),
            arrowprops=line if abs(height - placed) > 0.01 else None,
            **look,
        )


def move_apart(wanted: Array, gap: float) -> Array:
    """Move heights until neighbors are at least `gap` apart, inside 0..1 where that is possible.

    Shapes: (n,) -> (n,), in the same order.

    >>> move_apart(np.array([0.5, 0.5]), 0.1)
    array([0.45, 0.55])
    """
    order = np.argsort(wanted, kind="stable")
    heights = np.clip(wanted[order], 0, 1)
    for _ in range(200):
        lack = gap - np.diff(heights)
        if (lack <= 1e-9).all():
            break
        push = np.maximum(lack, 0) / 2
        heights[:-1] -= push
        heights[1:] += push
        if len(heights) * gap < 1:
            heights += max(0.0, -heights[0]) - max(0.0, heights[-1] - 1)
    placed = np.empty_like(heights)
    placed[order] = heights
    return placed
