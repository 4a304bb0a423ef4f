"""What a loss takes as targets and as predictions: values of one shape, yes or no, class numbers, probabilities.

A training checks all its targets here once, before its first step; the losses of notebooks/03_cost_functions.ipynb then
compute without a check.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, all_finite, as_array, as_floats, expected_got
from bplearn.errors import DataError, ShapeError, TargetError
from bplearn.show.text import short


def class_numbers(targets: Any, n_classes: int, subject: str) -> Array:
    """Return `targets` as an integer array (N,) with entries in 0..n_classes - 1, or say what is wrong with them.

    Raises: TargetError for text, fractions, one-hot rows and numbers out of range.

    >>> class_numbers([0, 1], 2, "here")
    array([0, 1])
    """
    array = as_array(targets, subject, TargetError)
    wanted = f"class numbers 0..{n_classes - 1}"
    if array.dtype.kind not in "iub":
        if array.dtype.kind == "f":
            advice = "If they are whole numbers, use targets.astype(int); to predict values, use MeanSquaredError."
        else:
            advice = "Number the classes first: names, targets = np.unique(labels, return_inverse=True)."
        example = f"{array.dtype} values such as {array.flat[0]!r}" if array.size else f"no values ({array.dtype})"
        raise TargetError(expected_got(subject, wanted, example, advice))
    if array.ndim != 1:
        advice = "From one-hot rows: targets.argmax(axis=1). From one column: targets[:, 0]."
        raise TargetError(expected_got(subject, f"{wanted} of shape (N,)", f"shape {array.shape}", advice))
    bad = (array < 0) | (array >= n_classes)
    if bad.any():
        row = int(bad.argmax())
        starts_at_one = array.min() == 1 and array.max() == n_classes
        advice = "Do the labels start at 1? Use targets - 1." if starts_at_one else ""
        raise TargetError(expected_got(subject, wanted, f"{array[row]} at row {row}", advice))
    return array.astype(np.intp)


def class_targets(loss: Any, target: Any, shape: tuple[int, ...]) -> Array:
    """Return one class number for each row of predictions of this shape."""
    subject = type(loss).__name__
    if loss.length is not None:
        return _of_tokens(loss, target, shape)
    found = class_numbers(target, shape[-1], subject)
    if len(found) != shape[0]:
        raise ShapeError(expected_got(subject, f"one target for each of {shape[0]} rows", f"{len(found)} targets"))
    return found


def _of_tokens(loss: Any, target: Any, shape: tuple[int, ...]) -> Array:
    """Return one class number for each token of each row, (N, T)."""
    array, wanted = as_array(target, repr(loss), TargetError), (shape[0], loss.length)
    if shape[-1] % loss.length:
        advice = f"End the network with PerToken(Dense(n, C), length={loss.length})."
        raise ShapeError(expected_got(f"{loss!r}", f"a prediction of shape (N, {loss.length} * C)", shape, advice))
    if array.shape != wanted:
        raise TargetError(expected_got(f"{loss!r}", f"class numbers of shape {wanted}", array.shape))
    return class_numbers(array.ravel(), shape[-1] // loss.length, repr(loss)).reshape(wanted)


def weights_of_classes(loss: Any, n_classes: int) -> Array:
    """Return a loss's class weights as an array, one for each class."""
    weights = np.array(loss.class_weights)
    if len(weights) != n_classes:
        advice = f"Write class_weights={[1.0] * n_classes} and raise the rare ones." if n_classes <= 10 else ""
        raise ShapeError(
            expected_got("class_weights", f"{n_classes} numbers, one for each class", f"{len(weights)}", advice)
        )
    return weights


def value_targets(loss: Any, target: Any, shape: tuple[int, ...]) -> Array:
    """Return `target` as floats of exactly this shape: no broadcasting, which would compare all with all."""
    subject = repr(loss)
    array = all_finite(as_floats(target, f"{subject}'s target", TargetError), f"{subject}'s target", TargetError)
    if array.shape == shape:
        return array
    if array.ndim == 1 and len(shape) == 2 and len(array) == shape[0]:
        if shape[1] == 1:
            advice = "Make it a column: target[:, None]."
        else:
            advice = f"Class numbers? Use SoftmaxCrossEntropy, or one_hot(target, {shape[1]})."
    elif len(array.shape) > 0 and array.shape[:1] != shape[:1]:
        advice = "Predictions and targets must have one row for each sample."
    else:
        advice = "Does the last layer have one output for each target column?"
    raise ShapeError(expected_got(subject, f"a target of the prediction's shape {shape}", array.shape, advice))


def yes_no_targets(loss: Any, target: Any, shape: tuple[int, ...]) -> Array:
    """Return targets in 0..1 of this shape; class numbers 0 and 1 become a column where there is one output."""
    array = as_array(target, f"{loss!r}'s target", TargetError)
    if array.ndim == 1 and len(shape) == 2 and shape[1] == 1:
        target = class_numbers(array, 2, repr(loss))[:, None]
    values = value_targets(loss, target, shape)
    bad = (values < 0) | (values > 1)
    if bad.any():
        place = tuple(np.argwhere(bad)[0])
        raise TargetError(expected_got(f"{loss!r}", "targets in 0..1", f"{values[place]} at row {place[0]}"))
    return values


def check_probabilities(loss: Any, prediction: Array) -> None:
    """Refuse predictions that are no probabilities."""
    if prediction.min() < 0 or prediction.max() > 1:
        found = f"{short(prediction.min())}..{short(prediction.max())}"
        advice = "For raw scores use BinaryCrossEntropy(from_logits=True)."
        raise DataError(expected_got(f"{loss!r}", "probabilities in 0..1", found, advice))
