"""The times that notebooks state are computed from what stands in them, and notebook 00 lists the same times."""

import re

import nbformat
import pytest

from tests.notebooks import reading_time
from tests.notebooks.__main__ import chosen
from tests.notebooks.test_notebooks import made, md, py

NOTEBOOKS = {path.name: nbformat.read(path, as_version=4) for path in chosen([])}
STEP = 5  # a few words more or less need no new range


def bounds(text):
    return [int(number) for number in re.findall(r"\d+", text or "")]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_stated_time_is_the_computed_one(name):
    wanted, said = reading_time.time_range(NOTEBOOKS[name]), reading_time.stated(NOTEBOOKS[name])
    assert bounds(said) == pytest.approx(bounds(wanted), abs=STEP), f"should say {wanted}, says {said}"


def test_notebook_00_lists_the_time_of_every_notebook():
    start = "\n".join(cell.source for cell in NOTEBOOKS["00_start_here.ipynb"].cells)
    listed = re.findall(r"^\| (?:\[\d+\. .*?\]\((.*?)\)|0\. Start here) \| .* \| (\d+ to \d+) \|$", start, re.MULTILINE)
    times = {name or "00_start_here.ipynb": f"{time} minutes" for name, time in listed}
    assert times == {name: reading_time.stated(notebook) for name, notebook in NOTEBOOKS.items()}


TITLE = "# A\n\n| **Time** | 5 to 10 minutes, at most |"


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        ([md("word " * 300)], 2),
        ([py("a = 1"), py("a"), py("a")], 1),
        ([py('check("05.3", answer)')], 3 + 1 / 3),
        ([py('check("01.3", answer)')], 3 + 1 / 3),
        ([py('check("05.7", answer)')], 8 + 1 / 3),
        ([py('check("10.7", answer)')], 20 + 1 / 3),
    ],
)
def test_minutes_are_words_cells_and_answers(cells, minutes):
    assert reading_time.minutes(made(*cells)) == pytest.approx(minutes)


def test_a_range_is_a_quarter_less_and_a_quarter_more():
    assert reading_time.time_range(made(md("word " * 150 * 60))) == "45 to 75 minutes"
    assert reading_time.stated(made(md(TITLE))) == "5 to 10 minutes"
    assert reading_time.stated(made(md("| **Time** | 40 minutes |"))) is None
