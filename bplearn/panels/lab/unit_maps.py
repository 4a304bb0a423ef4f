"""What each unit says: a small map of its answer over the data, drawn inside it, and one of them large.

Blue where a unit is above zero and orange where it is below, as the lines of the network are; the one output of two
classes has their colours, for it is the decision boundary in small.
Used in notebooks/12_learning_rate_and_batch_size.ipynb, where the training lab draws them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.datasets import Dataset
from bplearn.explain.naming import UnitNames
from bplearn.layers import Dense
from bplearn.network import Sequential
from bplearn.panels.base.data_pictures import Window, plane_picture, png
from bplearn.show.network import UnitColumn
from bplearn.show.palette import COLORS, INK, PAPER
from bplearn.show.picture import Picture
from bplearn.show.svg import png_image, polyline, rect, text
from bplearn.training.session import Session

WIDEST = 28.0  # px that a unit's map takes
PIXELS = 12  # of a map, along each side


def unit_answers(network: Sequential, x: Array) -> list[Array]:
    """Return what the inputs and the units after each Dense layer say to x (P, D): arrays (P, units).

    >>> from bplearn import mlp
    >>> [said.shape for said in unit_answers(mlp(2, 4, 1, rng=0), np.zeros((9, 2)))]
    [(9, 2), (9, 4), (9, 1)]
    """
    said, y = [], x.astype(network.parameters().value.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for layer in network:
            if isinstance(layer, Dense):
                said.append(y)
            y = layer.predict(y)
    return [np.nan_to_num(answers) for answers in [*said, y]]


def has_maps(data: Dataset) -> bool:
    """Tell whether a map can be drawn: of one input, or of two."""
    return data.image_shape is None and data.x.shape[1] <= 2


def unit_tiles(session: Session, data: Dataset, columns: Sequence[UnitColumn], *, still: bool) -> list[str]:
    """Draw every unit as a small square with the map of what it says; in a `still` picture a click names the unit."""
    answers = unit_answers(session.network, _asked(data))
    parts = []
    for place, column in enumerate(columns):
        if place >= len(answers) or answers[place].shape[1:] != (column.size,):
            continue  # a layer of one's own answered in another shape
        shown = answers[place][:, column.units]
        step = column.ys[1] - column.ys[0] if len(column.ys) > 1 else math.inf
        gap = 1 if len(column.ys) == 1 else max(math.ceil(step * PIXELS / WIDEST) - PIXELS, 1)  # pixels between two
        tile = min(WIDEST, step * PIXELS / (PIXELS + gap))
        corners = [(column.x - tile / 2, y - tile / 2) for y in column.ys]
        parts += [rect(*corner, tile, tile, fill=PAPER) for corner in corners]
        if data.x.shape[1] == 2:
            classes = place == len(columns) - 1 and column.size == 1 and data.target_names is not None
            strip = np.zeros((len(column.ys), PIXELS + gap, PIXELS, 4), dtype=np.uint8)  # one image for all
            strip[:, :PIXELS] = shades(shown.T.reshape(-1, PIXELS, PIXELS), swapped=classes)
            pixels = strip.reshape(-1, PIXELS, 4)[:-gap]
            parts.append(png_image(png(pixels), *corners[0], tile, tile * len(pixels) / PIXELS, smooth=True))
        else:
            ups = 0.42 * tile * shown / np.maximum(np.abs(shown).max(axis=0), 1e-12)
            across = np.linspace(column.x - tile / 2, column.x + tile / 2, len(shown)).tolist()
            for y, up in zip(column.ys, ups.T.tolist(), strict=True):
                parts.append(polyline([(x, y - high) for x, high in zip(across, up, strict=True)], stroke_width=1.4))
        for unit, corner in zip(column.units, corners, strict=True):
            key = f"unit-{place}-{unit}" if still else None
            parts.append(rect(*corner, tile, tile, fill="transparent", stroke=INK, stroke_width=1.1, data_key=key))
    return parts


def _asked(data: Dataset) -> Array:
    """Return the inputs at which the small maps are drawn."""
    if data.x.shape[1] == 2:
        return np.stack(np.meshgrid(*Window.of(data).ticks(PIXELS)), axis=-1).reshape(-1, 2)
    return np.linspace(data.x.min(), data.x.max(), 2 * PIXELS)[:, None]


def shades(said: Array, *, swapped: bool = False, deep: int = 190) -> Array:
    """Return the colours of maps (..., rows, columns) as (..., 4): by sign, deeper where a map's number is larger.

    >>> shades(np.array([[2.0, -1.0]]))[0, :, 3].tolist()
    [210, 115]
    """
    colors = np.array([list(bytes.fromhex(COLORS[name][0][1:])) for name in ("negative", "positive")], dtype=np.uint8)
    pixels = np.empty((*said.shape, 4), dtype=np.uint8)
    pixels[..., :3] = colors[((said > 0) ^ swapped).astype(int)]
    sizes = np.abs(said)
    most = np.maximum(sizes.max(axis=(-2, -1), keepdims=True), 1e-12)
    pixels[..., 3] = (20 + deep * sizes / most).astype(np.uint8)
    return pixels


def unit_view(session: Session, data: Dataset, place: int, unit: int) -> Picture:
    """Draw what one unit says over the whole plane, large: a line where it is zero, and the training points."""
    window = Window.of(data)
    ticks = window.ticks()
    said = unit_answers(session.network, np.stack(np.meshgrid(*ticks), axis=-1).reshape(-1, 2))[place][:, unit]
    said = said.reshape(len(ticks[1]), len(ticks[0]))
    name = unit_name(session.network, place, unit)
    low, high = float(said.min()), float(said.max())
    words = f"{name}: {_signed(low)} to {_signed(high)}"
    leads = [said] if low < 0 < high else []
    desc = f"From {_signed(low)} to {_signed(high)}; blue above zero, orange below, a line where it is zero."
    return plane_picture(
        window, data, shades(said, deep=110), leads, text(8, 14, words, size=12), f"What {name} says", desc
    )


def _signed(number: float) -> str:
    return f"{number:+.2g}".replace("-", "\u2212")


def unit_name(network: Sequential, place: int, unit: int) -> str:
    """Return the name of a unit, by the column in which it is drawn.

    >>> from bplearn import mlp
    >>> unit_name(mlp(2, 4, 1, rng=0), 1, 2)
    'h3'
    """
    dense = [number for number, layer in enumerate(network) if isinstance(layer, Dense)]
    last = [*(number - 1 for number in dense), len(network.layers) - 1][place]
    return UnitNames(network.layers).unit(last, unit).text
