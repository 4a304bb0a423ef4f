"""Published numbers through the weight trace: Mazur's 2-2-2 network and a row of the CS231n notes."""

import pytest

from bplearn import Dense, HalfSquaredError, Sequential, Sigmoid, SoftmaxCrossEntropy, trace_weight

MAZUR = {  # (layer, i, j): the derivative; w1..w4 lead to h1, h1, h2, h2
    (0, 0, 0): 0.000438567734,
    (0, 1, 0): 0.000877135469,
    (0, 0, 1): 0.000497712735,
    (0, 1, 1): 0.000995425471,
    (2, 0, 0): 0.082167040564,
    (2, 1, 0): 0.082667627848,
    (2, 0, 1): -0.022602540477,
    (2, 1, 1): -0.022740242216,
}


@pytest.fixture
def network():
    hidden = Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35])
    output = Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60])
    return Sequential(hidden, Sigmoid(), output, Sigmoid())


def follow(network, layer, index):
    return trace_weight(network, [[0.05, 0.10]], [[0.01, 0.99]], HalfSquaredError(), layer, index)


@pytest.mark.parametrize(("layer", "i", "j"), MAZUR)
def test_every_weight_of_mazurs_network(network, layer, i, j):
    trace = follow(network, layer, (i, j))
    assert trace.gradient == pytest.approx(MAZUR[layer, i, j], abs=6e-13)
    assert trace.count == (2 if layer == 0 else 1)
    assert trace.check().verdict == "agree"


def test_the_factors_of_mazurs_page(network):
    """dE/dout_o1, dout_o1/dz_o1, w5, dout_h1/dz_h1 and i1 stand on the page one by one."""
    first, second = follow(network, 0, (0, 0)).paths()
    assert first.values == pytest.approx((0.74136507, 0.186815602, 0.40, 0.241300709, 0.05), abs=5e-9)
    assert second.values[:2] == pytest.approx((-0.217071535, 0.175510053), abs=5e-9)
    through_h1 = (first.product + second.product) / (first.values[3] * first.values[4])
    assert through_h1 == pytest.approx(0.036350306393, abs=6e-13)  # dE/dh1
    assert first.product / (0.241300709 * 0.05) == pytest.approx(0.055399425, abs=5e-9)
    assert second.product / (0.241300709 * 0.05) == pytest.approx(-0.019049119, abs=5e-9)
    assert follow(network, 0, (0, 0)).error == pytest.approx(0.298371108760, abs=6e-13)


def test_biases_carry_the_deltas(network):
    assert follow(network, 2, 0).gradient == pytest.approx(0.138498561629, abs=6e-13)
    assert follow(network, 2, 1).gradient == pytest.approx(-0.038098236517, abs=6e-13)
    assert follow(network, 0, 0).gradient == pytest.approx(0.008771354689, abs=6e-13)
    assert follow(network, 0, 1).gradient == pytest.approx(0.009954254705, abs=6e-13)


def test_softmax_row_of_cs231n():
    """p = (.2, .3, .5), true class 1: the derivative of the logits is (.2, -.7, .5)."""
    import numpy as np

    network = Sequential(Dense(1, 3, weights=[np.log([0.2, 0.3, 0.5])]))
    for unit, expected in enumerate([0.2, -0.7, 0.5]):
        trace = trace_weight(network, [[1.0]], [1], SoftmaxCrossEntropy(), 0, (0, unit))
        assert trace.gradient == pytest.approx(expected, abs=1e-15)
        assert trace.paths()[0].factors[0].formula.text == (f"p{unit + 1} - 1" if unit == 1 else f"p{unit + 1}")
