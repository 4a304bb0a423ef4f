"""From the total error back to one weight: every path between them, every factor on it, and the sum.

A weight moves the error along each path from it to the loss. The product of the local derivatives along a path, added
over all paths, is the weight's gradient. A wide network has millions of paths, so a trace lists only the strongest, and
gives the exact sum of the others. Taught in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array, as_batch, expected_got, positive_integer
from bplearn.errors import ArgumentError, ShapeError
from bplearn.explain.gradcheck.differences import noise, slope
from bplearn.explain.gradcheck.limits import drawn_anew
from bplearn.explain.naming import Name
from bplearn.explain.trace import render
from bplearn.explain.trace.paths import PathFormatter, Paths, PathSums, strongest
from bplearn.explain.trace.unfold import Unfolded
from bplearn.explain.trace.weight_location import WeightLocation, locate
from bplearn.layers import Layer
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.show.table import Table
from bplearn.show.text import short


@dataclass(frozen=True)
class TraceCheck:
    """Three ways to one number: the sum over paths, backprop, and a central difference. True where they agree.

    `error` bounds the error of the difference; at a `kink`, where slopes to the left and right differ, it says nothing.
    `size` is the sum of |product| over all paths, beside which rounding is judged: paths may cancel. `unmeasured` says
    why there is no difference, where that is so.
    """

    paths: float
    backprop: float
    difference: float
    error: float
    kink: bool
    size: float
    unmeasured: str = ""

    @property
    def verdict(self) -> str:
        """What the numbers say: "agree", "kink" or "unmeasured" (paths and backprop agree), or "differ"."""
        measured = not self.unmeasured and math.isfinite(self.difference)
        rounding = 1e-12 * self.size  # a saturated softmax rounds inside itself; no path shows that
        rounding += self.error if measured else 1e-12 * abs(self.backprop)
        exact = abs(self.paths - self.backprop) <= rounding
        if exact and not measured:
            return "unmeasured"
        if exact and self.kink:
            return "kink"
        close = abs(self.paths - self.difference) <= 1e-6 * abs(self.paths) + 1e-12 * self.size + 5 * self.error
        return "agree" if exact and close else "differ"

    def __bool__(self) -> bool:
        return self.verdict != "differ"

    def __repr__(self) -> str:
        words = {
            "agree": "They agree.",
            "kink": "The first two agree; the weight is at a kink, where a difference has no single answer.",
            "differ": "They differ: a layer's backward does not match its forward. Try check_gradients.",
            "unmeasured": "The first two agree. "
            + (self.unmeasured or "A difference cannot be taken: the loss is not a finite number beside the weight."),
        }
        known = f"known to about {short(self.error, 1)}" if math.isfinite(self.difference) else ""
        rows = (
            ("sum over paths", self.paths, ""),
            ("backprop", self.backprop, ""),
            ("central difference", self.difference, known),
        )
        cells = tuple((name, short(number, 12), note) for name, number, note in rows)
        return str(Table("", (), cells, (words[self.verdict],)))


@final
class WeightTrace:
    """The way of the error back to one weight or bias: what `trace_weight` returns.

    `.gradient` is dE/dw, the sum over all paths; `.per_sample` holds each sample's share of it, (N,); `.by_unit` what
    passes through each unit; `.paths(top)` the strongest paths; `.remainder` what all but the ten strongest add up to;
    `.count` how many paths carry something; `.check()` compares with backprop and with a central difference.
    It keeps its own copy of the network, so it stays true when the network learns on. It is shown as text and as HTML;
    `.to_latex()` is the derivation, `.to_dict()` the numbers.

    >>> network = Sequential(Dense(1, 1, weights=[[2.0]]), Dense(1, 1, weights=[[3.0]]))
    >>> trace_weight(network, [[5.0]], [[0.0]], HalfSquaredError(), 0, (0, 0)).paths()[0].values
    (30.0, 3.0, 5.0)
    """

    def __init__(
        self, network: Sequential, x: Array, target: Array, loss: Loss, place: WeightLocation, sample: int | None
    ) -> None:
        self.network, self.x, self.target, self.loss = network, x, target, loss
        self.layer, self.parameter, self.index, self.sample = place.layer, place.name, place.index, sample
        self._place = place
        prediction, tape = network.forward(x)
        self._tape = tape
        self.error, cache = loss.compute(prediction, target)
        self._start = np.asarray(loss.backward(cache), dtype=np.float64).reshape(len(x), -1)
        self._open = Unfolded(tape, place)
        self._uses = PathSums(self._open.tape, self._start, self._open.place)
        self.formatter = PathFormatter(tape, loss, target, place, self._open)
        self.weight: Name = self.formatter.names.parameter(place.uses[0][0], place.name, place.index)
        self.value = float(network[place.layer].parameters()[place.number].value[place.index])
        self.uses = tuple(layer for layer, _ in place.uses)
        self.per_sample = self._uses.per_sample()

    @property
    def gradient(self) -> float:
        """dE/dw: the sum over all paths, of one sample where the trace is of one sample."""
        return float(self.per_sample.sum() if self.sample is None else self.per_sample[self.sample])

    @property
    def rows(self) -> list[int]:
        """The samples whose paths are traced."""
        return list(range(len(self.x))) if self.sample is None else [self.sample]

    @cached_property
    def count(self) -> int:
        """How many paths carry something: all their factors differ from zero."""
        return self._uses.count(self.rows)

    @cached_property
    def by_unit(self) -> dict[str, float]:
        """What passes through each unit between the weight and the error; each layer adds up to the gradient.

        A layer that the error passes below a use of a shared weight carries the part of the other uses.
        """
        shares = self._uses.by_unit(self.rows)
        return {
            self.formatter.names.unit(self._open.layer_of[part], unit).text: float(share)
            for part in sorted(shares, reverse=True)
            if self._open.ends[part]
            for unit, share in enumerate(shares[part])
        }

    def paths(self, top: int | None = 10) -> Paths:
        """Return the `top` paths with the largest |product|, strongest first; None returns all of them.

        The list also knows `.total`, `.sum` and `.remainder` = total - sum.
        Raises: ArgumentError for all paths where there are over 100,000.
        """
        if top is None and self.count > 100_000:
            advice = "Ask for the strongest: paths(top=100) gives them and the exact remainder."
            raise ArgumentError(expected_got("paths", "at most 100,000 paths", f"{self.count:,}", advice))
        limit = None if top is None else positive_integer(top, "paths' top")
        found = [self.formatter.path(*steps) for steps in itertools.islice(strongest(self._uses, self.rows), limit)]
        found.sort(key=lambda path: -abs(path.product))
        return Paths(tuple(found), self.gradient, self.count)

    @property
    def remainder(self) -> float:
        """What all paths but the ten strongest add up to."""
        return self.paths().remainder

    def stops_at(self) -> int | None:
        """Return the number of the layer at which every path ends in a factor of zero, None where some pass."""
        part = self._uses.stops_at(self.rows) if self.count == 0 else None
        return None if part is None else self._open.layer_of[part]

    def check(self) -> TraceCheck:
        """Compare the sum over paths with backprop and with a central difference."""
        prediction = self._tape[-1].y
        dy = self.loss.backward(self.loss.compute(prediction, self.target)[1])
        if self.sample is not None:
            dy = np.where(np.arange(len(dy)).reshape(-1, *[1] * (dy.ndim - 1)) == self.sample, dy, 0)
        self.network.backward(dy, self._tape, input_gradient=False)
        parameter = self.network[self.layer].parameters()[self._place.number]
        backprop = float(_known(parameter.grad)[self.index])
        before = parameter.value
        rows = self.rows
        if reason := drawn_anew(self.network.layers, self.x):
            size = self._uses.size(rows)
            return TraceCheck(self.gradient, backprop, math.nan, math.nan, False, size, reason)

        def nudged(offset: float) -> float:
            parameter[self.index] = self.value + offset
            moved = prediction.copy()
            moved[rows] = self.network.again(self.x, self._tape)[0][rows]
            return self.loss.compute(moved, self.target)[0]

        scale = max(1.0, abs(self.value))
        try:
            found = slope(nudged, scale)
            floor = noise(nudged, scale) / scale
        finally:
            parameter[:] = before
        return TraceCheck(
            self.gradient, backprop, found.value, max(found.error, floor), found.kink, self._uses.size(self.rows)
        )

    def __repr__(self) -> str:
        return render.text(self)

    def _repr_html_(self) -> str:
        return render.html(self)

    def to_latex(self, top: int = 10) -> str:
        r"""Return the derivation: for each of the `top` strongest paths the chain rule, the formulas and the numbers.

        Each line stands between dollars, with a blank line behind it: paste it into a Markdown cell or a document.
        """
        return render.latex(self, top)

    def to_dict(self, top: int | None = 10) -> dict[str, Any]:
        """Return all that is shown as plain numbers, words and lists."""
        listed = self.paths(top)
        return {
            "weight": self.weight.text,
            "layer": self.layer,
            "uses": list(self.uses),
            "parameter": self.parameter,
            "index": list(self.index),
            "value": self.value,
            "loss": repr(self.loss),
            "error": self.error,
            "sample": self.sample,
            "gradient": self.gradient,
            "per_sample": self.per_sample.tolist(),
            "by_unit": self.by_unit,
            "count": self.count,
            "paths": [path.to_dict() for path in listed],
            "remainder": listed.remainder,
        }


def trace_weight(
    network: Sequential,
    x: Any,
    target: Any,
    loss: Loss,
    layer: int | Layer,
    index: int | tuple[int, ...],
    sample: int | None = None,
    *,
    parameter: str | None = None,
) -> WeightTrace:
    """Follow the error back to one weight `(i, j)` or bias `j` of a layer, given by its number or as the object.

    Shapes: x (N, D), target as the loss takes it
    dE/dw = sum over samples, sum over paths of the product of the local derivatives along the path.
    `sample=n` follows that sample's share alone. A layer that is used twice has paths through each use.
    `parameter` is its name where `index` fits several, inside a block "0.W"; `layer` may be a layer inside a block.
    Nothing in the network is changed.
    Paths pass through the inside of a residual block (the path around it has the factor 1), of PerToken and of an
    attention: through its values v, or through q, k, scores and shares. A very large attention stays one step.
    It cannot follow a layer that mixes the samples of a batch, nor one whose backward is not in proportion to dy: a
    path belongs to one sample, and is a product.
    Raises: ArgumentError, ShapeError where layer, index or sample do not exist; ArgumentError for such a layer.

    >>> hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    >>> output = Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60])
    >>> network = Sequential(hidden, Sigmoid(), output, Sigmoid())
    >>> trace = trace_weight(network, [[0.05, 0.10]], [[0.01, 0.99]], HalfSquaredError(), 0, (0, 0))
    >>> trace.count, bool(trace.check())
    (2, True)
    >>> round(trace.gradient, 12)
    0.000438567734
    >>> print(trace.paths()[0].route)
    E <- o1 <- z_o1 <- h1 <- z_h1 <- W_h[0, 0]

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    place = locate(network, layer, index, parameter)
    x = as_batch(x).astype(np.float64)
    own = network.copy().astype(np.float64)
    if not isinstance(loss, Loss):
        raise ArgumentError(expected_got("loss", "a Loss object", repr(loss), "Write HalfSquaredError()."))
    prediction = own(x)
    if prediction.ndim != 2:
        advice = "Put a Flatten() into it; of stacked networks trace one."
        raise ShapeError(expected_got("trace_weight", "a network whose output is (N, M)", prediction.shape, advice))
    loss.forward(prediction, target)  # it raises where target or output do not suit the loss
    target = loss.prepare_targets(target, prediction.shape)
    if sample is not None:
        if not isinstance(sample, int | np.integer) or not -len(x) <= sample < len(x):
            raise ArgumentError(expected_got("sample", f"a row of x, 0..{len(x) - 1}", repr(sample)))
        sample = int(sample) % len(x)
    return WeightTrace(own, x, target, loss, place, sample)


def _known(grad: Array | None) -> Array:
    if grad is None:
        raise ShapeError(expected_got("backward", "a gradient for the traced parameter", "none"))
    return grad
