"""The one drawing of a network: units in columns, weights as lines between them, and what is laid over both.

The width of a line is a size, its dash a sign; a wide layer shows some units only. Every picture of a network (its
weights, a traced weight, a step of the walkthrough, a training) is this drawing with numbers of its own on it.
First met in notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEUTRAL, PAPER, SOFT, sign_stroke
from bplearn.show.svg import circle, group, line, path, rect, text, text_width
from bplearn.show.text import short

Spot = tuple[float, float]
CROWD = 40  # with more lines between two columns, those of tiny weights are left out


@dataclass(frozen=True)
class UnitColumn:
    """One layer's units: how many there are, which are drawn, where, and the place of the dots for those left out."""

    size: int
    x: float
    units: tuple[int, ...]
    ys: tuple[float, ...]
    dots: float | None = None

    def __contains__(self, unit: object) -> bool:
        return unit in self.units

    def spot(self, unit: int) -> Spot:
        """Return where a unit stands. Raises: ValueError for one that is not drawn."""
        return self.x, self.ys[self.units.index(unit)]


def first_and_last(size: int, most: int) -> tuple[int, ...]:
    """Return the units to draw of a layer: all, or the first ones and the last.

    >>> first_and_last(64, 4)
    (0, 1, 2, 63)
    """
    return tuple(range(size)) if size <= most else (*range(most - 1), size - 1)


def spread(size: int, most: int, wanted: Sequence[int] = ()) -> tuple[int, ...]:
    """Return the units to draw of a layer: all, or some spread evenly, the `wanted` ones among them.

    >>> spread(64, 4, wanted=[20])
    (0, 20, 42, 63)
    """
    if size <= most:
        return tuple(range(size))
    units = np.linspace(0, size - 1, most).round().astype(int).tolist()
    for unit in wanted:
        if unit not in units:
            units[min(range(most), key=lambda place: abs(units[place] - unit))] = unit
    return tuple(sorted(units))


def largest(size: int, most: int, weight: Mapping[int, float]) -> tuple[int, ...]:
    """Return the units to draw of a layer: all, or those of the largest `weight`, a number by unit.

    >>> largest(64, 2, {5: 0.1, 40: 3.0})
    (5, 40)
    """
    if size <= most:
        return tuple(range(size))
    return tuple(sorted(sorted(range(size), key=lambda unit: (-weight.get(unit, 0.0), unit))[:most]))


def layout(
    sizes: Sequence[int], units: Sequence[tuple[int, ...]], xs: Sequence[float], top: float, bottom: float,
    *, rise: float = 0.0, dots: bool = False,
) -> list[UnitColumn]:  # fmt: skip
    """Place the units of all layers from `top` to `bottom`: spread over the height, or `rise` apart in its middle.

    With `dots` a gap before the last unit says that some are left out.

    >>> [column.ys for column in layout([1, 3], [(0,), (0, 1, 2)], [0, 50], 0, 30)]
    [(15.0,), (5.0, 15.0, 25.0)]
    """
    columns = []
    for size, shown, x in zip(sizes, units, xs, strict=True):
        cut = dots and len(shown) < size
        slots = len(shown) + cut
        step = rise or (bottom - top) / slots
        ys = [(top + bottom) / 2 + step * (row - (slots - 1) / 2) for row in range(slots)]
        gap = ys.pop(-2) if cut else None
        columns.append(UnitColumn(size, float(x), tuple(shown), tuple(ys), gap))
    return columns


@dataclass
class NetworkDrawing:
    """Collects the pieces of one picture: weights below, then highlighted lines, then units, then numbers on lines.

    >>> drawing = NetworkDrawing(layout([1, 1], [(0,), (0,)], [20, 90], 0, 40), radius=8)
    >>> drawing.weights(0, np.array([[-0.5]]), largest=1.0)
    >>> drawing.body().count("stroke-dasharray")
    1
    """

    columns: list[UnitColumn]
    radius: float = 0.0
    box: tuple[float, float] = (0.0, 0.0)  # width and height of the units, where they are boxes
    below: list[str] = field(default_factory=list)
    highlights: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def body(self) -> str:
        """Return all pieces; highlighted lines let the clicks through to the weights below it."""
        return "".join([*self.below, group(*self.highlights, *self.labels, pointer_events="none"), *self.units])

    def weights(
        self, place: int, W: Array, *, largest: float, widest: float = 3.6, layer: int | None = None,
        numbers: bool = False, there: Array | None = None,
    ) -> None:  # fmt: skip
        """Draw W (n_left, n_right) between column `place` and the next: width by size, color and dash by sign.

        With `layer` each weight can be clicked, as "edge-layer-i-j". `numbers` writes each on its line. Where `there`
        is false there is no line.
        """
        left, right = self.columns[place], self.columns[place + 1]
        shown = np.nan_to_num(W[np.ix_(left.units, right.units)])
        lines = np.ones_like(shown, bool) if there is None else there[np.ix_(left.units, right.units)]
        sizes = np.minimum(np.abs(shown) / (largest or 1.0), 1.0).tolist()
        crowded, heard = shown.size > CROWD, []
        stops = [f'x2="{right.x:.1f}" y2="{y:.1f}"' for y in right.ys]  # hundreds: text is fastest
        for a, (i, row, strength) in enumerate(zip(left.units, shown.tolist(), sizes, strict=True)):
            start = f'<line x1="{left.x:.1f}" y1="{left.ys[a]:.1f}"'
            for b, (j, number, size, stop) in enumerate(zip(right.units, row, strength, stops, strict=True)):
                if not lines[a, b]:
                    continue
                if size > 0.04 or not crowded:
                    look = f'stroke-width="{0.5 + (widest - 0.5) * size:.1f}" opacity="{0.4 + 0.55 * size:.2f}"'
                    self.below.append(f"{start} {stop} {_LOOK[(number > 0) - (number < 0)]} {look}/>")
                if layer is not None:
                    heard.append(f'{start} {stop} data-key="edge-{layer}-{i}-{j}"/>')
                if numbers:
                    few = len(left.units) == 1 or len(right.units) == 1
                    share = 0.5 if few else 0.3 + 0.4 * a / (len(left.units) - 1)
                    fill = str(sign_stroke(number)["stroke"]) if number else MUTED
                    ends = (left.x, left.ys[a]), (right.x, right.ys[b])
                    self.plate(*ends, short(number), share=share, fill=fill)
        if heard:
            self.below.append(group(*heard, stroke="transparent", stroke_width=9))

    def ends(self, place: int, i: int, j: int) -> tuple[Spot, Spot]:
        """Return where the line from unit i of column `place` to unit j of the next begins and ends."""
        (x1, y1), (x2, y2) = self.columns[place].spot(i), self.columns[place + 1].spot(j)
        return (x1 + self.box[0] / 2, y1), (x2 - self.box[0] / 2, y2)

    def links(self, place: int, there: Array | None = None) -> None:
        """Draw plain lines to the next column: where `there` says so, else from each unit to its own or to all."""
        left, right = self.columns[place : place + 2]
        same = left.units == right.units
        pairs = [(i, j) for i in left.units for j in right.units if i == j or not same]
        if there is not None:
            pairs = [(i, j) for i in left.units for j in right.units if there[i, j]]
        self.below += [line(*start, *end, stroke_width=1.6) for start, end in (self.ends(place, *p) for p in pairs)]

    def skips(self, first: int, last: int) -> None:
        """Draw the way around the columns between two: from each unit in a bow to the same unit there."""
        left, right = self.columns[first], self.columns[last]
        for unit in (unit for unit in left.units if unit in right):
            (x1, y1), (x2, y2) = left.spot(unit), right.spot(unit)
            rise = 0.7 * max(self.radius, 12.0) + 9.0 * (last - first)
            bow: list[str | float] = ["M", x1, y1, "C", x1 + 20, y1 - rise, x2 - 20, y2 - rise, x2, y2]
            self.below.append(path(*bow, stroke=ACCENT, stroke_width=1.4, opacity=0.75))

    def line(self, start: Spot, end: Spot, number: float, width: float, stroke: str | None = None) -> None:
        """Draw one highlighted line: as wide as given, color (unless `stroke` says another) and dash by the sign."""
        look = _LOOK[(number > 0) - (number < 0)] if stroke is None else _look(number, stroke)
        self.highlights.append(f'<line {_ends(start, end)} {look} stroke-width="{width:.2f}"/>')

    def number(
        self, start: Spot, end: Spot, words: str, *, share: float = 0.5, size: float = 12, rise: float = 4,
        fill: str = INK, weight: int | None = None, data_q: str | None = None,
    ) -> None:  # fmt: skip
        """Write words on a line, `share` of the way from start to end."""
        x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        look = {"size": size, "anchor": "middle", "halo": True, "fill": fill}
        self.labels.append(text(x, y + rise, words, **look, font_weight=weight, data_q=data_q))  # type: ignore[arg-type]

    def plate(self, start: Spot, end: Spot, words: str, *, share: float = 0.5, fill: str = INK) -> None:
        """Write words on a line, on a plate in the page's color, so that a broad line does not cross the letters."""
        x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        wide = text_width(words, 12)
        self.labels.append(rect(x - wide / 2, y - 8, wide, 16, fill=PAPER, rx=4))
        self.labels.append(text(x, y + 4, words, size=12, anchor="middle", fill=fill))

    def highlight(self, start: Spot, end: Spot, number: float | None, *, width: float = 3.2) -> None:
        """Draw the chosen line: in the accent's color, on a highlighted ground."""
        dash = None if number is None else sign_stroke(number)["stroke_dasharray"]
        self.highlights.append(line(*start, *end, stroke=GLOW, stroke_width=3.4 * width))
        self.highlights.append(line(*start, *end, stroke=ACCENT, stroke_width=width, stroke_dasharray=dash))

    def unit(
        self, spot: Spot, *, inside: str = "", name: str = "", number: float = 0.0, strength: float = 0.0,
        strong: bool = False, quiet: bool = False,
    ) -> None:  # fmt: skip
        """Draw a unit as a circle, words inside and its name above; `strength` 0..1 tints it by the number's sign."""
        x, y = spot
        rim = NEUTRAL if quiet else INK
        fill = SOFT if quiet else PAPER
        self.units.append(circle(x, y, self.radius, fill=fill, stroke=rim, stroke_width=1.9 if strong else 1.2))
        if strength > 0:
            look = sign_stroke(number)
            rim, dash = str(look["stroke"]), look["stroke_dasharray"]
            tint = {"fill": rim, "fill_opacity": 0.3 * strength, "stroke": rim, "stroke_width": 1.6}
            self.units.append(circle(x, y, self.radius, **tint, stroke_dasharray=dash))  # type: ignore[arg-type]
        if inside:
            self.units.append(text(x, y + 4, inside, size=12, anchor="middle"))
        if name:
            weight = 600 if strong else None
            above = y - self.radius - 5
            self.units.append(text(x, above, name, size=12, anchor="middle", halo=True, font_weight=weight))

    def dots(self) -> None:
        """Draw dots where units of a column are left out."""
        for column in self.columns:
            if column.dots is not None:
                self.units.append(text(column.x, column.dots + 5, "\u22ee", size=18, anchor="middle", fill=MUTED))

    def captions(self, words: Sequence[str], y: float, size: float = 11.5) -> None:
        """Write below (or above) each column what it is; those at the ends stay inside the picture."""
        for column, label in zip(self.columns, words, strict=True):
            self.units.append(text(column.x, y, label, size=size, anchor="middle", fill=MUTED))

    def tag(self, x: float, y: float, words: str) -> None:
        """Write words in a frame of the accent's color."""
        wide = text_width(words, 12) + 8
        self.units.append(rect(x - wide / 2, y - 13, wide, 18, fill=PAPER, stroke=ACCENT, rx=4))
        self.units.append(text(x, y, words, size=12, anchor="middle", fill=ACCENT, font_weight=600))


def _ends(start: Spot, end: Spot) -> str:
    return f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'  # hundreds: text is fastest


def _look(number: float, stroke: str | None = None) -> str:
    look = sign_stroke(number)
    dash = look["stroke_dasharray"]
    return f'stroke="{stroke or look["stroke"]}"' + (f' stroke-dasharray="{dash}"' if dash else "")


_LOOK = {sign: _look(sign) for sign in (-1, 0, 1)}
