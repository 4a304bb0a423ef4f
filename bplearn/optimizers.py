"""An optimizer turns gradients into changes of the parameters.

A subclass says one thing: `delta`, the change for a flat gradient. The base class does the rest for all of them:
the learning rate of the step, weight decay, clipping, and *replacing* the values in one go.
Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

import math
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


@final
class SGD(Optimizer):
    """Plain gradient descent: delta = -rate * gradient. With batches of samples it is called stochastic.

    >>> SGD(0.5).delta(np.array([1.0, -2.0]), 0.5)
    array([-0.5,  1. ])

    Introduced in: notebooks/07_weight_updates.ipynb
    """

    def delta(self, gradient: Array, rate: float) -> Array:
        return gradient * -rate


@final
class Momentum(Optimizer):
    """Gradient descent with a memory: v = momentum * v + gradient, delta = -rate * v.

    With `nesterov=True` it looks ahead: delta = -rate * (gradient + momentum * v).

    >>> optimizer = Momentum(1.0, momentum=0.5)
    >>> [optimizer.delta(np.array([1.0]), 1.0).item() for _ in range(3)]
    [-1.0, -1.5, -1.75]

    Source: Polyak 1964; Sutskever et al. 2013 (in the form PyTorch uses).
    Introduced in: notebooks/13_optimizers.ipynb
    """

    momentum = Range("momentum", 0, 1, open_high=True)

    def __init__(
        self,
        learning_rate: float | Schedule,
        *,
        momentum: float = 0.9,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm)
        self.momentum, self.nesterov = momentum, nesterov
        self._velocity: Array | float = 0.0

    def delta(self, gradient: Array, rate: float) -> Array:
        self._velocity = velocity = self._velocity * self.momentum + gradient
        if self.nesterov:
            velocity = gradient + velocity * self.momentum
        return velocity * -rate


@final
class AdaGrad(Optimizer):
    """Divide each step by the root of all squared gradients so far: s = s + g^2, delta = -rate * g / (sqrt(s) + eps).

    >>> AdaGrad(1.0).delta(np.array([3.0, -0.1]), 1.0).round(6)
    array([-1.,  1.])

    Source: Duchi et al. 2011.
    Introduced in: notebooks/13_optimizers.ipynb
    """

    epsilon = Range("epsilon", 0, open_low=True)

    def __init__(
        self,
        learning_rate: float | Schedule = 0.01,
        *,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm)
        self.epsilon = epsilon
        self._squares: Array | float = 0.0

    def delta(self, gradient: Array, rate: float) -> Array:
        self._squares = squares = self._squares + gradient * gradient
        return gradient * -rate / (np.sqrt(squares) + self.epsilon)


@final
class RMSProp(Optimizer):
    """AdaGrad that forgets: s = decay * s + (1 - decay) * g^2, delta = -rate * g / (sqrt(s) + eps).

    >>> RMSProp(1.0, decay=0.75).delta(np.array([3.0, -0.1]), 1.0).round(6)
    array([-2.,  2.])

    Source: Tieleman and Hinton 2012, lecture 6.5.
    Introduced in: notebooks/13_optimizers.ipynb
    """

    decay = Range("decay", 0, 1, open_high=True)
    epsilon = Range("epsilon", 0, open_low=True)

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        *,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm)
        self.decay, self.epsilon = decay, epsilon
        self._squares: Array | float = 0.0

    def delta(self, gradient: Array, rate: float) -> Array:
        self._squares = squares = self._squares * self.decay + gradient * gradient * (1 - self.decay)
        return gradient * -rate / (np.sqrt(squares) + self.epsilon)


class _AdamRule(Optimizer):
    """The rule that Adam and AdamW share; they differ only in how weight decay acts."""

    beta1 = Range("beta1", 0, 1, open_high=True)
    beta2 = Range("beta2", 0, 1, open_high=True)
    epsilon = Range("epsilon", 0, open_low=True)

    def __init__(
        self,
        learning_rate: float | Schedule = 0.001,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self._sum: Array | float = 0.0  # m / (1 - beta1)
        self._squares: Array | float = 0.0  # s / (1 - beta2)
        self._count = 0

    def delta(self, gradient: Array, rate: float) -> Array:
        # The factors 1 - beta and both corrections are plain numbers: put together here, they save four passes
        # over all weights (a fifth of the update of a large network).
        self._count += 1
        self._sum = total = self._sum * self.beta1 + gradient
        self._squares = squares = self._squares * self.beta2 + gradient * gradient
        mean_share = (1 - self.beta1) / (1 - self.beta1**self._count)
        root_share = math.sqrt((1 - self.beta2) / (1 - self.beta2**self._count))
        return total * (-rate * mean_share / root_share) / (np.sqrt(squares) + self.epsilon / root_share)


@final
class Adam(_AdamRule):
    """Momentum and RMSProp together, with their slow start corrected.

    m = beta1 m + (1 - beta1) g      s = beta2 s + (1 - beta2) g^2
    delta = -rate * (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + eps)

    >>> Adam(1.0).delta(np.array([3.0, -0.1]), 1.0).round(6)
    array([-1.,  1.])

    Source: Kingma and Ba 2015, algorithm 1.
    Introduced in: notebooks/13_optimizers.ipynb
    """


@final
class AdamW(_AdamRule):
    """Adam whose weight decay acts on the weights themselves: W = W - rate * weight_decay * W, then Adam's step.

    >>> AdamW(1.0, weight_decay=0.1)
    AdamW(1.0, weight_decay=0.1, beta1=0.9, beta2=0.999, epsilon=1e-08)

    Source: Loshchilov and Hutter 2019, algorithm 2.
    Introduced in: notebooks/13_optimizers.ipynb
    """

    decoupled = True
