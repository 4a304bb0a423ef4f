"""Reading a learner's own table from a text file, strictly: no cell is guessed or skipped.

A message names the line as an editor counts it and the column by its name, so that the cell is found at once.
The notebook notebooks/14_digits_from_scratch.ipynb ends with a file of your own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.datasets.table.blocks import Body, Plan, complain, read_body
from bplearn.datasets.table.cells import NumberForm, is_missing, looks_like_a_number
from bplearn.datasets.table.columns import Missing, check_words, features, without_gaps
from bplearn.datasets.table.layout import HEAD, Header, Layout, check_names, find_column, find_layout, rows_of_head
from bplearn.datasets.table.targets import read_targets
from bplearn.errors import ArgumentError, DataError, FileFormatError
from bplearn.files.text import open_text

LARGE = 30_000_000  # bytes: from here on a progress bar shows that something happens


class CsvTable(NamedTuple):
    """What a file held, ready for a Dataset."""

    x: Array
    targets: Array
    target_names: tuple[str, ...] | None
    feature_names: tuple[str, ...]


@dataclass(frozen=True)
class Options:
    """How to read a table; `Dataset.from_csv` says what each one means."""

    columns: Iterable[str | int] | None = None
    header: Header = "auto"
    delimiter: str = "auto"
    task: str = "auto"
    missing: Missing = None
    one_hot: bool | Iterable[str | int] = False
    thousands: str | None = None
    decimal: str = "."
    progress: bool | None = None

    def check(self) -> None:
        """Raise an ArgumentError for a value that no option has."""
        sign = self.delimiter
        if sign != "auto" and (not isinstance(sign, str) or len(sign) != 1 or sign in '\r\n"'):
            raise ArgumentError(expected_got("delimiter", 'one character such as "," or ";"', repr(sign)))
        if self.task not in ("auto", "class", "regression"):
            raise ArgumentError(expected_got("task", '"auto", "class" or "regression"', repr(self.task)))
        if not (self.header is None or isinstance(self.header, bool) or self.header == "auto"):
            expected = "True for a first line of names, False for none"
            raise ArgumentError(expected_got("header", expected, repr(self.header)))
        number = isinstance(self.missing, int | float) and not isinstance(self.missing, bool)
        if not (self.missing in ("drop", "mean", None) or (number and math.isfinite(float(self.missing)))):
            raise ArgumentError(expected_got("missing", '"drop", "mean" or a number', repr(self.missing)))
        if self.decimal not in (".", ","):
            raise ArgumentError(expected_got("decimal", '"." or ","', repr(self.decimal)))
        if self.thousands not in (None, ",", ".", " ", "'", "_") or self.thousands == self.decimal:
            expected = f'a sign such as "," or " " that is not the decimal sign {self.decimal!r}, or None'
            raise ArgumentError(expected_got("thousands", expected, repr(self.thousands)))
        for subject in ("columns", "one_hot"):
            given = getattr(self, subject)
            if isinstance(given, str) or not (given is None or isinstance(given, bool) or np.iterable(given)):
                advice = f"Write {subject}=[{given!r}]."
                raise ArgumentError(expected_got(subject, "a list of columns", repr(given), advice))


def read_csv(path: str | Path, target: str | int, options: Options) -> CsvTable:
    """Read a table; see `Dataset.from_csv` for the rules.

    Shapes: x (N, D), targets (N,) or (N, 1).

    Raises: FileFormatError or DataError, naming the line and the column; ArgumentError for a wrong option.
    """
    options.check()
    file = Path(path)
    columns = None if options.columns is None else list(options.columns)
    listed = [] if isinstance(options.one_hot, bool) else list(options.one_hot)
    try:
        with open_text(file) as stream:
            head = list(islice(stream, HEAD))
            by_name = [name for name in (target, *(columns or ()), *listed) if isinstance(name, str)]
            layout = find_layout(head, file.name, options.delimiter, options.header, by_name)
            place = find_column(layout.names, target, f"target for '{file.name}'")
            order = _feature_columns(layout, columns, place, file.name)
            one_hot = _word_columns(layout, listed, order, place, head, options, file.name)
            check_names(layout.names, [*order, place], file.name, layout.above)
            numeric = tuple(sorted(j for j in order if j not in one_hot))
            form = NumberForm(options.decimal, options.thousands)
            plan = Plan(
                file.name, layout.delimiter, layout.names, numeric, (place, *one_hot), form, options.missing is not None
            )
            lines = islice(chain(head, stream), layout.above, None)
            body = _with_progress(file, options.progress, lambda tell: read_body(lines, plan, layout.above, tell))
    except FileNotFoundError:
        advice = f"Paths start at the folder {Path.cwd().name!r}, where this notebook or program runs."
        raise DataError(expected_got("from_csv", f"a file at '{file}'", "none there", advice)) from None
    except OSError as problem:
        raise DataError(expected_got("from_csv", f"a readable file at '{file}'", problem.strerror or problem)) from None
    except UnicodeError:
        advice = "In a spreadsheet choose 'CSV UTF-8' when saving; a workbook itself (.xlsx) cannot be read."
        raise FileFormatError(expected_got(f"'{file.name}'", "a table as text", "other bytes", advice)) from None
    if not len(body.lines):
        expected = "at least one line of data below the header"
        raise DataError(expected_got(f"'{file.name}'", expected, "the header alone"))
    return _table(body, plan, place, order, [] if listed else list(one_hot), options)


def _table(body: Body, plan: Plan, place: int, order: list[int], found: list[int], options: Options) -> CsvTable:
    if options.missing == "drop":
        body = without_gaps(body, plan)
    for j in found:
        check_words(body.words[j], plan.names[j], len(body.lines), plan)
    if options.missing is None:
        for j in plan.worded[1:]:
            _refuse_gaps(body, j, plan)
    targets, target_names = read_targets(body.words[place], place, body.lines, plan, options.task)
    x, names = features(body, order, plan, options.missing)
    return CsvTable(x, targets, target_names, names)


def _feature_columns(layout: Layout, columns: list[Any] | None, place: int, file: str) -> list[int]:
    """Return the places of the features: all but the target, or the chosen ones in their order."""
    if columns is None:
        return [j for j in range(len(layout.names)) if j != place]
    order = [find_column(layout.names, column, f"columns for '{file}'") for column in columns]
    if not order or len(set(order)) < len(order):
        raise ArgumentError(expected_got("columns", "different columns, at least one", repr(columns)))
    if place in order:
        name = repr(layout.names[place])
        raise ArgumentError(expected_got("columns", "features alone", f"the target {name} among them", "Leave it out."))
    return order


def _word_columns(
    layout: Layout, listed: list[Any], order: list[int], place: int, head: list[str], options: Options, file: str
) -> tuple[int, ...]:
    """Return the places of the features that become columns of 0 and 1."""
    if options.one_hot is True:
        rows = [row.cells for row in rows_of_head(head[layout.above :], layout.delimiter, file, layout.above)]
        cells = {j: [row[j] for row in rows if len(row) > j and not is_missing(row[j])] for j in order}
        return tuple(j for j in order if cells[j] and not any(map(looks_like_a_number, cells[j])))
    places = [find_column(layout.names, column, f"one_hot for '{file}'") for column in listed]
    for j in places:
        if j not in order:
            got = f"{layout.names[j]!r}, {'the target' if j == place else 'which is not chosen'}"
            raise ArgumentError(expected_got("one_hot", "columns that are features", got))
    return tuple(dict.fromkeys(places))


def _refuse_gaps(body: Body, column: int, plan: Plan) -> None:
    gaps = body.words[column].rows_of(is_missing)
    if gaps.any():
        row = int(gaps.argmax())
        complain(list(body.words[column].book)[body.words[column].codes[row]], int(body.lines[row]), column, plan)


def _with_progress(file: Path, wanted: bool | None, read: Callable[[Callable[[int], Any]], Body]) -> Body:
    size = file.stat().st_size
    if wanted or (wanted is None and size > LARGE):
        try:
            from tqdm.auto import tqdm  # loaded only when a bar is shown
        except ImportError:  # reading needs NumPy alone
            return read(_say_nothing)
        with tqdm(total=size, unit="B", unit_scale=True, desc=file.name) as bar:
            return read(bar.update)
    return read(_say_nothing)


def _say_nothing(count: int) -> None:
    """Hear of progress, and show none."""
    del count
