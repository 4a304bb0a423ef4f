"""Turns a solution into the stub that a notebook starts from: signatures stay, bodies become three dots.

The stub and its solution come from one source, so they cannot drift apart. First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import ast
from typing import Any

from bplearn.exercises.mistake import source_of


def stub_of(solution: Any) -> str:
    """Return the signature (or, for a class, all its signatures) with bodies of three dots.

    >>> from bplearn.exercises.chapter_03 import softmax
    >>> print(stub_of(softmax))
    def softmax(z):
        ...

    Introduced in: notebooks/01_one_neuron.ipynb
    """
    tree = ast.parse(source_of(solution))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body = [ast.Expr(ast.Constant(...))]
        if isinstance(node, ast.ClassDef):
            node.body = [part for part in node.body if isinstance(part, ast.FunctionDef)]
    return ast.unparse(tree)
