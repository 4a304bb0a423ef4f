"""Schedules: the learning rate as a function of the step, for those who want more than one number.

An optimizer takes a number or any function from the step (0, 1, 2, ...) to a number; these are the usual ones.
Taught in notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from bplearn.checks.arrays import number_in, positive_integer

Schedule = Callable[[int], float]


def constant(rate: float) -> Schedule:
    """Make a schedule that always gives `rate`.

    >>> constant(0.1)(999)
    0.1
    """
    rate = number_in(rate, "rate", 0)
    return lambda step: rate  # noqa: ARG005


def step_decay(rate: float, *, every: int, factor: float = 0.5) -> Schedule:
    """Make a schedule that multiplies the rate by `factor` after each `every` steps.

    >>> [step_decay(1.0, every=2)(step) for step in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    rate, factor = number_in(rate, "rate", 0), number_in(factor, "factor", 0)
    every = positive_integer(every, "every")
    return lambda step: rate * factor ** (step // every)


def cosine(rate: float, *, steps: int, final: float = 0.0) -> Schedule:
    """Make a schedule that falls from `rate` to `final` over `steps` along half a cosine, and stays there.

    >>> [round(cosine(1.0, steps=4)(step), 4) for step in range(6)]
    [1.0, 0.8536, 0.5, 0.1464, 0.0, 0.0]

    Source: Loshchilov and Hutter 2017, equation 5.
    Introduced in: notebooks/13_optimizers.ipynb
    """
    rate, final = number_in(rate, "rate", 0), number_in(final, "final", 0)
    steps = positive_integer(steps, "steps")
    return lambda step: final + 0.5 * (rate - final) * (1 + math.cos(math.pi * min(step / steps, 1.0)))


def warm_up(after: float | Schedule, *, steps: int) -> Schedule:
    """Make a schedule that rises evenly over `steps`, then goes on with `after` (a number or a schedule).

    >>> [warm_up(1.0, steps=4)(step) for step in range(6)]
    [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]

    Source: Goyal et al. 2017, section 2.2.
    Introduced in: notebooks/13_optimizers.ipynb
    """
    steps = positive_integer(steps, "steps")
    then = after if callable(after) else constant(after)
    return lambda step: then(0) * (step + 1) / steps if step < steps else then(step - steps)
