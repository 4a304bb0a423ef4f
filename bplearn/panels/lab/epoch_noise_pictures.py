"""The batch noise of a training under way as small pictures for the training lab: arrows and their angles.

Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.panels.lab.epoch_noise import EpochNoise
from bplearn.panels.noise.logic import BatchNoise
from bplearn.show.palette import ACCENT, DASHED, INK, MUTED, NEGATIVE, NEUTRAL, POSITIVE, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import arrow, circle, line, rect, text
from bplearn.show.text import short

WIDTH, HEIGHT = 620.0, 174.0
BOX = (4.0, 18.0, 390.0, 136.0)  # left, top, width, height of the plane of arrows


def epoch_arrows(seen: EpochNoise) -> Picture:
    """Draw the step of each batch of this epoch, downhill, that of all data, and that of the latest update's batch.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> start = Experiment("moons", hidden=(4,), batch_size=70)
    >>> epoch_arrows(EpochNoise().refresh(start.build().step(2), start.parts()[0])).title
    'Batches of this epoch'
    """
    noise = seen.noise
    if noise is None:
        return _nothing(WIDTH, HEIGHT, "Batches of this epoch", seen.problem)
    steps, full = seen.steps, seen.full
    place = _placing(np.concatenate([steps, full[None], np.zeros((1, 2))]))
    left, top, width, height = BOX
    parts = [text(4, 12, "one step of each batch of this epoch, from the weights as they are now", size=12)]
    parts.append(rect(left, top, width, height, fill=SOFT, stroke=NEUTRAL))
    start = place(np.zeros(2))
    parts.append(line(start[0], top, start[0], top + height, stroke=NEUTRAL, opacity=0.4))
    parts.append(line(left, start[1], left + width, start[1], stroke=NEUTRAL, opacity=0.4))
    angles = noise.angles
    for number in np.argsort(angles).tolist():
        if number != seen.latest:
            uphill = angles[number] > 90
            color, dash = (NEGATIVE, DASHED) if uphill else (POSITIVE, None)
            end = place(steps[number])
            parts.append(
                arrow(*start, *end, stroke=color, head=6, stroke_width=1.2, stroke_dasharray=dash, opacity=0.8)
            )
    parts.append(arrow(*start, *place(full), stroke=INK, head=12, stroke_width=4))
    if seen.latest is not None:
        parts.append(arrow(*start, *place(steps[seen.latest]), stroke=ACCENT, head=10, stroke_width=2.6))
    parts.append(circle(start[0], start[1], 3.5, fill=INK))
    axes = "right: downhill for all data; up: where batches differ most"
    parts.append(text(left, top + height + 14, axes, size=12, fill=MUTED))
    parts += _beside(seen, noise)
    return Picture(WIDTH, HEIGHT, "".join(parts), "Batches of this epoch", _words(seen, noise))


def _placing(points: Array) -> Callable[[Array], tuple[float, float]]:
    """Return a function that puts a point of the plane into the box, with the same scale on both axes."""
    left, top, width, height = BOX
    low, high = points.min(axis=0), points.max(axis=0)
    middle, span = (low + high) / 2, np.maximum(high - low, 1e-300)
    scale = 0.9 * min(width / float(span[0]), height / float(span[1]))

    def place(point: Array) -> tuple[float, float]:
        x, y = (point - middle) * scale
        return left + width / 2 + float(x), top + height / 2 - float(y)

    return place


def _beside(seen: EpochNoise, noise: BatchNoise) -> list[str]:
    """What the arrows are, with their numbers."""
    x, y = BOX[0] + BOX[2] + 12, 34.0
    count = len(noise.gradients)
    rows: list[tuple[str, str, str | None, float]] = [
        ("all data", INK, None, 4.0),
        (f"{count} batch{'es' * (count > 1)} of {noise.batch_size}", POSITIVE, None, 1.6),
        (f"uphill: {noise.uphill}", NEGATIVE, DASHED, 1.6),
    ]
    if seen.latest is not None:
        rows.append((f"latest update: {noise.angles[seen.latest]:.0f}° off", ACCENT, None, 2.6))
    parts = []
    for words, stroke, dash, thick in rows:
        parts.append(line(x, y - 4, x + 22, y - 4, stroke=stroke, stroke_width=thick, stroke_dasharray=dash))
        parts.append(text(x + 29, y, words, size=12))
        y += 19
    parts.append(text(x, y + 6, "noise beside the signal", size=12, fill=MUTED))
    parts.append(text(x, y + 29, f"{short(noise.noise, 2)} times", size=20, font_weight=600))
    return parts


def _words(seen: EpochNoise, noise: BatchNoise) -> str:
    latest = "" if seen.latest is None else f" The latest update's batch is {noise.angles[seen.latest]:.0f}° off."
    return noise.verdict().sentence + latest


def epoch_angles(seen: EpochNoise) -> Picture:
    """Draw how far the batches' gradients point away from the full one, as counts of 15 degrees each.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> start = Experiment("moons", hidden=(4,), batch_size=None)
    >>> epoch_angles(EpochNoise().refresh(start.build().step(2), start.parts()[0])).desc
    'From 0 to 0 degrees, median 0; 0 of 1 uphill.'
    """
    width, height = 250.0, 110.0
    noise, title = seen.noise, "Angles to the full gradient"
    if noise is None:
        return _nothing(width, height, title, "")
    angles = noise.angles
    counts, edges = np.histogram(angles, bins=np.arange(0, 181, 15.0))
    left, wide, top, bottom = 6.0, 238.0, 30.0, 90.0
    step = wide / len(counts)
    parts = [text(4, 12, "angle to the full gradient", size=12)]
    for k, count in enumerate(counts.tolist()):
        if count:
            tall = (bottom - top - 10) * count / int(counts.max())
            beyond = edges[k] >= 90
            look = {"fill": SOFT, "stroke": NEGATIVE, "stroke_dasharray": "4 2"} if beyond else {"fill": POSITIVE}
            parts.append(rect(left + step * k + 1.5, bottom - tall, step - 3, tall, stroke_width=1.6, **look))
            parts.append(text(left + step * (k + 0.5), bottom - tall - 4, count, size=12, anchor="middle"))
    parts.append(line(left, bottom, left + wide, bottom))
    for degrees in (0, 45, 90, 135, 180):
        anchor = "start" if degrees == 0 else "end" if degrees == 180 else "middle"
        parts.append(text(left + wide * degrees / 180, bottom + 14, f"{degrees}°", size=12, anchor=anchor, fill=MUTED))
    parts.append(line(left + wide / 2, top - 12, left + wide / 2, bottom, stroke=INK, stroke_dasharray="2 3"))
    parts.append(text(left + wide / 2 + 5, top - 4, "uphill", size=12, fill=MUTED))
    summary = f"From {angles.min():.0f} to {angles.max():.0f} degrees, median {np.median(angles):.0f}"
    return Picture(width, height, "".join(parts), title, f"{summary}; {noise.uphill} of {len(angles)} uphill.")


def _nothing(width: float, height: float, title: str, why: str) -> Picture:
    return Picture(width, height, text(8, 40, why.replace(": ", ":\n"), size=12.5), title, why or "Nothing to show.")
