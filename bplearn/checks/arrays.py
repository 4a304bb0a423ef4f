"""Checks at the door turn what a user passes into clean arrays and numbers, or say what is wrong.

All messages have one form: subject, expected, got, what to do. Inner loops check nothing: the door has already checked
their arrays once.
"""

from __future__ import annotations

import numbers
from decimal import Decimal
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
    """Return `values` as an array of any kind; masked entries, which hold no value, are refused."""
    try:
        masked = _masked(values)
        if masked is not None:
            _refuse_masked(masked, subject, error, rows=masked is not values)
        return np.asarray(values)
    except ValueError as problem:
        if isinstance(problem, error):
            raise
        raise error(expected_got(subject, "rows of equal length", "a ragged list")) from None


def column_names(values: Any) -> tuple[str, ...]:
    """Return the names of a data frame's columns, of whatever library; nothing for an array or a list."""
    names = getattr(values, "columns", ())
    return tuple(str(name) for name in names) if np.iterable(names) and np.ndim(values) == 2 else ()


def is_missing(entry: Any) -> bool:
    """Whether an object stands for no value: None, NaN or pandas' NA."""
    return (
        entry is None or type(entry).__name__ in ("NAType", "NaTType") or (isinstance(entry, float) and entry != entry)
    )


def in_python(values: Any, name: str) -> str:
    """Write what a line of code must begin with to index `values` as an array."""
    return name if isinstance(values, np.ndarray) else f"np.asarray({name})"


def as_floats(values: Any, subject: str, error: type[BplearnError] = DataError) -> Array:
    """Return `values` as an array of float32 or float64; whole numbers and booleans become float64."""
    array = as_array(values, subject, error)
    if array.dtype == object and array.ndim:
        array = _from_objects(array, subject, error, column_names(values))
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


def all_finite(
    array: Array, subject: str, error: type[BplearnError] = DataError, columns: tuple[str, ...] = ()
) -> Array:
    """Return `array` if it holds neither NaN nor infinity; name the first place where it does."""
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{array[place]} at {_place(place, columns)} ({int(bad.sum())} in all)"
        raise error(expected_got(subject, "finite numbers", where, "Remove or fill such entries first."))
    return array


def as_batch(x: Any, subject: str = "x") -> Array:
    """Return `x` as a finite float array with at least one row and a batch axis."""
    array = as_floats(x, subject)
    if array.ndim < 2:
        name = in_python(x, "x")
        advice = f"For one sample write {name}[None, :]; for one feature {name}[:, None]."
        raise ShapeError(expected_got(subject, "shape (N, ...): one row for each sample", array.shape, advice))
    if len(array) == 0:
        raise DataError(expected_got(subject, "at least one row", f"an empty batch of shape {array.shape}"))
    return all_finite(array, subject, columns=column_names(x))


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


def _masked(values: Any) -> np.ma.MaskedArray[Any, Any] | None:
    """Return a masked array, or rows of masked arrays as one; None for all else."""
    if isinstance(values, np.ma.MaskedArray):
        return values
    if isinstance(values, list | tuple) and any(isinstance(row, np.ma.MaskedArray) for row in values):
        return np.ma.array(values)
    return None


def _refuse_masked(array: np.ma.MaskedArray[Any, Any], subject: str, error: type[BplearnError], rows: bool) -> None:
    mask = np.ma.getmaskarray(array)
    if not mask.any():
        return
    place = [int(i) for i in np.argwhere(mask)[0]]
    name = subject if subject.isidentifier() else "values"
    if array.ndim > 1:
        kept = f"keep = ~np.ma.getmaskarray({name}).any(axis={1 if array.ndim == 2 else tuple(range(1, array.ndim))})"
        filled = f"{name}.astype(float)" if array.dtype.kind in "iub" else name
        first = f"Write {name} = np.ma.array({name}) first. " if rows else ""
        advice = f"{first}Fill them: {filled}.filled({name}.mean(axis=0)), or keep whole rows: {kept}."
    else:
        advice = f"Leave their rows out: keep = ~np.ma.getmaskarray({name}), then x[keep], targets[keep]."
    got = f"{int(mask.sum())} masked, the first at {place}"
    raise error(expected_got(subject, "no masked entries", got, advice))


def _from_objects(array: Array, subject: str, error: type[BplearnError], columns: tuple[str, ...]) -> Array:
    """Return numbers and booleans that stand in an object array, as in a data frame of both, as floats."""
    kinds = {type(entry) for entry in array.flat}
    strange = {kind for kind in kinds if not issubclass(kind, numbers.Real | np.bool_ | Decimal)}
    if not strange:
        return array.astype(np.float64)
    index = next(i for i, entry in enumerate(array.flat) if type(entry) in strange)
    place, entry = tuple(int(i) for i in np.unravel_index(index, array.shape)), array.flat[index]
    if is_missing(entry):
        got, advice = f"{entry!r} (missing)", "Remove or fill such entries first."
    elif columns and isinstance(entry, str):
        got, name = f"object values such as {describe(entry)}", columns[place[1]]
        advice = f"For columns of 0 and 1 write pandas.get_dummies(x, columns=[{name!r}])."
        if all(_reads_as_number(other) for other in array[:, place[1]]):
            got, advice = f"text such as {describe(entry)}", f"Write x.astype({{{name!r}: float}})."
    else:
        got, advice = f"object values such as {describe(entry)}", "Turn text or objects into numbers first."
    raise error(expected_got(subject, "numbers", f"{got} at {_place(place, columns)}", advice))


def _reads_as_number(entry: Any) -> bool:
    try:
        float(entry)
    except (TypeError, ValueError):
        return False
    return True


def _place(place: tuple[int, ...], columns: tuple[str, ...]) -> str:
    return f"{list(place)}" + (f", column {columns[place[1]]!r}" if len(place) == 2 and columns else "")
