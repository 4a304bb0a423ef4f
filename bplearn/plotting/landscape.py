"""The loss as a landscape: two weights span the ground, the loss is the height, and all other weights stand still.

A map with lines of equal height shows where it is steep (lines close together), and an arrow shows which way is down.
Taught in notebooks/03_cost_functions.ipynb and notebooks/07_weight_updates.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.text import Text

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import MARKERS, Theme, style, style_axes
from bplearn.show.heights import heights_at
from bplearn.show.palette import OPTIMIZERS
from bplearn.show.text import short

_GRID = 61


def plot_landscape(
    loss_at: Callable[[float, float], Any],
    x: tuple[float, float],
    y: tuple[float, float],
    *,
    point: tuple[float, float] | None = None,
    slope: tuple[float, float] | None = None,
    paths: Mapping[str, Any] | None = None,
    names: tuple[str, str] = ("first weight", "second weight"),
    levels: int = 12,
    ax: Axes | None = None,
) -> Axes:
    """Draw the map of a loss over two weights: pale is low, dark is high, each line is one height.

    Shapes: loss_at takes two numbers and returns the loss; x and y are (low, high).
    `paths` are walks by name, (steps + 1, 2) each, drawn with a dot for each step and named at their end.
    `point` marks where the weights are; with `slope`, the derivatives there, an arrow points downhill, against it.
    Raises: ArgumentError for an empty range, DataError where the loss is not finite.

    >>> from bplearn.plotting import alt_text
    >>> words = alt_text(plot_landscape(lambda a, b: a * a + b * b, (-1, 1), (-1, 1), point=(0.5, 0.0)))
    >>> words.split(". ")[1:]
    ['Lowest 0 at (0, 0), highest 2 at (-1, -1)', 'The point (0.5, 0) has height 0.25.']

    Introduced in: notebooks/03_cost_functions.ipynb
    """
    for name, (low, high) in zip(names, (x, y), strict=True):
        if not (np.isfinite([low, high]).all() and low < high):
            raise ArgumentError(expected_got(f"the range of {name}", "low < high, both finite", f"{low}, {high}"))
    across, up = np.linspace(*x, _GRID), np.linspace(*y, _GRID)
    heights = heights_at(loss_at, np.stack(np.meshgrid(across, up), axis=-1))
    if not np.isfinite(heights).all():
        raise DataError(
            expected_got("plot_landscape", "finite losses", heights[~np.isfinite(heights)][0], "Draw less of it.")
        )
    words = [f"Map of the loss over {names[0]} from {short(x[0])} to {short(x[1])} and {names[1]} from "
             f"{short(y[0])} to {short(y[1])}"]  # fmt: skip
    places = {"Lowest": np.argmin(heights), "highest": np.argmax(heights)}
    found = []
    for word, place in places.items():
        row, column = np.unravel_index(place, heights.shape)
        found.append(f"{word} {short(heights[row, column])} at ({short(across[column], 2)}, {short(up[row], 2)})")
    words.append(", ".join(found))
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 5.6, 4.3)
        style_axes(ax, theme, title="The loss as a landscape", x=names[0], y=names[1])
        shades = LinearSegmentedColormap.from_list("height", [theme.paper, theme.tint(theme.positive, 1.0)])
        ax.contourf(across, up, heights, levels=levels, cmap=shades)
        lines = ax.contour(across, up, heights, levels=levels, colors=[theme.muted], linewidths=0.8)
        numbers = ax.clabel(lines, fontsize=8.25, fmt=lambda height: short(height), colors=[theme.ink])
        _only_whole(numbers, x, y)
        if point is not None:
            height = float(loss_at(*point))
            words.append(f"The point ({short(point[0])}, {short(point[1])}) has height {short(height)}")
            ax.plot(*point, "o", color=theme.ink, markeredgecolor=theme.paper, markersize=10, zorder=5)
            paper: dict[str, Any] = {"boxstyle": "round,pad=0.15", "facecolor": theme.paper, "edgecolor": "none"}
            ax.annotate(short(height), point, (9, 7), textcoords="offset points", color=theme.ink, bbox=paper, zorder=5)
            if slope is not None:
                words.append(_arrow(ax, point, slope, (x, y), theme.negative))
        known = all(name in OPTIMIZERS for name in paths or {})
        for turn, (name, walk) in enumerate((paths or {}).items(), start=1):
            number = OPTIMIZERS[name] if known else turn
            words.append(_walk(ax, name, np.asarray(walk, dtype=float), loss_at, number, theme))
        ax.set_xlim(*x)
        ax.set_ylim(*y)
        if 0.5 < (x[1] - x[0]) / (y[1] - y[0]) < 2:
            ax.set_aspect("equal")  # so that the way downhill crosses the lines at a right angle
    return add_alt(ax, ". ".join(words) + ".")


def _walk(ax: Axes, name: str, walk: Any, loss_at: Callable[[float, float], Any], number: int, theme: Theme) -> str:
    """Draw the places of a walk, told apart by marker as well, and say where it ends."""
    look: dict[str, Any] = {"color": theme.color(number), "marker": MARKERS[number % len(MARKERS)], "markersize": 4.5}
    ax.plot(*walk.T, linewidth=1.4, markeredgecolor=theme.paper, zorder=4, label=name, **look)
    ax.legend(loc="upper right", fontsize=8.25, frameon=True, facecolor=theme.paper, edgecolor=theme.grid, framealpha=1)
    return f"{name}: {len(walk) - 1} steps, from height {short(loss_at(*walk[0]))} to {short(loss_at(*walk[-1]))}"


def _only_whole(numbers: Sequence[Text], x: tuple[float, float], y: tuple[float, float]) -> None:
    """Take away the numbers that the edge of the map would cut."""
    for number in numbers:
        shares = [(at - low) / (high - low) for at, (low, high) in zip(number.get_position(), (x, y), strict=True)]
        if not all(0.03 < share < 0.97 for share in shares):
            number.remove()


def _arrow(ax: Axes, point: Any, slope: Any, spans: Any, color: str) -> str:
    """Draw the way downhill, about a fifth of the picture long, and say it."""
    sizes = np.array([high - low for low, high in spans])
    down = -np.asarray(slope, dtype=float)
    longest = float(np.abs(down / sizes).max())
    if not longest > 0:
        return "It is flat there"
    right, up = np.asarray(point) + down * 0.22 / longest
    look = {"arrowstyle": "-|>", "color": color, "linewidth": 2.4, "mutation_scale": 18, "shrinkA": 6, "shrinkB": 0}
    ax.annotate("", (float(right), float(up)), point, arrowprops=look, zorder=4)
    return f"Downhill is ({short(down[0])}, {short(down[1])})"
