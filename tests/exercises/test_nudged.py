"""The backward of notebook 17's layers, held against a nudge of each number of their forward: no formula in common."""

import numpy as np
import pytest

from bplearn.exercises import ALL
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.random_cases import random_cases
from tests.exercises.search.fresh_inputs import INPUTS, draws


def layer_norm(x):
    return (x - x.mean(axis=1)[:, None]) / x.std(axis=1)[:, None]


def batch_norm(x, g, b, epsilon):
    return g * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + b


def convolution(x, W, b):
    """Position by position, with no place of the kernel in it."""
    rows, columns = x.shape[1] - W.shape[0] + 1, x.shape[2] - W.shape[1] + 1
    y = np.zeros((len(x), rows, columns))
    for n, i, j in np.ndindex(y.shape):
        y[n, i, j] = np.vdot(x[n, i : i + W.shape[0], j : j + W.shape[1]], W) + b
    return y


def pooling(x):
    y = np.zeros((len(x), x.shape[1] // 2, x.shape[2] // 2))
    for n, i, j in np.ndindex(y.shape):
        y[n, i, j] = max(x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].flat)
    return y


LAYERS = {  # the forward, and what it is given: what is differentiated first, then settings
    "17.2": (layer_norm, lambda x: ([x], [])),
    "17.3": (batch_norm, lambda x, g, epsilon: ([x, g, np.zeros_like(g)], [epsilon])),
    "17.4": (convolution, lambda x, W: ([x, W, np.zeros(())], [])),
    "17.5": (pooling, lambda x: ([x], [])),
}


def slopes(forward, arrays, settings, dy, which, h=1e-6):
    found = np.zeros(arrays[which].shape)
    for place in np.ndindex(found.shape):
        sides = []
        for sign in (1, -1):
            moved = [np.array(array, dtype=float) for array in arrays]
            moved[which][place] += sign * h
            sides.append(np.vdot(dy, forward(*moved, *settings)))
        found[place] = (sides[0] - sides[1]) / (2 * h)
    return found


def cases(number):
    checked = [draw for draw in random_cases() if draw.dtype == np.float64]
    drawn = [ALL[number].inputs(draw) for draw in checked] + [INPUTS[number](d) for d in draws(1)]
    return [inputs for inputs in drawn if inputs[1].size <= 500]  # the one large image takes a minute, proves no more


@pytest.mark.parametrize("number", LAYERS)
def test_the_solution_agrees_with_a_nudge(number):
    forward, given = LAYERS[number]
    for dy, *arguments in cases(number):
        arrays, settings = given(*arguments)
        answer = ALL[number].solution(dy, *arguments)
        parts = answer if isinstance(answer, tuple) else (answer,)
        for which, part in enumerate(parts):
            np.testing.assert_allclose(part, slopes(forward, arrays, settings, dy, which), rtol=1e-5, atol=1e-6)


def test_17_1_and_17_6_agree_with_a_nudge():
    def divided(x):
        return x / np.sqrt(np.mean(x**2))

    by_nudge = slopes(divided, [np.array([1.0, 7.0])], [], np.array([1.0, 0.0]), 0)
    np.testing.assert_allclose(list(leaves(ALL["17.1"].solution())), by_nudge, rtol=1e-6)
    mask = np.array([1 / 0.8, 0, 1 / 0.8])
    by_nudge = slopes(lambda x: x * mask, [np.ones(3)], [], np.array([1.0, 2.0, -1.0]), 0)
    np.testing.assert_allclose(list(leaves(ALL["17.6"].solution())), by_nudge, atol=1e-6)
