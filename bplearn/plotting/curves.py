"""The loss curve: how wrong the network was at each step, and whether it also gets better on data it never saw.

Single steps are noisy, so they are drawn faint, with a moving average on top. Training is a solid line, validation a
dashed one, and each line is named where it ends. Taught in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.line_labels import End, name_ends
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.read_losses import UNITS, Run, read_runs
from bplearn.plotting.style import DASHED, DOTTED, Theme, dress, short, style

_X_LABELS = {"step": "step (one update)", "epoch": "epoch", "samples": "training samples seen"}


@dataclass(frozen=True)
class _Line:
    """One curve, ready to draw: finite places only, and where it stopped being finite."""

    label: str
    x: Array
    y: Array
    smooth: Array | None
    color: str
    dash: Any
    validation: bool
    cut: float | None


def plot_loss(
    *histories: Any,
    by: str | None = None,
    smooth: int | bool | None = None,
    log: bool = False,
    labels: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the losses of one training, or of several in one picture.

    Shapes: each history is a History, a list (n,), a dict or table of lists such as Keras and PyTorch users keep
    (`{"loss": [...], "val_loss": [...]}`), an object with such a `.history`, or the path of a CSV file.
    Rows also do: pairs (step, loss), or one dict for each epoch.
    A dict of names holds several: `plot_loss({"SGD": first, "Adam": second})`; or pass them in turn with `labels`.

    `by` is "step", "epoch" or "samples" (seen in training); None takes steps where they are known.
    `smooth` is the width of the moving average in points; None chooses it, False draws the raw losses alone.
    A loss that is no longer finite ends its line with a cross. The best epoch is marked with a ring.
    Raises: DataError or FileFormatError for what holds no losses, ArgumentError for an option that does not fit.

    >>> from bplearn.plotting import alt_text
    >>> ax = plot_loss({"loss": [0.9, 0.4, 0.2], "val_loss": [0.8, 0.5, 0.6]})
    >>> alt_text(ax).split(". ")[-1]
    'Best epoch 2 of 3, validation loss 0.5.'

    Introduced in: notebooks/00_start_here.ipynb
    """
    runs = read_runs(histories, labels)
    if by is None:
        by = "epoch" if any(run.unit == "epoch" for run in runs) else "step"
    if by not in UNITS:
        raise ArgumentError(expected_got("by", "'step', 'epoch' or 'samples'", repr(by)))
    with style(ax=ax) as theme:
        lines = [line for place, run in enumerate(runs) for line in _lines(run, place, len(runs), by, smooth, theme)]
        _check_log(lines, log)
        ax = axes_or_new(ax, 6.4, 3.7)
        name = "Mean loss by epoch" if by == "epoch" else f"Loss by {by.removesuffix('s')}"
        dress(ax, theme, title="Loss", x=_X_LABELS[by], y="loss (log scale)" if log else "loss", grid="y")
        if log:
            ax.set_yscale("log")
            ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
            ax.yaxis.set_minor_formatter(NullFormatter())
        top, right = _top(lines, log), max(line.x[-1] for line in lines if len(line.x))
        for line in lines:
            _draw(ax, line, by, top, right, theme)
        best = [_mark_best(ax, run, by, theme, alone=len(runs) == 1) for run in runs]
        _limits(ax, lines, by, top, log)
        name_ends(ax, [_end(line) for line in lines if len(line.y) and not _named(line, top)], theme)
        words = [
            f"{name}{' on a log scale' if log else ''}",
            *map(_tell, lines, [by] * len(lines)),
            *filter(None, best),
        ]
    return add_alt(ax, ". ".join(words) + ".")


def moving_average(values: Array, width: int) -> Array:
    """Return the mean over a window of `width` values around each one.

    Shapes: (n,) -> (n,). Near the start the window shrinks on both sides, so that the first value stays; near the end
    it loses what lies beyond, so that the last value is the mean of the last half window.

    >>> moving_average(np.array([9.0, 3.0, 3.0, 3.0, 9.0]), 3)
    array([9., 5., 3., 5., 6.])
    """
    n, half = len(values), max(width, 1) // 2
    place = np.arange(n)
    reach = np.minimum(half, place)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    stop, start = np.minimum(place + reach, n - 1) + 1, place - reach
    means: Array = (sums[stop] - sums[start]) / (stop - start)
    return means


def _lines(run: Run, place: int, count: int, by: str, smooth: Any, theme: Theme) -> list[_Line]:
    training, validation = run.pick(by)
    lines = []
    for points, unseen in ((training, False), (validation, True)):
        if points is None:
            continue
        kind = "validation" if unseen else "training"
        if count == 1:
            label = f"{run.name} {kind}".strip()
        else:
            label = f"{run.name} {kind}" if unseen or validation is not None else run.name
        finite = np.isfinite(points.values)
        stop = len(finite) if finite.all() else int(np.argmin(finite))
        x, y = points.at[by][:stop], points.values[:stop]
        width = _width(smooth, len(y), unseen)
        lines.append(
            _Line(
                label=label,
                x=x,
                y=y,
                smooth=moving_average(y, width) if width > 1 else None,
                color=theme.color(place + (unseen and count == 1)),
                dash=DASHED if unseen else ("solid" if place < len(theme.series) else DOTTED),
                validation=unseen,
                cut=None if stop == len(finite) else float(points.at[by][stop]),
            )
        )
    return lines


def _width(smooth: Any, n: int, unseen: bool) -> int:
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


def _check_log(lines: list[_Line], log: bool) -> None:
    shown = [line.y[line.y > 0] if log else line.y for line in lines]
    if sum(map(len, shown)) == 0:
        if log and any(len(line.y) for line in lines):
            raise DataError(expected_got("plot_loss(log=True)", "losses above 0", "none", "Leave out log=True."))
        raise DataError(
            expected_got("plot_loss", "a finite loss", f"only {'nan or inf'}", "Try a smaller learning rate.")
        )


def _top(lines: list[_Line], log: bool) -> float:
    """Return where the axis ends at the latest: a loss that explodes must not flatten all others."""
    start = max(line.y[0] for line in lines if len(line.y))
    return float(start * (1e3 if log else 5)) if start > 0 else np.inf


def _explodes(line: _Line, top: float) -> bool:
    return len(line.y) > 0 and line.y.max() > top and (line.cut is not None or line.y[-1] > top)


def _named(line: _Line, top: float) -> bool:
    """Tell a line that has its name in the note at its cross."""
    return line.cut is not None or _explodes(line, top)


def _draw(ax: Axes, line: _Line, by: str, top: float, right: float, theme: Theme) -> None:
    x, y, smooth = line.x, line.y, line.smooth
    notes = [] if line.cut is None else [f"{line.label}: not finite from {by} {short(line.cut)} on"]
    if _explodes(line, top):
        stop = int(np.argmax(y > top)) + 1
        notes = [f"{line.label}: above {short(top)} from {by} {short(x[stop - 1])} on", *notes]
        x, y, smooth = x[:stop], np.minimum(y[:stop], top), None
    dot: dict[str, Any] = {"marker": "o", "markersize": 5} if len(y) == 1 else {}
    if smooth is None:
        ax.plot(x, y, color=line.color, linestyle=line.dash, label=line.label, **dot)
    else:
        ax.plot(x, y, color=line.color, alpha=0.3, linewidth=0.8, label="_raw")
        ax.plot(x, smooth, color=line.color, linestyle=line.dash, label=line.label)
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


def _mark_best(ax: Axes, run: Run, by: str, theme: Theme, *, alone: bool) -> str:
    """Ring the epoch of the lowest validation loss, else of the lowest loss by epoch; return it in words."""
    coarse = [points for points in run.training if "epoch" in points.at]
    judged = run.validation or (coarse[-1] if coarse and (by == "epoch" or len(run.training) > 1) else None)
    if judged is None or by not in judged.at or "epoch" not in judged.at or not np.isfinite(judged.values).any():
        return ""
    place = int(np.nanargmin(np.where(np.isfinite(judged.values), judged.values, np.nan)))
    x, y, epoch = judged.at[by][place], judged.values[place], int(judged.at["epoch"][place])
    kind = "validation loss" if judged is run.validation else "loss"
    if judged is run.validation or (alone and by == "epoch"):
        look: dict[str, Any] = {
            "clip_on": False,
            "markerfacecolor": "none",
            "markeredgecolor": theme.ink,
            "markersize": 9,
            "markeredgewidth": 1.4,
        }
        ax.plot([x], [y], "o", label="_best", zorder=5, **look)
        if alone:
            late = x > judged.at[by][0] + 0.75 * (judged.at[by][-1] - judged.at[by][0])
            ax.annotate(
                f"best: epoch {epoch}",
                (x, y),
                (-6 if late else 6, 10),
                textcoords="offset points",
                ha="right" if late else "left",
                path_effects=[withStroke(linewidth=3, foreground=theme.paper)],
                fontsize=9,
                color=theme.ink,
            )
    who = f"{run.name}: best" if run.name and not alone else "Best"
    return f"{who} epoch {epoch} of {len(judged.values)}, {kind} {short(y)}"


def _limits(ax: Axes, lines: list[_Line], by: str, top: float, log: bool) -> None:
    explodes = any(_explodes(line, top) for line in lines)
    values = np.concatenate([np.minimum(line.y, top) if explodes else line.y for line in lines])
    values = values[values > 0] if log else values
    low, high = float(values.min()), float(values.max())
    room = 0.25 if any(line.cut is not None for line in lines) or explodes else 0.05  # for a note above a cross
    if log:
        ax.set_ylim(low / 1.3, high * 1.3 * (high / low) ** room)
    elif 0 <= low < 0.5 * high or 0 < low == high:
        ax.set_ylim(0, high * (1 + room))
    elif room > 0.05:
        ax.set_ylim(top=high + room * (high - low))
    places = np.concatenate([line.x for line in lines])
    first, last = float(places.min()), float(places.max())
    if first < last:
        ax.set_xlim(first - 0.01 * (last - first), last + 0.01 * (last - first))
    else:
        ax.set_xlim(first - 0.5, first + 0.5)
        ax.set_xticks([first])
    if first < last and (by == "epoch" or last - first < 20):
        ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))


def _end(line: _Line) -> End:
    last = float((line.y if line.smooth is None else line.smooth)[-1])
    return End(f"{line.label}: {short(last)}", float(line.x[-1]), last, line.color)


def _tell(line: _Line, by: str) -> str:
    """Say a line in words: its first, last and lowest loss."""
    if not len(line.y):
        return f"{line.label}: never finite"
    unit = "" if by == "samples" else f"{by} "
    after = " samples" if by == "samples" else ""
    low = int(np.argmin(line.y))
    if len(line.y) == 1:
        words = f"{line.label}: {short(line.y[0])} at {unit}{short(line.x[0])}{after}"
    else:
        words = (
            f"{line.label}: first {short(line.y[0])}, last {short(line.y[-1])} at {unit}{short(line.x[-1])}{after}, "
            f"lowest {short(line.y[low])} at {unit}{short(line.x[low])}{after}"
        )
    if line.smooth is not None:
        words += f", smoothed end {short(line.smooth[-1])}"
    return words if line.cut is None else f"{words}, no longer finite from {unit}{short(line.cut)}{after} on"
