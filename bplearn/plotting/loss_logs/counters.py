"""Counters of steps and epochs that do not simply rise: batches counted anew each epoch, trainings that were resumed.

A counter that starts again is continued. One that goes back to an earlier place replaces the values from there on. A
note tells each such reading. Used by `plot_loss`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bplearn.checks.arrays import Array
from bplearn.plotting.loss_logs.names import meaning
from bplearn.plotting.loss_logs.table import Flags, LogColumn, LogTable

_COUNT_IN_WORDS = re.compile(r"\D*(\d+(?:\.\d+)?)(?:\s*(?:/|of)\s*\d+)?\D*")


@dataclass(frozen=True)
class Counters:
    """The place of each row by unit and data set ("" for all), which rows count, and what has to be told."""

    places: dict[tuple[str, str], Array]
    keep: Flags
    notes: tuple[str, ...]

    def of(self, unit: str, split: str) -> Array | None:
        """Return the places of one data set: its own counter, else the one for all."""
        alike = ("validation", "test") if split in ("validation", "test") else ("training", "")
        owners = [split, *alike, ""]
        return next((self.places[unit, owner] for owner in owners if (unit, owner) in self.places), None)


def counters_of(table: LogTable, series: list[Flags]) -> Counters:
    """Read the counters of one run, so that they rise along every series.

    Shapes: each series (n,) tells in which of the n rows it has a value.
    """
    found = _read(table, series)
    keep = np.ones(len(table), dtype=bool)
    notes: list[str] = []
    epochs = {split: values for (unit, split), values in found.items() if unit == "epoch"}
    for split, values in epochs.items():
        found["epoch", split], kept, note = _mended(values, [flags & keep for flags in series], "epoch")
        keep &= kept
        notes += note
    for unit in ("batch", "step", "samples"):
        for split in [split for known, split in found if known == unit]:
            values = np.where(keep, found.pop((unit, split)), np.nan)
            epoch = found.get(("epoch", split), found.get(("epoch", "")))
            rows = [flags & keep for flags in series]
            mended: Array | None = None if epoch is None or unit == "samples" else _by_epoch(values, epoch, rows, unit)
            if mended is None:
                mended, kept, note = _mended(values, rows, unit)
                keep &= kept
            else:
                note = [f"{unit} starts again each epoch: counted on"]
            notes += note
            if unit != "batch" or ("step", split) not in found:
                found["step" if unit == "batch" else unit, split] = mended
    starts = [np.nanmin(values) for (unit, _), values in found.items() if unit == "epoch"]
    whole = all(_whole(values) for (unit, _), values in found.items() if unit == "epoch")
    if starts and min(starts) == 0 and whole:  # Keras and Lightning count from 0
        found = {key: values + 1 if key[0] == "epoch" else values for key, values in found.items()}
    return Counters(found, keep, tuple(dict.fromkeys(notes)))


def _read(table: LogTable, series: list[Flags]) -> dict[tuple[str, str], Array]:
    """Return the counter of each unit: one that counts all series, else the fullest of each data set."""
    found: dict[tuple[str, str], Array] = {}
    for_all: dict[str, Array] = {}
    for name, column in table.columns.items():
        parsed = meaning(name)
        if parsed.kind != "counter" or not column.there.any():
            continue
        values = _numbers(table, name, column)
        values = np.where(np.isfinite(values), values, np.nan)
        if np.isnan(values).all():
            continue
        key = parsed.unit, parsed.split
        if key not in found or _worth(found[key]) < _worth(values):
            found[key] = values
        counts_all = all(np.isfinite(values[flags]).all() for flags in series)
        if counts_all and (parsed.unit not in for_all or _range(for_all[parsed.unit]) < _range(values)):
            for_all[parsed.unit] = values
    apart = {key: values for key, values in found.items() if key[0] not in for_all}
    return apart | {(unit, ""): values for unit, values in for_all.items()}


def _range(values: Array) -> float:
    return float(np.nanmax(values) - np.nanmin(values))


def _worth(values: Array) -> tuple[int, bool]:
    known = values[np.isfinite(values)]
    return len(known), len(known) > 0 and bool(known.min() < known.max())


def _numbers(table: LogTable, name: str, column: LogColumn) -> Array:
    """Return a counter's numbers, also where it is written as "3/10" or "Epoch 3"."""
    parts = [_COUNT_IN_WORDS.fullmatch(word) for word in column.words]
    if column.words and all(part or not word for part, word in zip(parts, column.words, strict=True)):
        return np.array([float(part[1]) if part else np.nan for part in parts])
    return table.numbers(name).values


def _whole(values: Array) -> bool:
    known = values[np.isfinite(values)]
    return bool((known == np.rint(known)).all())


def _rises(values: Array, series: list[Flags]) -> bool:
    return all((np.diff(values[flags & np.isfinite(values)]) >= 0).all() for flags in series)


def _stride(values: Array) -> float:
    change = np.diff(values[np.isfinite(values)])
    return float(np.median(change[change > 0])) if (change > 0).any() else 1.0


def _by_epoch(values: Array, epochs: Array, series: list[Flags], unit: str) -> Array | None:
    """Count a counter on that starts again each epoch, or return None where it does not."""
    rows = np.logical_or.reduce(series) & np.isfinite(values) & np.isfinite(epochs) if series else np.isfinite(values)
    if not rows.any() or not _whole(epochs):
        return None
    numbers = np.unique(epochs[rows])
    firsts = np.array([values[rows & (epochs == number)].min() for number in numbers[:200]])
    lasts = np.array([values[rows & (epochs == number)].max() for number in numbers[:200]])
    again = firsts[1:] < lasts[:-1] if unit == "step" else firsts[1:] <= lasts[:-1]
    if len(numbers) < 2 or not again.any():
        return None
    length = values[rows].max() - values[rows].min() + _stride(values[rows])
    if (firsts == lasts).all():  # one row an epoch: its last batch
        length = max(values[rows].max(), 1.0)
    return values + length * (epochs - numbers[0])


def _mended(values: Array, series: list[Flags], unit: str) -> tuple[Array, Flags, list[str]]:
    """Return the counter so that it rises along every series, the rows that count, and what to tell."""
    keep = np.ones(len(values), dtype=bool)
    if not series or _rises(values, series):
        return values, keep, []
    if all(_disordered(values, flags) for flags in series):
        return values, keep, [f"rows sorted by {unit}"]
    part = _parts(values, series)
    rows = np.logical_or.reduce(series) & np.isfinite(values)
    stride = _stride(np.where(rows, values, np.nan))
    start = values[rows & (part == 0)][0]
    mended, offset, high = values.copy(), 0.0, -np.inf
    notes = []
    for number in range(int(part[rows].max()) + 1):
        here = rows & (part == number)
        if not here.any():
            continue
        first = values[here].min()
        if number and unit != "batch" and first - start >= stride:  # back to a place on the way
            again = rows & (part < number) & (mended >= first + offset)
            keep &= ~again
            notes.append(f"{unit} goes back to {first + offset:g}: the later values are drawn")
        elif number:
            offset = high + stride - first
            notes.append(f"{unit} starts again: counted on")
        mended[part == number] = values[part == number] + offset
        high = max(high, mended[here].max())
    return mended, keep, list(dict.fromkeys(notes))[:3]


def _disordered(values: Array, flags: Flags) -> bool:
    """Tell rows written in reverse, or slightly out of order by several workers, from a counter that starts again."""
    known = values[flags & np.isfinite(values)]
    change, stride = np.diff(known), _stride(known)
    if (change < 0).all():
        return True
    landings = known[1:][change < 0]
    slight = (change > -3 * stride).all() and (landings >= known.min() + stride).all()
    return bool(slight) and len(np.unique(known)) == len(known)


def _parts(values: Array, series: list[Flags]) -> NDArray[np.int64]:
    """Number the parts between two starts of a counter: all rows together, or each series by itself where they stand
    one below the other.
    """
    rows = np.logical_or.reduce(series) & np.isfinite(values)
    together = _numbered(values, rows)
    alone = np.zeros(len(values), dtype=np.int64)
    for flags in series:
        mine = flags & rows
        alone[mine] = _numbered(values, mine)[mine]
    return together if together[rows].max() <= alone[rows].max() else alone


def _numbered(values: Array, rows: Flags) -> NDArray[np.int64]:
    part = np.zeros(len(values), dtype=np.int64)
    places = np.flatnonzero(rows)
    part[places[1:]] = np.diff(values[places]) < 0
    return np.cumsum(part)
