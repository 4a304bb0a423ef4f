"""What notebook 10 claims beyond what its cells show."""

import re

import numpy as np

from bplearn import Dense, check_gradients, h_curve
from bplearn.exercises import ALL, patient
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.wrong_gradients import RIGHT, WRONG
from tests.notebooks.claims import Claims, ran, said
from tests.notebooks.claims.by_hand import fits
from tests.notebooks.ledger import cells_of


def central(f, w, h):
    return (f(w + h) - f(w - h)) / (2 * h)


def cube(w):
    return w * w * w


CLAIMS = Claims()

CLAIMS.cited(
    "Lillicrap, Cownden, Tweed and Akerman 2016, Random synaptic feedback weights support error backpropagation",
    "Lillicrap and others studied it in 2016 under the name feedback alignment.)",
)


@CLAIMS.computed(
    "With half the step it is a quarter of that.",
)
def the_error_falls_with_the_square():
    errors = h_curve(cube, 2.0, gradient=12.0, h=[0.1, 0.05]).central
    assert np.isclose(errors[0] / errors[1], 4, rtol=1e-6)


@CLAIMS.computed(
    "A smaller step is no safer: at $10^{-7}$ the curve above is on its way up again.",
)
def no_safer():
    found = [h_curve(np.exp, w, gradient=np.exp(w), h=[1e-5, 1e-7]).central for w in np.linspace(0.5, 3, 50)]
    good, small = np.mean(found, axis=0)
    assert small > 10 * good


@CLAIMS.computed(
    "In float32, with 7 digits, the U is much higher and its bottom is elsewhere:",
)
def float32():
    steps = [10.0**-k for k in range(1, 8)]
    short = h_curve(lambda w: cube(np.float32(w)), 2.0, gradient=12.0, h=steps)
    long = h_curve(cube, 2.0, gradient=12.0, h=steps)
    assert min(short.central) > 100 * min(long.central)
    assert short.best_h > 10 * long.best_h
    assert np.finfo(np.float32).precision in (6, 7)


@CLAIMS.computed(
    "$f(w+h)$ and $f(w)$ differ by 0.00012, and the tolerance is 0.001.",
)
def within_the_tolerance():
    [source] = [cell.source for cell in cells_of("10") if cell.id == "cell-10-013"]
    assert "h=1e-5" in source
    assert "atol=1e-3" in source
    assert round(cube(2 + 1e-5) - cube(2.0), 5) == 0.00012 < 1e-3


@CLAIMS.computed(
    "The second is off by a thousandth.",
)
def a_thousandth():
    [source] = [cell.source for cell in cells_of("10") if cell.id == "cell-10-018"]
    [factors] = re.findall(r"for k in (\(.*?\))", source)
    assert np.isclose(eval(factors)[1] - 1, 0.001)
    assert eval(said("10", "cell-10-018"))[:2] == [True, False]


@CLAIMS.computed(
    "That is nobody's mistake, so such places are counted and left out:",
)
def kinks_are_counted():
    assert eval(said("10", "cell-10-022")) == ("right", 2)


@CLAIMS.computed(
    "So do square layers (a missing transpose), a single sample (a missing $1/N$), a batch of exactly 32 (a hard-coded 32), and one batch alone (a gradient that was not cleared).",
)
def what_hides_a_mistake():
    wrong = {one.name: one for one in WRONG}

    def same_as_right(name, samples, hidden=4, classes=3):
        rng = np.random.default_rng(0)
        x, t = rng.normal(size=(samples, 5)), np.eye(classes)[rng.integers(0, classes, samples)]
        arrays = [rng.normal(size=size) for size in ((5, hidden), (hidden,), (hidden, classes), (classes,))]
        return all(map(np.allclose, wrong[name](x, t, *arrays), RIGHT(x, t, *arrays)))

    assert [same_as_right("1/N missing", samples) for samples in (1, 10)] == [True, False]
    assert [same_as_right("N hard-coded", samples) for samples in (32, 10)] == [True, False]
    assert same_as_right("gradients not cleared", 10)  # the first batch has none before it
    for size in ((3, 3), (3, 2)):
        layer, dy = Dense(*size, rng=0), np.ones((4, size[1]))
        assert fits(dy, layer.W.value) == (size == (3, 3))


@CLAIMS.computed(
    'So "it trains" says no more than that.',
    trains=True,
)
def most_wrong_gradients_train():
    outcomes = ran("10")["outcomes"].values()
    assert sum(losses[-1] < losses[0] for losses, _ in outcomes) == 20
    assert sum(share >= 0.9 for _, share in outcomes) == 15


@CLAIMS.computed(
    "Four networks learn to read digits, from the same start and with the same batches.",
    "In each of the other three one line is broken.",
    "First the lines, then their four loss curves.",
    "(Some broken lines use more:",
    "The right lines, and three times a broken one: the slope of the tanh is forgotten; the error goes back through random numbers; the output weights are updated before the hidden error is computed.",
    "Its curve cannot be told from that of C, which even ends a little lower.",
    trains=True,
)
def B_and_C():
    names = ran("10")
    broken = {letter: changed.partition(" = ")[2] for letter, changed in names["letters"].items()}
    assert (broken["A"], broken["B"], broken["D"]) == ("da1", "", "dz2 @ random")
    assert "W2 - learning_rate * dW2" in broken["C"]
    assert sum(word in line for line in names["WRONG"].values() for word in ("before.", "random")) >= 3
    b, c = names["runs"]["B"], names["runs"]["C"]
    assert np.allclose(b, c, rtol=0.05)
    assert c[-1] < b[-1]


@CLAIMS.computed(
    "The checkers of this series therefore run every answer on several networks and batches, and on the first batch once more.",
)
def the_checkers_run_several():
    runs = []

    def watched(dy, x, W):
        runs.append(x.shape)
        return dy @ W.T, x.T @ dy, dy.sum(axis=0)

    assert grade(ALL["05.7"], watched).passed
    assert len(runs) > 3
    assert len(set(runs)) > 1
    assert runs.count(runs[0]) > 1


@CLAIMS.computed(
    "Only one of them is the largest.",
    "`winner = x == x.max(axis=0, keepdims=True)` finds the largest number of each *column*.",
    "With `keepdims` both broadcast, so no shape gives it away.",
)
def the_largest_of_a_row():
    x, sick, right = np.array([[1.0, 5.0, 2.0], [7.0, 0.0, 3.0]]), patient("10.2"), ALL["10.2"].solution
    by_column, by_row = sick(np.ones(2), x), right(np.ones(2), x)
    assert by_column.shape == by_row.shape == x.shape
    assert by_row.sum(axis=1).tolist() == [1, 1]
    assert (by_column != 0).sum(axis=0).tolist() == [1, 1, 1]
    assert by_column.sum(axis=1).tolist() != [1, 1]


@CLAIMS.computed(
    "With a tiny decay the check sees nothing: the first term of the loss is so much larger.",
)
def a_tiny_decay():
    verdicts = eval(said("10", "patient-2-decays"))
    assert verdicts[1e-09] == "right"
    assert verdicts[0.1] == "wrong"


@CLAIMS.computed(
    "`dW[t] += dy` reads `dW[t]`, adds, and writes back; where a row is named twice, the second writing replaces the first.",
)
def named_twice():
    t, dy = np.array([0, 2, 0]), np.array([[1.0], [2.0], [5.0]])
    assert patient("10.4")(dy, t, 4)[:, 0].tolist() == [5, 0, 2, 0]
    assert ALL["10.4"].solution(dy, t, 4)[:, 0].tolist() == [6, 0, 2, 0]


@CLAIMS.computed(
    "The largest difference:",
)
def the_largest():
    assert float(said("10", "patient-5-mean-run")) < 0.05


@CLAIMS.computed(
    "The loss was made with another one, so it is the derivative of a loss that nobody computed.",
)
def another_mask():
    assert "wrong" in said("10", "patient-5-report")
    x, W, r = np.random.default_rng(0).normal(size=(3, 6, 6))
    mask = np.random.default_rng(1).random(x.shape) < 0.8
    report = check_gradients(lambda W: (r * ((mask * x / 0.8) @ W)).sum(), W, gradient=lambda W: (mask * x / 0.8).T @ r)
    assert report.verdict == "right"


@CLAIMS.computed(
    "`forward` keeps the `z1` of the very first batch, so each later batch goes back through the mask of that one.",
)
def the_mask_of_the_first_batch():
    assert said("10", "patient-6-batches").strip("'") == "right"
    assert "W1 (4, 3) 12 of 12 1.3 1.7 wrong" in " ".join(said("10", "patient-6-second").split())


@CLAIMS.computed(
    "| float64, float32 | numbers with about 16 and with about 7 digits |",
    "On the left the two values of $f$ agree in nearly all of their 16 digits, and their difference is made of rounding.",
    "In float64 with $h = 10^{-5}$: below $10^{-7}$ it is right; above $10^{-3}$ it is wrong; in between, look for a kink or for numbers that are tiny beside the loss.",
    "The check found all 22.",
)
def digits_of_floats():
    assert np.finfo(float).eps < 10**-15
    assert round(-np.log10(np.finfo(float).eps)) == 16
    assert round(-np.log10(np.finfo(np.float32).eps)) == 7
    w, h = 2.0, 1e-5
    assert abs((cube(w + h) - cube(w - h)) / (2 * h) / 12 - 1) < 1e-7
    assert cube(2 + 1e-10) - cube(2 - 1e-10) < 1e-8 * cube(2.0)
    assert said("10", "cell-10-037") == "22"


@CLAIMS.computed(
    "You learn to check any gradient with a few lines, to read what the check can and cannot see, and then you find and mend six planted bugs.*",
)
def six_patients():
    assert sum(number.startswith("10.") for number in ALL) - 1 == 6


CLAIMS.defined(
    "Here each of the four is asked about each of the 22, and the cell counts how many it lets through.",
)


@CLAIMS.computed(
    "## Fifteen of twenty-two",
    "Fifteen of twenty-two look fine.",
    "## The check finds all twenty-two",
    "- Fifteen of twenty-two wrong gradients looked fine while training.",
)
def fifteen_look_fine():
    assert said("10", "cell-10-032").count("looks fine") == 15
    assert (said("10", "cell-10-029"), said("10", "cell-10-037")) == ("22", "22")


@CLAIMS.computed(
    "Now the experiment.",
    trains=True,
)
def the_lines_are_those_whose_number_the_prediction_knows():
    assert ran("10")["WRONG"] == {wrong.name: wrong.code for wrong in WRONG}


CLAIMS.cited(
    "assignments of CS231n and deeplearning.ai and the modules of TinyTorch test in these ways",
    "Courses often test a learner's code in one of four ways: the loss falls; the shapes are right; one gradient check on one batch; one example with known numbers.",
)
