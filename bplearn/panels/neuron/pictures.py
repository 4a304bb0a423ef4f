"""The pictures of one neuron: its numbers on the way to y, and how y answers to a nudge.

Taught in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.panels.neuron.logic import STEPS, Neuron
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEGATIVE, NEUTRAL, PAPER, POSITIVE, SOFT, sign_stroke
from bplearn.show.picture import Picture
from bplearn.show.svg import arrow, circle, line, polyline, rect, text
from bplearn.show.text import short
from bplearn.show.ticks import round_ticks


def neuron_picture(unit: Neuron) -> Picture:
    """Draw inputs, weighted lines, sum and output; what is still covered is a question mark.

    >>> neuron_picture(Neuron()).desc
    'x1 = -1, w1 = 2, x2 = -2, w2 = -3, b = -3. Products -2, 6. z = 1. y = 0.7311.'
    """
    width, count = 440.0, len(unit.x)
    height = max(210.0, 74.0 * count + 50)
    middle, parts = height / 2 - 6, []
    largest = max(1.0, *map(abs, unit.w))
    for i, (x, w, product) in enumerate(zip(unit.x, unit.w, unit.products, strict=True)):
        y = middle + 74 * (i - (count - 1) / 2)
        look = sign_stroke(w)
        thick = 1.2 + 4 * abs(w) / largest
        dash = look["stroke_dasharray"]
        parts.append(line(44, y, 218, middle, stroke=str(look["stroke"]), stroke_width=thick, stroke_dasharray=dash))
        parts.append(_number(44, y, f"x{i + 1}", short(x), strong=unit.nudged == f"x{i + 1}"))
        words = f"w{i + 1} = {short(w)}"
        color, below = ACCENT if unit.nudged == f"w{i + 1}" else INK, 18 if y > middle else -7
        height_of = y + 0.3 * (middle - y) + below
        parts.append(text(96, height_of, words, size=12.5, halo=True, font_weight=600, fill=color))
        shown = short(product) if unit.shown > 0 else "?"
        x_of, part = (186.0, 0.82) if count < 3 else (180.0, 0.77)  # many lines meet there
        parts.append(text(x_of, y + part * (middle - y) + (16 if y > middle else -8), shown, size=12.5, anchor="end",
                          halo=True, fill=MUTED))  # fmt: skip
    color = ACCENT if unit.nudged == "b" else INK
    parts.append(
        text(240, middle + 62, f"b = {short(unit.b)}", size=12.5, anchor="middle", fill=color, font_weight=600)
    )
    parts.append(line(240, middle + 48, 240, middle + 28, stroke=NEUTRAL, stroke_width=1.4))
    parts.append(arrow(240, middle, 337, middle, stroke=NEUTRAL))
    parts.append(arrow(370, middle, 432, middle, stroke=NEUTRAL))
    parts.append(_number(240, middle, "z = sum", short(unit.z, 4) if unit.shown > 1 else "?", radius=27))
    parts.append(text(303, middle - 8, unit.activation.lower(), size=12, anchor="middle", halo=True))
    parts.append(
        _number(362, middle, "y", short(unit.y, 4) if unit.shown > 2 else "?", radius=27, strong=unit.shown == 3)
    )
    parts.append(text(44, height - 4, "inputs", size=11, anchor="middle", fill=MUTED))
    parts.append(
        text(150, height - 4, "times weights: solid above zero, dashed below", size=11, anchor="start", fill=MUTED)
    )
    given = ", ".join(f"{name} = {short(unit.get(name))}" for name in unit.names)
    sentences = [f"Products {', '.join(map(short, unit.products))}.", f"z = {short(unit.z)}.", f"y = {short(unit.y)}."]
    return Picture(width, height, "".join(parts), "A neuron", " ".join([f"{given}.", *sentences[: unit.shown]]))


def _number(x: float, y: float, name: str, value: str, *, radius: float = 22, strong: bool = False) -> str:
    frame = circle(x, y, radius, fill=GLOW if strong else SOFT, stroke=ACCENT if strong else INK, stroke_width=1.6)
    label = text(x, y - radius - 6, name, size=12, anchor="middle", halo=True, font_weight=600)
    return frame + label + text(x, y + 4.5, value, size=12.5, anchor="middle")


def slope_picture(unit: Neuron) -> Picture:
    """Draw y as it answers to the nudged number, with the two nudged points and the line through them.

    >>> slope_picture(Neuron()).desc
    'Nudged by 0.5 to each side of 2, y goes from 0.8176 to 0.6225: slope -0.1951. The exact slope is -0.1966.'
    """
    width, height, left, right, top, bottom = 400.0, 260.0, 46.0, 388.0, 34.0, 214.0
    v, h = unit.get(unit.nudged), unit.h
    reach = max(4.0, 2 * h)
    values = np.linspace(v - reach, v + reach, 121)
    y = unit.answers(values)
    ends = unit.answers(np.array([v - h, v + h]))
    low, high = float(min(y.min(), ends.min())), float(max(y.max(), ends.max()))
    pad = max(0.08 * (high - low), 0.05)
    low, high = low - pad, high + pad

    def place(value: float, answer: float) -> tuple[float, float]:
        return left + (right - left) * (value - v + reach) / (2 * reach), bottom - (bottom - top) * (answer - low) / (
            high - low
        )

    def straight(slope: float, answer: float) -> tuple[float, float, float, float]:
        """A line of this slope through (v, answer), cut at the frame."""
        room = [reach] if slope == 0 else [reach, *((edge - answer) / slope for edge in (low, high))]
        most = min(abs(r) for r in room if r != 0)
        return (*place(v - most, answer - slope * most), *place(v + most, answer + slope * most))

    parts = [rect(left, top, right - left, bottom - top, fill=SOFT, stroke=NEUTRAL)]
    x0 = place(v, low)[0]
    known = unit.shown >= STEPS.index("slope")
    if known:
        curve = [place(a, b) for a, b in zip(values.tolist(), y.tolist(), strict=True)]
        parts.append(polyline(curve, stroke=POSITIVE, stroke_width=2.4))
    else:
        words = "y stands here once it is known"
        parts.append(text((left + right) / 2, (top + bottom) / 2, words, size=12.5, anchor="middle", fill=MUTED))
    parts.append(line(x0, top, x0, bottom, stroke=NEUTRAL, stroke_dasharray="1.5 3.5"))
    if unit.shown == len(STEPS):
        for answer, value in zip(ends.tolist(), (v - h, v + h), strict=True):
            parts.append(
                line(*place(value, low), *place(value, answer), stroke=NEGATIVE, stroke_width=1, stroke_dasharray="2 3")
            )
            parts.append(circle(*place(value, answer), 4.5, fill=PAPER, stroke=NEGATIVE, stroke_width=2))
        middle = float(ends.mean())
        parts.append(line(*straight(unit.nudge_slope, middle), stroke=NEGATIVE, stroke_width=2, stroke_dasharray="6 3"))
        if abs(unit.slope) < 1e3:
            parts.append(line(*straight(unit.slope, unit.y), stroke=INK, stroke_width=1.2))
    if known:
        parts.append(circle(*place(v, unit.y), 5.5, fill=ACCENT, stroke=PAPER, stroke_width=1.5, data_id="y"))
    entries = [("y", POSITIVE, None), ("through the nudged points", NEGATIVE, "6 3"), ("exact slope", INK, None)]
    x = left
    for words, stroke, dash in entries[: 3 if unit.shown == len(STEPS) else int(known)]:
        parts += [
            line(x, 15, x + 22, 15, stroke=stroke, stroke_width=2.2, stroke_dasharray=dash),
            text(x + 27, 19, words, size=11.5),
        ]
        x += 52 + 5.6 * len(words)
    for value in round_ticks(v - reach, v + reach):
        if abs(value - v) > 0.16 * reach:
            parts.append(text(place(value, low)[0], bottom + 17, short(value), size=12, anchor="middle", fill=MUTED))
    parts.append(text(x0, bottom + 17, short(v), size=12, anchor="middle", fill=ACCENT, font_weight=600))
    for answer in round_ticks(low, high, 5) if known else []:
        x, y_at = place(v - reach, answer)
        parts += [
            line(left - 4, y_at, left, y_at),
            text(x - 7, y_at + 4, short(answer), size=12, anchor="end", fill=MUTED),
        ]
    parts.append(
        text(
            (left + right) / 2,
            height - 10,
            f"{unit.nudged}, all others as they are",
            size=12,
            anchor="middle",
            fill=MUTED,
        )
    )
    words = f"y at {unit.nudged} = {short(v)} is {short(unit.y)}." if unit.shown > 2 else "The output is still covered."
    if unit.shown == len(STEPS):
        words = (
            f"Nudged by {short(h)} to each side of {short(v)}, y goes from {short(ends[0])} to {short(ends[1])}: "
            f"slope {short(unit.nudge_slope)}. The exact slope is {short(unit.slope)}."
        )
    return Picture(width, height, "".join(parts), f"y by {unit.nudged}, and its slope", words)
