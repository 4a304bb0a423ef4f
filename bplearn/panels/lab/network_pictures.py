"""A network in training as live pictures: its weights or their gradients as lines, and gradient sizes layer by layer.

The sign of a weight is told by solid and dashed lines as well as by color, its size by the width of the line. A click
on a line, or the arrow keys, choose the weight that is watched.
Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import math

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.layers import Dense
from bplearn.panels.base.picture import Picture
from bplearn.panels.lab.watched_weight import WatchedWeight
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, SOFT, sign_stroke
from bplearn.show.svg import circle, group, line, rect, short, text
from bplearn.training.session import Session

MOST_NODES = 10  # of a layer are drawn
WIDTH, HEIGHT = 520.0, 166.0
Spot = tuple[float, float]


def network_view(
    session: Session, show: str = "weights", watch: WatchedWeight | None = None, *, still: bool = False
) -> Picture:
    """Draw the units and the weights (or their gradients) between them, and the watched weight lit up.

    A picture that stands `still` has a broad line on top of each weight, so that a click finds it.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> network_view(Experiment(hidden=(4,)).build(), "gradients").desc
    'No gradient yet.'
    """
    return _Drawing(session, show, watch, still).picture()


class _Drawing:
    """Places and pieces of one picture."""

    def __init__(self, session: Session, show: str, watch: WatchedWeight | None, still: bool) -> None:
        self.session, self.show, self.still = session, show, still
        self.layers = _dense(session)
        self.watch = watch if watch is not None and watch.layer is not None else None
        sizes = [self.layers[0][1].n_in, *(layer.n_out for _, layer in self.layers)] if self.layers else []
        xs = np.linspace(30, WIDTH - 30, len(sizes)).tolist()
        self.sizes = sizes
        self.shown = [self._shown(place, size) for place, size in enumerate(sizes)]
        self.spots: list[list[Spot]] = [
            [(x, 20 + (HEIGHT - 42) * (i + 0.5) / len(units)) for i in range(len(units))]
            for x, units in zip(xs, self.shown, strict=True)
        ]

    def _shown(self, place: int, size: int) -> list[int]:
        """The units of a column to draw: all, or some spread evenly; those of the watched weight among them."""
        if size <= MOST_NODES:
            return list(range(size))
        units = np.linspace(0, size - 1, MOST_NODES).round().astype(int).tolist()
        for end in (0, 1):
            if self.watch is not None and place - end >= 0 and place - end < len(self.layers):
                wanted = self.watch.index[end]
                if self.layers[place - end][0] == self.watch.layer and wanted not in units:
                    nearest = min(range(MOST_NODES), key=lambda k: abs(units[k] - wanted))
                    units[nearest] = wanted
        return sorted(units)

    def picture(self) -> Picture:
        if not self.layers:
            words = "No Dense layer: nothing to draw."
            return Picture(WIDTH, 40, text(8, 24, words, fill=MUTED), "Network", words)
        parts: list[str] = []
        for place in range(len(self.layers)):
            parts += self._edges(place)
        parts += [*self._lit(), *self._units()]
        how = f"{self.show}: solid above zero, dashed below, wide is large"
        parts.append(text(10, HEIGHT - 4, how, size=11, fill=MUTED))
        said = self._words()
        if not said:
            parts.append(text(WIDTH / 2, HEIGHT / 2, "no gradient yet: take a step", anchor="middle", halo=True))
        return Picture(WIDTH, HEIGHT, "".join(parts), f"Network with its {self.show}", said or "No gradient yet.")

    def _values(self, layer: Dense) -> Array | None:
        if self.show == "weights":
            return layer.W.value
        update = self.session.update
        return None if update is None else self.session.network.parameters().part(update.gradient, layer.W)

    def _edges(self, place: int) -> list[str]:
        number, layer = self.layers[place]
        values = self._values(layer)
        if values is None and not self.still:
            return []
        below, above = self.shown[place], self.shown[place + 1]
        picked = np.zeros((len(below), len(above)))
        if values is not None:
            picked = np.nan_to_num(values[np.ix_(below, above)])
        largest = max(float(np.abs(picked).max()), 1e-12)
        drawn, heard = [], []
        for a, (x1, y1) in enumerate(self.spots[place]):
            for b, (x2, y2) in enumerate(self.spots[place + 1]):
                value = float(picked[a, b])
                ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'  # hundreds of them: text is quicker
                if abs(value) > 0.04 * largest:
                    drawn.append(_edge(ends, value, abs(value) / largest))
                if self.still:
                    heard.append(f'<line {ends} data-key="edge-{number}-{below[a]}-{above[b]}"/>')
        return [*drawn, group(*heard, stroke="transparent", stroke_width=7)] if heard else drawn

    def _lit(self) -> list[str]:
        """The watched weight: on a glowing ground, with its name and value."""
        if self.watch is None:
            return []
        place = [number for number, _ in self.layers].index(self.watch.layer or 0)
        i, j = self.watch.index
        start = self.spots[place][self.shown[place].index(i)]
        end = self.spots[place + 1][self.shown[place + 1].index(j)]
        known = self.watch.numbers()
        number = known.value if self.show == "weights" else known.gradient
        parts: list[str] = [line(*start, *end, stroke=GLOW, stroke_width=11)]
        parts.append(line(*start, *end, stroke=ACCENT, stroke_width=3.2, stroke_dasharray=_dash(number)))
        said = known.name if number is None else f"{known.name} = {short(number, 3)}"
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        parts.append(text(x, max(y - 7, 32), said, size=12.5, anchor="middle", halo=True, font_weight=600))
        return [group(*parts, pointer_events="none")]

    def _units(self) -> list[str]:
        parts = []
        last = len(self.sizes) - 1
        for place, (spots, total) in enumerate(zip(self.spots, self.sizes, strict=True)):
            radius = 7.5 if len(spots) <= 5 else 5.5
            parts += [circle(x, y, radius, stroke=INK, stroke_width=1.2) for x, y in spots]
            words = f"{total}"
            if place == 0 or place == last:
                words += " input" if place == 0 else " output"
                words += "s" * (total > 1)
            if total > len(spots):
                words += f", {len(spots)} shown"
            anchor, shift = ("start", -20) if place == 0 else ("end", 20) if place == last else ("middle", 0)
            parts.append(text(spots[0][0] + shift, 12, words, size=11, anchor=anchor, fill=MUTED))
        return parts

    def _words(self) -> str:
        said = []
        for number, (_, layer) in enumerate(self.layers, start=1):
            values = self._values(layer)
            if values is not None:
                largest = short(float(np.abs(values).max()), 3)
                said.append(f"Dense {number} ({layer.n_in} to {layer.n_out}): largest {largest}")
        if self.watch is not None:
            said.append(watch_words(self.watch))
        return "; ".join(said).removesuffix(".") + "." if said else ""


def _edge(ends: str, value: float, size: float) -> str:
    look = sign_stroke(value)
    dash = f' stroke-dasharray="{look["stroke_dasharray"]}"' if look["stroke_dasharray"] else ""
    return (
        f'<line {ends} stroke="{look["stroke"]}" stroke-width="{0.4 + 3.2 * size:.1f}"{dash} '
        f'opacity="{0.35 + 0.6 * size:.2f}"/>'
    )


def _dash(number: float | None) -> str | None:
    return None if number is None else sign_stroke(number)["stroke_dasharray"]


def _dense(session: Session) -> list[tuple[int, Dense]]:
    return [(number, layer) for number, layer in enumerate(session.network) if isinstance(layer, Dense)]


def watch_words(watch: WatchedWeight) -> str:
    """Say the numbers of the watched weight in words.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> watch_words(WatchedWeight(Experiment(hidden=(4,)).build()).choose(0, (1, 2)))[-16:]
    'no gradient yet.'
    """
    known = watch.numbers()
    said = f"{known.name} = {short(known.value)}, from {known.start} to {known.end}"
    if known.gradient is None or known.change is None:
        return f"{said}; no gradient yet."
    change = f"{known.change:+.3g}" if known.change else "0"
    return f"{said}; gradient {short(known.gradient, 3)}, last change {change}."


def gradient_sizes(session: Session) -> Picture:
    """Draw the mean size of each Dense layer's dL/dW in the latest step, on a log scale from 1e-7 to 10.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> gradient_sizes(Experiment(hidden=(4,)).build()).desc
    'Dense 1: none yet, Dense 2: none yet.'
    """
    width, height = 250.0, 172.0
    layers, update = _dense(session), session.update
    parts = [text(4, 12, "mean |dL/dW| by layer (log scale)", size=12)]
    said = []
    row = min(38.0, 134 / max(len(layers), 1))
    for number, (_, layer) in enumerate(layers, start=1):
        y = 20 + row * (number - 1)
        gradient = None if update is None else session.network.parameters().part(update.gradient, layer.W)
        size = float(np.abs(gradient).mean()) if gradient is not None else 0.0
        share = min(max((math.log10(max(size, 1e-7)) + 7) / 8, 0.0), 1.0) if math.isfinite(size) else 1.0
        tall, letters = max(row - 20, 3.0), min(11.0, row - 3)
        parts += [
            rect(4, y + row - tall - 3, 242, tall, fill=SOFT),
            rect(4, y + row - tall - 3, 242 * share, tall, fill=ACCENT),
            text(4, y + row - tall - 6, f"Dense {number} ({layer.n_in} to {layer.n_out})", size=letters, fill=MUTED),
            text(
                246, y + row - tall - 6, f"{size:.1e}" if gradient is not None else "none yet",
                size=letters, anchor="end",
            ),
        ]  # fmt: skip
        said.append(f"Dense {number}: {size:.1e}" if gradient is not None else f"Dense {number}: none yet")
    foot = 20 + row * len(layers) + 11
    for power in (-7, -5, -3, -1):
        x = 4 + 242 * (power + 7) / 8
        parts.append(text(x, foot, f"1e{power}", size=10, anchor="start" if power == -7 else "middle", fill=MUTED))
    parts.append(text(246, foot, "10", size=10, anchor="end", fill=MUTED))
    return Picture(width, height, "".join(parts), "Gradient size by layer", ", ".join(said) + ".")
