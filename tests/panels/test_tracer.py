"""The weight tracer without a browser: its logic, its words, and the panel's controls."""

import numpy as np
import pytest

from bplearn import Dense, HalfSquaredError, MeanSquaredError, ReLU, Sequential, Softmax, SoftmaxCrossEntropy, Tanh, mlp
from bplearn.errors import ArgumentError, ShapeError
from bplearn.panels.tracer.logic import Tracer
from bplearn.panels.tracer.pictures import sample_bars, trace_network
from bplearn.panels.tracer.tables import blame_table, factor_table
from bplearn.show.trace_picture import flows
from bplearn.widgets import trace_panel

# Mazur's published gradients: (layer, index) -> dE/dw
PUBLISHED = {
    (0, (0, 0)): 0.000438567734,
    (0, (1, 0)): 0.000877135469,
    (0, (0, 1)): 0.000497712735,
    (0, (1, 1)): 0.000995425471,
    (2, (0, 0)): 0.082167040564,
    (2, (1, 0)): 0.082667627848,
    (2, (0, 1)): -0.022602540477,
    (2, (1, 1)): -0.022740242216,
}


@pytest.mark.parametrize(("place", "published"), PUBLISHED.items())
def test_each_weight_has_its_published_gradient(place, published):
    layer, index = place
    tracer = Tracer.example().choose(layer, "W", index)
    assert tracer.trace.gradient == pytest.approx(published, rel=1e-8)
    assert sum(path.product for path in tracer.paths) == pytest.approx(published, rel=1e-8)


def test_the_batch_is_the_mean_of_its_samples():
    tracer = Tracer.example()
    alone = [tracer.look_at(n).trace.gradient for n in range(4)]
    assert tracer.shares() == pytest.approx(alone)
    assert tracer.look_at(None).trace.gradient == pytest.approx(np.mean(alone))


def test_flows_leave_the_weight_and_arrive_at_the_error_whole():
    tracer = Tracer.example()
    found = flows(tracer.trace, tracer.paths)
    arriving = sum(flow.amount for (layer, _, _), flow in found.items() if layer == 4)
    leaving = sum(flow.amount for (_, _, below), flow in found.items() if below == -1)
    assert arriving == pytest.approx(tracer.trace.gradient)
    assert leaving == pytest.approx(tracer.trace.gradient)


def test_factors_on_the_lines_are_those_worked_by_hand():
    tracer = Tracer.example()
    factors = {edge: flow.factor for edge, flow in flows(tracer.trace, tracer.paths).items()}
    o1, h1 = 0.751365069552, 0.593269992107
    assert factors[4, 0, 0] == pytest.approx(o1 - 0.01)
    assert factors[3, 0, 0] == pytest.approx(o1 * (1 - o1))
    assert factors[2, 0, 0] == 0.4
    assert factors[1, 0, 0] == pytest.approx(h1 * (1 - h1))
    assert factors[0, 0, -1] == 0.05


def test_moving_stops_at_the_border_and_turning_goes_round():
    tracer = Tracer.example()
    assert tracer.move(0, 1).index == (1, 0)
    assert tracer.move(0, 1).index == (1, 0)
    assert tracer.move(1, 1).index == (1, 1)
    assert [tracer.turn(1).trace.weight.text for _ in range(4)] == ["b_h[0]", "W_o[0, 0]", "b_o[0]", "W_h[0, 0]"]
    tracer.turn(1)
    assert tracer.move(0, 1).index == (1,)


def test_clicks_choose_weights_biases_samples_and_paths():
    tracer = Tracer.example()
    assert tracer.choose_key("edge-2-1-0").trace.weight.text == "W_o[1, 0]"
    assert tracer.choose_key("bias-0-1").trace.weight.text == "b_h[1]"
    assert tracer.choose_key("sample-2").sample == 2
    assert tracer.choose_key("path-1").explained == 1
    assert tracer.explain(99).explained == 1


def test_strongest_takes_a_weight():
    tracer = Tracer.example().strongest()
    gradients = {key: abs(value) for key, value in PUBLISHED.items()}
    assert (tracer.holder.layer, tracer.index) == max(gradients, key=gradients.get)


def test_a_wrong_choice_is_told_and_changes_nothing():
    tracer = Tracer.example()
    with pytest.raises(ShapeError, match=r"index of W in layer 0, Dense\(2 -> 2\), expected 0..1 and 0..1, got"):
        tracer.choose(0, "W", (5, 0))
    with pytest.raises(ArgumentError, match="choose expected one of W_h, b_h, W_o, b_o, got 'W' of layer 1"):
        tracer.choose(1, "W", (0, 0))
    with pytest.raises(ArgumentError, match=r"sample expected 0..3, or None for the batch, got 4"):
        tracer.look_at(4)
    assert tracer.trace.weight.text == "W_h[0, 0]"


def test_a_network_without_weights_cannot_be_traced():
    with pytest.raises(ArgumentError, match="expected a layer with weights to trace"):
        Tracer(Sequential(Tanh()), [[1.0]], [[1.0]], MeanSquaredError())


def test_all_four_or_nothing():
    with pytest.raises(ArgumentError, match="trace_panel expected all four of network, x, target, loss, got no x"):
        trace_panel(mlp(2, 1))


def test_a_trained_network_is_traced_anew():
    tracer = Tracer.example()
    before = tracer.trace.gradient
    tracer.network[2].W[0, 0] = 2.0
    assert tracer.trace.gradient == before
    tracer.choose(0, "W", (0, 0))
    assert tracer.trace.gradient != before


def test_pictures_say_their_numbers_and_can_be_clicked():
    tracer = Tracer.example()
    picture = trace_network(tracer)
    assert (
        "E <- o1 <- z_o1 <- h1 <- z_h1 <- W_h[0, 0]: 0.7414 × 0.1868 × 0.4 × 0.2413 × 0.05 = 0.0006684" in picture.alt
    )
    assert picture.body.count('data-key="edge-') == 8
    assert picture.body.count('data-key="bias-') == 4
    assert "×0.7414" in picture.body
    assert sample_bars(tracer).body.count('data-key="sample-') == 4


def test_the_sign_of_a_line_is_told_by_its_dash():
    tracer = Tracer.example()
    assert 'stroke-dasharray="6 3"' in trace_network(tracer).body
    tracer.choose_key("edge-2-0-0")  # one path, above zero
    assert 'stroke-dasharray="6 3"' not in trace_network(tracer).body


def test_tables_hold_factors_products_and_sum():
    tracer = Tracer.example()
    table = factor_table(tracer)
    for cell in ("0.7414", "0.1868", "0.2413", "0.0006684", "-0.0002298", "<strong>0.0004386</strong>"):
        assert cell in table
    assert "∂o1/∂z_o1 = o1 * (1 - o1) = 0.7514 * (1 - 0.7514) = 0.186816" in table
    assert "∂z_o1/∂h1 = W_o[0, 0] = 0.4" in table
    assert "0.000668 (152.4 %)" in blame_table(tracer)


def test_a_dead_weight_says_where_its_paths_end():
    hidden = Dense(1, 1, weights=[[-1.0]])
    tracer = Tracer(Sequential(hidden, ReLU(), Dense(1, 1, weights=[[1.0]])), [[1.0]], [[1.0]], HalfSquaredError())
    assert "no path carries anything" in factor_table(tracer)
    assert "no path carries anything" in trace_network(tracer).body


@pytest.mark.parametrize("sample", [0, None])
def test_wide_and_deep_networks_are_drawn_in_part(sample):
    rng = np.random.default_rng(0)
    network = mlp(64, 32, 16, 10, rng=0)
    tracer = Tracer(network, rng.normal(size=(5, 64)), [0, 1, 2, 3, 4], SoftmaxCrossEntropy())
    tracer.look_at(sample).choose(0, "W", (40, 20))
    picture = trace_network(tracer)
    assert "58 not drawn" in picture.body
    assert "x41" in picture.body
    assert 'data-key="edge-0-40-20"' in picture.body
    assert "others" in factor_table(tracer)


def test_a_softmax_layer_and_a_shared_layer_can_be_traced():
    shared = Dense(2, 2, weights=[[0.5, -0.4], [0.3, 0.8]])
    network = Sequential(shared, Tanh(), shared, Softmax())
    tracer = Tracer(network, [[1.0, 2.0]], [[1.0, 0.0]], MeanSquaredError())
    assert "sum" in factor_table(tracer)
    assert trace_network(tracer).alt


def test_the_lists_of_the_panel_follow_clicks_and_lead_the_logic():
    panel = trace_panel()
    tracer = panel.logic
    lists = {c.description: c for row in panel.children for c in getattr(row, "children", ()) if hasattr(c, "options")}
    lists["weights"].value = 2
    assert tracer.trace.weight.text == "W_o[0, 0]"
    lists["to"].value = 1
    lists["from"].value = 1
    assert tracer.trace.weight.text == "W_o[1, 1]"
    lists["weights"].value = 1
    assert tracer.trace.weight.text == "b_h[0]"
    assert lists["from"].disabled
    lists["look at"].index = 4
    assert (lists["look at"].label, len(tracer.trace.x)) == ("batch of 4", 4)
    panel.act(tracer.look_at, 2)
    assert lists["look at"].label == "sample 2"
    panel.act(tracer.look_at, None)
    assert lists["look at"].label == "batch of 4"
    assert "the mean over 4 samples" in panel.children[2].content
    panel.act(tracer.choose_key, "edge-0-1-0")
    assert (lists["weights"].value, lists["from"].value, lists["to"].value) == (0, 1, 0)
    assert panel.error_message == ""


def test_the_saved_page_says_the_numbers():
    bundle = trace_panel()._repr_mimebundle_()
    assert "dE/dW_h[0, 0] = 0.000438568" in bundle["text/plain"]
    assert "0.7414 × 0.1868" in bundle["text/html"]
