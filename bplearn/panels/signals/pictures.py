"""Signals layer by layer: how the activations are spread, and how large the gradients are that arrive.

Used in notebooks/11_initialisation_and_saturation.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.explain.signals import spread_shape
from bplearn.panels.signals.logic import BOUNDS, SignalFlow
from bplearn.show.palette import ACCENT, INK, MUTED, NEGATIVE, NEUTRAL, POSITIVE, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import line, path, rect, text
from bplearn.show.text import short
from bplearn.show.ticks import round_ticks

WIDTH, LEFT, RIGHT = 640.0, 72.0, 636.0
DECADES = (-12, 4)  # of the gradients' axis, and more where they leave it
FARTHEST = 40
BINS = 40


def activations(flow: SignalFlow) -> Picture:
    """Draw the outputs of each layer as a histogram on its side, with spread, dead and saturated parts below.

    >>> activations(SignalFlow(depth=2)).title
    'Activations by layer'
    """
    top, bottom = 26.0, 114.0
    low, high = _range(flow)
    step = (RIGHT - LEFT) / flow.depth

    def height_of(value: float) -> float:
        return bottom - (bottom - top) * (min(max(value, low), high) - low) / (high - low)

    parts = [text(4, 14, "activations: forward, layer by layer", font_weight=600)]
    parts.append(rect(LEFT, top, RIGHT - LEFT, bottom - top, fill=SOFT))
    ticks = round_ticks(low, high, 4)
    parts += [text(LEFT - 6, height_of(t) + 4, short(t, 2), anchor="end", fill=MUTED) for t in ticks]
    if low <= 0 <= high:
        parts.append(line(LEFT, height_of(0), RIGHT, height_of(0), stroke=NEUTRAL, opacity=0.6))
    sentences = []
    for k, layer in enumerate(flow.layers):
        middle = LEFT + step * (k + 0.5)
        parts.append(_spread(layer.outputs, middle, 0.44 * step, low, high, height_of))
    parts += _row("spread", [short(layer.spread, 2) for layer in flow.layers], bottom + 16, step)
    height = bottom + 24
    for name, values in (("dead", [s.dead for s in flow.layers]), ("saturated", [s.saturated for s in flow.layers])):
        if max(values) > 0.005 and (name == "dead" or flow.activation in BOUNDS):
            parts += _row(name, [f"{value:.0%}" for value in values], height + 8, step, loud=[v > 0.5 for v in values])
            height += 16
    for k, layer in enumerate(flow.layers):
        words = f"Layer {k + 1}: spread {short(layer.spread, 2)}"
        words += f", {layer.dead:.0%} dead" if layer.dead > 0.005 else ""
        words += f", {layer.saturated:.0%} saturated" if layer.saturated > 0.005 else ""
        sentences.append(words)
    return Picture(WIDTH, height, "".join(parts), "Activations by layer", ". ".join(sentences) + ".")


def _range(flow: SignalFlow) -> tuple[float, float]:
    if flow.activation in BOUNDS:
        low, high = BOUNDS[flow.activation]
        return low - 0.05, high + 0.05
    everything = [np.abs(layer.outputs[np.isfinite(layer.outputs)]) for layer in flow.layers[: max(1, flow.depth // 2)]]
    most = max((float(np.quantile(part, 0.995)) for part in everything if part.size), default=1.0) or 1.0
    most = 1.1 * min(most, 1e150)
    negative = any((layer.outputs < -0.1 * most).any() for layer in flow.layers)
    return (-most if negative else -0.05 * most), most


def _spread(
    outputs: Array, middle: float, half: float, low: float, high: float, place: Callable[[float], float]
) -> str:
    numbers = np.clip(np.nan_to_num(outputs.ravel(), posinf=high, neginf=low), low, high)
    widths, places = spread_shape(numbers, low, high, BINS)
    edges = [place(edge) for edge in places.tolist()]
    commands: list[str | float] = []
    for size, y0, y1 in zip((half * widths).tolist(), edges[:-1], edges[1:], strict=True):
        if size > 0:
            left, right = middle - size, middle + size
            commands += ["M", left, y0, "L", right, y0, "L", right, y1, "L", left, y1, "Z"]
    return path(*commands, stroke=None, fill=POSITIVE, opacity=0.8)


def _row(name: str, cells: list[str], y: float, step: float, loud: list[bool] | None = None) -> list[str]:
    every = math.ceil(53 / step)  # places for one number, so that it never touches the next
    parts = [text(LEFT - 6, y, name, anchor="end", fill=MUTED)]
    for k, words in enumerate(cells):
        is_loud = loud is not None and loud[k]
        if k % every != every // 2:
            continue
        fill, weight = (NEGATIVE, 700) if is_loud else (INK, None)
        parts.append(text(LEFT + step * (k + 0.5), y, words, anchor="middle", fill=fill, font_weight=weight))
    return parts


def gradients(flow: SignalFlow) -> Picture:
    """Draw the size of the gradient that arrives at each layer's outputs, on a log scale, and that of its weights.

    >>> gradients(SignalFlow(depth=2)).title
    'Gradients by layer'
    """
    top, bottom = 30.0, 110.0
    step = (RIGHT - LEFT) / flow.depth
    least, most = _decades([size for layer in flow.layers for size in (layer.arriving, layer.gradient)])

    def height_of(size: float) -> float:
        decade = math.log10(size) if size > 0 else least
        return bottom - (bottom - top) * (min(max(decade, least), most) - least) / (most - least)

    parts = [text(4, 14, "gradients: back from the last layer (log)", font_weight=600)]
    parts.append(rect(LEFT, top, RIGHT - LEFT, bottom - top, fill=SOFT))
    for decade in range(least, most + 1, 4 if most - least <= 24 else 12):
        y = height_of(10.0**decade)
        parts.append(line(LEFT, y, RIGHT, y, stroke=NEUTRAL, opacity=0.35))
        parts.append(text(LEFT - 6, y + 4, short(10.0**decade), anchor="end", fill=MUTED))
    sentences = []
    wide = min(0.3 * step, 26.0)
    for k, layer in enumerate(flow.layers):
        middle = LEFT + step * (k + 0.5)
        for side, size, fill, stroke in ((-1, layer.arriving, ACCENT, ACCENT), (0, layer.gradient, "none", INK)):
            if not size > 0:
                continue
            y = height_of(size) if math.isfinite(size) else top
            parts.append(
                rect(
                    middle + side * wide,
                    y,
                    wide,
                    max(bottom - y, 0.5),
                    data_id=f"bar{side}-{k}",
                    fill=fill,
                    stroke=stroke,
                    stroke_width=1.2,
                )
            )
        sentences.append(f"Layer {k + 1}: arriving {short(layer.arriving, 2)}, weights {short(layer.gradient, 2)}")
    parts += _row("dL/dy", [short(layer.arriving, 2) for layer in flow.layers], bottom + 20, step)
    parts += _row("dL/dW", [short(layer.gradient, 2) for layer in flow.layers], bottom + 36, step)
    numbers = [str(k + 1) for k in range(flow.depth)]
    parts += _row("layer", numbers, bottom + 54, step)
    parts += [rect(352, 5, 12, 10, fill=ACCENT), text(369, 14, "dL/dy, arrives")]
    parts += [rect(474, 5, 12, 10, fill="none", stroke=INK), text(491, 14, "dL/dW, of its weights")]
    return Picture(WIDTH, bottom + 60, "".join(parts), "Gradients by layer", ". ".join(sentences) + ".")


def _decades(sizes: list[float]) -> tuple[int, int]:
    """The axis in whole fours of decades: at least from 1e-12 to 1e4, farther where a size is beyond."""
    powers = [math.log10(size) for size in sizes if size > 0 and math.isfinite(size)]
    low, high = min(powers, default=0.0), max(powers, default=0.0)
    least, most = min(DECADES[0], 4 * math.floor(low / 4)), max(DECADES[1], 4 * math.ceil(high / 4))
    return max(least, -FARTHEST), min(most, FARTHEST)
