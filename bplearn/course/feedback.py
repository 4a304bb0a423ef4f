"""Feedback pages that read well without a network: formulas as MathML, tasks by their titles.

nbgrader's own page shows formulas through a script from the net and calls each task "Test cell". nbgrader_config.py
names the two classes. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import html
import re
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from bplearn.files.mathml import with_formulas

Resources = dict[str, Any]
_HEADING = re.compile(r"^#{1,3} +(.+?)\s*#*$", re.MULTILINE)
_FROM_THE_NET = re.compile(
    r'<script\b[^>]*\bsrc="https?://[^>]*>\s*</script>|<script type="text/x-mathjax-config">.*?</script>', re.DOTALL
)
_STYLE = (
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>math { font-size: 1.1em } math[display=block] { margin: .7em 0 } "
    "#toc ol { list-style: none; padding-left: 0 } "  # the titles bring their own numbers
    ".output_area pre, .output pre { white-space: pre-wrap } "  # long lines of verdicts
    "@media (max-width: 600px) { .container, #notebook-container { width: auto; padding: 4px; box-shadow: none } "
    ".prompt, .prompt_container { display: none } .cell { padding: 2px } table { display: block } "
    "img, svg { max-width: 100%; height: auto } pre, table, math[display=block], .output_area, .input_area "
    "{ overflow-x: auto; overflow-wrap: anywhere } h1 { font-size: 1.5em } }</style>\n"
)


class WriteFormulas(NbGraderPreprocessor):  # type: ignore[misc]
    """Turn the formulas of texts and comments into MathML, which a browser shows by itself."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Turn the formulas of all cells."""
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = with_formulas(cell.source)
            about = cell.metadata.get("nbgrader", {})
            if about.get("comment"):
                about["comment"] = with_formulas(about["comment"])
        return nb, resources


class FeedbackPage(HTMLExporter):
    """nbgrader's feedback page, with the titles of the tasks in its list and nothing fetched from the net."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Resources | None = None, **words: Any
    ) -> tuple[Any, Resources]:
        """Return the page."""
        page, more = super().from_notebook_node(nb, resources, **words)
        page = _FROM_THE_NET.sub("", page).replace("</head>", f"{_STYLE}</head>", 1)
        return with_titles(page, titles(nb)), more


def titles(nb: NotebookNode) -> dict[str, str]:
    """Return for each graded cell, by its id, the heading under which it stands."""
    found, heading = {}, ""
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            headings = _HEADING.findall(cell.source)
            heading = headings[-1] if headings else heading
        about = cell.metadata.get("nbgrader", {})
        if heading and (about.get("grade") or about.get("task")):
            found[about["grade_id"]] = heading
    return found


def with_titles(page: str, found: dict[str, str]) -> str:
    """Return the page whose list names the tasks.

    >>> with_titles('<li><a href="#a1">Test cell</a>', {"a1": "1. A layer"})
    '<li><a href="#a1">1. A layer</a>'
    """

    def named(entry: re.Match[str]) -> str:
        title = found.get(html.unescape(entry[2]))
        return f"{entry[1]}{html.escape(title, quote=False)}</a>" if title else entry[0]

    kinds = "Test cell|Task|Written response|Coding free-response"
    return re.sub(rf'(<li><a href="#([^"]+)">)(?:{kinds})</a>', named, page)
