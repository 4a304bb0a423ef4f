"""Round numbers for an axis: 0, 50, 100 and never 31.7, so that a reader can count between them.

Every axis of a live picture takes its numbers from here.
"""

from __future__ import annotations

import math


def round_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return at most `most` numbers inside low..high, whole steps of 1, 2 or 5 times a power of ten apart.

    >>> round_ticks(-5.75, 144), round_ticks(-2.4, 2.4), round_ticks(0, 25)
    ([0.0, 50.0, 100.0], [-2.0, -1.0, 0.0, 1.0, 2.0], [0.0, 5.0, 10.0, 15.0, 20.0, 25.0])
    """
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    for step in (power, 2 * power, 5 * power, 10 * power, 20 * power):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            break
    return [round(k * step, 12) + 0.0 for k in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return at most seven round numbers from 10**low to 10**high for a log axis: powers of ten where they are enough.

    >>> log_ticks(-1, 1), log_ticks(-3, 12)
    ([0.1, 1.0, 10.0], [0.001, 1.0, 1000.0, 1000000.0, 1000000000.0, 1000000000000.0])
    """
    first, last = math.ceil(low), math.floor(high)
    step = max(1, -(-(last - first + 1) // 6))
    powers = [10.0**power for power in range(first, last + 1) if power % step == 0]
    if len(powers) >= 3:
        return powers
    for steps in ((1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)):
        found = [s * 10.0**e for e in range(math.floor(low), math.ceil(high) + 1) for s in steps]
        inside = [tick for tick in found if low <= math.log10(tick) <= high]
        if len(inside) >= 3:
            return inside[:: math.ceil(len(inside) / 7)]
    return [10**low, 10**high]
