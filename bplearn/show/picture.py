"""A picture: pieces of SVG with a size, a title and the numbers in words.

A panel shows it live; a notebook, or a page without a kernel, shows the same as an image with alternative text.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import final

from bplearn.files.atomic import atomic_write
from bplearn.show.svg import element, figure_html, stand_alone, svg


@final
@dataclass(frozen=True, repr=False)
class Picture:
    """Pieces of SVG in a box of width x height; `title` names it, `desc` says its numbers.

    >>> Picture(40, 20, "<circle r='3'/>", "A dot", "Radius 3.").alt
    'A dot. Radius 3.'
    """

    width: float
    height: float
    body: str
    title: str
    desc: str = ""

    def text(self, name: str = "") -> str:
        """Return the whole picture as SVG; `name` keeps its ids apart from others on the page."""
        return svg(self.width, self.height, self.body, title=self.title, desc=self.desc, name=name)

    @property
    def alt(self) -> str:
        """The title and the numbers, as alternative text."""
        return f"{self.title.rstrip('.')}. {self.desc}".strip()

    def save(self, path: str | PathLike[str]) -> None:
        """Write the picture to an SVG file that stands alone: with a page colour of its own, light or dark."""
        atomic_write(path, lambda file: file.write(stand_alone(self.text()).encode()))

    def __repr__(self) -> str:
        return f"Picture: {self.title}"

    def _repr_html_(self) -> str:
        return figure_html(self.text(), self.alt)


def collage(rows: Sequence[Sequence[Picture]], title: str, *, width: float = 900, gap: float = 14) -> Picture:
    """Put pictures side by side, row below row, into one of this width; each row is scaled to fill it.

    >>> dot = Picture(40, 20, "<circle r='3'/>", "A dot")
    >>> collage([[dot, dot], [dot]], "Dots", width=94).height
    54.0
    """
    parts, top = [], 0.0
    for row in rows:
        natural = sum(picture.width for picture in row)
        scale = min((width - gap * (len(row) - 1)) / natural, 1.0)
        left = 0.0
        for picture in row:
            box = f"0 0 {picture.width:g} {picture.height:g}"
            w, h = picture.width * scale, picture.height * scale
            parts.append(element("svg", picture.body, x=left, y=top, width=w, height=h, viewBox=box))
            left += w + gap
        top += max(picture.height for picture in row) * scale + gap
    desc = " ".join(picture.alt for row in rows for picture in row)
    return Picture(width, top - gap if rows else 0.0, "".join(parts), title, desc)
