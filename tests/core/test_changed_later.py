"""What is changed behind a network's back is refused at once, with a line that works; a squash done twice is told."""

import re
import warnings

import numpy as np
import pytest

from bplearn import (
    SGD,
    Adam,
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    Layer,
    MeanSquaredError,
    Parameter,
    Sequential,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    datasets,
    fit,
    mlp,
    train,
)

X, T = np.arange(12.0).reshape(6, 2), np.arange(6.0)[:, None]


def trained(network, loss=None, x=X, targets=T, epochs=2, optimizer=None):
    optimizer = optimizer or SGD(0.001)
    loss = loss or MeanSquaredError()
    return fit(network, x, targets, loss=loss, optimizer=optimizer, epochs=epochs, rng=0, progress=False)


@pytest.mark.parametrize("new", [(Dense(2, 1, rng=0),), [Tanh()], "dense"])
def test_layers_are_not_assigned_and_the_advised_line_trains_the_new_layer(new):
    network = mlp(2, 3, 1, rng=0)
    before = network.layers
    with pytest.raises(ArgumentError, match=r"network.layers expected to be read, not set") as caught:
        network.layers = new
    assert network.layers is before
    advised = re.search(r"Sequential\(.*\)\)", str(caught.value))[0].replace("Dense(8, 2)", "Dense(3, 2)")
    better = eval(advised, {"Sequential": Sequential, "network": network, "Dense": Dense})
    old, head = network[0].W.value.copy(), better[2].W.value.copy()
    trained(better, targets=np.ones((6, 2)))
    assert not np.array_equal(better[2].W.value, head)
    assert not np.array_equal(network[0].W.value, old)  # shared with the old network


class Lazy(Layer):
    """Makes its weights when it first sees x."""

    def forward(self, x):
        if not hasattr(self, "W"):
            self.W = Parameter(np.full((x.shape[-1], 1), 0.5), "W")
        return x @ self.W.value, {"x": x, "W": self.W.value}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy @ cache["W"].mT, {"W": cache["x"].mT @ dy}


def test_a_parameter_made_in_forward_is_refused_and_the_advised_line_trains_it():
    network = Sequential(Lazy())
    for run in (
        lambda: trained(network),
        lambda: next(train(network, X, T, loss=MeanSquaredError(), optimizer=SGD(1))),
    ):
        with pytest.raises(ArgumentError, match=r"got W of layer 0, Lazy, made or set later\. .*Sequential"):
            run()
    better = Sequential(*network.layers)
    start = better[0].W.value.copy()
    assert trained(better).epoch_loss[1] < trained(better).epoch_loss[0] or not np.array_equal(better[0].W.value, start)


def test_a_parameter_that_was_exchanged_is_refused():
    network = mlp(2, 3, 1, rng=0)
    network[2].W = Parameter(np.ones((3, 1)), "W")
    with pytest.raises(ArgumentError, match="got W of layer 2, Dense, made or set later"):
        trained(network)
    network = Sequential(*network.layers)
    trained(network)
    assert not np.array_equal(network[2].W.value, np.ones((3, 1)))


@pytest.mark.parametrize(
    ("last", "loss", "width"),
    [(Softmax(), SoftmaxCrossEntropy(), 3), (Sigmoid(), BinaryCrossEntropy(), 1)],
)
def test_a_squash_done_twice_is_warned_of_once_by_fit(last, loss, width):
    targets = np.array([0, 1] * 3) if width == 3 else np.array([[0.0], [1.0]] * 3)
    network = Sequential(Dense(2, width, rng=0), last)
    with pytest.warns(UserWarning, match="applied twice, it learns badly. Write Sequential") as told:
        trained(network, loss, targets=targets)
    assert len(told) == 1
    assert told[0].filename == __file__ or "test_changed_later" in told[0].filename
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trained(Sequential(*network.layers[:-1]), loss, targets=targets)
        if width == 1:
            trained(network, BinaryCrossEntropy(from_logits=False), targets=targets)
        trained(Sequential(Dense(2, 1, rng=0), Sigmoid()), MeanSquaredError())


def test_softmax_twice_cannot_come_near_0():
    """The reason for the warning: scores between 0 and 1 give a class at most e / (e + 9) of ten."""
    known, last = datasets.digits(), []
    for tail in ((), (Softmax(),)):
        network, loss = Sequential(*mlp(64, 16, 10, rng=0).layers, *tail), SoftmaxCrossEntropy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            history = trained(network, loss, known.x, known.targets, epochs=6, optimizer=Adam(0.01))
        last.append(history.epoch_loss[-1])
    assert last[0] < 0.2
    assert last[1] > np.log((np.e + 9) / np.e)
