"""The functions that must be written with care: against plain Python, far out, and in float32."""
# ruff: noqa: E501 - a message stands in one line

import decimal
import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplearn import ArgumentError, TargetError, functional, one_hot

SMOOTH = {
    "sigmoid": lambda z: 1 / (1 + (-z).exp()),
    "softplus": lambda z: (1 + z.exp()).ln(),
}
REAL = st.floats(-1000, 1000, allow_subnormal=False)


@pytest.mark.parametrize("name", SMOOTH)
@given(z=REAL)
def test_against_fifty_decimal_digits(name, z):
    """Relative precision holds far out, where the result is as small as 1e-300."""
    with decimal.localcontext(decimal.Context(prec=50 + 900)):
        exact = float(SMOOTH[name](decimal.Decimal(z)))
    ours = float(getattr(functional, name)(np.array([z]))[0])
    assert math.isclose(ours, exact, rel_tol=1e-13, abs_tol=1e-300)


@pytest.mark.parametrize(
    ("z", "chance"),
    [
        (0.0, 0.5),
        (1.0, 0.8413447460685429),
        (-1.0, 0.15865525393145705),
        (-5.0, 2.866515718791939e-07),
        (-10.0, 7.619853024160527e-24),
        (-30.0, 4.906713927148187e-198),
    ],
)
def test_the_normal_distribution_keeps_its_lower_tail(z, chance):
    """Against the digits of tables; 1 + erf(z) would give 0 from -9 on."""
    assert float(functional.normal_cdf(np.array([z]))[0]) == pytest.approx(chance, rel=1e-12)


@given(rows=st.lists(st.lists(REAL, min_size=3, max_size=3), min_size=1, max_size=4), shift=st.floats(-100, 100))
def test_softmax_adds_up_to_one_and_knows_no_shift(rows, shift):
    z = np.array(rows)
    p = functional.softmax(z)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(functional.softmax(z + shift), p, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(np.exp(functional.log_softmax(z)), p, rtol=1e-9, atol=1e-300)


def test_softmax_of_a_small_row_by_hand():
    total = math.exp(1) + math.exp(2) + math.exp(4)
    expected = [math.exp(k) / total for k in (1, 2, 4)]
    np.testing.assert_allclose(functional.softmax(np.array([[1.0, 2.0, 4.0]]))[0], expected, rtol=1e-14)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "softmax", "log_softmax", "normal_cdf"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_silent_finite_and_of_the_same_dtype_at_a_thousand(name, dtype):
    z = np.array([[-1000, 0, 1000], [1000, 1000, 1000], [-1000, -1000, -1000]], dtype)
    z.flags.writeable = False
    with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        y = getattr(functional, name)(z)
    assert y.dtype == dtype
    assert y.shape == z.shape
    assert np.isfinite(y).all()


def test_one_hot():
    assert one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot(np.array([], int), 2).shape == (0, 2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: one_hot([3], 3), TargetError, "one_hot expected class numbers 0..2, got 3 at row 0."),
        (lambda: one_hot([1, 2, 3], 3), TargetError, "one_hot expected class numbers 0..2, got 3 at row 2. Do the labels start at 1? Use targets - 1."),
        (lambda: one_hot([0, -1], 3), TargetError, "one_hot expected class numbers 0..2, got -1 at row 1."),
        (lambda: one_hot([0.5], 3), TargetError, "one_hot expected class numbers 0..2, got float64 values such as np.float64(0.5). If they are whole numbers, use targets.astype(int); to predict values, use MeanSquaredError."),
        (lambda: one_hot([0], 0), ArgumentError, "n_classes expected a whole number of at least 1, got 0."),
    ],
)  # fmt: skip
def test_what_is_no_class_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
