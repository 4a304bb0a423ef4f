"""Normalization: bring the numbers of each sample to mean 0 and spread 1, so that no layer gets signals out of scale.

The mean and the spread depend on every number of the row. So each input is a fork: its own path, one through the mean
and one through the spread; its derivative has three terms.
Taught in notebooks/16_any_depth.ipynb and notebooks/17_layers_of_today.ipynb.
"""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.checks.blocks import check_width
from bplearn.checks.settings import Range, WholeNumber
from bplearn.functional import sum_over_samples
from bplearn.layers.base import Cache, Grads, Layer
from bplearn.parameter import Parameter


@final
class LayerNorm(Layer):
    """Bring each row to mean 0 and spread 1, then scale and shift each column: y = g * (x - mean) / std + b.

    Shapes: x (N, n) -> y (N, n), with the gain g (n,) and the bias b (n,), which start at 1 and 0.
    Forward:  normed = (x - mean(x)) / std, std = sqrt(mean((x - mean(x))^2) + epsilon): means over the row
    Backward: dx = (dn - mean(dn) - normed * mean(dn * normed)) / std, with dn = dy * g
    Raises: ShapeError for rows of another width.

    >>> LayerNorm(2, epsilon=0).forward(np.array([[1.0, 5.0]]))[0]
    array([[-1.,  1.]])

    Source: Ba, Kiros and Hinton 2016.
    Introduced in: notebooks/16_any_depth.ipynb
    """

    n = WholeNumber("LayerNorm's n")
    epsilon = Range("LayerNorm's epsilon", 0)

    def __init__(self, n: int, *, epsilon: float = 1e-5) -> None:
        self.n, self.epsilon = n, epsilon
        self.g, self.b = Parameter(np.ones(self.n), "g"), Parameter(np.zeros(self.n), "b")

    def forward(self, x: Array) -> tuple[Array, Cache]:
        check_width(self, x, self.n, "LayerNorm's n")
        g, b = self.g.value, self.b.value
        centred = x - x.mean(axis=-1, keepdims=True)
        std = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self.epsilon)
        normed = centred / std
        return g * normed + b, {"normed": normed, "std": std, "g": g}

    equations: ClassVar = {
        "dg": "(dy * normed).sum(axis=0)",
        "db": "dy.sum(axis=0)",
        "dx": "(dn - mean(dn) - normed * mean(dn * normed)) / std, with dn = dy * g",
    }

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        normed, std, g = cache["normed"], cache["std"], cache["g"]
        grads = {"g": sum_over_samples(dy * normed), "b": sum_over_samples(dy)}
        dn = dy * g
        through_spread = normed * (dn * normed).mean(axis=-1, keepdims=True)
        dx = (dn - dn.mean(axis=-1, keepdims=True) - through_spread) / std
        return dx, grads

    def __repr__(self) -> str:
        return f"LayerNorm({self.n})"
