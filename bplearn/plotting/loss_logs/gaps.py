"""What a nan means: nothing was measured there, one step went wrong, or the training diverged.

A logger that writes training and validation in rows of their own leaves the other column empty, and a data frame reads
empty cells as nan. This module tells such cells from losses that are truly not finite. Used by `plot_loss`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bplearn.plotting.loss_logs.names import meaning
from bplearn.plotting.loss_logs.table import Flags, LogColumn, LogTable


def without_gaps(table: LogTable) -> LogTable:
    """Return the table with the nan of gaps taken for "not measured"; every other nan stays a measured value.

    A nan is a gap where another column has a number and the two never stand in one row, or where a column is empty in
    at least half of the rows between its numbers, as for a validation every k epochs.
    """
    measured = {
        name: column
        for name, column in table.columns.items()
        if not column.words and meaning(name).kind not in ("counter", "clock")
    }
    if len(measured) < 2:
        return table
    found = {
        name: replace(column, there=column.there & ~_gaps(name, column, measured))
        for name, column in measured.items()
        if (np.isnan(column.values) & column.there).any()
    }
    return replace(table, columns=table.columns | found) if found else table


def _gaps(name: str, column: LogColumn, others: dict[str, LogColumn]) -> Flags:
    absent = np.isnan(column.values)
    finite = column.finite
    trains = _is_loss(name) and meaning(name).split in ("", "training")
    if not finite.any():
        losses = [other.finite for key, other in others.items() if key != name and _is_loss(key)]
        return absent & np.logical_or.reduce(losses) if losses else np.zeros_like(absent)
    if any(other.finite.any() and not (other.finite & finite).any() for other in others.values()):
        elsewhere = np.logical_or.reduce([other.finite for other in others.values()])
        return absent & elsewhere if trains else absent
    places = np.flatnonzero(finite)
    runs = np.diff(places, prepend=-1) - 1  # how many rows without a number stand before each number
    between = absent.copy()
    between[places[-1] + 1 :] = False
    dense = 2 * between.sum() < places[-1] + 1 - (runs[0] == 0)
    if dense or (trains and len(places) < 3):  # one of three training losses is rather a bad step
        return np.zeros_like(absent)
    return absent if len(absent) - 1 - places[-1] <= runs.max() else between


def _is_loss(name: str) -> bool:
    return meaning(name).kind in ("loss", "bare", "error")
