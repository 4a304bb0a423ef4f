"""Reading a learner's own table from a text file, strictly: no cell is guessed or skipped.

A message names the line as an editor counts it and the column by its name, so that the cell is found at once.
The notebook notebooks/14_digits_from_scratch.ipynb ends with a file of your own.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError, FileFormatError

MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "?"})
MOST_CLASSES = 20  # more different whole numbers than this look like values: then the reader asks
MOST_ALONE = 0.75  # and so does a column in which a larger share than this is a class of its own


class Table(NamedTuple):
    """What a file held, ready for a Dataset."""

    x: Array
    targets: Array
    target_names: tuple[str, ...] | None
    feature_names: tuple[str, ...]


class Row(NamedTuple):
    """One line of the file: its number in an editor and its cells."""

    line: int
    cells: list[str]


def read_csv(path: str | Path, target: str | int, delimiter: str, task: str) -> Table:
    """Read a table with a header line; see `Dataset.from_csv` for the rules.

    Shapes: x (N, D), targets (N,) or (N, 1).

    Raises: FileFormatError or DataError, naming the line and the column; ArgumentError for a wrong option.
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '\r\n"':
        raise ArgumentError(expected_got("delimiter", 'one character such as "," or ";"', repr(delimiter)))
    if task not in ("auto", "class", "regression"):
        raise ArgumentError(expected_got("task", '"auto", "class" or "regression"', repr(task)))
    file = Path(path)
    rows = _read_rows(file, delimiter)
    header = _check_header(rows.pop(0) if rows else None, file.name, delimiter)
    column = _find_column(header, target, file.name)
    if not rows:
        raise DataError(
            expected_got(f"'{file.name}'", "at least one line of data below the header", "the header alone")
        )
    for row in rows:
        if len(row.cells) != len(header):
            cells = f"{len(header)} cells, as many as the header"
            raise FileFormatError(expected_got(f"'{file.name}' line {row.line}", cells, len(row.cells)))
    features = [j for j in range(len(header)) if j != column]
    x = np.array([[_number(row, j, header, file.name) for j in features] for row in rows])
    targets, names = _read_targets(rows, column, header, file.name, task)
    return Table(x, targets, names, tuple(header[j] for j in features))


def _read_rows(file: Path, delimiter: str) -> list[Row]:
    rows = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            line = 1
            for cells in reader:
                stripped = [cell.strip() for cell in cells]
                if stripped not in ([], [""]):
                    rows.append(Row(line, stripped))
                line = reader.line_num + 1  # a quoted cell may span lines: the next row starts below it
    except FileNotFoundError:
        advice = f"Paths start at the folder {Path.cwd().name!r}, where this notebook or program runs."
        raise DataError(expected_got("from_csv", f"a file at '{file}'", "none there", advice)) from None
    except OSError as problem:
        raise DataError(expected_got("from_csv", f"a readable file at '{file}'", problem.strerror or problem)) from None
    except UnicodeDecodeError:
        advice = "In a spreadsheet choose 'CSV UTF-8' when saving; a workbook itself (.xlsx) cannot be read."
        raise FileFormatError(expected_got(f"'{file.name}'", "text in UTF-8", "other bytes", advice)) from None
    except csv.Error as problem:
        where = f"'{file.name}' line {reader.line_num}"
        raise FileFormatError(expected_got(where, "cells separated by " + repr(delimiter), f"'{problem}'")) from None
    return rows


def _check_header(row: Row | None, file: str, delimiter: str) -> list[str]:
    if row is None:
        raise FileFormatError(expected_got(f"'{file}'", "a header line and lines of data", "an empty file"))
    where, names = f"'{file}' line {row.line}", row.cells
    if len(names) == 1:
        other = next((mark for mark in ";\t,|" if mark != delimiter and mark in names[0]), None)
        advice = f"Pass delimiter={other!r}." if other else "One column is the target, at least one more a feature."
        raise FileFormatError(expected_got(where, "at least two column names", f"one ({names[0]!r})", advice))
    for j, name in enumerate(names):
        if not name:
            raise FileFormatError(expected_got(where, "a name for each column", f"none for column {j + 1}"))
        if name in names[:j]:
            got = f"{name!r} for columns {names.index(name) + 1} and {j + 1}"
            raise FileFormatError(expected_got(where, "a different name for each column", got))
        if _is_number(name) and not _is_whole(name):
            advice = f"Add a first line with one name for each of the {len(names)} columns."
            raise FileFormatError(expected_got(where, "a header with column names", f"the number {name}", advice))
    return names


def _find_column(header: list[str], target: Any, file: str) -> int:
    listed = ", ".join(repr(name) for name in header)
    if isinstance(target, str):
        if target not in header:
            raise ArgumentError(expected_got(f"target for '{file}'", f"one of the columns {listed}", repr(target)))
        return header.index(target)
    if isinstance(target, bool) or not isinstance(target, int) or not -len(header) <= target < len(header):
        expected = f"a column name ({listed}) or a number 0..{len(header) - 1}"
        raise ArgumentError(expected_got(f"target for '{file}'", expected, repr(target)))
    return target % len(header)


def _number(row: Row, column: int, header: list[str], file: str) -> float:
    cell = row.cells[column]
    if _is_number(cell) and math.isfinite(float(cell)):
        return float(cell)
    expected, got, advice = "a number", repr(cell), "Correct the cell or delete its column."
    if cell.lower() in MISSING:
        got = f"{cell!r} (missing)" if cell else "an empty cell"
        advice = "Fill the cell, or delete its line or its column."
    elif _is_number(cell):
        expected = "a finite number"
    elif _is_number(cell.replace(",", ".")):
        advice = f"Write {cell.replace(',', '.')} with a point."
    raise DataError(expected_got(f"'{file}' line {row.line}, column {header[column]!r}", expected, got, advice))


def _read_targets(
    rows: list[Row], column: int, header: list[str], file: str, task: str
) -> tuple[Array, tuple[str, ...] | None]:
    for row in rows:
        if row.cells[column].lower() in ("", "nan"):
            got = f"{row.cells[column]!r} (missing)" if row.cells[column] else "an empty cell"
            where = f"'{file}' line {row.line}, column {header[column]!r}"
            raise DataError(expected_got(where, "a target", got, "Fill the cell or delete its line."))
    cells = [row.cells[column] for row in rows]
    if task == "auto":
        task = _guess_task(cells, header[column], file)
    if task == "regression":
        return np.array([[_number(row, column, header, file)] for row in rows]), None
    if all(_is_whole(cell) for cell in cells):
        numbers = [int(cell) for cell in cells]
        labels = sorted(set(numbers))
        return np.searchsorted(labels, numbers), tuple(str(label) for label in labels)
    names, targets = np.unique(cells, return_inverse=True)
    return targets, tuple(str(name) for name in names)


def _guess_task(cells: list[str], column: str, file: str) -> str:
    """Decide between classes and values, or ask where the column could be either."""
    numeric = [cell for cell in cells if _is_number(cell)]
    fractional = [cell for cell in numeric if not _is_whole(cell)]
    if fractional and len(numeric) == len(cells):
        return "regression"
    different = len(set(cells))
    comma = next((cell for cell in cells if not _is_number(cell)), "")
    if comma and all(_is_number(cell.replace(",", ".")) for cell in cells):
        fixed = f"Write {comma.replace(',', '.')}, in a text editor or by the spreadsheet's setting"
        advice = f'{fixed}; if these are classes, say task="class".'
        raise DataError(
            expected_got(f"'{file}', target column {column!r}", "numbers with a decimal point", repr(comma), advice)
        )
    alone = len(numeric) == len(cells) and different > 2 and different > MOST_ALONE * len(cells)
    if not fractional and (not numeric or different <= MOST_CLASSES) and not alone:
        return "class"
    if len(numeric) == len(cells):
        got = f"{different} different whole numbers" + (f" in {len(cells)} lines" if different <= MOST_CLASSES else "")
    else:
        got = f"numbers and {next(cell for cell in cells if not _is_number(cell))!r}"
    advice = 'Say which: task="class" for classes, task="regression" for values.'
    raise DataError(
        expected_got(f"'{file}', target column {column!r}", "clearly classes or clearly values", got, advice)
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # Python reads 1_000 as a number; no table means it so


def _is_whole(cell: str) -> bool:
    return cell.lstrip("+-").isdecimal() and _is_number(cell)
