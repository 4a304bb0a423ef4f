"""Exercises of notebook 04: derivatives on circuits of single operations, and what a fork does.

The functions are the solutions that `solution("04.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/04_chain_rule.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202 (plain functions, and a name for every number)

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def circuit_by_hand():
    """F = (x + y) z at x = 3, y = -5, z = 7."""
    x, y, z = 3.0, -5.0, 7.0
    q = x + y
    df = 1.0
    dq = df * z
    dz = df * q
    dx = dq
    dy = dq
    return dx, dy, dz


def _local_only():
    """Each operation's own derivatives, without what comes from behind."""
    return 1.0, 1.0, -2.0


def _circuit_local_only(a, b, c, f):  # noqa: ARG001
    """Each operation's own derivatives, without what comes from behind."""
    return b, a, 1.0, a * b + c


def circuit(a, b, c, f):
    """The derivatives of L = (a b + c) f."""
    e = a * b
    d = e + c
    dL = 1.0
    dd = dL * f
    df = dL * d
    de = dd
    dc = dd
    da = de * b
    db = de * a
    return da, db, dc, df


def fork(a, b):
    """The derivatives of L = (a b) (a + b): both a and b are used twice."""
    p = a * b
    s = a + b
    dp = s
    ds = p
    da = dp * b
    db = dp * a
    da += ds
    db += ds
    return da, db


def graph_backward(operations, values):
    """The derivative of the last value for every value. An operation is (kind, i, j): "add", "mul", "max" or "exp"."""
    first = len(values) - len(operations)
    grads = [0.0] * len(values)
    grads[-1] = 1.0
    for place in reversed(range(len(operations))):
        kind, i, j = operations[place]
        g = grads[first + place]
        if kind == "add":
            grads[i] += g
            grads[j] += g
        elif kind == "mul":
            grads[i] += g * values[j]
            grads[j] += g * values[i]
        elif kind == "max":
            k = i if values[i] > values[j] else j
            grads[k] += g
        else:
            grads[i] += g * values[first + place]
    return grads


def sigmoid_neuron_by_hand():
    """The derivatives of a = sigmoid(w1 x1 + w2 x2 + b) for both weights and the bias, whose input is 1."""
    w = np.array([2.0, -3.0, -3.0])
    x = np.array([3.0, 2.0, 1.0])
    z = x @ w
    a = 1 / (1 + np.exp(-z))
    dz = 1.0 * a * (1 - a)
    dw1, dw2, db = dz * x
    return dw1, dw2, db


def _four(draw: RandomCase) -> tuple[Any, ...]:
    return tuple(float(number) for number in draw.data(4) + 0.1)


def _two(draw: RandomCase) -> tuple[Any, ...]:
    return tuple(float(number) for number in draw.data(2) + 0.1)


_DO: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "mul": operator.mul,
    "max": max,
    "exp": lambda u, _: math.exp(u),
}


def _graph(draw: RandomCase) -> tuple[Any, ...]:
    """A random graph of all four kinds, in which most values are used more than once, on either side."""
    values = [float(number) for number in draw.data(2 + draw.N % 3) + 0.3]
    operations = []
    for step in range(draw.N + 5):
        last, kind = len(values) - 1, ("add", "mul", "exp", "max")[step % 4]
        if kind == "exp" and abs(values[last]) > 2:  # its exp would drown all others
            kind = "add"
        other = last if kind == "exp" else int(draw.data_rng.integers(0, len(values)))  # perhaps the same value twice
        if kind == "max" and values[last] == values[other]:  # a tie is a kink
            other = last - 1
        i, j = (last, other) if draw.data_rng.random() < 0.5 else (other, last)
        operations.append((kind, i, j))
        values.append(_DO[kind](values[i], values[j]))
    return operations, values


EXERCISES = (
    Number(
        **texts("04.1"),
        solution=circuit_by_hand,
        outputs=("dx", "dy", "dz"),
        wrong=(
            ("incoming-derivative-forgotten", _local_only),
            ("worked-example", lambda: (-4.0, -4.0, 3.0)),
            ("sum-as-product", lambda: (-35.0, 21.0, -15.0)),
            ("sum-as-product", lambda: (7.0, 7.0, -15.0)),
            ("sign-lost", lambda: (7.0, 7.0, 8.0)),
            ("value-for-derivative", lambda: (-14.0, -14.0, -14.0)),
            ("product-as-sum", lambda: (5.0, 5.0, -2.0)),
            ("own-value-too", lambda: (21.0, -35.0, -14.0)),
            ("own-value-too", lambda: (21.0, -35.0, -2.0)),
        ),
    ),
    Code(
        **texts("04.2"),
        solution=circuit,
        inputs=_four,
        outputs=("da", "db", "dc", "df"),
        family="circuit",
        wrong=(("incoming-derivative-forgotten", _circuit_local_only),),
    ),
    Code(
        **texts("04.3"),
        solution=fork,
        inputs=_two,
        outputs=("da", "db"),
        family="circuit",
    ),
    Code(
        **texts("04.4"),
        solution=graph_backward,
        inputs=_graph,
        outputs=("derivatives",),
        family="circuit",
        extra=(("a graph that ends in exp", ([("mul", 0, 1), ("exp", 2, 2)], [0.5, 1.2, 0.6, math.exp(0.6)])),),
        small=(
            ('operations = [("mul", 0, 1)], values = [2, 3, 6]', ([("mul", 0, 1)], [2.0, 3.0, 6.0])),
            ('operations = [("add", 0, 1)], values = [2, 3, 5]', ([("add", 0, 1)], [2.0, 3.0, 5.0])),
            ('operations = [("add", 0, 0)], values = [2, 4]', ([("add", 0, 0)], [2.0, 4.0])),
            ('operations = [("max", 0, 1)], values = [2, 3, 3]', ([("max", 0, 1)], [2.0, 3.0, 3.0])),
            ('operations = [("exp", 0, 0)], values = [0, 1]', ([("exp", 0, 0)], [0.0, 1.0])),
            (
                'operations = [("add", 0, 1), ("mul", 2, 0)], values = [2, 3, 5, 10]',
                ([("add", 0, 1), ("mul", 2, 0)], [2.0, 3.0, 5.0, 10.0]),
            ),
        ),
    ),
    Number(
        **texts("04.5"),
        solution=sigmoid_neuron_by_hand,
        outputs=("dw1", "dw2", "db"),
        without=("some-inputs-only",),  # the last one is the bias
        wrong=(
            ("worked-example", lambda: (-0.19661193, -0.39322387, 0.19661193)),
            ("bias-forgotten", lambda: (0.75, 0.5, 0.25)),
            ("weight-for-input", lambda: (2 * 0.0451767, -3 * 0.0451767, 0.0451767)),
        ),
    ),
)
