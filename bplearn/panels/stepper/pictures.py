"""The stepper's pictures: the network with the numbers known so far on nodes and edges, and the step in words.

The newest number is highlighted, the numbers that went into it have a thick rim, and slopes stand below the values in
the colour of gradients.
Used in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.explain.naming import UnitNames
from bplearn.layers import Dense
from bplearn.panels.stepper.light import at_start, lit, lit_numbers, quantities
from bplearn.panels.stepper.logic import UpdateSteps
from bplearn.panels.stepper.operations import Operation
from bplearn.show.network import NetworkDrawing, Spot, layout
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEUTRAL, PAPER, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import arrow, line, rect, text, text_width
from bplearn.show.table import Rich, Table
from bplearn.show.text import escape, short

MOST_UNITS = 6  # units of a layer that are drawn
MOST_LINES = 8  # equations of one step that are written
TOP = 66.0  # room for the phases and the legend
PHASES = ("forward", "cost", "backward", "update")


def network_picture(walk: UpdateSteps) -> Picture:
    """Draw the network at the place the walkthrough is at.

    >>> network_picture(UpdateSteps()).desc
    'Iteration 1, nothing computed yet. Inputs 0.05, 0.1. Weights 0.15, 0.25, 0.2, 0.3, 0.4, 0.5, 0.45, 0.55.'
    """
    return _StepPicture(walk).picture()


class _StepPicture:
    """What all pieces of one picture share: known numbers, current operations, and the places of the boxes."""

    def __init__(self, walk: UpdateSteps) -> None:
        self.walk, self.tape, self.known = walk, walk.record.tape, walk.known
        self.names = UnitNames(walk.network.layers)
        self.fresh = {operation.key for operation in walk.latest}
        self.used = {key for operation in walk.latest for key in operation.uses} - self.fresh
        sizes = [self.tape[0].x.size, *(step.y.size for step in self.tape)]
        rows = min(max(sizes), MOST_UNITS)
        # taller boxes where there is room, broader ones where name and value stand on one line
        wide, high, between = (80.0, 56.0, 88.0) if rows <= 3 else (112.0, 42.0, 62.0)
        gaps = [(112.0 if rows <= 3 else 126.0) if isinstance(step.layer, Dense) else 14.0 for step in self.tape]
        xs = np.cumsum([2 + wide / 2, *(gap + wide for gap in gaps), wide + 22]).tolist()
        self.bottom = TOP + rows * between
        shown = [tuple(range(min(size, MOST_UNITS))) for size in sizes]
        columns = layout([*sizes, 1], [*shown, (0,)], xs, TOP - 4, self.bottom - 4)
        self.drawing = NetworkDrawing(columns, box=(wide, high))
        self.tall = high > 50

    def picture(self) -> Picture:
        drawing = self.drawing
        for place, step in enumerate(self.tape):
            if isinstance(step.layer, Dense):
                self._weights(place)
            else:
                drawing.links(place)
        drawing.links(len(self.tape))
        for column, places in enumerate(drawing.columns[:-1], start=-1):
            for unit in places.units:
                key = f"y{column}.{unit}"
                value = float(self.tape[0].x.reshape(-1)[unit]) if column < 0 else self.known.get(key)
                self._box(places.spot(unit), str(self.names.unit(column, unit)), value, key)
                if column >= 0 and isinstance(self.tape[column].layer, Dense):
                    self._bias(column, unit, places.spot(unit))
        self._flow()
        self._targets()
        self._box(drawing.columns[-1].spot(0), "error E", self.known.get("L"), "L")
        cuts = ["" if c.size <= MOST_UNITS else f"{MOST_UNITS} of {c.size} shown" for c in drawing.columns]
        drawing.captions(cuts, self.bottom + 16, size=12)
        width = drawing.columns[-1].x + drawing.box[0] / 2 + 2
        height = self.bottom + (20 if any(cuts) else 0)
        body = "".join(self._phases()) + drawing.body()
        return Picture(width, height, body, "The network, step by step", _words(self.walk))

    def _phases(self) -> list[str]:
        """The four phases in a row, the current one highlighted; below them what the marks mean."""
        now = self.walk.now.phase if self.walk.now else None
        parts, x = [], 2.0
        for number, phase in enumerate(PHASES):
            is_now = phase == now
            wide = text_width(phase, 14) + 22
            parts += [
                rect(x, 2, wide, 25, fill=GLOW if is_now else SOFT, rx=12.5, stroke=ACCENT if is_now else NEUTRAL,
                     stroke_width=2.2 if is_now else 1),
                text(x + wide / 2, 19.5, phase, size=14, anchor="middle", font_weight=700 if is_now else None,
                     fill=INK if is_now else MUTED),
            ]  # fmt: skip
            x += wide
            if number < len(PHASES) - 1:
                parts.append(arrow(x + 3, 14.5, x + 23, 14.5, stroke=NEUTRAL))
                x += 26
        legend = "box: a value, bias b below it; line: a weight, dashed below zero; ∂: the slope, ∂E/∂ of each"
        return [*parts, text(2, 46, legend, size=12.5, fill=MUTED)]

    def _box(self, spot: Spot, name: str, value: float | None, key: str) -> None:
        """Draw a unit: its name, its value once it is known, and its slope."""
        slope = self.known.get("d" + key)
        at_work = key in self.fresh or "d" + key in self.fresh
        goes_in = key in self.used or "d" + key in self.used
        (wide, high), tall = self.drawing.box, self.tall
        x, y = spot[0] - wide / 2, spot[1] - high / 2
        rim, thick = (ACCENT if at_work else INK), 2.6 if at_work or goes_in else 1.2
        number = "?" if value is None else short(value) if tall else short(value, 3)
        size, down = (15, 34.0) if tall else (13.5, 17.0)
        self.drawing.units += [
            rect(x, y, wide, high, fill=GLOW if at_work else SOFT, rx=8, stroke=rim, stroke_width=thick, data_q=key),
            text(x + 8, y + 16, name, size=12, fill=MUTED),
            text(x + wide - 8, y + down, number, size=size, anchor="end", font_weight=600, data_q=key),
        ]
        if slope is not None:
            weight = 700 if "d" + key in self.fresh else None
            label = f"∂ {short(slope, 3)}"
            place = (x + wide - 8, y + high - 7)
            self.drawing.units.append(
                text(*place, label, size=12, anchor="end", fill=ACCENT, font_weight=weight, data_q=f"d{key}")
            )

    def _flow(self) -> None:
        """Draw the error on its way back: wide is much, dashed is below zero; at a fork the streams add up."""
        streams = self.walk.streams()
        most = max((abs(amount) for *_, amount in streams), default=0.0) or 1.0
        for layer, leaves, reaches, amount in streams:
            before, here = self.drawing.columns[layer : layer + 2]
            if reaches not in before or leaves not in here:
                continue
            end, start = self.drawing.ends(layer, reaches, leaves)
            self.drawing.line(start, end, amount, 1.5 + 6 * abs(amount) / most, stroke=ACCENT)
            pulses = {"stroke": PAPER, "stroke_width": 1.2, "class_": "bpl-flow"}
            self.drawing.highlights.append(line(*start, *end, **pulses))  # type: ignore[arg-type]

    def _targets(self) -> None:
        """Write the target that an output is compared with above its box, where there is one for each output."""
        wanted, last = np.asarray(self.walk.targets).reshape(-1), self.drawing.columns[-2]
        if wanted.dtype.kind != "f" or len(wanted) != last.size:
            return
        for unit in last.units:
            x, y = last.spot(unit)
            x, y = x + self.drawing.box[0] / 2, y - self.drawing.box[1] / 2 - 5
            self.drawing.units.append(
                text(x, y, f"target {short(float(wanted[unit]), 3)}", size=12, anchor="end", fill=MUTED)
            )

    def _bias(self, place: int, unit: int, spot: Spot) -> None:
        """Write a unit's bias below its box, and its slope once that is known."""
        new, slope = self.known.get(f"b{place}.{unit}"), self.known.get(f"db{place}.{unit}")
        value = float(at_start(self.walk, place, "b")[unit]) if new is None else new
        at_work = not self.fresh.isdisjoint((f"b{place}.{unit}", f"db{place}.{unit}"))
        weight = 700 if at_work or new is not None else None
        x, y = spot[0] - self.drawing.box[0] / 2 + 4, spot[1] + self.drawing.box[1] / 2 + 13
        label = f"b {short(value, 3)}"
        mark = f"b{place}.{unit}"
        fill = ACCENT if at_work else INK
        self.drawing.units.append(text(x, y, label, size=12, font_weight=weight, fill=fill, data_q=mark))
        if slope is not None and self.tall:
            after = x + 8 + text_width(label, 12)
            self.drawing.units.append(text(after, y, f"∂ {short(slope, 3)}", size=12, fill=ACCENT, data_q=f"d{mark}"))

    def _weights(self, place: int) -> None:
        """The lines of a layer's weights, and the numbers on them where there is room or where they are at work."""
        before, here = self.drawing.columns[place : place + 2]
        weights = at_start(self.walk, place, "W")
        room = len(before.units) * len(here.units) <= 6
        sent = {(i, j): amount for layer, j, i, amount in self.walk.streams() if layer == place}
        for i in before.units:
            for j in here.units:
                key = f"W{place}.{i}.{j}"
                new, slope = self.known.get(key), self.known.get("d" + key)
                value = float(weights[i, j]) if new is None else new
                at_work = not self.fresh.isdisjoint((key, "d" + key))
                start, end = self.drawing.ends(place, i, j)
                self.drawing.line(start, end, value, 3.2 if at_work else 1.6, stroke=ACCENT if at_work else None)
                if room or (at_work and len(self.fresh) <= 6):
                    share = 0.32 if (i + j) % 2 == 0 or not room else 0.68
                    weight = 700 if new is not None or at_work else None
                    self.drawing.number(
                        start, end, short(value), share=share, size=12, rise=-5, weight=weight, data_q=key
                    )
                    if (i, j) in sent:  # what flows back takes the place of the weight's own slope
                        label = f"← {short(sent[i, j], 2)}"
                        look = {"size": 12, "rise": 11, "fill": ACCENT, "weight": 700}
                        self.drawing.number(start, end, label, share=share, **look)  # type: ignore[arg-type]
                    elif slope is not None:
                        label = f"∂ {short(slope, 2)}"  # a long one would run into the boxes
                        self.drawing.number(
                            start, end, label, share=share, size=12, rise=11, fill=ACCENT, data_q=f"d{key}"
                        )


def _words(walk: UpdateSteps) -> str:
    done, total = walk.place, len(walk.record.operations)
    if walk.now is None:
        inputs = ", ".join(short(v) for v in walk.record.tape[0].x.reshape(-1)[:8].tolist())
        label = f"Iteration {walk.iteration + 1}, nothing computed yet. Inputs {inputs}."
        weights = [v for place in range(len(walk.record.tape)) for v in at_start(walk, place, "W").reshape(-1).tolist()]
        return label + (f" Weights {', '.join(map(short, weights))}." if len(weights) <= 24 else "")
    label = f"Iteration {walk.iteration + 1}, step {done} of {total}, {walk.now.phase}: "
    label += f"{walk.now.name} = {short(walk.now.result)}."
    names = UnitNames(walk.network.layers)
    sent = [(names.unit(layer - 1, i), short(amount, 2), layer, j) for layer, j, i, amount in walk.streams()]
    if sent and sent[0][2] < len(walk.record.tape):
        streams = (f"{much} to {end} from {names.unit(layer, j)}" for end, much, layer, j in sent)
        label += f" Streams back: {', '.join(streams)}."
    outputs = [short(v) for k, v in walk.known.items() if k.startswith(f"y{len(walk.record.tape) - 1}.")]
    label += f" Outputs {', '.join(outputs)}." if outputs and walk.now.phase != "forward" else ""
    return label + (f" Error {short(walk.known['L'])}." if "L" in walk.known else "")


def step_html(walk: UpdateSteps) -> str:
    """Write the step that was just done: what, why, the equation in letters and in numbers; of several, all numbers."""
    now, total = walk.now, len(walk.record.operations)
    if now is None:
        head = f"Iteration {walk.iteration + 1}: {total} steps lie ahead. What will the first number be?"
        return f"<p><b>{escape(head)}</b></p>"
    title = f"Iteration {walk.iteration + 1}, step {walk.place} of {total}: {now.phase}"
    done = walk.latest
    shown = done if len(done) <= MOST_LINES else [*done[: MOST_LINES - 2], now]
    lines = [_numbers(walk, operation) for operation in shown]
    if len(done) == 1:
        lines.insert(0, lit(now.equation, quantities(walk), reach=True))
        why = f"<p>{escape(now.why)}</p>"
    else:
        title, why = f"{title}, {len(done)} numbers at once", ""
    if len(done) > len(shown):
        lines.insert(-1, f"... and {len(done) - len(shown)} more ...")
    return f'<p><b>{escape(title)}</b></p>{why}<div class="bpl-equation">{chr(10).join(lines)}</div>'


def _numbers(walk: UpdateSteps, operation: Operation) -> str:
    """An equation in numbers; each lights up with its quantity, and so does the result."""
    found = quantities(walk)
    result = f'<span data-q="{operation.key}">{short(operation.result, 6)}</span>'
    name = lit(operation.name, found, reach=len(walk.latest) > 1)
    return f"{name} = {lit_numbers(walk, operation, found)} = {result}"


def remembered_html(walk: UpdateSteps) -> str:
    """Write what the forward pass has put on the tape so far, and where backward uses it."""
    names = UnitNames(walk.network.layers)
    found = quantities(walk)
    rows: list[tuple[str, Rich]] = []
    for place, step in enumerate(walk.record.tape):
        is_dense = isinstance(step.layer, Dense)
        column, size = (place - 1, step.x.size) if is_dense else (place, step.y.size)
        held = [(column, i) for i in range(size)]
        reached = any(key.startswith(f"y{place}.") for key in walk.known)
        shown = [f"{names.unit(c, i)} = {_value(walk, c, i)}" for c, i in held[:4]] if reached else ["nothing yet"]
        more = ", ..." if reached and len(held) > 4 else ""
        words = ", ".join(shown) + more
        rows.append((f"{place}: {step.layer!r}", Rich(words, lit(words, found))))
    return Table("The tape", ("layer", "remembers for backward"), tuple(rows)).html()


def _value(walk: UpdateSteps, column: int, unit: int) -> str:
    value = float(walk.record.tape[0].x.reshape(-1)[unit]) if column < 0 else walk.known.get(f"y{column}.{unit}")
    return "?" if value is None else short(value)


def ahead_words(coming: Operation | None) -> str:
    """Say which number comes next, without telling it."""
    return "The next iteration comes next." if coming is None else f"Next: {coming.name} ({coming.phase})."
