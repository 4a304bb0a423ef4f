"""One weight, watched while the network trains: its value, its gradient, its latest change, and how to trace it.

The numbers are those of the latest update: the gradient before it, and the change that the optimizer made of that
gradient. Taught in notebooks/12_learning_rate_and_batch_size.ipynb; notebooks/06_trace_one_weight.ipynb follows a
weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.naming import UnitNames
from bplearn.layers import Dense
from bplearn.training.session import Session

CODE = """\
from bplearn import trace_weight

session = lab.logic.session  # lab = training_lab(...)
x, targets = session.batch()  # of the latest update
trace_weight(session.before(), x, targets, session.loss, {layer}, ({i}, {j}))
"""


@final
@dataclass(frozen=True)
class WeightNumbers:
    """The numbers of the watched weight; gradient and change are None before the first update."""

    name: str
    start: str
    end: str
    value: float
    gradient: float | None
    change: float | None


@final
class WatchedWeight:
    """Watches entry `index` of the weights of layer number `layer`; `layer` is None as long as none is chosen.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> watch = WatchedWeight(Experiment(hidden=(4,)).build().step(3))
    >>> watch.choose(0, (1, 2)).numbers().name
    'W_h[1, 2]'
    >>> watch.turn(1).move(0, 1).layer, watch.index
    (2, (2, 0))
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.layer: int | None = None
        self.index = (0, 0)

    def follow(self, session: Session) -> WatchedWeight:
        """Watch the same weight in another session; where its network has none in this place, watch none."""
        self.session = session
        shape = self.shapes().get(-1 if self.layer is None else self.layer)
        if shape is None or self.index[0] >= shape[0] or self.index[1] >= shape[1]:
            self.layer = None
        return self

    def shapes(self) -> dict[int, tuple[int, int]]:
        """Return the shape of the weights of each Dense layer, by its number in the network."""
        network = self.session.network
        return {n: (layer.n_in, layer.n_out) for n, layer in enumerate(network) if isinstance(layer, Dense)}

    # ---- what a learner chooses ----

    def choose(self, layer: int, index: tuple[int, int]) -> WatchedWeight:
        """Watch this weight. Raises: ArgumentError for one that is not there."""
        shape = self.shapes().get(layer)
        if shape is None:
            known = ", ".join(map(str, self.shapes()))
            raise ArgumentError(expected_got("layer", f"the number of a Dense layer: {known}", layer))
        i, j = index
        if not (0 <= i < shape[0] and 0 <= j < shape[1]):
            raise ArgumentError(expected_got("index", f"an entry of weights of shape {shape}", (i, j)))
        self.layer, self.index = layer, (i, j)
        return self

    def choose_key(self, key: str) -> WatchedWeight:
        """Follow a click on "edge-layer-i-j"; a second click on the same weight lets it go."""
        layer, i, j = map(int, key.split("-")[1:])
        if (self.layer, self.index) == (layer, (i, j)):
            return self.clear()
        return self.choose(layer, (i, j))

    def clear(self) -> WatchedWeight:
        """Watch none."""
        self.layer = None
        return self

    def move(self, axis: int, by: int) -> WatchedWeight:
        """Go to the next start (axis 0) or end (axis 1) of the weight; the first press chooses one at all."""
        if self.layer is None:
            return self.turn(0)
        shape = self.shapes()[self.layer]
        place = list(self.index)
        place[axis] = min(max(place[axis] + by, 0), shape[axis] - 1)
        return self.choose(self.layer, (place[0], place[1]))

    def turn(self, by: int) -> WatchedWeight:
        """Go to the weights of the next layer, round and round."""
        shapes = self.shapes()
        if not shapes:
            raise ArgumentError(expected_got("The network", "a Dense layer with weights to watch", "none"))
        numbers = list(shapes)
        layer = numbers[0] if self.layer is None else numbers[(numbers.index(self.layer) + by) % len(numbers)]
        i, j = self.index
        return self.choose(layer, (min(i, shapes[layer][0] - 1), min(j, shapes[layer][1] - 1)))

    # ---- what follows ----

    def numbers(self) -> WeightNumbers:
        """Return the numbers of the watched weight. Raises: ArgumentError where none is chosen."""
        if self.layer is None:
            raise ArgumentError(
                expected_got("the watch", "a chosen weight", "none", "Write watch.choose(layer, (i, j)).")
            )
        session, (i, j) = self.session, self.index
        weights = session.network[self.layer].parameters()[0]
        names = UnitNames(session.network.layers)
        value, gradient, change = float(weights.value[i, j]), None, None
        if session.update is not None:
            gradient = float(session.network.parameters().part(session.update.gradient, weights)[i, j])
            change = value - float(session.network.parameters().part(session.update.before, weights)[i, j])
        name = names.parameter(self.layer, weights.name, self.index).text
        start, end = names.unit(self.layer - 1, i).text, names.unit(self.layer, j).text
        return WeightNumbers(name, start, end, value, gradient, change)

    def code(self) -> str:
        """Return Python code that traces the gradient of the latest update back to the watched weight."""
        if self.layer is None:
            return ""
        return CODE.format(layer=self.layer, i=self.index[0], j=self.index[1])
