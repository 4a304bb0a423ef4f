"""The fully connected layer: every output is a weighted sum of all inputs plus a bias.

Rows are samples and W maps inputs (rows of W) to outputs (its columns), so a batch is one matrix product.
Everything happens on the last two axes: with W of shape (K, n_in, n_out) it is K networks at once.
Taught in notebooks/02_forward_pass.ipynb, 05_backward_pass.ipynb and 08_batches_and_shapes.ipynb.
"""

from __future__ import annotations

from typing import Any, ClassVar, final

from bplearn.checks.arrays import RNG, Array
from bplearn.checks.layers import check_columns, first_values
from bplearn.checks.settings import WholeNumber
from bplearn.functional import matmul, sum_over_samples
from bplearn.initializers import Initializer, glorot_uniform, zeros
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.parameter import Parameter


@final
class Dense(Layer):
    """The fully connected layer y = x W + b.

    Shapes: x (N, n_in) -> y (N, n_out), with W (n_in, n_out) and b (n_out,).
    `weights` and `bias` are initializers or arrays; `rng` seeds the weights.
    Raises: ShapeError if x or an array does not fit.

    >>> layer = Dense(2, 1, weights=[[1.0], [2.0]], bias=[0.5])
    >>> y, cache = layer.forward(np.array([[1.0, 1.0]]))
    >>> y
    array([[3.5]])

    Introduced in: notebooks/02_forward_pass.ipynb
    """

    n_in = WholeNumber("Dense's n_in")
    n_out = WholeNumber("Dense's n_out")

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        weights: Initializer | Any = glorot_uniform,
        bias: Initializer | Any = zeros,
        rng: RNG = None,
    ) -> None:
        self.n_in, self.n_out = n_in, n_out
        W, b = first_values(self, weights, bias, rng)
        self.W, self.b = Parameter(W, "W"), Parameter(b, "b")

    def forward(self, x: Array) -> tuple[Array, Cache]:
        check_columns(self, x)
        W, b = self.W.value, self.b.value
        return matmul(x, W) + b, {"x": x, "W": W}

    equations: ClassVar = {"dW": "x.T @ dy", "db": "dy.sum(axis=0)", "dx": "dy @ W.T"}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        x, W = cache["x"], cache["W"]
        grads = {"W": matmul(x.mT, dy), "b": sum_over_samples(dy)}
        dx = matmul(dy, W.mT) if input_gradient else None
        return dx, grads

    def __repr__(self) -> str:
        return f"Dense({self.n_in} -> {self.n_out})"
