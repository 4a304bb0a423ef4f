"""A network is a list of layers; a tape is the record of one pass through it.

`forward` writes a step for each layer: its input, its output and what it remembers. `backward` walks the tape
from the last step to the first and adds to each step the derivatives that passed through it. Whoever wants to
look (a plot, a panel, the weight tracer, a test) reads the tape; nothing is computed twice.
Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike, fspath
from typing import Any

import numpy as np

from bplearn.checks.arrays import RNG, Array, as_batch, as_rng, describe, expected_got, positive_integer
from bplearn.checks.layers import check_signatures, checked_forward, explain_backward, explain_forward
from bplearn.datasets.scaling import Scaling
from bplearn.errors import ArgumentError, BplearnError, FileFormatError, ShapeError, TapeMismatch
from bplearn.explain.explanation import tape_table
from bplearn.explain.summary import summarize
from bplearn.files import serialization
from bplearn.initializers import Initializer, glorot_uniform, he_uniform
from bplearn.layers import Cache, Dense, Grads, Identity, Layer, Sigmoid, Softmax, Tanh
from bplearn.losses import Loss
from bplearn.parameter import ParameterVector
from bplearn.show.table import Table


@dataclass(slots=True, eq=False)
class Step:
    """One layer's part of a pass: x, y and cache from forward; dy, dx and grads from backward."""

    layer: Layer
    x: Array
    y: Array
    cache: Cache
    dy: Array | None = None
    dx: Array | None = None
    grads: Grads | None = None

    def __repr__(self) -> str:
        passed = "forward" if self.dy is None else "forward and backward"
        return f"Step({self.layer!r}, x {self.x.shape}, y {self.y.shape}, {passed})"


@dataclass(slots=True, eq=False)
class Tape:
    """The steps of one pass, first layer first. `tape[i]` is the step of layer i.

    A tape stays true after an update: parameters are replaced, never changed, so it keeps the numbers it saw.
    """

    network: Sequential
    steps: list[Step]

    def __getitem__(self, index: int) -> Step:
        return self.steps[index]

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def table(self) -> Table:
        """Return x, y, dy, dx and the gradients of every layer, as text and as a table for a notebook."""
        return tape_table(self)

    def __repr__(self) -> str:
        return "Tape(\n" + "".join(f"  {i}: {step!r}\n" for i, step in enumerate(self.steps)) + ")"


class Sequential:
    """Layers one after the other.

    Shapes: x (N, n_in) -> y (N, n_out)
    `network(x)` gives the output; `forward` gives the output and the tape; `backward` turns dL/dy into dL/dx
    and gives each parameter its `.grad`. A layer may be used more than once: its uses add up.
    Raises: ShapeError where neighbours do not fit, ArgumentError for what is no layer.

    >>> network = Sequential(Dense(2, 2, rng=0), Sigmoid(), Dense(2, 1, rng=1))
    >>> y, tape = network.forward(np.array([[0.05, 0.10]]))
    >>> dx = network.backward(np.ones((1, 1)), tape)
    >>> network[2].b.grad
    array([1.])

    Introduced in: notebooks/02_forward_pass.ipynb
    """

    scaling: Scaling | None = None  # of the inputs, where the file held one

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise ArgumentError(expected_got("Sequential", "at least one layer", "none"))
        width, source = None, None
        for place, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                is_class = isinstance(layer, type) and issubclass(layer, Layer)
                advice = f"Write {layer.__name__}(...)." if is_class else "Pass layers one by one: Sequential(a, b, c)."
                raise ArgumentError(expected_got(f"Sequential, place {place},", "a layer", repr(layer), advice))
            check_signatures(type(layer))
            if isinstance(layer, Dense):
                if width is not None and layer.n_in != width:
                    advice = f"Build it as Dense({width}, {layer.n_out})."
                    got = f"{width} from {source!r}"
                    raise ShapeError(expected_got(f"Layer {place}, {layer!r},", f"{layer.n_in} inputs", got, advice))
                width, source = layer.n_out, layer
        self.layers = tuple(layers)
        self._parameters = ParameterVector(p for layer in layers for p in layer.parameters())
        owners = {id(p): owner for owner, p in enumerate(self._parameters)}
        uses = [(owners[id(p)], place, p.name) for place, layer in enumerate(layers) for p in layer.parameters()]
        first = {owner: (place, name) for owner, place, name in reversed(uses)}
        self._first_uses = [first[owner] for owner in range(len(self._parameters))]
        self._further_uses = [(owner, place, name) for owner, place, name in uses if first[owner] != (place, name)]

    def __getitem__(self, index: int) -> Layer:
        return self.layers[index]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"

    def __call__(self, x: Any) -> Array:
        """Return the output for a batch x (N, n_in)."""
        y: Array = as_batch(x)
        for layer in self.layers:
            y, _ = checked_forward(layer, y)
        return y

    def forward(self, x: Any) -> tuple[Array, Tape]:
        """Return the output for a batch x (N, n_in) and the tape of the pass.

        The tape keeps a copy of x unless x is read-only. Raises: ShapeError, DataError.
        """
        clean = as_batch(x)
        y, tape = self.run(clean.copy() if clean is x and clean.flags.writeable else clean)
        _check_caches(tape)
        return y, tape

    def run(self, x: Array) -> tuple[Array, Tape]:
        """Do what `forward` does for an x that is known to be good and is not written to: for inner loops."""
        steps = []
        try:
            for layer in self.layers:
                y, cache = layer.forward(x)
                steps.append(Step(layer, x, y, cache))
                x = y
        except (TypeError, ValueError):
            explain_forward(layer, x)
            raise
        return x, Tape(self, steps)

    def backward(self, dy: Array, tape: Tape, *, input_gradient: bool = True) -> Array | None:
        """Send dL/dy (N, n_out) back through the tape; return dL/dx, and set every parameter's `.grad`.

        With `input_gradient=False` the first layer's dL/dx, which no weight needs, is left out and None is returned.
        Raises: TapeMismatch for the tape of another network, ShapeError for a dy of another shape.
        """
        if not isinstance(tape, Tape):
            advice = "Write y, tape = network.forward(x), then network.backward(dy, tape)."
            raise ArgumentError(expected_got("backward", "the tape of a forward pass", describe(tape), advice))
        if tape.network is not self:
            raise TapeMismatch(
                expected_got("backward", "a tape of this network", f"one of {tape.network!r}", "Call forward first.")
            )
        steps = tape.steps
        if np.shape(dy) != steps[-1].y.shape:
            advice = "dy is what loss.backward(cache) returns."
            raise ShapeError(
                expected_got("backward", f"dy of the output's shape {steps[-1].y.shape}", np.shape(dy), advice)
            )
        try:
            for place in range(len(steps) - 1, -1, -1):
                step = steps[place]
                step.dy = dy
                step.dx, step.grads = step.layer.backward(dy, step.cache, input_gradient=input_gradient or place > 0)
                dy = step.dx  # type: ignore[assignment]
            gradients = [steps[place].grads[name] for place, name in self._first_uses]  # type: ignore[index]
            for owner, place, name in self._further_uses:  # the uses of a shared layer add up
                gradients[owner] = gradients[owner] + steps[place].grads[name]  # type: ignore[index]
        except (AttributeError, TypeError, ValueError, LookupError):
            if not isinstance(steps[-1].dy, np.ndarray):
                raise ArgumentError(
                    expected_got("backward", "dy as an array", describe(dy), "Write np.array(dy).")
                ) from None
            for step in steps:
                if step.dy is not None:
                    explain_backward(step.layer, step.dy, step.cache)
            raise
        self._parameters.replace_grads(gradients)
        return dy if input_gradient else None

    def parameters(self) -> ParameterVector:
        """Return all parameters, first layer first; a shared one counts once."""
        return self._parameters

    def predict(self, x: Any, *, loss: Loss | None = None) -> Array:
        """Return answers for a batch x: class numbers where the network classifies, else values.

        What it does is told by the loss it was trained with, or by a last layer of Softmax or Sigmoid.
        Raises: ArgumentError where neither says it.
        """
        y = self(x)
        if isinstance(loss, Loss):
            return loss.predict(y)
        if loss is not None:
            raise ArgumentError(
                expected_got("loss", "a Loss object", describe(loss), "Write loss=SoftmaxCrossEntropy().")
            )
        if isinstance(self.layers[-1], Softmax):
            return y.argmax(axis=-1)
        if isinstance(self.layers[-1], Sigmoid):
            answers = (y > 0.5).astype(np.intp)
            return answers[:, 0] if answers.shape[-1] == 1 else answers
        advice = "Pass the loss the network was trained with: network.predict(x, loss=SoftmaxCrossEntropy())."
        got = f"{self.layers[-1]!r}"
        raise ArgumentError(expected_got("predict", "a last layer of Softmax or Sigmoid, or a loss", got, advice))

    def astype(self, dtype: Any) -> Sequential:
        """Give every parameter this dtype (float32 or float64) and return the network. Raises: ArgumentError."""
        flat, wanted = self._parameters.value, np.dtype(dtype)
        if wanted not in (np.float32, np.float64):
            raise ArgumentError(expected_got("dtype", "float32 or float64", wanted))
        if flat.dtype != wanted:
            self._parameters.replace(flat.astype(wanted))
        return self

    def copy(self) -> Sequential:
        """Return a network of its own with the same layers and values: what is done to one leaves the other alone.

        >>> network = mlp(2, 1, rng=0)
        >>> network.copy().parameters().replace(np.zeros(3))
        >>> network.parameters().value.any()
        np.True_
        """
        network = Sequential(*copy.deepcopy(self.layers))
        network.scaling = self.scaling
        return network

    def summary(self, input_shape: tuple[int, ...] | None = None) -> Table:
        """Return a table of layers, output shapes and parameter counts.

        `input_shape` is the shape of one sample; it is needed only where no Dense layer tells it.
        """
        return summarize(self.layers, self._parameters, input_shape)

    def save(self, path: str | PathLike[str], *, scaling: Scaling | None = None) -> None:
        """Write the network to one .npz file: its description as JSON, its parameters as arrays, never a pickle.

        `scaling=data.scaling` keeps with it what `standardize` did to its inputs; without it the network's own is kept.
        The file appears whole or not at all. Raises: ArgumentError for settings that JSON cannot hold.
        """
        serialization.save(path, self.layers, self.scaling if scaling is None else scaling)

    @classmethod
    def load(cls, path: str | PathLike[str], *, layers: tuple[type[Layer], ...] = ()) -> Sequential:
        """Read a network that `save` wrote; `layers` names your own layer classes that occur in it.

        What was saved with `scaling=` is its `scaling`: `network(network.scaling.apply(x))` takes x in its own units.
        Raises: FileFormatError for a truncated or foreign file, FileNotFoundError.
        """
        found, scaling = serialization.load(path, layers)
        try:
            network = cls(*found)
        except BplearnError as problem:
            raise FileFormatError(f"load({fspath(path)!r}): {problem}") from None
        network.scaling = scaling
        return network


def _made(activation: Callable[[], Layer]) -> Layer:
    """Return one activation layer, or say why this makes none."""
    try:
        example: Any = activation()
    except TypeError:  # a function of numbers, or a class that wants arguments
        example = None
    if not isinstance(example, Layer):
        advice = "Write activation=Tanh, or another layer's class; for one with settings lambda: LeakyReLU(0.1)."
        expected = "a layer's class that needs no arguments"
        raise ArgumentError(expected_got("mlp's activation", expected, describe(activation), advice))
    return example


def _check_caches(tape: Tape) -> None:
    """Two rows of y also unpack into two names: a cache that is no dict gives it away."""
    for step in tape:
        if not isinstance(step.cache, dict):
            explain_forward(step.layer, step.x)


def mlp(
    *widths: int,
    activation: Callable[[], Layer] = Tanh,
    weights: Initializer | None = None,
    rng: RNG = None,
) -> Sequential:
    """Build a multilayer perceptron: Dense layers of these widths with an activation between them.

    `mlp(64, 32, 10)` has 64 inputs, 32 hidden units and 10 outputs (raw values: logits for a classifier).
    `weights` defaults to He's start for ReLU and its relatives, to Glorot's for the others.
    Raises: ArgumentError for fewer than two widths, or an activation that is no class.

    >>> mlp(2, 3, 1, rng=0)
    Sequential(Dense(2 -> 3), Tanh(), Dense(3 -> 1))

    Introduced in: notebooks/00_start_here.ipynb
    """
    if len(widths) < 2:
        advice = "Write mlp(64, 32, 10): inputs, hidden units, outputs."
        raise ArgumentError(expected_got("mlp", "at least two widths", repr(widths), advice))
    if not callable(activation):
        is_layer = isinstance(activation, Layer)
        advice = f"Write activation={type(activation).__name__}, without brackets." if is_layer else ""
        raise ArgumentError(expected_got("mlp's activation", "a layer's class, such as Tanh", repr(activation), advice))
    sizes = [positive_integer(width, "mlp's width") for width in widths]
    generator, example = as_rng(rng), _made(activation)
    if weights is None:
        weights = glorot_uniform if isinstance(example, Identity | Sigmoid | Softmax | Tanh) else he_uniform
    layers: list[Layer] = []
    for n_in, n_out in pairwise(sizes):
        layers += [Dense(n_in, n_out, weights=weights, rng=generator), activation()]
    return Sequential(*layers[:-1])
