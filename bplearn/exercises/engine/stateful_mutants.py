"""Small functions behind the catalogue: ways to go wrong from call to call, and patterns of ratios.

A wrap takes the right function and returns one with a bad habit; a pattern looks at (ratio of wrong to right, number of
samples) over all cases. Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.exercises.engine.mistake import Pattern, Wrap

Function = Callable[..., Any]


def keep_first(which: int | None = None) -> Wrap:
    """Return a habit: go on using the arguments (or the one at `which`) of the first call.

    >>> habit = keep_first()(lambda x: 2 * x)
    >>> habit(1), habit(5)
    (2, 2)
    """

    def wrap(function: Function) -> Function:
        kept: list[Any] = []

        def habit(*arguments: Any) -> Any:
            if not kept:
                kept.extend(arguments)
            return function(*(kept[k] if which in (None, k) else value for k, value in enumerate(arguments)))

        return habit

    return wrap


def keep_previous() -> Wrap:
    """Return a habit: always answer for the arguments of the call before.

    >>> habit = keep_previous()(lambda x: 2 * x)
    >>> habit(1), habit(5), habit(7)
    (2, 2, 10)
    """

    def wrap(function: Function) -> Function:
        kept: list[Any] = []

        def habit(*arguments: Any) -> Any:
            kept.append(arguments)
            return function(*kept[max(0, len(kept) - 2)])

        return habit

    return wrap


def add_up(start: int) -> Wrap:
    """Return a habit: outputs from place `start` on are added to those of all earlier calls.

    >>> habit = add_up(0)(lambda x: (x,))
    >>> habit(1.0), habit(5.0)
    ((array(1.),), (np.float64(6.0),))
    """

    def wrap(function: Function) -> Function:
        total: list[Any] = []

        def habit(*arguments: Any) -> Any:
            values = list(function(*arguments))
            if not total:
                total.extend(np.array(value) for value in values)
            else:
                for place in range(start, len(values)):
                    total[place] = total[place] + values[place]
            return (*values[:start], *total[start:])

        return habit

    return wrap


def compare_all_with_all(function: Function) -> Function:
    """Return a loss of one output that sums the (N, N) differences back to a column.

    >>> habit = compare_all_with_all(None)
    >>> float(habit(np.array([[1.0], [2.0]]), np.array([1.0, 2.0]))[0])
    0.5
    """

    def habit(y: Any, t: Any) -> Any:
        if np.ndim(t) != 1 or np.shape(y)[1:] != (1,):
            return function(y, t)
        error = y - t
        return np.mean(error**2), 2 * error.mean(axis=1, keepdims=True) / len(y)

    return habit


def stop_after_epochs(function: Function) -> Function:
    """Return a training loop that ends after as many updates as it should do epochs.

    >>> calls = []
    >>> def train(x, t, step, epochs, batch_size, rng):
    ...     for _ in range(10 * epochs):
    ...         step(x)
    >>> stop_after_epochs(train)(0, 0, calls.append, 3, 1, None)
    >>> len(calls)
    3
    """

    def habit(x: Any, t: Any, step: Any, epochs: int, batch_size: int, rng: Any) -> Any:
        done = 0

        def counted(*batch: Any) -> Any:
            nonlocal done
            done += 1
            return step(*batch) if done <= epochs else None

        return function(x, t, counted, epochs, batch_size, rng)

    return habit


def ratio_is(factor: float = 1.0, power: int = 0) -> Pattern:
    """Return a pattern: every wrong output is factor * N**power times the right one.

    >>> ratio_is(power=1)([(5.0, 5), (3.0, 3)])
    True
    """
    return lambda rows: all(np.isclose(ratio, factor * float(n) ** power, rtol=1e-3) for ratio, n in rows)


def fixed_number(rows: list[tuple[float, int]]) -> bool:
    """Return whether every wrong output is N / c times the right one, for one c and several N.

    >>> fixed_number([(3 / 5, 3), (4 / 5, 4)])
    True
    """
    shares = [factor / n for factor, n in rows]
    return len({n for _, n in rows}) > 1 and shares[0] > 0 and bool(np.allclose(shares, shares[0], rtol=1e-3))
