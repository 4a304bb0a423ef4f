"""What a learner reads in the core is the formula: checks and words of errors stand in `bplearn.checks`.

A statement line is a line of code, neither docstring nor import. One checks or words an error where it is a `raise`, an
`if` whose body raises, a call of a function of `bplearn.checks`, or a text that only such lines use.
"""

import ast
from pathlib import Path

import pytest

import bplearn

HOUSE = Path(bplearn.__file__).parent
ROOMS = ("layers", "losses", "network", "optimizers", "training", "parameter")
CORE = [
    path for room in ROOMS for path in [HOUSE / f"{room}.py", *sorted((HOUSE / room).glob("*.py"))] if path.is_file()
]
METHODS = ("forward", "backward", "compute", "run", "predict", "step", "delta", "train", "_loop")
MOST_LINES = 12
NESTED = (ast.stmt, ast.excepthandler, ast.match_case)


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def own_lines(node):
    """The lines of a statement without those of the statements inside it."""
    inside = {n for child in ast.walk(node) if child is not node and isinstance(child, NESTED) for n in whole(child)}
    return whole(node) - inside


def whole(node):
    return set(range(node.lineno, node.end_lineno + 1))


def statements(tree):
    skip = ast.Import | ast.ImportFrom
    return [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and not isinstance(n, skip) and not is_docstring(n)]


def lines_of(tree, source):
    """The lines on which there are statements; those of docstrings, blank ones and comments are not."""
    texts = source.splitlines()
    numbers = set().union(*(own_lines(node) for node in statements(tree)))
    return {n for n in numbers if texts[n - 1].strip() and not texts[n - 1].lstrip().startswith(("#", ")"))} - {
        n for node in ast.walk(tree) if is_docstring(node) for n in whole(node)
    }


def checking(tree, source):
    """The statement lines that check or word an error."""
    doors = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bplearn.checks")
        for alias in node.names
        if alias.name[0].islower()
    }
    found = set()
    for node in statements(tree):
        if isinstance(node, ast.Raise):
            found |= whole(node)
        if isinstance(node, ast.If) and any(isinstance(inner, ast.Raise) for inner in node.body):
            found |= own_lines(node).union(*(whole(inner) for inner in node.body))
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            parts = [child for child in ast.iter_child_nodes(node) if not isinstance(child, NESTED)]
            calls = [n for part in parts for n in ast.walk(part) if isinstance(n, ast.Call)]
            if any(isinstance(call.func, ast.Name) and call.func.id in doors for call in calls):
                found |= own_lines(node)
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        loads = [n for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        for node in statements(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                used = [n.lineno for n in loads if n.id == node.targets[0].id]
                is_text = any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node))
                if is_text and used and found.issuperset(used):
                    found |= whole(node)
    return found & lines_of(tree, source)


def share(source):
    tree = ast.parse(source)
    lines = lines_of(tree, source)
    return len(checking(tree, source)) / len(lines) if lines else 0.0


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_at_most_one_line_in_ten_checks_or_words_an_error(path):
    source = path.read_text(encoding="utf-8")
    lines = sorted(checking(ast.parse(source), source))
    assert share(source) <= 0.1, f"{share(source):.0%}: lines {lines}; one call a door, its body in bplearn.checks"


PLANTED = """
from bplearn.checks.arrays import as_batch
def forward(x):
    \"\"\"A docstring
    of two lines.\"\"\"
    x = as_batch(x)
    if x.ndim < 2:
        advice = "Write x[None]."
        raise ValueError(
            advice
        )
    y = (x +
         1)
    name = "kept"
    return y, name
"""


def test_planted_checks_are_counted():
    tree = ast.parse(PLANTED)
    assert sorted(checking(tree, PLANTED)) == [6, 7, 8, 9, 10]
    assert len(lines_of(tree, PLANTED)) == 10
    assert share(PLANTED) == 0.5
    assert share("def f(x):\n    return x + 1\n") == 0


def long_methods(source):
    """The core methods of a file with more lines of statements than fit one glance."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name in METHODS:
            body = ast.Module([n for n in node.body if not is_docstring(n)], [])
            count = len(lines_of(body, source))
            if count > MOST_LINES:
                yield f"{node.name} (line {node.lineno}): {count}"


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_a_core_method_has_at_most_twelve_lines(path):
    assert list(long_methods(path.read_text(encoding="utf-8"))) == []


def test_a_planted_long_method_is_seen():
    long = "def forward(self, x):\n" + "    x = x + 1\n" * 13
    assert list(long_methods(long)) == ["forward (line 1): 13"]
    assert list(long_methods(long.replace("forward", "layout"))) == []
