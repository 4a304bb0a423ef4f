"""Lists of unequal length in one log: a loss for each step and one for each epoch, or places of their own.

Where the lengths have one reading, all lists become columns of one table; else an error asks for the places.
Used by `plot_loss`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import DataError, FileFormatError
from bplearn.plotting.loss_logs.names import ColumnMeaning, meaning
from bplearn.plotting.loss_logs.table import LogColumn, LogTable, column_of

_LOSSES = ("loss", "bare", "error")
_SHORT = {"training": "train", "validation": "val", "test": "test"}


def fitted(table: LogTable) -> LogTable:
    """Return the table with columns of equal length. Raises: DataError where their rows may not belong together."""
    columns = {name: column for name, column in table.columns.items() if len(column.values)}
    lengths = {len(column.values) for name, column in columns.items() if _counts(meaning(name))}
    others = [name for name, column in columns.items() if lengths and len(column.values) not in lengths]
    columns = {name: column for name, column in columns.items() if name not in others}
    notes: tuple[str, ...] = (f"left out for their length: {', '.join(others)}",) if others else ()
    lengths = {len(column.values) for column in columns.values()}
    empty = {name: column for name, column in table.columns.items() if not len(column.values)}
    if len(lengths) < 2:
        return replace(table, columns=_padded(columns | empty, max(lengths, default=0)), notes=notes)
    blocks = {length: {n: c for n, c in columns.items() if len(c.values) == length} for length in sorted(lengths)}
    shared = [length for length, block in blocks.items() if any(_counter(name) for name in block)]
    if len(shared) < len(blocks):
        blocks, note = _with_places(blocks, shared, table)
        notes += note
    total = sum(blocks)
    merged: dict[str, LogColumn] = {}
    start = 0
    for length, block in blocks.items():
        for name, column in block.items():
            values, there = np.full(total, np.nan), np.zeros(total, dtype=bool)
            if name in merged:
                values, there = merged[name].values, merged[name].there
            values[start : start + length], there[start : start + length] = column.values, column.there
            merged[name] = LogColumn(values, there)
        start += length
    return replace(table, columns=merged | _padded(empty, total), notes=notes)


def _counts(parsed: ColumnMeaning) -> bool:
    return parsed.kind in (*_LOSSES, "counter")


def _counter(name: str) -> bool:
    return meaning(name).kind == "counter"


def _padded(columns: dict[str, LogColumn], length: int) -> dict[str, LogColumn]:
    """Give columns that hold nothing the length of the others."""
    nothing = column_of([None] * length)
    return {name: column if len(column.values) else nothing for name, column in columns.items()}


def _with_places(
    blocks: dict[int, dict[str, LogColumn]], known: list[int], table: LogTable
) -> tuple[dict[int, dict[str, LogColumn]], tuple[str, ...]]:
    """Give the losses that have no counter of their length their places."""
    long = max(blocks)
    own = [name for length in known for name in blocks[length] if _counter(name) and meaning(name).split]
    if known == [length for length in blocks if length != long] and len(own) >= len(known):
        unit = meaning(own[0]).unit  # the others say where they belong: these are counted
        return {**blocks, long: {unit: column_of(np.arange(1, long + 1)), **blocks[long]}}, ()
    short = min(blocks)
    if len(blocks) > 2 or short == 1 or long in known or long % short or not _is_loss(blocks[short]):
        raise _asking(blocks, known, table)
    every = long // short
    ends = np.arange(1, short + 1)
    counted = next((column for name, column in blocks[short].items() if _counter(name)), column_of(ends))
    spread = {
        short: {"step": column_of(ends * every), "epoch": counted, **_losses(blocks[short])},
        long: {"step": column_of(np.arange(1, long + 1)), "epoch": counted.at(np.repeat(ends - 1, every))}
        | _losses(blocks[long]),
    }
    few, many = next(iter(_losses(blocks[short]))), next(iter(_losses(blocks[long])))
    return spread, (f"{short} values of {few} spread evenly over {long} of {many}",)


def _losses(block: dict[str, LogColumn]) -> dict[str, LogColumn]:
    return {name: column for name, column in block.items() if not _counter(name)}


def _is_loss(block: dict[str, LogColumn]) -> bool:
    return any(meaning(name).kind in _LOSSES for name in block)


def _asking(blocks: dict[int, dict[str, LogColumn]], known: list[int], table: LogTable) -> DataError | FileFormatError:
    """Return the error that asks where the shorter list belongs, with a line that says it."""
    long, short = max(blocks), min(blocks)
    few = next(iter(_losses(blocks[short])), next(iter(blocks[short])))
    many = next((name for name in blocks[long] if _counter(name)), next(iter(blocks[long])))
    unit = meaning(many).unit or "epoch"
    split = _SHORT.get(meaning(few).split, "train" if meaning(few).kind in _LOSSES and not meaning(few).own else "")
    expected = f"as many values of {few!r} as of {many!r} ({long})"
    if not split or _counter(few):
        inner = f"{{{few!r}: [*losses[{few!r}], *[None] * {long - short}]}}"
        return table.error(
            expected_got(table.subject, expected, short, f"Say which are missing, such as plot_loss(losses | {inner}).")
        )
    every = long // short if long % short == 0 else 1
    rows = list(range(every, every * short + 1, every))
    places: list[float] = [*rows]
    if long in known:
        counter = next(column for name, column in blocks[long].items() if _counter(name))
        places = [_plain(counter.values[place - 1]) for place in rows]
    written = str(places) if len(places) < 9 else f"list(range({every}, {every * short + 1}, {every}))"
    advice = f"Say where they belong, such as plot_loss(losses | {{'{split}_{unit}': {written}}})."
    return table.error(expected_got(table.subject, expected, short, advice))


def _plain(place: float) -> float | int:
    return int(place) if float(place).is_integer() else float(place)
