"""Data sets as small pictures to choose from: a button each, which shows its points, its curve or its first image.

Used in notebooks/12_learning_rate_and_batch_size.ipynb, where they stand in the first row of the training lab.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from bplearn.datasets import Dataset
from bplearn.panels.base.data_pictures import png
from bplearn.panels.lab.experiment import DATA
from bplearn.show.palette import INK, series_color
from bplearn.show.svg import element, path, png_image
from bplearn.show.text import escape

WIDE, HIGH = 38.0, 26.0
MOST = 60  # points of a small picture


def thumbnails(options: Sequence[Any], chosen: Any) -> str:
    """Return a button for each data set, given as a name or as (label, Dataset): "data-0" and so on.

    >>> thumbnails(["moons", "sine"], "sine").count('aria-pressed="true"')
    1
    """
    buttons = []
    for number, option in enumerate(options):
        name, data = option if isinstance(option, tuple) else (option, option)
        drawn = _known(data) if isinstance(data, str) else small_picture(data)
        pressed = "true" if data is chosen or data == chosen else "false"
        inside = f'<svg viewBox="0 0 {WIDE:g} {HIGH:g}" aria-hidden="true">{drawn}</svg><span>{escape(name)}</span>'
        buttons.append(f'<button type="button" data-key="data-{number}" aria-pressed="{pressed}">{inside}</button>')
    return f'<div class="bpl-thumbs" role="group" aria-label="data">{"".join(buttons)}</div>'


@lru_cache(maxsize=8)
def _known(name: str) -> str:
    return small_picture(DATA[name][0](0))


def small_picture(data: Dataset) -> str:
    """Draw some of the points, or the first image; nothing for data of many numbers."""
    if data.image_shape is not None and len(data.image_shape) == 2:
        image = data.x[0].reshape(data.image_shape)
        grey = (255 * (image - image.min()) / max(float(np.ptp(image)), 1e-9)).astype(np.uint8)
        return png_image(png(255 - grey), (WIDE - HIGH) / 2, 0, HIGH, HIGH)
    x = data.x[:MOST].reshape(len(data.x[:MOST]), -1)
    answers = np.asarray(data.targets[:MOST])
    if x.shape[1] == 1 and data.target_names is None:
        x = np.concatenate([x, answers[:, :1]], axis=1)
    if x.shape[1] != 2:
        return ""
    low, high = x.min(axis=0), x.max(axis=0)
    places = 2.5 + (x - low) / np.maximum(high - low, 1e-12) * [WIDE - 5, HIGH - 5]
    kinds = answers if data.target_names is not None else np.zeros(len(x), dtype=int)
    drawn = ""
    for kind in range(len(data.target_names or "1")):
        spots = "".join(f"M{a:.1f} {HIGH - b:.1f}h0" for a, b in places[kinds == kind].tolist())
        look = {
            "stroke": series_color(kind) if data.target_names else INK,
            "stroke_linecap": "round" if kind == 0 else "square",
        }
        drawn += path(spots, stroke_width=2.6, **look) if spots else ""
    return drawn or element("g")
