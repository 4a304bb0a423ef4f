"""What the library does with a network, asked of every layer of notebooks 16 to 18: check, sum up, sweep, trace."""

import contextlib

import numpy as np
import pytest

from bplearn import (
    SGD,
    Dense,
    HalfSquaredError,
    Sequential,
    Tanh,
    check_gradients,
    layers,
    strongest_weights,
    sweep,
    trace_weight,
)
from bplearn.sweeps.stacked import can_stack
from tests.contracts import layers_of_today as today
from tests.contracts.test_layers import Wrong

KINDS = pytest.mark.parametrize("kind", today.BUILD, ids=lambda kind: kind.__name__)


def network(kind, seed=0):
    layer = today.build(kind, 3, 2, seed)
    wide = layer.predict(today.sample(kind, 1, 3)).shape[1]
    return Sequential(layer, Dense(wide, 2, rng=seed))


def batch(kind, rows=4):
    return today.sample(kind, rows, 3, seed=1), np.random.default_rng(2).normal(size=(rows, 2))


@KINDS
def test_its_gradients_are_checked_and_one_percent_is_found(kind):
    net, (x, target) = network(kind), batch(kind)
    assert check_gradients(net, x, target, HalfSquaredError()).passed

    def too_large(wrong, dy, cache):
        dx, grads = wrong.right.backward(dy, cache)
        return (None if dx is None else 1.01 * dx), {name: 1.01 * grad for name, grad in grads.items()}

    wrong = Wrong(net[0], backward=too_large)
    wrong.again, wrong.generators = net[0].again, net[0].generators
    assert not check_gradients(Sequential(wrong, net[1]), x, target, HalfSquaredError()).passed


@KINDS
def test_its_summary_counts_what_it_learns_and_finds_its_width(kind):
    net = network(kind)
    wide = net[1].n_in
    shown = net.summary() if kind is not layers.Dropout else net.summary((wide,))
    count = sum(p.size for p in net[0].parameters())
    shapes = ", ".join(f"{name} {p.shape}" for name, p in net[0].named_parameters().items())
    assert shown.rows[0] == (repr(net[0]), f"(N, {wide})", shapes, f"{count:,}")


@KINDS
def test_it_is_stacked_or_the_sweep_says_why_not(kind):
    x, target = batch(kind, rows=6)
    settings = {"loss": HalfSquaredError(), "learning_rates": [0.01, 0.1], "batch_sizes": [3], "epochs": 2}

    def build(seed):
        return network(kind, seed)

    alone = sweep(build, x, target, executor="serial", progress=False, **settings)
    stacks = kind in (layers.Residual, layers.LayerNorm, layers.MaxPooling, layers.PerToken)
    assert can_stack(build(0), SGD(0.1), HalfSquaredError()) == stacks
    said = contextlib.nullcontext()
    if not stacks:
        said = pytest.warns(UserWarning, match=rf"^sweep trains one by one, not stacked: {kind.__name__}\(.* does not")
    with said:
        together = sweep(build, x, target, executor="stacked", progress=False, **settings)
    for one, other in zip(alone.runs, together.runs, strict=True):
        np.testing.assert_allclose(other.history.step_loss, one.history.step_loss, rtol=1e-10)


@KINDS
def test_its_strongest_weights_can_be_traced(kind):
    net, (x, target) = network(kind), batch(kind)
    found = strongest_weights(net, x, target, HalfSquaredError(), top=1000)
    assert {(w.layer, w.parameter) for w in found} == {
        (place, name) for place, layer in enumerate(net) for name in layer.named_parameters()
    }
    for weight in found[:3]:
        trace = trace_weight(net, x, target, HalfSquaredError(), weight.layer, weight.index, parameter=weight.parameter)
        assert trace.gradient == pytest.approx(weight.gradient, rel=1e-9)
        assert trace.weight.text == weight.name


def test_a_width_inside_a_block_is_found_and_one_that_nothing_says_is_asked_for():
    block = layers.Residual(Tanh(), layers.PerToken(layers.LayerNorm(3), length=4))
    assert Sequential(Tanh(), block).summary().rows[1][1] == "(N, 12)"
    with pytest.raises(ValueError, match="summary expected a Dense layer or input_shape, got neither"):
        Sequential(layers.Embedding(3, 2), layers.PerToken(Dense(2, 2, rng=0), length=4)).summary()
