"""Fills the stubs of a notebook's cell with tested solutions, as a learner who never errs would.

A stub cell ends with `check("NN.k", name)`, and defines `name` above it: a function or class, or `name = ...`.
A panel stands alone in its cell, `predict("NN.pk")`, `quiz(N)` or `quiz(["NN.rk", ...])`; its logic is answered.
"""

import ast
import re

from bplearn.exercises import ALL, solution
from bplearn.exercises.chapters.questions import PREDICTIONS, QUESTIONS, due
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.question import Choice, Number


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


def names(source):
    """(names a cell sets, names it uses)."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set(), set()
    nodes = list(ast.walk(tree))
    found = {node.id for node in nodes if isinstance(node, ast.Name)}
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    stored |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    stored |= {
        (part.asname or part.name).split(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for part in node.names
    }
    return stored, found


def with_needed(sources, chosen):
    """The places of the chosen cells and of all cells that these need."""
    chosen = set(chosen)
    needed = set().union(*(names(sources[place])[1] for place in chosen))
    for place in reversed(range(len(sources))):
        stored, used = names(sources[place])
        if place in chosen or stored & needed:
            chosen.add(place)
            needed |= used
    return sorted(chosen)


def panel_in(source):
    """("predict", "NN.pk"), ("quiz", N) or ("quiz", [numbers]) where the cell is such a panel, else (None, None)."""
    found = re.fullmatch(r"(predict|quiz)\(([^()]+)\)(?:  # fmt: skip)?", source.strip())
    return (found[1], ast.literal_eval(found[2].strip())) if found else (None, None)


def asked_by_quiz(which):
    """The questions of quiz(which): a notebook's own and those due again, or the ones that are named."""
    numbers = which if isinstance(which, list) else [number for part in due(f"{which:02d}") for number in part]
    return [QUESTIONS[number] for number in numbers]


def fill(source):
    """The cell with every stub in it replaced by a right answer; a panel's cell ends on what was said."""
    kind, number = panel_in(source)
    if kind == "predict":
        one = PREDICTIONS[number]
        answer = one.truth() if isinstance(one, Choice) else repr(one.truth())
        return f"_panel = {source}\n_panel.logic.commit({answer!r}).words"
    if kind == "quiz":
        asked = asked_by_quiz(number)
        answers = [one.right_letter if isinstance(one, Choice) else repr(one.truth()) for one in asked]
        answering = f"for _place, _answer in enumerate({answers!r}):\n    _panel.logic.go(_place).answer(_answer)"
        return f"_panel = {source}\n{answering}\n_panel.logic.score()"
    for number, name in checks_in(source):
        source = _replaced(source, name, _answer(number, name))
    return source


def _answer(number, name):
    one = ALL.get(number) or QUESTIONS[number]
    if isinstance(one, Code):
        own = one.solution.__name__
        return re.sub(rf"\b(def|class) {own}\b", rf"\1 {name}", solution(number).code)
    if isinstance(one, Choice):
        return f"{name} = {one.right_letter!r}"
    if isinstance(one, Number):
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
