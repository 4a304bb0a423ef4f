"""A learner's notebooks as pages to read and to print: one HTML file each, which needs no network and no Jupyter.

Formulas are MathML, pictures stand in the file and open large. `bplearn pages DIR` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter

from bplearn.errors import DataError
from bplearn.files.atomic import atomic_write
from bplearn.files.mathml import with_formulas

_HERE = Path(__file__).parent
_SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)
_LINK = re.compile(r'(<a\b[^>]*\bhref=")([^":#?]+)\.ipynb(?=["#])')
_STYLE = (
    "<style>body { max-width: 60em; margin: 0 auto; padding: 0 1em } math[display=block] { margin: .7em 0 } "
    "img { max-width: 100%; height: auto } .jp-OutputArea-output img { cursor: zoom-in } "
    ".jp-InputPrompt, .jp-OutputPrompt { display: none }</style>"
)


def write_pages(folder: Path, to: Path) -> Iterator[Path]:
    """Write a page for each notebook of a folder; yield each path.

    Raises: DataError for a folder without notebooks, or a file that is no notebook.
    """
    notebooks = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not notebooks:
        raise DataError(f"pages expected notebooks in {folder}, got none. Name the folder that holds yours.")
    to.mkdir(parents=True, exist_ok=True)
    for path in notebooks:
        text = page(path)
        written = to / f"{path.stem}.html"
        atomic_write(written, lambda file, text=text: file.write(text.encode()))
        yield written


def page(path: Path) -> str:
    """Return a notebook as one HTML text."""
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except Exception as problem:  # nbformat raises its own kinds for each way in which a file is none
        raise DataError(f"{path} expected a notebook, got {type(problem).__name__}: {str(problem)[:80]}") from None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_formulas(cell.source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/markdown" in data:
                data["text/markdown"] = with_formulas(data["text/markdown"])
            data.pop("application/vnd.jupyter.widget-view+json", None)  # no kernel: its picture stands beside it
    notebook.metadata.pop("widgets", None)
    exporter = HTMLExporter(exclude_anchor_links=True)  # type: ignore[no-untyped-call]
    text, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    text = _LINK.sub(r"\1\2.html", _SCRIPTS.sub("", str(text)))
    script = (_HERE / "open_large.js").read_text(encoding="utf-8")
    return text.replace("</head>", f"{_STYLE}</head>", 1).replace("</body>", f"<script>{script}</script></body>", 1)
