"""A picture of words alone: a saved page shows a question with it.

Used by the predict and quiz controls; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import textwrap
from collections.abc import Container, Sequence

from bplearn.show.palette import NEUTRAL
from bplearn.show.picture import Picture
from bplearn.show.svg import rect, text


def word_picture(title: str, paragraphs: Sequence[str], *, bold: Container[int] = (0,), width: float = 640) -> Picture:
    """Write paragraphs into a frame, those at the places `bold` in bold letters; long lines are wrapped.

    >>> word_picture("A question", ["What is 2 + 2?", "3", "4"]).alt
    'A question. What is 2 + 2? 3 4'
    """
    parts, y = [], 28.0
    for number, paragraph in enumerate(paragraphs):
        head = number in bold
        y += 8 if head and number else 0
        lines = textwrap.wrap(paragraph, int(width / (9 if head else 7.8))) or [""]  # bold letters are wider
        parts.append(text(16, y, "\n".join(lines), size=13.5, font_weight=600 if head else None))
        y += 17.6 * len(lines) + 8
    frame = rect(1, 1, width - 2, y - 6, fill="none", stroke=NEUTRAL, rx=6)
    return Picture(width, y - 3, frame + "".join(parts), title, " ".join(" ".join(paragraphs).split()))
