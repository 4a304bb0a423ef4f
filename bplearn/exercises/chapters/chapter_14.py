"""Exercises of notebook 14: judging a classifier, a split that leaks nothing, when to stop, and the final work.

The functions are the solutions that `solution("14.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/14_digits_from_scratch.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn import metrics
from bplearn.datasets import digits
from bplearn.exercises.engine.compare import Unfinished
from bplearn.exercises.engine.exercise import Code, Trial, TrialResult
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts
from bplearn.layers import ReLU
from bplearn.losses import SoftmaxCrossEntropy
from bplearn.network import Sequential, mlp
from bplearn.optimizers import Adam
from bplearn.training.fit import fit


def accuracy(scores, t):
    """The share of samples whose largest score is at the true class: scores (N, C), t (N,)."""
    guesses = scores.argmax(axis=1)
    share = np.mean(guesses == t)
    return share


def split_and_standardize(x, n_train):
    """The first n_train rows to train on, the rest to test on, both in units of the training rows."""
    train, test = x[:n_train], x[n_train:]
    mean, std = train.mean(axis=0), train.std(axis=0)
    train = (train - mean) / std
    test = (test - mean) / std
    return train, test


def early_stop(losses, patience):
    """The best epoch and the epoch at which to stop, counting from 1."""
    best, best_loss = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if loss < best_loss:
            best, best_loss = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)


def classifier_by_hand():
    """A network that passes: 64-64-10 with ReLU, Adam, on the standardized training digits."""
    training, unseen = digits().split(test=0.3, rng=0)
    training, unseen = training.standardize(unseen)
    network = mlp(64, 64, 10, activation=ReLU, rng=0)
    fit(network, training, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01), epochs=15, rng=0, progress=False)
    return network


_SCORES = np.array([[0.2, 4.7], [3.1, -0.4], [1.5, 1.2]])


def _scores(draw: RandomCase) -> tuple[Any, ...]:
    rows, classes = 3 * draw.N, draw.M + 1
    scores = draw.data(rows, classes)
    right = scores.argmax(axis=1)
    return scores, np.where(draw.data(rows) > -0.3, right, (right + 1) % classes)


def _table(draw: RandomCase) -> tuple[Any, ...]:
    middles = np.where(np.arange(draw.D) % 2, -3, 3)  # of both signs
    return middles + 2 * draw.data(2 * draw.N, draw.D), draw.N + 1


_CURVES = (
    ("a curve that rises at its end", ([0.9, 0.7, 0.5, 0.6, 0.4, 0.45, 0.44, 0.43, 0.5, 0.3], 3)),
    ("patience of 1", ([0.9, 0.7, 0.8, 0.2], 1)),
    ("a curve that falls to its end", ([0.9, 0.7, 0.5], 2)),
    ("losses above 1", ([2.3, 1.9, 1.8, 2.0, 2.1, 1.7], 2)),
    ("a curve that ends before it may stop", ([0.9, 0.5, 0.6, 0.7], 3)),
    ("one epoch", ([0.9], 2)),
    ("two equal values", ([0.9, 0.5, 0.5, 0.5, 0.4], 2)),
)


def _curve(draw: RandomCase) -> tuple[Any, ...]:
    size = draw.setting(1, 0.3, 4)
    fall = np.linspace(1, 0.4, draw.N)
    rise = np.linspace(0.45, 0.9, 6)
    return [float(size * value) for value in (*fall, *rise)], draw.M


def _try_classifier(answer: Any) -> TrialResult:
    """Judge a network, or a function from x (N, 64) to class numbers, on the unseen digits of split(0.3, rng=0)."""
    training, unseen = digits().split(test=0.3, rng=0)
    raw = unseen
    training, unseen = training.standardize(unseen)
    best = from_one = 0.0
    for data in (unseen, raw):
        if isinstance(answer, Sequential):
            guesses = answer.predict(data.x, loss=SoftmaxCrossEntropy())
        else:
            guesses = np.asarray(answer(data.x.copy()))
            if guesses.dtype == object or guesses.shape == ():
                if guesses.shape == () and guesses.item() is Ellipsis:
                    raise Unfinished
                return TrialResult(False, "It should give one class number for each row of x.")
        if guesses.ndim == 2:
            guesses = guesses.argmax(axis=1)
        if guesses.shape != data.targets.shape:
            expected, got = data.targets.shape, guesses.shape
            wrong = f"It should give class numbers of shape {expected}; it gives {got}."
            return TrialResult(False, wrong, mistakes=("wrong-axis",) if got == (10,) else ())
        best = max(best, metrics.accuracy(guesses, data.targets))
        from_one = max(from_one, metrics.accuracy(guesses - 1, data.targets))
    found = f"{best:.1%} of the 539 unseen digits are right."
    if best >= 0.95:
        return TrialResult(True, found)
    if from_one >= 0.9:
        return TrialResult(False, found, mistakes=("counted-from-one",))
    if best < 0.2:
        return TrialResult(
            False, found, ("That is near chance. Was it trained on these inputs, in this order and scale?",)
        )
    return TrialResult(False, found, ("95% are asked for. Train longer, or go over the learning rate once more.",))


EXERCISES = (
    Code(
        **texts("14.1"),
        solution=accuracy,
        inputs=_scores,
        outputs=("accuracy",),
        family="metric",
        extra=(("all answers right", (_SCORES, _SCORES.argmax(axis=1))),),
        small=(
            (
                "scores = [[3, 1], [0, 2], [1, 4]], t = [0, 1, 0]",
                (np.array([[3.0, 1.0], [0.0, 2.0], [1.0, 4.0]]), np.array([0, 1, 0])),
            ),
        ),
    ),
    Code(
        **texts("14.2"),
        solution=split_and_standardize,
        inputs=_table,
        outputs=("training rows", "test rows"),
        family="split",
    ),
    Code(
        **texts("14.3"),
        solution=early_stop,
        inputs=_curve,
        outputs=("best", "stop"),
        family="metric",
        extra=_CURVES,
    ),
    Trial(
        **texts("14.4"),
        attempt=_try_classifier,
        solution=classifier_by_hand,
    ),
)
