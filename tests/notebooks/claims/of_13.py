"""What notebook 13 claims beyond what its cells show."""

import numpy as np

from bplearn import SGD, AdaGrad, Adam, Dense, Momentum, RMSProp, mlp
from bplearn.exercises import ALL
from bplearn.schedules import cosine
from bplearn.widgets import SURFACES
from tests.notebooks.claims import Claims, ran, said

RAVINE = SURFACES["ravine"]
adam_step = ALL["13.3"].solution


def steps_of(optimizer, gradients):
    return [optimizer.delta(np.array([g]), optimizer.rate()).item() for g in gradients]


def descend(optimizer, steps=30):
    path = [np.array(RAVINE.start)]
    for _ in range(steps):
        path.append(path[-1] + optimizer.delta(RAVINE.slope(path[-1]), optimizer.rate()))
    return np.array(path)


CLAIMS = Claims()

CLAIMS.cited(
    "Kingma and Ba 2015, Adam: A Method for Stochastic Optimization; PyTorch, torch.optim.Adam",
    "In Adam's paper (Kingma and Ba, 2015) the running mean of the squares is called $v$; here it is $s$, and $v$ is the velocity of momentum.",
)


@CLAIMS.computed(
    "Everything happens for each weight on its own, so the examples by hand have one.",
)
def each_weight_on_its_own():
    for kind in (SGD, Momentum, AdaGrad, RMSProp, Adam):
        both, alone, g = kind(0.1), kind(0.1), np.random.default_rng(0).normal(size=(5, 2))
        for row in g:
            assert np.allclose(both.delta(row, 0.1)[:1], alone.delta(row[:1], 0.1))


@CLAIMS.computed(
    "Across, the zig-zag dies out sooner; along the floor it runs more than twice as fast.",
)
def across_and_along():
    plain, heavy = descend(SGD(0.09)), descend(Momentum(0.09, momentum=0.5))
    assert abs(heavy[-1, 1]) < abs(plain[-1, 1])
    speed = [np.log(path[0, 0] / path[10, 0]) for path in (plain, heavy)]
    assert speed[1] > 2 * speed[0]


@CLAIMS.computed(
    "A weight with large gradients should take smaller steps, one with small gradients larger ones.",
    "$-2$, twice as long as in the end.",
    "The mean started at 0, so after one step it is too small by a factor 4, and its root by a factor 2.",
)
def sizes_of_rmsprop():
    steps = np.abs(steps_of(RMSProp(1.0, decay=0.75), [3] * 40))
    assert np.isclose(steps[0] / steps[-1], 2, rtol=1e-3)
    assert 9 / (0.25 * 9) == 4
    assert np.isclose(
        np.abs(steps_of(AdaGrad(1.0), [3])[0] / 3), np.abs(steps_of(AdaGrad(1.0), [0.3])[0] / 3), rtol=1e-6
    )
    assert 1 / 3 < 1 / 0.3


@CLAIMS.computed(
    "That is AdaGrad's flaw: the sum only grows, so the steps only shrink.",
)
def adagrads_steps_only_shrink():
    for seed in range(5):
        optimizer, rates = AdaGrad(1.0), []
        for g in np.random.default_rng(seed).normal(size=50):
            rates.append(-optimizer.delta(np.array([g]), 1.0).item() / g)
        assert (np.diff(rates) <= 0).all()


@CLAIMS.computed(
    "Both start at 0, so both are too small at first.",
)
def both_are_too_small_at_first():
    m, s, _ = adam_step(0.0, 0.0, 2.0, 1, 1.0, 0.9, 0.999, 1e-8)
    assert (m < 2.0, s < 2.0**2) == (True, True)


@CLAIMS.computed(
    "Without the correction the first step would be three times too long, at the moment when the optimizer knows least.",
    "It gets worse before it gets better, since $m$ fills up in about ten steps and $s$ in about a thousand.",
)
def without_the_correction():
    m = s = 0.0
    lengths, filled = [], {}
    for step in range(1, 2001):
        m, s, _ = adam_step(m, s, 1.0, step, 1.0, 0.9, 0.999, 1e-8)
        lengths.append(m / s**0.5)
        filled[step] = m, s
    assert 3 < lengths[0] < 3.3
    assert max(lengths) > lengths[0]
    assert filled[10][0] > 0.6 > filled[10][1]
    assert filled[1000][1] > 0.6


@CLAIMS.computed(
    "RMSProp and Adam start along a straight line, at 45 degrees: they divide by the size of each gradient, so both weights move equally fast, however different their curvatures.",
    "All of them end lower than gradient descent, as the curves show.",
)
def the_race():
    walks = {kind: descend(kind(rate)) for kind, rate in ((RMSProp, 0.1), (Adam, 0.4), (AdaGrad, 1.0))}
    for walk in walks.values():
        across, along = np.abs(walk[1] - walk[0])
        assert np.isclose(across, along, rtol=1e-3)
    ends = said("13", "cell-13-030")
    assert "SGD: first 38.53, last 0.02141" in ends
    for end in ("last 1.45e-5", "last 4.76e-8", "last 5.326e-6", "last 8.19e-8"):
        assert end in ends
        assert float(end.split()[1]) < 0.02141


@CLAIMS.computed(
    "Momentum, with its long memory, runs past the lowest point and up the other side.",
)
def up_the_other_side():
    walk = descend(Momentum(0.08, momentum=0.9))
    assert walk[0, 0] < 0 < walk[-1, 0]
    assert "0.4675" in said("13", "cell-13-032")


@CLAIMS.computed(
    "For every optimizer three rates: one that suits it, a third of it, and three times as much.",
    "The first table is the loss at a third of the rate, at the rate, and at three times the rate.",
    trains=True,
)
def three_rates():
    names = ran("13")
    assert [len(race) for race in names["races"].values()] == [3] * 5


@CLAIMS.computed(
    "For SGD the best rate lies close to a limit: three times more, and it learns nothing.",
    "RMSProp at three times its rate still learns, but its loss *jumps*: within the last five epochs by more than a factor of 5.",
    "(Where it stands when you stop is chance, and another number on another processor, so none is shown.",
    trains=True,
)
def an_abyss_and_jumps():
    names = ran("13")
    train, kind_of = names["train_with"], names["final_loss"]
    for seed in range(5):
        assert kind_of(train(SGD(3.0), seed=seed)) == "above 1"
        assert kind_of(train(RMSProp(0.03), seed=seed)) == "jumps"


@CLAIMS.computed(
    "Momentum, AdaGrad and Adam even get better here, though Momentum and Adam jump too with one of the other starts.",
    trains=True,
)
def three_get_better():
    names = ran("13")
    for kind in (Momentum, AdaGrad, Adam):
        _, suits, larger = names["races"][names[kind.__name__]]
        assert larger.epoch_loss[-1] < suits.epoch_loss[-1]
    train, kind_of = names["train_with"], names["final_loss"]
    for kind, rate in ((Momentum, 0.3), (Adam, 0.03)):
        ends = [kind_of(train(kind(rate), seed=seed)) for seed in range(1, 5)]
        assert ends.count("jumps") == 1


@CLAIMS.computed(
    "A weight that is twice as large makes the sum behind it change twice as fast with its input.",
)
def twice_as_fast():
    once, twice = (Dense(1, 1, weights=[[w]], bias=[0.3]) for w in (0.7, 1.4))
    moved = [layer.forward(np.array([[2.1]]))[0] - layer.forward(np.array([[2.0]]))[0] for layer in (once, twice)]
    assert np.isclose(moved[1] / moved[0], 2)


@CLAIMS.computed(
    r"Weight decay adds $\lambda w$ to the gradient, so every weight is pulled towards 0:",
    "Biases are left alone: a bias makes nothing steeper, it shifts.",
)
def weights_are_pulled_and_biases_are_not():
    network = mlp(2, 1, rng=0)
    network[0].b[:] = 0.5
    y, tape = network.forward(np.zeros((1, 2)))
    network.backward(np.zeros((1, 1)), tape)
    before = np.abs(network[0].W.value)
    SGD(0.1, weight_decay=0.5).step(network.parameters())
    assert (np.abs(network[0].W.value) < before).all()
    assert network[0].b.value.item() == 0.5


@CLAIMS.computed(
    r"The division by $\sqrt{s}$ also divides $\lambda w$, so weights with large gradients are hardly pulled.",
)
def large_gradients_are_hardly_pulled():
    pulls = []
    for size in (1.0, 100.0):
        plain, decayed = Adam(1.0), Adam(1.0)
        for sign in (1, -1, 1, -1):
            a, b = plain.delta(np.array([sign * size]), 1.0), decayed.delta(np.array([sign * size + 0.1]), 1.0)
        pulls.append(abs((b - a).item()))
    assert pulls[1] < pulls[0] / 10


@CLAIMS.computed(
    "The scheduled one settles and ends far lower.",
    "With a rate that suits from the start it gains less: the last steps, near 0, do hardly anything.",
    trains=True,
)
def what_a_schedule_gains():
    names = ran("13")
    gains = []
    for rate in (0.05, 0.01):
        fixed = names["train_with"](Adam(rate), epochs=13).epoch_loss[-1]
        falling = names["schedule"] if rate == 0.05 else cosine(rate, steps=520)
        gains.append(fixed / names["train_with"](Adam(falling), epochs=13).epoch_loss[-1])
    assert gains[0] > 5
    assert gains[1] < gains[0]


@CLAIMS.computed(
    "- Momentum adds up gradients: faster where they agree, calmer where they change their sign.",
    "In a ravine the sign changes across the valley and stays along the floor, so it gets calmer across and faster along.",
)
def momentum_adds_up():
    assert abs(steps_of(Momentum(1.0, momentum=0.5), [1] * 9)[-1]) > 1
    assert abs(steps_of(Momentum(1.0, momentum=0.5), [1, -1] * 9)[-1]) < 1


@CLAIMS.computed(
    "RMSProp forgets, so its steps do not die out.",
)
def rmsprop_does_not_die_out():
    assert abs(steps_of(RMSProp(1.0), [3] * 5000)[-1]) > 0.99
    assert abs(steps_of(AdaGrad(1.0), [3] * 5000)[-1]) < 0.02


@CLAIMS.computed(
    "(With five starts it was 5 to 18 times.",
    trains=True,
)
def with_five_starts():
    names, times = ran("13"), []
    for seed in range(5):
        pair = [
            names["train_with"](Adam(rate), epochs=13, seed=seed).epoch_loss[-1] for rate in (0.05, names["schedule"])
        ]
        times.append(pair[0] / pair[1])
    assert min(times) > 4.5
    assert max(times) < 20
    assert max(times) > 15


@CLAIMS.computed(
    "Notebook 7 ended in a ravine: curvature 1 along the first weight, 20 along the second.",
    r"| $\beta$ | how much of a memory is kept: 0.9 keeps nine tenths |",
    r"2 here, 10 with $\beta = 0.9$.",
    "If it is 0.1, then $s = 0.01$, and the step is $-0.1/0.1 = -1$.",
)
def numbers_by_hand():
    assert np.allclose(RAVINE.slope(np.array([1.0, 1.0])), [1, 20])
    assert np.isclose(1 / (1 - 0.5), 2)
    assert np.isclose(1 / (1 - 0.9), 10)
    assert np.isclose(0.1**2, 0.01)
    assert np.isclose(steps_of(AdaGrad(1.0), [0.1])[0], -1, atol=1e-5)
