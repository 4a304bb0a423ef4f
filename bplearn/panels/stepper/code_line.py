"""The library's own line for a step of the walkthrough: formula, picture, table and code say the same.

The right-hand sides are read from the source of the layer, also of one that a learner wrote. `x`, `dy` and the others
carry the marks of the numbers that they hold, so that one light finds them.
Used in notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping

from bplearn.layers import Dense, Layer
from bplearn.panels.stepper.operations import Operation
from bplearn.show.text import escape
from bplearn.tape import Tape

RIGHT = {"y": r"^ *(?:return|y =) (.+?)(?:, \{.*)?$", "dx": r"^ *(?:return|dx =) (.+?)(?:, \{.*| if .*)?$",
         "dW": r'"W": (.+?), "b"', "db": r'"b": (.+?)\}'}  # fmt: skip


def source_of(layer: Layer, result: str) -> str:
    """Return the expression with which a layer computes y, dx, dW or db; nothing where it cannot be read.

    >>> source_of(Dense(2, 1, rng=0), "dx")
    'matmul(dy, W.mT)'
    """
    try:
        text = inspect.getsource(type(layer).forward if result == "y" else type(layer).backward)
    except (OSError, TypeError):
        return ""
    found = re.findall(RIGHT[result], text, re.MULTILINE)
    return str(found[0]) if found else ""


def code_html(tape: Tape, done: Iterable[Operation]) -> str:
    """Write the code of the steps that were just done, each line once, with the marks of what it works on.

    >>> from bplearn.panels.stepper.logic import UpdateSteps
    >>> walk = UpdateSteps()
    >>> _ = walk.next()
    >>> re.sub("<.*?>", "", code_html(walk.record.tape, walk.latest))
    'y = matmul(x, W) + b'
    """
    lines: dict[tuple[int, str], set[str]] = {}
    for operation in done:
        place, result = _result(tape, operation)
        if result:
            lines.setdefault((place, result), set()).add(operation.key)
    written = []
    for (place, result), keys in lines.items():
        right = "gradient * -rate" if result == "change" else source_of(tape[place].layer, result)
        if right:
            written.append(_lit(f"{result} = {right}", {**_holds(tape, place, keys), result: sorted(keys)}))
    return f'<code class="bpl-code">{"; ".join(written)}</code>' if written else ""


def _result(tape: Tape, operation: Operation) -> tuple[int, str]:
    """The layer and the name under which its code returns this number."""
    place, key = operation.layer, operation.key
    if place is None or place >= len(tape):
        return 0, ""  # the loss's
    if operation.phase == "update":
        return place, "change"
    return place, "y" if operation.phase == "forward" else key[:2] if key[:2] in ("dW", "db") else "dx"


def _holds(tape: Tape, place: int, keys: set[str]) -> Mapping[str, list[str]]:
    """What the names in a layer's code hold: the keys of their numbers."""
    step = tape[place]
    held = {
        "x": [f"y{place - 1}.{i}" for i in range(step.x.size)],
        "dy": [f"dy{place}.{j}" for j in range(step.y.size)],
        "gradient": [f"d{key}" for key in keys],
    }
    if isinstance(step.layer, Dense):
        held["W"] = [f"W{place}.{i}.{j}" for i in range(step.x.size) for j in range(step.y.size)]
        held["b"] = [f"b{place}.{j}" for j in range(step.y.size)]
    else:
        held["y"] = [f"y{place}.{j}" for j in range(step.y.size)]
    return held


def _lit(code: str, held: Mapping[str, list[str]]) -> str:
    def mark(match: re.Match[str]) -> str:
        return f'<span data-q="{escape(" ".join(held[match.group()]))}">{escape(match.group())}</span>'

    parts, at = [], 0
    for match in re.finditer(rf"(?<![\w.])(?:{'|'.join(sorted(held, key=len, reverse=True))})(?!\w)", code):
        parts += [escape(code[at : match.start()]), mark(match)]
        at = match.end()
    return "".join(parts) + escape(code[at:])
