"""The row of a picture that is taken hold of: say rise or fall before what came is shown.

Drag a part, or step it by the arrows: what follows is covered until it is said, or asked for.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from bplearn.panels.base import controls
from bplearn.panels.base.grip import Hand
from bplearn.panels.base.held import Held
from bplearn.panels.base.panel import Panel


@final
class HoldRow:
    """A box to tick, and, while something is covered, a button for each way. Put `row` into the panel.

    `heard` is what a view's `dragged` takes: it takes hold, and gives each move to `put(key, at)`.
    """

    def __init__(
        self, panel: Panel, held: Held, take: Callable[[str], object], put: Callable[[str, dict[str, float]], object]
    ) -> None:
        self.held, self.take, self.put = held, take, put
        self.box = panel.tie(controls.checkbox("say rise or fall first", True), lambda: held.asks, self._ask)
        names = (("▲ rises", "rises"), ("▼ falls", "falls"), ("stays", "stays"))
        self.ways = [
            panel.on_click(controls.button(words, f"{held.name} {way}"), lambda way=way: held.guess(way))  # type: ignore[misc]
            for words, way in names
        ]
        self.show = panel.on_click(controls.button("Show it", "Show what came"), held.show)
        self.row: list[Any] = [self.box, *self.ways, self.show]
        panel.before_redraw(self.sync)
        self.sync()

    def _ask(self, asks: bool) -> None:
        self.held.asks = asks

    def heard(self, hand: Hand) -> None:
        """Do what the hand does."""
        if hand.phase == "take":
            self.take(hand.key)
        elif hand.phase == "move":
            self.put(hand.key, hand.place)

    def sync(self) -> None:
        """Show the buttons only while something is covered."""
        for button in (*self.ways, self.show):
            button.layout.display = None if self.held.covered else "none"
