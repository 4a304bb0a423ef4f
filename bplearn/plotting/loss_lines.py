"""Lines of a loss curve: their gaps, their end where the training diverged, and their words for the alt text.

A step whose loss is not finite leaves a gap, with a small x; a line that is never finite again ends with a cross.
Used by `plot_loss`; shown in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.plotting.line_labels import End
from bplearn.plotting.style import Theme
from bplearn.show.text import short

_MOST_POINTS = 20_000  # a longer line shows the lowest and the highest value of each small part
_MOST_MARKS = 200


@dataclass(frozen=True)
class Line:
    """One curve, ready to draw: up to its last finite value, with nan at a bad step.

    `cut` is the place from which on nothing is finite.
    """

    label: str
    x: Array
    y: Array
    smooth: Array | None
    color: str
    dash: Any
    cut: float | None
    mark: str = ""  # of a run among several

    @property
    def bad(self) -> Array:
        """The places of single values that are not finite."""
        return self.x[np.isnan(self.y)]


def line_of(label: str, x: Array, values: Array, width: int, color: str, dash: Any, mark: str = "") -> Line:
    """Return the line through values (n,) at places x (n,), with a moving average of `width` points."""
    finite = np.isfinite(values)
    stop = int(np.flatnonzero(finite)[-1]) + 1 if finite.any() else 0
    y = np.where(finite, values, np.nan)[:stop]
    smooth = moving_average(y, width) if width > 1 else None
    return Line(label, x[:stop], y, smooth, color, dash, None if stop == len(values) else float(x[stop]), mark)


def moving_average(values: Array, width: int) -> Array:
    """Return the mean over a window of `width` values around each one.

    Shapes: (n,) -> (n,). Near the start the window shrinks on both sides, so that the first value stays; near the end
    it loses what lies beyond, so that the last value is the mean of the last half window. A nan stays, and no mean
    counts it.

    >>> moving_average(np.array([9.0, 3.0, 3.0, 3.0, 9.0]), 3)
    array([9., 5., 3., 5., 6.])
    """
    n, half = len(values), max(width, 1) // 2
    place = np.arange(n)
    reach = np.minimum(half, place)
    stop, start = np.minimum(place + reach, n - 1) + 1, place - reach
    there = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(there, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(there)])
    means: Array = (sums[stop] - sums[start]) / np.maximum(counts[stop] - counts[start], 1)
    return np.where(there, means, np.nan)


def width_of(smooth: Any, n: int, unseen: bool) -> int:
    """Return the width of the moving average that `smooth` asks for. Raises: ArgumentError for what is no width."""
    if smooth is None:
        return 1 if n < 40 or unseen else max(5, n // 25)
    if isinstance(smooth, bool):
        return max(5, n // 25) if smooth else 1
    if not isinstance(smooth, int | np.integer) or smooth < 0:
        advice = "It is a number of points, such as smooth=25; False draws no average."
        raise ArgumentError(
            expected_got("smooth", "a whole number of at least 0, True, False or None", repr(smooth), advice)
        )
    return 1 if unseen else int(smooth)


# Explosions


def top_of(lines: list[Line], log: bool) -> float:
    """Return where the axis ends at the latest: a loss that explodes must not flatten all others."""
    starts = [line.y[np.isfinite(line.y)][0] for line in lines if len(line.y)]
    return float(max(starts) * (1e3 if log else 5)) if max(starts) > 0 else np.inf


def explodes(line: Line, top: float) -> bool:
    """Tell a line that leaves the picture and does not come back: it diverges, or it grows faster than any GAN's."""
    if not len(line.y) or np.nanmax(line.y) <= top:
        return False
    leaps = np.nanmax(line.y) > 100 * float(np.nanmedian(np.abs(line.y)))
    return line.cut is not None or (line.y[-1] > top and leaps)


# Drawing


def draw_line(ax: Axes, line: Line, by: str, top: float, right: float, theme: Theme) -> None:
    """Draw one line; one that explodes ends at `top` with a note at its cross."""
    x, y, smooth = line.x, line.y, line.smooth
    notes = [] if line.cut is None else [f"{line.label}: not finite from {by} {short(line.cut)} on"]
    if explodes(line, top):
        stop = int(np.argmax(y > top)) + 1
        notes = [f"{line.label}: above {short(top)} from {by} {short(x[stop - 1])} on", *notes]
        x, y, smooth = x[:stop], np.minimum(y[:stop], top), None
    dot: dict[str, Any] = {"marker": "o", "markersize": 5} if len(y) == 1 else {}
    if line.mark and len(y) > 1:  # runs stay apart without colour
        dot = {"marker": line.mark, "markersize": 5.5, "markevery": 0.125, "markeredgecolor": theme.paper}
        dot |= {"markeredgewidth": 0.6}
    if smooth is None:
        ax.plot(*_thinned(x, y), color=line.color, linestyle=line.dash, label=line.label, **dot)
    else:
        ax.plot(*_thinned(x, y), color=line.color, alpha=0.3, linewidth=0.8, label="_raw")
        ax.plot(*_thinned(x, smooth), color=line.color, linestyle=line.dash, label=line.label, **dot)
    _mark_gaps(ax, line, x, y)
    if notes and len(y):
        look: dict[str, Any] = {"color": line.color, "markeredgecolor": theme.paper, "markersize": 9, "zorder": 4}
        ax.plot(x[-1:], y[-1:], "X", label="_cut", **look)
        left = x[-1] > right / 2  # on the side where there is room
        ax.annotate(
            "\n".join(notes),
            (x[-1], y[-1]),
            (4 if left else -4, 7),
            textcoords="offset points",
            ha="right" if left else "left",
            va="bottom",
            fontsize=9,
            color=theme.readable(line.color),
        )


def _thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """Return at most `_MOST_POINTS` points: of each small part of a long line the lowest and the highest."""
    if len(y) <= _MOST_POINTS:
        return x, y
    size = 2 * len(y) // _MOST_POINTS + 1
    whole = len(y) // size * size
    parts = y[:whole].reshape(-1, size)
    low, high = np.where(np.isnan(parts), np.inf, parts), np.where(np.isnan(parts), -np.inf, parts)
    ends = np.stack([low.argmin(axis=1), high.argmax(axis=1)])
    rows = (np.sort(ends, axis=0) + np.arange(0, whole, size)).T.ravel()
    rows = np.unique(np.concatenate([[0], rows, np.arange(whole, len(y)), [len(y) - 1]]))
    return x[rows], y[rows]


def _mark_gaps(ax: Axes, line: Line, x: Array, y: Array) -> None:
    """Put a small x where a value is not finite, and a dot where one stands alone between two such."""
    finite = np.isfinite(y)
    if finite.all():
        return
    bad = np.flatnonzero(~finite)[:_MOST_MARKS]
    between = np.interp(x[bad], x[finite], y[finite])
    ax.plot(x[bad], between, "x", color=line.color, markersize=6, label="_bad")
    neighbors = np.concatenate([[False], finite, [False]])
    alone = finite & ~neighbors[:-2] & ~neighbors[2:]
    if alone.any() and len(y) > 1:
        ax.plot(x[alone], y[alone], "o", color=line.color, markersize=4, label="_alone")


# Words


def end_of(line: Line) -> End:
    """Return the name of a line with its last value, and where it ends."""
    last = float((line.y if line.smooth is None else line.smooth)[-1])
    return End(f"{line.label}: {short(last)}", float(line.x[-1]), last, line.color)


def tell(line: Line, by: str) -> str:
    """Say a line in words: its first, last and lowest loss, and where it is not finite."""
    if not len(line.y):
        return f"{line.label}: never finite"
    unit = "" if by == "samples" else f"{by} "
    after = " samples" if by == "samples" else ""
    low = int(np.nanargmin(line.y))
    first = line.y[np.isfinite(line.y)][0]
    if len(line.y) == 1:
        words = f"{line.label}: {short(line.y[0])} at {unit}{short(line.x[0])}{after}"
    else:
        words = (
            f"{line.label}: first {short(first)}, last {short(line.y[-1])} at {unit}{short(line.x[-1])}{after}, "
            f"lowest {short(line.y[low])} at {unit}{short(line.x[low])}{after}"
        )
    if line.smooth is not None:
        words += f", smoothed end {short(line.smooth[-1])}"
    if len(line.bad):
        words += f", {_tell_gaps(line, unit, after)}"
    return words if line.cut is None else f"{words}, no longer finite from {unit}{short(line.cut)}{after} on"


def _tell_gaps(line: Line, unit: str, after: str) -> str:
    bad = line.bad
    if len(bad) > 3:
        return f"not finite {len(bad)} times, first at {unit}{short(bad[0])}{after}"
    return f"not finite at {unit}{', '.join(short(place) for place in bad)}{after}"


def note_of(line: Line, by: str) -> str:
    """Say a gap in short, for the picture; "" where there is none."""
    if not len(line.bad):
        return ""
    unit, after = ("", " samples") if by == "samples" else (f"{by} ", "")
    return f"{line.label}: {_tell_gaps(line, unit, after)}"
