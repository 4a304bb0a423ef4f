"""Surfaces: costs over one weight or two, with known formulas, and any function of your own as one.

Small surfaces stand for the cost of a network, since a learner can check every number on them by hand. The landscape
panel walks on them.
Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.show.heights import heights_at


@final
@dataclass(frozen=True)
class Surface:
    """A cost over one weight or two: its height, its slopes, where to look and where to start.

    `height` takes an array (..., D) and gives (...); `slope` takes one point (D,) and gives (D,).

    >>> SURFACES["parabola"].height(np.array([[3.0]]))
    array([9.])
    """

    name: str
    words: str
    height: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    low: tuple[float, ...]
    high: tuple[float, ...]
    start: tuple[float, ...]
    cells: int = 161  # how many places along each side of a map are computed


SURFACES = {
    "parabola": Surface(
        "parabola", "L = w^2", lambda w: w[..., 0] ** 2, lambda w: 2 * w, (-12.0,), (12.0,), (10.0,)
    ),
    "two valleys": Surface(
        "two valleys", "L = w^4 / 4 - 2 w^2 + w / 2 + 5",
        lambda w: w[..., 0] ** 4 / 4 - 2 * w[..., 0] ** 2 + w[..., 0] / 2 + 5, lambda w: w**3 - 4 * w + 0.5,
        (-3.2,), (3.2,), (3.0,),
    ),
    "bowl": Surface(
        "bowl", "L = (a^2 + b^2) / 2", lambda w: (w**2).sum(axis=-1) / 2, lambda w: w,
        (-4.0, -4.0), (4.0, 4.0), (-3.0, 2.5),
    ),
    "ravine": Surface(
        "ravine", "L = (a^2 + 20 b^2) / 2", lambda w: (w**2 * (1.0, 20.0)).sum(axis=-1) / 2, lambda w: w * (1.0, 20.0),
        (-4.0, -2.4), (4.0, 2.4), (-3.5, 1.8),
    ),
    "saddle": Surface(
        "saddle", "L = a^2 / 2 - b^2 / 2 + b^4 / 8 + 1/2",
        lambda w: w[..., 0] ** 2 / 2 - w[..., 1] ** 2 / 2 + w[..., 1] ** 4 / 8 + 0.5,
        lambda w: np.stack([w[..., 0], -w[..., 1] + w[..., 1] ** 3 / 2], axis=-1),
        (-3.0, -2.6), (3.0, 2.6), (-2.6, 0.01),
    ),
}  # fmt: skip


def own_surface(
    cost: Callable[..., float], low: Sequence[float], high: Sequence[float], start: Sequence[float]
) -> Surface:
    """Make a surface of your own function of one or two numbers; its slopes are central differences.

    A function that also takes arrays gets one call for the whole map.
    Raises: ArgumentError unless low, high and start are one or two numbers each.

    >>> own_surface(lambda a, b: a * a + 3 * b, [-1, -1], [1, 1], [0.5, 0]).slope(np.array([0.5, 0.0])).round(6)
    array([1., 3.])

    Introduced in: notebooks/03_cost_functions.ipynb
    """
    sizes = {len(low), len(high), len(start)}
    if sizes not in ({1}, {2}):
        raise ArgumentError(
            expected_got("low, high and start", "one number each, or two each", f"{low}, {high}, {start}")
        )

    def height(w: Array) -> Array:
        return heights_at(cost, w)

    def slope(w: Array) -> Array:
        nudges = np.eye(len(w)) * 1e-5
        return (height(w + nudges) - height(w - nudges)) / 2e-5

    ends = tuple(map(float, low)), tuple(map(float, high)), tuple(map(float, start))
    return Surface("your own", "your own cost", height, slope, *ends, cells=21)  # it may be slow


@lru_cache(maxsize=32)
def height_grid(surface: Surface) -> Array:
    """Return the heights on a regular grid over the surface, computed once: the last row is the highest b.

    Shapes: -> (cells,) over one weight, (cells, cells) over two, rows along the second

    >>> height_grid(SURFACES["bowl"]).shape, float(height_grid(SURFACES["bowl"]).min())
    ((161, 161), 0.0)
    """
    sides = [np.linspace(low, high, surface.cells) for low, high in zip(surface.low, surface.high, strict=True)]
    return surface.height(np.stack(np.meshgrid(*sides), axis=-1))
