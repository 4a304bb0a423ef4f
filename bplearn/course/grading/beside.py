"""What comes along with a student's code: files beside the notebook, and pages that would act in a teacher's browser.

Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import re
from pathlib import Path

from nbformat import NotebookNode

from bplearn.course.grading.intake import files_in

MOST_BESIDE = 100 << 20  # bytes of files beside a notebook
_ACTS = re.compile(
    r"<(?=/?(?:script|iframe|object|embed|link|meta|base|form|frame)\b)"  # Formgrader lies on the same site
    r"|\bjavascript\s*:|(?<=[\s\"'/])(?=on(?:load|unload|error|click|dblclick|focus|blur|mouse|pointer|key|touch|toggle"
    r"|animation|transition|begin|end|repeat|scroll|wheel|input|change|submit|resize|copy|cut|paste|drag|drop)\w*\s*=)",
    re.IGNORECASE,
)
_PAGES = ("text/html", "text/markdown", "image/svg+xml", "text/latex")


def files_beside(folder: Path) -> dict[str, bytes]:
    """Return the files that lie beside a notebook, by their path from there."""
    found: dict[str, bytes] = {}
    for path in files_in(folder):
        if not path.is_symlink() and path.suffix != ".ipynb":
            content = path.read_bytes()
            if sum(map(len, found.values())) + len(content) <= MOST_BESIDE:
                found[path.relative_to(folder).as_posix()] = content
    return found


def disarm(cell: NotebookNode) -> bool:
    """Switch off what would run in the browser of a teacher who looks at this cell; return whether there was any.

    >>> from nbformat.v4 import new_markdown_cell
    >>> cell = new_markdown_cell("a < b <script>alert()</script>")
    >>> disarm(cell), cell.source
    (True, 'a < b &lt;script>alert()&lt;/script>')
    """
    found = False
    if cell.cell_type != "code":
        before, cell.source = cell.source, _disarmed(cell.source)
        found = before != cell.source
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        found = found or "application/javascript" in data
        data.pop("application/javascript", None)
        for kind in _PAGES:
            text = "".join(data.get(kind, ""))
            if text != _disarmed(text):
                data[kind], found = _disarmed(text), True
    return found


def _disarmed(text: str) -> str:
    return _ACTS.sub(lambda match: {"<": "&lt;", "": "data-"}.get(match[0], "no-script:"), text)
