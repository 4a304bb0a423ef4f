"""Round numbers for an axis: 0, 50, 100 and never 31.7, so that a reader can count between them.

Used by the panels that draw a curve or a map; first met in notebooks/01_one_neuron.ipynb.
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


def decades(low: float, high: float) -> list[int]:
    """Return at most six whole powers of ten inside low..high, both given as powers, equally far apart.

    >>> decades(-0.4, 2.3), decades(-3, 12)
    ([0, 1, 2], [-3, 0, 3, 6, 9, 12])
    """
    first, last = math.ceil(low), math.floor(high)
    step = max(1, -(-(last - first + 1) // 6))
    return [power for power in range(first, last + 1) if power % step == 0]


def power_name(power: int) -> str:
    """Write a power of ten as short as it is clear.

    >>> [power_name(power) for power in (-6, -2, 0, 3, 5)]
    ['1e-6', '0.01', '1', '1000', '1e5']
    """
    return f"{10.0**power:g}" if -4 <= power <= 4 else f"1e{power}"
