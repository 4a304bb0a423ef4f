"""What check_gradients cannot measure is said: whole numbers that choose, random layers, losses that are not finite.

And whatever it says agrees with the numbers beside it.
"""

import re

import numpy as np
import pytest

from bplearn import (
    SGD,
    Dense,
    HalfSquaredError,
    Layer,
    MeanSquaredError,
    Parameter,
    ReLU,
    Sequential,
    SoftmaxCrossEntropy,
    Tanh,
    check_gradients,
    fit,
    mlp,
)
from bplearn.layers import Convolution

RNG = np.random.default_rng(3)


class Embedding(Layer):
    """Each whole number of x chooses a row of W."""

    def __init__(self, words=5, size=3, slip=1.0, dx="zeros", read="x.astype(int)"):
        self.W = Parameter(np.random.default_rng(1).normal(size=(words, size)), "W")
        self.slip, self.dx, self.read = slip, dx, read

    def forward(self, x):
        chosen = self.W.value[eval(self.read)]
        return chosen.reshape(len(x), -1), {"x": x.astype(int), "W": self.W.value}

    def backward(self, dy, cache, *, input_gradient=True):
        dW = np.zeros_like(cache["W"])
        np.add.at(dW, cache["x"].ravel(), dy.reshape(-1, dW.shape[1]))
        dx = None if self.dx == "none" else np.zeros(cache["x"].shape)
        return dx, {"W": self.slip * dW}


WORDS = np.array([[0, 4, 2], [1, 1, 3], [4, 0, 0], [2, 3, 4]])
READS = ["x.astype(int)", "np.rint(x).astype(int)", "x.astype(np.uint8)"]
KINDS = [WORDS, WORDS.astype(np.uint8), WORDS.astype(float), WORDS.tolist(), WORDS[:1], WORDS[:, :1]]


@pytest.mark.parametrize("k", range(len(KINDS)), ids=lambda k: f"{np.asarray(KINDS[k]).dtype}{np.shape(KINDS[k])}")
@pytest.mark.parametrize("j", range(len(READS)), ids=READS.__getitem__)
def test_indices_are_left_alone_and_the_table_is_checked(k, j):
    """Each kind of x with each way to read it; each of both meets a dx of zeros and none at all."""
    x, read, dx = KINDS[k], READS[j], ("zeros", "none")[(k + j) % 2]
    rows, columns = np.shape(x)
    for slip, verdict in ((1.0, "right"), (2.0, "wrong"), (-1.0, "wrong")):
        layer = Embedding(slip=slip, dx=dx, read=read)
        reports = [check_gradients(layer, x)]
        if slip > 0:
            network = Sequential(layer, Tanh(), Dense(3 * columns, 2, rng=0))
            reports.append(check_gradients(network, x, np.zeros((rows, 2)), HalfSquaredError()))
        for report in reports:
            by_name = {array.name.removeprefix("layer 0 "): array.verdict for array in report.arrays}
            assert by_name["W"] == report.verdict == verdict
            if "rint" not in read or dx == "none":
                assert "x holds whole numbers that choose" in repr(report)
                assert "x" not in by_name


def test_it_trains_as_it_did():
    network = Sequential(Embedding(), Dense(9, 2, rng=0))
    history = fit(network, WORDS, np.array([0, 1, 1, 0]), loss=SoftmaxCrossEntropy(), optimizer=SGD(0.5), epochs=30,
                  rng=0, progress=False)  # fmt: skip
    assert history.epoch_loss[-1] < 0.2 * history.epoch_loss[0]


class FirstColumnChooses(Layer):
    """The first column is a category, the others are numbers."""

    def __init__(self, slip=1.0):
        self.W = Parameter(np.array([0.5, -1.0, 2.0]), "W")
        self.slip = slip

    def forward(self, x):
        chosen = x[:, 0].astype(int)
        factor = self.W.value[chosen][:, None]
        return x[:, 1:] * factor, {"chosen": chosen, "factor": factor, "x": x}

    def backward(self, dy, cache, *, input_gradient=True):
        dW = np.zeros(3)
        np.add.at(dW, cache["chosen"], (dy * cache["x"][:, 1:]).sum(axis=1))
        dx = np.zeros_like(cache["x"])
        dx[:, 1:] = self.slip * dy * cache["factor"]
        return dx, {"W": dW}


@pytest.mark.parametrize(("slip", "verdict"), [(1.0, "right"), (0.5, "wrong")])
def test_numbers_beside_an_index_are_still_checked(slip, verdict):
    x = np.column_stack([[0, 2, 1, 2], RNG.normal(size=(4, 2))])
    report = check_gradients(FirstColumnChooses(slip), x)
    assert report.verdict == verdict
    assert "column 0 of x holds whole numbers that choose" in repr(report)
    assert report.arrays[0].count("right") + report.arrays[0].count("wrong") == 8


@pytest.mark.parametrize(
    "x", [np.arange(12).reshape(4, 3), RNG.integers(0, 256, (4, 3)).astype(np.uint8), np.eye(4, 3, dtype=bool)]
)
@pytest.mark.parametrize("layer", [Tanh(), ReLU(), Dense(3, 2, rng=0)])
def test_whole_numbers_that_do_not_choose_are_nudged_as_ever(x, layer):
    report = check_gradients(layer, x / (255.0 if x.dtype == np.uint8 else 1.0))
    assert report.verdict in ("right", "undecided")
    assert report.arrays[0].name == "x"
    assert "choose" not in repr(report)
    pixels = check_gradients(mlp(3, 4, 2, rng=0), x, np.zeros((4, 2)), MeanSquaredError())
    assert "choose" not in repr(pixels)
    assert pixels.verdict != "wrong"


class Noisy(Layer):
    def __init__(self, kind="own", slip=1.0):
        self.kind, self.slip = kind, slip
        self.rng = np.random.default_rng(7)

    def forward(self, x):
        if self.kind == "global":
            mask = np.random.random(x.shape) < 0.6
        elif self.kind == "fresh":
            mask = np.random.default_rng().random(x.shape) < 0.6
        elif self.kind == "fixed":
            mask = np.random.default_rng(0).random(x.shape) < 0.6
        else:
            mask = self.rng.random(x.shape) < 0.6
        return x * mask / 0.6, {"mask": mask}

    def backward(self, dy, cache, *, input_gradient=True):
        return self.slip * dy * cache["mask"] / 0.6, {}

    def __repr__(self):
        return "Noisy()"


X = RNG.normal(size=(6, 4))


@pytest.mark.parametrize("kind", ["own", "global", "fresh"])
@pytest.mark.parametrize("slip", [1.0, 2.0])
def test_a_random_layer_is_named_and_its_gradient_not_called_wrong(kind, slip):
    alone = check_gradients(Noisy(kind, slip), X)
    network = Sequential(Dense(4, 4, rng=0), Noisy(kind, slip), Tanh(), Dense(4, 1, rng=1))
    inside = check_gradients(network, X, np.zeros((6, 1)), MeanSquaredError())
    for report in (alone, inside):
        assert report.verdict == "undecided"
        assert not report
        assert "draws random numbers in forward" in repr(report)
        assert "wrong" not in repr(report)
        assert "rounding" not in repr(report)
    assert "Layer 1, Noisy()," in repr(inside)
    assert inside.to_dict()["verdict"] == "undecided"


@pytest.mark.parametrize(("slip", "verdict"), [(1.0, "right"), (2.0, "wrong")])
def test_the_advised_generator_made_inside_forward_is_judged(slip, verdict):
    assert "np.random.default_rng(0), made inside it" in repr(check_gradients(Noisy("own"), X))
    assert check_gradients(Noisy("fixed", slip), X).verdict == verdict


class Frozen(Noisy):
    """Another answer for a prediction than in training, and both are the same each time."""

    def __init__(self):
        super().__init__("fixed")

    def predict(self, x):
        return x


def test_a_layer_that_predicts_otherwise_is_checked_as_it_trains():
    network = Sequential(Dense(4, 4, rng=0), Frozen(), Dense(4, 2, rng=1))
    assert check_gradients(network, X, np.zeros((6, 2)), MeanSquaredError()).verdict == "right"


NOT_FINITE = {
    "log at 0": (lambda x: np.log(x).sum(), lambda x: 1 / x, [1.0, 2.0, 1e-300]),
    "nan everywhere": (lambda x: np.nan * x.sum(), lambda x: np.ones(2), [1.0, 2.0]),
    "inf everywhere": (lambda x: np.exp(800 + x.sum()), lambda x: np.ones(2), [1.0, 2.0]),
    "0 / 0": (lambda x: (x / x).sum(), lambda x: np.zeros(2), [0.0, 0.0]),
    "huge": (lambda x: 1e308 * x.sum(), lambda x: np.full(2, 1e308), [0.1, 0.2]),
    "tiny": (lambda x: 1e-300 * (x**2).sum(), lambda x: 2e-300 * x, [1.0, 2.0]),
    "tiny beside 1": (lambda x: 1 + 1e-18 * (x**2).sum(), lambda x: 2e-18 * x, [1.0, 2.0]),
    "square root at 0": (lambda x: np.sqrt(x).sum(), lambda x: np.array([0.5, np.inf]), [1.0, 0.0]),
    "a step": (lambda x: np.sign(x).sum(), lambda x: np.zeros(2), [0.0, 1.0]),
    "a factor near 1": (lambda x: (x**2).sum(), lambda x: 2.0001 * x, [1.0, 2.0]),
    "a spike": (lambda x: np.where(x == 1, 5.0, 0.0).sum(), lambda x: np.zeros(2), [1.0, 2.0]),
    "single precision inside": (lambda x: np.float32((x**2).sum()), lambda x: 2 * x, [1.0, 2.0]),
}


@pytest.mark.parametrize("case", NOT_FINITE)
def test_no_word_contradicts_the_numbers(case):
    f, gradient, x = NOT_FINITE[case]
    report = check_gradients(f, x, gradient=gradient)
    words, array = repr(report), report.arrays[0]
    statuses = {entry.status for entry in array.entries}
    if "all entries" in words:
        assert len(statuses) == 1
    if "rounding" in words:
        assert all(np.isfinite(e.difference) for e in array.entries if e.status == "unresolved")
    if "not a finite number" in words:
        assert "undefined" in statuses
    for factor in re.findall(r"it is (\S+) times", words):
        assert float(factor) != 1
    if report.verdict == "right":
        assert array.largest_error < 0.01
        assert "right" in statuses
    for entry in array.entries:
        if entry.status == "right":
            assert np.isfinite(entry.difference)
            assert entry.error < 0.01
        if entry.status == "wrong":
            assert entry.error > 1e-6


EXPECTED = {
    "nan everywhere": "undecided",
    "inf everywhere": "undecided",
    "0 / 0": "undecided",
    "tiny beside 1": "undecided",
    "tiny": "right",
    "huge": "right",
    "square root at 0": "wrong",
    "a factor near 1": "wrong",
}


@pytest.mark.parametrize("case", EXPECTED)
def test_the_verdict_of_extreme_numbers(case):
    f, gradient, x = NOT_FINITE[case]
    assert check_gradients(f, x, gradient=gradient).verdict == EXPECTED[case]


def test_doubtful_entries_that_were_passed_over_are_not_called_too_small():
    report = check_gradients(lambda x: (x**2).sum(), np.linspace(1, 2, 150), gradient=lambda x: 3 * x)
    assert report.verdict == "wrong"
    assert "126 entries not judged: doubtful at a first look" in repr(report)
    assert "too small" not in repr(report)


@pytest.mark.parametrize("seed", range(5))
def test_a_gradient_in_single_precision_is_not_called_wrong_because_it_cancels(seed):
    x = np.random.default_rng(seed).normal(size=60)
    report = check_gradients(lambda x: (x**3).sum() / 3, x, gradient=lambda x: (x.astype(np.float32) ** 2) - 0.0)
    assert report.verdict == "right"


def empty_windows(activation, seed):
    """A convolution with biases of 0 on images whose left half is empty: there every unit stands at its kink."""
    rng = np.random.default_rng(seed)
    network = Sequential(Convolution(1, 6, 2, image=(4, 4), rng=rng), activation, Dense(54, 2, rng=rng))
    x = rng.uniform(0.2, 1.0, size=(3, 4, 4)) * [0, 0, 1, 1]
    return check_gradients(network, x.reshape(3, 16), [0, 1, 1], SoftmaxCrossEntropy(), rng=seed)


@pytest.mark.parametrize("seed", range(6))
def test_units_that_stand_at_their_kinks_together_are_not_called_wrong(seed):
    report = empty_windows(ReLU(), seed)
    assert report.verdict != "wrong"
    assert report.kinks > 0


@pytest.mark.parametrize("seed", range(6))
def test_a_wrong_backward_is_found_beside_kinks_that_meet(seed):
    class TwoPercent(ReLU):
        def backward(self, dy, cache, *, input_gradient=True):
            dx, grads = super().backward(dy, cache, input_gradient=input_gradient)
            return 1.02 * dx, grads

    report = empty_windows(TwoPercent(), seed)
    assert report.verdict == "wrong"
    assert {array.name for array in report.arrays if array.verdict == "wrong"} >= {"x", "layer 0 W"}
