"""The proof: every mistake of the list is caught and named, right answers pass, nothing gets a false name."""

import re
from pathlib import Path

import pytest

from bplearn.exercises import ALL, check
from tests.exercises import table
from tests.exercises import usual_checks as usual
from tests.exercises.__main__ import proof
from tests.exercises.lines import LINES, PLANTED
from tests.exercises.planted_strange import STRANGE
from tests.exercises.right_answers import RIGHT


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    from bplearn import exercises

    exercises.use_file(tmp_path_factory.mktemp("progress") / "progress.json")
    return table.results()


@pytest.fixture(scope="module")
def slips():
    return usual.experiment(table.planted_functions())


@pytest.mark.parametrize("line", LINES)
def test_every_line_is_planted_at_least_twice_and_caught(found, line):
    mine = [one for one in found if one.planted.line == line]
    assert len(mine) >= 2
    assert [one.planted.name for one in mine if not one.caught] == []


def test_no_planted_answer_gets_a_false_name(found):
    assert [(one.planted.name, one.verdict.mistakes) for one in found if one.falsely_named] == []


def test_at_least_nine_in_ten_are_named_right(found):
    assert sum(one.named for one in found) >= 0.9 * len(found)


def test_the_table_has_a_row_for_each_line_and_totals(found):
    lines = table.report(found).splitlines()
    assert len(lines) == len(LINES) + 2
    assert lines[-1].split()[:3] == ["total", str(len(PLANTED)), str(len(PLANTED))]


@pytest.mark.parametrize(("number", "answer"), RIGHT, ids=lambda value: getattr(value, "__name__", None))
def test_right_answers_in_other_forms_pass(number, answer):
    assert check(number, answer).passed


@pytest.mark.parametrize(("number", "answer"), STRANGE, ids=lambda value: getattr(value, "__name__", None))
def test_wrong_answers_on_nobodys_list_are_caught_and_not_named(number, answer):
    verdict = check(number, answer)
    assert not verdict.passed
    assert verdict.mistakes == ()


def test_planted_and_right_answers_are_written_without_the_catalogue():
    for module in table.MODULES:
        assert "catalogue" not in vars(module)
        assert "habits" not in vars(module)


def test_the_usual_checks_let_much_through_and_ours_nothing(slips):
    assert len(slips) > 80
    through = {check: sum(not slip.noticed[check] for slip in slips) for check in usual.CHECKS}
    assert through["the loss falls"] > 0.5 * len(slips)
    assert through["the shapes are right"] > 0.5 * len(slips)
    assert through["one gradient check"] > 0.2 * len(slips)
    assert through["all four together"] > 0
    assert all(slip.ours for slip in slips)


def test_the_usual_checks_complain_about_no_right_answer():
    right = [(ALL[number], answer.__name__, lambda answer=answer: answer) for number, answer in RIGHT]
    # The rehearsal is plain: rows, tuples, whole numbers for classes.
    others = {"dense_columns", "batch_columns", "batches_shuffle_together", "dense_dict"}
    complaints = usual.experiment(one for one in right if one[1] not in others)
    assert [(slip.exercise, slip.mistake) for slip in complaints if slip.noticed["the loss falls"] or slip.ours] == []


def test_the_readme_has_the_totals(found, slips):
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    planted, kinds, caught, named, false = map(
        int, re.search(r"\| (\d+) wrong answers, (\d+) kinds of mistake \| (\d+) \| (\d+) \| (\d+) \|", readme).groups()
    )
    assert (planted, kinds) == (len(found), len(LINES))
    assert caught == sum(one.caught for one in found)
    assert named == sum(one.named for one in found)
    assert false == sum(one.falsely_named for one in found)
    assert f"| {len(STRANGE)} wrong answers of no known kind | {len(STRANGE)} |" in readme
    assert f"| {len(RIGHT)} right answers in other forms" in readme
    for check_name, noticed, through in usual.table(slips).rows:
        row = rf"\| {check_name}[a-z ]* \| {noticed} \| {through} \|"
        assert re.search(row, readme), (check_name, noticed, through)


def test_one_command_prints_the_proof(found, slips):
    lines = proof(found, slips).splitlines()
    assert f"{len(PLANTED)} planted answers: {len(PLANTED)} caught, 100.0% named right." in lines
    assert f"{len(RIGHT)} right answers in other forms: {len(RIGHT)} pass." in lines
    assert f"{len(STRANGE)} wrong answers on nobody's list: {len(STRANGE)} caught, 0 given a name." in lines
    assert lines[-1].split()[:5] == ["the", "checkers", "of", "this", "course"]
