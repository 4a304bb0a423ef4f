"""Signals through a deep network at its start: do they vanish, explode or die on the way, forward and back?

Each layer multiplies what passes by a factor. A factor of 0.5 in each of twenty layers leaves a millionth; one of 2
makes a million. Start and activation decide which it is.
The signals panel of notebooks/11_initialisation_and_saturation.ipynb is a view of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bplearn import layers
from bplearn.checks.arrays import Array, expected_got, number_in, positive_integer
from bplearn.datasets import Dataset, digits
from bplearn.errors import ArgumentError
from bplearn.explain.signals import rms
from bplearn.initializers import (
    Initializer,
    constant,
    glorot_uniform,
    he_uniform,
    lecun_uniform,
    normal,
    zeros,
)
from bplearn.layers import Dense, Layer
from bplearn.losses import SoftmaxCrossEntropy
from bplearn.network import Sequential
from bplearn.panels.base.assessment import Assessment
from bplearn.panels.choices import ACTIVATIONS
from bplearn.show.text import short

STARTS: dict[str, Initializer] = {
    "Glorot": glorot_uniform,
    "He": he_uniform,
    "LeCun": lecun_uniform,
    "normal(0.01)": normal(0.01),
    "normal(1)": normal(1.0),
    "constant(0.1)": constant(0.1),
    "zeros": zeros,
}
SAMPLES = 200
FADED = 1e-3  # a signal that has shrunk to this part has vanished; one that grew to 1 / FADED has exploded
BOUNDS = {"Tanh": (-1.0, 1.0), "Sigmoid": (0.0, 1.0)}


@dataclass(frozen=True, eq=False)
class LayerSignal:
    """One hidden layer: its outputs, their spread, dead and saturated parts, and the gradients that arrive.

    `spread` is the standard deviation of the outputs; `arriving` the rms of dL/dy, `gradient` the rms of dL/dW.
    `dead` is the share of units that give 0 for every sample; `saturated` the share of outputs near their bounds.
    `alike` says whether all units give the same.
    """

    outputs: Array
    spread: float
    dead: float
    saturated: float
    arriving: float
    gradient: float
    alike: bool


@final
class SignalFlow:
    """A network of `depth` equal hidden layers at its start, with one batch sent through, forward and back.

    `start` names an initializer of `STARTS`, or is one; `scale` multiplies its weights. The batch is 200 digits,
    or the first 200 samples of a Dataset of your own; the loss is the cross-entropy of its classes.
    `verdict()` says in words what happens; `state` in one: vanishes, explodes, dies, saturates, equal, healthy.
    Raises: ArgumentError for names and numbers that do not fit.

    >>> SignalFlow("normal(0.01)", "Tanh").state, SignalFlow("Glorot", "Tanh").state
    ('vanishes', 'healthy')
    """

    def __init__(
        self,
        start: str | Initializer = "Glorot",
        activation: str = "Tanh",
        *,
        depth: int = 10,
        scale: float = 1.0,
        width: int = 64,
        data: Dataset | None = None,
        seed: int = 0,
    ) -> None:
        self.data = digits() if data is None else data
        if self.data.target_names is None:
            raise ArgumentError(expected_got("signals", "data with classes", f"values to predict ({self.data.name})"))
        x = np.asarray(self.data.x[:SAMPLES], dtype=float).reshape(min(SAMPLES, len(self.data)), -1)
        spread = x.std(axis=0)
        self.x = (x - x.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
        self.targets = np.asarray(self.data.targets[:SAMPLES])
        self.starts = dict(STARTS)
        self.choose(start=start, activation=activation, depth=depth, scale=scale, width=width, seed=seed)

    def choose(
        self,
        *,
        start: str | Initializer | None = None,
        activation: str | None = None,
        depth: int | None = None,
        scale: float | None = None,
        width: int | None = None,
        seed: int | None = None,
    ) -> SignalFlow:
        """Change some of the choices and send the batch through again."""
        if start is not None:
            if start not in self.starts and not callable(start):
                raise ArgumentError(
                    expected_got("start", f"one of {', '.join(STARTS)}, or an initializer", repr(start))
                )
            self.start = start if isinstance(start, str) else getattr(start, "__name__", "your own")
            if not isinstance(start, str):
                self.starts[self.start] = start
        if activation is not None:
            if activation not in ACTIVATIONS:
                raise ArgumentError(expected_got("activation", f"one of {', '.join(ACTIVATIONS)}", repr(activation)))
            self.activation = activation
        if depth is not None:
            self.depth = int(number_in(positive_integer(depth, "depth"), "depth", 1, 50))
        if scale is not None:
            self.scale = number_in(scale, "scale", 0)
        if width is not None:
            self.width = int(number_in(positive_integer(width, "width"), "width", 1, 256))
        if seed is not None:
            self.seed = int(number_in(seed, "seed", 0))
        return self.renew()

    def build(self) -> Sequential:
        """Return the network at its start."""
        rng = np.random.default_rng(self.seed)
        chosen = self.starts[self.start]
        make: Callable[[], Layer] = getattr(layers, self.activation)

        def scaled(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
            return self.scale * chosen(shape, rng)

        sizes = [self.x.shape[1], *[self.width] * self.depth]
        stack: list[Layer] = []
        for n_in, n_out in itertools.pairwise(sizes):
            stack += [Dense(n_in, n_out, weights=scaled, rng=rng), make()]
        classes = len(self.data.target_names or ())
        return Sequential(*stack, Dense(self.width, classes, weights=scaled, rng=rng))

    def renew(self) -> SignalFlow:
        """Build the network anew and send the batch through, forward and back."""
        self.network = self.build()
        loss = SoftmaxCrossEntropy()
        with np.errstate(all="ignore"):  # the panel shows numbers that explode, so overflow is no error
            prediction, tape = self.network.run(self.x)
            self.loss, cache = loss.compute(prediction, loss.prepare_targets(self.targets, prediction.shape))
            self.network.backward(loss.backward(cache), tape)
            self.layers = [self._signal(tape[2 * i].grads["W"], tape[2 * i + 1]) for i in range(self.depth)]  # type: ignore[index]
        return self

    def _signal(self, gradient: Array, step: Any) -> LayerSignal:
        y = step.y
        low, high = BOUNDS.get(self.activation, (-np.inf, np.inf))
        edge = 0.03 * (high - low) if self.activation in BOUNDS else 0.0
        return LayerSignal(
            outputs=y,
            spread=float(y.std()),
            dead=float((y == 0).all(axis=0).mean()),
            saturated=float(((y <= low + edge) | (y >= high - edge)).mean()),
            arriving=rms(step.dy),
            gradient=rms(gradient),
            alike=y.shape[1] > 1 and bool(np.ptp(y, axis=1).max() <= 1e-12 * max(1.0, float(np.abs(y).max()))),
        )

    # ---- what it comes to ----

    @property
    def backward_factor(self) -> float:
        """By how much a layer multiplies the gradient on its way back, on average over the layers."""
        return _each(self.layers[-1].arriving, self.layers[0].arriving, self.depth - 1)

    @property
    def state(self) -> str:
        """What happens, in one word."""
        first, last = self.layers[0], self.layers[-1]
        sizes = [last.spread, first.arriving, last.arriving, first.gradient]
        if not all(np.isfinite(size) for size in sizes):
            return "explodes"
        if all(layer.alike for layer in self.layers):
            return "equal"
        if max(layer.dead for layer in self.layers) > 0.5:
            return "dies"
        if last.arriving == 0 or first.arriving < FADED * last.arriving or last.spread < FADED * first.spread:
            return "vanishes"
        if first.arriving > last.arriving / FADED or last.spread > first.spread / FADED:
            return "explodes"
        if np.mean([layer.saturated for layer in self.layers]) > 0.5:
            return "saturates"
        return "healthy"

    def verdict(self) -> Assessment:
        """Say what happens, with the numbers that say so."""
        first, last = self.layers[0], self.layers[-1]
        ratio = first.arriving / last.arriving if last.arriving else 0.0
        way = _way(self.depth, ratio)
        spread = f"the spread of the activations goes from {short(first.spread, 2)} to {short(last.spread, 2)}"
        each = "" if self.depth == 1 else f" (×{short(self.backward_factor, 2)} a layer)"
        dead = max(range(self.depth), key=lambda i: self.layers[i].dead)
        saturated = float(np.mean([layer.saturated for layer in self.layers]))
        still = " Here the first layer's gradient is 0 as well: it does not move at all." if not first.gradient else ""
        fades = "The first layers get little to learn from."
        if ratio >= FADED:
            fades = "The last layer gives nearly the same for every sample."
        grows = "The first layers are moved far more than the last ones by the same learning rate."
        if ratio <= 1 / FADED:
            grows = "The numbers grow from layer to layer."
        sentences = {
            "vanishes": f"{way}{each}; {spread}. {fades}",
            "explodes": f"{way}{each}; {spread}. {grows}",
            "dies": f"In layer {dead + 1}, {self.layers[dead].dead:.0%} of the units give 0 for every sample: "
            "no gradient passes through them.",
            "equal": "All units of a layer give the same and get the same gradient: they stay copies of one unit."
            + still,
            "saturates": f"{saturated:.0%} of all outputs lie at the flat ends of {self.activation}, "
            f"where its slope is near 0. {way}{each}.",
            "healthy": f"{way}{each}; {spread}.",
        }
        return Assessment(self.state, sentences[self.state])


def _each(start: float, end: float, steps: int) -> float:
    if steps == 0 or not start > 0 or not np.isfinite(start) or not np.isfinite(end):
        return 1.0 if steps == 0 else float("nan")
    return float((end / start) ** (1 / steps))


def _way(depth: int, ratio: float) -> str:
    """Say how much of the gradient is left at layer 1.

    >>> _way(10, 0.264), _way(10, 40.3)  # doctest: +NORMALIZE_WHITESPACE
    ('Of the gradient at layer 10, 26% arrives at layer 1',
     'The gradient at layer 10 arrives at layer 1 40 times as large')
    """
    if not np.isfinite(ratio):
        return f"The gradient at layer {depth} grows beyond what a float can hold on its way to layer 1"
    if ratio >= 1.005:
        return f"The gradient at layer {depth} arrives at layer 1 {short(ratio, 2)} times as large"
    part = f"{ratio:.0%}" if ratio >= 0.01 else "nothing" if ratio == 0 else f"{short(ratio, 2)} of it"
    return f"Of the gradient at layer {depth}, {part} arrives at layer 1"
