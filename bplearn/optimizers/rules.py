"""The optimizers themselves: a line or two of arithmetic each, from plain gradient descent to Adam.

Taught in notebooks/07_weight_updates.ipynb and notebooks/13_optimizers.ipynb.
"""

from __future__ import annotations

from typing import final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.checks.settings import Range
from bplearn.optimizers.adam_step import AdamMemory, adam_step
from bplearn.optimizers.base import Optimizer, RateFactors
from bplearn.schedules import Schedule


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
        rates: RateFactors | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm, rates=rates)
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
        rates: RateFactors | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm, rates=rates)
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
        rates: RateFactors | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm, rates=rates)
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
        rates: RateFactors | None = None,
    ) -> None:
        super().__init__(learning_rate, weight_decay=weight_decay, clip_norm=clip_norm, rates=rates)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self._memory = AdamMemory()

    @staticmethod
    def formula(
        m: Array, s: Array, g: Array, k: int, rate: float, beta1: float, beta2: float, epsilon: float
    ) -> tuple[Array, Array, Array]:
        """Return the new m, the new s and the change of step k = 1, 2, ...: equations 13.4 and 13.5 as they stand.

        `delta` gives this change. It computes it in another order, see `adam_step`.
        """
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g**2
        delta = -rate * (m / (1 - beta1**k)) / (np.sqrt(s / (1 - beta2**k)) + epsilon)
        return m, s, delta

    def delta(self, gradient: Array, rate: float) -> Array:
        return adam_step(self._memory, gradient, rate, self.beta1, self.beta2, self.epsilon)


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
