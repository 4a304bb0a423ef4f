"""NOTATION.md is a contract: no notebook uses one of its letters for something else."""

import nbformat
import pytest

from tests.notebooks import letters
from tests.notebooks.__main__ import chosen
from tests.notebooks.test_notebooks import made, md, py

NOTEBOOKS = {path.name[:2]: path for path in chosen([])}
TABLE = "| letter | meaning |\n|---|---|\n"


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_letters_mean_what_notation_says(chapter):
    assert list(letters.violations(nbformat.read(NOTEBOOKS[chapter], as_version=4))) == []


def test_the_contract_is_read():
    known = letters.contract()
    assert {"x", "W", "h", "E", "L", r"\delta", r"\eta", "N"} <= set(known)
    assert "nudge" in known["h"]
    assert "error of one sample" in known["E"]


@pytest.mark.parametrize(
    "planted",
    [
        TABLE + "| $h$ | how high the hill is |",
        TABLE + "| $x$, $t$ | time, in seconds |",
        TABLE + r"| $\eta$ | how many neurons |",
        r"$$E = \frac1N \sum_n \tfrac12 \lVert o_n - t_n \rVert^2$$",
        r"$$\nabla E = \sum_B \nabla E_B$$",
        r"Through $L$ layers it happens again.",
        "A tape has one step for each layer.",
        r"$$\Big(\frac14\Big)^L$$",
    ],
)
def test_a_planted_violation_is_found(planted):
    assert list(letters.violations(made(md(planted))))


def test_a_mean_under_the_name_of_one_error_is_found_in_code():
    assert list(letters.violations(made(py("E = np.sum((y - t) ** 2) / (2 * n)")))) == []
    assert list(letters.violations(made(py("E = ((y - t) ** 2).mean()"))))


@pytest.mark.parametrize(
    "good",
    [
        TABLE + "| $h$ | the size of the nudge |",
        TABLE + "| $q$ | a letter that NOTATION has not |",
        r"$$L = \frac1N \sum_n E_n$$",
        "| month | rain |\n|---|---|\n| $h$ | 3 |",
    ],
)
def test_what_keeps_the_contract_passes(good):
    assert not list(letters.violations(made(md(good))))
