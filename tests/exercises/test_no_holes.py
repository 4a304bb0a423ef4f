"""Small changes at every place of every solution: whatever gives other numbers on fresh networks must be caught.

The changes are a machine's and know nothing of the catalogue: an operator swapped, an operand dropped, a constant
moved, a transpose removed, a statement deleted. They look for holes in the inputs that a check is run on.
"""

import ast
import copy

import numpy as np
import pytest

from bplearn.exercises import ALL
from bplearn.exercises.engine.exercise import Case, Code
from bplearn.exercises.engine.mistake import source_of
from bplearn.exercises.engine.random_cases import RandomCase
from bplearn.exercises.engine.run_cases import passes, reference
from bplearn.exercises.engine.runner import run

CODE = [one for one in ALL.values() if isinstance(one, Code) and not one.planted]
SWAPS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
FRESH = (
    RandomCase("fresh", network=31, batch=31, N=6, D=5, H=3, M=4),
    RandomCase("fresh", network=32, batch=32, N=9, D=3, H=5, M=2),
)


def changes(node):
    """Other nodes that could stand in the place of this one."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in SWAPS:
            yield ast.BinOp(node.left, SWAPS[type(node.op)](), node.right)
        yield node.left
        yield node.right
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(-node.value)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Compare):
        for op in (ast.Lt, ast.Gt, ast.Eq):
            yield ast.Compare(node.left, [op()], node.comparators)
    elif isinstance(node, ast.AugAssign):
        load = copy.deepcopy(node.target)
        load.ctx = ast.Load()
        yield ast.Assign([node.target], node.value)
        yield ast.Assign([node.target], ast.BinOp(load, ast.Sub(), node.value))
    elif isinstance(node, ast.Assign):
        yield ast.Pass()


def mutants(solution):
    """(source, answer) for every single change."""
    tree = ast.parse(source_of(solution))
    places = [
        (parent, field, index)
        for parent in ast.walk(tree)
        for field, value in ast.iter_fields(parent)
        for index in (range(len(value)) if isinstance(value, list) else (None,))
    ]
    for parent, field, index in places:
        value = getattr(parent, field)
        old = value if index is None else value[index]
        for new in changes(old) if isinstance(old, ast.AST) else ():
            _put(parent, field, index, new)
            text = ast.unparse(ast.fix_missing_locations(tree))
            _put(parent, field, index, old)
            yield text


def _put(parent, field, index, node):
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def answer_from(text, solution):
    space = dict(vars(__import__(solution.__module__, fromlist=["_"])))
    exec(text, space)
    return space[solution.__name__]


def test_the_changes_are_many():
    assert sum(1 for one in CODE for _ in mutants(one.solution)) > 800


@pytest.mark.parametrize("one", CODE, ids=lambda one: one.number)
def test_whatever_differs_on_fresh_networks_is_caught(one):
    from bplearn.exercises.engine import run_cases as run_cases

    cases, right = reference(one)
    fresh = [Case(draw.label, one.inputs(copy.deepcopy(draw)), draw.N, False) for draw in FRESH]
    with np.errstate(all="ignore"):
        wanted = [one.observe(one.solution, copy.deepcopy(case.arguments)) for case in fresh]
    for text in mutants(one.solution):

        def differs(text=text):
            answer = answer_from(text, one.solution)
            for case, want in zip(fresh, wanted, strict=True):
                got = one.observe(answer, copy.deepcopy(case.arguments))
                if not all(np.shape(a) == np.shape(b) and np.allclose(a, b, 1e-4) for a, b in _pairs(one, got, want)):
                    return True
            return False

        ran = run(differs, 2)
        if ran.failure is None and ran.value:
            seen = run(lambda text=text: run_cases.run_trusted(one, answer_from(text, one.solution), cases), 5).value
            assert seen is None or not passes(cases, seen, right), text


def _pairs(one, got, want):
    return zip(got, want, strict=True) if len(one.outputs) > 1 else [(got, want)]
