"""Tables in which a column of words says what a row holds: training or validation, which measure, which run.

They become one column for each phase and measure, and one table for each run. Used by `plot_loss`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bplearn.plotting.loss_logs.choice import check_known
from bplearn.plotting.loss_logs.names import meaning, split_of, words_of
from bplearn.plotting.loss_logs.table import Flags, LogColumn, LogTable

_RUN_NAMES = {"run", "seed", "fold", "trial", "model", "version", "experiment", "repeat", "replica", "cv", "config"}
_MOST_WORDS = 50  # different words in a column that says what a row holds
_MOST_RUNS = 20


def parted(table: LogTable, columns: Sequence[str] | Mapping[str, str] | None) -> list[tuple[str, LogTable]]:
    """Return a table for each run in it, with the run's name, and a column for each phase and measure.

    `columns` are the names a user wants; a dict gives them new names.
    """
    table = _yes_and_no(_by_measure(table))
    if columns is not None:
        table = _restricted(table, columns)
    return [
        (" ".join(filter(None, names)), part)
        for outer, inner in _by_prefix(table)
        for *names, part in [(outer, name, _by_phase(piece)) for name, piece in _by_run(inner)]
    ]


def _restricted(table: LogTable, columns: Sequence[str] | Mapping[str, str]) -> LogTable:
    check_known(columns, table)
    counters = [name for name in columns if meaning(name).kind == "counter"]
    kept = {}
    for name, column in table.columns.items():
        counts = meaning(name).kind == "counter" and not counters
        if name in columns:
            kept[columns[name] if isinstance(columns, Mapping) else name] = column
        elif counts or column.is_words or _names_runs(name):
            kept[name] = column
    return replace(table, columns=kept)


def _spread(table: LogTable, key: str, measures: Sequence[str], name_of: Mapping[tuple[str, str], str]) -> LogTable:
    """Give each measure a column for each word of `key`; the rows stay."""
    words = np.array(table.columns[key].words, dtype=object)
    columns: dict[str, LogColumn] = {}
    for name, column in table.columns.items():
        if name == key:
            continue
        if name not in measures:
            columns[name] = column
            continue
        for word in dict.fromkeys(words):
            there = column.there & (words == word)
            if there.any():
                spread = replace(column, there=there, values=np.where(there, column.values, np.nan))
                columns[name_of[word, name]] = _without_words(spread)
    return replace(table, columns=columns)


def _without_words(column: LogColumn) -> LogColumn:
    """Let a column be numbers where its odd cells are not its own any more."""
    odd = [row for row in np.flatnonzero(column.there & ~np.isfinite(column.values)) if column.words]
    odd = [row for row in odd if column.words[row].lower() not in ("nan", "inf", "-inf", "infinity", "-infinity")]
    return column if odd else replace(column, words=(), odd=-1)


def _words(table: LogTable) -> dict[str, list[str]]:
    """Return the columns of words that say the same of several rows, with their different words."""
    found = {}
    measured = [
        column.there
        for name, column in table.columns.items()
        if not column.is_words and meaning(name).kind not in ("counter", "clock")
    ]
    rows = np.logical_or.reduce(measured) if measured else np.zeros(len(table), dtype=bool)
    for name, column in table.columns.items():
        if column.is_words and column.there[rows].all():
            different = list(filter(None, dict.fromkeys(column.words)))
            if len(different) <= _MOST_WORDS:
                found[name] = different
    return found


def _by_measure(table: LogTable) -> LogTable:
    """Read rows of (measure, value): a column of names such as train_loss, and one of numbers."""
    values = next((name for name in table.columns if name.lower() in ("value", "values", "metric_value")), None)
    if values is None:
        return table
    for key, different in _words(table).items():
        if any(meaning(word).kind in ("loss", "bare") and not split_only(word) for word in different):
            return _spread(table, key, [values], {(word, values): word for word in different})
    return table


def split_only(word: str) -> bool:
    """Tell a phase (train) from a measure (train_loss)."""
    return bool(split_of(word))


def _by_phase(table: LogTable) -> LogTable:
    """Give each measure a column for each phase, where a column says train, val or test."""
    for key, different in _words(table).items():
        if any(map(split_of, different)):
            measures = [
                name for name in table.columns if meaning(name).kind not in ("counter", "clock") and name != key
            ]
            measures = [name for name in measures if not meaning(name).split and not table.columns[name].is_words]
            names = {(word, name): f"{word} {name}" for word in different for name in measures}
            return _spread(table, key, measures, names)
    return table


def _yes_and_no(table: LogTable) -> LogTable:
    """Read a column such as is_train, of True and False or 1 and 0, as a phase."""
    for name, column in table.columns.items():
        split = meaning(name).split
        words = words_of(name)
        if (
            not split
            or meaning(name).kind == "counter"
            or set(words) - {"is", "training", "train", "val", "validation"}
        ):
            continue
        cells = column.words or (
            tuple(map(str, column.values.astype(int))) if _zero_one(column) and "is" in words else ()
        )
        yes = [cell.lower() in ("true", "1", "yes") for cell in cells]
        if cells and all(cell.lower() in ("true", "false", "1", "0", "yes", "no") for cell in cells):
            other = "train" if split == "validation" else "val"
            own = "val" if split == "validation" else "train"
            phases = tuple(own if flag else other for flag in yes)
            nothing = np.full(len(phases), np.nan)
            return replace(table, columns=table.columns | {name: LogColumn(nothing, column.there, phases, 0)})
    return table


def _zero_one(column: LogColumn) -> bool:
    return bool(column.finite.all() and np.isin(column.values, (0, 1)).all())


def _by_prefix(table: LogTable) -> list[tuple[str, LogTable]]:
    """Take apart an export of several runs, whose columns are called "run - measure" (Weights & Biases)."""
    columns = {name: column for name, column in table.columns.items() if not name.endswith(("__MIN", "__MAX"))}
    table = replace(table, columns=columns)
    parts = {name: name.split(" - ", 1) for name in columns if " - " in name}
    plain = [name for name in columns if name not in parts and meaning(name).kind not in ("counter", "clock")]
    if not parts or plain:
        return [("", table)]
    runs = dict.fromkeys(part[0] for part in parts.values())
    shared = {name: column for name, column in columns.items() if name not in parts}
    return [
        (
            run,
            replace(table, columns=shared | {part[1]: columns[name] for name, part in parts.items() if part[0] == run}),
        )
        for run in runs
    ]


def _names_runs(name: str) -> bool:
    return bool(set(words_of(name)) & _RUN_NAMES) and meaning(name).kind == "other"


def _by_run(table: LogTable) -> list[tuple[str, LogTable]]:
    """Take apart runs that stand in one table, where a column names them and counters rise only within each."""
    keys = [
        name for name, words in _words(table).items() if 1 < len(words) <= _MOST_RUNS and not any(map(split_of, words))
    ]
    keys += [name for name, column in table.columns.items() if not column.words and _names_runs(name)]
    for chosen in [[key] for key in keys] + ([keys] if len(keys) > 1 else []):
        named = _row_names(table, chosen)
        different = list(dict.fromkeys(named))
        rows = [np.array([name == group for name in named]) for group in different]
        if 1 < len(different) <= _MOST_RUNS and _are_runs(table, chosen, rows):
            rest = {name: column for name, column in table.columns.items() if name not in chosen}
            parts = [{name: column.at(flags) for name, column in rest.items()} for flags in rows]
            return [(group, replace(table, columns=part)) for group, part in zip(different, parts, strict=True)]
    return [("", table)]


def _row_names(table: LogTable, keys: Sequence[str]) -> list[str]:
    """Name the run of each row, such as "resnet seed 3"."""
    parts = [
        column.words if column.words else [f"{key} {value:g}" for value in column.values]
        for key, column in ((key, table.columns[key]) for key in keys)
    ]
    return [" ".join(row) for row in zip(*parts, strict=True)]


def _are_runs(table: LogTable, keys: Sequence[str], rows: Sequence[Flags]) -> bool:
    counters = sorted(
        (meaning(name).unit, name)
        for name, column in table.columns.items()
        if meaning(name).kind == "counter" and column.finite.all()
    )
    phases = [words for name, words in _words(table).items() if any(map(split_of, words))]
    if not counters:
        return all(map(_names_runs, keys)) or (
            not phases and all(flags.sum() > 1 and _is_block(flags) for flags in rows)
        )
    places = table.columns[dict(counters).get("epoch", counters[0][1])].values
    whole, apart = np.diff(places), [np.diff(places[flags]) for flags in rows]
    strictly = not phases and not (whole > 0).all() and all((change > 0).all() for change in apart)
    return strictly or bool((whole < 0).any() and all((change >= 0).all() for change in apart))


def _is_block(flags: Flags) -> bool:
    return int((np.diff(flags.astype(int)) != 0).sum()) <= 2 and bool(flags.any())
