"""The graph stepper: values forward, gradients back, one number at a time, with the chain rule of each written out.

The logic is a `GraphSteps` (`panel.logic`); here are only its controls and where the picture stands.
Taught in notebooks/04_chain_rule.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import final

from bplearn.explain.scalar import Value
from bplearn.panels.base import controls
from bplearn.panels.base.page import State
from bplearn.panels.base.panel import Panel
from bplearn.panels.base.predict_row import PredictRow
from bplearn.panels.graph.logic import GraphSteps
from bplearn.panels.graph.pictures import graph_picture
from bplearn.show.picture import Picture
from bplearn.show.text import escape


def graph_steps(value: Value | None = None) -> Panel:
    """Step through the graph of a Value: forward to its number, and the gradients back to its inputs.

    Without a value it is e = (a + b)(b + 1) at a = 2, b = 1. `panel.logic` is the `GraphSteps`.
    Raises: ArgumentError for a Value that was not computed from others, or with more than 150 nodes.

    >>> x = Value(3.0, name="x")
    >>> panel = graph_steps(x * x + 1)
    >>> panel.logic.next().explanation()
    'v1 = x × x = 3 × 3 = 9'

    Introduced in: notebooks/04_chain_rule.ipynb
    """
    return _GraphView(GraphSteps.example() if value is None else GraphSteps(value)).panel


@final
class _GraphView:
    """Controls, views, and what ties them to GraphSteps."""

    def __init__(self, walk: GraphSteps) -> None:
        self.walk = walk
        self.panel = panel = Panel(f"Chain rule, one number at a time: {walk.names[-1]}", walk, self.static_picture)
        self.asking = asking = PredictRow(panel, walk.predict, walk.question, lambda: walk.step < walk.steps, walk.next)
        back = panel.on_click(controls.button("Back", "Cover the last number", icon="arrow-left"), self.back)
        on = panel.on_click(controls.button("Next", "Show the next number", icon="arrow-right"), self.next)
        on.button_style = "primary"
        turn = panel.on_click(
            controls.button("To the turn", "All values known, no gradient yet"),
            lambda: asking.by(lambda: walk.go(walk.forward_steps)),
        )
        end = panel.on_click(
            controls.button("All", "Show every number"), lambda: asking.by(lambda: walk.go(walk.steps))
        )
        step = panel.bind(
            controls.whole_dial("step", 0, walk.steps, width=240),
            walk,
            "step",
            via=lambda step: asking.by(lambda: walk.go(step)),
        )
        keys: dict[str, Callable[[], object]] = {"ArrowRight": self.next, "ArrowLeft": self.back}
        picture = panel.view(
            lambda: graph_picture(walk, shares=not asking.box.value),
            keys=keys,
            label="Graph. Arrow keys step on and back.",
        )
        picture.layout.max_width = f"{1.35 * graph_picture(walk).width:.0f}px"
        words = panel.view(self.words, role="status")
        panel.arrange([back, on, turn, end, step], words, picture, asking.row, asking.said)
        panel.record("step", visit=self.visit, walk=True)

    def visit(self) -> Iterator[State]:
        """Go through every step."""
        at = self.walk.step
        for step in range(self.walk.steps + 1):
            self.walk.go(step)
            yield State((f"step {step} of {self.walk.steps}",))
        self.walk.go(at)

    def next(self) -> None:
        self.asking.next_by(self.walk.next)

    def back(self) -> None:
        self.asking.by(self.walk.back)

    def words(self) -> str:
        walk = self.walk
        phase = {"forward": "Forward: values", "backward": "Backward: gradients", "done": "Done"}[walk.phase]
        right, made = walk.score
        score = f" {right} of {made} predictions were right." if made else ""
        place = f"<p><strong>{phase}</strong>, {walk.step} of {walk.steps} numbers found.{score}</p>"
        return f'{place}<div class="bpl-equation">{escape(walk.explanation())}</div><p>{escape(walk.question())}</p>'

    def static_picture(self) -> Picture:
        """Show the whole graph: a page without a kernel has no steps."""
        whole = GraphSteps(self.walk.output).go(self.walk.steps)
        return graph_picture(whole)
