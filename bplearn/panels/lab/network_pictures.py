"""A network in training as live pictures: its weights or their gradients as lines, and gradient sizes layer by layer.

Each unit shows a small map of what it says. Solid and dashed lines, as well as color, show the sign of a weight; the
width of the line shows its size. A click on a line, or the arrow keys, choose the weight that is watched.
Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import math

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.datasets import Dataset
from bplearn.layers import Dense
from bplearn.panels.lab.unit_maps import has_maps, unit_tiles
from bplearn.panels.lab.watched_weight import WatchedWeight
from bplearn.show.network import NetworkDrawing, layout, spread
from bplearn.show.palette import ACCENT, MUTED, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import rect, text
from bplearn.show.text import counted, short
from bplearn.training.session import Session

MOST_NODES = 10  # of a layer are drawn
WIDTH, HEIGHT = 620.0, 188.0
MOST_BARS = 6  # layers of which the gradient's size is shown


def network_view(
    session: Session,
    show: str = "weights",
    watch: WatchedWeight | None = None,
    *,
    still: bool = False,
    data: Dataset | None = None,
) -> Picture:
    """Draw the units and the weights (or their gradients) between them, and the watched weight highlighted.

    With `data` each unit shows what it says over the data, where that can be drawn. A picture that stands `still` has a
    broad line on top of each weight, so that a click finds it.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> network_view(Experiment(hidden=(4,)).build(), "gradients").desc
    'No gradient yet.'
    """
    layers = _dense(session)
    watch = watch if watch is not None and watch.layer is not None else None
    if not layers:
        words = "No Dense layer: nothing to draw."
        return Picture(WIDTH, 40, text(8, 24, words, fill=MUTED), "Network", words)
    drawing = _drawing([layers[0][1].n_in, *(layer.n_out for _, layer in layers)], layers, watch)
    for place, (number, layer) in enumerate(layers):
        values = _values(session, layer, show)
        if values is not None or still:
            shown = np.zeros((layer.n_in, layer.n_out)) if values is None else values
            picked = np.abs(np.nan_to_num(shown[np.ix_(*(c.units for c in drawing.columns[place : place + 2]))]))
            most = max(float(picked.max()), 1e-12)
            drawing.weights(place, shown, largest=most, layer=number if still else None)
    if watch is not None:
        _light(drawing, layers, watch, show)
    for column in drawing.columns:
        for unit in column.units:
            drawing.unit(column.spot(unit))
    mapped = data is not None and has_maps(data)
    if data is not None and mapped:
        drawing.units += unit_tiles(session, data, drawing.columns, still=still)
    words = _words(session, layers, watch, show)
    signs = f"{show}: solid above zero, dashed below" + ("; units: what they say" if mapped else ", wide is large")
    how = text(10, HEIGHT - 4, signs, size=12, fill=MUTED)
    parts = [drawing.body(), *_sizes(drawing), how]
    if not words:
        parts.append(text(WIDTH / 2, HEIGHT / 2, "no gradient yet: take a step", anchor="middle", halo=True))
    return Picture(WIDTH, HEIGHT, "".join(parts), f"Network with its {show}", words or "No gradient yet.")


def _drawing(sizes: list[int], layers: list[tuple[int, Dense]], watch: WatchedWeight | None) -> NetworkDrawing:
    """Place all units, or some spread evenly, those of the watched weight among them."""
    wanted: list[list[int]] = [[] for _ in sizes]
    if watch is not None:
        place = [number for number, _ in layers].index(watch.layer or 0)
        wanted[place].append(watch.index[0])
        wanted[place + 1].append(watch.index[1])
    units = [spread(size, MOST_NODES, ends) for size, ends in zip(sizes, wanted, strict=True)]
    columns = layout(sizes, units, np.linspace(30, WIDTH - 30, len(sizes)).tolist(), 19, HEIGHT - 19)
    return NetworkDrawing(columns, radius=7.5 if max(map(len, units)) <= 5 else 5.5)


def _values(session: Session, layer: Dense, show: str) -> Array | None:
    if show == "weights":
        return layer.W.value
    update = session.update
    return None if update is None else session.network.parameters().part(update.gradient, layer.W)


def _light(drawing: NetworkDrawing, layers: list[tuple[int, Dense]], watch: WatchedWeight, show: str) -> None:
    """Draw the watched weight highlighted, with its name and value."""
    place = [number for number, _ in layers].index(watch.layer or 0)
    start, end = (drawing.columns[place + side].spot(watch.index[side]) for side in (0, 1))
    known = watch.numbers()
    number = known.value if show == "weights" else known.gradient
    drawing.highlight(start, end, number)
    words = known.name if number is None else f"{known.name} = {short(number, 3)}"
    drawing.number(start, end, words, size=12.5, rise=max(-7, 32 - (start[1] + end[1]) / 2), weight=600)


def _sizes(drawing: NetworkDrawing) -> list[str]:
    """How many units each column has, above it; those at the ends stay inside the picture."""
    parts, last = [], len(drawing.columns) - 1
    for place, column in enumerate(drawing.columns):
        kind = "input" if place == 0 else "output" if place == last else "unit" if last < 8 else ""
        words = counted(column.size, kind) if kind else f"{column.size}"
        words += f", {len(column.units)} shown" if column.size > len(column.units) else ""
        anchor, shift = ("start", -20) if place == 0 else ("end", 20) if place == last else ("middle", 0)
        parts.append(text(column.x + shift, 12, words, size=12, anchor=anchor, fill=MUTED))
    return parts


def _words(session: Session, layers: list[tuple[int, Dense]], watch: WatchedWeight | None, show: str) -> str:
    words = []
    for number, (_, layer) in enumerate(layers, start=1):
        values = _values(session, layer, show)
        if values is not None:
            most = short(float(np.abs(values).max()), 3)
            words.append(f"Dense {number} ({layer.n_in} to {layer.n_out}): largest {most}")
    if watch is not None:
        words.append(watch_words(watch))
    return "; ".join(words).removesuffix(".") + "." if words else ""


def _dense(session: Session) -> list[tuple[int, Dense]]:
    return [(number, layer) for number, layer in enumerate(session.network) if isinstance(layer, Dense)]


def watch_words(watch: WatchedWeight) -> str:
    """Say the numbers of the watched weight in words.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> watch_words(WatchedWeight(Experiment(hidden=(4,)).build()).choose(0, (1, 2)))[-16:]
    'no gradient yet.'
    """
    known = watch.numbers()
    words = f"{known.name} = {short(known.value)}, from {known.start} to {known.end}"
    if known.gradient is None or known.change is None:
        return f"{words}; no gradient yet."
    change = f"{'+' * (known.change > 0)}{short(known.change, 3)}"
    return f"{words}; gradient {short(known.gradient, 3)}, last change {change}."


def gradient_sizes(session: Session) -> Picture:
    """Draw the mean size of each Dense layer's dL/dW in the latest step, on a log scale from 1e-7 to 10.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> gradient_sizes(Experiment(hidden=(4,)).build()).desc
    'Dense 1: none yet, Dense 2: none yet.'
    """
    layers, update = _dense(session), session.update
    shown = spread(len(layers), MOST_BARS)
    left, wide, row = 72.0, 126.0, 20.0
    parts = [text(4, 12, "mean |dL/dW|, log scale", size=12)]
    words = []
    for place, number in enumerate(shown):
        y = 18 + row * place
        layer = layers[number][1]
        gradient = None if update is None else session.network.parameters().part(update.gradient, layer.W)
        size = float(np.abs(gradient).mean()) if gradient is not None else 0.0
        share = min(max((math.log10(max(size, 1e-7)) + 7) / 8, 0.0), 1.0) if math.isfinite(size) else 1.0
        name, told = f"Dense {number + 1}", short(size, 2) if gradient is not None else "none yet"
        parts += [
            text(4, y + 14, name, size=12, fill=MUTED),
            rect(left, y + 4, wide, 11, fill=SOFT),
            rect(left, y + 4, wide * share, 11, fill=ACCENT),
            text(250, y + 14, told if gradient is not None else "none", size=12, anchor="end"),
        ]
        words.append(f"{name}: {told}")
    foot = 18 + row * len(shown) + 13
    for power, words_of in ((-7, "1e-7"), (-3, "0.001"), (1, "10")):
        x, anchor = left + wide * (power + 7) / 8, {-7: "start", 1: "end"}.get(power, "middle")
        parts.append(text(x, foot, words_of, size=12, anchor=anchor, fill=MUTED))
    return Picture(254, foot + 6, "".join(parts), "Gradient size by layer", ", ".join(words) + ".")
