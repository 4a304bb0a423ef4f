"""NumPy's errors inside a layer of your own are told with the layer, what it was given and what to do."""

import re

import numpy as np
import pytest

from bplearn import (
    SGD,
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    Layer,
    MeanSquaredError,
    Parameter,
    Sequential,
    Session,
    ShapeError,
    Tanh,
    check_gradients,
    fit,
    train,
)
from bplearn.errors import BplearnError

X, T = np.random.default_rng(0).normal(size=(6, 4)), np.zeros((6, 2))


class Gain(Layer):
    """y = x * g, with planted slips."""

    def __init__(self, width=4, forward="x * self.g.value", backward="dy * cache['g']"):
        self.g = Parameter(np.linspace(1, 2, width), "g")
        self.forward_line, self.backward_line = forward, backward

    def forward(self, x):
        return eval(self.forward_line), {"x": x, "g": self.g.value}

    def backward(self, dy, cache, *, input_gradient=True):
        return eval(self.backward_line), {"g": (dy * cache["x"]).sum(axis=-2)}

    def __repr__(self):
        return "Gain()"


def fitted(network):
    return fit(network, X, T, loss=MeanSquaredError(), optimizer=SGD(0.1), progress=False)


def stepped(network):
    return list(train(network, X, T, loss=MeanSquaredError(), optimizer=SGD(0.1)))


def in_session(network):
    return Session(network, X, T, loss=MeanSquaredError(), optimizer=SGD(0.1), batch_size=6).step()


def checked(network):
    return check_gradients(network, X, T, MeanSquaredError())


def predicted(network):
    return network(X)


WAYS = [fitted, stepped, in_session, checked]


@pytest.mark.parametrize("way", [*WAYS, predicted])
@pytest.mark.parametrize(
    ("slip", "words"),
    [
        ({"width": 3}, "ValueError: operands could not be broadcast"),
        ({"forward": "x @ self.g.value[:2]"}, "ValueError: matmul"),
        ({"forward": "self.g.value[x]"}, "IndexError: arrays used as indices must be of integer (or boolean) type"),
        ({"forward": "self.g.value[x.astype(int) + 9]"}, "IndexError: index"),
        (
            {"forward": "np.concatenate([x, self.g.value])"},
            "ValueError: all the input arrays must have same number of dimensions",
        ),
        ({"forward": "x.reshape(7, -1)"}, "ValueError: cannot reshape"),
        ({"forward": "np.add(x)"}, "TypeError: add() takes"),
    ],
)
def test_forward(way, slip, words):
    network = Sequential(Tanh(), Gain(**slip), Dense(4, 2, rng=0))
    with pytest.raises(ShapeError) as caught:
        way(network)
    message = str(caught.value)
    assert message.startswith("Layer 1, Gain(), expected forward to take x of shape (")
    assert re.search(r"of shape \(\d, 4\), got ", message)
    assert words in message
    assert type(caught.value.__cause__).__name__ in words


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dy @ cache['g']", "expected backward to return dx of x's shape (6, 4), got (6,)"),
        ("dy @ cache['g'][:3]", "expected backward to take dy of shape (6, 4), got ValueError: matmul"),
        ("dy * cache['g'][:2]", "expected backward to take dy of shape (6, 4), got ValueError: operands"),
        ("dy.sum(axis=-1, keepdims=True)", "expected backward to return dx of x's shape (6, 4), got (6, 1)"),
        ("(dy * cache['g']).T", "expected backward to return dx of x's shape (6, 4), got (4, 6)"),
        ("None", "expected backward to return dx of x's shape (6, 4), got None"),
        ("dy[cache['x']]", "expected backward to take dy of shape (6, 4), got IndexError"),
    ],
)
def test_backward(way, line, words):
    """A dx of one column would be stretched by the layer below: a wrong gradient with no error."""
    network = Sequential(Dense(4, 4, rng=0), Tanh(), Gain(backward=line), Dense(4, 2, rng=0))
    before = network.parameters().value.copy()
    with pytest.raises(ShapeError) as caught:
        way(network)
    assert str(caught.value).startswith("Layer 2, Gain(), ")
    assert words in str(caught.value)
    assert np.array_equal(network.parameters().value, before)


@pytest.mark.parametrize("line", ["x * self.g.value[:3]", "self.g.value[x]"])
def test_a_layer_that_is_checked_alone_is_named_too(line):
    with pytest.raises(ShapeError, match=r"Gain\(\) expected forward to take x of shape \(6, 4\), got"):
        check_gradients(Gain(forward=line), X)
    with pytest.raises(ShapeError, match=r"Gain\(\) expected backward to take dy of shape \(6, 4\), got"):
        check_gradients(Gain(backward="dy @ cache['x']"), X)


def test_the_advised_line_shows_the_error_alone_and_the_advised_cast_helps():
    network = Sequential(Gain(width=3), Dense(4, 2, rng=0))
    with pytest.raises(ShapeError) as caught:
        fitted(network)
    line = re.search(r"layer\.forward\(np\.ones\(\(\d, 4\)\)\)", str(caught.value))[0]
    with pytest.raises(ValueError, match="broadcast"):
        eval(line, {"layer": network[0], "np": np})
    assert "its g (3,)" in str(caught.value)
    chooses = Sequential(Gain(forward="self.g.value[np.abs(x)]"), Dense(4, 2, rng=0))
    with pytest.raises(ShapeError, match=r"x arrives as float64: for whole numbers write x.astype\(int\)"):
        fitted(chooses)
    assert Sequential(Gain(forward="self.g.value[np.abs(x).astype(int)]"))(X).shape == X.shape
    with pytest.raises(
        ShapeError, match="x goes from 0 to 9; an index goes from 0 to the size of what it chooses from, less 1"
    ):
        Sequential(Gain(forward="self.g.value[x.astype(int)]"))([[0, 1, 9, 2]])


def test_errors_of_ours_and_errors_that_speak_for_themselves_stay():
    network = Sequential(Gain(backward="cache['nowhere']"), Dense(4, 2, rng=0))
    with pytest.raises(KeyError, match="nowhere"):
        network.backward(np.ones((6, 2)), network.forward(X)[1])
    with pytest.raises(NameError):
        Sequential(Gain(forward="undefined_name"))(X)
    with pytest.raises(ShapeError, match=r"^Dense\(3 -> 2\) expected x of shape"):
        Sequential(Tanh(), Dense(3, 2))(X)


def test_a_network_with_nothing_to_learn():
    for layers, x in (([Tanh()], X[:, :2]), ([Tanh(), Tanh()], X[:, :2])):
        network = Sequential(*layers)
        for way in (fit, train, Session):
            with pytest.raises(ArgumentError, match="training expected a network with parameters to learn") as caught:
                way(network, x, T, loss=MeanSquaredError(), optimizer=SGD(0.1))
        line = re.search(r"Sequential\(D.*\)", str(caught.value))[0]
        better = eval(line, {"Sequential": Sequential, "network": network, "Dense": Dense})
        history = fit(better, x, T, loss=MeanSquaredError(), optimizer=SGD(0.1), epochs=3, rng=0, progress=False)
        assert history.epoch_loss[-1] < history.epoch_loss[0]


def test_every_tool_answers_for_a_network_of_activations(tmp_path):
    network = Sequential(Tanh(), Tanh())
    network.save(tmp_path / "empty.npz")
    again = Sequential.load(tmp_path / "empty.npz")
    assert np.array_equal(again(X), np.tanh(np.tanh(X)))
    assert "0 numbers to learn" in str(network.summary((4,)))
    assert check_gradients(network, X, np.zeros((6, 4)), MeanSquaredError()).verdict == "right"
    SGD(0.1).step(network.parameters())
    assert network.parameters().value.size == 0
    for tool in (str, repr):
        assert tool(network.parameters()) == "ParameterVector(0 parameters, 0 numbers)"
    with pytest.raises(BplearnError):
        network.predict(X, loss=None)
    assert network.predict(X[:, :1], loss=BinaryCrossEntropy()).shape == (6,)
    assert network.copy().astype(np.float32).parameters().size == 0


def test_a_dx_that_loses_its_shape_in_a_later_pass_is_refused_too():
    class Tires(Layer):
        passes = 0

        def forward(self, x):
            return x, {}

        def backward(self, dy, cache, *, input_gradient=True):
            self.passes += 1
            return (dy if self.passes == 1 else dy.sum(axis=-1, keepdims=True)), {}

    network = Sequential(Tires(), Dense(4, 2, rng=0))  # no layer in front of it stumbles over its dx
    y, tape = network.forward(X)
    network.backward(np.ones_like(y), tape)
    y, tape = network.forward(X)
    with pytest.raises(ShapeError, match=r"dx of x's shape \(6, 4\), got \(6, 1\)"):
        network.backward(np.ones_like(y), tape)
