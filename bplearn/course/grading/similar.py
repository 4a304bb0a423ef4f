"""Which submissions are nearly the same: their code without names, numbers and texts, cell by cell.

It is no proof of anything: short answers are alike by themselves. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path

SHORT = 60  # nodes of a syntax tree: less is alike by itself


def near_equal(course: Path, assignment: str) -> list[str]:
    """Return a line for each group of students of whom at least half of the longer answers are like another's."""
    prints = {
        path.parents[1].name: cell_prints(path)
        for path in sorted((course / "autograded").glob(f"*/{assignment}/*.ipynb"))
    }
    groups: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for (one, ours), (two, theirs) in combinations(prints.items(), 2):
        alike = tuple(name for name, found in ours.items() if theirs.get(name) == found)
        if alike and len(alike) >= max(1, min(len(ours), len(theirs)) / 2):
            groups[alike].update({one: None, two: None})
    return [f"nearly equal in {assignment} ({', '.join(alike)}): {', '.join(who)}" for alike, who in groups.items()]


def cell_prints(path: Path) -> dict[str, str]:
    """Return a hash of each longer answer of a notebook by the id of its cell."""
    found = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and marks.get("solution"):
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            levelled = level(source)
            if levelled:
                found[marks["grade_id"]] = hashlib.sha256(levelled.encode()).hexdigest()
    return found


def level(source: str) -> str:
    """Return code with its names and constants levelled; empty where it is short, or no Python.

    >>> level("x = 1") == level("y = 2") == ""
    True
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    nodes = list(ast.walk(tree))
    for node in nodes:
        for field in ("id", "arg", "name", "value"):
            if isinstance(node, ast.Constant | ast.Name | ast.arg | ast.FunctionDef) and hasattr(node, field):
                setattr(node, field, "")
    return ast.dump(tree) if len(nodes) > SHORT else ""
