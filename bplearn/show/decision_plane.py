"""What a network answers at every point of a plane: the numbers behind each picture of a decision boundary.

The figure that users save and the live picture of a panel draw the same plane; neither computes it.
Used in notebooks/09_write_your_own_backprop.ipynb and notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.functional import sigmoid, softmax
from bplearn.layers import Sigmoid, Softmax
from bplearn.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from bplearn.network import Sequential


@final
@dataclass(frozen=True, eq=False)
class DecisionPlane:
    """The classes' probabilities on a grid: `sure` (rows, columns, C) at the places `ys` (rows) and `xs` (columns)."""

    xs: Array
    ys: Array
    sure: Array

    @property
    def answers(self) -> Array:
        """The class number at each point."""
        return answers_of(self.sure)

    @property
    def depths(self) -> Array:
        """How much surer than chance the network is at each point, 0..1: how deep the class's color shall be."""
        chance = 1 / self.sure.shape[-1]
        return np.asarray(np.clip((self.sure.max(axis=-1) - chance) / (1 - chance), 0, 1))

    @property
    def leads(self) -> list[Array]:
        """By how much a class leads all others at each point, one array a class: a boundary is where that is zero.

        Of two classes one array says all.
        """
        sure, count = self.sure, self.sure.shape[-1]
        leads = [sure[..., k] - np.delete(sure, k, axis=-1).max(axis=-1) for k in range(count)] if count > 2 else []
        leads += [sure[..., 1] - sure[..., 0]] if count == 2 else []
        return [lead for lead in leads if lead.min() < 0 < lead.max()]


def decision_plane(network: Sequential, xs: Array, ys: Array, loss: Loss | None = None) -> DecisionPlane:
    """Ask a network with two inputs at every point of the grid that `xs` and `ys` span.

    >>> network = Sequential(Dense(2, 1, weights=[[1.0], [0.0]]), Sigmoid())
    >>> decision_plane(network, np.array([-1.0, 1.0]), np.array([0.0])).answers
    array([[0, 1]])
    """
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    dtype = network.parameters().value.dtype
    with np.errstate(over="ignore", invalid="ignore"):  # draw a training that diverged, too
        sure = probabilities(network(points.astype(dtype)), loss)
    return DecisionPlane(xs, ys, np.nan_to_num(sure).reshape(len(ys), len(xs), -1))


def has_probabilities(network: Sequential, loss: Loss | None) -> bool:
    """Tell whether outputs can be read as probabilities: the loss, or a last layer of Softmax or Sigmoid, says so."""
    return loss is not None or isinstance(network.layers[-1], Sigmoid | Softmax)


def probabilities(y: Array, loss: Loss | None) -> Array:
    """Return how sure outputs y (N, M) are of each class: rows of 0..1; one output means two classes."""
    if isinstance(loss, SoftmaxCrossEntropy):
        sure = softmax(y)
    elif isinstance(loss, BinaryCrossEntropy) and loss.from_logits:
        sure = sigmoid(y)
    else:
        sure = np.clip(y, 0, 1)
    return np.concatenate([1 - sure, sure], axis=1) if sure.shape[1] == 1 else sure


def answers_of(sure: Array) -> Array:
    """Return the most probable class of each row; at a tie the first."""
    return np.asarray(sure.argmax(axis=-1))
