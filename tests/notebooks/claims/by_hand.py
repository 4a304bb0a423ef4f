"""Small tools for the numbers that stand in a sentence: slopes, walks, when to stop."""

import itertools
import math

import numpy as np

from bplearn.exercises import ALL
from bplearn.functional import sigmoid

A = np.array([[1, 2], [3, 4]])


def s(z):
    return float(sigmoid(np.array(float(z))))


def square(x):
    return x * x


def near(number, other):
    return math.isclose(number, other, rel_tol=1e-6, abs_tol=1e-9)


def same(array, other):
    return np.array_equal(array, other)


def slope(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


def fits(x, W):
    try:
        return bool((x @ W).size)
    except ValueError:
        return False


def overflows(z):
    with np.errstate(all="ignore"):
        raised = np.exp(np.array(float(z)))
        return np.isinf(raised) and np.isnan(raised / (1 + raised))


def divided(a, b):
    with np.errstate(invalid="ignore"):
        return np.array(float(a)) / b


def descended(rate, steps):
    x = 10.0
    for _ in range(steps):
        x -= rate * 2 * x
    return x


def settled(step, v=0.0):
    for _ in range(500):
        v = step(v)
    return v


stops = ALL["14.3"].solution  # (best epoch, last epoch), counted from 1


def visits(samples, epochs, batch_size=5):
    """How many samples the training loop of notebook 12 hands to a step."""
    seen = []
    x = np.zeros((samples, 1))
    ALL["12.3"].solution(x, x, lambda x, t: seen.append(len(x)), epochs, batch_size, np.random.default_rng(0))
    return sum(seen)


def layers(*widths):
    """A list of (W, b) as exercise 09.8 takes it."""
    return [(np.ones(pair), np.zeros(pair[1])) for pair in itertools.pairwise(widths)]


def equal_units(weight):
    """Two hidden units that start with one weight, after twenty steps."""
    W, V = np.full((2, 2), weight), np.full((2, 1), weight)
    x, t = np.array([[0.2, 0.7], [0.9, 0.1]]), np.array([[1.0], [0.0]])
    for _ in range(20):
        h = np.tanh(x @ W)
        dz = h @ V - t
        W, V = W - x.T @ (dz @ V.T * (1 - h * h)), V - h.T @ dz
    return bool((W[:, 0] == W[:, 1]).all())


def own_attribute():
    class One:
        def __init__(self, x):
            self.x = x

    one, two = One(1), One(2)
    return one.x if two.x == 2 else None
