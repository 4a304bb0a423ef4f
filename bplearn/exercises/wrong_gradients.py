"""Twenty-two wrong backward passes of one network: each has the right shapes, and most of them still learn.

The network has a tanh layer and a softmax. Its backward pass is seven lines, kept as text. A wrong gradient replaces
one or two of these lines, and the lines that a reader sees are the lines that run.
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, SimpleNamespace
from typing import Any, final, overload

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.datasets import Dataset
from bplearn.functional import one_hot, softmax
from bplearn.initializers import glorot_uniform
from bplearn.show.table import Rich, Table, Tabular, bar

LINES = {
    "dz2": "(p - t) / N",
    "dW2": "a1.T @ dz2",
    "db2": "dz2.sum(axis=0)",
    "da1": "dz2 @ W2.T",
    "dz1": "da1 * (1 - a1 * a1)",
    "dW1": "x.T @ dz1",
    "db1": "dz1.sum(axis=0)",
}


@dataclass(frozen=True)
class WrongGradient:
    """A backward pass with some of its lines replaced; none replaced is the right one.

    `before` means the same names at the batch before; `random` is a matrix that never changes.

    >>> WRONG[6]
    hidden derivative forgotten: dz1 = da1
    """

    name: str
    changes: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The replaced lines."""
        return "; ".join(f"{name} = {line}" for name, line in self.changes.items())

    def __call__(
        self, x: Array, t: Array, W1: Array, b1: Array, W2: Array, b2: Array, before: tuple[Array, Array] | None = None
    ) -> tuple[Array, ...]:
        """Return dW1, db1, dW2, db2 for a batch x (N, D), t (N, C); `before` is the batch before it, None at the first.

        >>> RIGHT(np.ones((2, 2)), np.eye(2), np.ones((2, 1)), np.zeros(1), np.ones((1, 2)), np.zeros(2))[3]
        array([0., 0.])
        """
        parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        earlier = None if before is None else backward(parameters, *before)
        found = backward(parameters, x, t, self, earlier)
        return tuple(getattr(found, f"d{name}") for name in parameters)

    def __repr__(self) -> str:
        return f"{self.name}: {self.code}" if self.changes else self.name


RIGHT = WrongGradient("right")
WRONG = tuple(
    WrongGradient(name, changes)
    for name, changes in {
        "biases averaged a second time": {"db2": "dz2.mean(axis=0)", "db1": "dz1.mean(axis=0)"},
        "biases summed over everything": {"db2": "0 * b2 + dz2.sum()", "db1": "0 * b1 + dz1.sum()"},
        "biases never updated": {"db2": "0 * b2", "db1": "0 * b1"},
        "1/N missing": {"dz2": "p - t"},
        "1/N twice": {"dz2": "(p - t) / N / N"},
        "N hard-coded": {"dz2": "(p - t) / 32"},
        "hidden derivative forgotten": {"dz1": "da1"},
        "hidden derivative taken twice": {"dz1": "da1 * (1 - a1 * a1) * (1 - a1 * a1)"},
        "hidden derivative of a1 as if it were z1": {"dz1": "da1 * (1 - np.tanh(a1) ** 2)"},
        "the sigmoid's derivative at a tanh": {"dz1": "da1 * a1 * (1 - a1)"},
        "a ReLU's derivative at a tanh": {"dz1": "da1 * (a1 > 0)"},
        "squared error's slope at a softmax": {"dz2": "(p - t) * p * (1 - p) / N"},
        "softmax applied twice": {"dz2": "(softmax(p) - t) / N"},
        "hidden error with the wrong sign": {"dz1": "-da1 * (1 - a1 * a1)"},
        "output weights updated too early": {"da1": "dz2 @ (W2 - learning_rate * dW2).T"},
        "a random matrix for the weights": {"da1": "dz2 @ random"},
        "= where += is needed": {"da1": "dz2[:, -1:] @ W2[:, -1:].T"},
        "gradient of an earlier batch": {"dW1": "before.x.T @ before.dz1"},
        "gradients not cleared": {"dW1": "x.T @ dz1 + before.dW1"},
        "only the last sample": {"dW2": "a1[-1:].T @ dz2[-1:]", "dW1": "x[-1:].T @ dz1[-1:]"},
        "hidden weights never updated": {"dW1": "0 * W1"},
        "targets of other samples": {"dz2": "(p - np.roll(t, 1, axis=0)) / N"},
    }.items()
)

MYSTERY = (WRONG[6], RIGHT, WRONG[14], WRONG[15])  # the notebook begins with their curves


def loss(parameters: Mapping[str, Array], x: Array, t: Array) -> float:
    """Return the cross-entropy of the network x -> tanh -> softmax, averaged over the samples.

    Shapes: x (N, D), t (N, C) with a single 1 in each row

    >>> weights = {"W1": np.ones((2, 1)), "b1": np.zeros(1), "W2": np.ones((1, 2)), "b2": np.zeros(2)}
    >>> round(loss(weights, np.ones((3, 2)), np.eye(2)[[0, 1, 1]]), 6)
    0.693147
    """
    _, p = _forward(parameters, x)
    return float(-np.log(np.maximum((p * t).sum(axis=1), 1e-300)).mean())


def backward(
    parameters: Mapping[str, Array],
    x: Array,
    t: Array,
    wrong: WrongGradient = RIGHT,
    before: SimpleNamespace | None = None,
    learning_rate: float = 0.2,
) -> SimpleNamespace:
    """Run the forward pass and the seven lines; return all that has a name, among it dW1, db1, dW2 and db2.

    Shapes: x (N, D), t (N, C). `before` is what this returned for the batch before, None at the first one.

    >>> weights = {"W1": np.ones((2, 1)), "b1": np.zeros(1), "W2": np.ones((1, 2)), "b2": np.zeros(2)}
    >>> backward(weights, np.ones((2, 2)), np.eye(2)).db2
    array([0., 0.])
    """
    a1, p = _forward(parameters, x)
    names: dict[str, Any] = {
        **parameters,
        "x": x,
        "t": t,
        "a1": a1,
        "p": p,
        "N": len(x),
        "learning_rate": learning_rate,
    }
    W2 = parameters["W2"]
    names["random"] = np.random.default_rng(0).uniform(-1, 1, W2.T.shape) * np.sqrt(6 / sum(W2.shape))
    if before is None:
        before = SimpleNamespace(x=0 * x, dz1=0 * a1, dW1=0 * parameters["W1"])
    names["before"] = before
    for name, line in {**LINES, **wrong.changes}.items():
        names[name] = eval(_compiled(line), {"np": np, "softmax": softmax}, names)
    del names["before"]
    return SimpleNamespace(**names)


def _forward(parameters: Mapping[str, Array], x: Array) -> tuple[Array, Array]:
    a1 = np.tanh(x @ parameters["W1"] + parameters["b1"])
    return a1, softmax(a1 @ parameters["W2"] + parameters["b2"])


@cache
def _compiled(line: str) -> CodeType:
    return compile(line, "<a line of the backward pass>", "eval")


@dataclass(frozen=True)
class TrainingResult:
    """The result of a training with one gradient: the loss of each epoch, the share of unseen samples read right."""

    gradient: WrongGradient
    losses: tuple[float, ...]
    accuracy: float

    @property
    def learned(self) -> bool:
        """Whether it looks like success: 90% or more, and a loss that fell."""
        return self.accuracy >= 0.9 and self.losses[-1] < self.losses[0]

    @property
    def verdict(self) -> str:
        """The outcome in a word or two."""
        if self.accuracy < 0.9:
            return "poor"
        return "looks fine" if self.learned else "loss rises"

    @property
    def percent(self) -> str:
        """The accuracy in whole percent, rounded down; under one half it is left open, for there it is chance."""
        return f"{int(100 * self.accuracy)}%" if self.accuracy >= 0.5 else "under 50%"

    def __repr__(self) -> str:
        return f"{self.gradient.name}: {self.percent} of unseen samples, {self.verdict}"


def experiment(
    training: Dataset,
    test: Dataset,
    wrong: WrongGradient = RIGHT,
    *,
    hidden: int = 32,
    learning_rate: float = 0.2,
    epochs: int = 40,
    batch_size: int = 32,
    rng: int = 1,
) -> TrainingResult:
    """Train a network from the same start with this gradient, and count how many unseen samples it reads right.

    >>> from bplearn.datasets import digits
    >>> experiment(*digits().split(test=0.3, rng=0), epochs=5)
    right: 95% of unseen samples, looks fine
    """
    generator = np.random.default_rng(rng)
    inputs, classes = training.x.shape[1], int(training.targets.max()) + 1
    parameters = {
        "W1": glorot_uniform((inputs, hidden), generator),
        "b1": np.zeros(hidden),
        "W2": glorot_uniform((hidden, classes), generator),
        "b2": np.zeros(classes),
    }
    answers = one_hot(training.targets, classes)
    before, losses = None, []
    for _ in range(epochs):
        order = generator.permutation(len(answers))
        total = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            x, t = training.x[rows], answers[rows]
            before = backward(parameters, x, t, wrong, before, learning_rate)
            total -= float(np.log(np.maximum((before.p * t).sum(axis=1), 1e-300)).sum())
            parameters = {
                name: value - learning_rate * getattr(before, f"d{name}") for name, value in parameters.items()
            }
        losses.append(total / len(order))
    _, p = _forward(parameters, test.x)
    return TrainingResult(wrong, tuple(losses), float((p.argmax(axis=1) == test.targets).mean()))


@final
@dataclass(frozen=True, repr=False)
class TrainingResults(Tabular, Sequence[TrainingResult]):
    """The outcomes of several gradients, as a sequence and as a table, best first."""

    outcomes: tuple[TrainingResult, ...]

    @overload
    def __getitem__(self, index: int) -> TrainingResult: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[TrainingResult, ...]: ...
    def __getitem__(self, index: int | slice) -> TrainingResult | tuple[TrainingResult, ...]:
        return self.outcomes[index]

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def learned(self) -> int:
        """How many look like success."""
        return sum(outcome.learned for outcome in self.outcomes)

    def _sorted(self) -> list[TrainingResult]:
        return sorted(self.outcomes, key=lambda result: (-result.learned, -max(50, int(100 * result.accuracy))))

    def table(self) -> Table:
        """Return a row for each wrong gradient: its line, what the network learned, what can be seen."""
        rows = []
        for result in self._sorted():
            length = Rich("", bar(result.accuracy if result.accuracy >= 0.5 else 0.0))
            rows.append((result.gradient.name, result.gradient.code, result.percent, result.verdict, length))
        headings = ("wrong gradient", "the line in its place", "read right", "seen from outside", "")
        return Table(
            "Wrong gradients in training", headings, tuple(rows), (f"{self.learned} of {len(self)} look fine",)
        )


def experiments(
    training: Dataset, test: Dataset, wrong: Sequence[WrongGradient] = WRONG, **settings: Any
) -> TrainingResults:
    """Run `experiment` for each of several gradients; `settings` are passed on.

    >>> from bplearn.datasets import digits
    >>> training, test = digits().split(test=0.3, rng=0)
    >>> experiments(training, test, WRONG[13:14], epochs=1).learned
    0
    """
    return TrainingResults(tuple(experiment(training, test, result, **settings) for result in wrong))
