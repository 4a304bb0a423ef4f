"""Tasks of assignment A4, a training study: AdaGrad, a schedule, a table of two dials, recall, a model of tumors.

Right numbers come from bplearn's optimizers, schedules and metrics; there is no solution in here.
Belongs to notebooks/assignments/source/A4.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202, D403 (plain functions with the arguments of the tasks)

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from bplearn import metrics, schedules
from bplearn.course.tasks.task import Part, Scored, Slip, Task
from bplearn.datasets import breast_cancer
from bplearn.exercises.engine.exercise import Code, Trial, TrialResult
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.optimizers import AdaGrad

WANTED, HALF = 0.95, 0.9  # shares of the unseen tumors that earn all the points, and half of them


def adagrad_step(s, g, learning_rate, epsilon):
    """bplearn's AdaGrad, put into the state s."""
    optimizer = AdaGrad(learning_rate, epsilon=epsilon)
    optimizer._squares = np.asarray(s, dtype=np.float64)
    change = optimizer.delta(np.asarray(g, dtype=np.float64), learning_rate)
    return optimizer._squares, change


def _without_root(s, g, learning_rate, epsilon):
    new, _ = adagrad_step(s, g, learning_rate, epsilon)
    return new, -learning_rate * g / (new + epsilon)


def rates(steps, warm_up, peak):
    """bplearn's schedules, one after the other."""
    schedule = schedules.warm_up(schedules.cosine(peak, steps=steps - warm_up), steps=warm_up)
    return np.array([schedule(step) for step in range(steps)])


def recalls(guesses, targets, C):
    """bplearn's table, each diagonal entry over the sum of its row; 0 for a class that does not occur."""
    table = metrics.confusion_matrix(guesses, targets, C)
    found = [float(table[k, k] / table[k].sum()) if table[k].any() else 0.0 for k in range(C)]
    return table, found


def two_dials(train_once, learning_rates, batch_sizes, seeds):
    """Every cell on its own; what is no number counts as infinite."""
    return _dials(
        lambda losses: float(np.mean(losses)) if np.isfinite(losses).all() else math.inf,
        train_once,
        learning_rates,
        batch_sizes,
        seeds,
    )


def _dials(mean, train_once, learning_rates, batch_sizes, seeds):
    table = np.array(
        [[mean([train_once(rate, size, seed) for seed in seeds]) for size in batch_sizes] for rate in learning_rates]
    )
    row, column = np.unravel_index(int(np.nanargmin(table)), table.shape)
    return table, learning_rates[row], batch_sizes[column]


def _over_the_others(empty, losses):
    """The mean of the seeds that did not diverge."""
    finite = [loss for loss in losses if math.isfinite(loss)]
    return float(np.mean(finite)) if finite else empty


_SKIPPED = "Some of it counts: the mean leaves out the seeds that diverged, where the cell should be inf."


def _training(draw: RandomCase) -> tuple[Any, ...]:
    """A stand-in for a training: a valley in both dials, noise from the seed, and divergence at large rates."""
    shape = draw.data_rng.normal(size=3)

    def train_once(learning_rate: float, batch_size: int, seed: int) -> float:
        if learning_rate > 2 or (learning_rate > 0.9 and seed % 3 == 1):
            return math.nan
        noise = np.random.default_rng([int(seed), int(batch_size), int(1e6 * learning_rate)]).normal()
        valley = (np.log(learning_rate) - shape[0] + 2) ** 2 + 0.3 * (np.log2(batch_size) - 4 - shape[1]) ** 2
        return float(0.1 + 0.1 * valley + 0.2 * abs(noise))

    sizes = [4, 8, 16, 32, 64][: draw.M + 1]
    return train_once, [0.01, 0.1, 1.0, 10.0][: draw.D], sizes, list(range(draw.N - 1))


def _squares(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.D, draw.M) ** 2, draw.data(draw.D, draw.M), 0.05 * draw.N, 1e-8


def _plan(draw: RandomCase) -> tuple[Any, ...]:
    return 5 * draw.N + int(draw.data_rng.integers(5)), draw.M + 1, 0.1 * draw.N


def _guesses(draw: RandomCase) -> tuple[Any, ...]:
    C, rows = draw.M + 2, 6 * draw.N
    targets = draw.data_rng.integers(0, C, rows)
    wrong = draw.data_rng.random(rows) < 0.3
    return np.where(wrong, draw.data_rng.integers(0, C, rows), targets), targets, C


_PARTS = (Part("90% of the unseen", 2), Part("95% of the unseen", 2))


@functools.cache
def _split(seed: int, run: int) -> Any:
    return breast_cancer().split(test=0.4, rng=100 * seed + run)


def _three_runs(seed: int) -> list[tuple[Any, ...]]:
    splits = [_split(seed, run) for run in range(3)]
    return [(training.x, training.targets, unseen.x, run) for run, (training, unseen) in enumerate(splits)]


def _study(seed: int, answer: Any) -> TrialResult:
    """Let the answer learn from 60% of the tumors and name the rest, three times."""
    shares = []
    for run in range(3):
        training, unseen = _split(seed, run)
        guesses = np.asarray(answer(training.x.copy(), training.targets.copy(), unseen.x.copy(), run))
        if guesses.shape != unseen.targets.shape or guesses.dtype.kind not in "iufb":
            expected = f"class numbers of shape {unseen.targets.shape}"
            return TrialResult(
                False, f"It should return {expected}; it returns {type(guesses).__name__} {guesses.shape}."
            )
        shares.append(float(np.mean(guesses == unseen.targets)))
    found = f"{np.mean(shares):.1%} of the unseen tumors are right, over three splits ({min(shares):.1%} at worst)."
    if np.mean(shares) >= WANTED:
        return TrialResult(True, found)
    if np.mean(shares) >= HALF:
        more = (f"{WANTED:.0%} are asked for; from {HALF:.0%} on it counts half.",)
        return Scored(False, found, more, earned=(_PARTS[0].label,))
    if np.mean(shares) < 0.7:
        return TrialResult(False, found, ("That is near chance. The columns differ in size by a factor of 100,000.",))
    return TrialResult(False, found, (f"{WANTED:.0%} are asked for. Over which dial have you not gone yet?",))


def _model() -> Any:
    """A model that passes stands in the source of the assignment, not here."""
    return None


def _trial(seed: int) -> Trial:
    return Trial(
        "A4.5",
        "A model of tumors",
        "Write tumor_model(x, t, x_new, seed): learn from x and t, return class numbers for x_new.",
        teaches="14: judge a classifier",
        attempt=functools.partial(_study, seed),
        solution=_model,
        seconds=8.0,
    )


TASKS = (
    Task(
        Code(
            "A4.1",
            "A step of AdaGrad",
            "Write adagrad_step(s, g, learning_rate, epsilon): the new s and the change of the weights.",
            teaches="13: RMSProp",
            solution=adagrad_step,
            inputs=_squares,
            outputs=("s", "change"),
            family="optimizer",
            wrong=(("root-forgotten", _without_root),),
        ),
        parts=(Part("s", 2), Part("change", 2)),
    ),
    Task(
        Code(
            "A4.2",
            "Warm up, then cool down",
            "Write rates(steps, warm_up, peak): an array with the learning rate of each step.",
            teaches="12: one epoch, many iterations",
            solution=rates,
            inputs=_plan,
            outputs=("rates",),
            family="schedule",
        )
    ),
    Task(
        Code(
            "A4.3",
            "Recall by class",
            "Write recalls(guesses, targets, C): the table of counts, and the recall of each class.",
            teaches="14: judge a classifier",
            solution=recalls,
            inputs=_guesses,
            outputs=("table", "recall"),
            family="metric",
            extra=(("a class that does not occur", (np.array([0, 2, 2, 0]), np.array([0, 2, 0, 0]), 3)),),
        ),
        parts=(Part("table", 1.5), Part("recall", 1.5), Part("a class without samples", 1, special=True)),
    ),
    Task(
        Code(
            "A4.4",
            "A table of two dials",
            "Write two_dials(train_once, learning_rates, batch_sizes, seeds): the table, the best rate, the best size.",
            teaches="12: both dials",
            solution=two_dials,
            inputs=_training,
            outputs=("table", "best_rate", "best_size"),
            family="sweep",
        ),
        parts=(Part("table", 2), Part("best_rate and best_size", 2, ("best_rate", "best_size"))),
        slips=tuple(
            Slip(functools.partial(_dials, functools.partial(_over_the_others, empty)), 0.5, _SKIPPED)
            for empty in (math.nan, math.inf)
        ),
        library=True,
    ),
    Task(_trial(0), library=True, reseed=_trial, parts=_PARTS, calls=_three_runs),
)
