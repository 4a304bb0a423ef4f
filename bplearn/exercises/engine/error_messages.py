"""Turns an exception into words that help, such as the two shapes of a product that do not fit.

NumPy's own message for such a product speaks of gufunc signatures, which no learner knows. First met in
notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from types import FrameType
from typing import Any

import numpy as np

Shape = tuple[int, ...]


def in_words(problem: BaseException, code: str, frame: FrameType | None) -> str:
    """Return the message of an exception that was raised by the learner's line `code` in `frame`.

    >>> in_words(ZeroDivisionError("division by zero"), "", None)
    'division by zero'
    """
    try:
        return cut(_explained(problem, str(problem) or "It gave no message.", code, frame), 300)
    except Exception:  # the learner's own object may fail in its repr
        return "Its message cannot be shown."


def cut(text: str, length: int) -> str:
    """Return a text, or its beginning where it is long.

    >>> cut("a" * 10, 3)
    'aaa ...'
    """
    return text if len(text) <= length else f"{text[:length]} ..."


def _explained(problem: BaseException, message: str, code: str, frame: FrameType | None) -> str:
    if isinstance(problem, TypeError) and re.match(r"only .* arrays can be converted", message):
        return f"{_one_number(frame)}\n({message})"
    sizes = re.search(r"core dimension.*\(size (\d+) is different from (\d+)\)", message)
    if sizes is not None or "not aligned" in message:
        for words in _products(code, frame):
            return words
    if sizes is not None:
        return f"In a product by @ the inner sizes must agree; here they are {sizes[2]} and {sizes[1]}."
    return message


def _one_number(frame: FrameType | None) -> str:
    """Say what is used on a whole array though it takes one number; name it where the learner's code names it."""
    found = {} if frame is None else {**frame.f_globals, **frame.f_locals}
    names = () if frame is None else frame.f_code.co_names
    own = [name for name in names if getattr(found.get(name), "__module__", "") == math.__name__]
    if own or "math" in names:
        name = own[0] if own else next((part for part in names if hasattr(math, part)), "exp")
        return f"math.{name} takes one number, and here it gets an array: use np.{name}."
    return (
        "A function for one number, such as float() or one of math, gets an array here: NumPy's, as np.exp, take both."
    )


def _products(code: str, frame: FrameType | None) -> Iterator[str]:
    """Yield a sentence for each product in the line whose inner sizes do not agree, the innermost first."""
    try:
        tree = ast.parse(code)
    except SyntaxError:  # the line is a part of a longer statement
        return
    if frame is None:
        return
    space = {**frame.f_globals, **frame.f_locals}
    for node in reversed(list(ast.walk(tree))):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            left, right = _shape(node.left, space), _shape(node.right, space)
            if left and right and not _fits(left, right):
                inner = left[-1], right[-2] if len(right) > 1 else right[-1]
                yield (
                    f"`{ast.unparse(node.left)}` {left} @ `{ast.unparse(node.right)}` {right}: "
                    f"the inner sizes must agree, and {inner[0]} is not {inner[1]}."
                )


def _fits(left: Shape, right: Shape) -> bool:
    return left[-1] == (right[-2] if len(right) > 1 else right[-1])


def _shape(node: ast.expr, space: dict[str, Any]) -> Shape | None:
    """Return the shape of a name, its transpose or a product of such; None for all that would have to be run."""
    if isinstance(node, ast.Name):
        return _shape_of(space.get(node.id))
    if isinstance(node, ast.Attribute) and node.attr == "T":
        turned = _shape(node.value, space)
        return turned[::-1] if turned is not None else None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):  # self.W1
        return _shape_of(getattr(space.get(node.value.id), "__dict__", {}).get(node.attr))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        left, right = _shape(node.left, space), _shape(node.right, space)
        if left and right and _fits(left, right) and len(left) <= 2 and len(right) <= 2:
            return (*left[:-1], *right[1:])
    return None


def _shape_of(value: Any) -> Shape | None:
    return value.shape if isinstance(value, np.ndarray) else None
