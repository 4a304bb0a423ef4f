"""Ink: a drawing made ready for a network in the way in which the data set's digits were.

The makers of the digits fitted each one into a field of 32 x 32 dots and counted the dots in blocks of 4 x 4: that
makes 64 numbers from 0 to 16. A network that gets anything else is asked about what it has never seen.
Used in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bplearn.checks.arrays import Array

DOTS, PIXELS = 32, 8  # along each side
THICK = 5.2  # of a stroke, in dots: then a drawing has as much ink as the data set's digits
WIDEST = 21.0  # the data set's digits are as high as the field, and leave its first and last column nearly blank
Spot = tuple[float, float]
Strokes = Sequence[Sequence[Spot]]


def fitted(strokes: Strokes) -> list[list[Spot]]:
    """Return the drawing as high as the field, or as wide as digits are, and in its middle; its shape stays.

    >>> fitted([[(0, 0), (0, 10)]])
    [[(16.0, 2.6), (16.0, 29.4)]]
    """
    spots = np.array([spot for stroke in strokes for spot in stroke], dtype=float)
    low, high = spots.min(axis=0), spots.max(axis=0)
    wide, tall = high - low
    room = [(WIDEST - THICK) / wide if wide else np.inf, (DOTS - THICK) / tall if tall else np.inf]
    scale = min(room) if min(room) < np.inf else 1.0
    middle = (low + high) / 2
    moved = [(np.array(stroke, dtype=float) - middle) * scale + DOTS / 2 for stroke in strokes]
    return [[(round(float(x), 9), round(float(y), 9)) for x, y in stroke] for stroke in moved]


def dots(strokes: Strokes) -> Array:
    """Return which dots lie under the pen.

    Shapes: -> (32, 32) of True and False
    """
    ys, xs = np.mgrid[0:DOTS, 0:DOTS] + 0.5
    black = np.zeros((DOTS, DOTS), dtype=bool)
    for stroke in strokes:
        ends = list(stroke) if len(stroke) > 1 else [*stroke, *stroke]
        for (x1, y1), (x2, y2) in pairwise(ends):
            length = (x2 - x1) ** 2 + (y2 - y1) ** 2
            along = ((xs - x1) * (x2 - x1) + (ys - y1) * (y2 - y1)) / length if length else 0.0 * xs
            t = np.clip(along, 0, 1)
            black |= np.hypot(xs - x1 - t * (x2 - x1), ys - y1 - t * (y2 - y1)) <= THICK / 2
    return black


def counted_blocks(black: Array) -> Array:
    """Return how many dots of each block of 4 x 4 are black.

    Shapes: (32, 32) -> (64,), whole numbers from 0 to 16

    >>> counted_blocks(np.ones((32, 32), dtype=bool)).sum() == 64 * 16
    np.True_
    """
    block = DOTS // PIXELS
    return np.asarray(black.reshape(PIXELS, block, PIXELS, block).sum(axis=(1, 3)).ravel())


def ink_of(strokes: Strokes) -> Array:
    """Return a drawing as the data set's digits are: 64 numbers, 0 for paper and 1 for ink.

    >>> ink_of([[(5, 5), (5, 20)]]).reshape(8, 8)[4].round(2).tolist()
    [0.0, 0.0, 0.0, 0.75, 0.75, 0.0, 0.0, 0.0]
    """
    if not any(len(stroke) for stroke in strokes):
        return np.zeros(PIXELS * PIXELS)
    return counted_blocks(dots(fitted([stroke for stroke in strokes if len(stroke)]))) / 16
