"""The backward pass over a graph of single operations, stopped at the learner's place.

A picture that shows all gradients gives the answer away. Here the gradients appear one node at a time, from the output
back to the inputs, and the local derivatives can be kept covered. notebooks/04_chain_rule.ipynb asks for a prediction
before it uncovers the next number.
"""

from __future__ import annotations

from dataclasses import dataclass

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.scalar.graph import draw_graph
from bplearn.explain.scalar.value import Value, graph_nodes
from bplearn.show.svg import alt_text, figure_html


@dataclass(frozen=True)
class GraphPicture:
    """A graph as it is shown in a notebook: SVG with its title and its description in words."""

    svg: str

    def _repr_html_(self) -> str:
        return figure_html(self.svg)

    def __repr__(self) -> str:
        return alt_text(self.svg).split(". ")[0]


def draw_backward(output: Value, done: int | None = None, *, slopes: bool = True) -> GraphPicture:
    """Draw the graph of `output` with the gradients of its last `done` nodes; None shows them all.

    A node's gradient is complete when every node that uses it has been passed, so the order is that of
    `topological_order`, backwards. The node reached last is highlighted. `slopes=False` covers the local derivatives.

    Raises: ArgumentError for a number of nodes that the graph does not have.

    >>> y = Value(2.0, name="x") * 3; y.name = "y"
    >>> draw_backward(y, 0)
    Graph of y = 6

    Introduced in: notebooks/04_chain_rule.ipynb
    """
    nodes = graph_nodes(output)
    count = len(nodes) if done is None else done
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= len(nodes):
        advice = "It counts the nodes whose gradient is shown, the output first."
        raise ArgumentError(expected_got("draw_backward's done", f"a whole number 0..{len(nodes)}", repr(done), advice))
    hidden = len(nodes) - count
    shown = [node if i >= hidden else node._replace(grad=None) for i, node in enumerate(nodes)]
    if not slopes:
        shown = [node._replace(local_derivatives=(None,) * len(node.parents)) for node in shown]
    reached = [hidden] if done and hidden else []
    return GraphPicture(draw_graph(shown, highlight=reached))
