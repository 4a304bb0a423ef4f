"""The table of predictions: each is true, each wrong choice has its reply, and each stands once in its notebook."""

import ast
import json
import re
from pathlib import Path

import pytest

from bplearn.exercises.chapters.questions import PREDICTIONS
from bplearn.exercises.engine.exercise import NOTEBOOKS
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.typed_numbers import is_near, read_number
from tests.exercises.facts_c import FACTS

FOLDER = Path(__file__).parents[2] / "notebooks"
PICKS = [number for number, one in PREDICTIONS.items() if isinstance(one, Choice)]
ESTIMATES = [number for number, one in PREDICTIONS.items() if isinstance(one, Number)]


def test_every_prediction_has_a_fact_and_every_fact_a_prediction():
    assert list(FACTS) == list(PREDICTIONS)


@pytest.mark.parametrize("number", PICKS)
def test_the_right_statement_is_right(number):
    assert FACTS[number]() == PREDICTIONS[number].right


@pytest.mark.parametrize("number", ESTIMATES)
def test_the_computed_number_is_right(number):
    assert PREDICTIONS[number].truth() == pytest.approx(FACTS[number](), rel=1e-9)


@pytest.mark.parametrize("number", PICKS)
def test_every_wrong_choice_has_a_reply_of_its_own(number):
    one = PREDICTIONS[number]
    assert one.right in one.options
    wrong = [reply for choice, reply in one.options.items() if choice != one.right]
    assert len(wrong) >= 2
    assert all(len(reply) > 20 and reply[-1] in ".?" for reply in wrong)
    assert len(set(wrong)) == len(wrong)
    assert one.because


@pytest.mark.parametrize("number", ESTIMATES)
def test_every_expected_slip_is_wrong_and_has_a_reply_of_its_own(number):
    one = PREDICTIONS[number]
    assert len(one.replies) >= 2
    assert len(set(one.replies.values())) == len(one.replies)
    for typed, reply in one.replies.items():
        assert not is_near(read_number(typed), one.truth(), one.tolerance)
        assert len(reply) > 20
    assert one.because


def test_numbers_count_up_within_each_notebook():
    for chapter in NOTEBOOKS:
        mine = [number for number in PREDICTIONS if number[:2] == chapter]
        assert mine == [f"{chapter}.p{k}" for k in range(1, len(mine) + 1)]
    assert {number[:2] for number in PREDICTIONS} <= set(NOTEBOOKS)


def test_the_right_statement_is_not_always_at_the_same_place():
    places = [list(PREDICTIONS[number].options).index(PREDICTIONS[number].right) for number in PICKS]
    assert max(map(places.count, set(places))) <= 0.6 * len(places)


def code_of(chapter):
    cells = json.loads((FOLDER / NOTEBOOKS[chapter]).read_text(encoding="utf-8"))["cells"]
    return [("".join(cell["source"]), cell["outputs"]) for cell in cells if cell["cell_type"] == "code"]


def asked_in(chapter):
    """What a notebook's cells hand to predict alone, in order."""
    nodes = [node for source, _ in code_of(chapter) for node in ast.walk(ast.parse(source))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "predict"]
    return [call.args[0].value for call in calls if len(call.args) == 1]


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_notebook_asks_each_of_its_predictions_once_and_in_order(chapter):
    assert asked_in(chapter) == [number for number in PREDICTIONS if number[:2] == chapter]


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_a_prediction_stands_alone_in_its_cell_and_gives_no_answer_away(chapter):
    for source, outputs in code_of(chapter):
        if re.search(r"(?<![\w.])predict\(", source):
            number = re.fullmatch(r'predict\("(\d\d\.p\d+)"\)', source)[1]
            shown = json.dumps(outputs, ensure_ascii=False)
            assert PREDICTIONS[number].task in shown
            assert PREDICTIONS[number].because not in shown
            assert not re.search("[✓✗]|You said", shown)
