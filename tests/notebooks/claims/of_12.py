"""What notebook 12 claims beyond what its cells show."""

from time import process_time

import numpy as np

from bplearn import SGD, BinaryCrossEntropy, Dense, datasets, fit, mlp, sweep
from bplearn.widgets import batch_noise
from tests.notebooks.claims import Claims, ran, said


def bowl(rate, noise, seed, steps=200):
    rng, w, heights = np.random.default_rng(seed), 3.0, []
    for _ in range(steps):
        w += SGD(rate).delta(np.array([w + noise * rng.normal()]), rate).item()
        heights.append(w * w)
    return np.mean(heights[-50:])


CLAIMS = Claims()

CLAIMS.cited(
    "Goyal et al. 2017, Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
    "(The rule was put to use by Goyal et al 2017, who trained with batches of 8,192.)",
)


@CLAIMS.computed(
    "A ring marks the lowest.",
)
def the_ring():
    assert "lowest 0.2277 at epoch 19" in said("12", "cell-12-003")


@CLAIMS.computed(
    "The brackets round up: the last batch may be smaller, but it is a batch.",
)
def the_last_batch_is_a_batch():
    sizes = [len(rows) for _, _, rows in datasets.moons(70, rng=0).batches(32, rng=0)]
    assert sizes == [32, 32, 6]


@CLAIMS.computed(
    "So say what you compare by: by updates, large batches look good; by epochs, small ones do.",
)
def by_updates_and_by_epochs():
    long = eval(said("12", "cell-12-007"))
    assert abs(long["180 at once"] - long["5 at once"]) < 0.05
    text = said("12", "cell-12-003")
    assert "last 0.3242 at epoch 20" in text
    assert "last 0.2281 at epoch 20" in text


@CLAIMS.computed(
    "The same 20 epochs take more than three times as long in small batches.",
    trains=True,
)
def by_the_clock():
    assert ran("12")["ratio"] > 3


@CLAIMS.computed(
    "So each batch is a random sample of the data.",
)
def each_batch_is_a_random_sample():
    x = np.arange(40.0)[:, None]
    first = [next(iter(datasets.moons(40, rng=0).batches(10, rng=seed)))[2] for seed in range(200)]
    assert abs(np.mean(first) - x.mean()) < 2
    assert len({tuple(sorted(rows.tolist())) for rows in first}) > 190


@CLAIMS.computed(
    "Sorted by class, each batch holds one or two classes, and each pulls the network towards itself: much is forgotten again, and a quarter of the digits is read right.",
)
def sorted_by_class():
    shares = {name: int(share[:-1]) for name, share in eval(said("12", "orders-12")).items()}
    assert shares["sorted"] < 30 < 90 < shares["one order"]
    targets = np.sort(datasets.digits().split(test=0.3, rng=0)[0].targets)
    kinds = [len(set(targets[start : start + 32])) for start in range(0, len(targets), 32)]
    assert set(kinds) == {1, 2}


@CLAIMS.computed(
    "Four times the samples, half the error:",
    "A hundred of them, one after the other, do not: their errors point to all sides, and they cancel.",
)
def errors_cancel():
    errors = eval(said("12", "cell-12-017"))
    for n in (1, 4):
        assert np.isclose(errors[n] / errors[4 * n], 2, rtol=0.05)
    layer, rng = Dense(3, 1, rng=0), np.random.default_rng(0)
    x, t = rng.normal(size=(2000, 3)), rng.normal(size=(2000, 1))

    def gradient(rows):
        y, cache = layer.forward(x[rows])
        return layer.backward((y - t[rows]) / len(rows), cache)[1]["W"]

    far = np.array([gradient([n]) for n in range(2000)]) - gradient(np.arange(2000))
    assert np.abs(far.mean(axis=0)).max() < 1e-12


@CLAIMS.computed(
    "So noisy gradients want a smaller rate, and exact ones bear a larger one.",
)
def noise_wants_a_smaller_rate():
    for seed in range(5):
        assert bowl(0.05, 1, seed) < bowl(1.0, 1, seed)
        assert bowl(1.0, 0, seed) < bowl(0.05, 0, seed)


@CLAIMS.computed(
    "The first row is **twice the batch, twice the rate**: half the updates, each twice as long.",
)
def half_the_updates():
    rates = [0.05 * n / 8 for n in (8, 16, 32, 64, 128)]
    assert np.allclose(rates, [0.05, 0.1, 0.2, 0.4, 0.8])
    assert "[0.3, 0.3, 0.3, 0.3, 0.3]" in said("12", "cell-12-025")


@CLAIMS.computed(
    "The frame is around the best pair.",
    "That is why the figure above takes three starts.",
    trains=True,
)
def the_best_pair():
    result = ran("12")["result"]
    best = result.best()
    assert (best.learning_rate, best.batch_size) == (1, 10)
    assert len(ran("12")["settings"]["seeds"]) == 3


@CLAIMS.computed(
    "The worst corner is at the bottom right: a small rate and few updates, so the network has hardly moved.",
    "This map cannot show the rule of the last section: most of its cells lie on that plateau, whatever their ratio.",
    trains=True,
)
def corners_and_plateau():
    grid = ran("12")["result"].grid()
    assert np.unravel_index(grid.argmax(), grid.shape) == (0, 4)
    assert ((grid > 0.27) & (grid < 0.33)).mean() > 0.5
    training, loss = ran("12")["training"], BinaryCrossEntropy()
    network = mlp(2, 8, 1, rng=0)
    start = network[0].W.value.copy()
    fit(network, training, loss=loss, optimizer=SGD(0.03), epochs=15, batch_size=180, rng=0, progress=False)
    assert np.abs(network[0].W.value - start).mean() < 0.1 * np.abs(start).mean()


@CLAIMS.computed(
    '| `"stacked"` | all networks of one batch size as one product | small networks: the fastest |',
    trains=True,
)
def stacked_is_the_fastest_for_small_networks():
    names, took = ran("12"), {}
    for executor in ("serial", "stacked"):
        begin = process_time()
        dials = {"learning_rates": [0.1, 0.3, 1], "batch_sizes": [10]}
        sweep(names["build"], names["training"], **dials, **names["settings"], executor=executor)
        took[executor] = process_time() - begin
    assert took["stacked"] < took["serial"]


@CLAIMS.computed(
    "Here is the best cell once more, one training after the other:",
    "A sweep is easy to spread, since its trainings do not need each other.",
)
def trainings_do_not_need_each_other():
    alone, together = eval(said("12", "cell-12-039"))
    assert alone == together


@CLAIMS.computed(
    "So each machine sends its gradient, all get the average back, all make the same update, and their weights stay equal.",
    'Here with four "machines" of 45 samples each:',
)
def four_machines_stay_equal():
    layer, rng = Dense(2, 1, rng=0), np.random.default_rng(0)
    x, dy = rng.normal(size=(180, 2)), rng.normal(size=(180, 1)) / 180
    shards = [
        layer.backward(4 * part, layer.forward(rows)[1])[1]["W"]
        for rows, part in zip(np.split(x, 4), np.split(dy, 4), strict=True)
    ]
    assert 180 / 4 == 45
    assert np.allclose(np.mean(shards, axis=0), layer.backward(dy, layer.forward(x)[1])[1]["W"])


@CLAIMS.computed(
    "It is the same trap as the last, smaller batch of an epoch, and the reason why a loss has to say what it is a mean of.",
)
def unequal_parts():
    loss, y = BinaryCrossEntropy(), np.linspace(-2, 2, 42)[:, None]
    t = (np.arange(42) % 3 == 0).astype(float)[:, None]
    parts = [loss.forward(y[part], t[part])[0] for part in (slice(0, 32), slice(32, 42))]
    assert abs(np.mean(parts) - loss.forward(y, t)[0]) > 0.01
    assert np.isclose(np.average(parts, weights=[32, 10]), loss.forward(y, t)[0])


@CLAIMS.computed(
    "- Learning rate and batch size belong together: twice the batch bears about twice the rate, until the steps get too long.",
    trains=True,
)
def the_rule_and_its_end():
    names = ran("12")
    assert set(names["with_the_batch"]) == {0.3}
    assert names["mean_loss"](1.6, 256) > 0.5


@CLAIMS.computed(
    "Turn the dial: of 2, four do; of 4, one; of 8, none.",
    trains=True,
)
def how_many_point_uphill():
    names = ran("12")
    network = mlp(2, 8, 1, rng=0)
    panel = batch_noise(network, names["training"], loss=names["loss"], batch_size=1).logic
    for size, uphill in ((1, 14), (2, 4), (4, 1), (8, 0)):
        assert panel.choose(batch_size=size).uphill == uphill


@CLAIMS.computed(
    "Solid is the loss of the points that are learned from, dashed that of 60 unseen points.",
    '(For "180 at once" the dashed line lies below: these 60 points happen to be easier.',
    trains=True,
)
def the_60_are_easier():
    names = ran("12")
    assert len(names["unseen"].x) == 60
    network = names["patient"]
    parts = [
        names["loss"].forward(network(p.x), p.targets.reshape(-1, 1))[0] for p in (names["unseen"], names["training"])
    ]
    assert [round(part, 2) for part in parts] == [0.32, 0.37]


@CLAIMS.computed(
    "36 times as many updates, for the same work.",
    "But the large batch has looked at 36 times as many points.",
    "An epoch of 36 small products, or of one large one:",
    "75 trainings of 15 epochs.",
)
def counts_of_updates():
    steps = eval(said("12", "cell-12-005"))
    assert steps["5 at once"] / steps["180 at once"] == 36
    assert len(list(datasets.moons(180, rng=0).batches(5, rng=0))) == 36
    assert "5 rates, 5 sizes" in said("12", "cell-12-033")
    assert 5 * 5 * 3 == 75


@CLAIMS.computed(
    "The smallest case by hand: three samples with derivatives 1, 2 and 6 for one weight.",
    "A batch of one says 1, 2 or 6.",
    "With numbers: the derivatives 1, 2, 6, 7 have the mean 4.",
    "The shards (1, 2) and (6, 7) have the means 1.5 and 6.5, and their mean is 4.",
    "Split the 180 as 100, 50 and 30.",
)
def means_by_hand():
    assert np.mean([1, 2, 6]) == 3
    assert np.subtract([1, 2, 6], 3).tolist() == [-2, -1, 3]
    assert np.mean([1, 2, 6, 7]) == 4
    assert (np.mean([1, 2]), np.mean([6, 7]), np.mean([1.5, 6.5])) == (1.5, 6.5, 4)
    assert [len(part) for part in np.split(np.arange(180), [100, 150])] == [100, 50, 30]


@CLAIMS.computed(
    "The rates are 0.05, 0.1, 0.2, 0.4 and 0.8, and the loss on unseen digits stays at 0.3.",
)
def the_first_row():
    assert np.allclose([0.05 * n / 8 for n in (8, 16, 32, 64, 128)], [0.05, 0.1, 0.2, 0.4, 0.8])
    assert "[0.3, 0.3, 0.3, 0.3, 0.3]" in said("12", "cell-12-025")


CLAIMS.defined(
    "| **iteration**, **step**, **update** | one change of the weights, from one batch: three words for one thing | |",
)
