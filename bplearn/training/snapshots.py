"""What a session keeps: a record of the latest update, and snapshots to return to.

Both cost little. Updates replace parameters and gradients and never change them, so a snapshot needs no copy.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb, where a learner takes a training back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.history import History
from bplearn.network import Sequential
from bplearn.show.text import short


@final
@dataclass(frozen=True, eq=False)
class UpdateRecord:
    """One update, as flat vectors over all weights and biases: `before` it, and the `gradient` that made it.

    `indices` are the samples of its batch; `shuffle` is the state of the random numbers when its epoch was shuffled,
    and `batch_size` how that epoch is cut.
    """

    before: Array
    gradient: Array
    indices: Array
    shuffle: Mapping[str, Any]
    batch_size: int | None


@final
@dataclass(frozen=True, eq=False)
class Snapshot:
    """A moment between two epochs: all that is needed to go on from there as if nothing had happened.

    `rng` is the state of the random numbers that shuffle, `drawn` those of the network's random layers.
    """

    epoch: int
    step: int
    parameters: Array
    optimizer: dict[str, Any]
    rng: Mapping[str, Any]
    drawn: list[Mapping[str, Any]]
    batch_size: int | None
    update: UpdateRecord | None


def generators(network: Sequential) -> list[np.random.Generator]:
    """Return the Generators of a network's random layers.

    >>> len(generators(Sequential(Dense(2, 2), Dropout(0.5), Dropout(0.5))))
    2
    """
    return [rng for layer in network for rng in layer.generators()]


def up_to(history: History, step: int, epoch: int) -> History:
    """Return the history as it was after so many steps and finished epochs.

    >>> history = History([0.9, 0.5, 0.4], [8, 8, 8], [2], [0.7])
    >>> up_to(history, 1, 0)
    History: 0 epochs, 1 step, 8 samples
    """
    return History(
        history.step_loss[:step],
        history.step_samples[:step],
        history.epoch_ends[:epoch],
        history.epoch_loss[:epoch],
        history.validation_loss[:epoch],
        {name: values[:epoch] for name, values in history.metrics.items()},
    )


def why_it_diverged(history: History, learning_rate: float, weights: Array) -> str:
    """Say in a sentence or two why the loss after `history` is no longer a finite number, and what to try.

    >>> why_it_diverged(History([1.0, 10.0], [8, 8]), 2.0, np.array([3.0, -40.0])).split(": ")[0]
    'Step 3 (epoch 1)'
    """
    losses = history.step_loss[-5:]
    message = f"Step {history.steps + 1} (epoch {history.epochs + 1}): the loss is no longer a finite number."
    if len(losses) > 1 and losses[-1] > losses[0]:
        message += f" In the {len(losses)} steps before it grew from {short(losses[0], 3)} to {short(losses[-1], 3)}:"
        message += " each step landed farther away on the other side of the valley."
    message += f" The largest weight is {short(float(np.abs(weights).max()), 2)}."
    smaller, rate = short(learning_rate / 10, 2), short(learning_rate, 2)
    return message + f" Go back and try a learning rate of {smaller} instead of {rate}."
