"""Python objects that hold losses: lists, rows, dicts and tables as Keras, PyTorch, scikit-learn and others keep them.

One argument of `plot_loss` may hold several histories: `spread` takes them apart. Then each goes through the readers of
the table `_READERS`, in order; the first that knows the form returns it as a `Table` of named columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np

from bplearn.checks.arrays import describe, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.history import History
from bplearn.plotting.loss_logs.gaps import without_gaps
from bplearn.plotting.loss_logs.lengths import fitted
from bplearn.plotting.loss_logs.names import meaning, split_of
from bplearn.plotting.loss_logs.rows import WIDEST, ask_for_names, named_rows, names_of_rows
from bplearn.plotting.loss_logs.table import Column, Table, column_of, is_number

ADVICE = (
    "Pass a History, a list of losses, a dict such as {'loss': [...], 'val_loss': [...]}, or the path of a CSV file."
)
_CONTAINERS = ("log_history", "history", "logs", "log", "metrics", "records", "results", "evals_result", "scalars")


@dataclass(frozen=True)
class Source:
    """How errors speak of one history, what a user writes to draw it, and the names given for its columns."""

    subject: str = "plot_loss"
    call: str = "plot_loss(losses"
    columns: Sequence[str] | None = None

    def table(self, columns: Mapping[str, Column], **options: Any) -> Table:
        """Return the columns as a table of this source."""
        return Table(dict(columns), self.subject, self.call, **options)


# Several histories in one argument


def spread(item: Any, columns: Sequence[str] | None = None) -> list[tuple[str, Any]]:
    """Return the histories in one argument, with their names: a dict of names or a list may hold several."""
    item = _opened(item)
    if isinstance(item, Mapping) and item:
        return [("", item)] if _is_table(item) else [(str(name), _opened(inner)) for name, inner in item.items()]
    if isinstance(item, list | tuple) and item:
        if all(isinstance(row, tuple) and len(row) == 2 and isinstance(row[0], str) for row in item):
            return [(name, _opened(inner)) for name, inner in item]
        if _is_text(item):
            return [("", item)]
        if not (is_number(item[0]) or _is_records(item) or (_is_rows(item) and not _is_runs(item, columns))):
            return [pair for inner in item for pair in (spread(inner) if not isinstance(inner, str) else [("", inner)])]
    return [("", item)]


def _opened(item: Any) -> Any:
    """Return what an object of another library holds: Keras' History, a trainer's state, an estimator's curve."""
    if isinstance(item, Iterator) or (isinstance(item, Iterable) and not hasattr(item, "__len__")):
        return list(item)
    if isinstance(item, type({}.values()) | type({}.items())):
        return list(item)
    if isinstance(item, Mapping):
        held = next((item[name] for name in _CONTAINERS if _is_log(item.get(name))), None)
        return item if held is None or any(_is_plain(name, value) for name, value in item.items()) else _opened(held)
    inner = getattr(item, "history", None)
    if isinstance(inner, Mapping | History):  # Keras wraps its dict, TrainingDiverged carries its History
        epochs = getattr(item, "epoch", None)
        if isinstance(inner, Mapping) and isinstance(epochs, list) and epochs and "epoch" not in inner:
            return {"epoch": [epoch + 1 for epoch in epochs], **inner}  # Keras counts from 0
        return inner
    state = getattr(item, "state", item)
    for name in ("log_history", "loss_curve_", "evals_result_", "train_score_"):
        if len(getattr(state, name, ())):
            curve = getattr(state, name)
            return {"loss": curve} if name in ("loss_curve_", "train_score_") else curve
    if hasattr(item, "metric_names") and hasattr(item, "values") and not callable(item.values):  # fastai's recorder
        names = [name for name in item.metric_names if name not in ("epoch", "time")]
        return {name: [row[place] for row in item.values] for place, name in enumerate(names)}
    return item


def _is_log(value: Any) -> bool:
    return (isinstance(value, Mapping) and bool(value)) or (
        isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping)
    )


def _is_plain(name: Any, values: Any) -> bool:
    """Tell a column by its name alone: a counter, a loss, a usual measure; and it holds numbers."""
    said = meaning(str(name))
    usual = said.own in ("", "lr", "learning rate", "acc", "accuracy") or bool(said.split)
    return _is_numbers(values) and said.kind not in ("clock", "other") and usual


def _is_numbers(values: Any) -> bool:
    """Tell a list of losses from a list, dict or object that holds lists of losses."""
    if values is None:
        return True
    if isinstance(values, str | bytes | Mapping | History | PathLike) or not hasattr(values, "__len__"):
        return False
    if getattr(values, "ndim", 1) != 1:
        return False
    return len(values) == 0 or is_number(next(iter(values))) or (isinstance(values, list) and _is_text(values))


def _is_text(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str | None) for value in values) and any(map(_number_in, values))


def _number_in(text: Any) -> bool:
    return isinstance(text, str) and not column_of([text], decimal=",").words


def _is_table(item: Mapping[Any, Any]) -> bool:
    """Tell columns by name from several runs by name."""
    if "step_loss" in item or any(_is_plain(name, values) for name, values in item.items()):
        return True
    values = list(item.values())
    if all(is_number(value) or isinstance(value, str) for value in values):
        return True  # one record, or places and losses
    if _is_by_place(item):
        return True
    if all(isinstance(value, Mapping) and value for value in values):
        outer, inner = (
            all(split_of(_stem(str(name))) for name in item),
            [str(name) for value in values for name in value],
        )
        by_data = all(split_of(_stem(name)) for name in inner) and any(
            meaning(str(name)).kind == "loss" for name in item
        )
        return outer or by_data or all(map(_is_count, item))
    lists = [values for name, values in item.items() if meaning(str(name)).kind in ("loss", "error")]
    return len(lists) == len(item) and all(map(_is_numbers, values)) and len({len(value) for value in values}) == 1


def _is_by_place(item: Mapping[Any, Any]) -> bool:
    """Tell columns that are dicts of places, as a data frame's `to_dict` and `to_json` give them."""
    known = any(meaning(str(name)).kind in ("loss", "counter", "bare") and not meaning(str(name)).own for name in item)
    return known and all(
        isinstance(inner, Mapping) and inner and all(map(_is_count, inner)) and all(map(is_number, inner.values()))
        for inner in item.values()
    )


def _stem(name: str) -> str:
    return name.rstrip("_0123456789")  # validation_0, valid_1: the data sets of boosting libraries


def _is_count(name: Any) -> bool:
    return not isinstance(name, bool) and (isinstance(name, int | float) or str(name).strip().isdecimal())


def _is_records(item: Any) -> bool:
    """Tell one dict of numbers for each step from several histories that are dicts of lists."""
    if not isinstance(item, list | tuple) or not item or not all(isinstance(row, Mapping) for row in item):
        return False
    return all(
        any(is_number(value) or isinstance(value, str) for value in _flat(row).values())
        and not any(value is not None and _is_plain(name, value) for name, value in row.items())
        for row in item[:100]
    )


def _is_rows(item: Any) -> bool:
    if not isinstance(item, list | tuple) or not item or not all(isinstance(row, tuple | list) for row in item):
        return False
    wide = len(item[0])
    return 1 < wide <= WIDEST and all(len(row) == wide and all(map(is_number, row)) for row in item)


def _is_runs(item: Sequence[Any], columns: Sequence[str] | None) -> bool:
    """Tell rows that are the losses of a run each from the rows of one log."""
    if columns is not None:
        return False
    rows = np.array(item, dtype=float)
    if names_of_rows(rows) is not None:
        return False
    many = len(rows) > 2
    return not (many and (rows.shape[1] == 2 or isinstance(item[0], tuple)))


# One history


def table_of(item: Any, source: Source) -> Table:
    """Return one history as a table. Raises: DataError where it is none, saying what it is."""
    for reader in _READERS:
        table = reader(item, source)
        if table is not None:
            return table
    raise DataError(expected_got(source.subject, "losses", describe(item), ADVICE))


def _history(item: Any, source: Source) -> Table | None:
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


def _at(values: Sequence[float], rows: Any, count: int) -> Column:
    cells, there = np.full(count, np.nan), np.zeros(count, dtype=bool)
    cells[rows], there[rows] = values, True
    return Column(cells, there)


def _frame(item: Any, source: Source) -> Table | None:
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


def _index(frame: Any) -> dict[str, Column]:
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


def _records(item: Any, source: Source) -> Table | None:
    """Read one dict for each step or epoch; a key that is missing in a row was not measured there."""
    if isinstance(item, Mapping) and all(map(_is_count, item)) and all(isinstance(v, Mapping) for v in item.values()):
        item = [{"epoch": float(name), **row} for name, row in item.items()]
    if not _is_records(item):
        return None
    rows = [_flat(row) if any(isinstance(value, Mapping) for value in row.values()) else row for row in item]
    names = dict.fromkeys(name for row in rows for name in row)
    return source.table({str(name): column_of([row.get(name) for row in rows]) for name in names})


def _flat(row: Mapping[Any, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        flat |= _flat(value, f"{before}{name}/") if isinstance(value, Mapping) else {f"{before}{name}": value}
    return flat


def _by_place(item: Any, source: Source) -> Table | None:
    """Read columns that are dicts from place to value; the places count where the log has no counter."""
    if not isinstance(item, Mapping) or not item or not _is_by_place(item):
        return None
    places = sorted({float(place) for inner in item.values() for place in inner})
    held = {str(name): {float(place): value for place, value in inner.items()} for name, inner in item.items()}
    columns = {name: column_of([inner.get(place) for place in places]) for name, inner in held.items()}
    if not any(meaning(name).kind == "counter" for name in columns):
        columns["epoch"] = column_of(places)
    return without_gaps(source.table(columns))


def _mapping(item: Any, source: Source) -> Table | None:
    """Read columns by name; those of one log may have two lengths."""
    if not isinstance(item, Mapping):
        return None
    if item and all(map(_is_count, item)) and all(map(is_number, item.values())):
        return source.table({"step": column_of([float(name) for name in item]), "loss": column_of(list(item.values()))})
    flat = {name: [] if values is None else values for name, values in _flat(item).items()}
    if flat and all(is_number(value) or isinstance(value, str) for value in flat.values()):
        flat = {name: [value] for name, value in flat.items()}
    lists = {
        name: values for name, values in flat.items() if hasattr(values, "__len__") and not isinstance(values, str)
    }
    columns = {name: column_of(values) for name, values in lists.items() if getattr(values, "ndim", 1) == 1}
    return without_gaps(fitted(source.table(columns)))


def _array_rows(item: Any, source: Source) -> Table | None:
    """Read rows of numbers, as a list of tuples or an array (n, k)."""
    rows: Any = None
    if _is_rows(item):
        rows = np.array([[np.nan if value is None else value for value in row] for row in item], dtype=float)
        missing = np.array([[value is None for value in row] for row in item])
    elif hasattr(item, "shape") and len(item.shape) == 2:
        rows = np.asarray(item, dtype=float)
        missing = np.ma.getmaskarray(item) if isinstance(item, np.ma.MaskedArray) else np.zeros(rows.shape, dtype=bool)
    if rows is None:
        return None
    if 1 in rows.shape and not isinstance(item, list | tuple):
        return source.table({"loss": column_of(rows.ravel())})
    names = check_names(source, rows.shape[1]) if source.columns is not None else names_of_rows(rows)
    if names is None:
        raise _asking(item, rows, source)
    columns = {
        name: Column(values, ~missing[:, place]) for place, (name, values) in enumerate(named_rows(rows, names).items())
    }
    return without_gaps(source.table(columns))


def _asking(item: Any, rows: Any, source: Source) -> DataError:
    if not hasattr(item, "shape"):
        return ask_for_names(source.subject, source.call, len(rows), rows.shape[1], runs=True)
    advice = "Pass one column, such as losses[:, 1], or each run by itself."
    if rows.shape[1] <= WIDEST:
        named = str(ask_for_names(source.subject, source.call, len(rows), rows.shape[1], runs=False)).split(". ", 1)[1]
        advice = f"Pass one column, such as losses[:, 1], or each run by itself. {named}"
    return DataError(
        expected_got(source.subject, "losses in one row", f"an array of shape {tuple(item.shape)}", advice)
    )


def check_names(source: Source, wide: int) -> list[str]:
    """Return the names given for rows. Raises: ArgumentError unless there is one for each column."""
    names = list(source.columns or ())
    if len(names) != wide or len(set(names)) != wide:
        got = f"{len(names)}: {', '.join(map(repr, names))}"
        raise ArgumentError(expected_got("columns", f"{wide} different names, one for each number of a row", got))
    return [str(name) for name in names]


def _losses(item: Any, source: Source) -> Table | None:
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
    text = next((value for value in losses if _number_in(value)), None)
    if text is not None:
        inner = "value.replace(',', '.')" if "," in text else "value"
        advice = f"Write plot_loss([float({inner}) for value in losses])."
        raise DataError(expected_got(subject, "numbers", f"text such as {text!r}", advice))


_READERS: tuple[Callable[[Any, Source], Table | None], ...] = (
    _history,
    _frame,
    _records,
    _by_place,
    _mapping,
    _array_rows,
    _losses,
)


def named(table: Table, name: str) -> Table:
    """Return the table with the name of its run."""
    return replace(table, name=name)
