"""The graph of a Tensor, entry by entry, as a graph of Values: so it has Value's picture, chain rule and paths.

A local derivative is what a Tensor's own backward sends to an entry where the error is 1 at one output and 0 elsewhere.
Taught in notebooks/15_autograd.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.autograd import Tensor, recorded
from bplearn.explain.scalar.value import Value

MOST_ENTRIES = 10_000


def as_values(output: Tensor, **names: Tensor) -> dict[Tensor, Array]:
    """Return a Value for each entry of each Tensor that `output` was computed from, as arrays of their shapes.

    A Tensor given with a name gives it to its Values: w[0, 1]. Tensors that need no gradient are plain numbers here,
    and no nodes. A picture has room for 150 Values, a list of paths for 1000 paths.
    Raises: ArgumentError where nothing was recorded, or over 10,000 entries.

    >>> w = Tensor([2.0, 3.0], requires_grad=True)
    >>> y = (w * w).sum()
    >>> values = as_values(y, w=w, y=y)
    >>> values[y].item(), values[w][1], values[w][1] in values[y].item().parents[1].parents
    (Value(y = 13), Value(w[1] = 3), True)

    Introduced in: notebooks/15_autograd.ipynb
    """
    if not output.requires_grad:
        advice = "Set requires_grad=True, and look for detach() or no_grad() on the way."
        raise ArgumentError(expected_got("as_values", "a Tensor with a recorded past", "one without", advice))
    nodes = recorded(output)
    count = sum(node.data.size for node in nodes)
    if count > MOST_ENTRIES:
        advice = "Take fewer rows, or fewer units."
        raise ArgumentError(expected_got("as_values", f"at most {MOST_ENTRIES:,} entries", f"{count:,}", advice))
    called = {tensor: name for name, tensor in names.items()}
    values: dict[Tensor, Array] = {}
    for node in nodes:
        values[node] = np.empty(node.shape, dtype=object)
        for index in np.ndindex(node.shape):
            name = called.get(node, "")
            if name and index:
                name += f"[{', '.join(map(str, index))}]"
            value = Value(float(node.data[index]), name)
            parents, slopes = _edges(node, index, values)
            for attribute, found in (("op", node.op), ("parents", parents), ("local_derivatives", slopes)):
                object.__setattr__(value, attribute, found)  # it was made by hand, and now has its past
            values[node][index] = value
    return values


def _edges(
    node: Tensor, index: tuple[int, ...], values: dict[Tensor, Array]
) -> tuple[tuple[Value, ...], tuple[float, ...]]:
    """Return the Values that one entry was computed from, and how it answers to each.

    An error of NaN reaches exactly those entries, also where the slope is 0.
    """
    if node.pull is None:
        return (), ()
    one, mark = np.zeros_like(node.data), np.zeros_like(node.data)
    one[index], mark[index] = 1, np.nan
    parents, slopes = list[Value](), list[float]()
    for parent, found, reached in zip(node.parents, node.pull(one), node.pull(mark), strict=True):
        if parent.requires_grad:
            parents += values[parent][np.isnan(reached)].tolist()
            slopes += np.asarray(found)[np.isnan(reached)].tolist()
    return tuple(parents), tuple(slopes)
