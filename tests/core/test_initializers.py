"""Initializers: the spread of large samples against the formulas of the papers, and reproducible draws."""
# ruff: noqa: E501 - a message stands in one line

import math

import numpy as np
import pytest

from bplearn import ArgumentError, Dense, ShapeError, initializers, mlp

N_IN, N_OUT = 300, 200
SPREAD = {  # name: (standard deviation, largest possible size)
    "glorot_uniform": (math.sqrt(2 / 500), math.sqrt(6 / 500)),
    "glorot_normal": (math.sqrt(2 / 500), math.inf),
    "he_uniform": (math.sqrt(2 / 300), math.sqrt(6 / 300)),
    "he_normal": (math.sqrt(2 / 300), math.inf),
    "lecun_uniform": (math.sqrt(1 / 300), math.sqrt(3 / 300)),
    "lecun_normal": (math.sqrt(1 / 300), math.inf),
}


@pytest.mark.parametrize("name", SPREAD)
def test_the_spread_is_that_of_the_paper(name):
    std, limit = SPREAD[name]
    W = getattr(initializers, name)((N_IN, N_OUT), np.random.default_rng(0))
    assert W.shape == (N_IN, N_OUT)
    assert W.std() == pytest.approx(std, rel=0.015)
    assert abs(W.mean()) < 4 * std / math.sqrt(W.size)
    assert np.abs(W).max() <= limit
    kurtosis = ((W / W.std()) ** 4).mean()
    assert kurtosis == pytest.approx(1.8 if limit < math.inf else 3.0, rel=0.05), "uniform 1.8, normal 3"


def test_the_plain_ones():
    rng = np.random.default_rng(0)
    assert initializers.zeros((2, 3)).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert initializers.constant(0.3)((2,), rng).tolist() == [0.3, 0.3]
    even = initializers.uniform(2, 3)((10_000,), rng)
    assert even.min() >= 2
    assert even.max() < 3
    assert even.mean() == pytest.approx(2.5, abs=0.02)
    bell = initializers.normal(0.5, mean=-1)((10_000,), rng)
    assert bell.mean() == pytest.approx(-1, abs=0.03)
    assert bell.std() == pytest.approx(0.5, rel=0.03)


def test_signals_keep_their_size_through_ten_layers_with_he_and_relu():
    """What the formulas are for; with a tenth of the spread the signal fades to 1e-10 of it."""
    x = np.random.default_rng(0).normal(size=(50, 256))
    sizes = {}
    for scale in (1.0, 0.1):
        y, rng = x, np.random.default_rng(1)
        for _ in range(10):
            y = np.maximum(y @ (scale * initializers.he_normal((256, 256), rng)), 0)
        sizes[scale] = np.sqrt((y**2).mean())
    assert 0.3 < sizes[1.0] < 3
    assert sizes[0.1] / sizes[1.0] == pytest.approx(1e-10, rel=1e-6)


def test_the_same_rng_gives_the_same_weights_and_no_global_state_takes_part():
    np_state = np.random.get_state()[1].tolist()
    a, b, c = Dense(4, 3, rng=7), Dense(4, 3, rng=7), Dense(4, 3, rng=8)
    assert np.array_equal(a.W.value, b.W.value)
    assert not np.array_equal(a.W.value, c.W.value)
    assert np.random.get_state()[1].tolist() == np_state
    assert not np.array_equal(Dense(4, 3).W.value, Dense(4, 3).W.value), "None draws anew each time"


def test_a_generator_is_shared_so_that_layers_differ():
    net = mlp(3, 3, 3, rng=0)
    assert not np.array_equal(net[0].W.value, net[2].W.value)
    rng = np.random.default_rng(0)
    assert np.array_equal(Dense(3, 3, rng=rng).W.value, net[0].W.value)
    assert np.array_equal(Dense(3, 3, rng=rng).W.value, net[2].W.value)


def test_an_array_or_an_own_function_takes_the_place_of_an_initializer():
    layer = Dense(2, 1, weights=[[1], [2]], bias=lambda shape, rng: np.full(shape, 9.0))
    assert layer.W.value.tolist() == [[1.0], [2.0]]
    assert layer.b.value.tolist() == [9.0]


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Dense(2, 3, weights=np.ones((3, 2))), ShapeError, "Dense(2 -> 3) expected weights of shape (2, 3), got (3, 2). Rows are inputs and columns are outputs: is it transposed?"),
        (lambda: Dense(2, 3, bias=np.ones((1, 3))), ShapeError, "Dense(2 -> 3) expected a bias of shape (3,), got (1, 3)."),
        (lambda: Dense(0, 3), ArgumentError, "Dense's n_in expected a whole number of at least 1, got 0."),
        (lambda: Dense(2, 2.5), ArgumentError, "Dense's n_out expected a whole number of at least 1, got 2.5."),
        (lambda: Dense(2, True), ArgumentError, "Dense's n_out expected a whole number of at least 1, got True."),
        (lambda: Dense(2, 3, rng="0"), ArgumentError, "rng expected a whole number of at least 0, a NumPy Generator or None, got '0'. Write rng=0, or rng=np.random.default_rng(0) to share one stream."),
        (lambda: mlp(3, 2, rng=-1), ArgumentError, "rng expected a whole number of at least 0, a NumPy Generator or None, got -1. Write rng=0, or rng=np.random.default_rng(0) to share one stream."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(build, error, message):
    with pytest.raises(error) as caught:
        build()
    assert str(caught.value) == message
