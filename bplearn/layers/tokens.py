"""Tokens: letters or words as numbers, a vector for each, and layers that treat every token alike.

A row is one sample: T tokens of D numbers each lie one after the other in it, as an image lies flat.
Taught in notebooks/18_attention.ipynb.
"""

from __future__ import annotations

from typing import Any, ClassVar, final

import numpy as np

from bplearn.checks.arrays import RNG, Array
from bplearn.checks.blocks import check_tokens, inside, token_numbers
from bplearn.checks.layers import first_array
from bplearn.checks.settings import WholeNumber
from bplearn.initializers import Initializer, normal
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.layers.blocks import again_through, backward_through, forward_through, predict_through
from bplearn.parameter import Parameter

SMALL = normal(0.1)


@final
class Embedding(Layer):
    """Look up a vector for each token: y[t] = W[x[t]]; with `length=T` also add one for its place: + P[t].

    Shapes: x (N, T) whole numbers 0..n_tokens-1 -> y (N, T * n_out), with W (n_tokens, n_out) and P (length, n_out).
    Backward: dW[k] = the sum of dy[t] over all places t where token k stands; dP[t] = the sum of dy[t] over samples.
              There is no dx: a number that chooses has no slope.
    Raises: DataError for what is no token, ShapeError for rows of another length.

    >>> layer = Embedding(3, 2, weights=[[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]])
    >>> layer.forward(np.array([[2, 1]]))[0]
    array([[3., 4., 1., 2.]])

    Source: Bengio et al. 2003; the vectors for places: Radford et al. 2018.
    Introduced in: notebooks/18_attention.ipynb
    """

    n_tokens = WholeNumber("Embedding's n_tokens")
    n_out = WholeNumber("Embedding's n_out")
    length = WholeNumber("Embedding's length", or_none=True)
    stacks: ClassVar = False

    def __init__(
        self,
        n_tokens: int,
        n_out: int,
        *,
        length: int | None = None,
        weights: Initializer | Any = SMALL,
        rng: RNG = None,
    ) -> None:
        self.n_tokens, self.n_out, self.length = n_tokens, n_out, length
        self.W = Parameter(first_array(self, "weights", weights, (n_tokens, n_out), rng), "W")
        if length is not None:
            self.P = Parameter(np.zeros((length, n_out)), "P")

    def forward(self, x: Array) -> tuple[Array, Cache]:
        tokens = token_numbers(self, x)
        y = self.W.value[tokens]  # (N, T, n_out)
        if self.length is not None:
            y = y + self.P.value
        return y.reshape(len(x), -1), {"tokens": tokens}

    equations: ClassVar = {"dW": "sum of dy[t] over the places t of a token", "dP": "dy.sum(axis=0)"}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        tokens = cache["tokens"]
        dy = dy.reshape(*tokens.shape, self.n_out)
        dW = np.zeros((self.n_tokens, self.n_out), dy.dtype)
        np.add.at(dW, tokens, dy)  # a token that stands twice gets both
        return None, ({"W": dW} if self.length is None else {"W": dW, "P": dy.sum(axis=0)})

    def __repr__(self) -> str:
        length = "" if self.length is None else f", length={self.length}"
        return f"Embedding({self.n_tokens} -> {self.n_out}{length})"


@final
class PerToken(Layer):
    """Send every token through the same layers: y[t] = f(x[t]) for the `length=T` tokens of a row.

    Shapes: x (N, T * D) -> y (N, T * M), where the layers inside lead from D to M numbers.
    Backward: the tokens are rows of one batch (N * T, D), so a weight's gradient is the sum over samples and places.
    The gradients of the layers inside are named by their place, as in "0.W".
    Raises: ShapeError for rows that are not T tokens.

    >>> PerToken(Dense(1, 1, weights=[[2.0]]), length=3).forward(np.array([[1.0, 2.0, 3.0]]))[0]
    array([[2., 4., 6.]])

    Introduced in: notebooks/18_attention.ipynb
    """

    length = WholeNumber("PerToken's length")

    def __init__(self, *layers: Layer, length: int) -> None:
        self.layers, self.length = inside(self, layers), length

    def inner_layers(self) -> tuple[Layer, ...]:
        return self.layers

    def forward(self, x: Array) -> tuple[Array, Cache]:
        check_tokens(self, x)
        y, caches = forward_through(self.layers, tokens_as_rows(x, self.length))
        return rows_of_tokens(y, self.length), {"caches": caches}

    def predict(self, x: Array) -> Array:
        check_tokens(self, x)
        return rows_of_tokens(predict_through(self.layers, tokens_as_rows(x, self.length)), self.length)

    def again(self, x: Array, cache: Cache) -> tuple[Array, Cache]:
        y, caches = again_through(self.layers, tokens_as_rows(x, self.length), cache["caches"])
        return rows_of_tokens(y, self.length), {"caches": caches}

    equations: ClassVar = {"dx": "dy of each token sent back through the layers inside"}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        rows = tokens_as_rows(dy, self.length)
        dx, grads = backward_through(self.layers, rows, cache["caches"], input_gradient=input_gradient)
        return (None if dx is None else rows_of_tokens(dx, self.length)), grads


def tokens_as_rows(x: Array, length: int) -> Array:
    """Make each token a row of its own: (N, T * D) -> (N * T, D).

    >>> tokens_as_rows(np.array([[1, 2, 3, 4]]), 2).tolist()
    [[1, 2], [3, 4]]
    """
    return x.reshape(*x.shape[:-2], x.shape[-2] * length, x.shape[-1] // length)


def rows_of_tokens(y: Array, length: int) -> Array:
    """Lay the tokens of a sample in one row: (N * T, M) -> (N, T * M), the way back of `tokens_as_rows`.

    >>> rows_of_tokens(np.array([[1, 2], [3, 4]]), 2).tolist()
    [[1, 2, 3, 4]]
    """
    return y.reshape(*y.shape[:-2], y.shape[-2] // length, y.shape[-1] * length)
