"""Every path from an output back to one node: the product along each path, added over all paths, is the gradient.

Backpropagation gives the same sum without listing the paths, which is why it is fast; the list is for readers.
notebooks/04_chain_rule.ipynb compares both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.scalar.value import Value, topological_order


class GraphPath(NamedTuple):
    """One way from an output back to a node: the nodes it passes, each local derivative, and their product."""

    nodes: tuple[Value, ...]
    factors: tuple[float, ...]
    product: float


def paths(output: Value, node: Value, *, limit: int = 1000) -> Iterator[GraphPath]:
    """Yield every path from `output` back to `node`; the sum of their products is d output / d node.

    factors[k] = d nodes[k] / d nodes[k + 1]

    Raises: ArgumentError where output was not computed from `node`, or over more than `limit` paths.

    >>> a, b = Value(2.0, name="a"), Value(1.0, name="b")
    >>> [path.product for path in paths((a + b) * (b + 1), b)]
    [2.0, 3.0]

    Introduced in: notebooks/04_chain_rule.ipynb
    """
    order = topological_order(output)
    counts = dict.fromkeys(order, 0)
    if node not in counts:
        advice = "Follow a Value that was used on the way to it."
        raise ArgumentError(expected_got("paths", f"a node that {output!r} was computed from", repr(node), advice))
    for here in order:
        counts[here] = 1 if here is node else sum(counts[parent] for parent in here.parents)
    if counts[output] > limit:
        advice = f"`derivatives` adds them up without listing them; or pass limit={counts[output]}."
        got = counts[output] if counts[output] < 10**9 else f"about 1e{len(str(counts[output])) - 1}"
        raise ArgumentError(expected_got("paths", f"at most {limit} paths", got, advice))
    return _walk(output, node, counts)


def _walk(output: Value, node: Value, counts: dict[Value, int]) -> Iterator[GraphPath]:
    nodes: list[Value] = [output]
    factors: list[float] = []
    stack = [iter(zip(output.parents, output.local_derivatives, strict=True))]
    if output is node:
        yield GraphPath((output,), (), 1.0)
        return
    while stack:
        parent, local = next(stack[-1], (None, 0.0))
        if parent is None:
            stack.pop()
            nodes.pop()
            del factors[-1:]
        elif parent is node:
            found = (*factors, local)
            yield GraphPath((*nodes, node), found, math.prod(found))
        elif counts[parent]:
            nodes.append(parent)
            factors.append(local)
            stack.append(iter(zip(parent.parents, parent.local_derivatives, strict=True)))
