"""Compares what a learner's code returned with what it should return, and says where and by how much it is off.

Tolerances follow the dtype of the answer and the size of the right array, so any order of summation passes.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.show.text import short

Outputs = dict[str, Array]
_NOTHING = "nothing-returned"
_EXACT = (numbers.Rational, Decimal)
_BIAS = re.compile(r"^(new )?d?b\d*$")


class NotNumbers(Exception):
    """The answer is no set of arrays; the message says why, in words for the learner.

    `mistake` is the name of a known one that explains it.
    """

    def __init__(self, message: str, mistake: str = "") -> None:
        super().__init__(message)
        self.mistake = mistake


class Unfinished(Exception):
    """The answer still holds three dots."""


def outputs(value: Any, names: tuple[str, ...]) -> Outputs:
    """Return an answer as named arrays: a single value, a tuple or list in the order of `names`, or a dict.

    Raises: Unfinished where `...` is left, NotNumbers where something is missing or is no number.

    >>> outputs((1, 2.5), ("a", "b"))["b"].item()
    2.5
    """
    parts = [value] if len(names) == 1 and not isinstance(value, dict) else _parts(value, names)
    if any(has_dots(part) for part in parts):
        raise Unfinished
    return {name: _array(part, name) for name, part in zip(names, parts, strict=True)}


def leaves(value: Any) -> Iterator[Any]:
    """Yield the numbers in nested tuples, lists and arrays, in reading order.

    >>> list(leaves(((64, 10), (10,))))
    [64, 10, 10]
    """
    if isinstance(value, np.ndarray):
        yield from value.ravel()
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def _parts(value: Any, names: tuple[str, ...]) -> list[Any]:
    if value is Ellipsis:
        raise Unfinished
    wanted = f"{len(names)} values ({', '.join(names)})" if len(names) > 1 else f"the value {names[0]}"
    if isinstance(value, dict):
        if set(names) <= value.keys():
            return [value[name] for name in names]
        raise NotNumbers(
            f"The answer should hold {wanted}; the names in it are {', '.join(map(str, value)) or 'none'}."
        )
    if value is None:
        raise NotNumbers(f"The answer should be {wanted}; it is None. Is the `return` missing?", _NOTHING)
    if isinstance(value, np.ndarray) and value.ndim == 1 and len(value) == len(names):
        return list(value)
    if not isinstance(value, list | tuple):
        kind = "number" if isinstance(value, int | float | np.number) else type(value).__name__
        raise NotNumbers(f"The answer should be {wanted}; it is one {kind}.", "less-than-asked")
    if len(value) != len(names):
        if any(has_dots(part) for part in value):
            raise Unfinished
        mistake = "less-than-asked" if len(value) < len(names) else "more-than-asked"
        raise NotNumbers(f"The answer should be {wanted}; it holds {len(value)}.", mistake)
    return list(value)


def has_dots(value: Any) -> bool:
    """Return whether three dots are left in a value, or somewhere in its tuples and lists.

    >>> has_dots((1, [2, ...]))
    True
    """
    return value is Ellipsis or (isinstance(value, list | tuple) and any(map(has_dots, value)))


def _array(value: Any, name: str) -> Array:
    if value is None:
        raise NotNumbers(f"{name} is None. Is it assigned and returned?", _NOTHING)
    try:
        array = np.array(value)
        if array.dtype == object and array.size and all(isinstance(part, _EXACT) for part in array.flat):
            array = array.astype(np.float64)
    except OverflowError:
        raise NotNumbers(f"{name} is larger than any number that a computer's floats reach.") from None
    except (ValueError, TypeError):
        raise NotNumbers(f"{name} should be one array; it is a {type(value).__name__} of unequal parts.") from None
    if array.dtype == object and array.size and all(isinstance(entry, np.ndarray) for entry in array.flat):
        raise NotNumbers(f"{name} should be one array; it is an array of arrays.")
    if array.dtype.kind not in "biuf":
        what = f"is an array of dtype {array.dtype}" if isinstance(value, np.ndarray) else f"holds {_written(value)}"
        raise NotNumbers(f"{name} should hold numbers; it {what}.")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def shown(value: Any) -> str:
    """Return a value as it was typed where it is short; else say what it is.

    >>> shown((0.1, "many")), shown(np.zeros(100))
    ("(0.1, 'many')", 'a value of type ndarray')
    """
    try:
        text = repr(value)
    except Exception:  # an object of the learner's own
        text = ""
    return text if text and len(text) <= 40 and "\n" not in text else f"a value of type {type(value).__name__}"


def _written(value: Any) -> str:
    """Return a value's type, and the value itself where it is short text."""
    kind = type(value).__name__
    return f"{kind} {value!r}" if isinstance(value, str) and len(value) <= 40 else f"a value of type {kind}"


def fitted(name: str, array: Array, want: Array) -> Array:
    """Return the array in the shape of the right one where only an axis of length 1 is more or less.

    One number may come as a scalar, [x] or [[x]]; a bias may be (M,) or (1, M).

    >>> fitted("db", np.array([[1.0, 2.0]]), np.zeros(2))
    array([1., 2.])
    """
    if array.shape == want.shape:
        return array
    if want.size == 1 and array.size == 1:
        return array.reshape(want.shape)
    if _BIAS.match(name) and array.shape == (1, *want.shape):
        return array.reshape(want.shape)
    return array


def tolerance(*arrays: Array) -> float:
    """Return the largest error, relative to the size of the right array, that rounding explains.

    >>> tolerance(np.zeros(2, dtype=np.float32)) > tolerance(np.zeros(2))
    True
    """
    return 3e-5 if any(array.dtype.itemsize < 8 for array in arrays) else 1e-5


def close(array: Array, want: Array, limit: float | None = None) -> bool:
    """Return whether two arrays agree in shape and, within rounding, in every entry (NaN agrees with NaN).

    >>> close(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-9]))
    True
    """
    return array.shape == want.shape and _close(array, want, limit)


def alike(array: Array, other: Array, limit: float | None = None) -> bool:
    """Return whether two arrays agree once their shapes are stretched to each other (broadcast).

    >>> alike(np.array(2.0), np.array([2.0, 2.0]))
    True
    """
    try:
        np.broadcast_shapes(array.shape, other.shape)
    except ValueError:
        return False
    return _close(array, other, limit)


def _close(array: Array, want: Array, limit: float | None) -> bool:
    """Compare entry by entry: a typed number (`limit` given) by itself, an entry of an array by the largest one.

    It uses plain operators only, so nobody gains anything by replacing np.allclose.
    """
    relative = tolerance(array, want) if limit is None else limit
    with np.errstate(invalid="ignore", over="ignore"):
        sizes = abs(want)[abs(want) < float("inf")]
        size = max(float(sizes.max()) if sizes.size else 1.0, 1e-9)
        absolute = relative * size if limit is None else 1e-9 * size
        near = (abs(array - want) <= absolute + relative * abs(want)) & (abs(want) < float("inf"))
        both_nan = (array != array) & (want != want)
        return bool((near | both_nan | (array == want)).all())


def ratio(array: Array, want: Array) -> float | None:
    """Return the one factor by which every entry of `array` differs from `want`, or None where there is none.

    >>> ratio(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    2.0
    """
    if array.shape != want.shape or not np.isfinite([array, want]).all() or not np.any(want):
        return None
    factor = float(np.vdot(want, array) / np.vdot(want, want))
    return factor if factor and close(array, want * factor) else None


def describe(name: str, array: Array, want: Array, limit: float | None = None) -> str:
    """Say where and by how much one output is off; never what it should be.

    >>> describe("dW", np.array([-1.0, -2.0]), np.array([1.0, 2.0]))
    'dW has the right size everywhere but the wrong sign.'
    """
    if array.shape != want.shape and want.shape == ():
        return f"{name} should be one number; it has shape {array.shape}."
    plural = name.endswith("s") and len(name) > 1
    verb, have, hold = ("are", "have", "hold") if plural else ("is", "has", "holds")
    if array.shape != want.shape:
        turned = array.ndim == want.ndim == 2 and close(array.T, want, limit)
        more = " Its transpose would be right." if turned else ""
        return f"{name} {have} shape {array.shape}; expected {want.shape}.{more}"
    strange = np.argwhere((~np.isfinite(array) | np.isinf(want)) & (array != want))
    if len(strange):
        place = tuple(int(i) for i in strange[0])
        finite = ", where no finite number belongs" if np.isfinite(array[place]) else ""
        return f"{name} {hold} {array[place]}{_at(place)}{finite}."
    if want.ndim == 2 and want.shape[0] == want.shape[1] and close(array.T, want, limit):
        return f"{name} {verb} the transpose of what it should be."
    if not np.any(array):
        return f"{name} {verb} 0{' everywhere' if want.size > 1 else ''}."
    factor = ratio(array, want)
    if factor is not None and (want.size > 1 or _is_plain(factor)):
        return _factor(f"{name} {verb}", f"{name} {have}", factor, want.size)
    return _places(name, verb, array, want, limit)


def _factor(it_is: str, it_has: str, factor: float, size: int) -> str:
    everywhere = " everywhere" if size > 1 else ""
    if np.isclose(factor, -1, rtol=1e-4):
        return f"{it_has} the right size{everywhere} but the wrong sign."
    return f"{it_is} {short(factor)} times what it should be{everywhere}."


def _is_plain(factor: float) -> bool:
    return any(np.isclose(factor, plain, rtol=1e-4) for plain in (-1, 2, 0.5, -2, -0.5))


def _places(name: str, verb: str, array: Array, want: Array, limit: float | None) -> str:
    limit = tolerance(array, want) if limit is None else limit
    array, want = np.where(np.isfinite(want), array, 0.0), np.where(np.isfinite(want), want, 0.0)
    off = np.abs(array - want)
    size = max(float(np.abs(want).max()), 1e-9)
    wrong = off > limit * size + limit * np.abs(want)
    place = tuple(int(i) for i in np.unravel_index(int(off.argmax()), off.shape))
    amount = f"by up to {short(off.max(), 3)}{_at(place)}" if want.size > 1 else f"by {short(off.max(), 3)}"
    if np.allclose(array - want, (array - want).flat[0], rtol=1e-4, atol=limit * size) and want.size > 1:
        how = "large" if array.flat[0] > want.flat[0] else "small"
        return f"Every entry of {name} is too {how} by {short(off.max(), 3)}."
    if want.size == 1:
        return f"{name} {verb} off {amount}."
    if wrong.all():
        return f"{name} {verb} off everywhere, {amount}."
    for axis, word in ((1, "row"), (0, "column")) if want.ndim == 2 else ():
        lines = np.flatnonzero(wrong.any(axis=axis))
        if len(lines) == 1:
            return f"Only {word} {lines[0]} of {name} is off, {amount}."
    where = f" (at {', '.join(map(str, np.flatnonzero(wrong)))})" if want.ndim == 1 and wrong.sum() <= 3 else ""
    return f"{int(wrong.sum())} of {want.size} entries of {name} are off{where}, {amount}."


def _at(place: tuple[int, ...]) -> str:
    return f" at {list(place)}" if place else ""
