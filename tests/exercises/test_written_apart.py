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


def test_nothing_false_is_said_of_where_an_answer_is_right():
    """Of the single sample's sizes several are 1: the sum of one bias is that bias, the softmax of one score is 1."""
    verdict = check("02.2", lambda x, W, b: x @ W + 2 * b.sum() - b)
    assert "1 sample" not in str(verdict.more)


def test_a_clinic_says_that_its_numbers_are_the_same_where_they_are():
    def relu_backward(dy, z):
        np.maximum(z, 0, out=z)
        return dy * (z > 0)

    assert check("10.5", relu_backward).mistakes == ("argument-changed",)
