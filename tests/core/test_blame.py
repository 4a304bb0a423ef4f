"""Which weights, units and inputs carry an error: against differences and against the trace of each weight."""

import numpy as np
import pytest

from bplearn import (
    ArgumentError,
    Dense,
    HalfSquaredError,
    ReLU,
    Sequential,
    SoftmaxCrossEntropy,
    Tanh,
    blame,
    mlp,
    strongest_weights,
    trace_weight,
)


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    return mlp(4, 5, 3, rng=0), rng.normal(size=(3, 4)), rng.integers(0, 3, 3), SoftmaxCrossEntropy()


def test_the_strongest_weights_are_those_of_all_traces(problem):
    network = problem[0]
    gradients = {}
    for layer in (0, 2):
        for i, j in np.ndindex(network[layer].W.shape):
            gradients[layer, (i, j)] = trace_weight(*problem, layer, (i, j)).gradient
        for j in range(network[layer].n_out):
            gradients[layer, (j,)] = trace_weight(*problem, layer, j).gradient
    expected = sorted(gradients.items(), key=lambda pair: -abs(pair[1]))
    found = strongest_weights(*problem, top=12)
    assert [(weight.layer, weight.index) for weight in found] == [where for where, _ in expected[:12]]
    np.testing.assert_allclose([w.gradient for w in found], [g for _, g in expected[:12]], rtol=1e-12)
    total = sum(g * g for _, g in expected)
    assert found.share(found[0]) == pytest.approx(expected[0][1] ** 2 / total, rel=1e-12)
    assert sum(found.share(w) for w in strongest_weights(*problem, top=1000)) == pytest.approx(1, rel=1e-12)
    assert len(strongest_weights(*problem, top=1000)) == len(gradients) == found.in_all
    assert f"12 of {len(gradients)} weights and biases" in repr(found)
    assert found[0].name in found._repr_html_()
    first = found[0]
    assert trace_weight(*problem, first.layer, first.index).gradient == pytest.approx(first.gradient)


def test_the_blame_of_units_and_inputs_is_a_difference():
    """Push one unit or one input a little: the loss answers with the blame."""
    network = mlp(4, 5, 3, rng=1)
    rng = np.random.default_rng(1)
    x, target = rng.normal(size=(1, 4)), rng.normal(size=(1, 3))
    found = blame(network, x, target, HalfSquaredError())
    assert [layer.name for layer in found] == ["o", "h", "z_h", "x"]
    assert [layer.layer for layer in found] == [2, 1, 0, -1]
    h = 1e-6
    for layer in found:
        for unit in range(len(layer.units)):

            def loss_when_pushed(offset, layer=layer, unit=unit):
                values = x.copy()
                if layer.layer == -1:
                    values[0, unit] += offset
                for place, step in enumerate(network):
                    values = step.forward(values)[0]
                    if place == layer.layer:
                        values[0, unit] += offset
                return HalfSquaredError().forward(values, target)[0]

            slope = (loss_when_pushed(h) - loss_when_pushed(-h)) / (2 * h)
            assert layer.gradient[0, unit] == pytest.approx(slope, abs=1e-8)
            assert layer.total[unit] == pytest.approx(abs(slope), abs=1e-8)


def test_over_samples_sizes_are_added():
    network = Sequential(Dense(1, 1, weights=[[2.0]]))
    found = blame(network, [[1.0], [-1.0]], [[0.0], [0.0]], HalfSquaredError())
    # errors +2 and -2, halved by the mean: they would cancel if the signs were kept
    np.testing.assert_array_equal(found[0].gradient, [[1.0], [-1.0]])
    assert found[0].total.tolist() == [2.0]
    assert found.inputs.top(1) == [("x1", 4.0)]
    assert found.inputs.size == 4.0


def test_tables(problem):
    found = blame(*problem)
    assert repr(found).split("\n")[1].split() == ["at", "units", "|∂E/∂u|", "most", "of", "it", "at"]
    assert "z_h" in repr(found)
    assert found._repr_html_().count("<tr>") == 5
    assert 'scope="col"' in strongest_weights(*problem)._repr_html_()
    dead = Sequential(Dense(1, 1, weights=[[-1.0]]), ReLU())
    assert "x" in repr(blame(dead, [[1.0]], [[1.0]], HalfSquaredError()))
    assert "0.0%" in repr(strongest_weights(dead, [[1.0]], [[1.0]], HalfSquaredError()))


def test_a_shared_layer_counts_once_and_nothing_is_changed():
    shared = Dense(2, 2, rng=0)
    network = Sequential(shared, Tanh(), shared)
    found = strongest_weights(network, [[1.0, 2.0]], [[0.0, 1.0]], HalfSquaredError(), top=100)
    assert len(found) == 6
    assert network[0].W.grad is None


def test_what_does_not_fit_is_named(problem):
    network, x, target, loss = problem
    with pytest.raises(ArgumentError, match="network expected a Sequential"):
        blame(3, x, target, loss)
    with pytest.raises(ArgumentError, match="loss expected a Loss object"):
        strongest_weights(network, x, target, SoftmaxCrossEntropy)
    with pytest.raises(ArgumentError, match="top expected a whole number of at least 1"):
        strongest_weights(network, x, target, loss, top=0)
