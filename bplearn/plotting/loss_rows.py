"""Losses kept row by row, as a loop writes them down: pairs (step, loss), or one dict for each step or epoch.

They become columns here, and text that looks like numbers is named. Used by `plot_loss`;
shown in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.errors import DataError


def columns_of(rows: Sequence[Any]) -> dict[str, list[Any]] | None:
    """Return rows as columns, or None where `rows` is something else: losses, or several histories.

    Pairs count as (step, loss) where the first numbers are whole and rise; two losses of two runs do not.

    Raises: DataError for numbers that are text.

    >>> columns_of([(0, 2.3), (10, 1.2)])
    {'step': [0, 10], 'loss': [2.3, 1.2]}
    >>> columns_of([{"epoch": 1, "loss": 2.3}, {"epoch": 2, "loss": 1.2, "val_loss": 1.4}])
    {'epoch': [1, 2], 'loss': [2.3, 1.2], 'val_loss': [None, 1.4]}
    >>> columns_of([[2.3, 1.2], [2.1, 0.9]]) is None
    True
    """
    if all(isinstance(row, str) for row in rows):
        _refuse_text(rows)
    if all(isinstance(row, Mapping) and row and all(map(_is_number, row.values())) for row in rows):
        names = dict.fromkeys(str(name) for row in rows for name in row)
        return {name: [row.get(name) for row in rows] for name in names}
    if all(isinstance(row, tuple | list) and len(row) == 2 and all(map(_is_number, row)) for row in rows):
        steps = [row[0] for row in rows]
        whole = all(isinstance(step, numbers.Integral) for step in steps)
        if whole and all(low < high for low, high in pairwise(steps)) and len(steps) > 1:
            return {"step": steps, "loss": [row[1] for row in rows]}
    return None


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, numbers.Real) and not isinstance(value, bool))


def _refuse_text(rows: Sequence[str]) -> None:
    """Text that is a number is no path of a file."""
    for row in rows:
        try:
            float(row.replace(",", "."))
        except ValueError:
            continue
        advice = "Write plot_loss([float(value) for value in losses])."
        if "," in row:
            advice = "Write plot_loss([float(value.replace(',', '.')) for value in losses])."
        raise DataError(expected_got("plot_loss", "numbers", f"text such as {row!r}", advice))
