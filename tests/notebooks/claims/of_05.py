"""What notebook 05 claims beyond what its cells show."""

import numpy as np

from bplearn import Dense, mlp
from bplearn.functional import sigmoid
from bplearn.scalar import Value, paths
from tests.notebooks.claims import Claims, said

W1, W2 = np.array([[0.15, 0.25], [0.20, 0.30]]), np.array([[0.40, 0.50], [0.45, 0.55]])
X, T = np.array([0.05, 0.10]), np.array([0.01, 0.99])


def answers(b1=0.35, b2=0.60, W2=W2):
    h = sigmoid(X @ W1 + b1)
    return h, sigmoid(h @ W2 + b2)


def error(o, half=0.5):
    return half * ((o - T) ** 2).sum()


def delta_o():
    h, o = answers()
    return (o - T) * o * (1 - o)


CLAIMS = Claims()

CLAIMS.cited(
    "Matt Mazur, A Step by Step Backpropagation Example (2015)",
    "Its numbers were published by Matt Mazur, so every digit below can be compared.",
)


@CLAIMS.computed(
    r"$\delta_{o1}$ is positive: a larger sum at unit 1 makes the error larger.",
    r"$\delta_{o2}$ is negative: a larger sum at unit 2 would help.",
)
def larger_sums_at_the_outputs():
    h, o = answers()
    larger = [error(answers(b2=np.array(bias))[1]) for bias in ((0.61, 0.60), (0.60, 0.61))]
    assert larger[0] > error(o) > larger[1]


@CLAIMS.computed(
    "This is the half of output 1, from its sum to its part of the error:",
)
def the_half_of_output_1():
    h, o = answers()
    assert np.isclose(0.5 * (o[0] - T[0]) ** 2, 0.2748, atol=1e-4)
    assert "0.2748" in said("05", "cell-05-011")


@CLAIMS.computed(
    "The weights and inputs are the same, so $h$ and $o$ are the same.",
)
def targets_enter_no_answer():
    h, o = answers()
    assert np.allclose(h, [0.593270, 0.596884], atol=1e-6)
    assert np.allclose(o, [0.751365, 0.772928], atol=1e-6)


@CLAIMS.computed(
    "So the local derivative of $z_{o1}$ for $w_5$ is $h_1$, for $w_6$ it is $h_2$, and for the bias it is 1:",
)
def local_derivatives_of_a_sum():
    w5, h1, w6, h2, b = map(Value, (0.40, 0.593, 0.45, 0.597, 0.60))
    z = w5 * h1 + w6 * h2 + b
    assert [[path.product for path in paths(z, node)] for node in (w5, w6, b)] == [[0.593], [0.597], [1.0]]


@CLAIMS.computed(
    "## The error at a hidden neuron: a fork, so add",
    "Output 1 wins, and output 2 takes a third of it away.",
)
def two_paths_to_h1():
    first, second = delta_o() * W2[0]
    assert np.isclose(first + second, 0.03635, atol=1e-5)
    assert 0.3 < -second / first < 0.36


@CLAIMS.computed(
    "The same for $h_2$ with the published targets, since the next steps need it:",
)
def the_hidden_weights_need_the_error_at_h2():
    h, o = answers()
    delta_h2 = (delta_o() @ W2[1]) * h[1] * (1 - h[1])
    assert np.isclose(delta_h2 * X[0], 0.000497712735, atol=1e-12)


@CLAIMS.computed(
    "The published ones are 20 to 200 times smaller than those of the second layer:",
)
def how_many_times_smaller():
    ratios = np.abs(eval(said("05", "cell-05-n05")))
    assert ratios.min() >= 20 and ratios.max() <= 200


@CLAIMS.computed(
    "The digits network of the later notebooks has 2,410 numbers, so it needs 4,820 forward passes.",
    "So the backward pass has about *twice* the work of one forward pass, and finds all derivatives.",
)
def passes_and_products():
    network = mlp(64, 32, 10, rng=0)
    assert sum(p.value.size for p in network.parameters()) == 2410
    assert 2 * 2410 == 4820
    assert Dense.equations["dW"].count("@") + Dense.equations["dx"].count("@") == 2  # forward has one: x @ W
    y, tape = network.forward(np.ones((1, 64)))
    network.backward(np.ones_like(y), tape)
    assert all(p.grad.shape == p.value.shape for p in network.parameters())


@CLAIMS.computed(
    "That is why it is transposed.",
    "`W2` is square here, so the shapes fit.",
    "The second layer is right, since it does not need `dh`.",
    "Networks for testing should therefore **not** be square.",
)
def the_transposed_matrix():
    h, o = answers()
    dh = [delta_o() @ W2[unit] for unit in (0, 1)]
    assert np.allclose(dh, delta_o() @ W2.T)
    assert not np.allclose(dh, delta_o() @ W2)
    assert np.allclose(np.outer(h, delta_o())[:, 0], [0.082167040564, 0.082667627848], atol=1e-12)
    wide = np.ones((3, 2))
    try:
        delta_o() @ wide
    except ValueError:
        return
    raise AssertionError("a layer that is not square hides the mistake too")


@CLAIMS.computed(
    "With several samples each weight and each bias is used once for *each* of them: a fork, so over the samples you add.",
)
def a_bias_is_a_fork_over_the_samples():
    rng = np.random.default_rng(0)
    layer, x, dy = Dense(3, 2, rng=0), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    _, grads = layer.backward(dy, layer.forward(x)[1])
    alone = [layer.backward(dy[[n]], layer.forward(x[[n]])[1])[1] for n in range(4)]
    for name in ("W", "b"):
        assert np.allclose(grads[name], sum(one[name] for one in alone))


@CLAIMS.computed(
    r"Without the $\tfrac12$ it is $2(o-t)$, and every derivative of the network doubles, since each of them starts with this factor.",
)
def without_the_half():
    h, o = answers()
    nudged = [error(answers(W2=W2 + np.array([[side, 0], [0, 0]]))[1], half=1) for side in (1e-6, -1e-6)]
    assert np.isclose((nudged[0] - nudged[1]) / 2e-6, 2 * 0.082167040564, atol=1e-8)


@CLAIMS.computed(
    "*You send the error of a small network from its last layer to its first, by hand, and get the derivative for all eight weights and four biases.",
)
def eight_weights_and_four_biases():
    assert W1.size + W2.size == 8
    assert sum(len(outputs) for outputs in answers()) == 4


CLAIMS.cited(
    "Matt Mazur, A Step by Step Backpropagation Example; tests/published holds the digits",
    "These are the digits that were published, to twelve places:",
)


CLAIMS.defined(
    "Both layers of our network, with these three lines for each:",
)
