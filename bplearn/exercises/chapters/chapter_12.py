"""Exercises of notebook 12: iterations and epochs, batches, the training loop, and a good pair of settings.

The functions are the solutions that `solution("12.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/12_learning_rate_and_batch_size.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201 (plain functions, and a name for every number)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.datasets import digits
from bplearn.errors import TrainingDiverged
from bplearn.exercises.chapters.random_answers import ORDER_FACTS, look_at_batches, watch_training
from bplearn.exercises.engine.compare import NotNumbers, shown
from bplearn.exercises.engine.exercise import Code, Trial, TrialResult
from bplearn.exercises.engine.grade_numbers import typed_numbers
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts
from bplearn.layers import ReLU
from bplearn.losses import SoftmaxCrossEntropy
from bplearn.metrics import accuracy
from bplearn.network import mlp
from bplearn.optimizers import SGD
from bplearn.training.fit import fit


def steps_by_hand():
    """Updates for each epoch and in all: 1,258 samples, batches of 32, 10 epochs."""
    samples, batch_size, epochs = 1258, 32, 10
    each = math.ceil(samples / batch_size)
    total = each * epochs
    return each, total


def batches(x, t, batch_size, rng):
    """Yield (x, t) for each batch of one epoch, in a new random order; the last batch may be smaller."""
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        yield x[rows], t[rows]


def train(x, t, step, epochs, batch_size, rng):
    """Call step(x, t) for each batch of each epoch; every epoch has its own random order."""
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            step(x[rows], t[rows])


def settings_by_hand():
    """A learning rate and a batch size that work for the digits in five epochs."""
    return 0.3, 32


def _pairs(draw: RandomCase) -> tuple[Array, Array]:
    """Return rows that can be told apart, and targets that are a straight line of them."""
    x = draw.data(3 * draw.N + 2, draw.D)
    return x, x @ np.arange(1, draw.D + 1, dtype=draw.dtype)


def _one_epoch(draw: RandomCase) -> tuple[Any, ...]:
    return *_pairs(draw), 4 if (3 * draw.N + 2) % 4 else 5, np.random.default_rng(draw.batch)


def _epochs(draw: RandomCase) -> tuple[Any, ...]:
    x, t = _pairs(draw)
    epochs = draw.N + (60 if draw.edge else 8)  # of five samples the line is learned more slowly
    return x, t, None, epochs, 4 if len(x) % 4 else 5, np.random.default_rng(draw.batch)


def _try_settings(answer: Any) -> TrialResult:
    """Train 64-32-10 on the digits for five epochs with this learning rate and batch size."""
    if not isinstance(answer, tuple | list | np.ndarray) or np.shape(answer) != (2,):
        asked = "The answer should be a pair, (learning_rate, batch_size)"
        return TrialResult(False, f"{asked}; it is {shown(answer)}.")
    try:
        rate, size = typed_numbers(answer, ("the learning rate", "the batch size")).values()
    except NotNumbers:
        rate = size = 0
    if not (rate > 0 and size > 0 and math.isfinite(rate) and math.isfinite(size)):
        both = " and ".join(map(shown, answer))
        return TrialResult(False, f"Both should be positive numbers; they are {both}.")
    if size != int(size):
        asked = f"The batch size is a whole number and comes second, (learning_rate, batch_size); it is {size:g}."
        return TrialResult(False, asked, mistakes=("outputs-reordered",) if rate == int(rate) else ())
    training, unseen = digits().split(test=0.3, rng=0)
    training, unseen = training.standardize(unseen)
    size = min(int(size), len(training))  # a larger batch holds all samples
    network = mlp(64, 32, 10, activation=ReLU, rng=0)
    try:
        fit(
            network, training, loss=SoftmaxCrossEntropy(), optimizer=SGD(rate), epochs=5, batch_size=size, rng=0,
            progress=False,
        )  # fmt: skip
    except TrainingDiverged:
        return TrialResult(False, "The loss is no longer a number.", mistakes=("rate-too-large",))
    share = accuracy(network.predict(unseen.x, loss=SoftmaxCrossEntropy()), unseen.targets)
    updates = 5 * math.ceil(len(training) / size)
    found = f"{share:.1%} of the unseen digits after 5 epochs, which are {updates} updates."
    if share >= 0.95:
        return TrialResult(True, found)
    if share < 0.5 and rate * updates > 100:
        return TrialResult(False, found, mistakes=("rate-too-large",))
    if rate * 5 * math.ceil(len(training) / 32) < 20:  # with small batches it would be too small as well
        return TrialResult(False, found, mistakes=("rate-too-small",))
    if rate * updates < 20:
        few = ("These are few updates; a smaller batch makes more.",)
        return TrialResult(False, found, few, mistakes=("batch-too-large",))
    return TrialResult(False, found, ("Change one of the two by a factor of 3 and watch where it goes.",))


_SHOWS = {
    "a new order": "not-shuffled",
    "a new order for each epoch": "not-shuffled",
    "an order drawn from rng": "own-randomness",
}

EXERCISES = (
    Number(
        **texts("12.1"),
        solution=steps_by_hand,
        outputs=("updates in an epoch", "updates in all"),
        tolerance=1e-9,
        wrong=(
            *(("samples-for-updates", lambda each=each: (each, 12580)) for each in (1258, 40)),
            *(("last-batch-dropped", lambda both=both: both) for both in ((39, 400), (40, 390))),
            ("batches-across-epochs", lambda: (39, 393)),
            ("size-for-updates", lambda: (32, 320)),
        ),
        whole="Updates are counted in whole numbers: what is left at the end is a batch too, so round up.",
    ),
    Code(
        **texts("12.2"),
        solution=batches,
        inputs=_one_epoch,
        outputs=(
            *("sizes of the batches", "visits of each sample", "targets that fit"),
            *("a new order", "an order drawn from rng"),
        ),
        family="loop",
        observe=look_at_batches,
        describe=ORDER_FACTS,
        shows=_SHOWS,
    ),
    Code(
        **texts("12.3"),
        solution=train,
        inputs=_epochs,
        outputs=(
            *("number of updates", "sizes of the batches", "visits of each sample"),
            *("targets that fit", "a new order for each epoch", "an order drawn from rng", "what it has learned"),
        ),
        family="loop",
        observe=watch_training,
        describe=ORDER_FACTS,
        shows=_SHOWS,
    ),
    Trial(
        **texts("12.4"),
        attempt=_try_settings,
        solution=settings_by_hand,
    ),
)
