"""Each sentence that says what the learner's code did is a fact: it was looked up in the code or in the numbers."""

import numpy as np
import pytest

from bplearn.exercises import Status, check, exercise
from bplearn.exercises.engine.named_verdict import named_verdict
from bplearn.exercises.engine.stubs import holds_dots

GAP = ...


# three dots ----------------------------------------------------------------------------------------------------------


def a_column_by_a_fraction(x, W, b):
    return x[:, : len(b) / 2] @ W + b


def a_column_by_name(x, W, b):
    return x["width"] @ W + b


def axes_left_out(x, W, b):
    return np.einsum("d,dm->m", x, W) + b


@pytest.mark.parametrize("answer", [a_column_by_a_fraction, a_column_by_name, axes_left_out])
def test_numpys_word_ellipsis_is_no_gap(answer):
    verdict = check("02.2", answer)
    assert verdict.status is Status.ERROR
    assert "dots" not in str(verdict)


def in_a_product(x, W, b):
    return x @ ... + b


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, i: x[..., i],
        lambda x, i: x[..., i[0]],
        lambda x, i: x[..., 1:i],
        lambda x, i: x[..., len(i), None],
        lambda x, i: x[...],
        lambda x, i: x[i.size, ...].sum(axis=-1),
        lambda x, i: x[i, ..., np.newaxis] + 1,
    ],
)
def test_dots_in_an_index_are_none(answer):
    assert not holds_dots(answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: (x, ...),
        lambda x: [...],
        lambda x: np.dot(x, ...),
        lambda x: ... @ x,
        lambda x: -...,
        lambda x: x[0] + ...,
        lambda x: thinned(..., x),
    ],
)
def test_dots_elsewhere_are_some(answer):
    assert holds_dots(answer)


def in_a_call(x, W, b):
    return np.exp(...) + b


def from_the_notebook(x, W, b):
    return x @ W + GAP


@pytest.mark.parametrize(
    ("answer", "where"), [(in_a_product, "in it"), (in_a_call, "in it"), (from_the_notebook, "in what it uses")]
)
def test_dots_are_told_where_they_are(answer, where):
    verdict = check("02.2", answer)
    assert verdict.status is Status.NOT_ATTEMPTED
    assert f"Three dots are left {where}." in str(verdict)


# who raised ----------------------------------------------------------------------------------------------------------


def test_what_the_checker_raises_is_not_called_the_learners():
    class Half:
        def __init__(self, W1, b1, W2, b2):
            self.W1 = W1

        def forward(self, x):
            return x @ self.W1

    said = str(check("09.7", Half))
    assert "Your code raised" not in said
    assert "'Half' object has no attribute 'backward'" in said
    assert "cannot be called with the arguments" in str(check("01.2", lambda x: x))

    def steps(x, t, step, epochs, batch_size, rng):
        step(x, t, epochs)

    said = str(check("12.3", steps))
    assert "Your code raised TypeError at line" in said  # the call is the learner's

    def lines(x, t, step, epochs, batch_size, rng):
        step("all", t)

    assert "What you call at line" in str(check("12.3", lines))


# arguments -----------------------------------------------------------------------------------------------------------


def test_arguments_in_another_order_are_told():
    def hidden_delta(a1, W2, dz2):
        return dz2 @ W2.T * a1 * (1 - a1)

    verdict = check("05.6", hidden_delta)
    assert verdict.headline == "It is called as hidden_delta(dz2, W2, a1); yours takes (a1, W2, dz2)."
    assert not verdict.passed

    def with_a_slip(a1, W2, dz2):
        return dz2 @ W2.T * a1

    assert "yours takes" not in str(check("05.6", with_a_slip))


def test_an_argument_that_comes_back_unchanged_is_told():
    def update(parameters, grads, learning_rate):
        for one, slope in zip(parameters, grads, strict=True):
            one = one - learning_rate * slope
        return parameters

    assert "new W1 is parameters[0], as it came in." in str(check("09.5", update))
    assert "dz is dy, as it came in." in str(check("05.8", lambda dy, z: dy).more)


scale = 1.0


def test_a_harmless_variable_is_not_blamed():
    def dense_forward(x, W, b):
        return scale * np.sin(x @ W) + b

    verdict = check("02.2", dense_forward)
    assert verdict.mistakes == ()
    assert "scale" not in verdict.headline
    assert "scale" not in "".join(verdict.details)


# chance --------------------------------------------------------------------------------------------------------------


def thinned(values):
    return values * (np.random.rand(*values.shape) > 0.3)


def test_chance_is_not_called_memory():
    verdict = check("02.2", lambda x, W, b: thinned(x @ W + b))
    assert verdict.mistakes == ()
    assert "It draws random numbers" in str(verdict)
    seeded = check("02.2", lambda x, W, b: x @ W + b + np.random.default_rng(1).random())
    assert "It draws random numbers" not in str(seeded.more)


# names ---------------------------------------------------------------------------------------------------------------


def test_a_name_is_withheld_where_fresh_cases_tell_otherwise():
    def mean_in_small_batches(dy, x, W):
        db = dy.mean(axis=0) if len(dy) < 7 and dy.shape[1] < 4 and len(dy) > 2 else dy.sum(axis=0)
        return dy @ W.T, x.T @ dy, db

    verdict = check("05.7", mean_in_small_batches)
    assert not verdict.passed
    assert verdict.mistakes == ()

    def averaged(dy, x, W):
        return dy @ W.T, x.T @ dy, dy.mean(axis=0)

    assert check("05.7", averaged).mistakes == ("bias-averaged",)


def test_a_matrix_that_is_turned_is_no_other_order_of_what_is_returned():
    turned = check("11.2", lambda n, m, rng: (rng.normal(size=(m, n)) * np.sqrt(2 / n), np.zeros(m)))
    assert turned.mistakes == ("shape-of-weights-turned",)
    assert "W has" in str(turned)


def test_another_order_that_no_number_tells_from_a_mistake_is_named_beside_it():
    def fork(a, b):
        return a * (a + 2 * b), b * (2 * a + b)

    assert check("04.3", fork).mistakes == ("own-factor", "outputs-reordered")


def test_two_pairs_that_fit_are_two_pairs():
    groups = [("sign", "factor-two"), ("mean-missing", "bias-averaged")]
    headline = named_verdict(exercise("05.7"), groups, ()).headline
    assert headline.count("several things at once: ") == 2
    assert headline.count("; or: ") == 1
    assert headline.count("; and ") == 2
