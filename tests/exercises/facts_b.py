"""The truth of each prediction of notebooks 07 to 14, found in another way than the table finds it. See facts_a."""

from dataclasses import replace
from functools import cache

import numpy as np

from bplearn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    Dense,
    ReLU,
    Sequential,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    datasets,
    fit,
    mlp,
    sweep,
)
from bplearn.exercises.wrong_gradients import RIGHT, WRONG, experiments
from bplearn.initializers import he_normal, zeros
from tests.exercises.facts_a import DELTA_O, W2, digits, fact
from tests.exercises.facts_a import FACTS as FACTS  # with those of this file in it

LOSS = SoftmaxCrossEntropy()


@fact("07.p1")
def ball():
    x = 10.0
    for _ in range(10):
        x -= 0.2 * 2 * x
    return x


@fact("07.p2")
def wrong_order():
    """The published step, and the hidden error through the published new output weights."""
    new = np.array([[0.358916479718, 0.511301270239], [0.408666186076, 0.561370121108]])
    slope = np.array([0.593269992107 * 0.406730007893, 0.596884378260 * 0.403115621740])
    right, wrong = ((np.array(DELTA_O) @ W.T) * slope for W in (W2, new))
    assert np.allclose(right, (0.008771354689, 0.009954254705), rtol=1e-8)
    return "w₁ to w₄" if (np.abs(wrong / right - 1) > 0.1).all() else "none: each weight is updated once"


@fact("07.p3")
def after_10_000_steps():
    right, wrong = 3.510187783e-05, 3.508478630e-05  # both published
    return "It is not worse at all." if wrong <= right else "Its error is about 17% larger."


@fact("08.p1")
def what_stays():
    """Each line as it stands, for three rows, beside what three single samples give."""
    rng = np.random.default_rng(0)
    o, t, dh, h = rng.uniform(size=(4, 3, 2))
    W, deltas = rng.normal(size=(2, 2)), rng.normal(size=(3, 2))

    def refuses(line):
        try:
            line()
        except ValueError:
            return True
        return False

    assert refuses(lambda: W @ deltas)
    assert np.outer(h, deltas).shape != (2, 2)
    error = lambda o: ((o - t) ** 2).sum() / 2 / len(t)  # noqa: E731
    nudge = np.zeros_like(o)
    nudge[1, 0] = 1e-6
    measured = (error(o + nudge) - error(o - nudge)) / 2e-6
    assert not np.isclose((o - t)[1, 0], measured)
    assert np.allclose(dh * (1 - h * h), [d * (1 - a * a) for d, a in zip(dh, h, strict=True)])
    return "delta_h = dh * (1 - h * h)"


@fact("08.p2")
def mean_of_the_bias():
    delta_o = np.array([[0.3, -0.6], [0.9, 0.3], [0.6, 0.9]]) / 3
    first, second = delta_o.mean(axis=0) / (np.ones(3) @ delta_o)  # the sum, as a product with ones
    assert np.isclose(first, second)
    return {1.0: "the right value, for the loss is a mean", 0.3333: "a third of the right value, for b2"}[
        first.round(4)
    ]


@fact("08.p3")
def updates():
    training, _ = digits()
    return sum(1 for _ in training.batches(32, rng=0))


@fact("09.p1")
def border():
    """Along any straight way across the plane the answer of one layer changes once at most."""
    moons = datasets.moons(rng=0)
    network = Sequential(Dense(2, 2, rng=0))
    fit(network, moons, loss=LOSS, optimizer=SGD(0.5), epochs=100, rng=0, progress=False)
    rng = np.random.default_rng(0)
    for _ in range(200):
        a, b = rng.uniform(-3, 3, (2, 2))
        answers = network.predict(a + np.linspace(0, 1, 300)[:, None] * (b - a), loss=LOSS)
        assert (np.diff(answers) != 0).sum() <= 1
    return "a straight line"


@fact("09.p2")
def xor():
    network = mlp(2, 2, rng=5)
    history = fit(network, datasets.xor(), loss=LOSS, optimizer=SGD(0.5), epochs=500, batch_size=None, progress=False)
    return history.step_loss[-1]


@fact("09.p3")
def early():
    """Both orders, written out, and the unseen digits that they read right."""
    training, unseen = digits()
    right = []
    for too_early in (False, True):
        W1, b1, W2, b2 = (p.value for p in mlp(64, 32, 10, activation=ReLU, rng=0).parameters())
        rng = np.random.default_rng(0)
        for _ in range(20):
            for x, t, _ in training.batches(32, rng=rng):
                h = np.maximum(x @ W1 + b1, 0)
                z = h @ W2 + b2
                dz = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
                dz[np.arange(len(t)), t] -= 1
                dz /= len(t)
                new = W2 - 0.1 * h.T @ dz
                dh = dz @ (new if too_early else W2).T * (h > 0)
                W1, b1, W2, b2 = W1 - 0.1 * x.T @ dh, b1 - 0.1 * dh.sum(axis=0), new, b2 - 0.1 * dz.sum(axis=0)
        right.append(np.mean((np.maximum(unseen.x @ W1 + b1, 0) @ W2 + b2).argmax(axis=1) == unseen.targets))
    lost = 100 * (right[0] - right[1])
    return (
        "It stays the same." if lost < 0.5 else "It loses about 1 point." if lost < 5 else "It loses about 10 points."
    )


@fact("10.p1")
def careless():
    said = [np.allclose(2.00001**3, 8 + 0.00001 * claimed, atol=1e-3) for claimed in (60, 0)]
    assert np.allclose(2.00001**3, 8 + 0.00001 * 12, atol=1e-3)
    return {(True, True): "It accepts both.", (False, False): "It rejects both."}[tuple(said)]


@cache
def trainings_with_wrong_gradients():
    """The right gradient's outcome, then those of the 22."""
    return experiments(*digits(), [RIGHT, *WRONG])


@fact("10.p2")
def fifteen():
    return sum(outcome.learned for outcome in trainings_with_wrong_gradients()[1:])


@fact("10.p3")
def second_batch():
    """Whose gradient of a first batch of ten is right? The others are wrong in its numbers already."""
    first, earlier = np.array([0.3, -0.2]), np.zeros(2)  # nothing was there before the first batch
    later = np.array([0.5, 0.1])
    assert np.array_equal(first + earlier, first)
    assert not np.array_equal(later + first, later)
    assert not np.array_equal(0 * first, first)  # never updated
    assert not np.array_equal(first * 10 / 32, first)  # divided by 32
    assert wrong_order() == "w₁ to w₄"  # too early shows in one step
    return "gradients not cleared"


@fact("11.p1")
def from_zeros():
    network = mlp(64, 32, 10, activation=Tanh, weights=zeros)
    fit(network, digits()[0], loss=LOSS, optimizer=SGD(0.1), epochs=15, rng=0, progress=False)
    moved = [bool(p.value.any()) for p in network.parameters()]
    return {(False, False, False, True): "b of the output", (False, False, True, True): "W and b of the output"}[
        tuple(moved)
    ]


@fact("11.p2")
def ten_relus():
    """What a ReLU leaves of the mean square is measured; ten layers keep its tenth power, and the root of that."""
    z = np.random.default_rng(0).normal(size=1_000_000)
    left = (np.maximum(z, 0) ** 2).mean() / (z**2).mean()
    assert abs(left**5 - 2**-5) < 0.0005
    return 2**-5


@fact("11.p3")
def one_dead_layer():
    training, _ = digits()
    network = mlp(64, 32, 32, 32, 32, 32, 10, activation=ReLU, weights=he_normal, rng=0)
    network[4].b[:] = -10
    y, tape = network.forward(training.x)
    network.backward(LOSS.backward(LOSS.forward(y, training.targets)[1]), tape)
    alive = [bool(p.grad.any()) for p in network.parameters()]
    return "the last b alone" if alive == [False] * 11 + [True] else "those of the layers behind it"


@cache
def moons():
    return datasets.moons(240, rng=0).split(test=0.25, rng=0)


@fact("12.p1")
def error_of_sixteen():
    """All 16 signs: the mean of 16 errors of +1 or -1, squared, over all their combinations."""
    signs = (np.arange(2**16)[:, None] >> np.arange(16)) % 2 * 2 - 1
    return float(np.sqrt((signs.mean(axis=1) ** 2).mean()))


@fact("12.p2")
def rate_for_twenty():
    """Of the rates that one may think of, the one whose loss after 30 epochs is nearest to that of batches of 10."""
    training, _ = moons()

    def after(rate, batch_size):
        settings = {"epochs": 10, "batch_size": batch_size, "rng": 0, "progress": False}
        return fit(mlp(2, 8, 1, rng=0), training, loss=BinaryCrossEntropy(), optimizer=SGD(rate), **settings).epoch_loss

    wanted = np.array(after(0.1, 10))
    return min((0.05, 0.1, 0.1414, 0.2, 0.4), key=lambda rate: np.abs(np.array(after(rate, 20)) - wanted).mean())


@fact("12.p3")
def worst_corner():
    training, unseen = moons()
    dials = {"learning_rates": [0.03, 2], "batch_sizes": [5, 180]}
    settings = {"seeds": [0, 1, 2], "epochs": 15, "validation": unseen, "executor": "stacked", "progress": False}
    grid = sweep(lambda seed: mlp(2, 8, 1, rng=seed), training, loss=BinaryCrossEntropy(), **dials, **settings).grid()
    row, column = np.unravel_index(grid.argmax(), grid.shape)
    return f"{('small', 'large')[row]} rate, {('batches of 5', 'all 180 at once')[column]}"


@fact("13.p1")
def velocity():
    v = 0.0
    for _ in range(60):
        v = 0.5 * v + 1
    return v


@fact("13.p2")
def uncorrected():
    gradient = 2.0
    m, s = 0.1 * gradient, 0.001 * gradient**2
    return m / s**0.5


@fact("13.p3")
def three_times():
    training, _ = digits()
    settings = {"epochs": 20, "rng": 0, "progress": False}
    loss = [
        fit(mlp(64, 32, 10, rng=0), training, loss=LOSS, optimizer=SGD(rate), **settings).epoch_loss for rate in (1, 3)
    ]
    assert loss[0][-1] < 0.05
    return "It learns nothing." if loss[1][-1] > 1 else "It ends a little worse than with 1.0."


@fact("14.p1")
def guessers():
    """The luckiest of 300 on 100 digits, over many rounds of 300."""
    rng = np.random.default_rng(0)
    right = rng.binomial(100, 0.1, size=(2000, 300)).max(axis=1).mean()
    assert 17 < right < 22
    return "about 20% on the first 100, about 10% on the others"


@cache
def parts():
    """The three parts of notebook 14, prepared, and the raw test pixels."""
    rest, test = digits()
    training, validation = rest.split(test=0.2, rng=2)
    mean, std = training.x.mean(axis=0), training.x.std(axis=0)
    std[std == 0] = 1
    ready = [replace(part, x=np.clip((part.x - mean) / std, -4, 4)) for part in (training, validation, test)]
    return *ready, test.x


@fact("14.p2")
def by_heart():
    training = parts()[0]
    dice = np.random.default_rng(0)
    spoiled = dice.random(100) < 0.2
    labels = np.where(spoiled, dice.integers(0, 10, 100), training.targets[:100])
    assert (labels != training.targets[:100]).sum() == 17
    few, network = replace(training, x=training.x[:100], targets=labels), mlp(64, 256, 10, activation=ReLU, rng=0)
    fit(network, few, loss=LOSS, optimizer=Adam(0.003), epochs=80, rng=0, progress=False)
    reached = round(100 * accuracy(network.predict(few.x, loss=LOSS), labels))
    return "100%" if reached == 100 else f"about {reached}%"


@fact("14.p3")
def fifths_of_the_file():
    """A fifth kept aside in turn, drawn at random and as a block; the middle one of three seeds."""
    data, right = datasets.digits(), {}
    block = np.arange(len(data)) * 5 // len(data)
    for name in ("random", "block"):
        shares = []
        for seed in range(3):
            part = np.random.default_rng(seed).permutation(block) if name == "random" else block
            for fifth in range(5):
                kept, network = part == fifth, mlp(64, 32, 10, rng=seed)
                x, t = data.x[~kept], data.targets[~kept]
                fit(network, x, t, loss=LOSS, optimizer=SGD(0.3), epochs=15, rng=seed, progress=False)
                shares.append(accuracy(network.predict(data.x[kept], loss=LOSS), data.targets[kept]))
        right[name] = round(100 * float(np.mean(shares)))
    assert right["random"] == 97
    return f"about {right['block']}%"


@fact("14.p4")
def raw_pixels():
    training, _, test, raw = parts()
    network = mlp(64, 64, 10, activation=ReLU, rng=0)
    fit(network, training, loss=LOSS, optimizer=SGD(0.3), epochs=24, rng=0, progress=False)
    good, bad = (accuracy(network.predict(x, loss=LOSS), test.targets) for x in (test.x, raw))
    assert good > 0.96
    return "about 70%" if 0.6 < bad < 0.8 else "about 10%: blind guessing"
