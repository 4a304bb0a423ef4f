"""Numbers and tables are written in one way: in text, in HTML and in Markdown."""

import html.parser

import numpy as np
import pytest

from bplearn.show.table import Rich, Table, Tabular, bar
from bplearn.show.text import counted, escape, latex_number, listed, short
from bplearn.show.ticks import log_ticks, round_ticks


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (6.0, "6"),
        (-0.0, "0"),
        (1797, "1797"),
        (-12345.6, "-12346"),
        (999949.4, "999949"),
        (1234567.0, "1.235e6"),
        (0.00012345, "0.0001234"),
        (0.000012345, "1.234e-5"),
        (-2e-300, "-2e-300"),
        (float("inf"), "inf"),
        (np.float32(0.1), "0.1"),
    ],
)
def test_a_number_is_short_and_reads_back(number, written):
    assert short(number) == written
    assert float(written) == pytest.approx(number, rel=1e-3)


def test_fewer_and_more_digits():
    assert [short(0.593269992107, digits) for digits in (1, 3, 9)] == ["0.6", "0.593", "0.593269992"]
    assert short(1797, 2) == "1797"


def test_the_same_number_in_latex():
    assert latex_number(0.25) == "0.25"
    assert latex_number(-0.25, brackets=True) == "(-0.25)"
    assert latex_number(3e-7, brackets=True) == r"3 \cdot 10^{-7}"
    assert latex_number(1234.5678, 6) == "1234.57"


def test_lists_and_counts():
    assert listed(np.array([[1.0, 0.5]])) == "[[1, 0.5]]"
    assert listed((1 / 3, 2), 2) == "[0.33, 2]"
    assert listed(np.array(2.0)) == "2"
    assert [counted(n, "step") for n in (0, 1, 1500)] == ["0 steps", "1 step", "1,500 steps"]


def test_words_are_safe_in_html():
    assert escape("a < b & \x00") == "a &lt; b &amp; \ufffd"


class Cells(html.parser.HTMLParser):
    """Collects the cells with their tags and styles."""

    def __init__(self, page):
        super().__init__()
        self.cells = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th"):
            self.cells.append([tag, dict(attrs), ""])

    def handle_data(self, data):
        if self.cells:
            self.cells[-1][2] += data


SCORES = Table("Scores", ("name", "loss", "note"), (("a|b", "0.25", "8 of 9"), ("<c>", "diverged", "-")), ("two runs",))


def test_text_has_numbers_to_the_right_and_words_to_the_left():
    assert repr(SCORES).split("\n") == [
        "Scores",
        "name      loss  note",
        "a|b       0.25  8 of 9",
        "<c>   diverged  -",
        "two runs",
    ]


def test_html_says_the_same_as_the_text():
    page = SCORES._repr_html_()
    found = Cells(page).cells
    assert [cell[2] for cell in found[:3]] == ["name", "loss", "note"]
    assert [cell[0] for cell in found] == ["th"] * 3 + ["th", "td", "td"] * 2
    assert ["style" in cell[1] for cell in found] == [True, False, True] * 3  # numbers stay at the right
    assert found[6][2] == "<c>"
    assert {cell[1].get("scope") for cell in found} == {"col", "row", None}
    assert "<div>two runs</div>" in page
    assert 'aria-label="Scores"' in page


def test_a_panel_lights_rows_and_hears_them():
    page = SCORES.html(highlight=[1], keys=["run-0", "run-1"])
    assert page.count('<tr class="bpl-highlight" data-key="run-1">') == 1
    assert page.count('<tr data-key="run-0">') == 1


def test_markdown_keeps_bars_and_lines_inside_their_cell():
    table = Table("", ("a", "b"), (("x|y", "1\n2"),))
    assert table.markdown() == "| a | b |\n| --- | --- |\n| x\\|y | 1<br>2 |"


def test_long_cells_are_wrapped_and_lines_are_kept():
    long = " ".join(["word"] * 30)
    text = str(Table("", (), (("a", long), ("b", "1\n2"))))
    assert max(map(len, text.split("\n"))) <= 64
    assert text.endswith("b  1\n   2")
    assert "white-space:pre" in Table("", (), (("b", "1\n2"),)).html()


def test_a_table_with_no_rows():
    empty = Table("Nothing", ("a", "b"), (), ("yet",))
    assert (str(empty), len(empty)) == ("Nothing\nyet", 0)
    assert empty.html().count("<th") == 3  # the head's own tag and two cells


def test_a_rich_cell_has_a_bar_in_html_alone():
    table = Table("", ("name", ""), (("a", Rich("", bar(-0.5, 100))),))
    assert str(table) == "name\na"
    assert "width:50px;background:repeating" in table.html()
    assert "background:var(--bpl-positive" in bar(1.0)


def test_what_is_tabular_shows_its_table():
    class Two(Tabular):
        def table(self):
            return SCORES

    assert repr(Two()) == repr(SCORES)
    assert Two()._repr_html_() == SCORES.html()
    with pytest.raises(TypeError, match="abstract"):
        Tabular()


def test_ticks_are_round_few_and_inside():
    for low, high in [(-5.75, 144), (0, 3e-7), (-1e9, 2), (0.2, 0.21)]:
        ticks = round_ticks(low, high)
        assert 2 <= len(ticks) <= 6
        assert low <= min(ticks)
        assert max(ticks) <= high
        assert np.ptp(np.diff(ticks)) < 1e-9 * (high - low)
    assert round_ticks(3, 3) == [3]


def test_log_ticks_are_round_few_and_inside():
    for low, high in [(-3, 12), (-0.1, 0.1), (1.9, 2.1), (-2.2, 0.3), (0.01, 0.02)]:
        ticks = log_ticks(low, high)
        assert 2 <= len(ticks) <= 7
        assert 10**low <= min(ticks)
        assert max(ticks) <= 10**high
    assert log_ticks(-2, 0) == [0.01, 0.1, 1.0]
