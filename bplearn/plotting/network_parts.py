"""What a drawing of a network is made of: the lines between two columns of units, layer by layer, also inside blocks.

A residual block is drawn as its layers, with a line around them; PerToken as its layers for each token. A convolution's
weight stands on a line for each position. Used by `plot_network`, notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError, ShapeError
from bplearn.layers import (
    Attention,
    Convolution,
    Dense,
    Embedding,
    Layer,
    LayerNorm,
    MaxPooling,
    PerToken,
    Residual,
)
from bplearn.layers.tokens import tokens_as_rows
from bplearn.network import Sequential
from bplearn.tape import Step, Tape

Numbers = Mapping[str, Any]


@dataclass
class Part:
    """The lines from one column of units to the next, and the activations behind them, which bend the units' numbers.

    Shapes: W (n_left, n_right) or None where the lines are no weights; `there` marks the lines that exist, None all;
    b and y (n_right,) or None. `place` is "2", inside a block "2 (0)", `last` that of the last activation; `skip`
    counts the columns that a residual block's way around its layers leads over, where one ends here.
    """

    place: str
    layer: Layer
    W: Array | None
    there: Array | None
    b: Array | None
    y: Array | None
    names: list[str] = field(default_factory=list)
    skip: int = 0
    last: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """How many units stand on the left and on the right."""
        found = self.there if self.W is None else self.W
        return found.shape  # type: ignore[union-attr]  # one of both is an array


def network_parts(network: Sequential, tape: Tape | None, show: str, sample: int) -> list[Part]:
    """Gather each layer that joins units to units, with its numbers and with the activations that follow it.

    Raises: ArgumentError for a network without such a layer or for a sample that is not there, ShapeError for a stack
    of networks, DataError where there are no gradients yet.
    """
    rows = slice(0, 1)
    if tape is not None:
        count = len(tape[0].x)
        if not isinstance(sample, int | np.integer) or not -count <= sample < count:
            raise ArgumentError(expected_got("sample", f"a row of the tape, 0..{count - 1}", repr(sample)))
        rows = slice(int(sample) % count, int(sample) % count + 1)
    parts: list[Part] = []
    for place, layer in enumerate(network):
        step = None if tape is None else tape[place]
        _gather(parts, str(place), layer, _numbers(layer, place, step, show), step, rows)
    if not parts:
        raise ArgumentError(expected_got("plot_network", "at least one Dense layer", repr(network)))
    return parts


def _numbers(layer: Layer, place: int, step: Step | None, show: str) -> Numbers:
    """Return what the lines show, by the layer's names: values (as the tape saw them), or gradients."""
    for p in layer.parameters():
        if isinstance(layer, Dense) and p.value.ndim > 2:
            raise ShapeError(expected_got("plot_network", "one network", f"a stack of them: W {p.shape}"))
    if show == "weights":
        found = {name: p.value for name, p in layer.named_parameters().items()}
        return {**found, "W": step.cache.get("W", found.get("W"))} if step is not None and "W" in found else found
    grads = {name: p.grad for name, p in layer.named_parameters().items()} if step is None else step.grads or {}
    if any(grads.get(name) is None for name in layer.named_parameters()):
        advice = "Call network.backward(dy, tape) first."
        raise DataError(expected_got("plot_network(show='gradients')", f"gradients of layer {place}", "none", advice))
    return grads


def _gather(parts: list[Part], place: str, layer: Layer, numbers: Numbers, step: Step | None, rows: slice) -> None:
    """Add the parts of a layer; an activation joins the part before it. Each of `rows` is drawn for itself: tokens."""
    before = len(parts)
    if isinstance(layer, Residual | PerToken):
        length = layer.length if isinstance(layer, PerToken) else 1
        rows = slice(rows.start * length, rows.stop * length)
        for inner, kind, inner_step in _inside(layer, step, length):
            its = {name.partition(".")[2]: n for name, n in numbers.items() if name.startswith(f"{inner}.")}
            where = f"{place[:-1]}.{inner})" if place.endswith(")") else f"{place} ({inner})"
            _gather(parts, where, kind, its, inner_step, rows)
        if isinstance(layer, Residual) and len(parts) > before:
            parts[-1].skip = len(parts) - before
            parts[-1].names.append("+ x (Residual)")
            parts[-1].y = None if step is None else step.y[rows].ravel()
        return
    y = None if step is None else step.y[rows].ravel()
    lines = _lines(layer, numbers, step, rows.start)
    if lines is not None:
        W, there, b = lines
        each = np.eye(rows.stop - rows.start)  # the same lines for each token, none from one to another
        if len(each) > 1:
            marks = there if W is None or there is not None else np.ones(W.shape)
            there = np.kron(each, marks) > 0  # type: ignore[arg-type]  # one of W and there is an array
            W = None if W is None else np.kron(each, W)
            b = None if b is None else np.tile(b, len(each))
        name = repr(layer) if isinstance(layer, Dense) else type(layer).__name__
        names = [name, *(["for each token"] if len(each) > 1 else [])]
        parts.append(Part(place, layer, W, there, b, y, names, last=place))
    elif parts:
        parts[-1].names.append(repr(layer).removesuffix("()"))
        parts[-1].y, parts[-1].last = y, place


def _inside(block: Any, step: Step | None, length: int) -> Iterator[tuple[int, Layer, Step | None]]:
    """Yield each layer of a block with its own step; of PerToken the rows are tokens."""
    x = None if step is None else tokens_as_rows(step.x, length)
    for place, inner in enumerate(block.layers):
        if step is None or x is None:
            yield place, inner, None
            continue
        cache = step.cache["caches"][place]
        y = inner.again(x, cache)[0]
        yield place, inner, Step(inner, x, y, cache)
        x = y


def _lines(
    layer: Layer, numbers: Numbers, step: Step | None, row: int
) -> tuple[Array | None, Array | None, Array | None] | None:
    """Return W, there and b of a layer that joins units; None for one that bends each unit's number."""
    match layer:
        case Dense():
            return numbers["W"], None, numbers["b"]
        case Convolution():
            positions = np.prod([side + 2 * layer.padding - layer.size + 1 for side in layer.image])
            spread = [_unrolled(layer, W) for W in (numbers["W"], np.ones_like(numbers["W"]))]
            return spread[0], spread[1] != 0, np.repeat(numbers["b"], positions)
        case LayerNorm():
            return None, np.ones((layer.n, layer.n), bool), numbers["b"]
        case MaxPooling():
            count = layer.channels * layer.image[0] * layer.image[1]
            tiles = layer._tiles(np.arange(count)[None]).reshape(-1, layer.size**2)
            return None, (np.arange(count)[:, None, None] == tiles).any(axis=-1), None
        case Embedding() if step is not None or layer.length is not None:
            tokens = layer.length if step is None else step.x.shape[-1]
            return None, np.kron(np.eye(tokens or 1), np.ones((1, layer.n_out))) > 0, None
        case Attention():
            seen = np.ones((layer.n, layer.n))
            there = np.kron(np.isfinite(layer.mask(np.float64)).T, seen) > 0
            if step is None:
                return None, there, None
            return np.kron(step.cache["p"][row].mean(axis=0).T, seen), there, None  # what a token takes of another
    return None


def _unrolled(layer: Convolution, W: Array) -> Array:
    """Return the matrix (pixels, outputs) that a convolution without bias is: what backward sends to each pixel."""
    settings = {"image": layer.image, "padding": layer.padding}
    twin = Convolution(layer.n_in, layer.n_out, layer.size, **settings, weights=W)
    count = twin.forward(np.zeros((1, layer.n_in * layer.image[0] * layer.image[1])))[0].size
    blank = np.zeros((count, layer.n_in * layer.image[0] * layer.image[1]))
    dx, _ = twin.backward(np.eye(count), twin.forward(blank)[1])
    return np.asarray(dx).T
