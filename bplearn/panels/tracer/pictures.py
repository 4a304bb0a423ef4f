"""What the weight tracer draws: the network with the lit paths, the factors of each path, the samples, the blame.

The width of a lit line is what passes along it, its dash is the sign, and the number on it is the local derivative.
Used in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from bplearn.checks.arrays import Array
from bplearn.explain.trace.render import summary
from bplearn.layers import Dense, Flatten, Softmax
from bplearn.panels.base.picture import Picture
from bplearn.panels.tracer.logic import Tracer
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEUTRAL, PAPER, SOFT, sign_stroke
from bplearn.show.svg import circle, group, line, rect, short, text, text_width

MOST_UNITS = 6  # of a layer are drawn
RADIUS = 20.0
MOST_SAMPLES = 60
Spot = tuple[float, float]


def trace_network(tracer: Tracer) -> Picture:
    """Draw the network with the paths from the error to the chosen weight lit up; its weights can be clicked.

    >>> trace_network(Tracer.example()).title
    'dE/dW_h[0, 0] = 0.000438568'
    """
    return _Drawing(tracer).picture()


class _Drawing:
    """Places and pieces of one picture."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer, self.tape = tracer, tracer.tape
        self.last = len(tracer.network) - 1
        self.flows, self.factors = tracer.flows(), tracer.factors()
        self.single = len(tracer.trace.x) == 1
        self.width = 620.0
        units = {layer: self._units(layer) for layer in range(-1, self.last + 1)}
        most = max(map(len, units.values()))
        self.top, self.bottom = 36.0, 36.0 + max(164.0, min(58.0 * most, 310.0))
        self.radius = min(RADIUS, 0.32 * (self.bottom - self.top) / most)
        self.height = self.bottom + (32 if self._is_cut(units) else 18)
        step = (self.width - 92) / (self.last + 2)
        self.x = {layer: 48 + step * (layer + 1) for layer in range(-1, self.last + 2)}
        self.spots: dict[tuple[int, int], Spot] = {}
        for layer, shown in units.items():
            for row, unit in enumerate(shown):
                y = self.top + (self.bottom - self.top) * (row + 0.5) / len(shown)
                self.spots[layer, unit] = (self.x[layer], y)
        self.spots[self.last + 1, 0] = (self.x[self.last + 1], (self.top + self.bottom) / 2)
        self.units = units

    def _size(self, layer: int) -> int:
        array: Array = self.tape[layer].y if layer >= 0 else self.tape[0].x
        return int(array[0].size)

    def _is_cut(self, units: dict[int, list[int]]) -> bool:
        return any(len(shown) < self._size(layer) for layer, shown in units.items())

    def _units(self, layer: int) -> list[int]:
        """The units of a layer to draw: all, or those through which most passes."""
        size = self._size(layer)
        if size <= MOST_UNITS:
            return list(range(size))
        weight: dict[int, float] = {}
        for (above, unit, below), amount in self.flows.items():
            if above == layer + 1 and below >= 0:
                weight[below] = weight.get(below, 0.0) + abs(amount)
            if above == layer:
                weight[unit] = weight.get(unit, 0.0) + abs(amount)
        holder, index = self.tracer.holder, self.tracer.index
        if layer == holder.layer - 1 and len(index) == 2:
            weight[index[0]] = math.inf
        if layer == holder.layer:
            weight[index[-1]] = math.inf
        ranked = sorted(range(size), key=lambda unit: (-weight.get(unit, 0.0), unit))
        return sorted(ranked[:MOST_UNITS])

    # ---- pieces ----

    def picture(self) -> Picture:
        trace = self.tracer.trace
        title = f"dE/d{trace.weight} = {short(trace.gradient, 6)}"
        parts = [*self._silent(), *self._lit(), *self._nodes(), *self._captions()]
        return Picture(self.width, self.height, "".join(parts), title, self._words())

    def _silent(self) -> list[str]:
        """All weights, thin, each with a broad line on top that hears clicks."""
        parts = []
        for layer in range(self.last + 1):
            kind = self.tracer.network[layer]
            for above in self.units[layer]:
                end = self.spots[layer, above]
                if isinstance(kind, Dense):
                    for below in self.units[layer - 1]:
                        start = self.spots[layer - 1, below]
                        thin = line(*start, *end, stroke=NEUTRAL, stroke_width=0.9, opacity=0.55)
                        broad = line(*start, *end, stroke="transparent", stroke_width=13)
                        parts.append(group(thin, broad, data_key=f"edge-{layer}-{below}-{above}"))
                elif not isinstance(kind, Softmax | Flatten) and (layer - 1, above) in self.spots:
                    parts.append(line(*self.spots[layer - 1, above], *end, stroke=NEUTRAL, stroke_width=0.9))
        for unit in self.units[self.last]:
            ends = (*self.spots[self.last, unit], *self.spots[self.last + 1, 0])
            parts.append(line(*ends, stroke=NEUTRAL, stroke_width=0.9))
        return parts

    def _lit(self) -> list[str]:
        lines, labels = [], []
        largest = max((abs(amount) for amount in self.flows.values()), default=0.0) or 1.0
        numbers = self.single and len(self.flows) <= 24
        chosen = self.tracer.path
        steps = set() if chosen is None else self._steps_of(chosen.units)
        for key, amount in self.flows.items():
            layer, above, below = key
            start, end = self.spots.get((layer - 1, below)), self.spots.get((layer, above))
            if below < 0:
                lines.append(self._weight())
                continue
            if start is None or end is None:
                continue
            look = sign_stroke(amount)
            if key in steps:
                lines.append(line(*start, *end, stroke=GLOW, stroke_width=15))
            width = 1.4 + 4.6 * abs(amount) / largest
            stroke = str(look["stroke"])
            lines.append(
                line(*start, *end, stroke=stroke, stroke_width=width, stroke_dasharray=look["stroke_dasharray"])
            )
            if numbers:
                part = 0.5 if start[1] == end[1] else 0.42
                x, y = start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])
                labels.append(text(x, y - 5, f"×{short(self.factors[key])}", size=12, anchor="middle", halo=True))
        lines.sort(key=lambda piece: GLOW not in piece)
        return [group(*lines, *labels, pointer_events="none")]  # the weights below must hear the clicks

    @staticmethod
    def _steps_of(units: tuple[tuple[int, int], ...]) -> set[tuple[int, int, int]]:
        keys = {(units[0][0] + 1, 0, units[0][1])}
        return keys | {(a[0], a[1], b[1]) for a, b in itertools.pairwise(units)}

    def _weight(self) -> str:
        """The chosen weight itself: a line in the colour of what is chosen, or a bias below its unit."""
        layer, index = self.tracer.holder.layer, self.tracer.index
        end = self.spots[layer, index[-1]]
        if len(index) == 1:
            return line(end[0] - 25, end[1] + 14, *end, stroke=ACCENT, stroke_width=5)
        start = self.spots[layer - 1, index[0]]
        return line(*start, *end, stroke=ACCENT, stroke_width=6)

    def _nodes(self) -> list[str]:
        parts = []
        names = self.tracer.names
        on_path = {(layer, above) for layer, above, _ in self.flows}
        on_path |= {(layer - 1, below) for layer, _, below in self.flows if below >= 0}
        for (layer, unit), (x, y) in self.spots.items():
            is_error = layer > self.last
            lit = is_error or (layer, unit) in on_path
            value = self.tracer.trace.error if is_error else self._value(layer, unit)
            name = "E" if is_error else names.unit(layer, unit).text
            edge, thick = (INK, 1.8) if lit else (NEUTRAL, 1.0)
            parts.append(circle(x, y, self.radius, fill=PAPER if lit else SOFT, stroke=edge, stroke_width=thick))
            if value is not None:
                parts.append(text(x, y + 4, short(value, 3), size=12, anchor="middle"))
            parts.append(
                text(
                    x, y - self.radius - 4, name, size=12, anchor="middle", halo=True, font_weight=600 if lit else None
                )
            )
        parts += self._biases()
        layer, index = self.tracer.holder.layer, self.tracer.index
        end = self.spots[layer, index[-1]]
        words = short(self.tracer.trace.value, 3)
        if len(index) == 2:
            start = self.spots[layer - 1, index[0]]
            x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 4
        else:
            x, y = end[0] - 36, end[1] + 38
        wide = text_width(words, 12) + 8
        parts.append(rect(x - wide / 2, y - 13, wide, 18, fill=PAPER, stroke=ACCENT, rx=4))
        parts.append(text(x, y, words, size=12, anchor="middle", fill=ACCENT, font_weight=600))
        return parts

    def _biases(self) -> list[str]:
        parts = []
        for layer in range(self.last + 1):
            if not isinstance(self.tracer.network[layer], Dense):
                continue
            for unit in self.units[layer]:
                x, y = self.spots[layer, unit]
                chosen = self.tracer.holder.layer == layer and self.tracer.index == (unit,)
                frame = rect(
                    x - 34,
                    y + 7,
                    18,
                    15,
                    fill=GLOW if chosen else SOFT,
                    stroke=ACCENT if chosen else NEUTRAL,
                    rx=4,
                )
                label = text(x - 25, y + 18, "b", size=10.5, anchor="middle")
                parts.append(group(frame, label, data_key=f"bias-{layer}-{unit}"))
        return parts

    def _value(self, layer: int, unit: int) -> float | None:
        if not self.single:
            return None
        array = self.tape[layer].y if layer >= 0 else self.tape[0].x
        return float(array[0].flat[unit])

    def _captions(self) -> list[str]:
        parts = []
        for layer in range(-1, self.last + 2):
            words = "input" if layer < 0 else "error"
            if 0 <= layer <= self.last:
                words = type(self.tracer.network[layer]).__name__
            hidden = 0 if layer > self.last else self._size(layer) - len(self.units[layer])
            words += f"\n{hidden} not drawn" if hidden else ""
            parts.append(text(self.x[layer], self.bottom + 14, words, size=11.5, anchor="middle", fill=MUTED))
        how = "Solid: raises the error with the weight, dashed: lowers it. Wide: much." if self.flows else ""
        parts.append(text(4, 14, how, size=12, fill=MUTED))
        if not self.flows:
            middle = (self.width / 2, (self.top + self.bottom) / 2)
            parts.append(text(*middle, "no path carries anything", size=14, anchor="middle", halo=True))
        return parts

    def _words(self) -> str:
        trace, paths = self.tracer.trace, self.tracer.paths
        said = [f"{trace.weight} = {short(trace.value)}, {self.tracer.place_name()}, E = {short(trace.error)}"]
        said += [f"{path.route}: {' × '.join(map(short, path.values))} = {short(path.product)}" for path in paths[:3]]
        said.append(f"{summary(trace)}")
        return ". ".join(said) + "."


def sample_bars(tracer: Tracer) -> Picture:
    """Draw each sample's own gradient for the weight as a bar to click; the line is their mean, the batch's gradient.

    >>> sample_bars(Tracer.example()).desc[:40]
    'Sample 0: 0.0004386. Sample 1: 0.0109. S'
    """
    shares = tracer.shares()[:MOST_SAMPLES]
    width, height, top, bottom = 270.0, 218.0, 64.0, 172.0
    name = tracer.trace.weight.text
    mean = math.fsum(tracer.shares()) / len(tracer.x)
    low, high = min(0.0, *shares, mean), max(0.0, *shares, mean)
    span = (high - low) or 1.0
    step = min(60.0, (width - 16) / len(shares))

    def height_of(value: float) -> float:
        return bottom - (bottom - top) * (value - low) / span

    zero, end = height_of(0.0), 8 + step * len(shares)
    parts = [text(4, 14, f"∂E/∂{name}, sample by sample", size=12.5, font_weight=600)]
    parts.append(line(4, 30, 26, 30, stroke=ACCENT, stroke_width=2.4, stroke_dasharray="2 3"))
    parts.append(text(31, 34, f"their mean {short(mean, 3)}: the batch's", size=12, fill=ACCENT))
    for n, value in enumerate(shares):
        x, y = 8 + step * n, height_of(value)
        look: dict[str, Any] = {**sign_stroke(value)}
        chosen = tracer.sample == n
        look |= {"fill": GLOW if chosen else SOFT, "stroke_width": 2.6 if chosen else 1.4}
        bar = rect(x + 2, min(y, zero), max(step - 4, 1.0), max(abs(y - zero), 1.0), **look)
        hit = rect(x, top - 14, step, bottom - top + 30, fill="transparent")
        named = step > 20 or n % 5 == 0
        weight = 700 if chosen else None
        label = text(x + step / 2, bottom + 18, f"{n}", size=12, anchor="middle", font_weight=weight)
        above = min(y, zero) - 4
        number = text(x + step / 2, above, short(value, 2), size=11.5, anchor="middle", halo=True) if step > 41 else ""
        parts.append(group(hit, bar, label if named else "", number, data_key=f"sample-{n}"))
    parts.append(line(6, zero, end + 2, zero, stroke=INK))
    y = height_of(mean)
    parts.append(line(4, y, end + 4, y, stroke=ACCENT, stroke_width=2.4, stroke_dasharray="2 3", pointer_events="none"))
    parts.append(text(8, height - 8, "sample: click one", size=11.5, fill=MUTED))
    said = " ".join(f"Sample {n}: {short(value)}." for n, value in enumerate(shares[:12]))
    return Picture(width, height, "".join(parts), f"Gradient for {name} by sample", f"{said} Mean {short(mean)}.")
