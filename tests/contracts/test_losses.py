"""One contract for all losses, and for every loss wrong versions that the contract must reject.

The list of losses comes from `bplearn.losses` itself. A new loss must be given an entry in `CASES` (predictions and
targets it takes), in `SLOW` (its formula, one number at a time in plain Python) and in `PLANTED` (its typical errors).
"""

import inspect
import math
import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplearn import Loss, ShapeError, losses

KINDS = [kind for kind in vars(losses).values() if inspect.isclass(kind) and issubclass(kind, Loss)]
KINDS = sorted((kind for kind in KINDS if not inspect.isabstract(kind)), key=lambda kind: kind.__name__)


def locked(array):
    array = np.array(array)
    array.flags.writeable = False
    return array


def values_case(rng, rows, outputs):
    """Predictions and targets that differ by 0.05 to about 3, and never by 1, 0.4 or 2 (Huber's joints)."""
    target = rng.normal(size=(rows, outputs))
    size = rng.choice([0.05, 0.3, 0.7, 1.4, 2.6], size=(rows, outputs)) + rng.uniform(0, 0.08, (rows, outputs))
    return target + size * rng.choice([-1, 1], size=(rows, outputs)), target


def logits_case(rng, rows, outputs):
    return rng.normal(size=(rows, outputs)) * 2, rng.uniform(0, 1, (rows, outputs))


def probabilities_case(rng, rows, outputs):
    return rng.uniform(0.05, 0.95, (rows, outputs)), rng.uniform(0, 1, (rows, outputs))


def classes_case(rng, rows, outputs):
    return rng.normal(size=(rows, outputs)) * 2, rng.integers(0, outputs, rows)


CASES = {
    "MeanSquaredError()": (losses.MeanSquaredError(), values_case),
    "HalfSquaredError()": (losses.HalfSquaredError(), values_case),
    "MeanAbsoluteError()": (losses.MeanAbsoluteError(), values_case),
    "Huber(delta=1.0)": (losses.Huber(), values_case),
    "Huber(delta=0.4)": (losses.Huber(0.4), values_case),
    "Huber(delta=2.0)": (losses.Huber(2), values_case),
    "BinaryCrossEntropy(from_logits=True)": (losses.BinaryCrossEntropy(), logits_case),
    "BinaryCrossEntropy(from_logits=False)": (losses.BinaryCrossEntropy(from_logits=False), probabilities_case),
    "SoftmaxCrossEntropy()": (losses.SoftmaxCrossEntropy(), classes_case),
}


# --- The formulas once more, one number at a time ------------------------------------------------------------------


def pairs(prediction, target):
    return [(p, t) for ps, ts in zip(prediction.tolist(), target.tolist(), strict=True) for p, t in zip(ps, ts)]  # noqa: B905


def slow_mse(loss, prediction, target):
    errors = [(p - t) ** 2 for p, t in pairs(prediction, target)]
    return sum(errors) / (len(prediction) * len(prediction[0]))


def slow_half(loss, prediction, target):
    return sum((p - t) ** 2 / 2 for p, t in pairs(prediction, target)) / len(prediction)


def slow_absolute(loss, prediction, target):
    return sum(abs(p - t) for p, t in pairs(prediction, target)) / (len(prediction) * len(prediction[0]))


def slow_huber(loss, prediction, target):
    total = 0.0
    for p, t in pairs(prediction, target):
        far = abs(p - t) > loss.delta
        total += loss.delta * (abs(p - t) - loss.delta / 2) if far else (p - t) ** 2 / 2
    return total / (len(prediction) * len(prediction[0]))


def slow_binary(loss, prediction, target):
    total = 0.0
    for z, t in pairs(prediction, target):
        p = 1 / (1 + math.exp(-z)) if loss.from_logits else z
        total -= t * math.log(p) + (1 - t) * math.log(1 - p)
    return total / (len(prediction) * len(prediction[0]))


def slow_softmax(loss, prediction, target):
    total = 0.0
    for row, t in zip(prediction.tolist(), target.tolist(), strict=True):
        total -= math.log(math.exp(row[t]) / sum(math.exp(z) for z in row))
    return total / len(prediction)


SLOW = {
    losses.MeanSquaredError: slow_mse,
    losses.HalfSquaredError: slow_half,
    losses.MeanAbsoluteError: slow_absolute,
    losses.Huber: slow_huber,
    losses.BinaryCrossEntropy: slow_binary,
    losses.SoftmaxCrossEntropy: slow_softmax,
}


# --- The contract: each check raises where a loss breaks it --------------------------------------------------------


def right_of(loss):
    return getattr(loss, "right", loss)


def check_value(loss, prediction, target):
    slow = SLOW[type(right_of(loss))](right_of(loss), prediction, target)
    value, _ = loss.forward(prediction, target)
    assert type(value) is float
    assert math.isclose(value, slow, rel_tol=1e-11, abs_tol=1e-13), f"{value} is not {slow}"


def check_gradient(loss, prediction, target):
    """Every entry of dL/dprediction is the central difference of L."""
    slope = loss.backward(loss.forward(prediction, target)[1])
    assert slope.shape == prediction.shape
    h = 1e-5
    for index in np.ndindex(prediction.shape):
        up, down = prediction.copy(), prediction.copy()
        up[index] += h
        down[index] -= h
        numeric = (loss.forward(up, target)[0] - loss.forward(down, target)[0]) / (2 * h)
        assert math.isclose(slope[index], numeric, rel_tol=1e-6, abs_tol=1e-9), f"{slope[index]} is not {numeric}"


def check_mean(loss, prediction, target):
    """The same data twice over have the same loss and half the slope: a mean over the batch."""
    value, cache = loss.forward(prediction, target)
    twice, cache2 = loss.forward(np.concatenate([prediction, prediction]), np.concatenate([target, target]))
    assert math.isclose(value, twice, rel_tol=1e-12)
    slope, slope2 = loss.backward(cache), loss.backward(cache2)
    np.testing.assert_allclose(slope2, np.concatenate([slope, slope]) / 2, rtol=1e-12)


def check_purity(loss, prediction, target):
    """Locked arguments, backward twice, another forward in between: the same numbers."""
    value, cache = loss.forward(prediction, target)
    for entry in cache.values():
        if isinstance(entry, np.ndarray):
            entry.flags.writeable = False
    slope = loss.backward(cache)
    loss.backward(loss.forward(locked(prediction[:1]), locked(target[:1]))[1])
    np.testing.assert_array_equal(loss.backward(cache), slope)
    assert loss.forward(prediction, target)[0] == value


def check_float32(loss, prediction, target):
    if target.dtype.kind == "f":
        target = target.astype(np.float32)
    value, cache = loss.forward(prediction.astype(np.float32), target)
    assert type(value) is float
    assert loss.backward(cache).dtype == np.float32


def check_extremes(loss, prediction, target):
    """At +-1000 (at 0 and 1 for probabilities) value and slope are silent and finite."""
    probabilities = getattr(right_of(loss), "from_logits", True) is False
    ends = [0.0, 1.0] if probabilities else [-1000.0, 1000.0]
    if target.dtype.kind == "f":
        target = np.resize([0.0, 0.0, 1.0, 1.0], target.shape)
    for dtype in (np.float64, np.float32):
        far = np.resize(ends, prediction.shape).astype(dtype)
        with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
            warnings.simplefilter("error")
            try:
                value, cache = loss.forward(far, target)
                slope = loss.backward(cache)
            except (FloatingPointError, RuntimeWarning) as problem:
                raise AssertionError(f"not silent: {problem}") from None
        assert math.isfinite(value)
        assert np.isfinite(slope).all()


CHECKS = {name.removeprefix("check_"): check for name, check in list(globals().items()) if name.startswith("check_")}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("case", CASES)
@given(rows=st.integers(1, 5), outputs=st.integers(1, 4), seed=st.integers(0, 2**31))
def test_every_loss_keeps_the_contract(case, check, rows, outputs, seed):
    loss, draw = CASES[case]
    prediction, target = draw(np.random.default_rng(seed), rows, outputs)
    CHECKS[check](loss, locked(prediction), locked(target))


@pytest.mark.parametrize("case", CASES)
def test_repr_and_pickle(case):
    loss, draw = CASES[case]
    assert repr(loss) == case
    prediction, target = draw(np.random.default_rng(0), 3, 2)
    for twin in [eval(repr(loss), vars(losses)), pickle.loads(pickle.dumps(loss))]:
        assert twin.forward(prediction, target)[0] == loss.forward(prediction, target)[0]


def test_no_loss_is_forgotten():
    assert len(KINDS) >= 6
    assert {type(loss) for loss, _ in CASES.values()} == set(SLOW) == set(PLANTED) == set(KINDS)


# --- Averages and target forms, by hand ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (losses.MeanSquaredError(), (1 + 4 + 9 + 16 + 25 + 36) / 6),  # N M
        (losses.HalfSquaredError(), (1 + 4 + 9 + 16 + 25 + 36) / (2 * 3)),  # N, outputs summed, half
        (losses.MeanAbsoluteError(), (1 + 2 + 3 + 4 + 5 + 6) / 6),
        (losses.Huber(2), (0.5 + 2 + 2 * (3 - 1) + 2 * (4 - 1) + 2 * (5 - 1) + 2 * (6 - 1)) / 6),
    ],
    ids=repr,
)
def test_what_is_summed_and_what_is_averaged(loss, value):
    prediction = np.array([[1.0, -2.0], [3.0, -4.0], [5.0, -6.0]])  # three samples, two outputs
    assert math.isclose(loss.forward(prediction, np.zeros((3, 2)))[0], value)


def test_entropies_average_over_entries_and_over_samples():
    assert math.isclose(losses.BinaryCrossEntropy().forward(np.zeros((3, 2)), np.ones((3, 2)))[0], math.log(2))
    assert math.isclose(losses.SoftmaxCrossEntropy().forward(np.zeros((3, 5)), [0, 4, 2])[0], math.log(5))


def test_binary_targets_may_be_a_list_of_class_numbers_or_a_column():
    prediction = np.array([[0.3], [-2.0], [1.0]])
    for loss in [losses.BinaryCrossEntropy(), losses.BinaryCrossEntropy(from_logits=False)]:
        at = prediction if loss.from_logits else 1 / (1 + np.exp(-prediction))
        answers = [
            loss.forward(at, form)[0] for form in [[1, 0, 1], np.array([[1.0], [0.0], [1.0]]), [True, False, True]]
        ]
        assert answers[0] == answers[1] == answers[2]


def test_class_numbers_may_be_of_any_whole_type():
    prediction = np.array([[0.3, 0.1], [-2.0, 1.0]])
    loss = losses.SoftmaxCrossEntropy()
    forms = [[1, 0], (1, 0), np.array([1, 0], np.uint8), np.array([1, 0], np.int64), np.array([True, False])]
    assert len({loss.forward(prediction, form)[0] for form in forms}) == 1


@pytest.mark.parametrize("case", [name for name, (loss, draw) in CASES.items() if draw is not classes_case])
def test_nothing_is_broadcast(case):
    """(N, 1) minus (N,) would be (N, N): the most expensive silent mistake of NumPy."""
    loss, _draw = CASES[case]
    with pytest.raises(ShapeError):
        loss.forward(np.full((3, 2), 0.5), [[0.5], [0.5], [0.5]])
    with pytest.raises(ShapeError):
        loss.forward(np.full((3, 2), 0.5), [0.5, 0.5])


@pytest.mark.parametrize(
    ("case", "raw", "answers"),
    [
        ("BinaryCrossEntropy(from_logits=True)", [[0.1], [-0.1]], [1, 0]),
        ("BinaryCrossEntropy(from_logits=False)", [[0.6], [0.4]], [1, 0]),
        ("BinaryCrossEntropy(from_logits=True)", [[3.0, -1.0], [-2.0, 0.1]], [[1, 0], [0, 1]]),
        ("SoftmaxCrossEntropy()", [[0.0, 2.0, 1.0], [5.0, 2.0, 1.0]], [1, 0]),
        ("MeanSquaredError()", [[0.25], [7.0]], [[0.25], [7.0]]),
        ("HalfSquaredError()", [[0.25], [7.0]], [[0.25], [7.0]]),
        ("MeanAbsoluteError()", [[0.25], [7.0]], [[0.25], [7.0]]),
        ("Huber(delta=1.0)", [[0.25], [7.0]], [[0.25], [7.0]]),
    ],
)
def test_what_a_network_trained_with_this_loss_answers(case, raw, answers):
    assert CASES[case][0].predict(np.array(raw)).tolist() == answers


def test_far_logits_keep_their_exact_loss():
    """Where softmax underflows to 0, the loss still is the distance of the logits."""
    assert losses.SoftmaxCrossEntropy().forward(np.array([[1000.0, 0.0]]), [1])[0] == 1000.0
    assert losses.BinaryCrossEntropy().forward(np.array([[1000.0]]), [0])[0] == 1000.0
    assert losses.BinaryCrossEntropy().forward(np.array([[-1000.0]]), [0])[0] == 0.0
    assert losses.BinaryCrossEntropy(from_logits=False).forward(np.array([[0.0]]), [1])[0] == 100.0


# --- Planted errors: the contract must reject each of them ---------------------------------------------------------


class Wrong(Loss):
    """A loss with one planted error; its cache also holds what the error may need."""

    def __init__(self, right, compute=None, backward=None):
        self.right, self.wrong_compute, self.wrong_backward = right, compute, backward
        self.kept = None

    def prepare_targets(self, target, shape):
        return self.right.prepare_targets(target, shape)

    def compute(self, prediction, target):
        value, cache = self.right.compute(prediction, target)
        if self.wrong_compute:
            value = self.wrong_compute(prediction, target)
        self.kept = {**cache, "prediction given": prediction, "target given": target}
        return value, self.kept

    def backward(self, cache):
        if self.wrong_backward is None:
            return self.right.backward(cache)
        return self.wrong_backward(self, cache)

    def predict(self, prediction):
        return self.right.predict(prediction)


def slope_becomes(change):
    """Plant a change of the right slope."""
    return lambda right: Wrong(right, backward=lambda wrong, cache: change(wrong.right.backward(cache)))


def slope_is(formula):
    """Plant dprediction = formula(prediction, target)."""
    plant = lambda wrong, cache: formula(cache["prediction given"], cache["target given"])  # noqa: E731
    return (lambda right: Wrong(right, backward=plant)), "gradient"


def value_is(formula, check="value"):
    """Plant L = formula(prediction, target)."""
    return (lambda right: Wrong(right, compute=lambda p, t: float(formula(p, t)))), check


def changing_prediction(right):
    def backward(wrong, cache):
        cache["prediction given"][:] = 0
        return wrong.right.backward(cache)

    return Wrong(right, backward=backward)


EVERYWHERE = {
    "1 % too large": (slope_becomes(lambda slope: 1.01 * slope), "gradient"),
    "wrong sign": (slope_becomes(lambda slope: -slope), "gradient"),
    "zero": (slope_becomes(lambda slope: 0 * slope), "gradient"),
    "NaN": (slope_becomes(lambda slope: slope * np.nan), "gradient"),
    "factor 2": (slope_becomes(lambda slope: 2 * slope), "gradient"),
    "factor 1/2": (slope_becomes(lambda slope: slope / 2), "gradient"),
    "1/N missing": (slope_becomes(lambda slope: slope * len(slope)), "mean"),
    "1/N twice": (slope_becomes(lambda slope: slope / len(slope)), "mean"),
    "N hard-coded": (slope_becomes(lambda slope: slope * len(slope) / 32), "mean"),
    "rows in another order": (slope_becomes(lambda slope: slope[::-1]), "gradient"),
    "one row alone": (slope_becomes(lambda slope: slope[-1:]), "gradient"),
    "float64 out of float32": (slope_becomes(lambda slope: slope.astype(np.float64)), "float32"),
    "prediction changed in place": (changing_prediction, "purity"),
    "the latest cache": (
        lambda right: Wrong(right, backward=lambda wrong, cache: wrong.right.backward(wrong.kept)),
        "purity",
    ),
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def hot(p, t):
    return np.eye(p.shape[1])[t]


PLANTED = {
    losses.MeanSquaredError: {
        "the slope of half of it": slope_is(lambda p, t: (p - t) / p.size),
        "the slope of a sum over outputs": slope_is(lambda p, t: 2 * (p - t) / len(p)),
        "a sum for the mean": value_is(lambda p, t: ((p - t) ** 2).sum()),
        "a mean over samples alone": value_is(lambda p, t: ((p - t) ** 2).sum() / len(p)),
        "all compared with all": value_is(lambda p, t: ((p[:, :1] - t[:, 0]) ** 2).mean()),
    },
    losses.HalfSquaredError: {
        "factor 2 kept": slope_is(lambda p, t: 2 * (p - t) / len(p)),
        "a mean over outputs": slope_is(lambda p, t: (p - t) / p.size),
        "half forgotten": value_is(lambda p, t: ((p - t) ** 2).sum() / len(p)),
        "target minus prediction": slope_is(lambda p, t: (t - p) / len(p)),
    },
    losses.MeanAbsoluteError: {
        "sign forgotten": slope_is(lambda p, t: np.ones_like(p) / p.size),
        "the squared error's": slope_is(lambda p, t: 2 * (p - t) / p.size),
        "abs forgotten": value_is(lambda p, t: (p - t).mean()),
        "a sum over outputs": value_is(lambda p, t: np.abs(p - t).sum() / len(p)),
    },
    losses.Huber: {
        "never clipped": slope_is(lambda p, t: (p - t) / p.size),
        "always the sign": slope_is(lambda p, t: np.sign(p - t) / p.size),
        "a sum over outputs": slope_is(lambda p, t: np.clip(p - t, -1, 1) / len(p)),
        "not joined up": value_is(lambda p, t: np.where(abs(p - t) <= 1, (p - t) ** 2 / 2, abs(p - t)).mean()),
        "half forgotten": value_is(lambda p, t: np.where(abs(p - t) <= 1, (p - t) ** 2, abs(p - t) - 0.5).mean()),
    },
    losses.BinaryCrossEntropy: {
        "an extra sigma'": slope_is(lambda p, t: (sigmoid(p) - t) * sigmoid(p) * (1 - sigmoid(p)) / p.size),
        "sigmoid forgotten": slope_is(lambda p, t: (p - t) / p.size),
        "p - t from probabilities": slope_is(lambda p, t: (p - t) / p.size),
        "a sum over outputs": slope_is(lambda p, t: (sigmoid(p) - t) / len(p)),
        "only where the target is yes": value_is(lambda p, t: -(t * np.log(sigmoid(p))).mean()),
        "naive": value_is(lambda p, t: -(t * np.log(sigmoid(p)) + (1 - t) * np.log(1 - sigmoid(p))).mean(), "extremes"),
    },
    losses.SoftmaxCrossEntropy: {
        "softmax twice": slope_is(lambda p, t: (softmax(softmax(p)) - hot(p, t)) / len(p)),
        "an extra p (1 - p)": slope_is(lambda p, t: (softmax(p) - hot(p, t)) * softmax(p) * (1 - softmax(p)) / len(p)),
        "target forgotten": slope_is(lambda p, t: softmax(p) / len(p)),
        "a mean over classes": slope_is(lambda p, t: (softmax(p) - hot(p, t)) / p.size),
        "softmax over the batch": slope_is(lambda p, t: (softmax(p.T).T - hot(p, t)) / len(p)),
        "a sum for the mean": value_is(lambda p, t: -np.log(softmax(p)[np.arange(len(t)), t]).sum()),
        "naive": value_is(lambda p, t: -np.log(softmax(p)[np.arange(len(t)), t]).mean(), "extremes"),
    },
}

HARMLESS = {  # probabilities end at 0 and 1, where no exponential is too large; logits have no logarithm of their own
    "naive": {"BinaryCrossEntropy(from_logits=False)"},
    "log of 0": {"BinaryCrossEntropy(from_logits=True)"},
}


def rejected_by(make, case):
    """The names of the checks that reject the wrong loss on at least one of four samples."""
    loss, draw = CASES[case]
    found = set()
    for rows, outputs, seed in [(3, 4, 0), (5, 2, 1), (2, 3, 2), (4, 3, 3)]:
        prediction, target = map(locked, draw(np.random.default_rng(seed), rows, outputs))
        for name, check in CHECKS.items():
            try:
                with np.errstate(all="ignore"):
                    check(make(loss), prediction, target)
            except (AssertionError, ValueError, IndexError):
                found.add(name)
    return found


PLANTS = [
    pytest.param(case, *plant, id=f"{case}-{error}")
    for case, (loss, _draw) in CASES.items()
    for error, plant in {**EVERYWHERE, **PLANTED.get(type(loss), {})}.items()
    if case not in HARMLESS.get(error, ())
]


@pytest.mark.parametrize(("case", "make", "check"), PLANTS)
def test_the_contract_rejects_each_planted_error(case, make, check):
    assert check in rejected_by(make, case)


@pytest.mark.parametrize("case", CASES)
def test_a_wrapped_loss_without_an_error_passes(case):
    assert rejected_by(Wrong, case) == set()
