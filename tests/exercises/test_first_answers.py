"""What newcomers typed, and what they are told: the task, the slip by its name, words that are known by then."""

import html

import pytest

from bplearn.exercises import ALL, Status, check, recall
from bplearn.exercises.exercise import Choice, Code
from bplearn.exercises.recall import QUESTIONS


def number(one):
    return one.number


# the task -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", ALL.values(), ids=number)
def test_an_empty_answer_is_told_the_task(one):
    verdict = check(one.number, ...)
    assert verdict.status is Status.NOT_ATTEMPTED
    assert one.listing() == verdict.headline
    assert one.task in " ".join(str(verdict).split())
    assert html.escape(one.task, quote=False).split("`")[0] in verdict._repr_html_()


@pytest.mark.parametrize("one", [one for one in ALL.values() if isinstance(one, Code)], ids=number)
def test_a_gap_is_told_the_task_as_well(one):
    space = {}
    exec(f"def answer(*arguments):\n    gap = ...\n    return gap + {len(one.outputs)}", space)
    verdict = check(one.number, space["answer"])
    assert verdict.status is Status.NOT_ATTEMPTED
    assert one.task in " ".join(str(verdict).split())


@pytest.mark.parametrize("one", ALL.values(), ids=number)
def test_a_task_is_short(one):
    assert len(one.task) < 430


def test_a_recall_question_is_listed_once():
    for one in QUESTIONS.values():
        assert str(recall(one.number)).count(one.task) == 1


def test_a_choice_says_what_to_type():
    assert "letter of your choice" in str(check("01.3", ...))
    assert all("a) " in str(check(one.number, ...)) for one in ALL.values() if isinstance(one, Choice))
