"""One neuron to try out: weighted inputs, a sum, an activation, and the slope that a nudge finds.

A learner can change every number of y = act(w1 x1 + w2 x2 + ... + b). The panel computes the slope twice, by nudging
and by the chain rule. The neuron panel of notebooks/01_one_neuron.ipynb is a view of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import numpy as np

from bplearn import layers
from bplearn.checks.arrays import Array, expected_got, number_in
from bplearn.errors import ArgumentError
from bplearn.exercises.engine.typed_numbers import Judgement, read_number, try_number
from bplearn.layers import Layer
from bplearn.panels.base.held import Held
from bplearn.panels.choices import ACTIVATIONS
from bplearn.show.text import bracketed, short

STEPS = ("products", "sum", "output", "slope")
LARGEST = 1e6


@final
class Neuron:
    """A neuron with its inputs: y = act(z), z = w1 x1 + w2 x2 + ... + b.

    `shown` counts how many of the four steps (products, sum, output, slope) are uncovered. `nudged` names the number
    that is nudged by `h`, one of `names`: x1, w1, ..., b.
    Raises: ArgumentError for inputs and weights of different lengths or an activation that is not known.

    >>> neuron = Neuron()
    >>> round(neuron.y, 6), round(neuron.slope, 6)
    (0.731059, -0.196612)
    >>> neuron.set("w1", 0).z
    3.0
    """

    def __init__(
        self,
        x: Sequence[float] = (-1.0, -2.0),
        w: Sequence[float] = (2.0, -3.0),
        b: float = -3.0,
        activation: str = "Sigmoid",
    ) -> None:
        self.x, self.w, self.b = [float(v) for v in x], [float(v) for v in w], float(b)
        if len(self.x) != len(self.w) or not self.x:
            raise ArgumentError(expected_got("neuron", "one weight for each input", f"{len(self.x)} and {len(self.w)}"))
        if len(self.x) > 6:
            raise ArgumentError(expected_got("neuron", "at most 6 inputs to draw", len(self.x)))
        for name in self.names:
            number_in(self.get(name), name, -LARGEST, LARGEST)
        self.held = Held("y", lambda: self.y)
        self.choose(activation=activation)
        self.nudged, self.h = "w1", 0.5
        self.shown = len(STEPS)

    @property
    def names(self) -> list[str]:
        """What can be changed: x1, w1, x2, w2, ..., b."""
        return [f"{kind}{i + 1}" for i in range(len(self.x)) for kind in "xw"] + ["b"]

    def get(self, name: str) -> float:
        """Return one of the numbers by its name."""
        return self.b if name == "b" else (self.x if name[0] == "x" else self.w)[int(name[1:]) - 1]

    def set(self, name: str, value: float) -> Neuron:
        """Change one of the numbers. Raises: ArgumentError for a name or a number that does not fit."""
        if name not in self.names:
            raise ArgumentError(expected_got("neuron", f"one of {', '.join(self.names)}", repr(name)))
        value = number_in(value, name, -LARGEST, LARGEST)
        if name != self.held.key:
            self.held.forget()
        if name == "b":
            self.b = value
        else:
            (self.x if name[0] == "x" else self.w)[int(name[1:]) - 1] = value
        return self

    def choose(self, *, activation: str | None = None, nudged: str | None = None, h: float | None = None) -> Neuron:
        """Take another activation, or choose which number is nudged, and by how much to each side.

        Raises: ArgumentError for a name that is not known, or an h below 0.
        """
        if activation is not None:
            if activation not in ACTIVATIONS:
                raise ArgumentError(expected_got("activation", f"one of {', '.join(ACTIVATIONS)}", repr(activation)))
            self.activation = activation
            self.held.forget()
            self._layer: Layer = getattr(layers, activation)()
        if nudged is not None or h is not None:
            self.held.forget()
        if nudged is not None:
            if nudged not in self.names:
                raise ArgumentError(expected_got("nudge", f"one of {', '.join(self.names)}", repr(nudged)))
            self.nudged = nudged
        if h is not None:
            self.h = number_in(h, "h", 0)
        return self

    # ---- taking hold ----

    def take(self, name: str) -> Neuron:
        """Take hold of one of the numbers: it is the one that is nudged from now on."""
        if name == self.held.key and self.held.covered:
            return self
        self.choose(nudged=name)
        self.held.take(name)
        self.ghost, self._promise = self.get(name), self.slope
        return self

    def put(self, name: str, value: float) -> Neuron:
        """Move the number that is held. What follows is covered until rise or fall is said.

        >>> unit = Neuron().take("w1").put("w1", 3)
        >>> unit.visible, unit.held.guess("falls")
        (0, '✓ y falls, as you said: from 0.7311 to 0.5, by -0.231. The slope had promised -0.197.')
        """
        self.set(name, value)
        if self.shown < STEPS.index("slope"):  # y is covered anyway: it is found step by step
            self.held.forget()
            return self
        words = f"{name} goes from {short(self.ghost)} to {short(value)}"
        self.held.move(words, self._promise * (value - self.ghost) if np.isfinite(self._promise) else None)
        return self

    @property
    def visible(self) -> int:
        """How many of the steps can be seen now: none while rise or fall is still to be said."""
        return 0 if self.held.covered else self.shown

    # ---- the numbers ----

    @property
    def products(self) -> list[float]:
        """The weighted inputs w1 x1, w2 x2, ..."""
        return [w * x for w, x in zip(self.w, self.x, strict=True)]

    @property
    def z(self) -> float:
        """The weighted sum plus the bias."""
        return sum(self.products) + self.b

    @property
    def y(self) -> float:
        """The neuron's answer."""
        return float(self.curve(np.array([self.z]))[0])

    def curve(self, z: Array) -> Array:
        """Return the activation at these z, shape (n,)."""
        return self._layer.forward(z[:, None])[0][:, 0]

    def answers(self, values: Array) -> Array:
        """Return y for these values of the nudged number, all others as they are."""
        return self.curve(self.z + (np.asarray(values) - self.get(self.nudged)) * self.pull)

    @property
    def pull(self) -> float:
        """dz/d(nudged): its partner in the product, or 1 for the bias."""
        name = self.nudged
        return 1.0 if name == "b" else self.get(("w" if name[0] == "x" else "x") + name[1:])

    @property
    def nudge_slope(self) -> float:
        """What the nudge finds: (y(v + h) - y(v - h)) / (2 h)."""
        v = self.get(self.nudged)
        low, high = self.answers(np.array([v - self.h, v + self.h])).tolist()
        return (high - low) / (2 * self.h)

    @property
    def bend(self) -> float:
        """dy/dz: the slope of the activation at z."""
        _, cache = self._layer.forward(np.array([[self.z]]))
        return float(self._layer.backward(np.ones((1, 1)), cache)[0][0, 0])  # type: ignore[index]

    @property
    def slope(self) -> float:
        """The slope itself, by the chain rule: dy/dz * dz/d(nudged)."""
        return self.bend * self.pull

    # ---- one step at a time ----

    def next(self) -> Neuron:
        """Uncover one step more."""
        self.held.forget()
        self.shown = min(self.shown + 1, len(STEPS))
        return self

    def back(self) -> Neuron:
        """Cover the last step again."""
        self.held.forget()
        self.shown = max(self.shown - 1, 0)
        return self

    def cover(self) -> Neuron:
        """Cover all but the inputs, weights and bias."""
        self.held.forget()
        self.shown = 0
        return self

    def question(self) -> str:
        """Ask for the next number."""
        asked = {
            "products": f"What is w{len(self.w)} × x{len(self.x)}?",
            "sum": "What is z, the sum of the products plus b?",
            "output": f"What is y = {self.activation.lower()}(z)?",
            "slope": f"What slope does the nudge of {self.nudged} by h = {short(self.h)} find?",
        }
        return asked[STEPS[self.shown]] if self.shown < len(STEPS) else "Every number is shown."

    def predict(self, words: str) -> Judgement:
        """Judge what was typed for the next number; a right one is shown. Raises: ArgumentError for what is none."""
        if self.shown == len(STEPS):
            raise ArgumentError(expected_got("predict", "a number that is still covered", "none", "Press Cover all."))
        last = len(self.w)
        asked = {
            "products": (f"w{last} x{last}", self.products[-1]),
            "sum": ("z", self.z),
            "output": ("y", self.y),
            "slope": ("slope", self.nudge_slope),
        }
        name, true = asked[STEPS[self.shown]]
        judged = try_number(name, read_number(words), true)
        if judged.right:
            self.next()
        return judged

    def equation(self) -> list[str]:
        """Write the steps that are uncovered, with the numbers in them."""
        sums = " + ".join(f"{bracketed(w)} × {bracketed(x)}" for w, x in zip(self.w, self.x, strict=True))
        added = " + ".join(bracketed(p) for p in self.products)
        letters = " + ".join(f"w{i + 1} x{i + 1}" for i in range(len(self.w)))
        v = self.nudged
        lines = [
            f"products:  {', '.join(f'w{i + 1} x{i + 1} = {short(p)}' for i, p in enumerate(self.products))}",
            f"z = {letters} + b = {added} + {bracketed(self.b)} = {short(self.z, 5)}",
            f"y = {self.activation.lower()}(z) = {self.activation.lower()}({short(self.z, 5)}) = {short(self.y, 6)}",
            f"slope by nudging {v}:  (y({v} + h) - y({v} - h)) / (2 h) = {short(self.nudge_slope, 6)};"
            f"   exact:  dy/d{v} = {short(self.slope, 6)}",
        ]
        start = [f"z = {letters} + b = {sums} + {bracketed(self.b)}"] if self.visible == 0 else []
        return start + lines[: self.visible]
