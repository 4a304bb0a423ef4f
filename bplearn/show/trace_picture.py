"""The paths from one weight to the error, laid over the drawing of the network.

The width of a highlighted line is the product that passes along it, summed over the strongest paths. Its dash is the
sign, and the number on it is the local derivative. Taught in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplearn.explain.trace import WeightTrace
from bplearn.explain.trace.paths import Path, Paths
from bplearn.layers import Dense, Flatten, Softmax
from bplearn.losses import SoftmaxCrossEntropy
from bplearn.show.network import NetworkDrawing, Spot, largest, layout
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEUTRAL, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import group, line, rect, text
from bplearn.show.text import short

MOST_UNITS = 6  # of a layer are drawn
FEW = 24  # with at most so many highlighted lines each carries its local derivative
STEP = 114.0  # between two columns
Edge = tuple[int, int, int]  # layer, unit above, unit below; -1 stands below the weight itself


@dataclass
class Flow:
    """What passes along one line: the sum of the products of all paths on it, and the local derivative."""

    amount: float = 0.0
    factor: float = 0.0


def flows(trace: WeightTrace, paths: Paths) -> dict[Edge, Flow]:
    """Return what passes along each step of the paths, from the error down to the weight.

    The step from the last layer to the error is (number of layers, 0, unit); the weight's own is (use, unit, -1).
    """
    found: dict[Edge, Flow] = defaultdict(Flow)
    for path in paths:
        for edge, value in zip(_edges(trace, path), path.by_layer, strict=True):
            found[edge].amount += path.product
            found[edge].factor = value
    return dict(found)


def _edges(trace: WeightTrace, path: Path) -> list[Edge]:
    units = path.units
    steps = [(above[0], above[1], below[1]) for above, below in itertools.pairwise(units)]
    return [(len(trace.network), 0, units[0][1]), *steps, (units[-1][0], units[-1][1], -1)]


def trace_picture(trace: WeightTrace, *, top: int, chosen: Path | None = None, live: bool = False) -> Picture:
    """Draw the network with the `top` strongest paths of a trace highlighted, and what arrives by each output.

    A picture that is `live` has weights and biases to click in place of the sums; the path `chosen` is highlighted.

    >>> network = Sequential(Dense(1, 1, weights=[[2.0]]), Dense(1, 1, weights=[[3.0]]))
    >>> trace_picture(trace_weight(network, [[5.0]], [[0.0]], HalfSquaredError(), 0, (0, 0)), top=3).title
    'dE/dW_h[0, 0] = 450'
    """
    return _TracePicture(trace, trace.paths(top), chosen, live).picture()


class _TracePicture:
    """What all pieces of one picture need: the trace, its flows, and where the units stand."""

    def __init__(self, trace: WeightTrace, paths: Paths, chosen: Path | None, live: bool) -> None:
        self.trace, self.paths, self.live = trace, paths, live
        self.tape, self.names = trace.formatter.tape, trace.formatter.names
        self.last = len(trace.network) - 1
        self.flows = flows(trace, paths)
        self.chosen = set() if chosen is None else set(_edges(trace, chosen))
        sizes = [int(np.size(self._outputs(layer)[0])) for layer in range(-1, self.last + 1)]
        shown = [largest(size, MOST_UNITS, self._weights_of(layer)) for layer, size in enumerate(sizes, start=-1)]
        most = max(map(len, shown))
        high = max(164.0, min(58.0 * most, 280.0)) if live else max(164.0, 68.0 * most)
        self.top, self.bottom = 36.0, 36.0 + high
        step = (620 - 92) / (self.last + 2) if live else STEP
        xs = [48 + step * place for place in range(len(sizes) + 1)]
        places = layout([*sizes, 1], [*shown, (0,)], xs, self.top, self.bottom)
        self.drawing = NetworkDrawing(places, radius=min(20.0, 0.32 * (self.bottom - self.top) / most))
        self.cut = [size - len(units) for size, units in zip(sizes, shown, strict=True)]

    def _outputs(self, layer: int) -> Any:
        return self.tape[layer].y if layer >= 0 else self.tape[0].x

    def _weights_of(self, layer: int) -> dict[int, float]:
        """How much passes through each unit of a layer; the ends of the weight count most."""
        weight: dict[int, float] = defaultdict(float)
        for (above, unit, below), flow in self.flows.items():
            if above == layer + 1 and below >= 0:
                weight[below] += abs(flow.amount)
            if above == layer:
                weight[unit] += abs(flow.amount)
            if above == layer + 1 and below < 0 and not isinstance(self.trace.network[above], Dense):
                for seen in self._joined(above, unit):  # what a kernel, a norm or a block looks at there
                    weight[seen] += abs(flow.amount)
        for use in self.trace.uses:
            if not isinstance(self.trace.network[use], Dense):
                continue
            if layer == use - 1 and len(self.trace.index) == 2:
                weight[self.trace.index[0]] = math.inf
            if layer == use:
                weight[self.trace.index[-1]] = math.inf
        return weight

    def _spot(self, layer: int, unit: int) -> Spot | None:
        column = self.drawing.columns[layer + 1]
        return column.spot(unit) if unit in column else None

    def picture(self) -> Picture:
        parts = [*self._network(), self._drawn(), *self._captions()]
        width = self.drawing.columns[-1].x + 44.0
        if not self.live:
            parts.append(self._sums(width - 14))
            width += 140
        height = self.bottom + (32 if any(self.cut) else 18)
        title = f"dE/d{self.trace.weight} = {short(self.trace.gradient, 6)}"
        return Picture(width, height, "".join(parts), title, self._words())

    def _network(self) -> list[str]:
        """All connections, thin; in a live picture each weight has a broad line on top that hears clicks."""
        parts = []
        look: dict[str, Any] = {"stroke": NEUTRAL, "stroke_width": 0.9, "opacity": 0.6}
        for layer, kind in enumerate(self.trace.network):
            for above in self.drawing.columns[layer + 1].units:
                end = self.drawing.columns[layer + 1].spot(above)
                if isinstance(kind, Dense):
                    for below in self.drawing.columns[layer].units:
                        start = self.drawing.columns[layer].spot(below)
                        thin = line(*start, *end, **look)
                        broad = line(*start, *end, stroke="transparent", stroke_width=13)
                        parts.append(
                            group(thin, broad, data_key=f"edge-{layer}-{below}-{above}") if self.live else thin
                        )
                    continue
                column = self.drawing.columns[layer]
                joined = (below for below in self._joined(layer, above) if below in column)
                parts += [line(*column.spot(below), *end, **look) for below in joined]
        outputs = self.drawing.columns[self.last + 1]
        error = self.drawing.columns[-1].spot(0)
        return [*parts, *(line(*outputs.spot(unit), *error, **look) for unit in outputs.units)]

    def _joined(self, layer: int, above: int) -> list[int]:
        """Return the inputs that an output of a layer answers to for the samples of the trace."""
        kind, step = self.trace.network[layer], self.tape[layer]
        if isinstance(kind, Softmax | Flatten):
            return []
        if kind.derivative:
            return [above]  # each number is bent on its own
        dy = np.zeros((len(step.y), step.y[0].size))
        dy[self.trace.rows, above] = 1
        dx, _ = kind.backward(dy.reshape(step.y.shape), step.cache)
        return [] if dx is None else np.flatnonzero(dx.reshape(len(dx), -1).any(axis=0)).tolist()

    def _drawn(self) -> str:
        """The highlighted lines, the units with names and numbers, and the weight's own value."""
        trace, drawing = self.trace, self.drawing
        most = max((abs(flow.amount) for flow in self.flows.values()), default=0.0) or 1.0
        numbers = len(trace.rows) == 1 and len(self.flows) <= FEW
        for edge, flow in self.flows.items():
            layer, above, below = edge
            start, end = self._spot(layer - 1, below), self._spot(layer, above)
            if start is None or end is None:
                continue
            if edge in self.chosen:
                drawing.highlights.insert(0, line(*start, *end, stroke=GLOW, stroke_width=15))
            drawing.line(start, end, flow.amount, 1.4 + 4.6 * abs(flow.amount) / most)
            if numbers:
                factor = f"×{short(flow.factor)}"
                if start[1] == end[1]:
                    drawing.number(start, end, factor, rise=-6)
                else:
                    drawing.plate(start, end, factor, share=0.42)
        digits = 3 if drawing.radius >= 18 else 2
        on_path = {(layer, above) for layer, above, _ in self.flows}
        on_path |= {(layer - 1, below) for layer, _, below in self.flows if below >= 0}
        for layer, column in enumerate(drawing.columns, start=-1):
            for unit in column.units:
                strong = layer > self.last or (layer, unit) in on_path
                number = "" if len(trace.rows) > 1 and layer <= self.last else short(self._value(layer, unit), digits)
                name, spot = self._name(layer, unit), column.spot(unit)
                if self.live and "class" in name:  # to the right of the bias below the unit before
                    words = text(spot[0] - 14, spot[1] - drawing.radius - 5, name, size=12, halo=True)
                    drawing.units.append(words)
                    name = ""
                drawing.unit(
                    spot,
                    inside=number,
                    name=name,
                    strong=strong,
                    quiet=not strong,
                )
        if self.live:
            self._bias_buttons()
        for use in trace.uses:
            self._weight(use)
        return drawing.body()

    def _value(self, layer: int, unit: int) -> float:
        return self.trace.error if layer > self.last else float(self._outputs(layer)[self.trace.rows[0]].flat[unit])

    def _name(self, layer: int, unit: int) -> str:
        if layer > self.last:
            return "E"
        name, loss = self.names.unit(layer, unit).text, self.trace.loss
        if layer < self.last or not isinstance(loss, SoftmaxCrossEntropy):
            return name
        token, chosen = divmod(unit, np.size(self._outputs(layer)[0]) // (loss.length or 1))
        return f"{name}, class {chosen} at {token}" if loss.length else f"{name}, class {chosen}"

    def _weight(self, use: int) -> None:
        """The traced weight: a thick line of its own colour, or a mark beside the unit of a bias, with its value."""
        index, value = self.trace.index, short(self.trace.value, 3)
        is_dense = isinstance(self.trace.network[use], Dense)
        ends = [index[-1]] if is_dense else [path.units[-1][1] for path in self.paths if path.use == use]
        if not ends or self._spot(use, ends[0]) is None:
            return
        x, y = self.drawing.columns[use + 1].spot(ends[0])
        if len(index) == 1 or not is_dense:
            lowest = not is_dense and y + 45 > self.bottom  # below it stand the captions
            side, away = (-14, -20) if lowest else (14, 38)
            self.drawing.highlights.append(line(x - 25, y + side, x, y, stroke=ACCENT, stroke_width=5))
            self.drawing.tag(x - (62 if lowest else 36), y + away, value)
            return
        start = self.drawing.columns[use].spot(index[0])
        self.drawing.highlights.append(line(*start, x, y, stroke=ACCENT, stroke_width=6))
        self.drawing.tag((start[0] + x) / 2, (start[1] + y) / 2 + 4, value)

    def _bias_buttons(self) -> None:
        for layer, kind in enumerate(self.trace.network):
            column = self.drawing.columns[layer + 1]
            for unit in column.units if isinstance(kind, Dense) else ():
                x, y = column.spot(unit)
                chosen = layer in self.trace.uses and self.trace.index == (unit,)
                look = {"fill": GLOW if chosen else SOFT, "stroke": ACCENT if chosen else NEUTRAL}
                frame = rect(x - 34, y + 7, 18, 15, **look, rx=4)
                label = text(x - 25, y + 18, "b", size=12, anchor="middle")
                self.drawing.units.append(group(frame, label, data_key=f"bias-{layer}-{unit}"))

    def _captions(self) -> list[str]:
        parts = []
        kinds = ["input", *(type(layer).__name__ for layer in self.trace.network), "error"]
        for column, words, cut in zip(self.drawing.columns, kinds, [*self.cut, 0], strict=True):
            described = words + (f"\n{cut} not drawn" if cut else "")
            parts.append(text(column.x, self.bottom + 14, described, size=12, anchor="middle", fill=MUTED))
        how = "Solid: raises the error with the weight, dashed: lowers it. Wide: much." if self.flows else ""
        parts.append(text(4, 14, how, size=12, fill=MUTED))
        if not self.flows:
            x = (self.drawing.columns[0].x + self.drawing.columns[-1].x) / 2
            nothing = "no path carries anything"
            parts.append(text(x, (self.top + self.bottom) / 2, nothing, size=14, anchor="middle", halo=True))
        return parts

    def _sums(self, x: float) -> str:
        """Write to the right what arrives through each output, the rest and the sum."""
        through: dict[str, float] = defaultdict(float)
        for path in self.paths:
            through[path.nodes[1]] += path.product
        order = sorted(through, key=lambda name: -abs(through[name]))
        rows = [(short(through[name]), f"by {name}") for name in order[:5]]
        if len(order) > 5 or len(self.paths) < self.paths.in_all:
            rest = math.fsum(through[name] for name in order[5:]) + self.paths.remainder
            rows.append((short(rest), "by others"))
        rows += [(short(self.paths.total), "sum")] if len(rows) > 1 else []
        y = (self.top + self.bottom) / 2 - 9 * len(rows) + 13
        parts = []
        for number, (amount, words) in enumerate(rows):
            weight = 700 if words == "sum" else None
            parts.append(text(x + 72, y + 18 * number, amount, size=12, anchor="end", font_weight=weight))
            parts.append(text(x + 79, y + 18 * number, words, size=12, fill=INK if weight else MUTED))
        return "".join(parts)

    def _words(self) -> str:
        trace, paths = self.trace, self.paths
        described = [f"{trace.weight} = {short(trace.value)}, E = {short(trace.error)}"]
        for path in paths[:4]:
            numbers = " × ".join(map(short, path.values))
            sample = f"sample {path.sample}, " if len(trace.rows) > 1 else ""
            described.append(f"{sample}{path.route}: {numbers} = {short(path.product)}")
        if len(paths) > 4:
            described.append(f"{len(paths) - 4} weaker paths are drawn too")
        rest = paths.in_all - len(paths)
        if not paths:
            described.append("No path carries anything")
        elif rest:
            described.append(f"{rest:,} other paths add up to {short(paths.remainder)}")
        else:
            described.append("All paths are shown")
        return ". ".join(described) + "."
