"""The rows of a file, some thousand at a time: numbers into an array at once, and cell by cell only where that fails.

A cell as a piece of Python text takes a hundred bytes where its number takes eight. So no more than one block of text
is held, and words are kept as numbers of a word list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.datasets.table.cells import MISSING, NumberForm, advice_for, is_missing
from bplearn.datasets.table.layout import Row, rows_of
from bplearn.errors import DataError, FileFormatError

BLOCK = 1 << 22  # characters
_WORDS = "|".join(sorted((re.escape(word) for word in MISSING if word), key=len, reverse=True))


@dataclass(frozen=True)
class Plan:
    """What to read: `numeric` columns as numbers, `worded` ones as words; with `gaps` a number may be missing."""

    file: str
    delimiter: str
    names: tuple[str, ...]
    numeric: tuple[int, ...]
    worded: tuple[int, ...]
    form: NumberForm
    gaps: bool


@dataclass
class Words:
    """A column of words: the word of each row as its number in `book`."""

    book: dict[str, int] = field(default_factory=dict)
    codes: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def numbers(self, cells: list[str]) -> Array:
        """Return the numbers of some words; those that are met for the first time are entered."""
        book = self.book
        return np.array([book.setdefault(cell, len(book)) for cell in cells], dtype=np.int64)

    def present(self) -> list[str]:
        """Return the words that occur, in the order in which they were met."""
        words = list(self.book)
        return [words[code] for code in np.flatnonzero(np.bincount(self.codes, minlength=len(words)))]

    def rows_of(self, wanted: Callable[[str], bool]) -> Array:
        """Say of each row whether its word is wanted."""
        return np.array([wanted(word) for word in self.book], dtype=bool)[self.codes]


class Body(NamedTuple):
    """All rows of a file: numbers (N, D), nan where one is missing; words by column; the line of each row."""

    numbers: Array
    words: dict[int, Words]
    lines: Array

    def rows(self, keep: Array) -> Body:
        """Return these rows alone."""
        words = {j: Words(column.book, column.codes[keep]) for j, column in self.words.items()}
        return Body(self.numbers[keep], words, self.lines[keep])


def read_body(lines: Iterator[str], plan: Plan, above: int, tell: Callable[[int], Any]) -> Body:
    """Read all `lines`, which stand below the first `above` ones; `tell` hears of the characters that were read.

    Raises: FileFormatError for a row of another length, DataError for a cell that is no number, with line and column.
    """
    words = {j: Words() for j in plan.worded}
    numbers, codes, places = [np.zeros((0, len(plan.numeric)))], [[np.zeros(0, np.int64)] for _ in words], []
    count = 16
    while chunk := list(islice(lines, count)):
        found = _at_once(chunk, plan)
        if found is None:
            rows = list(rows_of(chain(chunk, lines), plan.delimiter, plan.file, above, enough=len(chunk)))
            found = _cell_by_cell(rows, plan)
            places.append(np.array([row.line for row in rows], dtype=np.int64))
            above = max(above + len(chunk), rows[-1].end if rows else 0)
        else:
            places.append(np.arange(above + 1, above + len(chunk) + 1))
            above += len(chunk)
        numbers.append(found[0])
        for column, cells, part in zip(words.values(), found[1], codes, strict=True):
            part.append(column.numbers(cells))
        size = sum(map(len, chunk))
        tell(size)
        count = max(1, BLOCK * len(chunk) // (size + 1))
    for column, part in zip(words.values(), codes, strict=True):
        column.codes = np.concatenate(part)
    return Body(np.concatenate(numbers), words, np.concatenate(places) if places else np.zeros(0, np.int64))


def _at_once(chunk: list[str], plan: Plan) -> tuple[Array, list[list[str]]] | None:
    """Read a block in which all goes well; None where a cell needs a closer look, or a quote may hold a delimiter."""
    mark = plan.delimiter
    if mark == " ":
        chunk = [" ".join(line.split()) for line in chunk]
    if not plan.form.plain or any('"' in line for line in chunk):
        return None
    if {line.count(mark) for line in chunk} != {len(plan.names) - 1}:
        return None  # an empty line, or one of another length
    numbers = _numbers(chunk, plan)
    if numbers is None and plan.gaps:
        blank = "[ \t]*" if mark != "\t" else " *"
        ends = re.escape(mark)
        gap = re.compile(rf"(?:(?<={ends})|^){blank}(?:{_WORDS})?{blank}(?=$|{ends})", re.IGNORECASE | re.MULTILINE)
        text = gap.sub("nan", "\n".join(line.rstrip("\n") for line in chunk))
        numbers = _numbers(text.split("\n"), plan)
    if numbers is None:
        return None
    last = len(plan.names) - 1
    words = [
        [(line.rsplit(mark, 1)[1] if j == last else line.split(mark, j + 1)[j]).strip() for line in chunk]
        for j in plan.worded
    ]
    return numbers, words


def _numbers(chunk: list[str], plan: Plan) -> Array | None:
    if not plan.numeric:
        return np.zeros((len(chunk), 0))
    try:
        numbers = np.loadtxt(chunk, delimiter=plan.delimiter, comments=None, usecols=plan.numeric, ndmin=2)
    except ValueError:
        return None
    good = ~np.isinf(numbers) if plan.gaps else np.isfinite(numbers)
    return numbers if good.all() else None


def _cell_by_cell(rows: list[Row], plan: Plan) -> tuple[Array, list[list[str]]]:
    """Read a block and name the first cell that cannot be read."""
    numbers = np.zeros((len(rows), len(plan.numeric)))
    for place, row in enumerate(rows):
        if len(row.cells) != len(plan.names):
            cells = f"{len(plan.names)} cells, as many as the {'header' if plan.names[0] != 'x0' else 'first line'}"
            raise FileFormatError(expected_got(f"'{plan.file}' line {row.line}", cells, len(row.cells)))
        for k, j in enumerate(plan.numeric):
            cell = row.cells[j]
            try:
                numbers[place, k] = plan.form(cell)
            except ValueError:
                complain(cell, row.line, j, plan, [other.cells[j] for other in rows if len(other.cells) > j])
            if not plan.gaps and is_missing(cell):
                complain(cell, row.line, j, plan)
    return numbers, [[row.cells[j] for row in rows] for j in plan.worded]


def complain(cell: str, line: int, column: int, plan: Plan, others: list[str] | None = None) -> None:
    """Raise a DataError that names the cell, and says what to do with it; `others` stand in the same column."""
    name = plan.names[column]
    expected, got, advice = "a number", repr(cell), "Correct the cell or delete its column."
    if is_missing(cell):
        got = f"{cell!r} (missing)" if cell else "an empty cell"
        advice = "Fill the cell, or delete its line or its column. "
        advice += 'Or pass missing="drop", which leaves out its line, missing="mean", or a number.'
    elif re.fullmatch(r"[+-]?(inf|infinity|\d+(\.\d*)?e\+?\d+)", cell, re.IGNORECASE):
        expected = "a finite number"
    elif other_form := advice_for(cell, plan.form):
        advice = other_form
    elif others and not any(plan.form.reads(other) and not is_missing(other) for other in others):
        rest = [other for j, other in enumerate(plan.names) if j in plan.numeric and j != column]
        shown = repr(rest) if 0 < len(rest) <= 8 else "[...]"
        advice = f"For columns of 0 and 1 pass one_hot=[{name!r}]. To leave it out pass columns={shown}."
    raise DataError(expected_got(f"'{plan.file}' line {line}, column {name!r}", expected, got, advice))
