"""Rows of numbers with no names, as a loop appends them: (step, loss), (epoch, loss, validation loss) and their like.

The first numbers count where they are whole and rise. Where rows have two readings, an error asks for the names.
Used by `plot_loss`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import DataError
from bplearn.plotting.loss_logs.table import Flags, is_number

WIDEST = 8  # rows of more numbers than this are the losses of a run each
_PARTS = {
    1: ("loss",),
    2: ("loss", "val_loss"),
    3: ("loss", "val_loss", "accuracy"),
    4: ("loss", "accuracy", "val_loss", "val_accuracy"),
}
_A_CLOCK = 1e8  # seconds since 1970; no training has as many steps


@dataclass(frozen=True)
class Rows:
    """Rows of numbers (n, k) from a list, where a number is missing, and whether each row was a tuple."""

    values: Array
    missing: Flags
    tuples: bool

    @property
    def are_runs(self) -> bool:
        """Tell rows that are the losses of a run each from the rows of one log."""
        count, wide = self.values.shape
        named = _counters(self.values) or names_of_rows(self.values) is not None
        return not named and not (count > 2 and (wide == 2 or self.tuples))


def rows_of(item: Any) -> Rows | None:
    """Return a list of equally long tuples or lists of numbers as rows, else None."""
    if not isinstance(item, list | tuple) or not item or not isinstance(item[0], list | tuple):
        return None
    wide = len(item[0])
    if not 1 <= wide <= WIDEST or not all(type(row) in (list, tuple) and len(row) == wide for row in item):
        return None
    if not all(map(is_number, chain.from_iterable(item[:100]))):
        return None
    try:
        values = np.array(item, dtype=float)
    except (TypeError, ValueError):
        return None
    missing = np.zeros(values.shape, dtype=bool)
    if np.isnan(values).any():
        missing = np.array([[cell is None for cell in row] for row in item])
    return Rows(values, missing, isinstance(item[0], tuple))


def names_of_rows(rows: Array) -> list[str] | None:
    """Return a name for each column of the rows, or None where the names have to be told.

    Shapes: (n, k) -> k names.

    >>> names_of_rows(np.array([[1, 0.9, 1.1], [2, 0.5, 0.8]]))
    ['epoch', 'loss', 'val_loss']
    >>> names_of_rows(np.array([[0.9, 1.1], [0.5, 0.8]])) is None
    True
    """
    wide = rows.shape[1]
    if wide == 1:
        return ["loss"]
    if wide > 2 and (rows[:, 0] > _A_CLOCK).all():  # TensorBoard's rows (time, step, value)
        inner = names_of_rows(rows[:, 1:])
        return inner and ["time", *inner]
    counters = _counters(rows)
    losses = wide - len(counters)
    if not counters or losses > 2 or (losses == 2 and may_be_accuracy(*rows.T[-2:])):
        return None
    if counters == ["epoch"] and wide == 2 and _whole(rows[:, 0]) and len(np.unique(rows[:, 0])) == len(rows):
        counters = ["step"]
    return [*counters, *_PARTS[losses]]


def _counters(rows: Array) -> list[str]:
    """Return the units that the leading columns count, as far as they surely do."""
    first, wide = rows[:, 0], rows.shape[1]
    if wide < 2 or not np.isfinite(first).all():
        return []
    change = np.diff(first)
    if not _whole(first):
        even = len(first) > 2 and change.min() > 0 and np.allclose(change, change.mean())
        return ["epoch"] if even else []
    if len(first) == 1:
        return ["epoch"] if not _whole(rows[:, 1:]) else []
    if (change < 0).any() and not _starts_again(first):
        return []
    if not change.any():
        return []
    second = rows[:, 1]
    if wide > 2 and _whole(second):
        within = (np.diff(second) > 0) | (change != 0)
        if (change == 0).any() and within.all():
            return ["epoch", "batch"]
        if np.ptp(second) == 0 and len(rows) > 1:  # the last batch of each epoch
            return ["epoch", "batch"]
        if (np.diff(second) > 0).all() and second[-1] > first[-1]:
            return ["epoch", "step"]
    if len(rows) < 4 and wide > 2 and _whole(rows):
        return []
    return ["epoch"]


def may_be_accuracy(loss: Array, beside: Array) -> bool:
    """Tell a share that rises from its start while the loss falls: a validation loss would fall at first."""
    share = len(beside) > 1 and bool(((beside >= 0) & (beside <= 1)).all())
    return share and bool(beside[0] == beside.min() < beside[-1]) and bool(loss[-1] < loss[0])


def _whole(values: Array) -> bool:
    return bool(np.isfinite(values).all() and (values == np.rint(values)).all() and (values >= 0).all())


def _starts_again(counter: Array) -> bool:
    """Tell a counter that falls back to its start from losses that happen to be whole."""
    change = np.diff(counter)
    return bool((counter[1:][change < 0] == counter[0]).all() and (change[change > 0] == change.max()).all())


def ask_for_names(subject: str, call: str, rows: Array, *, runs: bool) -> DataError:
    """Return the error that asks what the numbers of a row are, with the lines that say it."""
    count, wide = rows.shape
    counters = _counters(rows)
    losses = wide - len(counters)
    known = [*counters, *_PARTS.get(losses, ("loss", *(f"other_{place}" for place in range(1, losses))))]
    example = f"{call}, columns={known})"
    advice = f"Name them, such as {example}."
    if losses == 2 and counters:
        other = f"{call}, columns={[*counters, 'loss', 'accuracy']})"
        advice = f"Write {example} if the last is a validation loss, {other} if it is an accuracy."
    elif runs and not counters:
        advice = f"Write {example} for one training, {call.replace('(', '(*')}) for {count} runs."
    expected, got = "rows that can be read in one way", f"{count} rows of {wide} numbers"
    return DataError(expected_got(subject, expected, got, advice))
