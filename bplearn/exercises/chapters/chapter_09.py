"""Exercises of notebook 09: a whole network in faded steps: its parts, the training loop, all of it, then any depth.

The functions are the solutions that `solution("09.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/09_write_your_own_backprop.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, var-annotated"
# ruff: noqa: ANN001, ANN201, ANN204, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.chapters.layer_lists import gradients_by_layer, layer_list
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def forward(x, W1, b1, W2, b2):
    """A ReLU layer and a layer of scores: x (N, D) -> z1, a1 (N, H), z2 (N, C)."""
    z1 = x @ W1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    return z1, a1, z2


def loss(z2, t):
    """Softmax cross-entropy: scores z2 (N, C), class numbers t (N,) -> L, dz2 (N, C)."""
    N = len(z2)
    raised = np.exp(z2 - z2.max(axis=1, keepdims=True))
    p = raised / raised.sum(axis=1, keepdims=True)
    L = -np.sum(np.log(p[np.arange(N), t])) / N
    truth = np.eye(z2.shape[1])[t]
    dz2 = (p - truth) / N
    return L, dz2


def backward(dz2, W2, z1):
    """From the error at the scores to the error at the hidden layer: dz2 (N, C), W2 (H, C), z1 (N, H) -> dz1 (N, H)."""
    dz1 = dz2 @ W2.T * (z1 > 0)
    return dz1


def gradients(x, a1, dz1, dz2):
    """From the errors of both layers to the derivatives of all parameters."""
    dW1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    return dW1, db1, dW2, db2


def update(parameters, grads, learning_rate):
    """New (W1, b1, W2, b2) from the old ones and their derivatives."""
    W1, b1, W2, b2 = parameters
    dW1, db1, dW2, db2 = grads
    W1 = W1 - learning_rate * dW1
    b1 = b1 - learning_rate * db1
    W2 = W2 - learning_rate * dW2
    b2 = b2 - learning_rate * db2
    return W1, b1, W2, b2


def train(x, t, parameters, learning_rate, batch_size, orders):
    """One epoch for each order in `orders`: batches of rows in that order, one update for each batch."""
    for order in orders:
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            z1, a1, z2 = forward(x[rows], *parameters)
            _, dz2 = loss(z2, t[rows])
            dz1 = backward(dz2, parameters[2], z1)
            grads = gradients(x[rows], a1, dz1, dz2)
            parameters = update(parameters, grads, learning_rate)
    return parameters


class Network:
    """A ReLU layer and a layer of scores, trained with softmax cross-entropy."""

    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def forward(self, x):
        """Return the scores z2 (N, C) and keep what backward needs."""
        z1 = x @ self.W1 + self.b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ self.W2 + self.b2
        self.cache = x, z1, a1, z2
        return z2

    def backward(self, t):
        """Return the loss for class numbers t (N,) and set dW1, db1, dW2, db2."""
        x, z1, a1, z2 = self.cache
        N = len(x)
        raised = np.exp(z2 - z2.max(axis=1, keepdims=True))
        p = raised / raised.sum(axis=1, keepdims=True)
        L = -np.sum(np.log(p[np.arange(N), t])) / N
        truth = np.eye(z2.shape[1])[t]
        dz2 = (p - truth) / N
        dz1 = dz2 @ self.W2.T * (z1 > 0)
        self.dW1 = x.T @ dz1
        self.db1 = dz1.sum(axis=0)
        self.dW2 = a1.T @ dz2
        self.db2 = dz2.sum(axis=0)
        return L

    def step(self, learning_rate):
        """One step of gradient descent."""
        self.W1 = self.W1 - learning_rate * self.dW1
        self.b1 = self.b1 - learning_rate * self.db1
        self.W2 = self.W2 - learning_rate * self.dW2
        self.b2 = self.b2 - learning_rate * self.db2


def deep_gradients(x, t, layers):
    """Backprop through a list of layers (W, b): a ReLU between them, softmax cross-entropy on top."""
    a, inputs = x, []
    for W, b in layers:
        inputs.append(a)
        z = a @ W + b
        a = np.maximum(z, 0)
    _, delta = loss(z, t)
    grads = []
    for a, (W, _) in zip(reversed(inputs), reversed(layers), strict=True):
        dW = a.T @ delta
        db = delta.sum(axis=0)
        grads = [(dW, db), *grads]
        delta = delta @ W.T * (a > 0)
    return grads


def _parameters(draw: RandomCase) -> tuple[Any, ...]:
    return (
        draw.weights(draw.D, draw.H),
        draw.weights(draw.H),
        draw.weights(draw.H, draw.M + 1),
        draw.weights(draw.M + 1),
    )


def _inputs(draw: RandomCase, W1: Any, b1: Any, rows: int) -> Any:
    """Return samples whose hidden units are away from the kink of the ReLU, some of them on, some off."""

    def good(x: Any) -> bool:
        z1 = x @ W1 + b1
        return bool(np.abs(z1).min() > 0.02 and z1.min() < 0 < z1.max())

    return draw.until(lambda: draw.data(rows, draw.D), good)


def _classes(draw: RandomCase, rows: int) -> Any:
    return draw.data_rng.integers(0, draw.M + 1, rows)


def _forward(draw: RandomCase) -> tuple[Any, ...]:
    W1, b1, W2, b2 = _parameters(draw)
    return _inputs(draw, W1, b1, draw.N), W1, b1, W2, b2


def _loss(draw: RandomCase) -> tuple[Any, ...]:
    return 2 * draw.data(draw.N, draw.M + 1), _classes(draw, draw.N)


def _backward(draw: RandomCase) -> tuple[Any, ...]:
    x, W1, b1, W2, _ = _forward(draw)
    return draw.data(draw.N, draw.M + 1), W2, x @ W1 + b1


def _gradients(draw: RandomCase) -> tuple[Any, ...]:
    return (
        draw.data(draw.N, draw.D),
        np.abs(draw.data(draw.N, draw.H)),
        draw.data(draw.N, draw.H),
        draw.data(draw.N, draw.M + 1),
    )


def _update(draw: RandomCase) -> tuple[Any, ...]:
    parameters = _parameters(draw)
    return parameters, tuple(draw.data(*p.shape) for p in parameters), draw.setting(0.3, 0.05, 0.9)


def _train(draw: RandomCase) -> tuple[Any, ...]:
    parameters = tuple(0.5 * p for p in _parameters(draw))
    rows = 2 * draw.N + 1  # 7 to 13 samples in batches of 3 or 4: the last batch is a partial one
    size = 4 if rows % 4 else 3
    orders = np.array([draw.data_rng.permutation(rows) for _ in range(3)])
    x = _inputs(draw, parameters[0], parameters[1], rows)
    return x, _classes(draw, rows), parameters, draw.setting(0.2, 0.1, 0.4), size, orders


def _network(draw: RandomCase) -> tuple[Any, ...]:
    parameters = _parameters(draw)
    later = draw.N if draw.diagnosis_only or draw.network == 2 else draw.N + 2  # of one size, stale numbers show
    first, second = (_inputs(draw, parameters[0], parameters[1], rows) for rows in (draw.N, later))
    return first, _classes(draw, draw.N), second, _classes(draw, later), draw.setting(0.01, 0.005, 0.02), *parameters


def _two_batches(answer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Drive a class through two batches with a step after each, while another network is at work."""
    x, t, next_x, next_t, learning_rate, *parameters = arguments
    network = answer(*(p.copy() for p in parameters))
    other = answer(*(0.5 * p for p in parameters))
    seen = [np.array(network.forward(x))]
    other.forward(next_x)
    seen += [network.backward(t)]
    other.backward(next_t)
    seen += [np.array(getattr(network, name)) for name in ("dW1", "db1", "dW2", "db2")]
    network.step(learning_rate)
    other.step(3 * learning_rate)
    seen += [np.array(getattr(network, name)) for name in ("W1", "b1", "W2", "b2")]
    seen += [np.array(network.forward(next_x)), network.backward(next_t)]
    seen += [np.array(getattr(network, name)) for name in ("dW1", "db1", "dW2", "db2")]
    network.step(2 * learning_rate)
    other.step(learning_rate)
    seen += [np.array(getattr(network, name)) for name in ("W1", "b1", "W2", "b2")]
    return tuple(seen)


NETWORK_OUTPUTS = (
    *("z2", "L", "dW1", "db1", "dW2", "db2", "new W1", "new b1", "new W2", "new b2"),
    *(f"second batch's {name}" for name in ("z2", "L", "dW1", "db1", "dW2", "db2")),
    *(f"second batch's new {name}" for name in ("W1", "b1", "W2", "b2")),
)

EXERCISES = (
    Code(
        **texts("09.1"),
        solution=forward,
        inputs=_forward,
        outputs=("z1", "a1", "z2"),
        family="forward",
    ),
    Code(
        **texts("09.2"),
        solution=loss,
        inputs=_loss,
        outputs=("L", "dz2"),
        family="loss",
    ),
    Code(
        **texts("09.3"),
        solution=backward,
        inputs=_backward,
        outputs=("dz1",),
        family="delta",
    ),
    Code(
        **texts("09.4"),
        solution=gradients,
        inputs=_gradients,
        outputs=("dW1", "db1", "dW2", "db2"),
        family="backward",
    ),
    Code(
        **texts("09.5"),
        solution=update,
        inputs=_update,
        outputs=("new W1", "new b1", "new W2", "new b2"),
        family="update",
    ),
    Code(
        **texts("09.6"),
        solution=train,
        inputs=_train,
        outputs=("new W1", "new b1", "new W2", "new b2"),
        family="loop",
    ),
    Code(
        **texts("09.7"),
        solution=Network,
        inputs=_network,
        outputs=NETWORK_OUTPUTS,
        family="class",
        observe=_two_batches,
        calls="x, t, next x, next t, learning_rate, W1, b1, W2, b2",
    ),
    Code(
        **texts("09.8"),
        solution=deep_gradients,
        inputs=layer_list,
        outputs=("dW[0]", "db[0]", "the gradients between", "dW[-1]", "db[-1]"),
        family="depth",
        observe=gradients_by_layer,
    ),
)
