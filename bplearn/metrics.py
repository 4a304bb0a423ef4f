"""Metrics judge answers the way a user does: how many are right, how far off they are.

They take the decisions of a network (`network.predict`), not its raw outputs, and need no derivative.
Taught in notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, as_array, expected_got
from bplearn.checks.targets import class_numbers
from bplearn.errors import ArgumentError, ShapeError


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
    return _counts(predicted, targets, n_classes, "confusion_matrix")


def f1_score(predicted: Any, targets: Any, *, average: str | None = "macro") -> Any:
    """Return the F1 score: one number for how well rare classes are found too.

    For each class F1 = 2 TP / (2 TP + FP + FN): 1 if it is found always and named only where it is, 0 if never found.
    "macro" is the mean over the classes that occur, each counted once however rare; None gives F1 of every class.

    Shapes: predicted (N,), targets (N,) -> a number, or (C,)
    Raises: ShapeError if the shapes differ, TargetError for what is no class number, ArgumentError for another average.

    >>> always_healthy, truth = [0, 0, 0, 0], [0, 0, 0, 1]
    >>> accuracy(always_healthy, truth), round(f1_score(always_healthy, truth), 2)
    (0.75, 0.43)

    Source: van Rijsbergen 1979, chapter 7.
    """
    if average not in ("macro", None):
        advice = 'Write average="macro", or average=None for a number of each class.'
        raise ArgumentError(expected_got("f1_score's average", '"macro" or None', repr(average), advice))
    counts = _counts(predicted, targets, None, "f1_score")
    found, answered, present = counts.diagonal(), counts.sum(axis=0), counts.sum(axis=1)
    scores = 2 * found / np.maximum(answered + present, 1)
    return scores if average is None else float(scores[answered + present > 0].mean())


def mean_absolute_error(predicted: Any, targets: Any) -> float:
    """Return how far values are off on average, in the units of the targets.

    Shapes: predicted (N, M), targets (N, M)
    Raises: ShapeError if the shapes differ.

    >>> mean_absolute_error([[1.0], [3.0]], [[0.0], [1.0]])
    1.5
    """
    predicted, targets = _pair(predicted, targets, "mean_absolute_error")
    return float(np.abs(predicted - targets).mean())


def _counts(predicted: Any, targets: Any, n_classes: int | None, subject: str) -> Array:
    predicted, targets = _pair(predicted, targets, subject)
    whole = {predicted.dtype.kind, targets.dtype.kind} <= set("iub")
    size = n_classes or (int(max(predicted.max(), targets.max(), 0)) + 1 if whole else 1)
    column, row = (class_numbers(part, size, subject) for part in (predicted, targets))
    return np.bincount(row * size + column, minlength=size * size).reshape(size, size)


def _pair(predicted: Any, targets: Any, subject: str) -> tuple[Array, Array]:
    predicted, targets = as_array(predicted, "predicted"), as_array(targets, "targets")
    if predicted.shape != targets.shape or predicted.size == 0:
        advice = "Pass what network.predict answers, not its raw outputs."
        wanted = f"answers of the targets' shape {targets.shape}, at least one"
        raise ShapeError(expected_got(subject, wanted, predicted.shape, advice))
    return predicted, targets
