"""Exercises of notebook 05: from the error at the output to the derivative for every weight.

The functions are the solutions that `solution("05.k")` shows; they are plain, as a learner would write them.
Their wrong versions come from the catalogue. Belongs to notebooks/05_backward_pass.ipynb.
"""
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: ANN001, ANN201, ANN202, RET504 (plain functions, and a name for every number)

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bplearn.exercises.engine.exercise import ArrayLayout, Code
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.texts import texts


def output_deltas_by_hand():
    """dE/dz at the two outputs of the 2-2-2 network."""
    y = np.array([0.751365069552, 0.772928465321])
    t = np.array([0.01, 0.99])
    dz2 = (y - t) * y * (1 - y)
    return dz2


def output_weights_by_hand():
    """dE/dw5..w8: w5, w6 lead to the first output, w7, w8 to the second."""
    a1 = np.array([0.593269992107, 0.596884378260])
    dz2 = np.array([0.138498561629, -0.038098236517])
    dW2 = np.outer(a1, dz2)
    return dW2.T


def hidden_deltas_by_hand():
    """dE/da and dE/dz at the two hidden neurons; w5, w6 lead to the first output, w7, w8 to the second."""
    a1 = np.array([0.593269992107, 0.596884378260])
    dz2 = np.array([0.138498561629, -0.038098236517])
    W2 = np.array([[0.40, 0.50], [0.45, 0.55]])
    da1 = dz2 @ W2.T
    dz1 = da1 * a1 * (1 - a1)
    return da1, dz1


def first_weights_by_hand():
    """dE/dw1..w4: w1, w2 lead to the first hidden neuron, w3, w4 to the second."""
    x = np.array([0.05, 0.10])
    dz1 = np.array([0.008771354689, 0.009954254705])
    dW1 = np.outer(x, dz1)
    return dW1.T


def output_delta(y, t):
    """dL/dz2 for L = sum of (y - t)^2 / 2 and y = sigmoid(z2). y, t (N, M) -> (N, M)."""
    dz2 = (y - t) * y * (1 - y)
    return dz2


def hidden_delta(dz2, W2, a1):
    """dL/dz1 for a1 = sigmoid(z1), z2 = a1 @ W2 + b2. dz2 (N, M), W2 (H, M), a1 (N, H) -> (N, H)."""
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    return dz1


def dense_backward(dy, x, W):
    """Backward of y = x @ W + b. dy (N, M), x (N, D), W (D, M) -> dx (N, D), dW (D, M), db (M,)."""
    dx = dy @ W.T
    dW = x.T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db


def relu_backward(dy, z):
    """Backward of y = max(z, 0). dy, z (N, H) -> dz (N, H)."""
    dz = dy * (z > 0)
    return dz


def _own_weights():
    """The error times the weight itself."""
    return 0.138498561629 * np.array([0.40, 0.45]), -0.038098236517 * np.array([0.50, 0.55])


def _own_first_weights():
    """The error times the weight itself."""
    return 0.008771354689 * np.array([0.15, 0.20]), 0.009954254705 * np.array([0.25, 0.30])


def _one_path(from_h1, from_h2):
    """Each hidden neuron sees the error of one output alone."""
    a1 = np.array([0.593269992107, 0.596884378260])
    dz2 = np.array([0.138498561629, -0.038098236517])
    W2 = np.array([[0.40, 0.50], [0.45, 0.55]])
    da1 = np.array([dz2[from_h1] * W2[0, from_h1], dz2[from_h2] * W2[1, from_h2]])
    return da1, da1 * a1 * (1 - a1)


def _answers(draw: RandomCase) -> tuple[Any, ...]:
    y = 1 / (1 + np.exp(-draw.data(draw.N, draw.M)))
    return y.astype(draw.dtype), draw.data(draw.N, draw.M)


def _hidden(draw: RandomCase) -> tuple[Any, ...]:
    a1 = (1 / (1 + np.exp(-draw.data(draw.N, draw.H)))).astype(draw.dtype)
    return draw.data(draw.N, draw.M), draw.weights(draw.H, draw.M), a1


def _dense(draw: RandomCase) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.M), draw.data(draw.N, draw.D), draw.weights(draw.D, draw.M)


def _relu(draw: RandomCase) -> tuple[Any, ...]:
    z = draw.until(lambda: draw.data(draw.N, draw.H), lambda z: np.abs(z).min() > 0.02 and z.min() < 0 < z.max())
    return draw.data(draw.N, draw.H), z


def _back(value: Any) -> Any:
    dx, dW, db = value
    return np.asarray(dx).T, np.asarray(dW).T, np.asarray(db).ravel()


DENSE_COLUMNS = ArrayLayout(
    "columns (a sample is a column, W has a row for each output)",
    forth=lambda arguments: tuple(argument.T.copy() for argument in arguments),
    back=_back,
)

EXERCISES = (
    Number(
        **texts("05.1"),
        solution=output_deltas_by_hand,
        outputs=("dE/dz of o1", "dE/dz of o2"),
    ),
    Number(
        **texts("05.2"),
        solution=output_weights_by_hand,
        outputs=("dw5", "dw6", "dw7", "dw8"),
        wrong=(("weight-for-input", _own_weights),),
    ),
    Number(
        **texts("05.3"),
        solution=hidden_deltas_by_hand,
        outputs=("dE/dh1", "dE/dh2", "dE/dz of h1", "dE/dz of h2"),
        wrong=tuple(
            ("one-path-only", functools.partial(_one_path, *outputs)) for outputs in ((0, 0), (1, 1), (0, 1), (1, 0))
        ),
    ),
    Number(
        **texts("05.4"),
        solution=first_weights_by_hand,
        outputs=("dw1", "dw2", "dw3", "dw4"),
        wrong=(("weight-for-input", _own_first_weights),),
    ),
    Code(
        **texts("05.5"),
        solution=output_delta,
        inputs=_answers,
        outputs=("dz2",),
        family="delta",
        without=("mean-missing", "mean-twice", "n-hard-coded"),
        wrong=(
            ("mean-for-sum", lambda y, t: (y - t) * y * (1 - y) / len(y)),
            ("mean-for-sum", lambda y, t: (y - t) * y * (1 - y) / y.size),
        ),
    ),
    Code(
        **texts("05.6"),
        solution=hidden_delta,
        inputs=_hidden,
        outputs=("dz1",),
        family="delta",
        without=("updated-before-hidden-error",),
    ),
    Code(
        **texts("05.7"),
        solution=dense_backward,
        inputs=_dense,
        outputs=("dx", "dW", "db"),
        family="backward",
        layouts=(DENSE_COLUMNS,),
    ),
    Code(
        **texts("05.8"),
        solution=relu_backward,
        inputs=_relu,
        outputs=("dz",),
        family="relu",
    ),
)
