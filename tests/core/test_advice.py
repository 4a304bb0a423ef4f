"""A message that says what to write is taken at its word: the line is written, and it helps."""
# ruff: noqa: E501 - a line and what it becomes stand side by side

import numpy as np
import pytest

import bplearn
from bplearn import BplearnError, datasets

FIT = "fit(network, x, targets, loss=loss, optimizer=optimizer, epochs=1, progress=False)"


def fit(**changes):
    """The call of fit with other arguments; those without a name come as `data`."""
    text = FIT.replace("network, x, targets", changes.pop("data", "network, x, targets"))
    for name, value in changes.items():
        known = {"loss": "loss=loss", "optimizer": "optimizer=optimizer"}.get(name)
        text = text.replace(known, f"{name}={value}") if known else f"{text[:-1]}, {name}={value})"
    return text


def scope():
    """The names that a line may use: all of bplearn, a small network and data that fit it."""
    x = np.random.default_rng(0).normal(size=(6, 2))
    network = bplearn.mlp(2, 3, 2, rng=0)
    own = {"x": x, "targets": np.array([0, 1, 0, 1, 0, 1]), "array": np.ones((2, 3)), "frame": None}
    own |= {"network": network, "layer": network[0], "loss": bplearn.SoftmaxCrossEntropy()}
    own |= {"optimizer": bplearn.Adam(0.1), "images": np.zeros((4, 8, 8)), "np": np, "datasets": datasets}
    return {name: getattr(bplearn, name) for name in bplearn.__all__} | own


TAKEN = [  # what is written, words of the advice, what is written then
    ("network(x[0])", "write x[None, :]", "network(x[0][None, :])"),
    ("network(x[:, 0])", "x[:, None]", "mlp(1, 2, rng=0)(x[:, 0][:, None])"),
    (fit(optimizer="Adam(0.1, rates={'first': 0})"), "rates={network[0]: 0}", "rates={network[0]: 0}"),
    ("SoftmaxCrossEntropy(class_weights={0: 1, 1: 5})", "class_weights=[1.0, 5.0]", fit(loss="SoftmaxCrossEntropy(class_weights=[1.0, 5.0])")),
    (fit(loss="SoftmaxCrossEntropy(class_weights=[1, 2, 3])"), "class_weights=[1.0, 1.0]", fit(loss="SoftmaxCrossEntropy(class_weights=[1.0, 1.0])")),
    ("SoftmaxCrossEntropy(class_weights='balanced')", "n = np.bincount(targets), then class_weights=len(targets) / (len(n) * n)", "[n := np.bincount(targets), SoftmaxCrossEntropy(class_weights=len(targets) / (len(n) * n))]"),
    ("setattr(layer, 'W', array)", "layer.W[:] = array", "layer.W.__setitem__(slice(None), array)"),
    ("optimizer.step(network)", "optimizer.step(network.parameters())", "[network.backward(np.ones((6, 2)), network.forward(x)[1]), optimizer.step(network.parameters())]"),
    ("optimizer.step(network.parameters())", "Call network.backward(...)", "[network.backward(np.ones((6, 2)), network.forward(x)[1]), optimizer.step(network.parameters())]"),
    ("setattr(optimizer, 'lr', 0.2)", "optimizer.learning_rate =", "setattr(optimizer, 'learning_rate', 0.2)"),
    (fit(data="network, x.T, targets"), "write x.T", fit(data="network, x.T.T, targets")),
    (fit(data="network, targets, x"), "fit(network, x, targets, ...)", FIT),
    (fit(batch_size=100), "batch_size=6", fit(batch_size=6)),
    (fit(data="network, 'digits'"), "datasets.digits()", fit(data="mlp(64, 10, rng=0), datasets.digits()")),
    (fit(data="network, (x, targets)"), "fit(network, x, targets, ...)", FIT),
    (fit(patience=2), "validation=0.2", fit(patience=2, validation=0.2)),
    (fit(metrics="accuracy"), "metrics=[accuracy]", fit(metrics="[accuracy]")),
    ("mlp(2, 2, rng='one')", "rng=0", "mlp(2, 2, rng=0)"),
    ("mlp(2, 2, rng='one')", "rng=np.random.default_rng(0)", "mlp(2, 2, rng=np.random.default_rng(0))"),
    (fit(loss="SoftmaxCrossEntropy"), "loss=SoftmaxCrossEntropy()", fit(loss="SoftmaxCrossEntropy()")),
    ("mlp(64)", "mlp(64, 32, 10)", "mlp(64, 32, 10)"),
    ("mlp(2, 3, 2, activation=Tanh())", "activation=Tanh,", "mlp(2, 3, 2, activation=Tanh)"),
    ("Dataset(images, np.arange(4))", "x.reshape(len(x), -1) and image_shape=(8, 8)", "Dataset(images.reshape(len(images), -1), np.arange(4), image_shape=(8, 8))"),
    ("Dataset(np.zeros((4, 64)), np.arange(4), image_shape=64)", "image_shape=(8, 8)", "Dataset(np.zeros((4, 64)), np.arange(4), image_shape=(8, 8))"),
    ("f1_score(targets, targets, average='weighted')", 'average="macro"', 'f1_score(targets, targets, average="macro")'),
    ("f1_score(targets, targets, average='weighted')", "average=None", "f1_score(targets, targets, average=None)"),
    (fit(data="network, np.zeros((6, 3, 2)), targets"), "x.reshape(-1, 6); the network then has 6 inputs", fit(data="mlp(6, 2, rng=0), np.zeros((6, 3, 2)).reshape(-1, 6), targets")),
    (fit(loss="MeanSquaredError()"), "SoftmaxCrossEntropy, or one_hot(target, 2)", fit(data="network, x, one_hot(targets, 2)", loss="MeanSquaredError()")),
]  # fmt: skip


@pytest.mark.parametrize(("written", "advice", "then"), TAKEN)
def test_the_line_that_a_message_advises_helps(written, advice, then):
    with pytest.raises(BplearnError) as refused:
        eval(written, scope())
    assert advice in str(refused.value)
    eval(then if then != "rates={network[0]: 0}" else fit(optimizer=f"Adam(0.1, {then})"), scope())
