"""From tables to runs: which columns are losses, of which data, and where each value belongs on an axis.

A `LoggedRun` holds named series; each knows its places in steps, epochs or samples, as far as the log says them.
Used by `plot_loss`; shown in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.loss_logs.choice import Chosen, chosen
from bplearn.plotting.loss_logs.counters import Counters, counters_of
from bplearn.plotting.loss_logs.files import tables_in
from bplearn.plotting.loss_logs.forms import ADVICE, Source, table_of
from bplearn.plotting.loss_logs.long_form import parted
from bplearn.plotting.loss_logs.names import meaning
from bplearn.plotting.loss_logs.spread import spread
from bplearn.plotting.loss_logs.table import LogColumn, LogTable

SPLITS = ("training", "validation", "test")
UNITS = ("step", "epoch", "samples")


@dataclass(frozen=True)
class Points:
    """Values, and the place of each in every unit that the log has (step, epoch, samples)."""

    values: Array
    at: dict[str, Array]


@dataclass(frozen=True)
class Series:
    """One measure over a training: the finest values first, then those by epoch.

    `name` is "" for the loss itself, `split` says of which data, `loss` tells a loss from another measure, which has a
    `panel` of its own.
    """

    name: str
    split: str
    points: tuple[Points, ...]
    loss: bool = True
    panel: str = ""

    def by(self, unit: str) -> Points | None:
        """Return the finest values that know this unit."""
        return next((points for points in self.points if unit in points.at), None)


@dataclass(frozen=True)
class LoggedRun:
    """One training: its series, the unit they are best drawn by, and what has to be told about the reading."""

    name: str
    series: tuple[Series, ...]
    unit: str = "step"
    notes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def pick(self, unit: str) -> list[tuple[Series, Points]]:
        """Return the series that know this unit. Raises: ArgumentError where no loss does."""
        known_to = [(series, points) for series in self.series if (points := series.by(unit)) is not None]
        found = [(series, _along(points, unit)) for series, points in known_to]
        if not any(series.loss for series, _ in found):
            every = [points for series in self.series for points in series.points]
            known = [name for name in UNITS if any(name in points.at for points in every)]
            got = f"one that knows only: {', '.join(known)}"
            advice = f"Write by={known[0]!r}."
            raise ArgumentError(
                expected_got(f"plot_loss(by={unit!r})", f"a history with the {unit} of each loss", got, advice)
            )
        return found


def read_runs(
    histories: Sequence[Any],
    labels: Sequence[str] | None,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    decimal: str | None = None,
    metrics: bool | Sequence[str] | None = None,
) -> list[LoggedRun]:
    """Return the runs in the histories; a dict of histories gives its names.

    Raises: DataError, FileFormatError or ArgumentError, saying which history and what was found instead of losses.
    """
    names = check_columns(columns)
    if decimal not in (None, ".", ","):
        raise ArgumentError(expected_got("decimal", "'.' or ','", repr(decimal)))
    given = [pair for item in histories for pair in spread(item, names)]
    if not given:
        raise DataError(expected_got("plot_loss", "at least one history", "none", ADVICE))
    runs = []
    for place, (name, item) in enumerate(given):
        subject = f"plot_loss, history {place + 1}," if len(given) > 1 else "plot_loss"
        for inner, table in _tables(item, Source(subject, columns=names), decimal):
            found = _runs(table, columns, metrics)
            before = name or (inner if len(found) == 1 or len(given) > 1 else "")
            runs += [replace(run, name=" ".join(filter(None, (before, run.name)))) for run in found]
    if labels is not None:
        if isinstance(labels, str) or len(labels) != len(runs):
            got = repr(labels) if isinstance(labels, str) else f"{len(labels)}: {', '.join(map(str, labels))}"
            raise ArgumentError(
                expected_got("labels", f"a list of names, one for each of the {len(runs)} histories", got)
            )
        runs = [replace(run, name=str(label)) for label, run in zip(labels, runs, strict=True)]
    several = len(runs) > 1
    return [
        replace(run, name=run.name or (f"run {place}" if several else "")) for place, run in enumerate(runs, start=1)
    ]


def check_columns(columns: Any) -> list[str] | None:
    """Return the names of columns as a list, or None. Raises: ArgumentError for something else."""
    if columns is None:
        return None
    listed = isinstance(columns, list | tuple | Mapping) and len(columns) > 0
    if not listed or not all(isinstance(name, str) for name in columns):
        advice = "Such as columns=['d_loss', 'g_loss'], or columns={'Verlust': 'loss'} to rename."
        raise ArgumentError(
            expected_got("columns", "a list of names, or a dict of names and new names", repr(columns), advice)
        )
    return list(columns)


def _tables(item: Any, source: Source, decimal: str | None) -> list[tuple[str, LogTable]]:
    if isinstance(item, str | PathLike):
        path = Path(item)
        spelled = f"({str(path)!r})" if source.subject == "plot_loss" else f" {str(path)!r}"
        source = replace(source, subject=f"{source.subject}{spelled}", call=f"plot_loss({str(path)!r}")
        return tables_in(path, source, decimal)
    return [("", table_of(item, source))]


def _runs(
    table: LogTable,
    columns: Sequence[str] | Mapping[str, str] | None,
    metrics: bool | Sequence[str] | None,
) -> list[LoggedRun]:
    return [_run(part, chosen(part, columns, metrics), name) for name, part in parted(table, columns)]


def _run(table: LogTable, choice: Chosen, name: str) -> LoggedRun:
    picked = [*choice.losses, *choice.metrics]
    numbers = {column: table.numbers(column) for column in picked}
    counters = counters_of(table, [numbers[column].there for column in choice.losses])
    made = [_series(numbers, group, counters, choice) for group in choice.groups()]
    repeats = _repeats(numbers, choice, counters, made)
    series = tuple(_with_steps(_ordered(made)))
    units = {unit for unit, _ in counters.places}
    counted = table.counted if not units else "step" if "step" in units or _dense(series) else "epoch"
    losses = [curve for curve in series if curve.loss]
    wanted = (counted, "epoch", "step", "samples")
    unit = next((unit for unit in wanted if all(curve.by(unit) for curve in losses)), "")
    unit = unit or next(unit for unit in wanted if any(curve.by(unit) for curve in losses))
    return LoggedRun(name, series, unit, (*table.notes, *counters.notes, *choice.notes, *repeats), choice.others)


def _repeats(
    numbers: Mapping[str, LogColumn], choice: Chosen, counters: Counters, made: Sequence[Series]
) -> Iterator[str]:
    """Say where values share a place, of which the last is drawn."""
    for group, curve in zip(choice.groups(), made, strict=True):
        rows = int((numbers[group[0]].there & counters.keep).sum())
        drawn = len(curve.points[0].values)
        if len(group) == 1 and drawn < rows:
            yield f"{rows - drawn} of {rows} values of {group[0]} share their place with a later one, which is drawn"


def _ordered(series: Sequence[Series]) -> list[Series]:
    """Put training first; where nothing else is unseen, test data validate."""
    if not any(curve.split == "validation" for curve in series):
        series = [replace(curve, split="validation") if curve.split == "test" else curve for curve in series]
    return sorted(series, key=lambda curve: SPLITS.index(curve.split) if not curve.name else 0)


def _dense(series: Sequence[Series]) -> bool:
    """Tell several losses an epoch, whose steps were counted."""
    return any(len(curve.points) > 1 and curve.loss for curve in series)


def _series(numbers: Mapping[str, LogColumn], group: Sequence[str], counters: Counters, choice: Chosen) -> Series:
    """Build one series from its columns: one, or one by step and one by epoch."""
    parsed = meaning(group[0])
    split = parsed.split or "training"
    points: list[Points] = []
    for name in group:
        column = numbers[name]
        rows = np.flatnonzero(column.there & counters.keep)
        at = {}
        for unit in UNITS:
            places = counters.of(unit, parsed.split)
            if places is not None and len(rows) and np.isfinite(places[rows]).all():
                at[unit] = places[rows]
        if not at:
            at = dict.fromkeys(("epoch", "step"), rows + 1.0)
        points += _sorted(Points(column.values[rows], at))[: 1 if len(group) > 1 else None]
    points.sort(key=lambda some: -len(some.values))
    loss = group[0] in choice.losses
    return Series(
        choice.label(group[0]) if loss else group[0], split, tuple(points), loss, "" if loss else _title(group[0])
    )


def _title(name: str) -> str:
    parsed = meaning(name)
    return {"accuracy": "Accuracy", "rate": "Learning rate"}.get(parsed.kind, parsed.own.capitalize() or name)


def _sorted(points: Points) -> list[Points]:
    """Return points whose places rise; several values an epoch become a series by step, with their means by epoch."""
    unit = next(iter(points.at))
    points = _in_order(points, unit)
    epochs = points.at.get("epoch")
    if epochs is None or len(epochs) < 2 or (np.diff(epochs) > 0).all():
        return [_once(points, unit)]
    counts = np.unique(epochs, return_counts=True)[1]
    if "step" not in points.at and np.median(counts) == 1:
        return [_once(points, "epoch")]
    fine = {name: places for name, places in points.at.items() if name != "epoch"}
    fine = fine or {"step": np.arange(1.0, len(epochs) + 1)}
    ends = np.searchsorted(epochs, np.unique(epochs), side="right") - 1
    means = {"epoch": epochs[ends], **{name: places[ends] for name, places in fine.items()}}
    return [_once(Points(points.values, fine), next(iter(fine))), Points(_means(points.values, epochs), means)]


def _in_order(points: Points, unit: str) -> Points:
    order = np.argsort(points.at[unit], kind="stable")
    if (np.diff(order) == 1).all():
        return points
    return Points(points.values[order], {name: places[order] for name, places in points.at.items()})


def _along(points: Points, unit: str) -> Points:
    """Return points that rise along this unit, whatever they were sorted by."""
    return _once(_in_order(points, unit), unit)


def _once(points: Points, unit: str) -> Points:
    """Keep the last value of each place: what a resumed training did again counts."""
    places = points.at[unit]
    if len(places) < 2 or (np.diff(places) > 0).all():
        return points
    last = np.append(np.diff(places) > 0, True)
    return Points(points.values[last], {name: at[last] for name, at in points.at.items()})


def _means(values: Array, epochs: Array) -> Array:
    """Return the mean of the finite values of each epoch, nan where there is none."""
    _, group = np.unique(epochs, return_inverse=True)
    finite = np.isfinite(values)
    counts = np.bincount(group[finite], minlength=group.max() + 1)
    sums = np.bincount(group[finite], weights=values[finite], minlength=group.max() + 1)
    means: Array = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means


def _with_steps(series: Sequence[Series]) -> list[Series]:
    """Give values by epoch the step at which their epoch ended, where another series counts steps within epochs."""
    fine = next((curve for curve in series if curve.loss and len(curve.points) > 1), None)
    means = (
        None
        if fine is None
        else next((points for points in fine.points if {"epoch", "step"} <= points.at.keys()), None)
    )
    if means is None:
        return list(series)

    def placed(points: Points) -> Points:
        epochs = points.at.get("epoch")
        if epochs is None or "step" in points.at or not np.isin(epochs, means.at["epoch"]).all():
            return points
        rows = np.searchsorted(means.at["epoch"], epochs)
        return Points(points.values, points.at | {"step": means.at["step"][rows]})

    return [replace(curve, points=tuple(map(placed, curve.points))) for curve in series]
