"""What the replies and hints of the exercises claim beyond what the notebooks show."""

import math

import numpy as np

from bplearn import SGD, BinaryCrossEntropy, Dense, HalfSquaredError, ReLU, SoftmaxCrossEntropy, datasets, fit, mlp
from bplearn.exercises import ALL
from bplearn.functional import sigmoid
from tests.notebooks.claims import Claims, ran, said


def layer_batch(seed, n):
    x, dy = np.random.default_rng(seed).normal(size=(2, n, 3))
    return x, dy, Dense(3, 3, rng=seed)


CLAIMS = Claims()


@CLAIMS.computed(
    "Then all of them are divided by N twice: a step that is N times too small.",
    "It is divided by N twice.",
    "Then db is divided twice.",
    "Every derivative is a product that starts with it, so it holds 1/N exactly once.",
    "That is why delta_o holds a 1/3 already.",
)
def n_in_it_once():
    loss = HalfSquaredError()
    y, t = np.random.default_rng(0).normal(size=(2, 1000, 2))
    slopes = [np.linalg.norm((n * loss.backward(loss.forward(y[:n], t[:n])[1])).mean(axis=0)) for n in (500, 1000)]
    assert 0.5 < slopes[1] / slopes[0] < 2
    dy = loss.backward(loss.forward(y[:3], t[:3])[1])
    assert np.allclose(dy, (y[:3] - t[:3]) * (1 / 3))
    assert np.allclose(dy.mean(axis=0), (y[:3] - t[:3]).sum(axis=0) / 3 / 3)


@CLAIMS.computed(
    "A mean is smaller than the sum it is made of, not larger.",
)
def a_mean_of_more_than_one():
    for n in (2, 3, 10):
        assert np.ones(n).mean() < np.ones(n).sum()


@CLAIMS.computed(
    "The ReLU takes the larger of a number and 0: np.maximum, for each entry.",
    "Each row has one largest number.",
    "A network's answer is the class with the largest score.",
)
def largest_of_a_row():
    rows = np.random.default_rng(0).normal(size=(6, 4))
    assert np.array_equal(ReLU().forward(rows)[0], np.maximum(rows, 0))
    errors = ALL["10.2"].solution(np.ones(6), rows)
    assert ((errors != 0).sum(axis=1) == 1).all()
    network = mlp(4, 3, rng=0)
    answers = network.predict(rows, loss=SoftmaxCrossEntropy())
    assert answers.tolist() == [row.tolist().index(max(row)) for row in network(rows)]


@CLAIMS.computed(
    "rows = order[start : start + batch_size] may be shorter at the end, and that is fine.",
    "A slice that reaches beyond the end is simply shorter: no special case is needed.",
)
def a_slice_beyond_the_end():
    x, t = np.arange(20).reshape(10, 2), np.arange(10)
    sizes = [len(part) for part, _ in ALL["12.2"].solution(x, t, 4, np.random.default_rng(0))]
    assert sizes == [4, 4, 2]
    assert "start : start + batch_size" in ALL["12.2"].reveal()


@CLAIMS.computed(
    "Five times too large means 60 · 0.00001 = 0.0006 in place of 0.00012.",
    "That is off by 0.00012.",
)
def a_careless_tolerance():
    f = [w**3 for w in (2.0, 2.0 + 1e-5)]
    assert math.isclose(5 * 12 * 0.00001, 0.0006)
    assert round(f[1] - f[0], 5) == 0.00012
    assert eval(said("10", "cell-10-016")) == (True, True)  # both are within its 0.001


@CLAIMS.computed(
    "Two thirds of them look fine.",
    "Half of them: nearer than most.",
)
def fifteen_of_twenty_two():
    fine, count = said("10", "cell-10-032").count("looks fine"), int(said("10", "cell-10-029"))
    assert abs(fine / count - 2 / 3) < 0.02
    assert abs(count / 2 - fine) < count - fine


@CLAIMS.computed(
    "Any direction less than 90 degrees off goes downhill.",
)
def less_than_a_right_angle():
    layer, loss = Dense(3, 2, rng=0), HalfSquaredError()
    x, t = np.random.default_rng(0).normal(size=(2, 5, 3))
    t, W = t[:, :2], layer.W.value.copy()
    value, cache = loss.forward(layer.forward(x)[0], t)
    g = layer.backward(loss.backward(cache), layer.forward(x)[1])[1]["W"]
    for seed in range(20):
        d = np.random.default_rng(seed).normal(size=W.shape)
        angle = np.degrees(np.arccos(-(g * d).sum() / np.linalg.norm(g) / np.linalg.norm(d)))
        layer.W[:] = W + 1e-5 * d
        assert (loss.forward(layer.forward(x)[0], t)[0] < value) == (angle < 90)


@CLAIMS.computed(
    "Half of what comes out of a ReLU is 0, so the variance is 2 / n_in, not 1 / n_in.",
    "The slope is a (1 - a), and at z = 0 a is one half.",
    "The ReLU takes half of it.",
    "The 2 makes up for the lost half of the mean square.",
)
def half_of_a_relu():
    z = np.random.default_rng(0).normal(size=200_000)
    a = np.maximum(z, 0)
    assert abs((a == 0).mean() - 0.5) < 0.01
    assert abs((a**2).mean() / (z**2).mean() - 0.5) < 0.01
    assert sigmoid(np.array(0.0)) == 1 / 2


@CLAIMS.computed(
    "Half the updates, each twice as long.",
    "Half the updates with half the rate get a quarter as far.",
    "Then each update is as long as before, and there are half as many of them.",
    "Here the way counts: half as many steps.",
    "But there are 540 of them.",
)
def ways_of_a_batch():
    def way(updates, rate):
        return sum(SGD(rate).delta(np.array([-1.0]), rate).item() for _ in range(updates))

    assert math.isclose(way(50, 0.2), way(100, 0.1))
    assert math.isclose(way(50, 0.05), way(100, 0.1) / 4)
    training = datasets.moons(240, rng=0).split(test=0.25, rng=0)[0]
    assert len(list(training.batches(5, rng=0))) * 15 == 540


@CLAIMS.computed(
    "The pairs are others in each epoch, so nothing but the share of each class can be learned.",
)
def shuffled_against_their_targets():
    training, loss, ends = datasets.moons(240, rng=0), BinaryCrossEntropy(), []
    network, rng, sgd = mlp(2, 8, 1, rng=0), np.random.default_rng(0), SGD(0.1)
    for _ in range(20):
        rows = rng.permutation(240)
        fit(network, training.x[rows], training.targets, loss=loss, optimizer=sgd, epochs=1, rng=0, progress=False)
        ends.append(loss.forward(network(training.x), training.targets.reshape(-1, 1))[0])
    assert abs(np.mean(ends[-5:]) - math.log(2)) < 0.03


@CLAIMS.computed(
    "Both start at 0, so early on they are too small: divide by 1 - beta**step.",
    "But half of the old v is kept at each step.",
    "It goes on, by half of the last increase each time.",
    "It is a mean of squares, so its root is the size.",
)
def memories():
    m, s, _ = ALL["13.3"].solution(0.0, 0.0, 2.0, 1, 1.0, 0.9, 0.999, 1e-8)
    assert math.isclose(m / (1 - 0.9**1), 2)
    assert math.isclose(s / (1 - 0.999**1), 4)
    assert (m < 2, s < 4) == (True, True)
    v = [0.0]
    for _ in range(5):
        v.append(ALL["13.1"].solution(v[-1], 1.0, 0.1, 0.5)[0])
    gains = np.diff(v)
    assert np.allclose(gains[1:], gains[:-1] / 2)
    assert math.isclose(ALL["13.1"].solution(3.0, 0.0, 0.1, 0.5)[0], 1.5)
    s = 0.0
    for _ in range(500):
        s, _ = ALL["13.2"].solution(s, 3.0, 0.1, 0.9, 0.0)
    assert math.isclose(math.sqrt(s), 3)


@CLAIMS.computed(
    "The best rate of plain gradient descent lies close below the limit (7.3).",
    trains=True,
)
def just_below_the_limit():
    names = ran("13")
    assert names["final_loss"](names["train_with"](SGD(1.0))) == 0.01
    assert names["final_loss"](names["train_with"](SGD(3.0))) == "above 1"


@CLAIMS.computed(
    "Remember the best loss so far and its epoch.",
    "A new best is strictly smaller.",
)
def patience():
    assert ALL["14.3"].solution([0.5, 0.5, 0.4], 5) == (3, 3)
    assert ALL["14.3"].solution([0.5, 0.5, 0.5], 2) == (1, 3)  # as low is no new best


@CLAIMS.computed(
    "A new hand is harder, and about twice as many digits are misread.",
    "New hands are harder, but most of what makes a 3 a 3 is common to all of them.",
    trains=True,
)
def new_hands():
    names = ran("14")
    shares = names["at_random"].mean(), names["by_blocks"].mean()
    assert 1.7 < (1 - shares[1]) / (1 - shares[0]) < 2.7
    assert shares[1] > 0.9


@CLAIMS.computed(
    "Twice the number at the input is twice the sum.",
    "The strokes are still where they were, so something comes through.",
)
def raw_pixels():
    W, x = np.random.default_rng(0).normal(size=(2, 4))
    assert math.isclose(W @ (2 * x), 2 * (W @ x))
    assert float(said("14", "cell-14-067")) > 0.5


@CLAIMS.computed(
    "Overfitting: stop at the best epoch, or use more data.",
    "Then the test samples chose the run: they are not unseen any more.",
)
def what_the_test_samples_chose():
    best, elsewhere = eval(said("14", "cell-14-009"))
    assert best > elsewhere
    assert eval(said("14", "cell-14-041"))[1] == 7
