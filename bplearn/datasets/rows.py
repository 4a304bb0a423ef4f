"""Which rows go where: into which batch, into training or test.

Both questions are about row numbers alone, so this file handles row numbers and leaves the data to `Dataset`. A batch
is the set of rows behind one update: notebooks/08_batches_and_shapes.ipynb. A split keeps rows aside that training
never sees: notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bplearn.checks.arrays import RNG, Array, as_rng, expected_got, number_in, positive_integer
from bplearn.errors import ArgumentError, DataError, ShapeError

Rows = NDArray[np.intp]


def batches(x: Array, targets: Array, batch_size: int, rng: RNG = None) -> Iterator[tuple[Array, Array, Rows]]:
    """Go through the data once, `batch_size` rows at a time; the last batch holds what is left.

    Shapes: x (N, ...), targets (N, ...) -> batches of (B, ...), (B, ...) and row numbers (B,), with B <= batch_size.

    Here `rng=None` means: in order, no shuffling. A Generator shuffles anew on each call;
    a whole number gives the same order on each call.

    Raises: ArgumentError for a batch_size outside 1..N; ShapeError where x and targets differ in length.

    >>> x = np.arange(10.0).reshape(5, 2)
    >>> [rows.tolist() for _, _, rows in batches(x, np.arange(5), batch_size=2)]
    [[0, 1], [2, 3], [4]]

    Introduced in: notebooks/08_batches_and_shapes.ipynb
    """
    samples = len(x)
    if len(targets) != samples:
        raise ShapeError(expected_got("targets", f"{samples} rows, one for each row of x", len(targets)))
    if positive_integer(batch_size, "batch_size") > samples:
        advice = f"batch_size={samples} takes all rows at once."
        raise ArgumentError(expected_got("batch_size", f"at most {samples}, the number of rows", batch_size, advice))
    order = np.arange(samples) if rng is None else as_rng(rng).permutation(samples)
    return _in_batches(x, targets, order, batch_size)  # a second function, so that the checks above run at once


def _in_batches(x: Array, targets: Array, order: Rows, batch_size: int) -> Iterator[tuple[Array, Array, Rows]]:
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], targets[rows], rows


def split_rows(samples: int, classes: Array | None, test: Any, rng: RNG) -> tuple[Rows, Rows]:
    """Deal row numbers 0..samples-1 into a training and a test part, in random order.

    Shapes: classes (samples,) or None -> rows (N_train,), rows (N_test,).

    With `classes`, each class keeps its share: round(test * samples) places are dealt by largest remainder.
    A class with two or more rows gets at least one in each part; a class with one row stays in training.

    Raises: ArgumentError unless 0 < test < 1; DataError where there are too few rows for two parts.

    >>> train, test = split_rows(10, None, test=0.3, rng=0)
    >>> len(train), len(test)
    (7, 3)
    """
    fraction = number_in(test, "test", 0.0, 1.0, open_low=True)
    if fraction == 1.0:
        raise ArgumentError(expected_got("test", "a fraction above 0 and below 1", test, "test=0.3 keeps 30% aside."))
    if samples < 2:
        raise DataError(expected_got("split", "at least 2 samples, one for each part", samples))
    shuffled = as_rng(rng).permutation(samples)
    groups = np.zeros(samples, dtype=np.int64) if classes is None else classes
    sizes = _test_sizes(np.bincount(groups), fraction)
    if sizes.sum() == 0:
        advice = "Pass stratify=False to split without regard to classes."
        raise DataError(
            expected_got("split", "a class with at least 2 samples", "only classes with one sample", advice)
        )
    in_test = np.zeros(samples, dtype=bool)
    for group, size in enumerate(sizes):
        in_test[shuffled[groups[shuffled] == group][:size]] = True
    return shuffled[~in_test[shuffled]], shuffled[in_test[shuffled]]


def _test_sizes(counts: NDArray[np.intp], fraction: float) -> NDArray[np.int64]:
    """How many rows of each class go to the test part."""
    exact = counts * fraction
    sizes = np.floor(exact).astype(np.int64)
    left_over = round(float(counts.sum() * fraction)) - int(sizes.sum())
    sizes[np.argsort(sizes - exact, kind="stable")[:left_over]] += 1  # rows left over go to the largest remainders
    return np.minimum(np.maximum(sizes, counts >= 2), np.maximum(counts - 1, 0)).astype(np.int64)
