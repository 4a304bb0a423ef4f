"""What notebook 02 claims beyond what its cells show."""

import numpy as np
import pytest

from bplearn import Dense, Sequential, Sigmoid, mlp
from bplearn.errors import ShapeError
from bplearn.exercises import ALL
from bplearn.exercises.engine.grading import grade
from bplearn.functional import sigmoid
from tests.notebooks.claims import Claims, said

CLAIMS = Claims()

CLAIMS.defined(
    "Nobody writes 2,368 names.",
)

CLAIMS.cited(
    "Matt Mazur, A Step by Step Backpropagation Example (2015)",
    'Its numbers are published, so you can compare yours with those of others (Matt Mazur, "A Step by Step Backpropagation Example").',
    "The published values have 12 digits.",
)


@CLAIMS.computed(
    "*You push two numbers through a whole network by hand, then a thousand samples with one line, and you can name every shape on the way.*",
    "- The same code takes one sample or a thousand; each row is treated alone.",
)
def one_line_takes_a_thousand_samples_and_each_row_is_alone():
    x, network = np.random.default_rng(0).normal(size=(1000, 2)), mlp(2, 2, 2, rng=0)
    y = network(x)
    assert y.shape == (1000, 2)
    assert all(np.allclose(network(x[[n]]), y[[n]], rtol=1e-12) for n in range(0, 1000, 100))


@CLAIMS.computed(
    "$o_2$ is larger: the same positive inputs, larger weights, the same bias.",
)
def the_second_output_is_larger():
    o1, o2 = eval(said("02", "cell-02-008"))
    assert o2 > o1
    assert np.less([0.40, 0.45], [0.50, 0.55]).all()


@CLAIMS.computed(
    "The network of notebook 0 has 2,368 weights.",
)
def weights_of_the_reader():
    assert sum(p.value.size for p in mlp(64, 32, 10, rng=0).parameters() if p.name == "W") == 2368


@CLAIMS.computed(
    "A network wants (N, 2), so one sample is written as a batch of one:",
    "That is why there were double brackets in notebook 1.",
)
def one_sample_is_a_batch_of_one():
    network = mlp(2, 2, 2, rng=0)
    assert network([[0.05, 0.10]]).shape == (1, 2)
    with pytest.raises(ShapeError):
        network([0.05, 0.10])


@CLAIMS.computed(
    "Tests use layers that are not square, so a transposed W does not slip through.",
)
def a_transposed_W_does_not_fit():
    assert grade(ALL["02.2"], lambda x, W, b: x @ W + b).passed
    assert not grade(ALL["02.2"], lambda x, W, b: x @ W.T + b).passed


@CLAIMS.computed(
    'Here one is lucky, since 1 / inf = 0, but NumPy gives a warning, and elsewhere `inf - inf` or `inf / inf` becomes `nan`, "not a number", which then spreads through the whole network.',
)
def infinite_and_not_a_number():
    inf, weights = np.array(np.inf), np.array([0.5, 0.2])
    assert 1 / inf == 0
    with np.errstate(invalid="ignore"):
        assert np.isnan([inf - inf, inf / inf]).all()
    assert np.isnan(np.array([1.0, np.nan]) @ np.ones((2, 3)) @ np.ones(3) + weights).all()
    with pytest.warns(RuntimeWarning):
        np.exp(np.array(710.0))


@CLAIMS.computed(
    "A hundred such layers would still be one.",
)
def a_hundred_layers_are_one():
    rng = np.random.default_rng(0)
    layers = [Dense(3, 3, weights=rng.normal(0, 0.6, (3, 3)), bias=rng.normal(size=3)) for _ in range(100)]
    network, x = Sequential(*layers), rng.normal(size=(5, 3))
    bias = network(np.zeros((1, 3)))
    assert np.allclose(network(x), x @ (network(np.eye(3)) - bias) + bias)


@CLAIMS.computed(
    "So two numbers were needed:",
    "The `Sigmoid` step keeps its answer, since its slope $a(1 - a)$ needs nothing else.",
    "Because they occur in the slopes: a(1 - a) for the sigmoid, and the input for a weight.",
)
def the_slope_needs_the_input_and_the_answer_and_no_weight():
    for seed in range(5):
        h1, h2, w5, w6, b = np.random.default_rng(seed).normal(size=5)
        o1 = sigmoid(w5 * h1 + w6 * h2 + b)
        up, down = (sigmoid((w5 + nudge) * h1 + w6 * h2 + b) for nudge in (1e-6, -1e-6))
        assert np.isclose((up - down) / 2e-6, o1 * (1 - o1) * h1, atol=1e-8)
    step = Sigmoid().forward(np.ones((1, 2)))[1]
    assert sorted(step) == ["y"]


@CLAIMS.computed(
    "## The flaw: eight weights, eight names",
)
def eight_weights():
    network = mlp(2, 2, 2, rng=0)
    assert sum(p.value.size for p in network.parameters() if p.name == "W") == 8


CLAIMS.defined(
    "(Vectors, matrices and tables with three or four directions are all called **tensors**;",
)
