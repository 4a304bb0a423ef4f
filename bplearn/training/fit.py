"""`fit` runs a training to its end: it keeps the history, measures, shows a bar, and stops early or by hand.

Taught in notebooks/00_start_here.ipynb and notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bplearn.checks.arrays import RNG, as_rng
from bplearn.checks.training import (
    BatchSize,
    Metric,
    check_batch_size,
    check_patience,
    prepare_parts,
)
from bplearn.errors import TrainingDiverged
from bplearn.history import History
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import Optimizer
from bplearn.training.evaluator import Evaluator
from bplearn.training.loop import updates


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
    training, unseen = prepare_parts(network, data, targets, validation, loss, rng)
    evaluator = Evaluator(network, loss, training, unseen, metrics)
    check_patience(patience, unseen)
    steps = updates(network, training, loss, optimizer, epochs, batch_size, rng)
    per_epoch = math.ceil(training.samples / check_batch_size(batch_size, training.samples))
    history = History()
    best_loss, best_parameters = math.inf, None
    bar = progress_bar(epochs * per_epoch, "step") if progress else None
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # a loss that diverges becomes an error in words
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
                if history.validation_loss[-1] < best_loss:
                    best_loss, best_parameters = history.validation_loss[-1], network.parameters().value
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
    if best_parameters is not None:
        network.parameters().replace(best_parameters)
    return history


def progress_bar(total: int, unit: str, initial: int = 0) -> Any:
    """Return a progress bar; tqdm is loaded only when one is asked for."""
    from tqdm.auto import tqdm

    return tqdm(total=total, initial=initial, unit=unit)


def _postfix(history: History) -> str:
    values = {"loss": history.epoch_loss, "validation": history.validation_loss, **history.metrics}
    # fixed decimals, so that the line does not jump
    return ", ".join(f"{name} {series[-1]:.3f}" for name, series in values.items() if series)
