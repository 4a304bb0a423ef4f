"""No exercise asks for what stands above it in its notebook; what is known to do so is listed, and must be mended."""

import ast

import nbformat
import pytest

from tests.notebooks import no_copy
from tests.notebooks.__main__ import chosen
from tests.notebooks.test_notebooks import made, md, py, says, shows

NOTEBOOKS = {path.name[:2]: path for path in chosen([])}
KNOWN = {  # worked for one layer, then with gaps for two: the rule for another layer, as fading wants it
    "09.1": "the stub itself holds the line of the first layer; asked are the bend and the second layer",
    "09.4": "09 works one layer alone; asked is which array stands where in two",
    "09.5": "09 works the update of one layer; asked are four arrays, with the old ones left alone",
}


@pytest.mark.parametrize("chapter", NOTEBOOKS)
def test_no_answer_stands_above_its_exercise(chapter):
    found = sorted(no_copy.copied(nbformat.read(NOTEBOOKS[chapter], as_version=4)))
    assert [pair for pair in found if pair[0] not in KNOWN] == []
    mended = {number for number in KNOWN if number.startswith(chapter)} - {number for number, _ in found}
    assert not mended, f"take {mended} out of KNOWN"


TYPED = py('answer = ...\ncheck("05.3", answer)')  # 0.0535846 and 0.0128932
WRITTEN = py('def output_delta(y, t):\n    return ...\n\n\ncheck("05.5", output_delta)')


@pytest.mark.parametrize(
    "cell",
    [
        md("It is $0.0536$."),
        md("It is -0.053585"),
        md("| 0.01289 |"),
        py("x = 0.0536"),
        py("x", says("[0.1, 1.29e-02]")),
        py("x", shows(text_plain="0.05358")),
        py("draw()", shows(text_html='<img alt="h2 gets 0.0536">')),
        py("draw()", shows(text_html="<svg><text>0.0536</text></svg>")),
    ],
)
def test_a_planted_number_is_found(cell):
    assert [number for number, _ in no_copy.copied(made(cell, TYPED))] == ["05.3"]


@pytest.mark.parametrize(
    "cell",
    [
        md("0.054, 0.0526, 0.536, 10.0536 and 0.05"),
        py("draw()", shows(text_html='<svg><path d="M 0.0536 1"></path></svg>')),
        py("x = 0.05 + 0.013"),
    ],
)
def test_other_numbers_are_no_answer(cell):
    assert list(no_copy.copied(made(cell, TYPED, md("It was 0.0536.")))) == []


@pytest.mark.parametrize(
    "cell",
    [
        py("delta_o = (o - target) * o * (1 - o)"),
        py("deltas = [round((o[0] - t[0]) * o[0] * (1 - o[0]), 3)]"),
        py("def delta(a, b):\n    return 2 * ((a - b) * a * (1 - a))"),
        md("Write `(o1 - t1) * o1 * (1 - o1)`."),
        md("```python\nd = (y - t) * y * (1 - y)\n```"),
    ],
)
def test_a_planted_line_is_found(cell):
    assert list(no_copy.copied(made(cell, WRITTEN))) == [("05.5", "(v0 - v1) * v0 * (1 - v0)")]


@pytest.mark.parametrize(
    "cell",
    [
        py("delta_o = (0.75 - 0.01) * 0.75 * (1 - 0.75)"),
        py("slope = o * (1 - o)\ndelta = (o - t) * slope"),
        py("other = (a - b) * c * (1 - c)"),
        md("$(y - t) y (1 - y)$ and `y (1 - y)`"),
    ],
)
def test_numbers_parts_and_formulas_are_no_line_to_copy(cell):
    assert list(no_copy.copied(made(cell, WRITTEN, py("d = (y - t) * y * (1 - y)")))) == []


def test_a_column_is_not_the_whole_table():
    def level(text):
        return no_copy.levelled(ast.parse(text, mode="eval").body)

    assert level("x @ W1[:, 0] + b1[0]") != level("x @ W + b") == level("rows[0] @ layer.W.value + bias")


@pytest.mark.parametrize("text", ["0.29837", "0.2984", "0.298", "2.98e-01", "0.2983"])
def test_rounded_or_cut_off_to_three_digits_a_number_is_the_answer(text):
    assert no_copy.is_answer(text, 0.298371108760)


@pytest.mark.parametrize("text", ["0.30", "0.3", "0.297", "0.299", "29.8", "0.29829"])
def test_fewer_digits_or_another_number_is_not(text):
    assert not no_copy.is_answer(text, 0.298371108760)
