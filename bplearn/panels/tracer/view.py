"""The weight tracer: choose a weight, see its paths light up, and read every factor, product and sum beside them.

The logic is a `Tracer` (`panel.logic`); here are only its controls and where each picture stands.
Taught in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.trace.render import summary
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.panels.base import controls
from bplearn.panels.base.columns import column, columns
from bplearn.panels.base.page import State
from bplearn.panels.base.panel import Panel
from bplearn.panels.tracer.logic import Tracer
from bplearn.panels.tracer.pictures import sample_bars, trace_network
from bplearn.panels.tracer.tables import blame_table, factor_table
from bplearn.show.picture import Picture, collage
from bplearn.show.text import escape, short

MOST_NAMES = 300  # units that a list offers by name
MOST_STATES = 200  # weights that a page holds
BATCH = -1  # stands for all samples in the list; None would mean no choice


def trace_panel(
    network: Sequential | None = None, x: Any = None, target: Any = None, loss: Loss | None = None
) -> Panel:
    """Open the weight tracer on a network and a batch; without any, on the 2-2-2 network of the series.

    Shapes: x (N, D), target as the loss takes it
    Click a weight or choose it from the lists; arrow keys move it while the picture has the focus.
    `panel.logic` is the `Tracer`; `panel.logic.trace` the trace that is shown.
    Raises: ArgumentError where only some of the four are given, and as `trace_weight` does.

    >>> panel = trace_panel()
    >>> panel.logic.choose_key("edge-2-0-1").trace.weight.text
    'W_o[0, 1]'

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    given = {"network": network, "x": x, "target": target, "loss": loss}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == 4:
        return _TracerView(Tracer.example()).panel
    if network is None or loss is None or missing:
        advice = "Write trace_panel(network, x, target, loss), or nothing at all."
        raise ArgumentError(
            expected_got("trace_panel", "all four of network, x, target, loss", f"no {missing[0]}", advice)
        )
    return _TracerView(Tracer(network, x, target, loss)).panel


@final
class _TracerView:
    """Controls, views, and what ties them to a Tracer."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        self.panel = panel = Panel("Weight tracer", tracer, self.static_picture)
        names = [(f"{h.name} {' x '.join(map(str, h.shape))}", number) for number, h in enumerate(tracer.holders)]
        weights = panel.tie(controls.choice("weights", names), self.holder_now, self.take_holder)
        start = panel.tie(controls.choice("from"), self.start_now, self.take_start, options=self.starts)
        end = panel.tie(controls.choice("to"), lambda: tracer.index[-1], self.take_end, options=self.ends)
        strongest = panel.on_click(
            controls.button("Strongest weight", "The weight with the largest gradient"), tracer.strongest
        )
        sample = panel.tie(controls.choice("look at", self.looks()), self.sample_now, self.look_at)
        path = panel.tie(controls.choice("path"), lambda: tracer.explained, tracer.explain, options=self.paths)
        panel.before_redraw(lambda: panel.set_quietly(start, disabled=len(tracer.index) == 1))
        keys: dict[str, Callable[[], object]] = {
            "ArrowUp": lambda: tracer.move(1, -1),
            "ArrowDown": lambda: tracer.move(1, 1),
            "ArrowLeft": lambda: tracer.move(0, -1),
            "ArrowRight": lambda: tracer.move(0, 1),
            "PageUp": lambda: tracer.turn(-1),
            "PageDown": lambda: tracer.turn(1),
        }
        status = panel.view(self.status, role="status")
        hint = "Network: arrows choose start and end of the weight, PageUp and PageDown the layer"
        picture = panel.view(lambda: trace_network(tracer), clicked=tracer.choose_key, keys=keys, label=hint)
        factors = panel.view(lambda: factor_table(tracer), clicked=tracer.choose_key)
        blamed = panel.view(lambda: blame_table(tracer))
        aside = [column(250, blamed)]
        if len(tracer.x) > 1:
            bars = panel.view(lambda: sample_bars(tracer), clicked=tracer.choose_key)
            bars.layout.max_width = "250px"
            aside.insert(0, column(240, bars))
        chosen = [weights, start, end, strongest, sample, path]
        panel.arrange(chosen, status, columns(column(550, picture, factors), column(258, columns(*aside))))
        states = sum(math.prod(holder.shape) for holder in tracer.holders) * len(self.looks())
        panel.record("weight", "look at", visit=self.visit, whole=states <= MOST_STATES)

    def looks(self) -> list[tuple[str, int]]:
        """Return what can be looked at: each sample, and the batch where there are several."""
        count = len(self.tracer.x)
        samples = [(f"sample {n}", n) for n in range(count)][:MOST_NAMES]
        return samples + ([(f"batch of {count}", BATCH)] if count > 1 else [])

    def visit(self) -> Iterator[State]:
        """Go through every weight for each sample and the batch; of a large network through the first ones."""
        t = self.tracer
        at, explained, sample = (t.holder.layer, t.holder.parameter, t.index), t.explained, t.sample
        everyone = ((holder, index) for holder in t.holders for index in np.ndindex(holder.shape))
        for (holder, index), (look, number) in itertools.islice(itertools.product(everyone, self.looks()), MOST_STATES):
            self.look_at(number)
            t.choose(holder.layer, holder.parameter, index)
            kind = "edge" if holder.parameter == "W" else "bias" if holder.parameter == "b" else holder.parameter
            name = f"{holder.name}[{', '.join(map(str, index))}]"
            yield State((name, look), ("-".join(map(str, (kind, holder.layer, *index))), f"sample-{number}"))
        t.look_at(sample).choose(*at).explain(explained)

    # ---- actions ----

    def take_holder(self, number: int) -> None:
        self.tracer.turn(number - self.tracer.holders.index(self.tracer.holder))

    def take_start(self, unit: int) -> None:
        if len(self.tracer.index) > 1:
            self.tracer.start_from(unit)

    def take_end(self, unit: int) -> None:
        t = self.tracer
        t.choose(t.holder.layer, t.holder.parameter, (*t.index[:-1], unit))

    def look_at(self, sample: int) -> None:
        self.tracer.look_at(None if sample == BATCH else sample)

    # ---- what the controls and views follow ----

    def starts(self) -> list[tuple[str, int]]:
        names = self.tracer.starts()
        return [(name, i) for i, name in enumerate(names)] or [("none", 0)]

    def holder_now(self) -> int:
        return self.tracer.holders.index(self.tracer.holder)

    def sample_now(self) -> int:
        if self.tracer.sample is not None:
            return self.tracer.sample
        return BATCH if len(self.tracer.x) > 1 else 0

    def start_now(self) -> int:
        return self.tracer.start

    def ends(self) -> list[tuple[str, int]]:
        return [(name, j) for j, name in enumerate(self.tracer.ends())]

    def paths(self) -> list[tuple[str, int]]:
        t = self.tracer
        found = [(f"{n + 1}: by {t.names.unit(*path.units[0]).text}", n) for n, path in enumerate(t.paths)]
        return found or [("none", 0)]

    def status(self) -> str:
        t = self.tracer
        trace = t.trace
        name = escape(trace.weight)
        mean = f", the mean over {len(t.x)} samples" if t.sample is None and len(t.x) > 1 else ""
        way = "raises" if trace.gradient > 0 else "lowers"
        effect = f"A larger {name} {way} the error" if trace.gradient else f"A small change of {name} does nothing"
        total = f"∂E/∂{name} = {short(trace.gradient, 9)}"
        return f"<p><strong>{total}</strong>, {escape(summary(trace))}{mean}. {effect}.</p>"

    def static_picture(self) -> Picture:
        row = [trace_network(self.tracer)]
        if len(self.tracer.x) > 1:
            row.append(sample_bars(self.tracer))
        return collage([row], f"Weight tracer: ∂E/∂{self.tracer.trace.weight}", width=880)
