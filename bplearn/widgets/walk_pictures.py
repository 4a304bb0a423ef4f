"""The stepper's pictures: the network with the numbers known so far on nodes and edges, and the step in words.

What was just computed glows, what went into it has a thick rim, slopes stand in the colour of gradients below values.
Used in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.guards import Array
from bplearn.layers import Dense
from bplearn.palette import ACCENT, GLOW, INK, MUTED, NEUTRAL, SOFT, sign_stroke
from bplearn.sessions.operations import Operation
from bplearn.sessions.walkthrough import Walkthrough
from bplearn.svg import escape, group, line, rect, short, text
from bplearn.unit_names import UnitNames
from bplearn.widgets.picture import Picture

BOX_W, BOX_H = 112.0, 56.0
MOST_UNITS = 6  # of a layer are drawn
Spots = dict[tuple[int, int], tuple[float, float]]


def network_picture(walk: Walkthrough) -> Picture:
    """Draw the network at the place the walkthrough is at.

    >>> network_picture(Walkthrough()).desc
    'Iteration 1, nothing computed yet.'

    Introduced in: notebooks/05_backward_pass.ipynb
    """
    names, tape, known = UnitNames(walk.network.layers), walk.record.tape, walk.known
    now = walk.now
    fresh, used = (now.key if now else ""), set(now.uses if now else ())
    columns = [-1, *range(len(tape))]
    counts = [tape[0].x.size, *(step.y.size for step in tape)]
    gaps = [112.0 if isinstance(tape[c].layer, Dense) else 26.0 for c in columns[1:]]
    lefts = np.cumsum([0.0, *(gap + BOX_W for gap in gaps)]).tolist()
    rows = min(max(counts), MOST_UNITS)
    height, width = 40 + rows * 104.0, lefts[-1] + BOX_W + 138
    spots = {}
    for column, left, count in zip(columns, lefts, counts, strict=True):
        shown = min(count, MOST_UNITS)
        for unit in range(shown):
            spots[column, unit] = (left + 2, 30 + (height - 40) * (unit + 0.5) / shown - BOX_H / 2)
    edges, parts = [], []
    for place, step in enumerate(tape):
        edges += _edges(walk, place, step.layer, spots, fresh)
    for (column, unit), (x, y) in spots.items():
        key = f"y{column}.{unit}"
        value = float(tape[0].x.reshape(-1)[unit]) if column < 0 else known.get(key)
        parts.append(_node(str(names.unit(column, unit)), x, y, value, known.get("d" + key), key, fresh, used))
        if column >= 0 and isinstance(tape[column].layer, Dense):
            bias = known.get(f"b{column}.{unit}", float(_before(walk, column, "b")[unit]))
            at_work = fresh in (f"b{column}.{unit}", f"db{column}.{unit}")
            parts.append(text(x + 8, y + 50, f"b {short(bias, 3)}", size=11, fill=ACCENT if at_work else MUTED))
    x, y = lefts[-1] + BOX_W + 22, 30 + (height - 40) / 2 - BOX_H / 2
    loss = known.get("L")
    parts.append(_node("cost L", x, y, loss, None, "L", fresh, used))
    for (column, unit), (left, top) in spots.items():
        if column == columns[-1]:
            edges.append(line(left + BOX_W, top + BOX_H / 2, x, y + BOX_H / 2))
        if counts[column + 1] > MOST_UNITS and unit == 0:
            said = f"{MOST_UNITS} of {counts[column + 1]} shown"
            parts.append(text(left + BOX_W / 2, height - 2, said, size=10, anchor="middle", fill=MUTED))
    said = "box: a value and its bias b; line: a weight; ∂: the slope dL/d of each"
    legend = text(2, 14, said, size=12, fill=MUTED)
    return Picture(width, height, "".join([legend, *edges, *parts]), "The network, step by step", _words(walk))


def _node(
    name: str, x: float, y: float, value: float | None, slope: float | None, key: str, fresh: str, used: set[str]
) -> str:
    at_work = fresh in (key, "d" + key)
    goes_in = key in used or "d" + key in used
    thick = 2.6 if at_work or goes_in else 1.2
    rim = ACCENT if at_work else INK
    parts = [
        rect(x, y, BOX_W, BOX_H, fill=GLOW if at_work else SOFT, rx=8, stroke=rim, stroke_width=thick),
        text(x + 8, y + 16, name, size=12, fill=MUTED),
        text(x + BOX_W - 8, y + 34, "?" if value is None else short(value), size=15, anchor="end", font_weight="600"),
    ]
    if slope is not None:
        parts.append(text(x + BOX_W - 8, y + 50, f"∂ {short(slope)}", size=11, anchor="end", fill=ACCENT))
    return group(*parts)


def _edges(walk: Walkthrough, place: int, layer: object, spots: Spots, fresh: str) -> list[str]:
    here = [unit for column, unit in spots if column == place]
    before = [unit for column, unit in spots if column == place - 1]
    if not isinstance(layer, Dense):
        pairs = (
            [(i, i) for i in here if i in before]
            if len(here) == len(before)
            else [(i, j) for i in before for j in here]
        )
        return [_link(spots, place, i, j) for i, j in pairs]
    drawn, labels = [], []
    known = walk.known
    weights = _before(walk, place, "W")
    room = len(before) * len(here) <= 6
    for i in before:
        for j in here:
            new, slope = known.get(f"W{place}.{i}.{j}"), known.get(f"dW{place}.{i}.{j}")
            value = weights[i, j] if new is None else new
            at_work = fresh in (f"W{place}.{i}.{j}", f"dW{place}.{i}.{j}")
            stroke = sign_stroke(value)
            x1, y1 = spots[place - 1, i][0] + BOX_W, spots[place - 1, i][1] + BOX_H / 2
            x2, y2 = spots[place, j][0], spots[place, j][1] + BOX_H / 2
            width = 3.2 if at_work else 1.6
            dash, color = stroke["stroke_dasharray"], ACCENT if at_work else str(stroke["stroke"])
            drawn.append(line(x1, y1, x2, y2, stroke=color, stroke_width=width, stroke_dasharray=dash))
            if room or at_work:
                share = 0.30 if (i + j) % 2 == 0 or not room else 0.72
                a, b = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
                weight = "700" if new is not None else None
                labels.append(text(a, b - 3, short(value), size=12, anchor="middle", halo=True, font_weight=weight))
                if slope is not None:
                    labels.append(
                        text(a, b + 11, f"∂ {short(slope)}", size=10.5, anchor="middle", halo=True, fill=ACCENT)
                    )
    return drawn + labels


def _before(walk: Walkthrough, place: int, name: str) -> Array:
    """The weights or the biases of layer `place` as they were when this iteration began."""
    start = 0
    for number, layer in enumerate(walk.network):
        for parameter in layer.parameters():
            if number == place and parameter.name == name:
                return walk.record.before[start : start + parameter.size].reshape(parameter.shape)
            start += parameter.size
    return np.zeros(0)


def _link(spots: Spots, place: int, i: int, j: int) -> str:
    (x1, y1), (x2, y2) = spots[place - 1, i], spots[place, j]
    return line(x1 + BOX_W, y1 + BOX_H / 2, x2, y2 + BOX_H / 2, stroke=NEUTRAL, stroke_width=1.6)


def _words(walk: Walkthrough) -> str:
    done, total = walk.place, len(walk.record.operations)
    if walk.now is None:
        return f"Iteration {walk.iteration + 1}, nothing computed yet."
    said = f"Iteration {walk.iteration + 1}, step {done} of {total}, {walk.now.phase}: "
    said += f"{walk.now.name} = {short(walk.now.result)}."
    outputs = [short(v) for k, v in walk.known.items() if k.startswith(f"y{len(walk.record.tape) - 1}.")]
    said += f" Outputs {', '.join(outputs)}." if outputs and walk.now.phase != "forward" else ""
    return said + (f" Cost {short(walk.known['L'])}." if "L" in walk.known else "")


def step_html(walk: Walkthrough) -> str:
    """Write the step that was just done: what, why, the equation in letters and in numbers."""
    now, total = walk.now, len(walk.record.operations)
    if now is None:
        head = f"Iteration {walk.iteration + 1}: {total} steps lie ahead. What will the first number be?"
        return f"<p><b>{escape(head)}</b></p>"
    title = f"Iteration {walk.iteration + 1}, step {walk.place} of {total}: {now.phase}"
    numbers = f"{now.name} = {now.numbers} = {short(now.result, 6)}"
    return (
        f"<p><b>{escape(title)}</b></p><p>{escape(now.why)}</p>"
        f'<div class="bpl-equation">{escape(now.equation)}\n{escape(numbers)}</div>'
    )


def remembered_html(walk: Walkthrough) -> str:
    """Write what the forward pass has put on the tape so far, and where backward uses it."""
    names, rows = UnitNames(walk.network.layers), []
    for place, step in enumerate(walk.record.tape):
        is_dense = isinstance(step.layer, Dense)
        column, size = (place - 1, step.x.size) if is_dense else (place, step.y.size)
        held = [(column, i) for i in range(size)]
        reached = any(key.startswith(f"y{place}.") for key in walk.known)
        shown = (
            [f"{names.unit(c, i)} = {short(_value(walk, c, i))}" for c, i in held[:4]] if reached else ["nothing yet"]
        )
        more = ", ..." if reached and len(held) > 4 else ""
        rows.append(f"<tr><td>{place}: {escape(repr(step.layer))}</td><td>{escape(', '.join(shown))}{more}</td></tr>")
    head = '<thead><tr><th scope="col">layer</th><th scope="col">remembers for backward</th></tr></thead>'
    return f'<table class="bpl-table"><caption>The tape</caption>{head}<tbody>{"".join(rows)}</tbody></table>'


def _value(walk: Walkthrough, column: int, unit: int) -> float:
    tape = walk.record.tape
    return float((tape[0].x if column < 0 else tape[column].y).reshape(-1)[unit])


def ahead_words(coming: Operation | None) -> str:
    """Say which number comes next, without telling it."""
    return "The next iteration comes next." if coming is None else f"Next: {coming.name} ({coming.phase})."
