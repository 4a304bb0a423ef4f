"""The figures of the lessons on the backward pass: samples that add up to one gradient, and pixels that carry an error.

A matrix product hides a sum: here each sample's part stands on its own, and one cell is followed through all of them.
Used in notebooks/06_trace_one_weight.ipynb and notebooks/08_batches_and_shapes.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bplearn.checks.arrays import all_finite, as_floats, expected_got
from bplearn.errors import ArgumentError, ShapeError
from bplearn.plotting.arrays import _GAP, _canvas, _grid
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import Theme, blend, contrast, hide_axes, style
from bplearn.show.text import listed, short


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
        raise ShapeError(
            expected_got("plot_weight_gradient", "x (N, n_in) and dy (N, n_out)", f"{x.shape}, {dy.shape}")
        )
    if not 1 <= len(x) <= 6:
        raise ArgumentError(
            expected_got("plot_weight_gradient", "1 to 6 samples", len(x), "Pass a slice: x[:3], dy[:3].")
        )
    cell = tuple(follow)
    size = (x.shape[1], dy.shape[1])
    if len(cell) != 2 or not all(0 <= i < most for i, most in zip(cell, size, strict=True)):
        raise ShapeError(expected_got("follow", f"a cell (i, j) of dW {size}", repr(follow)))
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
    told = ", ".join(f"{name} {listed(array)}" for name, array in grids.items())
    parts = [listed(array[cell]) for array in grids.values()]
    followed = f"Cell {list(cell)}: {' + '.join(parts[:-1])} = {parts[-1]}"
    return add_alt(ax, f"dW {size} as a sum over {len(x)} samples. {told}. {followed}.")


def plot_input_gradient(
    x: Any, gradient: Any, *, image_shape: tuple[int, int] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw one picture, and beside it how the error answers to more ink at each pixel.

    Shapes: x (D,) or (1, D), gradient dE/dx likewise; `image_shape` (rows, columns), a square where it is None.
    Blue and "+": more ink there makes the error larger; orange and "-": smaller. Depth is the size, and pixels below a
    fourth of the largest carry no sign.
    Raises: ShapeError where the two do not fit each other or the shape.

    >>> from bplearn.plotting import alt_text
    >>> print(alt_text(plot_input_gradient([0.0, 1.0, 0.5, 0.0], [0.2, 0.0, -2.0, 0.1])))
    A picture of 2 x 2 pixels and dE/dx for each. Strongest: row 1, column 0: -2; row 0, column 0: 0.2.

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    ink, slopes = (np.ravel(all_finite(as_floats(array, name), name)) for array, name in ((x, "x"), (gradient, "dx")))
    side = int(np.sqrt(ink.size))
    rows, columns = (side, side) if image_shape is None else image_shape
    if ink.size != slopes.size or rows * columns != ink.size:
        got = f"{ink.size} and {slopes.size} for {rows} x {columns} pixels"
        raise ShapeError(expected_got("plot_input_gradient", "one picture and a gradient of its size", got))
    most = float(np.abs(slopes).max())
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 6.4, 3.3)
        hide_axes(ax, theme)
        dark = float(ink.max()) or 1.0
        paper = [blend("#ffffff", "#16191d", float(np.clip(value / dark, 0, 1))) for value in ink]
        hot = [_shade(float(value), most, theme) for value in slopes]
        signs = ["" if abs(value) < most / 4 or most == 0 else "+" if value > 0 else "-" for value in slopes]
        _pixels(ax, paper, [""] * ink.size, 0, columns, "the picture", theme)
        _pixels(ax, hot, signs, columns + 1.5, columns, "dE/dx: with more ink here, E rises (+) or falls (-)", theme)
        ax.set_xlim(-0.2, 2 * columns + 1.7)
        ax.set_ylim(rows + 0.2, -1.2)
        ax.set_aspect("equal")
    order = np.argsort(-np.abs(slopes), kind="stable")[: min(5, ink.size // 2)]
    strongest = "; ".join(f"row {i // columns}, column {i % columns}: {short(slopes[i])}" for i in order)
    return add_alt(ax, f"A picture of {rows} x {columns} pixels and dE/dx for each. Strongest: {strongest}.")


def _shade(value: float, most: float, theme: Theme) -> str:
    color = theme.positive if value > 0 else theme.negative
    return blend(theme.paper, color, abs(value) / most if most else 0.0)


def _pixels(ax: Axes, fills: list[str], signs: list[str], left: float, columns: int, title: str, theme: Theme) -> None:
    for place, (fill, sign) in enumerate(zip(fills, signs, strict=True)):
        x, y = left + place % columns, place // columns
        ax.add_patch(Rectangle((x, y), 1, 1, facecolor=fill, edgecolor=theme.grid, linewidth=0.6))
        if sign:
            ax.text(x + 0.5, y + 0.5, sign, ha="center", va="center", fontsize=11, color=_on(fill, theme))
    ax.text(left + columns / 2, -0.35, title, ha="center", va="bottom", fontsize=9, color=theme.muted)


def _on(fill: str, theme: Theme) -> str:
    """Return the color of letters that reads best on `fill`: the ink or the paper."""
    return max((theme.ink, theme.paper), key=lambda color: contrast(color, fill))
