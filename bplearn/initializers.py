"""How a weight gets its first value: each function makes a start for `(n_in, n_out)` weights from a Generator.

The spread matters: too small and signals fade from layer to layer, too large and they saturate or explode.
Glorot, He and LeCun choose it from the number of inputs and outputs so that signals keep their size.
Taught in notebooks/01_one_neuron.ipynb and notebooks/11_initialisation_and_saturation.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bplearn.checks.arrays import Array

Initializer = Callable[[tuple[int, ...], np.random.Generator], Array]


def zeros(shape: tuple[int, ...], rng: np.random.Generator | None = None) -> Array:  # noqa: ARG001 - one signature for all
    """All zero: right for biases; for weights it makes all units of a layer learn the same thing.

    >>> zeros((2,))
    array([0., 0.])

    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    return np.zeros(shape)


def constant(value: float) -> Initializer:
    """Make an initializer that sets every entry to `value`.

    >>> constant(0.5)((1, 2), np.random.default_rng(0))
    array([[0.5, 0.5]])

    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    return lambda shape, rng: np.full(shape, float(value))  # noqa: ARG005


def uniform(low: float = -0.5, high: float = 0.5) -> Initializer:
    """Make an initializer that draws evenly from [low, high).

    >>> bool((np.abs(uniform(-1, 1)((9, 9), np.random.default_rng(0))) <= 1).all())
    True
    """
    return lambda shape, rng: rng.uniform(low, high, shape)


def normal(std: float = 0.01, mean: float = 0.0) -> Initializer:
    """Make an initializer that draws from the normal distribution.

    >>> normal(0.1)((100, 100), np.random.default_rng(0)).std().round(2)
    np.float64(0.1)

    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    return lambda shape, rng: rng.normal(mean, std, shape)


def glorot_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Evenly from [-a, a] with a = sqrt(6 / (n_in + n_out)): variance 2 / (n_in + n_out). For tanh and sigmoid.

    >>> float(np.abs(glorot_uniform((3, 3), np.random.default_rng(0))).max()) <= 1
    True

    Source: Glorot and Bengio 2010, equation 16.
    """
    limit = np.sqrt(6 / (shape[0] + shape[1]))
    return rng.uniform(-limit, limit, shape)


def glorot_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw normally with variance 2 / (n_in + n_out). For tanh and sigmoid.

    >>> glorot_normal((2, 3), np.random.default_rng(0)).shape
    (2, 3)

    Source: Glorot and Bengio 2010, equation 12.
    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    return rng.normal(0, np.sqrt(2 / (shape[0] + shape[1])), shape)


def he_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Evenly from [-a, a] with a = sqrt(6 / n_in): variance 2 / n_in. For ReLU and its relatives.

    >>> he_uniform((2, 3), np.random.default_rng(0)).shape
    (2, 3)

    Source: He et al. 2015, equation 10.
    """
    limit = np.sqrt(6 / shape[0])
    return rng.uniform(-limit, limit, shape)


def he_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw normally with variance 2 / n_in. For ReLU and its relatives.

    >>> he_normal((2, 3), np.random.default_rng(0)).shape
    (2, 3)

    Source: He et al. 2015, equation 10.
    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    return rng.normal(0, np.sqrt(2 / shape[0]), shape)


def lecun_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Evenly from [-a, a] with a = sqrt(3 / n_in): variance 1 / n_in.

    >>> lecun_uniform((2, 3), np.random.default_rng(0)).shape
    (2, 3)

    Source: LeCun et al. 1998, Efficient BackProp, equation 16.
    """
    limit = np.sqrt(3 / shape[0])
    return rng.uniform(-limit, limit, shape)


def lecun_normal(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw normally with variance 1 / n_in.

    >>> lecun_normal((2, 3), np.random.default_rng(0)).shape
    (2, 3)

    Source: LeCun et al. 1998, Efficient BackProp, equation 16.
    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    return rng.normal(0, np.sqrt(1 / shape[0]), shape)
