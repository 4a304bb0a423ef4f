"""What notebook 16, its replies and the examples of its mistakes claim beyond what its cells show."""

import math

import numpy as np

from bplearn import datasets
from bplearn.layers import Dense, LayerNorm, Residual, Tanh
from bplearn.scalar import Value, paths
from tests.notebooks.claims import Claims, ran

CLAIMS = Claims()


def through(slopes):
    """What becomes of an error 1 behind blocks whose insides have these slopes."""
    x = y = Value(0.3)
    for slope in slopes:
        y = y + slope * y
    y.backward()
    return x.grad


def passed(block, x, dy):
    """What a block of one number gives out, and the error in front of it."""
    y, cache = block.forward(np.array([[float(x)]]))
    return y.item(), block.backward(np.array([[float(dy)]]), cache)[0].item()


def inside(weight, bias=0.0):
    return Dense(1, 1, weights=[[weight]], bias=[bias])


@CLAIMS.computed(
    "Two spirals wind around each other, each by more than one turn.",
)
def more_than_one_turn():
    arm = datasets.spirals(400, turns=1.5, noise=0, rng=0)
    x = arm.x[arm.targets == 0]
    angle = np.unwrap(np.arctan2(x[:, 1], x[:, 0]))
    assert 1 < (angle.max() - angle.min()) / (2 * np.pi) < 1.5


@CLAIMS.computed(
    "Through two blocks the error is multiplied twice, and the brackets can be multiplied out.",
    "slopes 0.3 and 0.1: 1.3 · 1.1 = 1.43; the sum 1 + 0.3 + 0.1 lacks 0.3 · 0.1.",
    "The factors are 1 - 0.2 and 1 + 0.5.",
    "two blocks with the factors 2 and 3: 6, not 2.",
    "slopes 0.3 and 0.1: 1.3 · 1.1 = 1.43, not 1 + 0.03.",
)
def brackets():
    assert math.isclose(through([0.3, 0.1]), 1.43)
    assert math.isclose(through([0.3, 0.1]), 1 + 0.3 + 0.1 + 0.3 * 0.1)
    assert math.isclose(through([1, 2]), 6)
    assert math.isclose(through([0.5, -0.2]), (1 - 0.2) * (1 + 0.5))


@CLAIMS.computed(
    "Each block doubles them.",
    "Twenty blocks have $2^{20}$ ways, about a million, through no layer, one layer, or any choice of layers.",
)
def ways_double():
    counts = []
    for blocks in range(1, 8):
        x = y = Value(0.3)
        for _ in range(blocks):
            y = y + (0.5 * y).tanh()
        counts.append(len(list(paths(y, x))))
    assert counts == [2**blocks for blocks in range(1, 8)]
    assert 1e6 < 2**20 < 1.1e6


@CLAIMS.computed(
    "A nudge of each of the 29 weights and biases of a small network says whether backward is right (notebook 10):",
    trains=True,
)
def each_is_nudged():
    names = ran("16")
    points, classes = names["training"].x[:8], names["training"].targets[:8]
    report = names["check_gradients"](names["small"], points, classes, names["loss"], rng=0)
    nudged = {array.name: len(array.entries) for array in report.arrays if array.name != "x"}
    assert sum(nudged.values()) == sum(p.value.size for p in names["small"].parameters()) == 29


@CLAIMS.computed(
    "Four networks of twenty hidden layers, before any training: plain with small weights (size 0.05), plain with Glorot's start, with a way around and small weights, and with a norm as well, which comes below.",
    '"Kept" means: the error in front has at least a thousandth of its size behind.',
    trains=True,
)
def the_four_networks():
    names = ran("16")
    assert len(names["blocks"]) == 4
    for name, block in names["blocks"].items():
        found, weights = names["error_sizes"](block), names["deep"](block)[2]
        assert len(found) == 20 + 1  # in front of each of twenty, and of what comes behind them
        assert (found[0] >= found[-1] / 1000) == (name != "plain, small weights")
        if name == "plain, small weights":
            assert np.isclose(weights.W.value.std(), 0.05, rtol=0.1)


@CLAIMS.computed(
    "Twenty layers do hardly more than one would.",
    trains=True,
)
def nearly_one_layer():
    names = ran("16")
    x = names["training"].x
    inputs = np.column_stack([x, np.ones(len(x))])

    def share_of_one_layer(network):
        y = network(x)
        rest = y - inputs @ np.linalg.lstsq(inputs, y, rcond=None)[0]
        return 1 - np.square(rest).sum() / np.square(y - y.mean(axis=0)).sum()

    for seed in range(5):
        straight, bent = (share_of_one_layer(names["deep"](names[kind], rng=seed)) for kind in ("plain", "around"))
        assert straight > 0.93
        assert bent < straight - 0.05


@CLAIMS.computed(
    "Each block adds to what came in, so the numbers grow.",
    trains=True,
)
def the_numbers_grow():
    names = ran("16")
    for seed in range(5):
        steps = list(names["deep"](names["around"], rng=seed).forward(names["training"].x)[1])[1:-1]
        sizes = [names["size"](step.y) for step in steps]
        assert sizes[-1] > 5 * sizes[0]
        assert sizes[20] > sizes[10] > sizes[0]


@CLAIMS.computed(
    "So the row becomes (−1, 1).",
    "(A small number, $10^{-5}$, is added under the root, so that a row of equal numbers divides by no zero.)",
    "(-2, 2): the mean square is 4, the size 2; divided by 2 the row is (-1, 1).",
    "(-2, 2): the mean square is (4 + 4) / 2 = 4, not 8.",
    "(3, 3): the mean of the squares is 9, their sum 18.",
    "(1, 5): minus the mean (-2, 2), divided by the size (-1, 1).",
    "Mean and size are ten times as large, too.",
    "Above and below the line stands ten times as much.",
    "The mean is 5, what is left is -3, -1 and 4.",
)
def a_row_at_mean_0_and_size_1():
    def normed(*row, epsilon=0.0):
        return LayerNorm(len(row), epsilon=epsilon).forward(np.array([row], dtype=float))[0][0]

    assert np.allclose(normed(1, 5), [-1, 1])
    assert np.allclose(normed(-2, 2), [-1, 1])
    assert np.mean(np.square([-2, 2])) == 4
    assert (np.mean(np.square([3, 3])), np.sum(np.square([3, 3]))) == (9, 18)
    assert LayerNorm(2).epsilon == 1e-5
    assert normed(3, 3, epsilon=1e-5).tolist() == [0, 0]
    row = np.array([2.0, 4.0, 9.0])
    assert np.allclose(normed(*row), normed(*10 * row))
    assert np.allclose(normed(*row), (row - 5) / np.sqrt(np.mean(np.square([-3, -1, 4]))))


@CLAIMS.computed(
    "So the inside always sees rows of size 1, and the way around stays free: its factor is still 1.",
)
def the_way_around_stays_free():
    rng = np.random.default_rng(0)
    x, dy = 50 * rng.normal(size=(2, 6, 4))
    norm, silent = LayerNorm(4), Dense(4, 4, weights=np.zeros((4, 4)), rng=0)
    assert np.allclose(np.square(norm.forward(x)[0]).mean(axis=1), 1, rtol=1e-5)
    block = Residual(norm, silent)  # an inside that gives 0: what is left is the way around
    assert np.allclose(block.backward(dy, block.forward(x)[1])[0], dy)


# Replies, hints and the examples of mistakes


@CLAIMS.computed(
    "x is a fork, so what comes back on both ways is added.",
    "f has the slope 0.5 and dy = 2: through the block comes 1, around it 2, together 3.",
    "f has the slope 0.5 and dy = 2: around the block comes 2, through it 1, together 3.",
    "1 on one way and 2 on the other: 3 arrives.",
)
def both_ways_are_added():
    block = Residual(inside(0.5))
    assert passed(block, 1.7, 2) == (1.7 + 0.5 * 1.7, 0.5 * 2 + 2)
    assert passed(block, 1.7, 2)[1] == 3


@CLAIMS.computed(
    "x = 2 and tanh(...) = 0.5: y is 2.5.",
    "a = 0.5: the slope is 0.75, so an error of 2 becomes 1.5.",
    "slope 0.75 and dy = 2: around the block comes 2, not 1.5.",
    "x = 1, a = 0: the slope of tanh is 1, while 1 - y² is 0.",
)
def a_tanh_inside():
    y, dx = passed(Residual(inside(1.0, bias=-1.0), Tanh()), 1, 1)
    assert (y, dx - 1, 1 - y**2) == (1, 1, 0)
    z = math.atanh(0.5)
    y, dx = passed(Residual(inside(1.0, bias=z - 2), Tanh()), 2, 2)
    assert math.isclose(y, 2.5)
    assert math.isclose(dx, 2 + 1.5)  # around: 2, through: 2 · 0.75
    assert math.isclose(passed(Tanh(), z, 2)[1], 2 * 0.75)


@CLAIMS.computed(
    "Weights of size 0.05 shrink it in every layer.",
    "Weights of size 0.05, 16 to a layer: the size is multiplied by 0.05 · 4 = 0.2.",
    "The second has Glorot's start, which was made to keep the size of an error.",
    trains=True,
)
def the_size_of_an_error():
    names = ran("16")
    found = names["error_sizes"](names["small_weights"])
    assert all(front < behind for front, behind in zip(found, found[1:], strict=False))
    glorot = names["error_sizes"](names["plain"])
    assert glorot[0] > glorot[-1] / 4
    assert np.isclose(np.mean([found[k] / found[k + 1] for k in range(10)]), 0.2, rtol=0.2)
