"""An optimizer turns gradients into changes of the parameters.

A subclass has one formula: `delta`, the change for a flat gradient. The base class does the rest for all of them: the
learning rate of the step, weight decay, clipping, and *replacing* all values at once.
Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.checks.rates import Rates, factors
from bplearn.checks.settings import LearningRate, Range, check_attribute, check_same_parameters, scheduled_rate
from bplearn.parameter import Parameter, ParameterVector
from bplearn.schedules import Schedule

RateFactors = Mapping[Any, float]  # by layer or parameter


class Optimizer(ABC):
    """Gradient descent in one of its forms.

    `learning_rate` is a number or a function of the step (see `bplearn.schedules`).
    `weight_decay` adds weight_decay * W to the gradient of weights, never of biases.
    `clip_norm` shortens a gradient that is longer (Euclidean norm over all parameters) to this length.
    `rates` multiplies the learning rate of a layer or a parameter by a factor: {network[0]: 0, network[2]: 0.1} leaves
    network[0] as it is (frozen) and moves network[2] ten times more slowly. A parameter goes before its layer. What is
    frozen has no part in weight decay and in the norm that `clip_norm` looks at.
    An optimizer remembers the parameters it has moved: use a new one for each network.
    Raises: ArgumentError for numbers out of range, for other parameters than before.

    >>> network = Sequential(Dense(1, 1, weights=[[2.0]]), Dense(1, 1, weights=[[3.0]]))
    >>> y, tape = network.forward([[1.0]])
    >>> dx = network.backward(np.ones((1, 1)), tape)
    >>> SGD(0.1, rates={network[0]: 0}).step(network.parameters())
    >>> network[0].W.value, network[1].W.value
    (array([[2.]]), array([[2.8]]))
    """

    decoupled = False  # whether weight decay acts on the weights themselves (AdamW) instead of on the gradient
    learning_rate = LearningRate()
    weight_decay = Range("weight_decay", 0)
    clip_norm = Range("clip_norm", 0, open_low=True, or_none=True)
    rates = Rates()

    def __init__(
        self,
        learning_rate: float | Schedule,
        *,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
        rates: RateFactors | None = None,
    ) -> None:
        self.learning_rate, self.weight_decay, self.clip_norm = learning_rate, weight_decay, clip_norm
        self.rates = rates
        self.steps = 0
        self._parameters: tuple[Parameter, ...] = ()
        self._mask: Array | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in vars(self):  # what is there has passed: each step counts itself
            check_attribute(self, name, value)
        super().__setattr__(name, value)

    @abstractmethod
    def delta(self, gradient: Array, rate: float) -> Array:
        """Return what to add to the flat parameter vector for this flat gradient."""

    @final
    def step(self, parameters: Iterable[Parameter]) -> None:
        """Replace the value of each parameter by a better one, using its `.grad`.

        Raises: DataError where a parameter has no gradient yet, ArgumentError for another network's parameters.
        """
        vector = parameters if isinstance(parameters, ParameterVector) else ParameterVector(parameters)
        if self._parameters is not vector._parameters or isinstance(self.rates, dict):
            self.bind(vector)
        value, gradient, rate = vector.value, vector.grad, self.rate()
        if self.rates is not None:
            gradient = np.where(self.rates == 0, 0, gradient)
        if self.weight_decay or self.clip_norm is not None:
            value, gradient = self._decay_and_clip(vector, value, gradient, rate)
        delta = self.delta(gradient, rate)
        vector.replace(value + (delta if self.rates is None else delta * self.rates.astype(delta.dtype)))
        self.steps += 1

    def rate(self) -> float:
        """Return the learning rate that the next step will use."""
        rate = self.learning_rate
        return scheduled_rate(rate, self.steps) if callable(rate) else rate

    def bind(self, vector: ParameterVector) -> None:
        """Remember whose parameters these are: the memory of one network's gradients is of no use to another.

        `rates` becomes one flat vector of factors. `step` calls it where need be; a training calls it at its door.
        Raises: ArgumentError for another network's parameters, and for a key of `rates` that owns none of these.
        """
        check_same_parameters(self, self._parameters, vector._parameters)
        self._parameters = vector._parameters
        if isinstance(self.rates, Mapping):
            vars(self)["rates"], self._mask = factors(self.rates, vector), None

    def _decay_and_clip(
        self, vector: ParameterVector, value: Array, gradient: Array, rate: float
    ) -> tuple[Array, Array]:
        """Apply weight decay and clipping; return the value to start from and the gradient to follow."""
        if self.weight_decay:
            if self._mask is None or self._mask.dtype != value.dtype:
                follows = 1 if self.rates is None else self.rates if self.decoupled else self.rates > 0
                self._mask = (vector.weight_mask() * follows).astype(value.dtype)
            if self.decoupled:
                value = value - value * self._mask * (rate * self.weight_decay)
            else:
                gradient = gradient + value * self._mask * self.weight_decay
        if self.clip_norm is not None:
            norm = float(np.linalg.norm(gradient))
            if norm > self.clip_norm:
                gradient = gradient * (self.clip_norm / norm)
        return value, gradient

    def __repr__(self) -> str:
        shown: dict[str, Any] = {n: v for n, v in vars(self).items() if not n.startswith("_") and n != "steps"}
        first, rates = shown.pop("learning_rate"), shown.pop("rates")
        if rates is not None:
            shown["rates"] = rates if isinstance(rates, Mapping) else [*dict.fromkeys(rates.tolist())]
        rest = "".join(f", {name}={value!r}" for name, value in shown.items() if value not in (0.0, None, False))
        return f"{type(self).__name__}({getattr(first, '__qualname__', first)}{rest})"
