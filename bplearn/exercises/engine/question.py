"""The forms of a question: to recall (`Ask`, `Sum`) or to predict (`Pick`, `Estimate`), chosen or typed as a number.

The recall questions stand in questions_a (notebooks 00 to 07) and questions_b (08 to 14), the predictions in
predictions_a (00 to 06) and predictions_b (07 to 14).
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Statement = tuple[str, str]  # what can be chosen, and what is said to whoever chooses it


@dataclass(frozen=True)
class Ask:
    """A question with its right statement and the wrong ones, each with its reply."""

    question: str
    right: Statement
    wrong: tuple[Statement, ...]


@dataclass(frozen=True)
class Sum:
    """A question that is answered with a number; `value` computes it."""

    question: str
    value: Callable[[], float]


@dataclass(frozen=True)
class Pick:
    """A prediction to choose: statements in the order shown, each with its reply; `because` is said to everyone.

    A wrong statement's reply says which thought leads there, and what is wrong with it.
    """

    question: str
    choices: Mapping[str, str]
    right: str
    because: str


@dataclass(frozen=True)
class Estimate:
    """A prediction to type: `value` computes the truth, `tolerance` is the relative error that counts as right.

    `slips` are wrong numbers that many expect, as typed, each with its reply; `because` is said to everyone.
    """

    question: str
    value: Callable[[], float]
    because: str
    tolerance: float = 0.01
    slips: Mapping[str, str] = field(default_factory=dict)
