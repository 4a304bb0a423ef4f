"""The landscape: gradient descent on a cost of one weight or two, with a verdict computed from the path.

The library's own optimizers make the steps, on the costs of `surfaces`. The landscape panel is a view of it.
Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, final

import numpy as np

from bplearn import optimizers
from bplearn.checks.arrays import Array, expected_got, number_in, positive_integer
from bplearn.errors import ArgumentError
from bplearn.panels.base.assessment import Assessment
from bplearn.panels.base.held import Held
from bplearn.panels.choices import OPTIMIZERS
from bplearn.panels.landscape.surfaces import SURFACES as SURFACES
from bplearn.panels.landscape.surfaces import Surface as Surface
from bplearn.panels.landscape.surfaces import own_surface as own_surface
from bplearn.parameter import Parameter, ParameterVector
from bplearn.show.text import counted, short

FAR = 1e12  # a path beyond this never comes back to the map
LOOK = 100  # steps that the verdict looks ahead


def walk(surface: Surface, optimizer: str, learning_rate: float, steps: int, start: Array | None = None) -> Array:
    """Return the places after 0, 1, ..., `steps` updates; a path that leaves the map for good ends there.

    It begins at `start`, by default the surface's own.

    Shapes: -> (steps + 1, D), or fewer rows

    >>> walk(SURFACES["parabola"], "SGD", 0.2, 10)[-1].round(6)
    array([0.060466])
    """
    place = Parameter(surface.start if start is None else start, name="W")
    vector = ParameterVector([place])
    moves = getattr(optimizers, optimizer)(learning_rate)
    path = [place.value]
    for _ in range(steps):
        if not np.isfinite(place.value).all() or np.abs(place.value).max() > FAR:
            break
        vector.replace_grads([np.asarray(surface.slope(place.value), dtype=float)])
        moves.step(vector)
        path.append(place.value)
    return np.array(path)


def verdict(surface: Surface, optimizer: str, learning_rate: float) -> Assessment:
    """Look a hundred steps ahead and say what happens: still, too small, good, zig-zag, ends higher, or diverges.

    >>> [verdict(SURFACES["parabola"], "SGD", rate).word for rate in (0.001, 0.2, 0.9, 1.1)]
    ['too small', 'good', 'zig-zag', 'diverges']
    """
    path = walk(surface, optimizer, learning_rate, LOOK)
    return path_verdict(path, surface.height(path), learning_rate)


def path_verdict(path: Array, heights: Array, learning_rate: float) -> Assessment:
    """Say what the first hundred steps of a path did.

    >>> path_verdict(np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 4.0, 16.0]), 1.5).sentence
    'Diverges: the cost grew from 1 to 4 in 1 step.'
    """
    if learning_rate == 0:
        return Assessment("still", "A learning rate of 0 moves nothing.")
    path, heights = path[: LOOK + 1], heights[: LOOK + 1]
    first, last, lowest = float(heights[0]), float(heights[-1]), float(heights.min())
    moves = np.diff(path, axis=0)
    if not moves.any():
        return Assessment("still", "The ground is flat here: no step moves the ball.")
    if len(path) <= LOOK or not np.isfinite(heights).all() or _grows(heights):
        grown = next((i for i in range(1, len(heights)) if heights[i] > 2 * first + 1e-9), len(heights) - 1)
        grew = f"the cost grew from {short(first, 3)} to {short(float(heights[grown]), 3)}"
        return Assessment("diverges", f"Diverges: {grew} in {counted(grown, 'step')}.")
    if last > first * (1 + 1e-9) + 1e-12:
        at = int(heights.argmin())
        way = f", and was lowest, {short(lowest, 3)}, after {counted(at, 'step')}" if at else ", and was never lower"
        ends = f"after {LOOK} steps the cost is {short(last, 3)}; it began at {short(first, 3)}{way}"
        return Assessment("ends higher", f"Ends higher: {ends}.")
    there = np.flatnonzero(heights - lowest <= 0.01 * (first - lowest))
    arrival = int(there[0]) if first > lowest else LOOK
    turns = [bool(a @ b < 0) for a, b in pairwise(moves[: max(arrival, 3) + 1])]
    share = sum(turns) / max(len(turns), 1)
    is_falling = bool(heights[-2] - last > 1e-4 * (first - last)) if last < first else False
    gets_nowhere = last >= first - 1e-12 * max(abs(first), 1)
    if share > 0.5:
        words = f"Zig-zag: {sum(turns)} of the first {len(turns) + 1} steps turn back on the one before"
        end = f"after {LOOK} steps the cost is where it began." if gets_nowhere else _arrived(arrival, first, lowest)
        return Assessment("zig-zag", f"{words}; {end}")
    if gets_nowhere or (arrival > 0.8 * LOOK and is_falling):
        fell = 100 * (first - last) / max(abs(first), 1e-12)
        still = ", and it still falls" if is_falling else ""
        return Assessment("too small", f"Too small: {LOOK} steps lower the cost by {fell:.0f}%{still}.")
    return Assessment("good", f"Good: {_arrived(arrival, first, lowest)}")


def _grows(heights: Array) -> bool:
    """Whether a path climbs on and on: it ends above its start, and its peak rises from each quarter to the next."""
    peaks = [float(quarter.max()) for quarter in np.array_split(heights, 4)]
    return float(heights[-1]) > float(heights[0]) and all(b > a * (1 + 1e-9) for a, b in pairwise(peaks))


def _arrived(steps: int, first: float, lowest: float) -> str:
    """Say how soon nearly all of the way down is made that a hundred steps make."""
    bottom = short(0.0 if abs(lowest) < 1e-6 * abs(first) else lowest, 3)
    way = f"99% of the way from {short(first, 3)} down to {bottom}, the lowest cost in {LOOK} steps"
    return f"after {counted(steps, 'step')} the cost has come {way}."


@final
class Landscape:
    """A surface, a learning rate, one optimizer or a race of all four, and how many steps are shown.

    Raises: ArgumentError for a surface or an optimizer that does not exist, or a rate below 0.

    >>> land = Landscape("parabola", 0.2)
    >>> land.step(10).heights()["SGD"][-1].round(8)
    np.float64(0.00365616)
    >>> land.verdict().word
    'good'
    """

    def __init__(
        self,
        surface: str | Surface = "parabola",
        learning_rate: float = 0.1,
        optimizer: str = "SGD",
        *,
        race: bool = False,
    ) -> None:
        self.shown = 0
        self.race = race
        self._courses: dict[tuple[Any, ...], tuple[Array, Array]] = {}
        self.held = Held("the cost", lambda: float(self.heights()[self.runners[0]][-1]))
        self.ghost: Array | None = None  # the walk before something was taken hold of
        self.choose(surface=surface, learning_rate=learning_rate, optimizer=optimizer)

    def choose(
        self,
        *,
        surface: str | Surface | None = None,
        learning_rate: float | None = None,
        optimizer: str | None = None,
        race: bool | None = None,
    ) -> None:
        """Change what is given. Another surface begins at the start; a new rate redraws the same number of steps."""
        self.forget()
        if surface is not None:
            if not isinstance(surface, Surface) and surface not in SURFACES:
                raise ArgumentError(expected_got("surface", f"one of {', '.join(SURFACES)}", repr(surface)))
            self.surface = surface if isinstance(surface, Surface) else SURFACES[surface]
            self.start = np.array(self.surface.start)
            self.shown = 0
        if learning_rate is not None:
            self.learning_rate = number_in(learning_rate, "learning_rate", 0)
        if optimizer is not None:
            if optimizer not in OPTIMIZERS:
                raise ArgumentError(expected_got("optimizer", f"one of {', '.join(OPTIMIZERS)}", repr(optimizer)))
            self.optimizer = optimizer
        if race is not None:
            self.race = race

    def step(self, n: int = 1) -> Landscape:
        """Show `n` more steps, up to 500."""
        self.forget()
        self.shown = min(self.shown + positive_integer(n, "n"), 500)
        return self

    def back(self) -> Landscape:
        """Show one step less."""
        self.forget()
        self.shown = max(self.shown - 1, 0)
        return self

    def reset(self) -> Landscape:
        """Go back to the start, the surface's own."""
        self.forget()
        self.start, self.shown = np.array(self.surface.start), 0
        return self

    # ---- taking hold ----

    def forget(self) -> None:
        """Hold nothing."""
        self.held.forget()
        self.ghost = None

    def take(self, key: str) -> Landscape:
        """Take hold of the "ball", which then begins a new walk where it is, or of the "start" of the walk.

        What was shown stays as a ghost.
        """
        if key == self.held.key and self.held.covered:
            return self
        steps = f" after {counted(self.shown, 'step')}" if key == "start" and self.shown else ""
        self.held.name = f"the cost{steps}"
        self.held.take(key)
        self.ghost = walked = self.paths()[self.runners[0]]
        if key == "ball":
            self.start, self.shown = walked[-1], 0
        self._promise = np.asarray(self.surface.slope(self.start), dtype=float)
        self._from = self.start
        return self

    def put(self, place: Sequence[float]) -> Landscape:
        """Move what is held to a place. The cost there is covered until rise or fall is said.

        >>> land = Landscape("parabola").take("ball").put([8])
        >>> land.held.guess("falls")
        '✓ the cost falls, as you said: from 100 to 64, by -36. The slope had promised -40.'
        """
        self.start = np.asarray(place, dtype=float)
        at, before = (", ".join(short(v) for v in spot.tolist()) for spot in (self.start, self._from))
        is_ball = self.held.key == "ball" or not self.shown
        promised = float(self._promise @ (self.start - self._from)) if is_ball else None
        self.held.move(f"The {'ball' if is_ball else 'start'} goes from {before} to {at}", promised)
        if self.race:
            self.held.show()
        return self

    @property
    def runners(self) -> tuple[str, ...]:
        """The optimizers that are shown."""
        return OPTIMIZERS if self.race else (self.optimizer,)

    @property
    def done(self) -> bool:
        """Whether there is nothing more to show: every path has ended, or stands still, or 500 steps are shown."""
        if self.shown >= 500:
            return True
        ended = [
            len(path) <= self.shown or (self.shown > 2 and np.allclose(path[-1], path[-2], atol=1e-5))
            for path in self.paths().values()
        ]
        return all(ended)

    def paths(self) -> dict[str, Array]:
        """Return the places of each runner so far, (steps + 1, D)."""
        return {name: self._course(name)[0][: self.shown + 1] for name in self.runners}

    def heights(self) -> dict[str, Array]:
        """Return the cost along each path."""
        return {name: self._course(name)[1][: self.shown + 1] for name in self.runners}

    def _course(self, name: str) -> tuple[Array, Array]:
        """A runner's path and its heights, some way ahead of what is shown; walked once."""
        key = (self.surface.name, id(self.surface), name, self.learning_rate, *self.start.tolist())
        known = self._courses.get(key)
        ahead = max(self.shown, 40 if self.race else LOOK)
        if known is None or (len(known[0]) <= ahead and np.abs(known[0][-1]).max() <= FAR):
            if len(self._courses) > 64:
                self._courses.clear()
            path = walk(self.surface, name, self.learning_rate, ahead if ahead <= LOOK else 500, self.start)
            self._courses[key] = known = path, self.surface.height(path)
        return known

    def verdict(self) -> Assessment:
        """Return the verdict on the chosen optimizer at this rate, or on the race so far."""
        if not self.race:
            return path_verdict(*self._course(self.optimizer), self.learning_rate)
        last = {name: float(heights[-1]) for name, heights in self.heights().items()}
        if not self.shown:
            return Assessment("race", "All four stand at the start. Which one will be lowest after 20 steps?")
        order = sorted(last, key=lambda name: last[name] if np.isfinite(last[name]) else np.inf)
        costs = ", ".join(f"{name} {short(last[name], 3)}" for name in order)
        return Assessment("race", f"After {counted(self.shown, 'step')} the costs are: {costs}.")
