"""Draws a graph of single operations from left to right, and writes the chain rule of one of its nodes.

It reads plain records, so that a panel can leave out the numbers that a learner has not reached yet. The graphs stand
in notebooks/04_chain_rule.ipynb.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.explain.scalar.layout import GraphLayout, arrange
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEUTRAL, SOFT, sign_stroke
from bplearn.show.svg import arrow_head, group, path, rect, svg, text, text_width
from bplearn.show.text import latex_number, short

BOX_HEIGHT = 58
MOST_NODES = 150


class GraphNode(NamedTuple):
    """One number of a graph: its parents are positions in the list that holds it. What is None is not drawn."""

    name: str
    op: str
    data: float | None
    grad: float | None
    parents: tuple[int, ...]
    local_derivatives: tuple[float | None, ...]


def draw_graph(
    nodes: Sequence[GraphNode],
    *,
    title: str = "",
    name: str = "",
    highlight: Collection[int] = (),
    room: Sequence[GraphNode] | None = None,
    shares: bool = True,
) -> str:
    """Return the graph as SVG; parents stand before their children in `nodes`, the output last.

    A box holds name, operation, value and gradient; an arrow its local derivative, solid above zero, dashed below,
    dotted at zero, and in small graphs the share of the gradient that it sends back. The
    boxes of the nodes in `highlight` stand out. Boxes carry data-key="node-3", arrows data-key="edge-3-0" (node and
    place among its parents).
    `room` is the same graph with all its numbers: boxes are as wide as those need, so that nothing moves later.
    `shares=False` leaves out what each arrow sends back.

    Raises: ArgumentError over more than 150 nodes.

    >>> draw_graph([GraphNode("a", "", 2.0, 1.0, (), ())]).count("<rect")
    1
    """
    if len(nodes) > MOST_NODES:
        advice = "Draw a part of it: call to_svg() on a Value nearer to the inputs."
        raise ArgumentError(expected_got("draw_graph", f"at most {MOST_NODES} nodes", len(nodes), advice))
    roomy = len(nodes) <= 20
    digits = 4 if roomy else 3
    widths = [_box_width(node, digits) for node in room or nodes]
    labels = [_edge_width(room or nodes, i, digits, roomy) for i in range(len(nodes))]
    layout = arrange([node.parents for node in nodes], widths, labels, box_height=BOX_HEIGHT, gap=44 if roomy else 26)
    parts = [_trunk(points) for points in layout.trunks]
    for i, node in enumerate(nodes):
        parts += [_edge(nodes, layout, i, slot, digits, roomy, shares) for slot in range(len(node.parents))]
    parts += [_box(node, i, layout, widths[i], digits, i in highlight) for i, node in enumerate(nodes)]
    parts.append(_legend(layout, nodes, roomy and shares))
    width, height = max(layout.width, 430), layout.height + 26
    return svg(width, height, *parts, title=title or _title(nodes), desc=describe(nodes), name=name)


def describe(nodes: Sequence[GraphNode]) -> str:
    """Return the graph in words, for those who cannot see it: each node's value, gradient and local derivatives.

    >>> describe([GraphNode("a", "", 3.0, 2.0, (), ()), GraphNode("y", "2 *", 6.0, 1.0, (0,), (2.0,))])
    'a = 3, gradient 2. y (2 *) = 6, gradient 1, local derivative 2 for a.'
    """
    names = node_names(nodes)
    sentences = []
    for node, label in zip(nodes, names, strict=True):
        words = f"{label} ({node.op})" if node.op else label
        words += "" if node.data is None else f" = {short(node.data)}"
        words += "" if node.grad is None else f", gradient {short(node.grad)}"
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            words += "" if local is None else f", local derivative {short(local)} for {names[parent]}"
        sentences.append(words + ".")
    return " ".join(sentences)


def node_names(nodes: Sequence[GraphNode]) -> list[str]:
    """Return a name for each node: its own, or v and its position.

    >>> node_names([GraphNode("", "", 3.0, None, (), ())])
    ['v0']
    """
    return [node.name or f"v{i}" for i, node in enumerate(nodes)]


def chain_rule(nodes: Sequence[GraphNode], position: int, *, most_terms: int = 6) -> str:
    """Return, in LaTeX, d output / d node as the sum over the places where the node is used, with the numbers.

    d out / d node = sum over children of (d out / d child) (d child / d node)

    More than `most_terms` places are shortened to dots; the result is of all of them. The output is the last node.

    >>> records = [GraphNode("a", "", 3.0, 2.0, (), ()), GraphNode("y", "2 *", 6.0, 1.0, (0,), (2.0,))]
    >>> chain_rule(records, 0)[-8:]
    ' a} = 2$'
    """
    names = [_latex_name(label) for label in node_names(nodes)]
    out = names[-1]

    def ratio(above: str, below: str) -> str:
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"

    letters, figures = [], []
    for child, node in enumerate(nodes):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            if parent != position or local is None or node.grad is None:
                continue
            direct = child == len(nodes) - 1
            factor = latex_number(local, brackets=True)
            letters.append(factor if direct else f"{ratio(out, names[child])} {ratio(names[child], names[position])}")
            figures.append(factor if direct else rf"{latex_number(node.grad, brackets=True)} \cdot {factor}")
    steps = [ratio(out, names[position])]
    for terms in (letters, figures):
        shown = [*terms[:most_terms], r"\cdots"] if len(terms) > most_terms else terms
        steps.append(" + ".join(shown))
    steps.append(latex_number(nodes[position].grad or 0.0))
    kept = [step for i, step in enumerate(steps) if step and step not in (steps[i - 1 : i] or [""])]
    return "$" + " = ".join(kept) + "$"


def _latex_name(label: str) -> str:
    stem, tail = re.fullmatch(r"([A-Za-z]*)(.*)", re.sub(r"[^A-Za-z0-9]+", "_", label).strip("_")).groups()  # type: ignore[union-attr]
    stem = stem if len(stem) == 1 else rf"\mathrm{{{stem or 'node'}}}"
    tail = tail.strip("_").replace("_", r"\ ")
    index = tail if tail.isdigit() else rf"\mathrm{{{tail}}}"
    return f"{stem}_{{{index}}}" if tail else stem


def _title(nodes: Sequence[GraphNode]) -> str:
    value = nodes[-1].data
    return f"Graph of {nodes[-1].name or 'the output'}" + ("" if value is None else f" = {short(value)}")


def _box_width(node: GraphNode, digits: int) -> float:
    head = text_width(node.name, 13) + text_width(node.op, 13) + (8 if node.name and node.op else 0)
    value = "" if node.data is None else short(node.data, digits)
    grad = "" if node.grad is None else f"∂ {short(node.grad, digits)}"
    return max(46.0, 16 + max(head, text_width(value, 13), text_width(grad, 13)))


def _labels(nodes: Sequence[GraphNode], i: int, slot: int, digits: int, roomy: bool) -> tuple[str, str]:
    local, grad = nodes[i].local_derivatives[slot], nodes[i].grad
    arrows = len(nodes[i].parents)  # many stand too close for words; the description has their numbers
    roomy = roomy and arrows <= 3
    factor = "" if local is None or arrows > 4 else f"×{short(local, digits)}"
    share = f"∂ {short(grad * local, digits)}" if roomy and local is not None and grad is not None else ""
    return factor, share


def _edge_width(nodes: Sequence[GraphNode], i: int, digits: int, roomy: bool) -> float:
    pairs = [_labels(nodes, i, slot, digits, roomy) for slot in range(len(nodes[i].parents))]
    return max((text_width(label, 11) for pair in pairs for label in pair), default=0.0)


def _trunk(points: tuple[tuple[float, float], ...]) -> str:
    commands: list[str | float] = ["M", *points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        commands += ["C", (x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1]
    return path(*commands, stroke=NEUTRAL, stroke_width=1.5)


def _edge(
    nodes: Sequence[GraphNode], layout: GraphLayout, i: int, slot: int, digits: int, roomy: bool, shares: bool
) -> str:
    (x0, y0), (x1, y1) = layout.edges[i, slot]
    factor, share = _labels(nodes, i, slot, digits, roomy and shares)
    local = nodes[i].local_derivatives[slot]
    look = sign_stroke(1.0 if local is None else local)
    bend = x1 - 10 - layout.label_room[i]
    stroke, dash = look["stroke"], look["stroke_dasharray"]
    half = (x0 + bend) / 2
    curve = path(
        "M",
        x0,
        y0,
        "C",
        half,
        y0,
        half,
        y1,
        bend,
        y1,
        "L",
        x1 - 6,
        y1,
        stroke=stroke,
        stroke_dasharray=dash,
        stroke_width=1.6,
    )
    tip = arrow_head(x1, y1, 1, 0, fill=stroke or INK)
    words = text(x1 - 11, y1 - 4, factor, size=11, anchor="end", halo=True, fill=stroke if local else MUTED)
    words += text(x1 - 11, y1 + 12, share, size=11, anchor="end", halo=True, fill=ACCENT) if share else ""
    return group(curve, tip, words, data_key=f"edge-{i}-{slot}")


def _box(node: GraphNode, i: int, layout: GraphLayout, width: float, digits: int, highlight: bool) -> str:
    x, y = layout.boxes[i]
    top, middle = y - BOX_HEIGHT / 2, x + width / 2
    fill, stroke = (GLOW, ACCENT) if highlight else (SOFT, NEUTRAL)
    frame = rect(x, top, width, BOX_HEIGHT, fill=fill, rx=7, stroke=stroke)
    if node.name and node.op:
        head = text(x + 8, top + 17, node.name, font_weight=700)
        head += text(x + width - 8, top + 17, node.op, anchor="end", fill=MUTED)
    else:
        head = text(middle, top + 17, node.name or node.op, anchor="middle", font_weight=700 if node.name else None)
    value = "" if node.data is None else text(middle, top + 34, short(node.data, digits), anchor="middle", fill=INK)
    grad = "" if node.grad is None else f"∂ {short(node.grad, digits)}"
    slope = text(middle, top + 51, grad, anchor="middle", fill=ACCENT) if grad else ""
    return group(frame, head, value, slope, data_key=f"node-{i}")


def _legend(layout: GraphLayout, nodes: Sequence[GraphNode], roomy: bool) -> str:
    out = nodes[-1].name or "the output"
    words = f"Box: value, ∂ gradient of {out}. Arrow: × local derivative" + (", ∂ share sent back." if roomy else ".")
    return text(12, layout.height + 13, words, size=11, fill=MUTED)
