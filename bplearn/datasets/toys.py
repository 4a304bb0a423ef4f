"""Small made-up sets with one or two inputs: each shows one difficulty, and a picture can show all of it.

A straight line cannot separate xor, moons, circles or spirals, so a network needs its hidden layer there. Rows take the
classes in turn (0, 1, 0, 1, ...), so that a batch taken in order holds all of them. The notebook
notebooks/12_learning_rate_and_batch_size.ipynb trains on them live.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.checks.arrays import RNG, Array, as_rng, expected_got, number_in, positive_integer
from bplearn.datasets.dataset import Dataset
from bplearn.errors import ArgumentError


def xor() -> Dataset:
    """Give the four rows of exclusive or: class 1 where exactly one input is 1.

    Shapes: x (4, 2), targets (4,), class numbers 0..1.

    >>> data = xor()
    >>> data.x.tolist(), data.targets.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])

    Introduced in: notebooks/09_write_your_own_backprop.ipynb
    """
    return Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], np.array([0, 1, 1, 0]), name="xor")


def moons(n: int = 200, noise: float = 0.2, rng: RNG = 0) -> Dataset:
    """Give two half circles that reach into each other.

    Shapes: x (n, 2), targets (n,), class numbers 0..1.

    class 0:  x = (cos t, sin t)                 t from 0 to pi, evenly spaced
    class 1:  x = (1 - cos t, 1/2 - sin t)
    plus normal noise of standard deviation `noise` on both inputs.

    Raises: ArgumentError for n below 2 or a negative noise.

    >>> moons(200)
    Dataset 'moons': 200 samples, 2 features, 2 classes of 100

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    targets, place = _in_turn(n, 2)
    t = np.pi * place
    upper = np.stack([np.cos(t), np.sin(t)], axis=1)
    lower = np.stack([1 - np.cos(t), 0.5 - np.sin(t)], axis=1)
    x = np.where(targets[:, None] == 0, upper, lower)
    return Dataset(x + _noise(x.shape, noise, rng), targets, name="moons")


def circles(n: int = 200, noise: float = 0.1, factor: float = 0.5, rng: RNG = 0) -> Dataset:
    """Give a ring (class 0) around a smaller ring (class 1).

    Shapes: x (n, 2), targets (n,), class numbers 0..1.

    class 0:  x = (cos t, sin t)                 t from 0 to 2 pi, evenly spaced
    class 1:  x = factor * (cos t, sin t)
    plus normal noise of standard deviation `noise` on both inputs.

    Raises: ArgumentError for n below 2, a negative noise, or a factor outside 0..1.

    >>> circles(200)
    Dataset 'circles': 200 samples, 2 features, 2 classes of 100
    """
    targets, place = _in_turn(n, 2, closed=True)
    radius = np.where(targets == 0, 1.0, number_in(factor, "factor", 0.0, 1.0, open_low=True))
    x = _polar(radius, 2 * np.pi * place)
    return Dataset(x + _noise(x.shape, noise, rng), targets, name="circles")


def blobs(n: int = 300, classes: int = 3, spread: float = 0.5, rng: RNG = 0) -> Dataset:
    """Give round clouds of points, one for each class, with their centers on a circle of radius 2.

    Shapes: x (n, 2), targets (n,), class numbers 0..classes-1.

    center of class k:  2 * (cos a, sin a)       a = 2 pi k / classes
    plus normal noise of standard deviation `spread` on both inputs.

    Raises: ArgumentError for n below classes or a negative spread.

    >>> blobs(300, classes=3)
    Dataset 'blobs': 300 samples, 2 features, 3 classes of 100
    """
    targets, _ = _in_turn(n, positive_integer(classes, "classes"))
    x = _polar(np.full(n, 2.0), 2 * np.pi * targets / classes)
    return Dataset(x + _noise(x.shape, spread, rng, "spread"), targets, name="blobs")


def spirals(n: int = 300, classes: int = 2, turns: float = 1.0, noise: float = 0.03, rng: RNG = 0) -> Dataset:
    """Give spiral arms that wind around each other: the hardest of the toy sets.

    Shapes: x (n, 2), targets (n,), class numbers 0..classes-1.

    arm of class k:  x = r * (cos a, sin a)      a = 2 pi (turns * r + k / classes), r from 0.1 to 1, evenly spaced
    plus normal noise of standard deviation `noise` on both inputs.

    Raises: ArgumentError for n below classes, negative noise or negative turns.

    >>> spirals(300, classes=3)
    Dataset 'spirals': 300 samples, 2 features, 3 classes of 100
    """
    targets, place = _in_turn(n, positive_integer(classes, "classes"))
    radius = 0.1 + 0.9 * place
    x = _polar(radius, 2 * np.pi * (number_in(turns, "turns", 0.0) * radius + targets / classes))
    return Dataset(x + _noise(x.shape, noise, rng), targets, name="spirals")


def noisy_sine(n: int = 100, noise: float = 0.1, rng: RNG = 0) -> Dataset:
    """Give points around one wave of a sine: a value to predict instead of a class.

    Shapes: x (n, 1), targets (n, 1).

    x from -pi to pi, evenly spaced;  target = sin x + normal noise of standard deviation `noise`.

    Raises: ArgumentError for n below 2 or a negative noise.

    >>> noisy_sine(100)
    Dataset 'noisy_sine': 100 samples, 1 feature, 1 value to predict
    """
    _in_turn(n, 2)
    x = np.linspace(-np.pi, np.pi, n)[:, None]
    return Dataset(x, np.sin(x) + _noise(x.shape, noise, rng), feature_names=("x",), name="noisy_sine")


def _in_turn(n: Any, classes: int, *, closed: bool = False) -> tuple[Array, Array]:
    """Return classes 0, 1, .., 0, 1, .. (n,) and each row's place 0..1 along its class; `closed` leaves out the 1."""
    if positive_integer(n, "n") < classes:
        raise ArgumentError(expected_got("n", f"at least {classes} samples", n))
    targets = np.arange(n) % classes
    counts = np.bincount(targets)[targets]
    return targets, (np.arange(n) // classes) / (counts if closed else np.maximum(counts - 1, 1))


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _noise(shape: tuple[int, ...], size: float, rng: RNG, subject: str = "noise") -> Array:
    return number_in(size, subject, 0.0) * as_rng(rng).standard_normal(shape)
