"""What a gradient check needs of its subject: arrays that can be moved, a loss that follows, and the claimed gradient.

A network, a layer, a loss and a plain function all become such a claim. Each must give its gradient under hard
conditions: after a forward pass on another batch, and a second time. So a cache that is kept wrongly comes to light.
Used by `check_gradients`, notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, all_finite, as_batch, as_floats, describe, expected_got
from bplearn.checks.layers import told_backward, told_forward
from bplearn.errors import ArgumentError, ShapeError
from bplearn.explain.gradcheck.limits import choosing_columns, drawn_anew, left_out, other_batch, without_gradient
from bplearn.layers import Layer
from bplearn.losses import Loss
from bplearn.network import Sequential

Gradients = dict[str, Array]


@dataclass
class Claim:
    """A subject to check.

    `f(name, array)` is the loss when one array is replaced. `others` are gradients of a different batch, where another
    forward pass in between has changed the answer: to recognize a stale one. `unit` is what a layer's dx would be if
    its own derivative were forgotten, `rows` the batch size. `fixed` marks entries that are not nudged; `unmeasurable`
    says why nothing can be measured at all.
    """

    title: str
    values: Gradients
    gradient: Gradients
    f: Callable[[str, Array], float]
    rows: int = 1
    columns: int = 1
    others: Gradients = field(default_factory=dict)
    unit: Array | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    epsilon: float = float(np.finfo(np.float64).eps)
    fixed: Gradients = field(default_factory=dict)
    unmeasurable: str = ""


def claim_of(subject: Any, x: Any, target: Any, loss: Any, gradient: Any, rng: np.random.Generator) -> Claim:
    """Return the claim of any subject that `check_gradients` takes.

    Raises: ArgumentError where the arguments do not belong together.

    >>> claim_of(Tanh(), [[1.0]], None, None, None, np.random.default_rng(0)).title
    'Tanh()'
    """
    if isinstance(subject, Sequential | Layer | Loss) and gradient is not None:
        raise ArgumentError(
            expected_got("gradient", "nothing for a network, layer or loss", "one", "They have their own.")
        )
    if isinstance(subject, Sequential):
        if target is None or not isinstance(loss, Loss):
            advice = "Write check_gradients(network, x, target, HalfSquaredError())."
            raise ArgumentError(
                expected_got("check_gradients", "target and a Loss object for a network", repr(loss), advice)
            )
        return network_claim(subject, as_batch(x), target, loss, rng)
    if isinstance(subject, Layer):
        if target is not None or loss is not None:
            advice = "With a target and a loss, check Sequential(layer)."
            raise ArgumentError(expected_got("check_gradients", "only x for a layer", "a target or a loss", advice))
        return layer_claim(subject, as_batch(x), rng)
    if isinstance(subject, Loss):
        if target is None:
            raise ArgumentError(expected_got("check_gradients", "prediction and target for a loss", "no target"))
        return loss_claim(subject, as_batch(x, "prediction"), target, rng)
    if not callable(subject) or isinstance(subject, type):
        advice = "For a class write it with brackets: Tanh()." if isinstance(subject, type) else ""
        wanted = "a network, a layer, a loss or a function"
        raise ArgumentError(expected_got("check_gradients", wanted, repr(subject), advice))
    if gradient is None:
        advice = "Write check_gradients(f, x, gradient=df)."
        raise ArgumentError(expected_got("check_gradients", "gradient=... for a function", "none", advice))
    return function_claim(subject, x, gradient, rng)


def _widen(notes: list[str], *arrays: Array) -> None:
    if any(array.dtype == np.float32 for array in arrays):
        notes.append("float32 was widened to float64: differences need its digits.")


def _single_row(claim: Claim) -> Claim:
    if claim.rows == 1:
        claim.notes.append("A batch of one sample cannot show a factor N: use three rows or more.")
    return claim


def network_claim(network: Sequential, x: Array, target: Any, loss: Loss, rng: np.random.Generator) -> Claim:
    """Make the claim of a network: dL/dx and dL/dparameter. It works on a copy; the network is not changed."""
    notes: list[str] = []
    _widen(notes, x, *(p.value for p in network.parameters()))
    own = network.copy().astype(np.float64)
    x = x.astype(np.float64)
    prediction = own(x)
    if prediction.ndim != 2:
        advice = "Put a Flatten() into it; of stacked networks check one."
        raise ShapeError(expected_got("check_gradients", "a network whose output is (N, M)", prediction.shape, advice))
    loss.forward(prediction, target)
    prepared = loss.prepare_targets(target, prediction.shape)
    owners: dict[str, Any] = {}
    seen: set[int] = set()
    for place, layer in enumerate(own):
        for name, p in layer.named_parameters().items():
            if id(p) not in seen:
                owners[f"layer {place} {name}"] = p
                seen.add(id(p))
    values = {"x": x, **{name: p.value for name, p in owners.items()}}
    title = f"{network!r} with {loss!r}"
    if reason := drawn_anew(own.layers, x):
        return Claim(title, values, {}, lambda *_: np.nan, unmeasurable=reason)

    _, drawn = own.run(x)  # what random layers drew here stays for all passes

    def answer(x: Array) -> Array:
        return own.again(x, drawn)[0]

    choosing = choosing_columns(answer, x)

    def f(name: str, array: Array) -> float:
        if name == "x":
            return loss.compute(answer(array), prepared)[0]
        owners[name][:] = array
        try:
            return loss.compute(answer(x), prepared)[0]
        finally:
            owners[name][:] = values[name]

    def gradients(tape: Any, cache: Any) -> Gradients:
        dx = own.backward(loss.backward(cache), tape)
        found = {name: np.array(p.grad) for name, p in owners.items()}
        return found if dx is None else {"x": np.array(dx), **found}

    changed = other_batch(answer, x, choosing, rng)
    other, other_tape = own.again(changed, drawn)
    stale = gradients(other_tape, loss.compute(other, prepared)[1])
    prediction, tape = own.again(x, drawn)
    cache = loss.compute(prediction, prepared)[1]
    fresh = gradients(tape, cache)
    prediction, tape = own.again(x, drawn)
    own.again(changed, drawn)
    first, second = gradients(tape, cache), gradients(tape, cache)
    claim = Claim(title, values, first, f, len(x), prediction[0].size, notes=notes)
    _leave_out(claim, choosing if "x" in first or choosing.any() else without_gradient(answer, values["x"]))
    _compare_twice(claim, fresh, second, stale)
    return _single_row(claim)


def _leave_out(claim: Claim, choosing: Array) -> None:
    """Take what chooses out of the entries that are nudged, and say so."""
    if note := left_out(choosing):
        claim.notes.append(note)
        claim.fixed["x"] = choosing
        if choosing.all():
            del claim.values["x"]


def layer_claim(layer: Layer, x: Array, rng: np.random.Generator) -> Claim:
    """Make the claim of a layer: L = sum(r * y) with random weights r, so that dy = r."""
    notes: list[str] = []
    _widen(notes, x, *(p.value for p in layer.parameters()))
    own = copy.deepcopy(layer)
    owners = own.named_parameters()
    x = x.astype(np.float64)
    for p in owners.values():
        p._value = p.value.astype(np.float64)
    values = {"x": x.copy(), **{name: p.value for name, p in owners.items()}}
    y, drawn = told_forward(own, x)
    if reason := drawn_anew([own], values["x"]):
        return Claim(repr(layer), values, {}, lambda *_: np.nan, unmeasurable=reason)

    def answer(x: Array) -> Array:
        return told_forward(own, x, drawn)[0]

    choosing = choosing_columns(answer, values["x"])
    r = rng.uniform(0.5, 1.5, y.shape) * rng.choice([-1, 1], y.shape)

    def f(name: str, array: Array) -> float:
        if name == "x":
            return float(np.sum(r * answer(array)))
        owners[name][:] = array
        try:
            return float(np.sum(r * answer(x)))
        finally:
            owners[name][:] = values[name]

    def gradients(cache: Any) -> Gradients:
        dx, grads = told_backward(own, r.copy(), cache)
        found = {name: np.array(grad) for name, grad in grads.items()}
        return {"x": np.array(dx), **found} if dx is not None else found

    other = other_batch(answer, x, choosing, rng)
    stale = gradients(own.again(other, drawn)[1])
    fresh = gradients(own.again(x, drawn)[1])
    _, cache = own.again(x, drawn)
    own.again(other, drawn)
    first, second = gradients(cache), gradients(cache)
    unit = r.reshape(x.shape) if r.size == x.size else None
    claim = Claim(repr(layer), values, first, f, len(x), unit=unit, notes=notes)
    claim.epsilon = float(np.finfo(y.dtype if y.dtype.kind == "f" else np.float64).eps)
    if not np.array_equal(x, values["x"]):
        claim.problems.append("The layer changed its argument x: work on a copy.")
    _leave_out(claim, choosing if "x" in first or choosing.any() else without_gradient(answer, values["x"]))
    _compare_twice(claim, fresh, second, stale)
    return _single_row(claim)


def loss_claim(loss: Loss, prediction: Array, target: Any, rng: np.random.Generator) -> Claim:
    """Make the claim of a loss: dL/dprediction."""
    notes: list[str] = []
    _widen(notes, prediction)
    prediction = prediction.astype(np.float64)
    value, _ = loss.forward(prediction, target)
    prepared = loss.prepare_targets(target, prediction.shape)
    other = prediction[::-1] * rng.uniform(0.5, 0.9, prediction.shape)
    stale = np.array(loss.backward(loss.compute(other, prepared)[1]))
    fresh = np.array(loss.backward(loss.compute(prediction, prepared)[1]))
    cache = loss.compute(prediction, prepared)[1]
    loss.compute(other, prepared)
    first, second = np.array(loss.backward(cache)), np.array(loss.backward(cache))
    claim = Claim(
        repr(loss),
        {"prediction": prediction},
        {"prediction": first},
        lambda _, array: loss.compute(array, prepared)[0],
        len(prediction),
        prediction[0].size,
        notes=notes,
    )
    if np.ndim(value) != 0:
        raise ArgumentError(expected_got(repr(loss), "one number as its value", f"shape {np.shape(value)}"))
    _compare_twice(claim, {"prediction": fresh}, {"prediction": second}, {"prediction": stale})
    return _single_row(claim)


def function_claim(function: Callable[[Any], Any], x: Any, gradient: Any, rng: np.random.Generator) -> Claim:
    """Make the claim of a plain function of an array, or of a dictionary of arrays, and its gradient."""
    named = isinstance(x, dict)
    given = x if named else {"x": x}
    floats = {name: as_floats(array, name) for name, array in given.items()}
    notes: list[str] = []
    _widen(notes, *floats.values())
    values = {name: all_finite(np.array(array, dtype=np.float64), name) for name, array in floats.items()}

    def call(arrays: Gradients) -> Any:
        return function({name: array.copy() for name, array in arrays.items()} if named else arrays["x"].copy())

    def f(name: str, array: Array) -> float:
        return float(np.asarray(call({**values, name: array})).reshape(()))

    value = np.asarray(call(values))
    if value.size != 1 or value.dtype.kind not in "fiu":
        advice = "Make it one number, for example with .sum()."
        raise ArgumentError(expected_got("f(x)", "one number", f"shape {value.shape} of {value.dtype}", advice))

    def gradients(arrays: Gradients) -> Gradients:
        copies = {name: array.copy() for name, array in arrays.items()}
        found = gradient(copies if named else copies["x"]) if callable(gradient) else gradient
        if named and not isinstance(found, dict):
            advice = f"Return {{{', '.join(f'{name!r}: ...' for name in values)}}}."
            raise ArgumentError(expected_got("gradient", "a dict with the names of x", describe(found), advice))
        parts = found if named else {"x": found}
        return {name: np.array(part, dtype=np.float64) for name, part in parts.items()}

    other = {name: array * 1.1 + 0.01 * rng.normal(size=array.shape) for name, array in values.items()}
    call(values)
    fresh = gradients(values)
    call(other)
    title = getattr(function, "__name__", type(function).__name__)
    claim = Claim(title, values, gradients(values), f, notes=notes)
    claim.epsilon = float(np.finfo(value.dtype if value.dtype.kind == "f" else np.float64).eps)
    _compare_twice(claim, fresh, gradients(values), gradients(other))
    return claim


def _compare_twice(claim: Claim, fresh: Gradients, second: Gradients, stale: Gradients) -> None:
    """Note where a second backward differs, and where the answer depends on a forward pass that came between."""
    claim.others = {
        name: other
        for name, other in stale.items()
        if name in fresh and not np.array_equal(fresh[name], claim.gradient.get(name, fresh[name]))
    }
    for name, found in claim.gradient.items():
        again = second.get(name)
        if again is None or not np.array_equal(found, again, equal_nan=True):
            claim.problems.append(
                f"{name}: asked a second time, backward gave another answer. Is the gradient added to what was there, "
                "or is something changed in place?"
            )
