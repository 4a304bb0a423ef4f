"""The pictures of the landscape: the cost with the paths on it, and the cost after each step.

Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.panels.base.data_pictures import png
from bplearn.panels.base.grip import Axis, grip
from bplearn.panels.landscape.logic import Landscape, Surface
from bplearn.panels.landscape.surfaces import height_grid
from bplearn.show.palette import ACCENT, COLORS, INK, MUTED, NEUTRAL, OPTIMIZERS, PAPER, series_color
from bplearn.show.picture import Picture
from bplearn.show.svg import circle, group, line, path, png_image, polyline, rect, text, text_width
from bplearn.show.text import counted, short
from bplearn.show.ticks import log_ticks, round_ticks

GRID = 192
BANDS = 14
SIZE = 300.0
LEFT, TOP = 46.0, 12.0
Spot = tuple[float, float]
DASHES = {"SGD": None, "Momentum": "7 3", "RMSProp": "2 3", "Adam": "9 3 2 3"}
LOOKS = {name: (series_color(OPTIMIZERS[name]), dash) for name, dash in DASHES.items()}  # of a path
SIDES = {"SGD": (-13.0, 4.0), "Momentum": (0.0, -10.0), "RMSProp": (13.0, 4.0), "Adam": (0.0, 18.0)}  # of its letter


def map_picture(land: Landscape) -> Picture:
    """Draw the cost and the paths on it: a curve for one weight, a map with bands of equal height for two.

    >>> map_picture(Landscape("parabola", 0.2).step(2)).desc
    'L = w^2. SGD after 2 steps: at 3.6, cost 12.96.'
    """
    body = _curve(land) if len(land.surface.start) == 1 else _map(land)
    heights, sentences = land.heights(), []
    if land.held.covered:
        return Picture(SIZE + 62, SIZE + 52, body, "Landscape of the cost", f"{land.surface.words}. {land.held.told()}")
    for name, walked in land.paths().items():
        at = ", ".join(short(v) for v in walked[-1])
        when, cost = counted(len(walked) - 1, "step"), short(float(heights[name][-1]))
        sentences.append(f"{name} after {when}: at {at}, cost {cost}.")
    words = f"{land.surface.words}. {' '.join(sentences)}"
    return Picture(SIZE + 62, SIZE + 52, body + _gone(land), "Landscape of the cost", words)


def _frame(names: tuple[str, str], low: Array, high: Array) -> list[str]:
    """The frame with round numbers on both axes."""
    parts = [rect(LEFT, TOP, SIZE, SIZE, fill="none", stroke=NEUTRAL)]
    bottom = TOP + SIZE
    for tick in round_ticks(float(low[0]), float(high[0])):
        x = LEFT + SIZE * (tick - low[0]) / (high[0] - low[0])
        parts += [
            line(x, bottom, x, bottom + 4),
            text(x, bottom + 17, short(tick), size=12, anchor="middle", fill=MUTED),
        ]
    for tick in round_ticks(float(low[1]), float(high[1])):
        y = bottom - SIZE * (tick - low[1]) / (high[1] - low[1])
        parts += [line(LEFT - 4, y, LEFT, y), text(LEFT - 7, y + 4, short(tick), size=12, anchor="end", fill=MUTED)]
    parts.append(text(LEFT + SIZE + 4, bottom + 5, names[0], size=13, fill=INK))
    parts.append(text(4, TOP + 10, names[1], size=13, fill=INK))
    return parts


def _place(points: Array, low: Array, high: Array) -> list[Spot]:
    share = np.clip((points - low) / (high - low), -30, 31)  # far outside, but still a number that SVG can hold
    return [(LEFT + SIZE * x, TOP + SIZE * (1 - y)) for x, y in share.tolist()]


def _trail(name: str, spots: list[Spot], race: bool) -> tuple[str, str]:
    """A path with a dot for each step and a ball at its end; of what leaves the frame an arrow tells the way.

    The path and its end come apart: all ends lie above all paths.
    """
    color, dash = LOOKS[name]
    pieces = _inside(spots)
    rim = "".join(polyline(piece, stroke=PAPER, stroke_width=4.5, opacity=0.7) for piece in pieces)
    lines = "".join(polyline(piece, stroke=color, stroke_width=2, stroke_dasharray=dash) for piece in pieces)
    cut = rim + lines + "".join(circle(x, y, 2.6, fill=color) for x, y in spots[-60:-1] if _is_inside(x, y))
    x, y = spots[-1]
    if _is_inside(x, y):
        ball = circle(x, y, 5 if race else 7, data_id=f"ball-{name}", fill=color, stroke=PAPER, stroke_width=2)
        right, down = SIDES[name]  # each on its own side: balls may lie on one another
        look = {"size": 12, "anchor": "middle", "halo": True, "fill": color, "font_weight": 700}
        return cut, group(ball, text(x + right, y + down, name[0], data_id=f"letter-{name}", **look) if race else "")  # type: ignore[arg-type]
    inside_x, inside_y = min(max(x, LEFT + 9), LEFT + SIZE - 9), min(max(y, TOP + 9), TOP + SIZE - 9)
    turn = math.degrees(math.atan2(y - inside_y, x - inside_x))
    tip = path("M", -7, -7, "L", 9, 0, "L", -7, 7, "Z", fill=color, stroke=PAPER, stroke_width=2)
    arrow = group(tip, transform=f"translate({inside_x:.1f} {inside_y:.1f}) rotate({turn:.0f})")
    return cut, arrow


def _is_inside(x: float, y: float) -> bool:
    return LEFT - 1 <= x <= LEFT + SIZE + 1 and TOP - 1 <= y <= TOP + SIZE + 1


def _inside(spots: list[Spot]) -> list[list[Spot]]:
    """Cut a path at the frame: the pieces of it that lie inside."""
    if len(spots) < 2 or all(_is_inside(*spot) for spot in spots):
        return [spots]
    pieces: list[list[Spot]] = []
    for (x1, y1), (x2, y2) in pairwise(spots):
        first, last = 0.0, 1.0  # the share of this step that is inside
        for start, end, low in ((x1, x2, LEFT), (y1, y2, TOP)):
            if start == end:
                last = last if low <= start <= low + SIZE else -1.0
                continue
            enters, leaves = sorted(((low - start) / (end - start), (low + SIZE - start) / (end - start)))
            first, last = max(first, enters), min(last, leaves)
        if first >= last:
            continue
        a, b = ((x1 + t * (x2 - x1), y1 + t * (y2 - y1)) for t in (first, last))
        if pieces and first == 0.0 and pieces[-1][-1] == a:
            pieces[-1].append(b)
        else:
            pieces.append([a, b])
    return pieces


def _gone(land: Landscape) -> str:
    """Say below the map which paths end outside of it."""
    low, high = np.array(land.surface.low), np.array(land.surface.high)
    gone = [name for name, walked in land.paths().items() if ((walked[-1] < low) | (walked[-1] > high)).any()]
    if not gone:
        return ""
    words = f"{', '.join(gone)} {'has' if len(gone) == 1 else 'have'} left the map"
    return text(LEFT, TOP + SIZE + 33, words, size=12, fill=INK, font_weight=600)


def _curve(land: Landscape) -> str:
    s = land.surface
    w = np.linspace(s.low[0], s.high[0], s.cells)[:, None]
    heights = height_grid(s)
    span = float(np.ptp(heights))
    low, high = np.array([s.low[0], heights.min() - 0.04 * span]), np.array([s.high[0], heights.max()])
    parts = _frame(("w", "L"), low, high)
    parts.append(polyline(_place(np.stack([w[:, 0], heights], axis=1), low, high), stroke=NEUTRAL, stroke_width=2.5))
    along = land.heights()
    ways = {name: np.stack([walked[:, 0], along[name]], axis=1) for name, walked in land.paths().items()}
    return "".join(parts) + _tangent(land, low, high) + _trails(land, ways, low, high)


def _tangent(land: Landscape, low: Array, high: Array) -> str:
    """What the slope had promised where the ball was taken hold of."""
    if land.ghost is None or not land.held.moved or land.held.promised is None:
        return ""
    old, new = land.ghost[-1 if land.held.key == "ball" else 0][0], land.start[0]
    ends = np.array([[old, land.held.before], [new, land.held.before + land.held.promised]])
    return polyline(_place(ends, low, high), stroke=ACCENT, stroke_width=2, stroke_dasharray="3 3")


def _map(land: Landscape) -> str:
    s = land.surface
    low, high = np.array(s.low), np.array(s.high)
    parts = [_ground(s), *_frame(("a", "b"), low, high), _scale(s)]
    return "".join(parts) + _trails(land, land.paths(), low, high)


def _trails(land: Landscape, ways: dict[str, Array], low: Array, high: Array) -> str:
    if land.held.covered:
        ways = {name: way[:1] for name, way in ways.items()}
    drawn = [_trail(name, _place(way, low, high), land.race) for name, way in ways.items()]
    ends = [end for _, end in drawn]
    first = next(iter(ways.values()))
    if len(first) == 1 and not land.race:
        ends = [_hold(land, "ball" if not land.shown else "start", first[0], low, high, ends[0])]
    else:
        x, y = _place(first[:1], low, high)[0]
        ring = circle(x, y, 6, fill=PAPER, stroke=INK, stroke_width=1.6, stroke_dasharray="3 2", class_="bpl-rim")
        ends.insert(0, _hold(land, "start", first[0], low, high, ring))
        last = _place(first[-1:], low, high)[0]
        if not land.race and _is_inside(*last):
            ends[-1] = _hold(land, "ball", first[-1], low, high, ends[-1])
    return "".join([_ghost(land, low, high), *(trail for trail, _ in drawn), *ends])


def _hold(land: Landscape, key: str, spot: Array, low: Array, high: Array, drawn: str) -> str:
    """Something on the landscape to take hold of, with room for a finger around it."""
    surface = land.surface
    names = ("w",) if len(surface.start) == 1 else ("a", "b")
    axes: dict[str, Axis] = {}
    said = []
    numbers = zip(names, "xy", spot.tolist(), surface.low, surface.high, strict=False)
    for name, way, value, end, top in numbers:
        span = top - end
        step = 10.0 ** round(math.log10(span / 100))
        axes[way] = Axis(value, end, top, step, span / SIZE * (1 if way == "x" else -1))
        said.append(f"{name} = {short(value)}")
    x, y = _place(spot[None], low, high)[0]
    room = circle(x, y, 14, fill=PAPER, opacity=0)
    label = "ball" if key == "ball" else "start of the walk"
    return grip(key, room, drawn, label=label, x=axes.get("x"), y=axes.get("y"), said=", ".join(said))


def _ghost(land: Landscape, low: Array, high: Array) -> str:
    """The walk as it was before something was taken hold of."""
    if land.ghost is None or not land.held.moved:
        return ""
    way = land.ghost
    if way.shape[1] == 1:
        way = np.stack([way[:, 0], land.surface.height(way)], axis=1)
    spots = _place(way, low, high)
    x, y = spots[-1]
    look = {"stroke": MUTED, "stroke_width": 1.6, "stroke_dasharray": "2 3"}
    return "".join(polyline(piece, **look) for piece in _inside(spots)) + (  # type: ignore[arg-type]
        circle(x, y, 7, fill="none", **look) if _is_inside(x, y) else ""  # type: ignore[arg-type]
    )


@lru_cache(maxsize=32)
def _ground(surface: Surface) -> str:
    """The map as an embedded image, drawn once: bands of equal height, deeper where it is higher."""
    finer = _finer(surface.cells)
    heights = (finer @ height_grid(surface) @ finer.T)[::-1]
    share = np.sqrt((heights - heights.min()) / max(float(np.ptp(heights)), 1e-12))  # closer bands near the valley
    band = np.floor(share * BANDS)
    pixels = np.empty((GRID, GRID, 4), dtype=np.uint8)
    pixels[..., :3] = list(bytes.fromhex(COLORS["positive"][0][1:]))
    pixels[..., 3] = (20 + 165 * band / BANDS).astype(np.uint8)
    return png_image(png(pixels), LEFT, TOP, SIZE, SIZE, smooth=True)


@lru_cache(maxsize=32)
def _scale(surface: Surface) -> str:
    """What the shades of the map stand for, in its lower right corner: a step for each third band, with its cost."""
    heights = height_grid(surface)
    low, span = float(heights.min()), float(np.ptp(heights))
    parts, wide, left, y = [], 30.0, LEFT + SIZE - 6 * 30.0 - 8, TOP + SIZE - 12
    parts.append(rect(left - 36, y - 22, 6 * wide + 40, 30, fill=PAPER, opacity=0.85, rx=3))
    parts.append(text(left - 31, y, "cost", size=12))
    blue = COLORS["positive"][0]
    for place in range(6):
        share = place / 5
        shade = (20 + 165 * min(math.floor(share * BANDS), BANDS - 1) / BANDS) / 255
        x = left + wide * place
        parts.append(rect(x, y - 19, wide, 7, fill=blue, fill_opacity=round(shade, 3)))
        words = short(low + span * share * share, 2)
        parts.append(text(x + wide / 2, y + 2, words, size=12, anchor="middle"))
    return group(*parts, pointer_events="none")


@lru_cache(maxsize=8)
def _finer(cells: int) -> Array:
    """The matrix that stretches `cells` heights to the map's width, with a smooth curve through them (Catmull-Rom)."""
    at = np.linspace(0, cells - 1, GRID)
    left = np.clip(np.floor(at).astype(int), 0, cells - 2)
    t = at - left
    weights = (
        (-1, (-t + 2 * t**2 - t**3) / 2),
        (0, (2 - 5 * t**2 + 3 * t**3) / 2),
        (1, (t + 4 * t**2 - 3 * t**3) / 2),
        (2, (-(t**2) + t**3) / 2),
    )
    matrix = np.zeros((GRID, cells))
    for offset, weight in weights:
        np.add.at(matrix, (np.arange(GRID), np.clip(left + offset, 0, cells - 1)), weight)
    return matrix


def cost_picture(land: Landscape) -> Picture:
    """Draw the cost after each step: on a log scale, or on a plain one where it goes below 0.

    >>> cost_picture(Landscape("parabola", 0.2).step(2)).desc
    'SGD: from 100 to 12.96.'
    """
    left, right, top, bottom = 54.0, 336.0, 44.0, TOP + SIZE
    if land.held.covered:
        words = text((left + right) / 2, (top + bottom) / 2, "the cost stands here once it is said", size=12.5,
                     anchor="middle", fill=MUTED)  # fmt: skip
        frame = rect(left, top, right - left, bottom - top, stroke=NEUTRAL)
        return Picture(346, SIZE + 52, frame + words, "Cost after each step", "It is still covered.")
    heights = {name: np.clip(values, -1e12, 1e12) for name, values in land.heights().items()}
    lowest = min(float(height_grid(land.surface).min()), *(float(values.min()) for values in heights.values()))
    is_log = lowest > -1e-9
    scaled = {name: np.log10(np.clip(values, 1e-9, None)) if is_log else values for name, values in heights.items()}
    low, high = (extreme(float(extreme(v)) for v in scaled.values()) for extreme in (min, max))
    room = 0.1 if is_log else 0.05 * (high - low) or 1.0
    low, high = low - room, high + room
    most = max(land.shown, 10)
    parts = [text(6, 14, f"cost after each step{' (log scale)' * is_log}", size=12.5, font_weight=600)]
    for tick in log_ticks(low, high) if is_log else round_ticks(low, high):
        y = bottom - (bottom - top) * ((math.log10(tick) if is_log else tick) - low) / (high - low)
        parts += [
            line(left, y, right, y, opacity=0.3),
            text(left - 6, y + 4, short(tick), size=12, anchor="end", fill=MUTED),
        ]
    for step in round_ticks(0, most):
        x = left + (right - left) * step / most
        parts.append(text(x, bottom + 17, short(step), size=12, anchor="middle", fill=MUTED))
    parts += [line(left, bottom, right, bottom), line(left, top, left, bottom)]
    parts.append(text((left + right) / 2, bottom + 33, "steps", size=13, anchor="middle"))
    sentences, x = [], 6.0
    for name, values in scaled.items():
        color, dash = LOOKS[name]
        xs = left + (right - left) * np.arange(len(values)) / most
        ys = bottom - (bottom - top) * (values - low) / (high - low)
        spots = list(zip(xs.tolist(), ys.tolist(), strict=True))
        parts += [
            polyline(spots, stroke=color, stroke_width=2.2, stroke_dasharray=dash),
            circle(*spots[-1], 4, fill=color, data_id=f"end-{name}"),
        ]
        parts += [
            line(x, 28, x + 22, 28, stroke=color, stroke_width=2.4, stroke_dasharray=dash),
            text(x + 26, 32, name, size=12),
        ]
        x += 38 + text_width(name, 13.5)
        sentences.append(f"{name}: from {short(float(heights[name][0]))} to {short(float(heights[name][-1]))}.")
    return Picture(346, SIZE + 52, "".join(parts), "Cost after each step", " ".join(sentences))
