"""The examples that explain the known mistakes: each stands with its own numbers, and they are computed here."""

import math

import numpy as np

from bplearn import Dense
from bplearn.exercises import ALL
from bplearn.functional import softmax
from tests.notebooks.claims import Claims
from tests.notebooks.claims.by_hand import (
    A,
    descended,
    equal_units,
    fits,
    layers,
    near,
    overflows,
    s,
    same,
    settled,
    slope,
    square,
    stops,
    visits,
)
from tests.notebooks.claims.more_mistakes import MORE
from tests.notebooks.claims.of_mistakes_later import LATER

CLAIMS = Claims()

EXAMPLES = {
    "`for k in range(3): ... return x` makes one round, not three.": lambda: len([k for k in range(3) if k < 1]) == 1,
    "with w = 3 in the notebook, `def double(x): return 2 * w` gives 6 for every x.": lambda: (
        {(lambda x, w=3: 2 * w)(x) for x in (1, 5)} == {6}
    ),
    "asked for (z, a) with z = 0: (0, 0.5) is right, (0.5, 0) is not.": lambda: s(0) == 0.5 != s(0.5),
    "z = w h with w = 0.4, h = 0.6: dz/dw is 0.6.": lambda: near(slope(lambda w: w * 0.6, 0.4), 0.6),
    "dz = (1, -0.5), weights 0.4 and 0.6: dE/dh = 0.4 - 0.3 = 0.1, not 0.4.": lambda: near(1 * 0.4 - 0.5 * 0.6, 0.1),
    "Worked for x = 2: the slope of x² is 4. Asked for x = 3: it is 6.": lambda: (
        near(slope(square, 2), 4) and near(slope(square, 3), 6)
    ),
    "x = [1], W = [[2]], b = [0]: asked for is [2]; its sigmoid is 0.88.": lambda: (
        1 * 2 + 0 == 2 and round(s(2), 2) == 0.88
    ),
    "1 / 1 + 3 is 4, 1 / (1 + 3) is 0.25; 8 / 2 * 4 is 16, 8 / (2 * 4) is 1.": lambda: (
        (1 / 1 + 3, 1 / (1 + 3), 8 / 2 * 4, 8 / (2 * 4)) == (4, 0.25, 16, 1)
    ),
    "x @ w = 2, b = 1: exp(-2 + 1) is exp(-1), exp(-(2 + 1)) is exp(-3).": lambda: -2 + 1 == -1 and -(2 + 1) == -3,
    "E = (y1 - t1)² / 2 + (y2 - t2)² / 2: dE/dy1 is y1 - t1, not half of it.": lambda: near(
        slope(lambda y: (y - 0.3) ** 2 / 2 + 0.08, 0.9), 0.9 - 0.3
    ),
    "x = [1, 2], w = [3, 4]: x * w is [3, 8], the sum is 11.": lambda: (
        same(np.multiply([1, 2], [3, 4]), [3, 8]) and 3 + 8 == 11
    ),
    "x = [1, 1, 1], w = [1, 2, 3], b = 0: z is 6, not 3.": lambda: np.dot([1, 1, 1], [1, 2, 3]) == 6 and 1 * 3 + 0 == 3,
    "one sample, W = [[1, 2], [3, 4]], dy = [1, 0]: dx is [1, 3]; without the transpose [1, 2]. Only a square W allows it.": lambda: (
        same([[1, 0]] @ A.T, [[1, 3]]) and same([[1, 0]] @ A, [[1, 2]]) and not fits([[1, 0]], np.ones((3, 2)))
    ),
    "x = [1, 0], W = [[1, 2], [3, 4]]: x @ W is [1, 2], x @ W.T is [1, 3]. Only a square W allows it.": lambda: (
        same([[1, 0]] @ A, [[1, 2]]) and same([[1, 0]] @ A.T, [[1, 3]]) and not fits([[1, 0]], np.ones((3, 2)))
    ),
    "x = [1, 2], dy = [5, 7]: dW[0, 1] = 1 · 7, and transposed it is 2 · 5.": lambda: (
        np.outer([1, 2], [5, 7])[0, 1] == 1 * 7 and np.outer([1, 2], [5, 7]).T[0, 1] == 2 * 5
    ),
    "two samples, one output, dy = [[1], [3]]: db is [4], not [[1], [3]].": lambda: same(
        np.sum([[1], [3]], axis=0), [4]
    ),
    "one sample, two outputs, dy = [[1, 3]]: db is [1, 3], not 4.": lambda: (
        same(np.sum([[1, 3]], axis=0), [1, 3]) and np.sum([[1, 3]]) == 4
    ),
    "dy = [[1, 2], [3, 4]]: db is [4, 6]; along the other axis [3, 7].": lambda: (
        same(A.sum(axis=0), [4, 6]) and same(A.sum(axis=1), [3, 7])
    ),
    "two samples, one output, dy = [[1], [3]]: db is [4]; the average is [2].": lambda: (
        same(np.sum([[1], [3]], axis=0), [4]) and same(np.mean([[1], [3]], axis=0), [2])
    ),
    "b = 0, db = 1, learning rate 0.1: the new b is -0.1, not 0.": lambda: near(0 - 0.1 * 1, -0.1),
    "products 2 and 4: their sum is 6, their mean 3.": lambda: np.sum([2, 4]) == 6 and np.mean([2, 4]) == 3,
    "one sample with dy = 1: db is 1, not 0.": lambda: np.sum([[1]], axis=0) == 1,
    "two samples with errors 1 and 1: the mean is 1, the sum is 2, and it grows with the batch.": lambda: (
        np.mean([1, 1]) == 1 and np.sum([1, 1]) == 2 and np.sum([1, 1, 1]) > 2
    ),
    "two samples: the mean has 1/2 in it; divided twice it has 1/4, and steps get N times too small.": lambda: (
        (1 / 2) / 2 == 1 / 4
    ),
    "one sample, two outputs, both wrong by 1: summed over outputs 2, averaged over entries 1.": lambda: (
        np.square([[1, 1]]).sum() == 2 and np.square([[1, 1]]).mean() == 1
    ),
    "one sample, two outputs, errors 1 and 1: over all entries 1, over the samples alone 2.": lambda: (
        np.square([[1, 1]]).mean() == 1 and np.square([[1, 1]]).sum() / 1 == 2
    ),
    "right for batches of 5, wrong by the factor 3/5 for a batch of 3.": lambda: near((1 / 5) / (1 / 3), 3 / 5),
    "10 samples, batches of 4: 4 + 4 + 2 samples are three updates, not two.": lambda: (
        [min(4, 10 - k) for k in (0, 4, 8)] == [4, 4, 2] and 10 // 4 == 2
    ),
    "y = [[1], [2]], t = [1, 2]: a perfect answer, yet y - t is [[0, -1], [1, 0]] and the error 0.5.": lambda: (
        same(np.array([[1], [2]]) - [1, 2], [[0, -1], [1, 0]]) and np.square([[0, -1], [1, 0]]).mean() == 0.5
    ),
    "two samples: p[[0, 1], t] holds two numbers, p[:, t] holds four.": lambda: (
        A[[0, 1], [0, 1]].size == 2 and A[:, [0, 1]].size == 4
    ),
    "scores [[0, 0], [0, 0]]: each row gives [0.5, 0.5]; over all four entries it would be 0.25.": lambda: (
        same(softmax(np.zeros((2, 2))), [[0.5, 0.5]] * 2) and 1 / 4 == 0.25
    ),
    "Dense(2, 3): W is (2, 3), so that (N, 2) @ (2, 3) gives (N, 3).": lambda: (
        (np.ones((5, 2)) @ np.ones((2, 3))).shape == (5, 3)
    ),
    "Dense(2, 3) has 3 biases, whatever the batch.": lambda: Dense(2, 3, rng=0).b.value.size == 3,
    "Dense(2, 3) makes 3 sums of each sample, so it has 3 biases.": lambda: (
        Dense(2, 3, rng=0).forward(np.ones((1, 2)))[0].size == Dense(2, 3, rng=0).b.value.size == 3
    ),
    "x = 0, b = 2: z is 2, not 0.": lambda: 0 * 5 + 2 == 2,
    "a = sigmoid(0) = 0.5 has the slope 0.25: forgotten, the error is four times too large.": lambda: (
        s(0) == 0.5 and near(slope(s, 0), 0.25) and 1 / 0.25 == 4
    ),
    "z = 0, a = 0.5: the slope is 0.25, not 1.": lambda: near(slope(s, 0), 0.25),
    "a = 0.5: the slope is 0.25; taken twice it is 0.0625.": lambda: 0.5 * (1 - 0.5) == 0.25 and 0.25**2 == 0.0625,
    "z = 0, a = 0.5: the slope is 0.25; sigmoid'(0.5) is 0.235.": lambda: (
        near(slope(s, 0), 0.25) and round(slope(s, 0.5), 3) == 0.235
    ),
    "z = 2, a = 0.881: the slope is 0.105; z (1 - z) is -2.": lambda: (
        round(s(2), 3) == 0.881 and round(slope(s, 2), 3) == 0.105 and 2 * (1 - 2) == -2
    ),
    "a = 0.9: the slope is 0.09, not 0.1 or 0.9.": lambda: near(0.9 * (1 - 0.9), 0.09),
    "z = -1, a = 0: the slope is 0, but `a >= 0` is True.": lambda: (
        max(-1, 0) >= 0 and slope(lambda z: max(z, 0), -1) == 0
    ),
    "z = 1, dy = -2: the unit is on, so dz = -2, not 0.": lambda: near(-2 * slope(lambda z: max(z, 0), 1), -2),
    "z = 3, dy = 1: dz is 1, not 3.": lambda: near(slope(lambda z: max(z, 0), 3), 1),
    "y = 0.5, t = 0: dE/dz is 0.5 · 0.25 = 0.125, not 0.5.": lambda: near((0.5 - 0) * slope(s, 0), 0.125),
    "p = 0.9, t = 1: dz is -0.1; with the extra factor -0.009, and sure mistakes never mend.": lambda: (
        near(0.9 - 1, -0.1) and near(-0.1 * 0.9 * (1 - 0.9), -0.009)
    ),
    "scores [10, 0]: p is [1.00, 0.00]; twice it is [0.73, 0.27].": lambda: (
        same(softmax(np.array([[10.0, 0]])).round(2), [[1, 0]])
        and same(softmax(softmax(np.array([[10.0, 0]]))).round(2), [[0.73, 0.27]])
    ),
    "p = 0.5 at the true class: dL/dp is -2, dL/dz is -0.5.": lambda: (
        near(slope(lambda p: -math.log(p), 0.5), -2) and near(0.5 - 1, -0.5)
    ),
    "scores [1000, 1000]: p is [0.5, 0.5], not NaN.": lambda: same(softmax(np.array([[1000.0, 1000.0]])), [[0.5, 0.5]]),
    "exp(1000) is inf for the computer, and inf / (1 + inf) is nan.": lambda: overflows(1000),
    "E = e² / 2 has the derivative e; e² has 2 e; a step of h to both sides is 2 h wide.": lambda: (
        near(slope(lambda e: e * e / 2, 0.7), 0.7)
        and near(slope(square, 0.7), 2 * 0.7)
        and near((1 + 0.1) - (1 - 0.1), 2 * 0.1)
    ),
    "f(x) = x: the slope is 1 everywhere, not 2 and not 0.5.": lambda: near(slope(lambda x: x, 0.3), 1),
    "derivative 0.2, learning rate 0.5: the derivative is 0.2, the step 0.1.": lambda: near(0.5 * 0.2, 0.1),
    "derivative 0.2: asked for is 0.2, not 0.5 · 0.2.": lambda: near(0.5 * 0.2, 0.1) and 0.1 != 0.2,
    "y = 1, t = 0: dE/dy is +1, since E grows when y grows.": lambda: near(slope(lambda y: (y - 0) ** 2 / 2, 1), 1),
    "f(x) = x: the slope is +1 everywhere.": lambda: near(slope(lambda x: x, -2), 1),
    "z = 2: the sigmoid is 0.881; without the minus it is 0.119.": lambda: (
        round(s(2), 3) == 0.881 and round(s(-2), 3) == 0.119
    ),
    "z = 0: sigmoid gives 0.5; without it the output is 0.": lambda: s(0) == 0.5,
    "z = 0: the sigmoid gives 0.5; without it the answer is 0.": lambda: s(0) == 0.5,
    "z1 = 0, a1 = 0.5: the second layer must see 0.5.": lambda: s(0) == 0.5,
    "z = w x with x = 3: dz/dw is 3, not 1.": lambda: near(slope(lambda w: w * 3, 0.2), 3),
    "dz = 1 at the output, w = 0.4: 0.4 arrives, not 1.": lambda: 1 * 0.4 == 0.4,
    "f = a b at a = 2, b = 5: df/da is 5, not 2.": lambda: near(slope(lambda a: a * 5, 2), 5),
    "factors 2 and 3 along one path: 6, not 5.": lambda: 2 * 3 == 6 and 2 + 3 == 5,
    "L = 3 (a b): dL/da is 3 b, not b.": lambda: near(slope(lambda a: 3 * (a * 0.7), 2), 3 * 0.7),
    "x² at 1 with h = 0.1: one side gives 2.1, both sides 2.0.": lambda: (
        near((1.1**2 - 1) / 0.1, 2.1) and near((1.1**2 - 0.9**2) / 0.2, 2.0)
    ),
    "a = 0.5, w = 1, dz = 0.2, rate 1: the new w is 0.9; back goes 0.2 · 1 = 0.2, not 0.2 · 0.9.": lambda: (
        near(1 - 1 * 0.5 * 0.2, 0.9) and near(0.2 * 0.9, 0.18)
    ),
    "forward kept the inputs 1 and 3: only their weights have a derivative.": lambda: (
        np.count_nonzero(np.array([[0, 5, 0, 7]]).T @ np.ones((1, 1))) == 2
    ),
    "dy = [[1], [2]], t = [0, 0]: row 0 of dW is 3, not 2.": lambda: 1 + 2 == 3,
    "the same batch twice: the second gradient must be g again, not 2 g.": lambda: near(
        slope(square, 1) + slope(square, 1), 2 * slope(square, 1)
    ),
    "f(A) twice: the second answer must be the first again.": lambda: same(
        *(Dense(2, 3, rng=0).forward(np.ones((4, 2)))[0] for _ in "ab")
    ),
    "f = a + a: df/da is 2; with `=` the second path overwrites the first and it is 1.": lambda: near(
        slope(lambda a: a + a, 2), 2
    ),
    "a list of layers 4-5, 5-2: the first pair holds a dW of shape (4, 5), the second one of (5, 2).": lambda: (
        [pair[0].shape for pair in ALL["09.8"].solution(np.ones((9, 4)), np.zeros(9, int), layers(4, 5, 2))]
        == [(4, 5), (5, 2)]
    ),
    "two samples with gradients 1 and 3: together 4; if the last overwrites, 3.": lambda: 1 + 3 == 4,
    "w = 1: after a step to 0.9 the next step must start at 0.9.": lambda: near(1 - 0.1 * 1, 0.9),
    "10 samples in batches of 5: two steps with 5 samples each, not with 10.": lambda: 10 / 5 == 2,
    "x² from 10: the slope is 20 at the start and 12 at x = 6.": lambda: (
        near(slope(square, 10), 20) and near(slope(square, 6), 12)
    ),
    "x² from 10, learning rate 0.2, one step: 6.": lambda: near(descended(0.2, 1), 6),
    "images (3, 7) with labels (3, 7), images shuffled to (7, 3): every label is wrong now.": lambda: all(
        a != b for a, b in zip((3, 7), (7, 3), strict=True)
    ),
    "sorted digits in batches of 32: each batch holds one class only.": lambda: (
        len(set(np.sort(np.repeat(range(10), 64))[:32])) == 1
    ),
    "two hidden units with weights 0: the same output, the same gradient, for ever.": lambda: equal_units(0.0),
    "two hidden units with weights 0.1: the same output, the same gradient, for ever.": lambda: equal_units(0.1),
    "the variance of a sum of 100 numbers is 100 times that of one of them: its size is 10, not 1.": lambda: near(
        math.sqrt(100 * 1), 10
    ),
    "x² from 10: with 0.9 ten steps end at 1.07, with 2 at 590,490.": lambda: (
        round(descended(0.9, 10), 2) == 1.07 and descended(2, 10) == 590490
    ),
    "x² from 10: with 0.05 ten steps end at 3.5, with 0.1 at 1.07.": lambda: (
        round(descended(0.05, 10), 1) == 3.5 and round(descended(0.1, 10), 2) == 1.07
    ),
    "w = 1, gradient 0.5, learning rate 0.1: the new w is 0.95, not 0.5.": lambda: near(1 - 0.1 * 0.5, 0.95),
    "w = 1, gradient 0.5, learning rate 0.1: the new w is 0.95, not 1.05.": lambda: (
        near(1 - 0.1 * 0.5, 0.95) and near(1 + 0.1 * 0.5, 1.05)
    ),
    "100 samples in batches of 10: an epoch has 10 updates, not 1.": lambda: visits(100, 1, 10) / 10 == 10,
    "targets around 100: without its bias the line cannot get there, and decay pulls the bias to 0.": lambda: (
        abs((50 - 0.1 * 50) - 0) < 50
    ),
    "W = 1, dW = 0, weight decay 0.1: the derivative is 0.1.": lambda: near(0 + 0.1 * 1, 0.1),
    "W = 1, weight decay 0.1: its derivative gets +0.1, so that the step makes W smaller.": lambda: (
        1 - 0.5 * (0 + 0.1 * 1) < 1
    ),
    "momentum 0.9, steady gradient 1: v settles at 10; averaged it settles at 1.": lambda: (
        near(settled(lambda v: 0.9 * v + 1), 10) and near(settled(lambda v: 0.9 * v + 0.1), 1)
    ),
    "v = 1, gradient 0, momentum 0.9: the new v is 0.9.": lambda: near(0.9 * 1 + 0, 0.9),
    "decay 0.9, s = 1, g = 0: the new s is 0.9, not 0.1.": lambda: near(0.9 * 1 + 0.1 * 0, 0.9),
    "gradients +1 and -1: their mean square is 1, their mean is 0.": lambda: (
        np.mean(np.square([1, -1])) == 1 and np.mean([1, -1]) == 0
    ),
    "beta1 = 0.9, first gradient 1: m = 0.1, corrected 1.": lambda: (
        near((1 - 0.9) * 1, 0.1) and near(0.1 / (1 - 0.9), 1)
    ),
    "beta1 = 0.9, first gradient 1: m = 0.1 is kept, 1 is only used.": lambda: (
        near((1 - 0.9) * 1, 0.1) and near(0.1 / (1 - 0.9), 1)
    ),
    "3 of 4 right: 0.75, not 3.": lambda: 3 / 4 == 0.75,
    "3 of 4 right: 0.75, not 75.": lambda: 3 / 4 == 0.75 and 100 * 3 / 4 == 75,
    "4 of 4 right: 1, not 0.": lambda: 4 / 4 == 1,
    "rows 0 and 4: the standard deviation is 2, the variance 4.": lambda: np.std([0, 4]) == 2 and np.var([0, 4]) == 4,
    "columns (0, 2) and (100, 102): the means are 1 and 101, not 51 and 51.": lambda: (
        np.mean([0, 2]) == 1 and np.mean([100, 102]) == 101 and np.mean([0, 2, 100, 102]) == 51
    ),
    "losses 0.9, 0.7, 0.8 with patience 1: best is epoch 2, stop at epoch 3.": lambda: (
        stops([0.9, 0.7, 0.8], 1) == (2, 3)
    ),
    "losses 0.5, 0.5, 0.5 with patience 2: best is epoch 1, stop at epoch 3.": lambda: (
        stops([0.5, 0.5, 0.5], 2) == (1, 3)
    ),
    "losses 0.4, 0.6, 0.5: the best is still epoch 1.": lambda: stops([0.4, 0.6, 0.5], 5)[0] == 1,
}


@CLAIMS.computed(*EXAMPLES, *MORE, *LATER)
def each_example_is_right():
    wrong = [example for example, holds in [*EXAMPLES.items(), *MORE.items(), *LATER.items()] if not holds()]
    assert wrong == []
