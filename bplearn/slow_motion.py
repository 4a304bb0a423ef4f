"""One update in slow motion: forward layer by layer, the cost, backward layer by layer, then the weights.

It is the same update as a step of `train`, with a pause after each moment: for panels, and for those who look closely.
Taught in notebooks/07_weight_updates.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bplearn.checks.arrays import Array
from bplearn.checks.training import instance, prepare
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import Optimizer
from bplearn.tape import Step


@dataclass(slots=True, eq=False)
class Phase:
    """One moment of an update: `name` is forward, cost, backward or update.

    `layer` is the layer's index, or None for the loss; `step` is that layer's part of the tape. `loss` is known
    from the cost on, and `dy` (dL/dprediction) from the start of backward. `changes` holds, for an update,
    each parameter's value before and after.
    """

    name: str
    layer: int | None
    step: Step | None = None
    loss: float | None = None
    dy: Array | None = None
    changes: dict[str, tuple[Array, Array]] = field(default_factory=dict)


def phases(network: Sequential, data: Any, targets: Any = None, *, loss: Loss, optimizer: Optimizer) -> Iterator[Phase]:
    """Yield the moments of one update on one batch: forward by layer, cost, backward by layer, update by layer.

    The weights change when the first update is asked for; whoever stops before that has changed nothing.
    Raises: at once for arguments that do not fit.

    >>> from bplearn import SGD, HalfSquaredError, mlp
    >>> moments = phases(mlp(1, 1, rng=0), [[1.0]], [[2.0]], loss=HalfSquaredError(), optimizer=SGD(0.1))
    >>> [(moment.name, moment.layer) for moment in moments]
    [('forward', 0), ('cost', None), ('backward', None), ('backward', 0), ('update', 0)]
    """
    x, prepared = prepare(network, data, targets, loss)
    instance(optimizer, Optimizer, "optimizer", "SGD(0.1)")
    network.astype(x.dtype)
    return _moments(network, x, prepared, loss, optimizer)


def _moments(network: Sequential, x: Array, targets: Array, loss: Loss, optimizer: Optimizer) -> Iterator[Phase]:
    prediction, tape = network.forward(x)
    for place, step in enumerate(tape):
        yield Phase("forward", place, step)
    value, cache = loss.compute(prediction, targets)
    yield Phase("cost", None, loss=value)
    dy = loss.backward(cache)
    yield Phase("backward", None, loss=value, dy=dy)
    network.backward(dy, tape)
    for place in reversed(range(len(tape))):
        yield Phase("backward", place, tape[place], value, dy)
    before = {place: {p.name: p.value for p in layer.parameters()} for place, layer in enumerate(network)}
    optimizer.step(network.parameters())
    for place, layer in enumerate(network):
        changes = {p.name: (before[place][p.name], p.value) for p in layer.parameters()}
        if changes:
            yield Phase("update", place, tape[place], value, dy, changes)
