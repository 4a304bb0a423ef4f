"""A random layer: what it draws, that a prediction draws nothing, and that a pass can be repeated with its draw."""

import pickle

import numpy as np
import pytest

from bplearn import (
    SGD,
    ArgumentError,
    Dense,
    Dropout,
    HalfSquaredError,
    Layer,
    Residual,
    Sequential,
    Session,
    Tanh,
    check_gradients,
    trace_weight,
)
from bplearn.sweeps.stacked import can_stack

X = np.random.default_rng(0).normal(size=(4, 3))
T = np.random.default_rng(1).normal(size=(4, 2))


def network(seed=0):
    inner = Residual(Dense(5, 5, rng=seed), Tanh(), Dropout(0.3, rng=7))
    return Sequential(Dense(3, 5, rng=seed + 1), Dropout(0.5, rng=8), inner, Dense(5, 2, rng=seed + 2))


def test_the_mask_leaves_out_the_share_p_and_keeps_the_mean():
    y, cache = Dropout(0.3, rng=0).forward(np.ones((500, 200)))
    assert set(np.unique(cache["mask"])) == {0.0, 1 / 0.7}
    assert abs((y == 0).mean() - 0.3) < 0.005
    assert abs(y.mean() - 1) < 0.01


def test_each_pass_draws_anew_a_seed_repeats_and_a_callers_generator_gives_one_seed_only():
    one, two = Dropout(rng=3), Dropout(rng=3)
    masks = [one.forward(X)[1]["mask"] for _ in range(3)]
    assert not np.array_equal(masks[0], masks[1])
    np.testing.assert_array_equal(masks, [two.forward(X)[1]["mask"] for _ in range(3)])
    rng = np.random.default_rng(0)
    first, second = Dropout(rng=rng), Dropout(rng=rng)
    after = rng.bit_generator.state
    assert not np.array_equal(first.forward(X)[0], second.forward(X)[0])
    assert rng.bit_generator.state == after, "its draws leave the caller's Generator alone"


def test_p_is_a_chance_below_one():
    with pytest.raises(ArgumentError, match="Dropout's p expected a number of at least 0 and below 1, got 1"):
        Dropout(1)
    np.testing.assert_array_equal(Dropout(0, rng=0).forward(X)[0], X)


def test_a_prediction_draws_nothing_and_leaves_the_generators_alone():
    net = network()
    before = [rng.bit_generator.state for layer in net for rng in layer.generators()]
    assert len(before) == 2
    np.testing.assert_array_equal(net(X), net(X))
    assert [rng.bit_generator.state for layer in net for rng in layer.generators()] == before
    outside = net[0].predict(X)
    inside = outside + np.tanh(net[2].layers[0].predict(outside))
    np.testing.assert_allclose(net(X), net[3].predict(inside), rtol=1e-14)


def test_again_keeps_all_masks_also_inside_a_block():
    net = network()
    y, tape = net.forward(X)
    assert not np.array_equal(net.forward(X)[0], y)
    np.testing.assert_array_equal(net.again(X, tape)[0], y)
    again = net.again(2 * X, tape)[1]
    np.testing.assert_array_equal(again[1].cache["mask"], tape[1].cache["mask"])


def test_gradients_of_a_random_network_are_checked_with_the_draw_kept():
    report = check_gradients(network(), X, T, HalfSquaredError())
    assert report.passed, report
    assert all(array.entries for array in report.arrays), "nothing may be left out"
    assert check_gradients(Dropout(0.5, rng=0), X).passed
    assert check_gradients(Residual(Dense(3, 3, rng=0), Dropout(0.5, rng=0)), X).passed


def test_a_wrong_gradient_of_a_random_layer_is_still_found():
    class Forgets(Layer):
        """A dropout whose backward forgets the mask."""

        def __init__(self):
            self.right = Dropout(0.5, rng=0)

        def forward(self, x):
            return self.right.forward(x)

        def predict(self, x):
            return x

        def again(self, x, cache):
            return self.right.again(x, cache)

        def backward(self, dy, cache, *, input_gradient=True):
            return dy, {}

    assert not check_gradients(Forgets(), X).passed


def test_a_trace_is_of_one_draw_and_checked_with_it():
    trace = trace_weight(network(), X, T, HalfSquaredError(), 0, (1, 2))
    assert trace.check().verdict == "agree"


def test_a_session_goes_back_to_the_masks_it_had():
    session = Session(network(), X, T, loss=HalfSquaredError(), optimizer=SGD(0.1), batch_size=2, rng=0)
    session.step(9)
    losses, weights = list(session.history.step_loss), session.network.parameters().value
    session.go_to(4)
    session.step(5)
    assert session.history.step_loss == losses
    np.testing.assert_array_equal(session.network.parameters().value, weights)


def test_copies_go_on_alike_and_a_stack_is_refused():
    net = network()
    net.forward(X)
    np.testing.assert_array_equal(net.copy().forward(X)[0], pickle.loads(pickle.dumps(net)).forward(X)[0])
    assert not can_stack(net, SGD(0.1), HalfSquaredError())
    inside = Sequential(Residual(Dense(3, 3, rng=0), Dropout(rng=0)))
    assert not can_stack(inside, SGD(0.1), HalfSquaredError())
    assert can_stack(Sequential(Residual(Dense(3, 3, rng=0), Tanh())), SGD(0.1), HalfSquaredError())
