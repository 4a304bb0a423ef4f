"""Tasks of assignment A2, backpropagation: circuits, a layer, a loss, a whole network, a skip connection, paths.

Right numbers come from the scalar graph, from bplearn's layers and from complex steps; there is no solution in here.
Belongs to notebooks/assignments/source/A2.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN002, ANN201, ANN202, ARG001, ARG005 (plain functions with the arguments of the tasks)

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import numpy as np

from bplearn.course.tasks import parts
from bplearn.course.tasks.task import Part, StandIn, Task
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.explain.scalar import Value, derivatives
from bplearn.layers import Layer, Tanh


def _unchanged(layers: list[Layer]) -> list[Layer]:
    return layers


def circuit(a, b, c):
    """Derivatives of L = (a b + tanh(c)) (a + c), one path at a time and then together."""
    paths = _paths(a, b, c)
    return paths["a1"] + paths["a2"], paths["b"], paths["c1"] + paths["c2"]


def _paths(a, b, c) -> dict[str, float]:
    """The derivative along each path: a and c are two leaves each."""
    leaves = {"a1": Value(a), "a2": Value(a), "b": Value(b), "c1": Value(c), "c2": Value(c)}
    output = (leaves["a1"] * leaves["b"] + leaves["c1"].tanh()) * (leaves["a2"] + leaves["c2"])
    found = derivatives(output)
    return {name: found[leaf] for name, leaf in leaves.items()}


def _one_path(first: str, second: str, a, b, c):
    paths = {"a": _paths(a, b, c)["a1"] + _paths(a, b, c)["a2"], "c": _paths(a, b, c)["c1"] + _paths(a, b, c)["c2"]}
    single = _paths(a, b, c)
    return single.get(first, paths["a"]), single["b"], single.get(second, paths["c"])


_CIRCUIT_WRONG = tuple(
    ("assigned-not-added", functools.partial(_one_path, first, second))
    for first in ("", "a1", "a2")
    for second in ("", "c1", "c2")
    if first or second
)


def tanh_layer_backward(dy, x, W, b, y):
    """The layer's own backward, from bplearn."""
    return _tanh_layer(_unchanged, dy, x, W, b)


def _tanh_layer(change, dy, x, W, b, y=None):
    layers: list[Layer] = [parts.dense(W, b), Tanh()]
    dx, (dW, db) = parts.backprop(change(layers), x, lambda _: np.asarray(dy, dtype=np.float64))
    return dx, dW, db


def log_cosh_loss(y, t):
    """The mean over all entries of log(cosh(y - t)), and its derivative by a complex step."""
    e = np.asarray(y, dtype=np.float64) - t
    return parts.log_cosh(e).mean(), parts.slope(parts.log_cosh, e) / e.size


def _over_samples(*arguments):
    """The loss with a mean over the samples alone in L, in dy or in both; y and t come last."""
    *what, y, t = arguments
    L, dy = log_cosh_loss(y, t)
    outputs = np.shape(y)[1]
    return (L * outputs if "L" in what else L), (dy * outputs if "dy" in what else dy)


def gradients(x, t, W1, b1, W2, b2, W3, b3):
    """All six gradients, from bplearn's layers."""
    return _gradients(_unchanged, lambda e: parts.slope(parts.log_cosh, e) / e.size, x, t, W1, b1, W2, b2, W3, b3)


def _gradients(change, d_loss, x, t, *parameters):
    layers = change(parts.tanh_net(*parameters))
    return tuple(parts.backprop(layers, x, lambda y: d_loss(y - np.asarray(t, dtype=np.float64)))[1])


def residual_backward(dy, x, W1, b1, W2, b2):
    """The block's branch from bplearn; the skip hands dy on unchanged."""
    return _residual(_unchanged, lambda dx, dy: dx + dy, dy, x, W1, b1, W2, b2)


def _residual(change, join, dy, x, *parameters):
    dy = np.asarray(dy, dtype=np.float64)
    dx, grads = parts.backprop(change(parts.tanh_net(*parameters)), x, lambda _: dy)
    return (join(dx, dy), *grads)


def path_shares(x, W1, b1, W2, b2, w3, i, j):
    """dy/dW1[i, j] through each unit of the second layer: w3 keeps one unit at a time."""
    return _shares(_unchanged, x, W1, b1, W2, b2, w3, i, j)


def _shares(change, x, W1, b1, W2, b2, w3, i, j):
    shares = []
    for unit in range(len(w3)):
        alone = np.zeros((len(w3), 1))
        alone[unit, 0] = w3[unit]
        layers = change(parts.tanh_net(W1, b1, W2, b2, alone, np.zeros(1)))
        _, grads = parts.backprop(layers, np.asarray(x)[None, :], np.ones_like)
        shares.append(grads[0][i, j])
    return np.array(shares)


def _changes(of_dense: tuple[int, ...], of_activation: tuple[int, ...]) -> list[tuple[str, Any]]:
    """Return (mistake, change of a list of layers): each mistake at one place, and at all of them."""
    return [
        (name, functools.partial(_change, backward, some))
        for kinds, places in ((parts.OF_DENSE, of_dense), (parts.OF_ACTIVATION, of_activation))
        for name, backward in kinds
        for some in dict.fromkeys([places, *((place,) for place in places)])
    ]


def _change(backward: parts.Backward, places: tuple[int, ...], layers: list[Layer]) -> list[Layer]:
    return parts.altered(layers, backward, *places)


def _right_slope(e):
    return parts.slope(parts.log_cosh, e) / e.size


def _numbers(draw: RandomCase) -> tuple[Any, ...]:
    return tuple(float(number) for number in draw.data(3) + 0.2)


def _tanh_inputs(draw: RandomCase) -> tuple[Any, ...]:
    x, W, b = draw.data(draw.N, draw.D), draw.weights(draw.D, draw.M), draw.weights(draw.M)
    return draw.data(draw.N, draw.M), x, W, b, np.tanh(x @ W + b)


def _loss_inputs(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.M), draw.data(draw.N, draw.M)


def _net_inputs(draw: RandomCase) -> tuple[Any, ...]:
    widths = (draw.D, draw.H, draw.H if draw.diagnosis_only else draw.M + 1, draw.M)
    layers = [part for n, m in pairwise(widths) for part in (draw.weights(n, m) / 2, draw.weights(m))]
    return draw.data(draw.N, draw.D), draw.data(draw.N, draw.M), *layers


def _residual_inputs(draw: RandomCase) -> tuple[Any, ...]:
    W1, b1, W2, b2 = (
        draw.weights(draw.D, draw.H),
        draw.weights(draw.H),
        draw.weights(draw.H, draw.D),
        draw.weights(draw.D),
    )
    return draw.data(draw.N, draw.D), draw.data(draw.N, draw.D), W1, b1, W2, b2


def _path_inputs(draw: RandomCase) -> tuple[Any, ...]:
    H2 = draw.H if draw.diagnosis_only else draw.M + 1
    W1, b1, W2, b2 = draw.weights(draw.D, draw.H), draw.weights(draw.H), draw.weights(draw.H, H2) / 2, draw.weights(H2)
    i, j = int(draw.data_rng.integers(draw.D)), int(draw.data_rng.integers(draw.H))
    return draw.data(draw.D), W1, b1, W2, b2, draw.weights(H2), i, j


def _of_this_network(given: tuple[Any, ...], case: tuple[Any, ...]) -> bool:
    return all(any(np.array_equal(part, own) for own in case) for part in given[2:4])  # W and b


def _of_these_targets(given: tuple[Any, ...], case: tuple[Any, ...]) -> bool:
    return np.array_equal(given[1], case[1])


TASKS = (
    Task(
        Code(
            "A2.1",
            "A circuit with two forks",
            "Write circuit(a, b, c): the derivatives of L = (a b + tanh(c)) (a + c), as (da, db, dc).",
            teaches="04: what a fork does",
            solution=circuit,
            inputs=_numbers,
            outputs=("da", "db", "dc"),
            family="circuit",
            wrong=_CIRCUIT_WRONG,
        ),
        parts=(Part("da", 1), Part("db", 1), Part("dc", 1)),
    ),
    Task(
        Code(
            "A2.2",
            "Backward of a tanh layer",
            "Write tanh_layer_backward(dy, x, W, b, y) for y = tanh(x @ W + b): dx, dW, db.",
            teaches="05: a layer's backward",
            solution=tanh_layer_backward,
            inputs=_tanh_inputs,
            outputs=("dx", "dW", "db"),
            family="backward",
            wrong=tuple((name, functools.partial(_tanh_layer, change)) for name, change in _changes((0,), (1,))),
        ),
        parts=(Part("dx", 1.5), Part("dW", 1.5), Part("db", 1)),
    ),
    Task(
        Code(
            "A2.3",
            "The log-cosh loss",
            "Write log_cosh_loss(y, t): L, the mean over all entries of log(cosh(y - t)), and dy.",
            teaches="03: why a mean",
            solution=log_cosh_loss,
            inputs=_loss_inputs,
            outputs=("L", "dy"),
            family="loss",
            wrong=tuple(
                ("mean-over-samples", functools.partial(_over_samples, *what))
                for what in (("L",), ("dy",), ("L", "dy"))
            ),
        ),
        parts=(Part("L", 1), Part("dy", 2)),
    ),
    Task(
        Code(
            "A2.4",
            "A whole network",
            "Write gradients(x, t, W1, b1, W2, b2, W3, b3) for tanh, tanh, linear output and the log-cosh loss.",
            teaches="08: from the loop to matrices",
            solution=gradients,
            inputs=_net_inputs,
            outputs=("dW1", "db1", "dW2", "db2", "dW3", "db3"),
            family="network",
            wrong=(
                *(
                    (n, functools.partial(_gradients, change, _right_slope))
                    for n, change in _changes((0, 2, 4), (1, 3))
                ),
                ("output-derivative-missing", functools.partial(_gradients, _unchanged, lambda e: e / e.size)),
                (
                    "mean-over-samples",
                    functools.partial(_gradients, _unchanged, lambda e: parts.slope(parts.log_cosh, e) / len(e)),
                ),
            ),
        ),
        parts=(Part("dW1", 1.5), Part("db1", 0.5), Part("dW2", 1), Part("db2", 0.5), Part("dW3", 1), Part("db3", 0.5)),
        stand_ins=(
            StandIn("tanh_layer_backward", tanh_layer_backward, _of_this_network),
            StandIn("log_cosh_loss", log_cosh_loss, _of_these_targets),
        ),
    ),
    Task(
        Code(
            "A2.5",
            "A skip connection",
            "Write residual_backward(dy, x, W1, b1, W2, b2) for y = x + tanh(x @ W1 + b1) @ W2 + b2.",
            teaches="04: what a fork does",
            solution=residual_backward,
            inputs=_residual_inputs,
            outputs=("dx", "dW1", "db1", "dW2", "db2"),
            family="backward",
            wrong=(
                *((name, functools.partial(_residual, change, np.add)) for name, change in _changes((0, 2), (1,))),
                ("assigned-not-added", functools.partial(_residual, _unchanged, lambda dx, dy: dx)),
                ("assigned-not-added", functools.partial(_residual, _unchanged, lambda dx, dy: dy)),
            ),
        ),
        parts=(Part("dx", 1), Part("dW1", 0.5), Part("db1", 0.5), Part("dW2", 0.5), Part("db2", 0.5)),
    ),
    Task(
        Code(
            "A2.6",
            "The shares of the paths",
            "Write path_shares(x, W1, b1, W2, b2, w3, i, j): what each unit of layer 2 hands on to dy/dW1[i, j].",
            teaches="06: multiply along, add over",
            solution=path_shares,
            inputs=_path_inputs,
            outputs=("shares",),
            family="delta",
            wrong=tuple((name, functools.partial(_shares, change)) for name, change in _changes((), (1, 3))),
        )
    ),
)
