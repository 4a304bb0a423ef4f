"""What notebook 08 claims beyond what its cells show."""

import numpy as np

from bplearn import Dense, HalfSquaredError
from bplearn.datasets import batches, digits
from tests.notebooks.claims import Claims, ran, said


def training_digits():
    training = digits().split(test=0.3, rng=0)[0]
    return training.x, training.targets


CLAIMS = Claims()


@CLAIMS.computed(
    "*The backward pass of one sample becomes the backward pass of a thousand, in the same few lines.",
    "- The last batch may be smaller: always `len(x)`, never a fixed number.",
)
def any_number_of_samples():
    layer, rng = Dense(2, 3, rng=0), np.random.default_rng(0)
    for n in (1, 32, 10, 1000):
        x, dy = rng.normal(size=(n, 2)), rng.normal(size=(n, 3))
        dx, grads = layer.backward(dy, layer.forward(x)[1])
        assert dx.shape == (n, 2)
        assert np.allclose(grads["W"], sum(np.outer(*pair) for pair in zip(x, dy, strict=True)))


@CLAIMS.computed(
    "One rule for both, so both are sums.",
    "It is used once, so nothing adds up over the samples.",
    "So it enters with the derivative of the loss, `delta_o`, and every later product carries it along: **once, at the start.**",
)
def what_is_summed_and_what_is_not():
    layer, loss, rng = Dense(2, 3, rng=0), HalfSquaredError(), np.random.default_rng(0)
    x, t = rng.normal(size=(5, 2)), rng.normal(size=(5, 3))

    def passed(x, t):
        y, cache = layer.forward(x)
        dx, grads = layer.backward(loss.backward(loss.forward(y, t)[1]), cache)
        return dx, grads

    dx, grads = passed(x, t)
    alone = [passed(x[n : n + 1], t[n : n + 1]) for n in range(5)]
    for name in ("W", "b"):
        assert np.allclose(grads[name], sum(one[name] for _, one in alone) / 5)
    assert np.allclose(dx, np.concatenate([one for one, _ in alone]) / 5)


@CLAIMS.computed(
    "The loss is the *mean* error of the samples, so that a batch of 300 is not a hundred times as wrong as a batch of 3:",
)
def a_mean_does_not_grow_with_the_batch():
    loss = HalfSquaredError()
    y, t = np.random.default_rng(0).normal(size=(2, 300, 2))
    means = [loss.forward(y[:n], t[:n])[0] for n in (3, 300)]
    assert means[1] < 3 * means[0]
    sums = [n * mean for n, mean in zip((3, 300), means, strict=True)]
    assert sums[1] > 30 * sums[0]


@CLAIMS.computed(
    "- `dh`: the row stands on the left now, so the matrix is transposed.",
)
def the_row_stands_on_the_left():
    layer, delta = Dense(3, 2, rng=0), np.array([0.2, -0.1])
    dx, _ = layer.backward(delta[None], layer.forward(np.ones((1, 3)))[1])
    assert np.allclose(dx[0], layer.W.value @ delta)


@CLAIMS.computed(
    "A third of the right value: divided by N twice.",
)
def a_third():
    assert said("08", "cell-08-032").count("0.3333") == 2


@CLAIMS.computed(
    "The last, smaller batch is where bugs hide.",
)
def a_fixed_32_in_a_batch_of_10():
    *_, (x, t, rows) = batches(*training_digits(), batch_size=32)
    assert len(rows) == 10
    loss = HalfSquaredError()
    right = loss.backward(loss.forward(x[:, :2], np.zeros((10, 2)))[1])
    assert np.allclose(x[:, :2] / 32, 10 / 32 * right)


@CLAIMS.computed(
    "The numbers are the same, and the loop takes far more than five times as long.",
    trains=True,
)
def the_loop_takes_longer():
    assert ran("08")["ratio"] > 5


@CLAIMS.computed(
    "So 40 iterations make an epoch, and 30 epochs make 1,200 updates.",
)
def iterations():
    in_two_epochs = eval(said("08", "cell-08-042"))
    assert in_two_epochs[1][:2] == (1, 40)
    assert in_two_epochs[3][:2] == (2, 80)
    assert len(list(batches(*training_digits(), batch_size=32))) * 30 == 1200


@CLAIMS.computed(
    "(Look at `ratio`: it is another on each computer, mostly between 20 and 100.)",
    trains=True,
)
def the_ratio_of_this_machine():
    assert 10 < ran("08")["ratio"] < 300


CLAIMS.defined(
    "And the four gradients, loop against matrices:",
)


@CLAIMS.computed(
    "The network would still train, only its biases learn three times too slowly, and with a batch of 256 they would learn 256 times too slowly.",
)
def n_times_too_slowly():
    layer = Dense(2, 3, rng=0)
    for n in (3, 256):
        dy = np.random.default_rng(n).normal(size=(n, 3)) / n
        _, grads = layer.backward(dy, layer.forward(np.ones((n, 2)))[1])
        assert np.allclose(dy.mean(axis=0) * n, grads["b"])
