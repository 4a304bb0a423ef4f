"""A derivative from values alone: nudge, look at the difference, and say how far to trust it.

With a large step h curvature spoils the difference, with a small one rounding does. So `slope` tries many steps, keeps
the best combination of them and estimates its error. Where the slopes to the left and to the right differ, the function
has a kink and no single derivative. Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bplearn.checks.arrays import Array

EPSILON = float(np.finfo(np.float64).eps)
STEPS = 10.0 ** -np.arange(1, 7.5, 0.5)  # 0.1, 0.03, ... 1e-7
SMALL = 10  # the place of 1e-6 among them


class Slope(NamedTuple):
    """A derivative found by differences, a bound for its error, and, at a kink, the slopes on both sides."""

    value: float
    error: float
    left: float
    right: float
    kink: bool


def central_difference(f: Callable[[float], float], h: float = 1e-5) -> float:
    """Return (f(h) - f(-h)) / (2 h), the slope of f at 0; its error shrinks with h^2.

    >>> round(central_difference(lambda t: (3 + t) ** 2), 6)
    6.0

    Introduced in: notebooks/04_chain_rule.ipynb
    """
    return (f(h) - f(-h)) / (2 * h)


def noise(f: Callable[[float], float], scale: float = 1.0, epsilon: float = EPSILON) -> float:
    """Return how much f jitters by rounding: its largest distance from a line through seven neighboring points.

    `epsilon` is the relative rounding of the numbers f works with: larger than the default for float32.

    >>> noise(lambda t: 1e6 + t) < 1e-9
    True
    """
    at = np.arange(-3.0, 4.0)
    values = np.array([f(5000 * epsilon * scale * k) for k in at])
    middle = values - values.mean()
    rest = middle - at * (at @ middle) / (at @ at)
    return float(max(np.abs(rest).max(), 2 * epsilon * np.abs(values).max()))


def slope(f: Callable[[float], float], scale: float = 1.0, epsilon: float = EPSILON) -> Slope:
    """Return the derivative of f at 0 as well as it can be had; steps are multiples of `scale`.

    D(h) = (f(h) - f(-h)) / (2 h) for h = 0.1 ... 1e-7, extrapolated to h = 0 as a polynomial in h^2 (Richardson).

    >>> found = slope(lambda t: np.exp(t))
    >>> abs(found.value - 1) < 1e-11, found.kink
    (True, False)
    >>> slope(lambda t: abs(t)).kink
    True

    Source: Ridders 1982; Press et al., Numerical Recipes, section 5.7.
    """
    steps = STEPS * scale
    ahead, behind = (np.array([f(sign * float(h)) for h in steps]) for sign in (1, -1))
    here = f(0.0)
    still = _stands_still(f, scale, epsilon, float((ahead[0] - behind[0]) / (2 * steps[0])))
    jitter = max(noise(f, scale, epsilon), _granularity(np.array([*ahead, *behind, here]), still=still))
    value, error, used = _extrapolate((ahead - behind) / (2 * steps), steps, jitter)
    right, left = (ahead - here) / steps, (here - behind) / steps
    if _is_kink(left, right, steps, jitter, SMALL):
        return Slope(float(value), float(error), float(left[SMALL]), float(right[SMALL]), True)
    # The steps that gave the value may reach over a kink that the smallest steps do not. The slope on the side
    # without it is then known but for what it bends, and for the rounding.
    wide = max(used, 2)
    kink = _is_kink(left, right, steps, jitter, wide)
    bend = min(abs(right[wide - 2] - right[wide]), abs(left[wide - 2] - left[wide]))
    low, high = sorted((float(left[wide]), float(right[wide])))
    room = float(bend + 5 * jitter / steps[wide])
    return Slope(float(value), float(error), low - room, high + room, kink)


def _stands_still(f: Callable[[float], float], scale: float, epsilon: float, wide_slope: float) -> bool:
    """Whether f is the same at two points that lie so far apart that its slope would move it beyond its own rounding.

    log(1 + t) near t = 0 is such a function: its inside is rounded to steps of 2e-16, though its value is near 0.
    """
    reach = 15_000 * epsilon * scale
    ahead, behind = f(reach), f(-reach)
    return ahead == behind and abs(wide_slope) * reach > 8 * epsilon * abs(ahead)


def _granularity(values: Array, *, still: bool) -> float:
    """Return the smallest step between values of f: what rounding inside f leaves of its answer.

    It is 0 where few values are equal and f does not stand still.
    """
    distinct = np.unique(values[np.isfinite(values)])
    if not still and len(distinct) > 2 * len(values) / 3:
        return 0.0
    gap = float(np.diff(distinct).min()) if len(distinct) > 1 else EPSILON * max(1.0, abs(float(values[-1])))
    return gap if gap < 1e-12 * max(1.0, abs(float(values[-1]))) else 0.0


def _extrapolate(central: Array, steps: Array, jitter: float) -> tuple[float, float, int]:
    """Return the entry of Neville's table with the smallest estimated error, that error, and its smallest step."""
    best, smallest, used = float("nan"), np.inf, 0
    previous: list[float] = []
    for k, first in enumerate(central):
        row = [float(first)]
        floor = jitter / steps[k]
        for order, older in enumerate(previous):
            ratio = (steps[k - order - 1] / steps[k]) ** 2
            row.append(row[order] + (row[order] - older) / (ratio - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - older)) + floor
            if error < smallest:  # never true for NaN: f may be undefined at a large step
                best, smallest, used = row[-1], error, k
        previous = row
    return best, smallest, used


def _is_kink(left: Array, right: Array, steps: Array, jitter: float, place: int) -> bool:
    """Whether the slopes on both sides differ at steps[place] as much as at a step ten times as wide.

    Their difference shrinks with the step where f is smooth. It cannot grow as the step shrinks: what does is a wave.
    """
    jump, wider = abs(right[place] - left[place]), abs(right[place - 2] - left[place - 2])
    size = max(abs(right[place]), abs(left[place]))
    stays = 0.3 * wider < jump and (jump < 1.2 * wider or place == SMALL)
    return bool(stays and jump > 1e-6 * size and jump > 20 * jitter / steps[place])
