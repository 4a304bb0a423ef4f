"""Where the units of a network stand, and how a unit and a weight are drawn: the base of every picture of a network.

A wide layer shows its first and last units with dots between them. Positive weights are solid and blue, negative ones
dashed and orange, and the width of a line is the size of its weight.
Used by `plot_network`, first met in notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle

from bplearn.checks.arrays import Array
from bplearn.plotting.style import Theme, short


@dataclass(frozen=True)
class Column:
    """One layer's units: the numbers of those that are shown, their places, and the place of the dots, if any."""

    width: int
    x: float
    units: tuple[int, ...]
    heights: tuple[float, ...]
    dots: float | None = None

    def place(self, unit: int) -> tuple[float, float]:
        """Return where a unit stands. Raises: ValueError for one that is not shown."""
        return self.x, self.heights[self.units.index(unit)]


def layout(widths: Sequence[int], max_units: int = 6, *, gap: float = 2.5, rise: float = 1.0) -> list[Column]:
    """Place the units of all layers, in columns from left to right and centered on height 0.

    Columns are `gap` apart, units `rise`. Of a layer with more than `max_units`, the first ones and the last are shown.

    >>> [column.units for column in layout([2, 64], max_units=4)]
    [(0, 1), (0, 1, 2, 63)]
    """
    columns = []
    for number, width in enumerate(widths):
        fits = width <= max_units
        shown = range(width) if fits else [*range(max_units - 1), width - 1]
        slots = [rise * ((len(shown) - fits) / 2 - row) for row in range(len(shown) + (not fits))]
        dots = None if fits else slots.pop(-2)
        columns.append(Column(width, number * gap, tuple(shown), tuple(slots), dots))
    return columns


def draw_weights(
    ax: Axes, left: Column, right: Column, W: Array, theme: Theme, *, largest: float, widest: float = 4.0
) -> None:
    """Draw the weights W (n_left, n_right) between the units shown: width by size, color and dash by sign."""
    shown = W[np.ix_(left.units, right.units)]
    crowd = 0.85 if shown.size <= 40 else 0.6
    for sign in (-1, 0, 1):
        rows, columns = np.nonzero(np.sign(shown) == sign)
        if len(rows) == 0:
            continue
        lines = [[(left.x, left.heights[i]), (right.x, right.heights[j])] for i, j in zip(rows, columns, strict=True)]
        sizes = np.abs(shown[rows, columns]) / largest
        look = theme.sign_line(sign)
        strokes = LineCollection(
            lines,
            linewidths=0.4 + (widest - 0.4) * sizes,
            colors=look["color"],
            linestyles=[look["linestyle"]],
            alpha=crowd if sign else 0.5,
            zorder=1,
            label={-1: "negative", 0: "zero", 1: "positive"}[sign],
        )
        ax.add_collection(strokes)


def draw_units(
    ax: Axes, column: Column, theme: Theme, *, words: Sequence[str] = (), values: Array | None = None, radius: float
) -> None:
    """Draw the units of one column as circles with words inside; `values` (width,) tint them by size and sign."""
    scale = 1.0 if values is None else float(np.abs(values).max()) or 1.0
    for place, (unit, height) in enumerate(zip(column.units, column.heights, strict=True)):
        value = 0.0 if values is None else float(values[unit])
        look: dict[str, Any] = theme.sign_line(value) if value else {"color": theme.muted, "linestyle": "solid"}
        fill = theme.tint(look["color"], abs(value) / scale)
        circle = Circle(
            (column.x, height),
            radius,
            facecolor=fill,
            edgecolor=look["color"],
            linewidth=1.3,
            linestyle=look["linestyle"],
        )
        circle.set_zorder(3)
        ax.add_patch(circle)
        if place < len(words):
            write(ax, column.x, height, words[place], theme)
    if column.dots is not None:
        write(ax, column.x, column.dots, "\u22ee", theme, fontsize=15, color=theme.muted)


def write(ax: Axes, x: float, y: float, words: str, theme: Theme, **look: Any) -> None:
    """Write centered words at a place of the picture."""
    options: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 9, "color": theme.ink, "zorder": 5}
    ax.text(x, y, words, **options | look)


def write_weight(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], number: float, share: float, theme: Theme
) -> None:
    """Write a weight's number on its line, `share` of the way from start to end, along the line."""
    color = theme.readable(theme.sign_line(number)["color"])
    paper = {"boxstyle": "round,pad=0.12", "facecolor": theme.paper, "edgecolor": "none"}
    x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
    slope = float(np.degrees(np.arctan2(end[1] - start[1], end[0] - start[0])))
    look = {"color": color, "fontsize": 8.5, "bbox": paper, "zorder": 2, "rotation": slope, "rotation_mode": "anchor"}
    write(ax, x, y, short(number), theme, **look)
