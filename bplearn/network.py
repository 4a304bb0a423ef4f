"""A network is a list of layers; it records each pass on a tape.

`forward` writes a step for each layer: its input, its output and what it remembers. `backward` walks the tape from the
last step to the first and adds to each step the derivatives that passed through it.
Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import pairwise
from os import PathLike
from typing import Any

from bplearn.checks.arrays import RNG, Array
from bplearn.checks.network import (
    answering_loss,
    check_layers,
    check_mlp,
    checked_backward,
    explained_forward,
    own_batch,
    refuse_new_layers,
)
from bplearn.datasets.scaling import Scaling
from bplearn.explain.summary import summarize
from bplearn.files import serialization
from bplearn.initializers import Initializer, glorot_uniform, he_uniform
from bplearn.layers import Dense, Identity, Layer, Sigmoid, Softmax, Tanh
from bplearn.losses import Loss
from bplearn.parameter import ParameterVector
from bplearn.show.table import Table
from bplearn.tape import Step, Tape


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
        check_layers(layers)
        self._layers = tuple(layers)
        self._parameters = ParameterVector(p for layer in layers for p in layer.parameters())
        self._uses = [(place, name) for place, layer in enumerate(layers) for name in layer.named_parameters()]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, first one first. For a new last one build a network: Sequential(*network.layers[:-1], new)."""
        return self._layers

    layers = layers.setter(refuse_new_layers)  # type: ignore[attr-defined]

    def __getitem__(self, index: int) -> Layer:
        return self._layers[index]

    def __len__(self) -> int:
        return len(self._layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._layers)

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"

    def __call__(self, x: Any) -> Array:
        """Return the output for a batch x (N, n_in)."""
        with explained_forward(self._layers, x) as y:
            for layer in self._layers:
                y = layer.predict(y)
        return y

    def forward(self, x: Any) -> tuple[Array, Tape]:
        """Return the output for a batch x (N, n_in) and the tape of the pass.

        The tape keeps a copy of x unless x is read-only. Raises: ShapeError, DataError.
        """
        return self.run(own_batch(x))

    def run(self, x: Array) -> tuple[Array, Tape]:
        """Do what `forward` does, for inner loops: x has passed its check, and nobody writes to it."""
        steps: list[Step] = []
        with explained_forward(self._layers, x, steps):
            for layer in self._layers:
                y, cache = layer.forward(x)
                steps.append(Step(layer, x, y, cache))
                x = y
        return x, Tape(self, steps)

    def again(self, x: Array, tape: Tape) -> tuple[Array, Tape]:
        """Do what `run` does, with all that random layers drew for `tape` kept: gradient checks and traces need it."""
        steps: list[Step] = []
        with explained_forward(self._layers, x, steps):
            for layer, kept in zip(self._layers, tape.steps, strict=True):
                y, cache = layer.again(x, kept.cache)
                steps.append(Step(layer, x, y, cache))
                x = y
        return x, Tape(self, steps)

    def backward(self, dy: Array, tape: Tape, *, input_gradient: bool = True) -> Array | None:
        """Send dL/dy (N, n_out) back through the tape; return dL/dx, and set every parameter's `.grad`.

        With `input_gradient=False` the first layer's dL/dx, which no weight needs, is left out and None is returned.
        Raises: TapeMismatch for the tape of another network, ShapeError for a dy of another shape.
        """
        with checked_backward(self, self._parameters, dy, tape):
            for place in reversed(range(len(tape.steps))):
                step = tape.steps[place]
                step.dy = dy
                step.dx, step.grads = step.layer.backward(dy, step.cache, input_gradient=input_gradient or place > 0)
                dy = step.dx  # type: ignore[assignment]
            gradients = [tape.steps[place].grads[name] for place, name in self._uses]  # type: ignore[index]
        self._parameters.replace_grads(gradients)  # the uses of a shared layer add up
        return dy if input_gradient else None

    def parameters(self) -> ParameterVector:
        """Return all parameters, first layer first; a shared one counts once."""
        return self._parameters

    def predict(self, x: Any, *, loss: Loss | None = None) -> Array:
        """Return answers for a batch x: class numbers where the network classifies, else values.

        The loss of its training decides which, or a last layer of Softmax or Sigmoid.
        Raises: ArgumentError where neither says it.
        """
        return answering_loss(self.layers[-1], loss).predict(self(x))

    def astype(self, dtype: Any) -> Sequential:
        """Give every parameter this dtype (float32 or float64) and return the network. Raises: ArgumentError."""
        self._parameters.astype(dtype)
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
        network, scaling = serialization.load(path, layers, build=cls)
        network.scaling = scaling
        return network


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
    sizes, example, generator = check_mlp(widths, activation, rng)
    if weights is None:
        weights = glorot_uniform if isinstance(example, Identity | Sigmoid | Softmax | Tanh) else he_uniform
    layers: list[Layer] = []
    for n_in, n_out in pairwise(sizes):
        layers += [Dense(n_in, n_out, weights=weights, rng=generator), activation()]
    return Sequential(*layers[:-1])
