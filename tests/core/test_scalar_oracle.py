"""Random small networks, computed once as matrices by `Sequential` and once number by number by `Value`."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplearn.layers import Dense, ReLU, Sigmoid, Tanh
from bplearn.losses import HalfSquaredError, MeanSquaredError, SoftmaxCrossEntropy
from bplearn.network import Sequential
from bplearn.scalar import Value

ACTIVATIONS = {"sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU}
LOSSES = {"mean": MeanSquaredError, "half": HalfSquaredError, "softmax": SoftmaxCrossEntropy}


def total(values):
    first, *rest = values
    for value in rest:
        first = first + value
    return first


def scalar_network(x, weights, biases, activations):
    """The same network with no matrix in it: one neuron after another, one sample after another."""
    rows = []
    for sample in x:
        y = sample
        for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
            y = [total([y[i] * W[i][j] for i in range(len(y))]) + b[j] for j in range(len(b))]
            if k < len(activations):
                y = [getattr(value, activations[k])() for value in y]
        rows.append(y)
    return rows


def scalar_loss(rows, targets, kind):
    """As the docstrings of the losses say it: a mean over entries, or half a sum and a mean over the batch."""
    n, outputs = len(rows), len(rows[0])
    if kind == "softmax":
        parts = []
        for row, label in zip(rows, targets, strict=True):
            powers = [z.exp() for z in row]
            parts.append(-(powers[label] / total(powers)).log())
        return total(parts) / n
    squares = total(
        [(y - t) ** 2 for row, goal in zip(rows, targets, strict=True) for y, t in zip(row, goal, strict=True)]
    )
    return squares / (n * outputs) if kind == "mean" else squares / (2 * n)


def graph(array):
    return [Value(v) for v in array] if array.ndim == 1 else [graph(row) for row in array]


def read(nodes):
    return [read(n) if isinstance(n, list) else n.grad for n in nodes]


def close(ours, theirs):
    scale = max(1.0, float(np.max(np.abs(theirs))))
    return np.max(np.abs(np.asarray(ours) - np.asarray(theirs))) <= 1e-12 * scale


@settings(max_examples=200, deadline=None)
@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    names=st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=3, max_size=3),
    kind=st.sampled_from(sorted(LOSSES)),
    n=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_sequential_and_value_agree(widths, names, kind, n, seed):
    if kind == "softmax":
        widths = [*widths[:-1], widths[-1] + 1]
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=pair) for pair in pairwise(widths)]
    biases = [rng.normal(size=width) for width in widths[1:]]
    x = rng.normal(size=(n, widths[0]))
    targets = rng.integers(widths[-1], size=n) if kind == "softmax" else rng.normal(size=(n, widths[-1]))
    names = names[: len(weights) - 1]

    layers = []
    for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
        layers.append(Dense(*W.shape, weights=W, bias=b))
        layers += [ACTIVATIONS[names[k]]()] if k < len(names) else []
    network, loss = Sequential(*layers), LOSSES[kind]()
    prediction, tape = network.forward(x)
    value, cache = loss.forward(prediction, targets)
    dx = network.backward(loss.backward(cache), tape)

    X, Ws, bs = graph(x), [graph(W) for W in weights], [graph(b) for b in biases]
    rows = scalar_network(X, Ws, bs, names)
    out = scalar_loss(rows, targets.tolist(), kind)
    out.backward()

    assert close(out.data, value)
    assert close([[v.data for v in row] for row in rows], prediction)
    assert close(read(rows), tape[len(layers) - 1].dy)
    assert close(read(X), dx)
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    for layer, W, b in zip(dense, Ws, bs, strict=True):
        assert close(read(W), layer.W.grad)
        assert close(read(b), layer.b.grad)


def test_the_comparison_notices_a_wrong_gradient():
    W = np.array([[0.5, -0.3], [0.2, 0.9]])
    x = np.array([[1.0, 2.0]])
    network = Sequential(Dense(2, 2, weights=W), Sigmoid())
    _, tape = network.forward(x)
    network.backward(np.ones((1, 2)), tape)
    X, Ws = graph(x), graph(W)
    out = total([v.sigmoid() for v in scalar_network(X, [Ws], [graph(np.zeros(2))], [])[0]])
    out.backward()
    right = network[0].W.grad
    assert close(read(Ws), right)
    for wrong in (right.T, -right, 2 * right, right * (1 + 1e-9), np.zeros((2, 2))):
        assert not close(read(Ws), wrong)
    assert out.data == pytest.approx(float(network(x).sum()), rel=1e-15)
