"""What a network takes: layers that fit each other, a tape of its own, a dy of the output's shape.

`explained_forward` and `checked_backward` stand around the two passes. They do next to nothing while all goes well;
where a layer of your own makes a pass fail, they say what its method returned. See notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, as_batch, as_rng, describe, expected_got, positive_integer
from bplearn.checks.layers import RAW, check_signatures, explain_backward, explain_forward
from bplearn.errors import ArgumentError, BplearnError, ShapeError, TapeMismatch
from bplearn.layers import Dense, Layer, Sigmoid, Softmax
from bplearn.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from bplearn.parameter import Parameter, ParameterVector
from bplearn.tape import Step, Tape


def check_layers(layers: Sequence[Any]) -> None:
    """Refuse what is no layer, and a Dense layer that does not fit the one before it."""
    if not layers:
        raise ArgumentError(expected_got("Sequential", "at least one layer", "none"))
    width, source = None, None
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            is_class = isinstance(layer, type) and issubclass(layer, Layer)
            advice = f"Write {layer.__name__}(...)." if is_class else "Pass layers one by one: Sequential(a, b, c)."
            raise ArgumentError(expected_got(f"Sequential, place {place},", "a layer", repr(layer), advice))
        check_signatures(type(layer))
        check_names(place, layer)
        if isinstance(layer, Dense):
            if width is not None and layer.n_in != width:
                advice = f"Build it as Dense({width}, {layer.n_out})."
                got = f"{width} from {source!r}"
                raise ShapeError(expected_got(f"Layer {place}, {layer!r},", f"{layer.n_in} inputs", got, advice))
            width, source = layer.n_out, layer


def check_names(place: int, layer: Layer) -> None:
    """Refuse two parameters of one name in a layer, since gradients go by name."""
    for inner in layer.inner_layers():
        check_names(place, inner)
    if len(layer.named_parameters()) == len(layer.parameters()):
        return
    names = [p.name for p in layer.parameters()]
    for name in names:
        if names.count(name) > 1:
            subject, advice = f"Layer {place}, {type(layer).__name__},", "The name is the second argument of Parameter."
            raise ArgumentError(expected_got(subject, "parameters of different names", f"{name!r} twice", advice))


def refuse_new_layers(_network: object, layers: Any) -> None:
    """Refuse an assignment to `network.layers`: the parameters of the old layers would be trained, not the new ones."""
    advice = "Build a new network: Sequential(*network.layers[:-1], Dense(8, 2)) shares the layers that stay."
    raise ArgumentError(
        expected_got("network.layers", "to be read, not set", f"an assignment of {describe(layers)}", advice)
    )


def check_parameters_known(layers: Sequence[Layer], known: Sequence[Parameter]) -> None:
    """Refuse parameters that came after the network was built: made in forward, or set on a layer.

    The network would leave them as they are: an optimizer moves what it knew at the start.
    """
    mine = {id(p) for p in known}
    for place, layer in enumerate(layers):
        late = [p.name for p in layer.parameters() if id(p) not in mine]
        if late:
            got = f"{', '.join(late)} of layer {place}, {type(layer).__name__}, made or set later"
            advice = "Make parameters in the constructor, or build the network again: Sequential(*network.layers)."
            raise ArgumentError(expected_got("training", "the parameters that the network was built with", got, advice))
        for name, held in vars(layer).items():
            hidden = [p for p in _inside(held) if id(p) not in mine]
            if hidden:
                got = f"{', '.join(p.name for p in hidden)} inside {name} of layer {place}, {type(layer).__name__}"
                advice = f"Give the class def parameters(self): return {_as_tuple(name, held)}."
                expected = "parameters that the network knows"
                raise ArgumentError(expected_got("training", expected, got, advice))


def _inside(held: Any) -> list[Parameter]:
    """Return the parameters inside an attribute that is none itself: in a list, a dict or a layer."""
    if isinstance(held, Layer):
        return list(held.parameters())
    parts = held.values() if isinstance(held, dict) else held if isinstance(held, list | tuple) else ()
    return [p for part in parts for p in ([part] if isinstance(part, Parameter) else _inside(part))]


def _as_tuple(name: str, held: Any) -> str:
    if isinstance(held, Layer):
        return f"self.{name}.parameters()"
    parts = list(held.values() if isinstance(held, dict) else held)
    values = f"self.{name}.values()" if isinstance(held, dict) else f"self.{name}"
    if all(isinstance(part, Parameter) for part in parts):
        return f"tuple({values})"
    return f"tuple(p for part in {values} for p in part.parameters())"


def check_something_to_learn(network: Any, x: Array, prediction: Array) -> None:
    """Refuse to train a network without parameters: its loss would stay where it is."""
    if not network.parameters():
        width, out = x.shape[-1], prediction.shape[-1]
        better = f"Dense({width}, {width}), *network.layers" if x.ndim == 2 else f"*network.layers, Dense({out}, {out})"
        advice = f"Give it a layer with weights: Sequential({better})."
        arrays = [n for layer in network for n, v in vars(layer).items() if isinstance(v, np.ndarray)]
        if arrays:
            advice = f"For an array that shall learn write self.{arrays[0]} = Parameter(array, {arrays[0]!r})."
        raise ArgumentError(expected_got("training", "a network with parameters to learn", repr(network), advice))


def own_batch(x: Any) -> Array:
    """Return x as a clean batch that no caller can change later: a copy, unless it is read-only or was made here."""
    clean = as_batch(x)
    return clean.copy() if clean is x and clean.flags.writeable else clean


class explained_forward:  # noqa: N801 - it reads as a word: with explained_forward(...)
    """Where the pass fails inside, say what the forward of the layer at fault returned, or what it was given.

    `steps` are those that are done; in a prediction, where none are kept, it also makes x a batch.
    Raises: ArgumentError or ShapeError, with the layer's name, in place of NumPy's raw errors.
    """

    __slots__ = ("layers", "steps", "x")

    def __init__(self, layers: Sequence[Layer], x: Any, steps: list[Step] | None = None) -> None:
        self.layers, self.x, self.steps = layers, as_batch(x) if steps is None else x, steps

    def __enter__(self) -> Array:
        return self.x

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, traceback: object) -> None:
        steps = self.steps
        if kind is None:  # two rows of y also unpack into two names: a cache that is no dict gives it away
            for step in steps or ():
                if not isinstance(step.cache, dict):
                    explain_forward(step.layer, step.x)
        elif issubclass(kind, RAW) and not isinstance(problem, BplearnError):
            x = self.x
            for place, layer in enumerate(self.layers):
                explain_forward(layer, x, f"Layer {place}, {layer!r},")
                x = layer.predict(x) if steps is None else layer.forward(x)[0]


class checked_backward:  # noqa: N801
    """Refuse a tape and a dy that do not fit; where the pass fails inside, say what the backward at fault returned.

    Raises: at once for what is no tape of this network, and for a dy that has not the output's shape; ArgumentError or
    ShapeError in place of NumPy's first error inside, and for a dx that has not the shape of x.
    """

    __slots__ = ("dy", "first", "tape")

    def __init__(self, network: object, parameters: ParameterVector, dy: Any, tape: Any) -> None:
        if not isinstance(tape, Tape):
            advice = "Write y, tape = network.forward(x), then network.backward(dy, tape)."
            raise ArgumentError(expected_got("backward", "the tape of a forward pass", describe(tape), advice))
        if tape.owner is not network:
            got = f"one of {tape.owner!r}"
            raise TapeMismatch(expected_got("backward", "a tape of this network", got, "Call forward first."))
        wanted = tape.steps[-1].y.shape
        if getattr(dy, "shape", None) != wanted and np.shape(dy) != wanted:
            advice = "dy is what loss.backward(cache) returns."
            raise ShapeError(expected_got("backward", f"dy of the output's shape {wanted}", np.shape(dy), advice))
        self.dy, self.tape, self.first = dy, tape, parameters._flat_grad is None

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, traceback: object) -> None:
        steps = self.tape.steps
        if kind is None and not self.first and _each_dx_fits(steps):
            return
        if kind is not None:
            if isinstance(problem, BplearnError) or not issubclass(kind, (AttributeError, LookupError, *RAW)):
                return
            if not isinstance(self.dy, np.ndarray):
                got, advice = describe(self.dy), "Write np.array(dy)."
                raise ArgumentError(expected_got("backward", "dy as an array", got, advice)) from None
        for place in reversed(range(len(steps))):
            step = steps[place]
            if kind is not None and step.dy is not None:
                explain_backward(step.layer, step.dy, step.cache, f"Layer {place}, {step.layer!r},")
            given_none = kind is not None and place > 0 and step.dx is None and step.dy is not None
            if given_none or (step.dx is not None and np.shape(step.dx) != step.x.shape):
                subject, wanted = (
                    f"Layer {place}, {step.layer!r},",
                    f"backward to return dx of x's shape {step.x.shape}",
                )
                advice = "dx says for each entry of x how the loss answers to it."
                shape = "None" if step.dx is None else np.shape(step.dx)
                raise ShapeError(expected_got(subject, wanted, shape, advice))
            if self.first and kind is None:
                check_learned(place, step.layer, step.grads or {})


def _each_dx_fits(steps: Sequence[Step]) -> bool:
    for step in steps:  # noqa: SIM110 - each update asks, and a generator takes three times as long
        if step.dx is not None and getattr(step.dx, "shape", None) != step.x.shape:
            return False
    return True


def check_learned(place: int, layer: Layer, grads: Mapping[str, Any]) -> None:
    """Refuse a gradient that belongs to no parameter: what it is for would never learn. It is asked once."""
    unknown = [name for name in grads if name not in layer.named_parameters()]
    if unknown:
        subject, names = f"Layer {place}, {type(layer).__name__},", ", ".join(map(repr, unknown))
        advice = f"To let it learn write self.{unknown[0]} = Parameter(array, {unknown[0]!r}) in the constructor."
        expected = "backward to return gradients of its parameters alone"
        raise ArgumentError(expected_got(subject, expected, f"one for {names}, which is none", advice))


def answering_loss(last: Layer, loss: Any) -> Loss:
    """Return the loss that says what a network's output means: this one, else the usual one for its last layer."""
    if isinstance(loss, Loss):
        return loss
    if loss is not None:
        advice = "Write loss=SoftmaxCrossEntropy()."
        raise ArgumentError(expected_got("loss", "a Loss object", describe(loss), advice))
    if isinstance(last, Softmax):
        return SoftmaxCrossEntropy()
    if isinstance(last, Sigmoid):
        return BinaryCrossEntropy(from_logits=False)
    advice = "Pass the loss the network was trained with: network.predict(x, loss=SoftmaxCrossEntropy())."
    expected = "a last layer of Softmax or Sigmoid, or a loss"
    raise ArgumentError(expected_got("predict", expected, f"{last!r}", advice))


def check_mlp(widths: Sequence[Any], activation: Any, rng: Any) -> tuple[list[int], Layer, np.random.Generator]:
    """Return the widths as whole numbers, one layer that the activation makes, and the Generator for all weights."""
    if len(widths) < 2:
        advice = "Write mlp(64, 32, 10): inputs, hidden units, outputs."
        raise ArgumentError(expected_got("mlp", "at least two widths", repr(widths), advice))
    if not callable(activation):
        is_layer = isinstance(activation, Layer)
        advice = f"Write activation={type(activation).__name__}, without brackets." if is_layer else ""
        raise ArgumentError(expected_got("mlp's activation", "a layer's class, such as Tanh", repr(activation), advice))
    sizes = [positive_integer(width, "mlp's width") for width in widths]
    return sizes, _made(activation), as_rng(rng)


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


def squashed_twice(layers: Sequence[Layer], loss: Loss) -> str:
    """Say what to write where the last layer does what the loss does itself; nothing where all is well."""
    last = layers[-1]
    width = next((layer.n_out for layer in reversed(layers) if isinstance(layer, Dense)), 0)
    by_loss = isinstance(last, Dense) and isinstance(loss, SoftmaxCrossEntropy)
    if width == 1 and (by_loss or isinstance(last, Softmax)):
        return (
            "softmax of one output is 1 whatever the weights: nothing can be learned. Use one output for each class, "
            "or for yes or no loss=BinaryCrossEntropy() and no Softmax."
        )
    twice = {SoftmaxCrossEntropy: Softmax, BinaryCrossEntropy: Sigmoid}.get(type(loss))
    if twice is None or not isinstance(last, twice) or not getattr(loss, "from_logits", True):
        return ""
    better = "Sequential(*network.layers[:-1])"
    own = f", or loss=BinaryCrossEntropy(from_logits=False) for {last!r}" if twice is Sigmoid else ""
    return (
        f"{type(loss).__name__} applies {twice.__name__.lower()} itself, and the network ends with {last!r}: "
        f"applied twice, it learns badly. Write {better}{own}."
    )
