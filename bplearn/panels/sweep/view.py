"""The sweep panel: learning rate and batch size as a map that fills while you watch; choose a cell, see its curve.

The logic is a `SweepMap` (`panel.logic`); here are only its controls and where each picture stands.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

from bplearn.datasets import Dataset
from bplearn.panels.base import controls
from bplearn.panels.base.columns import column, columns
from bplearn.panels.base.page import State
from bplearn.panels.base.panel import Panel
from bplearn.panels.choices import ACTIVATIONS, OPTIMIZERS
from bplearn.panels.lab.experiment import Experiment, hidden_widths, read_widths
from bplearn.panels.sweep.logic import MEASURES, RATES, SIZES, SweepMap
from bplearn.panels.sweep.pictures import curve_picture, map_picture
from bplearn.show.picture import Picture, collage
from bplearn.show.text import escape, short

QUICK = 20_000_000  # of `effort`: some hundredths of a second


def sweep_panel(
    data: str | Dataset = "moons",
    *,
    hidden: Sequence[int] = (8,),
    activation: str = "Tanh",
    optimizer: str = "SGD",
    learning_rates: Sequence[float] = RATES,
    batch_sizes: Sequence[int | None] = SIZES,
    epochs: int = 20,
    seed: int = 0,
) -> Panel:
    """Open the map of learning rates and batch sizes; None among the sizes means all samples at once.

    Play fills it; on small data the column of the largest batches is there from the start. Click a cell, or move with
    the arrow keys.
    `panel.logic.result()` gives the finished runs as a `SweepResult`.
    Raises: ArgumentError for names and numbers that do not fit.

    >>> panel = sweep_panel("moons", learning_rates=[0.1, 1.0], batch_sizes=[16, None], epochs=2)
    >>> len(panel.logic.finish().result())
    4

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    start = Experiment(data, hidden_widths(hidden), activation, optimizer, batch_size=None, seed=seed)
    chart = SweepMap(start, learning_rates=learning_rates, batch_sizes=batch_sizes, epochs=epochs)
    return _SweepView(chart).panel


@final
class _SweepView:
    """Controls, views, and what ties them to a SweepMap."""

    def __init__(self, chart: SweepMap) -> None:
        self.chart = chart
        self.first_column()
        self.panel = panel = Panel("Sweep: learning rate and batch size", chart, self.static_picture)
        play = panel.play_button(chart.tick, done=lambda: chart.done, fps=30)
        clear = panel.on_click(controls.button("Empty the map", "Begin again"), lambda: self.pausing(self.restart))
        measure = panel.bind(controls.switch("cells show", list(MEASURES)), chart, "measure", via=chart.measure_by)
        made = [
            panel.bind(control, chart, name, via=self.renew)
            for control, name in (
                (controls.choice("data", chart.experiment.data_options), "experiment.data"),
                (controls.choice("optimizer", OPTIMIZERS), "experiment.optimizer"),
                (controls.choice("activation", ACTIVATIONS), "experiment.activation"),
                (controls.number_field("seed"), "experiment.seed"),
                (controls.number_field("epochs"), "epochs"),
                (controls.text_field("hidden layers", hint="8, 8", width=135), "experiment.hidden_text"),
            )
        ]
        keys: dict[str, Callable[[], object]] = {
            "ArrowUp": lambda: chart.move(-1, 0),
            "ArrowDown": lambda: chart.move(1, 0),
            "ArrowLeft": lambda: chart.move(0, -1),
            "ArrowRight": lambda: chart.move(0, 1),
        }
        status = panel.view(lambda: f"<p>{escape(chart.summary())}</p>", role="status")
        chosen = panel.view(lambda: f"<p>{escape(chart.reading())}</p>", role="status")
        cells = panel.view(
            lambda: map_picture(chart), clicked=self.click, keys=keys, label="Map. Arrow keys choose a cell."
        )
        curve = panel.view(lambda: curve_picture(chart))
        cells.layout.max_width, curve.layout.max_width = "500px", "420px"
        panel.arrange([play, clear, measure], made, status, columns(column(370, cells), column(310, curve)), chosen)
        panel.record("learning rate", "batch size", visit=self.visit)

    def visit(self) -> Iterator[State]:
        """Fill the map, and go through its cells."""
        chart = self.chart.finish()
        at = chart.row, chart.column, chart.chosen
        for row, rate in enumerate(chart.learning_rates):
            for column_, size in enumerate(chart.batch_sizes):
                chart.select(row, column_)
                yield State((short(rate), str(size)), (f"cell-{row}-{column_}",))
        chart.row, chart.column, chart.chosen = at

    def first_column(self) -> None:
        """Fill the column of the largest batches, where that is quick: a first look must not wait for it."""
        if self.chart.effort <= QUICK:
            self.chart.work()

    def restart(self) -> None:
        self.chart.reset()
        self.first_column()

    def renew(self, **changes: Any) -> None:
        if "hidden_text" in changes:
            changes = {"hidden": read_widths(changes["hidden_text"])}
        self.pausing(lambda: self.chart.choose(**changes))
        self.first_column()

    def pausing(self, action: Callable[[], object]) -> None:
        if self.panel.player is not None:
            self.panel.player.pause()
        action()

    def click(self, key: str) -> None:
        _, row, place = key.split("-")
        self.chart.select(int(row), int(place))

    def static_picture(self) -> Picture:
        e = self.chart.experiment
        title = f"Sweep on {e.data_name} with {e.optimizer}"
        return collage([[map_picture(self.chart), curve_picture(self.chart)]], title, width=830)
