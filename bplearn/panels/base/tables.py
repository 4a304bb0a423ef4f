"""Tables of a panel as HTML: a caption, headings, rows of which one may be lit, and a frame that scrolls if need be.

Used by the panels that show numbers beside a picture; first met in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bplearn.show.svg import escape


def table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    lit: Collection[int] = (),
    keys: Sequence[str] = (),
) -> str:
    """Return a table whose first column names its rows; `lit` rows stand out, `keys` make rows clickable.

    A cell that begins with "<" is taken as HTML, all others are escaped.

    >>> table("Squares", ("n", "n²"), [("2", "4")], lit=[0]).count('class="bpl-lit"')
    1
    """
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in headings)
    body = ""
    for number, row in enumerate(rows):
        first, *rest = (cell if cell.startswith("<") else escape(cell) for cell in row)
        look = ' class="bpl-lit"' if number in lit else ""
        key = f' data-key="{escape(keys[number])}"' if keys else ""
        body += f'<tr{look}{key}><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
    inside = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    frame = f'<div class="bpl-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
    return f'{frame}<table class="bpl-table">{inside}</table></div>'
