"""What the exercises show besides verdicts: a page (a hint, a solution, a quiz) and a table.

Both are text in a terminal and HTML in a notebook. First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A heading, some text, and perhaps code.

    >>> Page("Hint 1 of 3", "Two steps.")
    Hint 1 of 3
    Two steps.
    """

    title: str
    text: str = ""
    code: str = ""

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, self.text, self.code.rstrip()) if part)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [f"<p><strong>{html.escape(self.title)}</strong></p>"]
        if self.text:
            parts.append(f'<p style="white-space:pre-wrap">{html.escape(self.text)}</p>')
        if self.code:
            code = html.escape(self.code.rstrip())
            parts.append(f'<pre style="white-space:pre;overflow-x:auto"><code>{code}</code></pre>')
        return f'<div style="max-width:56em">{"".join(parts)}</div>'


@dataclass(frozen=True)
class Table:
    """Rows under headings; `caption` says what they are.

    >>> Table("Squares", ("n", "n²"), (("2", "4"), ("12", "144")))
    Squares
    n   n²
    2   4
    12  144
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        table = [self.headings, *self.rows]
        widths = [min(60, max(len(row[place]) for row in table)) for place in range(len(self.headings))]
        return "\n".join([self.caption, *(line for row in table for line in _wrapped(row, widths))])

    __repr__ = __str__

    def __len__(self) -> int:
        return len(self.rows)

    def markdown(self) -> str:
        """Return the table in Markdown, as a README or NOTATION.md may hold it."""
        rule = "|".join(" --- " for _ in self.headings)
        lines = [" | ".join(text.replace("|", "\\|") for text in row) for row in (self.headings, *self.rows)]
        return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])])

    def _repr_html_(self) -> str:
        cell = '<td style="text-align:left;vertical-align:top">'
        head = "".join(f'<th scope="col" style="text-align:left">{html.escape(word)}</th>' for word in self.headings)
        body = "".join(
            "<tr>" + "".join(f"{cell}{html.escape(text)}</td>" for text in row) + "</tr>" for row in self.rows
        )
        caption = f"<caption>{html.escape(self.caption)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _wrapped(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Return the lines of one row, its long cells wrapped."""
    cells = [textwrap.wrap(text, width) or [""] for text, width in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    filled = [cell + [""] * (height - len(cell)) for cell in cells]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*filled, strict=True)
    ]
