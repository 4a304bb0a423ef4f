"""The two forms of a recall question: statements to choose from, or a number to type.

The questions themselves stand in questions_a (notebooks 00 to 07) and questions_b (08 to 14).
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Statement = tuple[str, str]  # what can be chosen, and what is said to whoever chooses it


@dataclass(frozen=True)
class Ask:
    """A question with its right statement and the wrong ones, each with its reply.

    Introduced in: notebooks/00_start_here.ipynb
    """

    question: str
    right: Statement
    wrong: tuple[Statement, ...]


@dataclass(frozen=True)
class Sum:
    """A question that is answered with a number; `value` computes it.

    Introduced in: notebooks/00_start_here.ipynb
    """

    question: str
    value: Callable[[], float]
