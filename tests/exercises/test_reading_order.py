"""No verdict leads to a section that stands after the exercise, in another notebook or in its own."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from bplearn.exercises import ALL, NOTEBOOKS, check
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.named_verdict import named_verdict
from bplearn.exercises.engine.question import Number
from bplearn.exercises.engine.texts import is_read_before, read
from bplearn.exercises.engine.versions import applicable
from bplearn.exercises.mistakes import KNOWN
from tests.exercises.table import PLANTED, answer_of

FOLDER = Path(__file__).parents[2] / "notebooks"


def marks(name):
    """Headings and checks of a notebook, in order."""
    found = []
    for cell in json.loads((FOLDER / name).read_text())["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("## "):
                found.append(line[3:].lower())
            elif mark := re.search(r'check\("(\d\d\.\d)"', line):
                found.append(mark[1])
    return found


def first(found, name):
    """Where a section begins: a heading that starts with its name, or else holds it."""
    starts = [k for k, mark in enumerate(found) if any(part.startswith(name.lower()) for part in mark.split(": "))]
    return (starts + [k for k, mark in enumerate(found) if name.lower() in mark])[0]


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_the_order_is_that_of_the_notebook(chapter):
    places = {one.teaches for one in ALL.values()} | {mistake.section for mistake in KNOWN}
    wanted = {place[4:] for place in places if place[:2] == chapter} | {n for n in ALL if n[:2] == chapter}
    found = marks(NOTEBOOKS[chapter])
    assert read("order")[chapter] == sorted(wanted, key=lambda name: (first(found, name), name))


@pytest.mark.parametrize("one", ALL.values(), ids=lambda one: one.number)
def test_an_exercise_stands_after_its_own_section(one):
    assert is_read_before(one.teaches, one.number)


def place_of(section):
    file, _, text = section.partition(", ")
    return f"{file[:2]}: {text}"


@pytest.mark.parametrize(
    "one", [one for one in ALL.values() if isinstance(one, Code | Number)], ids=lambda one: one.number
)
def test_no_name_leads_further_than_the_learner_is(one):
    for mistake in applicable(one):
        verdict = named_verdict(one, [(mistake.name,)], ())
        assert is_read_before(place_of(verdict.section), one.number), mistake.name


def test_wrong_answers_lead_back():
    assert check("05.2", -np.array(list(leaves(ALL["05.2"].solution())))).section[:2] < "05"
    for planted in PLANTED[::5]:
        verdict = check(planted.exercise, answer_of(planted))
        assert is_read_before(place_of(verdict.section), planted.exercise), planted.name
