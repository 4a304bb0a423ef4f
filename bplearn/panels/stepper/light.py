"""One light: a quantity carries the same mark in formula, picture, table and code: all of them light up together.

`light.js` does the lighting. In the formula a quantity can be reached by Tab.
Used in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.explain.naming import UnitNames
from bplearn.panels.stepper.logic import UpdateSteps
from bplearn.panels.stepper.operations import Operation
from bplearn.show.text import escape, short


def quantities(walk: UpdateSteps) -> dict[str, str]:
    """Return the key of each quantity by its name, as formulas write it.

    >>> found = quantities(UpdateSteps())
    >>> found["h1"], found["∂E/∂h1"], found["w3"]
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
    pattern = _pattern(found)
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


def _pattern(found: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(found, key=len, reverse=True)
    return re.compile(rf"(?<![\w∂/\[])({'|'.join(map(re.escape, longest_first))})(?![\w\[])")


def lit_numbers(walk: UpdateSteps, operation: Operation, found: Mapping[str, str]) -> str:
    """Return the numbers of an equation as HTML: each carries the mark of the quantity that it is, in letters above.

    >>> walk = UpdateSteps()
    >>> lit_numbers(walk, walk.next(), quantities(walk))[:44]
    '<span data-q="y-1.0">0.05</span> × <span dat'
    """
    parts, at, numbers = [], 0, operation.numbers
    letters = operation.equation.partition(" = ")[2]
    for name in _pattern(found).findall(letters):
        value = value_of(walk, found[name])
        word = re.escape(short(value)) if value is not None else r"(?!)"
        match = re.compile(rf"(?<![\w.]){word}(?![\w.])").search(numbers, at)
        if match:
            parts += [escape(numbers[at : match.start()]), f'<span data-q="{found[name]}">{match.group()}</span>']
            at = match.end()
    return "".join(parts) + escape(numbers[at:])


def value_of(walk: UpdateSteps, key: str) -> float | None:
    """Return the number that a key stands for when a step is done; None where it is not known yet."""
    tape = walk.record.tape
    kind, place, spot = re.fullmatch(r"([a-zA-Z]+)(-?\d*)\.?(.*)", key).groups()  # type: ignore[union-attr]
    if place == "-1":
        return float(tape[0].x.reshape(-1)[int(spot)])
    if kind in ("W", "b"):
        return float(at_start(walk, int(place), kind)[tuple(map(int, spot.split(".")))])
    return walk.known.get(key)


def at_start(walk: UpdateSteps, place: int, name: str) -> Array:
    """The weights or the biases of layer `place` as they were when this iteration began."""
    parts = [
        walk.network.parameters().part(walk.record.before, p)
        for p in walk.network[place].parameters()
        if p.name == name
    ]
    return parts[0] if parts else np.zeros(0)
