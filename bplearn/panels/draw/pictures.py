"""The pictures of the digit reader: the field to draw in, the pixels with the blame, and the ten bars.

Taught in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from itertools import pairwise

from bplearn.panels.base.grip import Axis, grip
from bplearn.panels.draw.ink import DOTS, PIXELS, THICK
from bplearn.panels.draw.logic import Culprit, DigitReader
from bplearn.show.palette import ACCENT, GLOW, INK, MUTED, NEGATIVE, NEUTRAL, PAPER, POSITIVE, SOFT
from bplearn.show.picture import Picture
from bplearn.show.svg import circle, line, polyline, rect, text
from bplearn.show.text import counted, short

SCALE = 7.0  # of the field: units of the picture for one dot
LEFT, TOP, CELL = 8.0, 30.0, 23.0  # of the pixels
BARS, ROW, LONGEST = 268.0, 21.0, 84.0


def field_picture(reader: DigitReader) -> Picture:
    """Draw the field with the strokes and the pen.

    >>> field_picture(DigitReader(mlp(64, 8, 10, rng=0))).desc
    'Nothing is drawn yet. The pen is up.'
    """
    side = DOTS * SCALE
    x, y = reader.cursor
    sheet = rect(8, TOP, side, side, fill=PAPER, stroke=NEUTRAL, stroke_width=1.5, class_="bpl-rim")
    where = f"row {y:.0f} of {DOTS}, column {x:.0f}, pen {'down' if reader.pen else 'up'}"
    across, down = (Axis(place, 0, DOTS, 2, 1 / SCALE) for place in (x, y))
    parts = [grip("field", sheet, label="field to draw in", x=across, y=down, said=where, trail=True)]
    look = {"stroke_width": THICK * SCALE, "stroke_linecap": "round", "stroke_linejoin": "round"}
    for stroke in reader.strokes:
        spots = [(8 + SCALE * a, TOP + SCALE * b) for a, b in stroke]
        spots = spots if len(spots) > 1 else [*spots, *spots]
        parts.append(polyline(spots, stroke=INK, opacity=0.85, pointer_events="none", **look))  # type: ignore[arg-type]
    pen = circle(8 + SCALE * x, TOP + SCALE * y, 6 if reader.pen else 4, fill=ACCENT if reader.pen else PAPER,
                 stroke=ACCENT, stroke_width=2, pointer_events="none")  # fmt: skip
    parts += [pen, text(8, 19, "draw a digit here", size=12.5, font_weight=600)]
    count = len(reader.strokes)
    drawn = f"{counted(count, 'stroke')} {'is' if count == 1 else 'are'} drawn." if count else "Nothing is drawn yet."
    words = f"{drawn} The pen is {'down' if reader.pen else 'up'}."
    return Picture(side + 16, TOP + side + 14, "".join(parts), "Field to draw in", words)


def seen_picture(reader: DigitReader) -> Picture:
    """Draw what the network gets, what it says, and, where a digit is wanted, which pixels and which path are to blame.

    >>> seen_picture(DigitReader(mlp(64, 8, 10, rng=0))).desc
    'No ink yet: nothing is read.'
    """
    parts = [text(LEFT, 19, "what the network sees", size=12.5, font_weight=600)]
    parts += _pixels(reader)
    hidden = reader.held.covered
    culprit = None if hidden else reader.culprit()
    parts += _bars(reader)
    if culprit is not None:
        parts.append(_path(culprit))
    return Picture(398, 250, "".join(parts), "What the network sees and says", _words(reader, culprit))


def _words(reader: DigitReader, culprit: Culprit | None) -> str:
    if reader.held.covered:
        return reader.held.told()
    if reader.is_blank:
        return "No ink yet: nothing is read."
    look = reader.look
    order = (-look.probabilities).argsort(kind="stable")[:3]
    said = ", ".join(f"{k} with {look.probabilities[k]:.0%}" for k in order.tolist())
    words = f"It reads {reader.answer}: {said}."
    if look.slopes is None or look.error is None:
        return words
    strongest = abs(look.slopes).argsort(kind="stable")[::-1][:3].tolist()
    blamed = "; ".join(
        f"row {p // PIXELS}, column {p % PIXELS} ({'+' if look.slopes[p] > 0 else '-'})" for p in strongest
    )
    words += f" Wanted: {reader.wanted}, E = {short(look.error, 3)}. Pixels that E answers to most: {blamed}."
    return words + (f" {path_words(culprit)}" if culprit else "")


def path_words(culprit: Culprit) -> str:
    """Say which way the error takes to the weight that gets most of it."""
    row, column = divmod(culprit.pixel, PIXELS)
    way = " to ".join(reversed(culprit.names))
    return f"Strongest path of the error: from {way} to the pixel in row {row}, column {column}."


def _pixels(reader: DigitReader) -> list[str]:
    """The 64 numbers as ink; a sign where more ink makes the error larger (+) or smaller (-)."""
    slopes = reader.look.slopes if not reader.is_blank else None
    most = float(abs(slopes).max()) if slopes is not None else 0.0
    parts = [rect(LEFT, TOP, 8 * CELL, 8 * CELL, fill=PAPER, stroke=NEUTRAL)]
    for pixel, ink in enumerate(reader.ink.tolist()):
        x, y = LEFT + CELL * (pixel % PIXELS), TOP + CELL * (pixel // PIXELS)
        parts.append(rect(x, y, CELL, CELL, fill=INK, fill_opacity=0.75 * ink, stroke=SOFT, data_key=f"pixel-{pixel}"))
        if slopes is not None and most and abs(slopes[pixel]) >= most / 4 and not reader.held.covered:
            sign, color = ("+", POSITIVE) if slopes[pixel] > 0 else ("−", NEGATIVE)
            size = 12 + 7 * abs(float(slopes[pixel])) / most
            parts.append(text(x + CELL / 2, y + CELL / 2 + size / 3, sign, size=size, anchor="middle", halo=True,
                              fill=color, font_weight=700, pointer_events="none"))  # fmt: skip
    row, column = divmod(reader.selected, PIXELS)
    chosen = rect(LEFT + CELL * column, TOP + CELL * row, CELL, CELL, fill="none", stroke=ACCENT, stroke_width=2.5,
                  pointer_events="none")  # fmt: skip
    under = TOP + 8 * CELL + 16
    parts.append(chosen)
    if slopes is not None:
        parts.append(text(LEFT, under, "more ink: E rises (+), falls (−)", size=11, fill=MUTED))
    return parts


def _bars(reader: DigitReader) -> list[str]:
    parts = [text(BARS - 14, 19, "what it says", size=12.5, font_weight=600)]
    says = not reader.is_blank and not reader.held.covered
    chances = reader.look.probabilities.tolist()
    for digit, chance in enumerate(chances):
        y = TOP + ROW * digit
        best = says and digit == reader.answer
        if digit == reader.wanted:
            parts.append(rect(BARS - 18, y + 1, 18, ROW - 3, fill=GLOW, stroke=ACCENT, rx=4))
        parts.append(text(BARS - 9, y + 14, str(digit), size=13, anchor="middle", font_weight=600 if best else None))
        parts.append(rect(BARS + 4, y + 3, LONGEST, ROW - 7, fill=SOFT))
        if says:
            fill = POSITIVE if best else NEUTRAL
            parts.append(rect(BARS + 4, y + 3, LONGEST * chance, ROW - 7, fill=fill, data_id=f"bar-{digit}"))
            if chance >= 0.005:
                look = {"font_weight": 600} if best else {}
                parts.append(text(BARS + LONGEST + 8, y + 14, f"{chance:.0%}", size=11, **look))  # type: ignore[arg-type]
    if not says:
        words = "?" if reader.held.covered else "no ink yet"
        parts.append(text(BARS + 4 + LONGEST / 2, TOP + 5 * ROW, words, size=12.5, anchor="middle", fill=MUTED))
    return parts


def _path(culprit: Culprit) -> str:
    """The strongest path: from the pixel over a unit of each layer to the output."""
    row, column = divmod(culprit.pixel, PIXELS)
    spots = [(LEFT + CELL * (column + 0.5), TOP + CELL * (row + 0.5))]
    inner, last = culprit.units[:-1], culprit.units[-1]
    room = BARS - 24 - (LEFT + 8 * CELL)
    shares = [(i + 1) / (len(inner) + 1) for i in range(len(inner))]
    spots += [(LEFT + 8 * CELL + room * share, TOP + 4 * CELL) for share in shares]
    spots.append((BARS - 20, TOP + ROW * (last + 0.5)))
    look = {"stroke": ACCENT, "stroke_width": 2.5, "stroke_dasharray": None if culprit.product > 0 else "6 3"}
    parts = [
        line(*one, *two, pointer_events="none", **look)  # type: ignore[arg-type]
        for one, two in pairwise(spots)
    ]
    for (x, y), unit in zip(spots[1:-1], inner, strict=True):
        parts += [
            circle(x, y, 13, fill=GLOW, stroke=ACCENT, stroke_width=1.6),
            text(x, y + 4, str(unit + 1), size=11, anchor="middle"),
        ]
    return "".join(parts)
