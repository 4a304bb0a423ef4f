"""A loss turns predictions and targets into one number, and knows that number's derivative for each prediction.

Every loss is a mean, so that it does not grow with the batch: each docstring says what is summed and what is averaged.
`forward` checks its input and then calls `compute`; a training loop checks all targets once and calls `compute` itself.
Taught in notebooks/03_cost_functions.ipynb.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, final

import numpy as np

from bplearn import functional
from bplearn.checks.arrays import Array, as_batch
from bplearn.checks.settings import ClassWeights, Range, WholeNumber
from bplearn.checks.targets import (
    check_probabilities,
    class_targets,
    value_targets,
    weights_of_classes,
    yes_no_targets,
)

Cache = dict[str, Any]


class Loss(ABC):
    """A number that says how wrong predictions are, and its derivative."""

    @final
    def forward(self, prediction: Array, target: Any) -> tuple[float, Cache]:
        """Check both arguments; return the loss and the cache that backward needs.

        Raises: ShapeError or TargetError where the targets do not fit, DataError for NaN.
        """
        prediction = as_batch(prediction, f"{type(self).__name__}'s prediction")
        prepared = self.prepare_targets(target, prediction.shape)
        return self.compute(prediction, prepared.astype(prediction.dtype))

    @abstractmethod
    def prepare_targets(self, target: Any, shape: tuple[int, ...]) -> Array:
        """Return `target` checked, in the form `compute` takes for predictions of this shape."""

    @abstractmethod
    def compute(self, prediction: Array, target: Array) -> tuple[Any, Cache]:
        """Return the loss and the cache for arguments that have passed their checks.

        For K stacked networks, prediction (K, N, M), the loss is an array (K,).
        """

    @abstractmethod
    def backward(self, cache: Cache) -> Array:
        """Return dL/dprediction."""

    @abstractmethod
    def predict(self, prediction: Array) -> Array:
        """Return what a network trained with this loss answers: class numbers, or the values themselves."""

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in vars(self).items() if value is not None)
        return f"{type(self).__name__}({inside})"


class _LossOfValues(Loss):
    """What the losses for values share: targets of the predictions' shape, and the predictions are the answers."""

    def prepare_targets(self, target: Any, shape: tuple[int, ...]) -> Array:
        return value_targets(self, target, shape)

    def predict(self, prediction: Array) -> Array:
        return prediction


@final
class MeanSquaredError(_LossOfValues):
    """The mean of all squared errors, as PyTorch and Keras define it.

    Shapes: prediction (N, M), target (N, M)
    Forward:  L = sum((prediction - target)^2) / (N M): the mean is over samples and outputs.
    Backward: dprediction = 2 (prediction - target) / (N M)

    >>> MeanSquaredError().forward(np.array([[1.0, 3.0]]), [[0.0, 0.0]])[0]
    5.0

    Introduced in: notebooks/03_cost_functions.ipynb
    """

    def compute(self, prediction: Array, target: Array) -> tuple[Any, Cache]:
        error = prediction - target
        return _total(error * error) / _count(error), {"error": error}

    def backward(self, cache: Cache) -> Array:
        error = cache["error"]
        return error * (2 / _count(error))


@final
class HalfSquaredError(_LossOfValues):
    """Half the squared error summed over the outputs, averaged over the batch: the textbooks' E.

    Shapes: prediction (N, M), target (N, M)
    Forward:  L = sum((prediction - target)^2) / (2 N): the sum is over outputs, the mean over samples.
    Backward: dprediction = (prediction - target) / N

    >>> HalfSquaredError().forward(np.array([[1.0, 3.0]]), [[0.0, 0.0]])[0]
    5.0

    Source: Rumelhart, Hinton and Williams 1986, equation 3.
    Introduced in: notebooks/03_cost_functions.ipynb
    """

    def compute(self, prediction: Array, target: Array) -> tuple[Any, Cache]:
        error = prediction - target
        return _total(error * error) / (2 * error.shape[-2]), {"error": error}

    def backward(self, cache: Cache) -> Array:
        error = cache["error"]
        return error * (1 / error.shape[-2])


@final
class MeanAbsoluteError(_LossOfValues):
    """The mean of all absolute errors; an outlier pulls no harder than any other sample.

    Shapes: prediction (N, M), target (N, M)
    Forward:  L = sum(|prediction - target|) / (N M): the mean is over samples and outputs.
    Backward: dprediction = sign(prediction - target) / (N M), 0 where they are equal.

    >>> MeanAbsoluteError().forward(np.array([[1.0, -3.0]]), [[0.0, 0.0]])[0]
    2.0
    """

    def compute(self, prediction: Array, target: Array) -> tuple[Any, Cache]:
        error = prediction - target
        return _total(np.abs(error)) / _count(error), {"error": error}

    def backward(self, cache: Cache) -> Array:
        error = cache["error"]
        return np.sign(error) * (1 / _count(error))


@final
class Huber(_LossOfValues):
    """Squared for small errors, linear beyond `delta`: smooth at 0 and calm about outliers.

    Shapes: prediction (N, M), target (N, M)
    Forward:  with e = prediction - target, the mean over samples and outputs of
              e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2)
    Backward: dprediction = clip(e, -delta, delta) / (N M)

    >>> Huber().forward(np.array([[1.0, -3.0]]), [[0.0, 0.0]])[0]
    1.5

    Source: Huber 1964.
    """

    delta = Range("Huber's delta", 0, open_low=True)

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = delta

    def compute(self, prediction: Array, target: Array) -> tuple[Any, Cache]:
        error = prediction - target
        inner = np.clip(error, -self.delta, self.delta)
        return _total(inner * (error - 0.5 * inner)) / _count(inner), {"inner": inner}

    def backward(self, cache: Cache) -> Array:
        inner = cache["inner"]
        return inner * (1 / _count(inner))


@final
class BinaryCrossEntropy(Loss):
    """The surprise at yes-or-no targets, from logits or (`from_logits=False`) from probabilities.

    Shapes: prediction (N, M), target (N, M) with entries in 0..1, or class numbers 0 and 1 of shape (N,) where M = 1
    Forward:  with p = sigmoid(prediction), or p = prediction,
              L = -sum(t log p + (1 - t) log(1 - p)) / (N M): the mean is over samples and outputs.
    Backward: from logits dprediction = (p - t) / (N M),
              from probabilities dprediction = (p - t) / (p (1 - p)) / (N M)
    From logits nothing overflows. From probabilities a log is never below -100 (as in PyTorch).
    Raises: DataError where a probability is outside 0..1.

    >>> BinaryCrossEntropy().forward(np.array([[0.0]]), [1])[0]
    0.6931471805599453

    Introduced in: notebooks/03_cost_functions.ipynb
    """

    def __init__(self, *, from_logits: bool = True) -> None:
        self.from_logits = from_logits

    def prepare_targets(self, target: Any, shape: tuple[int, ...]) -> Array:
        return yes_no_targets(self, target, shape)

    def compute(self, prediction: Array, target: Array) -> tuple[Any, Cache]:
        if self.from_logits:
            plus = functional.softplus(prediction)
            value = _total(plus - prediction * target) / _count(prediction)
            return value, {"p": np.exp(prediction - plus), "target": target}
        check_probabilities(self, prediction)
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(prediction), -100), np.maximum(np.log1p(-prediction), -100)
        value = _total(-(target * yes + (1 - target) * no)) / _count(prediction)
        return value, {"p": prediction, "target": target}

    def backward(self, cache: Cache) -> Array:
        p, target = cache["p"], cache["target"]
        slope = (p - target) * (1 / _count(p))
        return slope if self.from_logits else slope / np.maximum(p * (1 - p), 1e-12)

    def predict(self, prediction: Array) -> Array:
        answers = (prediction > (0 if self.from_logits else 0.5)).astype(np.intp)
        return answers[:, 0] if answers.shape[-1] == 1 else answers


@final
class SoftmaxCrossEntropy(Loss):
    """The surprise at the true class, from logits: softmax and cross-entropy in one exact step.

    Shapes: prediction (N, C) logits, target (N,) class numbers 0..C-1;
            with `length=T` prediction (N, T * C), target (N, T): the mean is over samples and places
    Forward:  with p = softmax(prediction), L = -sum(log p[n, target[n]]) / N: the mean is over samples.
    Backward: dprediction = (p - one_hot(target)) / N
    `class_weights`, one number for each class, multiply a sample's share by w[target[n]], so that a rare class counts
    more. L is still divided by N, so that the samples' shares add up; PyTorch's weight= divides by sum(w[target[n]]).

    >>> SoftmaxCrossEntropy().forward(np.array([[0.0, 0.0]]), [1])[0]
    0.6931471805599453
    >>> SoftmaxCrossEntropy(class_weights=[1, 10]).forward(np.array([[0.0, 0.0]]), [1])[0]
    6.931471805599453

    Introduced in: notebooks/03_cost_functions.ipynb
    """

    class_weights = ClassWeights()

    length = WholeNumber("SoftmaxCrossEntropy's length", or_none=True)

    def __init__(self, class_weights: Sequence[float] | None = None, *, length: int | None = None) -> None:
        self.class_weights, self.length = class_weights, length

    def prepare_targets(self, target: Any, shape: tuple[int, ...]) -> Array:
        n_classes = shape[-1] // (self.length or 1)
        rows = functional.one_hot(class_targets(self, target, shape).ravel(), n_classes)
        if self.class_weights is not None:
            rows = rows * weights_of_classes(self, n_classes)
        return rows.reshape(shape) if self.length else rows

    def compute(self, prediction: Array, target: Array) -> tuple[Any, Cache]:
        log_p = functional.log_softmax(self.rows(prediction))
        target = self.rows(target)  # one-hot: of each row the entry of the true class
        surprise = _total(-log_p * target)
        return surprise / log_p.shape[-2], {"p": np.exp(log_p), "target": target, "shape": prediction.shape}

    def backward(self, cache: Cache) -> Array:
        p, target = cache["p"], cache["target"]
        if self.class_weights is not None:
            p = p * target.sum(axis=-1, keepdims=True)  # the one entry of a row is its weight
        return ((p - target) * (1 / p.shape[-2])).reshape(cache["shape"])

    def predict(self, prediction: Array) -> Array:
        classes = self.rows(prediction).argmax(axis=-1)
        return classes if self.length is None else classes.reshape(-1, self.length)

    def rows(self, prediction: Array) -> Array:
        """Give each token of a row a row of its own, where there are several: (N, T * C) -> (N * T, C)."""
        if self.length is None:
            return prediction
        return prediction.reshape(*prediction.shape[:-2], -1, prediction.shape[-1] // self.length)


def _total(entries: Array) -> Any:
    """The sum of all entries, as a float; for K stacked networks one sum each, (K,)."""
    return functional.total(entries) if entries.ndim == 2 else entries.sum(axis=(-2, -1))


def _count(entries: Array) -> int:
    """How many numbers one network's mean is over: N M."""
    return entries.shape[-2] * entries.shape[-1]
