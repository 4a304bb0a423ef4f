"""A tape is the record of one pass through a network: a step for each layer.

The forward pass writes into a step the layer's input, its output and what it remembers; the backward pass adds the
derivatives that went through it. A plot, a panel, the weight tracer and a test all read the tape; none of them computes
a number twice. Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bplearn.checks.arrays import Array
from bplearn.layers import Cache, Grads, Layer
from bplearn.show.table import Table
from bplearn.show.text import short

SMALL = 12  # arrays with more numbers are shown by their shape


@dataclass(slots=True, eq=False)
class Step:
    """One layer's part of a pass: x, y and cache from forward; dy, dx and grads from backward."""

    layer: Layer
    x: Array
    y: Array
    cache: Cache
    dy: Array | None = None
    dx: Array | None = None
    grads: Grads | None = None

    def arrays(self) -> dict[str, Array]:
        """Return the arrays so far by name: x, y, and after backward dy, dx and the parameters' gradients dW, db."""
        known = {"x": self.x, "y": self.y, "dy": self.dy, "dx": self.dx}
        known |= {gradient_name(name): grad for name, grad in (self.grads or {}).items()}
        return {name: array for name, array in known.items() if array is not None}

    def __repr__(self) -> str:
        passed = "forward" if self.dy is None else "forward and backward"
        return f"Step({self.layer!r}, x {self.x.shape}, y {self.y.shape}, {passed})"


@dataclass(slots=True, eq=False)
class Tape:
    """The steps of one pass through its `owner`, first layer first. `tape[i]` is the step of layer i.

    A tape stays true after an update: parameters are replaced, never changed, so it keeps the numbers it saw.
    """

    owner: object
    steps: list[Step]

    def __getitem__(self, index: int) -> Step:
        return self.steps[index]

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def table(self) -> Table:
        """Return x, y, dy, dx and the gradients of every layer, as text and as a table for a notebook.

        >>> Sequential(Dense(1, 1, weights=[[2.0]])).forward([[3.0]])[1].table()
        forward: top to bottom; backward: bottom to top
        layer             x       y
        0: Dense(1 -> 1)  (1, 1)  (1, 1)
                          3       6
        """
        found = [step.arrays() for step in self.steps]
        there = dict.fromkeys(name for arrays in found for name in arrays)
        names = sorted(there, key=("x", "y", "dy", "dx", *there).index)
        rows = [
            (f"{place}: {step.layer!r}", *(_cell(arrays.get(name)) for name in names))
            for place, (step, arrays) in enumerate(zip(self.steps, found, strict=True))
        ]
        return Table("forward: top to bottom; backward: bottom to top", ("layer", *names), tuple(rows))

    def __repr__(self) -> str:
        return "Tape(\n" + "".join(f"  {i}: {step!r}\n" for i, step in enumerate(self.steps)) + ")"


def gradient_name(parameter: str) -> str:
    """Name a parameter's gradient: dW for W; inside a block 0.dW for 0.W.

    >>> gradient_name("W"), gradient_name("1.0.b")
    ('dW', '1.0.db')
    """
    block, dot, name = parameter.rpartition(".")
    return f"{block}{dot}d{name}"


def _cell(array: Array | None) -> str:
    """Write the shape and, of a small array, a line of numbers for each row."""
    if array is None:
        return ""
    rows = array.reshape(-1, array.shape[-1] if array.ndim else 1).tolist() if array.size <= SMALL else []
    return "\n".join([str(array.shape), *("  ".join(map(short, row)) for row in rows)])
