"""How a file is laid out: what separates its cells, whether it begins with names, and which they are.

The first two hundred lines decide. Where they could be read in two ways, the reader asks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from bplearn.checks.arrays import expected_got
from bplearn.datasets.table.cells import is_missing, looks_like_a_number
from bplearn.errors import ArgumentError, DataError, FileFormatError

MARKS = ";\t,|"
HEAD = 200  # so many lines are looked at
Header = bool | None | Literal["auto"]


class Row(NamedTuple):
    """One row of the file: its first and last line, as an editor counts them, and its cells."""

    line: int
    end: int
    cells: list[str]


class Layout(NamedTuple):
    """What must be known before the rows are read: cells end at `delimiter`, rows begin below the line `above`."""

    delimiter: str
    names: tuple[str, ...]
    has_header: bool
    above: int


def rows_of(lines: Iterable[str], delimiter: str, file: str, above: int = 0, enough: int = -1) -> Iterator[Row]:
    """Cut lines into rows of stripped cells, passing over empty ones; a cell in quotes may hold any sign.

    `above` lines stand before the first one. After `enough` lines no further row is begun.
    Raises: FileFormatError where a quote is not closed or stands inside a cell.

    >>> list(rows_of(["a, b", "", '1,"2, 3"'], ",", "pets.csv"))
    [Row(line=1, end=1, cells=['a', 'b']), Row(line=3, end=3, cells=['1', '2, 3'])]
    """
    if delimiter == " ":
        lines = (" ".join(line.split()) for line in lines)  # any run of blanks separates
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    line = above + 1
    try:
        for found in reader:
            cells = [cell.strip() for cell in found]
            if cells not in ([], [""]):
                yield Row(line, above + reader.line_num, cells)
            line = above + reader.line_num + 1
            if 0 <= enough <= reader.line_num:
                return
    except csv.Error as problem:
        where = f"'{file}' line {above + reader.line_num}"
        raise FileFormatError(expected_got(where, f"cells separated by {delimiter!r}", f"'{problem}'")) from None


def find_layout(head: list[str], file: str, delimiter: str, header: Header, by_name: list[str]) -> Layout:
    """Look at the first lines of a file; `by_name` are the columns that the learner named.

    Raises: FileFormatError for a file without two columns, DataError where names and numbers cannot be told apart.
    """
    above = 0
    separator_line = re.fullmatch(r'"?sep=(.)"?\s*', head[0]) if head else None  # a spreadsheet's own first line
    if separator_line:
        head, above = head[1:], 1
        delimiter = separator_line[1] if delimiter == "auto" else delimiter
    head = [head[0].removeprefix("# "), *head[1:]] if head else []  # np.savetxt writes its header so
    found = _sniff(head)
    if delimiter == "auto":
        delimiter = found
    try:
        rows = rows_of_head(head, delimiter, file, above)
    except FileFormatError as problem:
        advice = f" Pass delimiter={found!r}." if found != delimiter else ""
        raise FileFormatError(f"{problem}{advice}") from None
    if not rows:
        raise FileFormatError(expected_got(f"'{file}'", "a header line and lines of data", "an empty file"))
    first = rows[0]
    if len(first.cells) == 1:
        advice = "One column is the target, at least one more a feature."
        if found != delimiter:
            advice = f"Pass delimiter={found!r}."
        got = f"one ({first.cells[0]!r})"
        raise FileFormatError(expected_got(f"'{file}' line {first.line}", "at least two column names", got, advice))
    has_header = _has_header(rows, file, by_name) if header == "auto" else bool(header)
    if not has_header:
        return Layout(delimiter, tuple(f"x{j}" for j in range(len(first.cells))), False, above)
    return Layout(delimiter, tuple(first.cells), True, first.end)


def check_names(names: tuple[str, ...], used: Iterable[int], file: str, line: int) -> None:
    """Raise where a column that is used has no name, or the name of another one."""
    where = f"'{file}' line {line}"
    for j in sorted(used):
        if not names[j]:
            advice = "If it counts the rows, leave it out: choose the others with columns=[...]." if j == 0 else ""
            raise FileFormatError(expected_got(where, "a name for each column", f"none for column {j + 1}", advice))
        if names[j] in names[:j]:
            got = f"{names[j]!r} for columns {names.index(names[j]) + 1} and {j + 1}"
            raise FileFormatError(expected_got(where, "a different name for each column", got))


def rows_of_head(head: list[str], delimiter: str, file: str, above: int = 0) -> list[Row]:
    """Cut the first lines into rows; where there are many, the last one may be cut inside its quotes."""
    rows: list[Row] = []
    try:
        rows.extend(rows_of(head, delimiter, file, above))
    except FileFormatError:
        if len(head) < HEAD or len(rows) < 2:
            raise
    return rows


def _sniff(head: list[str]) -> str:
    """Find what separates the cells: what gives every row as many of them, and most of them numbers."""
    first = next((line for line in head if line.strip()), "")
    best, delimiter = (0.0, 0), next((mark for mark in ",;\t|" if mark in first), ",")
    for mark in MARKS if any(mark in first for mark in ";,|") else MARKS + " ":
        try:
            rows = rows_of_head(head, mark, "")
        except FileFormatError:
            continue
        widths = {len(row.cells) for row in rows}
        if len(widths) == 1 and max(widths) > 1:
            cells = {cell for row in rows[:20] for cell in row.cells}
            share = sum(is_missing(cell) or looks_like_a_number(cell) for cell in cells) / len(cells)
            if (share, max(widths)) > best:
                best, delimiter = (share, max(widths)), mark
    return delimiter


def _has_header(rows: list[Row], file: str, by_name: list[str]) -> bool:
    """Decide whether the first row holds names, or ask."""
    first, where = rows[0].cells, f"'{file}' line {rows[0].line}"
    if any(name in first for name in by_name):
        return True
    below = [row.cells for row in rows[1:] if len(row.cells) == len(first)]
    numbers = [cell for cell in first if looks_like_a_number(cell)]
    words = [j for j, cell in enumerate(first) if not is_missing(cell) and not looks_like_a_number(cell)]
    over_numbers = below and any(all(_is_no_word(row[j]) for row in below) for j in words)
    again = [any(row[j] == first[j] for row in below) for j in words]
    if by_name and numbers and (not words or all(again)):
        advice = f"Add a first line with one name for each of the {len(first)} columns. Or count the target: target=-1."
        raise FileFormatError(expected_got(where, "a header with column names", f"the number {numbers[0]}", advice))
    if by_name:
        return True  # the name that is not there is told elsewhere
    if numbers and not words:
        counted = first == [str(j) for j in range(len(first))] and len(first) > 2
        if not counted:
            return False
    elif all(again) and words and not over_numbers:
        return False
    elif not any(again) and (not numbers or (over_numbers and all(cell.isdecimal() for cell in numbers))):
        return True
    shown = ",".join(first) if len(first) <= 6 else ",".join([*first[:5], "..."])
    advice = "Say which: header=True for names, header=False for a sample."
    raise DataError(expected_got(where, "clearly names or clearly a sample", shown, advice))


def _is_no_word(cell: str) -> bool:
    return is_missing(cell) or looks_like_a_number(cell)


def find_column(names: tuple[str, ...], wanted: object, subject: str) -> int:
    """Return the place of a column that is given by its name or its number.

    Raises: ArgumentError, listing the columns.
    """
    listed = ", ".join(repr(name) for name in names[:12]) + (", ..." if len(names) > 12 else "")
    if isinstance(wanted, str):
        if wanted not in names:
            raise ArgumentError(expected_got(subject, f"one of the columns {listed}", repr(wanted)))
        return names.index(wanted)
    if isinstance(wanted, bool) or not isinstance(wanted, int) or not -len(names) <= wanted < len(names):
        expected = f"a column name ({listed}) or a number 0..{len(names) - 1}"
        raise ArgumentError(expected_got(subject, expected, repr(wanted)))
    return wanted % len(names)
