"""How large the numbers of a layer are and how they are spread: what every picture of signals by layer shows.

Taught in notebooks/11_initialisation_and_saturation.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.checks.arrays import Array


def rms(array: Array) -> float:
    """Return the root of the mean square, sqrt(mean(g^2)): a size that compares layers of different width.

    >>> rms(np.array([3.0, -3.0]))
    3.0
    """
    return float(np.sqrt(np.mean(np.square(array))))


def spread_shape(numbers: Array, low: float, high: float, bins: int) -> tuple[Array, Array]:
    """Return the widths 0..1 of a histogram from `low` to `high` and the edges of its bins; no number lies outside.

    The widths are square roots of the counts: else a spike (all the zeros of a ReLU) would flatten the rest to a line.

    >>> spread_shape(np.array([0.0, 0.0, 0.0, 0.0, 1.0]), 0.0, 1.0, 2)[0]
    array([1. , 0.5])
    """
    places = np.minimum(((numbers - low) * (bins / (high - low))).astype(int), bins - 1)
    counts = np.bincount(places, minlength=bins)  # three times as fast as np.histogram: a slider waits for it
    return np.sqrt(counts / counts.max()), np.linspace(low, high, bins + 1)
