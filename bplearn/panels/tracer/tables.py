"""The weight tracer's tables: the factors of each path with product and sum, one path in full, and the blame by unit.

Used in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

import itertools
import math

from bplearn.explain.trace.render import share, summary
from bplearn.panels.tracer.logic import Tracer
from bplearn.show.table import Cell, Rich, Table, bar
from bplearn.show.text import escape, short

MOST_PATHS = 5  # paths with all their factors; the others are one row
MOST_BLAMED = 9  # units in the list


def factor_table(tracer: Tracer) -> str:
    """Write the strongest paths as a table: a column a factor, product and sum; below, one path with its formulas.

    >>> "<td>0.7414</td>" in factor_table(Tracer.example())
    True
    """
    trace, paths = tracer.trace, tracer.paths
    if not len(paths):
        return f"<p>∂E/∂{escape(trace.weight)} = 0: {escape(summary(trace))}.</p>"
    layers = [layer for layer, _ in paths[0].units]
    nodes = ["E", *(tracer.names.layer(layer).text for layer in layers), "w"]
    same = [path for path in paths if path.use == paths[0].use][: max(MOST_PATHS, tracer.explained + 1)]
    batch = tracer.sample is None and len(tracer.x) > 1
    headings = [
        "path",
        *(["sample"] if batch else []),
        *(f"∂{a}/∂{b}" for a, b in itertools.pairwise(nodes)),
        "product",
    ]
    rows: list[tuple[Cell, ...]] = []
    keys = []
    for number, path in enumerate(same):
        through = tracer.names.unit(*path.units[0]).text
        cells = [f"{number + 1}: by {through}", *([str(path.sample)] if batch else [])]
        rows.append((*cells, *map(short, path.by_layer), short(path.product)))
        keys.append(f"path-{number}")
    empty = [""] * (len(headings) - 2)
    rest = trace.count - len(same)
    if rest:
        others = trace.gradient - math.fsum(path.product for path in same)
        rows.append((f"{rest:,} others", *empty, short(others)))
        keys.append("path-0")
    total = short(trace.gradient)
    rows.append(("sum", *empty, Rich(total, f"<strong>{total}</strong>")))
    keys.append("path-0")
    caption = f"∂E/∂{trace.weight}: multiply along a path, add over the paths"
    listed = Table(caption, tuple(headings), tuple(rows)).html(highlight=[tracer.explained], keys=keys)
    return f'<div class="bpl-tight">{listed}{path_in_full(tracer)}</div>'


def path_in_full(tracer: Tracer) -> str:
    """Write the chosen path out: each factor with its formula and its numbers."""
    path = tracer.path
    if path is None:
        return ""
    lines = []
    for factor in path.factors:
        formula = factor.formula
        worked = "" if formula.is_lone or formula.numbers == formula.text else f" = {formula.numbers}"
        value = "" if formula.text == short(factor.value, 6) else f" = {short(factor.value, 6)}"
        lines.append(f"∂{factor.upper}/∂{factor.lower} = {formula.text}{worked}{value}")
    head = f"Path {tracer.explained + 1}: {path.route}"
    end = f"product = {short(path.product, 9)}, {share(path.product, tracer.trace.gradient)} of the sum"
    lines_html = "".join(f'<div class="bpl-hang">{escape(words)}</div>' for words in [head, *lines, end])
    return f'<div class="bpl-equation">{lines_html}</div>'


def blame_table(tracer: Tracer) -> str:
    """Write how much error arrives at each unit, and how much of the weight's gradient passes through it.

    >>> blame_table(Tracer.example()).count('<th scope="row"')
    10
    """
    trace = tracer.trace
    single = len(trace.x) == 1
    each = max(MOST_BLAMED // len(tracer.blame), 2)
    found = []
    for layer in tracer.blame:
        order = sorted(range(len(layer.units)), key=lambda unit: -layer.total[unit])[:each]
        largest = max(float(layer.total.max()), 1e-300)
        for unit in sorted(order):
            signed = float(layer.gradient[0, unit]) if single else float(layer.total[unit])
            found.append((layer.units[unit], signed, signed / largest, trace.by_unit.get(layer.units[unit])))
    rows = []
    for name, amount, part, passing in found:
        passes = "" if passing is None else f"{short(passing, 3)} ({share(passing, trace.gradient)})"
        number = short(amount, 3)
        rows.append((name, Rich(number, f'<span style="white-space:nowrap">{number} {bar(part, 36)}</span>'), passes))
    measure = "∂E/∂unit" if single else "mean |∂E/∂unit|"
    cut = any(len(layer.units) > each for layer in tracer.blame)
    caption = f"Blame by unit, the {each} largest of a layer" if cut else "Blame by unit, from the output down"
    table = Table(caption, ("unit", measure, f"of ∂E/∂{trace.weight} passes"), tuple(rows))
    return f'<div class="bpl-tight">{table.html()}</div>'
