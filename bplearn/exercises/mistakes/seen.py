"""Mistakes that the numbers themselves show in any exercise: an output beside the right one, in every case.

They are tried last, where no wrong version of the solution explains an output. Each entry stands here and nowhere else.
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.exercises.engine.compare import close, ratio
from bplearn.exercises.engine.mistake import Mistake, Shown, Sight
from bplearn.exercises.engine.texts import words


def _off(shown: list[Shown]) -> list[Shown]:
    """Return the cases in which the output is wrong."""
    return [one for one in shown if not close(one.got, one.want)]


def _always(test: Callable[[Array, Array], bool]) -> Sight:
    """Return a sight: this holds of the output and the right one in each case in which it is wrong."""
    return lambda shown: all(test(one.got, one.want) for one in _off(shown))


def _sums(array: Array) -> list[Array]:
    """Return all sums and means of an array along its axes."""
    axes = (None, *range(array.ndim))
    kinds = (np.sum, np.mean)
    return [kind(array, axis=axis, keepdims=keep) for kind in kinds for axis in axes for keep in (False, True)]


def _same_numbers(got: Array, want: Array) -> bool:
    return got.size == want.size > 1 and close(np.sort(got.ravel()), np.sort(want.ravel()))


def _holds_it(got: Array, want: Array) -> bool:
    return got.ndim == want.ndim + 1 and any(close(part, want) for part in got)


def _rows_missing(shown: list[Shown]) -> bool:
    def missing(got: Array, want: Array) -> bool:
        if not got.ndim == want.ndim > 0 or len(got) == len(want):
            return False
        few, many = sorted((got, want), key=len)
        return close(few, many[: len(few)]) or close(few, many[len(many) - len(few) :])

    return all(missing(one.got, one.want) for one in _off(shown)) and any(one.got.size for one in shown)


def _one_row(got: Array, want: Array) -> bool:
    if got.shape != want.shape or want.ndim < 1 or len(want) < 2:
        return False
    good = [close(mine, true) for mine, true in zip(got, want, strict=True)]
    return sum(good) == 1 and (good[0] or good[-1])


def _zeros_left(got: Array, want: Array) -> bool:
    if got.shape != want.shape:
        return False
    off = abs(got - want) > 1e-5 * abs(want).max()
    return bool(off.any() and not off.all() and not got[off].any())


def _cut_off(shown: list[Shown]) -> bool:
    def cut(got: Array, want: Array) -> bool:
        return got.shape == want.shape and close(np.clip(want, got.min(), got.max()), got)

    inside = [((one.want > one.got.min()) & (one.want < one.got.max())).sum() for one in shown if one.got.size]
    return all(cut(one.got, one.want) for one in shown) and max(inside) > 2


def _cut_to_whole(got: Array, want: Array) -> bool:
    return got.shape == want.shape and any(close(cut(want), got) for cut in (np.trunc, np.floor, np.round))


def _one_factor(shown: list[Shown]) -> bool:
    factors = [ratio(one.got, one.want) or math.nan for one in shown]
    return all(abs(factor / factors[0] - 1) < 1e-4 for factor in factors)


def _size_of_an_axis(shown: list[Shown]) -> bool:
    """Return whether the factor is the length of one axis of an argument, or one divided by it, in every case."""
    factors = [ratio(one.got, one.want) or math.nan for one in shown]
    if any(map(math.isnan, factors)):
        return False
    places = {(k, axis) for one in shown for k, part in enumerate(one.arguments) for axis in range(np.ndim(part))}
    for place, axis in places:
        lengths = [np.shape(one.arguments[place])[axis] if np.ndim(one.arguments[place]) > axis else 0 for one in shown]
        for powers in (lengths, [1 / length if length else 0 for length in lengths]):
            if len(set(lengths)) > 1 and np.allclose(factors, powers, rtol=1e-4):
                return True
    return False


def _sizes(got: Array, want: Array) -> bool:
    return got.shape == want.shape and close(got, abs(want))


def _squared(got: Array, want: Array) -> bool:
    return got.shape == want.shape and (close(got, want**2) or close(got**2, want))


def _upside_down(got: Array, want: Array) -> bool:
    return got.shape == want.shape and bool(np.all(want)) and close(got, 1 / want)


_SIGHTS: dict[str, Sight] = {
    "stays-zero": _always(lambda got, want: got.shape == want.shape and not got.any()),
    "returned-unchanged": lambda shown: all(
        any(isinstance(part, np.ndarray) and part.size > 1 and close(one.got, part, 1e-9) for part in one.arguments)
        for one in _off(shown)
    ),
    "another-outputs-numbers": lambda shown: all(
        any(close(one.got, part) for part in one.others) for one in _off(shown)
    ),
    "output-transposed": _always(lambda got, want: got.ndim == want.ndim == 2 and close(got.T, want)),
    "other-shape": _always(lambda got, want: got.shape != want.shape and close(got.ravel(), want.ravel())),
    "more-than-asked": _always(_holds_it),
    "rows-missing": _rows_missing,
    "not-added-up": _always(lambda got, want: got.size > want.size and any(close(s, want) for s in _sums(got))),
    "added-up-too-much": _always(lambda got, want: got.size < want.size and any(close(got, s) for s in _sums(want))),
    "numbers-at-other-places": _always(_same_numbers),
    "one-row-right": _always(_one_row),
    "entries-left-at-zero": _always(_zeros_left),
    "cut-to-whole-numbers": _always(_cut_to_whole),
    "cut-off-at-a-limit": _cut_off,
    "sign-lost": _always(_sizes),
    "square-or-root": _always(_squared),
    "upside-down": _always(_upside_down),
    "one-minus-it": _always(lambda got, want: got.shape == want.shape and close(got, 1 - want)),
    "mean-or-sum": _size_of_an_axis,
    "one-factor": _one_factor,
}

_EDITS = {  # where numbers alone do not show it, and for two mistakes at once
    "other-shape": (
        (r"(grad\[place\] =[\s\S]*return grad|return dW)$", r"\1.ravel()"),
        (r"np\.zeros\(n_out\)", "np.zeros((n_out, 1))"),
    ),
    "cut-to-whole-numbers": ((r"at\(dW, t, dy\)", "at(dW, t, dy.astype(int))"),),
}

SEEN = (
    *(
        Mistake(**words(name), group="seen in the numbers", edits=_EDITS.get(name, ()), sights=(sight,))
        for name, sight in _SIGHTS.items()
    ),
    *(
        Mistake(**words(name), group="seen in the numbers")
        for name in ("nothing-returned", "less-than-asked", "shapes-do-not-fit", "one-number-for-an-array")
    ),
    *(
        Mistake(**words(name), group="seen in the numbers")
        for name in ("assigned-too-late", "decimal-point", "fraction-for-a-count")
    ),
)
