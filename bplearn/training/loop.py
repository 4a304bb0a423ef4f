"""Training is a loop of four phases: forward, cost, backward, update.

`train` is that loop as a generator: one `next()` is one update; `slow_motion.phases` takes a single update apart.
`fit` runs `train` to its end and keeps the history; a panel calls `next()` when its learner says so.
Taught in notebooks/07_weight_updates.ipynb, 08_batches_and_shapes.ipynb and 12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplearn.checks.arrays import RNG, Array, as_rng, describe, expected_got, positive_integer
from bplearn.checks.training import BatchSize, check_batch_size, hold_out, instance, prepare, split_xy
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError, TrainingDiverged
from bplearn.history import History
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import Optimizer
from bplearn.tape import Tape

Metric = Callable[[Array, Array], float]


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
    steps = _updates(network, data, targets, loss, optimizer, epochs, batch_size, rng)
    return _ignore_overflow(steps)


def _updates(
    network: Sequential,
    data: Any,
    targets: Any,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: BatchSize,
    rng: RNG,
) -> Iterator[TrainStep]:
    """Check all arguments now; return the loop itself: forward, cost, backward, update."""
    x, prepared = prepare(network, data, targets, loss)
    instance(optimizer, Optimizer, "optimizer", "SGD(0.1)")
    epochs, size = positive_integer(epochs, "epochs"), check_batch_size(batch_size, len(x))
    generator = as_rng(rng)
    network.astype(x.dtype)

    def loop() -> Iterator[TrainStep]:
        count = 0
        for epoch in range(1, epochs + 1):
            order = generator.permutation(len(x))
            shuffled, answers = x[order], prepared[order]  # gathered once, so that a batch is a slice
            shuffled.flags.writeable = answers.flags.writeable = False
            for start in range(0, len(x), size):
                count += 1
                batch = slice(start, start + size)
                prediction, tape = network.run(shuffled[batch])
                value, cache = loss.compute(prediction, answers[batch])
                if not math.isfinite(value):
                    told = f"the loss is {value} at step {count} (epoch {epoch})"
                    raise TrainingDiverged(_diagnosis(network, optimizer, told, count - 1))
                network.backward(loss.backward(cache), tape, input_gradient=False)
                optimizer.step(network.parameters())
                yield TrainStep(epoch, count, value, tape, order[batch])
        if not np.isfinite(network.parameters().value).all():  # the last update has no later loss to tell of it
            told = f"the weights are no longer finite after the last step, {count} (epoch {epochs})"
            raise TrainingDiverged(_diagnosis(network, optimizer, told, count))

    return loop()


def _ignore_overflow(steps: Iterator[TrainStep]) -> Iterator[TrainStep]:
    """Hold back NumPy's overflow warnings inside each step, and only there: a loss that diverges is told in words."""
    while True:
        with np.errstate(over="ignore", invalid="ignore"):
            step = next(steps, None)
        if step is None:
            return
        yield step


def _diagnosis(network: Sequential, optimizer: Optimizer, told: str, kept: int) -> str:
    sizes = [(float(np.abs(p.value).max()), f"layer {i}'s {p.name}") for i, p in _located(network)]
    largest, where = max(sizes, key=lambda pair: math.inf if math.isnan(pair[0]) else pair[0])
    rate = optimizer.rate()
    return (
        f"{told}. The largest weight is {largest:.3g} ({where}). "
        f"The history up to step {kept} is kept. Try learning_rate={rate / 10:.2g} instead of {rate:.2g}."
    )


def _located(network: Sequential) -> Iterator[tuple[int, Any]]:
    return ((place, p) for place, layer in enumerate(network) for p in layer.parameters())


def fit(
    network: Sequential,
    data: Any,
    targets: Any = None,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int = 10,
    batch_size: BatchSize = "auto",
    validation: Any = None,
    metrics: Sequence[Metric] | Mapping[str, Metric] = (),
    patience: int | None = None,
    rng: RNG = None,
    progress: bool = True,
) -> History:
    """Train and return the history. `data` is a Dataset, or x (N, D) with `targets`.

    `validation` is a Dataset, a pair (x, targets), or a share such as 0.2 to set aside from the data.
    `metrics` are functions of (answers, targets); each epoch they are measured on the training data and, under
    "validation_" + name, on the validation data. With `patience`, training stops after so many epochs without a
    better validation loss, and the parameters of the best epoch are put back. Ctrl-C stops and keeps the history.
    The same `rng` gives the same history, to the last bit.
    Raises: at once for arguments that do not fit; TrainingDiverged, with `.history`, for a loss that is not finite.

    >>> from bplearn import SGD, BinaryCrossEntropy, datasets, mlp
    >>> history = fit(mlp(2, 4, 1, rng=0), datasets.moons(rng=0), loss=BinaryCrossEntropy(),
    ...               optimizer=SGD(0.5), epochs=5, rng=0, progress=False)
    >>> history.epoch_loss[-1] < history.epoch_loss[0]
    True

    Introduced in: notebooks/00_start_here.ipynb
    """
    rng = as_rng(rng)
    if isinstance(validation, float | int) and not isinstance(validation, bool):
        data, targets, validation = hold_out(data, targets, validation, rng)
    evaluator = Evaluator(network, loss, data, targets, validation, metrics)
    if patience is not None:
        positive_integer(patience, "patience")
        if validation is None:
            advice = "Write validation=0.2 to set a fifth of the data aside."
            raise ArgumentError(expected_got("patience", "validation data to watch", "none", advice))
    steps = _updates(network, data, targets, loss, optimizer, epochs, batch_size, rng)
    per_epoch = math.ceil(evaluator.samples / check_batch_size(batch_size, evaluator.samples))
    history = History()
    best, kept = math.inf, None
    bar = _bar(epochs * per_epoch) if progress else None
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # a loss that diverges is told in words
            for step in steps:
                history.add_step(step.loss, len(step.indices))
                if bar is not None:
                    bar.update()
                if step.step % per_epoch:
                    continue
                history.end_epoch(*evaluator.measure())
                if bar is not None:
                    bar.set_postfix_str(_postfix(history))
                if patience is None:
                    continue
                if history.validation_loss[-1] < best:
                    best, kept = history.validation_loss[-1], network.parameters().value
                elif history.best_epoch is not None and history.epochs - history.best_epoch >= patience:
                    history.stopped_early = True
                    break
    except KeyboardInterrupt:
        history.interrupted = True
        message = f"Stopped by hand after step {history.steps} (epoch {history.epochs + 1}); the history is kept."
        warnings.warn(message, stacklevel=2)
    except TrainingDiverged as problem:
        problem.history = history
        raise
    finally:
        if bar is not None:
            bar.close()
    if kept is not None:
        network.parameters().replace(kept)
    return history


class Evaluator:
    """Measure a network after each epoch: validation loss, and metrics on both parts of the data."""

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        data: Any,
        targets: Any,
        validation: Any,
        metrics: Sequence[Metric] | Mapping[str, Metric],
    ) -> None:
        self.network, self.loss = network, loss
        if callable(metrics) or not isinstance(metrics, Sequence | Mapping) or isinstance(metrics, str):
            got, advice = repr(metrics), f"Write metrics=[{getattr(metrics, '__name__', metrics or 'accuracy')}]."
            raise ArgumentError(
                expected_got("metrics", "functions of (answers, targets) in a list or a dict", got, advice)
            )
        named = metrics if isinstance(metrics, Mapping) else {getattr(m, "__name__", str(m)): m for m in metrics}
        for name, metric in named.items():
            if not callable(metric):
                advice = "Pass the function itself: metrics=[accuracy]."
                raise ArgumentError(expected_got("metrics", "functions of (answers, targets)", repr(name), advice))
        self.metrics = dict(named)
        self.parts = {"": split_xy(data, targets)}
        self.samples = len(prepare(network, data, targets, loss)[0])
        self.unseen = None
        if validation is not None:
            pair = split_xy(validation, None) if isinstance(validation, Dataset) else validation
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise ArgumentError(
                    expected_got("validation", "a Dataset, a pair (x, targets) or a share", describe(validation))
                )
            self.unseen = prepare(network, pair[0], pair[1], loss)
            self.parts["validation_"] = (pair[0], pair[1])

    def measure(self) -> tuple[float | None, dict[str, float]]:
        """Return the validation loss, if there is validation data, and the metrics by name."""
        value = None
        if self.unseen is not None:
            x, targets = self.unseen
            value, _ = self.loss.compute(self.network(x), targets)
        measured = {}
        for prefix, (x, targets) in self.parts.items():
            if self.metrics:
                answers = self.network.predict(x, loss=self.loss)
                measured.update({prefix + name: _number(name, m, answers, targets) for name, m in self.metrics.items()})
        return value, measured


def _number(name: str, metric: Metric, answers: Array, targets: Array) -> float:
    try:
        return float(metric(answers, targets))
    except TypeError as problem:
        expected = "a function of (answers, targets) that returns one number"
        raise ArgumentError(expected_got(f"metric {name!r}", expected, f"one that failed ({problem})")) from problem


def _bar(total: int) -> Any:
    from tqdm.auto import tqdm  # loaded only when a bar is asked for

    return tqdm(total=total, unit="step")


def _postfix(history: History) -> str:
    values = {"loss": history.epoch_loss, "validation": history.validation_loss, **history.metrics}
    return ", ".join(f"{name} {series[-1]:.3f}" for name, series in values.items() if series)
