"""What every layer is: a pair of pure methods with a visible cache between them.

`forward` returns its output and the cache: all that `backward` will need, by name. A layer keeps nothing and changes no
argument, so a network may use it twice, or make a prediction between the two passes.
Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from bplearn.checks.arrays import Array
from bplearn.checks.layers import checked_forward
from bplearn.checks.settings import check_stays_parameter
from bplearn.parameter import Parameter

Cache = dict[str, Any]
Grads = dict[str, Array]


class Layer(ABC):
    """A function of its input and its parameters that knows its own derivative.

    Attributes that are parameters are found by themselves; all other public attributes are the layer's
    settings and have the names of its constructor's arguments, so that it can be shown and saved.
    What `explain` and the weight tracer show of its backward stands beside it as text: `derivative`, dy/dx of a layer
    that bends each number on its own, such as "{y} * (1 - {y})"; or `equations`, such as {"dx": "dy @ W.T"}.
    """

    derivative: ClassVar[str] = ""
    equations: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def forward(self, x: Array) -> tuple[Array, Cache]:
        """Return the output y and the cache: what backward needs to remember."""

    @abstractmethod
    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        """Turn dL/dy into dL/dx (None where it is not asked for) and dL/dparameter by name."""

    def predict(self, x: Array) -> Array:
        """Return the output for a prediction: the y of forward, checked to be one of a pair."""
        return checked_forward(self, x)[0]

    def __setattr__(self, name: str, value: Any) -> None:
        check_stays_parameter(self, name, value)
        super().__setattr__(name, value)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the layer's parameters in the order of their definition."""
        return tuple(value for value in vars(self).values() if isinstance(value, Parameter))

    def settings(self) -> dict[str, Any]:
        """Return the constructor's arguments that are not parameters."""
        return {name: value for name, value in vars(self).items() if not isinstance(value, Parameter)}

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.settings().items())
        return f"{type(self).__name__}({inside})"
