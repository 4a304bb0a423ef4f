"""What a network does with its data, as a live picture: a decision boundary, a fitted curve, or unseen images.

The plane of answers is one small PNG, half transparent, so that it fits a light and a dark page.
Used in notebooks/12_learning_rate_and_batch_size.ipynb and notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image

from bplearn.checks.arrays import Array
from bplearn.datasets import Dataset
from bplearn.show.decision_plane import DecisionPlane, decision_plane
from bplearn.show.palette import INK, MUTED, NEGATIVE, NEUTRAL, PAPER, SERIES, SOFT, series_color
from bplearn.show.picture import Picture
from bplearn.show.svg import path, png_image, polyline, rect, text
from bplearn.training.session import Session

CLASS_MARK = ("dots", "squares", "crosses")
GRID = 64  # the plane is GRID x GRID answers
SIZE, EDGE, TOP = 250.0, 8.0, 22.0  # of the square that shows it, and where it begins


def has_boundary(data: Dataset) -> bool:
    """Tell whether a boundary can be drawn: between up to three classes, over two inputs."""
    plane = data.image_shape is None and data.x.shape[1] == 2
    return plane and data.target_names is not None and len(data.target_names) <= 3


def data_view(session: Session, train: Dataset, unseen: Dataset, images: Array) -> Picture:
    """Draw what can be seen of the task: a boundary for two inputs, a curve for one, else samples.

    `images` are the unseen samples as they were before they were standardized.
    """
    if has_boundary(train):
        return boundary(session, train)
    if train.image_shape is not None:
        return samples_view(session, unseen, images)
    if train.x.shape[1] == 1 and train.target_names is None:
        return curve_view(session, train)
    return samples_view(session, unseen, images)


def boundary(session: Session, data: Dataset, window: Window | None = None, over: str = "") -> Picture:
    """Draw the plane in the colours of the answers, and the training points as dots, squares and crosses.

    `over` is laid over the points. Without a `window` the picture shows all of them.
    """
    window = window or Window.of(data)
    plane = decision_plane(session.network, *window.ticks(), session.loss)
    legend, entry = [], EDGE
    for k, name in enumerate(data.target_names or ()):
        legend += [_marks(np.array([[entry + 5, 10.0]]), k), text(entry + 13, 14, f"class {name}", size=12)]
        entry += 84
    known = ", ".join(f"class {n} as {m}" for n, m in zip(data.target_names or (), CLASS_MARK, strict=False))
    desc = f"{_score(session)} Shown: {known}."
    return plane_picture(window, data, _shades(plane), plane.leads, "".join(legend), "Decision boundary", desc, over)


class Window(NamedTuple):
    """The square of the plane that a picture shows: its middle, and half its side."""

    middle: Array
    half: float

    @classmethod
    def of(cls, data: Dataset) -> Window:
        """Return the square around these points."""
        low, high = data.x.min(axis=0), data.x.max(axis=0)
        return cls((low + high) / 2, float((high - low).max()) * 0.56)

    def ticks(self, count: int = GRID) -> tuple[Array, Array]:
        """Return the places of a grid: x from the left, y from the top."""
        ticks = (np.arange(count) + 0.5) / count * 2 - 1
        return self.middle[0] + self.half * ticks, self.middle[1] - self.half * ticks

    def place(self, points: Array) -> Array:
        """Return where points (N, 2) lie in the picture."""
        scaled = (points - self.middle) / self.half
        return np.stack([EDGE + SIZE * (scaled[:, 0] + 1) / 2, TOP + SIZE * (1 - scaled[:, 1]) / 2], axis=1)


def plane_picture(
    window: Window,
    data: Dataset,
    shades: Array,
    leads: Sequence[Array],
    legend: str,
    title: str,
    desc: str,
    over: str = "",
) -> Picture:
    """Draw the plane in these shades (GRID, GRID, 4), a line where a lead is zero, and the points of each class."""
    picture = png_image(png(shades), EDGE, TOP, SIZE, SIZE, smooth=True)
    parts = [picture, rect(EDGE, TOP, SIZE, SIZE, fill="none", stroke=NEUTRAL)]
    parts += [_border(lead, EDGE, TOP, SIZE) for lead in leads]
    places = window.place(data.x)
    parts += [_marks(places[data.targets == k], k) for k in range(len(data.target_names or ()))]
    return Picture(SIZE + 2 * EDGE, SIZE + TOP + 6, legend + "".join(parts) + over, title, desc)


def _shades(plane: DecisionPlane) -> Array:
    """Colour each point of the grid by the answer there, paler where the network is unsure."""
    colors = np.array([list(bytes.fromhex(light[1:])) for light, _ in SERIES[: plane.sure.shape[-1]]], dtype=np.uint8)
    pixels = np.empty((GRID, GRID, 4), dtype=np.uint8)
    pixels[..., :3] = colors[plane.answers]
    pixels[..., 3] = (25 + 100 * plane.depths).astype(np.uint8)
    return pixels


def _border(lead: Array, left: float, top: float, size: float) -> str:
    """Draw where `lead` is zero: in each cell of the grid a straight piece between the places where its sides cross."""
    above = lead > 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        along = lead[:, :-1] / (lead[:, :-1] - lead[:, 1:])  # where a row crosses zero, between two neighbors
        down = lead[:-1] / (lead[:-1] - lead[1:])
    rows, columns = np.nonzero(
        (above[:-1, :-1] != above[1:, :-1]) | (above[:-1, 1:] != above[1:, 1:]) | (above[:-1, :-1] != above[:-1, 1:])
    )
    pieces, cell = [], size / GRID
    above, along, down = above.tolist(), along.tolist(), down.tolist()  # read one by one, lists are quicker
    for i, j in zip(rows.tolist(), columns.tolist(), strict=True):
        ends = [(j + along[k][j], float(k)) for k in (i, i + 1) if above[k][j] != above[k][j + 1]]
        ends += [(float(k), i + down[i][k]) for k in (j, j + 1) if above[i][k] != above[i + 1][k]]
        spots = [f"{left + cell * (x + 0.5):.1f} {top + cell * (z + 0.5):.1f}" for x, z in ends]
        pieces += [f"M{start}L{end}" for start, end in zip(spots[::2], spots[1::2], strict=False)]
    return path("".join(pieces), stroke=INK, stroke_width=1.8, stroke_linecap="round") if pieces else ""


def png(pixels: Array) -> bytes:
    """Return the PNG of an array (height, width, 4) or (height, width) of bytes."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _marks(places: Array, kind: int) -> str:
    """All points of one class as a single path: dots, squares or crosses."""
    spots = np.round(places, 1).tolist()
    if kind == 2:
        drawn = "".join(f"M{x - 3:.1f} {y}h6M{x} {y - 3:.1f}v6" for x, y in spots)
        return path(drawn, stroke=series_color(2), stroke_width=2)
    cap = "round" if kind == 0 else "square"
    drawn = "".join(f"M{x} {y}h0" for x, y in spots)
    rim = path(drawn, stroke=PAPER, stroke_width=7.6 if kind == 0 else 6.8, stroke_linecap=cap)
    return rim + path(drawn, stroke=series_color(kind), stroke_width=6 if kind == 0 else 5, stroke_linecap=cap)


def curve_view(session: Session, data: Dataset) -> Picture:
    """Draw the values to predict as dots, and what the network answers as a line."""
    size, edge = 250.0, 8.0
    x = np.linspace(data.x.min(), data.x.max(), 100)[:, None]
    y = np.nan_to_num(session.network(x)[:, 0])
    low, high = float(data.targets[:, 0].min()) - 0.4, float(data.targets[:, 0].max()) + 0.4

    def place(xs: Array, ys: Array) -> Array:
        across = edge + size * (xs - x.min()) / (x.max() - x.min())
        return np.stack([across, 22 + size * (high - np.clip(ys, low, high)) / (high - low)], axis=1)

    fit = [(a, b) for a, b in place(x[:, 0], y).tolist()]
    parts = [
        rect(edge, 22, size, size, fill=SOFT, stroke=NEUTRAL),
        _marks(place(data.x[:, 0], data.targets[:, 0]), 0),
        polyline(fit, stroke=NEGATIVE, stroke_width=3),
        text(edge, 14, "dots: training data, line: the network", size=12),
    ]
    return Picture(size + 2 * edge, size + 28, "".join(parts), "Fitted curve", _score(session))


def samples_view(session: Session, unseen: Dataset, images: Array, count: int = 15) -> Picture:
    """Draw unseen pictures with the network's answers; a wrong one is crossed and names the truth."""
    answers = session.network.predict(unseen.x[:count], loss=session.loss)
    names = unseen.target_names or ()
    parts = [text(8, 14, "unseen samples, answers below", size=12)]
    right = 0
    for i, answer in enumerate(answers.tolist()):
        x, y, true = 8 + 52 * (i % 5), 24 + 84 * (i // 5), int(unseen.targets[i]) if names else 0
        good = bool(names) and answer == true
        right += good
        if unseen.image_shape is not None and len(unseen.image_shape) == 2:
            tile = _tile(images[i].tobytes(), images.dtype.str, unseen.image_shape)
            parts.append(png_image(tile, x, y, 44, 44))
        parts.append(
            rect(x, y, 44, 44, fill="none", stroke=NEUTRAL if good else NEGATIVE, stroke_width=1 if good else 3)
        )
        words = f"{names[answer]}" if names else "?"
        parts.append(
            text(
                x + 22,
                y + 60,
                words if good else f"\u2717 {words}",
                size=13,
                anchor="middle",
                fill=INK if good else NEGATIVE,
            )
        )
        if not good and names:
            parts.append(text(x + 22, y + 75, f"is {names[true]}", size=12, anchor="middle", fill=MUTED))
    return Picture(
        270, 278, "".join(parts), "Unseen samples", f"{right} of {len(answers)} shown are right. {_score(session)}"
    )


@lru_cache(maxsize=256)
def _tile(values: bytes, kind: str, shape: tuple[int, ...]) -> bytes:
    """One image as a PNG, dark on light; the same sample is drawn again in every picture."""
    image = np.frombuffer(values, kind).reshape(shape)
    grey = (255 * (image - image.min()) / max(float(np.ptp(image)), 1e-9)).astype(np.uint8)
    return png(255 - grey)


def _score(session: Session) -> str:
    right = session.history.metrics.get("validation_accuracy")
    if not right or not session.epochs:
        return "No epoch is finished yet."
    return f"After epoch {session.epochs}: {100 * right[session.epochs - 1]:.1f}% of the unseen samples are right."
