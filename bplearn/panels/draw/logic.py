"""The digit reader: a drawing, what a network reads in it, and which pixels and which path carry the blame.

It computes nothing of its own: the ten numbers are the network's, dE/dx and the path are those of `bplearn.trace`.
The drawing panel of notebooks/00_start_here.ipynb is a view of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array, all_finite, as_floats, expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.trace import trace_weight
from bplearn.explain.trace.blame import blame
from bplearn.functional import softmax
from bplearn.layers import Dense, Softmax
from bplearn.losses import SoftmaxCrossEntropy
from bplearn.network import Sequential
from bplearn.panels.base.held import Held
from bplearn.panels.draw.ink import DOTS, PIXELS, Spot, ink_of
from bplearn.show.text import short

CLASSES = 10
LOSS = SoftmaxCrossEntropy()
ONE = [[(12.0, 9.0), (17.0, 4.0), (17.0, 28.0)]]  # a 1 as somebody wrote it: for a page that nobody can draw on


@dataclass(frozen=True)
class Look:
    """What the network says of the ink: ten probabilities; with a wanted digit the error, and dE/dx at each pixel."""

    probabilities: Array
    error: float | None = None
    slopes: Array | None = None


@dataclass(frozen=True)
class Culprit:
    """The strongest path of the error to the weights of the pixels: the pixel, and the units above it, lowest first."""

    pixel: int
    units: tuple[int, ...]
    names: tuple[str, ...]
    product: float


@final
class DigitReader:
    """A field to draw a digit in, and a network of 64 inputs and 10 outputs that reads it.

    Shapes: digit (64,) or (1, 64), from 0 for paper to 1 for ink
    `wanted` is what it should be. `prepare(x)` is what the network's inputs went through, column by column, such as
    `scaling.apply`.
    Raises: ArgumentError for a network of another shape or a digit that is none.

    >>> reader = DigitReader(mlp(64, 8, 10, rng=0)).draw(ONE)
    >>> reader.ink.shape, len(reader.look.probabilities)
    ((64,), 10)
    """

    def __init__(
        self,
        network: Sequential,
        digit: Any = None,
        wanted: int | None = None,
        prepare: Callable[[Array], Array] | None = None,
    ) -> None:
        if not isinstance(network, Sequential):
            raise ArgumentError(expected_got("network", "a Sequential", repr(network), "Write mlp(64, 32, 10)."))
        self.network, self.prepare = network, prepare or (lambda x: x)
        answers = np.shape(network(self.prepare(np.zeros((1, PIXELS**2)))))
        if answers != (1, CLASSES):
            expected = "10 outputs, one for each digit"
            raise ArgumentError(expected_got("draw_digit's network", expected, f"outputs of shape {answers}"))
        self.strokes: list[list[Spot]] = []
        self.cursor: Spot = (DOTS / 2, DOTS / 2)
        self.pen = False
        self.selected = 3 * PIXELS + 3
        self.ink = np.zeros(PIXELS**2)
        self.wanted: int | None = None
        self.held = Held("E", lambda: self.look.error or 0.0)
        self._seen: tuple[Any, Look] | None = None
        if digit is not None:
            self.ink = np.ravel(all_finite(as_floats(digit, "digit"), "digit")).astype(float)
            if self.ink.shape != (PIXELS**2,):
                raise ArgumentError(expected_got("draw_digit's digit", "64 numbers", f"{self.ink.size}"))
        self.want(wanted)

    # ---- drawing ----

    def draw(self, strokes: list[list[Spot]]) -> DigitReader:
        """Put this drawing into the field."""
        self.strokes, self.pen = [list(stroke) for stroke in strokes], False
        return self._drawn()

    def clear(self) -> DigitReader:
        """Take a new sheet."""
        return self.draw([])

    def press(self) -> DigitReader:
        """Set the pen down at the cursor, or lift it."""
        self.pen = not self.pen
        if self.pen:
            self.strokes.append([self.cursor])
        return self._drawn()

    def lift(self) -> DigitReader:
        """Lift the pen."""
        self.pen = False
        return self

    def go(self, *spots: Spot) -> DigitReader:
        """Move the cursor over these spots; with the pen down it draws."""
        for x, y in spots:
            self.cursor = min(max(x, 0.0), float(DOTS)), min(max(y, 0.0), float(DOTS))
            if self.pen:
                self.strokes[-1].append(self.cursor)
        return self._drawn() if self.pen else self

    def _drawn(self) -> DigitReader:
        self.ink = ink_of(self.strokes)
        self.held.forget()
        return self

    # ---- reading ----

    def want(self, digit: int | None) -> DigitReader:
        """Say what it should be: then there is an error. Raises: ArgumentError for what is no digit."""
        if digit is not None:
            digit = int(np.ravel(digit)[0])
            if not 0 <= digit < CLASSES:
                raise ArgumentError(expected_got("wanted", "a digit from 0 to 9", digit))
        self.wanted = digit
        self.held.forget()
        return self

    @property
    def is_blank(self) -> bool:
        """Whether there is no ink."""
        return not self.ink.any()

    @property
    def look(self) -> Look:
        """What the network says now, and which pixels the error answers to."""
        weights = tuple(id(p.value) for p in self.network.parameters())
        key = (self.ink.tobytes(), self.wanted, weights)
        if self._seen is None or self._seen[0] != key:
            self._seen = key, self._ask()
        return self._seen[1]

    def _ask(self) -> Look:
        x = self.prepare(self.ink[None])
        scores = np.asarray(self.network(x), dtype=float)
        ends_in_softmax = isinstance(self.network[-1], Softmax)
        probabilities = (scores if ends_in_softmax else softmax(scores))[0]
        if self.wanted is None:
            return Look(probabilities)
        network = Sequential(*self.network.layers[:-1]) if ends_in_softmax else self.network
        found = blame(network, x, [self.wanted], LOSS)
        nudge = 1e-6
        stretch = (self.prepare(self.ink[None] + nudge) - self.prepare(self.ink[None] - nudge)) / (2 * nudge)
        return Look(probabilities, found.error, (found.inputs.gradient * stretch)[0])

    @property
    def answer(self) -> int:
        """The digit that it reads."""
        return int(self.look.probabilities.argmax())

    def culprit(self) -> Culprit | None:
        """Return the strongest path from the error to a weight of the first layer; None where nothing is wanted."""
        if self.wanted is None or self.is_blank or not isinstance(self.network[0], Dense):
            return None
        x, own = self.prepare(self.ink[None]), self.network.copy()
        if isinstance(own[-1], Softmax):
            own = Sequential(*own.layers[:-1])
        scores, tape = own.forward(x)
        own.backward(LOSS.backward(LOSS.forward(scores, [self.wanted])[1]), tape)
        slopes = np.abs(np.asarray(own[0].parameters()[0].grad))
        pixel, unit = (int(i) for i in np.unravel_index(slopes.argmax(), slopes.shape))
        paths = trace_weight(own, x, [self.wanted], LOSS, 0, (pixel, unit)).paths(top=1)
        if not len(paths):
            return None
        dense = [place for place, layer in enumerate(own.layers) if isinstance(layer, Dense)]
        units = dict(paths[0].units)
        above = tuple(units[place] for place in dense if place in units)
        last = len(above) - 1
        names = tuple(f"output {n}" if i == last else f"unit {n + 1} of layer {i + 1}" for i, n in enumerate(above))
        return Culprit(pixel, above, names, paths[0].product)

    # ---- one pixel ----

    def select(self, pixel: int) -> DigitReader:
        """Choose a pixel, counted row by row. Raises: ArgumentError for one that is not there."""
        if not 0 <= pixel < PIXELS**2:
            raise ArgumentError(expected_got("pixel", "a number from 0 to 63", pixel))
        self.selected = pixel
        return self

    def move(self, right: int, down: int) -> DigitReader:
        """Choose the neighbour; it stops at the rim."""
        row, column = divmod(self.selected, PIXELS)
        row, column = (min(max(place, 0), PIXELS - 1) for place in (row + down, column + right))
        return self.select(row * PIXELS + column)

    def toggle(self, pixel: int | None = None) -> DigitReader:
        """Erase the ink of a pixel, or fill it where there is none. What E then does is covered until it is said."""
        if pixel is not None:
            self.select(pixel)
        before = float(self.ink[self.selected])
        after = 0.0 if before else 1.0
        slopes = self.look.slopes
        row, column = divmod(self.selected, PIXELS)
        if slopes is None:
            self.held.forget()
        else:
            self.held.take("pixel")
        self.ink = self.ink.copy()
        self.ink[self.selected] = after
        if slopes is not None:
            words = f"Ink in row {row}, column {column} goes from {short(before)} to {short(after)}"
            self.held.move(words, float(slopes[self.selected]) * (after - before))
        return self
