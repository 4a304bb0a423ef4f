"""How high a cost is at many places: the numbers behind each map of a cost and each curve of one.

The figures that users save and the landscape panel ask a learner's function here; neither computes heights itself.
Used in notebooks/03_cost_functions.ipynb and notebooks/07_weight_updates.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array


def heights_at(cost: Callable[..., Any], points: Array) -> Array:
    """Return the cost at each point: from one call with arrays where that gives the same, else from a call a point.

    Shapes: points (..., D) -> (...); cost takes D numbers

    >>> heights_at(lambda a, b: a * a + b, np.array([[3.0, 1.0], [0.0, 2.0]]))
    array([10.,  2.])
    """
    places = np.reshape(points, (-1, points.shape[-1]))
    heights = _all_at_once(cost, places) if len(places) > 8 else None
    if heights is None:
        heights = np.array([_height(cost, place) for place in places])
    return np.reshape(heights, points.shape[:-1])


def _height(cost: Callable[..., Any], place: Array) -> float:
    return float(cost(*place.tolist()))


def _all_at_once(cost: Callable[..., Any], places: Array) -> Array | None:
    """Return the cost from one call with arrays, if that agrees with three calls with numbers."""
    try:
        found = np.asarray(cost(*places.T), dtype=float)
    except Exception:  # a learner's function need not take arrays
        return None
    if found.shape != places.shape[:1]:
        return None
    probes = (0, len(places) // 2, len(places) - 1)
    agree = all(np.isclose(found[n], _height(cost, places[n]), rtol=1e-9, equal_nan=True) for n in probes)
    return found if agree else None
