"""One light: a quantity carries the same mark in formula, picture and table, so that all of them light up together.

`light.js` does the lighting. In the formula a quantity can be reached by Tab.
Used in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bplearn.explain.naming import UnitNames
from bplearn.panels.stepper.logic import UpdateSteps
from bplearn.show.text import escape


def quantities(walk: UpdateSteps) -> dict[str, str]:
    """Return the key of each quantity by its name, as formulas write it.

    >>> found = quantities(UpdateSteps())
    >>> found["h1"], found["∂E/∂h1"], found["W_h[0, 1]"]
    ('y1.0', 'dy1.0', 'W0.0.1')
    """
    names = UnitNames(walk.network.layers)
    found = {operation.name: operation.key for operation in walk.record.operations}
    found |= {str(names.unit(-1, i)): f"y-1.{i}" for i in range(walk.record.tape[0].x.size)}
    return found


def lit(words: str, found: Mapping[str, str], *, reach: bool = False) -> str:
    """Return words as HTML in which each quantity is marked; with `reach`, Tab goes to each once.

    >>> lit("h1 + 1", {"h1": "y1.0"})
    '<span data-q="y1.0">h1</span> + 1'
    """
    if not found:
        return escape(words)
    longest_first = sorted(found, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w∂/\[])({'|'.join(map(re.escape, longest_first))})(?![\w\[])")
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        key = found[match.group()]
        stop = ' tabindex="0"' if reach and key not in seen else ""
        seen.add(key)
        return f'<span data-q="{escape(key)}"{stop}>{escape(match.group())}</span>'

    parts, at = [], 0
    for match in pattern.finditer(words):
        parts += [escape(words[at : match.start()]), mark(match)]
        at = match.end()
    return "".join(parts) + escape(words[at:])
