"""Training is a loop of four phases: forward, cost, backward, update.

`train` is that loop as a generator: one `next()` is one update. `fit` runs it to its end and keeps the history; a panel
calls `next()` when its learner clicks.
Taught in notebooks/07_weight_updates.ipynb, 08_batches_and_shapes.ipynb and 12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplearn.checks.arrays import RNG, Array
from bplearn.checks.training import BatchSize, Prepared, check_loss, check_plan, check_weights, prepare
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import Optimizer
from bplearn.tape import Tape


@dataclass(slots=True, eq=False)
class TrainStep:
    """One update: its epoch and step (from 1), the loss before it, the tape, and which samples were in the batch."""

    epoch: int
    step: int
    loss: float
    tape: Tape
    indices: Array


def train(
    network: Sequential,
    data: Any,
    targets: Any = None,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int = 1,
    batch_size: BatchSize = "auto",
    rng: RNG = None,
) -> Iterator[TrainStep]:
    """Yield one TrainStep for each update. `data` is a Dataset, or x (N, D) with `targets`.

    Every epoch meets the samples in a new order drawn from `rng`; its last batch may be smaller.
    `batch_size` is 32, or all samples where there are fewer; None takes all samples at once.
    Parameters take the dtype of x (float32 or float64).
    Raises: at once for arguments that do not fit; TrainingDiverged when the loss is no longer finite.

    >>> from bplearn import SGD, HalfSquaredError, mlp
    >>> steps = train(mlp(1, 1, rng=0), [[1.0], [2.0]], [[2.0], [4.0]], loss=HalfSquaredError(),
    ...               optimizer=SGD(0.1), epochs=30, batch_size=1, rng=0)
    >>> losses = [step.loss for step in steps]
    >>> losses[-1] < 0.01 < losses[0]
    True

    Introduced in: notebooks/08_batches_and_shapes.ipynb
    """
    return ignore_overflow(
        updates(network, prepare(network, data, targets, loss), loss, optimizer, epochs, batch_size, rng)
    )


def updates(
    network: Sequential,
    data: Prepared,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: BatchSize,
    rng: RNG,
) -> Iterator[TrainStep]:
    """Check the plan now, give the parameters the dtype of x, bind the optimizer to them, and return the loop."""
    epochs, size, generator = check_plan(optimizer, epochs, batch_size, rng, data.samples)
    network.astype(data.x.dtype)
    optimizer.bind(network.parameters())
    return _loop(network, data, loss, optimizer, epochs, size, generator)


def _loop(
    network: Sequential,
    data: Prepared,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    size: int,
    rng: np.random.Generator,
) -> Iterator[TrainStep]:
    step = 0
    for epoch in range(1, epochs + 1):
        for indices, x, targets in batches(data, size, rng):
            step += 1
            prediction, tape = network.run(x)
            value, cache = loss.compute(prediction, targets)
            check_loss(value, network, optimizer, step, epoch)
            network.backward(loss.backward(cache), tape, input_gradient=False)
            optimizer.step(network.parameters())
            yield TrainStep(epoch, step, value, tape, indices)
    check_weights(network, optimizer, step, epochs)


def batches(data: Prepared, size: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array, Array]]:
    """Yield the indices, x and targets of each batch of one epoch, which meets the samples in a new order."""
    order = rng.permutation(data.samples)
    x, targets = data.x[order], data.targets[order]  # rows are put in order once, so that a batch is a slice
    x.flags.writeable = targets.flags.writeable = False
    for start in range(0, len(order), size):
        rows = slice(start, start + size)
        yield order[rows], x[rows], targets[rows]


def ignore_overflow(steps: Iterator[TrainStep]) -> Iterator[TrainStep]:
    """Hold back NumPy's overflow warnings inside each step, and only there: the loop raises TrainingDiverged itself."""
    while True:
        with np.errstate(over="ignore", invalid="ignore"):
            step = next(steps, None)
        if step is None:
            return
        yield step
