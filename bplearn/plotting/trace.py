"""The paths from one weight to the error as a picture: the network, and on it what reaches the weight.

The width of a line is what passes through it, its dash is the sign, and the number on it is the local derivative.
Taught in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from bplearn.checks.arrays import expected_got, positive_integer
from bplearn.errors import ArgumentError
from bplearn.explain.trace import WeightTrace
from bplearn.show.picture import Picture
from bplearn.show.trace_picture import trace_picture


def plot_trace(trace: WeightTrace, *, top: int = 8) -> Picture:
    """Draw the strongest paths of a trace, from the error on the right back to the weight, and what they add up to.

    The width of a line is what passes through it, summed over the `top` strongest paths; blue and solid is positive,
    orange and dashed negative. In a small picture of one sample each line carries its local derivative and each unit
    its number. Units on no listed path stay gray; of a wide layer those on paths are drawn first.
    Raises: ArgumentError for what is no trace.

    >>> network = Sequential(Dense(1, 1, weights=[[2.0]]), Dense(1, 1, weights=[[3.0]]))
    >>> picture = plot_trace(trace_weight(network, [[5.0]], [[0.0]], HalfSquaredError(), 0, (0, 0)))
    >>> print(picture.desc)
    W_h[0, 0] = 2, E = 450. E <- o1 <- h1 <- W_h[0, 0]: 30 × 3 × 5 = 450. All paths are shown.

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    if not isinstance(trace, WeightTrace):
        raise ArgumentError(expected_got("plot_trace", "a trace, as trace_weight gives it", repr(trace)))
    return trace_picture(trace, top=positive_integer(top, "top"))
