"""Pictures of batch noise: an arrow for each batch beside the full one, a walk with batches and one without, angles.

Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.panels.noise.logic import BatchNoise
from bplearn.show.palette import ACCENT, DASHED, INK, MUTED, NEGATIVE, NEUTRAL, POSITIVE, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import arrow, circle, line, polyline, rect, text
from bplearn.show.text import short

SIDE = 238.0


def arrows(noise: BatchNoise) -> Picture:
    """Draw the step of each batch, downhill, and the step of all data as one broad arrow.

    >>> from bplearn import BinaryCrossEntropy, datasets, mlp
    >>> noise = BatchNoise(mlp(2, 4, 1, rng=0), datasets.moons(rng=0), loss=BinaryCrossEntropy(), batch_size=200)
    >>> arrows(noise).desc[:46]
    'Each batch is all 200 samples: every arrow is '
    """
    steps, full = noise.plane()
    _, (across, up) = noise.axes()
    reach = 1.08 * max(float(np.abs(steps).max()), float(np.abs(full).max()), 1e-300)
    parts = _frame(f"step of each batch of {noise.batch_size}")
    middle = (4 + SIDE / 2, 44 + SIDE / 2)

    def place(step: Array) -> tuple[float, float]:
        return middle[0] + SIDE / 2 * float(step[0]) / reach, middle[1] - SIDE / 2 * float(step[1]) / reach

    parts.append(line(middle[0], 44, middle[0], 44 + SIDE, stroke=NEUTRAL, opacity=0.4))
    parts.append(line(4, middle[1], 4 + SIDE, middle[1], stroke=NEUTRAL, opacity=0.4))
    for step, angle in sorted(zip(steps, noise.angles, strict=True), key=lambda pair: pair[1]):
        uphill = angle > 90
        color, dash = (NEGATIVE, DASHED) if uphill else (POSITIVE, None)
        parts.append(
            arrow(*middle, *place(step), stroke=color, head=6, stroke_width=1.2, stroke_dasharray=dash, opacity=0.75)
        )
    parts.append(arrow(*middle, *place(full), stroke=INK, head=12, stroke_width=4))
    parts.append(circle(*middle, 3.5, fill=INK))
    parts += _legend([("batch", POSITIVE, None, 1.6), ("uphill", NEGATIVE, DASHED, 1.6), ("all data", INK, None, 4.0)])
    parts += _axis_names(across, up)
    return Picture(
        SIDE + 26, SIDE + 68, "".join(parts), f"Steps of batches of {noise.batch_size}", noise.verdict().sentence
    )


def walks(noise: BatchNoise) -> Picture:
    """Draw where the first updates lead, for this batch size and for all data at once.

    >>> from bplearn import BinaryCrossEntropy, datasets, mlp
    >>> noise = BatchNoise(mlp(2, 4, 1, rng=0), datasets.moons(rng=0), loss=BinaryCrossEntropy(), batch_size=200)
    >>> walks(noise).title
    'The first 24 updates'
    """
    mine, straight = noise.walk()
    _, (across, up) = noise.axes()
    count = len(mine) - 1
    spots = np.concatenate([mine, straight])
    low, high = spots.min(axis=0), spots.max(axis=0)
    middle, half = (low + high) / 2, 0.56 * max(float((high - low).max()), 1e-12)
    parts = _frame(f"{count} updates, learning rate {short(noise.learning_rate)}")

    def place(spot: Array) -> tuple[float, float]:
        x, y = (spot - middle) / half
        return 4 + SIDE * (1 + float(x)) / 2, 44 + SIDE * (1 - float(y)) / 2

    parts.append(polyline([place(spot) for spot in straight], stroke=INK, stroke_width=3.4, stroke_linejoin="round"))
    parts.append(polyline([place(spot) for spot in mine], stroke=POSITIVE, stroke_width=1.6, stroke_linejoin="round"))
    parts += [circle(*place(spot), 2.6, fill=POSITIVE) for spot in mine[1:]]
    parts += [rect(place(spot)[0] - 2.5, place(spot)[1] - 2.5, 5, 5, fill=INK) for spot in straight[1:]]
    parts.append(circle(*place(mine[0]), 5.5, fill=ACCENT))
    parts += _legend(
        [
            ("start", ACCENT, None, 6.0),
            ("batches", POSITIVE, None, 1.6),
            ("all data", INK, None, 3.4),
        ]
    )
    parts += _axis_names(across, up)
    detour = short(noise.turning(), 3)
    summary = f"With batches of {noise.batch_size} the way is {detour} times as long as the line between its ends."
    return Picture(SIDE + 26, SIDE + 68, "".join(parts), f"The first {count} updates", summary)


def _frame(title: str) -> list[str]:
    return [text(4, 14, title, font_weight=600), rect(4, 44, SIDE, SIDE, fill=SOFT, stroke=NEUTRAL)]


def _legend(entries: list[tuple[str, str, str | None, float]]) -> list[str]:
    parts, x = [], 6.0
    for words, stroke, dash, thick in entries:
        parts.append(line(x, 31, x + 20, 31, stroke=stroke, stroke_width=thick, stroke_dasharray=dash))
        parts.append(text(x + 24, 35, words))
        x += 36 + 7 * len(words)
    return parts


def _axis_names(across: str, up: str) -> list[str]:
    turned = f"translate({SIDE + 18} {44 + SIDE / 2}) rotate(-90)"
    name = text(0, 0, f"{up} →", anchor="middle", fill=MUTED, transform=turned)
    return [text(4 + SIDE / 2, 44 + SIDE + 17, f"{across} →", anchor="middle", fill=MUTED), name]


def histograms(noise: BatchNoise) -> Picture:
    """Draw how the angles to the full gradient and the lengths of the batches' gradients are spread.

    >>> from bplearn import BinaryCrossEntropy, datasets, mlp
    >>> noise = BatchNoise(mlp(2, 4, 1, rng=0), datasets.moons(rng=0), loss=BinaryCrossEntropy(), batch_size=200)
    >>> histograms(noise).title
    'Angles and lengths'
    """
    angles, lengths = noise.angles, noise.lengths
    width, height = SIDE + 26, SIDE + 68
    parts = _bars(angles, np.arange(0, 181, 15.0), 0, "angle to the full gradient", "°", 90)
    edges = np.linspace(0, max(2.0, float(np.ceil(lengths.max()))), 13)
    parts += _bars(lengths, edges, height / 2, "length beside the full gradient", "", None)
    summary = (
        f"Angles from {angles.min():.0f} to {angles.max():.0f} degrees, median {np.median(angles):.0f}; "
        f"{noise.uphill} of {len(angles)} above 90. Mean cosine {short(float(noise.cosines.mean()), 2)}. "
        f"Lengths from {short(lengths.min(), 2)} to {short(lengths.max(), 2)}, "
        f"median {short(float(np.median(lengths)), 2)}."
    )
    return Picture(width, height, "".join(parts), "Angles and lengths", summary)


def _bars(values: Array, edges: Array, down: float, title: str, unit: str, turn: float | None) -> list[str]:
    counts, _ = np.histogram(values, bins=edges)
    left, wide, top, bottom = 4.0, SIDE + 16, down + 36, down + 124
    step = wide / len(counts)
    parts = [text(left, down + 14, title, font_weight=600)]
    for k, count in enumerate(counts.tolist()):
        tall = (bottom - top) * count / max(int(counts.max()), 1)
        beyond = turn is not None and edges[k] >= turn
        look = {"fill": SOFT if beyond else POSITIVE, "stroke": NEGATIVE if beyond else POSITIVE}
        if count:
            x = left + step * k
            dash = "4 2" if beyond else None
            parts.append(
                rect(
                    x + 1.5,
                    bottom - tall,
                    step - 3,
                    tall,
                    data_id=f"bar-{down}-{k}",
                    stroke_dasharray=dash,
                    stroke_width=1.6,
                    **look,
                )
            )
            parts.append(text(x + step / 2, bottom - tall - 4, count, anchor="middle"))
    parts.append(line(left, bottom, left + wide, bottom))
    for k in range(0, len(counts) + 1, 3):
        anchor = "start" if k == 0 else "end" if k == len(counts) else "middle"
        parts.append(text(left + step * k, bottom + 16, f"{short(edges[k])}{unit}", anchor=anchor, fill=MUTED))
    if turn is not None:
        x = left + wide * turn / edges[-1]
        parts.append(line(x, top - 12, x, bottom, stroke=INK, stroke_dasharray="2 3"))
        parts.append(text(left + wide, down + 14, "uphill →", anchor="end", fill=MUTED))
    return parts
