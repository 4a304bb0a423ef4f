"""The truth of each prediction of notebooks 15 to 18, found in another way than the table. See facts_a."""

import itertools

import numpy as np

from bplearn import Adam, Dense, ReLU, Residual, Sequential, SoftmaxCrossEntropy, Tanh, accuracy, datasets, fit
from bplearn.autograd import Tensor
from bplearn.initializers import glorot_normal, normal
from bplearn.layers import Attention, Convolution, Embedding, MaxPooling, PerToken
from bplearn.trace import trace_weight
from tests.exercises.facts_a import fact
from tests.exercises.facts_b import FACTS as FACTS  # with those of this file in it

LOSS = SoftmaxCrossEntropy()


@fact("15.p1")
def backward_deleted():
    rng = np.random.default_rng(1)
    x, t, W, V = rng.normal(size=(9, 3)), np.arange(9) % 2, rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    tensors = Tensor(W, requires_grad=True), Tensor(V, requires_grad=True)
    scores = (Tensor(x) @ tensors[0]).relu() @ tensors[1]
    p = scores.exp() / scores.exp().sum(axis=1, keepdims=True)
    (-p[np.arange(9), t].log().mean()).backward()
    network = Sequential(Dense(3, 4, weights=W), ReLU(), Dense(4, 2, weights=V))
    y, tape = network.forward(x)
    network.backward(LOSS.backward(LOSS.forward(y, t)[1]), tape)
    pairs = zip(tensors, (network[0].W, network[2].W), strict=True)
    furthest = max(np.abs(a.grad - b.grad).max() / np.abs(b.grad).max() for a, b in pairs)
    return "They agree but for rounding: a relative difference below 1e-12." if furthest < 1e-12 else furthest


@fact("15.p2")
def bias_of_32_rows():
    b, weights = np.zeros(3), np.random.default_rng(2).normal(size=(32, 3))
    nudged = [((b + 1e-6 * unit) * weights).sum() - (b * weights).sum() for unit in np.eye(3)]
    added = np.allclose(np.array(nudged) / 1e-6, weights.sum(axis=0))
    return f"{weights.shape}, and b needs their {'sum' if added else 'mean'} over the rows, {b.shape}"


def deep(block):
    rng = np.random.default_rng(0)
    hidden = [layer for _ in range(20) for layer in block(rng)]
    return Sequential(Dense(2, 16, rng=rng), Tanh(), *hidden, Dense(16, 2, rng=rng))


def plain(weights):
    return lambda rng: [Dense(16, 16, weights=weights, rng=rng), Tanh()]


def around(weights):
    return lambda rng: [Residual(*plain(weights)(rng))]


@fact("16.p1")
def spirals():
    training, unseen = datasets.spirals(400, turns=1.5, rng=0).split(test=0.25, rng=0)
    shares = []
    for block in (plain(glorot_normal), around(glorot_normal)):
        network = deep(block)
        settings = {"optimizer": Adam(0.003), "epochs": 100, "batch_size": 16, "rng": 0, "progress": False}
        fit(network, training, loss=LOSS, **settings)
        shares.append(accuracy(network.predict(unseen.x, loss=LOSS), unseen.targets))
    assert shares[0] < 0.75
    assert shares[1] > 0.95
    return "Plain under 75%, with a way around over 95%."


@fact("16.p2")
def ways():
    return len(list(itertools.product(("around", "through"), repeat=5)))


@fact("16.p3")
def vanished():
    x, t = np.random.default_rng(3).normal(size=(40, 2)), np.arange(40) % 2
    small = []
    for block in (plain(normal(0.05)), plain(glorot_normal), around(normal(0.05))):
        y, tape = deep(block).forward(x)
        dy = LOSS.backward(LOSS.forward(y, t)[1])
        sizes = []
        for step in list(tape)[:1:-1]:  # from the last layer to the first block
            dy = step.layer.backward(dy, step.cache)[0]
            sizes.append(np.sqrt(np.mean(dy**2)))
        small.append(sizes[-1] < sizes[0] / 1000)
    assert small == [True, False, False]
    return "in the plain one with small weights alone"


def normed(x, axis):
    middle = x - np.mean(x, axis=axis, keepdims=True)
    return middle / np.std(x, axis=axis, keepdims=True)


@fact("17.p1")
def nudged_row():
    before, after = normed(np.array([[1.0, 5.0]]), 1), normed(np.array([[1.1, 5.0]]), 1)
    assert np.allclose(before, [[-1, 1]])
    return "Nothing: it stays -1." if np.allclose(after, before) else after


@fact("17.p2")
def samples_that_get_an_error():
    x, weights = np.random.default_rng(4).normal(size=(5, 3)), np.array([0.4, -1.0, 0.7])
    getting = []
    for row in range(5):
        moved = x.copy()
        moved[row] += 1e-5
        getting.append(not np.isclose(normed(moved, 0)[0] @ weights, normed(x, 0)[0] @ weights, rtol=1e-9))
    return "All samples of the batch." if all(getting) else getting


@fact("17.p3")
def numbers_of_a_convolution():
    return Convolution(1, 8, 3, image=(8, 8)).W.size + 8


@fact("17.p4")
def paths_to_a_kernel_weight():
    """Big biases keep every position open, so each tile lets one of its four through."""
    convolution = Convolution(1, 1, 3, image=(8, 8), bias=[50.0], rng=0)
    network = Sequential(convolution, ReLU(), MaxPooling(2, image=(6, 6)), Dense(9, 10, rng=1))
    x = np.random.default_rng(5).uniform(0.1, 1, (1, 64))
    return trace_weight(network, x, np.array([3]), LOSS, 0, (0, 1, 1, 0)).count


@fact("18.p1")
def a_query_of_0():
    shares = np.exp(0 * np.log([1.0, 2.0, 4.0]))
    return float(sum(share / shares.sum() * value for share, value in zip(shares, (7, 14, 0), strict=True)))


@fact("18.p2")
def first_mix_behind_a_mask():
    rng = np.random.default_rng(4)
    q, k, v = (Tensor(rng.normal(size=(3, 2)), requires_grad=True) for _ in range(3))
    powers = (q @ k.transpose()).exp() * np.tril(np.ones((3, 3)))
    mix = powers / powers.sum(axis=1, keepdims=True) @ v
    mix[0].sum().backward()
    reached = [np.flatnonzero(np.abs(one.grad).sum(axis=1) > 1e-12).tolist() for one in (q, k, v)]
    return "the first value, and no query and no key" if reached == [[], [], [0]] else reached


@fact("18.p3")
def where_least_is_known():
    length, text = 16, datasets.rhymes()
    letters = sorted(set(text))
    x, t = datasets.next_tokens([letters.index(one) for one in text], length)
    rng, loss = np.random.default_rng(5), SoftmaxCrossEntropy(length=length)
    attention = Residual(Attention(24, heads=2, length=length, causal=True, rng=rng))
    scores = PerToken(Dense(24, len(letters), rng=rng), length=length)
    network = Sequential(Embedding(len(letters), 24, length=length, rng=rng), attention, scores)
    fit(network, x, t, loss=loss, optimizer=Adam(0.01), epochs=6, batch_size=32, rng=0, progress=False)
    right = (loss.predict(network(x)).reshape(t.shape) == t).mean(axis=0)
    places = {0: "at the first place", length - 1: "at the last place"}
    return places[int(right.argmin())] if np.ptp(right) > 0.1 else "at all places alike"
