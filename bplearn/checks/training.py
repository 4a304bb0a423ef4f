"""What must hold before training starts: x, targets, loss, optimizer and batch size that fit each other.

All of it is checked once, at the door and with a message each, so that the loop itself checks nothing.
First met in notebooks/00_start_here.ipynb, where `fit` takes a Dataset.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from bplearn.checks.arrays import (
    Array,
    as_array,
    as_batch,
    describe,
    expected_got,
    in_python,
    number_in,
    positive_integer,
)
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError, ShapeError, TargetError
from bplearn.layers import Dense
from bplearn.losses import Loss
from bplearn.network import Sequential

BatchSize = int | None | Literal["auto"]


def prepare(network: Sequential, data: Any, targets: Any, loss: Loss) -> tuple[Array, Array]:
    """Return x and targets, checked against the network and the loss, in the form that `train` works on.

    Raises: ArgumentError, ShapeError, TargetError, DataError, each saying what to do.
    """
    instance(network, Sequential, "network", "mlp(64, 32, 10)")
    instance(loss, Loss, "loss", "SoftmaxCrossEntropy()")
    x, targets = split_xy(data, targets)
    if as_array(x, "x").ndim == 1:
        _explain_one_axis(network, x, as_array(targets, "targets", TargetError))
    x = as_batch(x)
    targets = as_array(targets, "targets", TargetError)
    if targets.ndim == 0 or len(targets) != len(x):
        got = f"{len(targets)} targets" if targets.ndim else repr(targets.item())
        raise ShapeError(expected_got("targets", f"one for each of the {len(x)} rows of x", got))
    prediction = network(x[:1])
    try:
        prepared = loss.prepare_targets(targets, (len(x), *prediction.shape[1:]))
    except (ShapeError, TargetError):
        _explain_sequences(x, targets, prediction)
        raise
    if prediction.ndim > 2 and np.ndim(loss.compute(prediction, prepared[:1])[0]):
        _explain_sequences(x, targets, prediction)
    return x, prepared.astype(x.dtype) if prepared.dtype.kind == "f" else prepared


def _explain_one_axis(network: Sequential, x: Any, targets: Array) -> None:
    """Say what to do with an x of shape (N,): make it a column, or swap it with the targets."""
    if targets.ndim != 2 or len(targets) != np.size(x):
        return  # `as_batch` says the rest
    wanted = next((layer.n_in for layer in network if isinstance(layer, Dense)), 1)
    if targets.shape[1] == 1 or wanted != targets.shape[1]:
        advice = f"For one feature write {in_python(x, 'x')}[:, None]."
    else:
        advice = "Are x and targets swapped? Write fit(network, x, targets, ...)."
    raise ShapeError(expected_got("x", "shape (N, ...): one row for each sample", np.shape(x), advice))


def _explain_sequences(x: Array, targets: Array, prediction: Array) -> None:
    """Say what to do where each sample has steps of its own, which the losses do not know."""
    if prediction.ndim == 2:
        return
    if targets.shape[:2] == x.shape[:2] and x.ndim == 3:
        classes = targets.ndim == 2 and prediction.shape[-1] > 1
        steps = "targets.reshape(-1)" if classes else f"targets.reshape(-1, {prediction.shape[-1]})"
        advice = f"To learn each step as a sample write x.reshape(-1, {x.shape[-1]}) and {steps}."
    else:
        row = x[0].size
        advice = f"To learn each sample as one row write x.reshape(-1, {row}); the network then has {row} inputs."
    got = f"{(len(x), *prediction.shape[1:])} for x of shape {x.shape}"
    raise ShapeError(expected_got("the network's output", "shape (N, M): one row for each sample", got, advice))


def check_batch_size(batch_size: BatchSize, samples: int) -> int:
    """Return the batch size as a number in 1..samples.

    "auto" means 32, or all samples where there are fewer; None means all samples.

    Raises: ArgumentError for 0, fractions and more than there are samples.
    """
    if batch_size is None or batch_size == "auto":
        return samples if batch_size is None else min(32, samples)
    size = positive_integer(batch_size, "batch_size")
    if size > samples:
        advice = f"Use batch_size={samples}, or None for all samples at once."
        raise ArgumentError(expected_got("batch_size", f"at most the {samples} samples there are", str(size), advice))
    return size


def split_xy(data: Any, targets: Any) -> tuple[Any, Any]:
    """Return x and targets of a Dataset, or the two as they were given."""
    if isinstance(data, Dataset):
        if targets is not None:
            raise ArgumentError(expected_got("targets", "nothing beside a Dataset, which holds its own", "targets"))
        return data.x, data.targets
    if targets is None:
        advice = "Pass fit(network, x, targets, ...) or fit(network, dataset, ...)."
        if isinstance(data, str):
            advice = "For data by name write datasets.digits(); for a file Dataset.from_csv(path, target=...)."
        elif callable(data):
            advice = f"Write {getattr(data, '__name__', 'it')}(...), with brackets."
        elif isinstance(data, tuple | list) and len(data) == 2:
            advice = "Pass the two one by one: fit(network, x, targets, ...). Of two Datasets pass one."
        raise ArgumentError(expected_got("targets", "one for each row of x", "none", advice))
    return data, targets


def hold_out(data: Any, targets: Any, share: float, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """Split the data by the share that becomes validation data."""
    share = number_in(share, "validation", 0, 1, open_low=True)
    if isinstance(data, Dataset):
        training, unseen = data.split(test=share, rng=rng)
        return training, None, unseen
    x, targets = split_xy(data, targets)
    x, targets = as_batch(x), as_array(targets, "targets", TargetError)
    if targets.ndim == 0 or len(targets) != len(x):
        return x, targets, None  # `prepare` says what is wrong
    count = round(share * len(x))
    if not 0 < count < len(x):
        raise ArgumentError(
            expected_got("validation", f"a share that leaves both parts of {len(x)} samples", repr(share))
        )
    order = rng.permutation(len(x))
    unseen_rows, rows = order[:count], order[count:]
    return x[rows], targets[rows], (x[unseen_rows], targets[unseen_rows])


def instance(value: Any, kind: type, name: str, example: str) -> None:
    """Refuse what is no object of this kind: a class without brackets, or something else."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise ArgumentError(
            expected_got(name, f"{article} {kind.__name__} object", describe(value), f"Write {name}={example}.")
        )
