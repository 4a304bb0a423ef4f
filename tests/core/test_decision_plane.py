"""The numbers behind the pictures of boundaries, signals and sweeps agree with those worked out by hand."""

import numpy as np
import pytest

from bplearn import BinaryCrossEntropy, Dense, Sequential, Sigmoid, Softmax, SoftmaxCrossEntropy, mlp
from bplearn.explain.signals import rms, spread_shape
from bplearn.panels.base.data_pictures import boundary
from bplearn.panels.lab.experiment import Experiment
from bplearn.plotting import plot_decision_boundary
from bplearn.show.decision_plane import answers_of, decision_plane, has_probabilities, probabilities
from bplearn.show.palette import SERIES
from bplearn.sweeps.results import rank_shades, score_words

XS, YS = np.linspace(-1, 1, 5), np.linspace(0, 3, 4)


def test_every_point_of_the_plane_is_asked_by_itself():
    network = mlp(2, 4, 3, rng=0)
    plane = decision_plane(network, XS, YS, SoftmaxCrossEntropy())
    assert plane.sure.shape == (4, 5, 3)
    for row, y in enumerate(YS):
        for column, x in enumerate(XS):
            z = network(np.array([[x, y]]))[0]
            wanted = np.exp(z) / np.exp(z).sum()
            assert plane.sure[row, column] == pytest.approx(wanted)
            assert plane.answers[row, column] == wanted.argmax()
            assert plane.depths[row, column] == pytest.approx((wanted.max() - 1 / 3) / (2 / 3))


def test_one_output_means_two_classes():
    network = Sequential(Dense(2, 1, weights=[[2.0], [0.0]]))
    plane = decision_plane(network, XS, YS, BinaryCrossEntropy())
    assert plane.sure[0, :, 1] == pytest.approx(1 / (1 + np.exp(-2 * XS)))
    assert plane.sure.sum(axis=-1) == pytest.approx(1.0)
    assert plane.answers[0].tolist() == [0, 0, 0, 1, 1]  # a tie goes to the first class
    (lead,) = plane.leads
    assert np.sign(lead[0]).tolist() == [-1, -1, 0, 1, 1]


def test_a_class_that_never_or_always_leads_has_no_boundary():
    network = Sequential(Dense(2, 3, weights=[[1.0, -1.0, 0.0], [0, 0, 0]], bias=[0.0, 0.0, -9.0]), Softmax())
    plane = decision_plane(network, XS, YS)
    assert set(plane.answers.ravel().tolist()) == {0, 1}
    assert len(plane.leads) == 2


def test_who_says_that_outputs_are_probabilities():
    plain = Sequential(Dense(2, 1, rng=0))
    assert not has_probabilities(plain, None)
    assert has_probabilities(plain, BinaryCrossEntropy())
    assert has_probabilities(Sequential(Dense(2, 1, rng=0), Sigmoid()), None)
    assert probabilities(np.array([[0.25]]), BinaryCrossEntropy(from_logits=False)).tolist() == [[0.75, 0.25]]
    assert answers_of(np.array([[0.5, 0.5], [0.2, 0.8]])).tolist() == [0, 1]


def test_a_network_that_diverged_is_still_drawn():
    network = Sequential(Dense(2, 1, weights=[[1e308], [1e308]]), Dense(1, 1, weights=[[0.0]]))  # inf, then nan
    assert np.isfinite(decision_plane(network, XS, YS, BinaryCrossEntropy()).depths).all()


def test_the_figure_and_the_live_picture_have_the_same_colors():
    experiment = Experiment(hidden=(4,))
    data = experiment.parts()[0]
    session = experiment.build().epoch(2)
    live = boundary(session, data).body
    figure = plot_decision_boundary(session.network, data, loss=session.loss)
    for number, name in enumerate(data.target_names):
        (points,) = [found for found in figure.collections if found.get_label() == name]
        r, g, b, _ = points.get_facecolors()[0]
        light = f"#{round(255 * r):02x}{round(255 * g):02x}{round(255 * b):02x}"
        assert light == SERIES[number][0]
        assert f"var(--bpl-series{number},{light})" in live


def test_size_and_spread_of_signals():
    assert rms(np.array([[1.0, 7.0], [5.0, 5.0]])) == 5.0
    widths, edges = spread_shape(np.array([0.0] * 9 + [0.9] * 4), 0.0, 1.0, 4)
    assert widths == pytest.approx([1, 0, 0, 2 / 3])
    assert edges == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_scores_are_shaded_by_rank_and_said_in_few_digits():
    shades = rank_shades(np.array([[0.5, np.nan], [100.0, 0.1], [np.inf, 0.5]]))
    assert shades[[0, 1, 1, 2], [0, 0, 1, 1]].tolist() == [0.5, 0.0, 1.0, 0.5]
    assert [score_words(score) for score in (0.12345, np.inf, np.nan)] == ["0.123", "diverged", ""]
