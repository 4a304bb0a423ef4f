"""What no difference can measure: numbers that choose, and layers that answer otherwise each time.

A whole number that chooses (the index of a word) cannot be nudged. Where a layer draws anew in each pass, two losses
differ by the draw, not by the nudge. The check finds both by trying, and says so. Used by `check_gradients`,
notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.checks.layers import RAW
from bplearn.layers import Layer

NUDGE = 1e-5
MOST_COLUMNS = 256  # with more whole columns all are taken together


def choosing_columns(forward: Callable[[Array], Array], x: Array) -> Array:
    """Return, for each entry of x, whether it chooses: a whole number that a layer reads as an index or a step.

    >>> choosing_columns(lambda x: np.array([3.0, 4.0, 5.0])[x.astype(int)], np.array([[0.0, 2.0]])).tolist()
    [[True, True]]
    >>> choosing_columns(np.tanh, np.array([[0.0, 2.0]])).tolist()
    [[False, False]]
    """
    none = np.zeros(x.shape, dtype=bool)
    whole = (x == np.rint(x)).all(axis=tuple(range(x.ndim - 1)))  # by column
    if not whole.any() or not _chooses(forward, x, none | whole):
        return none
    columns = [np.arange(len(whole)) == k for k in np.flatnonzero(whole)]
    if len(columns) > MOST_COLUMNS:
        return none | whole
    found = [column for column in columns if _chooses(forward, x, none | column, still=True)]
    return none | (np.any(found, axis=0) if found else whole)


def _chooses(forward: Callable[[Array], Array], x: Array, moved: Array, still: bool = False) -> bool:
    """Whether a nudge of these entries fails, or leaves y as it is in one direction and makes it jump in the other.

    A jump is as large for a tenth of the nudge; what a slope does is a tenth then. With `still` a column that changes
    nothing counts, too: the index 0 is read from 0.00001 and from -0.00001 alike.
    """
    here = forward(x.copy())
    moves = []
    for step in (NUDGE, -NUDGE, NUDGE / 10, -NUDGE / 10):
        try:
            there = forward(x + step * moved)
        except RAW:
            return True
        if there.shape != here.shape:
            return True
        moves.append(float(np.abs(there - here).max(initial=0)))
    wide, narrow = moves[:2], moves[2:]
    if max(wide) == 0:
        return still
    return min(wide) <= 1e-3 * max(wide) and max(narrow) > 0.5 * max(wide)


def without_gradient(forward: Callable[[Array], Array], x: Array) -> Array:
    """Return, for an x whose gradient is None, whether it chooses: whole numbers whose nudges change nothing."""
    here, nudged = forward(x.copy()), [forward(x + step) for step in (NUDGE, -NUDGE)]
    flat = all(np.array_equal(here, y) for y in nudged) and bool((x == np.rint(x)).all())
    return np.full(x.shape, flat)


def other_batch(forward: Callable[[Array], Any], x: Array, choosing: Array, rng: np.random.Generator) -> Array:
    """Return another batch that forward takes: rows in another order and a little moved, but for what chooses."""
    moved = x[::-1] * (1 + 0.2 * rng.uniform(0.1, 1, x.shape)) + 0.01 * rng.normal(size=x.shape)
    moved = np.where(choosing, x[::-1], moved)
    try:
        forward(moved.copy())
    except RAW:  # a large number may be an index, too, or lie outside of what forward takes
        return x[::-1].copy()
    return moved


def left_out(choosing: Array) -> str:
    """Say which columns of x were not nudged; nothing where all were."""
    columns = np.flatnonzero(choosing.reshape(-1, choosing.shape[-1]).any(axis=0)).tolist()
    if not columns:
        return ""
    part = "x holds" if choosing.all() else f"column{'s' * (len(columns) > 1)} {', '.join(map(str, columns))} of x hold"
    part += "s" * (not choosing.all() and len(columns) == 1)
    return f"{part} whole numbers that choose, such as indices: no slope exists there, so they were not nudged."


def drawn_anew(layers: Sequence[Layer], x: Array) -> str:
    """Name the first layer whose second answer, by `again`, differs from its first; nothing where none does.

    >>> drawn_anew([Tanh()], np.ones((1, 1)))
    ''
    """
    for place, layer in enumerate(layers):
        y, cache = layer.forward(x.copy())
        again, _ = layer.again(x.copy(), cache)
        if not np.array_equal(y, again, equal_nan=True):
            where = f"Layer {place}, {layer!r}," if len(layers) > 1 else f"{layer!r}"
            return (
                f"{where} answers the same x in another way each time: it draws random numbers in forward, or keeps "
                "something from one pass to the next. Differences measure the draw, so nothing can be said of its "
                "gradient. For the check let forward draw from np.random.default_rng(0), made inside it."
            )
        x = y
    return ""
