"""Pictures of attention: every number stands in its cell, lines are as wide as the shares, and the words tell both."""

import numpy as np
import pytest

from bplearn import ArgumentError, ShapeError
from bplearn.plotting import alt_text, plot_looks, plot_scores

TOKENS = ["the", "cat", "sat"]
SHARES = np.array([[1, 0, 0], [0.25, 0.75, 0], [0.2, 0.3, 0.5]])


def words(ax):
    return [text.get_text() for text in ax.texts]


def depth(box):
    """How far the color of a cell is from white paper."""
    return 3 - sum(box.get_facecolor()[:3])


def test_each_number_stands_in_its_cell_and_a_larger_one_is_deeper():
    ax = plot_scores([[0.5, -2.0], [1.0, -np.inf]], ["a", "b"], ["c", "d"], title="scores")
    cells = {text.get_position(): text.get_text() for text in ax.texts[:4]}
    assert cells == {(0, 0): "0.5", (1, 0): "-2", (0, 1): "1", (1, 1): "-∞"}
    assert words(ax)[4:] == ["a", "b", "c", "d"]
    half, two, one, masked = ax.patches
    assert depth(masked) == 0 < depth(half) < depth(one) < depth(two)
    blue = one.get_facecolor()
    orange = two.get_facecolor()
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]


def test_the_words_leave_out_where_nobody_may_look():
    said = alt_text(plot_scores([[0.5, -np.inf], [1 / 3, 2.0]], ["a", "b"]))
    assert said == "a looks at a 0.5. b looks at a 0.33, b 2."
    assert alt_text(plot_scores([[0.5, 1.0]], ["head 0"], ["a", "b"])) == "head 0: a 0.5, b 1."


def test_a_line_is_as_wide_as_its_share_and_a_share_of_0_has_none():
    ax = plot_looks(SHARES, TOKENS)
    lines = {tuple(line.get_xdata()): line.get_linewidth() for line in ax.lines}
    assert set(lines) == {(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)}
    widths = [lines[2, 0], lines[1, 0], lines[2, 1], lines[2, 2], lines[1, 1], lines[0, 0]]
    assert widths == sorted(widths)
    assert all(list(line.get_ydata()) == [1, 0] for line in ax.lines)
    assert {"0.25", "0.75", "0.2", "0.3", "0.5", "1", *TOKENS} <= set(words(ax))
    assert "sat looks at the 0.2, cat 0.3, sat 0.5." in alt_text(ax)


def test_many_tokens_have_no_numbers_on_their_lines():
    ax = plot_looks(np.full((5, 5), 0.2), list("abcde"))
    assert "0.2" not in words(ax)
    assert alt_text(ax).count("0.2") == 25


def test_names_that_do_not_fit_and_too_many_tokens(message):
    said = message(ShapeError, plot_scores, SHARES, ["a", "b"])
    assert said == "plot_scores expected a row for each of 2 names and a column for each of 2, got (3, 3)."
    said = message(ArgumentError, plot_looks, np.eye(9), list("abcdefghi"))
    assert said == "plot_looks expected at most 8 tokens, got 9."
    with pytest.raises(ArgumentError, match="at most 20 tokens, got 21"):
        plot_scores(np.zeros((2, 21)), list("ab"), ["x"] * 21)
