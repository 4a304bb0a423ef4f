import re

import numpy as np
import pytest

from bplearn import Dense, Sequential, SoftmaxCrossEntropy, Tanh, check_gradients
from bplearn.datasets import digits
from bplearn.exercises.wrong_gradients import (
    RIGHT,
    WRONG,
    TrainingResult,
    TrainingResults,
    backward,
    experiments,
    loss,
)
from tests.exercises.facts_b import trainings_with_wrong_gradients

D, H, C = 5, 4, 3
PARAMETERS = ("W1", "b1", "W2", "b2")


def parameters(rng):
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def batch(rng, size):
    return rng.normal(size=(size, D)), np.eye(C)[rng.integers(0, C, size)]


@pytest.fixture
def small():
    rng = np.random.default_rng(5)
    weights = parameters(rng)
    return weights, batch(rng, 10), batch(rng, 7)


def report(wrong, small):
    weights, (x, t), (other_x, other_t) = small
    before = backward(weights, other_x, other_t)

    def gradient(p):
        found = backward(p, x, t, wrong, before)
        return {name: getattr(found, f"d{name}") for name in PARAMETERS}

    return check_gradients(lambda p: loss(p, x, t), weights, gradient=gradient)


def test_the_right_lines_agree_with_the_library(small):
    weights, (x, t), _ = small
    first = Dense(D, H, weights=weights["W1"], bias=weights["b1"])
    second = Dense(H, C, weights=weights["W2"], bias=weights["b2"])
    network, cost = Sequential(first, Tanh(), second), SoftmaxCrossEntropy()
    y, tape = network.forward(x)
    value, cache = cost.forward(y, t.argmax(axis=1))
    network.backward(cost.backward(cache), tape)
    found = backward(weights, x, t)
    assert np.isclose(loss(weights, x, t), value)
    for name, parameter in zip(PARAMETERS, network.parameters(), strict=True):
        assert np.allclose(getattr(found, f"d{name}"), parameter.grad)
    assert report(RIGHT, small).passed


def test_there_are_twenty_two_and_each_has_its_own_lines():
    assert len(WRONG) == 22
    assert len({wrong.code for wrong in WRONG}) == len({wrong.name for wrong in WRONG}) == 22


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_every_shape_is_right_and_yet_the_gradient_checker_finds_it(wrong, small):
    weights, (x, t), (other_x, other_t) = small
    found = backward(weights, x, t, wrong, backward(weights, other_x, other_t, wrong))
    for name in PARAMETERS:
        assert getattr(found, f"d{name}").shape == weights[name].shape
    assert report(wrong, small).verdict == "wrong"


def test_nothing_is_changed_and_the_first_batch_needs_none_before(small):
    weights, (x, t), _ = small
    kept = {name: value.copy() for name, value in weights.items()}
    for wrong in WRONG:
        backward(weights, x, t, wrong)
    assert all(np.array_equal(weights[name], kept[name]) for name in weights)


def test_fifteen_of_twenty_two_look_fine():
    right, *wrong = trainings_with_wrong_gradients()
    assert right.accuracy > 0.96
    assert sum(outcome.learned for outcome in wrong) == 15
    by_name = {outcome.gradient.name: outcome for outcome in wrong}
    assert all(
        by_name[name].accuracy > 0.95
        for name in (
            "hidden derivative forgotten",
            "output weights updated too early",
            "a random matrix for the weights",
        )
    )
    assert by_name["1/N missing"].accuracy < 0.5
    assert by_name["softmax applied twice"].losses[-1] > by_name["softmax applied twice"].losses[0]


def test_outcomes_are_shown_best_first_and_chance_is_left_open():
    made = [
        TrainingResult(WRONG[3], (2.0, 1.0), 0.11),
        TrainingResult(WRONG[6], (2.0, 0.1), 0.968),
        TrainingResult(WRONG[0], (1.0, 2.0), 0.95),
    ]
    outcomes = TrainingResults(tuple(made))
    rows = repr(outcomes).splitlines()
    assert [re.split(r"\s{2,}", row)[2:] for row in rows[2:5]] == [
        ["96%", "looks fine"],
        ["95%", "loss rises"],
        ["under 50%", "poor"],
    ]
    assert rows[-1] == "1 of 3 look fine"
    assert (outcomes.learned, len(outcomes), outcomes[0]) == (1, 3, made[0])
    assert outcomes._repr_html_().count("<tr>") == 4
    assert repr(made[0]) == "1/N missing: under 50% of unseen samples, poor"


def test_the_same_start_gives_the_same_outcome():
    data = digits().split(test=0.3, rng=0)
    one, two = (experiments(*data, WRONG[:1], epochs=1)[0] for _ in range(2))
    assert one == two
