"""Guards at the door: they turn what a user passes into clean arrays and numbers, or say what is wrong.

All messages have one form: subject, expected, got, what to do. Inner loops call no guard;
they run on what a guard has let through once.
"""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bplearn.errors import ArgumentError, BplearnError, DataError, ShapeError

Array = NDArray[Any]
RNG = int | np.random.Generator | None


def expected_got(subject: str, expected: str, got: object, advice: str = "") -> str:
    """Put a message in the form all errors share: subject, expected, got, what to do."""
    return f"{subject} expected {expected}, got {got}.{' ' + advice if advice else ''}"


def describe(value: Any) -> str:
    """Spell a value in one short line: an array by its shape, a class by its name."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    line = " ".join(repr(value).split())
    return line if len(line) <= 100 else f"{line[:97]}..."


def as_array(values: Any, subject: str, error: type[BplearnError] = DataError) -> Array:
    """Return `values` as an array of any kind."""
    try:
        return np.asarray(values)
    except ValueError:
        raise error(expected_got(subject, "rows of equal length", "a ragged list")) from None


def as_floats(values: Any, subject: str, error: type[BplearnError] = DataError) -> Array:
    """Return `values` as an array of float32 or float64; whole numbers and booleans become float64."""
    array = as_array(values, subject, error)
    if array.dtype.kind in "iub":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        found = (
            f"{array.dtype} values such as {describe(array.flat[0])}" if array.size else f"no values ({array.dtype})"
        )
        if hasattr(values, "x") and hasattr(values, "targets"):
            raise error(
                expected_got(subject, "an array of numbers", f"a {type(values).__name__}", "Pass its numbers: data.x.")
            )
        raise error(expected_got(subject, "numbers", found, "Turn text or objects into numbers first."))
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def all_finite(array: Array, subject: str, error: type[BplearnError] = DataError) -> Array:
    """Return `array` if it holds neither NaN nor infinity; name the first place where it does."""
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{array[place]} at {list(place)} ({int(bad.sum())} in all)"
        raise error(expected_got(subject, "finite numbers", where, "Remove or fill such entries first."))
    return array


def as_batch(x: Any, subject: str = "x") -> Array:
    """Return `x` as a finite float array with at least one row and a batch axis."""
    array = as_floats(x, subject)
    if array.ndim < 2:
        advice = "For one sample write x[None, :]; for one feature x[:, None]."
        raise ShapeError(expected_got(subject, "shape (N, ...): one row for each sample", array.shape, advice))
    if len(array) == 0:
        raise DataError(expected_got(subject, "at least one row", f"an empty batch of shape {array.shape}"))
    return all_finite(array, subject)


def positive_integer(value: Any, subject: str) -> int:
    """Return `value` as an int of at least 1."""
    is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_whole or int(value) < 1:
        raise ArgumentError(expected_got(subject, "a whole number of at least 1", repr(value)))
    return int(value)


def number_in(
    value: Any,
    subject: str,
    low: float,
    high: float = np.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
) -> float:
    """Return `value` as a finite float in [low, high]; `open_low` and `open_high` leave out the ends."""
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool) and np.isfinite(float(value))
    outside = not is_number or value < low or value > high
    if outside or (open_low and value == low) or (open_high and value == high):
        span = f"above {low}" if open_low else f"of at least {low}"
        if high != np.inf:
            span += f" and {'below' if open_high else 'at most'} {high}"
        raise ArgumentError(expected_got(subject, f"a number {span}", repr(value)))
    return float(value)


def as_rng(rng: Any) -> np.random.Generator:
    """Return a Generator: an int seeds a new one, a Generator is used as it is, None draws fresh entropy."""
    if rng is None or (isinstance(rng, numbers.Integral) and not isinstance(rng, bool) and int(rng) >= 0):
        return np.random.default_rng(None if rng is None else int(rng))
    if isinstance(rng, np.random.Generator):
        return rng
    advice = "Write rng=0, or rng=np.random.default_rng(0) to share one stream."
    raise ArgumentError(
        expected_got("rng", "a whole number of at least 0, a NumPy Generator or None", repr(rng), advice)
    )
