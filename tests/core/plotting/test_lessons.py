"""The figures of the first lessons draw what they say: lines through the nudged points, true heights, whole tables."""

import math

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

from bplearn.errors import ArgumentError, DataError, ShapeError
from bplearn.gradcheck import h_curve
from bplearn.plotting import (
    alt_text,
    plot_broadcast,
    plot_functions,
    plot_h_curve,
    plot_landscape,
    plot_layer,
    plot_nudge,
    plot_step_sizes,
)
from bplearn.plotting.style import DASHED


def line(ax, label):
    return next(line for line in ax.lines if line.get_label() == label)


def slope_of(drawn):
    x, y = drawn.get_data()
    return (y[-1] - y[0]) / (x[-1] - x[0])


def words(ax):
    return [text.get_text() for text in ax.texts]


# Functions


def test_functions_are_drawn_at_their_values_and_named():
    ax = plot_functions({"double": lambda v: 2 * v, "square": lambda v: v * v}, -1, 3)
    for name, f in (("double", lambda v: 2 * v), ("square", lambda v: v * v)):
        x, y = line(ax, name).get_data()
        assert (x[0], x[-1]) == (-1, 3)
        assert list(y) == pytest.approx([f(v) for v in x])
        assert name in words(ax)
    assert line(ax, "double").get_linestyle() != line(ax, "square").get_linestyle()
    assert alt_text(ax) == "Curves of double, square. double: -2 at -1, 6 at 3. square: 1 at -1, 9 at 3."


def test_marks_are_read_off_each_curve():
    ax = plot_functions({"double": lambda v: 2 * v, "square": lambda v: v * v}, 0, 3, marks=[1.5])
    marked = [tuple(m.get_data()) for m in ax.lines if len(m.get_xdata()) == 1]
    assert [(x[0], y[0]) for x, y in marked] == [(1.5, 3.0), (1.5, 2.25)]
    assert {"3", "2.25"} <= set(words(ax))
    assert alt_text(ax).endswith("At 1.5: double 3, square 2.25.")


def test_functions_bad_input(message):
    assert message(ArgumentError, plot_functions, {}, 0, 1) == (
        "plot_functions expected at least one named function, got none. Write {'name': function}."
    )
    assert "low < high" in message(ArgumentError, plot_functions, {"f": abs}, 1, 1)
    said = message(DataError, plot_functions, {"f": lambda v: math.inf if v > 0 else v}, -1, 1)
    assert said == "f expected finite values, got inf. Draw a smaller range."


# A nudge


def test_nudge_draws_lines_through_the_nudged_points():
    ax = plot_nudge(lambda w: w**3, at=1.0, h=0.5, slope=3.0)
    assert slope_of(line(ax, "one side")) == pytest.approx((1.5**3 - 1) / 0.5)
    assert slope_of(line(ax, "both sides")) == pytest.approx(1.5**3 - 0.5**3)
    assert slope_of(line(ax, "tangent")) == pytest.approx(3.0)
    for name, through in (("one side", [1.0, 1.5]), ("both sides", [0.5, 1.5]), ("tangent", [1.0])):
        x, y = line(ax, name).get_data()
        assert np.interp(through, x, y) == pytest.approx([w**3 for w in through])
    points = next(p for p in ax.lines if p.get_marker() == "o")
    assert list(points.get_ydata()) == pytest.approx([0.125, 1, 3.375])
    assert alt_text(ax).endswith("One side: slope 4.75. Both sides: slope 3.25. Tangent: slope 3.")


def test_nudge_without_a_slope_has_no_tangent_and_takes_names():
    ax = plot_nudge(abs, at=2.0, h=1, x="w1", y="answer")
    assert "tangent" not in {drawn.get_label() for drawn in ax.lines}
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title(loc="left")) == ("w1", "answer", "Nudging w1 by 1")
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["w1 - h", "w1 = 2", "w1 + h"]


@pytest.mark.parametrize("h", [0, -1, math.nan])
def test_nudge_wants_a_step_above_zero(h, message):
    assert message(ArgumentError, plot_nudge, abs, 0, h).startswith("h expected a number above 0, got")


# The U-curve


def test_step_sizes_ring_the_best_step_of_each_curve():
    ax = plot_step_sizes([1e-1, 1e-3, 1e-5], {"one": [1e-1, 1e-3, 1e-5], "two": [1e-2, 1e-6, 1e-4]})
    rings = [(ring.get_xdata()[0], ring.get_ydata()[0]) for ring in ax.lines if ring.get_label() == "_best"]
    assert rings == [(1e-5, 1e-5), (1e-3, 1e-6)]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert "two: smallest error 1e-6 at h = 0.001, 0.01 at h = 0.1, 0.0001 at h = 1e-5" in alt_text(ax)


def test_step_sizes_draws_an_error_of_zero_at_the_bottom():
    ax = plot_step_sizes([1e-1, 1e-3], {"exact": [0.0, 1e-3]})
    assert line(ax, "exact").get_ydata()[0] == 1e-17


def test_step_sizes_bad_input(message):
    said = message(ArgumentError, plot_step_sizes, [1e-1, 1e-2], {"a": [1.0]})
    assert said == "errors['a'] expected one for each of 2 steps, got (1,)."
    assert message(ArgumentError, plot_step_sizes, [1e-1, 0], {}).startswith("steps expected at least two numbers")
    assert "finite values" in message(DataError, plot_step_sizes, [1, 2], {"a": [1, math.nan]})


# The landscape


def bowl(a, b):
    return (a - 1) ** 2 + 4 * b**2


def test_landscape_tells_heights_of_its_function():
    ax = plot_landscape(bowl, (-1, 3), (-2, 2), point=(2, 1), names=("a", "b"))
    assert alt_text(ax) == (
        "Map of the loss over a from -1 to 3 and b from -2 to 2. Lowest 0 at (1, 0), highest 20 at (-1, -2). "
        "The point (2, 1) has height 5."
    )
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
    assert "5" in words(ax)


def test_landscape_arrow_points_against_the_slope():
    ax = plot_landscape(bowl, (-1, 3), (-2, 2), point=(2, 1), slope=(2.0, 8.0))
    arrow = next(text.arrow_patch for text in ax.texts if getattr(text, "arrow_patch", None) is not None)
    assert isinstance(arrow, FancyArrowPatch)
    tip = next(text.xy for text in ax.texts if getattr(text, "arrow_patch", None) is arrow)
    way = np.array(tip) - [2, 1]
    assert way / np.linalg.norm(way) == pytest.approx(np.array([-2, -8]) / math.hypot(2, 8))
    assert bowl(*(np.array([2, 1]) + 0.1 * way)) < bowl(2, 1)
    assert alt_text(ax).endswith("Downhill is (-2, -8).")
    assert ax.get_aspect() == 1


def test_landscape_on_flat_ground_draws_no_arrow():
    ax = plot_landscape(bowl, (-1, 3), (-20, 20), point=(1, 0), slope=(0, 0))
    assert alt_text(ax).endswith("It is flat there.")
    assert all(getattr(text, "arrow_patch", None) is None for text in ax.texts)


def test_landscape_bad_input(message):
    said = message(ArgumentError, plot_landscape, bowl, (1, 1), (0, 1))
    assert said == "the range of first weight expected low < high, both finite, got 1, 1."
    assert "finite losses" in message(DataError, plot_landscape, lambda a, b: math.nan, (0, 1), (0, 1))


# Arrays


def boxes(ax):
    return [box for box in ax.patches if isinstance(box, Rectangle)]


def test_layer_shows_every_number_and_shape_and_tints_the_first_sample():
    x, W, b = np.arange(6.0).reshape(3, 2), np.array([[1.0], [10.0]]), [0.5]
    ax = plot_layer(x, W, b)
    shown = words(ax)
    assert {"x (3, 2)", "W (2, 1)", "b (1,)", "y (3, 1)", "@", "+", "="} <= set(shown)
    assert {"10.5", "32.5", "54.5"} <= set(shown)  # 0 + 10 + .5, 2 + 30 + .5, 4 + 50 + .5
    colors = [box.get_facecolor() for box in boxes(ax)]
    plain = colors[2]
    assert [color != plain for color in colors] == [True, True, *[False] * 4, False, False, False, True, False, False]
    assert "y [[10.5], [32.5], [54.5]]" in alt_text(ax)


def test_broadcast_shows_the_table_and_what_was_meant():
    ax = plot_broadcast([[3.0], [5.0]], [1.0, 2.0], names=("a", "b"))
    assert alt_text(ax) == (
        "a (2, 1) minus b (2,) is a table (2, 2). a [[3], [5]], b [1, 2], table [[2, 1], [4, 3]]. "
        "Meant were only the 2 numbers on the diagonal: [2, 3]."
    )
    styles = [box.get_linestyle() for box in boxes(ax)[-4:]]
    assert [style in (DASHED, "--", "dashed") or not isinstance(style, str) for style in styles] == [
        False,
        True,
        True,
        False,
    ]


def test_arrays_bad_input(message):
    said = message(ShapeError, plot_layer, np.ones((3, 2)), np.ones((3, 1)), [0.0])
    assert said == "plot_layer expected x (N, n_in), W (n_in, n_out), b (n_out,), got (3, 2), (3, 1), (1,)."
    said = message(ShapeError, plot_broadcast, [1.0, 2.0], [1.0, 2.0])
    assert said == "plot_broadcast expected a column (N, 1) and a row (N,), got (2,), (2,)."
    said = message(ArgumentError, plot_layer, np.ones((9, 2)), np.ones((2, 1)), [0.0])
    assert said == "a picture of arrays expected at most 8 rows and columns, got 9 x 2."


def test_a_walk_on_the_landscape_is_drawn_step_by_step_and_told():
    from bplearn.plotting import alt_text, plot_landscape

    walks = {"slow": [(1.0, 0.0), (0.5, 0.0)], "fast": [(1.0, 0.0), (0.0, 0.5), (0.0, 0.0)]}
    ax = plot_landscape(lambda a, b: a * a + b * b, (-1, 1), (-1, 1), paths=walks)
    drawn = {line.get_label(): line for line in ax.lines if line.get_label() in walks}
    assert {name: line.get_xydata().tolist() for name, line in drawn.items()} == {
        name: [list(place) for place in walk] for name, walk in walks.items()
    }
    assert drawn["slow"].get_marker() != drawn["fast"].get_marker()
    assert alt_text(ax).endswith("slow: 1 steps, from height 1 to 0.25. fast: 2 steps, from height 1 to 0.")


def test_the_u_curve():
    curve = h_curve(np.sin, 1.0, gradient=np.cos)
    ax = plot_h_curve(curve)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    curves = [line for line in ax.lines if line.get_label() != "_best"]
    assert [line.get_label() for line in curves] == ["central", "one-sided"]
    np.testing.assert_array_equal(curves[0].get_xdata(), curve.h)
    assert curves[0].get_linestyle() != curves[1].get_linestyle()
    assert "central: lowest near h = " in alt_text(ax)
    with pytest.raises(ArgumentError, match="plot_h_curve expected a curve"):
        plot_h_curve([1, 2])
