"""The form in which a notebook is committed: the same cells and results give the same bytes, whoever executed it.

Away go times, widget state, version numbers and empty cells. Execution counts run 1, 2, 3, for nbval compares only
cells that have one. A widget's output keeps its static twin and loses the link to a model that died with its kernel.
"""

import json
import re

import nbformat

KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_WITH_A_CELL = ("jupyter", "nbgrader", "tags")
WIDGET = "application/vnd.jupyter.widget-view+json"
BAR = re.compile(r"\s*\d+%\|")  # tqdm's bar as text: how it looked before the first step


def normalize(text):
    """Return the text of a notebook in its committed form."""
    content = json.loads(text)
    for place, cell in enumerate(content["cells"]):
        cell.setdefault("id", f"cell-{place:03}")  # nbformat would draw one at random
    notebook = nbformat.reads(json.dumps(content), as_version=4)
    cells = [_cell(cell) for cell in notebook.cells if cell.source.strip()]
    count = 0
    for cell in cells:
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    normal = nbformat.from_dict({"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5})
    return nbformat.writes(normal, version=4).rstrip("\n") + "\n"


def _cell(cell):
    kept = {key: value for key, value in cell.metadata.items() if key in KEPT_WITH_A_CELL and value}
    cell = nbformat.from_dict({**cell, "metadata": kept})
    if cell.cell_type == "code":
        cell.outputs = _joined([new for output in cell.outputs if (new := _output(output)) is not None])
    return cell


def _output(output):
    """Return an output without what is transient; None if nothing is left of it."""
    output = nbformat.from_dict({key: value for key, value in output.items() if key != "transient"})
    if output.output_type in ("display_data", "execute_result"):
        is_widget = output.data.pop(WIDGET, None) is not None
        output.metadata = {key: value for key, value in output.metadata.items() if key != WIDGET}
        if not output.data or (is_widget and BAR.match(output.data.get("text/plain", ""))):
            return None
    return output


def _joined(outputs):
    """Join neighbouring pieces of one stream: where they were cut is chance."""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined
