"""The fully connected layer: every output is a weighted sum of all inputs plus a bias.

Rows are samples and W maps inputs (rows of W) to outputs (its columns), so a batch is one matrix product.
Everything happens on the last two axes: with W of shape (K, n_in, n_out) it is K networks at once.
Taught in notebooks/02_forward_pass.ipynb, 05_backward_pass.ipynb and 08_batches_and_shapes.ipynb.
"""

from __future__ import annotations

from typing import Any, final

from bplearn.checks.arrays import RNG, Array, as_rng, expected_got, positive_integer
from bplearn.errors import ArgumentError, ShapeError
from bplearn.functional import matmul, sum_over_samples
from bplearn.initializers import Initializer, glorot_uniform, zeros
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.parameter import Parameter


@final
class Dense(Layer):
    """The fully connected layer y = x W + b.

    Shapes: x (N, n_in) -> y (N, n_out), with W (n_in, n_out) and b (n_out,).
    Forward:  y = x @ W + b
    Backward: dW = x.T @ dy    db = dy.sum(axis=0)    dx = dy @ W.T
    `weights` and `bias` are initializers or arrays; `rng` seeds the weights.
    Raises: ShapeError if x or an array does not fit.

    >>> layer = Dense(2, 1, weights=[[1.0], [2.0]], bias=[0.5])
    >>> y, cache = layer.forward(np.array([[1.0, 1.0]]))
    >>> y
    array([[3.5]])

    Introduced in: notebooks/02_forward_pass.ipynb
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        weights: Initializer | Any = glorot_uniform,
        bias: Initializer | Any = zeros,
        rng: RNG = None,
    ) -> None:
        self.n_in = positive_integer(n_in, "Dense's n_in")
        self.n_out = positive_integer(n_out, "Dense's n_out")
        generator = as_rng(rng)
        for name, value in (("weights", weights), ("bias", bias)):
            if isinstance(value, str | int | float):
                advice = f"Write {name}={'he_uniform' if name == 'weights' else 'zeros'}, or an array."
                raise ArgumentError(expected_got(f"Dense's {name}", "an initializer or an array", repr(value), advice))
        self.W = Parameter(weights((n_in, n_out), generator) if callable(weights) else weights, "W")
        self.b = Parameter(bias((n_out,), generator) if callable(bias) else bias, "b")
        if self.W.shape[-2:] != (n_in, n_out):
            advice = "Rows are inputs and columns are outputs: is it transposed?"
            raise ShapeError(expected_got(f"{self!r}", f"weights of shape {(n_in, n_out)}", self.W.shape, advice))
        stacked = (*self.W.shape[:-2], 1, n_out)  # one bias row for each of K stacked networks
        if self.b.shape != (stacked if self.W.value.ndim > 2 else (n_out,)):
            raise ShapeError(expected_got(f"{self!r}", f"a bias of shape {(n_out,)}", self.b.shape))

    def forward(self, x: Array) -> tuple[Array, Cache]:
        if x.ndim < 2 or x.shape[-1] != self.n_in:
            raise ShapeError(_misfit(self, x))
        W = self.W.value
        return matmul(x, W) + self.b.value, {"x": x, "W": W}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        x, W = cache["x"], cache["W"]
        grads = {"W": matmul(x.mT, dy), "b": sum_over_samples(dy)}
        return (matmul(dy, W.mT) if input_gradient else None), grads

    def __repr__(self) -> str:
        return f"Dense({self.n_in} -> {self.n_out})"


def _misfit(layer: Dense, x: Array) -> str:
    if x.ndim < 2:
        advice = "For one sample write x[None, :]; for one feature x[:, None]."
    elif x.ndim > 2 and x[0].size == layer.n_in:
        advice = "Put a Flatten() before it."
    elif x.shape[-1] > layer.n_in:
        advice = f"Build it as Dense({x.shape[-1]}, {layer.n_out}), or keep {layer.n_in} columns: x[:, :{layer.n_in}]."
    else:
        advice = f"Build it as Dense({x.shape[-1]}, {layer.n_out})."
    return expected_got(f"{layer!r}", f"x of shape (N, {layer.n_in})", x.shape, advice)
