"""The numbers of an exercise, for later cells to compute with: hidden until the exercise was tried.

First met in notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from bplearn.exercises.engine import progress
from bplearn.show.text import short


class Revealed(tuple[float, ...]):
    """A tuple of the right numbers that shows them only after an attempt.

    >>> sum(Revealed("05.9", ("a", "b"), (0.25, 0.5)))
    0.75
    >>> Revealed("05.9", ("a", "b"), (0.25, 0.5))
    The numbers of 05.9 (a, b): they are shown once you have tried it. Later cells compute with them.
    """

    number: str
    names: tuple[str, ...]

    def __new__(cls, number: str, names: tuple[str, ...], values: Iterable[Any]) -> Self:
        """Keep the numbers, with the names of the exercise and of each of them."""
        revealed = super().__new__(cls, (float(value) for value in values))
        revealed.number, revealed.names = number, names
        return revealed

    def __repr__(self) -> str:
        what = f"The numbers of {self.number} ({', '.join(self.names)})"
        if not progress.read()["exercises"].get(self.number, {}).get("attempts"):
            return f"{what}: they are shown once you have tried it. Later cells compute with them."
        return f"{what}: {', '.join(short(value, 6) for value in self)}"

    __str__ = __repr__
