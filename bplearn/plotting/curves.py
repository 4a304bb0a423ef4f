"""The loss curve: how wrong the network was at each step, and whether it also gets better on data it never saw.

Single steps are noisy, so they are drawn faint, with a moving average on top. Training is a solid line, validation a
dashed one, and each line is named where it ends. Measures such as the accuracy stand in panels below.
Taught in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.free_place import FreePlaces
from bplearn.plotting.line_labels import name_ends
from bplearn.plotting.loss_lines import (
    Line,
    draw_line,
    end_of,
    explodes,
    line_of,
    note_of,
    tell,
    top_of,
    width_of,
)
from bplearn.plotting.loss_logs.names import meaning
from bplearn.plotting.loss_logs.runs import SPLITS, UNITS, LoggedRun, Points, Series, read_runs
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import DASHED, DOTTED, MARKERS, Theme, style, style_axes
from bplearn.show.palette import OPTIMIZERS
from bplearn.show.text import short

_X_LABELS = {"step": "step (one update)", "epoch": "epoch", "samples": "training samples seen"}


def plot_loss(
    *histories: Any,
    by: str | None = None,
    smooth: int | bool | None = None,
    log: bool = False,
    labels: Sequence[str] | None = None,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    metrics: bool | Sequence[str] | None = None,
    decimal: str | None = None,
    clip: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the losses of one training, or of several in one picture.

    Shapes: each history is a History, a list (n,), a dict or table of lists such as Keras and PyTorch users keep
    (`{"loss": [...], "val_loss": [...]}`), an object with such a `.history`, or the path of a CSV or JSON file.
    Rows also do: pairs (step, loss), rows (epoch, loss, validation loss), or one dict for each epoch.
    A dict of names holds several: `plot_loss({"SGD": first, "Adam": second})`; or pass them in turn with `labels`.

    `by` is "step", "epoch" or "samples" (seen in training); None takes steps if the log has them.
    `smooth` is the width of the moving average in points; None chooses it, False draws the raw losses alone.
    `columns` names what is drawn of a log, such as `["d_loss", "g_loss"]`; a dict gives new names,
    `{"Verlust": "loss"}`; for rows without names it names all their numbers.
    `metrics` names measures for panels of their own; None takes accuracy and learning rate, False none.
    `decimal` says whether 1,200 in a file is 1200 (".") or 1.2 (","). `clip=False` also draws a loss that explodes.
    A loss that is not finite leaves a gap; where none is finite any more, the line ends with a cross.
    The best epoch is marked with a ring. What the reading of a log took for granted stands in the title.
    Raises: DataError or FileFormatError for what holds no losses or can be read in two ways, ArgumentError for an
    option that does not fit.

    >>> from bplearn.plotting import alt_text
    >>> ax = plot_loss({"loss": [0.9, 0.4, 0.2], "val_loss": [0.8, 0.5, 0.6]})
    >>> alt_text(ax).split(". ")[-1]
    'Best epoch 2 of 3, validation loss 0.5.'

    Introduced in: notebooks/00_start_here.ipynb
    """
    if ax is not None and metrics:
        raise ArgumentError(
            expected_got("metrics", "no ax, since measures need panels of their own", "both", "Leave out ax.")
        )
    runs = read_runs(histories, labels, columns, decimal, False if ax is not None else metrics)
    if by is None:
        by = next((unit for unit in ("epoch", "step") if any(run.unit == unit for run in runs)), "samples")
    if by not in UNITS:
        raise ArgumentError(expected_got("by", "'step', 'epoch' or 'samples'", repr(by)))
    picked = [run.pick(by) for run in runs]
    with style(ax=ax) as theme:
        lines = [line for line, _ in _lines(runs, picked, by, smooth, theme, loss=True)]
        _check_log(lines, log)
        panels = _panels(picked)
        ax = axes_or_new(ax, 6.4, 3.7 + 1.9 * len(panels), panels=len(panels))
        reading = _reading(runs, picked, by)
        notes = [*reading, *filter(None, (note_of(line, by) for line in lines))]
        _draw_losses(ax, lines, by, log, theme, clip)
        top = top_of(lines, log) if clip else np.inf
        _limits(ax, lines, by, top, log)
        best = [_mark_best(ax, run, by, theme, alone=len(runs) == 1) for run in runs]
        named = [line for line in lines if len(line.y) and line.cut is None and not explodes(line, top)]
        name_ends(ax, [end_of(line) for line in named], theme)
        if notes:
            ax.set_title(textwrap.fill("; ".join(notes), 80), loc="right", fontsize=8.25, color=theme.muted)
        name = "Mean loss by epoch" if by == "epoch" else f"Loss by {by.removesuffix('s')}"
        words = [
            f"{name}{' on a log scale' if log else ''}",
            *(tell(line, by) for line in lines),
            *filter(None, best),
            *(note[0].upper() + note[1:] for note in reading),
            *_left_out(runs, picked, shown=bool(panels)),
        ]
        add_alt(ax, ". ".join(words) + ".")
        for panel, (title, members) in zip(ax.figure.axes[1:] if panels else [], panels.items(), strict=True):
            _draw_panel(panel, title, _lines(runs, members, by, smooth, theme, loss=False), by, theme)
            panel.set_xlim(ax.get_xlim())
    return ax


def _lines(
    runs: Sequence[LoggedRun],
    picked: Sequence[Sequence[tuple[Series, Points]]],
    by: str,
    smooth: Any,
    theme: Theme,
    *,
    loss: bool,
) -> Iterator[tuple[Line, Series]]:
    """Yield a line for each series: a color for each run, measure or kind of data, a dash for each kind of data."""
    several = len(runs) > 1
    numbers: dict[Any, int] = {}
    for place, (run, found) in enumerate(zip(runs, picked, strict=True)):
        shown = [(series, points) for series, points in found if series.loss == loss]
        splits = {series.split for series, _ in shown}
        named = any(series.name for series, _ in shown) if loss else len(splits) < len(shown)
        for series, points in shown:
            unseen = series.split != "training"
            plain = not named or not series.name
            is_named = len(splits) > 1 or unseen or (not several and series.panel != "Learning rate")
            own = (series.split if is_named else "") if plain else series.name
            owner = meaning(series.name).own if not plain else "" if several else series.split
            number = numbers.setdefault((place, owner), len(numbers))
            if plain and not named:
                number = place if several else SPLITS.index(series.split)
            if all(entry.name in OPTIMIZERS for entry in runs):
                number = OPTIMIZERS[run.name]
            solid = "solid" if number < len(theme.series) else DOTTED
            dash = {"validation": DASHED, "test": DOTTED}.get(series.split, solid)
            label = " ".join(filter(None, (run.name, own))) or series.panel.lower()
            width = width_of(smooth, len(points.values), unseen)
            mark = MARKERS[number % len(MARKERS)] if several else ""
            yield line_of(label, points.at[by], points.values, width, theme.color(number), dash, mark), series


def _check_log(lines: Sequence[Line], log: bool) -> None:
    shown = [line.y[line.y > 0] if log else line.y for line in lines]
    if sum(map(len, shown)) == 0:
        if log and any(len(line.y) for line in lines):
            raise DataError(expected_got("plot_loss(log=True)", "losses above 0", "none", "Leave out log=True."))
        raise DataError(
            expected_got("plot_loss", "a finite loss", f"only {'nan or inf'}", "Try a smaller learning rate.")
        )


def _draw_losses(ax: Axes, lines: list[Line], by: str, log: bool, theme: Theme, clip: bool) -> None:
    style_axes(ax, theme, x=_X_LABELS[by], y="loss (log scale)" if log else "loss", grid="y")
    if log:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        ax.yaxis.set_minor_formatter(NullFormatter())
    top = top_of(lines, log) if clip else np.inf
    right = max(line.x[-1] for line in lines if len(line.x))
    for line in lines:
        draw_line(ax, line, by, top, right, theme)


def _reading(runs: Sequence[LoggedRun], picked: Sequence[Sequence[tuple[Series, Points]]], by: str) -> list[str]:
    """Say how a log was read where that is no matter of course, and which losses have no place on this axis."""
    notes = [note for run in runs for note in run.notes]
    for run, found in zip(runs, picked, strict=True):
        drawn = [series for series, _ in found]
        lost = [series.name or series.split for series in run.series if series not in drawn]
        notes += [f"not drawn by {by}: {', '.join(lost)}"] if lost else []
    return list(dict.fromkeys(notes))


def _left_out(
    runs: Sequence[LoggedRun], picked: Sequence[Sequence[tuple[Series, Points]]], *, shown: bool
) -> Iterator[str]:
    """Say what a log holds beside what is drawn."""
    for run, found in zip(runs, picked, strict=True):
        others = [*run.others, *([] if shown else [series.name for series, _ in found if not series.loss])]
        if others:
            yield f"Also in the log: {', '.join(others)}"


# Panels of other measures


def _panels(
    picked: Sequence[Sequence[tuple[Series, Points]]],
) -> dict[str, list[list[tuple[Series, Points]]]]:
    """Return for each panel its title and, for each run, the series in it."""
    titles = dict.fromkeys(series.panel for found in picked for series, _ in found if not series.loss)
    return {
        title: [[(series, points) for series, points in found if series.panel == title] for found in picked]
        for title in titles
    }


def _draw_panel(ax: Axes, title: str, found: Iterator[tuple[Line, Series]], by: str, theme: Theme) -> None:
    lines = [line for line, _ in found if len(line.y)]
    style_axes(ax, theme, x=_X_LABELS[by], y=title[0].lower() + title[1:], grid="y")
    for line in lines:
        draw_line(ax, line, by, np.inf, float(line.x[-1]), theme)
    if lines:
        _limits(ax, lines, by, np.inf, log=False)
        name_ends(ax, [end_of(line) for line in lines if line.cut is None], theme)
    add_alt(ax, ". ".join([f"{title} by {by.removesuffix('s')}", *(tell(line, by) for line in lines)]) + ".")


# The best epoch, and limits


def _mark_best(ax: Axes, run: LoggedRun, by: str, theme: Theme, *, alone: bool) -> str:
    """Ring the epoch of the lowest validation loss, else of the lowest loss by epoch; return it in words."""
    plain = {series.split: series for series in run.series if series.loss and not series.name}
    unseen, seen = plain.get("validation") or plain.get("test"), plain.get("training")
    coarse = [points for points in seen.points if "epoch" in points.at] if seen else []
    judged = unseen.by("epoch") if unseen else None
    if judged is None and coarse and seen and (by == "epoch" or len(seen.points) > 1):
        judged = coarse[-1]
    if judged is None or by not in judged.at or "epoch" not in judged.at or not np.isfinite(judged.values).any():
        return ""
    place = int(np.nanargmin(np.where(np.isfinite(judged.values), judged.values, np.nan)))
    x, y, epoch = judged.at[by][place], judged.values[place], judged.at["epoch"][place]
    last = max(points.at["epoch"][-1] for points in [judged, *coarse])
    kind = f"{unseen.split} loss" if unseen else "loss"
    if unseen or (alone and by == "epoch"):
        look: dict[str, Any] = {
            "clip_on": False,
            "markerfacecolor": "none",
            "markeredgecolor": theme.ink,
            "markersize": 9,
            "markeredgewidth": 1.4,
        }
        ax.plot([x], [y], "o", label="_best", zorder=5, **look)
        if alone:
            FreePlaces(ax).write(x, y, f"best: epoch {_count(epoch)}", theme)
    who = f"{run.name}: best" if run.name and not alone else "Best"
    return f"{who} epoch {_count(epoch)} of {_count(last)}, {kind} {short(y)}"


def _count(epoch: float) -> str:
    return str(int(epoch)) if float(epoch).is_integer() else short(epoch)


def _limits(ax: Axes, lines: Sequence[Line], by: str, top: float, log: bool) -> None:
    exploding = any(explodes(line, top) for line in lines)
    values = np.concatenate([np.minimum(line.y, top) if exploding else line.y for line in lines])
    values = values[values > 0] if log else values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    room = 0.25 if any(line.cut is not None for line in lines) or exploding else 0.05  # for a note above a cross
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
    whole = bool((places == np.rint(places)).all())
    if first < last and whole and (by == "epoch" or last - first < 20):
        ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
