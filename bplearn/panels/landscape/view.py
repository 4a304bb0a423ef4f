"""The landscape: a ball rolls down a cost, one step at a time, and the learning rate says how far each step goes.

The logic is a `Landscape` (`panel.logic`); here are its pictures, its controls and where they stand.
Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

from typing import Any, final

from bplearn.panels.base import controls
from bplearn.panels.base.hold_row import HoldRow
from bplearn.panels.base.panel import Panel
from bplearn.panels.choices import OPTIMIZERS
from bplearn.panels.landscape.logic import SURFACES, Landscape, Surface
from bplearn.panels.landscape.pictures import cost_picture, map_picture
from bplearn.show.picture import Picture, collage
from bplearn.show.text import counted, escape, short


def landscape(
    surface: str | Surface = "parabola",
    learning_rate: float = 0.1,
    optimizer: str = "SGD",
    *,
    race: bool = False,
    steps: int = 0,
) -> Panel:
    """Walk down a cost of one weight or two; turn the learning rate and see where the same number of steps leads.

    `surface` is a name in `bplearn.panels.landscape.logic.SURFACES` or your own (`own_surface`); `race` shows four
    optimizers at once; it opens after `steps` steps. The ball and the start of the walk can be taken hold of.
    `panel.logic` is the Landscape behind it.
    Raises: ArgumentError for a surface or an optimizer that does not exist, or a rate below 0.

    >>> landscape("ravine", 0.09).logic.verdict().word
    'zig-zag'

    Introduced in: notebooks/07_weight_updates.ipynb
    """
    land = Landscape(surface, learning_rate, optimizer, race=race)
    if steps:
        land.step(steps)
    return _LandscapeView(land).panel


@final
class _LandscapeView:
    """Controls, views, and what ties them to a Landscape."""

    def __init__(self, land: Landscape) -> None:
        self.land = land
        self.panel = panel = Panel("Landscape: downhill on a cost", land, self.static_picture)
        play = panel.play_button(land.step, done=lambda: land.done, fps=8)
        step = panel.on_click(controls.button("One step"), lambda: self.pausing(land.step))
        ten = panel.on_click(controls.button("10 steps"), lambda: self.pausing(land.step, 10))
        back = panel.on_click(controls.button("Back", "Take one step back"), lambda: self.pausing(land.back))
        reset = panel.on_click(
            controls.button("Reset", "Go back to the start"), lambda: self.pausing(land.reset), anew=True
        )
        kind = panel.bind(
            controls.choice("surface", [(name, surface) for name, surface in SURFACES.items()]),
            land,
            "surface",
            via=lambda surface: self.pausing(lambda: land.choose(surface=surface)),
        )
        opt = panel.bind(controls.choice("optimizer", OPTIMIZERS), land, "optimizer")
        race = panel.bind(controls.checkbox("race of all four"), land, "race")
        rate = panel.bind(controls.rate_dial(), land, "learning_rate")
        panel.before_redraw(lambda: setattr(opt, "disabled", land.race))
        verdict = panel.view(self.verdict, role="status")
        holding = HoldRow(panel, land.held, self.take, lambda _, at: land.put(list(at.values())))
        ground = panel.view(lambda: map_picture(land), width=310, dragged=holding.heard)
        cost = panel.view(lambda: cost_picture(land), width=300)
        for view in (ground, cost):
            view.layout.max_width = "420px"
        panel.arrange(
            [kind, opt, race], [play, step, ten, back, reset, *holding.row], verdict, [rate], [ground, cost]
        )  # fmt: skip

    def take(self, key: str) -> None:
        self.pausing(self.land.take, key)

    def pausing(self, action: Any, *arguments: Any) -> None:
        if self.panel.player is not None:
            self.panel.player.pause()
        action(*arguments)

    def verdict(self) -> str:
        costs = ", ".join(f"{name} {short(float(h[-1]))}" for name, h in self.land.heights().items())
        if told := self.land.held.told():
            return f"<p><b>{escape(told)}</b></p>"
        if not self.land.race and not self.land.shown:
            asked = "The ball stands at the start. What will the steps do: fall, zig-zag, or leave the map?"
            return f"<p>{asked} You can take hold of it, too: drag it, or go to it by Tab and press the arrows.</p>"
        steps = counted(self.land.shown, "step")
        now = "" if self.land.race else f" Now, after {steps}, the cost is {costs.split(' ')[-1]}."
        return f"<p><b>{escape(self.land.verdict().sentence)}</b>{escape(now)}</p>"

    def static_picture(self) -> Picture:
        """Show twenty steps where none was taken yet: a page without a kernel takes none."""
        land, shown = self.land, self.land.shown
        if not shown:
            land.step(20)
        rate = f"learning rate {short(land.learning_rate)}. {land.verdict().sentence}"
        drawn = [map_picture(land), cost_picture(land)]
        land.shown = shown
        return collage([drawn], f"Landscape {land.surface.words}, {rate}", width=720)
