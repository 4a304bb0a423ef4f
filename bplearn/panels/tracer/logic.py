"""The weight tracer: a learner chooses a weight of a network and sees the error's paths back to it.

`Tracer` keeps the chosen weight and samples; all numbers come from `trace_weight` and `blame`.
The tracer panel of notebooks/06_trace_one_weight.ipynb is a view of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import Array, as_batch, expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.naming import UnitNames
from bplearn.explain.trace import WeightTrace, trace_weight
from bplearn.explain.trace.blame import Blame, blame, strongest_weights
from bplearn.explain.trace.paths import Path, Paths
from bplearn.layers import Dense
from bplearn.losses import HalfSquaredError, Loss
from bplearn.network import Sequential
from bplearn.panels.worked_example import worked_example
from bplearn.tape import Tape


@dataclass(frozen=True)
class Holder:
    """A parameter whose entries can be traced: where it is, what it is called, and its shape."""

    layer: int
    parameter: str
    name: str
    shape: tuple[int, ...]


@final
class Tracer:
    """Chooses one weight of a network and traces it, for one sample alone or for the mean over the batch.

    Shapes: x (N, D), target as the loss takes it
    `choose`, `move` and `strongest` change the weight, `look_at` the sample (None: the batch), `explain` the path.
    Raises: ArgumentError, ShapeError, TargetError where the arguments do not fit.

    >>> tracer = Tracer.example()
    >>> round(tracer.trace.gradient, 12)
    0.000438567734
    >>> tracer.choose(2, "b", (1,)).trace.weight.text
    'b_o[1]'
    """

    def __init__(self, network: Sequential, x: Any, target: Any, loss: Loss) -> None:
        self.network, self.loss = network, loss
        self.x = as_batch(x)
        prediction = network(self.x)
        loss.forward(prediction, target)  # it raises where they do not suit each other
        self.target = np.asarray(target)
        self.names = UnitNames(network.layers)
        self.holders = self._find_holders()
        if not self.holders:
            raise ArgumentError(expected_got("The network", "a layer with weights to trace", repr(network)))
        self.sample: int | None = 0
        self.explained = 0
        self.holder, self.index = self.holders[0], (0,) * len(self.holders[0].shape)
        self.renew()
        if not self.trace.gradient:  # such as the weight of a pixel that is always blank: it shows nothing
            self.strongest()

    @classmethod
    def example(cls) -> Tracer:
        """Return the 2-2-2 network of the series, with its published sample and three more."""
        x = [[0.05, 0.10], [0.95, 0.10], [0.05, 0.90], [0.80, 0.70]]
        target = [[0.01, 0.99], [0.99, 0.01], [0.01, 0.99], [0.99, 0.01]]
        return cls(worked_example(), x, target, HalfSquaredError())

    def _find_holders(self) -> list[Holder]:
        found = []
        for place, layer in enumerate(self.network):
            for name, parameter in layer.named_parameters().items():
                group = self.names.parameter(place, name, ()).text.removesuffix("[]")
                found.append(Holder(place, name, group, parameter.shape))
        return found

    # ---- what a learner chooses ----

    def choose(self, layer: int, parameter: str, index: tuple[int, ...]) -> Tracer:
        """Trace this entry. Raises: ArgumentError, ShapeError for one that is not there."""
        chosen = [h for h in self.holders if h.layer == layer and h.parameter == parameter]
        if not chosen:
            names = ", ".join(h.name for h in self.holders)
            raise ArgumentError(expected_got("choose", f"one of {names}", f"{parameter!r} of layer {layer}"))
        before = self.holder, self.index
        self.holder, self.index = chosen[0], tuple(int(i) for i in index)
        try:
            self.renew()
        except Exception:
            self.holder, self.index = before
            raise
        self.explained = 0
        return self

    def choose_key(self, key: str) -> Tracer:
        """Follow a click: "edge-layer-i-j" or "bias-layer-j" choose a weight, "sample-n" a sample, "path-k" a path."""
        kind, *numbers = key.split("-")
        places = tuple(map(int, numbers))
        if kind == "sample":
            return self.look_at(places[0])
        if kind == "path":
            return self.explain(places[0])
        return self.choose(places[0], "W" if kind == "edge" else "b", places[1:])

    def move(self, axis: int, by: int) -> Tracer:
        """Go to the next entry along an axis: 0 another start, 1 another end. It stops at the border."""
        if axis == 0 and len(self.index) > 1:
            return self.start_from(min(max(self.start + by, 0), len(self.starts()) - 1))
        end = min(max(self.index[-1] + by, 0), self.holder.shape[-1] - 1)
        return self.choose(self.holder.layer, self.holder.parameter, (*self.index[:-1], end))

    def starts(self) -> list[str]:
        """Name where an entry can start: the inputs of a Dense; of others the index without its last number."""
        shape, layer = self.holder.shape[:-1], self.holder.layer
        if isinstance(self.network[layer], Dense):
            return [self.names.unit(layer - 1, i).text for i in range(math.prod(shape))] if shape else []
        return [f"[{', '.join(map(str, index))}]" for index in np.ndindex(shape)] if shape else []

    def ends(self) -> list[str]:
        """Name where an entry can end: the outputs of a Dense; of others the last number of the index."""
        layer, count = self.holder.layer, self.holder.shape[-1]
        is_dense = isinstance(self.network[layer], Dense)
        return [self.names.unit(layer, j).text if is_dense else f"[{j}]" for j in range(count)]

    @property
    def start(self) -> int:
        """The place of the chosen entry among `starts`."""
        return int(np.ravel_multi_index(self.index[:-1], self.holder.shape[:-1])) if len(self.index) > 1 else 0

    def start_from(self, start: int) -> Tracer:
        """Choose the entry with the same end and this place among `starts`."""
        found = tuple(map(int, np.unravel_index(start, self.holder.shape[:-1])))
        return self.choose(self.holder.layer, self.holder.parameter, (*found, self.index[-1]))

    def turn(self, by: int) -> Tracer:
        """Go to the next parameter (weights, then biases, layer by layer), round and round."""
        chosen = self.holders[(self.holders.index(self.holder) + by) % len(self.holders)]
        ends = self.index if len(self.index) == len(chosen.shape) else (0,) * len(chosen.shape)
        inside = tuple(min(i, size - 1) for i, size in zip(ends, chosen.shape, strict=True))
        return self.choose(chosen.layer, chosen.parameter, inside)

    def strongest(self) -> Tracer:
        """Choose the weight with the largest |dE/dw| for the chosen samples; biases have one path only."""
        found = strongest_weights(self.network, *self._rows(), self.loss, top=50)
        best = next((weight for weight in found if len(weight.index) > 1), found[0])
        return self.choose(best.layer, best.parameter, best.index)

    def look_at(self, sample: int | None) -> Tracer:
        """Look at one sample alone, or (None) at the batch, whose gradient is the mean of its samples'."""
        if sample is not None and not 0 <= sample < len(self.x):
            raise ArgumentError(expected_got("sample", f"0..{len(self.x) - 1}, or None for the batch", sample))
        self.sample, self.explained = sample, 0
        return self.renew()

    def explain(self, path: int) -> Tracer:
        """Choose the path whose factors are written out, 0 the strongest."""
        self.explained = min(max(int(path), 0), max(len(self.paths) - 1, 0))
        return self

    # ---- what follows ----

    def renew(self) -> Tracer:
        """Compute all anew: after a choice, and after the network has changed."""
        x, target = self._rows()
        layer, parameter = self.holder.layer, self.holder.parameter
        index: Any = self.index if len(self.index) > 1 else self.index[0]
        self.trace: WeightTrace = trace_weight(self.network, x, target, self.loss, layer, index, parameter=parameter)
        self.paths: Paths = self.trace.paths(8)
        self.blame: Blame = blame(self.network, x, target, self.loss)
        self.tape: Tape = self.network.copy().forward(x)[1]  # of a copy: a random layer draws as in the trace
        self._shares: list[float] | None = None
        return self

    def _rows(self) -> tuple[Array, Array]:
        if self.sample is None:
            return self.x, self.target
        return self.x[[self.sample]], self.target[[self.sample]]

    @property
    def path(self) -> Path | None:
        """The path that is written out, if any carries something."""
        return self.paths[min(self.explained, len(self.paths) - 1)] if len(self.paths) else None

    def shares(self) -> list[float]:
        """Return each sample's own gradient for the weight; the batch's is their mean."""
        if self._shares is None:
            holder = self.holder
            index: Any = self.index if len(self.index) > 1 else self.index[0]
            whole = (
                self.trace
                if len(self.trace.x) == len(self.x)
                else trace_weight(
                    self.network, self.x, self.target, self.loss, holder.layer, index, parameter=holder.parameter
                )
            )
            self._shares = [float(share) * len(self.x) for share in whole.per_sample]
        return self._shares
