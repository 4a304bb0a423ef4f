"""Words beside a point of a curve, where no curve and no other words cross them.

Used by the figures of notebooks/00_start_here.ipynb and notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from bplearn.checks.arrays import Array
from bplearn.plotting.style import Theme

_HIGH = 10.0  # of a line of letters, in points
_WIDE = 5.6  # of a letter
_SIDES = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1))
_FAR = (7.0, 13.0, 20.0, 30.0)

Box = tuple[float, float, float, float]  # left, low, right, high, in points


@dataclass
class FreePlaces:
    """The places in some axes that are still free. Make it when all curves are drawn and the limits are final.

    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> _ = ax.plot([0, 1], [0, 1])
    >>> FreePlaces(ax).beside(0.5, 0.5, "0.5")
    (-7.0, 7.0)
    """

    ax: Axes
    taken: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._curves = np.concatenate([np.empty((0, 2)), *self._drawn()])

    def _in_points(self, spots: Array) -> Array:
        figure = self.ax.figure
        return np.asarray(self.ax.transData.transform(spots) * 72 / (figure.dpi if figure is not None else 72.0))

    def _drawn(self) -> Iterator[Array]:
        """The lines of the axes as points a few pixels apart."""
        for line in self.ax.lines:
            spots = self._in_points(np.asarray(line.get_xydata(), dtype=float))
            spots = spots[np.isfinite(spots).all(axis=1)]
            if len(spots):
                way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(spots, axis=0).T))])
                at = np.linspace(0.0, way[-1], max(2, min(int(way[-1] / 2), 4000)))
                yield np.column_stack([np.interp(at, way, spots[:, side]) for side in (0, 1)])

    def beside(self, x: float, y: float, words: str) -> tuple[float, float]:
        """Return how far from the point the words stand, in points; the side that the fewest curves cross."""
        spot = self._in_points(np.array([[x, y]]))[0]
        low, high = self._in_points(np.array(list(zip(self.ax.get_xlim(), self.ax.get_ylim(), strict=True))))
        best, fewest = (_FAR[0], _FAR[0]), np.inf
        for far in _FAR:
            for right, up in _SIDES:
                box = _box(spot, right * far, up * far, words)
                crossed = ((self._curves > box[:2]) & (self._curves < box[2:])).all(axis=1).sum()
                crossed += 50 * sum(_overlap(box, other) for other in self.taken)
                crossed += 50 * bool((box[:2] < low + 2).any() or (box[2:] > high + 4).any())
                if crossed < fewest:
                    best, fewest = (right * far, up * far), crossed
        self.taken.append(tuple(_box(spot, *best, words).tolist()))
        return best

    def write(self, x: float, y: float, words: str, theme: Theme, color: str | None = None) -> None:
        """Write the words beside the point, in the color of its curve or in ink."""
        right, up = self.beside(x, y, words)
        across, up_or_down = ("left", "center", "right")[1 - int(np.sign(right))], "bottom" if up > 0 else "top"
        look: dict[str, Any] = {"ha": across, "va": up_or_down, "color": theme.readable(color or theme.ink)}
        look["path_effects"] = [withStroke(linewidth=3, foreground=theme.paper)]
        self.ax.annotate(words, (x, y), (right, up), textcoords="offset points", fontsize=9, zorder=6, **look)


def _box(spot: Array, right: float, up: float, words: str) -> Array:
    wide = _WIDE * len(words)
    left = spot[0] + right - (0 if right > 0 else wide if right < 0 else wide / 2)
    low = spot[1] + up - (0 if up > 0 else _HIGH)
    return np.array([left - 2, low - 2, left + wide + 2, low + _HIGH + 2])


def _overlap(box: Array, other: Box) -> bool:
    return bool(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3])
