"""What notebook 07 claims beyond what its cells show."""

import math
import re

import numpy as np

from bplearn import SGD, mlp
from bplearn.exercises import ALL
from bplearn.widgets import SURFACES
from tests.notebooks.claims import Claims, ran, said


def walk(rate, curvature=2, start=10.0, steps=10):
    """The places of gradient descent on a parabola, by the library's own step."""
    places = [start]
    for _ in range(steps):
        places.append(places[-1] + SGD(rate).delta(np.array([curvature * places[-1]]), rate).item())
    return places


CLAIMS = Claims()


@CLAIMS.computed(
    "The slope is positive, so the curve rises to the right.",
    "The steps get shorter by themselves, since the slope gets smaller.",
)
def down_the_parabola():
    places = eval(said("07", "cell-07-006"))
    assert np.allclose(places, walk(0.2), atol=1e-4)
    lengths = -np.diff(walk(0.2))
    assert (lengths > 0).all()
    assert (np.diff(lengths) < 0).all()
    assert np.allclose(lengths, [0.2 * 2 * x for x in walk(0.2)[:-1]])


@CLAIMS.computed(
    "A column belongs to a unit, so $w_1, w_2$ stand in the first column of the first table, and $w_5, w_6$ in the first column of the second.",
)
def columns_belong_to_units():
    first, second = eval(said("07", "cell-07-014"))
    assert np.allclose([row[0] for row in first], [0.149780716, 0.199561432])
    assert np.allclose([row[0] for row in second], [0.35891648, 0.408666186])


@CLAIMS.computed(
    "$w_7$ and $w_8$ became larger, because their derivatives are negative.",
)
def negative_derivatives_raise():
    assert eval(said("07", "cell-07-014"))[1][0][1] > 0.50
    assert eval(said("07", "cell-07-014"))[1][1][1] > 0.55


@CLAIMS.computed(
    "It is not worse.",
    "It is even a twentieth of a percent lower.",
    "So such a mistake can go unnoticed: **a training that works does not prove that its derivatives are right**.",
)
def the_wrong_order_goes_unnoticed():
    right, wrong = map(float, eval(said("07", "cell-07-032")))
    assert round(100 * (1 - wrong / right), 2) == 0.05
    assert max(right, wrong) < 1e-4


@CLAIMS.computed(
    r"For a curve of curvature $c$ (here 2) the factor is $1 - \eta c$, so a step leads downhill as long as",
)
def the_limit_of_the_rate():
    for curvature in (0.5, 2, 40):
        for share in (0.1, 0.9, 0.99, 1.01, 1.5):
            first, second = walk(share * 2 / curvature, curvature, steps=1)
            assert np.isclose(second / first, 1 - share * 2 / curvature * curvature)
            assert (abs(second) < abs(first)) == (share < 1)


@CLAIMS.computed(
    "But slow and zig-zag look alike here, although one needs a larger rate and the other a smaller one.",
)
def slow_and_zig_zag_look_alike():
    heights = {rate: np.square(walk(rate)) for rate in (0.05, 0.9, 0.1, 0.8)}
    assert all((np.diff(height) < 0).all() for height in heights.values())
    assert heights[0.1][-1] < heights[0.05][-1]
    assert heights[0.8][-1] < heights[0.9][-1]


@CLAIMS.computed(
    "Another curve, steeper:",
)
def steeper():
    [curvature] = re.findall(r"f\(x\) = (\d+) x²", ALL["07.5"].task)
    assert 2 * int(curvature) > 2


@CLAIMS.computed(
    "The first is a **local minimum**: lower than all that lies around it, but not the lowest place there is.",
    "The ball from 3 stays in the higher valley: every small step from there leads up, and the slope knows nothing of the other side.",
)
def two_valleys():
    rests = eval(said("07", "cell-07-f04"))
    (right, higher), (_, lower) = rests[3.0], rests[-3.0]
    assert higher > lower

    def height(w):
        return w**4 / 4 - 2 * w**2 + w / 2 + 5

    assert height(right) < min(height(right - 0.1), height(right + 0.1))


@CLAIMS.computed(
    "The second kind is a **saddle**: the lowest place along one weight, and the highest along another.",
    r"On $L = a^2/2 - b^2/2 + b^4/8$ it lies at (0, 0), and the two lowest places at $b = \pm\sqrt2$.",
)
def the_saddle():
    saddle = SURFACES["saddle"]

    def height(a, b):
        return saddle.height(np.array([a, b])) - saddle.height(np.zeros(2))

    assert np.isclose(height(0.3, 0.4), 0.3**2 / 2 - 0.4**2 / 2 + 0.4**4 / 8)
    assert (saddle.slope(np.zeros(2)) == 0).all()
    assert min(height(-0.1, 0), height(0.1, 0)) > 0
    assert max(height(0, -0.1), height(0, 0.1)) < 0
    places = np.linspace(-3, 3, 6001)
    lowest = places[np.argmin([height(0, b) for b in places])]
    assert np.isclose(abs(lowest), math.sqrt(2), atol=1e-3)


@CLAIMS.computed(
    "The third kind is a **plateau**: not flat, but nearly.",
)
def nearly_flat():
    places = eval(said("07", "cell-07-f08"))
    assert 0 < places[1] - places[0] < 0.2  # a hundred steps
    assert places[5] - places[4] > 4  # two hundred others


@CLAIMS.computed(
    "Here there is one sample, so nothing is drawn, and `SGD` takes the plain step (7.1).",
)
def the_plain_step():
    assert SGD(0.5).delta(np.array([0.2]), 0.5) == -0.5 * 0.2


@CLAIMS.computed(
    "The smallest network has one weight and one bias.",
)
def one_weight_and_one_bias():
    assert sum(p.value.size for p in mlp(1, 1, rng=0).parameters()) == 2


@CLAIMS.computed(
    "And the history up to there is kept, so you can see that it went wrong from the first steps on:",
    trains=True,
)
def the_history_is_kept():
    losses = ran("07")["stopped"].history.step_loss
    assert losses[3] > losses[0]


@CLAIMS.computed(
    "One searches: a tenth of what diverged; if the curve is then calm but slow, double the rate until it trembles, and go back one step.",
)
def halve_and_double():
    for curvature in (1, 2, 20):
        diverged = 1.1 * 2 / curvature
        assert abs(walk(diverged, curvature)[-1]) > 10
        for rate in (diverged / 10, diverged / 5, diverged / 2.5):
            assert abs(walk(rate, curvature)[-1]) < 10


@CLAIMS.computed(
    r"| $\partial E / \partial w$ | its derivative: the slope | 20 |",
    "| 0.2 | 0.6 | **good** |",
    "| 0.9 | −0.8 | **zig-zag**: over the bottom to the other side, each time a little lower |",
)
def the_table_of_rates():
    assert np.isclose((walk(0.2)[0] - walk(0.2)[1]) / 0.2, 20)
    for rate, factor in ((0.2, 0.6), (0.9, -0.8)):
        assert math.isclose(walk(rate)[1] / walk(rate)[0], factor)


@CLAIMS.computed(
    "$w_5$ went from 0.40 to 0.359, $w_1$ from 0.15 to 0.14978:",
    "0.25 comes near $1/c = 0.302$, and each step makes the error 34 times smaller.",
)
def what_moved():
    new = eval(said("07", "cell-07-014"))
    assert round(new[1][0][0], 3) == 0.359
    assert round(new[0][0][0], 5) == 0.14978
    curvature = np.mean(np.linspace(-3, 3, 20) ** 2)
    assert round(1 / curvature, 3) == 0.302
    assert round((1 - 0.25 * curvature) ** -2) == 34


CLAIMS.cited(
    "Matt Mazur, A Step by Step Backpropagation Example",
    "The page prints these eight weights, digit for digit.",
)


@CLAIMS.computed(
    "Its eight weights are right; its error must come from a program that sent the hidden error through the *new* output weights.",
)
def eight_right_and_one_wrong():
    assert said("07", "cell-07-016") == "True"
    assert eval(said("07", "cell-07-029"))["output weights first"] == 0.291027923905
