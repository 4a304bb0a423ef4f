"""What would have no effect is refused: parameters a network cannot see, other names of settings, sizes set later."""

import re

import numpy as np
import pytest

from bplearn import (
    SGD,
    Adam,
    ArgumentError,
    Dense,
    Layer,
    Parameter,
    Sequential,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    check_gradients,
    fit,
    mlp,
    train,
)

RNG = np.random.default_rng(2)
X, T = RNG.normal(size=(12, 4)), np.arange(12) % 2


def trained(network, optimizer=None, targets=T):
    optimizer = optimizer or SGD(0.1)
    return fit(network, X, targets, loss=SoftmaxCrossEntropy(), optimizer=optimizer, epochs=2, rng=0, progress=False)


class Held(Layer):
    """y = x W, with W where the network does not look."""

    def __init__(self, how):
        self.how, weights = how, np.full((4, 2), 0.1)
        self.held = {
            "list": lambda: [Parameter(weights, "W")],
            "tuple": lambda: (Parameter(weights, "W"),),
            "dict": lambda: {"main": Parameter(weights, "W")},
            "layer": lambda: Dense(4, 2, weights=weights),
            "layers": lambda: [Tanh(), Dense(4, 2, weights=weights)],
            "array": lambda: weights,
        }[how]()

    def weights(self):
        held = self.held
        if isinstance(held, np.ndarray):
            return held
        if isinstance(held, dict):
            held = list(held.values())
        part = held if isinstance(held, Layer) else held[-1]
        return part.W.value if isinstance(part, Layer) else part.value

    def forward(self, x):
        return x @ self.weights(), {"x": x, "W": self.weights()}

    def backward(self, dy, cache, *, input_gradient=True):
        grads = {"W": cache["x"].T @ dy}
        if "layer" in self.how:
            grads["b"] = dy.sum(axis=0)
        return dy @ cache["W"].T, grads


@pytest.mark.parametrize("how", ["list", "tuple", "dict", "layer", "layers"])
@pytest.mark.parametrize("behind", [(), (Dense(2, 2, rng=0),)])
def test_parameters_that_a_network_cannot_see_are_named_and_the_advised_method_lets_them_learn(how, behind):
    with pytest.raises(ArgumentError) as caught:
        trained(Sequential(Held(how), *behind))
    message = str(caught.value)
    assert "training expected parameters that the network knows, got W" in message
    assert "inside held of layer 0, Held" in message
    line = re.search(r"def parameters\(self\): return .*(?=\.$)", message)[0]
    scope = {}
    exec(line, scope)
    better = type("Better", (Held,), {"parameters": scope["parameters"]})
    network = Sequential(better(how), *behind)
    before = network[0].weights().copy()
    trained(network)
    assert not np.array_equal(network[0].weights(), before)


def test_an_array_that_never_learns_is_told():
    with pytest.raises(ArgumentError, match=r"shall learn write self.held = Parameter\(array, 'held'\)\."):
        trained(Sequential(Held("array")))
    network = Sequential(Held("array"), Dense(2, 2, rng=0))
    for way in (trained, lambda n: list(train(n, X, T, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1)))):
        with pytest.raises(ArgumentError, match="Layer 0") as caught:
            way(network)
        assert "Layer 0, Held, expected backward to return gradients of its parameters alone, got" in str(caught.value)
        assert "To let it learn write self.W = Parameter(array, 'W') in the constructor." in str(caught.value)


class Twins(Layer):
    def __init__(self):
        self.a, self.b = Parameter(np.ones(4), "w"), Parameter(np.zeros(4), "w")

    def forward(self, x):
        return x * self.a.value + self.b.value, {"x": x, "a": self.a.value}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy * cache["a"], {"w": dy.sum(axis=-2)}


def test_two_parameters_of_one_name_are_refused_where_the_network_is_built():
    with pytest.raises(ArgumentError, match="Layer 1, Twins, expected parameters of different names, got 'w' twice"):
        Sequential(Tanh(), Twins())


@pytest.mark.parametrize(("name", "size"), [("n_out", 7), ("n_in", 2)])
def test_a_size_stays_what_the_weights_have(name, size):
    layer = Dense(4, 3, rng=0)
    with pytest.raises(ArgumentError, match=rf"Dense's {name} expected to stay, .*, got {size} in place of \d"):
        setattr(layer, name, size)
    setattr(layer, name, getattr(layer, name))
    assert layer.forward(X)[0].shape == (12, 3)


@pytest.mark.parametrize(
    ("name", "line"),
    [("weights", "layer.W[:] = array"), ("kernel", "layer.W[:] = array"), ("bias", "layer.b[:] = array")],
)
def test_another_name_of_a_weight_is_refused_and_the_line_works(name, line):
    layer = Dense(4, 2, rng=0)
    array = np.full((4, 2), 3.0) if "W" in line else np.full(2, 3.0)
    with pytest.raises(ArgumentError) as caught:
        setattr(layer, name, array)
    assert str(caught.value).endswith(f"Write {line}.")
    exec(line, {"layer": layer, "array": array})
    assert (layer.W if "W" in line else layer.b).value.tolist() == array.tolist()


@pytest.mark.parametrize("name", ["lr", "alpha", "eta", "beta_1", "eps", "rate", "delta", "step"])
def test_another_name_of_a_setting_is_refused(name):
    optimizer = Adam(0.01)
    with pytest.raises(ArgumentError, match=r"Write|another name"):
        setattr(optimizer, name, 0.5)
    assert optimizer.learning_rate == 0.01
    assert optimizer.rate() == 0.01
    optimizer.learning_rate = 0.5
    assert optimizer.rate() == 0.5


def test_a_number_does_not_take_the_place_of_a_method():
    network = mlp(4, 3, 2, rng=0)
    with pytest.raises(ArgumentError, match=r"Dense\.forward expected to stay the method it is, got 3. Give"):
        network[0].forward = 3
    trained(network)


class Remembers(Layer):
    def __init__(self, width=4, note=None):
        self.width, self.note = width, note

    def forward(self, x):
        return x * self.width, {"width": self.width}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy * cache["width"], {}


def test_what_a_file_could_not_give_back_is_refused_before_it_is_written(tmp_path):
    file = tmp_path / "network.npz"
    network = mlp(4, 3, 2, rng=0)
    network[1].late = Parameter([1.0], "late")
    with pytest.raises(ArgumentError, match=r"got late of Tanh\(.*\), which was set later"):
        network.save(file)
    for value in (np.ones(3), {1, 2}, len):
        with pytest.raises(ArgumentError, match=r"got Object of type .* is not JSON"):
            Sequential(Remembers(note=value), Dense(4, 2, rng=0)).save(file)
    assert not file.exists()
    for width in (np.int64(3), np.float32(0.5), np.bool_(True)):
        network = Sequential(Remembers(width), Dense(4, 2, rng=0))
        network.save(file)
        assert np.array_equal(Sequential.load(file, layers=(Remembers,))(X), network(X))


@pytest.mark.parametrize("layers", [(Dense(4, 1, rng=0),), (Dense(4, 1, rng=0), Softmax())])
def test_softmax_of_one_output_is_told(layers):
    with pytest.warns(UserWarning, match="softmax of one output is 1 whatever the weights"):
        trained(Sequential(*layers), targets=np.zeros(12, int))


def test_own_blocks_that_pass_their_parameters_on_are_right():
    class Block(Layer):
        def __init__(self):
            self.inner = Dense(4, 2, rng=0)

        def parameters(self):
            return self.inner.parameters()

        def forward(self, x):
            y, cache = self.inner.forward(x)
            return y, {"inner": cache}

        def backward(self, dy, cache, *, input_gradient=True):
            return self.inner.backward(dy, cache["inner"], input_gradient=input_gradient)

    network = Sequential(Block(), Tanh(), Dense(2, 2, rng=1))
    assert check_gradients(network, X, T, SoftmaxCrossEntropy()).verdict == "right"
    assert trained(network).epochs == 2
