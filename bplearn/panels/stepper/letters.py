"""The names of a network's numbers as notebook 05 writes them: its 2-2-2 network has w1 to w8, b_h1 to b_o2.

The published numbers of that network are quoted under these letters; any other network has W_h[0, 1] and b_h[0].
Used in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from bplearn.explain.naming import Name, UnitNames
from bplearn.layers import Dense, Layer


@final
class Letters:
    """Names units and parameters, by the place of their layer.

    >>> from bplearn import mlp
    >>> str(Letters(mlp(2, 2, 2, rng=0).layers).parameter(2, "W", (1, 0)))
    'w6'
    >>> str(Letters(mlp(2, 3, 2, rng=0).layers).parameter(2, "W", (1, 0)))
    'W_o[1, 0]'
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._names = UnitNames(layers)
        dense = [(place, layer.n_in, layer.n_out) for place, layer in enumerate(layers) if isinstance(layer, Dense)]
        published = [sizes for _, *sizes in dense] == [[2, 2], [2, 2]]
        self._first = {place: 1 + 4 * number for number, (place, *_) in enumerate(dense)} if published else {}

    def unit(self, layer: int, unit: int) -> Name:
        """Name output `unit` of layer number `layer`; layer -1 is the network's input."""
        return self._names.unit(layer, unit)

    def parameter(self, layer: int, name: str, index: tuple[int, ...]) -> Name:
        """Name one entry of a parameter: a row of W belongs to an input, so that w1 and w2 lead to the first unit."""
        known = self._names.parameter(layer, name, index)
        if layer not in self._first:
            return known
        if name == "W":
            number = self._first[layer] + 2 * index[1] + index[0]
            return Name(f"w{number}", f"w_{{{number}}}")
        group = known.text.partition("[")[0]  # b_h
        return Name(f"{group}{index[0] + 1}", f"{group[0]}_{{{group[2:]}{index[0] + 1}}}")
