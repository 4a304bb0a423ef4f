"""More examples of known mistakes: those that wrong answers written from the tasks alone brought to light."""

import math

import numpy as np

from bplearn import Dense
from bplearn.functional import softmax
from tests.notebooks.claims.by_hand import (
    divided,
    near,
    own_attribute,
    s,
    same,
    slope,
    stops,
    visits,
)

MORE = {
    "variance 4: the standard deviation is 2.": lambda: np.std([1, 5]) == 2 and np.var([1, 5]) == 4,
    "z = -1: the sigmoid gives 0.27, tanh -0.76, the ReLU 0.": lambda: (
        round(s(-1), 2) == 0.27 and round(math.tanh(-1), 2) == -0.76 and max(-1, 0) == 0
    ),
    "z = 0: the sigmoid gives 0.5, and the sigmoid of that is 0.62.": lambda: s(0) == 0.5 and round(s(0.5), 2) == 0.62,
    "x = [1, 1], w = [1, 1], b = 3: z is 5, not 8.": lambda: 1 * 1 + 1 * 1 + 3 == 5 and (1 + 3) + (1 + 3) == 8,
    "two samples, three outputs: the mean over samples divides by 2.": lambda: len(np.ones((2, 3))) == 2,
    "y = 3, t = 1: (y - t)² / 2 is 2, and its derivative is 2 only by chance; at y = 4 they are 4.5 and 3.": lambda: (
        (3 - 1) ** 2 / 2 == 2 == 3 - 1 and (4 - 1) ** 2 / 2 == 4.5 and 4 - 1 == 3
    ),
    "p = (0.7, 0.3), true class 0: the derivative is (-0.3, 0.3), not (0.7, 0.3).": lambda: same(
        np.round(np.array([0.7, 0.3]) - [1, 0], 9), [-0.3, 0.3]
    ),
    "z = 2: p is 0.88.": lambda: round(s(2), 2) == 0.88,
    "p = 1: the loss is 0, not -1.": lambda: -math.log(1) == 0,
    "scores (0, 0): p is (0.5, 0.5), not (1, 1).": lambda: same(softmax(np.zeros((1, 2))), [[0.5, 0.5]]),
    "scores (1, -1): p is (0.88, 0.12).": lambda: same(softmax(np.array([[1.0, -1.0]])).round(2), [[0.88, 0.12]]),
    "rows (1000, 0) and (0, 1): in the second exp(-1000) / exp(-1000) is 0 / 0.": lambda: math.exp(-1000) == 0,
    "t = 0, p = 0.9: the loss is -log 0.1 = 2.3, not 0.": lambda: round(-math.log(0.1), 1) == 2.3,
    "f = (x + 3) · 2: df/dx is 2, not 6.": lambda: near(slope(lambda x: (x + 3) * 2, 1), 2),
    "paths 2 and 3: the derivative is 5, not 6.": lambda: 2 + 3 == 5 and 2 * 3 == 6,
    "one value alone: its derivative is 1.": lambda: near(slope(lambda x: x, 1), 1),
    "z = (2, -2), dy = (1, 1): dz is (1, 0), not (0, 1).": lambda: same(
        np.array([1, 1]) * (np.array([2, -2]) > 0), [1, 0]
    ),
    "for W1[0, 1] the path passes x[0] and a1[1].": lambda: np.outer([2, 3], [0, 5])[0, 1] == 2 * 5,
    "paths 2 and -1: asked for is (2, -1), not 1.": lambda: 2 + -1 == 1,
    "w = 5, gradient 2, learning rate 0.5: asked for is 4, not -1.": lambda: 5 - 0.5 * 2 == 4 and -0.5 * 2 == -1,
    "z1 = (2, -3): it stays (2, -3), and a1 is (2, 0).": lambda: same(np.maximum([2, -3], 0), [2, 0]),
    "10 rows in batches of 4: rows 0-3, 4-7, 8-9.": lambda: (
        [list(range(10))[k : k + 4][-1] for k in (0, 4, 8)] == [3, 7, 9]
    ),
    "one.x = 1, two.x = 2: one.x is still 1.": lambda: own_attribute() == 1,
    "f = x0 + 2 x1: nudged alone the slopes are 1 and 2, together 3.": lambda: (
        near(slope(lambda x: x + 2 * 5, 1), 1) and near(slope(lambda x: 1 + 2 * x, 5), 2) and 1 + 2 == 3
    ),
    "x = (0, 0), h = 1: first (1, 0), then (0, 1), not (1, 1).": lambda: same(
        np.zeros(2) + np.eye(2), [[1, 0], [0, 1]]
    ),
    "from f(1) = 1 to f(3) = 9 the slope is 8 / 2 = 4, not 8.": lambda: (9 - 1) / (3 - 1) == 8 / 2 == 4,
    "def double(x, times): return 2 * x does not use `times`.": lambda: (
        (lambda x, times: 2 * x)(3, 5) == (lambda x, times: 2 * x)(3, 7)
    ),
    "rng.normal() draws from rng; np.random.default_rng(0) is always the same.": lambda: (
        np.random.default_rng(0).random() == np.random.default_rng(0).random()
    ),
    "rng.random() lies between 0 and 1: its mean is 0.5.": lambda: (
        abs(np.random.default_rng(0).random(100_000).mean() - 0.5) < 0.01
    ),
    "3 outputs: b is (0, 0, 0).": lambda: same(Dense(2, 3, rng=0).b.value, [0, 0, 0]),
    "rng.integers(0, 3, 3) may be (2, 0, 2); rng.permutation(3) may be (2, 0, 1).": lambda: (
        sorted((2, 0, 1)) == [0, 1, 2] and {2, 0} <= {0, 1, 2}
    ),
    "order[0:3] and order[2:5] share a row.": lambda: set(range(0, 3)) & set(range(2, 5)) == {2},
    "v = 0, g = 1: here the new v is 1, whatever the rate.": lambda: 0.9 * 0 + 1 == 1,
    "v = 0, g = 1, rate 0.1: the change is -0.1, not 0.": lambda: near(-0.1 * (0.9 * 0 + 1), -0.1),
    "decay 0.9, s = 1, g = 1: the new s is 1, not 2.": lambda: near(0.9 * 1 + 0.1 * 1, 1),
    "decay 0.9, s = 1, g = 1: 0.9 + 0.1 = 1, not 1.9.": lambda: near(0.9 * 1 + 0.1 * 1, 1) and near(0.9 * 1 + 1, 1.9),
    "s = 0, g = 0: 0 / 0 without epsilon.": lambda: np.isnan(divided(0, 0)) and divided(0, 0 + 1e-8) == 0,
    "s = 0, epsilon = 0.01: the root of 0.01 is 0.1, ten times epsilon.": lambda: (
        near(math.sqrt(0.01), 0.1) and near(0.1, 10 * 0.01)
    ),
    "W = 1, no error, decay 0.1, rate 0.5: the new W is 0.95.": lambda: near(1 - 0.5 * 0.1 * 1, 0.95),
    "rows 0 and 2: the deviation is 1, with N - 1 it is 1.41.": lambda: (
        np.std([0, 2]) == 1 and round(np.std([0, 2], ddof=1), 2) == 1.41
    ),
    "scores (3, 1): the answer is class 0.": lambda: np.argmax([3, 1]) == 0,
    "losses 1, 2, 3, 4 with patience 1: stop at epoch 2, not 4.": lambda: stops([1, 2, 3, 4], 1) == (1, 2),
    "10 samples, 3 epochs: 30 visits.": lambda: visits(10, 3) == 30,
    "y - t = 3: its square is 9.": lambda: 3**2 == 9,
    "x w = 0, b = 1: sigmoid(0 + 1) is 0.731, sigmoid(0) + 1 is 1.5.": lambda: (
        round(s(0 + 1), 3) == 0.731 and s(0) + 1 == 1.5
    ),
    "p = 0.5 and 1: the mean of -log p is 0.347, -log of the mean is 0.288.": lambda: (
        round(-np.mean(np.log([0.5, 1])), 3) == 0.347 and round(-np.log(np.mean([0.5, 1])), 3) == 0.288
    ),
    "log(exp(2)) is 2, log2(exp(2)) is 2.89.": lambda: (
        near(np.log(np.exp(2)), 2) and round(float(np.log2(np.exp(2))), 2) == 2.89
    ),
    "paths that bring 3 and 2: together 5, not 1.": lambda: 3 + 2 == 5 and 3 - 2 == 1,
    "x = 0: the slope of e to the power of x is 1, not 0.": lambda: near(slope(math.exp, 0), 1),
    "max(2, 5): the derivative for 5 is 1, for 2 it is 0.": lambda: (
        near(slope(lambda v: max(2, v), 5), 1) and near(slope(lambda v: max(v, 5), 2), 0)
    ),
    "exp at 0: the derivative is 1, not 2.": lambda: near(slope(math.exp, 0), 1),
    "x = 2, a1 = 3, dz1 = 1, dz2 = 4: dW1 is 2 and dW2 is 12.": lambda: (2 * 1, 3 * 4) == (2, 12),
    "mask 1, x = 2, keep = 0.5: y = 4 w, so dy/dw is 4, not 2.": lambda: near(slope(lambda w: 1 * 2 / 0.5 * w, 1), 4),
    "mask 0, x = 2: y = 0 whatever w is, so dy/dw is 0, not 2.": lambda: near(slope(lambda w: 0 * 2 * w, 1), 0),
    "keep = 0.8: the number 0.3 is below it, so this input stays.": lambda: (
        (np.random.default_rng(0).random(1000) < 0.8).mean() > 0.75 and 0.3 < 0.8
    ),
    "the column (2, 6): mean 4, deviation 2; it becomes (-1, 1), not (-2, 2).": lambda: (
        np.mean([2, 6]) == 4 and np.std([2, 6]) == 2 and ((2 - 4) / 2, (6 - 4) / 2) == (-1, 1)
    ),
    "losses 3, 1: the best is epoch 2, not 1.": lambda: np.argmin([3, 1]) + 1 == 2,
    "losses 5, 6, 4, 6 with patience 2: no stop at epoch 4.": lambda: stops([5, 6, 4, 6, 7], 2) == (3, 5),
}
