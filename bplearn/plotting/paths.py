"""Paths of gradient descent on a curve, side by side: where each step lands.

A loss curve hides whether a path jumps from side to side; one small picture for each learning rate shows it.
Used in notebooks/07_weight_updates.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import MARKERS, Theme, hide_axes, style, style_axes
from bplearn.show.heights import heights_at
from bplearn.show.text import short

_MOST = 6


def plot_walks(
    f: Callable[[float], Any],
    walks: Mapping[str, Sequence[float]],
    low: float,
    high: float,
    *,
    x: str = "x",
    y: str = "f(x)",
    ax: Axes | None = None,
) -> Axes:
    """Draw walks on the curve f, each in a small picture of its own: a dot for each place, a ring at the start.

    Shapes: f takes one number and returns one; each walk is a list of places; those off the picture are cut.
    Raises: ArgumentError for no walk, more than six, or an empty range, DataError for values that are not finite.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_walks(lambda v: v * v, {"rate 0.2": [10, 6, 3.6]}, -12, 12)).split(". ")[1]
    'rate 0.2: 2 steps, from 10 by 6 to 3.6, 0 of them change sides.'

    Introduced in: notebooks/07_weight_updates.ipynb
    """
    if not 0 < len(walks) <= _MOST:
        raise ArgumentError(expected_got("plot_walks", f"1 to {_MOST} named walks", len(walks)))
    if not (np.isfinite([low, high]).all() and low < high):
        raise ArgumentError(expected_got("the range of plot_walks", "low < high, both finite", f"{low}, {high}"))
    across = np.linspace(low, high, 121)
    curve = heights_at(f, across[:, None])
    for name, walk in walks.items():
        if len(walk) == 0 or not np.isfinite(np.asarray(walk, dtype=float)).all():
            raise DataError(expected_got(f"walks[{name!r}]", "finite places, at least one", list(walk)))
    columns = min(len(walks), 2)
    rows = -(-len(walks) // columns)
    words = ["Walks on a curve"]
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 3.6 * columns, 2.5 * rows)
        hide_axes(ax, theme)
        for number, (name, walk) in enumerate(walks.items()):
            row, column = divmod(number, columns)
            box = ((column + 0.1) / columns, 1 - (row + 0.84) / rows, 0.84 / columns, 0.7 / rows)
            small = ax.inset_axes(box)
            style_axes(small, theme, title=name, x=x if row == rows - 1 else "", y="" if column else y)
            small.plot(across, curve, color=theme.muted, linewidth=1.4)
            words.append(_walk(small, theme, name, [float(p) for p in walk], f, number))
            top = float(curve.max())
            small.set(xlim=(low, high), ylim=(curve.min() - 0.06 * np.ptp(curve), top + 0.06 * np.ptp(curve)))
    return add_alt(ax, ". ".join(words) + ".")


def _walk(ax: Axes, theme: Theme, name: str, walk: list[float], f: Callable[[float], Any], number: int) -> str:
    """Draw one walk and say in words where it goes."""
    color = theme.color(number)
    heights = heights_at(f, np.array(walk)[:, None])
    ax.plot(walk, heights, color=color, linewidth=1.1)
    ax.plot(walk, heights, linestyle="", marker=MARKERS[number], color=color, markersize=5, clip_on=True)
    ax.plot(walk[:1], heights[:1], "o", markerfacecolor="none", markeredgecolor=theme.ink, markersize=11)
    if len(walk) == 1:
        return f"{name}: at {short(walk[0])}"
    jumps = int((np.diff(np.sign(walk)) != 0).sum())
    by = f" by {short(walk[1])}" if len(walk) > 2 else ""
    return (
        f"{name}: {len(walk) - 1} steps, from {short(walk[0])}{by} to {short(walk[-1])}, {jumps} of them change sides"
    )
