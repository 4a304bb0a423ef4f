"""Attention: each token asks all others, and takes a mix of what they offer, weighted by how well they answer.

A token's query meets the keys of all tokens; the softmax of their products says how much it takes of each token's
value. So the error comes back to a token in three ways: by its value, by its key and by its query.
Taught in notebooks/18_attention.ipynb.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, final

import numpy as np

from bplearn.checks.arrays import RNG, Array
from bplearn.checks.blocks import check_heads, check_width
from bplearn.checks.layers import first_arrays
from bplearn.checks.settings import WholeNumber
from bplearn.initializers import Initializer, glorot_uniform
from bplearn.layers.activations import Softmax
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.parameter import Parameter

SOFTMAX = Softmax()  # it works on the last axis, whatever stands before it


@final
class Attention(Layer):
    """Mix the tokens of a row: each takes the values of all, weighted by how well their keys answer its query.

    Shapes: x (N, T * n) -> y (N, T * n), for `length=T` tokens of n numbers, with Wq, Wk, Wv and Wo (n, n).
    Forward:  q, k, v = x Wq, x Wk, x Wv, a row for each token, cut into `heads` parts of d = n / heads numbers;
              p = softmax(q k.T / sqrt(d)), y = (p v) Wo. With `causal` a token sees only itself and those before it.
    Backward: dv = p.T dmix, dp = dmix v.T, dscores = p * (dp - sum(dp * p)),
              dq = dscores k / sqrt(d), dk = dscores.T q / sqrt(d), dx = dq Wq.T + dk Wk.T + dv Wv.T
    Raises: ShapeError for rows of another width, ArgumentError where heads do not divide n.

    >>> one = [[1.0]]
    >>> layer = Attention(1, length=2, weights=(one, [[0.0]], one, one))
    >>> layer.forward(np.array([[1.0, 3.0]]))[0]
    array([[2., 2.]])

    Source: Vaswani et al. 2017, equation 1.
    Introduced in: notebooks/18_attention.ipynb
    """

    n = WholeNumber("Attention's n")
    heads = WholeNumber("Attention's heads")
    length = WholeNumber("Attention's length")
    stacks: ClassVar = False

    def __init__(
        self,
        n: int,
        heads: int = 1,
        *,
        length: int,
        causal: bool = False,
        weights: Initializer | Any = glorot_uniform,
        rng: RNG = None,
    ) -> None:
        self.n, self.heads, self.length, self.causal = n, heads, length, causal
        check_heads(self)
        Wq, Wk, Wv, Wo = first_arrays(self, weights, (n, n), 4, rng)
        self.Wq, self.Wk = Parameter(Wq, "Wq"), Parameter(Wk, "Wk")
        self.Wv, self.Wo = Parameter(Wv, "Wv"), Parameter(Wo, "Wo")

    def forward(self, x: Array) -> tuple[Array, Cache]:
        check_width(self, x, self.length * self.n, "length * n")
        W = {p.name: p.value for p in self.parameters()}
        x = x.reshape(-1, self.n)  # a row for each token
        q, k, v = (self.split(x @ W[name]) for name in ("Wq", "Wk", "Wv"))
        scores = scores_of(q, k)
        p, _ = SOFTMAX.forward(scores + self.mask(scores.dtype))
        mix = self.merge(p @ v)
        y = mix @ W["Wo"]
        return y.reshape(-1, self.length * self.n), {"x": x, "q": q, "k": k, "v": v, "p": p, "mix": mix, **W}

    equations: ClassVar = {
        "dWq": "x.T @ dq, with a row for each token",
        "dWk": "x.T @ dk, with a row for each token",
        "dWv": "x.T @ dv, with a row for each token",
        "dWo": "mix.T @ dy, with a row for each token",
        "dx": "dq @ Wq.T + dk @ Wk.T + dv @ Wv.T, with a row for each token",
    }

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        x, q, k, v, p = (cache[name] for name in ("x", "q", "k", "v", "p"))
        dy = dy.reshape(-1, self.n)
        dp, dv = mix_backward(self.split(dy @ cache["Wo"].T), p, v)
        dscores, _ = SOFTMAX.backward(dp, {"y": p})
        dq, dk = scores_backward(dscores, q, k)  # type: ignore[arg-type]
        dq, dk, dv = self.merge(dq), self.merge(dk), self.merge(dv)
        grads = {"Wq": x.T @ dq, "Wk": x.T @ dk, "Wv": x.T @ dv, "Wo": cache["mix"].T @ dy}
        dx = dq @ cache["Wq"].T + dk @ cache["Wk"].T + dv @ cache["Wv"].T
        return dx.reshape(-1, self.length * self.n), grads

    def split(self, tokens: Array) -> Array:
        """Give each head its part of every token: (N * T, n) -> (N, heads, T, d)."""
        return tokens.reshape(-1, self.length, self.heads, self.n // self.heads).swapaxes(1, 2)

    def merge(self, parts: Array) -> Array:
        """Lay the heads' parts side by side again: the way back of `split`."""
        return parts.swapaxes(1, 2).reshape(-1, self.n)

    def mask(self, dtype: Any) -> Array:
        """Return what is added to the scores (T, T): minus infinity where a token may not look, else 0."""
        later = np.triu(np.ones((self.length, self.length), dtype=bool), 1)
        return np.where(later & self.causal, -np.inf, 0).astype(dtype)

    def __repr__(self) -> str:
        causal = ", causal=True" if self.causal else ""
        return f"Attention({self.n}, heads={self.heads}, length={self.length}{causal})"


def scores_of(q: Array, k: Array) -> Array:
    """How well each key answers each query: q k.T / sqrt(d), (..., T, T).

    >>> scores_of(np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[3.0, 4.0], [6.0, 8.0]]
    """
    return q @ k.mT / math.sqrt(q.shape[-1])


def scores_backward(dscores: Array, q: Array, k: Array) -> tuple[Array, Array]:
    """Turn dL/dscores into dL/dq and dL/dk."""
    dproducts = dscores / math.sqrt(q.shape[-1])
    return dproducts @ k, dproducts.mT @ q


def mix_backward(dmix: Array, p: Array, v: Array) -> tuple[Array, Array]:
    """Turn dL/dmix, of mix = p v, into dL/dp and dL/dv."""
    return dmix @ v.mT, p.mT @ dmix
