"""What must hold before training starts: x, targets, loss, optimizer and batch size that fit each other.

All of it is checked once, at the door and with a message each, so that the loop itself checks nothing.
First met in notebooks/00_start_here.ipynb, where `fit` takes a Dataset.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bplearn.checks.arrays import (
    Array,
    as_array,
    as_batch,
    as_rng,
    describe,
    expected_got,
    in_python,
    number_in,
    positive_integer,
)
from bplearn.checks.network import check_parameters_known, check_something_to_learn, squashed_twice
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError, ShapeError, TargetError, TrainingDiverged
from bplearn.layers import Dense
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import Optimizer

BatchSize = int | None | Literal["auto"]
Metric = Callable[[Array, Array], float]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data that have passed: `x`, `targets` as the loss takes them, and `answers`, the targets as they were given."""

    x: Array
    targets: Array
    answers: Array

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return len(self.x)

    def rows(self, rows: Array) -> Prepared:
        """Return some of the samples, in this order."""
        return Prepared(self.x[rows], self.targets[rows], self.answers[rows])


def prepare(network: Sequential, data: Any, targets: Any, loss: Loss) -> Prepared:
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
        wanted = next((layer.n_in for layer in network if isinstance(layer, Dense)), 0)
        lies = x.ndim == 2 and x.shape[1] != wanted and targets.ndim and x.T.shape == (len(targets), wanted)
        advice = "Is x transposed? Rows are samples: write x.T." if lies else ""
        raise ShapeError(expected_got("targets", f"one for each of the {len(x)} rows of x", got, advice))
    prediction = network(x[:1])
    check_parameters_known(network.layers, network.parameters())
    check_something_to_learn(network, x, prediction)
    try:
        prepared = loss.prepare_targets(targets, (len(x), *prediction.shape[1:]))
    except (ShapeError, TargetError):
        _explain_sequences(x, targets, prediction)
        raise
    if prediction.ndim > 2 and np.ndim(loss.compute(prediction, prepared[:1])[0]):
        _explain_sequences(x, targets, prediction)
    return Prepared(x, prepared.astype(x.dtype) if prepared.dtype.kind == "f" else prepared, targets)


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
    if targets.shape[: x.ndim - 1] == x.shape[:-1]:
        classes = targets.ndim == x.ndim - 1 and prediction.shape[-1] > 1
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


def prepare_parts(
    network: Sequential, data: Any, targets: Any, validation: Any, loss: Loss, rng: np.random.Generator
) -> tuple[Prepared, Prepared | None]:
    """Return the training data and the validation data, if there are any, each prepared once.

    `validation` is a Dataset, a pair (x, targets), or the share of the data to hold out. Warns where the last layer and
    the loss both squash.
    """
    parts = _prepare_both(network, data, targets, validation, loss, rng)
    if message := squashed_twice(network.layers, loss):
        warnings.warn(message, stacklevel=3)
    return parts


def _prepare_both(
    network: Sequential, data: Any, targets: Any, validation: Any, loss: Loss, rng: np.random.Generator
) -> tuple[Prepared, Prepared | None]:
    if isinstance(validation, float | int) and not isinstance(validation, bool):
        share = number_in(validation, "validation", 0, 1, open_low=True)
        if not isinstance(data, Dataset):
            return _hold_out(prepare(network, data, targets, loss), share, rng)
        data, validation = data.split(test=share, rng=rng)
    training = prepare(network, data, targets, loss)
    if validation is None:
        return training, None
    pair = split_xy(validation, None) if isinstance(validation, Dataset) else validation
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        got = describe(validation)
        raise ArgumentError(expected_got("validation", "a Dataset, a pair (x, targets) or a share", got))
    return training, prepare(network, pair[0], pair[1], loss)


def _hold_out(data: Prepared, share: float, rng: np.random.Generator) -> tuple[Prepared, Prepared]:
    count = round(share * data.samples)
    if not 0 < count < data.samples:
        expected = f"a share that leaves both parts of {data.samples} samples"
        raise ArgumentError(expected_got("validation", expected, repr(share)))
    order = rng.permutation(data.samples)
    return data.rows(order[count:]), data.rows(order[:count])


def check_plan(
    optimizer: Any, epochs: Any, batch_size: BatchSize, rng: Any, samples: int
) -> tuple[int, int, np.random.Generator]:
    """Return the epochs, the batch size and the Generator of a training, once its optimizer is one."""
    instance(optimizer, Optimizer, "optimizer", "SGD(0.1)")
    return positive_integer(epochs, "epochs"), check_batch_size(batch_size, samples), as_rng(rng)


def check_patience(patience: Any, unseen: Prepared | None) -> None:
    """Refuse to wait for a better validation loss where there are no validation data."""
    if patience is not None:
        positive_integer(patience, "patience")
        if unseen is None:
            advice = "Write validation=0.2 to set a fifth of the data aside."
            raise ArgumentError(expected_got("patience", "validation data to watch", "none", advice))


def named_metrics(metrics: Any) -> dict[str, Metric]:
    """Return metrics by name. Raises: ArgumentError for what is no list and no dict of functions."""
    wanted = "functions of (answers, targets)"
    if callable(metrics) or not isinstance(metrics, Sequence | Mapping) or isinstance(metrics, str):
        got, advice = repr(metrics), f"Write metrics=[{getattr(metrics, '__name__', metrics or 'accuracy')}]."
        raise ArgumentError(expected_got("metrics", f"{wanted} in a list or a dict", got, advice))
    named = metrics if isinstance(metrics, Mapping) else {getattr(m, "__name__", str(m)): m for m in metrics}
    for name, metric in named.items():
        if not callable(metric):
            advice = "Pass the function itself: metrics=[accuracy]."
            raise ArgumentError(expected_got("metrics", wanted, repr(name), advice))
    return dict(named)


def metric_value(name: str, metric: Metric, answers: Array, targets: Array) -> float:
    """Return what a metric gives, as one number."""
    try:
        return float(metric(answers, targets))
    except TypeError as problem:
        expected = "a function of (answers, targets) that returns one number"
        got = f"one that failed ({problem})"
        raise ArgumentError(expected_got(f"metric {name!r}", expected, got)) from problem


def check_loss(value: float, network: Sequential, optimizer: Optimizer, step: int, epoch: int) -> None:
    """Stop a training whose loss is no longer finite, with what to try."""
    if not math.isfinite(value):
        message = f"the loss is {value} at step {step} (epoch {epoch})"
        raise TrainingDiverged(_diagnosis(network, optimizer, message, step - 1))


def check_weights(network: Sequential, optimizer: Optimizer, step: int, epoch: int) -> None:
    """Stop where the last update made a weight infinite: there is no later loss to tell of it."""
    if not np.isfinite(network.parameters().value).all():
        message = f"the weights are no longer finite after the last step, {step} (epoch {epoch})"
        raise TrainingDiverged(_diagnosis(network, optimizer, message, step))


def _diagnosis(network: Sequential, optimizer: Optimizer, message: str, last: int) -> str:
    located = [(i, name, p) for i, layer in enumerate(network) for name, p in layer.named_parameters().items()]
    sizes = [(float(np.abs(p.value).max()), f"layer {i}'s {name}") for i, name, p in located]
    largest, where = max(sizes, key=lambda pair: math.inf if math.isnan(pair[0]) else pair[0])
    rate = optimizer.rate()
    return (
        f"{message}. The largest weight is {largest:.3g} ({where}). "
        f"The history up to step {last} is kept. Try learning_rate={rate / 10:.2g} instead of {rate:.2g}."
    )


def instance(value: Any, kind: type, name: str, example: str) -> None:
    """Refuse what is no object of this kind: a class without brackets, or something else."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        raise ArgumentError(
            expected_got(name, f"{article} {kind.__name__} object", describe(value), f"Write {name}={example}.")
        )
