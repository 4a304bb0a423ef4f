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

DZ_O1, DZ_O2 = -0.044580728144, 0.133901615244  # dE/dz of the 2-2-2 network for the targets (0.99, 0.01)
DZ_H1, DZ_H2 = 0.011852332803, 0.012893164267
H1, H2 = 0.593269992107, 0.596884378260


def output_deltas_by_hand():
    """dE/dz at the two outputs of the 2-2-2 network, for swapped targets."""
    y = np.array([0.751365069552, 0.772928465321])
    t = np.array([0.99, 0.01])
    dz2 = (y - t) * y * (1 - y)
    return dz2


def output_weights_by_hand():
    """dE/dw6 and dE/dw7: w6 leads from h2 to the first output, w7 from h1 to the second."""
    a1 = np.array([0.593269992107, 0.596884378260])
    dz2 = np.array([DZ_O1, DZ_O2])
    dW2 = np.outer(a1, dz2)
    return dW2[1, 0], dW2[0, 1]


def hidden_deltas_by_hand():
    """dE/da and dE/dz at the second hidden neuron; w6 leads from it to the first output, w8 to the second."""
    a1 = np.array([0.593269992107, 0.596884378260])
    dz2 = np.array([DZ_O1, DZ_O2])
    W2 = np.array([[0.40, 0.50], [0.45, 0.55]])
    da1 = dz2 @ W2.T
    dz1 = da1 * a1 * (1 - a1)
    return da1[1], dz1[1]


def first_weights_by_hand():
    """dE/dw2 and dE/dw3: w2 leads from x2 to the first hidden neuron, w3 from x1 to the second."""
    x = np.array([0.05, 0.10])
    dz1 = np.array([DZ_H1, DZ_H2])
    dW1 = np.outer(x, dz1)
    return dW1[1, 0], dW1[0, 1]


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
    return DZ_O1 * 0.45, DZ_O2 * 0.50


def _slopes_of_hidden():
    """The slope of the hidden neurons in place of the outputs'."""
    return (0.751365069552 - 0.99) * H1 * (1 - H1), (0.772928465321 - 0.01) * H2 * (1 - H2)


def _own_first_weights():
    """The error times the weight itself."""
    return DZ_H1 * 0.20, DZ_H2 * 0.25


def _times_rate(derivatives):
    """The change of a step with learning rate 0.5, without its minus."""
    return 0.5 * np.array(derivatives())


def _one_path(dz, w):
    """The hidden neuron sees the error of one output alone."""
    return dz * w, dz * w * H2 * (1 - H2)


def _both_paths(first, second):
    """The hidden neuron is left through the weights of another one."""
    dh = DZ_O1 * first + DZ_O2 * second
    return dh, dh * H2 * (1 - H2)


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
        wrong=(
            ("worked-example", lambda: (0.138498561629, -0.038098236517)),
            ("another-place", _slopes_of_hidden),
        ),
    ),
    Number(
        **texts("05.2"),
        solution=output_weights_by_hand,
        outputs=("dw6", "dw7"),
        wrong=(
            ("weight-for-input", _own_weights),
            ("another-place", lambda: (DZ_O1 * H1, DZ_O2 * H2)),
            ("another-place", lambda: (DZ_O2 * H2, DZ_O1 * H1)),
            ("worked-example", lambda: (0.082667627848, -0.022602540477)),
            ("slope-too-many", lambda: (DZ_O1 * H2 * H2 * (1 - H2), DZ_O2 * H1 * H1 * (1 - H1))),
            ("another-place", lambda: (DZ_O1 * 0.10, DZ_O2 * 0.05)),
            ("output-for-hidden", lambda: (DZ_O1 * 0.751365, DZ_O2 * 0.772928)),
            ("rate-in-derivative", functools.partial(_times_rate, output_weights_by_hand)),
            ("factor-two", functools.partial(_times_rate, output_weights_by_hand)),
        ),
    ),
    Number(
        **texts("05.3"),
        solution=hidden_deltas_by_hand,
        outputs=("dE/dh2", "dE/dz of h2"),
        without=("reshaped-not-transposed",),
        wrong=(
            ("one-path-only", functools.partial(_one_path, DZ_O1, 0.45)),
            ("one-path-only", functools.partial(_one_path, DZ_O2, 0.55)),
            ("another-place", lambda: _both_paths(0.40, 0.50)),
            ("paths-subtracted", lambda: _both_paths(0.45, -0.55)),
            ("paths-subtracted", lambda: _both_paths(-0.45, 0.55)),
            ("mean-for-sum", lambda: _both_paths(0.45 / 2, 0.55 / 2)),
            ("worked-example", lambda: (0.041370322649, 0.009954254705)),
        ),
    ),
    Number(
        **texts("05.4"),
        solution=first_weights_by_hand,
        outputs=("dw2", "dw3"),
        wrong=(
            ("weight-for-input", _own_first_weights),
            ("another-place", lambda: (DZ_H1 * 0.05, DZ_H2 * 0.10)),
            ("another-place", lambda: (DZ_H2 * 0.10, DZ_H1 * 0.05)),
            ("worked-example", lambda: (0.000877135469, 0.000497712735)),
            ("slope-too-many", lambda: (DZ_H1 * 0.10 * H1 * (1 - H1), DZ_H2 * 0.05 * H2 * (1 - H2))),
            ("another-place", lambda: (DZ_H1 * H1, DZ_H2 * H2)),
            ("input-factor-missing", lambda: (DZ_H1, DZ_H2)),
            ("rate-in-derivative", functools.partial(_times_rate, first_weights_by_hand)),
            ("factor-two", functools.partial(_times_rate, first_weights_by_hand)),
        ),
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
