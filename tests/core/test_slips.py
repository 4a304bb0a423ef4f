"""Plausible slips: a list for an array, a class for an object, a name for a thing. Each message says what to write."""
# ruff: noqa: E501 - a message stands in one line

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from bplearn import (
    SGD,
    Adam,
    ArgumentError,
    BplearnError,
    DataError,
    Dataset,
    Dense,
    MeanSquaredError,
    ShapeError,
    SoftmaxCrossEntropy,
    TargetError,
    accuracy,
    check_gradients,
    datasets,
    fit,
    mlp,
    trace_weight,
)
from bplearn.sweeps import sweep

X = np.arange(12.0).reshape(6, 2) / 12
CLASSES = np.array([0, 1, 2] * 2)
DATA = Dataset(X, CLASSES)
LOSS = SoftmaxCrossEntropy()


def network():
    return mlp(2, 3, rng=0)


def trained(**change):
    options = {"network": network(), "data": X, "targets": CLASSES, "loss": LOSS, "optimizer": SGD(0.1)}
    return fit(**{**options, "epochs": 1, "progress": False, **change})


def swept(**change):
    options = {"build": lambda seed: network(), "data": DATA, "loss": LOSS, "learning_rates": [0.1], "batch_sizes": [2]}
    return sweep(**{**options, "epochs": 1, "progress": False, "executor": "serial", **change})


def backward(change):
    own = network()
    y, tape = own.forward(X)
    own.backward(*change(np.ones_like(y), tape))


def add_to(layer):
    layer.W += 1


def no_layer(x):
    return x


ACTIVATION = "Write activation=Tanh, or another layer's class; for one with settings lambda: LeakyReLU(0.1)."
NO_ACTIVATION = "mlp's activation expected a layer's class that needs no arguments, got {}. " + ACTIVATION
NO_NUMBERS = "arithmetic expected numbers, got the parameter W itself. Compute with layer.W.value; to change it write layer.W[:] = layer.W.value - step."
MAKERS = "Write optimizers=[SGD, Adam], or {'small momentum': lambda rate: Momentum(rate, momentum=0.5)}."
NO_TARGETS = "targets expected one for each row of x, got none."
PAIR = "Pass the two one by one: fit(network, x, targets, ...). Of two Datasets pass one."
CASES = {
    # --- building a network
    "a tuple of widths": (lambda: mlp((2, 3)), ArgumentError, "mlp expected at least two widths, got ((2, 3),). Write mlp(64, 32, 10): inputs, hidden units, outputs."),
    "NumPy's function for a layer": (lambda: mlp(2, 3, 1, activation=np.tanh), ArgumentError, NO_ACTIVATION.format("<ufunc 'tanh'>")),
    "a function for a layer": (lambda: mlp(2, 3, 1, activation=no_layer), ArgumentError, NO_ACTIVATION.format(repr(no_layer))),
    "Dense for an activation": (lambda: mlp(2, 3, 1, activation=Dense), ArgumentError, NO_ACTIVATION.format("the class Dense")),
    "a loss for an activation": (lambda: mlp(2, 3, 1, activation=MeanSquaredError), ArgumentError, NO_ACTIVATION.format("the class MeanSquaredError")),
    "weights by name": (lambda: mlp(2, 1, weights="he"), ArgumentError, "Dense's weights expected an initializer or an array, got 'he'. Write weights=he_uniform, or an array."),
    "one number for all weights": (lambda: Dense(2, 1, weights=0.1), ArgumentError, "Dense's weights expected an initializer or an array, got 0.1. Write weights=he_uniform, or an array."),
    "one number for the bias": (lambda: Dense(2, 1, bias=0), ArgumentError, "Dense's bias expected an initializer or an array, got 0. Write bias=zeros, or an array."),
    # --- passes
    "a Dataset for x": (lambda: network()(DATA), DataError, "x expected an array of numbers, got a Dataset. Pass its numbers: data.x."),
    "a Dataset for x of a trace": (lambda: trace_weight(network(), DATA, None, LOSS, layer=0, index=(0, 0)), DataError, "x expected an array of numbers, got a Dataset. Pass its numbers: data.x."),
    "an empty list for x": (lambda: network()([]), ShapeError, "x expected shape (N, ...): one row for each sample, got (0,). For one sample write np.asarray(x)[None, :]; for one feature np.asarray(x)[:, None]."),
    "tape and dy swapped": (lambda: backward(lambda dy, tape: (tape, dy)), ArgumentError, "backward expected the tape of a forward pass, got an array of shape (6, 3). Write y, tape = network.forward(x), then network.backward(dy, tape)."),
    "a list for dy": (lambda: backward(lambda dy, tape: ([[1.0] * 3] * 6, tape)), ArgumentError, "backward expected dy as an array, got [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, .... Write np.array(dy)."),
    "the loss for dy": (lambda: backward(lambda dy, tape: (2.3, tape)), ShapeError, "backward expected dy of the output's shape (6, 3), got (). dy is what loss.backward(cache) returns."),
    "predict with a class": (lambda: network().predict(X, loss=SoftmaxCrossEntropy), ArgumentError, "loss expected a Loss object, got the class SoftmaxCrossEntropy. Write loss=SoftmaxCrossEntropy()."),
    "predict with a name": (lambda: network().predict(X, loss="softmax"), ArgumentError, "loss expected a Loss object, got 'softmax'. Write loss=SoftmaxCrossEntropy()."),
    # --- parameters
    "value = array": (lambda: setattr(network()[0].W, "value", X), ArgumentError, "W.value expected to be read, not set, got an assignment. Write layer.W[:] = array."),
    "W = array": (lambda: setattr(network()[0], "W", np.ones((2, 3))), ArgumentError, "Dense(2 -> 3).W expected a Parameter, got an array of shape (2, 3). Write layer.W[:] = array."),
    "b = 0": (lambda: setattr(network()[0], "b", 0), ArgumentError, "Dense(2 -> 3).b expected a Parameter, got 0. Write layer.b[:] = array."),
    "W - number": (lambda: network()[0].W - 0.1, ArgumentError, NO_NUMBERS),
    "number * W": (lambda: 0.1 * network()[0].W, ArgumentError, NO_NUMBERS),
    "W += 1": (lambda: add_to(network()[0]), ArgumentError, NO_NUMBERS),
    # --- optimizers
    "step(network)": (lambda: SGD(0.1).step(network()), ArgumentError, "parameters expected Parameter objects, got Dense(2 -> 3). Write optimizer.step(network.parameters())."),
    "step of numbers": (lambda: Adam(0.1).step([1, 2]), ArgumentError, "parameters expected Parameter objects, got 1. Write optimizer.step(network.parameters())."),
    "a schedule that gives text": (lambda: trained(optimizer=SGD(lambda step: "a")), ArgumentError, "learning_rate expected a number, or a function of the step that returns one, got one that failed (could not convert string to float: 'a'). Write for example SGD(lambda step: 0.1 / (1 + step))."),
    # --- fit
    "x and targets swapped": (lambda: trained(data=CLASSES, targets=X), ShapeError, "x expected shape (N, ...): one row for each sample, got (6,). Are x and targets swapped? Write fit(network, x, targets, ...)."),
    "x and targets as one pair": (lambda: trained(data=(X, CLASSES), targets=None), ArgumentError, f"{NO_TARGETS} {PAIR}"),
    "both parts of a split": (lambda: trained(data=DATA.split(), targets=None), ArgumentError, f"{NO_TARGETS} {PAIR}"),
    "data by name": (lambda: trained(data="digits", targets=None), ArgumentError, f"{NO_TARGETS} For data by name write datasets.digits(); for a file Dataset.from_csv(path, target=...)."),
    "data without brackets": (lambda: trained(data=datasets.digits, targets=None), ArgumentError, f"{NO_TARGETS} Write digits(...), with brackets."),
    "no metrics": (lambda: trained(metrics=None), ArgumentError, "metrics expected functions of (answers, targets) in a list or a dict, got None. Write metrics=[accuracy]."),
    "a metric for each sample": (lambda: trained(metrics={"right": lambda answers, targets: [1, 2]}), ArgumentError, "metric 'right' expected a function of (answers, targets) that returns one number, got one that failed (float() argument must be a string or a real number, not 'list')."),
    "validation in three parts": (lambda: trained(validation=(1, 2, 3)), ArgumentError, "validation expected a Dataset, a pair (x, targets) or a share, got (1, 2, 3)."),
    "an array for the network": (lambda: trained(network=X), ArgumentError, "network expected a Sequential object, got an array of shape (6, 2). Write network=mlp(64, 32, 10)."),
    # --- data
    "text for class names": (lambda: Dataset(X, CLASSES, target_names="abc"), TargetError, "target_names expected a list of names, one for each class, got 'abc'."),
    "text for feature names": (lambda: Dataset(X, CLASSES, feature_names="ab"), ArgumentError, "feature_names expected a list of 2 names, got 'ab'."),
    "a number of feature names": (lambda: Dataset(X, CLASSES, feature_names=2), ArgumentError, "feature_names expected a list of 2 names, got 2."),
    "a number for an image's shape": (lambda: Dataset(X, CLASSES, image_shape=2), ArgumentError, "image_shape expected (height, width), got 2. Write image_shape=(8, 8)."),
    "standardize an array": (lambda: DATA.standardize(X), ArgumentError, "standardize expected Datasets, got an array of shape (6, 2). Write train, test = train.standardize(test)."),
    "accuracy of raw outputs": (lambda: accuracy(network()(X), CLASSES), ShapeError, "accuracy expected answers of the targets' shape (6,), at least one, got (6, 3). Pass what network.predict answers, not its raw outputs."),
    # --- checks
    "one gradient for named arrays": (lambda: check_gradients(lambda d: d["a"].sum(), {"a": X}, gradient=lambda d: X), ArgumentError, "gradient expected a dict with the names of x, got an array of shape (6, 2). Return {'a': ...}."),
    # --- sweeps
    "build without a seed": (lambda: swept(build=lambda: network()), ArgumentError, "build expected a function of one seed, got one that takes none or more. Write build=lambda seed: mlp(2, 8, 1, rng=seed)."),
    "one learning rate": (lambda: swept(learning_rates=0.1), ArgumentError, "learning_rates expected a list of values, got 0.1. Write learning_rates=[0.1]."),
    "one batch size": (lambda: swept(batch_sizes=2), ArgumentError, "batch_sizes expected a list of values, got 2. Write batch_sizes=[2]."),
    "one seed": (lambda: swept(seeds=3), ArgumentError, "seeds expected a list of values, got 3. Write seeds=[3]."),
    "a seed as text": (lambda: swept(seeds=["a"]), ArgumentError, "seeds' entry expected a number of at least 0, got 'a'."),
    "one optimizer without a list": (lambda: swept(optimizers=SGD), ArgumentError, f"optimizers expected classes in a list or a dict, got the class SGD. {MAKERS}"),
    "optimizers that are built": (lambda: swept(optimizers=[SGD(0.1)]), ArgumentError, f"optimizers expected classes, or functions of a learning rate, got SGD(0.1). {MAKERS}"),
    "optimizers by name": (lambda: swept(optimizers=["SGD"]), ArgumentError, f"optimizers expected classes, or functions of a learning rate, got 'SGD'. {MAKERS}"),
    "a share for validation": (lambda: swept(validation=0.2), ArgumentError, "validation expected a Dataset or a pair (x, targets), got 0.2. Write train, unseen = data.split(test=0.3), then validation=unseen."),
    "an executor without brackets": (lambda: swept(executor=ProcessPoolExecutor), ArgumentError, 'executor expected an Executor, "serial", "stacked" or None, got the class ProcessPoolExecutor.'),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_message_says_what_to_write(case):
    call, kind, message = CASES[case]
    with pytest.raises(BplearnError) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is kind


def test_saving_into_a_folder_that_is_not_there_names_the_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no such folder to write into: .*nowhere'"):
        network().save(tmp_path / "nowhere" / "network.npz")


def test_numbers_of_a_parameter_still_enter_numpy():
    W = network()[0].W
    np.testing.assert_array_equal(X @ W, X @ W.value)
    np.testing.assert_array_equal(np.ones((2, 3)) - W, 1 - W.value)
