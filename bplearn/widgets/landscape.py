"""The landscape: a ball rolls down a cost, one step at a time, and the learning rate says how far each step goes.

The logic is a `Landscape` (`panel.logic`); here are its pictures, its controls and where they stand.
Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

import math
from typing import Any, final

import numpy as np

from bplearn import svg
from bplearn.guards import Array
from bplearn.palette import ACCENT, INK, MUTED, NEGATIVE, NEUTRAL, PAPER, POSITIVE
from bplearn.sessions.descent import OPTIMIZERS, SURFACES, Landscape, Surface, relief
from bplearn.svg import circle, line, png_image, polyline, rect, short, text
from bplearn.widgets import controls
from bplearn.widgets.data_pictures import png
from bplearn.widgets.loss_picture import log_ticks
from bplearn.widgets.panel import Panel
from bplearn.widgets.picture import Picture, collage

GRID = 96
BANDS = 14
SIZE = 300.0
LOOKS = {  # of each optimizer's path: colour, dash, and the letter at its end
    "SGD": (INK, None),
    "Momentum": (NEGATIVE, "7 3"),
    "RMSProp": (ACCENT, "2 3"),
    "Adam": (POSITIVE, "9 3 2 3"),
}


def landscape(
    surface: str | Surface = "parabola", learning_rate: float = 0.1, optimizer: str = "SGD", *, race: bool = False
) -> Panel:
    """Walk down a cost of one weight or two; turn the learning rate and see what becomes of the same number of steps.

    `surface` is a name in `bplearn.sessions.descent.SURFACES` or your own (`own_surface`); `race` shows four
    optimizers at once.
    `panel.logic` is the Landscape behind it.
    Raises: ArgumentError for a surface or an optimizer that does not exist, or a rate below 0.

    >>> landscape("ravine", 0.09).logic.verdict().word
    'zig-zag'

    Introduced in: notebooks/07_weight_updates.ipynb
    """
    return _LandscapeView(Landscape(surface, learning_rate, optimizer, race=race)).panel


def map_picture(land: Landscape) -> Picture:
    """Draw the cost and the paths on it: a curve for one weight, a map with bands of equal height for two.

    >>> map_picture(Landscape("parabola", 0.2).step(2)).desc
    'L = w^2. SGD after 2 steps: at 3.6, cost 12.96.'

    Introduced in: notebooks/07_weight_updates.ipynb
    """
    body = _curve(land) if len(land.surface.start) == 1 else _map(land)
    heights, said = land.heights(), []
    for name, path in land.paths().items():
        at = ", ".join(short(v) for v in path[-1])
        said.append(f"{name} after {len(path) - 1} steps: at {at}, cost {short(float(heights[name][-1]))}.")
    return Picture(SIZE + 60, SIZE + 44, body, "Landscape of the cost", f"{land.surface.words}. {' '.join(said)}")


def _frame(names: tuple[str, str], low: Array, high: Array) -> list[str]:
    parts = [rect(46, 12, SIZE, SIZE, fill="none", stroke=NEUTRAL)]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = (low + share * (high - low)).tolist()
        parts += [
            text(46 + SIZE * share, SIZE + 27, short(x, 3), size=11, anchor="middle", fill=MUTED),
            text(41, 16 + SIZE * (1 - share), short(y, 3), size=11, anchor="end", fill=MUTED),
        ]
    parts.append(text(46 + SIZE / 2, SIZE + 41, names[0], size=12, anchor="middle", fill=MUTED))
    parts.append(text(4, 24, names[1], size=12, fill=MUTED))
    return parts


def _place(points: Array, low: Array, high: Array) -> list[tuple[float, float]]:
    share = (points - low) / (high - low)
    inside = np.clip(share, -0.02, 1.02)
    return [(46 + SIZE * x, 12 + SIZE * (1 - y)) for x, y in inside.tolist()]


def _trail(name: str, spots: list[tuple[float, float]]) -> str:
    color, dash = LOOKS[name]
    dots = "".join(circle(x, y, 2.6, fill=color) for x, y in spots[-60:-1])
    rim = polyline(spots, stroke=PAPER, stroke_width=4.5, opacity=0.7)
    ball = circle(*spots[-1], 7, fill=color, stroke=PAPER, stroke_width=2)
    return rim + polyline(spots, stroke=color, stroke_width=2, stroke_dasharray=dash) + dots + ball


def _curve(land: Landscape) -> str:
    s = land.surface
    w = np.linspace(s.low[0], s.high[0], 120)[:, None]
    heights = s.height(w)
    span = float(np.ptp(heights))
    low, high = np.array([s.low[0], heights.min() - 0.04 * span]), np.array([s.high[0], heights.max()])
    parts = _frame(("w", "L"), low, high)
    curve = _place(np.stack([w[:, 0], heights], axis=1), low, high)
    parts.append(polyline(curve, stroke=NEUTRAL, stroke_width=2.5))
    for name, path in land.paths().items():
        parts += [_trail(name, _place(np.stack([path[:, 0], s.height(path)], axis=1), low, high))]
    return "".join(parts)


def _map(land: Landscape) -> str:
    s = land.surface
    low, high = np.array(s.low), np.array(s.high)
    parts = [png_image(_bands(s), 46, 12, SIZE, SIZE, smooth=True), *_frame(("a", "b"), low, high)]
    parts += [_trail(name, _place(path, low, high)) for name, path in land.paths().items()]
    return "".join(parts)


def _bands(surface: Surface) -> bytes:
    """Colour the map in bands of equal height, deeper where it is higher; the lines between them are the contours."""
    heights = _finer(_finer(relief(surface)).T).T[::-1]
    share = np.sqrt((heights - heights.min()) / max(float(np.ptp(heights)), 1e-12))  # closer bands near the valley
    band = np.floor(share * BANDS)
    pixels = np.empty((GRID, GRID, 4), dtype=np.uint8)
    pixels[..., :3] = (70, 130, 180)
    pixels[..., 3] = (20 + 165 * band / BANDS).astype(np.uint8)
    return png(pixels)


def _finer(rows: Array) -> Array:
    """Stretch each row to the map's width, with straight lines between the places that were computed."""
    have, want = np.linspace(0, 1, rows.shape[1]), np.linspace(0, 1, GRID)
    return np.array([np.interp(want, have, row) for row in rows])


def cost_picture(land: Landscape) -> Picture:
    """Draw the cost after each step, on a log scale above the lowest point of the map.

    >>> cost_picture(Landscape("parabola", 0.2).step(2)).desc
    'SGD: from 100 to 12.96.'

    Introduced in: notebooks/07_weight_updates.ipynb
    """
    left, right, top, bottom = 50.0, 330.0, 40.0, 290.0
    heights = land.heights()
    floor = min(float(relief(land.surface).min()), *(float(v.min()) for v in heights.values())) - 1e-6
    above = {name: np.clip(values - floor, 1e-6, 1e12) for name, values in heights.items()}
    low = math.log10(min(float(v.min()) for v in above.values())) - 0.1
    high = math.log10(max(float(v.max()) for v in above.values())) + 0.1
    most = max(land.shown, 10)
    parts = [text(6, 14, "cost above the lowest point (log scale)", size=12, fill=MUTED)]
    for tick in log_ticks(low, high):
        y = bottom - (bottom - top) * (math.log10(tick) - low) / (high - low)
        parts += [
            line(left, y, right, y, opacity=0.3),
            text(left - 5, y + 4, f"{tick:g}", size=11, anchor="end", fill=MUTED),
        ]
    for step in sorted({0, most // 2, most}):
        x = left + (right - left) * step / most
        parts.append(text(x, bottom + 16, str(step), size=11, anchor="middle", fill=MUTED))
    parts += [line(left, bottom, right, bottom), line(left, top, left, bottom)]
    parts.append(text((left + right) / 2, bottom + 32, "steps", size=12, anchor="middle", fill=MUTED))
    said = []
    for number, (name, values) in enumerate(above.items()):
        color, dash = LOOKS[name]
        xs = left + (right - left) * np.arange(len(values)) / most
        ys = bottom - (bottom - top) * (np.log10(values) - low) / (high - low)
        spots = list(zip(xs.tolist(), ys.tolist(), strict=True))
        parts += [
            polyline(spots, stroke=color, stroke_width=2.2, stroke_dasharray=dash),
            circle(*spots[-1], 4, fill=color),
        ]
        x = 6 + 84 * number
        parts += [
            line(x, 27, x + 20, 27, stroke=color, stroke_width=2.4, stroke_dasharray=dash),
            text(x + 23, 31, name, size=11),
        ]
        said.append(f"{name}: from {short(float(heights[name][0]))} to {short(float(heights[name][-1]))}.")
    return Picture(346, SIZE + 44, "".join(parts), "Cost after each step", " ".join(said))


@final
class _LandscapeView:
    """Controls, stages, and what ties them to a Landscape."""

    def __init__(self, land: Landscape) -> None:
        self.land = land
        self.panel = panel = Panel("Landscape: downhill on a cost", twin=self.twin, logic=land)
        names: list[Any] = [(name, name) for name in SURFACES]
        start: Any = land.surface.name
        if land.surface.name not in SURFACES:
            names.append((land.surface.name, land.surface))
            start = land.surface
        play = panel.play_button(land.step, done=lambda: land.done, fps=8)
        step = panel.on_click(controls.button("One step"), lambda: self.pausing(land.step))
        ten = panel.on_click(controls.button("10 steps"), lambda: self.pausing(land.step, 10))
        back = panel.on_click(controls.button("Back", "Take one step back"), lambda: self.pausing(land.back))
        reset = panel.on_click(controls.button("Reset", "Go back to the start"), lambda: self.pausing(land.reset))
        kind = panel.on_change(
            controls.choice("surface", names, start), lambda v: self.pausing(lambda: land.choose(surface=v))
        )
        opt = panel.on_change(
            controls.choice("optimizer", OPTIMIZERS, land.optimizer), lambda v: land.choose(optimizer=v)
        )
        race = panel.on_change(controls.checkbox("race of all four", land.race), lambda v: land.choose(race=v))
        rate = panel.rate_dial(
            "learning rate", lambda: land.learning_rate, lambda v: land.choose(learning_rate=v), low=-3
        )
        panel.follow(lambda: setattr(opt, "disabled", land.race))
        verdict = panel.stage(self.verdict, role="status")
        ground = panel.stage(lambda: map_picture(land), width=340)
        cost = panel.stage(lambda: cost_picture(land), width=330)
        panel.arrange([kind, opt, race], rate, [play, step, ten, back, reset], verdict, [ground, cost])

    def pausing(self, action: Any, *arguments: Any) -> None:
        if self.panel.player is not None:
            self.panel.player.pause()
        action(*arguments)

    def verdict(self) -> str:
        costs = ", ".join(f"{name} {short(float(h[-1]))}" for name, h in self.land.heights().items())
        now = "" if self.land.race else f" Now, after {self.land.shown} steps, the cost is {costs.split(' ')[-1]}."
        return f"<p><b>{svg.escape(self.land.verdict().sentence)}</b>{svg.escape(now)}</p>"

    def twin(self) -> Picture:
        rate = f"learning rate {self.land.learning_rate:g}. {self.land.verdict().sentence}"
        return collage(
            [[map_picture(self.land), cost_picture(self.land)]],
            f"Landscape {self.land.surface.words}, {rate}",
            width=720,
        )
