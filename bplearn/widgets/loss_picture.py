"""The loss curve as a live picture: training and unseen losses, pinned runs beside them, and where the session stands.

The axis counts updates, epochs or samples: the three ways to compare batch sizes.
Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bplearn.guards import Array
from bplearn.history import History
from bplearn.palette import ACCENT, MUTED, NEGATIVE, NEUTRAL, POSITIVE
from bplearn.sessions.session import Session
from bplearn.svg import circle, group, line, polyline, short, text
from bplearn.widgets.picture import Picture

DASHES = ("9 3", "2 3", "9 3 2 3", "14 4", "5 5")  # one for each pinned run
POINTS = 160  # of a curve: more cannot be told apart


def along(history: History, by: str) -> tuple[Array, Array]:
    """Return where each step and each epoch lies on the x axis, counted by updates, epochs or samples."""
    samples = np.cumsum(history.step_samples) if history.step_samples else np.zeros(0)
    ends = np.array(history.epoch_ends, dtype=int)
    if by == "updates":
        return np.arange(1.0, history.steps + 1), ends.astype(float)
    if by == "samples":
        return samples.astype(float), samples[ends - 1].astype(float) if len(ends) else np.zeros(0)
    starts = np.concatenate([[0], ends])
    places = np.arange(1.0, history.steps + 1)
    epochs = np.searchsorted(ends, places, side="left")
    last = np.append(ends, max(starts[-1] + max(starts[-1] - starts[-2], 1) if len(ends) else history.steps, 1))
    return epochs + (places - starts[epochs]) / np.maximum(last[epochs] - starts[epochs], 1), np.arange(
        1.0, len(ends) + 1
    )


def thin(x: Array, y: Array, most: int = POINTS) -> list[tuple[float, float]]:
    """Return at most about `most` points: the mean of each stretch, so that no jump hides between two points."""
    if len(x) > most:
        cuts = np.linspace(0, len(x), most + 1).astype(int)[:-1]
        counts = np.diff(np.append(cuts, len(x)))
        x, y = np.add.reduceat(x, cuts) / counts, np.add.reduceat(y, cuts) / counts
    return list(zip(x.tolist(), y.tolist(), strict=True))


def loss_curve(session: Session, pinned: Sequence[tuple[str, History]] = (), by: str = "updates") -> Picture:
    """Draw the losses of the run under way (training, unseen) and of pinned runs, with the place the session is at."""
    width, height, left, right, top, bottom = 480.0, 270.0, 46.0, 474.0, 26.0, 236.0
    history = session.history
    series: list[tuple[list[tuple[float, float]], str, str | None, float]] = []  # points, stroke, dash, width
    for number, (_, old) in enumerate(pinned):
        at_steps, at_epochs = along(old, by)
        points = (
            thin(at_epochs, np.array(old.epoch_loss)) if old.epochs > 1 else thin(at_steps, np.array(old.step_loss))
        )
        series.append((points, MUTED, DASHES[number % len(DASHES)], 1.6))
    at_steps, at_epochs = along(history, by)
    series.append((thin(at_steps, np.array(history.step_loss)), POSITIVE, None, 1.0 if history.epochs > 1 else 1.8))
    if history.epochs > 1:
        series.append((thin(at_epochs, np.array(history.epoch_loss)), POSITIVE, None, 2.6))
    unseen = thin(at_epochs[: len(history.validation_loss)], np.array(history.validation_loss))
    unseen = [(x, y) for x, y in unseen if math.isfinite(y)]
    series.append((unseen, NEGATIVE, "6 3", 2.2))
    everything = [point for points, *_ in series for point in points if point[1] > 0]
    most_x = max((x for x, _ in everything), default=1.0)
    low, high = (min((y for _, y in everything), default=0.1), max((y for _, y in everything), default=1.0))
    low, high = math.log10(max(low, 1e-12)), math.log10(max(high, 1e-12))
    if high - low < 0.3:
        low, high = (low + high) / 2 - 0.15, (low + high) / 2 + 0.15
    low, high = low - 0.04 * (high - low), high + 0.04 * (high - low)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x = left + (right - left) * point[0] / most_x
        y = bottom - (bottom - top) * (math.log10(max(point[1], 1e-12)) - low) / (high - low)
        return x, y

    parts = []
    for tick in log_ticks(low, high):
        y = place((0, tick))[1]
        parts += [
            line(left, y, right, y, stroke=NEUTRAL, opacity=0.3),
            text(left - 6, y + 4, f"{tick:.6g}", size=11, anchor="end", fill=MUTED),
        ]
    for tick in _ticks(most_x):
        x = place((tick, 1))[0]
        parts.append(text(x, bottom + 15, f"{tick:,.0f}", size=11, anchor="middle", fill=MUTED))
    parts += [line(left, bottom, right, bottom), line(left, top, left, bottom)]
    for points, stroke, dash, thick in series:
        if len(points) == 1:
            parts.append(circle(*place(points[0]), 2.5, fill=stroke))
        elif points:
            fade = 0.55 if thick == 1.0 else None
            parts.append(
                polyline(map(place, points), stroke=stroke, stroke_width=thick, stroke_dasharray=dash, opacity=fade)
            )
    if not session.at_the_end and history.steps:
        x = place((float(at_steps[session.steps - 1]) if session.steps else 0.0, 1))[0]
        parts += [
            line(x, top, x, bottom, stroke=ACCENT, stroke_width=2),
            text(x + 4, top + 11, "here", size=11, fill=ACCENT, halo=True),
        ]
    parts.append(text((left + right) / 2, height - 4, by, size=12, anchor="middle", fill=MUTED))
    parts.append(_legend(left, [("training", POSITIVE, None), ("unseen", NEGATIVE, "6 3")]))
    for number, (name, _) in enumerate(pinned):
        y = top + 14 * number + 10
        parts += [
            line(
                right - 30,
                y - 4,
                right - 4,
                y - 4,
                stroke=MUTED,
                stroke_width=1.6,
                stroke_dasharray=DASHES[number % len(DASHES)],
            ),
            text(right - 34, y, name[:28], size=11, anchor="end", fill=MUTED, halo=True),
        ]
    if not history.steps:
        parts.append(text((left + right) / 2, (top + bottom) / 2, "no update yet", anchor="middle", fill=MUTED))
    return Picture(width, height, "".join(parts), "Loss curve", _loss_words(session, len(pinned)))


def _loss_words(session: Session, pinned: int) -> str:
    h = session.history
    if not h.steps:
        return "No update yet."
    latest = short(h.epoch_loss[-1] if h.epoch_loss else h.step_loss[-1])
    said = f"After {h.steps} updates ({h.epochs} epochs) the training loss is {latest}"
    said += f", the unseen loss {short(h.validation_loss[-1])}." if h.validation_loss else "."
    return said + (f" {pinned} pinned run{'s' * (pinned > 1)} beside it." if pinned else "")


def _legend(x: float, entries: Sequence[tuple[str, str, str | None]]) -> str:
    parts = [text(x - 40, 14, "loss (log scale)", size=12, fill=MUTED)]
    x += 80
    for words, stroke, dash in entries:
        parts += [
            line(x, 10, x + 26, 10, stroke=stroke, stroke_width=2.4, stroke_dasharray=dash),
            text(x + 31, 14, words, size=12),
        ]
        x += 105
    return group(*parts)


def log_ticks(low: float, high: float) -> list[float]:
    """Return round numbers between 10**low and 10**high.

    >>> log_ticks(-1, 1)
    [0.1, 1.0, 10.0]

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    for steps in ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)):
        found = [s * 10.0**e for e in range(math.floor(low), math.ceil(high) + 1) for s in steps]
        inside = [tick for tick in found if low <= math.log10(tick) <= high]
        if len(inside) >= 3:
            return inside[:: math.ceil(len(inside) / 7)]
    return [10**low, 10**high]


def _ticks(most: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10(max(most, 1)))
    step = next((step * part for part in (0.2, 0.5, 1.0) if most / (step * part) <= 5), step)
    step = max(step, 1.0)
    return [step * i for i in range(int(most / step) + 1)]
