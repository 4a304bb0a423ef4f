"""The facts of a trace that text, tables and LaTeX show: the weight, the error, the samples, the paths between them.

`WeightTrace` (notebooks/06_trace_one_weight.ipynb) has them all.
"""

from __future__ import annotations

from typing import Protocol

from bplearn.checks.arrays import Array
from bplearn.explain.naming import Name
from bplearn.explain.trace.paths import PathFormatter, Paths
from bplearn.losses import Loss
from bplearn.network import Sequential


class TraceFacts(Protocol):
    """The facts of a traced weight. `rows` are the samples traced, `uses` the layers where the weight is used."""

    network: Sequential
    x: Array
    loss: Loss
    layer: int
    uses: tuple[int, ...]
    sample: int | None
    weight: Name
    value: float
    error: float
    per_sample: Array
    formatter: PathFormatter

    @property
    def gradient(self) -> float:
        """The sum over all paths."""

    @property
    def rows(self) -> list[int]:
        """The samples whose paths are traced."""

    @property
    def count(self) -> int:
        """How many paths carry something."""

    def paths(self, top: int | None = 10) -> Paths:
        """Return the strongest paths."""

    def stops_at(self) -> int | None:
        """Return the layer at which every path ends, if all do."""
