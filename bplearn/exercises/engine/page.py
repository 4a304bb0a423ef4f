"""A page of an exercise: a hint, a solution or a quiz.

It is text in a terminal and HTML in a notebook. First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass

from bplearn.show.text import escape


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
        parts = [f"<p><strong>{escape(self.title)}</strong></p>"]
        if self.text:
            parts.append(f'<p style="white-space:pre-wrap">{escape(self.text)}</p>')
        if self.code:
            code = escape(self.code.rstrip())
            parts.append(f'<pre style="white-space:pre;overflow-x:auto"><code>{code}</code></pre>')
        return f'<div style="max-width:56em">{"".join(parts)}</div>'
