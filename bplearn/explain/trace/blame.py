"""The tracer's question the other way round: which weights, which units and which inputs carry this error?

Others call this credit assignment. One backward pass answers it for all of them at once. A weight's gradient says how
fast the error changes with it; the error that arrives at a unit is dE/du, the sum over all paths from the loss to that
unit.
Taught in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final, overload

import numpy as np

from bplearn.checks.arrays import Array, as_batch, expected_got, positive_integer
from bplearn.errors import ArgumentError
from bplearn.explain.naming import UnitNames
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.show.table import Rich, Table, Tabular, bar
from bplearn.show.text import short
from bplearn.tape import Tape


@dataclass(frozen=True)
class WeightBlame:
    """One weight or bias: its name, where it is, its value, and dE/dw.

    `trace_weight` takes `layer`, `index` and `parameter` as they are here.
    """

    name: str
    layer: int
    index: tuple[int, ...]
    value: float
    gradient: float
    parameter: str


@final
@dataclass(frozen=True, repr=False)
class StrongestWeights(Tabular, Sequence[WeightBlame]):
    """The weights with the largest |dE/dw|, largest first, as a sequence and as a table.

    `share` of a weight is gradient^2 / total^2: its part of the squared length of the whole gradient, so shares add
    up to 1.
    """

    weights: tuple[WeightBlame, ...]
    error: float
    length: float
    in_all: int

    @overload
    def __getitem__(self, index: int) -> WeightBlame: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[WeightBlame, ...]: ...
    def __getitem__(self, index: int | slice) -> WeightBlame | tuple[WeightBlame, ...]:
        return self.weights[index]

    def __len__(self) -> int:
        return len(self.weights)

    def share(self, weight: WeightBlame) -> float:
        """Return the weight's part of the squared length of the gradient."""
        return (weight.gradient / self.length) ** 2 if self.length else 0.0

    @property
    def _words(self) -> str:
        part = sum(self.share(weight) for weight in self.weights)
        return f"{len(self)} of {self.in_all:,} weights and biases; together {part:.1%} of the squared gradient"

    def table(self) -> Table:
        """Return the weights as a table, each with its share of the squared gradient."""
        rows = []
        for w in self.weights:
            part = self.share(w)
            numbers = (short(w.value), short(w.gradient, 6), f"{part:.1%}")
            rows.append((w.name, str(w.layer), *numbers, Rich("", bar(part))))
        title = f"The strongest weights for E = {short(self.error, 6)}"
        return Table(title, ("weight", "layer", "value", "∂E/∂w", "share", ""), tuple(rows), (self._words,))


@dataclass(frozen=True, eq=False)
class LayerBlame:
    """The error that arrives at the outputs of one layer (layer -1: the inputs).

    Shapes: gradient dE/du (N, units); total (units,), the sum over the samples of |dE/du|
    """

    layer: int
    name: str
    units: tuple[str, ...]
    gradient: Array
    total: Array

    @property
    def size(self) -> float:
        """The sum of `total`: how much error arrives at this layer."""
        return float(self.total.sum())

    def top(self, count: int = 5) -> list[tuple[str, float]]:
        """Return the units that get most of it, with their totals."""
        order = np.argsort(-self.total, kind="stable")[:count]
        return [(self.units[i], float(self.total[i])) for i in order.tolist()]


@final
@dataclass(frozen=True, eq=False, repr=False)
class Blame(Tabular, Sequence[LayerBlame]):
    """The error by layer and unit, from the output down to the input, as a sequence and as a table.

    `.inputs` is the last entry: which inputs (pixels) the error answers to; it is missing where they have no slope.
    """

    layers: tuple[LayerBlame, ...]
    error: float

    @overload
    def __getitem__(self, index: int) -> LayerBlame: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[LayerBlame, ...]: ...
    def __getitem__(self, index: int | slice) -> LayerBlame | tuple[LayerBlame, ...]:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    @property
    def inputs(self) -> LayerBlame:
        """What arrives at the network's inputs. Raises: ArgumentError where the first layer's dx is None."""
        if self.layers[-1].layer >= 0:
            expected, advice = "a first layer that returns dx", "Look at the layers: for layer in blame(...)."
            raise ArgumentError(expected_got("blame's inputs", expected, "one whose dx is None", advice))
        return self.layers[-1]

    def table(self) -> Table:
        """Return a row for each layer: how much error arrives there, and at which units most of it."""
        largest = max((layer.size for layer in self.layers), default=0.0) or 1.0
        rows = []
        for layer in self.layers:
            best = ", ".join(f"{name} {share:.0%}" for name, share in _shares(layer))
            size = Rich("", bar(layer.size / largest))
            rows.append((layer.name, str(len(layer.units)), short(layer.size), best, size))
        title = f"Where E = {short(self.error, 6)} goes: |∂E/∂u|, summed over units and samples"
        return Table(title, ("at", "units", "|∂E/∂u|", "most of it at", ""), tuple(rows))


def _shares(layer: LayerBlame) -> list[tuple[str, float]]:
    return [(name, total / layer.size) for name, total in layer.top(3) if total > 0]


def strongest_weights(network: Sequential, x: Any, target: Any, loss: Loss, top: int = 10) -> StrongestWeights:
    """Return the weights and biases with the largest |dE/dw| for this batch: those a step changes most.

    It cannot say whether a layer's backward is right: it shows what backprop returns (of a random layer, for one draw).
    Raises: ArgumentError, ShapeError, TargetError where the arguments do not fit.

    >>> network = Sequential(Dense(2, 1, weights=[[1.0], [1.0]]))
    >>> strongest_weights(network, [[3.0, 1.0]], [[0.0]], HalfSquaredError())[0].name
    'W_o[0, 0]'

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    top = positive_integer(top, "top")
    tape, error = _passes(network, x, target, loss)
    names = UnitNames([step.layer for step in tape])
    found, seen, squares, count = [], set[int](), 0.0, 0
    for place, step in enumerate(tape):
        for its_name, p in step.layer.named_parameters().items():
            if id(p) in seen or p.grad is None:
                continue
            seen.add(id(p))
            squares, count = squares + float(np.vdot(p.grad, p.grad)), count + p.size
            for flat in np.argsort(-np.abs(p.grad), axis=None, kind="stable")[:top]:
                index = tuple(int(i) for i in np.unravel_index(flat, p.shape))
                name = names.parameter(place, its_name, index).text
                numbers = float(p.value[index]), float(p.grad[index])
                found.append(WeightBlame(name, place, index, *numbers, its_name))
    found.sort(key=lambda weight: -abs(weight.gradient))
    return StrongestWeights(tuple(found[:top]), error, float(np.sqrt(squares)), count)


def blame(network: Sequential, x: Any, target: Any, loss: Loss) -> Blame:
    """Return the error that arrives at each unit of each layer, and at each input, for this batch.

    dE/du = sum over all paths from the error to unit u; over samples its sizes |dE/du| are added.
    It cannot say what reaches whole numbers that choose (a layer whose dx is None), nor tell of a sample's dE/du how
    much came by way of other samples, where a layer mixes them.
    Raises: ArgumentError, ShapeError, TargetError where the arguments do not fit.

    >>> network = Sequential(Dense(2, 1, weights=[[3.0], [1.0]]))
    >>> blame(network, [[1.0, 1.0]], [[0.0]], HalfSquaredError()).inputs.top(1)
    [('x1', 12.0)]

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    tape, error = _passes(network, x, target, loss)
    names = UnitNames([step.layer for step in tape])
    layers = []
    for place in range(len(tape) - 1, -2, -1):
        arrived = tape[place].dy if place >= 0 else tape[0].dx
        if arrived is None:
            continue  # whole numbers that choose have no slope
        gradient = np.asarray(arrived).reshape(len(tape[0].x), -1)
        units = tuple(names.unit(place, unit).text for unit in range(gradient.shape[1]))
        layers.append(LayerBlame(place, names.layer(place).text, units, gradient, np.abs(gradient).sum(axis=0)))
    return Blame(tuple(layers), error)


def _passes(network: Sequential, x: Any, target: Any, loss: Loss) -> tuple[Tape, float]:
    """Run both passes on a copy of the network, so that its gradients stay as they are."""
    if not isinstance(network, Sequential):
        raise ArgumentError(expected_got("network", "a Sequential", repr(network), "Write mlp(2, 2, 2)."))
    if not isinstance(loss, Loss):
        raise ArgumentError(expected_got("loss", "a Loss object", repr(loss), "Write HalfSquaredError()."))
    own = network.copy()
    prediction, tape = own.forward(as_batch(x))
    error, cache = loss.forward(prediction, target)
    own.backward(loss.backward(cache), tape)
    return tape, error
