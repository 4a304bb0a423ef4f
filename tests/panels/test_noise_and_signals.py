"""Batch noise and signals by layer without a browser: the numbers against definitions, the verdicts, the controls."""

import numpy as np
import pytest

from bplearn import BinaryCrossEntropy, MeanSquaredError, SoftmaxCrossEntropy, datasets, mlp
from bplearn.errors import ArgumentError, DataError, ShapeError
from bplearn.panels.noise.logic import BatchNoise
from bplearn.panels.noise.pictures import arrows, histograms, walks
from bplearn.panels.signals.logic import STARTS, SignalFlow
from bplearn.panels.signals.pictures import activations, gradients
from bplearn.widgets import batch_noise, signals
from tests.panels.test_graph_and_neuron import find


def made(**more):
    return BatchNoise(mlp(2, 8, 1, rng=0), datasets.moons(rng=0), loss=BinaryCrossEntropy(), **more)


# --- batch noise ---------------------------------------------------------------------------------------------------


def test_the_full_gradient_is_the_mean_over_samples():
    noise = made()
    singles = np.stack([noise.gradient(np.array([i])) for i in range(noise.samples)])
    np.testing.assert_allclose(singles.mean(axis=0), noise.full, atol=1e-12)


def test_an_epoch_of_batches_averages_to_the_full_gradient():
    noise = made(batch_size=20)
    np.testing.assert_allclose(noise.gradients[:10].mean(axis=0), noise.full, atol=1e-12)


def test_angles_cosines_and_lengths_fit_together():
    noise = made(batch_size=4)
    assert len(noise.angles) == 60
    np.testing.assert_allclose(np.cos(np.radians(noise.angles)), noise.cosines, atol=1e-9)
    along = noise.gradients @ noise.full / np.linalg.norm(noise.full) ** 2
    np.testing.assert_allclose(along, noise.lengths * noise.cosines, atol=1e-9)
    assert noise.uphill == (along < 0).sum()


@pytest.mark.parametrize("batch_size", [1, 4, 16, 64])
def test_noise_falls_with_the_root_of_the_batch_size_as_theory_says(batch_size):
    drawn = [made(batch_size=batch_size, rng=seed).noise for seed in range(5)]
    assert np.mean(drawn) == pytest.approx(made().expected_noise(batch_size), rel=0.12)


def test_all_data_have_no_noise():
    noise = made(batch_size=200)
    assert noise.noise < 1e-9
    assert noise.expected_noise(200) == 0
    assert "no noise at all" in noise.verdict().sentence
    assert noise.turning() == pytest.approx(1.0, abs=0.05)


def test_small_batches_walk_farther_for_the_same_way():
    assert made(batch_size=1).turning() > 1.5 * made(batch_size=64).turning()
    assert "the way zig-zags" in made(batch_size=1).verdict().sentence
    assert "the way is straight" in made(batch_size=64).verdict().sentence


def test_the_network_itself_is_not_changed():
    network = mlp(2, 8, 1, rng=0)
    before = network.parameters().value.copy()
    noise = BatchNoise(network, datasets.moons(rng=0), loss=BinaryCrossEntropy())
    noise.walk()
    np.testing.assert_array_equal(network.parameters().value, before)


def test_a_trained_network_is_seen_after_renew():
    network = mlp(2, 8, 1, rng=0)
    noise = BatchNoise(network, datasets.moons(rng=0), loss=BinaryCrossEntropy())
    before = noise.full
    network.parameters().replace(network.parameters().value * 2)
    np.testing.assert_array_equal(noise.full, before)
    assert not np.allclose(noise.renew().full, before)


def test_the_plane_of_two_weights_holds_their_own_gradients():
    noise = made(batch_size=16, weights=((0, (0, 0)), (2, 0)))
    steps, full = noise.plane()
    network = noise.network
    flat = noise.full
    assert full == pytest.approx([-flat[0], -flat[-1]])
    assert noise.axes()[1] == ("W_h[0, 0]", "b_o[0]")
    assert steps[3] == pytest.approx([-noise.gradients[3][0], -noise.gradients[3][-1]])
    assert network.parameters().size == 33


def test_what_is_remembered_of_a_view_is_that_of_a_fresh_one():
    """Axes and walk are computed once a view: each choice gives what a new BatchNoise with that choice gives."""
    pair = ((0, (0, 3)), (2, (1, 0)))
    noise = made(batch_size=4)
    noise.axes(), noise.walk()
    for choice in ({"batch_size": 16}, {"learning_rate": 0.1}, {"seed": 5}):
        noise.choose(**choice)
        fresh = made(batch_size=noise.batch_size, learning_rate=noise.learning_rate, rng=noise.seed)
        np.testing.assert_array_equal(noise.walk()[0], fresh.walk()[0])
        np.testing.assert_array_equal(noise.plane()[0], fresh.plane()[0])
    noise.show_weights(pair)
    fresh = made(batch_size=16, learning_rate=0.1, rng=5, weights=pair)
    np.testing.assert_array_equal(noise.walk()[0], fresh.walk()[0])
    assert noise.axes()[1] == fresh.axes()[1] == ("W_h[0, 3]", "W_o[1, 0]")


def test_the_plane_of_most_movement_is_at_right_angles():
    basis, _ = made().axes()
    np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-9)
    _, full = made().plane()
    assert full[0] > 0
    assert full[1] == pytest.approx(0, abs=1e-9)


def test_what_does_not_fit_is_told():
    with pytest.raises(ArgumentError, match=r"weights expected two different weights, got W_h\[0, 0\] twice"):
        made(weights=((0, (0, 0)), (0, (0, 0))))
    with pytest.raises(ShapeError, match="index of W in layer 0"):
        made(weights=((0, (9, 0)), (0, (0, 0))))
    with pytest.raises(ArgumentError, match="batch_size"):
        made(batch_size=0)
    with pytest.raises(DataError, match="batch_noise expected a gradient of the data that is not zero"):
        BatchNoise(mlp(1, 1, rng=0), np.zeros((4, 1)), np.zeros((4, 1)), loss=MeanSquaredError(), batch_size=2)


@pytest.mark.parametrize("batch_size", [1, 8, 200])
def test_noise_is_drawn_with_its_numbers(batch_size):
    noise = made(batch_size=batch_size)
    assert noise.verdict().sentence in arrows(noise).alt
    assert walks(noise).alt
    assert f"median {np.median(noise.angles):.0f}" in histograms(noise).desc


def test_digits_have_noise_too():
    noise = BatchNoise(mlp(64, 16, 10, rng=0), datasets.digits(), loss=SoftmaxCrossEntropy(), batch_size=256)
    assert arrows(noise).alt
    assert walks(noise).alt


def test_the_noise_panel_turns():
    panel = batch_noise()
    noise = panel.logic
    find(panel, "Dial", "batch size").value = 64
    assert noise.batch_size == 64
    find(panel, "Dial", "learning rate").value = 0.1
    assert noise.learning_rate == 0.1
    before = noise.gradients
    find(panel, "Dial", "draw").value = 5
    assert not np.allclose(noise.gradients, before)
    assert panel.error_message == ""
    assert "Batches of 8" in repr(batch_noise())


# --- signals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "activation", "scale", "state"),
    [
        ("Glorot", "Tanh", 1, "healthy"),
        ("He", "ReLU", 1, "healthy"),
        ("normal(0.01)", "Tanh", 1, "vanishes"),
        ("Glorot", "Sigmoid", 1, "vanishes"),
        ("He", "ReLU", 3, "explodes"),
        ("normal(1)", "Tanh", 1, "saturates"),
        ("constant(0.1)", "Tanh", 1, "equal"),
        ("zeros", "ReLU", 1, "equal"),
    ],
)
def test_the_verdict_is_computed(start, activation, scale, state):
    flow = SignalFlow(start, activation, scale=scale)
    assert flow.state == state
    assert flow.verdict().sentence


def test_relu_units_die_where_every_weighted_sum_is_below_zero():
    def below(shape, rng):
        return -np.abs(rng.normal(0, 0.2, shape))

    flow = SignalFlow(below, "ReLU", depth=3)
    assert flow.state == "dies"
    assert "In layer 2, 100% of the units give 0 for every sample" in flow.verdict().sentence
    assert flow.start == "below"


def test_the_numbers_are_those_of_a_tape():
    flow = SignalFlow("Glorot", "Tanh", depth=4)
    loss = SoftmaxCrossEntropy()
    y, tape = flow.network.forward(flow.x)
    _, cache = loss.forward(y, flow.targets)
    flow.network.backward(loss.backward(cache), tape)
    for k, layer in enumerate(flow.layers):
        assert layer.spread == pytest.approx(np.std(tape[2 * k + 1].y))
        assert layer.arriving == pytest.approx(np.sqrt((tape[2 * k + 1].dy ** 2).mean()))
        assert layer.gradient == pytest.approx(np.sqrt((flow.network[2 * k].W.grad ** 2).mean()))


def test_the_factor_of_a_layer_multiplies_to_the_whole():
    flow = SignalFlow("normal(0.01)", "Tanh", depth=8)
    whole = flow.layers[0].arriving / flow.layers[-1].arriving
    assert flow.backward_factor**7 == pytest.approx(whole)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("activation", "depth", "scale"), [("Sigmoid", 30, 1), ("ReLU", 30, 10), ("Identity", 1, 0.0)])
def test_any_choice_is_drawn_without_a_warning(start, activation, depth, scale):
    flow = SignalFlow(start, activation, depth=depth, scale=scale)
    for picture in (activations(flow), gradients(flow)):
        assert picture.alt
        assert "nan" not in picture.body


def test_an_overflow_explodes_in_words():
    flow = SignalFlow("normal(1)", "Identity", depth=50, scale=1e30)
    assert flow.state == "explodes"
    assert flow.verdict().word == "explodes"
    assert activations(flow).alt
    assert gradients(flow).alt


def test_own_data_and_own_seed():
    flow = SignalFlow("He", "ReLU", data=datasets.blobs(90, rng=0), seed=3, width=16)
    assert flow.x.shape == (90, 2)
    assert flow.state in {"healthy", "dies"}
    with pytest.raises(ArgumentError, match="signals expected data with classes, got values to predict"):
        SignalFlow(data=datasets.noisy_sine(rng=0))


def test_wrong_names_and_numbers_are_told():
    with pytest.raises(ArgumentError, match="start expected one of Glorot, He"):
        signals("best")
    with pytest.raises(ArgumentError, match="activation expected one of Tanh"):
        signals(activation="Softmax")
    with pytest.raises(ArgumentError, match="depth expected a number of at least 1 and at most 50, got 51"):
        signals(depth=51)


def test_the_signals_panel_turns():
    panel = signals()
    flow = panel.logic
    assert flow.state == "vanishes"
    find(panel, "Dropdown", "start").value = "He"
    find(panel, "Dropdown", "activation").value = "ReLU"
    assert flow.state == "healthy"
    find(panel, "Dial", "depth").value = 25
    find(panel, "Dial", "weights times").value = 2.0
    assert flow.state == "explodes"
    assert panel.error_message == ""
    assert "Vanishes. Of the gradient" in repr(signals())


def test_the_controls_of_signals_follow_what_code_chose():
    panel = signals()
    panel.act(lambda: panel.logic.choose(start="He", activation="ReLU", depth=40, scale=2.0, seed=3))
    shown = {c.description: c.value for row in panel.children for c in getattr(row, "children", ())}
    assert shown == {"start": "He", "activation": "ReLU", "depth": 40, "weights times": 2.0, "seed": 3}
    assert panel.error_message == ""


def test_the_axis_of_activations_counts_in_round_numbers():
    body = activations(SignalFlow("Glorot", "Tanh")).body
    assert [label for label in ("-1", "0", "1") if f">{label}</text>" in body] == ["-1", "0", "1"]
    assert ">1.1<" not in body
