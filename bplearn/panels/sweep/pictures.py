"""The map of a sweep, live: a cell for each learning rate and batch size, and the loss curve of the chosen one.

Strong colour is a low loss, by rank; every cell holds its number, the best one a star, a diverged one a cross.
Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import math

import numpy as np

from bplearn.history import History
from bplearn.panels.sweep.logic import MEASURES, SweepMap, blew_up
from bplearn.show.palette import ACCENT, MUTED, NEGATIVE, NEUTRAL, PAPER, POSITIVE, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import group, line, path, polyline, rect, text, text_width
from bplearn.show.text import short
from bplearn.show.ticks import log_ticks, round_ticks
from bplearn.sweeps.results import Run, rank_shades, score_words

HIGH, LEFT, TOP = 38.0, 62.0, 42.0
LETTERS = 13.5  # map and curve stand side by side on half a laptop screen, and can be read
WHOLE = 384.0  # width of all cells together, where there are few of them


def _wide(chart: SweepMap) -> float:
    return min(max(WHOLE / len(chart.batch_sizes), 64.0), 130.0)


def map_picture(chart: SweepMap) -> Picture:
    """Draw the map as far as it is filled.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> chart = SweepMap(Experiment(hidden=(4,)), learning_rates=[0.1], batch_sizes=[8, None], epochs=2)
    >>> map_picture(chart).desc
    'No training is finished yet.'
    """
    rows, columns = len(chart.learning_rates), len(chart.batch_sizes)
    wide = _wide(chart)
    width, height = max(LEFT + wide * columns + 8, 440.0), TOP + HIGH * rows + 44
    grid, best = chart.grid(), chart.best()
    ranked = grid.copy()
    for place, run in chart.runs.items():
        ranked[place] = np.inf if blew_up(run) else grid[place]
    shades = rank_shades(ranked)
    parts = [text(4, 14, f"{chart.measure} after {chart.epochs} epochs", size=LETTERS, font_weight=600)]
    parts.append(text(4, TOP - 8, "learning rate", size=LETTERS, fill=MUTED))
    parts.append(text(width - 8, TOP - 8, "strong: low · ★ best · × diverged", size=LETTERS, anchor="end", fill=MUTED))
    for i, rate in enumerate(chart.learning_rates):
        parts.append(text(LEFT - 8, TOP + HIGH * (i + 0.5) + 4, short(rate), size=LETTERS, anchor="end"))
    for j, size in enumerate(chart.batch_sizes):
        words = f"{size:,}" + (" (all)" if size == chart.samples else "")
        parts.append(text(LEFT + wide * (j + 0.5), TOP + HIGH * rows + 17, words, size=LETTERS, anchor="middle"))
    parts.append(text(LEFT + wide * columns / 2, height - 6, "batch size", size=LETTERS, anchor="middle", fill=MUTED))
    cells = [(i, j) for i in range(rows) for j in range(columns)]
    parts += [_cell(chart.runs.get(place), grid[place], shades[place], wide, *place, place == best) for place in cells]
    parts += [_growing(chart, history, *place) for place, history in chart.training.items()]
    if not chart.done and not chart.training:
        empty = [j for j in range(columns) if (0, j) not in chart.runs]
        middle = LEFT + wide * (empty[0] + len(empty) / 2)
        waits = f"{chart.cells - len(chart.runs)} trainings wait: Play fills the map"
        half, y = text_width(waits, LETTERS) / 2, TOP + HIGH * rows / 2
        parts.append(rect(middle - half, y - 15, 2 * half, 30, fill=PAPER, stroke=NEUTRAL, rx=15))
        parts.append(text(middle, y + 5, waits, size=LETTERS, anchor="middle"))
    x, y = LEFT + wide * chart.column, TOP + HIGH * chart.row
    parts.append(rect(x + 1.5, y + 1.5, wide - 3, HIGH - 3, fill="none", stroke=ACCENT, stroke_width=3, rx=3))
    return Picture(width, height, "".join(parts), "Map of the sweep", _words(chart))


def _cell(run: Run | None, score: float, depth: float, wide: float, i: int, j: int, is_best: bool) -> str:
    x, y = LEFT + wide * j, TOP + HIGH * i
    middle = x + wide / 2
    frame = rect(x + 1, y + 1, wide - 2, HIGH - 2, fill=SOFT, stroke=NEUTRAL, stroke_width=0.6)
    if run is None:
        mark = text(middle, y + 24, "·", size=LETTERS, anchor="middle", fill=MUTED)
    elif blew_up(run):
        left, right, top, bottom = x + 7, x + wide - 7, y + 7, y + HIGH - 7
        cross = ("M", left, top, "L", right, bottom, "M", right, top, "L", left, bottom)
        strokes = path(*cross, stroke=NEGATIVE, stroke_width=1, opacity=0.5)
        words = short(score, 1) if math.isfinite(score) else "diverged"
        mark = strokes + text(middle, y + 24, words, size=LETTERS, anchor="middle", fill=NEGATIVE, halo=True)
    else:
        shade = rect(x + 1, y + 1, wide - 2, HIGH - 2, fill=POSITIVE, fill_opacity=0.04 + 0.4 * depth)
        words = f"★ {score_words(score)}" if is_best else score_words(score)
        mark = shade + text(middle, y + 24, words, size=LETTERS, anchor="middle", font_weight=700 if is_best else None)
    return group(frame, mark, data_key=f"cell-{i}-{j}")


def _growing(chart: SweepMap, history: History, i: int, j: int) -> str:
    """The loss so far of a training that is going on, in quiet letters, and a bar for the epochs done."""
    wide = _wide(chart)
    x, y = LEFT + wide * j, TOP + HIGH * i
    losses = getattr(history, _series(chart))
    words = short(losses[-1], 3) if losses and losses[-1] < 1e4 else "·"
    bar = rect(x + 1, y + HIGH - 5, (wide - 2) * history.epochs / chart.epochs, 4, fill=ACCENT)
    return group(text(x + wide / 2, y + 22, words, size=LETTERS, anchor="middle", fill=MUTED, halo=True), bar,
                 pointer_events="none")  # fmt: skip


def _words(chart: SweepMap) -> str:
    if not chart.runs:
        return "No training is finished yet."
    sentences = [chart.summary()]
    for i, rate in enumerate(chart.learning_rates):
        cells = []
        for j, size in enumerate(chart.batch_sizes):
            run = chart.runs.get((i, j))
            if run is not None:
                cells.append(f"batch {size} {'diverged' if blew_up(run) else score_words(chart.score(i, j))}")
        if cells:
            sentences.append(f"Rate {short(rate)}: {', '.join(cells)}.")
    return " ".join(sentences)


def curve_picture(chart: SweepMap) -> Picture:
    """Draw the loss curve of the chosen cell, the best one's beside it.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> chart = SweepMap(Experiment(hidden=(4,)), learning_rates=[0.1], batch_sizes=[8, None], epochs=2)
    >>> curve_picture(chart).title
    'Loss curve at learning rate 0.1, batch size 210'
    """
    width, height, left, right, top, bottom = 380.0, 314.0, 56.0, 372.0, 44.0, 266.0
    rate, size = chart.place
    title = f"Loss curve at learning rate {short(rate)}, batch size {size}"
    best, run = chart.best(), chart.run
    lines: list[tuple[str, list[float], str, str | None, float]] = []  # name, values, stroke, dash, width
    if best is not None and best != (chart.row, chart.column):
        history = chart.runs[best].history
        lines.append(("best cell", getattr(history, _series(chart)), MUTED, "2 3", 2.0))
    if run is not None:
        lines.append(("training", run.history.epoch_loss, POSITIVE, None, 2.4))
        lines.append(("unseen", run.history.validation_loss, NEGATIVE, "6 3", 2.2))
    points = [
        (n, np.array([v for v in values if math.isfinite(v)]), stroke, dash, w)  # of the start
        for n, values, stroke, dash, w in lines
        if any(map(math.isfinite, values))
    ]
    parts = [text(4, 14, f"learning rate {short(rate)}, batch size {size}", size=LETTERS, font_weight=600)]
    parts += [line(left, bottom, right, bottom), line(left, top, left, bottom)]
    if not points:
        words = "not trained yet" if run is None else "diverged in the first epoch"
        parts.append(text((left + right) / 2, (top + bottom) / 2, words, anchor="middle", fill=MUTED))
        return Picture(width, height, "".join(parts), title, chart.reading())
    everything = np.log10(np.maximum(np.concatenate([values for _, values, *_ in points]), 1e-12))
    low, high = float(everything.min()), float(everything.max())
    pad = max(0.05 * (high - low), 0.06)
    low, high = low - pad, high + pad

    def height_of(value: float) -> float:
        return bottom - (bottom - top) * (math.log10(max(value, 1e-12)) - low) / (high - low)

    for tick in log_ticks(low, high):
        y = height_of(tick)
        parts.append(line(left, y, right, y, stroke=NEUTRAL, opacity=0.3))
        parts.append(text(left - 5, y + 4, short(tick, 2), size=LETTERS, anchor="end", fill=MUTED))
    x = 4.0
    for name, values, stroke, dash, thick in points:
        spots = [(left + (right - left) * (k + 1) / chart.epochs, height_of(v)) for k, v in enumerate(values.tolist())]
        parts.append(polyline(spots, stroke=stroke, stroke_width=thick, stroke_dasharray=dash, stroke_linejoin="round"))
        parts += [
            line(x, 30, x + 22, 30, stroke=stroke, stroke_width=thick, stroke_dasharray=dash),
            text(x + 27, 34, name, size=LETTERS),
        ]
        x += 34 + text_width(name, LETTERS)
    for epoch in sorted({1, *(int(tick) for tick in round_ticks(0, chart.epochs) if tick > chart.epochs / 12)}):
        place = left + (right - left) * epoch / chart.epochs
        parts.append(text(place, bottom + 16, str(epoch), size=LETTERS, anchor="middle", fill=MUTED))
    axis = "epoch (loss on a log scale)"
    parts.append(text((left + right) / 2, bottom + 34, axis, size=LETTERS, anchor="middle", fill=MUTED))
    return Picture(width, height, "".join(parts), title, chart.reading())


def _series(chart: SweepMap) -> str:
    return {"loss": "epoch_loss"}.get(MEASURES[chart.measure], "validation_loss")
