"""Bad input, case by case: what a beginner does, the kind of error, and the exact text of its message."""
# ruff: noqa: E501 - a message stands in one line

import math

import numpy as np
import pytest

from bplearn import (
    ELU,
    SGD,
    AdaGrad,
    Adam,
    ArgumentError,
    BinaryCrossEntropy,
    BplearnError,
    DataError,
    Dataset,
    Dense,
    Flatten,
    HalfSquaredError,
    Huber,
    LeakyReLU,
    MeanSquaredError,
    Momentum,
    RMSProp,
    Sequential,
    ShapeError,
    SoftmaxCrossEntropy,
    TapeMismatch,
    TargetError,
    accuracy,
    fit,
    mlp,
    train,
)

X = np.arange(12.0).reshape(6, 2) / 12
CLASSES = np.array([0, 1, 2, 0, 1, 2])
VALUES = X[:, :1]
ARRAYS = {"x": X, "targets": CLASSES}
BATCH = " Use batch_size=6, or None for all samples at once."
RNG = "rng expected a whole number of at least 0, a NumPy Generator or None, got {}. Write rng=0, or rng=np.random.default_rng(0) to share one stream."


def classifier(call=fit, **change):
    """A fit that is right in all but what a case changes."""
    options = {"network": None, "x": X, "targets": CLASSES, "loss": SoftmaxCrossEntropy(), "optimizer": SGD(0.1)}
    options.update({"batch_size": 2, **change})
    network, x, targets = (options.pop(name) for name in ("network", "x", "targets"))
    if call is fit:
        options.setdefault("progress", False)
    return call(mlp(2, 3, rng=0) if network is None else network, x, targets, **options)


def regression(**change):
    return classifier(**{"network": mlp(2, 1, rng=0), "targets": VALUES, "loss": MeanSquaredError(), **change})


def binary(**change):
    return classifier(**{"network": mlp(2, 1, rng=0), "targets": [0, 1] * 3, "loss": BinaryCrossEntropy(), **change})


def with_entry(array, index, value):
    array = array.copy()
    array[index] = value
    return array


def another_tape():
    y, tape = mlp(2, 3, rng=0).forward(X)
    mlp(2, 3, rng=0).backward(np.ones_like(y), tape)


def another_optimizer():
    optimizer = Adam(0.1)
    classifier(optimizer=optimizer, epochs=1)
    classifier(optimizer=optimizer, epochs=1)


FINITE = "Remove or fill such entries first."
NUMBER = "Number the classes first: names, targets = np.unique(labels, return_inverse=True)."
WHOLE = "If they are whole numbers, use targets.astype(int); to predict values, use MeanSquaredError."
STEP = "Gradient descent subtracts the gradient by itself; a step of 0.01 to 1 is a usual start."

CASES = {
    # --- x
    "too many columns": (lambda: classifier(x=np.ones((6, 5))), ShapeError, "Dense(2 -> 3) expected x of shape (N, 2), got (1, 5). Build it as Dense(5, 3), or keep 2 columns: x[:, :2]."),
    "too few columns": (lambda: classifier(x=np.ones((6, 1))), ShapeError, "Dense(2 -> 3) expected x of shape (N, 2), got (1, 1). Build it as Dense(1, 3)."),
    "one sample alone": (lambda: classifier(x=[0.5, 0.5], targets=[0, 1]), ShapeError, "x expected shape (N, ...): one row for each sample, got (2,). For one sample write np.asarray(x)[None, :]; for one feature np.asarray(x)[:, None]."),
    "images without Flatten": (lambda: classifier(network=mlp(4, 3), x=np.ones((6, 2, 2))), ShapeError, "Dense(4 -> 3) expected x of shape (N, 4), got (1, 2, 2). Put a Flatten() before it."),
    "empty batch": (lambda: classifier(x=np.ones((0, 2)), targets=[]), DataError, "x expected at least one row, got an empty batch of shape (0, 2)."),
    "NaN in x": (lambda: classifier(x=with_entry(X, (3, 1), np.nan)), DataError, f"x expected finite numbers, got nan at [3, 1] (1 in all). {FINITE}"),
    "infinity in x": (lambda: classifier(x=with_entry(X, (0, 0), -np.inf)), DataError, f"x expected finite numbers, got -inf at [0, 0] (1 in all). {FINITE}"),
    "text in x": (lambda: classifier(x=[["a", "b"]] * 6), DataError, "x expected numbers, got <U1 values such as np.str_('a'). Turn text or objects into numbers first."),
    "None in x": (lambda: classifier(x=[[None, 1]] * 6), DataError, "x expected numbers, got None (missing) at [0, 0]. Remove or fill such entries first."),
    "complex x": (lambda: classifier(x=X * 1j), DataError, "x expected numbers, got complex128 values such as np.complex128(0j). Turn text or objects into numbers first."),
    # --- targets for classes
    "targets 1..3": (lambda: classifier(targets=CLASSES + 1), TargetError, "SoftmaxCrossEntropy expected class numbers 0..2, got 3 at row 2. Do the labels start at 1? Use targets - 1."),
    "targets 1..10": (lambda: classifier(network=mlp(2, 10), x=np.ones((10, 2)), targets=range(1, 11)), TargetError, "SoftmaxCrossEntropy expected class numbers 0..9, got 10 at row 9. Do the labels start at 1? Use targets - 1."),
    "more classes than outputs": (lambda: classifier(targets=CLASSES * 2), TargetError, "SoftmaxCrossEntropy expected class numbers 0..2, got 4 at row 2."),
    "a negative class": (lambda: classifier(targets=CLASSES - 1), TargetError, "SoftmaxCrossEntropy expected class numbers 0..2, got -1 at row 0."),
    "string targets": (lambda: classifier(targets=["cat", "dog", "cow"] * 2), TargetError, f"SoftmaxCrossEntropy expected class numbers 0..2, got <U3 values such as np.str_('cat'). {NUMBER}"),
    "float targets for a classifier": (lambda: classifier(targets=CLASSES.astype(float)), TargetError, f"SoftmaxCrossEntropy expected class numbers 0..2, got float64 values such as np.float64(0.0). {WHOLE}"),
    "one-hot targets": (lambda: classifier(targets=np.eye(3, dtype=int)[CLASSES]), TargetError, "SoftmaxCrossEntropy expected class numbers 0..2 of shape (N,), got shape (6, 3). From one-hot rows: targets.argmax(axis=1). From one column: targets[:, 0]."),
    "targets as a column": (lambda: classifier(targets=CLASSES[:, None]), TargetError, "SoftmaxCrossEntropy expected class numbers 0..2 of shape (N,), got shape (6, 1). From one-hot rows: targets.argmax(axis=1). From one column: targets[:, 0]."),
    "fewer targets than rows": (lambda: classifier(targets=CLASSES[:5]), ShapeError, "targets expected one for each of the 6 rows of x, got 5 targets."),
    "more targets than rows": (lambda: classifier(x=X[:4]), ShapeError, "targets expected one for each of the 4 rows of x, got 6 targets."),
    "one number as targets": (lambda: classifier(targets=1), ShapeError, "targets expected one for each of the 6 rows of x, got 1."),
    "no targets": (lambda: classifier(targets=None), ArgumentError, "targets expected one for each row of x, got none. Pass fit(network, x, targets, ...) or fit(network, dataset, ...)."),
    "targets beside a Dataset": (lambda: classifier(x=Dataset(X, CLASSES)), ArgumentError, "targets expected nothing beside a Dataset, which holds its own, got targets."),
    "ragged targets": (lambda: regression(targets=[[1], [1, 2], [1], [1], [1], [1]]), TargetError, "targets expected rows of equal length, got a ragged list."),
    "ragged x": (lambda: classifier(x=[[1.0], [1.0, 2.0]] * 3), DataError, "x expected rows of equal length, got a ragged list."),
    # --- targets for values and for yes or no
    "targets (N,) for a column": (lambda: regression(targets=X[:, 0]), ShapeError, "MeanSquaredError() expected a target of the prediction's shape (6, 1), got (6,). Make it a column: target[:, None]."),
    "class numbers for values": (lambda: classifier(loss=MeanSquaredError()), ShapeError, "MeanSquaredError() expected a target of the prediction's shape (6, 3), got (6,). Class numbers? Use SoftmaxCrossEntropy, or one_hot(target, 3)."),
    "too many target columns": (lambda: regression(targets=X), ShapeError, "MeanSquaredError() expected a target of the prediction's shape (6, 1), got (6, 2). Does the last layer have one output for each target column?"),
    "NaN in targets": (lambda: regression(targets=with_entry(VALUES, (2, 0), np.nan)), TargetError, f"MeanSquaredError()'s target expected finite numbers, got nan at [2, 0] (1 in all). {FINITE}"),
    "text for values": (lambda: regression(targets=[["a"]] * 6), TargetError, "MeanSquaredError()'s target expected numbers, got <U1 values such as np.str_('a'). Turn text or objects into numbers first."),
    "yes and no as 1 and 2": (lambda: binary(targets=[1, 2] * 3), TargetError, "BinaryCrossEntropy(from_logits=True) expected class numbers 0..1, got 2 at row 1. Do the labels start at 1? Use targets - 1."),
    "yes and no as -1 and 1": (lambda: binary(targets=np.array([[-1.0], [1.0]] * 3)), TargetError, "BinaryCrossEntropy(from_logits=True) expected targets in 0..1, got -1.0 at row 0."),
    "yes and no as floats": (lambda: binary(targets=[0.0, 1.0] * 3), TargetError, f"BinaryCrossEntropy(from_logits=True) expected class numbers 0..1, got float64 values such as np.float64(0.0). {WHOLE}"),
    "logits for probabilities": (lambda: BinaryCrossEntropy(from_logits=False).forward(np.array([[2.5], [-1.0]]), [1, 0]), DataError, "BinaryCrossEntropy(from_logits=False) expected probabilities in 0..1, got -1..2.5. For raw scores use BinaryCrossEntropy(from_logits=True)."),
    "a prediction of NaN": (lambda: MeanSquaredError().forward(np.array([[np.nan]]), [[0.0]]), DataError, f"MeanSquaredError's prediction expected finite numbers, got nan at [0, 0] (1 in all). {FINITE}"),
    "a loss and fewer targets": (lambda: SoftmaxCrossEntropy().forward(np.ones((3, 2)), [0, 1]), ShapeError, "SoftmaxCrossEntropy expected one target for each of 3 rows, got 2 targets."),
    # --- settings of the training
    "batch_size 0": (lambda: classifier(batch_size=0), ArgumentError, "batch_size expected a whole number of at least 1, got 0."),
    "batch_size -1": (lambda: classifier(batch_size=-1), ArgumentError, "batch_size expected a whole number of at least 1, got -1."),
    "batch_size 2.5": (lambda: classifier(batch_size=2.5), ArgumentError, "batch_size expected a whole number of at least 1, got 2.5."),
    "batch_size larger than the data": (lambda: classifier(batch_size=7), ArgumentError, f"batch_size expected at most the 6 samples there are, got 7.{BATCH}"),
    "epochs 0": (lambda: classifier(epochs=0), ArgumentError, "epochs expected a whole number of at least 1, got 0."),
    "epochs as text": (lambda: classifier(epochs="ten"), ArgumentError, "epochs expected a whole number of at least 1, got 'ten'."),
    "a loss that is a class": (lambda: classifier(loss=SoftmaxCrossEntropy), ArgumentError, "loss expected a Loss object, got the class SoftmaxCrossEntropy. Write loss=SoftmaxCrossEntropy()."),
    "a loss that is text": (lambda: classifier(loss="mse"), ArgumentError, "loss expected a Loss object, got 'mse'. Write loss=SoftmaxCrossEntropy()."),
    "an optimizer that is a class": (lambda: classifier(optimizer=SGD), ArgumentError, "optimizer expected an Optimizer object, got the class SGD. Write optimizer=SGD(0.1)."),
    "an optimizer that is a number": (lambda: classifier(optimizer=0.1), ArgumentError, "optimizer expected an Optimizer object, got 0.1. Write optimizer=SGD(0.1)."),
    "a network that is a layer": (lambda: classifier(network=Dense(2, 3)), ArgumentError, "network expected a Sequential object, got Dense(2 -> 3). Write network=mlp(64, 32, 10)."),
    "rng as text": (lambda: classifier(rng="seed"), ArgumentError, RNG.format("'seed'")),
    "a negative rng": (lambda: classifier(rng=-3), ArgumentError, RNG.format("-3")),
    "rng=True": (lambda: classifier(rng=True), ArgumentError, RNG.format("True")),
    "validation of 1.5": (lambda: classifier(validation=1.5), ArgumentError, "validation expected a number above 0 and at most 1, got 1.5."),
    "validation of 0": (lambda: classifier(validation=0.0), ArgumentError, "validation expected a number above 0 and at most 1, got 0.0."),
    "validation of everything": (lambda: classifier(validation=1.0), ArgumentError, "validation expected a share that leaves both parts of 6 samples, got 1.0."),
    "validation=True": (lambda: classifier(validation=True), ArgumentError, "validation expected a Dataset, a pair (x, targets) or a share, got True."),
    "validation as text": (lambda: classifier(validation="yes"), ArgumentError, "validation expected a Dataset, a pair (x, targets) or a share, got 'yes'."),
    "validation of x alone": (lambda: classifier(validation=X[:3]), ArgumentError, "validation expected a Dataset, a pair (x, targets) or a share, got an array of shape (3, 2)."),
    "validation with fewer targets": (lambda: classifier(validation=(X, CLASSES[:2])), ShapeError, "targets expected one for each of the 6 rows of x, got 2 targets."),
    "patience with nothing to watch": (lambda: classifier(patience=3), ArgumentError, "patience expected validation data to watch, got none. Write validation=0.2 to set a fifth of the data aside."),
    "patience 0": (lambda: classifier(patience=0, validation=0.5), ArgumentError, "patience expected a whole number of at least 1, got 0."),
    "metrics by name": (lambda: classifier(metrics=["accuracy"]), ArgumentError, "metrics expected functions of (answers, targets), got 'accuracy'. Pass the function itself: metrics=[accuracy]."),
    "one metric without a list": (lambda: classifier(metrics=accuracy), ArgumentError, f"metrics expected functions of (answers, targets) in a list or a dict, got {accuracy!r}. Write metrics=[accuracy]."),
    "train: fewer targets": (lambda: classifier(train, targets=CLASSES[:5]), ShapeError, "targets expected one for each of the 6 rows of x, got 5 targets."),
    "train: batch_size": (lambda: classifier(train, batch_size=100), ArgumentError, f"batch_size expected at most the 6 samples there are, got 100.{BATCH}"),
    # --- optimizers
    "a negative learning rate": (lambda: SGD(-0.1), ArgumentError, f"SGD's learning_rate expected a number of at least 0, got -0.1. {STEP}"),
    "a learning rate of NaN": (lambda: Adam(math.nan), ArgumentError, f"Adam's learning_rate expected a number of at least 0, got nan. {STEP}"),
    "a learning rate as text": (lambda: RMSProp("0.1"), ArgumentError, f"RMSProp's learning_rate expected a number of at least 0, got '0.1'. {STEP}"),
    "a learning rate of True": (lambda: AdaGrad(True), ArgumentError, f"AdaGrad's learning_rate expected a number of at least 0, got True. {STEP}"),
    "negative weight decay": (lambda: SGD(0.1, weight_decay=-1), ArgumentError, "weight_decay expected a number of at least 0, got -1."),
    "clip_norm 0": (lambda: SGD(0.1, clip_norm=0), ArgumentError, "clip_norm expected a number above 0, got 0."),
    "a momentum above 1": (lambda: Momentum(0.1, momentum=9), ArgumentError, "momentum expected a number of at least 0 and below 1, got 9."),
    "a momentum of 1": (lambda: Momentum(0.1, momentum=1.0), ArgumentError, "momentum expected a number of at least 0 and below 1, got 1.0."),
    "a beta of 1": (lambda: Adam(0.1, beta2=1), ArgumentError, "beta2 expected a number of at least 0 and below 1, got 1."),
    "an epsilon of 0": (lambda: Adam(0.1, epsilon=0), ArgumentError, "epsilon expected a number above 0, got 0."),
    "an optimizer of another network": (another_optimizer, ArgumentError, "Adam(0.1, beta1=0.9, beta2=0.999, epsilon=1e-08) expected the parameters of its earlier steps, got others (9 numbers). Make a new optimizer for each network."),
    # --- layers, losses, networks
    "a tape of another network": (another_tape, TapeMismatch, "backward expected a tape of this network, got one of Sequential(Dense(2 -> 3)). Call forward first."),
    "layers in a list": (lambda: Sequential([Dense(2, 1)]), ArgumentError, "Sequential, place 0, expected a layer, got [Dense(2 -> 1)]. Pass layers one by one: Sequential(a, b, c)."),
    "a layer without brackets": (lambda: Sequential(Flatten), ArgumentError, "Sequential, place 0, expected a layer, got <class 'bplearn.layers.reshape.Flatten'>. Write Flatten(...)."),
    "layers that do not fit": (lambda: Sequential(Dense(2, 3), Dense(2, 1)), ShapeError, "Layer 1, Dense(2 -> 1), expected 2 inputs, got 3 from Dense(2 -> 3). Build it as Dense(3, 1)."),
    "a layer of no width": (lambda: Dense(2, 0), ArgumentError, "Dense's n_out expected a whole number of at least 1, got 0."),
    "a slope below 0": (lambda: LeakyReLU(-1), ArgumentError, "LeakyReLU's slope expected a number of at least 0, got -1."),
    "an alpha of NaN": (lambda: ELU(math.nan), ArgumentError, "ELU's alpha expected a number of at least 0, got nan."),
    "a delta of 0": (lambda: Huber(0), ArgumentError, "Huber's delta expected a number above 0, got 0."),
    "a transposed array of weights": (lambda: Dense(2, 3, weights=np.ones((3, 2))), ShapeError, "Dense(2 -> 3) expected weights of shape (2, 3), got (3, 2). Rows are inputs and columns are outputs: is it transposed?"),
    "NaN in weights": (lambda: Dense(1, 1, weights=[[math.nan]]), DataError, f"W expected finite numbers, got nan at [0, 0] (1 in all). {FINITE}"),
    "mlp of a list": (lambda: mlp([2, 3]), ArgumentError, "mlp expected at least two widths, got ([2, 3],). Write mlp(64, 32, 10): inputs, hidden units, outputs."),
    "an activation with brackets": (lambda: mlp(2, 3, 1, activation=Flatten()), ArgumentError, "mlp's activation expected a layer's class, such as Tanh, got Flatten(). Write activation=Flatten, without brackets."),
    "an activation by name": (lambda: mlp(2, 3, 1, activation="relu"), ArgumentError, "mlp's activation expected a layer's class, such as Tanh, got 'relu'."),
    "half precision": (lambda: mlp(2, 1).astype(np.float16), ArgumentError, "dtype expected float32 or float64, got float16."),
    "whole numbers as precision": (lambda: mlp(2, 1).astype(int), ArgumentError, "dtype expected float32 or float64, got int64."),
    "half squared error, fewer rows": (lambda: HalfSquaredError().forward(np.ones((3, 1)), np.ones((2, 1))), ShapeError, "HalfSquaredError() expected a target of the prediction's shape (3, 1), got (2, 1). Predictions and targets must have one row for each sample."),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_message_says_what_was_expected_what_was_got_and_what_to_do(case):
    call, kind, message = CASES[case]
    with pytest.raises(BplearnError) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "kind", [kind for kind in BplearnError.__subclasses__() if kind.__module__ == "bplearn.errors"]
)
def test_each_error_is_one_of_pythons_own_too(kind):
    assert len(kind.__mro__) > 4
    assert issubclass(kind, ValueError | RuntimeError | ArithmeticError)


def test_bad_input_leaves_the_network_as_it_was():
    network = mlp(2, 3, rng=0)
    before = network.parameters().value
    for change in (
        {"x": X * np.nan},
        {"targets": CLASSES + 1},
        {"batch_size": 0},
        {"validation": "yes"},
        {"epochs": 0},
    ):
        with pytest.raises(BplearnError):
            classifier(network=network, **change)
    assert network.parameters().value is before
    assert network[0].W.grad is None
