"""The gradient check itself: planted wrong gradients it must reject and name, right ones it must never reject."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bplearn import (
    ELU,
    GELU,
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    Flatten,
    HalfSquaredError,
    Huber,
    Identity,
    Layer,
    LeakyReLU,
    Loss,
    MeanAbsoluteError,
    MeanSquaredError,
    Parameter,
    ReLU,
    Sequential,
    ShapeError,
    Sigmoid,
    SiLU,
    Softmax,
    SoftmaxCrossEntropy,
    Softplus,
    Tanh,
    check_gradients,
    mlp,
)
from bplearn.explain.gradcheck.check import judge
from bplearn.explain.gradcheck.differences import slope

ELEMENTWISE = [Sigmoid, Tanh, ReLU, LeakyReLU, ELU, GELU, SiLU, Softplus]
LAYERS = [Identity, Flatten, Softmax, *ELEMENTWISE, lambda: Dense(4, 4, rng=3, bias=np.arange(1.0, 5.0))]
LOSSES = [MeanSquaredError(), HalfSquaredError(), Huber(0.5), BinaryCrossEntropy(), SoftmaxCrossEntropy()]


def name_of(thing):
    return thing.__name__ if isinstance(thing, type) else repr(thing) if not callable(thing) else "Dense"


class Planted(Layer):
    """A layer whose right dx and gradients are spoiled."""

    def __init__(self, right, spoil):
        self.right, self.spoil = right, spoil
        for p in right.parameters():
            setattr(self, p.name, p)

    def forward(self, x):
        return self.right.forward(x)

    def backward(self, dy, cache, *, input_gradient=True):
        dx, grads = self.right.backward(dy, cache)
        return self.spoil(dx), {name: self.spoil(grad) for name, grad in grads.items()}


class PlantedLoss(Loss):
    """A loss whose right gradient is spoiled."""

    def __init__(self, right, spoil):
        self.right, self.spoil = right, spoil

    def prepare_targets(self, target, shape):
        return self.right.prepare_targets(target, shape)

    def compute(self, prediction, target):
        return self.right.compute(prediction, target)

    def backward(self, cache):
        return self.spoil(self.right.backward(cache))

    def predict(self, prediction):
        return prediction


N = 3  # rows of every batch here; the factors 2 and N stay apart

PLANTED = {
    "zero": (np.zeros_like, "The gradient is zero, the slope is not"),
    "zero but for rounding": (lambda g: g * 2e-16, "The gradient is zero, the slope is not"),
    "sign": (np.negative, "the sign is turned round"),
    "double": (lambda g: 2 * g, "the factor 2. Divide by 2"),
    "half": (lambda g: g / 2, "the factor 1/2. Multiply by 2"),
    "not averaged": (lambda g: N * g, "the 1/N of the mean is missing (N = 3)"),
    "averaged twice": (lambda g: g / N, "divided by N a second time (N = 3)"),
    "constant": (lambda g: 1.7 * g, "a constant factor. It is 1.7 times"),
    "a little": (lambda g: 1.0005 * g, "a constant factor"),  # autodidact's 2.001 for 2.0
    "nan": (lambda g: g * np.nan, "not finite in"),
    "infinite": (lambda g: np.where(g == g.flat[0], np.inf, g), "not finite in"),
}


def batch(kind, seed=0):
    x = np.random.default_rng(seed).normal(size=(N, 4))
    x += np.where(x > 0, 0.05, -0.05)  # away from kinks
    return x.reshape(N, 2, 2) if kind is Flatten else x


def target_for(loss, seed=1):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 4, N) if isinstance(loss, SoftmaxCrossEntropy) else rng.uniform(size=(N, 4))


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("kind", LAYERS, ids=name_of)
def test_a_wrong_layer_is_rejected_and_the_mistake_is_named(kind, planted):
    spoil, words = PLANTED[planted]
    report = check_gradients(Planted(kind(), spoil), batch(kind))
    assert report.verdict == "wrong"
    for array in report.arrays:
        assert array.verdict == "wrong"
        assert any(words in line for line in array.advice), array.advice


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("loss", [*LOSSES, MeanAbsoluteError()], ids=repr)
def test_a_wrong_loss_is_rejected_and_the_mistake_is_named(loss, planted):
    spoil, words = PLANTED[planted]
    prediction = batch(None) * 0.7
    report = check_gradients(PlantedLoss(loss, spoil), prediction, target_for(loss))
    assert report.verdict == "wrong"
    assert any(words in line for line in report.advice), report.advice


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("kind", LAYERS, ids=name_of)
def test_a_wrong_layer_inside_a_network_is_rejected(kind, planted):
    spoil, _ = PLANTED[planted]
    layers = [Flatten()] if kind is Flatten else []
    inner = Identity if kind is Flatten else kind
    network = Sequential(*layers, Dense(4, 4, rng=0), Planted(inner(), spoil), Dense(4, 2, rng=1))
    report = check_gradients(network, batch(kind), np.ones((N, 2)), HalfSquaredError())
    below = [array for array in report.arrays if array.name in ("x", "layer 0 W", "layer 0 b")]
    assert report.verdict == "wrong"
    if not layers:
        assert all(array.verdict == "wrong" for array in below)


@pytest.mark.parametrize("kind", ELEMENTWISE)
def test_a_forgotten_derivative_is_named(kind):
    class Forgets(Layer):
        def forward(self, x):
            return kind().forward(x)

        def backward(self, dy, cache, *, input_gradient=True):
            return dy, {}

    report = check_gradients(Forgets(), batch(kind))
    assert report.verdict == "wrong"
    assert any("derivative is forgotten" in line for line in report.advice)


class Transposed(Layer):
    """A square Dense that hands out dW transposed, or sends dy through W instead of its transpose."""

    def __init__(self, what):
        self.what = what
        self.W = Parameter(np.random.default_rng(0).normal(size=(4, 4)), "W")

    def forward(self, x):
        return x @ self.W.value, {"x": x, "W": self.W.value}

    def backward(self, dy, cache, *, input_gradient=True):
        dW = cache["x"].T @ dy
        dx = dy @ (cache["W"] if self.what == "x" else cache["W"].T)
        return dx, {"W": dW.T if self.what == "W" else dW}


def test_a_square_transpose_is_rejected_and_named():
    report = check_gradients(Transposed("W"), batch(None))
    verdicts = {array.name: array.verdict for array in report.arrays}
    assert verdicts == {"x": "right", "W": "wrong"}
    assert (
        "W: Consistent with: it comes out transposed. Write x.T @ dy, not dy.T @ x; dy @ W.T, not dy @ W."
        in report.advice
    )
    report = check_gradients(Transposed("x"), batch(None))
    assert {array.name: array.verdict for array in report.arrays} == {"x": "wrong", "W": "right"}


class Misshapen(Layer):
    def __init__(self):
        self.W = Parameter(np.ones((4, 2)), "W")
        self.b = Parameter(np.ones(2), "b")

    def forward(self, x):
        return x @ self.W.value + self.b.value, {"x": x}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy @ self.W.value.T, {"W": dy.T @ cache["x"]}


def test_wrong_shapes_and_missing_gradients_are_named():
    report = check_gradients(Misshapen(), batch(None))
    assert report.advice == (
        "W: The gradient has shape (2, 4), expected (4, 2). Consistent with: it comes out transposed.",
        "b: There is no gradient for it.",
    )


class Stale(Layer):
    """Keeps its input on itself instead of in the cache, as most tutorials do."""

    def __init__(self):
        self.W = Parameter(np.random.default_rng(0).normal(size=(4, 3)), "W")
        self._kept = {}

    def forward(self, x):
        self._kept["x"] = x
        return x @ self.W.value, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy @ self.W.value.T, {"W": self._kept["x"].T @ dy}


def test_a_stale_gradient_is_rejected_and_named():
    report = check_gradients(Stale(), batch(None))
    assert report.verdict == "wrong"
    assert any("W: Consistent with: it uses numbers of an earlier batch." in line for line in report.advice)
    assert check_gradients(Dense(4, 3, rng=0), batch(None)).passed
    inside = Sequential(Stale(), Tanh(), Dense(3, 2, rng=0))
    report = check_gradients(inside, batch(None), np.ones((N, 2)), HalfSquaredError())
    assert report.verdict == "wrong"
    assert any("layer 0 W: " in line for line in report.advice)


class Accumulates(Layer):
    """Adds its gradient to what was there."""

    def __init__(self):
        self.W = Parameter(np.ones((4, 3)), "W")
        self._sum = np.zeros((4, 3))

    def forward(self, x):
        return x @ self.W.value, {"x": x}

    def backward(self, dy, cache, *, input_gradient=True):
        self._sum += cache["x"].T @ dy
        return dy @ self.W.value.T, {"W": self._sum}


class InPlace(Layer):
    """Zeroes its caller's array."""

    def forward(self, x):
        x[x < 0] = 0
        return x, {"x": x}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy * (cache["x"] > 0), {}


def test_adding_up_and_changing_the_argument_are_told():
    report = check_gradients(Accumulates(), batch(None))
    assert report.verdict == "wrong"
    assert "W: asked a second time, backward gave another answer." in report.problems[0]
    report = check_gradients(InPlace(), batch(None))
    assert report.verdict == "wrong"
    assert any("changed its argument x" in line for line in report.problems)


def test_one_wrong_entry_among_many_is_found_along_a_direction():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(300, 300))

    def spoiled(x):
        g = A.copy()
        g[17, 211] = 0.0
        return g

    report = check_gradients(lambda x: float((A * x).sum()), rng.normal(size=(300, 300)), gradient=spoiled)
    assert report.verdict == "wrong"
    assert check_gradients(lambda x: float((A * x).sum()), rng.normal(size=(300, 300)), gradient=A).passed


TINY = 1e-9


@pytest.mark.parametrize("planted", ["zero", "sign", "double", "averaged twice"])
def test_a_tiny_gradient_is_no_excuse(planted):
    """The slope is tiny beside the loss, yet not zero: the criterion is relative."""
    spoil, _ = PLANTED[planted]
    weights = np.array([1.0, -2.0, 3.0])

    def f(x):
        return 1.0 + TINY * float((weights * np.sin(x)).sum())

    def right(x):
        return TINY * weights * np.cos(x)

    x = np.array([0.3, -0.5, 0.8])
    assert check_gradients(f, x, gradient=right).passed
    report = check_gradients(f, x, gradient=lambda x: spoil(right(x)))
    assert report.verdict == "wrong"
    assert report.arrays[0].count("wrong") == 3  # seen entry by entry, not along directions alone


@pytest.mark.parametrize("planted", ["zero", "sign", "double", "averaged twice"])
def test_a_saturated_network_is_no_excuse(planted):
    spoil, _ = PLANTED[planted]
    layers = Dense(4, 4, rng=0, bias=np.full(4, 16.0)), Sigmoid(), Dense(4, 2, rng=1)
    x, target = batch(None), np.ones((N, 2))
    assert check_gradients(Sequential(*layers), x, target, HalfSquaredError()).verdict != "wrong"
    spoiled = Sequential(layers[0], Planted(Sigmoid(), spoil), layers[2])
    assert check_gradients(spoiled, x, target, HalfSquaredError()).verdict == "wrong"


def test_what_rounding_hides_is_neither_accepted_nor_rejected():
    def f(x):
        return 1.0 + 1e-18 * float(np.sin(x).sum()) + 0.0 * float(x.sum())

    report = check_gradients(lambda x: 1e3 + 1e-12 * float(np.sin(3 * x).sum()), [0.3, 0.4], gradient=np.zeros(2))
    assert report.verdict in ("undecided", "right")  # f does not move by one bit of its last digit
    assert check_gradients(f, [0.5], gradient=[0.0]).verdict == "right"  # flat, as far as floats can tell


def test_a_gradient_that_is_zero_is_right_where_the_function_is_flat():
    dead = Sequential(Dense(4, 3, weights=-np.ones((4, 3))), ReLU(), Dense(3, 2, rng=0))
    report = check_gradients(dead, np.abs(batch(None)), np.ones((N, 2)), HalfSquaredError())
    assert report.passed
    even = check_gradients(lambda x: float((x**2).sum()), [0.0, 0.0], gradient=lambda x: 2 * x)
    assert even.passed


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_at_a_kink_every_slope_between_both_sides_passes(at_zero):
    def slope(x):
        return np.where(x == 0, at_zero, x > 0)

    def relu(x):
        return float(np.maximum(x, 0).sum())

    report = check_gradients(relu, [0.0, 0.0, 2.0, -1.0], gradient=slope)
    assert report.passed
    assert report.kinks == (0 if at_zero == 0.5 else 2)  # 1/2 is what the central difference says
    for wrong in (2.0, -1.0):
        report = check_gradients(relu, [0.0, 2.0], gradient=lambda x, wrong=wrong: np.where(x == 0, wrong, x > 0))
        assert report.verdict == "wrong"


def test_only_kinks_are_undecided():
    report = check_gradients(ReLU(), np.zeros((2, 2)))
    assert report.verdict == "undecided"
    assert not report
    assert "x: all entries lie on a kink" in repr(report)
    near = check_gradients(lambda x: float(np.abs(x).sum()), [3e-7, 2e-6, 1.0], gradient=np.ones(3))
    assert near.verdict == "right"
    assert check_gradients(lambda x: float(np.abs(x).sum()), [3e-6, 2.0], gradient=-np.ones(2)).verdict == "wrong"


@st.composite
def right_networks(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    layers, first = [], width
    size = draw(st.sampled_from([0.1, 1.0, 5.0]))
    for _ in range(draw(st.integers(1, 3))):
        n_out = draw(st.integers(1, 4))
        layers.append(Dense(width, n_out, weights=size * rng.normal(size=(width, n_out)), bias=rng.normal(size=n_out)))
        layers.append(draw(st.sampled_from([Identity, Softmax, *ELEMENTWISE]))())
        width = n_out
    x = draw(st.sampled_from([0.01, 1.0, 10.0])) * rng.normal(size=(rows, first))
    loss = draw(st.sampled_from([*LOSSES, MeanAbsoluteError()]))
    if isinstance(loss, SoftmaxCrossEntropy):
        return Sequential(*layers), x, rng.integers(0, width, rows), loss
    return Sequential(*layers), x, rng.uniform(size=(rows, width)), loss


@pytest.mark.parametrize(
    ("W", "b", "x"),
    [
        ([[-1.5104935684643408, 2.4034928938210873]], [0.576516351751409, -0.004866343028708351], -17.06223242),
        ([[-2.6284059638097683, -1.3220900356966463]], [0.0, 0.0], -17.06223242),
        ([[1.9731804040745042, -1.899679334757039]], [-0.34517953504269455, -0.031303840716633176], 13.106036204904747),
    ],
)
def test_a_loss_that_rounding_cuts_into_stairs_rejects_no_right_gradient(W, b, x):
    """The loss is near 1e-11, and its inside, 1 + 1e-11, is rounded to steps of 2e-16: small steps do not move it."""
    network = Sequential(Dense(1, 2, weights=W, bias=b), ReLU())
    report = check_gradients(network, np.array([[x]]), np.array([0]), SoftmaxCrossEntropy(), entries=30)
    assert report.verdict != "wrong", report


@settings(max_examples=100)
@given(right_networks())
def test_a_right_gradient_is_never_rejected(problem):
    report = check_gradients(*problem, entries=30)
    assert report.verdict != "wrong", report


@pytest.mark.parametrize("kind", LAYERS, ids=name_of)
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_a_right_layer_is_never_rejected(kind, scale):
    for seed in range(3):
        report = check_gradients(kind(), scale * batch(kind, seed))
        assert report.verdict != "wrong", report


def test_conventions_that_are_no_mistakes():
    rng = np.random.default_rng(0)
    x, A = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    assert check_gradients(lambda x: np.einsum("ij,ij->", A, x**2), x, gradient=lambda x: 2 * A * x)
    assert check_gradients(lambda x: sum(a * v for a, v in zip(A.flat, x.flat, strict=True)), x, gradient=A)
    as_float32 = check_gradients(
        lambda x: np.float32((A.astype(np.float32) * x.astype(np.float32)).sum()), x, gradient=A.astype(np.float32)
    )
    assert as_float32.verdict != "wrong", as_float32


def test_single_precision_is_widened_with_a_note():
    network = mlp(4, 3, 2, rng=0).astype(np.float32)
    before = network.parameters().value
    report = check_gradients(network, np.float32(batch(None)), [0, 1, 0], SoftmaxCrossEntropy())
    assert report.passed
    assert "float32 was widened to float64: differences need its digits." in report.notes
    assert network.parameters().value is before
    assert check_gradients(Sequential(Dense(4, 2, rng=0)).astype(np.float32)[0], np.float32(batch(None))).passed


def test_the_network_is_left_as_it_was():
    network = mlp(4, 3, 2, rng=0)
    y, tape = network.forward(batch(None))
    network.backward(np.ones_like(y), tape)
    before = network.parameters().value.copy(), network.parameters().grad.copy()
    check_gradients(network, batch(None), [0, 1, 0], SoftmaxCrossEntropy())
    assert np.array_equal(network.parameters().value, before[0])
    assert np.array_equal(network.parameters().grad, before[1])


def test_one_row_cannot_show_a_factor_n():
    report = check_gradients(mlp(2, 2, rng=0), [[1.0, 2.0]], [0], SoftmaxCrossEntropy())
    assert report.passed
    assert any("cannot show a factor N" in line for line in report.notes)


def test_a_shared_layer_is_checked_once_and_right():
    shared = Dense(3, 3, rng=0)
    report = check_gradients(Sequential(shared, Tanh(), shared), np.ones((2, 3)), np.zeros((2, 3)), MeanSquaredError())
    assert [array.name for array in report.arrays] == ["x", "layer 0 W", "layer 0 b"]
    assert report.passed


def test_a_dictionary_of_arrays():
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    p = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}

    def f(p):
        return float(((x @ p["W"] + p["b"] - t) ** 2).sum()) / 2

    def gradient(p):
        e = x @ p["W"] + p["b"] - t
        return {"W": x.T @ e, "b": e[-1]}  # only the last sample

    report = check_gradients(f, p, gradient=gradient)
    assert {array.name: array.verdict for array in report.arrays} == {"W": "right", "b": "wrong"}
    assert report.advice == ("b: All 2 checked entries are wrong, with no common factor.",)
    mended = check_gradients(f, p, gradient=lambda p: {**gradient(p), "b": (x @ p["W"] + p["b"] - t).sum(axis=0)})
    assert mended.passed


def test_what_the_mistakes_are_planted_in_is_right():
    for kind in LAYERS:
        assert check_gradients(Planted(kind(), lambda g: g), batch(kind)).passed, kind
    for loss in (*LOSSES, MeanAbsoluteError()):
        assert check_gradients(loss, batch(None) * 0.7, target_for(loss)).passed, loss


def test_partly_wrong_is_told():
    def half_done(x):
        g = 2 * x
        g[1:] = 0
        return g

    report = check_gradients(lambda x: float((x**2).sum()), [1.0, 2.0, 3.0], gradient=half_done)
    assert report.advice == ("x: 2 of 3 checked entries are wrong, 2 of them are zero; the others are right.",)


def test_the_report_shows_values_and_reads_as_json():
    report = check_gradients(lambda x: float((x**3).sum()), [1.0, 2.0], gradient=lambda x: 6 * x**2)
    assert (
        repr(report)
        == """\
Gradients of <lambda>
array  shape  checked  largest error  along directions  verdict
x      (2,)   2 of 2             0.5               0.5  wrong
A gradient is wrong.
x: Consistent with: it is off by the factor 2. Divide by 2.
x[1]: gradient 24, difference 12
x[0]: gradient 6, difference 3"""
    )
    assert "off by the factor 2" in report._repr_html_()
    assert "&lt;lambda&gt;" in report._repr_html_()
    read = json.loads(json.dumps(report.to_dict()))
    assert read["arrays"][0]["worst"][0]["gradient"] == 24.0
    right = repr(check_gradients(Tanh(), [[0.1]]))
    assert "The gradients are right." in right
    assert "under 1e-8" in right


def test_of_a_large_network_a_share_is_checked():
    rng = np.random.default_rng(0)
    report = check_gradients(mlp(784, 128, 10, rng=0), rng.normal(size=(8, 784)), rng.integers(0, 10, 8), LOSSES[-1])
    assert report.passed
    assert "200 of 100,352" in repr(report)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            (Tanh, [[1.0]]),
            ArgumentError,
            r"expected a network, a layer, a loss or a function, .*brackets: Tanh\(\)",
        ),
        ((3, [[1.0]]), ArgumentError, r"expected a network, a layer, a loss or a function, got 3"),
        ((mlp(1, 1), [[1.0]]), ArgumentError, r"expected target and a Loss object for a network"),
        ((Tanh(), [[1.0]], [[1.0]]), ArgumentError, r"expected only x for a layer"),
        ((HalfSquaredError(), [[1.0]]), ArgumentError, r"expected prediction and target for a loss"),
        ((np.sum, [1.0]), ArgumentError, r"expected gradient=\.\.\. for a function, got none"),
        ((Tanh(), [1.0]), ShapeError, r"For one sample write np.asarray\(x\)\[None, :\]"),
    ],
)
def test_what_cannot_be_checked_is_named(arguments, error, message):
    with pytest.raises(error, match=message):
        check_gradients(*arguments)


def test_functions_and_gradients_that_do_not_fit():
    with pytest.raises(ArgumentError, match=r"f\(x\) expected one number, got shape \(2,\) .*\.sum\(\)"):
        check_gradients(np.sin, [1.0, 2.0], gradient=np.cos)
    with pytest.raises(ArgumentError, match=r"gradient expected nothing for a network, layer or loss"):
        check_gradients(Tanh(), [[1.0]], gradient=1)
    with pytest.raises(ArgumentError, match="entries expected a whole number"):
        check_gradients(Tanh(), [[1.0]], entries=0)


@pytest.mark.parametrize("distance", [-3e-2, 2.3e-5, -6e-4, 4e-6])
@pytest.mark.parametrize("beyond", [0.0, -1.0, 3.0])
def test_a_kink_that_only_wide_steps_reach_does_not_reject_a_right_gradient(distance, beyond):
    """A tiny slope is measured with wide steps, and those reach over a kink that the smallest ones do not see."""
    tiny = 3e-9

    def f(t):
        over = abs(t) > abs(distance) and (t > 0) == (distance > 0)
        return 0.7 + tiny * t + (tiny * (beyond - 1) * (t - distance) if over else 0.0)

    assert judge(tiny, slope(f)) != "wrong"
    assert judge(-20 * tiny, slope(f)) == "wrong"
