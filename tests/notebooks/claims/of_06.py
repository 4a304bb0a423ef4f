"""What notebook 06 claims beyond what its cells show."""

import numpy as np

from bplearn import HalfSquaredError, Sigmoid, SoftmaxCrossEntropy, mlp
from bplearn.trace import trace_weight
from tests.notebooks.claims import Claims, ran, said


def paths_through(*hidden):
    """How many paths lead from the error to one weight of the first layer."""
    network = mlp(5, *hidden, 10, activation=Sigmoid, rng=0)
    return trace_weight(network, np.ones((1, 5)), np.array([3]), SoftmaxCrossEntropy(), 0, (1, 2)).count


CLAIMS = Claims()


@CLAIMS.computed(
    "So there are **two** paths:",
    "The first path says: make $w_1$ smaller.",
    "The second says: make it larger.",
    "The first is three times as strong, so the sum is positive:",
    "In percent of the sum, path 1 carries 152% and path 2 carries -52%.",
)
def two_paths():
    first, second = eval(said("06", "cell-06-012"))
    assert first > 0 > second
    assert 2.5 < first / -second < 3.5
    assert first + second > 0
    assert round(100 * first / (first + second)) == 152
    assert round(100 * second / (first + second)) == -52


@CLAIMS.computed(
    "With a third, 10,240.",
)
def paths_multiply():
    assert paths_through(32, 32, 32) == 10240


@CLAIMS.computed(
    "So the gradient doubles.",
)
def the_gradient_doubles():
    assert 0.10 / 0.05 == 2
    assert eval(said("06", "cell-06-032"))[1] == 2


@CLAIMS.computed(
    "The outputs are raw scores with a softmax behind them, so the derivative at an output is $p$ minus 1 or 0 (equation 4.9), and a path has four factors and not five.",
    trains=True,
)
def four_factors():
    names = ran("06")
    [path, *_] = names["trace"].paths()
    assert len(path.values) == 4
    p = np.exp(names["reader"](names["six"]))
    p /= p.sum()
    loss = SoftmaxCrossEntropy()
    dz = loss.backward(loss.forward(names["reader"](names["six"]), names["label"])[1])
    assert np.allclose(dz, p - np.eye(10)[names["label"]])


@CLAIMS.computed(
    "Ten paths, one for each class, but two of them carry it all: through `o7`, class 6, whose score should have been higher, and through `o2`, class 1, whose score should have been lower.",
    "Both say the same: a smaller weight would have helped.",
    "Here are the three strongest, and what is left over:",
    trains=True,
)
def two_of_ten_paths():
    trace = ran("06")["trace"]
    shares = [path.product for path in trace.paths()]
    assert len(shares) == 10
    assert min(shares[:2]) > 0
    assert sum(shares[:2]) > 0.99 * trace.gradient
    assert trace.gradient > 0
    assert len(trace.paths(top=3)) == 3


@CLAIMS.computed(
    "Negative means: a larger weight would lower the error.",
)
def against_the_sign():
    assert "-0.973281" in said("06", "cell-06-043")


@CLAIMS.computed(
    'No single weight is "the" cause, and that is why training moves them all a little.',
)
def blame_is_spread():
    assert "together 10.5%" in said("06", "cell-06-043")


@CLAIMS.computed(
    "In the middle it makes sense: less ink in the upper half of the stem (+, rows 2 and 3), more at the right side of the loop (-, column 6).",
    "That would look less like a 1.",
    trains=True,
)
def where_ink_would_help():
    gradient = ran("06")["culprits"].inputs.gradient.reshape(8, 8)
    assert gradient[2:4, 3:5].sum() > 0
    assert gradient[4:7, 6].sum() < 0


@CLAIMS.computed(
    "But the strongest cells stand at the rims, columns 0 and 7, where no digit is drawn.",
    trains=True,
)
def the_rims():
    names = ran("06")
    gradient = np.abs(names["culprits"].inputs.gradient.reshape(8, 8))
    strongest = np.argsort(-gradient.ravel())[:5] % 8
    assert set(strongest[:2]) <= {0, 7}
    assert np.isin(strongest, (0, 7)).sum() >= 3
    ink = names["training"].x.mean(axis=0).reshape(8, 8)
    assert ink[:, [0, 7]].max() < 0.1 * ink.max()


@CLAIMS.computed(
    "The last number counts the pixels whose weights moved farther: none.",
    trains=True,
)
def no_pixel_moved_farther():
    names = ran("06")
    assert names["moved"].argmax() == 16


@CLAIMS.computed(
    "So the network has a strong opinion about this pixel, drawn from three pictures.",
    trains=True,
)
def strong_opinion():
    names = ran("06")
    assert names["inked"] == 3
    assert names["moved"][16] > 1.5 * names["moved"].mean()


@CLAIMS.computed(
    "The derivative is exact only for a tiny step, but a tenth is still small here.",
)
def promised_and_happened():
    promised, happened = eval(said("06", "cell-06-051"))
    assert 0 < abs(promised - happened) < 0.01 * promised


@CLAIMS.computed(
    "So each sample has its own paths, and contributes one N-th of what it would give alone.",
    trains=True,
)
def each_sample_has_its_share():
    names = ran("06")
    assert np.allclose(names["four"].per_sample, np.array(names["alone"]) / 4)


@CLAIMS.computed(
    "Of the sixteen digits that pull hardest, eight are misread ones.",
    "List the strongest, and state the remainder exactly.",
    "- In a batch the derivative is the mean over the samples, and those with a large error pull hardest.",
    trains=True,
)
def who_pulls_hardest():
    names = ran("06")
    assert np.isin(names["loudest"], names["wrong"]).sum() == 8
    pulls, surprise = names["pull"], names["surprise"]
    errors = [
        surprise.forward(names["reader"](names["test"].x[[n]]), names["test"].targets[[n]])[0] for n in range(539)
    ]
    loud = np.argsort(errors)[-50:]
    assert pulls[loud].mean() > 5 * pulls.mean()
    strongest = names["everybody"].paths(top=10)
    assert np.isclose(strongest.sum + strongest.remainder, names["everybody"].gradient)


@CLAIMS.computed(
    "The input is 0, so is the derivative, so is every update.",
)
def no_ink_no_update():
    x, t = np.array([[0.0, 0.1]]), np.array([[0.01, 0.99]])
    for seed in range(5):
        trace = trace_weight(mlp(2, 2, 2, rng=seed), x, t, HalfSquaredError(), 0, (0, 0))
        assert trace.gradient == 0


@CLAIMS.computed("Here is the 6 with its signs and its strongest path.")
def the_panel_draws_both():
    text = said("06", "draw-panel-6")
    assert "row 2, column 0 (+)" in text
    assert "Strongest path of the error" in text


@CLAIMS.computed(
    "With a second hidden layer of 32 units there are 320, since a path may go through any of them.",
    "Another path has the opposite sign and carries -52%.",
    "It needs one multiplication for each arrow (40), not for each path.",
)
def counts_of_paths():
    assert paths_through(32) == 10
    assert paths_through(32, 32) == 320
    first, second = eval(said("06", "cell-06-012"))
    assert round(100 * second / (first + second)) == -52
    assert eval(said("04", "cell-04-061"))["arrows"] == 40


@CLAIMS.computed(
    "Three ways to one number: add the paths, run the backward pass, and nudge the weight.",
)
def three_ways():
    assert sum(word in said("06", "cell-06-026") for word in ("sum over paths", "backprop", "central difference")) == 3
