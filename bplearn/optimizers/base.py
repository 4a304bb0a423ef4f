"""An optimizer turns gradients into changes of the parameters.

A subclass says one thing: `delta`, the change for a flat gradient. The base class does the rest for all of them:
the learning rate of the step, weight decay, clipping, and *replacing* the values in one go.
Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.checks.settings import LearningRate, Range, check_same_parameters, scheduled_rate
from bplearn.parameter import Parameter, ParameterVector
from bplearn.schedules import Schedule


class Optimizer(ABC):
    """Gradient descent in one of its forms.

    `learning_rate` is a number or a function of the step (see `bplearn.schedules`).
    `weight_decay` adds weight_decay * W to the gradient of weights, never of biases.
    `clip_norm` shortens a gradient that is longer (Euclidean norm over all parameters) to this length.
    An optimizer remembers the parameters it has moved: use a new one for each network.
    Raises: ArgumentError for numbers out of range, for other parameters than before.
    """

    decoupled = False  # whether weight decay acts on the weights themselves (AdamW) instead of on the gradient
    learning_rate = LearningRate()
    weight_decay = Range("weight_decay", 0)
    clip_norm = Range("clip_norm", 0, open_low=True, or_none=True)

    def __init__(
        self,
        learning_rate: float | Schedule,
        *,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
    ) -> None:
        self.learning_rate, self.weight_decay, self.clip_norm = learning_rate, weight_decay, clip_norm
        self.steps = 0
        self._parameters: tuple[Parameter, ...] = ()
        self._mask: Array | None = None

    @abstractmethod
    def delta(self, gradient: Array, rate: float) -> Array:
        """Return what to add to the flat parameter vector for this flat gradient."""

    @final
    def step(self, parameters: Iterable[Parameter]) -> None:
        """Replace the value of each parameter by a better one, using its `.grad`.

        Raises: DataError where a parameter has no gradient yet, ArgumentError for another network's parameters.
        """
        vector = parameters if isinstance(parameters, ParameterVector) else ParameterVector(parameters)
        if self._parameters is not vector._parameters:
            self._bind(vector)
        value, gradient, rate = vector.value, vector.grad, self.rate()
        if self.weight_decay or self.clip_norm is not None:
            value, gradient = self._decay_and_clip(vector, value, gradient, rate)
        vector.replace(value + self.delta(gradient, rate))
        self.steps += 1

    def rate(self) -> float:
        """Return the learning rate that the next step will use."""
        rate = self.learning_rate
        return scheduled_rate(rate, self.steps) if callable(rate) else rate

    def _bind(self, vector: ParameterVector) -> None:
        """Remember whose parameters these are: the memory of one network's gradients is of no use to another."""
        check_same_parameters(self, self._parameters, vector._parameters)
        self._parameters = vector._parameters

    def _decay_and_clip(
        self, vector: ParameterVector, value: Array, gradient: Array, rate: float
    ) -> tuple[Array, Array]:
        """Apply weight decay and clipping; return the value to start from and the gradient to follow."""
        if self.weight_decay:
            if self._mask is None or self._mask.dtype != value.dtype:
                self._mask = vector.weight_mask().astype(value.dtype)
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
        first = shown.pop("learning_rate")
        rest = "".join(f", {name}={value!r}" for name, value in shown.items() if value not in (0.0, None, False))
        return f"{type(self).__name__}({getattr(first, '__qualname__', first)}{rest})"
