"""Arrays as grids of numbers: a layer on a batch, a column minus a row, and a gradient as the sum over samples.

Shapes are easier to see when a reader can count the cells. Rows are samples in every picture.
Taught in notebooks/02_forward_pass.ipynb, 03_cost_functions.ipynb and 08_batches_and_shapes.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bplearn.checks.arrays import Array, as_floats, expected_got
from bplearn.errors import ArgumentError, ShapeError
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import DASHED, Theme, hide_axes, style
from bplearn.show.text import listed, short

_WIDE, _HIGH, _GAP = 1.5, 0.8, 1.0  # a cell, and the room for a sign between two grids
_MOST = 8


def plot_layer(x: Any, W: Any, b: Any, *, ax: Axes | None = None) -> Axes:
    """Draw y = x @ W + b as grids of numbers with their shapes; the first sample and its result are tinted.

    Shapes: x (N, n_in), W (n_in, n_out), b (n_out,) -> y (N, n_out), each with at most 8 rows and columns.
    Raises: ShapeError for arrays that do not fit, ArgumentError for too many cells.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_layer([[1.0, 2.0]], [[0.5], [1.0]], [0.1]))
    'x (1, 2) @ W (2, 1) + b (1,) = y (1, 1). x [[1, 2]], W [[0.5], [1]], b [0.1], y [[2.6]].'

    Introduced in: notebooks/02_forward_pass.ipynb
    """
    x, W, b = (as_floats(array, name) for array, name in ((x, "x"), (W, "W"), (b, "b")))
    if x.ndim != 2 or W.ndim != 2 or x.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        got = f"{x.shape}, {W.shape}, {b.shape}"
        raise ShapeError(expected_got("plot_layer", "x (N, n_in), W (n_in, n_out), b (n_out,)", got))
    grids = {"x": x, "W": W, "b": b, "y": x @ W + b}
    shapes = {name: str(array.shape) for name, array in grids.items()}
    with style(ax=ax) as theme:
        ax = _canvas(ax, grids, theme)
        left = 0.0
        for (name, array), sign in zip(grids.items(), ("@", "+", "=", ""), strict=True):
            rows = np.atleast_2d(array)
            tinted = np.zeros(rows.shape, dtype=bool)
            tinted[0] = name in "xy"
            left = _grid(ax, rows, left, f"{name} {shapes[name]}", tinted, theme)
            ax.text(left + _GAP / 2, 0, sign, ha="center", va="center", fontsize=13, color=theme.ink)
            left += _GAP
    values = ", ".join(f"{name} {listed(array)}" for name, array in grids.items())
    signs = f"x {shapes['x']} @ W {shapes['W']} + b {shapes['b']} = y {shapes['y']}"
    return add_alt(ax, f"{signs}. {values}.")


def plot_broadcast(column: Any, row: Any, *, names: tuple[str, str] = ("y", "t"), ax: Axes | None = None) -> Axes:
    """Draw what NumPy makes of a column (N, 1) minus a row (N,): a table (N, N) in which only the diagonal was meant.

    Shapes: column (N, 1), row (N,), with N at most 8. The meant cells are tinted, the others have dashed frames.
    Raises: ShapeError for other shapes, ArgumentError for too many cells.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_broadcast([[1.0], [2.0]], [1.0, 2.0])).split(". ")[0]
    'y (2, 1) minus t (2,) is a table (2, 2)'

    Introduced in: notebooks/03_cost_functions.ipynb
    """
    column, row = as_floats(column, names[0]), as_floats(row, names[1])
    n = len(row)
    if row.ndim != 1 or column.shape != (n, 1):
        raise ShapeError(
            expected_got("plot_broadcast", "a column (N, 1) and a row (N,)", f"{column.shape}, {row.shape}")
        )
    table = column - row
    grids = {names[0]: column, names[1]: row, f"{names[0]} - {names[1]}": table}
    with style(ax=ax) as theme:
        ax = _canvas(ax, grids, theme)
        left = 0.0
        for (name, array), sign in zip(grids.items(), ("-", "=", ""), strict=True):
            meant = np.eye(n, dtype=bool) if array is table else np.zeros(np.atleast_2d(array).shape, dtype=bool)
            left = _grid(
                ax, np.atleast_2d(array), left, f"{name} {array.shape}", meant, theme, rest_is_wrong=array is table
            )
            ax.text(left + _GAP / 2, 0, sign, ha="center", va="center", fontsize=13, color=theme.ink)
            left += _GAP
    sentence = f"{names[0]} ({n}, 1) minus {names[1]} ({n},) is a table ({n}, {n})"
    meant_words = f"Meant were only the {n} numbers on the diagonal: {listed(np.diag(table))}"
    return add_alt(
        ax, f"{sentence}. {names[0]} {listed(column)}, {names[1]} {listed(row)}, table {listed(table)}. {meant_words}."
    )


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
    sentence = ", ".join(f"{name} {listed(array)}" for name, array in grids.items())
    parts = [listed(array[cell]) for array in grids.values()]
    followed = f"Cell {list(cell)}: {' + '.join(parts[:-1])} = {parts[-1]}"
    return add_alt(ax, f"dW {size} as a sum over {len(x)} samples. {sentence}. {followed}.")


def _canvas(ax: Axes | None, grids: dict[str, Array], theme: Theme) -> Axes:
    shown = [np.atleast_2d(array) for array in grids.values()]
    rows, columns = max(len(array) for array in shown), max(array.shape[1] for array in shown)
    if max(rows, columns) > _MOST:
        raise ArgumentError(
            expected_got("a picture of arrays", f"at most {_MOST} rows and columns", f"{rows} x {columns}")
        )
    width = sum(array.shape[1] for array in shown) * _WIDE + (len(shown) - 1) * _GAP
    height = rows * _HIGH + 1.0
    scale = min(0.5, 8.6 / width)
    ax = axes_or_new(ax, width * scale + 0.2, height * scale + 0.2)
    hide_axes(ax, theme)
    ax.set_xlim(-0.1, width + 0.1)
    ax.set_ylim(-rows * _HIGH / 2 - 0.1, rows * _HIGH / 2 + 0.9)
    ax.set_aspect("equal")
    return ax


def _grid(
    ax: Axes, array: Array, left: float, title: str, tinted: Array, theme: Theme, *, rest_is_wrong: bool = False
) -> float:
    """Draw one grid, centered on height 0; return where it ends."""
    rows, columns = array.shape
    for i in range(rows):
        top = rows * _HIGH / 2 - i * _HIGH
        for j in range(columns):
            fill = theme.tint(theme.positive, 0.8) if tinted[i, j] else theme.paper
            wrong = rest_is_wrong and not tinted[i, j]
            edge = theme.negative if wrong else theme.muted
            place = (left + j * _WIDE + 0.04, top - _HIGH + 0.04)
            box = Rectangle(place, _WIDE - 0.08, _HIGH - 0.08, facecolor=fill, edgecolor=edge, linewidth=1.1)
            box.set_linestyle(DASHED if wrong else "solid")
            ax.add_patch(box)
            middle = (left + (j + 0.5) * _WIDE, top - _HIGH / 2)
            ax.text(*middle, short(float(array[i, j]), 4), ha="center", va="center", fontsize=9, color=theme.ink)
    middle = left + columns * _WIDE / 2
    ax.text(middle, rows * _HIGH / 2 + 0.18, title, ha="center", va="bottom", fontsize=9.5, color=theme.muted)
    return left + columns * _WIDE
