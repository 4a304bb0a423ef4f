"""Tasks of assignment A1, forward and cost: a leaky layer, three layers, counting, two costs with their derivatives.

Right numbers come from bplearn's layers and losses; there is no solution in here.
Belongs to notebooks/assignments/source/A1.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN002, ANN201, ANN202, ARG001, D403 (plain functions with the arguments of the tasks)

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import numpy as np

from bplearn.course.tasks import parts
from bplearn.course.tasks.task import Part, Task
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.layers import LeakyReLU, Softplus, Tanh
from bplearn.losses import Huber, SoftmaxCrossEntropy
from bplearn.network import Sequential, mlp


def leaky_layer(x, W, b, slope):
    """The layer's z and a, from bplearn."""
    return _passed([parts.dense(W, b), LeakyReLU(slope)], x)


def _passed(layers, x):
    """What each layer gives."""
    _, tape = Sequential(*layers).forward(np.asarray(x, dtype=np.float64))
    return tuple(step.y for step in tape)


def _without_bias(x, W, b, slope):
    return leaky_layer(x, W, np.zeros(len(b)), slope)


def _linear(x, W, b, slope):
    z, _ = leaky_layer(x, W, b, slope)
    return z, z


def three_layers(x, W1, b1, W2, b2, W3, b3):
    """a1, a2 and y of Dense, Tanh, Dense, Softplus, Dense, from bplearn."""
    return _three((Tanh(), Softplus()), (1, 1, 1), x, W1, b1, W2, b2, W3, b3)


def _three(activations, biases, x, *parameters):
    layers = [
        parts.dense(W, np.asarray(b) * on) for W, b, on in zip(parameters[::2], parameters[1::2], biases, strict=True)
    ]
    _, a1, _, a2, y = _passed([layers[0], activations[0], layers[1], activations[1], layers[2]], x)
    return a1, a2, y


def count(widths, N):
    """The numbers that a network of these widths learns, and those that it must keep for N samples."""
    network = mlp(*widths, rng=0)
    _, tape = network.forward(np.zeros((N, widths[0])))
    return sum(p.value.size for p in network.parameters()), sum(step.x.size for step in tape if step.layer.parameters())


def _without_biases(widths, N):
    learned, kept = count(widths, N)
    return learned - sum(widths[1:]), kept


def _for_one_sample(widths, N):
    return count(widths, 1)


def huber(y, t, delta):
    """bplearn's Huber loss and its derivative."""
    value, cache = Huber(delta).forward(np.asarray(y, dtype=np.float64), np.asarray(t, dtype=np.float64))
    return value, Huber(delta).backward(cache)


def weighted_cross_entropy(z, t, w):
    """One sample at a time by bplearn's loss, then the weighted mean."""
    values, rows = [], []
    for scores, target in zip(np.asarray(z, dtype=np.float64), t, strict=True):
        value, cache = SoftmaxCrossEntropy().forward(scores[None, :], [int(target)])
        values.append(value)
        rows.append(SoftmaxCrossEntropy().backward(cache)[0])
    shares = np.asarray(w, dtype=np.float64) / np.sum(w)
    return float(shares @ np.array(values)), shares[:, None] * np.array(rows)


def _not_divided(z, t, w):
    value, dz = weighted_cross_entropy(z, t, w)
    return value * np.sum(w), dz * np.sum(w)


def _leaky_inputs(draw: RandomCase) -> tuple[Any, ...]:
    def make() -> tuple[Any, ...]:
        return draw.data(draw.N, draw.D), draw.weights(draw.D, draw.M), draw.weights(draw.M), 0.1 * draw.N

    def good(made: tuple[Any, ...]) -> bool:
        x, W, b, _ = made
        return bool((x @ W + b).min() < 0 < (x @ W + b).max())

    made: tuple[Any, ...] = draw.until(make, good)
    return made


def _three_inputs(draw: RandomCase) -> tuple[Any, ...]:
    widths = (draw.D, draw.H, draw.M + 1, draw.M)
    layers = [part for n, m in pairwise(widths) for part in (draw.weights(n, m), draw.weights(m))]
    return draw.data(draw.N, draw.D), *layers


def _large(x: float) -> tuple[Any, ...]:
    return np.array([[1.0]]), np.eye(1), np.zeros(1), np.full((1, 2), x), np.zeros(2), np.eye(2), np.zeros(2)


def _count_inputs(draw: RandomCase) -> tuple[Any, ...]:
    widths = [int(width) for width in draw.data_rng.integers(2, 9, 3 + draw.N % 3)]
    return widths, draw.N


def _huber_inputs(draw: RandomCase) -> tuple[Any, ...]:
    return 2 * draw.data(draw.N, draw.M), draw.data(draw.N, draw.M), 0.25 * draw.N


def _weighted_inputs(draw: RandomCase) -> tuple[Any, ...]:
    C = draw.M + 2
    return draw.data(draw.N, C), draw.data_rng.integers(0, C, draw.N), np.abs(draw.data(draw.N)) + 0.1


TASKS = (
    Task(
        Code(
            "A1.1",
            "A leaky layer",
            "Write leaky_layer(x, W, b, slope): z = x W + b, and a = z where z > 0, else slope z. Return z, a.",
            teaches="02: from one sample to a batch",
            solution=leaky_layer,
            inputs=_leaky_inputs,
            outputs=("z", "a"),
            family="forward",
            wrong=(("bias-forgotten", _without_bias), ("activation-forgotten", _linear)),
        ),
        parts=(Part("z", 2), Part("a", 2)),
    ),
    Task(
        Code(
            "A1.2",
            "Three layers",
            "Write three_layers(x, W1, b1, W2, b2, W3, b3): tanh, softplus, linear. Return a1, a2, y.",
            teaches="02: what must be remembered",
            solution=three_layers,
            inputs=_three_inputs,
            outputs=("a1", "a2", "y"),
            family="forward",
            extra=(("a very large z2", _large(2000.0)), ("a very small z2", _large(-2000.0))),
            wrong=(
                *(
                    ("bias-forgotten", functools.partial(_three, (Tanh(), Softplus()), biases))
                    for biases in ((0, 1, 1), (1, 0, 1), (1, 1, 0), (0, 0, 0))
                ),
                ("activation-forgotten", functools.partial(_three, (Tanh(), LeakyReLU(1.0)), (1, 1, 1))),
                ("activation-forgotten", functools.partial(_three, (LeakyReLU(1.0), Softplus()), (1, 1, 1))),
            ),
        ),
        parts=(Part("a1", 1), Part("a2", 1.5), Part("y", 1.5), Part("very large and very small z2", 1, special=True)),
    ),
    Task(
        Code(
            "A1.3",
            "Counting",
            "Write count(widths, N): how many numbers the network learns, and how many inputs of layers it keeps.",
            teaches="02: name every shape",
            solution=count,
            inputs=_count_inputs,
            outputs=("learned", "kept"),
            family="count",
            wrong=(("bias-forgotten", _without_biases), ("last-sample-only", _for_one_sample)),
        ),
        parts=(Part("learned", 1.5), Part("kept", 1.5)),
    ),
    Task(
        Code(
            "A1.4",
            "The Huber cost",
            "Write huber(y, t, delta): L, the mean over all entries, and dy.",
            teaches="03: the squared error",
            solution=huber,
            inputs=_huber_inputs,
            outputs=("L", "dy"),
            family="loss",
        ),
        parts=(Part("L", 2), Part("dy", 2)),
    ),
    Task(
        Code(
            "A1.5",
            "A weighted cross-entropy",
            "Write weighted_cross_entropy(z, t, w): L, the weighted mean of -log p[true class], and dz.",
            teaches="03: softmax and cross-entropy together",
            solution=weighted_cross_entropy,
            inputs=_weighted_inputs,
            outputs=("L", "dz"),
            family="loss",
            extra=(
                (
                    "scores of 1000",
                    (np.array([[1000.0, 0.0, -1000.0], [5.0, 1000.0, 0.0]]), np.array([0, 2]), np.ones(2)),
                ),
            ),
            wrong=(("mean-missing", _not_divided),),
        ),
        parts=(Part("L", 1.5), Part("dz", 1.5), Part("scores of 1000", 1, special=True)),
    ),
)
