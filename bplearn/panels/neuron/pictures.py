"""The pictures of one neuron: its numbers on the way to y, and how y answers to a nudge.

Taught in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import numpy as np

from bplearn.panels.base.grip import Axis, grip
from bplearn.panels.neuron.logic import STEPS, Neuron
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEGATIVE, NEUTRAL, PAPER, POSITIVE, SOFT, sign_stroke
from bplearn.show.picture import Picture
from bplearn.show.svg import arrow, circle, line, path, polyline, rect, text, text_width
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
        parts.append(_number(44, y, f"x{i + 1}", short(x), unit=unit))
        parts.append(_pill(unit, f"w{i + 1}", 114, y + 0.4 * (middle - y)))
        shown = short(product) if unit.visible > 0 else "?"
        x_of, part = (208.0, 0.82) if count < 3 else (180.0, 0.77)  # many lines meet there
        parts.append(text(x_of, y + part * (middle - y) + (16 if y > middle else -8), shown, size=12.5, anchor="end",
                          halo=True, fill=MUTED))  # fmt: skip
    parts.append(line(240, middle + 50, 240, middle + 28, stroke=NEUTRAL, stroke_width=1.4))
    parts.append(_pill(unit, "b", 240, middle + 64))
    parts.append(arrow(240, middle, 337, middle, stroke=NEUTRAL))
    parts.append(arrow(370, middle, 432, middle, stroke=NEUTRAL))
    parts.append(_number(240, middle, "z = sum", short(unit.z, 4) if unit.visible > 1 else "?", radius=27))
    parts.append(text(303, middle - 8, unit.activation.lower(), size=12, anchor="middle", halo=True))
    y_words = short(unit.y, 4) if unit.visible > 2 else "?"
    parts.append(_number(362, middle, "y", y_words, radius=27, strong=unit.visible == 3))
    if unit.held.moved:
        parts.append(_ghost(362, middle + 43, unit.held.before))
    parts.append(text(44, height - 4, "inputs", size=11, anchor="middle", fill=MUTED))
    parts.append(
        text(150, height - 4, "times weights: solid above zero, dashed below", size=11, anchor="start", fill=MUTED)
    )
    given = ", ".join(f"{name} = {short(unit.get(name))}" for name in unit.names)
    sentences = [f"Products {', '.join(map(short, unit.products))}.", f"z = {short(unit.z)}.", f"y = {short(unit.y)}."]
    return Picture(width, height, "".join(parts), "A neuron", " ".join([f"{given}.", *sentences[: unit.visible]]))


def _ghost(x: float, y: float, before: float) -> str:
    """How a number stood before it was taken hold of."""
    return text(x, y, f"was {short(before)}", size=11, anchor="middle", halo=True, fill=MUTED)


def _axis(value: float) -> Axis:
    """A number is moved up and down: 40 units of the picture are 1."""
    return Axis(value, min(-5.0, value), max(5.0, value), 0.1, -0.025)


def _signs(x: float, y: float, apart: float) -> str:
    """Two small triangles: this can be moved up and down."""
    up, down = ("M", x - 4, y - apart, "L", x + 4, y - apart), ("M", x - 4, y + apart, "L", x + 4, y + apart)
    tips = (("L", x, y - apart - 5, "Z"), ("L", x, y + apart + 5, "Z"))
    return path(*up, *tips[0], stroke=None, fill=ACCENT) + path(*down, *tips[1], stroke=None, fill=ACCENT)


def _pill(unit: Neuron, name: str, x: float, y: float) -> str:
    """A weight or the bias, to take hold of."""
    value, chosen = unit.get(name), unit.nudged == name
    words = f"{name} = {short(value)}"
    wide = max(78.0, text_width(words, 12.5) + 26)
    rim = ACCENT if chosen else MUTED
    box = rect(
        x - wide / 2, y - 14, wide, 28, fill=GLOW if chosen else SOFT, stroke=rim, stroke_width=1.4, rx=9,
        class_="bpl-rim",
    )  # fmt: skip
    label = text(x - 6, y + 4.5, words, size=12.5, anchor="middle", font_weight=600)
    part = grip(name, box, label, _signs(x + wide / 2 - 10, y, 3), label=name, y=_axis(value))
    is_ghost = unit.held.moved and unit.held.key == name
    return part + (_ghost(x, y + 27, unit.ghost) if is_ghost else "")


def _number(
    x: float, y: float, name: str, value: str, *, radius: float = 22, strong: bool = False, unit: Neuron | None = None
) -> str:
    """A number in its circle; one of a unit's inputs can be taken hold of."""
    strong = strong or (unit is not None and unit.nudged == name)
    look = {"fill": GLOW if strong else SOFT, "stroke": ACCENT if strong else INK}
    frame = circle(x, y, radius, **look, stroke_width=1.6, class_="bpl-rim" if unit else None)
    label = text(x, y - radius - 6, name, size=12, anchor="middle", halo=True, font_weight=600)
    number = text(x, y + 4.5, value, size=12.5, anchor="middle")
    if unit is None:
        return frame + label + number
    part = grip(name, frame, number, _signs(x, y, 11), label=name, y=_axis(unit.get(name)))
    is_ghost = unit.held.moved and unit.held.key == name
    return label + part + (_ghost(x, y + radius + 13, unit.ghost) if is_ghost else "")


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
    nudges = unit.visible == len(STEPS) and not unit.held.moved
    known = unit.visible >= STEPS.index("slope")
    if known:
        curve = [place(a, b) for a, b in zip(values.tolist(), y.tolist(), strict=True)]
        parts.append(polyline(curve, stroke=POSITIVE, stroke_width=2.4))
    else:
        words = "y stands here once it is known"
        parts.append(text((left + right) / 2, (top + bottom) / 2, words, size=12.5, anchor="middle", fill=MUTED))
    parts.append(line(x0, top, x0, bottom, stroke=NEUTRAL, stroke_dasharray="1.5 3.5"))
    if nudges:
        for answer, value in zip(ends.tolist(), (v - h, v + h), strict=True):
            parts.append(
                line(*place(value, low), *place(value, answer), stroke=NEGATIVE, stroke_width=1, stroke_dasharray="2 3")
            )
            parts.append(circle(*place(value, answer), 4.5, fill=PAPER, stroke=NEGATIVE, stroke_width=2))
        middle = float(ends.mean())
        parts.append(line(*straight(unit.nudge_slope, middle), stroke=NEGATIVE, stroke_width=2, stroke_dasharray="6 3"))
        if abs(unit.slope) < 1e3:
            parts.append(line(*straight(unit.slope, unit.y), stroke=INK, stroke_width=1.2))
    before = unit.ghost if unit.held.moved else v
    if known and before != v and abs(before - v) < reach:
        promised = min(max(unit.held.before + (unit.held.promised or 0.0), low), high)
        old, to = place(before, unit.held.before), place(v, promised)
        parts += [line(*old, *to, stroke=ACCENT, stroke_width=1.8, stroke_dasharray="3 3"),
                  line(*to, *place(v, unit.y), stroke=ACCENT, stroke_width=3, opacity=0.5),
                  circle(*old, 5, fill="none", stroke=ACCENT, stroke_width=2, stroke_dasharray="2 2"),
                  circle(*to, 3.5, fill=PAPER, stroke=ACCENT, stroke_width=2)]  # fmt: skip
    if known:
        parts.append(circle(*place(v, unit.y), 5.5, fill=ACCENT, stroke=PAPER, stroke_width=1.5, data_id="y"))
    entries = [("y", POSITIVE, None), ("through the nudged points", NEGATIVE, "6 3"), ("exact slope", INK, None)]
    if unit.held.moved:
        entries = [entries[0], ("what the slope had promised", ACCENT, "3 3")]
    x = left
    for words, stroke, dash in entries[: 3 if nudges or (known and unit.held.moved) else int(known)]:
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
    words = (
        f"y at {unit.nudged} = {short(v)} is {short(unit.y)}." if unit.visible > 2 else "The output is still covered."
    )
    if known and unit.held.moved:
        words = f"{words[:-1]}; it was {short(unit.held.before)} at {short(unit.ghost)}."
    if nudges:
        words = (
            f"Nudged by {short(h)} to each side of {short(v)}, y goes from {short(ends[0])} to {short(ends[1])}: "
            f"slope {short(unit.nudge_slope)}. The exact slope is {short(unit.slope)}."
        )
    return Picture(width, height, "".join(parts), f"y by {unit.nudged}, and its slope", words)
