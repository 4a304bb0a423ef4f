"""What a trace cannot follow is refused with the layer's name, and no number it shows contradicts backprop."""

import re

import numpy as np
import pytest

from bplearn import (
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    HalfSquaredError,
    Layer,
    MeanSquaredError,
    Parameter,
    Sequential,
    Sigmoid,
    Tanh,
    blame,
    check_gradients,
    strongest_weights,
    trace_weight,
)
from tests.core.test_gradcheck_limits import WORDS, Embedding, Noisy

RNG = np.random.default_rng(8)
X, T = RNG.normal(size=(6, 2)), RNG.normal(size=(6, 1))


class BatchNorm(Layer):
    """y = gamma (x - mean) / deviation + beta, with mean and deviation of the batch."""

    def __init__(self, width=3):
        self.gamma, self.beta = Parameter(np.linspace(0.5, 2, width), "gamma"), Parameter(np.zeros(width), "beta")

    def forward(self, x):
        deviation = np.sqrt(x.var(axis=0) + 1e-5)
        normal = (x - x.mean(axis=0)) / deviation
        cache = {"normal": normal, "deviation": deviation, "gamma": self.gamma.value}
        return self.gamma.value * normal + self.beta.value, cache

    def backward(self, dy, cache, *, input_gradient=True):
        normal = cache["normal"]
        d = dy * cache["gamma"]
        dx = (d - d.mean(axis=0) - normal * (d * normal).mean(axis=0)) / cache["deviation"]
        return dx, {"gamma": (dy * normal).sum(axis=0), "beta": dy.sum(axis=0)}


class Mixing(Layer):
    """y = M x for a matrix M (N, N) over the samples."""

    def __init__(self, kind):
        self.kind = kind

    def matrix(self, n):
        if self.kind == "centred":
            return np.eye(n) - 1 / n
        if self.kind == "reversed":
            return np.eye(n)[::-1]
        if self.kind == "running sum":
            return np.tril(np.ones((n, n)))
        one = np.eye(n)
        one[n - 1, n - 2] = 1e-3  # the last two samples alone, and weakly
        return one

    def forward(self, x):
        M = self.matrix(len(x))
        return M @ x, {"M": M}

    def backward(self, dy, cache, *, input_gradient=True):
        return cache["M"].T @ dy, {}


MIXERS = [BatchNorm(), *(Mixing(kind) for kind in ("centred", "reversed", "running sum", "two samples"))]


@pytest.mark.parametrize("mixer", MIXERS, ids=lambda m: getattr(m, "kind", "batch normalization"))
def test_a_layer_that_mixes_samples_is_named_and_the_advice_works(mixer):
    network = Sequential(Dense(2, 3, rng=0), mixer, Tanh(), Dense(3, 1, rng=1), Sigmoid())
    assert check_gradients(mixer, RNG.normal(size=(6, 3))).verdict == "right"
    assert check_gradients(network, X, T, MeanSquaredError()).verdict != "wrong"  # a bias below may move nothing
    with pytest.raises(ArgumentError) as caught:
        trace_weight(network, X, T, MeanSquaredError(), 0, (0, 1))
    message = str(caught.value)
    assert f"got layer 1, {mixer!r}, which mixes the samples of a batch" in message
    above = int(re.search(r"a weight above it \(layer (\d)\)", message)[1])
    assert trace_weight(network, X, T, MeanSquaredError(), above, (0, 0)).check().verdict == "agree"
    share = trace_weight(network, X, T, MeanSquaredError(), above, (0, 0), sample=4)
    assert share.check().verdict == "agree"
    single = trace_weight(network, X[:1], T[:1], MeanSquaredError(), 0, (0, 1)).check()
    assert single.verdict == "agree"
    y, tape = network.forward(X)
    network.backward(MeanSquaredError().backward(MeanSquaredError().forward(y, T)[1]), tape)
    for weight in strongest_weights(network, X, T, MeanSquaredError(), top=50):
        name = re.match(r"[A-Za-z]+", weight.name)[0]
        parameter = next(p for p in network[weight.layer].parameters() if p.name == name)
        assert weight.gradient == parameter.grad[weight.index]
    arrived = blame(network, X, T, MeanSquaredError())
    assert np.array_equal(arrived[-2].gradient, tape[0].dy)


@pytest.mark.parametrize("name", ["gamma", "beta"])
def test_a_parameter_of_the_mixing_layer_itself(name):
    network = Sequential(Dense(2, 3, rng=0), BatchNorm(), Dense(3, 1, rng=1))
    with pytest.raises(ArgumentError, match="got layer 1, BatchNorm"):
        trace_weight(network, X, T, HalfSquaredError(), 1, 2, parameter=name)


class Clipped(Layer):
    """The identity, whose backward does something to dy."""

    def __init__(self, what):
        self.what = what

    def forward(self, x):
        return x.copy(), {}

    def backward(self, dy, cache, *, input_gradient=True):
        return eval(self.what, {"np": np, "dy": dy}), {}


@pytest.mark.parametrize(
    "what", ["np.clip(dy, -0.01, 0.01)", "np.sign(dy)", "dy + 0.1", "dy.round(1)", "dy * (np.abs(dy) > 0.05)"]
)
def test_a_backward_that_is_not_in_proportion_is_named(what):
    network = Sequential(Dense(2, 3, rng=0), Clipped(what), Dense(3, 1, rng=1))
    with pytest.raises(ArgumentError, match=r"got layer 1, Clipped\(.*, whose dx is no sum"):
        trace_weight(network, X, T, HalfSquaredError(), 0, (1, 1))
    assert trace_weight(network, X, T, HalfSquaredError(), 2, (1, 0)).check().verdict == "agree"


class Averaged(Layer):
    def __init__(self):
        self.g = Parameter([2.0, 3.0], "g")

    def forward(self, x):
        return x * self.g.value, {"x": x, "g": self.g.value}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy * cache["g"], {"g": (dy * cache["x"]).mean(axis=0)}


def test_a_gradient_that_is_averaged_once_too_often_is_named():
    network = Sequential(Averaged(), Dense(2, 1, rng=1))
    with pytest.raises(ArgumentError, match=r"got layer 0, Averaged\(\), whose g is no sum"):
        trace_weight(network, X, T, HalfSquaredError(), 0, 1)
    assert not check_gradients(network, X, T, HalfSquaredError())


@pytest.mark.parametrize("kind", ["own", "global", "fresh"])
def test_a_random_layer_is_traced_for_its_draw_and_the_check_says_so(kind):
    network = Sequential(Dense(2, 3, rng=0), Noisy(kind), Tanh(), Dense(3, 1, rng=1))
    trace = trace_weight(network, X, T, MeanSquaredError(), 0, (0, 1))
    check = trace.check()
    assert check.verdict == "unmeasured"
    assert check.paths == pytest.approx(check.backprop, rel=1e-12)
    assert "Layer 1, Noisy()" in repr(check)
    assert "draws random numbers" in repr(check)
    assert "does not match" not in repr(check)
    assert check


class Root(Layer):
    def forward(self, x):
        with np.errstate(invalid="ignore"):
            y = np.sqrt(x)
        return y, {"y": y}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy / (2 * cache["y"]), {}


def test_where_the_loss_is_not_finite_nothing_agrees_or_differs_by_guess():
    network = Sequential(Dense(1, 1, weights=[[0.0]], bias=[1e-9]), Root())
    check = trace_weight(network, [[1.0]], [[0.0]], HalfSquaredError(), 0, (0, 0)).check()
    if not np.isfinite(check.difference):
        assert check.verdict == "unmeasured"
        assert "not a finite number beside the weight" in repr(check)
        assert "known to" not in repr(check)


def test_indices_in_front():
    network = Sequential(Embedding(dx="none"), Tanh(), Dense(9, 1, rng=0))
    targets = np.array([[0.0], [1.0], [1.0], [0.0]])
    loss = BinaryCrossEntropy()
    assert trace_weight(network, WORDS, targets, loss, 0, (4, 1)).check().verdict == "agree"
    arrived = blame(network, WORDS, targets, loss)
    assert [layer.layer for layer in arrived] == [2, 1, 0]
    assert "where" in repr(arrived).lower()
    with pytest.raises(ArgumentError, match="blame's inputs expected a first layer that returns dx"):
        _ = arrived.inputs


@pytest.mark.parametrize("scale", [1e-6, 1.0, 30.0, 1e3])
@pytest.mark.parametrize("samples", [1, 2, 7])
def test_right_layers_are_never_refused(scale, samples):
    """Saturated, tiny and steep: rounding is no mixing."""
    from bplearn import Softmax, SoftmaxCrossEntropy

    rng = np.random.default_rng(int(scale) + samples)
    layers = [Dense(2, 4, rng=0), Tanh(), Dense(4, 4, rng=1), Softmax(), Dense(4, 3, rng=2)]
    network = Sequential(*layers)
    for p in network.parameters():
        p[:] = p.value * scale
    x, t = rng.normal(size=(samples, 2)) * scale, rng.integers(0, 3, samples)
    for place, index in ((0, (0, 1)), (2, (3, 2)), (4, 1), (0, 2)):
        trace_weight(network, x, t, SoftmaxCrossEntropy(), place, index)
