"""A parameter is a number field that training may change: the weights or the biases of a layer.

Its `value` is read-only. A change always *replaces* it with a new array, so a tape, a snapshot or a plot that holds the
old array stays true. All parameters of a network also form one flat vector, so that an optimizer is one formula,
whatever the number of layers.
Taught in notebooks/02_forward_pass.ipynb and notebooks/07_weight_updates.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.checks.parameters import (
    check_gradient_sizes,
    check_parameters,
    finite_floats,
    float_type,
    known_gradient,
    refuse_arithmetic,
    refuse_assignment,
    with_entries,
)


def frozen(array: Array) -> Array:
    """Lock `array` against writing and return it."""
    array.setflags(False)  # type: ignore[call-arg]  # by name it takes twice as long, and each step locks two
    return array


class Parameter:
    """A named array that training may change.

    `value` and `grad` are read-only arrays of one shape; `grad` is None before the first backward pass.
    Set entries with `parameter[i, j] = v` and all of them with `parameter[:] = array`: without `.value`, for NumPy
    refuses to write into that, with the words that the example shows.

    Raises: ShapeError for a wrong shape, DataError for NaN, infinity or text.

    >>> p = Parameter([[1.0, 2.0]], name="W")
    >>> p[0, 1] = 5
    >>> p
    Parameter(W, shape (1, 2), value [[1. 5.]])
    >>> p.value[0, 1] = 7  # write p[0, 1] = 7
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """

    __slots__ = ("_grad", "_value", "name")

    def __init__(self, value: Any, name: str) -> None:
        self.name = name
        self._value = frozen(np.array(finite_floats(value, name)))
        self._grad: Array | None = None

    @property
    def value(self) -> Array:
        """The numbers themselves, read-only: to change one, write `layer.W[i, j] = v`, without `.value`."""
        return self._value

    @value.setter
    def value(self, _: Any) -> None:
        refuse_assignment(self.name)

    @property
    def grad(self) -> Array | None:
        """dL/dvalue of the latest backward pass, read-only; None before the first."""
        return self._grad

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `value`."""
        return self._value.shape

    @property
    def size(self) -> int:
        """How many numbers `value` holds."""
        return self._value.size

    def __getitem__(self, index: Any) -> Any:
        return self._value[index]

    def __setitem__(self, index: Any, entries: Any) -> None:
        self._value = frozen(with_entries(self._value, self.name, index, entries))

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._value)

    __add__ = __sub__ = __mul__ = __truediv__ = __matmul__ = __pow__ = __neg__ = refuse_arithmetic
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = refuse_arithmetic
    __iadd__ = __isub__ = __imul__ = __itruediv__ = refuse_arithmetic

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self._value, dtype=dtype, copy=copy)

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        for name, entry in state[1].items():  # pickle and deepcopy forget the lock
            setattr(self, name, frozen(entry) if isinstance(entry, np.ndarray) else entry)

    def __repr__(self) -> str:
        shown = f", value {np.array2string(self._value, precision=4, separator=' ')}" if self.size <= 8 else ""
        return f"Parameter({self.name}, shape {self.shape}{shown})"


class ParameterVector(Sequence[Parameter]):
    """Several parameters, seen as a sequence and as one flat vector.

    `value` and `grad` lay all entries end to end; `replace(flat)` gives each parameter its new value
    and `replace_grads(gradients)` its new gradient, as read-only views of one fresh array.

    >>> vector = ParameterVector([Parameter([[1.0, 2.0]], name="W"), Parameter([3.0], name="b")])
    >>> vector.replace(vector.value * 10)
    >>> vector.value
    array([10., 20., 30.])
    >>> vector[1].value
    array([30.])
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._uses = tuple(parameters)
        self._parameters = tuple({id(p): p for p in self._uses}.values())  # a shared parameter counts once
        check_parameters(self._parameters, Parameter)
        ends = np.cumsum([0, *(p.size for p in self._parameters)]).tolist()
        self._places = [
            (p, slice(start, stop), None if p.value.ndim == 1 else p.shape)  # None: a slice already has the shape
            for p, start, stop in zip(self._parameters, ends[:-1], ends[1:], strict=True)
        ]
        self._size: int = ends[-1]
        self._flat: Array | None = None
        self._flat_grad: Array | None = None

    @overload
    def __getitem__(self, index: int) -> Parameter: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Parameter]: ...
    def __getitem__(self, index: int | slice) -> Parameter | Sequence[Parameter]:
        return self._parameters[index]

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._parameters)

    def __repr__(self) -> str:
        return f"ParameterVector({len(self)} parameters, {self._size} numbers)"

    @property
    def size(self) -> int:
        """How many numbers there are in all."""
        return self._size

    @property
    def value(self) -> Array:
        """All values end to end, read-only."""
        flat = self._flat
        for p in self._parameters:
            if flat is None or p._value.base is not flat:  # a user or another network has set one
                self.replace(_end_to_end([p._value for p in self._parameters]))
                break
        return self._flat if self._flat is not None else np.zeros(0)

    @property
    def grad(self) -> Array:
        """All gradients end to end, read-only.

        Raises: DataError if there was no backward pass yet.
        """
        flat = self._flat_grad
        for p in self._parameters:
            if p._grad is None or p._grad.base is not flat:
                self.replace_grads([known_gradient(p) for p in self._parameters])
                break
        return self._flat_grad if self._flat_grad is not None else np.zeros(0)

    def part(self, flat: Array, parameter: Parameter) -> Array:
        """Return the part of a flat vector that belongs to one of the parameters, in its shape.

        >>> vector = ParameterVector([Parameter([[1.0, 2.0]], name="W"), Parameter([3.0], name="b")])
        >>> vector.part(np.arange(3), vector[1])
        array([2])
        """
        place = next(place for known, place, _ in self._places if known is parameter)
        return flat[place].reshape(parameter.shape)

    def replace(self, flat: Array) -> None:
        """Give every parameter its part of `flat` as its new value. `flat` is locked, not copied."""
        self._flat = frozen(flat)
        for parameter, place, shape in self._places:
            part = flat[place]
            parameter._value = part if shape is None else part.reshape(shape)

    def astype(self, dtype: Any) -> None:
        """Give every parameter this dtype, float32 or float64. Raises: ArgumentError for another."""
        flat, wanted = self.value, float_type(dtype)
        if flat.dtype != wanted:
            self.replace(flat.astype(wanted))

    def replace_grads(self, gradients: Sequence[Array]) -> None:
        """Give every parameter its gradient, in the order of the parameters; the uses of a shared one add up.

        Raises: ShapeError where one has too many or too few entries.
        """
        if len(gradients) > len(self._parameters):
            gradients = self._added(gradients)
        flat = frozen(_end_to_end(gradients))
        if flat.size != self._size:
            check_gradient_sizes(self._parameters, gradients)
        self._flat_grad = flat
        for parameter, place, shape in self._places:
            part = flat[place]
            parameter._grad = part if shape is None else part.reshape(shape)

    def _added(self, gradients: Sequence[Array]) -> list[Array]:
        """Add up the gradients of each parameter's uses."""
        sums: dict[Parameter, Array] = {}
        for parameter, gradient in zip(self._uses, gradients, strict=True):
            sums[parameter] = sums[parameter] + gradient if parameter in sums else gradient
        return list(sums.values())

    def weight_mask(self) -> Array:
        """1 where an entry belongs to weights, 0 where to biases and gains: weight decay leaves those alone."""
        return np.concatenate([np.full(p.size, float(p.name not in ("b", "g"))) for p in self._parameters])


def _end_to_end(arrays: Sequence[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays]) if arrays else np.zeros(0)
