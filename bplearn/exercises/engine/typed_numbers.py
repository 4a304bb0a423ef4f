"""Typed numbers: one reader and one judge, for exercises, quizzes, predictions and panels that ask for the next number.

A learner who has committed to a number remembers why it was wrong. So the judge says in which way it is off (its sign,
a factor of two), not only that it is wrong. First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.show.text import short

_FACTOR = ("one-factor",)
_POINT = ("decimal-point",)
_SLIPS: tuple[tuple[str, Callable[[float], float], tuple[str, ...]], ...] = (  # in words, and the mistakes they show
    ("has the right size but the wrong sign", lambda true: -true, ("sign",)),
    ("is twice the right number", lambda true: 2 * true, ("factor-two",)),
    ("is half the right number", lambda true: true / 2, ("factor-two",)),
    ("is ten times too large: look at the decimal point", lambda true: 10 * true, _POINT),
    ("is ten times too small: look at the decimal point", lambda true: true / 10, _POINT),
    ("is three times the right number", lambda true: 3 * true, _FACTOR),
    ("is a third of the right number", lambda true: true / 3, _FACTOR),
    ("is four times the right number", lambda true: 4 * true, _FACTOR),
    ("is a quarter of the right number", lambda true: true / 4, _FACTOR),
    ("is a hundred times too large, as a percentage would be", lambda true: 100 * true, _POINT),
    ("is twice the right number, with the wrong sign", lambda true: -2 * true, ("factor-two", "sign")),
    ("is half the right number, with the wrong sign", lambda true: -true / 2, ("factor-two", "sign")),
    ("is one divided by the right number", lambda true: 1 / true, ("upside-down",)),
    ("is one minus the right number", lambda true: 1 - true, ("one-minus-it",)),
    ("is the square of the right number", lambda true: true**2, ("square-or-root",)),
    ("is the root of the right number", lambda true: math.sqrt(abs(true)) if true > 0 else true, ("square-or-root",)),
)


@dataclass(frozen=True)
class Judgement:
    """The reply to a number or a choice: right or not, and in which way."""

    right: bool
    words: str


def read_number(text: str, subject: str = "The answer") -> float:
    """Read a number as learners type it: 0.5, 0,5, -3e-2 or 1/3. `subject` says in an error which number it is.

    Raises: ArgumentError for anything else.

    >>> read_number(" 1/4 "), read_number("0,5")
    (0.25, 0.5)
    """
    try:
        above, slash, below = text.replace(",", ".").replace("\u2212", "-").partition("/")
        number = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise ArgumentError(expected_got(subject, "a number such as 0.25 or 1/4", repr(text)))
    return number


def is_number(answer: object) -> bool:
    """Return whether this is text that could be a number, such as "0,25".

    >>> is_number("1/4"), is_number("a"), is_number(0.25)
    (True, False, False)
    """
    try:
        return isinstance(answer, str) and math.isfinite(read_number(answer))
    except ArgumentError:
        return False


def is_near(number: float, true: float, tolerance: float = 0.01) -> bool:
    """Return whether a typed number counts as the true one; `tolerance` is the relative error that does.

    >>> is_near(0.594, 0.5933), is_near(0.6, 0.5933)
    (True, False)
    >>> is_near(0.6, math.inf)
    False
    """
    return number == true or (math.isfinite(true) and abs(number - true) <= tolerance * abs(true) + 1e-12)


def slip(number: float, true: float, tolerance: float = 0.01) -> str:
    """Say how a wrong number comes from the right one, with a verb first; empty where that is not known.

    >>> slip(-3.0, 3.0)
    'has the right size but the wrong sign'
    """
    return _slip(number, true, tolerance)[0]


def slip_names(number: float, true: float, tolerance: float = 0.01) -> tuple[str, ...]:
    """Return the names of the mistakes that this slip shows.

    >>> slip_names(-6.0, 3.0)
    ('factor-two', 'sign')
    """
    return _slip(number, true, tolerance)[1]


def _slip(number: float, true: float, tolerance: float) -> tuple[str, tuple[str, ...]]:
    for words, change, names in _SLIPS if 0 not in (number, true) else ():
        if is_near(number, change(true), tolerance) and not is_near(change(true), true, tolerance):
            return words, names
    return "", ()


def how_off(name: str, number: float, right: Mapping[str, float], tolerance: float) -> str:
    """Say how the typed number of this name is off, without giving the right one away.

    >>> how_off("dw7", -0.0226, {"dw6": 0.0827, "dw7": 0.0226}, 5e-3)
    'dw7 = -0.0226 has the right size but the wrong sign.'
    >>> how_off("dw7", 0.0827, {"dw6": 0.0827, "dw7": 0.0226}, 5e-3)
    'dw7 = 0.0827 is what belongs to dw6.'
    """
    true = right[name]
    shown = f"{name} = {short(number, 6)}"
    for other, value in right.items():
        if is_near(number, value, tolerance):
            return f"{shown} is what belongs to {other}."
    if tolerance < 1e-8 or not math.isfinite(number):
        return f"{shown} is not right."
    if words := slip(number, true, tolerance):
        return f"{shown} {words}."
    if number * true < 0:
        return f"{shown} has the wrong sign."
    if true < 0:
        return f"{shown} is too {'near' if number > true else 'far from'} {'to ' if number > true else ''}0."
    return f"{shown} is too {'large' if number > true else 'small'}."


def is_rounding(number: float, true: float) -> bool:
    """Return whether a typed number is the right one with too few digits, rounded or cut off.

    >>> is_rounding(0.14, 0.138499), is_rounding(0.13, 0.138499), is_rounding(0.141, 0.138499)
    (True, True, False)
    """
    for digits in range(1, 12):
        unit = 10.0 ** (math.floor(math.log10(abs(true))) + 1 - digits) if true else 1.0
        if any(math.isclose(number, unit * whole(true / unit), rel_tol=1e-12) for whole in (round, math.trunc)):
            return True
    return False


def try_number(name: str, number: float, true: float, hint: str = "") -> Judgement:
    """Judge a try without telling the right number: a wrong one gets a hint of its sign or its size, and `hint`.

    >>> try_number("z", -6.0, 6.0).words, try_number("z", 5.0, 6.0).words
    ('Not yet: z = -6 has the right size but the wrong sign.', 'Not yet: z = 5 is too low.')
    """
    if is_near(number, true):
        return Judgement(True, f"Right: {name} = {short(true, 6)}.")
    far = " far" if true and not 0.1 <= abs(number / true) <= 10 else ""
    how = slip(number, true) or f"is{far} too {'high' if number > true else 'low'}"
    if not slip(number, true) and number * true < 0:
        how = "has the wrong sign"
    return Judgement(False, f"Not yet: {name} = {short(number, 6)} {how}. {hint}".strip())


def judge_number(
    number: float, true: float, tolerance: float = 0.01, replies: Mapping[str, str] = MappingProxyType({})
) -> Judgement:
    """Compare a typed number with the true one and tell both; `replies` answer numbers that many expect.

    >>> judge_number(-3.0, 3.0).words
    'You typed -3, it is 3. It has the right size but the wrong sign.'
    """
    told = f"You typed {short(number, 6)}, it is {short(true, 6)}."
    if is_near(number, true, tolerance):
        exact = short(number, 6) == short(true, 6)
        return Judgement(True, f"Right: {short(true, 6)}." if exact else f"Right, within {tolerance:.0%}. {told}")
    for typed, reply in replies.items():
        if is_near(number, read_number(typed), tolerance):
            return Judgement(False, f"{told} {reply}")
    if words := slip(number, true, tolerance):
        return Judgement(False, f"{told} It {words}.")
    percent = 100 * abs(number - true) / abs(true) if true and number else math.inf
    return Judgement(False, f"{told} That is {short(percent, 3)}% off." if percent < 1000 else told)
