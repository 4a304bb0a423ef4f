"""A log as columns of equal length, and what a cell may hold: a number, nothing, or a word.

A cell that is empty was never measured; one that holds nan or inf was. Where a form of log cannot tell the two apart,
such as a data frame, `bplearn.plotting.loss_logs.gaps` looks at the other columns. Used by `plot_loss`.
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import DataError, FileFormatError

Flags = NDArray[np.bool_]
NOTHING = frozenset({"", "na", "n/a", "none", "null", "-", "--", "<na>"})
_NOT_FINITE = frozenset({"1.#qnan", "-1.#ind", "1.#ind", "1.#inf", "-1.#inf", "#num!", "#div/0!", "overflow"})
_NUMERAL = re.compile(r"[+-]?[\d.,' ]*\d,\d+")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([, '\u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")


@dataclass(frozen=True)
class LogColumn:
    """The cells of one name: numbers (nan where none stands), where one stands, and the words if it holds words."""

    values: Array
    there: Flags
    words: tuple[str, ...] = ()
    odd: int = -1  # the first cell that is no number, among numbers

    @cached_property
    def is_words(self) -> bool:
        """Tell words, such as a phase, from numbers among which a word stands."""
        return (
            bool(self.words)
            and not np.isfinite(self.values).any()
            and not any(map(_NUMERAL.fullmatch, set(self.words)))
        )

    @cached_property
    def finite(self) -> Flags:
        """Where a finite number stands."""
        return self.there & np.isfinite(self.values)

    def at(self, rows: Any) -> LogColumn:
        """Return some of the rows."""
        words = tuple(np.array(self.words, dtype=object)[rows]) if self.words else ()
        return LogColumn(self.values[rows], self.there[rows], words)


@dataclass(frozen=True)
class LogTable:
    """Columns by name, and how errors speak of them: the subject, the kind of error, the number of the first row.

    `call` is what a user writes to draw it, for a line of advice. `notes` say how it was read, where that is no matter
    of course. `counted` is the unit of rows that have no counter.
    """

    columns: dict[str, LogColumn]
    subject: str
    call: str
    error: type[DataError] | type[FileFormatError] = DataError
    first_row: int | None = None
    name: str = ""
    notes: tuple[str, ...] = field(default=())
    counted: str = "epoch"

    def __len__(self) -> int:
        return max((len(column.values) for column in self.columns.values()), default=0)

    def numbers(self, name: str) -> LogColumn:
        """Return a column that has to hold numbers. Raises: the table's error for a word in it."""
        column = self.columns[name]
        if column.words:
            raise self._odd(name, column)
        return column

    def _odd(self, name: str, column: LogColumn) -> Exception:
        row = max(column.odd, 0)
        cell = column.words[row]
        where = "" if self.first_row is None else f" row {row + self.first_row},"
        point = cell.strip().replace(",", ".", 1)
        advice = f"Write {point} with a point." if re.fullmatch(r"-?\d+\.\d+", point) else ""
        if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", cell) and not _has_decimal_comma(column.words):
            number = cell.replace(",", "")
            advice = f"Write {self.call}, decimal='.') for {number}, {self.call}, decimal=',') for {float(point):g}."
        return self.error(expected_got(f"{self.subject},{where} column {name!r},", "a number", repr(cell), advice))


def _has_decimal_comma(words: Sequence[str]) -> bool:
    """Tell a column in which a comma cannot stand for thousands."""
    return any("," in word and not _THOUSANDS.fullmatch(word) for word in words)


def column_of(cells: Iterable[Any], *, decimal: str | None = None) -> LogColumn:
    """Return cells as a column: numbers, None and text in any mixture.

    Shapes: (n,). None, an empty text and NA are no measurement. `decimal="."` reads 1,200 as 1200, `","` as 1.2.

    >>> column = column_of(["0.5", "", "nan"])
    >>> column.values, column.there
    (array([0.5, nan, nan]), array([ True, False,  True]))
    """
    cells = cells if isinstance(cells, list | tuple | np.ndarray) else list(cells)
    plain = _plain(cells)
    if plain is not None:
        return plain
    if set(map(type, cells)) == {str}:  # words repeat: each is read once
        known = {cell: _number(cell, decimal) for cell in set(cells)}
        spelled = {cell: "" if value is None else cell.strip() for cell, value in known.items()}
        read, words = list(map(known.__getitem__, cells)), map(spelled.__getitem__, cells)
    else:
        read = [_number(cell, decimal) for cell in cells]
        words = map(str, ("" if value is None else cell for cell, value in zip(cells, read, strict=True)))
    there = np.array([value is not None for value in read], dtype=bool)
    found = np.array([value if isinstance(value, float) else np.nan for value in read])
    odd = next((row for row, value in enumerate(read) if isinstance(value, str)), -1)
    return LogColumn(found, there, tuple(words) if odd >= 0 else (), odd)


def _plain(cells: Any) -> LogColumn | None:
    """Read cells that are numbers, or text of numbers with empty cells, without a look at each; else return None."""
    if isinstance(cells, np.ma.MaskedArray) or (len(cells) and isinstance(cells[0], bool | np.bool_)):
        return None
    try:
        if isinstance(cells, np.ndarray):
            values = cells.astype(float)
        elif cells and isinstance(cells[0], str):
            there = np.fromiter(map(bool, cells), bool, len(cells))
            values = np.full(len(cells), np.nan)
            values[there] = np.fromiter(map(float, filter(None, cells)), float, int(there.sum()))
            return LogColumn(values, there)
        else:
            values = np.array([float(cell) for cell in cells] if cells and hasattr(cells[0], "shape") else cells, float)
            if np.isnan(values).any():  # NumPy makes a nan of None
                return None
    except (TypeError, ValueError):
        return None
    return LogColumn(values, np.ones(len(values), dtype=bool))


def _number(cell: Any, decimal: str | None) -> float | str | None:
    """Return a cell's number, None where it holds nothing, the cell as text where it is a word."""
    if cell is None or cell is np.ma.masked:
        return None
    if isinstance(cell, bool | np.bool_ | Mapping) or (isinstance(cell, list | tuple) and len(cell) != 1):
        return str(cell)
    if not isinstance(cell, str):
        try:
            return float(cell)
        except (TypeError, ValueError):
            return str(cell)
    text = cell.strip()
    if text.lower() in NOTHING:
        return None
    if text.lower() in _NOT_FINITE:  # as old C libraries and spreadsheets write it
        return float("nan")
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return _with_marks(text, decimal)


def _with_marks(text: str, decimal: str | None) -> float | str:
    """Read a number written with thousands or a decimal comma, where it has one reading; else return the text."""
    if decimal == "," and re.fullmatch(r"[+-]?[\d.' ]*\d,\d+(?:[eE][+-]?\d+)?", text):
        return float(re.sub(r"[.' ]", "", text).replace(",", "."))
    found = _THOUSANDS.fullmatch(text)
    if found and (decimal == "." or found[1] != "," or text.count(",") > 1 or "." in text):
        return float(re.sub(r"[, '\u00a0\u202f]", "", text))
    return text


def is_number(value: Any) -> bool:
    """Tell one number, also as a tensor of another library, from a list or a word."""
    if type(value) in (float, int):
        return True
    if isinstance(value, bool | np.bool_ | str | bytes | Mapping):
        return False
    if value is None or isinstance(value, numbers.Real):
        return True
    return getattr(value, "shape", None) == () and hasattr(value, "__float__")
