"""The drawing of networks: what is drawn are the numbers, the words say them, and an image reads on its own."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bplearn import (
    Dense,
    Flatten,
    HalfSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    mlp,
    trace_weight,
)
from bplearn.errors import ArgumentError, DataError, ShapeError, TapeMismatch
from bplearn.plotting import alt_text, plot_network, plot_trace
from bplearn.show.network import NetworkDrawing, first_and_last, largest, layout, spread
from bplearn.show.palette import NEGATIVE, NEUTRAL, POSITIVE
from bplearn.show.picture import Picture
from bplearn.show.trace_picture import trace_picture


def mazur():
    """The published 2-2-2 network, after its backward pass."""
    network = Sequential(
        Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35]),
        Sigmoid(),
        Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60]),
        Sigmoid(),
    )
    y, tape = network.forward([[0.05, 0.10]])
    loss = HalfSquaredError()
    network.backward(loss.backward(loss.forward(y, [[0.01, 0.99]])[1]), tape)
    return network, tape


def published():
    return trace_weight(mazur()[0], [[0.05, 0.10]], [[0.01, 0.99]], HalfSquaredError(), 0, (0, 0))


def words(picture):
    """The pieces of text in a picture, lines of one text joined."""
    root = ET.fromstring(picture.text())
    return ["\n".join(part for part in node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def drawn(picture, tag):
    return [node.attrib for node in ET.fromstring(picture.text()).iter("{http://www.w3.org/2000/svg}" + tag)]


# The drawing


def test_which_units_of_a_layer_are_drawn():
    assert first_and_last(5, 5) == (0, 1, 2, 3, 4)
    assert first_and_last(64, 3) == (0, 1, 63)
    assert spread(9, 3) == (0, 4, 8)
    assert spread(9, 3, wanted=[5, 8]) == (0, 5, 8)
    assert largest(9, 3, {7: 1.0, 2: 9.0}) == (0, 2, 7)


def test_layout_places_units_evenly_around_the_middle():
    small, large = layout([3, 64], [(0, 1, 2), first_and_last(64, 4)], [0, 2], -5, 5, rise=1, dots=True)
    assert small.ys == (-1, 0, 1)
    assert large.ys == (-2, -1, 0, 2)
    assert large.dots == 1
    assert large.spot(63) == (2.0, 2)
    assert 5 not in large
    with pytest.raises(ValueError, match="not in tuple"):
        large.spot(5)


def test_width_is_size_and_sign_is_color_and_dash():
    lines = drawn(plot_network(Sequential(Dense(3, 1, weights=[[1.0], [-0.5], [0.0]]))), "line")
    widths = [float(line["stroke-width"]) for line in lines]
    assert widths[0] > widths[1] > widths[2]
    assert [line["stroke"] for line in lines] == [POSITIVE, NEGATIVE, NEUTRAL]
    dashes = [line.get("stroke-dasharray") for line in lines]
    assert dashes[0] is None
    assert len(set(dashes)) == 3


def test_tiny_weights_are_left_out_of_a_crowd_alone():
    W = np.full((7, 7), 0.001)
    W[0, 0] = 1.0
    columns = layout([7, 7], [tuple(range(7))] * 2, [0, 9], 0, 9)
    crowded, roomy = NetworkDrawing(columns), NetworkDrawing(layout([2, 2], [(0, 1)] * 2, [0, 9], 0, 9))
    crowded.weights(0, W, largest=1.0)
    roomy.weights(0, W[:2, :2], largest=1.0)
    assert (len(crowded.below), len(roomy.below)) == (1, 4)


# plot_network


def test_a_small_network_shows_every_number():
    shown = words(plot_network(mazur()[0]))
    numbers = {"0.15", "0.25", "0.2", "0.3", "0.4", "0.5", "0.45", "0.55", "b 0.35", "b 0.6", "x1", "h2", "o2"}
    assert numbers <= set(shown)
    assert "2 units\nSigmoid" in shown


def test_a_tape_puts_the_published_values_on_the_units_and_gradients_on_the_lines():
    network, tape = mazur()
    assert {"0.05", "0.1", "0.5933", "0.5969", "0.7514", "0.7729"} <= set(words(plot_network(network, tape)))
    shown = words(plot_network(network, tape, show="gradients"))
    assert {"0.08217", "0.08267", "-0.0226", "-0.02274", "0.0004386", "0.0009954", "o1 · db 0.1385"} <= set(shown)
    assert "dW [[0.0004386, 0.0004977], [0.0008771, 0.0009954]]" in alt_text(plot_network(network, show="gradients"))


def test_a_large_network_shows_some_units_and_dots():
    network = mlp(64, 32, 10, rng=0)
    picture = plot_network(network, max_units=5)
    assert len(drawn(picture, "circle")) == 15
    assert words(picture).count("\u22ee") == 3
    assert "64 inputs" in words(picture)
    W = network[0].W.value
    i, j = np.unravel_index(np.abs(W).argmax(), W.shape)
    assert f"largest in size W[{i}, {j}] = {W[i, j]:.4g}" in alt_text(picture)
    assert "2,048 weights" in alt_text(picture)


def test_flatten_and_softmax_are_no_columns_of_their_own():
    network = Sequential(Flatten(), Dense(4, 2, rng=0), Softmax())
    _, tape = network.forward(np.ones((1, 2, 2)))
    shown = words(plot_network(network, tape))
    assert "4 inputs" in shown
    assert "2 outputs\nSoftmax" in shown


def test_nothing_stands_outside_and_no_letter_is_small():
    for picture in (plot_network(mazur()[0]), plot_network(mlp(64, 32, 10, rng=0)), plot_trace(published())):
        for text in drawn(picture, "text"):
            assert float(text["font-size"]) >= 11
            assert 0 <= float(text["x"]) <= picture.width
            assert 0 < float(text["y"]) <= picture.height
        assert picture.width <= 1100


def test_network_errors(message):
    network, tape = mazur()
    assert "a Sequential network" in message(ArgumentError, plot_network, Dense(1, 1, rng=0))
    assert "show expected 'weights' or 'gradients', got 'W'." in message(ArgumentError, plot_network, network, show="W")
    assert "a tape of this network" in message(TapeMismatch, plot_network, mlp(2, 2, rng=0), tape)
    assert "Write y, tape = network.forward(x)." in message(ArgumentError, plot_network, network, np.ones((1, 2)))
    assert "Call network.backward(dy, tape) first." in message(DataError, plot_network, mlp(2, 2), show="gradients")
    assert "at least one Dense layer" in message(ArgumentError, plot_network, Sequential(ReLU()))
    assert "sample expected a row of the tape, 0..0, got 3." in message(
        ArgumentError, plot_network, network, tape, sample=3
    )
    assert "max_units expected" in message(ArgumentError, plot_network, network, max_units=0)
    stack = Sequential(Dense(2, 1, weights=np.ones((3, 2, 1)), bias=np.ones((3, 1, 1))))
    assert "a stack of them" in message(ShapeError, plot_network, stack)


# plot_trace


def lit(picture):
    """The lines that carry something: wider than the thin ones of the network and of no chosen weight."""
    look = {POSITIVE, NEGATIVE}
    return [line for line in drawn(picture, "line") if line["stroke"] in look]


def test_every_step_of_every_path_is_a_line_with_its_factor():
    picture = plot_trace(published())
    assert len(lit(picture)) == 7  # one in common, three more for each of two outputs; the weight has its own line
    shown = words(picture)
    for factor in ("0.7414", "0.1868", "0.4", "0.2413", "-0.2171", "0.1755", "0.5"):
        assert f"×{factor}" in shown
    for name in ("x1", "z_h1", "h1", "z_o1", "o1", "z_h2", "E"):
        assert name in shown
    assert len(drawn(picture, "circle")) == 11
    assert picture.title.startswith("dE/dW_h[0, 0] = 0.000438568")


def test_what_arrives_by_each_output_adds_up():
    shown = words(plot_trace(published()))
    assert shown[-6:] == ["0.0006684", "by o1", "-0.0002298", "by o2", "0.0004386", "sum"]


def test_width_is_what_passes_and_dash_is_sign():
    lines = lit(plot_trace(published()))
    widths = np.sort([float(line["stroke-width"]) for line in lines])
    # 0.000230 through o2 (three lines), 0.000439 in common (one), 0.000668 through o1 (three)
    np.testing.assert_allclose((widths - 1.4) / (widths[-1] - 1.4), [0.34385] * 3 + [0.65615] + [1] * 3, atol=2e-3)
    assert sum("stroke-dasharray" in line for line in lines) == 3


def test_the_alt_text_has_the_paths():
    said = alt_text(plot_trace(published()))
    assert said.startswith("dE/dW_h[0, 0] = 0.000438568. ")
    assert "0.7414 × 0.1868 × 0.4 × 0.2413 × 0.05 = 0.0006684" in said
    assert said.endswith("All paths are shown.")


def test_a_wide_network_shows_units_on_paths_first():
    network = mlp(64, 32, 10, activation=Tanh, rng=0)
    trace = trace_weight(network, np.full((1, 64), 0.3), [4], SoftmaxCrossEntropy(), 0, (20, 5))
    picture = plot_trace(trace, top=4)
    shown = words(picture)
    assert "x21" in shown
    assert "input\n58 not drawn" in shown
    assert any(word.endswith("5, class 4") for word in shown)
    assert "6 other paths add up to" in alt_text(picture)
    assert "by others" in shown


def test_a_batch_a_shared_layer_and_a_dead_weight_are_drawn():
    shared = Dense(2, 2, rng=0)
    network = Sequential(shared, Tanh(), shared, Tanh(), Dense(2, 1, rng=1))
    trace = trace_weight(network, [[1.0, 2.0], [0.1, 0.3]], [[0.5], [0.2]], HalfSquaredError(), 0, (0, 1))
    assert "sample 1, E <- o1" in alt_text(plot_trace(trace))
    assert len(lit(plot_trace(trace, top=1000))) == 8
    assert len([line for line in drawn(plot_trace(trace), "line") if "accent" in line["stroke"]]) == 2  # both uses
    dead = Sequential(Dense(1, 1, weights=[[-1.0]]), ReLU(), Dense(1, 1, rng=0))
    picture = plot_trace(trace_weight(dead, [[3.0]], [[1.0]], HalfSquaredError(), 0, (0, 0)))
    assert lit(picture) == []
    assert "No path carries anything" in alt_text(picture)


def test_a_bias_has_a_mark_beside_its_unit():
    network = mazur()[0]
    trace = trace_weight(network, [[0.05, 0.10]], [[0.01, 0.99]], HalfSquaredError(), 2, 1)
    assert "0.6" in words(plot_trace(trace))
    assert words(trace_picture(trace, top=5, live=True)).count("b") == 4
    assert words(plot_trace(trace)).count("b") == 0


def test_what_is_no_trace_is_refused():
    with pytest.raises(ArgumentError, match="plot_trace expected a trace, as trace_weight gives it, got 3"):
        plot_trace(3)


# The picture itself


def test_a_picture_is_an_image_with_words_and_a_file(tmp_path):
    picture = plot_network(mazur()[0])
    assert isinstance(picture, Picture)
    page = picture._repr_html_()
    assert page.startswith('<img alt="Network 2-2-2, weights. Layer 0, Dense(2 -&gt; 2), Sigmoid: W [[0.15')
    assert "data:image/svg+xml;base64," in page
    assert repr(picture) == "Picture: Network 2-2-2, weights"
    picture.save(tmp_path / "network.svg")
    file = (tmp_path / "network.svg").read_text(encoding="utf-8")
    ET.fromstring(file)
    assert "var(" not in file
    assert "prefers-color-scheme:dark" in file
    assert re.search(r'width="\d+', file)
