"""What every layer is: a pair of pure methods with a visible cache between them.

`forward` returns its output and the cache: all that `backward` will need, by name. A layer keeps nothing and changes no
argument, so a network may use it twice, or make a prediction between the two passes. Only a random layer (Dropout)
has something that moves: the Generator it draws from.
Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

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
    A block holds other layers: `inner_layers` lists them, and its gradients go by names such as "0.W", layer 0's W.
    What `explain` and the weight tracer show of its backward stands beside it as text: `derivative`, dy/dx of a layer
    that bends each number on its own, such as "{y} * (1 - {y})"; or `equations`, such as {"dx": "dy @ W.T"}.
    """

    derivative: ClassVar[str] = ""
    equations: ClassVar[Mapping[str, str]] = {}
    stacks: ClassVar[bool] = True  # whether a leading axis is a stack of networks, trained side by side

    @abstractmethod
    def forward(self, x: Array) -> tuple[Array, Cache]:
        """Return the output y and the cache: what backward needs to remember."""

    @abstractmethod
    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        """Turn dL/dy into dL/dx (None where it is not asked for) and dL/dparameter by name."""

    def predict(self, x: Array) -> Array:
        """Return the output for a prediction: the y of forward, checked to be one of a pair."""
        return checked_forward(self, x)[0]

    def again(self, x: Array, cache: Cache) -> tuple[Array, Cache]:
        """Do what forward does, with what was drawn for `cache` kept: a random layer overrides it."""
        return self.forward(x)

    def inner_layers(self) -> tuple[Layer, ...]:
        """Return the layers inside: none, but for a block."""
        return ()

    def __setattr__(self, name: str, value: Any) -> None:
        check_stays_parameter(self, name, value)
        super().__setattr__(name, value)

    def parameters(self) -> tuple[Parameter, ...]:
        """Return the layer's parameters in the order of their definition, those of its inner layers behind them."""
        own = tuple(value for value in vars(self).values() if isinstance(value, Parameter))
        return own + tuple(p for layer in self.inner_layers() for p in layer.parameters())

    def named_parameters(self) -> dict[str, Parameter]:
        """Return the parameters by the name that their gradients have: W, and in a block 0.W for that of layer 0."""
        inner = self.inner_layers()
        if not inner:
            return {p.name: p for p in self.parameters()}
        parts = [(place, layer.named_parameters()) for place, layer in enumerate(inner)]
        return {f"{place}.{name}": p for place, named in parts for name, p in named.items()}

    def generators(self) -> tuple[np.random.Generator, ...]:
        """Return the Generators that the layer and its inner layers draw from."""
        own = tuple(value for value in vars(self).values() if isinstance(value, np.random.Generator))
        return own + tuple(rng for layer in self.inner_layers() for rng in layer.generators())

    def settings(self) -> dict[str, Any]:
        """Return the constructor's arguments that are neither parameters nor layers."""
        layers, others = self.inner_layers() or None, Parameter | np.random.Generator
        return {n: value for n, value in vars(self).items() if not (isinstance(value, others) or value is layers)}

    def __repr__(self) -> str:
        inside = [repr(layer) for layer in self.inner_layers()]
        inside += [f"{name}={value!r}" for name, value in self.settings().items()]
        return f"{type(self).__name__}({', '.join(inside)})"


def with_inner_layers(layer: Layer) -> list[Layer]:
    """Return the layer and all layers inside it, those inside first."""
    return [*(found for inner in layer.inner_layers() for found in with_inner_layers(inner)), layer]
