"""The paths between a weight and the error: how many there are, what they add up to, and which are the strongest.

One pass up from the weight finds for each unit the largest product of any path from the weight to it. With these bounds
the search down from the error takes no step that is not on the next strongest path.
Used by `trace_weight`, notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, overload

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.explain.naming import Name, UnitNames
from bplearn.explain.trace.formulas import Formula, loss_formula
from bplearn.explain.trace.inner_steps import width_inside
from bplearn.explain.trace.jacobians import Jacobian, jacobian, parameter_slopes
from bplearn.explain.trace.layer_formulas import Pass, layer_formula, parameter_formula
from bplearn.explain.trace.limits import check_each_sample_alone, check_in_proportion, check_sum
from bplearn.explain.trace.unfold import Unfolded
from bplearn.explain.trace.weight_location import WeightLocation
from bplearn.losses import Loss
from bplearn.show.text import short
from bplearn.tape import Tape


class Factor(NamedTuple):
    """One local derivative on a path: d upper / d lower, its formula and its number."""

    upper: Name
    lower: Name
    formula: Formula
    value: float


@dataclass(frozen=True)
class Path:
    """One way from the error to the weight. `product` is what it adds to the gradient.

    `units` holds (layer, unit) from the output down; `use` is the layer at which the weight is used. `steps` has the
    factors of the loss, then those of each layer: several inside a block, of other layers one.
    """

    sample: int
    use: int
    units: tuple[tuple[int, int], ...]
    steps: tuple[tuple[Factor, ...], ...]
    product: float

    @property
    def factors(self) -> tuple[Factor, ...]:
        """All factors, from the error to the weight."""
        return tuple(itertools.chain(*self.steps))

    @property
    def by_layer(self) -> tuple[float, ...]:
        """A number for each step: the product of its factors."""
        return tuple(math.prod(factor.value for factor in step) for step in self.steps)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names it passes, from the error to the weight."""
        return (self.factors[0].upper.text, *(factor.lower.text for factor in self.factors))

    @property
    def route(self) -> str:
        """The names it passes, in one line."""
        return " <- ".join(self.nodes)

    @property
    def values(self) -> tuple[float, ...]:
        """The factors' numbers, from the error to the weight."""
        return tuple(factor.value for factor in self.factors)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain numbers, words and lists."""
        factors = [
            {
                "of": factor.upper.text,
                "by": factor.lower.text,
                "formula": factor.formula.text,
                "numbers": factor.formula.numbers,
                "value": factor.value,
            }
            for factor in self.factors
        ]
        return {"sample": self.sample, "nodes": list(self.nodes), "factors": factors, "product": self.product}

    def __repr__(self) -> str:
        numbers = " * ".join(short(value, 6) for value in self.values)
        return f"{self.route} = {numbers} = {short(self.product, 6)}"


@dataclass(frozen=True)
class Paths(Sequence[Path]):
    """The strongest paths, what they add up to (`sum`), the gradient (`total`), and the rest (`remainder`).

    `in_all` is how many paths there are that carry something.
    """

    listed: tuple[Path, ...]
    total: float
    in_all: int

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Path, ...]: ...
    def __getitem__(self, index: int | slice) -> Path | tuple[Path, ...]:
        return self.listed[index]

    def __len__(self) -> int:
        return len(self.listed)

    @property
    def sum(self) -> float:
        """What the listed paths add up to."""
        return math.fsum(path.product for path in self.listed)

    @property
    def remainder(self) -> float:
        """What all other paths add up to: exactly 0 where none is left out."""
        return 0.0 if len(self.listed) == self.in_all else self.total - self.sum

    def __repr__(self) -> str:
        lines = [repr(path) for path in self.listed]
        return "\n".join(
            [*lines, f"{len(self)} of {self.in_all:,} paths: {short(self.sum, 6)} of {short(self.total, 6)}"]
        )


class PathSums:
    """Sums over the paths to each use of a weight, for all samples.

    Shapes: start dE/dprediction (N, outputs); everything else is (N, units of a layer)
    """

    def __init__(self, tape: Tape, start: Array, place: WeightLocation) -> None:
        self.start, self.last = start, len(tape) - 1
        lowest = min(layer for layer, _ in place.uses)
        check_each_sample_alone(tape, lowest)
        self.jacobians: dict[int, Jacobian] = {layer: jacobian(tape[layer]) for layer in range(lowest + 1, len(tape))}
        self.above: dict[int, Array] = {self.last: start}  # dE/dy of each layer
        for layer in range(self.last, lowest, -1):
            self.above[layer - 1] = self.jacobians[layer].vjp(self.above[layer])
            size = self.jacobians[layer].vjp_of_sizes(np.abs(self.above[layer]))
            check_in_proportion(tape, layer, self.above[layer], self.above[layer - 1], size)
        self.slopes = {layer: parameter_slopes(tape[layer], name, place.index) for layer, name in place.uses}
        for layer, name in place.uses:
            check_sum(tape, layer, name, place.index, self.above[layer], self.above[layer] * self.slopes[layer])
        self.best = {use: self._upward(use, Jacobian.strongest, np.abs(found)) for use, found in self.slopes.items()}

    def _upward(self, use: int, step: Any, found: Array) -> dict[int, Array]:
        levels = {use: found}
        for layer in range(use + 1, self.last + 1):
            levels[layer] = step(self.jacobians[layer], levels[layer - 1])
        return levels

    def per_sample(self) -> Array:
        """Return each sample's share of the gradient, (N,)."""
        shares = [(self.above[use] * found).sum(axis=1) for use, found in self.slopes.items()]
        return np.asarray(sum(shares))

    def by_unit(self, rows: list[int]) -> dict[int, Array]:
        """Return for each layer what passes through its units, summed over the samples."""
        shares: dict[int, Array] = {}
        for use, found in self.slopes.items():
            for layer, moved in self._upward(use, Jacobian.jvp, found).items():
                part = (self.above[layer] * moved)[rows].sum(axis=0)
                shares[layer] = shares[layer] + part if layer in shares else part
        return shares

    def size(self, rows: list[int]) -> float:
        """Return the sum of |product| over all paths."""
        total = 0.0
        for use, found in self.slopes.items():
            top = self._upward(use, Jacobian.jvp_of_sizes, np.abs(found))[self.last]
            total += float((top * np.abs(self.start))[rows].sum())
        return total

    def count(self, rows: list[int]) -> int:
        """Return how many paths have no factor of zero."""
        ways = 0.0
        for use, found in self.slopes.items():
            top = self._upward(use, Jacobian.count, (found != 0).astype(np.float64))[self.last]
            ways += float((top * (self.start != 0))[rows].sum())
        return round(ways)

    def stops_at(self, rows: list[int]) -> int | None:
        """Return the lowest layer above which nothing of the weight arrives; None where only the loss is flat."""
        for use, levels in sorted(self.best.items()):
            for layer in range(use, self.last + 1):
                if not levels[layer][rows].any():
                    return layer
        return None


def strongest(uses: PathSums, rows: list[int]) -> Iterator[tuple[int, int, list[int], list[float]]]:
    """Yield (sample, use, units, factors) of each path, largest |product| first; units from the output down.

    A best-first search. The key of an unfinished path is its product so far times the best that can still come, so the
    first finished path on the heap is the strongest of all that are left.
    """
    tie = itertools.count()  # the heap never compares the paths themselves
    heap: list[tuple[float, int, int, int, list[int], list[float], float]] = []
    for use, levels in uses.best.items():
        bounds = np.abs(uses.start) * levels[uses.last]
        for sample in rows:
            for unit in np.flatnonzero(bounds[sample]).tolist():
                first = float(uses.start[sample, unit])
                heap.append((-float(bounds[sample, unit]), next(tie), use, sample, [unit], [first], first))
    heapq.heapify(heap)
    while heap:
        _, _, use, sample, units, factors, product = heapq.heappop(heap)
        layer = uses.last - len(units) + 1
        if len(factors) > len(units):
            yield sample, use, units, factors
            continue
        if layer == use:
            last = float(uses.slopes[use][sample, units[-1]])
            heapq.heappush(
                heap, (-abs(product * last), next(tie), use, sample, units, [*factors, last], product * last)
            )
            continue
        inputs, values = uses.jacobians[layer].row(sample, units[-1])
        bounds = np.abs(product * values) * uses.best[use][layer - 1][sample, inputs]
        for unit, value, bound in zip(inputs.tolist(), values.tolist(), bounds.tolist(), strict=True):
            if bound > 0:
                heapq.heappush(
                    heap, (-bound, next(tie), use, sample, [*units, unit], [*factors, value], product * value)
                )


class PathFormatter:
    """Gives the steps of a path their names and formulas."""

    def __init__(self, tape: Tape, loss: Loss, target: Array, place: WeightLocation, inside: Unfolded) -> None:
        self.tape, self.loss, self.target, self.place, self.inside = tape, loss, target, place, inside
        self.names = UnitNames([step.layer for step in tape])

    def path(self, sample: int, use: int, units: list[int], factors: list[float]) -> Path:
        """Return the path through `units` (from the output down), with names and formulas for its factors.

        A number that a block only carries along is one place, however many steps it is carried.
        """
        inside, last = self.inside, len(self.inside.parts) - 1
        places = list(zip(range(last, use - 1, -1), units, strict=True))
        ends = [(inside.layer_of[part], unit) for part, unit in places if inside.ends[part]]
        error, top = Name("E", "E"), self.names.unit(*ends[0])
        formula = loss_formula(self.loss, self.tape[-1].y, self.target, sample, units[0], top)
        steps = [[Factor(error, top, formula, factors[0])], []]
        for (upper, lower), value in zip(itertools.pairwise(places), factors[1:], strict=False):
            if inside.source(*upper) != inside.source(*lower):
                found = layer_formula(self._pass(sample, upper[0]), upper[1], lower[1])
                steps[-1].append(Factor(self._name(*upper), self._name(*lower), found, value))
            if inside.ends[lower[0]]:
                steps.append([])
        steps[-1].append(self._last(sample, use, units[-1], factors[-1]))
        return Path(sample, inside.layer_of[use], tuple(ends), tuple(map(tuple, steps)), math.prod(factors))

    def _pass(self, sample: int, number: int) -> Pass:
        """Return what the formulas of one plain step need: its numbers and their names, as the network says them."""
        part, layer = self.inside.parts[number], self.inside.layer_of[number]
        step, back = part.step, {inner: name for name, inner in part.names.items()}
        return Pass(
            step.layer,
            step.x[sample].ravel(),
            step.y[sample].ravel(),
            step.cache,
            sample,
            partial(self._name, number - 1),
            partial(self._name, number),
            lambda name, index: self.names.parameter(layer, back[name], index),
        )

    def _name(self, part: int, unit: int) -> Name:
        """Name a number inside a block: h2/0.3 is output 3 of its layer 0, h2/score.3 of an attention's scores."""
        part, unit = self.inside.source(part, unit)
        layer = self.inside.layer_of[part] if part >= 0 else -1
        if part < 0 or self.inside.ends[part]:
            return self.names.unit(layer, unit)
        kind = self.inside.parts[part].kind
        if kind.endswith("qkv"):  # queries, keys and values lie side by side
            third = width_inside(self.inside.parts[part].step) // 3
            kind, unit = kind.removesuffix("qkv") + "qkv"[unit // third], unit % third
        text = f"{self.names.layer(layer)}/{kind}.{unit + 1}"
        return Name(text, rf"\mathrm{{{text.replace('_', ' ')}}}")

    def _last(self, sample: int, use: int, unit: int, value: float) -> Factor:
        """The factor of the weight itself, under the name that its layer, or block, has for it."""
        part, inner = self.inside.parts[use], next(name for number, name in self.inside.place.uses if number == use)
        name = next(its for its, there in part.names.items() if there == inner)
        weight = self.names.parameter(self.inside.layer_of[use], name, self.place.index)
        formula = parameter_formula(self._pass(sample, use), inner, self.place.index, unit)
        return Factor(self._name(use, unit), weight, formula, value)
