"""What targets may be: class numbers to tell apart, or values to predict.

Whole numbers are classes and floats are values, so that no option can contradict the data. Anything in between, such as
floats of shape (N,), is refused with the line to write instead. The notebook notebooks/03_cost_functions.ipynb shows
which loss goes with which targets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, all_finite, as_array, as_floats, expected_got, in_python, is_missing
from bplearn.errors import TargetError


def clean_targets(targets: Any, samples: int, dtype: np.dtype[Any]) -> Array:
    """Return class numbers, or values in the dtype of x.

    Shapes: targets (N,) whole numbers -> int64 (N,); targets (N, M) floats -> (N, M).

    Raises: TargetError for text, a wrong shape or length, NaN or infinity.

    >>> clean_targets([True, False], 2, np.dtype("float64")).tolist()
    [1, 0]
    """
    array = as_array(targets, "targets", TargetError)
    if array.dtype == object and array.ndim:  # a data frame with several kinds of columns gives objects
        _refuse_missing(array)
        array = np.asarray(array.tolist())
    if array.dtype.kind not in "iubf":
        advice = "For text labels: names, targets = np.unique(labels, return_inverse=True), and target_names=names."
        shown = f"{array.dtype} values such as {array.flat[0]!r}" if array.size else f"no values ({array.dtype})"
        raise TargetError(expected_got("targets", "class numbers or floats", shown, advice))
    if array.ndim == 0 or len(array) != samples:
        got = "a single number" if array.ndim == 0 else len(array)
        raise TargetError(expected_got("targets", f"{samples} rows, one for each row of x", got))
    if array.dtype.kind == "f":
        if array.ndim != 2:
            name = in_python(targets, "targets")
            advice = f"For values write {name}[:, None]; for classes {name}.astype(int)."
            raise TargetError(
                expected_got("targets", "class numbers (N,) or floats (N, M)", f"floats {array.shape}", advice)
            )
        with np.errstate(over="ignore"):
            values = as_floats(array, "targets", TargetError).astype(dtype)
        return all_finite(values, "targets", TargetError)
    if array.ndim != 1:
        name = in_python(targets, "targets")
        classes = (
            f"classes write {name}[:, 0]" if array.shape[1:] == (1,) else f"one-hot rows write {name}.argmax(axis=1)"
        )
        advice = f"For {classes}; for values {name}.astype(float)."
        got = f"whole numbers {array.shape}"
        raise TargetError(expected_got("targets", "class numbers (N,) or floats (N, M)", got, advice))
    return array.astype(np.int64)


def _refuse_missing(array: Array) -> None:
    for place, entry in np.ndenumerate(array):
        if is_missing(entry):
            where = f"{entry!r} (missing) at row {place[0]}"
            raise TargetError(expected_got("targets", "a target for each row", where, "Leave such rows out first."))


def clean_names(target_names: Sequence[str] | None, targets: Array) -> tuple[str, ...] | None:
    """Return one name for each class, or None for values.

    Shapes: targets (N,) whole numbers or (N, M) floats.

    Raises: TargetError for a class number below 0 or without a name, and for names of values.

    >>> clean_names(None, np.array([0, 2, 1]))
    ('0', '1', '2')
    """
    if targets.dtype.kind == "f":
        if target_names is not None:
            advice = "Pass whole-number targets for classes, or leave target_names out."
            raise TargetError(
                expected_got("target_names", "None, since float targets are values", tuple(target_names), advice)
            )
        return None
    if isinstance(target_names, str):
        raise TargetError(expected_got("target_names", "a list of names, one for each class", repr(target_names)))
    if targets.min() < 0:
        row = int(targets.argmin())
        raise TargetError(expected_got("targets", "class numbers 0, 1, 2, ...", f"{targets[row]} at row {row}"))
    if target_names is None:
        return tuple(str(number) for number in range(int(targets.max()) + 1))
    names = tuple(str(name) for name in target_names)
    if targets.max() >= len(names):
        row = int(targets.argmax())
        advice = "Do the labels start at 1? Use targets - 1."
        expected = f"class numbers 0..{len(names) - 1}, one for each name"
        raise TargetError(expected_got("targets", expected, f"{targets[row]} at row {row}", advice))
    return names
