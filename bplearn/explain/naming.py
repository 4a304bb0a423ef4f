"""What the numbers of a network are called: x1, z_h1, h1, z_o1, o1, and W_h[0, 0] for a weight.

Names count from 1, as on paper; indices in brackets count from 0, as in the code. The weights that lead to the layer h
are W_h, its sums before the activation are z_h. notebooks/02_forward_pass.ipynb introduces these names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bplearn.layers import Layer


class Name(NamedTuple):
    """One name, as plain text and as LaTeX."""

    text: str
    latex: str

    def __str__(self) -> str:
        return self.text


class UnitNames:
    """The names of all units and parameters of a network.

    A layer with parameters opens a group with the layers behind it: o for the last group, h for the one before it,
    or h1, h2, ... where there are several. Its sum is z_h, the last layer of the group gives h itself.

    >>> names = UnitNames([Dense(2, 2), Sigmoid(), Dense(2, 1), Sigmoid()])
    >>> [str(names.unit(layer, 0)) for layer in (-1, 0, 1, 2, 3)]
    ['x1', 'z_h1', 'h1', 'z_o1', 'o1']
    >>> str(names.parameter(2, "W", (1, 0)))
    'W_o[1, 0]'
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        opening = [place for place, layer in enumerate(layers) if layer.parameters()]
        hidden = len(opening) - 1
        self._group: list[str] = []
        self._prefix: list[str] = []
        for place, layer in enumerate(layers):
            number = sum(start <= place for start in opening)
            last = place + 1 == len(layers) or place + 1 in opening
            group = "x" if number == 0 else "o" if number > hidden else f"h{number}" if hidden > 1 else "h"
            if number == 0 and place + 1 == len(layers):
                group = "o"
            kind = "z" if layer.parameters() else type(layer).__name__.lower()
            self._group.append(group)
            self._prefix.append("" if last and group != "x" else kind)

    def unit(self, layer: int, unit: int) -> Name:
        """Name output `unit` of layer number `layer`; layer -1 is the network's input."""
        if layer < 0:
            return Name(f"x{unit + 1}", f"x_{{{unit + 1}}}")
        group, prefix = self._group[layer], self._prefix[layer]
        dotted = f"{group}.{unit + 1}" if group[1:] else f"{group}{unit + 1}"
        if prefix:
            return Name(f"{prefix}_{dotted}", f"{_symbol(prefix)}_{{{dotted}}}")
        upper = f"^{{({group[1:]})}}" if group[1:] else ""
        return Name(dotted, f"{group[0]}{upper}_{{{unit + 1}}}")

    def layer(self, layer: int) -> Name:
        """Name all outputs of layer number `layer` together: z_h, h, o; layer -1 is x."""
        if layer < 0:
            return Name("x", "x")
        group, prefix = self._group[layer], self._prefix[layer]
        if prefix:
            return Name(f"{prefix}_{group}", f"{_symbol(prefix)}_{{{group}}}")
        return Name(group, group[0] + (f"^{{({group[1:]})}}" if group[1:] else ""))

    def parameter(self, layer: int, name: str, index: tuple[int, ...]) -> Name:
        """Name one entry of a parameter of layer number `layer`: W_h[0, 1], b_o[2]."""
        inside = ", ".join(map(str, index))
        group = self._group[layer]
        return Name(f"{name}_{group}[{inside}]", f"{_symbol(name)}_{{{group}}}[{inside.replace(' ', '')}]")


def _symbol(name: str) -> str:
    """Write a letter in italics, a longer name upright."""
    return name if len(name) == 1 else rf"\mathrm{{{re.sub('[^A-Za-z0-9]', ' ', name)}}}"
