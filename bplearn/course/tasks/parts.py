"""What the tasks' right and wrong numbers are made of: networks of bplearn's layers, some with an altered backward.

An altered layer goes forward as it should and errs on the way back in one known way. Belongs to notebooks/assignments.
"""

# ruff: noqa: ARG001, ARG002, D102 (all have the signature of a backward)

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.layers import Cache, Dense, Grads, Layer, Tanh
from bplearn.network import Sequential

Backward = Callable[[Layer, Array, Cache], tuple[Array | None, Grads]]
TINY = 1e-20  # a step into the complex plane loses no digits, however small it is


@final
class Altered(Layer):
    """A layer whose backward is replaced."""

    def __init__(self, layer: Layer, backward: Backward) -> None:
        self._layer, self._backward = layer, backward

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return self._layer.forward(x)

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        return self._backward(self._layer, dy, cache)

    def parameters(self) -> tuple[Any, ...]:
        return self._layer.parameters()


def dense(W: Any, b: Any) -> Dense:
    """Return the layer with these weights and this bias, in float64."""
    W = np.asarray(W, dtype=np.float64)
    return Dense(*W.shape, weights=W, bias=np.asarray(b, dtype=np.float64).reshape(W.shape[1]))


def tanh_net(*parameters: Any) -> list[Layer]:
    """Return Dense, Tanh, Dense, Tanh, ..., Dense with parameters W1, b1, W2, b2, ..."""
    layers: list[Layer] = []
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        layers += [dense(W, b), Tanh()]
    return layers[:-1]


def backprop(layers: list[Layer], x: Any, d_output: Callable[[Array], Array]) -> tuple[Array, list[Array]]:
    """Go forward and backward; return dL/dx and the gradients of all parameters in order."""
    network = Sequential(*layers)
    y, tape = network.forward(np.asarray(x, dtype=np.float64))
    dx = network.backward(d_output(y), tape)
    grads = [step.grads[name] for step in tape for name in ("W", "b") if step.grads]
    return np.asarray(dx), grads


def slope(function: Callable[[Array], Any], x: Any) -> Array:
    """Return the derivative of an entrywise function by a step into the complex plane, exact to the last digit.

    >>> slope(np.sin, np.array([0.0]))
    array([1.])
    """
    return np.imag(function(np.asarray(x, dtype=np.float64) + 1j * TINY)) / TINY


def log_cosh(e: Array) -> Array:
    """Return log(cosh(e)) for real and complex e of moderate size."""
    return np.log(np.cosh(e))


# Ways to err on the way back: of an activation


def no_slope(layer: Layer, dy: Array, cache: Cache) -> tuple[Array | None, Grads]:
    """The activation's derivative is forgotten."""
    return dy, {}


def slope_twice(layer: Layer, dy: Array, cache: Cache) -> tuple[Array | None, Grads]:
    """The activation's derivative is taken twice."""
    once, _ = layer.backward(dy, cache)
    return layer.backward(np.asarray(once), cache)


# of a dense layer


def with_bias(change: Callable[[Array], Any]) -> Backward:
    """Return a backward whose bias gradient is `change(dy)`."""

    def backward(layer: Layer, dy: Array, cache: Cache) -> tuple[Array | None, Grads]:
        dx, grads = layer.backward(dy, cache)
        return dx, {**grads, "b": np.asarray(change(dy))}

    return backward


def weights_averaged(layer: Layer, dy: Array, cache: Cache) -> tuple[Array | None, Grads]:
    """The gradient of the weights is divided by N once more."""
    dx, grads = layer.backward(dy, cache)
    return dx, {**grads, "W": grads["W"] / len(dy)}


def untransposed(layer: Layer, dy: Array, cache: Cache) -> tuple[Array | None, Grads]:
    """The error goes back through W without its transpose, which only a square W allows."""
    return dy @ cache["W"], layer.backward(dy, cache)[1]


def last_sample(layer: Layer, dy: Array, cache: Cache) -> tuple[Array | None, Grads]:
    """Only the last sample of the batch gives the gradients."""
    dx, _ = layer.backward(dy, cache)
    _, grads = layer.backward(dy[-1:], {**cache, "x": cache["x"][-1:]})
    return dx, grads


OF_DENSE: tuple[tuple[str, Backward], ...] = (
    ("bias-averaged", with_bias(lambda dy: dy.mean(axis=0))),
    ("bias-not-summed", with_bias(lambda dy: dy)),
    ("bias-summed-over-everything", with_bias(lambda dy: dy.sum())),
    ("bias-summed-over-outputs", with_bias(lambda dy: dy.sum(axis=1))),
    ("mean-twice", weights_averaged),
    ("weights-not-transposed", untransposed),
    ("last-sample-only", last_sample),
)
OF_ACTIVATION: tuple[tuple[str, Backward], ...] = (
    ("hidden-derivative-missing", no_slope),
    ("derivative-twice", slope_twice),
)


def altered(layers: list[Layer], backward: Backward, *places: int) -> list[Layer]:
    """Return the layers with those at `places` altered."""
    return [Altered(layer, backward) if place in places else layer for place, layer in enumerate(layers)]
