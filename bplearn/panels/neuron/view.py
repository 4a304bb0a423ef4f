"""The neuron: inputs, weights, bias and activation to turn, every number shown, and a slope found by nudging.

The logic is a `Neuron` (`panel.logic`); here are only its controls and pictures.
Taught in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, final

from bplearn.panels.base import controls
from bplearn.panels.base.columns import column, columns
from bplearn.panels.base.hold_row import HoldRow
from bplearn.panels.base.panel import Panel
from bplearn.panels.base.predict_row import PredictRow
from bplearn.panels.choices import ACTIVATIONS
from bplearn.panels.neuron.logic import STEPS, Neuron
from bplearn.panels.neuron.pictures import neuron_picture, slope_picture
from bplearn.show.picture import Picture, collage
from bplearn.show.text import escape, short

STEPS_OF_H = (2.0, 1.0, 0.5, 0.2, 0.1, 0.01, 1e-3, 1e-5, 1e-8, 1e-11, 1e-13, 1e-15)


def neuron(
    x: Sequence[float] = (-1.0, -2.0), w: Sequence[float] = (2.0, -3.0), b: float = -3.0, activation: str = "Sigmoid"
) -> Panel:
    """Open the neuron y = act(w1 x1 + w2 x2 + ... + b) with up to six inputs.

    Take hold of a number in the picture, and say whether y will rise or fall; cover all and step through products, sum,
    output and slope. `panel.logic` is the `Neuron`.
    Raises: ArgumentError for inputs and weights of different lengths or an activation that is not known.

    >>> neuron().logic.set("b", -4).z
    0.0

    Introduced in: notebooks/01_one_neuron.ipynb
    """
    return _NeuronView(Neuron(x, w, b, activation)).panel


@final
class _NeuronView:
    """Controls, views, and what ties them to a Neuron."""

    def __init__(self, unit: Neuron) -> None:
        self.unit = unit
        self.panel = panel = Panel("One neuron", unit, self.static_picture)
        self.asking = asking = PredictRow(
            panel, unit.predict, unit.question, lambda: unit.shown < len(STEPS), unit.next
        )
        back = panel.on_click(
            controls.button("Back", "Cover the last step", icon="arrow-left"), lambda: asking.by(unit.back)
        )
        on = panel.on_click(controls.button("Next", "Show the next step", icon="arrow-right"), self.next)
        on.button_style = "primary"
        cover = panel.on_click(
            controls.button("Cover all", "Begin with inputs and weights alone"),
            lambda: asking.by(unit.cover),
            anew=True,
        )
        self.holding = holding = HoldRow(panel, unit.held, unit.take, lambda name, at: unit.put(name, at["y"]))
        chosen = [
            panel.bind(controls.choice("activation", ACTIVATIONS), unit, "activation"),
            panel.bind(controls.choice("nudge", unit.names), unit, "nudged"),
            self.number(),
            panel.bind(controls.stops_dial("by h", sorted(STEPS_OF_H), width=220), unit, "h"),
        ]
        keys: dict[str, Callable[[], object]] = {"ArrowRight": self.next, "ArrowLeft": lambda: asking.by(unit.back)}
        left = panel.view(
            lambda: neuron_picture(unit),
            keys=keys,
            dragged=holding.heard,
            label="Neuron. Arrow keys step on and back; Tab goes to its numbers, which arrow keys move.",
        )
        right = panel.view(lambda: slope_picture(unit))
        left.layout.max_width, right.layout.max_width = "470px", "430px"
        words = panel.view(self.words, role="status")
        panel.arrange(
            chosen, columns(column(310, left), column(290, right)),
            holding.row, words, [back, on, cover], asking.row, asking.said,
        )  # fmt: skip

    def number(self) -> Any:
        """The field where the number that is nudged can be typed: any number, not only what the hand reaches."""
        unit = self.unit
        control = controls.real_field("its value")
        return self.panel.tie(
            control, lambda: unit.get(unit.nudged), lambda value: unit.take(unit.nudged).put(unit.nudged, value)
        )

    def next(self) -> None:
        self.asking.next_by(self.unit.next)

    def words(self) -> str:
        unit = self.unit
        lines = "\n".join(unit.equation())
        hint = "Take hold of a number in the picture: drag it up or down, or go to it by Tab and press the arrows."
        said = unit.held.told() or (unit.question() if unit.shown < len(STEPS) else hint)
        return f'<p><b>{escape(said)}</b></p><div class="bpl-equation">{escape(lines)}</div>'

    def static_picture(self) -> Picture:
        title = f"One neuron: y = {self.unit.activation.lower()}(z), z = {short(self.unit.z)}"
        return collage([[neuron_picture(self.unit), slope_picture(self.unit)]], title, width=820)
