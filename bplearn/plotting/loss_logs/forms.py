"""Python objects that hold losses: lists, rows, dicts and tables as Keras, PyTorch, scikit-learn and others keep them.

Each history goes through the readers of the table `_READERS`, in order; the first that knows the form returns it as a
`LogTable` of named columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, describe, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.history import History
from bplearn.plotting.loss_logs.gaps import without_gaps
from bplearn.plotting.loss_logs.lengths import fitted
from bplearn.plotting.loss_logs.names import meaning
from bplearn.plotting.loss_logs.rows import WIDEST, Rows, ask_for_names, names_of_rows
from bplearn.plotting.loss_logs.spread import flattened, is_by_place, is_count, is_records, number_in
from bplearn.plotting.loss_logs.table import LogColumn, LogTable, column_of, is_number

ADVICE = (
    "Pass a History, a list of losses, a dict such as {'loss': [...], 'val_loss': [...]}, or the path of a CSV file."
)


@dataclass(frozen=True)
class Source:
    """How errors speak of one history, what a user writes to draw it, and the names given for its columns."""

    subject: str = "plot_loss"
    call: str = "plot_loss(losses"
    columns: Sequence[str] | None = None

    def table(self, columns: Mapping[str, LogColumn], **options: Any) -> LogTable:
        """Return the columns as a table of this source."""
        return LogTable(dict(columns), self.subject, self.call, **options)


# One history


def table_of(item: Any, source: Source) -> LogTable:
    """Return one history as a table. Raises: DataError where it is none, saying what it is."""
    for reader in _READERS:
        table = reader(item, source)
        if table is not None:
            return table
    raise DataError(expected_got(source.subject, "losses", describe(item), ADVICE))


def _history(item: Any, source: Source) -> LogTable | None:
    if isinstance(item, Mapping) and "step_loss" in item:
        item = History.from_dict(dict(item))
    if not isinstance(item, History):
        return None
    if not item.step_loss and not item.epoch_loss:
        raise DataError(
            expected_got(source.subject, "at least one loss", "an empty History", "Was anything trained yet?")
        )
    by_epoch = {"epoch_loss": item.epoch_loss, "validation_loss": item.validation_loss, **item.metrics}
    if not item.step_loss:
        count = max(map(len, by_epoch.values()))
        columns = {name: _at(values, np.arange(len(values)), count) for name, values in by_epoch.items() if values}
        return source.table({"epoch": column_of(np.arange(1, count + 1)), **columns})
    count, ends = item.steps, np.array(item.epoch_ends, dtype=int)
    epochs = np.searchsorted(ends, np.arange(count), side="right") + 1
    counters = {"step": np.arange(1, count + 1), "epoch": epochs, "samples": np.cumsum(item.step_samples)}
    columns = {name: _at(values, ends[: len(values)] - 1, count) for name, values in by_epoch.items() if values}
    loss = {"loss": column_of(item.step_loss)}
    return source.table({name: column_of(values) for name, values in counters.items()} | loss | columns)


def _at(values: Sequence[float], rows: Any, count: int) -> LogColumn:
    cells, there = np.full(count, np.nan), np.zeros(count, dtype=bool)
    cells[rows], there[rows] = values, True
    return LogColumn(cells, there)


def _frame(item: Any, source: Source) -> LogTable | None:
    """Read a data frame of pandas or polars, a structured array, or a pandas series with its index."""
    if getattr(getattr(item, "dtype", None), "names", None):
        columns = {name: column_of(item[name]) for name in item.dtype.names}
    elif hasattr(item, "columns") and hasattr(item, "__getitem__") and not isinstance(item, Mapping):
        columns = {str(name): column_of(_cells(item[name])) for name in item.columns}
        columns = _index(item) | columns
    elif hasattr(item, "index") and hasattr(item, "to_list") and not callable(item.index):
        columns = _index(item) | {"loss": column_of(_cells(item))}
    else:
        return None
    return without_gaps(source.table(columns))


def _cells(values: Any) -> Any:
    """Return a column's cells; what pandas calls NA or NaT is nothing."""
    array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    if array.dtype.kind in "iuf":
        return array
    return [None if type(cell).__name__ in ("NAType", "NaTType") else cell for cell in values]


def _index(frame: Any) -> dict[str, LogColumn]:
    """Return the index where it says more than the row: it has a counter's name, or it skips rows."""
    index = getattr(frame, "index", None)
    if index is None or callable(index) or getattr(index, "nlevels", 1) > 1:
        return {}
    column = column_of(list(index))
    if index.name is not None and meaning(str(index.name)).kind == "counter":
        return {str(index.name): column}
    rises = not column.words and len(column.values) > 1 and (np.diff(column.values) > 0).all()
    skips = rises and not np.array_equal(column.values, np.arange(len(column.values)))
    return {"step": column} if skips and not hasattr(frame, "columns") else {}


def _records(item: Any, source: Source) -> LogTable | None:
    """Read one dict for each step or epoch; a key that is missing in a row was not measured there."""
    if isinstance(item, Mapping) and all(map(is_count, item)) and all(isinstance(v, Mapping) for v in item.values()):
        item = [{"epoch": float(name), **row} for name, row in item.items()]
    if not is_records(item):
        return None
    names = dict.fromkeys(name for row in item for name in row)
    cells = {name: [row.get(name) for row in item] for name in names}
    if any(isinstance(value, Mapping) for column in cells.values() for value in column[:100]):
        return _records([flattened(row) for row in item], source)
    return source.table({str(name): column_of(column) for name, column in cells.items()})


def _by_place(item: Any, source: Source) -> LogTable | None:
    """Read columns that are dicts from place to value; the places count where the log has no counter."""
    if not isinstance(item, Mapping) or not item or not is_by_place(item):
        return None
    places = sorted({float(place) for inner in item.values() for place in inner})
    held = {str(name): {float(place): value for place, value in inner.items()} for name, inner in item.items()}
    columns = {name: column_of([inner.get(place) for place in places]) for name, inner in held.items()}
    if not any(meaning(name).kind == "counter" for name in columns):
        columns["epoch"] = column_of(places)
    return without_gaps(source.table(columns))


def _mapping(item: Any, source: Source) -> LogTable | None:
    """Read columns by name; those of one log may have two lengths."""
    if not isinstance(item, Mapping):
        return None
    if item and all(map(is_count, item)) and all(map(is_number, item.values())):
        return source.table({"step": column_of([float(name) for name in item]), "loss": column_of(list(item.values()))})
    flat = {name: [] if values is None else values for name, values in flattened(item).items()}
    if flat and all(is_number(value) or isinstance(value, str) for value in flat.values()):
        flat = {name: [value] for name, value in flat.items()}
    lists = {
        name: values for name, values in flat.items() if hasattr(values, "__len__") and not isinstance(values, str)
    }
    columns = {name: column_of(values) for name, values in lists.items() if getattr(values, "ndim", 1) == 1}
    return without_gaps(fitted(source.table(columns)))


def _rows(item: Any, source: Source) -> LogTable | None:
    """Read rows of numbers, as a list of tuples or an array (n, k)."""
    if isinstance(item, Rows):
        values, missing = item.values, item.missing
    elif len(getattr(item, "shape", ())) == 2:
        values = np.asarray(item, dtype=float)
        missing = (
            np.ma.getmaskarray(item) if isinstance(item, np.ma.MaskedArray) else np.zeros(values.shape, dtype=bool)
        )
    else:
        return None
    if values.shape[1] == 1 or (len(values) == 1 and not isinstance(item, Rows)):
        return source.table({"loss": LogColumn(values.ravel(), ~missing.ravel())}, counted="step")
    names = check_names(source, values.shape[1]) if source.columns is not None else names_of_rows(values)
    if names is None:
        raise _asking(item, values, source)
    columns = {name: LogColumn(values[:, place], ~missing[:, place]) for place, name in enumerate(names)}
    return without_gaps(source.table(columns))


def _asking(item: Any, values: Array, source: Source) -> DataError:
    if isinstance(item, Rows):
        return ask_for_names(source.subject, source.call, values, runs=True)
    advice = "Pass one column, such as losses[:, 1], or each run by itself."
    if values.shape[1] <= WIDEST:
        problem = str(ask_for_names(source.subject, source.call, values, runs=False))
        advice += f" {problem.split('. ', 1)[1]}"
    return DataError(expected_got(source.subject, "losses in one row", f"an array of shape {values.shape}", advice))


def check_names(source: Source, wide: int) -> list[str]:
    """Return the names given for rows. Raises: ArgumentError unless there is one for each column."""
    names = list(source.columns or ())
    if len(names) != wide or len(set(names)) != wide:
        got = f"{len(names)}: {', '.join(map(repr, names))}"
        raise ArgumentError(expected_got("columns", f"{wide} different names, one for each number of a row", got))
    return [str(name) for name in names]


def _losses(item: Any, source: Source) -> LogTable | None:
    """Read losses one after the other."""
    if not hasattr(item, "__len__") or isinstance(item, str | bytes | PathLike):
        return None
    if len(getattr(item, "shape", (0,))) > 1:
        advice = "Pass one column, such as losses[:, 1], or each run by itself."
        raise DataError(
            expected_got(source.subject, "losses in one row", f"an array of shape {tuple(item.shape)}", advice)
        )
    if len(item) == 0:
        raise DataError(expected_got(source.subject, "at least one loss", "an empty list", "Was anything trained yet?"))
    if isinstance(item, list | tuple) and all(isinstance(value, str) for value in item):
        _refuse_text(source.subject, item)
    column = column_of(item)
    if column.words:
        value = next((value for value in item if not is_number(value)), column.words[column.odd])
        raise DataError(
            expected_got(source.subject, "one number for each loss", f"values such as {value!r}"[:80], ADVICE)
        )
    return source.table({"loss": column}, counted="step")


def _refuse_text(subject: str, losses: Sequence[str]) -> None:
    """Text that is a number is no path of a file."""
    text = next((value for value in losses if number_in(value)), None)
    if text is not None:
        inner = "value.replace(',', '.')" if "," in text else "value"
        advice = f"Write plot_loss([float({inner}) for value in losses])."
        raise DataError(expected_got(subject, "numbers", f"text such as {text!r}", advice))


_READERS: tuple[Callable[[Any, Source], LogTable | None], ...] = (
    _history,
    _frame,
    _records,
    _by_place,
    _mapping,
    _rows,
    _losses,
)
