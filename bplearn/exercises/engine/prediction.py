"""Predict, commit, reveal: an answer is typed or chosen before the right one is seen, and then cannot be changed.

Whoever has committed to a number remembers why it was wrong. So feedback says how the number is off (its sign, a
factor of two), not only that it is. The predictions of the series, by number, stand in the module `predictions`.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from bplearn.checks.arrays import expected_got, number_in
from bplearn.errors import ArgumentError
from bplearn.show.svg import short

_SLIPS: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("The size is right, the sign is not.", lambda true: -true),
    ("It is twice the right number.", lambda true: 2 * true),
    ("It is half the right number.", lambda true: true / 2),
    ("It is ten times too large: look at the decimal point.", lambda true: 10 * true),
    ("It is ten times too small: look at the decimal point.", lambda true: true / 10),
    ("It is one divided by the right number.", lambda true: 1 / true),
    ("It is one minus the right number.", lambda true: 1 - true),
)


@dataclass(frozen=True)
class Judgement:
    """What is said to a committed answer: right or not, and in which way."""

    right: bool
    words: str


def read_number(words: str) -> float:
    """Read a number as learners type it: 0.5, 0,5, -3e-2 or 1/3.

    Raises: ArgumentError for anything else.

    >>> read_number(" 1/4 "), read_number("0,5")
    (0.25, 0.5)
    """
    try:
        above, slash, below = words.replace(",", ".").replace("\u2212", "-").partition("/")
        number = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise ArgumentError(expected_got("The answer", "a number such as 0.25 or 1/4", repr(words)))
    return number


def judge_number(guess: float, true: float, tolerance: float = 0.01) -> Judgement:
    """Compare a typed number with the true one; `tolerance` is the relative error that counts as right.

    >>> judge_number(-3.0, 3.0).words
    'You typed -3, it is 3. The size is right, the sign is not.'
    """
    told = f"You typed {short(guess, 6)}, it is {short(true, 6)}."
    off = abs(guess - true)
    if off <= tolerance * abs(true) + 1e-12:
        exact = short(guess, 6) == short(true, 6)
        return Judgement(True, f"Right: {short(true, 6)}." if exact else f"Right, within {tolerance:.0%}. {told}")
    if true == 0 or guess == 0:
        return Judgement(False, told)
    for words, slip in _SLIPS:
        other = slip(true)
        if abs(guess - other) <= tolerance * abs(other) and abs(other - true) > tolerance * abs(true):
            return Judgement(False, f"{told} {words}")
    percent = 100 * off / abs(true)
    return Judgement(False, f"{told} That is {percent:.3g}% off." if percent < 1000 else told)


@final
class Prediction:
    """A question that is answered once: `commit(answer)`, then `judgement` and `truth` are there.

    A number is asked for, or one of `choices`. `truth` may be a function, called when it is revealed.
    `replies` says something to single choices, or to numbers that many expect; `explain` is said in any case.
    `keep(answer)` is called with what is committed, and with None by `again()`; it returns whether that was saved.
    Raises: ArgumentError where the right answer is none of the choices, or a reply belongs to no choice or number.

    >>> question = Prediction("2 + 2", 4)
    >>> question.commit("5").words
    'You typed 5, it is 4. That is 25% off.'
    >>> question.commit("4").right
    False
    """

    def __init__(
        self,
        question: str,
        truth: float | str | Callable[[], float | str],
        *,
        choices: Sequence[str] | None = None,
        replies: Mapping[str, str] | None = None,
        tolerance: float = 0.01,
        explain: str = "",
        keep: Callable[[str | None], bool] | None = None,
    ) -> None:
        self.question, self._truth, self.explain, self.keep = question, truth, explain, keep
        self.choices = None if choices is None else tuple(map(str, choices))
        self.replies = dict(replies or {})
        self.tolerance = number_in(tolerance, "tolerance", 0)
        self.answer: str | None = None
        self.judgement: Judgement | None = None
        self.earlier = False  # whether the answer was given before, and restored
        self.saved = True  # whether the answer could be kept
        if self.choices is not None:
            self._check_choices(self.choices)
        else:
            self._slips = [(read_number(typed), reply) for typed, reply in self.replies.items()]

    def _check_choices(self, choices: tuple[str, ...]) -> None:
        if not callable(self._truth) and str(self._truth) not in choices:
            raise ArgumentError(expected_got("predict's answer", f"one of {', '.join(choices)}", repr(self._truth)))
        lost = [choice for choice in self.replies if choice not in choices]
        if lost:
            raise ArgumentError(expected_got("predict's replies", f"to choices: {', '.join(choices)}", lost[0]))

    @property
    def truth(self) -> str | None:
        """The right answer, once an answer was committed."""
        if self.judgement is None:
            return None
        true = self._resolve()
        return true if isinstance(true, str) else short(true, 6)

    def _resolve(self) -> float | str:
        true = self._truth() if callable(self._truth) else self._truth
        return str(true) if self.choices is not None or isinstance(true, str) else float(true)

    def commit(self, answer: str | None) -> Judgement:
        """Judge this answer and keep it; the first one counts, a later one changes nothing.

        Raises: ArgumentError where nothing was chosen, or what was typed is no number.
        """
        if self.judgement is not None:
            return self.judgement
        if answer is None or not str(answer).strip():
            wanted = "one of the statements" if self.choices is not None else "a number"
            raise ArgumentError(
                expected_got("Commit", f"{wanted} first", "none", "A guess is enough: it is not graded.")
            )
        self.judgement = self._judge(str(answer))
        self.answer = str(answer).strip()
        self.saved = self.keep is None or self.keep(self.answer)
        return self.judgement

    def restore(self, answer: object) -> Prediction:
        """Take an answer of an earlier time; one that fits the question no longer is passed over."""
        known = self.choices is None or answer in self.choices
        if isinstance(answer, str) and answer.strip() and known:
            with contextlib.suppress(ArgumentError):
                self.judgement = self._judge(answer)
                self.answer, self.earlier = answer, True
        return self

    def _judge(self, answer: str) -> Judgement:
        true = self._resolve()
        if isinstance(true, str):
            right = answer == true
            reply = self.replies.get(answer, "")
            return Judgement(right, f"Right. {reply}".strip() if right else f"{reply} It is: {true}".strip())
        guess = read_number(answer)
        found = judge_number(guess, true, self.tolerance)
        for slip, reply in () if found.right else self._slips:
            if judge_number(guess, slip, self.tolerance).right:
                return Judgement(False, f"You typed {short(guess, 6)}, it is {short(true, 6)}. {reply}")
        return found

    def again(self) -> None:
        """Forget the answer, also where it was kept, so that another can be given."""
        self.answer = self.judgement = None
        self.earlier = False
        self.saved = self.keep is None or self.keep(None)
