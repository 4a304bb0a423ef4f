"""Blocks laid open: a residual block or an attention as a row of plain steps, so that paths pass through their inside.

A skip is carried along: [x, x], then [f(x), x], then f(x) + x. So the tracer, which multiplies the derivatives of one
step after the other, needs to know nothing of blocks. Used by `trace_weight`, notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.explain.trace.inner_steps import Beside, Both, Mix, Scores, SeenShares, Sum, Times
from bplearn.explain.trace.weight_location import WeightLocation
from bplearn.layers import Attention, Layer, PerToken, Residual
from bplearn.layers.base import Cache
from bplearn.layers.tokens import rows_of_tokens, tokens_as_rows
from bplearn.tape import Step, Tape

MOST = 4_000_000  # numbers in the derivatives of one step: a larger attention stays one step


@dataclass(frozen=True, eq=False)
class Part:
    """One plain step. `names` gives the block's names of its parameters; `carried` says which input an output repeats.

    Shapes: carried (outputs,), -1 where an output is a number of its own. `kind` is what its outputs are called.
    """

    step: Step
    names: dict[str, str]
    carried: Array
    kind: str = ""


class Unfolded:
    """A tape whose blocks are laid open. `layer_of[part]` is its layer, `ends[part]` whether it ends that layer."""

    def __init__(self, tape: Tape, place: WeightLocation) -> None:
        self.parts: list[Part] = []
        self.layer_of: list[int] = []
        for layer, step in enumerate(tape):
            inside = parts(step)
            self.parts += inside
            self.layer_of += [layer] * len(inside)
        self.ends = [after != layer for layer, after in zip(self.layer_of, [*self.layer_of[1:], -1], strict=True)]
        self.tape = Tape(tape.owner, [part.step for part in self.parts])
        uses = [
            (number, part.names[name])
            for layer, name in place.uses
            for number, part in enumerate(self.parts)
            if self.layer_of[number] == layer and name in part.names
        ]
        self.place = WeightLocation(place.layer, place.name, place.number, place.index, tuple(uses))

    def source(self, part: int, unit: int) -> tuple[int, int]:
        """Return where a number comes from that is only carried along: (part, unit); part -1 is the input."""
        while part >= 0 and not self.ends[part] and self.parts[part].carried[unit] >= 0:
            part, unit = part - 1, int(self.parts[part].carried[unit])
        return part, unit


def parts(step: Step) -> list[Part]:
    """Return the plain steps of a step: of most layers it is the one."""
    layer = step.layer
    if isinstance(layer, Residual):
        return _residual(step, layer)
    if isinstance(layer, PerToken):
        return _per_token(step, layer)
    if isinstance(layer, Attention) and _fits(step, layer):
        return _attention(step, layer)
    return [_plain(step)]


def _plain(step: Step) -> Part:
    return Part(step, {name: name for name in step.layer.named_parameters()}, np.full(step.y[0].size, -1))


def _chain(layers: Sequence[Layer], x: Array, caches: Sequence[Cache]) -> list[tuple[int, Part]]:
    """Return the parts of layers one after the other, each with its layer's place."""
    found = []
    for place, (layer, cache) in enumerate(zip(layers, caches, strict=True)):
        y, _ = layer.again(x, cache)
        for part in parts(Step(layer, x, y, cache)):
            kind = f"{place}/{part.kind}" if part.kind else str(place)
            names = {f"{place}.{name}": its for name, its in part.names.items()}
            found.append((place, Part(part.step, names, part.carried, kind)))
        x = y
    return found


def _residual(step: Step, block: Residual) -> list[Part]:
    x = step.x
    straight = np.arange(x.shape[-1])
    found = [Part(_step(Both(), x), {}, np.concatenate([straight, straight]))]
    for _, part in _chain(block.layers, x, step.cache["caches"]):
        inner = part.step
        cache = {"inner": inner.cache, "width": inner.y.shape[-1]}
        beside = Step(Beside(inner.layer, inner.x.shape[-1]), _and(inner.x, x), _and(inner.y, x), cache)
        carried = np.concatenate([part.carried, inner.x.shape[-1] + straight])
        found.append(Part(beside, part.names, carried, part.kind))
    return [*found, Part(_step(Sum(), found[-1].step.y), {}, np.full(x.shape[-1], -1))]


def _per_token(step: Step, block: PerToken) -> list[Part]:
    length, found = block.length, []
    for _, part in _chain(block.layers, tokens_as_rows(step.x, length), step.cache["caches"]):
        inner, shift = part.step, np.arange(length)[:, None] * part.step.x.shape[-1]
        x, y = rows_of_tokens(inner.x, length), rows_of_tokens(inner.y, length)
        each = Step(PerToken(inner.layer, length=length), x, y, {"caches": [inner.cache]})
        carried = np.where(part.carried >= 0, part.carried + shift, -1).ravel()
        found.append(Part(each, {name: f"0.{its}" for name, its in part.names.items()}, carried, part.kind))
    return found


def _fits(step: Step, layer: Attention) -> bool:
    tokens = layer.length * layer.n
    widest = max(3 * tokens, layer.heads * layer.length**2 + tokens)
    return len(step.x) * widest**2 <= MOST


def _attention(step: Step, layer: Attention) -> list[Part]:
    steps = [_step(Times(layer, ("Wq", "Wk", "Wv")), step.x)]
    for inner in (Scores(layer), SeenShares(layer), Mix(layer), Times(layer, ("Wo",))):
        steps.append(_step(inner, steps[-1].y))
    found = []
    values = np.arange(layer.length * layer.n)
    for one, kind in zip(steps, ("qkv", "score", "share", "mix", ""), strict=True):
        carried = np.full(one.y.shape[-1], -1)
        if kind in ("score", "share"):  # the values are carried past them
            carried[-len(values) :] = one.x.shape[-1] - len(values) + values
        found.append(Part(one, {name: name for name in one.layer.named_parameters()}, carried, kind))
    return found


def _step(layer: Layer, x: Array) -> Step:
    y, cache = layer.forward(x)
    return Step(layer, x, y, cache)


def _and(left: Array, right: Array) -> Array:
    return np.concatenate([left, right], axis=-1)
