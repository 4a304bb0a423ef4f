"""Which columns of a log are drawn: the losses, the usual measures beside them, or the columns that a user names.

The notes name the columns that are left out. Used by `plot_loss`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.loss_logs.names import meaning
from bplearn.plotting.loss_logs.rows import may_be_accuracy
from bplearn.plotting.loss_logs.table import LogTable

MOST = 8  # lines of different losses in one picture


@dataclass(frozen=True)
class Chosen:
    """The columns that are drawn: losses, and measures in panels of their own; `others` are left out."""

    losses: tuple[str, ...]
    metrics: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def groups(self) -> list[list[str]]:
        """Return the columns of each series: one, or one by step and one by epoch."""
        groups: list[list[str]] = []
        for name in (*self.losses, *self.metrics):
            parsed = meaning(name)
            same = [group for group in groups if _key(group[0]) == _key(name) and len(group) == 1]
            levels = {meaning(same[0][0]).level, parsed.level} if same else set()
            if len(levels) == 2 and "epoch" in levels:
                same[0].append(name)
            else:
                groups.append([name])
        return groups

    def label(self, name: str) -> str:
        """Return "" for the loss itself, of whatever data; else the column's name."""
        alike = [group for group in self.groups() if _key(group[0]) == _key(name)]
        plain = (meaning(name).kind in ("loss", "bare") and not meaning(name).own) or name.lower() == "value"
        return "" if plain and len(alike) == 1 else name


def _key(name: str) -> tuple[str, str, str]:
    parsed = meaning(name)
    return parsed.own, parsed.split or "training", "loss" if parsed.kind == "bare" else parsed.kind


def chosen(table: LogTable, columns: Collection[str] | None, metrics: bool | Sequence[str] | None = None) -> Chosen:
    """Choose what is drawn of a table; `columns` are the names that a user gave, after renaming.

    Raises: the table's error where nothing is a loss or where there are too many, saying what to write.
    """
    held = {name: column for name, column in table.columns.items() if not column.is_words}
    measured = [name for name in held if meaning(name).kind not in ("counter", "clock")]
    full = [name for name in measured if held[name].there.any()]
    if columns is not None:
        extra = [name for name in full if meaning(name).kind in ("accuracy", "rate")]
        losses = [name for name in full if name not in extra] or extra
        if not losses:
            raise _nothing(table, measured)
        return Chosen(tuple(losses), tuple(name for name in extra if name not in losses))
    losses = _losses(full, table)
    if not losses:
        raise _nothing(table, measured)
    losses, notes = _without_summaries(losses, table)
    beside = _beside(full, table) if metrics is None or metrics is True else []
    if metrics is not None and not isinstance(metrics, bool):
        beside = _named(metrics, [name for name in full if name not in losses])
    others = tuple(name for name in full if name not in (*losses, *beside) and not _constant(name, table))
    return Chosen(tuple(losses), tuple(beside), others, notes)


def _named(metrics: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the columns of the measures that a user names, of all phases."""
    listed = [] if isinstance(metrics, str) else list(metrics)
    missing = [name for name in listed if not any(_is_of(column, name) for column in names)]
    if missing or not listed:
        got = ", ".join(map(repr, missing)) or repr(metrics)
        raise ArgumentError(expected_got("metrics", f"names out of {', '.join(map(repr, names))}", got))
    return [column for column in names if any(_is_of(column, name) for name in listed)]


def _is_of(column: str, measure: str) -> bool:
    return column == measure or column.endswith(f" {measure}")


def _losses(names: Sequence[str], table: LogTable) -> list[str]:
    """Return the losses: those called so; else columns named by their data alone; else errors; else `value`."""
    called = [name for name in names if meaning(name).kind == "loss"]
    plain = {meaning(name).split or "training" for name in called if not meaning(name).own}
    called = [name for name in called if not meaning(name).own or (meaning(name).split or "training") not in plain]
    if len(called) > MOST:
        inner = f"{table.call}, columns={called[:2]})"
        advice = f"Say which to draw, such as {inner}."
        raise table.error(
            expected_got(table.subject, f"at most {MOST} losses", f"{len(called)}: {', '.join(called)}", advice)
        )
    bare = [name for name in names if meaning(name).kind == "bare"]
    if called:
        return [*called, *(name for name in bare if _is_unseen_loss(name, called, plain, table))]
    for name in bare:
        _refuse_counter(name, table)
    errors = [name for name in names if meaning(name).kind == "error"]
    return bare or errors or [name for name in names if name.lower() == "value"]


def _is_unseen_loss(name: str, called: Sequence[str], plain: set[str], table: LogTable) -> bool:
    """Tell a column such as `val` beside `loss` that holds the other data's loss: it cannot be an accuracy."""
    alone = len(called) == 1 and plain == {"training"} and meaning(name).split in ("validation", "test")
    beside, loss = table.columns[name], table.columns[called[0]] if called else None
    if not alone or loss is None or beside.words or loss.words:
        return False
    both = beside.finite & loss.finite
    return bool(both.any()) and not may_be_accuracy(loss.values[both], beside.values[both])


def _refuse_counter(name: str, table: LogTable) -> None:
    values = table.numbers(name).values
    known = values[np.isfinite(values)]
    if len(known) > 2 and np.ptp(np.diff(known)) == 0 and known[1] > known[0] and (known == np.rint(known)).all():
        got = f"a counter ({', '.join(f'{value:g}' for value in known[:3])}, ...)"
        advice = "Rename the column to step, or to train_loss if these are losses."
        raise table.error(expected_got(f"{table.subject}, {name!r},", "losses", got, advice))


def _without_summaries(losses: list[str], table: LogTable) -> tuple[list[str], tuple[str, ...]]:
    """Leave out a single value at the end of a log, such as a trainer's mean over the whole training."""
    counts = {name: int(table.columns[name].there.sum()) for name in losses}
    single = [
        name
        for name in losses
        if counts[name] == 1 and any(_key(other) == _key(name) and counts[other] > 1 for other in losses)
    ]
    notes = (f"one value of {', '.join(single)} left out",) if single else ()
    return [name for name in losses if name not in single], notes


def _beside(names: Sequence[str], table: LogTable) -> list[str]:
    usual = [name for name in names if meaning(name).kind in ("accuracy", "rate") and not _constant(name, table)]
    return [name for name in usual if not table.columns[name].words][:MOST]


def _constant(name: str, table: LogTable) -> bool:
    values = table.columns[name].values[table.columns[name].finite]
    return len(values) == 0 or bool(
        values.min() == values.max() and (len(values) > 1 or meaning(name).kind != "accuracy")
    )


def _nothing(table: LogTable, names: Sequence[str]) -> Exception:
    empty = next((name for name in names if meaning(name).kind in ("loss", "bare")), None)
    if empty is not None:
        got = "an empty list" if table.first_row is None else "an empty column"
        return DataError(
            expected_got(f"{table.subject}, {empty!r},", "at least one loss", got, "Was anything trained yet?")
        )
    expected = "a column of losses (named loss, train_loss, val_loss or alike)"
    advice = "Rename the column to loss."
    if names:
        advice += f" Or say which to draw: {table.call}, columns={[names[-1]]})."
    return table.error(expected_got(table.subject, expected, ", ".join(table.columns) or "no columns", advice))


def check_known(names: Collection[str], table: LogTable) -> None:
    """Raise an ArgumentError where a name that a user gave is none of the table's columns."""
    missing = [name for name in names if name not in table.columns]
    if missing:
        expected = f"names out of {', '.join(map(repr, table.columns))}"
        raise ArgumentError(expected_got(f"columns for {table.subject}", expected, ", ".join(map(repr, missing))))
