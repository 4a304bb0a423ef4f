"""The histories in one argument of `plot_loss`: one, a dict of names, a list, or an object that holds them.

It tells several histories from one log of several columns, and opens objects of other libraries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any

from bplearn.history import History
from bplearn.plotting.loss_logs.names import meaning, split_of
from bplearn.plotting.loss_logs.rows import rows_of
from bplearn.plotting.loss_logs.table import column_of, is_number

_CONTAINERS = ("log_history", "history", "logs", "log", "metrics", "records", "results", "evals_result", "scalars")


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
        if is_number(item[0]) or is_records(item):
            return [("", item)]
        rows = rows_of(item)
        if rows is not None and (columns is not None or not rows.are_runs):
            return [("", rows)]
        return [pair for inner in item for pair in spread(inner)]
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
    if _is_frame(item) and len(item.columns) > 1 and all(meaning(str(name)).kind == "other" for name in item.columns):
        return {str(name): list(item[name]) for name in item.columns}  # a column for each run
    state = getattr(item, "state", item)
    for name in ("log_history", "loss_curve_", "evals_result_", "train_score_"):
        if len(getattr(state, name, ())):
            curve = getattr(state, name)
            return {"loss": curve} if name in ("loss_curve_", "train_score_") else curve
    if hasattr(item, "metric_names") and hasattr(item, "values") and not callable(item.values):  # fastai's recorder
        names = [name for name in item.metric_names if name not in ("epoch", "time")]
        return {name: [row[place] for row in item.values] for place, name in enumerate(names)}
    return item


def _is_frame(item: Any) -> bool:
    return hasattr(item, "columns") and hasattr(item, "__getitem__") and not isinstance(item, Mapping)


def _is_log(value: Any) -> bool:
    return (isinstance(value, Mapping) and bool(value)) or (
        isinstance(value, list | tuple) and bool(value) and isinstance(value[0], Mapping)
    )


def _is_plain(name: Any, values: Any) -> bool:
    """Tell a column by its name alone: a counter, a loss, a usual measure; and it holds numbers."""
    parsed = meaning(str(name))
    usual = parsed.own in ("", "lr", "learning rate", "acc", "accuracy") or bool(parsed.split)
    return _is_numbers(values) and parsed.kind not in ("clock", "other") and usual


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
    return all(isinstance(value, str | None) for value in values) and any(map(number_in, values))


def number_in(text: Any) -> bool:
    """Tell text that is a number, also with a decimal comma."""
    return isinstance(text, str) and not column_of([text], decimal=",").words


def _is_table(item: Mapping[Any, Any]) -> bool:
    """Tell columns by name from several runs by name."""
    if "step_loss" in item or any(_is_plain(name, values) for name, values in item.items()):
        return True
    values = list(item.values())
    if all(is_number(value) or isinstance(value, str) for value in values):
        return True  # one record, or places and losses
    if is_by_place(item):
        return True
    if all(isinstance(value, Mapping) and value for value in values):
        outer, inner = (
            all(split_of(_stem(str(name))) for name in item),
            [str(name) for value in values for name in value],
        )
        by_data = all(split_of(_stem(name)) for name in inner) and any(
            meaning(str(name)).kind == "loss" for name in item
        )
        return outer or by_data or all(map(is_count, item))
    lists = [values for name, values in item.items() if meaning(str(name)).kind in ("loss", "error")]
    return len(lists) == len(item) and all(map(_is_numbers, values)) and len({len(value) for value in values}) == 1


def is_by_place(item: Mapping[Any, Any]) -> bool:
    """Tell columns that are dicts of places, as a data frame's `to_dict` and `to_json` give them."""
    known = any(meaning(str(name)).kind in ("loss", "counter", "bare") and not meaning(str(name)).own for name in item)
    return known and all(
        isinstance(inner, Mapping) and inner and all(map(is_count, inner)) and all(map(is_number, inner.values()))
        for inner in item.values()
    )


def _stem(name: str) -> str:
    return name.rstrip("_0123456789")  # validation_0, valid_1: the data sets of boosting libraries


def is_count(name: Any) -> bool:
    """Tell the key of a dict that counts steps or epochs."""
    return not isinstance(name, bool) and (isinstance(name, int | float) or str(name).strip().isdecimal())


def is_records(item: Any) -> bool:
    """Tell one dict of numbers for each step from several histories that are dicts of lists."""
    if not isinstance(item, list | tuple) or not item:
        return False
    if set(map(type, item)) != {dict} and not all(isinstance(row, Mapping) for row in item):
        return False
    return all(
        any(is_number(value) or isinstance(value, str) for value in flattened(row).values())
        and not any(value is not None and _is_plain(name, value) for name, value in row.items())
        for row in item[:100]
    )


def flattened(row: Mapping[Any, Any], before: str = "") -> dict[str, Any]:
    """Return a dict of dicts as one, with names such as train/loss."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        flat |= flattened(value, f"{before}{name}/") if isinstance(value, Mapping) else {f"{before}{name}": value}
    return flat
