"""Answers written apart that showed a fault: one passed, one got a false name, of one a false sentence was said."""

import pytest

from bplearn.exercises import check
from tests.exercises.apart import right_answers, whole_wrong_answers

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


@pytest.mark.parametrize("one", [one for one in right_answers() if one.exercise in ("10.4", "12.2", "12.3")])
def test_the_right_ones_of_the_changed_checks_still_pass(one):
    assert check(one.exercise, one.make()).passed
