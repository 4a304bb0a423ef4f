"""A table: rows under headings, with a caption above and notes below, as text, as HTML and as Markdown.

Text and HTML come from the same cells, so a terminal and a notebook say the same.
"""

from __future__ import annotations

import re
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bplearn.show.palette import NEGATIVE, NEUTRAL, POSITIVE
from bplearn.show.text import escape

_NUMBER = re.compile(r"[-+]?[\d,.]*\d(e-?\d+)?\s?[%°]?").fullmatch
_NO_DIGIT = re.compile(r"\D*").fullmatch
_WIDEST = 60
_LEFT = ' style="text-align:left;vertical-align:top{}"'


class Rich(NamedTuple):
    """A cell that has more in HTML than in text, such as a bar."""

    text: str
    html: str


Cell = str | Rich


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first cell of a row names it. `caption` says what they are, `notes` stand below.

    In text a long cell is wrapped, unless it has line breaks of its own.

    >>> Table("Squares", ("n", "n²"), (("2", "4"), ("12", "144")))
    Squares
     n   n²
     2    4
    12  144
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def _cells(self) -> list[tuple[str, ...]]:
        return [tuple(cell.text if isinstance(cell, Rich) else cell for cell in row) for row in self.rows]

    def _is_right(self) -> list[bool]:
        """Tell for each column whether it stands to the right: it holds numbers, and else words without digits."""
        return [
            any(map(_NUMBER, column)) and all(_NUMBER(cell) or _NO_DIGIT(cell) for cell in column)
            for column in zip(*self._cells(), strict=True)
        ]

    def __str__(self) -> str:
        lines = [self.caption] if self.caption else []
        cells = [*([self.headings] if self.headings else []), *self._cells()]
        if self.rows:
            wrapped = [[_wrapped(cell) for cell in row] for row in cells]
            widths = [max(len(line) for cell in column for line in cell) for column in zip(*wrapped, strict=True)]
            lines += [line for row in wrapped for line in _lines(row, widths, self._is_right())]
        return "\n".join([*lines, *self.notes])

    __repr__ = __str__

    def html(self, *, highlight: Container[int] = (), keys: Sequence[str] = ()) -> str:
        """Return the table in HTML; rows in `highlight` stand out, `keys` make rows clickable in a panel."""
        right = self._is_right()
        head = "".join(
            f'<th scope="col"{"" if is_right else _LEFT.format("")}>{escape(title)}</th>'
            for title, is_right in zip(self.headings, right or [False] * len(self.headings), strict=False)
        )
        body = ""
        for number, row in enumerate(self.rows):
            look = ' class="bpl-highlight"' if number in highlight else ""
            key = f' data-key="{escape(keys[number])}"' if keys else ""
            body += f"<tr{look}{key}>{''.join(map(_html_cell, row, right, range(len(row))))}</tr>"
        caption = f'<caption style="text-align:left">{escape(self.caption)}</caption>' if self.caption else ""
        table = f'<table class="bpl-table">{caption}{f"<thead><tr>{head}</tr></thead>" if head else ""}'
        below = "".join(f"<div>{escape(note)}</div>" for note in self.notes)
        frame = f'<div class="bpl-scroll" style="overflow-x:auto" tabindex="0" role="region"{_label(self.caption)}>'
        return f"{frame}{table}<tbody>{body}</tbody></table></div>{below}"

    def _repr_html_(self) -> str:
        return self.html()

    def markdown(self) -> str:
        """Return the table in Markdown, as a README or NOTATION.md may hold it."""
        rule = "|".join(" --- " for _ in self.headings)
        rows = [self.headings, *self._cells()]
        lines = [" | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in row) for row in rows]
        return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])])


class Tabular(ABC):
    """What is shown as a table: as text in a terminal, as HTML in a notebook."""

    @abstractmethod
    def table(self) -> Table:
        """Return the table that shows it."""

    def __repr__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table().html()


def bar(part: float, width: int = 90) -> str:
    """Return a bar in HTML, as long as `part` of `width` pixels: full for a positive part, striped for a negative one.

    >>> "width:45px" in bar(0.5)
    True
    """
    stripes = f"repeating-linear-gradient(90deg,{NEGATIVE} 0 4px,transparent 4px 7px)"
    fill = POSITIVE if part > 0 else stripes
    inside = f'<span style="display:block;height:7px;width:{width * abs(part):.0f}px;background:{fill}"></span>'
    frame = f"display:inline-block;width:{width}px;border-bottom:1px solid {NEUTRAL};vertical-align:middle"
    return f'<span aria-hidden="true" style="{frame}">{inside}</span>'


def _label(caption: str) -> str:
    return f' aria-label="{escape(caption)}"' if caption else ""


def _html_cell(cell: Cell, is_right: bool, column: int) -> str:
    inside = cell.html if isinstance(cell, Rich) else escape(cell)
    lines = ";white-space:pre" if isinstance(cell, str) and "\n" in cell else ""
    style = "" if is_right else _LEFT.format(lines)
    return f'<th scope="row"{style}>{inside}</th>' if column == 0 else f"<td{style}>{inside}</td>"


def _wrapped(cell: str) -> list[str]:
    return cell.split("\n") if "\n" in cell or len(cell) <= _WIDEST else textwrap.wrap(cell, _WIDEST)


def _lines(row: list[list[str]], widths: list[int], right: list[bool]) -> list[str]:
    """Return the lines of one row."""
    height = max(map(len, row))
    filled = [cell + [""] * (height - len(cell)) for cell in row]
    return [
        "  ".join(
            word.rjust(width) if is_right else word.ljust(width)
            for word, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in zip(*filled, strict=True)
    ]
