"""Fills the stubs of a notebook's cell with tested solutions, as a learner who never errs would.

A stub cell ends with `check("NN.k", name)`, and defines `name` above it: a function or class, or `name = ...`.
"""

import ast
import re

from bplearn.exercises import ALL, solution
from bplearn.exercises.compare import leaves
from bplearn.exercises.exercise import Choice, Code, Numbers
from bplearn.exercises.recall import QUESTIONS


def checks_in(source):
    """(number, name) of each check or recall in a cell whose answer is a name."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic, or no Python at all
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "check",
            "recall",
        ):
            number, answer = (*node.args, None, None)[:2]
            if isinstance(number, ast.Constant) and isinstance(answer, ast.Name):
                found.append((number.value, answer.id))
    return found


def fill(source):
    """The cell with every stub in it replaced by a right answer."""
    for number, name in checks_in(source):
        source = _replaced(source, name, _answer(number, name))
    return source


def _answer(number, name):
    one = ALL.get(number) or QUESTIONS[number]
    if isinstance(one, Code):
        own = one.solution.__name__
        return re.sub(rf"\b(def|class) {own}\b", rf"\1 {name}", solution(number).code)
    if isinstance(one, Choice):
        return f"{name} = {one.right!r}"
    if isinstance(one, Numbers):
        return f"{name} = {tuple(float(value) for value in leaves(one.solution()))!r}"
    module, function = one.solution.__module__, one.solution.__name__
    return f"from {module} import {function}\n\n{name} = {function}()"


def _replaced(source, name, answer):
    """Put the answer in the place of the definition or assignment of `name`."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        defined = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
        assigned = isinstance(node, ast.Assign) and any(getattr(target, "id", "") == name for target in node.targets)
        if defined or assigned:
            lines[node.lineno - 1 : node.end_lineno] = answer.rstrip().splitlines()
            return "\n".join(lines)
    return source  # defined in an earlier cell
