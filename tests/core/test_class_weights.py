"""Class weights: a rare class counts more, the mean stays over N, and every tool knows them."""

import re

import numpy as np
import pytest

from bplearn import (
    Adam,
    ArgumentError,
    Dense,
    Sequential,
    Session,
    ShapeError,
    SoftmaxCrossEntropy,
    Tanh,
    check_gradients,
    fit,
    mlp,
    trace_weight,
)

RNG = np.random.default_rng(5)
SCORES, TRUTH = RNG.normal(size=(7, 3)), np.array([0, 2, 1, 1, 0, 2, 2])
WEIGHTS = (0.5, 3.0, 0.0)


def test_loss_and_gradient_by_the_definition():
    """Oracle: each sample's own loss, weighted by hand; the gradient by central differences."""
    loss = SoftmaxCrossEntropy(class_weights=WEIGHTS)
    value, cache = loss.forward(SCORES, TRUTH)
    p = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)
    assert value == pytest.approx(sum(-WEIGHTS[t] * np.log(p[n, t]) for n, t in enumerate(TRUTH)) / 7, rel=1e-12)
    found, h = loss.backward(cache), 1e-6
    for place in np.ndindex(SCORES.shape):
        ahead, behind = SCORES.copy(), SCORES.copy()
        ahead[place] += h
        behind[place] -= h
        slope = (loss.forward(ahead, TRUTH)[0] - loss.forward(behind, TRUTH)[0]) / (2 * h)
        assert found[place] == pytest.approx(slope, abs=1e-8)
    assert check_gradients(loss, SCORES, TRUTH).verdict == "right"


def test_equal_weights_multiply_the_plain_loss_and_no_weights_are_the_plain_loss():
    plain, doubled = SoftmaxCrossEntropy(), SoftmaxCrossEntropy([2, 2, 2])
    (a, cache_a), (b, cache_b) = plain.forward(SCORES, TRUTH), doubled.forward(SCORES, TRUTH)
    assert b == pytest.approx(2 * a)
    assert np.allclose(doubled.backward(cache_b), 2 * plain.backward(cache_a))
    assert repr(plain) == "SoftmaxCrossEntropy()"
    assert repr(doubled) == "SoftmaxCrossEntropy(class_weights=(2.0, 2.0, 2.0))"


def test_a_weight_of_three_is_the_sample_three_times():
    """Oracle: the data with the rare samples repeated; both means are over their own N."""
    network, again = mlp(2, 4, 2, rng=0), mlp(2, 4, 2, rng=0)
    x, t = RNG.normal(size=(20, 2)), (np.arange(20) < 3).astype(int)
    rows = np.concatenate([np.arange(20), np.repeat(np.arange(3), 2)])
    y, tape = network.forward(x)
    loss = SoftmaxCrossEntropy([1, 3])
    network.backward(loss.backward(loss.forward(y, t)[1]), tape)
    y, tape = again.forward(x[rows])
    again.backward(SoftmaxCrossEntropy().backward(SoftmaxCrossEntropy().forward(y, t[rows])[1]), tape)
    assert np.allclose(network.parameters().grad * 20, again.parameters().grad * 26)


def test_more_of_a_rare_class_is_found_and_a_session_goes_back():
    x = np.concatenate([RNG.normal(size=(190, 2)), RNG.normal(1.8, 1.0, size=(10, 2))])
    t = (np.arange(200) >= 190).astype(int)
    found = []
    for weights in (None, len(t) / (2 * np.bincount(t))):
        network, loss = mlp(2, 8, 2, rng=0), SoftmaxCrossEntropy(weights)
        history = fit(network, x, t, loss=loss, optimizer=Adam(0.01), epochs=30, rng=0, validation=0.2, progress=False)
        found.append(network.predict(x, loss=loss)[t == 1].mean())
        assert len(history.validation_loss) == 30
    assert found[1] > 0.9 > found[0]
    session = Session(mlp(2, 3, 2, rng=0), x, t, loss=SoftmaxCrossEntropy([1, 9]), optimizer=Adam(0.01))
    session.epoch(2)
    losses = list(session.history.step_loss)
    session.reset().epoch(2)
    assert session.history.step_loss == losses


def test_a_trace_multiplies_by_the_weight_and_says_so():
    network = Sequential(Dense(2, 2, rng=0), Tanh(), Dense(2, 3, rng=1))
    trace = trace_weight(network, SCORES[:, :2], TRUTH, SoftmaxCrossEntropy(WEIGHTS), 0, (1, 0))
    assert trace.check().verdict == "agree"
    for path in trace.paths(None):
        formula = path.factors[0].formula
        worked = {place: number for place, (_, number) in formula.places.items()}
        assert eval(formula.template.format(**{k: repr(v) for k, v in worked.items()})) == pytest.approx(
            path.factors[0].value
        )
        assert formula.text.startswith("w * ")


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("balanced", "got 'balanced'. To even out write n = np.bincount(targets), then class_weights=len(targets)"),
        (2.0, "expected a number for each class, got 2.0. Write class_weights=[1, 5]"),
        ([], "expected a number for each class, got []. Write"),
        ([[1, 2]], "expected a number for each class, got [[1, 2]]. Write"),
        ([1, -1], "class 1, expected a number of at least 0, got -1."),
        ([1, None], "class 1, expected a number of at least 0, got None."),
        ([1, float("nan")], "class 1, expected a number of at least 0, got nan."),
        ([0, 0], "expected at least one number above 0, got (0.0, 0.0). A class of weight 0"),
        ({0: 1, 1: 4}, "in their order, got a dict. Write class_weights=[1.0, 4.0]."),
    ],
)
def test_what_is_no_weight_is_refused(weights, message):
    with pytest.raises(ArgumentError) as caught:
        SoftmaxCrossEntropy(class_weights=weights)
    assert message in str(caught.value)
    assert "SoftmaxCrossEntropy's class_weights" in str(caught.value)


def test_weights_for_other_classes_are_refused_at_the_door_and_the_advice_trains():
    network, x = mlp(2, 3, rng=0), SCORES[:, :2]
    with pytest.raises(ShapeError) as caught:
        fit(network, x, TRUTH, loss=SoftmaxCrossEntropy([1, 2]), optimizer=Adam(), progress=False)
    assert "class_weights expected 3 numbers, one for each class, got 2." in str(caught.value)
    line = re.search(r"class_weights=\[[^\]]*\]", str(caught.value))[0]
    loss = eval(f"SoftmaxCrossEntropy({line})", {"SoftmaxCrossEntropy": SoftmaxCrossEntropy})
    assert fit(network, x, TRUTH, loss=loss, optimizer=Adam(), epochs=1, progress=False).epochs == 1


def test_the_line_that_evens_out_works():
    with pytest.raises(ArgumentError) as caught:
        SoftmaxCrossEntropy(class_weights="balanced")
    first, second = re.search(r"write (n = .*), then (class_weights=.*)\.", str(caught.value)).groups()
    scope = {"np": np, "targets": TRUTH, "SoftmaxCrossEntropy": SoftmaxCrossEntropy}
    exec(f"{first}\nloss = SoftmaxCrossEntropy({second})", scope)
    shares = np.bincount(TRUTH) * scope["loss"].class_weights
    assert np.allclose(shares, shares[0])
    assert shares.sum() == pytest.approx(len(TRUTH))
