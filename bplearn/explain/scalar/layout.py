"""Finds places for the boxes of a graph: columns by depth, few crossings, straight arrows where possible.

It is the usual recipe for layered drawings (Sugiyama 1981): columns, order within a column, heights.
The graphs stand in notebooks/04_chain_rule.ipynb.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

Point = tuple[float, float]
Item = tuple[int, int]  # (node, column): a box in its own column, a bend of its line in the columns after it

MARGIN = 12.0
ROW_GAP = 16.0
PORT = 15.0


class GraphLayout(NamedTuple):
    """Places in pixels: left middle of each box; (start, end) of each arrow; the lines that arrows share."""

    boxes: list[Point]
    edges: dict[tuple[int, int], tuple[Point, Point]]
    trunks: list[tuple[Point, ...]]
    label_room: list[float]
    width: float
    height: float


def arrange(
    parents: Sequence[tuple[int, ...]],
    widths: Sequence[float],
    labels: Sequence[float],
    *,
    box_height: float,
    gap: float,
) -> GraphLayout:
    """Place nodes whose `parents` stand before them; `labels` is the room that the words on incoming arrows need.

    >>> layout = arrange([(), (0,)], [50, 50], [0, 20], box_height=40, gap=30)
    >>> layout.boxes[0][0] < layout.boxes[1][0]
    True
    """
    columns = _columns(parents)
    links = _links(parents, columns)
    order = _fewest_crossings(links, max(columns) + 1)
    heights = _heights(order, links, columns, box_height)
    left, wide = _column_edges(columns, widths, labels, gap)
    boxes = [(left[c] + (wide[c] - widths[i]) / 2, heights[i, c]) for i, c in enumerate(columns)]
    last: dict[int, int] = defaultdict(int)
    for child, those in enumerate(parents):
        for parent in those:
            last[parent] = max(last[parent], columns[child])

    def start(node: int, column: int) -> Point:
        if column == columns[node]:
            return boxes[node][0] + widths[node], boxes[node][1]
        return left[column] + wide[column], heights[node, column]

    edges = {}
    for child, those in enumerate(parents):
        sources = [start(parent, columns[child] - 1) for parent in those]
        by_height = sorted(range(len(those)), key=lambda slot: sources[slot][1])
        apart = min(2 * PORT, (box_height - 8) / max(len(those) - 1, 1))  # all arrows end at the box
        for rank, slot in enumerate(by_height):
            y = boxes[child][1] + (rank - (len(those) - 1) / 2) * apart
            edges[child, slot] = (sources[slot], (boxes[child][0], y))
    trunks = []
    for node, end in sorted(last.items()):
        points = [start(node, columns[node])]
        for column in range(columns[node] + 1, end):
            points += [(left[column], heights[node, column]), start(node, column)]
        if len(points) > 1:
            trunks.append(tuple(points))
    room = [labels[i] + boxes[i][0] - left[c] for i, c in enumerate(columns)]
    low = max(heights.values()) + box_height / 2 + MARGIN
    return GraphLayout(boxes, edges, trunks, room, left[-1] + wide[-1] + MARGIN, low)


def _columns(parents: Sequence[tuple[int, ...]]) -> list[int]:
    """Put an operation after its latest parent, an input directly before its first use."""
    columns = [0] * len(parents)
    first_use: dict[int, int] = {}
    for i, those in enumerate(parents):
        columns[i] = 1 + max((columns[p] for p in those), default=-1)
        for p in those:
            first_use[p] = min(first_use.get(p, columns[i]), columns[i])
    return [c if those else first_use.get(i, 1) - 1 for i, (c, those) in enumerate(zip(columns, parents, strict=True))]


def _column_edges(
    columns: Sequence[int], widths: Sequence[float], labels: Sequence[float], gap: float
) -> tuple[list[float], list[float]]:
    """Return where each column begins and how wide it is; before it stands room for the words on its arrows."""
    left: list[float] = []
    wide: list[float] = []
    for c in range(max(columns) + 1):
        here = [i for i, column in enumerate(columns) if column == c]
        left.append(left[-1] + wide[-1] + gap + max(labels[i] for i in here) if c else MARGIN)
        wide.append(max(widths[i] for i in here))
    return left, wide


def _links(parents: Sequence[tuple[int, ...]], columns: Sequence[int]) -> dict[Item, list[Item]]:
    """Join each item to those in the next column; a long arrow gets a bend in each column on its way."""
    links: dict[Item, list[Item]] = {(i, c): [] for i, c in enumerate(columns)}
    for child, those in enumerate(parents):
        for parent in dict.fromkeys(those):
            for column in range(columns[parent], columns[child]):
                item = (child, column + 1) if column + 1 == columns[child] else (parent, column + 1)
                links.setdefault(item, [])
                if item not in links[parent, column]:
                    links[parent, column].append(item)
    return links


def _fewest_crossings(links: dict[Item, list[Item]], count: int) -> list[list[Item]]:
    before: dict[Item, list[Item]] = defaultdict(list)
    for item, after in links.items():
        for other in after:
            before[other].append(item)
    order = [sorted(item for item in links if item[1] == c) for c in range(count)]
    best, fewest = [list(column) for column in order], _crossings(order, links)
    for sweep in range(12):
        forward = sweep % 2 == 0
        for c in range(1, count) if forward else range(count - 2, -1, -1):
            fixed = {item: k for k, item in enumerate(order[c - 1 if forward else c + 1])}
            near = before if forward else links
            now = {item: float(k) for k, item in enumerate(order[c])}
            mean = {
                item: sum(fixed[o] for o in near[item]) / len(near[item]) if near[item] else now[item]
                for item in order[c]
            }
            order[c] = sorted(order[c], key=lambda item: (mean[item], now[item]))
        crossings = _crossings(order, links)
        if crossings < fewest:
            best, fewest = [list(column) for column in order], crossings
    return best


def _crossings(order: list[list[Item]], links: dict[Item, list[Item]]) -> int:
    total = 0
    for column, following in pairwise(order):
        place = {item: k for k, item in enumerate(following)}
        ends = [(k, place[other]) for k, item in enumerate(column) for other in links[item]]
        total += sum(1 for a, b in ends for c, d in ends if a < c and b > d)
    return total


def _heights(
    order: list[list[Item]], links: dict[Item, list[Item]], columns: Sequence[int], box_height: float
) -> dict[Item, float]:
    """Pull each item to the mean of its neighbours, as far as the order and the distances within its column allow."""
    near: dict[Item, list[Item]] = defaultdict(list)
    for item, after in links.items():
        for other in after:
            near[item].append(other)
            near[other].append(item)

    def size(item: Item) -> float:
        return box_height if columns[item[0]] == item[1] else 10.0

    offsets: dict[Item, float] = {}
    for column in order:
        at = 0.0
        for k, item in enumerate(column):
            at += (size(column[k - 1]) + size(item)) / 2 + ROW_GAP if k else 0.0
            offsets[item] = at
    middle = {c: (offsets[column[-1]] / 2) for c, column in enumerate(order)}
    y = {item: offsets[item] - middle[item[1]] for item in offsets}
    for sweep in range(40):
        for column in order if sweep % 2 == 0 else reversed(order):
            wish = [sum(y[o] for o in near[i]) / len(near[i]) if near[i] else y[i] for i in column]
            free = _rising([w - offsets[i] for w, i in zip(wish, column, strict=True)])
            y.update({i: f + offsets[i] for f, i in zip(free, column, strict=True)})
    top = min(y[item] - size(item) / 2 for item in y)
    return {item: at - top + MARGIN for item, at in y.items()}


def _rising(wish: Sequence[float]) -> list[float]:
    """Return the rising numbers closest to `wish`: neighbours that fall are replaced by their mean."""
    blocks: list[list[float]] = []
    for number in wish:
        blocks.append([number, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, count = blocks.pop()
            above, many = blocks.pop()
            blocks.append([(above * many + mean * count) / (many + count), many + count])
    return [mean for mean, count in blocks for _ in range(int(count))]
