"""Blocks: layers made of layers. A residual block adds what its layers make of x to x itself.

Its backward shows why deep networks learn with it: dx = dy + (what came back through the layers). The sum is a fork of
one path straight down, whose slope is 1, and of the paths through the layers.
Taught in notebooks/16_any_depth.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, final

from bplearn.checks.arrays import Array
from bplearn.checks.blocks import check_keeps_shape, inside
from bplearn.layers.base import Cache, Grads, Layer


@final
class Residual(Layer):
    """Add what some layers make of x to x itself: y = x + f(x), where f is these layers one after the other.

    Shapes: x (N, D) -> y (N, D); the layers inside lead from D numbers to D numbers.
    Backward: dx = dy + df, where df is what comes back through the layers: the path around them has the slope 1.
    The gradients of the layers inside are named by their place, as in "0.W".
    Raises: ArgumentError for no layers, ShapeError where f(x) has not the shape of x.

    >>> block = Residual(Dense(1, 1, weights=[[0.5]]))
    >>> y, cache = block.forward(np.array([[2.0]]))
    >>> dx, grads = block.backward(np.array([[1.0]]), cache)
    >>> y, dx, grads["0.W"]
    (array([[3.]]), array([[1.5]]), array([[2.]]))

    Source: He et al. 2016.
    Introduced in: notebooks/16_any_depth.ipynb
    """

    def __init__(self, *layers: Layer) -> None:
        self.layers = inside(self, layers)

    def inner_layers(self) -> tuple[Layer, ...]:
        return self.layers

    def forward(self, x: Array) -> tuple[Array, Cache]:
        f, caches = forward_through(self.layers, x)
        check_keeps_shape(self, x, f)
        return x + f, {"caches": caches}

    def predict(self, x: Array) -> Array:
        return x + predict_through(self.layers, x)

    def again(self, x: Array, cache: Cache) -> tuple[Array, Cache]:
        f, caches = again_through(self.layers, x, cache["caches"])
        return x + f, {"caches": caches}

    equations: ClassVar = {"dx": "dy + df, with df from the layers inside"}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        df, grads = backward_through(self.layers, dy, cache["caches"], input_gradient=input_gradient)
        return (None if df is None else dy + df), grads


def forward_through(layers: Sequence[Layer], x: Array) -> tuple[Array, list[Cache]]:
    """Send x through the layers of a block; return the output and each layer's cache."""
    caches = []
    for layer in layers:
        x, cache = layer.forward(x)
        caches.append(cache)
    return x, caches


def predict_through(layers: Sequence[Layer], x: Array) -> Array:
    """Send x through the layers of a block for a prediction."""
    for layer in layers:
        x = layer.predict(x)
    return x


def again_through(layers: Sequence[Layer], x: Array, kept: Sequence[Cache]) -> tuple[Array, list[Cache]]:
    """Do what `forward_through` does, with all that was drawn then."""
    caches = []
    for layer, old in zip(layers, kept, strict=True):
        x, cache = layer.again(x, old)
        caches.append(cache)
    return x, caches


def backward_through(
    layers: Sequence[Layer], dy: Array, caches: Sequence[Cache], *, input_gradient: bool
) -> tuple[Array | None, Grads]:
    """Send dy back through the layers of a block; return dx, and the gradients by place and name: 0.W, 0.b, 2.W."""
    grads: Grads = {}
    for place in reversed(range(len(layers))):
        dx, found = layers[place].backward(dy, caches[place], input_gradient=input_gradient or place > 0)
        grads |= {f"{place}.{name}": grad for name, grad in found.items()}
        dy = dx  # type: ignore[assignment]
    return dx, grads
