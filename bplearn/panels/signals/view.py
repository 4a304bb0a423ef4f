"""The signals panel: choose a start and an activation, and see what passes through a deep network, forward and back.

The logic is a `SignalFlow` (`panel.logic`); here are only its controls and where each picture stands.
Taught in notebooks/11_initialisation_and_saturation.ipynb.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import final

from bplearn.datasets import Dataset
from bplearn.initializers import Initializer
from bplearn.panels.base import controls
from bplearn.panels.base.page import State
from bplearn.panels.base.panel import Panel
from bplearn.panels.choices import ACTIVATIONS
from bplearn.panels.signals.logic import SignalFlow
from bplearn.panels.signals.pictures import activations, gradients
from bplearn.show.picture import Picture, collage
from bplearn.show.text import escape, short

SCALES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0)


def signals(
    start: str | Initializer = "normal(0.01)",
    activation: str = "Tanh",
    *,
    depth: int = 10,
    scale: float = 1.0,
    width: int = 64,
    data: Dataset | None = None,
    seed: int = 0,
) -> Panel:
    """Open the signals panel: activations and gradients by layer, at the start, for 200 digits or data of your own.

    `start` is a name of `STARTS` or an initializer of your own; `scale` multiplies its weights.
    `panel.logic` is the `SignalFlow`; `panel.logic.state` the verdict in one word.
    Raises: ArgumentError for names and numbers that do not fit.

    >>> signals("He", "ReLU").logic.state
    'healthy'

    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    flow = SignalFlow(start, activation, depth=depth, scale=scale, width=width, data=data, seed=seed)
    return _SignalsView(flow).panel


@final
class _SignalsView:
    """Controls, views, and what ties them to a SignalFlow."""

    def __init__(self, flow: SignalFlow) -> None:
        self.flow = flow
        self.panel = panel = Panel("Signals by layer", flow, self.static_picture)
        dials = [
            panel.bind(controls.choice("start"), flow, "start", options=lambda: list(flow.starts)),
            panel.bind(controls.choice("activation", ACTIVATIONS), flow, "activation"),
            panel.bind(controls.whole_dial("depth", 1, 30, width=230), flow, "depth"),
            panel.bind(controls.stops_dial("weights times", SCALES, width=270), flow, "scale"),
            panel.bind(controls.number_field("seed"), flow, "seed"),
        ]
        status = panel.view(self.verdict, role="status")
        forward = panel.view(lambda: activations(flow))
        back = panel.view(lambda: gradients(flow))
        for view in (forward, back):
            view.layout.max_width = "800px"
            view.add_class("bpl-low")
        panel.arrange(dials, status, forward, back)
        panel.record("start", "activation", "weights times", visit=self.visit)

    def visit(self) -> Iterator[State]:
        """Go through every start and activation, at this depth, with the weights as they are, halved and doubled."""
        flow = self.flow
        before = flow.start, flow.activation, flow.scale
        for start, activation, scale in itertools.product(flow.starts, ACTIVATIONS, (0.5, 1.0, 2.0)):
            flow.choose(start=start, activation=activation, scale=scale)
            yield State((start, activation, short(scale)))
        flow.choose(start=before[0], activation=before[1], scale=before[2])

    def verdict(self) -> str:
        word, sentence = self.flow.verdict()
        return f"<p><strong>{word.capitalize()}.</strong> {escape(sentence)}</p>"

    def static_picture(self) -> Picture:
        f = self.flow
        word, sentence = f.verdict()
        setup = f"{f.activation}, start {f.start} times {short(f.scale)}, {f.depth} layers"
        title = f"Signals by layer: {setup}. {word.capitalize()}. {sentence}"
        return collage([[activations(f)], [gradients(f)]], title, width=720)
