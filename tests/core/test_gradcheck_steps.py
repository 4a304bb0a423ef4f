"""Derivatives from differences, and the U-curve of their error."""

import math

import numpy as np
import pytest

from bplearn import ArgumentError, SoftmaxCrossEntropy, Tanh, check_gradients, h_curve, mlp
from bplearn.explain.gradcheck.differences import central_difference, noise, slope


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda t: math.exp(2 * t), 2.0),
        (lambda t: math.sin(1 + t), math.cos(1)),
        (lambda t: math.log(0.05 + t) if t > -0.05 else math.nan, 20.0),  # undefined at the wide steps
        (lambda t: 1e-12 * math.sin(t) + 5, 1e-12),
        (lambda t: 1e-30 * math.tanh(3 * t), 3e-30),
        (lambda t: (t + 1) ** 5, 5.0),
        (lambda t: max(t - 2e-6, 0) + 3 * t, 3.0),  # a kink close by
    ],
)
def test_the_slope_lies_within_its_error(f, expected):
    found = slope(f)
    assert not found.kink
    assert abs(found.value - expected) <= 5 * found.error + 1e-9 * abs(expected)
    assert found.error <= 0.3 * abs(expected)


@pytest.mark.parametrize(
    ("f", "left", "right"),
    [
        (abs, -1, 1),
        (lambda t: max(t, 0.0), 0, 1),
        (lambda t: 1 + max(t, 0.1 * t) + t * t, 0.1, 1),
        (lambda t: abs(t) + 100 * t, 99, 101),
    ],
)
def test_a_kink_is_seen_with_both_slopes(f, left, right):
    found = slope(f)
    assert found.kink
    assert (found.left, found.right) == (pytest.approx(left, abs=1e-4), pytest.approx(right, abs=1e-4))


@pytest.mark.parametrize("f", [lambda t: 1e3 * t * t, lambda t: t**3, lambda t: 7.0, lambda t: math.cos(50 * t)])
def test_a_bend_is_no_kink(f):
    assert not slope(f).kink


def test_noise_is_measured():
    rng = np.random.default_rng(0)
    assert noise(lambda t: float(rng.normal()) * 1e-9) > 1e-10
    assert noise(lambda t: t * t) < 1e-20
    assert central_difference(lambda t: t * t * t, h=0.1) == pytest.approx(0.01)


def test_the_curve_is_a_u():
    """Truncation on the left side of the table, rounding on the right: slopes 2 and -1 in the logarithm."""
    curve = h_curve(np.exp, 1.0, gradient=np.exp)
    errors = dict(zip(np.round(np.log10(curve.h), 1), curve.central, strict=True))
    assert math.log10(errors[-1.0] / errors[-2.0]) == pytest.approx(2, abs=0.05)
    one = dict(zip(np.round(np.log10(curve.h), 1), curve.one_sided, strict=True))
    assert math.log10(one[-1.0] / one[-3.0]) / 2 == pytest.approx(1, abs=0.05)
    assert errors[-1.0] == pytest.approx(0.1**2 / 6, rel=0.01)  # h^2 f''' / 6 f'
    assert errors[-12.0] > 1e3 * errors[-5.0]
    assert 1e-6 <= curve.best_h <= 1e-4
    assert "best h" in repr(curve)
    assert curve._repr_html_().count("<tr>") == len(curve.h) + 1


def test_the_curve_of_a_network_and_of_a_layer():
    rng = np.random.default_rng(0)
    curve = h_curve(mlp(3, 4, 2, rng=0), rng.normal(size=(5, 3)), [0, 1, 0, 1, 1], SoftmaxCrossEntropy())
    assert np.nanmin(curve.central) < 1e-9
    assert "layer" in curve.title
    assert np.nanmin(h_curve(Tanh(), [[0.3, 0.2]]).central) < 1e-9
    assert h_curve(np.sin, 1.0, gradient=np.cos, h=[1e-3]).h.tolist() == [1e-3]


def test_a_wrong_gradient_has_no_u():
    curve = h_curve(np.exp, 1.0, gradient=lambda x: 1.01 * np.exp(x))
    assert np.nanmin(curve.central) > 0.008


def test_what_has_no_curve_is_named():
    with pytest.raises(ArgumentError, match="h_curve expected a slope that is not zero"):
        h_curve(np.cos, 0.0, gradient=lambda x: -np.sin(x))
    with pytest.raises(ArgumentError, match="h expected steps above zero"):
        h_curve(np.sin, 0.0, gradient=np.cos, h=[1e-3, 0])
    assert check_gradients(np.sin, 0.5, gradient=np.cos).passed


@pytest.mark.parametrize("far", [25, 30, 33])
def test_steps_that_rounding_inside_the_function_makes_are_no_slope(far):
    """log(1 + exp(x - 30)) is near 0, and 1 + exp(x - 30) is rounded to steps of 2e-16: its values are stairs."""

    def softplus(x):
        return float(np.log(1 + np.exp(x - far)).sum())

    report = check_gradients(softplus, [0.0], gradient=lambda x: 1 / (1 + np.exp(far - x)))
    assert report.verdict == "undecided"
