"""The table that says what a network is made of: layers, shapes, parameter counts.

It is text in a terminal and a table in a notebook, from the same rows.
Taught in notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.checks.layers import checked_forward
from bplearn.errors import ArgumentError
from bplearn.layers import Dense, Layer
from bplearn.parameter import ParameterVector

HEADINGS = ("layer", "output shape", "parameters", "count")


@dataclass(frozen=True)
class Summary:
    """Rows of (layer, output shape, parameter shapes, count) and the total, as text and as HTML."""

    rows: tuple[tuple[str, str, str, str], ...]
    total: int

    def __str__(self) -> str:
        table = [HEADINGS, *self.rows]
        widths = [max(len(row[i]) for row in table) for i in range(4)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
        rule = "-" * max(map(len, lines))
        return "\n".join([lines[0], rule, *lines[1:], rule, f"{self.total:,} numbers to learn"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col" style="text-align:left">{cell}</th>' for cell in HEADINGS)
        body = "".join(
            "<tr>" + "".join(f'<td style="text-align:left">{html.escape(cell)}</td>' for cell in row) + "</tr>"
            for row in self.rows
        )
        caption = f"{self.total:,} numbers to learn"
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def summarize(layers: Sequence[Layer], parameters: ParameterVector, input_shape: tuple[int, ...] | None) -> Summary:
    """Return the table of `layers`: shapes are found by sending one blank sample through them.

    Raises: ArgumentError where no Dense layer tells the input's shape and none is given.

    >>> print(summarize([Dense(2, 1, rng=0)], ParameterVector([]), None).rows[0][0])
    Dense(2 -> 1)
    """
    if input_shape is None:
        first = next((layer for layer in layers if isinstance(layer, Dense)), None)
        if first is None:
            raise ArgumentError(
                expected_got("summary", "a Dense layer or input_shape", "neither", "Write summary((8, 8)).")
            )
        input_shape = (first.n_in,)
    x = np.zeros((1, *input_shape))
    rows, seen = [], set[int]()
    for layer in layers:
        x, _ = checked_forward(layer, x)
        fresh = [p for p in layer.parameters() if id(p) not in seen]
        shared = len(layer.parameters()) - len(fresh)
        seen.update(id(p) for p in fresh)
        shapes = ", ".join(f"{p.name} {p.shape}" for p in layer.parameters()) + (" (shared)" if shared else "")
        rows.append(
            (repr(layer), f"(N, {', '.join(map(str, x.shape[1:]))})", shapes, f"{sum(p.size for p in fresh):,}")
        )
    return Summary(tuple(rows), parameters.size)
