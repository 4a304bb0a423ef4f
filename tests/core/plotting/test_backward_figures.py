import numpy as np
import pytest

from bplearn.errors import ArgumentError, ShapeError
from bplearn.plotting import alt_text
from bplearn.plotting.backward_figures import plot_weight_gradient

X = [[1.0, 2.0, 0.5], [0.0, 1.0, -1.0]]
DY = [[0.5, -2.0], [4.0, 3.0]]


def numbers(ax):
    return [text.get_text() for text in ax.texts]


def test_each_sample_has_its_own_grid_and_the_last_is_their_sum():
    ax = plot_weight_gradient(X, DY)
    written = numbers(ax)
    assert [words for words in written if words[:1] in ("s", "d")] == ["sample 0", "sample 1", "dW"]
    assert [words for words in written if words in "+="] == ["+", "="]
    assert len(ax.patches) == 3 * 6
    assert written[:6] == ["0.5", "-2", "1", "-4", "0.25", "-1"]
    assert "dW [[0.5, -2], [5, -1], [-3.75, -4]]" in alt_text(ax)


def test_the_followed_cell_is_tinted_in_every_grid_and_told():
    ax = plot_weight_gradient(X, DY, follow=(1, 0))
    fills = [patch.get_facecolor() for patch in ax.patches]
    tinted = [place for place, fill in enumerate(fills) if fill != fills[0]]
    assert tinted == [2, 8, 14]
    assert alt_text(ax).endswith("Cell [1, 0]: 1 + 4 = 5.")


def test_it_draws_into_given_axes():
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    assert plot_weight_gradient(X, DY, ax=ax) is ax


@pytest.mark.parametrize(
    ("x", "dy", "follow", "error", "words"),
    [
        (X, DY[:1], (0, 0), ShapeError, r"x \(N, n_in\) and dy \(N, n_out\), got \(2, 3\), \(1, 2\)"),
        (X[0], DY, (0, 0), ShapeError, r"got \(3,\), \(2, 2\)"),
        (X, DY, (3, 0), ShapeError, r"follow expected a cell \(i, j\) of dW \(3, 2\), got \(3, 0\)"),
        (np.ones((7, 2)), np.ones((7, 2)), (0, 0), ArgumentError, "1 to 6 samples, got 7"),
    ],
)
def test_what_cannot_be_drawn(x, dy, follow, error, words):
    with pytest.raises(error, match=words):
        plot_weight_gradient(x, dy, follow=follow)
