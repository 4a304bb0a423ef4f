"""One image, and beside it how the error changes with more ink at each pixel.

Each pixel that matters holds a sign, so that nobody needs the colors to read it.
Used in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bplearn.checks.arrays import all_finite, as_floats, expected_got
from bplearn.errors import ShapeError
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import Theme, blend, contrast, hide_axes, style
from bplearn.show.text import short


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
