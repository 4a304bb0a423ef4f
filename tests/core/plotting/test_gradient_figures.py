import numpy as np
import pytest

from bplearn.errors import ArgumentError, ShapeError
from bplearn.plotting import alt_text, plot_input_gradient, plot_weight_gradient

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


def test_a_picture_and_the_signs_of_its_gradient_stand_side_by_side():
    gradient = [[4.0, -1.5, 0.5], [0.0, -0.9, 1.0]]
    ax = plot_input_gradient([[0, 1, 0, 0.5, 0, 0]], np.reshape(gradient, (1, 6)), image_shape=(2, 3))
    assert len(ax.patches) == 12
    signs = {(text.get_position()[0] - 4.5, text.get_position()[1]): text.get_text() for text in ax.texts}
    assert {place: sign for place, sign in signs.items() if sign in "+-"} == {
        (0.5, 0.5): "+",
        (1.5, 0.5): "-",
        (2.5, 1.5): "+",
    }
    assert alt_text(ax).endswith("Strongest: row 0, column 0: 4; row 0, column 1: -1.5; row 1, column 2: 1.")


def test_ink_is_dark_and_the_colors_are_those_of_the_signs():
    from matplotlib.colors import to_rgb

    ax = plot_input_gradient([0.0, 1.0, 0.5, 0.0], [0.0, 1.0, -1.0, 0.1])
    ink = [sum(to_rgb(patch.get_facecolor()[:3])) for patch in ax.patches[:4]]
    assert ink[0] == ink[3] > ink[2] > ink[1]
    none, up, down, little = (patch.get_facecolor()[:3] for patch in ax.patches[4:])
    assert up[2] > up[0]
    assert down[0] > down[2]
    assert none == (1.0, 1.0, 1.0)
    assert sum(little) > sum(up)


def test_a_gradient_of_zero_has_no_sign():
    ax = plot_input_gradient(np.zeros(4), np.zeros(4))
    assert not {"+", "-"} & set(numbers(ax))


@pytest.mark.parametrize(
    ("x", "gradient", "shape", "words"),
    [
        (np.zeros(4), np.zeros(5), None, "one picture and a gradient of its size, got 4 and 5 for 2 x 2 pixels"),
        (np.zeros(6), np.zeros(6), None, "got 6 and 6 for 2 x 2 pixels"),
        (np.zeros(6), np.zeros(6), (4, 2), "got 6 and 6 for 4 x 2 pixels"),
    ],
)
def test_a_picture_that_does_not_fit(x, gradient, shape, words):
    with pytest.raises(ShapeError, match=words):
        plot_input_gradient(x, gradient, image_shape=shape)
