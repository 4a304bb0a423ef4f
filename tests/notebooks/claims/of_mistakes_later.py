"""Examples of the kinds that came with the later notebooks: the right number and the slipped one, both computed."""

import math

import numpy as np

from bplearn import ReLU
from bplearn.exercises import ALL
from bplearn.functional import softmax
from tests.notebooks.claims.by_hand import near, s, same, slope, square, stops, visits


def gives(right, slipped, values):
    """Whether the right way gives the first value, and the slipped way the second."""
    return all(np.allclose(found, value) for found, value in zip((right, slipped), values, strict=True))


def made_anew():
    for k in range(3):
        out = [0, 0, 0]
        out[k] = 1
    return out


def two_names():
    up = x = np.zeros(2)
    up[0] += 1
    down = x
    return down[0], up[0]


def added(dy, t, rows):
    """The derivative of the rows that t picks: each error is added to its own row."""
    dW = np.zeros((rows, np.shape(dy)[1]))
    np.add.at(dW, t, dy)
    return dW


def updates(samples, size, epochs=1):
    """How many slices the epochs are cut into, counted one by one."""
    return len([list(range(samples))[k : k + size] for _ in range(epochs) for k in range(0, samples, size)])


def penalty(w):
    return 0.1 * np.square(w).sum() / 2


def asked(step):
    """Where a function is asked for x = 5 nudged by `step` both ways."""
    places = []
    for x in (5 + step, 5 - step):
        (lambda x: places.append(x))(x)
    return places


def sizes(samples, size):
    return [len(range(samples)[k : k + size]) for k in range(0, samples, size)]


def kept(z):
    """Whether the library's ReLU leaves its input as it was."""
    before = z.copy()
    return same(ReLU().forward(z[None])[0], [[2, 0]]) and same(z, before)


def he_variance(inputs):
    return float(ALL["11.2"].solution(inputs, 50_000, np.random.default_rng(0))[0].var())


def share(right, samples):
    """The accuracy where so many answers are right."""
    return accuracy(np.tile([2, 1], (samples, 1)), np.arange(samples) >= right)


def decayed(steps):
    """The weight 1 after so many steps with no error."""
    x, W = np.zeros((1, 1)), np.ones((1, 1))
    return ALL["13.4"].solution(x, x, W, np.zeros(1), 0.5, 0.2, steps)[0].item()


def stepped(w, rate, decay):
    """The weight of y = w x after one step at x = 1, t = 0."""
    x, t = np.ones((1, 1)), np.zeros((1, 1))
    return ALL["13.4"].solution(x, t, np.full((1, 1), w), np.zeros(1), rate, decay, 1)[0].item()


momentum, rmsprop, adam = (ALL[f"13.{k}"].solution for k in (1, 2, 3))
accuracy, split = ALL["14.1"].solution, ALL["14.2"].solution

LATER = {
    "b = 3: b² is 9, 2 b is 6.": lambda: gives(square(3), np.add(3, 3), (9, 6)),
    "3 / 4 is 0.75, 3 // 4 is 0.": lambda: gives(np.divide(3, 4), np.floor_divide(3, 4), (0.75, 0)),
    "`for k in range(3): out = [0, 0, 0]; out[k] = 1` ends with [0, 0, 1].": lambda: made_anew() == [0, 0, 1],
    "np.ones((2, 3)).sum(axis=1) has the shape (2,), with keepdims=True (2, 1).": lambda: (
        np.ones((2, 3)).sum(axis=1).shape == (2,) and np.ones((2, 3)).sum(axis=1, keepdims=True).shape == (2, 1)
    ),
    "6 in units of 2 is 6 / 2 = 3, not 12.": lambda: gives(len(range(0, 6, 2)), np.multiply(6, 2), (3, 12)),
    "from f = 4 to f = 6 it has grown by 2, not by 10.": lambda: gives(np.diff([4, 6]), np.sum([4, 6]), (2, 10)),
    "max(2, 5): the 5 gets the error, the 2 gets none.": lambda: (
        near(slope(lambda v: max(2, v), 5), 1) and near(slope(lambda v: max(v, 5), 2), 0)
    ),
    "max(2, 5): the slopes are 0 and 1, not 0.05 and 0.95.": lambda: gives(
        [slope(lambda v: max(v, 5), 2), slope(lambda v: max(2, v), 5)],
        softmax(np.array([[2.0, 5.0]])).round(2)[0],
        ([0, 1], [0.05, 0.95]),
    ),
    "weight decay 0.1, W = 2, b = 3: 0.2 is added to dW, nothing to db.": lambda: gives(
        slope(lambda W: penalty([W]), 2), slope(lambda b: penalty([2]), 3), (0.2, 0)
    ),
    "W = 2, gradient 0, weight decay 0.1: the derivative is 0.2.": lambda: near(slope(lambda W: penalty([W]), 2), 0.2),
    "t = [2, 0]: row 2 of dW gets dy[0], not dy[2].": lambda: same(added([[5], [7]], [2, 0], 3)[2], [5]),
    "dy = [[1], [2]], t = [0, 0]: row 0 of dW is 3, not 1.": lambda: gives(
        added([[1], [2]], [0, 0], 1)[0], added([[1]], [0], 1)[0], (3, 1)
    ),
    "dy = [[1, 2]], t = [0]: row 0 of dW is (1, 2), not (3, 3).": lambda: gives(
        added([[1, 2]], [0], 1)[0], np.full(2, np.sum([[1, 2]])), ((1, 2), (3, 3))
    ),
    "L = 3 y: the error of y is 3, whatever y is.": lambda: all(
        near(slope(lambda y: 3 * y, y), 3) for y in (-1, 0.5, 4)
    ),
    "two layers with the slope 0.5: 0.25 is left; with the slope 1 all of it.": lambda: gives(
        np.prod([0.5, 0.5]), np.prod([1, 1]), (0.25, 1)
    ),
    "4 updates in an epoch, 3 epochs: 12, not 7.": lambda: gives(updates(8, 2, 3), np.add(4, 3), (12, 7)),
    "12 samples in batches of 3: four updates, not three.": lambda: sizes(12, 3) == [3, 3, 3, 3],
    "12 samples in batches of 3: four batches, not one.": lambda: gives(updates(12, 3), updates(12, 12), (4, 1)),
    "12 samples in batches of 3: four batches, not twelve.": lambda: gives(updates(12, 3), updates(12, 1), (4, 12)),
    "rows 2 and 0 of x go with the targets 2 and 0.": lambda: same(
        np.array([[0], [10], [20]])[[2, 0], 0], 10 * np.array([0, 1, 2])[[2, 0]]
    ),
    "3 epochs of 4 batches: 12 calls.": lambda: visits(4, 3, 1) == 12,
    "x = 5, h = 0.1: f(5.1) and f(4.9), not f(0.1) and f(-0.1).": lambda: gives(
        asked(0.1), np.subtract(asked(0.1), 5), ((5.1, 4.9), (0.1, -0.1))
    ),
    "`up = x; up[0] += 1; down = x`: down holds the 1 as well.": lambda: two_names() == (1, 1),
    "x = 5, h = 0.1: from 4.9 to 5.1, not from 4.5 to 5.5.": lambda: gives(
        asked(0.1), asked(0.1 * 5), ((5.1, 4.9), (5.5, 4.5))
    ),
    "f(x) = x²: the slope at 3 is 6, the second derivative is 2.": lambda: (
        near(slope(square, 3), 6) and abs(slope(lambda x: slope(square, x, 0.1), 3, 0.1) - 2) < 1e-6
    ),
    "x = [[1, 5]]: the winner is x[0, 1], in row 0, not in row 1.": lambda: (
        np.unravel_index(np.argmax([[1, 5]]), (1, 2)) == (0, 1)
    ),
    "two rows with their winners in columns 0 and 2: two entries count, [:, [0, 2]] picks four.": lambda: gives(
        np.ones((2, 3))[[0, 1], [0, 2]].size, np.ones((2, 3))[:, [0, 2]].size, (2, 4)
    ),
    "max(2, 5): the slope for the 5 is 1, not 5.": lambda: gives(slope(lambda v: max(2, v), 5), max(2, 5), (1, 5)),
    "no error, W = 2, weight decay 0.1: L is 0.2, not 0.": lambda: near(penalty([2]), 0.2),
    "W = -3, weight decay 0.1: the penalty is 0.1 · 9 / 2 = 0.45.": lambda: near(penalty([-3]), 0.45),
    "w = 3: w² / 2 is 4.5, its slope 3.": lambda: gives(square(3) / 2, slope(lambda w: square(w) / 2, 3), (4.5, 3)),
    "penalty w² / 2: the slope at 3 is 3, the one at 0.1 is 0.1.": lambda: gives(
        slope(lambda w: square(w) / 2, 3), slope(lambda w: square(w) / 2, 0.1), (3, 0.1)
    ),
    "W = 2, weight decay 0.1: its part of the derivative is 0.2, not 2.": lambda: gives(
        slope(lambda W: penalty([W]), 2), slope(lambda W: penalty([W]) / 0.1, 2), (0.2, 2)
    ),
    "t = [2, 2]: row 2 of dW is dy[0] + dy[1], the others are 0.": lambda: same(
        added([[5], [7]], [2, 2], 4), [[0], [0], [5 + 7], [0]]
    ),
    "t = [0, 1]: row 0 of dW is dy[0] alone.": lambda: same(added([[5], [7]], [0, 1], 2)[0], [5]),
    "x has the shape (5, 3): the mask has 15 numbers, not 3.": lambda: gives(
        np.ones((5, 3)).size, np.ones((5, 3))[0].size, (15, 3)
    ),
    "mask (1, 0), x = (2, 3): the layer sees 0 in the place of the 3.": lambda: same(
        np.multiply([1, 0], [2, 3]), [2, 0]
    ),
    "the root of 9 / 36 is 0.5; the root of 9, divided by 36, is 0.083.": lambda: gives(
        np.sqrt(9 / 36), np.round(np.sqrt(9) / 36, 3), (0.5, 0.083)
    ),
    "evenly from -1 to 1: the standard deviation is 0.577.": lambda: (
        round(float(np.std(np.linspace(-1, 1, 100_001))), 3) == 0.577
    ),
    "a = 0.9 has a slope of 0.09, a = 0.7 one of 0.21: it is steeper still elsewhere.": lambda: (
        gives(slope(s, math.log(9)), slope(s, math.log(7 / 3)), (0.09, 0.21)) and slope(s, 0) > 0.21
    ),
    "two layers with the slope 0.2: 0.2 · 0.2 = 0.04, not 0.1.": lambda: gives(
        np.prod([0.2, 0.2]), np.divide(0.2, 2), (0.04, 0.1)
    ),
    "three factors of 2: 2³ = 8, not 3² = 9.": lambda: gives(np.prod([2, 2, 2]), square(3), (8, 9)),
    "5 samples, batches of 2, 2 epochs: 3 + 3 = 6 updates; 10 / 2 would be 5.": lambda: gives(
        updates(5, 2, 2), updates(10, 2), (6, 5)
    ),
    "5 samples in batches of 2: 2 + 2 + 1 are three batches, not four.": lambda: sizes(5, 2) == [2, 2, 1],
    "8 samples, batches of 2, 3 epochs: 4 updates in an epoch, 12 in all.": lambda: gives(
        updates(8, 2), updates(8, 2, 3), (4, 12)
    ),
    "12 samples, batch_size 3: four batches of 3, not three of 4.": lambda: (
        sizes(12, 3) == [3] * 4 and sizes(12, 4) == [4] * 3
    ),
    "batches of 4: 0 to 4, then 4 to 8; order[4:4] is empty.": lambda: (
        list(range(8))[4:8] == [4, 5, 6, 7] and list(range(8))[4:4] == []
    ),
    "3 epochs of 4 batches: 12 calls, not 3.": lambda: gives(visits(4, 3, 1), visits(1, 3, 1), (12, 3)),
    "1,000 samples: batches of 500 make 2 updates in an epoch, batches of 20 make 50.": lambda: gives(
        updates(1000, 500), updates(1000, 20), (2, 50)
    ),
    "1 and 3: the mean of the squares is 5, the square of the mean 4.": lambda: gives(
        np.mean(np.square([1, 3])), square(np.mean([1, 3])), (5, 4)
    ),
    "z = (2, -3) should still be (2, -3) after the call.": lambda: kept(np.array([2.0, -3.0])),
    "8 inputs: the variance is 2 / 8, not 1 / 8.": lambda: abs(he_variance(8) - 2 / 8) < 0.01,
    "8 inputs: 2 / 8, not 8 / 2.": lambda: abs(he_variance(8) - 2 / 8) < 0.01,
    "10 inputs or 1,000: with one size for both, the sums of the second are ten times as large.": lambda: near(
        np.linalg.norm(np.ones(1000)), 10 * np.linalg.norm(np.ones(10))
    ),
    "v = 2, g = 1, momentum 0.5: the new v is 0.5 · 2 + 1 = 2.": lambda: momentum(2, 1, 0.1, 0.5)[0] == 2,
    "v = 1, learning rate 0.1: the change is -0.1.": lambda: near(momentum(0, 1, 0.1, 0.9)[1], -0.1),
    "s = (1, 100): the first weight divides by 1, the second by 10.": lambda: same(
        1 / rmsprop(np.array([1.0, 100]), 1, -1, 1, 0)[1], [1, 10]
    ),
    "g = 1 and g = -1 must lead to opposite changes.": lambda: (
        rmsprop(1, 1, 0.1, 0.9, 0)[1] == -rmsprop(1, -1, 0.1, 0.9, 0)[1] != 0
    ),
    "share 0.1, g = 2: 0.1 · 4 = 0.4, not 0.2² = 0.04.": lambda: gives(
        rmsprop(0, 2, 0.1, 0.9, 0)[0], square(0.1 * 2), (0.4, 0.04)
    ),
    "m = 1, g = -0.1: the step still follows m.": lambda: adam(1, 1, -0.1, 1, 0.1, 0.9, 0.9, 0)[2] < 0,
    "m = 0.1, g = 1: s takes in 1, not 0.01.": lambda: gives(
        adam(0, 0, 1, 1, 0.1, 0.9, 0, 0)[:2], adam(0, 0, 0.1, 1, 0.1, 0.9, 0, 0)[1], ((0.1, 1), 0.01)
    ),
    "s = 4, g = 1: divide by 2, not by 1.": lambda: gives(
        1 / rmsprop(4, 1, -1, 1, 0)[1], 1 / rmsprop(4, 1, -1, 0, 0)[1], (2, 1)
    ),
    "beta = 0.9, two steps: 1 - 0.81 = 0.19, not 2.": lambda: near(
        adam(*adam(0, 0, 1, 1, 0.1, 0.9, 0.9, 0)[:2], 1, 2, 0.1, 0.9, 0.9, 0)[0], 0.19
    ),
    "y = w x at w = 1: its error is that of y = x, not of 0.9 x.": lambda: gives(
        stepped(1, rate=0.1, decay=1), 0.9 - 0.1 * slope(square, 0.9), (1 - 0.1 * (slope(square, 1) + 1), 0.72)
    ),
    "four samples: 0, 0.25, 0.5, 0.75 or 1.": lambda: [share(k, 4) for k in range(5)] == [0, 0.25, 0.5, 0.75, 1],
    "2 of 3 right: 0.6667, not 0.67.": lambda: gives(
        np.round(share(2, 3), 4), np.round(share(2, 3), 2), (0.6667, 0.67)
    ),
    "4 of 4 right: 4 / 4, not 4 / 3.": lambda: share(4, 4) == 4 / 4,
    "losses 1, 5: the best is epoch 1, since 5 is not below 1.": lambda: stops([1, 5], 5)[0] == 1,
    "no error, rate · decay = 0.1, two steps: 1, 0.9, 0.81.": lambda: gives(decayed(1), decayed(2), (0.9, 0.81)),
    "no error, rate · decay = 0.1: 1, 0.9, 0.81; with the first weight 1, 0.9, 0.8.": lambda: gives(
        [decayed(k) for k in range(3)], np.cumsum([1, -0.1, -0.1]), ([1, 0.9, 0.81], [1, 0.9, 0.8])
    ),
    "scores (0.1, 2.7): the largest is 2.7, and it stands at place 1.": lambda: gives(
        np.max([0.1, 2.7]), np.argmax([0.1, 2.7]), (2.7, 1)
    ),
    "scores (0.6, 3), true class 0: wrong, since 3 is larger.": lambda: accuracy(np.array([[0.6, 3]]), [0]) == 0,
    "scores (3, 1): class 0.": lambda: accuracy(np.array([[3, 1]]), [0]) == 1,
    "3 of 4 right: 0.75, not 0 and not 1.": lambda: share(3, 4) == 0.75,
    "rows (1, 10) and (3, 30): the columns' means are 2 and 20.": lambda: same(
        np.mean([[1, 10], [3, 30]], axis=0), [2, 20]
    ),
    "n_train = 3: rows 0, 1 and 2.": lambda: gives(
        *split(np.array([[0], [1], [2], [9]]), 3), ([[-math.sqrt(1.5)], [0], [math.sqrt(1.5)]], 8 * math.sqrt(1.5))
    ),
    "(0, 2, 10) becomes (0, 0.2, 1) so; its mean should be 0.": lambda: (
        same(np.array([0, 2, 10]) / np.ptp([0, 2, 10]), [0, 0.2, 1])
        and abs(split(np.array([[0], [2], [10]]), 3)[0].mean()) < 1e-9
    ),
    "losses 1, 5, 4, 3 with patience 3: stop at epoch 4.": lambda: stops([1, 5, 4, 3, 2], 3)[1] == 4,
    "losses 2, 1, 3 with patience 5: the last epoch is 3, not 7.": lambda: stops([2, 1, 3], 5) == (2, 3),
    "losses 3, 2: the first epoch is a new best, then the second.": lambda: (
        stops([3], 5)[0] == 1 and stops([3, 2], 5)[0] == 2
    ),
    "losses 3, 2: the first epoch is a new best, whatever its loss.": lambda: (
        stops([3], 5)[0] == stops([3e9], 5)[0] == 1 and stops([3, 2], 5)[0] == 2
    ),
}
