"""The few functions that must be written with care, since the obvious form overflows.

Each is exact and silent for inputs as large as +-1000. Layers and losses are built on them.
Taught in notebooks/02_forward_pass.ipynb and notebooks/03_cost_functions.ipynb.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, as_array, expected_got, positive_integer
from bplearn.errors import TargetError

_erfc = np.frompyfunc(math.erfc, 1, 1)
_ZERO = {dtype: np.zeros((), dtype) for dtype in (np.dtype(np.float32), np.dtype(np.float64))}


def matmul(a: Array, b: Array) -> Array:
    """The matrix product a @ b. For two matrices the method `dot` does the same and starts in a third of the time.

    On a 2-8-1 network that is a tenth of a training step; see tests/benchmarks/training.py.

    >>> matmul(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])

    Introduced in: notebooks/08_batches_and_shapes.ipynb
    """
    return a.dot(b) if a.ndim == b.ndim == 2 else a @ b


def sum_over_samples(dy: Array) -> Array:
    """The sum over axis -2, the samples: for a matrix as a product with a row of ones, which is faster.

    Shapes: dy (N, M) -> (M,); for K stacked networks dy (K, N, M) -> (K, 1, M)

    >>> sum_over_samples(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    return _ones(len(dy), dy.dtype).dot(dy) if dy.ndim == 2 else dy.sum(axis=-2, keepdims=True)


def row_sums(x: Array) -> Array:
    """The sum of each row of a matrix, as a product with a column of ones, which is faster.

    Shapes: x (..., N, M) -> (..., N)

    >>> row_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([3., 7.])
    """
    return x.dot(_ones(x.shape[-1], x.dtype))


@lru_cache(maxsize=32)
def _ones(n: int, dtype: Any) -> Array:
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), written so that exp only sees numbers below 0.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])

    Introduced in: notebooks/02_forward_pass.ipynb
    """
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def softplus(z: Array) -> Array:
    """log(1 + exp(z)), a smooth ReLU.

    >>> softplus(np.array([-1000.0, 0.0, 10.0])).round(4)
    array([ 0.    ,  0.6931, 10.    ])
    """
    return np.logaddexp(_ZERO[z.dtype], z)


def log_softmax(z: Array) -> Array:
    """Z - log(sum(exp(z))) along the last axis, with the largest entry taken out first.

    >>> log_softmax(np.array([[1000.0, 1000.0]])).round(4)
    array([[-0.6931, -0.6931]])
    """
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(z: Array) -> Array:
    """exp(z) / sum(exp(z)) along the last axis: positive numbers that add up to 1.

    >>> softmax(np.array([[1000.0, 1000.0]]))
    array([[0.5, 0.5]])

    Introduced in: notebooks/03_cost_functions.ipynb
    """
    raised = np.exp(z - z.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def normal_cdf(z: Array) -> Array:
    """The standard normal distribution function Phi(z) = erfc(-z / sqrt(2)) / 2.

    >>> normal_cdf(np.array([0.0, 1000.0]))
    array([0.5, 1. ])
    """
    return np.asarray(0.5 * _erfc(z * -math.sqrt(0.5)), dtype=z.dtype)


def one_hot(targets: Any, n_classes: int) -> Array:
    """Turn class numbers (N,) into rows (N, n_classes) that are 1 at the class and 0 elsewhere.

    Raises: TargetError if a number is no class in 0..n_classes - 1.

    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    return np.eye(n_classes)[class_numbers(targets, positive_integer(n_classes, "n_classes"), "one_hot")]


def class_numbers(targets: Any, n_classes: int, subject: str) -> Array:
    """Return `targets` as an integer array (N,) with entries in 0..n_classes - 1, or say what is wrong with them.

    Raises: TargetError for text, fractions, one-hot rows and numbers out of range.

    >>> class_numbers([0, 1], 2, "here")
    array([0, 1])
    """
    array = as_array(targets, subject, TargetError)
    wanted = f"class numbers 0..{n_classes - 1}"
    if array.dtype.kind not in "iub":
        if array.dtype.kind == "f":
            advice = "If they are whole numbers, use targets.astype(int); to predict values, use MeanSquaredError."
        else:
            advice = "Number the classes first: names, targets = np.unique(labels, return_inverse=True)."
        example = f"{array.dtype} values such as {array.flat[0]!r}" if array.size else f"no values ({array.dtype})"
        raise TargetError(expected_got(subject, wanted, example, advice))
    if array.ndim != 1:
        advice = "From one-hot rows: targets.argmax(axis=1). From one column: targets[:, 0]."
        raise TargetError(expected_got(subject, f"{wanted} of shape (N,)", f"shape {array.shape}", advice))
    bad = (array < 0) | (array >= n_classes)
    if bad.any():
        row = int(bad.argmax())
        starts_at_one = array.min() == 1 and array.max() == n_classes
        advice = "Do the labels start at 1? Use targets - 1." if starts_at_one else ""
        raise TargetError(expected_got(subject, wanted, f"{array[row]} at row {row}", advice))
    return array.astype(np.intp)
