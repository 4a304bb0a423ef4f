"""Activations: functions that bend each number on its own (Softmax: each row), so that a network can draw curves.

Every class holds its function and, right below it, its derivative dy/dx: once in words for `explain` and the weight
tracer, with the places {x} and {y}, and once as code. The cache is what the derivative needs.
Taught in notebooks/02_forward_pass.ipynb and notebooks/11_initialisation_and_saturation.ipynb.
"""

from __future__ import annotations

import math
from typing import ClassVar, final

import numpy as np

from bplearn import functional
from bplearn.checks.arrays import Array
from bplearn.checks.settings import Range
from bplearn.layers.base import Cache, Grads, Layer


@final
class Identity(Layer):
    """Pass x on unchanged: y = x.

    Shapes: x (N, D) -> y (N, D)

    >>> Identity().forward(np.array([[1.0, -2.0]]))[0]
    array([[ 1., -2.]])
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return x, {}

    derivative = "1"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        return dy, {}


@final
class Sigmoid(Layer):
    """Squash each number into (0, 1): y = 1 / (1 + exp(-x)).

    Shapes: x (N, D) -> y (N, D)

    >>> Sigmoid().forward(np.array([[0.0, 1000.0]]))[0]
    array([[0.5, 1. ]])

    Introduced in: notebooks/02_forward_pass.ipynb
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        y = functional.sigmoid(x)
        return y, {"y": y}

    derivative = "{y} * (1 - {y})"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        y = cache["y"]
        return dy * y * (1 - y), {}


@final
class Tanh(Layer):
    """Squash each number into (-1, 1): y = tanh(x).

    Shapes: x (N, D) -> y (N, D)

    >>> Tanh().forward(np.array([[0.0, 1000.0]]))[0]
    array([[0., 1.]])

    Introduced in: notebooks/02_forward_pass.ipynb
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        y = np.tanh(x)
        return y, {"y": y}

    derivative = "1 - {y}^2"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        y = cache["y"]
        return dy * (1 - y * y), {}


@final
class ReLU(Layer):
    """Keep what is positive: y = max(x, 0).

    Shapes: x (N, D) -> y (N, D)

    >>> ReLU().forward(np.array([[-2.0, 3.0]]))[0]
    array([[0., 3.]])

    Introduced in: notebooks/09_write_your_own_backprop.ipynb
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return np.maximum(x, 0), {"x": x}

    derivative = "1 where {x} > 0, else 0"  # so it is 0 at 0

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        return dy * (cache["x"] > 0), {}


@final
class LeakyReLU(Layer):
    """Keep what is positive and a little of what is not: y = x where x > 0, else slope * x.

    Shapes: x (N, D) -> y (N, D)

    >>> LeakyReLU(0.1).forward(np.array([[-2.0, 3.0]]))[0]
    array([[-0.2,  3. ]])

    Source: Maas et al. 2013.
    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """

    slope = Range("LeakyReLU's slope", 0)

    def __init__(self, slope: float = 0.01) -> None:
        self.slope = slope

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return np.where(x > 0, x, self.slope * x), {"x": x}

    derivative = "1 where {x} > 0, else {slope}"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        return np.where(cache["x"] > 0, dy, self.slope * dy), {}


@final
class ELU(Layer):
    """A ReLU that levels off smoothly: y = x where x > 0, else alpha * (exp(x) - 1).

    Shapes: x (N, D) -> y (N, D)

    >>> ELU().forward(np.array([[-1000.0, 3.0]]))[0]
    array([[-1.,  3.]])

    Source: Clevert et al. 2016.
    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """

    alpha = Range("ELU's alpha", 0)

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0))), {"x": x}

    derivative = "1 where {x} > 0, else {y} + {alpha}"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        x = cache["x"]
        return np.where(x > 0, dy, dy * self.alpha * np.exp(np.minimum(x, 0))), {}


@final
class GELU(Layer):
    """Weigh x by the chance that a normal number is smaller: y = x * Phi(x), exact (no tanh approximation).

    Shapes: x (N, D) -> y (N, D)

    >>> GELU().forward(np.array([[-1000.0, 0.0, 1000.0]]))[0] + 0.0
    array([[   0.,    0., 1000.]])

    Source: Hendrycks and Gimpel 2016, section 2.
    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        cdf = functional.normal_cdf(x)
        return x * cdf, {"x": x, "cdf": cdf}

    derivative = "Phi({x}) + {x} * phi({x})"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        x = cache["x"]
        density = np.exp(-0.5 * x * x) * (1 / math.sqrt(2 * math.pi))
        return dy * (cache["cdf"] + x * density), {}


@final
class SiLU(Layer):
    """Weigh x by its own sigmoid: y = x * sigmoid(x). Also called swish.

    Shapes: x (N, D) -> y (N, D)

    >>> SiLU().forward(np.array([[0.0, 1000.0]]))[0]
    array([[   0., 1000.]])

    Source: Elfwing et al. 2018, equations 4 and 5.
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        s = functional.sigmoid(x)
        y = x * s
        return y, {"s": s, "y": y}

    derivative = "sigmoid({x}) + {y} * (1 - sigmoid({x}))"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        s, y = cache["s"], cache["y"]
        return dy * (s + y * (1 - s)), {}


@final
class Softplus(Layer):
    """A smooth ReLU: y = log(1 + exp(x)).

    Shapes: x (N, D) -> y (N, D)

    >>> Softplus().forward(np.array([[0.0, 1000.0]]))[0].round(4)
    array([[6.931e-01, 1.000e+03]])

    Source: Dugas et al. 2001.
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        return functional.softplus(x), {"x": x}

    derivative = "sigmoid({x})"

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        return dy * functional.sigmoid(cache["x"]), {}


@final
class Softmax(Layer):
    """Turn each row into probabilities: y = exp(x) / sum(exp(x)).

    Shapes: x (N, C) -> y (N, C), each row adds up to 1.
    To train a classifier use SoftmaxCrossEntropy on the logits instead: it is exact where this underflows.

    >>> Softmax().forward(np.array([[1000.0, 1000.0]]))[0]
    array([[0.5, 0.5]])
    """

    def forward(self, x: Array) -> tuple[Array, Cache]:
        y = functional.softmax(x)
        return y, {"y": y}

    equations: ClassVar = {"dx": "y * (dy - sum(dy * y))"}  # the full Jacobian y_i (1[i = j] - y_j), applied to dy

    def backward(self, dy: Array, cache: Cache, *, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        y = cache["y"]
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True)), {}
