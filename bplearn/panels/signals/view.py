"""The signals panel: choose a start and an activation, and see what passes through a deep network, forward and back.

The logic is a `SignalFlow` (`panel.logic`); here are only its controls and where each picture stands.
Taught in notebooks/11_initialisation_and_saturation.ipynb.
"""

from __future__ import annotations

from typing import Any, final

from bplearn.datasets import Dataset
from bplearn.initializers import Initializer
from bplearn.panels.base import controls
from bplearn.panels.base.panel import Panel
from bplearn.panels.base.picture import Picture, collage
from bplearn.panels.signals.logic import ACTIVATIONS, STARTS, SignalFlow
from bplearn.panels.signals.pictures import activations, gradients
from bplearn.show.svg import escape

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
    return _SignalsView(flow, start).panel


@final
class _SignalsView:
    """Controls, views, and what ties them to a SignalFlow."""

    def __init__(self, flow: SignalFlow, start: str | Initializer) -> None:
        self.flow = flow
        self.panel = panel = Panel("Signals by layer", flow, self.static_picture)
        starts: list[tuple[str, str | Initializer]] = [(name, name) for name in STARTS]
        if not isinstance(start, str):
            starts.append((flow.start, start))
        scales = sorted({*SCALES, flow.scale})
        dials = [
            panel.on_change(controls.choice("start", starts, start), lambda v: flow.choose(start=v)),
            panel.on_change(
                controls.choice("activation", ACTIVATIONS, flow.activation), lambda v: flow.choose(activation=v)
            ),
            panel.on_change(
                controls.whole_slider("depth", flow.depth, 1, max(30, flow.depth), width=230),
                lambda v: flow.choose(depth=v),
            ),
            panel.on_change(
                controls.pick_slider("weights times", [(f"{s:g}", s) for s in scales], flow.scale, width=270),
                lambda v: flow.choose(scale=v),
            ),
            panel.on_change(controls.number_field("seed", flow.seed), lambda v: flow.choose(seed=v)),
        ]
        panel.before_redraw(lambda: self.sync(dials))
        status = panel.view(self.verdict, role="status")
        forward = panel.view(lambda: activations(flow))
        back = panel.view(lambda: gradients(flow))
        panel.arrange(dials, status, forward, back)

    def sync(self, dials: list[Any]) -> None:
        """Set the controls to what the logic says, where it was worked by code."""
        f = self.flow
        start, activation, depth, scale, seed = dials
        names = dict(start.options)
        if f.start in names:
            self.panel.set_quietly(start, value=names[f.start])
        self.panel.set_quietly(activation, value=f.activation)
        self.panel.set_quietly(depth, max=max(depth.max, f.depth), value=f.depth)
        if f.scale in dict(scale.options).values():
            self.panel.set_quietly(scale, value=f.scale)
        self.panel.set_quietly(seed, value=f.seed)

    def verdict(self) -> str:
        word, sentence = self.flow.verdict()
        return f"<p><strong>{word.capitalize()}.</strong> {escape(sentence)}</p>"

    def static_picture(self) -> Picture:
        f = self.flow
        word, sentence = f.verdict()
        setup = f"{f.activation}, start {f.start} times {f.scale:g}, {f.depth} layers"
        title = f"Signals by layer: {setup}. {word.capitalize()}. {sentence}"
        return collage([[activations(f)], [gradients(f)]], title, width=720)
