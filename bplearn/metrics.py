"""Metrics judge answers the way a user does: how many are right, how far off they are.

They take what a network decided (`network.predict`), not its raw outputs, and they need no derivative.
Taught in notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn import functional
from bplearn.checks.arrays import Array, as_array, expected_got
from bplearn.errors import ShapeError


def accuracy(predicted: Any, targets: Any) -> float:
    """Return the share of answers that are right, between 0 and 1.

    Shapes: predicted (N,), targets (N,)
    Raises: ShapeError if the shapes differ.

    >>> accuracy([0, 1, 2, 2], [0, 1, 2, 0])
    0.75

    Introduced in: notebooks/00_start_here.ipynb
    """
    predicted, targets = _pair(predicted, targets, "accuracy")
    return float((predicted == targets).mean())


def confusion_matrix(predicted: Any, targets: Any, n_classes: int | None = None) -> Array:
    """Count how often class `row` was answered as class `column`.

    Shapes: predicted (N,), targets (N,) -> (C, C)
    Raises: ShapeError if the shapes differ, TargetError for what is no class number.

    >>> confusion_matrix([0, 1, 1], [0, 1, 0])
    array([[1, 1],
           [0, 1]])
    """
    predicted, targets = _pair(predicted, targets, "confusion_matrix")
    whole = {predicted.dtype.kind, targets.dtype.kind} <= set("iub")
    size = n_classes or (int(max(predicted.max(), targets.max(), 0)) + 1 if whole else 1)
    column, row = (functional.class_numbers(part, size, "confusion_matrix") for part in (predicted, targets))
    return np.bincount(row * size + column, minlength=size * size).reshape(size, size)


def mean_absolute_error(predicted: Any, targets: Any) -> float:
    """Return how far values are off on average, in the units of the targets.

    Shapes: predicted (N, M), targets (N, M)
    Raises: ShapeError if the shapes differ.

    >>> mean_absolute_error([[1.0], [3.0]], [[0.0], [1.0]])
    1.5
    """
    predicted, targets = _pair(predicted, targets, "mean_absolute_error")
    return float(np.abs(predicted - targets).mean())


def _pair(predicted: Any, targets: Any, subject: str) -> tuple[Array, Array]:
    predicted, targets = as_array(predicted, "predicted"), as_array(targets, "targets")
    if predicted.shape != targets.shape or predicted.size == 0:
        advice = "Pass what network.predict answers, not its raw outputs."
        wanted = f"answers of the targets' shape {targets.shape}, at least one"
        raise ShapeError(expected_got(subject, wanted, predicted.shape, advice))
    return predicted, targets
