"""A training point that is taken hold of: across the boundary and back, by mouse or by arrows.

While it moves, the network stays as it is; the loss of all training points is covered until rise or fall is said. What
the slope dL/dx had promised stands beside what came. Let go, and a run begins with the point where it is now, from the
weights as they stand. Used in notebooks/12_learning_rate_and_batch_size.ipynb, in the training lab.
"""

from __future__ import annotations

import math
from typing import final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.panels.base.data_pictures import SIZE, Window, has_boundary
from bplearn.panels.base.grip import Axis, grip
from bplearn.panels.base.held import Held
from bplearn.panels.lab.experiment import with_moved
from bplearn.panels.lab.logic import RunComparison
from bplearn.show.palette import ACCENT, MUTED, PAPER
from bplearn.show.svg import circle, element, line
from bplearn.show.text import short


@final
class MovedPoint:
    """The training points of a run, `train`, of which one is held or was; `row` is its number, or None.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> book = RunComparison(Experiment("moons", hidden=(4,)))
    >>> point = MovedPoint(book)
    >>> point.take("point-3")
    >>> point.put("point-3", {"x": 2.0, "y": 2.0})
    >>> point.held.covered, point.drop().experiment.moved
    (True, ((3, (2.0, 2.0)),))
    """

    def __init__(self, book: RunComparison) -> None:
        self.book = book
        self.held = Held("the training loss", self._loss)
        self.row: int | None = None
        self.follow()

    def follow(self) -> None:
        """Look at the data of the run as it is set up now, and hold nothing."""
        self.row, self.origin = None, np.zeros(2)
        self.held.forget()
        self.train = self.book.experiment.parts()[0]
        self.window = Window.of(self.train) if has_boundary(self.train) else None

    def _loss(self) -> float:
        session = self.book.session
        return float(session.loss.forward(session.network(self.train.x), self.train.targets)[0])

    def take(self, key: str) -> None:
        """Take hold of "point-row"."""
        if key != self.held.key or not self.held.covered:
            self.row = int(key.removeprefix("point-"))
            self.origin = self.train.x[self.row].copy()
            self._slope = self._gradient()
        self.held.take(key)

    def _gradient(self) -> Array:
        """Return dL/dx of the point that is held, on a copy: nothing of the training is touched."""
        session = self.book.session
        network = session.network.copy()
        y, tape = network.forward(self.train.x)
        _, cache = session.loss.forward(y, self.train.targets)
        slopes = network.backward(session.loss.backward(cache), tape)
        return np.zeros(2) if slopes is None else np.array(slopes[self.row])

    def put(self, key: str, place: dict[str, float]) -> None:
        """Move the point that is held, "point-row"."""
        if key != self.held.key or self.row is None:
            return
        now = (place["x"], place["y"])
        self.train = with_moved(self.train, ((self.row, now),))
        before, after = (f"({short(x, 3)}, {short(y, 3)})" for x, y in (self.origin, now))
        self.held.move(f"The point goes from {before} to {after}", float(self._slope @ (np.array(now) - self.origin)))

    def drop(self) -> RunComparison:
        """Let go of it: a run begins with the point where it is now."""
        if self.row is not None and self.held.moved:
            x, y = self.train.x[self.row].tolist()
            if (self.row, (x, y)) not in self.book.experiment.moved:
                self.book.move_point(self.row, (x, y))
        return self.book

    def choose(self, by: int) -> None:
        """Go to the next point on the right, or on the left: by keys, one is chosen before it is moved."""
        if self.window is None:
            return
        order = np.argsort(self.train.x[:, 0], kind="stable").tolist()
        self.row = order[(order.index(self.row) + by) % len(order)] if self.row is not None else order[0]
        self.held.forget()
        self.origin = self.train.x[self.row].copy()

    def grips(self, window: Window) -> str:
        """Return what lies over the points: each can be taken hold of; the chosen one shows where it was."""
        places = window.place(self.train.x).tolist()
        step, per = 10.0 ** math.floor(math.log10(window.half / 10)), 2 * window.half / SIZE
        ends = [(float(m - window.half), float(m + window.half)) for m in window.middle]
        parts, chosen = [], ""
        for row, ((x, y), (a, b)) in enumerate(zip(places, self.train.x.tolist(), strict=True)):
            axes = Axis(a, *ends[0], step, per), Axis(b, *ends[1], step, -per)
            if row != self.row:
                room = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
                parts.append(f'<g data-drag="point-{row}" data-x="{axes[0]}" data-y="{axes[1]}">{room}</g>')
                continue
            old_x, old_y = window.place(self.origin[None])[0].tolist()
            if self.held.moved:
                chosen += circle(old_x, old_y, 5, fill="none", stroke=MUTED, stroke_width=1.6, stroke_dasharray="2 2")
                chosen += line(old_x, old_y, x, y, stroke=ACCENT, stroke_width=1.6, stroke_dasharray="2 3")
            ring = circle(x, y, 8, fill=PAPER, fill_opacity=0.01, stroke=ACCENT, stroke_width=2.4, class_="bpl-rim")
            label = f"training point {row + 1} of {len(places)}, class {self._class(row)}"
            said = f"{short(a, 3)}, {short(b, 3)}"
            chosen += grip(f"point-{row}", ring, label=label, x=axes[0], y=axes[1], said=said)
        return element("g", *parts, opacity=0) + chosen

    def _class(self, row: int) -> str:
        names = self.train.target_names or ()
        return names[int(self.train.targets[row])]
