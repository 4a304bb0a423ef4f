"""The few functions whose obvious form overflows, written with care.

Each is exact and silent for inputs as large as +-1000. Layers and losses are built on them.
Taught in notebooks/02_forward_pass.ipynb and notebooks/03_cost_functions.ipynb.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, positive_integer
from bplearn.checks.targets import class_numbers

_erfc = np.frompyfunc(math.erfc, 1, 1)
_ZERO = {dtype: np.zeros((), dtype) for dtype in (np.dtype(np.float32), np.dtype(np.float64))}


def matmul(a: Array, b: Array) -> Array:
    """The matrix product a @ b. For a matrix b the method `dot` does the same and starts in a third of the time.

    On a 2-8-1 network that is a tenth of a training step; see tests/benchmarks/training.py.

    >>> matmul(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    """
    return a.dot(b) if b.ndim == 2 else a @ b


def sum_over_samples(dy: Array) -> Array:
    """The sum over axis -2, the samples: for a matrix as a product with a row of ones, which is faster.

    Shapes: dy (N, M) -> (M,); for K stacked networks dy (K, N, M) -> (K, 1, M)

    >>> sum_over_samples(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    return _ones(len(dy), dy.dtype).dot(dy) if dy.ndim == 2 else dy.sum(axis=-2, keepdims=True)


def row_sums(x: Array) -> Array:
    """The sum of each row of a matrix, as a product with a column of ones, which is faster.

    Shapes: x (..., N, M) -> (..., N, 1)

    >>> row_sums(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[3.],
           [7.]])
    """
    return x.dot(_ones(x.shape[-1], x.dtype))[..., None]


def total(x: Array) -> float:
    """The sum of all entries, as a product with ones, which takes half the time of `x.sum()` for a batch of 16.

    >>> total(np.array([[1.0, 2.0], [3.0, 4.0]]))
    10.0
    """
    return float(_ones(x.size, x.dtype).dot(x.ravel()))


def row_maxima(x: Array) -> Array:
    """The largest entry of each row: what `x.max` calls after half a microsecond of Python.

    Shapes: x (..., N, M) -> (..., N, 1)

    >>> row_maxima(np.array([[1.0, 2.0], [4.0, 3.0]]))
    array([[2.],
           [4.]])
    """
    return np.maximum.reduce(x, axis=-1, keepdims=True)


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
    """The logarithm of softmax, z - log(sum(exp(z))) along the last axis, with the largest entry taken out first.

    >>> log_softmax(np.array([[1000.0, 1000.0]])).round(4)
    array([[-0.6931, -0.6931]])
    """
    shifted = z - row_maxima(z)
    return shifted - np.log(row_sums(np.exp(shifted)))


def softmax(z: Array) -> Array:
    """exp(z) / sum(exp(z)) along the last axis: positive numbers that add up to 1.

    >>> softmax(np.array([[1000.0, 1000.0]]))
    array([[0.5, 0.5]])

    Introduced in: notebooks/03_cost_functions.ipynb
    """
    raised = np.exp(z - row_maxima(z))
    return raised / row_sums(raised)


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
