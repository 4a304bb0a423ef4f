"""Walks on a curve: each has its picture, its dots stand on the curve, and the words count what is seen."""

import pytest

from bplearn import ArgumentError, DataError
from bplearn.plotting import alt_text
from bplearn.plotting.paths import plot_walks


def square(x):
    return x * x


def test_each_walk_has_its_own_picture_with_a_dot_on_the_curve_for_each_place():
    ax = plot_walks(square, {"a": [3, 1, -1], "b": [2, 4]}, -5, 5)
    small = ax.child_axes
    assert [s.get_title(loc="left") for s in small] == ["a", "b"]
    assert [list(s.lines[2].get_xdata()) for s in small] == [[3, 1, -1], [2, 4]]
    assert list(small[0].lines[2].get_ydata()) == [9, 1, 1]


def test_the_words_tell_start_end_and_jumps():
    words = alt_text(plot_walks(square, {"zig": [10, -8, 6.4], "slow": [10, 9]}, -12, 12))
    assert "zig: 2 steps, from 10 by -8 to 6.4, 2 of them change sides" in words
    assert "slow: 1 steps, from 10 to 9, 0 of them change sides" in words


def test_a_walk_that_leaves_does_not_stretch_the_picture():
    ax = plot_walks(square, {"away": [10, -500, 9000]}, -12, 12)
    assert ax.child_axes[0].get_xlim() == (-12, 12)
    assert ax.child_axes[0].get_ylim()[1] < 200


@pytest.mark.parametrize("walks", [{}, {str(n): [1] for n in range(7)}])
def test_too_few_or_too_many_walks(walks):
    with pytest.raises(ArgumentError, match="1 to 6 named walks"):
        plot_walks(square, walks, -1, 1)


def test_an_empty_range_and_places_that_are_not_finite():
    with pytest.raises(ArgumentError, match="low < high"):
        plot_walks(square, {"a": [1]}, 2, 2)
    with pytest.raises(DataError, match="finite places"):
        plot_walks(square, {"a": [1, float("nan")]}, -1, 1)
    with pytest.raises(DataError, match="finite places"):
        plot_walks(square, {"a": []}, -1, 1)
