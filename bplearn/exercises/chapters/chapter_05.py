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

from bplearn.exercises.engine.exercise import Code, Layout, Numbers
from bplearn.exercises.engine.random_cases import Draw


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


def _answers(draw: Draw) -> tuple[Any, ...]:
    y = 1 / (1 + np.exp(-draw.data(draw.N, draw.M)))
    return y.astype(draw.dtype), draw.data(draw.N, draw.M)


def _hidden(draw: Draw) -> tuple[Any, ...]:
    a1 = (1 / (1 + np.exp(-draw.data(draw.N, draw.H)))).astype(draw.dtype)
    return draw.data(draw.N, draw.M), draw.weights(draw.H, draw.M), a1


def _dense(draw: Draw) -> tuple[Any, ...]:
    return draw.data(draw.N, draw.M), draw.data(draw.N, draw.D), draw.weights(draw.D, draw.M)


def _relu(draw: Draw) -> tuple[Any, ...]:
    z = draw.until(lambda: draw.data(draw.N, draw.H), lambda z: np.abs(z).min() > 0.02 and z.min() < 0 < z.max())
    return draw.data(draw.N, draw.H), z


def _back(value: Any) -> Any:
    dx, dW, db = value
    return np.asarray(dx).T, np.asarray(dW).T, np.asarray(db).ravel()


DENSE_COLUMNS = Layout(
    "columns (a sample is a column, W has a row for each output)",
    forth=lambda arguments: tuple(argument.T.copy() for argument in arguments),
    back=_back,
)

_GIVEN = "In the 2-2-2 network y = (0.751365, 0.772928), t = (0.01, 0.99), h = (0.593270, 0.596884). "

EXERCISES = (
    Numbers(
        "05.1",
        "The error at the outputs",
        _GIVEN + "Type dE/dz for both outputs as a pair, three significant digits or more.",
        (
            "Two factors: how E changes with y, and how y changes with z.",
            "dE/dy is y - t, and the sigmoid's slope is y (1 - y).",
            "For the first output: 0.7414 times 0.1868.",
        ),
        "05: the error at the output",
        solution=output_deltas_by_hand,
        outputs=("dE/dz of o1", "dE/dz of o2"),
    ),
    Numbers(
        "05.2",
        "The derivatives of the output weights",
        _GIVEN + "dE/dz at the outputs is (0.138499, -0.038098). Type dE/dw5, dE/dw6, dE/dw7, dE/dw8; w5 and w6 lead "
        "from h1 and h2 to the first output, w7 and w8 to the second.",
        (
            "A weight's derivative is what went in at its one end times the error at its other end.",
            "w5 starts at h1 and ends at the first output.",
            "w6 starts at h2 and still ends at the first output.",
        ),
        "05: the derivative of a weight",
        solution=output_weights_by_hand,
        outputs=("dw5", "dw6", "dw7", "dw8"),
        wrong=(("weight-for-input", _own_weights),),
    ),
    Numbers(
        "05.3",
        "The error at the hidden neurons",
        _GIVEN + "dE/dz at the outputs is (0.138499, -0.038098); w5..w8 = 0.40, 0.45, 0.50, 0.55. "
        "Type dE/dh1, dE/dh2, then dE/dz of h1 and of h2: four numbers.",
        (
            "h1 reaches E through both outputs: two paths, to be added.",
            "h1 leaves through w5 (to the first output) and w7 (to the second).",
            "From dE/dh to dE/dz it is one more factor: h (1 - h).",
        ),
        "05: the error at a hidden neuron",
        solution=hidden_deltas_by_hand,
        outputs=("dE/dh1", "dE/dh2", "dE/dz of h1", "dE/dz of h2"),
        wrong=tuple(
            ("one-path-only", functools.partial(_one_path, *outputs)) for outputs in ((0, 0), (1, 1), (0, 1), (1, 0))
        ),
    ),
    Numbers(
        "05.4",
        "The derivatives of the first weights",
        "The inputs are (0.05, 0.10), dE/dz at the hidden neurons is (0.0087714, 0.0099543). Type dE/dw1, dE/dw2, "
        "dE/dw3, dE/dw4; w1 and w2 lead from x1 and x2 to h1, w3 and w4 to h2.",
        (
            "It is the rule of the output weights, one layer earlier.",
            "w1 starts at x1 = 0.05 and ends at h1.",
            "w2 starts at x2 = 0.10 and still ends at h1.",
        ),
        "05: the derivative of a weight",
        solution=first_weights_by_hand,
        outputs=("dw1", "dw2", "dw3", "dw4"),
        wrong=(("weight-for-input", _own_first_weights),),
    ),
    Code(
        "05.5",
        "The error at the output, as code",
        "Write output_delta(y, t) for y = sigmoid(z2) and t (N, M): the derivative for z2 of the sum (not "
        "the mean) of (y - t)² / 2.",
        (
            "The same two factors as by hand.",
            "The slope of the sigmoid can be computed from y alone.",
            "y - t, times y, times 1 - y.",
        ),
        "05: the error at the output",
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
        "05.6",
        "The error at the hidden layer",
        "Write hidden_delta(dz2, W2, a1): from dL/dz2 (N, M), W2 (H, M) and a1 = sigmoid(z1) (N, H) to dL/dz1 (N, H).",
        (
            "First back through the weights: dL/da1 has the shape of a1.",
            "(N, M) times what gives (N, H)? W2 is (H, M).",
            "Then the slope of the sigmoid at the hidden layer, from a1.",
        ),
        "05: the error at a hidden neuron",
        solution=hidden_delta,
        inputs=_hidden,
        outputs=("dz1",),
        family="delta",
        without=("updated-before-hidden-error",),
    ),
    Code(
        "05.7",
        "Backward of a layer",
        "Write dense_backward(dy, x, W) for y = x @ W + b: return dx (N, D), dW (D, M), db (M,). "
        "In columns, dy (M, N), x (D, N), W (M, D) -> dx (D, N), dW (M, D), db (M, 1) is right as well.",
        (
            "Let the shapes lead: each derivative has the shape of what it belongs to.",
            "dW (D, M) is made of x (N, D) and dy (N, M): which of them must be turned?",
            "The bias is used once for each sample: over its uses, add.",
        ),
        "05: a layer's backward",
        solution=dense_backward,
        inputs=_dense,
        outputs=("dx", "dW", "db"),
        family="backward",
        layouts=(DENSE_COLUMNS,),
    ),
    Code(
        "05.8",
        "Backward of a ReLU",
        "Write relu_backward(dy, z) for y = max(z, 0): return dz, and leave dy as it is.",
        (
            "Where z is positive the ReLU passes everything on; where it is negative, nothing.",
            "`z > 0` is an array of True and False; times dy it counts as 1 and 0.",
            "Make a new array. An assignment such as dy[...] = 0 would change the caller's dy.",
        ),
        "05: a layer's backward",
        solution=relu_backward,
        inputs=_relu,
        outputs=("dz",),
        family="relu",
    ),
)
