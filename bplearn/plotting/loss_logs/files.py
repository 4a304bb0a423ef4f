"""Files that hold losses: tables with any usual separator, with a header or without, and JSON as trainers write it.

Used by `plot_loss`; shown in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import DataError, FileFormatError
from bplearn.files.text import decode, stem
from bplearn.plotting.loss_logs.forms import Source, check_names, table_of
from bplearn.plotting.loss_logs.gaps import without_gaps
from bplearn.plotting.loss_logs.names import meaning
from bplearn.plotting.loss_logs.rows import WIDEST, ask_for_names, names_of_rows
from bplearn.plotting.loss_logs.spread import spread
from bplearn.plotting.loss_logs.table import LogColumn, LogTable, column_of


def tables_in(path: Path, source: Source, decimal: str | None = None) -> list[tuple[str, LogTable]]:
    """Return the tables of losses in a file, with their names.

    Raises: DataError where the file cannot be read, FileFormatError where it holds something else.
    """
    text = _text(path, source.subject)
    if not text.strip():
        raise FileFormatError(expected_got(source.subject, "a header line and losses", "an empty file"))
    if text.lstrip()[0] in "{[":
        held = _json(text, source.subject)
        named = spread(held, source.columns)
        tables = [(name or stem(path), table_of(item, source)) for name, item in named]
    else:
        tables = [(stem(path), _table(text, source, decimal))]
    return [(name, replace(table, error=FileFormatError)) for name, table in tables]


def _text(path: Path, subject: str) -> str:
    try:
        return decode(path.read_bytes())
    except FileNotFoundError:
        advice = f"Paths start at the folder {Path.cwd().name!r}, where this notebook or program runs."
        raise DataError(expected_got(subject, "a CSV file there", "none", advice)) from None
    except OSError as problem:
        raise DataError(expected_got(subject, "a CSV file that can be read", problem.strerror or problem)) from None
    except UnicodeError:
        raise FileFormatError(expected_got(subject, "a CSV file", "a file that is not text")) from None


def _json(text: str, subject: str) -> Any:
    """Return what JSON holds: one value, or one value a line; a last line that was cut off by a crash is left out."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        found = problem
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for whole in (lines, lines[:-1]):
        try:
            if whole and len(lines) > 1:
                return json.loads(f"[{','.join(whole)}]")
        except json.JSONDecodeError:
            continue
    got = f"{found.msg} in line {found.lineno}"
    raise FileFormatError(expected_got(subject, "JSON, as a whole or one object a line", got)) from None


# Tables of text


def _table(text: str, source: Source, decimal: str | None) -> LogTable:
    lines = list(filter(str.strip, text.splitlines()))
    comments = 0
    while comments < len(lines) and lines[comments].lstrip().startswith(("#", "%")):
        comments += 1
    comment, lines = lines[comments - 1] if comments else "", lines[comments:]
    if not lines:
        raise FileFormatError(expected_got(source.subject, "a header line and losses", "an empty file"))
    separator = _separator(lines)
    header = _cells(lines[:1], separator)[0]
    described = _cells([comment.lstrip().lstrip("#% ")], separator)[0] if comment else []
    if any(map(_is_number, header)) and not _is_frame_header(header):
        above = [name.strip() for name in described]
        return _without_header(lines, separator, source, above if len(above) == len(header) else None, decimal)
    names = _checked_names([cell.strip() for cell in header], source.subject)
    body = lines[1:]
    if lines[0] in body:  # a resumed training writes it again
        body = [line for line in body if line != lines[0]]
    cells: Sequence[Sequence[str]] | None = _at_once(body, separator, len(names))
    if cells is None:
        rows = _cells(body, separator)
        names = _fitting(names, rows, source.subject)
        cells = list(zip_longest(*rows, fillvalue=""))
    columns = {name: _column(name, cell, decimal) for name, cell in zip(names, cells, strict=False)}
    columns |= {name: column_of([None] * len(body)) for name in names[len(columns) :]}
    return without_gaps(source.table(_without_index(columns), first_row=2))


def _separator(lines: Sequence[str]) -> str:
    """Return what stands between two cells: a mark, " " for blanks, "" where a line is one cell."""
    opening = lines[0]
    counts = {mark: opening.count(mark) for mark in ";\t,|"}
    if counts[";"]:
        return ";"
    if not any(counts.values()):
        wide = len(opening.split())
        return " " if wide > 1 and all(len(line.split()) - wide in (0, 1) for line in lines[1:20]) else ""
    return max("\t,|", key=lambda mark: counts[mark])


def _cells(lines: Sequence[str], separator: str) -> list[list[str]]:
    if separator in ("", " "):
        return [line.split() if separator else [line.strip()] for line in lines]
    return list(csv.reader(lines, delimiter=separator, skipinitialspace=True))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return bool(re.fullmatch(r"\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*", cell))
    return True


def _is_frame_header(header: Sequence[str]) -> bool:
    """Tell the header that pandas writes for columns without names: nothing for the index, then 0, 1, ..."""
    return len(header) > 1 and not header[0].strip() and [cell.strip() for cell in header[1:]] == [
        str(place) for place in range(len(header) - 1)
    ]  # fmt: skip


def _checked_names(names: list[str], subject: str) -> list[str]:
    named = [name or f"unnamed {place}" for place, name in enumerate(names)]
    twice = next((name for place, name in enumerate(named) if name in named[:place]), None)
    if twice is not None:
        raise FileFormatError(expected_got(subject, "a different name for each column", f"{twice!r} twice"))
    return named


def _fitting(names: list[str], rows: list[list[str]], subject: str) -> list[str]:
    """Return the names for all cells of a row; a row may be short, since its last cells may not be measured."""
    if rows and all(len(row) == len(names) + 1 for row in rows):
        if all(not row[-1].strip() for row in rows):
            return [*names, "unnamed last"]
        return ["unnamed 0", *names]  # as R writes a table: the row's number has no name
    for number, row in enumerate(rows[:-1], start=2):  # the last may have been cut off by a crash
        if len(row) < len(names) and _may_be_shifted(names, len(row)):
            got = f"{len(row)}: which is missing is not said"
            advice = "Write an empty cell where nothing was measured, such as 1,,0.9."
            raise FileFormatError(expected_got(f"{subject}, row {number},", f"{len(names)} cells", got, advice))
    for number, row in enumerate(rows, start=2):
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            raise FileFormatError(expected_got(f"{subject}, row {number},", f"at most {len(names)} cells", len(row)))
    return names


def _may_be_shifted(names: Sequence[str], count: int) -> bool:
    """Tell a short row whose last cells need not be the missing ones: a validation is what one leaves out."""
    unseen = [meaning(name).split in ("validation", "test") for name in names]
    return count > 1 and any(unseen[:count]) and not all(unseen[count:])


def _without_index(columns: dict[str, LogColumn]) -> dict[str, LogColumn]:
    """Leave out a column with no name: the row's number, as data frames write it."""
    rest = {name: column for name, column in columns.items() if not name.lower().startswith("unnamed")}
    if list(rest) == ["0"]:
        return {"loss": rest["0"]}
    return rest or columns


def _at_once(lines: Sequence[str], separator: str, wide: int) -> list[list[str]] | None:
    """Return the cells of each column where each line has as many and none is quoted, without a list for each row."""
    if not separator:
        return [[line.strip() for line in lines]]
    if separator == " " or {line.count(separator) for line in lines} != {wide - 1}:
        return None
    joined = separator.join(lines)
    if '"' in joined or not lines:
        return None
    cells = joined.split(separator)
    return [cells[place::wide] for place in range(wide)]


def _column(name: str, cells: Sequence[str], decimal: str | None) -> LogColumn:
    """Read the cells of one column; marks of thousands are taken for such where they have no other reading."""
    counts = meaning(name).kind == "counter" and meaning(name).unit != "epoch"
    if counts and "." in "".join(cells) and all(map(_counts_with_points, cells)):
        cells = [cell.replace(".", "") for cell in cells]
    column = column_of(cells, decimal=decimal)
    if not column.words or decimal is not None:
        return column
    marked = [cell.strip() for cell in cells if "," in cell]
    points = "." in "".join(cells)
    if counts or (points and all(re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", cell) for cell in marked)):
        return column_of(cells, decimal=".")
    return column


def _counts_with_points(cell: str) -> bool:
    return bool(re.fullmatch(r"\s*(\d{1,3}(\.\d{3})*)?\s*", cell))


def _without_header(
    lines: Sequence[str], separator: str, source: Source, above: list[str] | None, decimal: str | None
) -> LogTable:
    """Read a table of numbers with no names, as np.savetxt writes it."""
    cells: Sequence[Sequence[str]] | None = _at_once(lines, separator, len(_cells(lines[:1], separator)[0]))
    if cells is None:
        cells = list(zip_longest(*_cells(lines, separator), fillvalue=""))
    columns = [column_of(cell, decimal=decimal) for cell in cells]
    count, wide = len(columns[0].values), len(columns)
    if above is None and source.columns is None and count == 1 and wide > 2:  # all losses in one line
        losses = np.array([column.values[0] for column in columns])
        return source.table({"loss": column_of(losses)}, counted="step", first_row=1)
    names = above
    if source.columns is None and any(column.is_words for column in columns):
        got = f"lines such as {lines[0].strip()[:60]!r}"
        raise FileFormatError(expected_got(source.subject, "a table with a header line, or JSON", got))
    if names is None and source.columns is not None:
        names = check_names(source, wide)
    rows = np.stack([column.values for column in columns], axis=1)
    if names is None and wide <= WIDEST and not any(column.words for column in columns):
        names = names_of_rows(rows)
    if names is None and wide == 1:
        names = ["loss"]
    if names is None:
        problem = ask_for_names(source.subject, source.call, rows, runs=False)
        raise FileFormatError(str(problem))
    table = source.table(dict(zip(names, columns, strict=True)), first_row=1)
    return without_gaps(replace(table, counted="step") if wide == 1 else table)
