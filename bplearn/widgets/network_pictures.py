"""A network in training as live pictures: its weights or their gradients as lines, and gradient sizes layer by layer.

The sign of a weight is told by solid and dashed lines as well as by colour, its size by the width of the line.
Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bplearn.guards import Array
from bplearn.layers import Dense
from bplearn.palette import ACCENT, INK, MUTED, SOFT, sign_stroke
from bplearn.sessions.session import Session
from bplearn.svg import circle, line, rect, short, text
from bplearn.widgets.picture import Picture

MOST_NODES = 10  # of a layer are drawn


def network_view(session: Session, show: str = "weights") -> Picture:
    """Draw the units and the weights (or their gradients) between them.

    >>> from bplearn.sessions.experiment import Experiment
    >>> network_view(Experiment(hidden=(4,)).build(), "gradients").desc
    'No gradient yet.'

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    width, height = 480.0, 236.0
    layers = _dense(session)
    sizes = [layers[0].n_in, *(layer.n_out for layer in layers)]
    columns = [min(size, MOST_NODES) for size in sizes]
    xs = np.linspace(30, width - 30, len(sizes)).tolist()
    spots = [[(x, 24 + (height - 52) * (i + 0.5) / n) for i in range(n)] for x, n in zip(xs, columns, strict=True)]
    parts = []
    for place, layer in enumerate(layers):
        values = _values(session, layer, show)
        if values is not None:
            parts += _edges(
                np.nan_to_num(values[: columns[place], : columns[place + 1]]), spots[place], spots[place + 1]
            )
    last = len(sizes) - 1
    for place, (x, column, total) in enumerate(zip(xs, spots, sizes, strict=True)):
        parts += [circle(a, b, 7 if len(column) > 8 else 9, stroke=INK, stroke_width=1.2) for a, b in column]
        words = (
            f"{total} inputs" if place == 0 else f"{total} output{'s' * (total > 1)}" if place == last else f"{total}"
        )
        anchor, shift = ("start", -20) if place == 0 else ("end", 20) if place == last else ("middle", 0)
        if total > len(column):
            words += f", {len(column)} shown"
        parts.append(text(x + shift, 14, words, size=11, anchor=anchor, fill=MUTED))
    parts.append(text(10, height - 4, f"{show}: solid above zero, dashed below, wide is large", size=11, fill=MUTED))
    said = _words(session, layers, show)
    if not said:
        parts.append(text(width / 2, height / 2, "no gradient yet: take a step", anchor="middle", halo=True))
    return Picture(width, height, "".join(parts), f"Network with its {show}", said or "No gradient yet.")


def _dense(session: Session) -> list[Dense]:
    return [layer for layer in session.network if isinstance(layer, Dense)]


def _values(session: Session, layer: Dense, show: str) -> Array | None:
    if show == "weights":
        return layer.W.value
    return layer.W.grad if session.latest is not None else None


def _edges(values: Array, left: Sequence[tuple[float, float]], right: Sequence[tuple[float, float]]) -> list[str]:
    largest = max(float(np.abs(values).max()), 1e-12)
    drawn = []
    for i, j in np.argwhere(np.abs(values) > 0.04 * largest).tolist():
        stroke, size = sign_stroke(float(values[i, j])), abs(float(values[i, j])) / largest
        dash, color = stroke["stroke_dasharray"], str(stroke["stroke"])
        fade, thick = 0.35 + 0.6 * size, 0.4 + 3.2 * size
        ends = (*left[i], *right[j])
        drawn.append(line(*ends, stroke=color, stroke_width=thick, stroke_dasharray=dash, opacity=fade))
    return drawn


def _words(session: Session, layers: Sequence[Dense], show: str) -> str:
    said = []
    for number, layer in enumerate(layers, start=1):
        values = _values(session, layer, show)
        if values is not None:
            largest = short(float(np.abs(values).max()), 3)
            said.append(f"Dense {number} ({layer.n_in} to {layer.n_out}): largest {largest}")
    return "; ".join(said) + "." if said else ""


def gradient_sizes(session: Session) -> Picture:
    """Draw the mean size of each Dense layer's dL/dW in the latest step, on a log scale from 1e-7 to 10.

    >>> from bplearn.sessions.experiment import Experiment
    >>> gradient_sizes(Experiment(hidden=(4,)).build()).desc
    'Dense 1: none yet, Dense 2: none yet.'

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    width, height = 266.0, 236.0
    layers = _dense(session)
    parts = [text(8, 14, "mean size of dL/dW by layer (log scale)", size=12)]
    said = []
    row = min(44.0, 206 / len(layers))
    for number, layer in enumerate(layers, start=1):
        y = 24 + row * (number - 1)
        gradient = layer.W.grad if session.latest is not None else None
        size = float(np.abs(gradient).mean()) if gradient is not None else 0.0
        share = min(max((math.log10(max(size, 1e-7)) + 7) / 8, 0.0), 1.0) if math.isfinite(size) else 1.0
        parts += [
            rect(8, y + 16, 250, row - 24, fill=SOFT),
            rect(8, y + 16, 250 * share, row - 24, fill=ACCENT),
            text(8, y + 12, f"Dense {number} ({layer.n_in} to {layer.n_out})", size=11, fill=MUTED),
            text(258, y + 12, f"{size:.1e}" if gradient is not None else "none yet", size=11, anchor="end"),
        ]
        said.append(f"Dense {number}: {size:.1e}" if gradient is not None else f"Dense {number}: none yet")
    return Picture(width, height, "".join(parts), "Gradient size by layer", ", ".join(said) + ".")
