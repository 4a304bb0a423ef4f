"""What notebook 11 claims beyond what its cells show."""

import numpy as np

from bplearn import mlp
from bplearn.exercises import ALL
from bplearn.exercises.engine.grading import grade
from bplearn.initializers import glorot_normal, he_normal, lecun_normal, zeros
from bplearn.layers import LeakyReLU, ReLU, Sigmoid, Tanh
from tests.notebooks.claims import Claims, ran, said


def mean_square(numbers):
    return np.mean(np.square(numbers))


def slope_at(layer, z):
    return layer.backward(np.ones((1, 1)), layer.forward(np.array([[float(z)]]))[1])[0].item()


CLAIMS = Claims()

CLAIMS.cited(
    "He, Zhang, Ren and Sun 2015, Delving Deep into Rectifiers",
    "He and others gave the half back:",
)

CLAIMS.cited(
    "He, Zhang, Ren and Sun 2016 (residual networks); Ioffe and Szegedy 2015 (batch normalization)",
    "(Networks of many more layers have two further cures: *skip connections*, which lead the error past a layer on a path with the factor 1, and *normalisation*, which brings the sums of each layer back to size 1.",
)


@CLAIMS.computed(
    "The simplest start would be zero for every weight.",
)
def zero_for_every_weight():
    assert not any(p.value.any() for p in mlp(3, 4, 2, weights=zeros, rng=0).parameters())


@CLAIMS.computed(
    "The biases may start at 0, since the weights already differ.",
)
def zero_biases_tie_nothing():
    for seed in range(5):
        network = mlp(8, 6, 3, activation=Tanh, rng=seed)
        assert not network[0].b.value.any()
        hidden = network.forward(np.random.default_rng(seed).normal(size=(5, 8)))[1][1].y
        assert len(np.unique(hidden[0])) == 6


@CLAIMS.computed(
    "Two inputs, each +1 or −1, so their mean square is 1.",
)
def by_hand():
    assert mean_square([1, -1, -1, 1]) == 1


@CLAIMS.computed(
    "On average the second part is 0: the weights are drawn independently, so $w_i w_j$ is as often positive as negative.",
)
def mixed_products_cancel():
    for seed in range(5):
        first, second = lecun_normal((2, 100_000), np.random.default_rng(seed))
        spread = first.std() * second.std()
        assert abs((first * second > 0).mean() - 0.5) < 0.01
        assert abs((first * second).mean()) < 0.02 * spread


@CLAIMS.computed(
    "0.08, 0.0064, 0.0005, and nothing is left for the tenth layer to read.",
    "Or 8, 64, 512, and a thousand million in the tenth.",
)
def what_is_left():
    faint, loud = ([factor**k for k in (1, 2, 3, 10)] for factor in (0.08, 8))
    assert np.allclose(faint[:3], [0.08, 0.0064, 0.0005], rtol=0.03)
    assert loud[:3] == [8, 64, 512]
    for expected, found in zip((faint, loud), eval(said("11", "cell-11-012")), strict=True):
        assert np.allclose(found, expected, rtol=0.1)
    assert found[3] > 0.9e9


@CLAIMS.computed(
    "## A ReLU throws half away",
    "The ReLU makes them 0, 0, 1, 2, with the mean square 1.25: half.",
    "So with (11.3) each layer multiplies the mean square by one half.",
    "A ReLU halves the mean square:",
)
def half():
    assert mean_square([-2, -1, 1, 2]) == 2.5
    assert mean_square(ReLU().forward(np.array([[-2.0, -1, 1, 2]]))[0]) == 1.25 == 2.5 / 2
    for seed in range(5):
        z = np.random.default_rng(seed).normal(size=(1, 100_000))
        assert abs(mean_square(ReLU().forward(z)[0]) / mean_square(z) - 0.5) < 0.02


@CLAIMS.computed(
    "Three digits or more.",
)
def the_tolerance_of_the_exercise():
    assert grade(ALL["11.1"], 0.177).passed
    assert not grade(ALL["11.1"], 0.18).passed


@CLAIMS.computed(
    "(They still shrink from layer to layer, since tanh itself makes every number a little smaller.)",
)
def tanh_makes_smaller():
    z = np.linspace(-4, 4, 80)[None]
    assert (abs(Tanh().forward(z)[0]) < abs(z)).all()


@CLAIMS.computed(
    "Because of the slope, by which backward multiplies:",
    "A unit out there passes on a thousandth of the error, whether it is right or wrong.",
)
def slopes_far_out():
    assert 0.0005 < slope_at(Tanh(), 4) < 0.0014
    assert 0.0005 < slope_at(Tanh(), -4) < 0.0014


@CLAIMS.computed(
    "From weights of size 1 the network learns too, but each time its loss is more than five times as large.",
    trains=True,
)
def saturated_from_the_start():
    names = ran("11")
    assert all(bad > 5 * good for bad, good in zip(names["saturated"], names["fitting"], strict=True))
    assert max(names["saturated"]) < np.log(10)


@CLAIMS.computed(
    "The sigmoid is worse.",
)
def the_sigmoid_is_steepest_at_a_quarter():
    steepest = [max(slope_at(kind(), z) for z in np.linspace(-6, 6, 121)) for kind in (Sigmoid, Tanh)]
    assert steepest == [0.25, 1]


@CLAIMS.computed(
    "`dW` loses a bit more than a factor of four in each layer, and four million from the last to the first.",
    trains=True,
)
def a_factor_of_four_a_layer():
    names = ran("11")
    sizes = [np.sqrt(mean_square(step.grads["W"])) for step in names["one_pass"](Sigmoid, glorot_normal) if step.grads]
    assert 4 < (sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1)) < 5
    assert 3.5e6 < sizes[-1] / sizes[0] < 4.5e6


@CLAIMS.computed(
    "From the last to the first it is a factor of six, not of four million.",
    trains=True,
)
def a_factor_of_six():
    names = ran("11")
    sizes = [np.sqrt(mean_square(step.grads["W"])) for step in names["one_pass"](ReLU, he_normal) if step.grads]
    assert 5 < sizes[-1] / sizes[0] < 7


@CLAIMS.computed(
    "Here it is the third of six.",
    "Behind it: only zeros come in, so all weights get 0.",
    trains=True,
)
def the_third_of_six():
    names = ran("11")
    layers = [step for step in names["tape"] if step.grads]
    assert len(layers) == 6


@CLAIMS.computed(
    "A smaller rate cannot wake it: the slope is 0, and so is every update.",
    "A smaller rate or a slope below 0 prevents it.",
)
def no_rate_wakes_a_dead_unit():
    for kind, learns in ((ReLU, False), (LeakyReLU, True)):
        dx, _ = kind().backward(np.ones((1, 1)), kind().forward(np.array([[-3.0]]))[1])
        assert bool(dx.item()) is learns


@CLAIMS.computed(
    "From −3 all but ReLU come back, LeakyReLU half-way.",
)
def said_of_the_relatives():
    shares = eval(said("11", "cell-11-054"))
    assert shares["ReLU"][0] == 0.1
    assert 0.3 < shares["LeakyReLU"][0] < 0.7
    assert min(shares["ELU"][0], shares["GELU"][0]) > 0.85


@CLAIMS.computed(
    "Among the others, two seeds differ as much as two activations: nothing here says that one is better.",
)
def seeds_differ_as_much():
    shares = eval(said("11", "cell-11-056"))
    del shares["Sigmoid"]
    within = max(abs(first - second) for first, second in shares.values())
    means = [sum(pair) / 2 for pair in shares.values()]
    assert within >= max(means) - min(means) - 0.011


@CLAIMS.computed(
    "Glorot for tanh, He, with the half given back, for ReLU.",
)
def starts_by_activation():
    for activation, expected in ((Tanh, 2 / (64 + 32)), (ReLU, 2 / 64)):
        drawn = [mlp(64, 32, 10, activation=activation, rng=seed)[0].W.value.var() for seed in range(10)]
        assert abs(np.mean(drawn) / expected - 1) < 0.1


@CLAIMS.computed(
    "(Ten draws end between 0.017 and 0.039, He's between 0.5 and 1.3.",
    trains=True,
)
def ten_draws():
    ends = {}
    for start in (lecun_normal, he_normal):
        for seed in range(10):
            network = mlp(*[64] * 11, 10, activation=ReLU, weights=start, rng=seed)
            x = np.random.default_rng(0).normal(size=(200, 64))
            last = [step.y for step in network.forward(x)[1] if isinstance(step.layer, ReLU)][-1]
            ends.setdefault(start, []).append(np.sqrt(mean_square(last)))
    assert round(min(ends[lecun_normal]), 3) == 0.017
    assert round(max(ends[lecun_normal]), 3) == 0.039
    assert round(min(ends[he_normal]), 1) == 0.5
    assert round(max(ends[he_normal]), 1) == 1.3


@CLAIMS.computed(
    r"| $\text{var}(w)$ | variance; for weights with mean 0 it is their mean square | 0.0001 |",
    "Two random weights, each +0.5 or −0.5: mean 0, variance 0.25.",
    "Each product $w_i x_i$ is then +0.5 or −0.5, and the sum of two is",
    "| 0.5 | 0.5 | 1 | 1 |",
    "| 0.5 | −0.5 | 0 | 0 |",
    "| −0.5 | 0.5 | 0 | 0 |",
    "| −0.5 | −0.5 | −1 | 1 |",
    "The mean of $z^2$ is 0.5.",
    "That is 2 · 0.25 · 1: number of inputs, times variance of the weights, times mean square of the inputs.",
    "64 inputs and weights of size 0.01: the root of 64 · 0.0001 is 0.08.",
)
def two_inputs_by_hand():
    weights = (0.5, -0.5)
    assert np.mean(weights) == 0
    assert np.var(weights) == 0.25
    sums = [first + second for first in weights for second in weights]
    assert sums == [1, 0, 0, -1]
    assert mean_square(sums) == 0.5 == 2 * 0.25 * 1
    assert np.isclose(0.01**2, 0.0001)
    assert np.isclose(np.sqrt(64 * 0.0001), 0.08)


@CLAIMS.computed(
    "A layer from 64 to 32 cannot have both: forward it wants 1/64, back it wants 1/32.",
    r"Glorot and Bengio took the mean of $n_\text{in}$ and $n_\text{out}$, here 48:",
    "By hand: the sums −2, −1, 1, 2 have the mean square 2.5.",
    r"Both use the same draw, and differ by $\sqrt{2}$ in each layer, 32 in all.",
    "5.7 times larger in each layer (the root of 32), 18 million after ten.",
)
def sizes_of_layers():
    assert np.mean([64, 32]) == 48
    assert mean_square([-2, -1, 1, 2]) == 2.5
    assert np.isclose(np.sqrt(2) ** 10, 32)
    assert round(np.sqrt(32), 1) == 5.7
    assert eval(said("11", "cell-11-041"))[9] == 18e6
    x, W = np.ones((1, 64)), np.ones((64, 32))
    assert (x @ W).shape[1] == 32


@CLAIMS.computed(
    "At $z = 2$ tanh keeps 7% of its slope, at $z = 4$ no more than 0.13%.",
)
def tanh_far_out():
    assert round(100 * slope_at(Tanh(), 2)) == 7
    assert round(100 * slope_at(Tanh(), 4), 2) == 0.13


@CLAIMS.computed(
    "Five hidden layers, 15 epochs, two seeds each: the share of unseen digits.",
    trains=True,
)
def five_hidden_layers():
    names = ran("11")
    history = names["histories"]["weights that fit"]
    assert len(history.epoch_loss) == 15
    assert sum(1 for layer in names["network"] if isinstance(layer, ReLU)) == 5


@CLAIMS.computed(
    "Both read digits, both have five hidden layers of 32 units, both are trained in the same way.",
    "Of twelve arrays one still learns, the last bias, as in the network of zeros.",
)
def five_hidden_layers_and_twelve_arrays():
    pairs = eval(said("11", "cell-11-048"))
    assert len(pairs) == 5 + 1
    assert sum(map(sum, pairs)) == 1
    assert pairs[-1] == (False, True)
