"""The figures of the lessons on the backward pass: how the samples of a batch add up to one gradient.

A matrix product hides a sum. Here each sample's part stands on its own, and one cell is followed through all of them.
Used in notebooks/08_batches_and_shapes.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bplearn.errors import ArgumentError, ShapeError
from bplearn.guards import as_floats, say
from bplearn.plotting.arrays import _GAP, _canvas, _grid, _list
from bplearn.plotting.notebook import add_alt
from bplearn.plotting.style import style


def plot_weight_gradient(x: Any, dy: Any, *, follow: tuple[int, int] = (0, 0), ax: Axes | None = None) -> Axes:
    """Draw dW = x.T @ dy as the sum it is: one grid x_n.T @ dy_n for each sample, and the total.

    Shapes: x (N, n_in), dy (N, n_out) -> dW (n_in, n_out), with at most 6 samples. The cell `follow` is tinted.
    Raises: ShapeError where x and dy do not fit or `follow` is outside, ArgumentError for too many samples.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_weight_gradient([[1.0], [3.0]], [[0.5], [0.1]]))
    'dW (1, 1) as a sum over 2 samples. sample 0 [[0.5]], sample 1 [[0.3]], dW [[0.8]]. Cell [0, 0]: 0.5 + 0.3 = 0.8.'

    Introduced in: notebooks/08_batches_and_shapes.ipynb
    """
    x, dy = as_floats(x, "x"), as_floats(dy, "dy")
    if x.ndim != 2 or dy.ndim != 2 or len(x) != len(dy):
        raise ShapeError(say("plot_weight_gradient", "x (N, n_in) and dy (N, n_out)", f"{x.shape}, {dy.shape}"))
    if not 1 <= len(x) <= 6:
        raise ArgumentError(say("plot_weight_gradient", "1 to 6 samples", len(x), "Pass a slice: x[:3], dy[:3]."))
    cell = tuple(follow)
    size = (x.shape[1], dy.shape[1])
    if len(cell) != 2 or not all(0 <= i < most for i, most in zip(cell, size, strict=True)):
        raise ShapeError(say("follow", f"a cell (i, j) of dW {size}", repr(follow)))
    grids = {f"sample {n}": np.outer(x[n], dy[n]) for n in range(len(x))} | {"dW": x.T @ dy}
    signs = ["+"] * (len(x) - 1) + ["=", ""]
    with style(ax=ax) as theme:
        ax = _canvas(ax, grids, theme)
        left = 0.0
        for (name, array), sign in zip(grids.items(), signs, strict=True):
            tinted = np.zeros(size, dtype=bool)
            tinted[cell] = True
            left = _grid(ax, array, left, name, tinted, theme)
            if sign:
                ax.text(left + _GAP / 2, 0, sign, ha="center", va="center", fontsize=13, color=theme.ink)
            left += _GAP
    told = ", ".join(f"{name} {_list(array)}" for name, array in grids.items())
    parts = [_list(array[cell]) for array in grids.values()]
    followed = f"Cell {list(cell)}: {' + '.join(parts[:-1])} = {parts[-1]}"
    return add_alt(ax, f"dW {size} as a sum over {len(x)} samples. {told}. {followed}.")
