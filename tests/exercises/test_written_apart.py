"""Answers written apart that showed a fault: one passed, one got a false name, of one a false sentence was said."""

import re

import numpy as np
import pytest

from bplearn.exercises import ALL, Choice, Status, check
from bplearn.exercises.engine.compare import leaves
from tests.exercises.apart import right_answers, third_wrong_answers, whole_wrong_answers

WHOLE = {(one.exercise, one.what): one for one in whole_wrong_answers()}


def of(number, what):
    return check(number, WHOLE[number, what].make())


def test_rows_that_nobody_picks_have_a_place_in_the_gradient_too():
    assert not of("10.4", "one row too many by max(t)").passed


def test_the_slope_of_exp_is_no_factor_of_a_product():
    assert of("04.4", "exp's derivative uses values[i], not e to it").mistakes == ("exp-of-the-input",)


def test_a_shuffle_in_place_is_not_called_another_source_of_randomness():
    verdict = of("12.2", "shuffled in place")
    assert "argument-changed" in verdict.mistakes
    assert "something else is drawn from" not in f"{verdict} {verdict.more}"


@pytest.mark.parametrize(
    ("number", "what", "mistake"),
    [
        ("05.2", "h's are swapped", "another-place"),
        ("06.2", "the hidden slope left out", "hidden-derivative-missing"),
        ("09.4", "x and a1 swapped", "inputs-exchanged"),
        ("09.6", "always the first order", "not-shuffled"),
        ("09.8", "not divided by N", "mean-missing"),
        ("10.3", "decay subtracted", "decay-turned"),
        ("10.6", "no mask in dW", "mask-forgotten"),
        ("13.3", "betas swapped", "betas-mixed"),
        ("14.3", "wait never reset", "waiting-not-renewed"),
    ],
)
def test_kinds_that_had_no_name_have_one(number, what, mistake):
    assert of(number, what).mistakes == (mistake,)


def test_every_right_one_passes_or_is_asked_for_as_a_number():
    answers = [(one, one.make()) for one in right_answers()]
    assert len(answers) > 240
    for one, answer in answers:
        verdict = check(one.exercise, answer)
        is_text = any(isinstance(part, str) and re.search(r"\d", part) for part in leaves(answer))
        if is_text and not isinstance(ALL[one.exercise], Choice):
            assert verdict.status is Status.NOT_ATTEMPTED, (one.exercise, one.what)
            assert "without quotes" in str(verdict)
        else:
            assert verdict.passed, (one.exercise, one.what)


@pytest.mark.parametrize(
    ("number", "what", "names"),
    [
        ("01.1", "the reciprocal forgotten: 1 + e^-z", ("brackets-missing", "reciprocal-forgotten")),
        ("02.3", "tanh form without z/2", ("half-of-z-forgotten",)),
        ("03.3", "TWO: dy sign reversed and not divided by N", ("sign", "mean-missing")),
        ("04.5", "bias left out of z (z = 0)", ("bias-forgotten",)),
        ("05.3", "mean of the two paths", ("mean-for-sum",)),
    ],
)
def test_what_had_a_false_name_has_a_true_one(number, what, names):
    one = next(one for one in third_wrong_answers() if (one.exercise, one.what) == (number, what))
    assert one.came.startswith(("refused, FALSE", "refused, only"))
    assert check(number, one.make()).mistakes == names


@pytest.mark.parametrize(
    ("number", "what", "names"),
    [
        ("10.2", "argmax of the row used as a row index", ("place-for-row",)),
        ("10.3", "decay removed from L instead of added to dW", ("decay-left-out",)),
        ("10.5", "z changed in place instead of dy", ("z-overwritten",)),
        ("11.2", "all units get the same weights", ("units-alike",)),
        ("11.2", "variance passed as the standard deviation", ("variance-for-deviation",)),
        ("12.1", "partial batches counted over all 12,580 samples", ("batches-across-epochs",)),
        ("12.3", "step outside the inner loop: only the last batch of each epoch", ("step-outside-the-loop",)),
        ("12.3", "x and t exchanged in the call", ("outputs-reordered",)),
        ("13.3", "TWO: uncorrected s in the root, epsilon inside it", ("correction-missing", "epsilon-in-root")),
        ("13.4", "decay made with the start weights (stale)", ("decay-of-the-first-weights",)),
        ("14.3", "counts only epochs that rise against the one before", ("only-rises-wait",)),
        ("15.2", "keepdims forgotten: axes of length 1 vanish", ("keepdims-forgotten",)),
        ("15.4", "returns after the first step", ("update-lost", "returned-in-the-loop")),
        ("15.6", "N hard-coded as 32", ("n-hard-coded",)),
        ("15.7", "only W1's gradient doubled by hand", ("factor-two",)),
        ("16.4", "in place: all entries of the list are the same array", ("one-array-for-all",)),
    ],
)
def test_slips_of_the_later_notebooks_have_names(number, what, names):
    one = next(one for one in third_wrong_answers() if (one.exercise, one.what) == (number, what))
    assert check(number, one.make()).mistakes == names


@pytest.mark.parametrize(
    ("number", "text", "name"),
    [
        (
            "13.1",
            "lambda v, g, learning_rate, momentum: (0.9 * v + g, -learning_rate * (0.9 * v + g))",
            "setting-written-in",
        ),
        ("14.1", "lambda scores, t: np.sum(scores.argmax(axis=1) == t) // len(t)", "all-or-nothing"),
        ("15.1", "lambda dy, a, b: (dy / b, -dy * a / (2 * b))", "twice-for-square"),
        ("15.6", "lambda x, t, w: 2 * x.T @ (x @ w) / len(x)", "target-forgotten"),
    ],
)
def test_a_kind_is_named_wherever_it_can_occur(number, text, name):
    assert check(number, eval(text)).mistakes == (name,)


def test_randomness_of_its_own_is_not_said_to_be_kept_from_earlier_calls():
    def dropout_layer(x, W, r, keep, rng):
        dropped = (np.random.default_rng().random(x.shape) < keep) * x / keep
        return np.sum(r * (dropped @ W)), dropped.T @ r

    assert check("10.6", dropout_layer).mistakes == ()


def test_nothing_false_is_said_of_where_an_answer_is_right():
    """Of the single sample's sizes several are 1: the sum of one bias is that bias, the softmax of one score is 1."""
    verdict = check("02.2", lambda x, W, b: x @ W + 2 * b.sum() - b)
    assert "1 sample" not in str(verdict.more)


def test_a_clinic_says_that_its_numbers_are_the_same_where_they_are():
    def relu_backward(dy, z):
        np.maximum(z, 0, out=z)
        return dy * (z > 0)

    assert check("10.5", relu_backward).mistakes == ("z-overwritten",)


def test_the_size_of_a_start_is_not_judged_by_one_row():
    def initialize(n_in, n_out, rng):
        return np.tile(rng.normal(size=n_out) * np.sqrt(2 / n_in), (n_in, 1)), np.zeros(n_out)

    verdict = check("11.2", initialize)
    assert verdict.mistakes == ("units-alike",)
    assert "too small" not in str(verdict.more)


def test_the_size_of_a_slope_alone_is_no_descent():
    def descend(slope, x, learning_rate, steps):
        for _ in range(steps):
            x = x - learning_rate * abs(slope(x))
        return x

    assert check("07.1", descend).mistakes == ("sign-lost-on-the-way",)
    assert check("01.4", lambda f, w, h: abs(f(w + h) - f(w - h)) / (2 * h)).mistakes == ("sign-lost-on-the-way",)


def test_one_thing_that_is_true_of_all_outputs_is_said_of_all():
    def update(parameters, grads, learning_rate):
        for p, g in zip(parameters, grads, strict=True):
            p = p - learning_rate * g
        return parameters

    assert check("09.5", update).mistakes == ("returned-unchanged",)
