"""The picture of the graph stepper: the graph with the numbers found so far.

Taught in notebooks/04_chain_rule.ipynb.
"""

from __future__ import annotations

import re

from bplearn.explain.scalar.graph import describe, draw_graph
from bplearn.panels.graph.logic import GraphSteps
from bplearn.show.picture import Picture


def graph_picture(walk: GraphSteps, *, shares: bool = True) -> Picture:
    """Draw the graph with the numbers found so far; the last one found is highlighted.

    `shares=False` leaves out what each arrow sends back: it would give a prediction away.

    >>> graph_picture(GraphSteps.example()).title
    'Graph of e, 0 of 8 numbers found'
    """
    nodes = walk.shown()
    drawn = draw_graph(nodes, highlight=walk.highlighted(), room=walk.nodes, shares=shares)
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups())  # type: ignore[union-attr]
    body = re.sub(r"<(title|desc) [^>]*>[^<]*</\1>", "", drawn).partition(">")[2].removesuffix("</svg>")
    title = f"Graph of {walk.names[-1]}, {walk.step} of {walk.steps} numbers found"
    return Picture(width, height, body, title, describe(nodes))
