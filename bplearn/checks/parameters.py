"""What may be put into a parameter, and the gradients that an update needs.

A parameter (notebooks/02_forward_pass.ipynb) is read-only; `parameter[index] = entries` is the one way to change it.
The messages here show the line to write instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from bplearn.checks.arrays import Array, all_finite, as_floats, describe, expected_got
from bplearn.errors import ArgumentError, DataError, ShapeError


def finite_floats(values: Any, subject: str) -> Array:
    """Return `values` as an array of finite floats."""
    return all_finite(as_floats(values, subject), subject)


def float_type(dtype: Any) -> np.dtype[Any]:
    """Return float32 or float64. Raises: ArgumentError for another type."""
    wanted = np.dtype(dtype)
    if wanted not in (np.float32, np.float64):
        raise ArgumentError(expected_got("dtype", "float32 or float64", wanted))
    return wanted


def with_entries(value: Array, name: str, index: Any, entries: Any) -> Array:
    """Return a copy of `value` with these entries at `index`; they must be one number, or fit exactly."""
    subject = f"{name}[{_spell(index)}]"
    entries = finite_floats(entries, subject)
    fresh = value.copy()
    try:
        wanted = fresh[index].shape
    except IndexError:
        raise ShapeError(expected_got(subject, f"an index into shape {value.shape}", _spell(index))) from None
    if entries.shape not in ((), wanted):
        got = f"shape {entries.shape}"
        raise ShapeError(expected_got(subject, f"one number or an array of shape {wanted}", got))
    fresh[index] = entries
    return fresh


def _spell(index: Any) -> str:
    """Write an index as the user typed it."""
    if isinstance(index, tuple):
        return ", ".join(map(_spell, index))
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends if index.step is None else [*ends, str(index.step)])
    return str(index)


def refuse_assignment(name: str) -> NoReturn:
    """Say how to set a parameter's value, which is to be read only."""
    advice = f"Write layer.{name}[:] = array."
    raise ArgumentError(expected_got(f"{name}.value", "to be read, not set", "an assignment", advice))


def refuse_arithmetic(parameter: Any, _: Any = None) -> NoReturn:
    """Refuse to compute with a parameter itself: its numbers are its value."""
    name = f"layer.{parameter.name}"
    advice = f"Compute with {name}.value; to change it write {name}[:] = {name}.value - step."
    raise ArgumentError(expected_got("arithmetic", "numbers", f"the parameter {parameter.name} itself", advice))


def check_parameters(parameters: Sequence[Any], kind: type) -> None:
    """Refuse what is no Parameter."""
    for p in parameters:
        if not isinstance(p, kind):
            advice = "Write optimizer.step(network.parameters())."
            raise ArgumentError(expected_got("parameters", "Parameter objects", describe(p), advice))


def known_gradient(parameter: Any) -> Array:
    """Return the gradient of a parameter. Raises: DataError where there was no backward pass yet."""
    if parameter.grad is None:
        advice = "Call network.backward(...) before the update."
        got = f"none for {parameter!r}"
        raise DataError(expected_got("the update", "a gradient for every parameter", got, advice))
    gradient: Array = parameter.grad
    return gradient


def check_gradient_sizes(parameters: Sequence[Any], gradients: Sequence[Array]) -> None:
    """Name the first gradient that has not one entry for each entry of its parameter."""
    for p, gradient in zip(parameters, gradients, strict=True):
        if gradient.size != p.size:
            advice = "Sum it over the samples: sum(axis=-2) adds up the rows."
            subject = f"{p.name}'s gradient"
            raise ShapeError(expected_got(subject, f"the parameter's shape {p.shape}", gradient.shape, advice))
