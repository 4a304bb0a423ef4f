"""Exercises of notebook 15: the backward of single operations on arrays, and four training loops that are sick.

The functions are the solutions that `solution("15.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/15_autograd.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, RET504 (plain functions, and a name for every number)

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts
from bplearn.explain.autograd import Tensor


def unbroadcast(dy, shape):
    """The error of an array of this shape that broadcasting has copied to the shape of dy."""
    while dy.ndim > len(shape):
        dy = dy.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            dy = dy.sum(axis=axis, keepdims=True)
    return dy


def divide_backward(dy, a, b):
    """The errors of a and b for y = a / b, all of one shape."""
    da = dy / b
    db = -dy * a / b**2
    return da, db


def three_calls():
    """What w.grad holds for the loss w * w * w at w = 2, after three calls of backward and no zero_grad."""
    w = 2
    slope = 3 * w**2
    grad = slope + slope + slope
    return grad


def train(x, t, w, learning_rate, steps):
    """Train y = x @ w on the mean squared error for a number of steps; return the last w as an array."""
    w = Tensor(w, requires_grad=True)
    for _ in range(steps):
        w.zero_grad()
        loss = ((Tensor(x) @ w - t) ** 2).mean()
        loss.backward()
        w.data = w.data - learning_rate * w.grad
    return w.data


def cross_entropy(logits, t):
    """The mean cross-entropy of raw scores and class numbers, as PyTorch's: it holds the softmax."""
    shifted = logits - logits.data.max(axis=1, keepdims=True)
    log_p = shifted - shifted.exp().sum(axis=1, keepdims=True).log()
    return -log_p[np.arange(len(t)), t].mean()


def loss_and_gradient(x, t, W, cross_entropy):
    """The loss of the scores x @ W, and its gradient by W."""
    W = Tensor(W, requires_grad=True)
    loss = cross_entropy(Tensor(x) @ W, t)
    loss.backward()
    return loss.data, W.grad


def summed_loss(x, t, W, cross_entropy):
    """The same with the samples' losses added up."""
    W = Tensor(W, requires_grad=True)
    loss = cross_entropy(Tensor(x) @ W, t) * len(t)
    loss.backward()
    return loss.data, W.grad


def mean_gradient(x, t, w):
    """The gradient of the mean squared error of y = x @ w, for a batch of any size."""
    w = Tensor(w, requires_grad=True)
    loss = ((Tensor(x) @ w - t) ** 2).mean()
    loss.backward()
    return w.grad


def halved_gradient(x, t, w):
    """The same of half the squared error."""
    return mean_gradient(x, t, w) / 2


def two_layers(x, t, W1, W2):
    """The gradients of the mean squared error of y = tanh(x @ W1) @ W2."""
    W1, W2 = Tensor(W1, requires_grad=True), Tensor(W2, requires_grad=True)
    error = (Tensor(x) @ W1).tanh() @ W2 - t
    loss = (error * error).mean()
    loss.backward()
    return W1.grad, W2.grad


def two_layers_summed(x, t, W1, W2):
    """The same of the summed squared error."""
    dW1, dW2 = two_layers(x, t, W1, W2)
    return dW1 * t.size, dW2 * t.size


def _copied(draw: RandomCase) -> tuple[Any, ...]:
    shapes = ((draw.H,), (draw.N, 1), (1, draw.H), (draw.N, draw.H), ())
    dy = draw.data(draw.N, draw.H)
    return dy, shapes[(draw.network + draw.batch) % len(shapes)]


def _quotient(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.H), draw.data(draw.N, draw.H), draw.weights(draw.N, draw.H)


def _line(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.D), draw.data(draw.N, 1), draw.weights(draw.D, 1)


def _training(draw: RandomCase) -> tuple[Any, ...]:
    return *_line(draw), draw.setting(0.1, 0.02, 0.2), 3


def _classes(draw: RandomCase) -> tuple[Any, ...]:
    x, t = draw.data(draw.N, draw.D), draw.data_rng.integers(0, draw.M, draw.N)
    return x, t, draw.weights(draw.D, draw.M), cross_entropy


def _network(draw: RandomCase) -> tuple[Any, ...]:
    x, t = draw.data(draw.N, draw.D), draw.data(draw.N, draw.M)
    return x, t, draw.weights(draw.D, draw.H), draw.weights(draw.H, draw.M)


EVERY_SHAPE = tuple(
    (f"an array of shape {shape}", (np.random.default_rng(15).normal(size=(3, 4)), shape))
    for shape in ((4,), (3, 1), (1, 4), (1, 1), (1,), (3, 4), ())
)

EXERCISES = (
    Code(**texts("15.1"), solution=divide_backward, inputs=_quotient, outputs=("da", "db"), family="backward"),
    Code(
        **texts("15.2"),
        solution=unbroadcast,
        inputs=_copied,
        outputs=("dx",),
        family="fork",
        extra=EVERY_SHAPE,
    ),
    Number(
        **texts("15.3"),
        solution=three_calls,
        outputs=("w.grad",),
        wrong=(
            ("loss-for-derivative", lambda: 8.0),
            ("loss-for-derivative", lambda: 24.0),
            ("one-call-missing", lambda: 24.0),
            ("factor-of-the-slope-missing", lambda: 4.0),
            ("power-lowered-twice", lambda: 6.0),
            ("factor-two", lambda: 18.0),
        ),
    ),
    Code(
        **texts("15.4"),
        solution=train,
        inputs=_training,
        outputs=("w",),
        family="tensor",
        planted=("zero-grad-forgotten",),
    ),
    Code(
        **texts("15.5"),
        solution=loss_and_gradient,
        inputs=_classes,
        outputs=("L", "dW"),
        family="tensor",
        planted=("softmax-before-cross-entropy",),
        wrong=(("sum-of-the-losses", summed_loss),),
    ),
    Code(
        **texts("15.6"),
        solution=mean_gradient,
        inputs=_line,
        outputs=("dw",),
        family="tensor",
        planted=("sum-of-the-losses",),
        wrong=(("factor-two", halved_gradient),),
    ),
    Code(
        **texts("15.7"),
        solution=two_layers,
        inputs=_network,
        outputs=("dW1", "dW2"),
        family="tensor",
        planted=("detached",),
        wrong=(("sum-of-the-losses", two_layers_summed),),
    ),
)
