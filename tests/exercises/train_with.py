"""Trains with a learner's function in its place: everything else in the network is right.

This is what "it trains, so it must be right" looks at. 300 real digits, a few epochs, and the loss before and after,
measured with right code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.datasets import digits
from bplearn.exercises.chapters import chapter_05 as parts
from bplearn.exercises.chapters import chapter_09 as net
from bplearn.functional import sigmoid

EPOCHS, SIZE = 4, 32
Losses = tuple[float, float]


def train_with(number: str, answer: Any) -> Losses | None:
    """Return the loss before and after a training with this answer in it, or None where no training needs it.

    Whatever the answer raises comes through.
    """
    training = _TRAININGS.get(number)
    if training is None:
        return None
    with np.errstate(all="ignore"):
        return training(answer)


def _data() -> tuple[Array, Array]:
    data = digits().standardize()
    return data.x[:300], data.targets[:300]


def _start(rng: np.random.Generator) -> tuple[Array, ...]:
    return rng.normal(size=(64, 32)) / 8, np.zeros(32), rng.normal(size=(32, 10)) / 6, np.zeros(10)


def _orders(n: int) -> list[Array]:
    rng = np.random.default_rng(1)
    return [rng.permutation(n) for _ in range(EPOCHS)]


def _batches(n: int) -> Iterator[Array]:
    return (order[start : start + SIZE] for order in _orders(n) for start in range(0, n, SIZE))


def _relu_loss(x: Array, t: Array, parameters: Any) -> float:
    return float(net.loss(net.forward(x, *parameters)[2], t)[0])


def _sigmoid_loss(x: Array, t: Array, parameters: Any) -> float:
    W1, b1, W2, b2 = parameters
    y = sigmoid(sigmoid(x @ W1 + b1) @ W2 + b2)
    return float(np.sum((y - t) ** 2) / (2 * len(x)))


def _step(x: Array, t: Array, parameters: Any, **own: Any) -> Any:
    """One update of the ReLU network, with some of its functions replaced."""
    forward, loss = own.get("forward", net.forward), own.get("loss", net.loss)
    z1, a1, z2 = forward(x, *parameters)
    dz2 = np.asarray(loss(z2, t)[1])
    if "layer" in own:
        da1, dW2, db2 = own["layer"](dz2, a1, parameters[2])
        _, dW1, db1 = own["layer"](da1 * (z1 > 0), x, parameters[0])
        grads = dW1, db1, dW2, db2
    else:
        dz1 = own["relu"](dz2 @ parameters[2].T, z1) if "relu" in own else None
        dz1 = own.get("backward", net.backward)(dz2, parameters[2], z1) if dz1 is None else dz1
        grads = own.get("gradients", net.gradients)(x, a1, dz1, dz2)
    grads = [grads[name] for name in ("dW1", "db1", "dW2", "db2")] if isinstance(grads, dict) else grads
    return own.get("update", net.update)(parameters, grads, 0.1)


def _with(role: str) -> Callable[[Any], Losses]:
    """Return a training of the ReLU network in which the answer plays this role."""

    def training(answer: Any) -> Losses:
        (x, t), parameters = _data(), _start(np.random.default_rng(0))
        before = _relu_loss(x, t, parameters)
        for rows in _batches(len(x)):
            parameters = _step(x[rows], t[rows], parameters, **{role: answer})
        return before, _relu_loss(x, t, parameters)

    return training


def _squared(gradients: Callable[[Any], Callable[..., Any]]) -> Callable[[Any], Losses]:
    """Return a training of the sigmoid network; `gradients(answer)` makes its gradient function."""

    def training(answer: Any) -> Losses:
        (x, numbers), parameters = _data(), _start(np.random.default_rng(0))
        t, find = np.eye(10)[numbers], gradients(answer)
        before = _sigmoid_loss(x, t, parameters)
        for rows in _batches(len(x)):
            parameters = net.update(parameters, tuple(find(x[rows], t[rows], *parameters)), 1.0)
        return before, _sigmoid_loss(x, t, parameters)

    return training


def _from_parts(**own: Any) -> Callable[..., Any]:
    """Return the gradient function of the sigmoid network with one of its parts replaced."""

    def find(x: Array, t: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
        a1 = sigmoid(x @ W1 + b1)
        y = sigmoid(a1 @ W2 + b2)
        if "loss" in own:
            dz2 = own["loss"](y, t)[1] * y * (1 - y)
        else:
            dz2 = own.get("output", parts.output_delta)(y, t) / len(x)
        dz1 = own.get("hidden", parts.hidden_delta)(dz2, W2, a1)
        return net.gradients(x, a1, dz1, dz2)

    return find


def _steps(answer: Any) -> Losses:
    (x, numbers), parameters = _data(), _start(np.random.default_rng(0))
    t = np.eye(10)[numbers]
    before = _sigmoid_loss(x, t, parameters)
    for rows in _batches(len(x)):
        parameters = answer(x[rows], t[rows], *parameters, 1.0)
    return before, _sigmoid_loss(x, t, parameters)


def _whole_class(answer: Any) -> Losses:
    (x, t), parameters = _data(), _start(np.random.default_rng(0))
    network = answer(*parameters)
    before = _relu_loss(x, t, parameters)
    for rows in _batches(len(x)):
        network.forward(x[rows])
        network.backward(t[rows])
        network.step(0.1)
    return before, _relu_loss(x, t, (network.W1, network.b1, network.W2, network.b2))


def _loop(answer: Any) -> Losses:
    (x, t), parameters = _data(), _start(np.random.default_rng(0))
    before = _relu_loss(x, t, parameters)
    return before, _relu_loss(x, t, answer(x, t, parameters, 0.1, SIZE, np.array(_orders(len(x)))))


def _pairs(answer: Any) -> Losses:
    (x, t), parameters = _data(), _start(np.random.default_rng(0))
    before, rng = _relu_loss(x, t, parameters), np.random.default_rng(2)
    for _ in range(EPOCHS):
        for some_x, some_t in answer(x, t, SIZE, rng):
            parameters = _step(some_x, some_t, parameters)
    return before, _relu_loss(x, t, parameters)


def _epochs(answer: Any) -> Losses:
    (x, t), parameters = _data(), _start(np.random.default_rng(0))
    before = _relu_loss(x, t, parameters)

    def step(some_x: Array, some_t: Array) -> None:
        nonlocal parameters
        parameters = _step(some_x, some_t, parameters)

    answer(x, t, step, EPOCHS, SIZE, np.random.default_rng(2))
    return before, _relu_loss(x, t, parameters)


def _from_start(answer: Any) -> Losses:
    (x, t), parameters = _data(), _start(np.random.default_rng(0))
    W1, b1 = answer(64, 32, np.random.default_rng(0))
    parameters = (W1, b1, *parameters[2:])
    before = _relu_loss(x, t, parameters)
    for rows in _batches(len(x)):
        parameters = _step(x[rows], t[rows], parameters)
    return before, _relu_loss(x, t, parameters)


def _line(answer: Any) -> Losses:
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(60, 3)), np.zeros((3, 2)), np.zeros(2)
    t = x @ rng.normal(size=(3, 2)) + 1
    before = float(np.mean((x @ W + b - t) ** 2))
    W, b = answer(x, t, W, b, 0.05, 0.3, 30)
    return before, float(np.mean((x @ W + b - t) ** 2))


def _one_output(answer: Any) -> Losses:
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(60, 3)), np.zeros((3, 1))
    t = x @ rng.normal(size=3)
    before = float(np.mean(t**2))
    for _ in range(30):
        w = w - 0.1 * x.T @ answer(x @ w, t)[1]
    return before, float(np.mean(((x @ w)[:, 0] - t) ** 2))


_TRAININGS: dict[str, Callable[[Any], Losses]] = {
    "03.2": _squared(lambda answer: _from_parts(loss=answer)),
    "03.3": _one_output,
    "03.6": _with("loss"),
    "05.5": _squared(lambda answer: _from_parts(output=answer)),
    "05.6": _squared(lambda answer: _from_parts(hidden=answer)),
    "05.7": _with("layer"),
    "05.8": _with("relu"),
    "07.4": _steps,
    "08.2": _squared(lambda answer: answer),
    "09.1": _with("forward"),
    "09.2": _with("loss"),
    "09.3": _with("backward"),
    "09.4": _with("gradients"),
    "09.5": _with("update"),
    "09.6": _loop,
    "09.7": _whole_class,
    "11.2": _from_start,
    "12.2": _pairs,
    "12.3": _epochs,
    "13.4": _line,
}

TRAINED = tuple(_TRAININGS)
