"""One layer's backward, made readable: its equations with the numbers of a tape put in.

The equations read the tape and compute nothing anew. Small arrays are shown with their numbers, large ones by their
shape.
Taught in notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import final

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.layers import Dense, Layer
from bplearn.show.table import Table, Tabular
from bplearn.show.text import listed, short
from bplearn.tape import SMALL, Step, Tape, gradient_name


def numbers(array: Array, digits: int = 4) -> str:
    """Write an array's numbers if there are few, else its shape.

    >>> numbers(np.array([[0.12345, -2.0]])), numbers(np.zeros((5, 8)))
    ('[[0.1235, -2]]', '(5, 8)')
    """
    return str(array.shape) if array.size > SMALL else listed(array, digits)


@dataclass(frozen=True)
class Equation:
    """left = right: the equation, then with numbers put in, then its result."""

    left: str
    right: str
    worked: str
    result: Array


@final
@dataclass(frozen=True, repr=False)
class Explanation(Tabular):
    """The equations of one layer's backward, with the numbers of a tape put in."""

    title: str
    equations: tuple[Equation, ...]

    def table(self) -> Table:
        """Return the equations as a table, a line for each step of working them out."""
        rows = [(e.left, "\n".join(f"= {line}" for line in (e.right, *_steps(e)))) for e in self.equations]
        return Table(self.title, (), tuple(rows))

    def to_latex(self) -> str:
        """Return the equations in LaTeX with matrices, each between double dollars, for Markdown cells and papers."""
        return "\n\n".join(rf"$${_latex(e.left)} = {_latex(e.right)} = {_matrix(e.result)}$$" for e in self.equations)


def _steps(equation: Equation) -> list[str]:
    result = numbers(equation.result)
    return [line for line in (equation.worked, result) if line and line != equation.right][-2:]


def _latex(equation: str) -> str:
    """Write an equation in LaTeX; what follows as a comment (with ..., the ...) is left out."""
    words = re.split(_COMMENT, equation, maxsplit=1)[0].replace("dy.sum(axis=0)", "sum_n dy_n")
    if re.search(r"\.backward|^dy in", words):
        return rf"\text{{{words}}}"
    words = re.sub(r"\b([A-Za-z]+)\.T\b", r"\1^T", words).replace(" @ ", r" ").replace(" * ", r" \odot ")
    words = re.sub(r"(?<!\\)\bd([a-zA-Z])(?![a-z])", r"\\mathrm{d}\1", words)
    return re.sub(
        r"(?<!\\)\b(?:sum_n|[A-Za-z]{3,})\b", lambda word: _WORDS.get(word[0], rf"\mathrm{{{word[0]}}}"), words
    )


_COMMENT = r", (?:with|the|in) "
_WORDS = {
    "where": r"\text{ where }",
    "else": r"\text{ else }",
    "sum_n": r"\sum_n",
    "alpha": r"\alpha",
    "Phi": r"\Phi",
    "phi": r"\varphi",
    "sigmoid": r"\sigma",
    "odot": r"\odot",
    "mathrm": r"\mathrm",
}


def _matrix(array: Array) -> str:
    if array.size > SMALL or array.ndim == 0:
        return rf"\text{{an array of shape {array.shape}}}"
    rows = array.reshape(-1, array.shape[-1]).tolist()
    return r"\begin{pmatrix}" + r" \\ ".join(" & ".join(short(v) for v in row) for row in rows) + r"\end{pmatrix}"


def explain(tape: Tape, layer: int | Layer) -> Explanation:
    """Put the numbers of a tape into the equations of one layer's backward.

    The equations stand beside the layer's backward, as `equations` or `derivative`; a layer without them gets a general
    form.
    Raises: ArgumentError for a layer that is not on the tape, or a tape that has not seen backward.

    >>> network = Sequential(Dense(2, 1, weights=[[3.0], [4.0]]))
    >>> y, tape = network.forward([[1.0, 2.0]])
    >>> dx = network.backward(np.array([[10.0]]), tape)
    >>> explain(tape, 0)
    Layer 0, Dense(2 -> 1), backward
    dW  = x.T @ dy
        = [[1], [2]] @ [[10]]
        = [[10], [20]]
    db  = dy.sum(axis=0)
        = [[10]].sum(axis=0)
        = [10]
    dx  = dy @ W.T
        = [[10]] @ [[3, 4]]
        = [[30, 40]]

    Introduced in: notebooks/05_backward_pass.ipynb
    """
    number = _number(tape, layer)
    step = tape[number]
    if step.dy is None:
        advice = "Call network.backward(dy, tape) first."
        raise ArgumentError(
            expected_got("explain", "a tape that has seen backward", "one of a forward pass alone", advice)
        )
    results = {gradient_name(name): grad for name, grad in (step.grads or {}).items()}
    if step.dx is not None:
        results["dx"] = step.dx
    given = _equations(step.layer)
    equations = []
    for left, result in results.items():
        right = given.get(left, f"{type(step.layer).__name__}.backward(dy)")
        is_own = left in given and "." not in left  # the tape has no x and dy of a layer inside a block
        equations.append(Equation(left, right, _fill(right, step) if is_own else "", result))
    return Explanation(f"Layer {number}, {step.layer!r}, backward", tuple(equations))


def _number(tape: Tape, layer: int | Layer) -> int:
    if isinstance(layer, Layer):
        places = [place for place, step in enumerate(tape) if step.layer is layer]
        if len(places) == 1:
            return places[0]
        got = f"{layer!r}, which is used {len(places)} times" if places else repr(layer)
        raise ArgumentError(expected_got("explain", "a layer of this tape", got, "Pass its number."))
    if not isinstance(layer, int | np.integer) or not -len(tape) <= layer < len(tape):
        raise ArgumentError(expected_got("explain", f"a layer or its number, 0..{len(tape) - 1}", repr(layer)))
    return int(layer) % len(tape)


def _equations(layer: Layer) -> dict[str, str]:
    """Return the equations of a layer's backward, from what stands beside it: `equations`, or `derivative` times dy."""
    if layer.equations:
        return {**layer.equations, **_inside(layer)}
    return {"dx": _times_dy(layer.derivative.replace("{", "").replace("}", ""))} if layer.derivative else {}


def _inside(block: Layer) -> dict[str, str]:
    """Return the equations of the parameters inside a block, each with the layer whose x and dy it means.

    >>> _inside(Residual(Dense(2, 2, rng=0)))["0.dW"]
    'x.T @ dy, in Dense(2 -> 2)'
    """
    found: dict[str, str] = {}
    for place, layer in enumerate(block.inner_layers()):
        where = "" if layer.inner_layers() else f", in {layer!r}"
        own = {left: right for left, right in _equations(layer).items() if left != "dx"}
        found |= {f"{place}.{left}": right + where for left, right in own.items()}
    return found


def _times_dy(slope: str) -> str:
    """Multiply a derivative by dy, in both cases where there are two.

    >>> _times_dy("y * (1 - y)"), _times_dy("1 - y^2"), _times_dy("1 where x > 0, else 0")
    ('dy * y * (1 - y)', 'dy * (1 - y^2)', 'dy where x > 0, else 0')
    """
    cases = re.fullmatch("(.*) where (.*), else (.*)", slope)
    if cases:
        return f"{_times_dy(cases[1])} where {cases[2]}, else {_times_dy(cases[3])}"
    if slope in ("0", "1"):
        return "dy" if slope == "1" else "0"
    is_sum = re.search(" [+-] ", re.sub(r"\([^()]*\)", "", slope))
    return f"dy * ({slope})" if is_sum else f"dy * {slope}"


def _fill(right: str, step: Step) -> str:
    """Put numbers in the place of x, y, dy and the parameters, where all of them are small."""
    arrays: dict[str, Array] = {"x": step.x, "y": step.y, "dy": np.asarray(step.dy)}
    arrays.update({name: step.cache.get(name, p.value) for name, p in step.layer.named_parameters().items()})
    arrays = {**{name: entry for name, entry in step.cache.items() if isinstance(entry, np.ndarray)}, **arrays}
    formula = re.split(_COMMENT, right, maxsplit=1)[0]
    if " in the shape of " in formula:
        return ""
    used = [name for name in arrays if re.search(rf"\b{name}\b", formula)]
    if not used or any(arrays[name].size > SMALL for name in used):
        return ""
    if isinstance(step.layer, Dense):  # a transposed matrix is shown transposed
        for name in used:
            formula = formula.replace(f"{name}.T", numbers(arrays[name].T)) if f"{name}.T" in formula else formula
    formula = re.sub(rf"\b({'|'.join(used)})\b", lambda word: numbers(arrays[word[0]]), formula)
    settings = {name: value for name, value in step.layer.settings().items() if isinstance(value, int | float)}
    for name, value in settings.items():
        formula = re.sub(rf"\b{name}\b", short(value), formula)
    return formula
