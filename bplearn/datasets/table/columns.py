"""From what a file held to the columns of x: rows with gaps left out or filled, words turned into columns of 0 and 1.

A column color with the words blue and red becomes two, "color=blue" and "color=red"; each row has a 1 in one of them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.datasets.table.blocks import Body, Plan, Words
from bplearn.datasets.table.cells import is_missing
from bplearn.errors import DataError

Missing = Literal["drop", "mean"] | float | None
MOST_WORDS = 50  # more different words than this are hardly kinds of something: then the reader asks


def without_gaps(body: Body, plan: Plan) -> Body:
    """Leave out each row in which a cell is missing.

    Raises: DataError where no row is left.
    """
    keep: Array = np.logical_not(np.isnan(body.numbers).any(axis=1))
    for column in body.words.values():
        keep &= ~column.rows_of(is_missing)
    if keep.all():
        return body
    if not keep.any():
        counts = {plan.names[j]: int(gaps.sum()) for j, gaps in _gaps(body, plan)}
        worst = max(counts, key=counts.__getitem__)
        advice = f"Choose others with columns=[...]: {worst!r} lacks {counts[worst]} of {len(keep)}."
        raise DataError(expected_got(f"'{plan.file}'", "a line without a missing cell", "none", advice))
    return body.rows(keep)


def features(body: Body, order: list[int], plan: Plan, missing: Missing) -> tuple[Array, tuple[str, ...]]:
    """Return x and the names of its columns, in this order.

    Raises: DataError for a column that has no value at all.
    """
    if not any(j in plan.worded for j in order):
        picked = [plan.numeric.index(j) for j in order]
        x = body.numbers if picked == list(range(len(picked))) else body.numbers[:, picked]
        names = [plan.names[j] for j in order]
    else:
        parts, names = [], []
        for j in order:
            if j in plan.numeric:
                part, own = body.numbers[:, [plan.numeric.index(j)]], [plan.names[j]]
            else:
                part, own = _one_hot(body.words[j], plan.names[j])
            parts.append(part)
            names += own
        x = np.concatenate(parts, axis=1)
    if missing is not None and missing != "drop":
        _fill(x, names, plan.file, missing)
    return x, tuple(names)


def check_words(column: Words, name: str, lines: int, plan: Plan) -> None:
    """Ask where `one_hot=True` met a column that is hardly meant: words among numbers, or a word for nearly each row.

    Raises: DataError.
    """
    words = [word for word in column.present() if not is_missing(word)]
    subject, advice = f"'{plan.file}', column {name!r}", f"If it is meant, pass one_hot=[{name!r}]."
    numbers = [word for word in words if plan.form.reads(word)]
    if numbers and len(numbers) < len(words):
        word = next(word for word in words if not plan.form.reads(word))
        got = f"{numbers[0]!r} and {word!r}"
        raise DataError(expected_got(subject, "words alone or numbers alone", got, advice))
    if len(words) > MOST_WORDS and len(words) > 0.1 * lines:
        got = f"{len(words)} in {lines} lines"
        advice = f"Leave it out: choose the others with columns=[...]. {advice}"
        raise DataError(expected_got(subject, "a few different words", got, advice))


def _gaps(body: Body, plan: Plan) -> list[tuple[int, Array]]:
    numeric = [(j, np.isnan(body.numbers[:, k])) for k, j in enumerate(plan.numeric)]
    return numeric + [(j, column.rows_of(is_missing)) for j, column in body.words.items()]


def _one_hot(column: Words, name: str) -> tuple[Array, list[str]]:
    words = in_order([word for word in column.present() if not is_missing(word)])
    columns = np.full(len(column.book), -1)
    columns[[column.book[word] for word in words]] = np.arange(len(words))
    x = (columns[column.codes][:, None] == np.arange(len(words))).astype(np.float64)
    x[column.rows_of(is_missing)] = np.nan
    return x, [f"{name}={word}" for word in words]


def in_order(words: list[str]) -> list[str]:
    """Sort words; where all are whole numbers, by their size.

    >>> in_order(["10", "9"]), in_order(["b", "a"])
    (['9', '10'], ['a', 'b'])
    """
    whole = all(word.lstrip("+-").isdecimal() for word in words)
    return sorted(words, key=int) if whole else sorted(words)


def _fill(x: Array, names: list[str], file: str, missing: Missing) -> None:
    gaps = np.isnan(x)
    if missing != "mean":
        x[gaps] = missing
        return
    counts = len(x) - gaps.sum(axis=0)
    if not counts.all():
        advice = "Leave it out with columns=[...], or pass a number, as missing=0."
        subject = f"'{file}', column {names[int(counts.argmin())]!r}"
        raise DataError(expected_got(subject, "at least one value, to take the mean", "none", advice))
    np.copyto(x, np.nansum(x, axis=0) / counts, where=gaps)
