"""Tasks of assignment A3, checking gradients: a checker for several arrays, a judge of gradients, three patients.

Right numbers come from functions whose derivatives are known and from bplearn's layers; there is no solution in here.
Belongs to notebooks/assignments/source/A3.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202, ARG001, ARG005 (plain functions with the arguments of the tasks)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.course.tasks import parts
from bplearn.course.tasks.a3_judge import PAIRS, PROBLEMS, judge_all, judged, one_by_one, problems, said_of, verdict_on
from bplearn.course.tasks.task import Part, Slip, StandIn, Task
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.layers import Dense, SiLU, Tanh
from bplearn.losses import MeanSquaredError
from bplearn.network import Sequential


def numerical_gradients(f, parameters, h):
    """Central differences by nudging one flat vector that holds all the arrays."""
    sizes = np.cumsum([p.size for p in parameters])[:-1]
    flat = np.concatenate([np.ravel(p) for p in parameters]).astype(np.float64)

    def at(nudged: Array) -> float:
        pieces = np.split(nudged, sizes)
        return float(f([piece.reshape(p.shape) for piece, p in zip(pieces, parameters, strict=True)]))

    slopes = np.array([(at(flat + h * unit) - at(flat - h * unit)) / (2 * h) for unit in np.eye(len(flat))])
    return [piece.reshape(p.shape) for piece, p in zip(np.split(slopes, sizes), parameters, strict=True)]


def _one_sided(f, parameters, h):
    up = [np.zeros(p.shape) for p in parameters]
    for k, p in enumerate(parameters):
        for place in np.ndindex(p.shape):
            nudged = [q.astype(np.float64) for q in parameters]
            nudged[k][place] += h
            up[k][place] = (f(nudged) - f(parameters)) / h
    return up


def _backward(f, parameters, h):
    return _one_sided(f, parameters, -h)


def relative_difference(a, n):
    """|a - n| / (|a| + |n|) with Euclidean norms over all the arrays together; 0 where both are 0."""
    one, two = (np.concatenate([np.ravel(part).astype(np.float64) for part in arrays]) for arrays in (a, n))
    size = np.sqrt(one @ one) + np.sqrt(two @ two)
    return float(np.sqrt((one - two) @ (one - two)) / size) if size else 0.0


def silu_backward(dy, z):
    """From bplearn's layer."""
    _, cache = SiLU().forward(np.asarray(z, dtype=np.float64))
    return SiLU().backward(np.asarray(dy, dtype=np.float64), cache)[0]


def _silu_planted(dy, z):
    """The patient: of z sigmoid(z) only the second factor is differentiated."""
    s = np.asarray(parts.slope(lambda z: np.log1p(np.exp(z)), z))
    return dy * z * s * (1 - s)


def tied_gradients(x, W, b, c):
    """A network that uses W twice; the two uses add up."""
    return _tied(lambda first, second: first + second, x, W, b, c)


def _tied(join: Callable[[Array, Array], Array], x, W, b, c):
    layers = [parts.dense(W, b), Tanh(), parts.dense(np.asarray(W).T, c)]
    x = np.asarray(x, dtype=np.float64)
    _, (first, db, second, dc) = parts.backprop(layers, x, lambda y: (y - x) / len(x))
    return join(first, second.T), db, dc


def _tied_first(x, W, b, c):
    return _tied(lambda first, second: first, x, W, b, c)


def _tied_second(x, W, b, c):
    return _tied(lambda first, second: second, x, W, b, c)


def accumulated_gradient(x, t, W, batch_size):
    """The gradient of all samples at once, from bplearn."""
    x, t = np.asarray(x, dtype=np.float64), np.asarray(t, dtype=np.float64)
    network = Sequential(Dense(*np.shape(W), weights=np.asarray(W, dtype=np.float64)))
    y, tape = network.forward(x)
    _, cache = MeanSquaredError().forward(y, t)
    network.backward(MeanSquaredError().backward(cache), tape)
    return network.parameters()[0].grad


def _last_dropped(x, t, W, batch_size):
    whole = len(x) - len(x) % batch_size
    return accumulated_gradient(x[:whole], t[:whole], W, batch_size)


def _landscape(draw: RandomCase) -> tuple[Any, ...]:
    a, c = draw.data_rng.normal(size=(draw.D, draw.M)), draw.data_rng.normal(size=draw.M)

    def f(parameters: Any) -> float:
        W, b = (np.asarray(part, dtype=np.float64) for part in parameters)
        return float(np.sum(a * W**3) + np.sum(c * b**2) + np.sum(W @ b) ** 2)

    return f, [draw.data_rng.normal(size=(draw.D, draw.M)), draw.data_rng.normal(size=draw.M)], 0.1


def _pairs(draw: RandomCase) -> tuple[Any, ...]:
    a = [draw.data(draw.D, draw.M), draw.data(draw.M)]
    return a, [part + (draw.data(*part.shape) * 0.01).astype(part.dtype) for part in a]


_ONE_SIDE = "Some of it counts: the differences are of one side, but every entry of every array has its own."
_MANY, _OUTPUTS = 401, 50  # samples of which all outputs at once are too much, and are seen in the memory


def _many_samples() -> tuple[Any, ...]:
    rng = np.random.default_rng(36)
    return rng.normal(size=(_MANY, 1)), rng.normal(size=(_MANY, _OUTPUTS)), rng.normal(size=(1, _OUTPUTS)), 8


def _silu_inputs(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.H), 2 * draw.data(draw.N, draw.H)


def _tied_inputs(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.D), draw.weights(draw.D, draw.H), draw.weights(draw.H), draw.weights(draw.D)


def _batch_inputs(draw: RandomCase) -> tuple[Any, ...]:
    x, t = draw.data(2 * draw.N + 1, draw.D), draw.data(2 * draw.N + 1, draw.M)
    return x, t, draw.weights(draw.D, draw.M), draw.N


def _of_this_f(given: tuple[Any, ...], case: tuple[Any, ...]) -> bool:
    return given[0] is case[0] and _equal(given[1], case[2])


def _of_this_gradient(given: tuple[Any, ...], case: tuple[Any, ...]) -> bool:
    _, gradient, parameters = case
    return any(_equal(part, gradient(parameters)) for part in given)


def _equal(some: Any, others: list[Array]) -> bool:
    return len(some) == len(others) and all(map(np.array_equal, some, others))


TASKS = (
    Task(
        Code(
            "A3.1",
            "Central differences for several arrays",
            "Write numerical_gradients(f, parameters, h): a list of arrays like parameters.",
            teaches="10: check any gradient",
            solution=numerical_gradients,
            inputs=_landscape,
            outputs=("dW", "db"),
            family="slope",
            wrong=(("one-sided-difference", _one_sided), ("one-sided-difference", _backward)),
            seconds=10.0,
        ),
        parts=(Part("dW", 2.5), Part("db", 2.5)),
        slips=tuple(Slip(version, 0.4, _ONE_SIDE) for version in (_one_sided, _backward)),
    ),
    Task(
        Code(
            "A3.2",
            "The relative difference",
            "Write relative_difference(a, n) for two lists of arrays.",
            teaches="10: check any gradient",
            solution=relative_difference,
            inputs=_pairs,
            outputs=("difference",),
            family="compare",
            extra=(
                ("two gradients of 0", ([np.zeros(2)], [np.zeros(2)])),
                ("one of them 0", ([np.zeros(2)], [np.ones(2)])),
            ),
        ),
        parts=(Part("difference", 2), Part("gradients of 0", 1, special=True)),
    ),
    Task(
        Code(
            "A3.3",
            "A judge of gradients",
            "Write accepts(f, gradient, parameters): whether gradient(parameters) is the gradient of f.",
            teaches="10: check any gradient",
            solution=judge_all,
            inputs=problems,
            outputs=tuple(map(verdict_on, PROBLEMS)),
            family="judge",
            observe=judged,
            most_drawn=2,  # each of them calls the answer ten times, and that f some thirty times
            seconds=10.0,
            describe={verdict_on(problem): said_of(problem) for problem in PROBLEMS},
        ),
        parts=tuple(
            Part(f"the pair with {wrong!r}", 1, tuple(map(verdict_on, (*PAIRS[0], right, wrong))))
            for right, wrong in PAIRS
        ),
        stand_ins=(
            StandIn("numerical_gradients", numerical_gradients, _of_this_f),
            StandIn("relative_difference", relative_difference, _of_this_gradient),
        ),
        calls=one_by_one,
    ),
    Task(
        Code(
            "A3.4",
            "Patient 1, a SiLU",
            "Mend silu_backward(dy, z) for y = z sigmoid(z).",
            teaches="10: bug clinic",
            solution=silu_backward,
            inputs=_silu_inputs,
            outputs=("dz",),
            family="delta",
            planted=("assigned-not-added",),
            wrong=(("assigned-not-added", _silu_planted),),
        )
    ),
    Task(
        Code(
            "A3.5",
            "Patient 2, weights that are used twice",
            "Mend tied_gradients(x, W, b, c) for y = tanh(x W + b) W.T + c.",
            teaches="10: bug clinic",
            solution=tied_gradients,
            inputs=_tied_inputs,
            outputs=("dW", "db", "dc"),
            family="network",
            planted=("assigned-not-added",),
            wrong=(("assigned-not-added", _tied_first), ("assigned-not-added", _tied_second)),
        )
    ),
    Task(
        Code(
            "A3.6",
            "Patient 3, a gradient from batches",
            "Mend accumulated_gradient(x, t, W, batch_size): the gradient of the whole data from batches.",
            teaches="10: bug clinic",
            solution=accumulated_gradient,
            inputs=_batch_inputs,
            outputs=("dW",),
            family="delta",
            wrong=(("last-batch-dropped", _last_dropped),),
            extra=((f"{_MANY} samples", _many_samples()),),
        ),
        most_bytes=int(1.5 * 8 * _MANY * _OUTPUTS),  # a copy of the targets is none of it
    ),
)
