"""The curve that a learner expects: drawn before the first update, and compared with what came.

A guess that is drawn can be wrong in a place, and the place teaches something: a plateau, an overshoot, a floor.
Used in notebooks/12_learning_rate_and_batch_size.ipynb; the training lab shows it.
"""

from __future__ import annotations

import math
from typing import final

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.history import History
from bplearn.show.text import counted, short

EPOCHS = (1, 5, 10, 15, 20)  # where the learner says a loss
NEAR = 1.5  # a factor: nearer than this counts as foreseen


@final
class Expectation:
    """The losses that a learner expects after 1, 5, 10, 15 and 20 epochs, from the loss at the start on.

    >>> guess = Expectation(0.7).expect(0, 0.5).expect(1, 0.1)
    >>> guess.points
    [(0, 0.7), (1, 0.5), (5, 0.1), (10, 0.1), (15, 0.1), (20, 0.1)]
    """

    def __init__(self, start: float) -> None:
        self.start = start if math.isfinite(start) and start > 1e-6 else 1.0
        self.losses = [self.start] * len(EPOCHS)
        self.drawn = 0  # so many points, from the left, were moved: those to the right follow

    def expect(self, number: int, loss: float) -> Expectation:
        """Say the loss at a point; points to the right that nobody has moved yet come along.

        Raises: ArgumentError for a point that is not there, or a loss that is none.
        """
        if not 0 <= number < len(EPOCHS) or not (math.isfinite(loss) and loss > 0):
            raise ArgumentError(expected_got("expect", "a point from 0 to 4 and a loss above 0", f"{number}, {loss}"))
        self.losses[number] = loss
        self.drawn = max(self.drawn, number + 1)
        for later in range(self.drawn, len(EPOCHS)):
            self.losses[later] = self.losses[self.drawn - 1]
        return self

    @property
    def points(self) -> list[tuple[int, float]]:
        """Epochs and losses, with the start."""
        return [(0, self.start), *zip(EPOCHS, self.losses, strict=True)]

    def told(self, history: History) -> str:
        """Say where the drawn curve and what came part; nothing before a point is reached."""
        reached = [(epoch, loss) for epoch, loss in self.points[1:] if epoch <= history.epochs]
        if not self.drawn or not reached:
            return ""
        for epoch, loss in reached:
            came = history.epoch_loss[epoch - 1]
            if not math.isfinite(came) or max(came / loss, loss / max(came, 1e-300)) > NEAR:
                side = "higher" if not math.isfinite(came) or came > loss else "lower"
                drew = f"after {counted(epoch, 'epoch')} you drew {short(loss, 2)}"
                return f"It parts from your curve: {drew}, it is {side}, {short(came, 2)}."
        return f"So far it goes as you drew it: within a factor of {NEAR:g} at {counted(len(reached), 'point')}."
