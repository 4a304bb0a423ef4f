"""What the replies and hints of the exercises claim beyond what the notebooks show."""

import math
import re

import numpy as np

from bplearn import SGD, BinaryCrossEntropy, Dense, HalfSquaredError, accuracy, datasets, mlp
from bplearn.exercises import ALL
from bplearn.exercises.engine.grading import grade
from bplearn.functional import sigmoid, softmax
from bplearn.scalar import Value
from tests.notebooks.claims import Claims, ran, said


def layer_batch(seed, n):
    x, dy = np.random.default_rng(seed).normal(size=(2, n, 3))
    return x, dy, Dense(3, 3, rng=seed)


OUTPUTS = np.array([0.751365069552, 0.772928465321])  # of the 2-2-2 network: tests/published


def cost(y, t):
    return HalfSquaredError().forward(np.array([[y]]), np.array([[t]]))[0]


def walk(rate, curvature, steps):
    """The places of gradient descent on a parabola from 10, by the library's own step."""
    places = [10.0]
    for _ in range(steps):
        places.append(places[-1] + SGD(rate).delta(np.array([curvature * places[-1]]), rate).item())
    return places


CLAIMS = Claims()


@CLAIMS.computed(
    "Half would be chance if there were two answers.",
)
def chance_of_two():
    for seed in range(5):
        guesses, truth = np.random.default_rng(seed).integers(0, 2, (2, 10_000))
        assert abs(accuracy(guesses, truth) - 0.5) < 0.02


@CLAIMS.computed(
    "The first 200 of the 800 steps go most of the way.",
    "Here each step changes all weights a little, and the first steps have the most to correct.",
    "Single steps do jump, since each sees 32 digits only.",
    trains=True,
)
def the_first_steps_have_the_most_to_correct():
    history = ran("00")["history"]
    losses = history.step_loss
    assert len(losses) == 800
    smooth = [np.mean(losses[k - 10 : k]) for k in (10, 200, 800)]
    assert (smooth[0] - smooth[1]) / (smooth[0] - smooth[2]) > 0.85
    assert max(losses[300:340]) > 3 * min(losses[300:340])
    assert len(datasets.digits().split(test=0.3, rng=0)[0].x) * 20 / 32 > 780


@CLAIMS.computed(
    "It comes near 0 only far on the left, below about -4.",
)
def near_0_on_the_left():
    assert sigmoid(np.array(-4.0)) < 0.02 < sigmoid(np.array(-3.0))


@CLAIMS.computed(
    "It is the size that is less exact.",
)
def one_side_is_less_exact():
    for w in np.random.default_rng(0).normal(size=5):
        h, slope = 1e-3, sigmoid(w) * (1 - sigmoid(w))
        one = (sigmoid(w + h) - sigmoid(w)) / h
        both = (sigmoid(w + h) - sigmoid(w - h)) / (2 * h)
        assert one > 0
        assert abs(one - slope) > 10 * abs(both - slope)


@CLAIMS.computed(
    "The first output gives a little less than 0.03, the second ten times as much.",
)
def swapped_targets():
    first, second = (cost(y, t) for y, t in zip(OUTPUTS, (0.99, 0.01), strict=True))
    assert 0.025 < first < 0.03
    assert 9 < second / first < 11
    assert np.isclose(first + second, ALL["03.1"].solution())


@CLAIMS.computed(
    "The derivative of (y - t)² / 2 for y is y - t: the half is there to make it so.",
    "L holds the average over N samples, so dy holds it too.",
    "The derivative says how the loss answers, so it has the other sign.",
    "The lowest point is the same; only the scale differs.",
)
def the_half_and_the_mean():
    y, t, h = 0.8, 0.3, 1e-6
    assert np.isclose(((y + h - t) ** 2 - (y - h - t) ** 2) / (4 * h), y - t)
    many, targets = np.random.default_rng(0).normal(size=(2, 5, 2))
    loss = HalfSquaredError()
    assert np.allclose(loss.backward(loss.forward(many, targets)[1]), (many - targets) / 5)
    assert loss.backward(loss.forward([[y]], [[t]])[1]) > 0
    places = np.linspace(-2, 2, 41)
    assert ((places - 0.3) ** 2).argmin() == (3 * (places - 0.3) ** 2).argmin()


@CLAIMS.computed(
    "Subtract each row's largest score before exp: the result is the same and nothing overflows.",
)
def the_largest_first():
    z = 500 * np.random.default_rng(0).normal(size=(4, 3))
    shifted = np.exp(z - z.max(axis=1, keepdims=True))
    assert np.isfinite(shifted).all()
    assert np.allclose(shifted / shifted.sum(axis=1, keepdims=True), softmax(z))


@CLAIMS.computed(
    "For p = 0.0001 it would be twice as much.",
)
def twice_the_surprise():
    surprises = [BinaryCrossEntropy().forward([[math.log(p / (1 - p))]], [[1.0]])[0] for p in (0.01, 0.0001)]
    assert math.isclose(surprises[1], 2 * surprises[0])


@CLAIMS.computed("Twice the samples, the same scale of gradients.")
def a_mean_keeps_its_scale():
    loss = HalfSquaredError()
    y, t = np.random.default_rng(0).normal(size=(2, 1000, 2))
    slopes = [np.linalg.norm((y[:n] - t[:n]).mean(axis=0)) for n in (500, 1000)]
    assert 0.5 < slopes[1] / slopes[0] < 2
    assert np.allclose(loss.backward(loss.forward(y, t)[1]), (y - t) / 1000)


@CLAIMS.computed(
    "If x grows by 1, x + y grows by 1, not by a half.",
)
def a_sum_hands_on():
    assert (Value(2) + Value(5)).local_derivatives == (1, 1)


@CLAIMS.computed(
    "For the first output: -0.2386 times 0.1868.",
    "w1 has a positive derivative, so it must get smaller.",
    "0.40 + 0.0132242.",
)
def hints_are_the_first_steps():
    o1 = OUTPUTS[0]
    assert round(o1 - 0.99, 4) == -0.2386
    assert round(o1 * (1 - o1), 4) == 0.1868
    assert np.isclose(ALL["05.1"].solution()[0], -0.2386 * 0.1868, rtol=1e-3)
    w1, w5 = ALL["07.2"].solution()
    assert w1 < 0.15
    assert math.isclose(w5, 0.40 + 0.0132242, rel_tol=1e-6)


@CLAIMS.computed(
    "It is the rule of the output weights, one layer earlier.",
    "A weight of the first layer has the same factors at its end, and a few small ones more.",
)
def a_layer_earlier():
    text = said("06", "cell-06-043")
    assert "W_o[16, 6]" in text
    x, dy, layer = layer_batch(0, 4)
    assert np.allclose(layer.backward(dy, layer.forward(x)[1])[1]["W"], x.T @ dy)


@CLAIMS.computed(
    "It would be the same if it had the most.",
)
def any_number_at_the_end():
    for outputs in (1, 9):
        network = mlp(2, 4, outputs, rng=0)
        y, tape = network.forward(np.ones((1, 2)))
        network.backward(np.ones_like(y), tape)
        assert network[0].W.grad.any()


@CLAIMS.computed(
    "0.0554 against 0.0190: almost three times as much.",
)
def almost_three():
    delta_o1, delta_o2 = eval(said("05", "cell-05-009"))
    ways = delta_o1 * 0.40, -delta_o2 * 0.50
    assert np.allclose(ways, (0.0554, 0.0190), atol=1e-4)
    assert 2.8 < ways[0] / ways[1] < 3


@CLAIMS.computed(
    "The slope of h2 is h2 (1 - h2) = 0.2406.",
)
def the_slope_of_h2():
    h2 = eval(said("05", "cell-05-006"))[1]
    assert round(h2 * (1 - h2), 4) == 0.2406


@CLAIMS.computed(
    "Its score is too high, that is half of it.",
    "There are the most weights.",
    "But the error arrives there late: each step back multiplies it by a weight and by a slope of at most a quarter.",
)
def half_at_each_output():
    text = said("06", "cell-06-045")
    assert "o7 50%, o2 49%" in text
    assert 64 * 32 > 32 * 10
    a = np.linspace(0, 1, 101)
    assert (a * (1 - a)).max() <= 0.25


@CLAIMS.computed(
    "The slope is 40 x, so each step multiplies x by 1 - 40 · learning_rate.",
    "Ten such factors must make 10 smaller than 0.1: a factor of about 0.63 or less.",
    "1 - 40 · learning_rate must lie between -0.63 and 0.63.",
)
def a_steeper_curve():
    [curvature] = re.findall(r"f\(x\) = (\d+) x²", ALL["07.5"].task)
    assert 2 * int(curvature) == 40
    for rate in (0.01, 0.03):
        assert math.isclose(walk(rate, 40, 1)[1], 10 * (1 - 40 * rate))
    for factor, fits in ((0.62, True), (-0.62, True), (0.65, False), (-0.65, False)):
        assert (abs(walk((1 - factor) / 40, 40, 10)[-1]) < 0.1) == fits
        assert grade(ALL["07.5"], (1 - factor) / 40).passed == fits


@CLAIMS.computed(
    "But the slope gets smaller, and the steps with it.",
    "Steps that overshoot by more than they gain are too long.",
    "Each step makes it worse.",
)
def places_and_steps():
    walks = {rate: walk(rate, 2, 10) for rate in (0.2, 1.1)}
    lengths = np.abs(np.diff(walks[0.2]))
    assert (np.diff(lengths) < 0).all()
    assert (np.diff(np.square(walks[1.1])) > 0).all()
