"""An array that knows where it came from: `Value` of notebook 4 with arrays in place of numbers.

Each operation keeps its parents and, beside its forward line, the function that turns the error of its output into the
errors of its parents. `backward` walks the graph from the output to the inputs and adds up where edges meet.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError, ShapeError
from bplearn.explain.scalar import topological_order

Axis = int | tuple[int, ...] | None
Pull = Callable[[Any], tuple[Any, ...]]
_RECORDING = contextvars.ContextVar("recording", default=True)


@contextlib.contextmanager
def no_grad() -> Iterator[None]:
    """Record nothing inside the block: results have no parents, as in PyTorch.

    >>> w = Tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad():
    ...     y = w * 2
    >>> y.parents
    ()

    Introduced in: notebooks/15_autograd.ipynb
    """
    token = _RECORDING.set(False)
    try:
        yield
    finally:
        _RECORDING.reset(token)


class Tensor:
    """An array in a graph of operations: + - * / ** @ exp log tanh relu sum mean max reshape transpose and indexing.

    `grad` adds up over calls of `backward`, as PyTorch's does: a Tensor does not know where a training step begins, so
    the loop calls `zero_grad`. A layer of bplearn replaces its gradient: one pass of the network is one step there, and
    uses within the pass add up. Both give the same numbers where the loop sets the gradient to zero.

    Shapes: any; operations broadcast as NumPy's do. `data` is a copy of what is given; float32 stays float32.
    Raises: ArgumentError for data that are no real numbers, ShapeError where shapes, axes or places do not fit.

    >>> w = Tensor([[1.0, 2.0]], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> w.grad
    array([[2., 4.]])

    Introduced in: notebooks/15_autograd.ipynb
    """

    __slots__ = ("data", "grad", "op", "parents", "pull", "requires_grad")
    __array_ufunc__ = None  # NumPy then leaves `array * tensor` to Tensor

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        try:
            array = np.array(data)
        except ValueError as problem:
            raise ArgumentError(expected_got("Tensor", "an array of numbers", repr(data), str(problem))) from None
        if array.dtype.kind not in "fiub":
            advice = "Convert it to float first."
            raise ArgumentError(expected_got("Tensor", "real numbers", f"dtype {array.dtype}", advice))
        self.data: Any = array if array.dtype.kind == "f" else array.astype(float)
        self.grad: Any = None
        self.requires_grad = requires_grad
        self.op = ""
        self.parents: tuple[Tensor, ...] = ()
        self.pull: Pull | None = None

    def __len__(self) -> int:
        return len(self.data)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[place] for place in range(len(self)))

    def __repr__(self) -> str:
        return f"Tensor({self.data!r}{', requires_grad=True' if self.requires_grad else ''})"

    def _beside(self, other: Any) -> Tensor:
        """Return the other one of two as a Tensor; a plain number takes on this one's precision."""
        if isinstance(other, Tensor):
            return other
        return Tensor(np.asarray(other, self.data.dtype) if isinstance(other, int | float) else other)

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return tuple(self.data.shape)

    def __add__(self, other: Any) -> Tensor:
        b = self._beside(other)
        y = _broadcast("+", np.add, self, b)
        return _node("+", y, (self, b), lambda dy: (_fork(dy, self), _fork(dy, b)))

    def __mul__(self, other: Any) -> Tensor:
        b = self._beside(other)
        y = _broadcast("*", np.multiply, self, b)
        return _node("*", y, (self, b), lambda dy: (_fork(dy * b.data, self), _fork(dy * self.data, b)))

    def __truediv__(self, other: Any) -> Tensor:
        b = self._beside(other)
        y = _broadcast("/", np.divide, self, b)
        return _node("/", y, (self, b), lambda dy: (_fork(dy / b.data, self), _fork(-dy * y / b.data, b)))

    def __pow__(self, exponent: float) -> Tensor:
        if not isinstance(exponent, int | float):
            advice = "Write (x.log() * p).exp() for an exponent that learns."
            raise ArgumentError(expected_got("Tensor **", "a plain number", type(exponent).__name__, advice))
        if exponent == 0:
            return _node("** 0", np.ones_like(self.data), (self,), lambda dy: (np.zeros_like(dy),))
        y = self.data**exponent
        return _node(f"** {exponent}", y, (self,), lambda dy: (dy * exponent * self.data ** (exponent - 1),))

    def __matmul__(self, other: Any) -> Tensor:
        b = self._beside(other)
        if self.data.ndim < 2 or b.data.ndim < 2 or self.shape[-1] != b.shape[-2]:
            advice = "Both need two axes or more, and the inner lengths must agree."
            raise ShapeError(
                expected_got("Tensor @", "shapes (..., N, K) and (..., K, M)", f"{self.shape} and {b.shape}", advice)
            )
        y = _broadcast("@", np.matmul, self, b)
        return _node("@", y, (self, b), lambda dy: (_fork(dy @ b.data.mT, self), _fork(self.data.mT @ dy, b)))

    def __neg__(self) -> Tensor:
        return self * -1.0

    def __sub__(self, other: Any) -> Tensor:
        return self + -self._beside(other)

    def __rsub__(self, other: Any) -> Tensor:
        return self._beside(other) + -self

    def __rtruediv__(self, other: Any) -> Tensor:
        return self._beside(other) / self

    def __rmatmul__(self, other: Any) -> Tensor:
        return self._beside(other) @ self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self) -> Tensor:
        """Return e to the power of each entry; dx = dy * y."""
        y = np.exp(self.data)
        return _node("exp", y, (self,), lambda dy: (dy * y,))

    def log(self) -> Tensor:
        """Return the natural logarithm; dx = dy / x."""
        return _node("log", np.log(self.data), (self,), lambda dy: (dy / self.data,))

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent; dx = dy * (1 - y * y)."""
        y = np.tanh(self.data)
        return _node("tanh", y, (self,), lambda dy: (dy * (1 - y * y),))

    def relu(self) -> Tensor:
        """Return x where x > 0, else 0; dx = dy * (x > 0)."""
        return _node("relu", np.maximum(self.data, 0), (self,), lambda dy: (dy * (self.data > 0),))

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Add up over `axis`; each entry that was added gets the whole dy."""
        y = _fits(lambda: self.data.sum(axis=axis, keepdims=keepdims), f"an axis of shape {self.shape}", axis)
        return _node("sum", y, (self,), lambda dy: (np.broadcast_to(_open(dy, self, axis, keepdims), self.shape),))

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Average over `axis`; each of the n entries gets dy / n."""
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the largest over `axis`; dy goes to it, and entries that tie share it (PyTorch's amax)."""
        y = _fits(lambda: self.data.max(axis=axis, keepdims=True), f"an axis of shape {self.shape}", axis)
        hit = self.data == y
        share = (hit / hit.sum(axis=axis, keepdims=True)).astype(self.data.dtype)
        out = self.data.max(axis=axis, keepdims=keepdims)
        return _node("max", out, (self,), lambda dy: (_open(dy, self, axis, keepdims) * share,))

    def reshape(self, *shape: int) -> Tensor:
        """Give the entries another shape; dx is dy in the old one."""
        y = _fits(lambda: self.data.reshape(shape), f"a shape of {self.data.size} entries", shape)
        return _node("reshape", y, (self,), lambda dy: (dy.reshape(self.shape),))

    def transpose(self, *axes: int) -> Tensor:
        """Order the axes anew, without `axes` backwards; dx is dy in the old order."""
        y = _fits(lambda: self.data.transpose(axes or None), f"the axes of shape {self.shape} in an order", axes)
        order = [axis % self.data.ndim for axis in axes] or list(range(self.data.ndim))[::-1]
        return _node("transpose", y, (self,), lambda dy: (dy.transpose(np.argsort(order)),))

    def __getitem__(self, index: Any) -> Tensor:
        y = _fits(lambda: self.data[index], f"a place in shape {self.shape}", index)

        def pull(dy: Any) -> tuple[Any]:
            dx = np.zeros_like(self.data)
            np.add.at(dx, index, dy)  # an entry that was taken twice gets both errors
            return (dx,)

        return _node("[]", y, (self,), pull)

    def detach(self) -> Tensor:
        """Return the same numbers with no past: no error flows through it."""
        return Tensor(self.data)

    def zero_grad(self) -> None:
        """Forget the gradient, so that the next `backward` starts from nothing."""
        self.grad = None

    def backward(self) -> None:
        """Add d self / d tensor to `grad` of every Tensor with `requires_grad` that was made by hand.

        Raises: ShapeError where self is more than one number, ArgumentError where nothing was recorded.
        """
        if self.data.size != 1:
            advice = "Take the sum or the mean first."
            raise ShapeError(expected_got("backward", "one number", f"shape {self.shape}", advice))
        if not self.requires_grad:
            advice = "Set requires_grad=True, and look for detach() or no_grad() on the way."
            raise ArgumentError(expected_got("backward", "a Tensor with a recorded past", "one without", advice))
        errors: dict[int, Any] = {id(self): np.ones_like(self.data)}
        for node in reversed(recorded(self)):
            dy = errors.pop(id(node))
            if node.pull is None:
                node.grad = dy.copy() if node.grad is None else node.grad + dy
                continue
            for parent, dx in zip(node.parents, node.pull(dy), strict=True):
                if parent.requires_grad:
                    errors[id(parent)] = errors[id(parent)] + dx if id(parent) in errors else dx


def recorded(output: Tensor) -> list[Tensor]:
    """Return every Tensor with a gradient that `output` was computed from, parents first, as Value's order goes."""
    return [node for node in topological_order(output) if node.requires_grad]


def _fork(dy: Any, tensor: Tensor) -> Any:
    """Add up the errors of all copies that broadcasting made of one number: the fork of notebook 4."""
    if dy.shape == tensor.data.shape:
        return dy  # nothing was copied
    extra = dy.ndim - tensor.data.ndim
    copied = [axis + extra for axis, length in enumerate(tensor.shape) if length == 1]
    return dy.sum(axis=(*range(extra), *copied)).reshape(tensor.shape)


def _open(dy: Any, tensor: Tensor, axis: Axis, keepdims: bool) -> Any:
    if keepdims:
        return dy
    return np.expand_dims(dy, tuple(range(tensor.data.ndim)) if axis is None else axis)


def _fits(change: Callable[[], Any], wanted: str, got: object) -> Any:
    """Return change(), what NumPy makes of an axis, a shape or a place; say what was wanted where it refuses."""
    try:
        return change()
    except (ValueError, IndexError, TypeError) as problem:
        raise ShapeError(expected_got("Tensor", wanted, repr(got), f"NumPy says: {problem}.")) from None


def _broadcast(symbol: str, operation: Any, a: Tensor, b: Tensor) -> Any:
    try:
        return operation(a.data, b.data)
    except ValueError:
        advice = "Lengths must agree from the last axis on, or be 1."
        got = f"{a.shape} and {b.shape}"
        raise ShapeError(expected_got(f"Tensor {symbol}", "shapes that broadcast", got, advice)) from None


def _node(op: str, data: Any, parents: tuple[Tensor, ...], pull: Pull) -> Tensor:
    new = Tensor.__new__(Tensor)  # its data were made here: no check and no copy is needed
    new.data, new.grad = np.asarray(data), None
    new.requires_grad = _RECORDING.get() and any(parent.requires_grad for parent in parents)
    new.op, new.parents, new.pull = (op, parents, pull) if new.requires_grad else ("", (), None)
    return new
