"""The table that says what a network is made of: layers, shapes, parameter counts.

Taught in notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.layers import Attention, Convolution, Dense, Embedding, Layer, LayerNorm, MaxPooling, PerToken
from bplearn.parameter import ParameterVector
from bplearn.show.table import Table

HEADINGS = ("layer", "output shape", "parameters", "count")


def summarize(layers: Sequence[Layer], parameters: ParameterVector, input_shape: tuple[int, ...] | None) -> Table:
    """Return the table of `layers`: shapes are found by sending one blank sample through them.

    Raises: ArgumentError where no layer tells the width of its input and no shape is given.

    >>> print(summarize([Dense(2, 1, rng=0)], ParameterVector([]), None).rows[0][0])
    Dense(2 -> 1)
    """
    if input_shape is None:
        width = input_width(layers)
        if width is None:
            raise ArgumentError(
                expected_got("summary", "a Dense layer or input_shape", "neither", "Write summary((8, 8)).")
            )
        input_shape = (width,)
    x = np.zeros((1, *input_shape))
    rows, seen = [], set[int]()
    for layer in layers:
        x = layer.predict(x)
        fresh = [p for p in layer.parameters() if id(p) not in seen]
        shared = len(layer.parameters()) - len(fresh)
        seen.update(id(p) for p in fresh)
        shapes = ", ".join(f"{name} {p.shape}" for name, p in layer.named_parameters().items())
        shapes += " (shared)" if shared else ""
        rows.append(
            (repr(layer), f"(N, {', '.join(map(str, x.shape[1:]))})", shapes, f"{sum(p.size for p in fresh):,}")
        )
    return Table("", HEADINGS, tuple(rows), (f"{parameters.size:,} numbers to learn",))


def input_width(layers: Sequence[Layer]) -> int | None:
    """Return how wide the rows are that the first layer with a width expects, None where none says it.

    >>> input_width([Tanh(), Residual(Dense(3, 3, rng=0))]), input_width([Tanh()])
    (3, None)
    """
    for layer in layers:
        match layer:
            case Dense():
                return layer.n_in
            case LayerNorm():
                return layer.n
            case Embedding():
                return layer.length  # without places to learn, rows of any length fit
            case Attention():
                return layer.length * layer.n
            case Convolution():
                return layer.n_in * layer.image[0] * layer.image[1]
            case MaxPooling():
                return layer.channels * layer.image[0] * layer.image[1]
        inside = input_width(layer.inner_layers())
        if inside is not None:
            return inside * layer.length if isinstance(layer, PerToken) else inside
    return None
