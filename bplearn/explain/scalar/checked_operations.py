"""Where division, powers, exp and log of one number are defined, and a clear message where they are not.

`Value` uses these, so that its own file shows the rules of calculus and little else. The errors occur in
notebooks/04_chain_rule.ipynb.
"""

from __future__ import annotations

import math
import numbers
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError

Number = float | int


def number(data: Any, subject: str) -> float:
    """Return `data` as a finite float.

    Raises: ArgumentError for anything else.

    >>> number(3, "Value")
    3.0
    """
    if isinstance(data, bool) or not isinstance(data, numbers.Real):
        what = f"{data!r:.60} ({type(data).__name__})"
        raise ArgumentError(
            expected_got(subject, "a number or a Value", what, "A Value holds one number: go entry by entry.")
        )
    try:
        found = float(data)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ArgumentError(expected_got(subject, "a finite number", f"{data!s:.60}"))
    return found


def divide(a: float, b: float) -> tuple[float, tuple[float, float]]:
    """Return a / b with its slopes 1 / b and -a / b**2.

    Raises: ArgumentError where b is 0.

    >>> divide(6.0, 2.0)
    (3.0, (0.5, -1.5))
    """
    if b == 0:
        raise ArgumentError(expected_got("Value /", "a divisor other than 0", f"{a} / {b}"))
    return a / b, (1 / b, -a / b / b)


def power(a: float, b: float, *, fixed: bool) -> tuple[float, tuple[float, float]]:
    """Return a**b with its slopes b * a**(b - 1) and a**b * log(a); a `fixed` exponent needs no slope.

    Raises: ArgumentError where a power or a slope is not a real number. Too large ones come back infinite.

    >>> power(3.0, 2.0, fixed=True)
    (9.0, (6.0, 0.0))
    """
    if a <= 0 and not fixed:
        advice = "The slope by the exponent is a ** b * log(a)."
        raise ArgumentError(
            expected_got("Value **", "a base above 0 where the exponent is a Value", f"{a} ** {b}", advice)
        )
    if a < 0 and b != int(b):
        raise ArgumentError(expected_got("Value **", "a whole exponent for a base below 0", f"{a} ** {b}"))
    if a == 0 and b < 1 and b != 0:
        advice = "The power or its slope is infinite there."
        raise ArgumentError(
            expected_got("Value **", "a base other than 0 for an exponent below 1", f"{a} ** {b}", advice)
        )
    try:
        y = a**b
        slope = b * a ** (b - 1) if b else 0.0
    except OverflowError:
        y = slope = math.inf
    return y, (slope, 0.0 if fixed else y * math.log(a))


def exponential(a: float) -> float:
    """Return e to the power of a.

    Raises: ArgumentError above 709.78.

    >>> exponential(0.0)
    1.0
    """
    if a > 709.78:
        advice = "e to that power is too large for a float. Subtract the largest value first, as softmax does."
        raise ArgumentError(expected_got("exp", "a number of at most 709.78", a, advice))
    return math.exp(a)


def logarithm(a: float) -> float:
    """Return the natural logarithm.

    Raises: ArgumentError at zero and below.

    >>> logarithm(1.0)
    0.0
    """
    if a <= 0:
        raise ArgumentError(expected_got("log", "a number above 0", a, "Is a probability exactly 0?"))
    return math.log(a)
