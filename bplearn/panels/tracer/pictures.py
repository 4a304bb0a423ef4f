"""The pictures of the weight tracer: the network with highlighted paths, factors, samples and blame.

The width of a highlighted line is the product that passes along it, its dash is the sign, and the number on it is the
local derivative.
Used in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import math
from typing import Any

from bplearn.panels.tracer.logic import Tracer
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, SOFT, sign_stroke
from bplearn.show.picture import Picture
from bplearn.show.svg import group, line, rect, text
from bplearn.show.text import short
from bplearn.show.trace_picture import trace_picture

MOST_PATHS = 200  # strongest paths whose sum gives the widths of the lines
MOST_SAMPLES = 60


def trace_network(tracer: Tracer) -> Picture:
    """Draw the network with the paths from the error to the chosen weight highlighted; its weights can be clicked.

    >>> trace_network(Tracer.example()).title
    'dE/dW_h[0, 0] = 0.000438568'
    """
    return trace_picture(tracer.trace, top=MOST_PATHS, chosen=tracer.path, live=True)


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
        number = text(x + step / 2, above, short(value, 2), size=12, anchor="middle", halo=True) if step > 41 else ""
        parts.append(group(hit, bar, label if named else "", number, data_key=f"sample-{n}"))
    parts.append(line(6, zero, end + 2, zero, stroke=INK))
    y = height_of(mean)
    parts.append(line(4, y, end + 4, y, stroke=ACCENT, stroke_width=2.4, stroke_dasharray="2 3", pointer_events="none"))
    parts.append(text(8, height - 8, "sample: click one", size=12, fill=MUTED))
    sentences = " ".join(f"Sample {n}: {short(value)}." for n, value in enumerate(shares[:12]))
    return Picture(width, height, "".join(parts), f"Gradient for {name} by sample", f"{sentences} Mean {short(mean)}.")
