"""From the error to one weight: paths, sums, samples, units, and what is not allowed.

The oracles: central differences, backprop, every path written out by brute force from the weights alone, and
gradients worked by hand.
"""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplearn import (
    ELU,
    GELU,
    SGD,
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    Flatten,
    HalfSquaredError,
    Huber,
    Identity,
    Layer,
    LeakyReLU,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    Parameter,
    ReLU,
    Sequential,
    ShapeError,
    Sigmoid,
    SiLU,
    Softmax,
    SoftmaxCrossEntropy,
    Softplus,
    Tanh,
    mlp,
    trace_weight,
)
from bplearn.explain.naming import UnitNames
from bplearn.explain.trace.jacobians import jacobian, parameter_slopes

MIDDLE = [Identity, Sigmoid, Tanh, ReLU, LeakyReLU, ELU, GELU, SiLU, Softplus, Softmax]


def published():
    hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    output = Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60])
    return Sequential(hidden, Sigmoid(), output, Sigmoid())


@st.composite
def problems(draw):
    """A random network of any layers, a batch, targets, a loss, and one of its weights or biases."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = draw(st.integers(1, 4))
    images = draw(st.booleans())
    width = 4 if images else draw(st.integers(1, 4))
    layers = [Flatten()] if images else []
    for _ in range(draw(st.integers(1, 3))):
        n_out = draw(st.integers(1, 4))
        layers.append(Dense(width, n_out, rng=rng, bias=rng.normal(size=n_out)))
        layers.append(draw(st.sampled_from(MIDDLE))())
        width = n_out
        if draw(st.booleans()) and draw(st.booleans()):  # a layer that is used twice, with an activation between
            twice = Dense(width, width, rng=rng, bias=rng.normal(size=width))
            layers += [twice, Tanh(), twice]
    kind = draw(st.sampled_from(["values", "yes-no", "probability", "class"]))
    if kind == "probability":
        layers.append(Sigmoid())
    x = rng.normal(size=(rows, 2, 2) if images else (rows, layers[0].n_in))
    if kind == "class":
        target, loss = rng.integers(0, width, rows), SoftmaxCrossEntropy()
    elif kind == "values":
        target = rng.normal(size=(rows, width)) * 3
        loss = draw(st.sampled_from([MeanSquaredError(), HalfSquaredError(), MeanAbsoluteError(), Huber(0.7)]))
    else:
        target, loss = rng.uniform(size=(rows, width)), BinaryCrossEntropy(from_logits=kind == "yes-no")
    network = Sequential(*layers)
    place = draw(st.sampled_from([i for i, layer in enumerate(network) if layer.parameters()]))
    parameter = network[place].parameters()[draw(st.integers(0, 1))]
    index = tuple(draw(st.integers(0, size - 1)) for size in parameter.shape)
    return network, x, target, loss, place, index if len(index) > 1 else index[0]


@settings(max_examples=100)
@given(problems())
def test_paths_backprop_and_difference_agree(problem):
    network, x, target, loss, place, index = problem
    trace = trace_weight(*problem)
    check = trace.check()
    assert check, check
    # backprop on the network itself, not through the trace's own code
    prediction, tape = network.forward(x)
    network.backward(loss.backward(loss.forward(prediction, target)[1]), tape)
    parameter = next(p for p in network[place].parameters() if len(p.shape) == np.size(index))
    expected = parameter.grad[index]
    everything = trace.paths(top=None)
    sizes = math.fsum(abs(path.product) for path in everything)  # paths may cancel: rounding is judged beside this
    assert check.size == pytest.approx(sizes, rel=1e-12)
    rounding = 1e-12 * sizes + 1e-14 * max(1.0, trace.error)  # a saturated softmax rounds inside itself
    assert abs(trace.gradient - expected) <= rounding
    assert abs(everything.sum - expected) <= rounding
    assert abs(everything.sum - trace.gradient) <= 1e-12 * sizes
    assert len(everything) == trace.count
    assert everything.remainder == 0.0
    assert abs(trace.per_sample.sum() - trace.gradient) <= 1e-12 * sizes
    for n in range(len(x)):
        one = trace_weight(*problem, sample=n)
        assert one.gradient == pytest.approx(trace.per_sample[n], rel=1e-12, abs=0)
        own = [path.product for path in everything if path.sample == n]
        assert math.fsum(own) == pytest.approx(one.gradient, rel=1e-9, abs=1e-12 * sizes)


def brute_force(network, x, target, loss, place, index):
    """Every path of a network of Dense and elementwise layers, from the weights alone, with slopes by differences.

    Nothing of the library's backward is used: dy/dx of an activation is a central difference.
    """
    values = [np.asarray(x, float)]
    for layer in network:
        values.append(layer.forward(values[-1])[0])
    h = 1e-6

    def slope(layer, v):
        return float(((layer.forward(np.array([[v + h]]))[0] - layer.forward(np.array([[v - h]]))[0]) / (2 * h))[0, 0])

    products = []
    above = network.layers[place + 1 :]
    dense = [layer for layer in above if isinstance(layer, Dense)]
    j = index[1]
    for n in range(len(x)):
        for units in itertools.product(*(range(layer.n_out) for layer in dense)):
            product, unit, chosen = x[n][index[0]], j, iter(units)
            for depth, layer in enumerate(above, start=place + 1):
                if isinstance(layer, Dense):
                    to = next(chosen)
                    product *= layer.W.value[unit, to]
                    unit = to
                else:
                    product *= slope(layer, values[depth][n, unit])
            product *= (values[-1][n, unit] - target[n][unit]) / len(x)  # HalfSquaredError
            products.append(float(product))
    return sorted(products, key=lambda p: -abs(p))


@pytest.mark.parametrize("seed", range(8))
def test_the_strongest_paths_are_those_of_brute_force(seed):
    rng = np.random.default_rng(seed)
    network = mlp(3, 4, 3, 3, 2, activation=[Tanh, Sigmoid, SiLU, Softplus][seed % 4], rng=rng)
    x, target = rng.normal(size=(2, 3)), rng.normal(size=(2, 2))
    everything = brute_force(network, x, target, HalfSquaredError(), 0, (1, 2))
    assert len(everything) == 2 * 3 * 3 * 2
    trace = trace_weight(network, x, target, HalfSquaredError(), 0, (1, 2))
    assert trace.count == len(everything)
    for top in (1, 2, 5, 17, 36):
        found = trace.paths(top)
        np.testing.assert_allclose([path.product for path in found], everything[:top], rtol=1e-7, atol=1e-13)
        rest = math.fsum(everything[top:])
        assert found.remainder == pytest.approx(rest, rel=1e-6, abs=1e-12)


def test_a_path_that_begins_small_and_ends_large_comes_first():
    network = Sequential(Dense(1, 1, weights=[[1.0]]), Dense(1, 2, weights=[[1000.0, 1.0]]))
    targets = network([[1.0]]) - [[0.01, 1.0]]
    trace = trace_weight(network, [[1.0]], targets, HalfSquaredError(), 0, (0, 0))
    assert [path.product for path in trace.paths(1)] == [pytest.approx(10)]
    assert [path.product for path in trace.paths(2)] == [pytest.approx(10), pytest.approx(1)]


def test_top_and_remainder_make_the_gradient_to_1e_12():
    rng = np.random.default_rng(0)
    network = mlp(6, 8, 8, 8, 3, activation=Softplus, rng=0)
    trace = trace_weight(network, rng.normal(size=(4, 6)), [0, 1, 2, 0], SoftmaxCrossEntropy(), 0, (2, 3))
    assert trace.count == 4 * 8 * 8 * 3
    everything = trace.paths(top=None)
    for top in (1, 10, 100, 767):
        some = trace.paths(top)
        assert abs(some.sum + some.remainder - trace.gradient) < 1e-15
        left_out = math.fsum(path.product for path in everything[top:])
        assert some.remainder == pytest.approx(left_out, rel=1e-12, abs=1e-16)
        assert [p.product for p in some] == [p.product for p in everything[:top]]
    assert trace.remainder == trace.paths(10).remainder


def test_equal_products_are_all_listed():
    """Where many paths tie, any order is right, but none may be missing or twice."""
    network = Sequential(
        Dense(1, 3, weights=np.ones((1, 3))), Dense(3, 3, weights=np.ones((3, 3))), Dense(3, 2, weights=np.ones((3, 2)))
    )
    trace = trace_weight(network, [[1.0]], [[0.0, 0.0]], HalfSquaredError(), 0, (0, 1))
    found = trace.paths(top=None)
    assert len({path.units for path in found}) == trace.count == len(found) == 6
    assert len({path.product for path in found}) == 1


def test_a_wide_network_keeps_to_its_largest_paths():
    network = mlp(784, 512, 256, 10, activation=ReLU, rng=0)
    x = np.random.default_rng(0).uniform(0.1, 1, size=(1, 784))
    trace = trace_weight(network, x, [3], SoftmaxCrossEntropy(), 0, (100, int(np.argmax(network[0].forward(x)[0]))))
    shown = repr(trace)
    assert 500 < trace.count <= 2560
    assert "others" in shown
    assert trace.check()


def test_two_paths_worked_by_hand():
    network = Sequential(Dense(1, 2, weights=[[2.0, 7.0]]), Dense(2, 2, weights=[[3.0, -1.0], [0.5, 0.25]]))
    x, target = [[5.0]], [[0.0, 0.0]]
    # h = (10, 35); o = (30 + 17.5, -10 + 8.75) = (47.5, -1.25); E = (o1^2 + o2^2) / 2
    trace = trace_weight(network, x, target, HalfSquaredError(), 0, (0, 0))
    first, second = trace.paths()
    assert first.nodes == ("E", "o1", "h1", "W_h[0, 0]")
    assert first.values == (47.5, 3.0, 5.0)
    assert first.product == 712.5
    assert second.nodes == ("E", "o2", "h1", "W_h[0, 0]")
    assert second.values == (-1.25, -1.0, 5.0)
    assert second.product == 6.25
    assert trace.gradient == 718.75
    assert trace.by_unit == {"o1": 712.5, "o2": 6.25, "h1": 718.75, "h2": 0.0}
    bias = trace_weight(network, x, target, HalfSquaredError(), 0, 0)
    assert bias.weight.text == "b_h[0]"
    assert bias.gradient == 143.75
    assert bias.paths()[0].factors[-1].formula.text == "1"


def test_a_bias_of_a_layer_that_is_wider_than_its_input():
    network = Sequential(Dense(1, 3, rng=0), Tanh(), Dense(3, 1, rng=1))
    assert trace_weight(network, [[0.5]], [[1.0]], HalfSquaredError(), 0, 2).check()


def test_each_sample_has_its_share_and_its_paths():
    network = published()
    x, target = [[0.05, 0.10], [0.9, -0.4], [0.3, 0.3]], [[0.01, 0.99], [1.0, 0.0], [0.5, 0.5]]
    trace = trace_weight(network, x, target, HalfSquaredError(), 0, (1, 0))
    for n in range(3):
        alone = trace_weight(network, x[n : n + 1], target[n : n + 1], HalfSquaredError(), 0, (1, 0))
        assert trace.per_sample[n] == pytest.approx(alone.gradient / 3, rel=1e-13)
        share = trace_weight(network, x, target, HalfSquaredError(), 0, (1, 0), sample=n)
        assert share.gradient == trace.per_sample[n]
        assert {path.sample for path in share.paths()} == {n}
        assert share.check().verdict == "agree"
    assert trace.count == 6
    assert trace_weight(network, x, target, HalfSquaredError(), 0, (1, 0), sample=-1).sample == 2


def test_a_shared_layer_has_the_paths_of_all_its_uses():
    shared = Dense(2, 2, weights=[[0.5, -0.3], [0.8, 0.2]], bias=[0.1, -0.2])
    network = Sequential(shared, Tanh(), shared, Tanh(), Dense(2, 1, rng=0))
    trace = trace_weight(network, [[1.0, 2.0]], [[0.5]], HalfSquaredError(), shared, (0, 1))
    assert trace.uses == (0, 2)
    assert trace.count == 3  # two through both layers, one from the second use
    assert {path.use for path in trace.paths()} == {0, 2}
    assert trace.check().verdict == "agree"
    assert "shared by layers 0, 2" in repr(trace)


def test_two_layers_that_share_one_parameter():
    first, second = Dense(2, 2, rng=0), Dense(2, 2, rng=1)
    second.W = first.W
    network = Sequential(first, Tanh(), second)
    trace = trace_weight(network, [[1.0, 2.0]], [[0.5, 0.1]], HalfSquaredError(), 2, (0, 1))
    assert trace.uses == (0, 2)
    assert trace.check().verdict == "agree"


def test_by_unit_adds_up_to_the_gradient_in_every_layer():
    rng = np.random.default_rng(3)
    network = mlp(4, 5, 4, 3, activation=Tanh, rng=3)
    trace = trace_weight(network, rng.normal(size=(6, 4)), rng.integers(0, 3, 6), SoftmaxCrossEntropy(), 0, (1, 1))
    groups = {}
    for name, share in trace.by_unit.items():
        groups.setdefault(name.split(".")[0] if "." in name else name[0], []).append(share)
    assert set(groups) == {"o", "z_h2", "h2", "z_h1", "h1"}
    for name, shares in groups.items():
        assert math.fsum(shares) == pytest.approx(trace.gradient, rel=1e-12), name
    by_path = math.fsum(path.product for path in trace.paths(None) if "h2.3" in path.nodes)
    assert trace.by_unit["h2.3"] == pytest.approx(by_path, rel=1e-12)


def test_softmax_sends_a_path_through_every_output():
    network = Sequential(Dense(2, 3, rng=0), Softmax())
    trace = trace_weight(network, [[1.0, 2.0]], [[0.2, 0.3, 0.5]], HalfSquaredError(), 0, (0, 1))
    assert trace.count == 3
    assert trace.check().verdict == "agree"
    crossing = next(path for path in trace.paths() if path.nodes[1] == "o1")
    assert crossing.factors[1].formula.text == "-o1 * o2"


def test_dead_paths_are_told_and_where_they_end():
    network = Sequential(Dense(1, 2, weights=[[-1.0, -2.0]]), ReLU(), Dense(2, 1, rng=0))
    trace = trace_weight(network, [[3.0]], [[1.0]], HalfSquaredError(), 0, (0, 0))
    assert (trace.gradient, trace.count, len(trace.paths())) == (0.0, 0, 0)
    assert trace.stops_at() == 1
    assert "no path carries anything: on each, a factor is zero, at layer 1, ReLU()" in repr(trace)
    assert trace.to_latex() == r"$\frac{\partial E}{\partial W_{h}[0,0]} = 0$"
    assert "ReLU()" in trace._repr_html_()
    exact = trace_weight(Sequential(Dense(1, 1, weights=[[2.0]])), [[1.0]], [[2.0]], HalfSquaredError(), 0, (0, 0))
    assert "the loss is flat here" in repr(exact)


def test_a_kink_is_named_and_is_no_failure():
    network = Sequential(Dense(1, 1, weights=[[0.0]]), ReLU())
    check = trace_weight(network, [[1.0]], [[1.0]], HalfSquaredError(), 0, (0, 0)).check()
    assert check.verdict == "kink"
    assert check
    assert "at a kink" in repr(check)


class WrongTanh(Layer):
    """Forgets its derivative."""

    def forward(self, x):
        return np.tanh(x), {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy, {}


class Scale(Layer):
    """A learner's own layer: y = x * gain + shift, and a gradient for each."""

    def __init__(self):
        self.gain = Parameter([2.0, -3.0], "gain")
        self.shift = Parameter([0.5, 0.25], "shift")

    def forward(self, x):
        return x * self.gain.value + self.shift.value, {"x": x, "gain": self.gain.value}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy * cache["gain"], {"gain": (dy * cache["x"]).sum(axis=0), "shift": dy.sum(axis=0)}


def test_paths_that_cancel_agree_with_a_gradient_of_zero():
    """|o - t| summed over a softmax: the outputs' shares cancel to the last bit, or to one bit next to it."""
    W = np.array([[0.3, -0.8]])
    network = Sequential(Dense(1, 1, weights=[[0.7]]), Dense(1, 2, weights=W), Softmax())
    for x in np.linspace(-1, 1, 41):
        check = trace_weight(network, [[x]], [[-3.0, -2.0]], MeanAbsoluteError(), 0, (0, 0)).check()
        assert abs(check.paths) < 1e-15
        assert check.verdict == "agree"


def test_a_wrong_backward_makes_the_check_differ():
    network = Sequential(Dense(1, 1, weights=[[0.5]]), WrongTanh())
    check = trace_weight(network, [[1.0]], [[1.0]], HalfSquaredError(), 0, (0, 0)).check()
    assert check.verdict == "differ"
    assert not check
    assert "Try check_gradients" in repr(check)


def test_a_layer_of_the_learner_is_traced_through_its_own_backward():
    network = Sequential(Dense(2, 2, rng=0), Scale(), Dense(2, 1, rng=1))
    x, target = [[1.0, 2.0], [0.5, -1.0]], [[0.5], [1.0]]
    through = trace_weight(network, x, target, HalfSquaredError(), 0, (0, 1))
    assert through.check().verdict == "agree"
    assert through.paths()[0].factors[2].formula.text == "from Scale.backward"
    assert through.paths()[0].factors[2].value == -3.0
    own = trace_weight(network, x, target, HalfSquaredError(), 1, 1, parameter="gain")
    assert own.check().verdict == "agree"
    with pytest.raises(ArgumentError, match=r"expected one parameter for an index of 1, got gain .*parameter='gain'"):
        trace_weight(network, x, target, HalfSquaredError(), 1, 1)


class CubedError(Loss):
    def prepare_targets(self, target, shape):
        return np.asarray(target, float)

    def compute(self, prediction, target):
        return float((np.abs(prediction - target) ** 3).sum()), {"e": prediction - target}

    def backward(self, cache):
        return 3 * cache["e"] * np.abs(cache["e"])

    def predict(self, prediction):
        return prediction


def test_a_loss_of_the_learner_need_not_be_a_mean():
    trace = trace_weight(published(), [[1.0, 2.0], [0.5, -1.0]], [[0, 1], [1, 0]], CubedError(), 0, (0, 1), sample=1)
    assert trace.check().verdict == "agree"
    assert trace.paths()[0].factors[0].formula.text == "from CubedError.backward"


def test_nothing_in_the_network_is_changed():
    network = published()
    prediction, tape = network.forward([[1.0, 2.0]])
    network.backward(np.ones_like(prediction), tape)
    before = network.parameters().value.copy(), network.parameters().grad.copy()
    trace = trace_weight(network, [[0.05, 0.10]], [[0.01, 0.99]], HalfSquaredError(), 0, (0, 0))
    assert trace.check()
    assert np.array_equal(network.parameters().value, before[0])
    assert np.array_equal(network.parameters().grad, before[1])
    shown = repr(trace)
    SGD(0.5).step(network.parameters())
    assert repr(trace) == shown
    assert trace.check().verdict == "agree"  # of the network as it was


def test_single_precision_is_traced_in_double():
    network = published().astype(np.float32)
    trace = trace_weight(network, np.float32([[0.05, 0.10]]), [[0.01, 0.99]], HalfSquaredError(), 0, (0, 0))
    assert trace.check().verdict == "agree"
    assert network[0].W.value.dtype == np.float32


def test_the_dict_is_plain_and_json_gives_back_every_number():
    x, target = [[0.05, 0.10], [0.3, -0.2]], [[0.01, 0.99], [0.5, 0.5]]
    trace = trace_weight(published(), x, target, HalfSquaredError(), 0, (0, 0))
    read = json.loads(json.dumps(trace.to_dict(top=3)))
    assert read == trace.to_dict(top=3)
    assert read["gradient"] == trace.gradient
    assert read["paths"][0]["product"] == trace.paths()[0].product
    assert math.prod(factor["value"] for factor in read["paths"][0]["factors"]) == read["paths"][0]["product"]
    assert sum(path["product"] for path in read["paths"]) + read["remainder"] == pytest.approx(read["gradient"])


def test_the_names_of_units():
    deep = UnitNames(mlp(2, 2, 2, 2).layers)
    assert [str(deep.unit(layer, 1)) for layer in (-1, 0, 1, 2, 3, 4)] == [
        "x2",
        "z_h1.2",
        "h1.2",
        "z_h2.2",
        "h2.2",
        "o2",
    ]
    assert str(UnitNames([Dense(1, 1), Tanh(), Softmax()]).unit(1, 0)) == "tanh_o1"
    assert str(UnitNames([Flatten(), Dense(1, 1)]).unit(0, 0)) == "flatten_x1"
    assert str(UnitNames([Sigmoid()]).unit(0, 0)) == "o1"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"layer": 1}, ArgumentError, r"layer 1, Sigmoid\(\), expected to have weights to trace, got none"),
        ({"layer": 4}, ArgumentError, r"layer expected a layer or its number, 0\.\.3, got 4"),
        ({"layer": Dense(2, 2)}, ArgumentError, r"layer expected a layer of this network"),
        ({"layer": "W"}, ArgumentError, r"layer expected a layer or its number"),
        (
            {"index": (2, 0)},
            ShapeError,
            r"index of W in layer 0, .* expected 0\.\.1 and 0\.\.1, got \(2, 0\)\. W\[i, j",
        ),
        ({"index": 5}, ShapeError, r"index of b in layer 0, .* expected 0\.\.1, got 5"),
        ({"index": (0, 0, 0)}, ArgumentError, r"expected a parameter for an index of 3, got W \(2, 2\), b \(2,\)"),
        ({"index": 0.5}, ArgumentError, r"index expected \(i, j\) for a weight or j for a bias, got 0\.5"),
        ({"parameter": "V"}, ArgumentError, r"expected a parameter 'V' for an index of 2"),
        ({"sample": 1}, ArgumentError, r"sample expected a row of x, 0\.\.0, got 1"),
        ({"sample": 0.5}, ArgumentError, r"sample expected a row of x"),
        ({"loss": HalfSquaredError}, ArgumentError, r"loss expected a Loss object"),
        ({"network": 3}, ArgumentError, r"network expected a Sequential, got 3"),
        ({"target": [[0.01]]}, ShapeError, r"expected a target of the prediction's shape"),
    ],
)
def test_what_does_not_exist_is_named(change, error, message):
    arguments = {
        "network": published(),
        "x": [[0.05, 0.10]],
        "target": [[0.01, 0.99]],
        "loss": HalfSquaredError(),
        "layer": 0,
        "index": (0, 0),
    }
    with pytest.raises(error, match=message):
        trace_weight(**{**arguments, **change})


def test_millions_of_paths_are_not_listed():
    network = mlp(4, 40, 40, 40, 40, activation=Tanh, rng=0)
    trace = trace_weight(network, np.ones((1, 4)), np.zeros((1, 40)), HalfSquaredError(), 0, (0, 0))
    assert trace.count == 40**3
    wider = trace_weight(
        mlp(2, 60, 60, 60, 60, rng=0), np.ones((1, 2)), np.zeros((1, 60)), HalfSquaredError(), 0, (0, 0)
    )
    with pytest.raises(ArgumentError, match=r"at most 100,000 paths, got 216,000\. Ask for the strongest"):
        wider.paths(top=None)
    assert len(wider.paths(top=3)) == 3


@pytest.mark.parametrize("kind", MIDDLE)
def test_local_derivatives_are_the_layers_own(kind):
    x = np.random.default_rng(0).normal(size=(3, 4))
    _, tape = Sequential(kind()).forward(x)
    found = jacobian(tape[0])
    assert found.diagonal == (kind is not Softmax)
    h = 1e-6
    for i in range(4):
        nudge = np.zeros((1, 4))
        nudge[0, i] = h
        column = (kind().forward(x + nudge)[0] - kind().forward(x - nudge)[0]) / (2 * h)
        expected = np.zeros((3, 4))
        if found.diagonal:
            expected[:, i] = found.entries[:, i]
        else:
            expected = found.entries[:, :, i]
        np.testing.assert_allclose(expected, column, atol=1e-8)


class Swap(Layer):
    """Equal widths, yet not diagonal: it turns the units around."""

    def forward(self, x):
        return x[:, ::-1] * 2, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy[:, ::-1] * 2, {}


def test_a_layer_that_mixes_a_little_is_not_taken_for_elementwise():
    _, tape = Sequential(Swap()).forward([[1.0, 2.0, 3.0]])
    assert not jacobian(tape[0]).diagonal
    _, tape = Sequential(Softmax()).forward([[40.0, 0.0]])  # off the diagonal: 4e-18
    assert not jacobian(tape[0]).diagonal
    _, tape = Sequential(Softmax()).forward([[0.0]])
    assert jacobian(tape[0]).diagonal


def test_parameter_slopes_of_a_batch():
    x = np.array([[5.0, 0.0], [0.0, 7.0], [1.0, 1.0]])
    _, tape = Sequential(Dense(2, 3, rng=0)).forward(x)
    np.testing.assert_array_equal(parameter_slopes(tape[0], "W", (1, 2)), [[0, 0, 0], [0, 0, 7], [0, 0, 1]])
    np.testing.assert_array_equal(parameter_slopes(tape[0], "b", (1,)), [[0, 1, 0]] * 3)


class NoInput(Layer):
    def forward(self, x):
        return x, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return None, {}


def test_a_backward_that_returns_nothing_is_named():
    with pytest.raises(
        ShapeError, match=r"backward of NoInput\(\) expected to return dx of x's shape \(1, 2\), got None"
    ):
        trace_weight(Sequential(Dense(2, 2), NoInput()), [[1.0, 2.0]], [[0.0, 0.0]], HalfSquaredError(), 0, (0, 0))
