"""The operations of one update with one sample, in order: each is a single number with its equation.

Sums are written out with the names that the notebooks use (z_h1, w5). The local derivatives and the formulas of
the losses are the tracer's, so that the two panels cannot disagree.
Taught in notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.trace.formulas import loss_formula
from bplearn.explain.trace.jacobians import jacobian
from bplearn.layers import Attention, Convolution, Dense, Embedding, LayerNorm, MaxPooling, Softmax
from bplearn.losses import BinaryCrossEntropy, HalfSquaredError, Loss, MeanSquaredError, SoftmaxCrossEntropy
from bplearn.network import Sequential
from bplearn.panels.stepper.letters import Letters
from bplearn.show.text import bracketed, short
from bplearn.tape import Step, Tape

MOST_TERMS = 6  # terms of a sum that are written out


@final
@dataclass(frozen=True)
class Operation:
    """One number: its phase, its layer, its key, its name, its equation in letters and in numbers, and its value.

    `uses` are the keys of what goes in, `why` says in a sentence what is done, `terms` are the parts of a sum.
    """

    phase: str
    layer: int | None
    key: str
    name: str
    equation: str
    numbers: str
    result: float
    why: str
    uses: tuple[str, ...] = ()
    terms: tuple[tuple[str, float], ...] = ()

    def hint(self, answer: float) -> str:
        """Return what the answer looks like if one term of the sum was forgotten."""
        for name, value in self.terms:
            if value and math.isclose(answer, self.result - value, rel_tol=0.01):
                what = "the bias" if name.startswith("b_") else "the part"
                return f"Was {what} {name} = {short(value)} added?"
        return ""


def check_can_be_written(network: Sequential) -> None:
    """Refuse layers whose operations are neither a Dense's sums nor an activation's bends.

    Raises: ArgumentError with the layer and what follows a weight through it.
    """
    for place, layer in enumerate(network):
        if isinstance(layer, Attention | Convolution | Embedding | LayerNorm | MaxPooling) or layer.inner_layers():
            expected, advice = "Dense layers and activations", "trace_panel(network, x, target, loss) follows a weight."
            raise ArgumentError(expected_got("step_through", expected, f"layer {place}, {layer!r}", advice))


def operations(tape: Tape, loss: Loss, target: Array, value: float, dy: Array, learning_rate: float) -> list[Operation]:
    """Return all operations of an update, from a tape that went forward and backward with one sample.

    >>> from bplearn.panels.stepper.logic import UpdateSteps
    >>> [operation.name for operation in UpdateSteps().iterations[0].operations][:5]
    ['z_h1', 'z_h2', 'h1', 'h2', 'z_o1']
    """
    names = Letters([step.layer for step in tape])
    made: list[Operation] = []
    for place, step in enumerate(tape):
        made += _forward(names, place, step)
    made.append(_cost(names, tape, loss, target, value))
    made += _loss_slopes(names, tape, loss, target, dy)
    for place in reversed(range(len(tape))):
        made += _backward(names, place, tape[place])
    for place, step in enumerate(tape):
        made += _update(names, place, step, learning_rate)
    return made


def _sum(parts: list[str]) -> str:
    if len(parts) > MOST_TERMS:
        parts = [*parts[: MOST_TERMS - 2], f"... ({len(parts) - MOST_TERMS + 1} more) ...", parts[-1]]
    return " + ".join(parts)


def _forward(names: Letters, place: int, step: Step) -> list[Operation]:
    x, y = step.x.reshape(-1), step.y.reshape(-1)
    made = []
    for j, result in enumerate(y.tolist()):
        name = str(names.unit(place, j))
        if isinstance(step.layer, Dense):
            W, b = step.layer.W.value, step.layer.b.value
            pairs = [(str(names.unit(place - 1, i)), str(names.parameter(place, "W", (i, j)))) for i in range(len(x))]
            bias = str(names.parameter(place, "b", (j,)))
            letters = _sum([*(f"{a} {w}" for a, w in pairs), bias])
            numbers = _sum([*(f"{bracketed(x[i])} × {bracketed(W[i, j])}" for i in range(len(x))), bracketed(b[j])])
            terms = [(f"{a} {w}", float(x[i] * W[i, j])) for i, (a, w) in enumerate(pairs)] + [(bias, float(b[j]))]
            why = "Weigh each input, add them up, add the bias."
            uses = tuple(f"y{place - 1}.{i}" for i in range(len(x)))
        elif isinstance(step.layer, Softmax):
            sources = [str(names.unit(place - 1, i)) for i in range(len(x))]
            letters = f"exp({sources[j]}) / ({_sum([f'exp({source})' for source in sources])})"
            numbers = f"exp({short(x[j])}) / ({_sum([f'exp({short(v)})' for v in x])})"
            terms, why = [], "Softmax: its own exponential, as a share of all of them."
            uses = tuple(f"y{place - 1}.{i}" for i in range(len(x)))
        else:
            source = str(names.unit(place - 1, j if len(x) == len(y) else 0))
            letters = f"{type(step.layer).__name__.lower()}({source})"
            numbers = f"{type(step.layer).__name__.lower()}({short(x[j])})" if len(x) == len(y) else "..."
            terms, why = [], f"The activation {type(step.layer).__name__} bends the sum."
            uses = (f"y{place - 1}.{j}",)
        made.append(
            Operation(
                "forward", place, f"y{place}.{j}", name, f"{name} = {letters}", numbers, result, why, uses, tuple(terms)
            )
        )
    return made


def _cost(names: Letters, tape: Tape, loss: Loss, target: Array, value: float) -> Operation:
    last = len(tape) - 1
    y, t = tape[last].y.reshape(-1), target.reshape(-1)
    outs = [str(names.unit(last, k)) for k in range(len(y))]
    kind = type(loss).__name__
    terms: list[tuple[str, float]] = []
    if isinstance(loss, HalfSquaredError | MeanSquaredError):
        half = isinstance(loss, HalfSquaredError)
        head, times, mean = ("1/2 ", "1/2 × ", "") if half else ("", "", f" / {len(y)}" if len(y) > 1 else "")
        letters = _sum([f"{head}(t{k + 1} - {o})^2" for k, o in enumerate(outs)])
        numbers = _sum([f"{times}({bracketed(t[k])} - {bracketed(y[k])})^2" for k in range(len(y))])
        if half:
            terms = [(f"1/2 (t{k + 1} - {o})^2", float((t[k] - y[k]) ** 2 / 2)) for k, o in enumerate(outs)]
        elif mean:
            letters, numbers = f"({letters}){mean}", f"({numbers}){mean}"
    elif isinstance(loss, SoftmaxCrossEntropy):  # its target comes one-hot
        right = int(t.argmax())
        letters = f"-log(exp({outs[right]}) / ({_sum([f'exp({o})' for o in outs])}))"
        numbers = f"-log(exp({short(y[right])}) / ({_sum([f'exp({short(v)})' for v in y])}))"
    elif isinstance(loss, BinaryCrossEntropy) and len(y) == 1 and t[0] in (0, 1):
        shape = (
            ("sigmoid({})" if loss.from_logits else "{}")
            if t[0]
            else ("1 - sigmoid({})" if loss.from_logits else "1 - {}")
        )
        letters, numbers = (f"-log({shape.format(word)})" for word in (outs[0], short(y[0])))
    else:
        letters = f"{kind}({', '.join(outs[:4])}{', ...' if len(outs) > 4 else ''}; target)"
        numbers = f"{kind}({', '.join(bracketed(v) for v in y[:4])}; {', '.join(bracketed(v) for v in t[:4])})"
    uses = tuple(f"y{last}.{k}" for k in range(len(y)))
    why = "One number says how wrong the outputs are."
    return Operation("cost", None, "L", "E", f"E = {letters}", numbers, value, why, uses, tuple(terms))


def _loss_slopes(names: Letters, tape: Tape, loss: Loss, target: Array, dy: Array) -> list[Operation]:
    """One operation an output: the loss's derivative there, in the words of the tracer's formula."""
    last = len(tape) - 1
    made = []
    for k, slope in enumerate(dy.reshape(-1).tolist()):
        out = names.unit(last, k)
        formula = loss_formula(loss, tape[last].y, target, 0, k, out)
        letters, numbers = formula.text.replace(" * ", " "), formula.numbers.replace(" * ", " × ")
        if not formula.places:  # a loss of the learner's own
            letters, numbers = f"slope of {type(loss).__name__} at {out}", bracketed(slope)
        why = f"How fast the error grows with {out}."
        if "p" in formula.places:
            why = f"{why} {formula.places['p'][0]} is its softmax."
        name, uses = f"∂E/∂{out}", (f"y{last}.{k}",)
        key, equation = f"dy{last}.{k}", f"{name} = {letters}"
        made.append(Operation("backward", last + 1, key, name, equation, numbers, slope, why, uses))
    return made


def _local(step: Step) -> Array:
    """dy/dx of this step as a matrix (inputs, outputs)."""
    slopes = jacobian(step)
    return np.diag(slopes.entries[0]) if slopes.diagonal else slopes.entries[0].T


def _backward(names: Letters, place: int, step: Step) -> list[Operation]:
    x, dy = step.x.reshape(-1), step.dy.reshape(-1)  # type: ignore[union-attr]
    made: list[Operation] = []
    uses: tuple[str, ...]
    if isinstance(step.layer, Dense):
        grads = step.grads or {}
        for i, j in np.ndindex(grads["W"].shape):
            name, unit, source = (
                f"∂E/∂{names.parameter(place, 'W', (i, j))}",
                names.unit(place, j),
                names.unit(place - 1, i),
            )
            made.append(
                Operation(
                    "backward", place, f"dW{place}.{i}.{j}", name, f"{name} = {source} ∂E/∂{unit}",
                    f"{bracketed(x[i])} × {bracketed(dy[j])}", float(grads["W"][i, j]),
                    "A weight's slope: its input times the slope of its sum.", (f"y{place - 1}.{i}", f"dy{place}.{j}"),
                )
            )  # fmt: skip
        for j, slope in enumerate(grads["b"].tolist()):
            name, unit = f"∂E/∂{names.parameter(place, 'b', (j,))}", names.unit(place, j)
            why = "A bias is added as it is, so its slope is that of the sum."
            key, uses = f"db{place}.{j}", (f"dy{place}.{j}",)
            made.append(
                Operation("backward", place, key, name, f"{name} = ∂E/∂{unit}", bracketed(dy[j]), slope, why, uses)
            )
    if place == 0:
        return made
    local, dx = _local(step), step.dx.reshape(-1)  # type: ignore[union-attr]
    for i, slope in enumerate(dx.tolist()):
        name = f"∂E/∂{names.unit(place - 1, i)}"
        paths = [k for k in range(len(dy)) if local[i, k]] or [min(i, len(dy) - 1)]
        units = [names.unit(place, k) for k in paths]
        if isinstance(step.layer, Dense):
            letters = [f"∂E/∂{u} {names.parameter(place, 'W', (i, k))}" for u, k in zip(units, paths, strict=True)]
            why = "It feeds several sums: multiply along each path, then add the paths."
        else:
            letters = [f"∂E/∂{u} ∂{u}/∂{names.unit(place - 1, i)}" for u in units]
            why = "The slope after the activation, times the slope of the activation here."
        numbers = [f"{bracketed(dy[k])} × {bracketed(local[i, k])}" for k in paths]
        terms = tuple((part, float(dy[k] * local[i, k])) for part, k in zip(letters, paths, strict=True))
        uses = tuple(f"dy{place}.{k}" for k in paths)
        made.append(
            Operation(
                "backward",
                place,
                f"dy{place - 1}.{i}",
                name,
                f"{name} = {_sum(letters)}",
                _sum(numbers),
                slope,
                why,
                uses,
                terms,
            )
        )
    return made


def _update(names: Letters, place: int, step: Step, learning_rate: float) -> list[Operation]:
    made = []
    for parameter in step.layer.parameters():
        letter, old = parameter.name, parameter.value
        slopes = (step.grads or {})[letter]
        for index in np.ndindex(old.shape):
            name = str(names.parameter(place, letter, index))
            spot = ".".join(map(str, index))
            new = float(old[index] - learning_rate * slopes[index])
            numbers = f"{bracketed(old[index])} - {bracketed(learning_rate)} × {bracketed(slopes[index])}"
            rule = f"{name} - learning_rate × ∂E/∂{name}"
            why = "Go a step against the slope: the error falls."
            made.append(
                Operation(
                    "update", place, f"{letter}{place}.{spot}", name, f"new {name} = {rule}",
                    numbers, new, why, (f"d{letter}{place}.{spot}",),
                )
            )  # fmt: skip
    return made
