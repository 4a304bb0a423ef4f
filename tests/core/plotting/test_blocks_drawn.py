"""The drawing of a network with blocks, norms, convolutions, tokens: which lines there are, and what they carry."""

import numpy as np
import pytest

from bplearn import (
    Attention,
    Convolution,
    DataError,
    Dense,
    Dropout,
    HalfSquaredError,
    LayerNorm,
    MaxPooling,
    PerToken,
    ReLU,
    Residual,
    Sequential,
    Tanh,
    layers,
)
from bplearn.explain.trace.jacobians import jacobian
from bplearn.plotting import alt_text, plot_network
from bplearn.plotting.network_parts import network_parts
from tests.contracts import layers_of_today as today
from tests.core.plotting.test_networks import drawn, words

KINDS = [kind for kind in today.BUILD if kind is not layers.Dropout]


def parts(net, x=None, sample=0, show="weights"):
    return network_parts(net, None if x is None else net.forward(x)[1], show, sample)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_layer_has_a_picture_of_its_own(kind):
    net, x = Sequential(today.build(kind, 2, 2)), today.sample(kind, 3, 2)
    tape = net.forward(x)[1]
    for picture in (plot_network(net), plot_network(net, tape, sample=2), plot_network(net, max_units=50)):
        name = "for each token" if kind is layers.PerToken else kind.__name__
        assert name in "".join(words(picture))
        assert name in alt_text(picture)
        for text in drawn(picture, "text"):
            assert 0 <= float(text["x"]) <= picture.width
            assert 0 < float(text["y"]) <= picture.height


@pytest.mark.parametrize("kind", [layers.Convolution, layers.LayerNorm, layers.PerToken, layers.Attention])
def test_there_is_a_line_where_an_output_answers_to_an_input(kind):
    layer = today.build(kind, 3, 2)
    if kind is layers.PerToken:
        layer = PerToken(layer.layers[0], length=3)
    net, x = Sequential(layer), today.sample(kind, 2, 3)
    step = net.forward(x)[1][0]
    (found,) = parts(net)
    there = np.ones(found.shape, bool) if found.there is None else found.there
    np.testing.assert_array_equal(there, (jacobian(step).entries != 0).any(axis=0).T)


def test_a_tile_is_joined_to_what_it_keeps():
    net = Sequential(MaxPooling(2, image=(2, 4)))
    (found,) = parts(net)
    np.testing.assert_array_equal(np.flatnonzero(found.there[:, 0]), [0, 1, 4, 5])
    assert len(drawn(plot_network(net, max_units=9), "line")) == 8


@pytest.mark.parametrize("padding", [0, 1])
def test_the_lines_of_a_convolution_and_of_a_layer_for_each_token_are_its_weights(padding):
    rng = np.random.default_rng(0)
    convolution = Convolution(2, 3, 2, image=(3, 4), padding=padding, rng=1)
    for layer, wide in ((convolution, 24), (PerToken(Dense(3, 2, rng=1), length=4), 12)):
        net, x = Sequential(today.stirred(layer, 3)), rng.normal(size=(5, wide))
        (found,) = parts(net)
        np.testing.assert_allclose(x @ found.W + found.b, net(x), rtol=1e-12)
        assert not found.W[~found.there].any()


def test_a_residual_block_is_its_layers_with_bows_around_them():
    inside = Dense(2, 4, rng=1), Tanh(), Dropout(0.5, rng=0), Dense(4, 2, rng=2)
    net = Sequential(Dense(3, 2, rng=0), Residual(LayerNorm(2), *inside), Dense(2, 1, rng=3))
    x = np.random.default_rng(0).normal(size=(2, 3))
    tape = net.forward(x)[1]
    found = network_parts(net, tape, "weights", 1)
    assert [part.place for part in found] == ["0", "1 (0)", "1 (1)", "1 (4)", "2"]
    assert [part.skip for part in found] == [0, 0, 0, 3, 0]
    np.testing.assert_array_equal(found[3].y, tape[1].y[1])
    kept = tape[1].cache["caches"][3]["mask"][1]
    assert ((found[2].y != 0) == (kept != 0)).all(), "the units that were left out are empty"
    assert len(drawn(plot_network(net), "path")) == 2
    assert "4 units\nTanh\nDropout(p=0.5)" in words(plot_network(net))
    assert "2 units\n+ x (Residual)" in words(plot_network(net))


def test_blocks_inside_blocks_end_in_their_own_bows():
    net = Sequential(Residual(PerToken(Residual(Dense(2, 2, rng=0), ReLU()), length=3), LayerNorm(6)))
    x = np.random.default_rng(1).normal(size=(2, 6))
    first, second = network_parts(net, net.forward(x)[1], "weights", 0)
    assert (first.place, second.place, first.skip, second.skip) == ("0 (0.0.0)", "0 (1)", 1, 2)
    np.testing.assert_allclose(first.y, PerToken(net[0].layers[0].layers[0], length=3).forward(x)[0][0], rtol=1e-12)
    assert len(drawn(plot_network(net), "path")) == 12


def test_with_a_tape_an_attention_shows_the_shares():
    net = Sequential(Attention(2, length=3, causal=True, rng=0))
    x = np.random.default_rng(2).normal(size=(2, 6))
    tape = net.forward(x)[1]
    (found,) = network_parts(net, tape, "weights", 1)
    p = tape[0].cache["p"][1, 0]
    assert found.W[2, 4] == found.W[3, 5] == p[2, 1]
    assert not found.there[4:, :4].any(), "a token does not see a later one"
    (without,) = parts(net)
    assert without.W is None
    np.testing.assert_array_equal(found.there, without.there)


def test_gradients_stand_on_the_lines_where_they_are_known():
    net = Sequential(PerToken(Dense(2, 2, rng=0), length=2), Convolution(1, 1, 2, image=(2, 2), rng=0))
    with pytest.raises(DataError, match=r"gradients of layer 0, got none\. Call network.backward"):
        plot_network(net, show="gradients")
    loss, x = HalfSquaredError(), np.random.default_rng(3).normal(size=(4, 4))
    y, tape = net.forward(x)
    net.backward(loss.backward(loss.forward(y, np.ones((4, 1)))[1]), tape)
    for found in (parts(net, show="gradients"), network_parts(net, tape, "gradients", 0)):
        np.testing.assert_array_equal(found[0].W[:2, :2], net[0].layers[0].W.grad)
        np.testing.assert_array_equal(found[0].W[2:, 2:], net[0].layers[0].W.grad)
        np.testing.assert_array_equal(found[1].W.ravel(), net[1].W.grad.ravel())
