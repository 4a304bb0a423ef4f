"""The error followed through residual blocks, norms, shared kernels and attention: all paths add up to the gradient."""

import math
import re

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from bplearn import (
    ArgumentError,
    Attention,
    Convolution,
    Dense,
    Dropout,
    Embedding,
    HalfSquaredError,
    LayerNorm,
    MaxPooling,
    PerToken,
    Residual,
    Sequential,
    ShapeError,
    SiLU,
    SoftmaxCrossEntropy,
    Tanh,
    blame,
    plotting,
    strongest_weights,
    trace_weight,
)
from bplearn.explain.trace import unfold
from bplearn.explain.trace.unfold import parts
from bplearn.layers.base import with_inner_layers
from bplearn.panels.tracer.logic import Tracer
from bplearn.panels.tracer.tables import factor_table
from bplearn.tape import Tape
from tests.contracts import layers_of_today as today
from tests.contracts.layers_of_today import stirred
from tests.core.test_trace_view import worth


def deep(rng):
    """Norms and residual blocks, one in another, with a mask inside."""
    block = Residual(LayerNorm(3), Dense(3, 4, rng=rng), Tanh(), Dropout(0.3, rng=rng), Dense(4, 3, rng=rng))
    nested = Residual(Residual(Dense(3, 3, rng=rng), SiLU()), LayerNorm(3))
    net = Sequential(Dense(2, 3, rng=rng), block, nested, Dense(3, 2, rng=rng))
    return net, rng.normal(size=(2, 2)), rng.integers(0, 2, 2), SoftmaxCrossEntropy()


def images(rng):
    """A kernel that is shared over positions, and pooling."""
    first = Convolution(1, 2, 2, image=(4, 4), padding=int(rng.integers(2)), rng=rng)
    side = 3 + 2 * first.padding
    pool = [Tanh(), MaxPooling(side, image=(side, side), channels=2)]
    net = Sequential(first, *pool, Residual(Convolution(2, 2, 1, image=(1, 1), rng=rng)), Dense(2, 2, rng=rng))
    return net, rng.normal(size=(2, 16)), rng.normal(size=(2, 2)), HalfSquaredError()


def letters(rng):
    """Attention with one head or two, in a residual block, on embedded letters."""
    attention = Attention(4, int(rng.integers(1, 3)), length=3, causal=bool(rng.integers(2)), rng=rng)
    mix = Residual(PerToken(LayerNorm(4), length=3), attention)
    think = PerToken(Residual(Dense(4, 4, rng=rng), Tanh()), Dense(4, 4, rng=rng), length=3)
    x = rng.integers(0, 4, (2, 3))
    return Sequential(Embedding(4, 4, length=3, rng=rng), mix, think), x, (x + 1) % 4, SoftmaxCrossEntropy(length=3)


def some_weight(net, turn, rng):
    """A layer, the name of one of its parameters, each in its turn, and a random place in it."""
    named = [(place, name, p) for place, layer in enumerate(net) for name, p in layer.named_parameters().items()]
    layer, name, p = named[turn % len(named)]
    return layer, name, tuple(int(rng.integers(size)) for size in p.shape)


def drawn_network(seed):
    """Network, batch and loss number `seed`, with a weight of it."""
    rng = np.random.default_rng(seed)
    net, x, target, loss = (deep, images, letters)[seed % 3](rng)
    for layer in net:
        stirred(layer, seed + 1)
    return net, x, target, loss, *some_weight(net, seed // 3, rng)


@pytest.mark.parametrize("seed", range(100))
def test_sum_over_paths_is_backprop_is_a_central_difference(seed):
    net, x, target, loss, layer, name, index = drawn_network(seed)
    trace = trace_weight(net, x, target, loss, layer, index, parameter=name)
    check = trace.check()
    assert check.verdict == "agree", (layer, name, index, check)
    np.testing.assert_allclose(check.paths, check.backprop, rtol=1e-9, atol=1e-12 * check.size)
    nudged = differences(net, x, target, loss, net[layer].named_parameters()[name], index)
    assert trace.gradient == pytest.approx(nudged, rel=1e-5, abs=1e-8 * max(check.size, 1))
    products = [path.product for path in trace.paths(top=min(trace.count, 2000) or 1)]
    rest = trace.gradient - math.fsum(products)
    assert len(products) < trace.count or abs(rest) <= 1e-9 * check.size
    assert all(math.isclose(math.prod(path.values), path.product, rel_tol=1e-9) for path in trace.paths(20))


def differences(net, x, target, loss, parameter, index, h=1e-6):
    """(E(w + h) - E(w - h)) / 2h, with the masks that the trace draws from its own copy."""
    tape = net.copy().forward(x)[1]
    before, errors = parameter.value, []
    for step in (h, -h):
        parameter[index] = before[index] + step
        errors.append(loss.forward(net.again(x, Tape(net, list(tape)))[0], target)[0])
        parameter[:] = before
    return (errors[0] - errors[1]) / (2 * h)


def test_the_hundred_networks_trace_every_parameter_of_every_layer():
    kinds, traced, there = set(), set(), set()
    for seed in range(100):
        net, *_, layer, name, _ = drawn_network(seed)
        kinds |= {type(inner) for outer in net for inner in with_inner_layers(outer)}
        traced.add((seed % 3, layer, name))
        there |= {(seed % 3, place, its) for place, one in enumerate(net) for its in one.named_parameters()}
    assert set(today.BUILD) <= kinds
    assert traced == there


def test_a_weight_inside_a_block_has_its_name_everywhere():
    net, x, target, loss = letters(np.random.default_rng(0))
    trace = trace_weight(net, x, target, loss, 1, (0, 1), parameter="1.Wq")
    assert trace.weight.text == "1.Wq_h2[0, 1]"
    assert trace.parameter == "1.Wq"
    assert trace.to_dict()["weight"] == "1.Wq_h2[0, 1]"
    found = strongest_weights(net, x, target, loss, top=200)
    assert {"1.Wq_h2", "0.0.g_h2", "0.0.W_o", "1.b_o"} <= {weight.name.partition("[")[0] for weight in found}
    for weight in found[:10]:
        name = weight.name.partition("_")[0]
        again = trace_weight(net, x, target, loss, weight.layer, weight.index, parameter=name)
        np.testing.assert_allclose(again.gradient, weight.gradient, rtol=1e-9)
    with pytest.raises(ShapeError, match=r"index of 1.Wq in layer 1"):
        trace_weight(net, x, target, loss, 1, (0, 4), parameter="1.Wq")


def test_a_layer_inside_a_block_can_be_given_itself():
    net, x, target, loss = letters(np.random.default_rng(0))
    norm, attention = net[1].layers[0].layers[0], net[1].layers[1]
    trace = trace_weight(net, x, target, loss, attention, (0, 1), parameter="Wq")
    assert (trace.layer, trace.parameter, trace.weight.text) == (1, "1.Wq", "1.Wq_h2[0, 1]")
    assert trace_weight(net, x, target, loss, norm, 2, parameter="0.0.b").weight.text == "0.0.b_h2[2]"
    assert trace_weight(net, x, target, loss, net[2].layers[1], (3, 0)).parameter == "1.W"
    with pytest.raises(ArgumentError, match=r"got 0.0.g \(4,\), 0.0.b \(4,\). Say which: parameter='0.0.g'"):
        trace_weight(net, x, target, loss, norm, 2)
    with pytest.raises(ArgumentError, match=r"a parameter '0.0.W' .* got 0.0.g \(4,\), 0.0.b \(4,\). An entry of"):
        trace_weight(net, x, target, loss, norm, (0, 1), parameter="W")
    with pytest.raises(ArgumentError, match=r"layer expected a layer of this network, got Dense\(1 -> 1\)"):
        trace_weight(net, x, target, loss, Dense(1, 1), (0, 0))


def test_a_skip_is_a_path_of_one_and_what_it_carries_is_one_place():
    block = Residual(Dense(2, 2, weights=[[0.5, 0.0], [0.0, 0.5]]), Tanh())
    net = Sequential(Dense(1, 2, weights=[[1.0, 2.0]]), block, Dense(2, 1, weights=[[1.0], [1.0]]))
    trace = trace_weight(net, [[0.3]], [[0.0]], HalfSquaredError(), 0, (0, 0))
    routes = {path.route: path.values for path in trace.paths()}
    error, slope = net([[0.3]])[0, 0], 1 - math.tanh(0.15) ** 2
    assert set(routes) == {
        "E <- o1 <- h2.1 <- h1.1 <- W_h1[0, 0]",
        "E <- o1 <- h2.1 <- h2/1.1 <- h2/0.1 <- h1.1 <- W_h1[0, 0]",
    }
    np.testing.assert_allclose(routes["E <- o1 <- h2.1 <- h1.1 <- W_h1[0, 0]"], [error, 1, 1, 0.3], rtol=1e-12)
    inside = routes["E <- o1 <- h2.1 <- h2/1.1 <- h2/0.1 <- h1.1 <- W_h1[0, 0]"]
    np.testing.assert_allclose(inside, [error, 1, 1, slope, 0.5, 0.3], rtol=1e-12)
    assert [path.units for path in trace.paths()] == [((2, 0), (1, 0), (0, 0))] * 2
    assert {*trace.by_unit} == {"o1", "h2.1", "h2.2", "h1.1", "h1.2"}


def test_the_error_passes_an_attention_through_its_values_and_through_its_scores():
    net = Sequential(Dense(3, 6, rng=0), Attention(2, length=3, rng=1), Dense(6, 1, rng=2))
    x = np.random.default_rng(3).normal(size=(1, 3))
    trace = trace_weight(net, x, [[1.0]], HalfSquaredError(), 0, (0, 0))
    ways = {key: sum(key in path.route for path in trace.paths(None)) for key in ("/v.", "/k.", "/q.")}
    assert all(ways.values()), ways
    assert sum(ways.values()) == trace.count
    through = {key: [path for path in trace.paths(None) if key in path.route] for key in ways}
    assert all("/share." in path.route and "/score." in path.route for path in through["/q."] + through["/k."])
    assert not any("/share." in path.route for path in through["/v."])
    values = sum(path.product for path in through["/v."])
    layer, tape = net[1], net.forward(x)[1]
    still = {**tape[1].cache, "Wq": np.zeros((2, 2)), "Wk": np.zeros((2, 2))}  # no slope through the scores
    dy = (tape[2].y - 1.0) @ net[2].W.value.T
    np.testing.assert_allclose(values, layer.backward(dy, still)[0][0, 0] * x[0, 0], rtol=1e-10)
    query = trace_weight(net, x, [[1.0]], HalfSquaredError(), 1, (0, 1), parameter="Wq")
    assert all(" <- h2/score." in path.route and " <- h2/q." in path.route for path in query.paths())


@pytest.mark.parametrize("seed", range(12))
def test_every_factor_inside_a_block_has_a_formula_that_is_worth_it(seed):
    rng = np.random.default_rng(seed)
    net, x, target, loss = (deep, images, letters)[seed % 3](rng)
    for layer in net:
        stirred(layer, seed + 1)
    kinds = set()
    for place, layer in enumerate(net):
        for name, p in layer.named_parameters().items():
            index = tuple(int(rng.integers(size)) for size in p.shape)
            trace = trace_weight(net, x, target, loss, place, index, parameter=name)
            for path in trace.paths(40):
                for factor in path.factors:
                    assert worth(factor.formula) == pytest.approx(factor.value, rel=1e-9), (path.route, factor)
                    kinds.add(re.sub(r"\d+", "0", factor.formula.latex))
    assert not any("backward" in kind for kind in kinds)
    assert len(kinds) > 4
    parser = MathTextParser("agg")
    for kind in kinds:
        parser.parse(f"${kind}$", dpi=100)


def test_queries_keys_and_values_keep_their_names_inside_blocks():
    attention = Attention(2, length=3, rng=1)
    x = np.random.default_rng(3).normal(size=(1, 6))
    for block in (attention, Residual(attention), Residual(Residual(attention))):
        net = Sequential(Dense(6, 6, rng=0), block, Dense(6, 1, rng=2))
        trace = trace_weight(net, x, [[1.0]], HalfSquaredError(), 0, (0, 0))
        for path in trace.paths(None):
            for factor in path.factors:
                if "/share." in factor.lower.text and "mix." in factor.upper.text:
                    assert re.search(r"/v\.\d$", factor.formula.text)
                if "/score." in factor.upper.text:
                    query = "/q." in factor.lower.text
                    assert re.search(r"/k\.\d / sqrt" if query else r"/q\.\d / sqrt", factor.formula.text)


def test_a_table_of_a_trace_has_one_cell_for_each_layer():
    net, x, target, loss = letters(np.random.default_rng(6))
    trace = trace_weight(net, x, target, loss, 0, (0, 1), parameter="P", sample=0)
    rows = re.findall(r"<tr.*?</tr>", trace._repr_html_(), re.DOTALL)
    assert len({len(re.findall("<t[hd]", row)) for row in rows}) == 1
    assert "/share." in rows[1] or "/v." in rows[1]
    assert "factors" in rows[-1], "of a weaker path the product alone"


@pytest.mark.parametrize("seed", range(3))
def test_the_steps_inside_give_what_the_blocks_give(seed):
    net, x, _, _ = letters(np.random.default_rng(seed))
    tape = net.forward(x)[1]
    for step in tape:
        inside = parts(step)
        np.testing.assert_allclose(inside[-1].step.y, step.y, rtol=1e-12)
        dy = np.random.default_rng(9).normal(size=step.y.shape)
        dx, grads = step.layer.backward(dy, step.cache)
        found, way = {}, dy
        for part in reversed(inside):
            way, its = part.step.layer.backward(way, part.step.cache)
            found |= {name: its[inner] for name, inner in part.names.items()}
        assert set(found) == set(grads)
        for name, grad in grads.items():
            np.testing.assert_allclose(found[name], grad, rtol=1e-9, atol=1e-12)
        if dx is not None:
            np.testing.assert_allclose(way, dx, rtol=1e-9, atol=1e-12)


def test_an_attention_too_large_to_lay_open_stays_one_step_with_the_same_gradient(monkeypatch):
    net, x, target, loss = letters(np.random.default_rng(4))
    opened = trace_weight(net, x, target, loss, 1, (0, 1), parameter="1.Wk")
    monkeypatch.setattr(unfold, "MOST", 0)
    closed = trace_weight(net, x, target, loss, 1, (0, 1), parameter="1.Wk")
    assert closed.count < opened.count
    np.testing.assert_allclose(closed.gradient, opened.gradient, rtol=1e-9)


def test_a_kernel_weight_has_a_path_through_each_position():
    net = Sequential(Convolution(1, 1, 2, image=(3, 3), rng=0), Dense(4, 1, rng=1))
    x = np.random.default_rng(2).normal(size=(1, 9))
    trace = trace_weight(net, x, [[1.0]], HalfSquaredError(), 0, (0, 1, 0, 0))
    assert trace.count == 4
    below = {path.units[-1][1]: path.values[-1] for path in trace.paths()}
    assert below == {0: x[0, 3], 1: x[0, 4], 2: x[0, 6], 3: x[0, 7]}, "the pixel under the weight at each position"


def test_a_trace_through_blocks_is_drawn_written_and_shown_in_the_panel():
    net, x, target, loss = letters(np.random.default_rng(5))
    for layer, name in [(0, "W"), (1, "0.0.g"), (1, "1.Wv"), (2, "0.0.b")]:
        index = (0, 1) if name in ("W", "1.Wv") else (1,)
        trace = trace_weight(net, x, target, loss, layer, index, parameter=name)
        assert all(math.isclose(math.prod(path.by_layer), path.product, rel_tol=1e-9) for path in trace.paths())
        assert all(len(path.by_layer) == len(path.units) + 1 for path in trace.paths())
        assert trace.weight.text in plotting.plot_trace(trace).title
        assert trace.weight.text in repr(trace)
        assert trace.to_latex(1).count("$") % 2 == 0
    tracer = Tracer(net, x, target, loss)
    tracer.choose(1, "1.Wq", (0, 1)).strongest()
    assert "<table" in factor_table(tracer)


def test_blame_passes_a_network_of_letters_and_stops_at_the_letters_themselves():
    net, x, target, loss = letters(np.random.default_rng(1))
    found = blame(net, x, target, loss)
    assert [layer.layer for layer in found] == [2, 1, 0]
