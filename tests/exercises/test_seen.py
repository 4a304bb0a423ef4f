"""Mistakes that the numbers themselves show get their name in any exercise, and two at once are told as two."""

import math

import numpy as np
import pytest

from bplearn.exercises import check
from bplearn.exercises.mistakes.seen import SEEN


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def residual_twice(x, dy, W, b):
    a = np.tanh(x @ W + b)
    dz = dy * (1 - a**2)
    return x + a, dy + dz @ W.T, x.T @ dz, 3 * dz.sum(axis=0) + 1


def with_if(z):
    if z > 0:
        return sigmoid(z)
    return np.exp(z) / (1 + np.exp(z))


def too_late(v, g, learning_rate, momentum):
    velocity = momentum * velocity + g  # noqa: F821
    return velocity, -learning_rate * velocity


def without_return(dy, z):
    dz = dy * (z > 0)  # noqa: F841


def first_row(x, W, b):
    y = x @ W
    y[0] += b
    return y


def whole_numbers(f, x, h):
    grad = np.zeros(x.shape, dtype=int)
    for place in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[place] = h
        grad[place] = (f(x + nudge) - f(x - nudge)) / (2 * h)
    return grad


def split(x, n_train):
    train, test = x[:n_train], x[n_train + 1 :]
    return (train - train.mean(0)) / train.std(0), (test - train.mean(0)) / train.std(0)


CODE = [
    ("05.8", lambda dy, z: np.zeros(z.shape), "stays-zero"),
    ("15.1", lambda dy, a, b: (dy / b, a), "returned-unchanged"),
    ("13.1", lambda v, g, rate, momentum: 2 * (-rate * (momentum * v + g),), "another-outputs-numbers"),
    ("02.2", lambda x, W, b: (x @ W + b).T, "output-transposed"),
    ("01.2", lambda x, w, b: (x @ w + b, sigmoid(x @ w + b)), "more-than-asked"),
    ("14.2", split, "rows-missing"),
    ("05.8", lambda dy, z: (dy * (z > 0)).sum(axis=1), "added-up-too-much"),
    ("05.8", lambda dy, z: (dy * (z > 0))[::-1], "numbers-at-other-places"),
    ("02.2", first_row, "one-row-right"),
    ("10.1", whole_numbers, "cut-to-whole-numbers"),
    ("02.3", lambda z: sigmoid(np.clip(z, -5, 5)), "cut-off-at-a-limit"),
    ("15.1", lambda dy, a, b: (dy / b, abs(dy * a / b**2)), "sign-lost"),
    ("02.3", lambda z: sigmoid(np.clip(z, -700, 700)) ** 2, "square-or-root"),
    ("15.1", lambda dy, a, b: (b / dy, -dy * a / b**2), "upside-down"),
    ("13.1", lambda v, g, rate, momentum: (1 - momentum * v - g, -rate * (momentum * v + g)), "one-minus-it"),
    ("15.1", lambda dy, a, b: (3 * dy / b, -dy * a / b**2), "one-factor"),
    ("05.6", lambda dz2, W2, a1: dz2 @ W2.T * a1 * (1 - a1) / W2.shape[1], "mean-or-sum"),
    ("05.8", without_return, "nothing-returned"),
    ("13.1", lambda v, g, rate, momentum: (v,), "less-than-asked"),
    ("05.7", lambda dy, x, W: (dy @ W.T, x @ dy, dy.sum(axis=0)), "shapes-do-not-fit"),
    ("02.3", with_if, "one-number-for-an-array"),
    ("02.3", lambda z: 1 / (1 + math.exp(-z)), "one-number-for-an-array"),
    ("13.1", too_late, "assigned-too-late"),
]
TYPED = [
    ("04.1", (7, 7, 2), ("sign",)),
    ("16.3", (-10.19, -0.3397, 1.359), ("decimal-point",)),
    ("12.1", (39.3125, 393.125), ("fraction-for-a-count",)),
    ("01.1", (0.3775, 0.5933, 1), ("more-than-asked",)),
    ("05.1", (0.0891615, -0.267803), ("factor-two", "sign")),
    ("06.2", (-0.00699, 0.0029), ()),
]


@pytest.mark.parametrize(("number", "answer", "name"), CODE)
def test_a_mistake_that_the_numbers_show_has_a_name(number, answer, name):
    assert check(number, answer).mistakes == (name,)


@pytest.mark.parametrize(("number", "answer", "names"), TYPED)
def test_slips_of_typed_numbers_have_names(number, answer, names):
    assert check(number, answer).mistakes == names


def test_two_slips_in_one_typed_number_are_named_as_two():
    """The slope of the hidden neuron forgotten, and the input, too: two factors of one product."""
    both = 0.138498561629 * 0.45, -0.038098236517 * 0.55
    verdict = check("06.2", tuple(round(number, 7) for number in both))
    assert set(verdict.mistakes) == {"hidden-derivative-missing", "input-factor-missing"}
    assert "several things at once" in str(verdict)


def test_an_output_that_is_off_in_no_known_way_gets_no_name():
    assert check("16.2", residual_twice).mistakes == ()


def test_every_sight_is_planted():
    planted = {name for _, _, name in CODE} | {name for _, _, names in TYPED for name in names}
    assert {mistake.name for mistake in SEEN} - planted == {"not-added-up", "other-shape", "entries-left-at-zero"}


@pytest.mark.parametrize("typed", [1, -0.13553, 0.77])
def test_a_wrong_version_without_a_number_explains_no_number(typed, capfd):
    verdict = check("04.5", (0.13553, 0.090353, typed))
    assert not verdict.passed
    assert len(verdict.mistakes) < 2
    assert capfd.readouterr().err == ""
