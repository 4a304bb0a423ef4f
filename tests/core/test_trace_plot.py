"""The pictures of a trace and of the U-curve: widths, dashes, numbers, alt text."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch

from bplearn import (
    ArgumentError,
    Dense,
    HalfSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    h_curve,
    mlp,
    trace_weight,
)
from bplearn.plotting import alt_text, plot_h_curve, plot_trace, show_figure


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def published():
    hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    output = Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60])
    network = Sequential(hidden, Sigmoid(), output, Sigmoid())
    return trace_weight(network, [[0.05, 0.10]], [[0.01, 0.99]], HalfSquaredError(), 0, (0, 0))


def lines_of(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


def test_every_step_of_every_path_is_a_line_with_its_factor():
    ax = plot_trace(published())
    lines = lines_of(ax)
    assert len(lines) == 8  # two in common, three more for each of two outputs
    words = [text.get_text() for text in ax.texts]
    for factor in ("0.741", "0.187", "0.4", "0.241", "0.05", "-0.217", "0.176", "0.5"):
        assert factor in words
    for name in ("W_h[0, 0]", "z_h1", "h1", "z_o1", "o1", "z_h2", "E"):
        assert name in words
    assert sum(isinstance(patch, Circle) for patch in ax.patches) == 9
    assert ax.get_title(loc="left").startswith("dE/dW_h[0, 0] = 0.000438568")


def test_width_is_what_passes_and_dash_is_sign():
    lines = lines_of(plot_trace(published()))
    widths = sorted(line.get_linewidth() for line in lines)
    # 0.000668 through o1 (three lines), 0.000439 in common (two), 0.000230 through o2 (three)
    np.testing.assert_allclose(
        (np.array(widths) - 0.8) / (widths[-1] - 0.8), [0.34385] * 3 + [0.65615] * 2 + [1] * 3, 1e-4
    )
    dashed = [line for line in lines if line.get_linestyle() not in ("solid", "-")]
    assert len(dashed) == 3


def test_the_alt_text_has_the_paths():
    words = alt_text(plot_trace(published()))
    assert words.startswith("Paths from W_h[0, 0] to the error, gradient 0.000438568. ")
    assert "0.741 * 0.187 * 0.4 * 0.241 * 0.05 = 0.000668" in words
    assert words.endswith("All paths are shown.")


def test_a_wide_network_shows_only_units_on_paths():
    network = mlp(64, 32, 10, activation=Tanh, rng=0)
    trace = trace_weight(network, np.full((1, 64), 0.3), [4], SoftmaxCrossEntropy(), 0, (20, 5))
    ax = plot_trace(trace, top=4)
    assert sum(isinstance(patch, Circle) for patch in ax.patches) == 2 + 4 + 1
    words = " ".join(text.get_text() for text in ax.texts)
    assert "1 of 32 units" in words
    assert "4 of 10 units" in words
    assert "o5, class 4" in words
    assert "6 other paths add up to" in alt_text(ax)
    show_figure(ax)


def test_a_batch_a_shared_layer_and_a_dead_weight_are_drawn():
    shared = Dense(2, 2, rng=0)
    network = Sequential(shared, Tanh(), shared, Tanh(), Dense(2, 1, rng=1))
    trace = trace_weight(network, [[1.0, 2.0], [0.1, 0.3]], [[0.5], [0.2]], HalfSquaredError(), 0, (0, 1))
    assert "sample 1, E <- o1" in alt_text(plot_trace(trace))
    assert len(lines_of(plot_trace(trace, top=1000))) == 10
    dead = Sequential(Dense(1, 1, weights=[[-1.0]]), ReLU(), Dense(1, 1, rng=0))
    ax = plot_trace(trace_weight(dead, [[3.0]], [[1.0]], HalfSquaredError(), 0, (0, 0)))
    assert lines_of(ax) == []
    assert "No path carries anything" in alt_text(ax)


def test_an_own_axes_is_used():
    _, ax = plt.subplots()
    assert plot_trace(published(), ax=ax) is ax
    with pytest.raises(ArgumentError, match="plot_trace expected a trace, as trace_weight gives it, got 3"):
        plot_trace(3)


def test_the_u_curve():
    curve = h_curve(np.sin, 1.0, gradient=np.cos)
    ax = plot_h_curve(curve)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [line.get_label() for line in ax.lines] == ["central", "one-sided"]
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), curve.h)
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()
    assert "central: lowest near h = " in alt_text(ax)
    with pytest.raises(ArgumentError, match="plot_h_curve expected a curve"):
        plot_h_curve([1, 2])
