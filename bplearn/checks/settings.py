"""Settings as data: the numbers that a class of layers, losses or optimizers takes, each with its range.

`momentum = Range("momentum", 0, 1, open_high=True)` in the body of a class looks at every number that is assigned to
`momentum`, in the constructor and later. So a constructor is nothing but assignments, and no check hides its formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bplearn.checks.arrays import as_rng, describe, expected_got, number_in, positive_integer
from bplearn.errors import ArgumentError
from bplearn.parameter import Parameter


class CheckedSetting:
    """An attribute that is checked when it is assigned. It is kept in the object's own `__dict__`, like any other."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:

        def __get__(self, instance: Any, owner: type) -> Any: ...


class Range(CheckedSetting):
    """A number in [low, high]; `open_low` and `open_high` leave out the ends, `or_none` also takes None.

    >>> class Squeeze:
    ...     factor = Range("Squeeze's factor", 0, 1)
    >>> Squeeze().factor = 2
    Traceback (most recent call last):
    bplearn.errors.ArgumentError: Squeeze's factor expected a number of at least 0 and at most 1, got 2.
    """

    def __init__(self, subject: str, low: float, high: float = np.inf, *, or_none: bool = False, **ends: bool) -> None:
        self.subject, self.low, self.high, self.or_none, self.ends = subject, low, high, or_none, ends

    def __set__(self, instance: Any, value: Any) -> None:
        if value is not None or not self.or_none:
            value = number_in(value, self.subject, self.low, self.high, **self.ends)
        vars(instance)[self.name] = value


class WholeNumber(CheckedSetting):
    """A whole number of at least 1 (or 0). It stays what it was first: the weights of a layer have this size."""

    def __init__(self, subject: str, *, least: int = 1, or_none: bool = False) -> None:
        self.subject, self.least, self.or_none = subject, least, or_none

    def __set__(self, instance: Any, value: Any) -> None:
        spared = (self.least == 0 and value == 0) or (self.or_none and value is None)
        number = value if spared else positive_integer(value, self.subject)
        if vars(instance).get(self.name, number) != number:
            advice = f"Build a new layer of this size, and a new network: {type(instance).__name__}(...)."
            got = f"{number} in place of {vars(instance)[self.name]}"
            raise ArgumentError(expected_got(self.subject, "to stay, since the weights have this size", got, advice))
        vars(instance)[self.name] = number


class ImageShape(CheckedSetting):
    """Height and width of an image, two whole numbers. They are kept as a tuple, and stay."""

    def __init__(self, subject: str) -> None:
        self.subject = subject

    def __set__(self, instance: Any, value: Any) -> None:
        if not isinstance(value, tuple | list) or len(value) != 2:
            advice = f"Write image=(8, 8) for the digits; the channels are {_channels_of(instance)}."
            raise ArgumentError(expected_got(self.subject, "height and width, such as (8, 8)", describe(value), advice))
        shape = tuple(positive_integer(number, self.subject) for number in value)
        if vars(instance).get(self.name, shape) != shape:
            advice = f"Build a new layer, and a new network: {type(instance).__name__}(...)."
            raise ArgumentError(expected_got(self.subject, "to stay what it was", describe(value), advice))
        vars(instance)[self.name] = shape


def _channels_of(layer: Any) -> str:
    return "channels=" if hasattr(type(layer), "channels") else "n_in"


def own_generator(rng: Any) -> np.random.Generator:
    """Return a new Generator that is seeded by `rng`: a layer's own, so that what others draw leaves it alone."""
    return np.random.default_rng(as_rng(rng).integers(2**63))


class ClassWeights(CheckedSetting):
    """A number of at least 0 for each class, not all 0, or None. They are kept as a tuple."""

    def __set__(self, instance: Any, value: Any) -> None:
        subject = f"{type(instance).__name__}'s class_weights"
        if isinstance(value, Mapping):
            whole = sorted(value) == list(range(len(value)))
            line = [float(value[k]) for k in range(len(value))] if whole else [1.0, 5.0]
            advice = f"Write class_weights={line}."
            raise ArgumentError(expected_got(subject, "a number for each class, in their order", "a dict", advice))
        if value is not None:
            if isinstance(value, str) or np.ndim(value) != 1 or np.size(value) == 0:
                advice = "Write class_weights=[1, 5], and class 1 counts five times as much."
                if isinstance(value, str):
                    advice = (
                        "To even out write n = np.bincount(targets), then class_weights=len(targets) / (len(n) * n)."
                    )
                raise ArgumentError(expected_got(subject, "a number for each class", describe(value), advice))
            value = tuple(number_in(number, f"{subject}, class {k},", 0) for k, number in enumerate(value))
            if not any(value):
                advice = "A class of weight 0 is not learned at all."
                raise ArgumentError(expected_got(subject, "at least one number above 0", repr(value), advice))
        vars(instance)[self.name] = value


class LearningRate(CheckedSetting):
    """A number of at least 0, or a function of the step that returns one."""

    def __set__(self, instance: Any, value: Any) -> None:
        if not callable(value):
            try:
                value = number_in(value, f"{type(instance).__name__}'s learning_rate", 0)
            except ArgumentError as problem:
                advice = "Gradient descent subtracts the gradient by itself; a step of 0.01 to 1 is a usual start."
                raise ArgumentError(f"{problem} {advice}") from None
        vars(instance)[self.name] = value


def scheduled_rate(schedule: Callable[[int], float], step: int) -> float:
    """Return what a schedule gives for this step. Raises: ArgumentError where that is no learning rate."""
    try:
        rate = float(schedule(step))
    except (TypeError, ValueError) as problem:
        expected, got = "a number, or a function of the step that returns one", f"one that failed ({problem})"
        advice = "Write for example SGD(lambda step: 0.1 / (1 + step))."
        raise ArgumentError(expected_got("learning_rate", expected, got, advice)) from problem
    return number_in(rate, f"the learning rate at step {step}", 0)


def check_same_parameters(optimizer: Any, earlier: Sequence[Parameter], now: Sequence[Parameter]) -> None:
    """Refuse another network's parameters: the memory of one network's gradients is of no use to another."""
    if earlier and (len(earlier) != len(now) or any(a is not b for a, b in zip(earlier, now, strict=True))):
        got = f"others ({sum(p.size for p in now)} numbers)"
        advice = "Make a new optimizer for each network."
        raise ArgumentError(expected_got(f"{optimizer!r}", "the parameters of its earlier steps", got, advice))


ALSO_CALLED = {
    **dict.fromkeys(("weights", "weight", "kernel", "w"), "W"),
    **dict.fromkeys(("bias", "biases", "B"), "b"),
    **dict.fromkeys(("lr", "alpha", "eta", "step_size", "learningrate"), "learning_rate"),
    **{"beta_1": "beta1", "beta_2": "beta2", "eps": "epsilon", "decay_rate": "decay", "clip": "clip_norm"},
}


def check_attribute(owner: Any, name: str, value: Any) -> None:
    """Refuse what would change nothing, or break a method: another name of a setting, a number for a method.

    `layer.weights = array` and `optimizer.lr = 0.1` would be kept beside W and learning_rate, with no effect.
    """
    kind, meant = type(owner), ALSO_CALLED.get(name, "")
    if callable(getattr(kind, name, None)) and not callable(value):
        meant = "learning_rate" if name == "rate" else ""
        advice = f"Write optimizer.{meant} = ..." if meant else "Give the attribute another name."
        subject = f"{kind.__name__}.{name}"
        raise ArgumentError(expected_got(subject, "to stay the method it is", describe(value), advice))
    if meant and name not in vars(owner) and kind.__module__.startswith("bplearn.") and meant in vars(owner):
        line = f"layer.{meant}[:] = array" if meant in ("W", "b") else f"optimizer.{meant} = ..."
        expected = f"an attribute it has: this one is called {meant}"
        raise ArgumentError(expected_got(kind.__name__, expected, repr(name), f"Write {line}."))


def check_stays_parameter(layer: Any, name: str, value: Any) -> None:
    """Refuse to put anything but a Parameter in the place of a layer's Parameter; do what `check_attribute` does."""
    check_attribute(layer, name, value)
    if isinstance(vars(layer).get(name), Parameter) and not isinstance(value, Parameter):
        advice = f"Write layer.{name}[:] = array."
        raise ArgumentError(expected_got(f"{layer!r}.{name}", "a Parameter", describe(value), advice))
