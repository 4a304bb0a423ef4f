"""What a learner holds: how the outcome stood before, what its slope promised for the move, and what came.

A derivative is a promise about a small move. A learner changes one number, says whether the outcome rises or falls, and
sees the promise beside the change that came. The neuron and the landscape are taken hold of in this way.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.show.text import short

WAYS = ("rises", "falls", "stays")


@final
class Held:
    """The number that is held, and what becomes of `outcome()`, which is called `name`.

    While `asks` is true, what came is `covered` until the learner has said rises, falls or stays.

    >>> at = [3.0]
    >>> held = Held("L", lambda: at[0] ** 2)
    >>> held.take("w")
    >>> at[0] = 2.0
    >>> held.move("w goes from 3 to 2", 6.0 * (2.0 - 3.0))
    >>> held.covered, held.guess("falls")
    (True, '✓ L falls, as you said: from 9 to 4, by -5. The slope had promised -6.')
    """

    def __init__(self, name: str, outcome: Callable[[], float]) -> None:
        self.name, self.outcome = name, outcome
        self.asks = True
        self.score = (0, 0)  # right, asked
        self.forget()

    def forget(self) -> None:
        """Hold nothing."""
        self.key, self.words, self.before, self.promised = "", "", 0.0, None
        self.moved = self.answered = False
        self._said = ""

    promised: float | None

    def take(self, key: str) -> None:
        """Take hold of the number `key`. Who takes it up again before the answer goes on from the same ghost."""
        if key == self.key and self.covered:
            return
        self.forget()
        self.key, self.before = key, self.outcome()

    def move(self, words: str, promised: float | None = None) -> None:
        """It is elsewhere now, as `words` say; a straight line along the slope changes the outcome by `promised`."""
        self.moved, self.words, self.promised = True, words, promised
        if self.answered:  # it moves on: asked anew
            self.answered, self._said = False, ""

    @property
    def covered(self) -> bool:
        """Whether rise or fall is still to be said."""
        return self.asks and self.moved and not self.answered

    @property
    def came(self) -> float:
        """How far the outcome has changed since the number was taken hold of."""
        return self.outcome() - self.before

    @property
    def way(self) -> str:
        """Whether the outcome rises, falls or stays."""
        if abs(self.came) <= 1e-12 * max(abs(self.before), 1):
            return "stays"
        return "rises" if self.came > 0 else "falls"

    def guess(self, way: str) -> str:
        """Take the learner's word and say what came. Raises: ArgumentError where nothing is asked."""
        if not self.covered or way not in WAYS:
            raise ArgumentError(expected_got("guess", f"one of {', '.join(WAYS)} after a move", repr(way)))
        right = way == self.way
        self.score = (self.score[0] + right, self.score[1] + 1)
        came = f"{self.name} {self.way}"
        self._said = f"✓ {came}, as you said" if right else f"✗ You said {way}, but {came}"
        self.answered = True
        return self.told()

    def show(self) -> None:
        """Uncover it without an answer."""
        self.answered = True

    def told(self) -> str:
        """The sentence below the picture: what is asked, or what was promised and what came."""
        if not self.moved:
            return ""
        if self.covered:
            return f"{self.words}. Does {self.name} rise or fall?"
        first = self._said or f"{self.words}: {self.name} {self.way}"
        after = self.outcome()
        came = f"{first}: from {short(self.before)} to {short(after)}, by {short(self.came, 3)}."
        promise = "" if self.promised is None else f" The slope had promised {short(self.promised, 3)}."
        return came + promise
