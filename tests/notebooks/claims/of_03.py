"""What notebook 03 claims beyond what its cells show."""

import numpy as np

from bplearn import datasets, mlp
from bplearn.functional import softmax
from bplearn.losses import BinaryCrossEntropy, HalfSquaredError, MeanSquaredError, SoftmaxCrossEntropy
from tests.notebooks.claims import Claims, said

CLAIMS = Claims()


@CLAIMS.computed(
    "$0.772928 - 0.99 = -0.217072$, its square is 0.047120, half of it is 0.023560.",
)
def the_second_part_of_the_error():
    difference = eval(said("03", "cell-03-017"), {"array": np.array})[0, 1]
    assert difference == -0.217072
    assert round(difference**2, 6) == 0.047120
    half = HalfSquaredError().forward(np.array([[0.99 + difference]]), np.array([[0.99]]))[0]
    assert round(half, 6) == 0.023560


@CLAIMS.computed(
    "Squares are never negative, so a mistake upwards and one downwards cannot cancel.",
    "And a mistake twice as large counts four times.",
)
def squares():
    def cost(difference):
        return HalfSquaredError().forward(np.array([[difference]]), np.zeros((1, 1)))[0]

    for difference in np.linspace(0.1, 3, 13):
        assert cost(difference) == cost(-difference) > 0
        assert np.isclose(cost(2 * difference), 4 * cost(difference))


@CLAIMS.computed(
    "For two outputs half the sum *is* the mean, so they agree by chance.",
)
def half_the_sum_is_the_mean_of_two_only():
    for outputs in (1, 2, 3, 4):
        y, t = np.random.default_rng(outputs).normal(size=(2, 1, outputs))
        same = np.isclose(HalfSquaredError().forward(y, t)[0], MeanSquaredError().forward(y, t)[0])
        assert same == (outputs == 2)


@CLAIMS.computed(
    "A factor changes neither where the lowest point lies nor which way is down.",
)
def a_factor_moves_no_lowest_point():
    half, mean, t = HalfSquaredError(), MeanSquaredError(), np.array([[0.7, -0.2, 0.1]])
    for loss in (half, mean):
        assert loss.forward(t, t)[0] == 0
    for seed in range(5):
        y = np.random.default_rng(seed).normal(size=(1, 3))
        down = [loss.backward(loss.forward(y, t)[1]) for loss in (half, mean)]
        assert np.allclose(down[0] / down[1], 3 / 2)  # one positive factor for all


@CLAIMS.computed(
    "So every loss here is a mean over the samples:",
)
def every_loss_is_a_mean():
    rng = np.random.default_rng(0)
    y, t = rng.normal(size=(6, 1)), rng.integers(0, 2, size=(6, 1)).astype(float)
    many, classes = rng.normal(size=(6, 3)), rng.integers(0, 3, size=6)
    for loss, x, target in (
        (HalfSquaredError(), y, t),
        (MeanSquaredError(), y, t),
        (BinaryCrossEntropy(), y, t),
        (SoftmaxCrossEntropy(), many, classes),
    ):
        each = [loss.forward(x[n : n + 1], target[n : n + 1])[0] for n in range(6)]
        assert np.isclose(loss.forward(x, target)[0], np.mean(each))


@CLAIMS.computed(
    "For $z = (0, 0.405, 0.916)$ the powers are 1, 1.5 and 2.5; their sum is 5.",
)
def three_powers():
    powers = np.exp([0, 0.405, 0.916])
    assert np.allclose(powers, [1, 1.5, 2.5], atol=2e-3)
    assert np.isclose(powers.sum(), 5, atol=2e-3)
    assert np.allclose(softmax(np.array([[0, 0.405, 0.916]])), [[0.2, 0.3, 0.5]], atol=1e-3)


@CLAIMS.computed(
    "Adding the same number to all scores changes nothing, since it multiplies every power by the same factor.",
    "So the largest score may be taken away first, and no power can overflow.",
    "A network that ends in one as well applies it twice.",
)
def softmax_of_shifted_scores_and_of_shares():
    z = np.random.default_rng(0).normal(size=(5, 4))
    assert np.allclose(softmax(z + 7), softmax(z))
    assert np.allclose(np.exp(z + 7), np.exp(7) * np.exp(z))
    large = 1000 * z
    assert np.exp(large - large.max(axis=1, keepdims=True)).max() == 1
    y, t = softmax(z), np.arange(5) % 4
    assert np.isclose(SoftmaxCrossEntropy().forward(y, t)[0], -np.log(softmax(softmax(z))[np.arange(5), t]).mean())


@CLAIMS.computed(
    "For the 2,368 weights of notebook 0 that would be 4,736 passes for one step.",
)
def two_passes_for_each_weight():
    weights = sum(p.value.size for p in mlp(64, 32, 10, rng=0).parameters() if p.name == "W")
    assert (weights, 2 * weights) == (2368, 4736)


@CLAIMS.computed(
    "The error rises when the answer rises, so the answer should fall.",
)
def against_the_slope():
    y, t = np.array([[0.8]]), np.array([[0.3]])
    assert HalfSquaredError().backward(HalfSquaredError().forward(y, t)[1]) > 0
    assert HalfSquaredError().forward(y - 0.01, t)[0] < HalfSquaredError().forward(y, t)[0]


@CLAIMS.computed(
    "0.105 is 1/2 of 0.21, and 0.07 is 1/3 of it.",
    "No error, no warning, and the mean of the 16 squares looks like a loss.",
    "The surprise -log 0.01 is 4.6 and grows without limit.",
    "Half the square of 0.99 is 0.49 and never exceeds 0.5.",
)
def squares_and_surprise():
    y, t = np.array([[0.9, 0.2, 0.4]]), np.array([[1.0, 0.0, 0.0]])
    assert np.isclose(np.square(y - t).sum(), 0.21)
    assert np.isclose(HalfSquaredError().forward(y, t)[0], 0.21 / 2)
    assert np.isclose(MeanSquaredError().forward(y, t)[0], 0.21 / 3)
    assert (np.zeros((4, 1)) - np.zeros(4)).size == 16

    def surprise(p):
        return BinaryCrossEntropy().forward(np.array([[np.log(p / (1 - p))]]), [[1.0]])[0]

    assert round(surprise(0.01), 1) == 4.6
    assert surprise(1e-12) > 27
    halves = [HalfSquaredError().forward(np.array([[p]]), [[1.0]])[0] for p in np.linspace(0, 1, 101)]
    assert round(halves[1], 2) == 0.49
    assert max(halves) == 0.5


@CLAIMS.computed(
    "A digit is one of ten.",
    "The network gives ten logits.",
)
def ten_classes():
    y = mlp(64, 32, 10, rng=0)(datasets.digits().x[:3])
    assert y.shape[1] == 10 == len(set(datasets.digits().targets.tolist()))
