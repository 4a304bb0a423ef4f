"""No verdict, no first or second hint and no example holds the answer: each number and each line of them is tried."""

import ast
import contextlib
import re

import numpy as np
import pytest

from bplearn.exercises import ALL, check
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.exercise import Code, Trial
from bplearn.exercises.engine.mistake import source_of
from bplearn.exercises.engine.named_verdict import named_verdict
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.versions import applicable, single_mutants

NUMBER = r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?%?"
TRIED = {"07.5": ("rate-too-large", "rate-too-small"), "12.4": ("rate-too-large", "rate-too-small")}


def of_kind(kind):
    some = [one for one in ALL.values() if isinstance(one, kind)]
    return pytest.mark.parametrize("one", some, ids=lambda one: one.number)


def values(text):
    """The numbers in a text, with roots and quotients worked out."""
    text = re.sub(r"sqrt\((\d+) / (\d+)\)", lambda m: str((int(m[1]) / int(m[2])) ** 0.5), text)
    text = re.sub(r"(\d+) / (\d+)", lambda m: str(int(m[1]) / int(m[2])), text)
    return [float(found.replace(",", "").rstrip("%")) for found in re.findall(NUMBER, text)]


def runs(text, length):
    """All answers of this many numbers that stand one after the other in a text."""
    found = values(text)
    return [tuple(found[start : start + length]) for start in range(len(found) - length + 1)]


def texts_of(one, names):
    """What may be said of these mistakes, and the first two hints."""
    verdicts = [named_verdict(one, [(name,)], ()) for name in names]
    return [*one.hints[:2], *(str(verdict.more).split("\n", 1)[1] for verdict in verdicts)]


@of_kind(Number)
def test_no_number_that_is_said_is_the_answer(one):
    right = list(leaves(one.solution()))
    wrong = [np.multiply(right, factor) for factor in (-1, 0.5, 1.2)] + [np.add(right, 1), right[::-1]]
    said = texts_of(one, [mistake.name for mistake in applicable(one)])
    said += [str(verdict.more) for typed in wrong if not (verdict := check(one.number, typed)).passed]
    for mutant in single_mutants(one):
        typed = ...
        with contextlib.suppress(Exception):  # some cannot be computed here
            typed = mutant.make()()
        verdict = check(one.number, typed)
        said += [] if verdict.passed or typed is ... else [str(verdict.more)]
    lines = {line for text in said for line in text.splitlines()}
    lines = [line for line in lines if "Read again" not in line and "not right yet" not in line]
    told = {answer: line for line in lines for answer in runs(line, len(right))}
    for answer in told:
        assert not check(one.number, answer).passed, told[answer]


@of_kind(Trial)
def test_no_number_that_is_said_is_a_setting_that_works(one):
    if one.number not in TRIED:  # it is answered with code
        return
    for text in texts_of(one, TRIED[one.number]):
        for line in text.splitlines():
            if "Read again" not in line:
                for answer in runs(line, 1 if one.number == "07.5" else 2):
                    assert not check(one.number, answer[0] if len(answer) == 1 else answer).passed, line


@of_kind(Code)
def test_no_line_that_is_said_is_one_of_the_solution(one):
    tree = ast.parse(source_of(one.solution))
    made = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AugAssign | ast.Return)]
    steps = [node for node in made if isinstance(node, ast.BinOp | ast.Call) and len(ast.unparse(node)) > 9]
    lines = {ast.unparse(node).replace(" ", "") for node in steps}
    for text in texts_of(one, [mistake.name for mistake in applicable(one)]):
        assert not [line for line in lines if line in text.replace(" ", "")], text


@of_kind(Choice)
def test_no_hint_names_the_right_statement(one):
    for text in one.hints[:2]:
        assert one.truth().casefold().rstrip(".") not in text.casefold()
