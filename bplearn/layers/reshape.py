"""Layers that change a shape and no number.

Images come as rows and columns of pixels; a dense layer wants them in one row.
Taught in notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from typing import ClassVar, final

from bplearn.checks.arrays import Array
from bplearn.layers.base import Cache, Grads, Layer


@final
class Flatten(Layer):
    """Lay all entries of a sample in one row.

    Shapes: x (N, A, B, ...) -> y (N, A * B * ...)

    >>> Flatten().forward(np.zeros((5, 8, 8)))[0].shape
    (5, 64)
    """

    stacks: ClassVar = False

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return x.reshape(len(x), -1), {"shape": x.shape}

    derivative = "1"
    equations: ClassVar = {"dx": "dy in the shape of x"}

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        return (dy.reshape(cache["shape"]) if input_gradient else None), {}
