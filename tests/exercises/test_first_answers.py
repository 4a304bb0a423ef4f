"""What newcomers typed, and what they are told: the task, the slip by its name, words that are known by then."""

import html
import math
from math import exp

import numpy as np
import pytest

from bplearn import ArgumentError
from bplearn.course.tasks import task
from bplearn.exercises import ALL, Status, check, hint, recall
from bplearn.exercises.chapters.questions import QUESTIONS
from bplearn.exercises.engine.compare import close, describe, leaves
from bplearn.exercises.engine.exercise import Code, call
from bplearn.exercises.engine.feedback import first_seen, small_case
from bplearn.exercises.engine.free_variables import free_variables
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.engine.named_verdict import named_verdict
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.run_cases import reference
from bplearn.exercises.engine.typed_numbers import how_off
from bplearn.exercises.engine.versions import applicable, mutant_results, single_mutants
from tests.exercises import planted_first


def number(one):
    return one.number


# the task -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", ALL.values(), ids=number)
def test_an_empty_answer_is_told_the_task(one):
    verdict = check(one.number, ...)
    assert verdict.status is Status.NOT_ATTEMPTED
    assert one.listing() == verdict.headline
    assert one.task in " ".join(str(verdict).split())
    assert html.escape(one.task, quote=False).split("`")[0] in verdict._repr_html_()


@pytest.mark.parametrize("one", [one for one in ALL.values() if isinstance(one, Code)], ids=number)
def test_a_gap_is_told_the_task_as_well(one):
    space = {}
    exec(f"def answer(*arguments):\n    gap = ...\n    return gap + {len(one.outputs)}", space)
    verdict = check(one.number, space["answer"])
    assert verdict.status is Status.NOT_ATTEMPTED
    assert one.task in " ".join(str(verdict).split())


@pytest.mark.parametrize("one", ALL.values(), ids=number)
def test_a_task_is_short(one):
    assert len(one.task) < 430


def test_a_recall_question_is_listed_once():
    for one in QUESTIONS.values():
        assert str(recall(one.number)).count(one.task) == 1


def test_a_choice_says_what_to_type():
    assert "letter of your choice" in str(check("01.3", ...))
    assert all("a) " in str(check(one.number, ...)) for one in ALL.values() if isinstance(one, Choice))


# words that are known by then ---------------------------------------------------------------------------------------

FROM = {  # the notebook that explains a word
    "layer": 2, "batch": 2, "forward": 2, "loss": 3, "softmax": 3, "score": 3, "entropy": 3, "dE": 3, "dL": 3,
    "backward": 4, "epoch": 0, "learning rate": 7, "momentum": 13, "Adam": 13, "RMSProp": 13,
}  # fmt: skip
GENERAL = {"sign", "factor-two", "depends-on-earlier-calls", "argument-changed", "notebook-variable"}
PAIRS = [
    (one, name)
    for one in ALL.values()
    if isinstance(one, Code | Number)
    for name in sorted({mistake.name for mistake in applicable(one)} | GENERAL | {"outputs-reordered"})
]


def test_the_pairs_are_many():
    assert len(PAIRS) > 700
    assert len({one.number for one, _ in PAIRS}) > 40


def test_a_verdict_never_leads_to_a_notebook_that_is_still_to_come():
    for one, name in PAIRS:
        verdict = named_verdict(one, [(name,)], ())
        assert "" < verdict.section[:2] <= one.number[:2], (one.number, name)
        assert verdict.questions[0].endswith("?"), name
        early = [word for word, notebook in FROM.items() if notebook > int(one.number[:2])]
        said = " ".join((verdict.headline, *verdict.questions, *verdict.examples))
        assert [word for word in early if word in said] == [], (one.number, name)


def test_the_same_mistake_in_other_words_early_and_late():
    early, late = (named_verdict(ALL[number], [("sign",)], ()) for number in ("01.4", "03.2"))
    assert early.section == "01_one_neuron.ipynb, a slope by nudging"
    assert late.section == "03_cost_functions.ipynb, the squared error"
    assert "error" not in " ".join((*early.questions, *early.examples))
    assert "error" in late.questions[0]


def test_assignments_stand_after_the_notebooks():
    assert named_verdict(task("A1.1").exercise, [("stale-cache",)], ()).section.startswith("09_")


# a variable of the notebook -----------------------------------------------------------------------------------------

SPACE = {
    "np": np,
    "w": np.array([2.0, -3.0]),
    "z": 1.0,
    "o": np.full((1, 1), 0.75),
    "eps": 1e-8,
    "N": 5,
    "rates": [1, 2.5],
}


def defined(text):
    space = dict(SPACE)
    exec(text, space)
    return space["f"]


@pytest.mark.parametrize(
    ("text", "unread", "variables"),
    [
        ("def f(g, x, h): return (g(w + h) - g(w - h)) / (2 * h)", ("x",), ("w",)),
        ("def f(x, w, b): return 1 / (1 + np.exp(-z))", ("x", "w", "b"), ("z",)),
        ("def f(y, t): return (y - t) * o * (1 - o)", (), ("o",)),
        ("def f(x):\n    a = [w[k] for k in range(2)]\n    return a", ("x",), ("w",)),
        ("def f(x, y): return [x * y for _ in range(2)]", (), ()),
        ("def f(x):\n    def inner(): return x + w\n    return inner()", (), ("w",)),
        ("def f(x): return x + eps", (), ()),
        ("def f(x, h): return x + N", ("h",), ("N",)),
        ("def f(x): return x + N", (), ()),
        ("def helper(x): return w\ndef f(x): return helper(x)", (), ()),
        ("def f(x, _):\n    w = 2 * x\n    return w", (), ()),
        ("def f(x): return rates[0] * x", (), ("rates",)),
        ("def f(*xs, **more): return xs, more", (), ()),
        ("f = np.exp", (), ()),
        ("class f:\n    pass", (), ()),
    ],
)
def test_what_a_function_reads(text, unread, variables):
    found = free_variables(defined(text))
    assert (found.unread, found.variables) == (unread, variables)


def test_a_variable_of_the_notebook_is_named():
    verdict = check("01.4", defined("def f(g, x, h): return (g(w + h) - g(w - h)) / (2 * h)"))
    assert verdict.headline == "Your function uses the notebook's `w`, and never its argument `x`."
    assert verdict.mistakes == ("notebook-variable",)
    verdict = check("05.5", defined("def f(y, t): return (y - t) * o * (1 - o)"))
    assert verdict.headline == "Your function uses `o` of the notebook, which is none of its arguments."
    verdict = check("01.2", defined("def f(x, w, b): return 1 / (1 + np.exp(-z))"))
    assert "never its arguments `x`, `w` and `b`." in verdict.headline


def test_a_variable_that_explains_nothing_is_mentioned_and_not_named():
    verdict = check("05.5", defined("def f(y, t): return (y - t) * y + 0 * o"))
    assert verdict.mistakes == ("slope-one-factor",)
    verdict = check("05.5", defined("def f(y, t): return (y - t) * y * y + 0 * o"))
    assert verdict.mistakes == ()
    assert verdict.headline == "Wrong, in a way that has no name here."
    assert "Your function uses `o` of the notebook, which is none of its arguments." in verdict.aside


def test_an_exception_does_not_hide_it():
    verdict = check("02.2", defined("def f(x, W, b): return x @ w[:, None, None] + b"))
    assert verdict.mistakes == ("notebook-variable",)
    assert "Your code raised ValueError" in str(verdict)


@pytest.mark.parametrize("one", [one for one in ALL.values() if isinstance(one, Code)], ids=number)
def test_no_solution_and_no_known_wrong_version_uses_a_variable(one):
    assert free_variables(one.solution).variables == ()
    for mutant in single_mutants(one):
        assert free_variables(mutant.make()).variables == ()


def test_a_right_answer_may_use_what_it_likes():
    assert check("01.2", defined("def f(x, w, b): return 1 / (1 + np.exp(-(x @ w + b))) + 0 * z")).passed


# nothing that contradicts an output that is right -------------------------------------------------------------------


def test_candidates_that_contradict_a_right_output_are_dropped():
    as_they_lie = check("12.2", planted_first.batches_as_they_lie)
    assert as_they_lie.mistakes == ("not-shuffled",)
    assert "Right: sizes of the batches, visits of each sample, targets that fit." in str(as_they_lie.more)
    apart = check("12.2", planted_first.batches_shuffled_apart)
    assert apart.mistakes == ("shuffled-alone",)


@pytest.mark.parametrize("one", [one for one in ALL.values() if isinstance(one, Code)], ids=number)
def test_no_wrong_version_leaves_right_what_its_mistake_spoils(one):
    _, right = reference(one)
    for mutant, seen in mutant_results(one):
        for mistake in mutant.mistakes:
            affected = [name for name in mistake.spoils if name in one.outputs]
            pairs = [(a.values[n], b.values[n]) for a, b in zip(seen, right, strict=True) if a.values for n in affected]
            assert not pairs or not all(close(*pair) for pair in pairs), (mutant.source, mistake.name)


# sentences ----------------------------------------------------------------------------------------------------------


def test_single_numbers_have_sentences_of_their_own():
    text = str(check("05.4", (0.0011, 0.000645)))
    assert "entries" not in text
    assert "dw2 = 0.0011 is too small." in text
    assert describe("a", np.array(0.50002), np.array(0.5)) == "a is off by 2e-5."
    assert describe("test rows", np.ones(2), np.zeros(2)) == "Every entry of test rows is too large by 1."
    assert describe("paths", np.array([1.0, 2.0]), np.array([1.5, 4.0])).startswith(
        "paths are off everywhere, by up to 2"
    )
    assert describe("a", np.ones(2), np.array(1.0)) == "a should be one number; it has shape (2,)."
    assert "it is one number" in str(check("08.1", 0.3))
    assert "= 0 is too near" in str(check("05.1", (-0.0, 0.0)))


@pytest.mark.parametrize(
    ("typed", "want", "words"),
    [
        (0.13, 0.1385, "d = 0.13 is too small."),
        (0.15, 0.1385, "d = 0.15 is too large."),
        (-0.02, -0.0381, "d = -0.02 is too near to 0."),
        (-0.2, -0.0381, "d = -0.2 is too far from 0."),
        (0.0381, -0.0381, "d = 0.0381 has the right size but the wrong sign."),
        (0.2, -0.0381, "d = 0.2 has the wrong sign."),
        (float("nan"), 0.5, "d = nan is not right."),
    ],
)
def test_a_typed_number_is_not_told_its_distance(typed, want, words):
    assert how_off("d", typed, {"d": want}, 5e-3) == words


def test_shapes_that_are_typed_wrong_are_not_given_away():
    text = str(check("02.1", ((64, 11), (10,), (32, 10))))
    assert "W's columns = 11 is not right." in text
    assert "off by" not in text


@pytest.mark.parametrize("one", [one for one in ALL.values() if isinstance(one, Code)], ids=number)
def test_a_batch_is_spoken_of_where_there_is_one(one):
    first = first_seen(one, one.cases()[0])
    assert ("a batch of 5" in first) == any(f"{name} (5" in first for name in ("x", "y", "z", "dy", "dz2", "z2"))
    assert first.endswith(".")
    assert "no arrays" not in first


def test_where_an_answer_is_right():
    def five(y, t):
        return (y - t) * y * (1 - y) * (1 if len(y) == 5 else 3.5)

    assert "It is right with 5 samples in the batch, and wrong with 1, 3, 4 or 6." in str(check("05.5", five))
    overflowing = str(check("02.3", lambda z: np.exp(z) / (1 + np.exp(z))).more)
    assert "It is wrong only with very large numbers and with one very large number." in overflowing
    small = str(check("05.5", lambda y, t: (y - t) * y * (1 - y) + 0.1 * (y.dtype == np.float32)))
    assert "It is wrong only with float32 numbers." in small
    assert "It is right in 1 of 8 cases." in str(check("01.2", planted_first.neuron_of_two))


def test_an_unknown_mistake_is_still_called_wrong():
    assert check("01.2", lambda x, w, b: 0.4).headline == "Wrong, in a way that has no name here."


def test_a_small_case_is_shown_with_both_numbers():
    text = str(check("01.4", lambda f, x, h: (f(x + h) - f(x)) / h).more)
    assert "For example with f(w) = w², w = 3, h = 0.5: slope should be 6; yours is 6.5." in text
    text = str(check("07.1", lambda slope, x, rate, steps: x - rate * slope(x)).more)
    assert "learning_rate = 0.25, steps = 2: x should be 2.5; yours is 5." in text
    text = str(check("04.4", lambda operations, values: [1.0] * len(values)))
    assert 'operations = [("mul", 0, 1)], values = [2, 3, 6]: derivatives should be [3, 2, 1]' in text


@pytest.mark.parametrize("one", [one for one in ALL.values() if isinstance(one, Code)], ids=number)
def test_small_cases_are_small_and_true(one):
    for mutant, _ in mutant_results(one)[:12]:
        text = small_case(one, mutant.make())
        assert len(text) < 420
        assert text.count("should be") == text.count("yours is") <= 2
    assert small_case(one, one.solution) == ""


def test_a_small_case_is_not_shown_for_what_depends_on_earlier_calls():
    kept = []

    def output_delta(y, t):
        kept.append((y, t))
        return (kept[0][0] - kept[0][1]) * kept[0][0] * (1 - kept[0][0])

    verdict = check("05.5", output_delta)
    assert verdict.mistakes == ("stale-cache",)
    assert "For example" not in str(verdict)


def test_small_cases_have_the_rates_that_are_given_and_right_numbers_that_exist():
    texts = [small_case(ALL["13.3"], mutant.make()) for mutant, _ in mutant_results(ALL["13.3"])]
    shown = [text for text in texts if text]
    assert shown
    assert all("step = 1, learning_rate = 0.1, beta1 = 0.9, beta2 = 0.99" in text for text in shown)
    assert all("nan" not in text.split(" yours ")[0] for text in shown)


def test_most_exercises_have_a_small_case():
    plain = [one for one in ALL.values() if isinstance(one, Code) and one.observe is call]
    shown = [one for one in plain if any(small_case(one, mutant.make()) for mutant, _ in mutant_results(one))]
    assert {one.number for one in plain} - {one.number for one in shown} <= {
        "09.5",
        "09.6",
        "10.1",
        "10.6",
        "14.3",
        "15.2",
        "15.4",
        "15.5",
        "16.4",
    }


def test_facts_are_said_in_words():
    text = str(check("12.3", lambda x, t, step, epochs, batch_size, rng: step(x, t)).more)
    assert "step is called 1 time: too seldom." in text
    assert "The sizes of the batches are not right: 17." in text
    text = str(check("12.3", planted_first.train_in_one_order).more)
    assert "Every epoch has the same order." in text
    assert "is 0" not in text
    ones = check("11.2", lambda n, m, rng: (np.ones((n, m)), np.zeros(m)))
    assert "Rows or columns of W repeat: its units do not start different." in str(ones.more)


# layouts, exceptions, what is printed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "answer"),
    [
        ("02.2", lambda x, W, b: W @ x + b),
        ("05.7", lambda dy, x, W: (W.T @ dy, dy @ x.T, dy.sum(axis=1, keepdims=True))),
    ],
)
def test_an_answer_in_the_other_layout_is_told_so(one, answer):
    verdict = check(one, answer)
    assert verdict.passed
    assert "It is right in the other layout: columns" in str(verdict)
    assert "With the shapes of this notebook it would fail." in str(verdict)


def test_math_takes_one_number():
    def sigmoid(z):
        return 1 / (1 + exp(-z))

    def by_module(z):
        return 1 / (1 + math.exp(-z))

    for answer in (sigmoid, by_module):
        text = str(check("02.3", answer))
        assert "math.exp takes one number, and here it gets an array: use np.exp." in text
    assert "A function for one number" in str(check("02.3", lambda z: float(z)))


def test_the_two_shapes_of_a_product_that_does_not_fit():
    def dense_backward(dy, x, W):
        dx = dy @ W.T
        dW = dy @ x
        return dx, dW, dy.sum(axis=0)

    text = str(check("05.7", dense_backward))
    assert "`dy` (5, 2) @ `x` (5, 3): the inner sizes must agree, and 2 is not 5." in text
    assert "gufunc" not in text

    def hidden_delta(dz2, W2, a1):
        return (dz2 @ W2.T) @ a1 * (1 - a1)

    text = str(check("05.6", hidden_delta))
    assert "`dz2 @ W2.T` (5, 4) @ `a1` (5, 4): the inner sizes must agree, and 4 is not 5." in text

    class Network:
        def __init__(self, W1, b1, W2, b2):
            self.W1 = W1

        def forward(self, x):
            return self.W1 @ x

    text = str(check("09.7", Network))
    assert "`self.W1` (3, 4) @ `x` (5, 3): the inner sizes must agree, and 4 is not 5." in text


def test_a_product_whose_line_is_not_known():
    space = {}
    exec("def f(dy, x, W):\n    return dy @ W, x.T @ dy, dy.sum(axis=0)", space)
    assert "inner sizes must agree; here they are 2 and 3." in str(check("05.7", space["f"]))


def test_what_is_printed_is_shown_with_the_verdict():
    def neuron(x, w, b):
        print("x is", x.shape)
        return 1 / (1 + np.exp(-(x @ w + b)))

    verdict = check("01.2", neuron)
    assert verdict.passed
    assert str(verdict).count("It printed: x is (3,)") == 1
    assert "x is (3,)" in verdict._repr_html_()

    def loud(x, w, b):
        for k in range(10_000):
            print(k * "-")
        return x @ w

    text = str(check("01.2", loud))
    assert "It printed:" in text
    assert len(text) < 1500


# typed numbers ------------------------------------------------------------------------------------------------------


def test_three_significant_digits_are_enough_everywhere():
    for one in ALL.values():
        if isinstance(one, Number) and one.tolerance > 1e-4:
            typed = tuple(float(f"{value:.3g}") for value in leaves(one.solution()))
            assert check(one.number, typed).passed, one.number
    assert check("01.1", (0.378, 0.593)).passed
    assert check("05.1", (-0.0446, 0.134)).passed
    assert "three significant ones will do" in check("05.1", (-0.045, 0.134)).headline


def test_right_numbers_in_another_order():
    verdict = check("01.1", (0.5933, 0.3775))
    assert verdict.headline == "The right numbers, in another order. Asked for is (z, a)."
    assert check("05.7", planted_first.input_last).headline.endswith("Asked for is (dx, dW, db).")
    assert check("05.2", (0.0794, -0.0266)).mistakes == ("gradient-transposed",)


def test_part_of_a_batch_is_an_update():
    assert "round up" in check("12.1", (39.28, 392.8)).headline
    assert check("12.1", (39, 390)).mistakes == ("last-batch-dropped",)
    assert check("02.1", ((64.5, 10), (10,), (32, 10))).headline == "A shape holds whole numbers."


# hints and numbers that are none ------------------------------------------------------------------------------------


def test_after_the_last_hint_the_solution_is_pointed_to():
    assert "solution" not in "".join(str(hint("01.2")) for _ in range(3))
    assert 'That was the last hint. solution("01.2") shows the solution.' in str(hint("01.2"))
    assert hint("01.2", 3).text == ALL["01.2"].hints[2]


def test_a_number_without_its_zero_is_understood_first():
    with pytest.raises(ArgumentError, match=r"Did you mean 02\.3, "):
        hint("2.3")


def test_the_sigmoid_of_the_solution_does_not_warn():
    with np.errstate(over="raise", invalid="raise"):
        found = ALL["02.3"].solution(np.array([-1000.0, 0.0, 2.0, 1000.0]))
    np.testing.assert_allclose(found, [0, 0.5, 0.880797077978, 1], rtol=1e-11)
    assert "NumPy warns at -1000" in str(check("02.3", lambda z: 1 / (1 + np.exp(-z))))
    assert "warns" not in str(check("02.3", ALL["02.3"].solution))


def test_a_mean_over_the_samples_alone_is_named_in_an_assignment():
    def over_samples(y, t):
        return np.sum(np.log(np.cosh(y - t))) / len(y), np.tanh(y - t) / len(y)

    def only_dy(y, t):
        return np.mean(np.log(np.cosh(y - t))), np.tanh(y - t) / len(y)

    for answer in (over_samples, only_dy):
        assert grade(task("A2.3").exercise, answer).mistakes == ("mean-over-samples",)
