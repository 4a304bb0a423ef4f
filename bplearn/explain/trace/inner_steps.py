"""The plain steps inside a residual block and inside an attention, as layers, so that the tracer can walk through them.

They use the arithmetic of bplearn/layers/attention.py itself. A test holds them against the blocks they come from.
Used by `trace_weight`, notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from typing import final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.layers import Attention, Layer
from bplearn.layers.attention import SOFTMAX, mix_backward, scores_backward, scores_of
from bplearn.layers.base import Cache, Grads
from bplearn.parameter import Parameter
from bplearn.tape import Step

Back = tuple[Array | None, Grads]


@final
class Both(Layer):
    """The fork of a residual block: y = [x, x]."""

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return np.concatenate([x, x], axis=-1), {}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> Back:
        through, past = np.split(dy, 2, axis=-1)
        return through + past, {}


@final
class Sum(Layer):
    """The end of a residual block: y = f + x, from [f, x]."""

    def forward(self, x: Array) -> tuple[Array, Cache]:
        through, past = np.split(x, 2, axis=-1)
        return through + past, {}

    derivative = "1"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> Back:
        return np.concatenate([dy, dy], axis=-1), {}


@final
class Beside(Layer):
    """A layer inside a residual block, with the skip carried along: [f, x] -> [layer(f), x]."""

    def __init__(self, layer: Layer, width: int) -> None:
        self.layer, self.width = layer, width

    def named_parameters(self) -> dict[str, Parameter]:
        return self.layer.named_parameters()

    def generators(self) -> tuple[np.random.Generator, ...]:
        return self.layer.generators()

    def forward(self, x: Array) -> tuple[Array, Cache]:
        y, inner = self.layer.forward(x[:, : self.width])
        return np.concatenate([y, x[:, self.width :]], axis=-1), {"inner": inner, "width": y.shape[-1]}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> Back:
        dx, grads = self.layer.backward(dy[:, : cache["width"]], cache["inner"])
        return np.concatenate([dx, dy[:, cache["width"] :]], axis=-1), grads


def width_inside(step: Step) -> int:
    """Return how many outputs a step has without the skips that are carried beside it."""
    layer, cache, width = step.layer, step.cache, step.y.shape[-1]
    while isinstance(layer, Beside):
        layer, cache, width = layer.layer, cache["inner"], cache["width"]
    return int(width)


@final
class Times(Layer):
    """Every token times each of some matrices of an attention: [x Wq, x Wk, x Wv], or mix Wo."""

    def __init__(self, attention: Attention, names: tuple[str, ...]) -> None:
        self.n, self.named = attention.n, {name: attention.named_parameters()[name] for name in names}

    def named_parameters(self) -> dict[str, Parameter]:
        return self.named

    def column(self, output: int, width: int) -> tuple[str, int]:
        """Return by which matrix, and by which of its columns, an output of `width` is made."""
        each = width // len(self.named)
        return list(self.named)[output // each], output % self.n

    def forward(self, x: Array) -> tuple[Array, Cache]:
        W = {name: p.value for name, p in self.named.items()}
        products = [(x.reshape(-1, self.n) @ matrix).reshape(len(x), -1) for matrix in W.values()]
        return np.concatenate(products, axis=-1), {"x": x, "W": W}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> Back:
        x, W = cache["x"].reshape(-1, self.n), cache["W"]
        slopes = dict(zip(W, (part.reshape(-1, self.n) for part in np.split(dy, len(W), axis=-1)), strict=True))
        dx = sum(slopes[name] @ W[name].T for name in W)
        return dx.reshape(len(dy), -1), {name: x.T @ slopes[name] for name in W}


@final
class Scores(Layer):
    """How well the keys answer the queries: [q, k, v] -> [scores, v]."""

    def __init__(self, attention: Attention) -> None:
        self.attention = attention

    def forward(self, x: Array) -> tuple[Array, Cache]:
        q, k, v = np.split(x, 3, axis=-1)
        q, k = self.attention.split(q), self.attention.split(k)
        return np.concatenate([scores_of(q, k).reshape(len(x), -1), v], axis=-1), {"q": q, "k": k}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> Back:
        dscores, dv = cut_scores(self.attention, dy)
        dq, dk = scores_backward(dscores, cache["q"], cache["k"])
        parts = [self.attention.merge(part).reshape(len(dy), -1) for part in (dq, dk)]
        return np.concatenate([*parts, dv], axis=-1), {}


@final
class SeenShares(Layer):
    """The softmax of the scores that a token may see: [scores, v] -> [p, v]."""

    def __init__(self, attention: Attention) -> None:
        self.attention = attention

    def forward(self, x: Array) -> tuple[Array, Cache]:
        scores, v = cut_scores(self.attention, x)
        p, _ = SOFTMAX.forward(scores + self.attention.mask(x.dtype))
        return np.concatenate([p.reshape(len(x), -1), v], axis=-1), {"p": p}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> Back:
        dp, dv = cut_scores(self.attention, dy)
        dscores, _ = SOFTMAX.backward(dp, {"y": cache["p"]})
        return np.concatenate([dscores.reshape(len(dy), -1), dv], axis=-1), {}  # type: ignore[union-attr]


@final
class Mix(Layer):
    """What each token takes of the values: [p, v] -> p v."""

    def __init__(self, attention: Attention) -> None:
        self.attention = attention

    def forward(self, x: Array) -> tuple[Array, Cache]:
        p, v = cut_scores(self.attention, x)
        v = self.attention.split(v)
        return self.attention.merge(p @ v).reshape(len(x), -1), {"p": p, "v": v}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> Back:
        dp, dv = mix_backward(self.attention.split(dy), cache["p"], cache["v"])
        return np.concatenate([dp.reshape(len(dy), -1), self.attention.merge(dv).reshape(len(dy), -1)], axis=-1), {}


def cut_scores(attention: Attention, x: Array) -> tuple[Array, Array]:
    """Cut rows [scores, v]: scores as (N, heads, T, T), v as it lies."""
    heads, length = attention.heads, attention.length
    scores = x[:, : heads * length**2]
    return scores.reshape(len(x), heads, length, length), x[:, heads * length**2 :]
