"""What notebook 17, its replies and the examples of its mistakes claim beyond what its cells show."""

import numpy as np

from bplearn import ReLU, layers
from bplearn.exercises import ALL
from bplearn.layers import Convolution, Dense, Dropout, LayerNorm, MaxPooling
from bplearn.scalar import Value
from tests.notebooks.claims import Claims, ran

CLAIMS = Claims()
SOLVED = {number: ALL[number].solution for number in ("17.2", "17.3", "17.4", "17.5")}


def nudged(forward, x, dy):
    return ran("17")["nudged"](forward, np.array([x], dtype=float), np.array([dy], dtype=float))[0]


def halves():
    """The two halves of a norm: its mean taken away, and divided by its size."""
    return ran("17")["without_mean"], lambda x: x / np.sqrt((x**2).mean(axis=1, keepdims=True))


@CLAIMS.computed(
    "You will find the backward of four of them yourself, check each with a nudge, and then ask a small convolutional network why it misread a digit.*",
    "So it can be written once, for all layers.",
)
def one_nudge_for_all():
    nudge, rng = ran("17")["nudged"], np.random.default_rng(0)
    assert len(SOLVED) == 4
    kinds = LayerNorm(16), Convolution(1, 2, 2, image=(4, 4), rng=0), MaxPooling(2, image=(4, 4)), Dense(16, 3, rng=0)
    for layer in (*kinds, ReLU()):
        x = rng.normal(size=(3, 16))
        y, cache = layer.forward(x)
        dy = rng.normal(size=y.shape)
        assert np.allclose(nudge(layer.predict, x, dy), layer.backward(dy, cache)[0], atol=1e-5)


@CLAIMS.computed(
    "So the row becomes (−1, 1).",
    "In the formula the first number is divided by 2, so its slope looks like 1/2.",
    "Begin with the first half of the norm:",
    "Both halves in a row are a layer norm.",
    "The way through the size takes half of that away again.",
    "The mean takes half of it.",
    "(1, 5) minus its mean: the error (1, 0) becomes (0.5, -0.5).",
    "(1, 5): when the 1 becomes 2, the mean goes from 3 to 3.5.",
)
def the_halves_of_a_norm():
    without_mean, by_size = halves()
    row = np.array([[1.0, 5.0]])
    assert without_mean(row).tolist() == [[-2, 2]]
    assert np.allclose(by_size(without_mean(row)), [[-1, 1]])
    assert np.allclose(by_size(without_mean(row)), LayerNorm(2, epsilon=0).predict(row))
    assert (row - without_mean(row))[0, 0] == 3  # its mean
    assert (row + [[1, 0]] - without_mean(row + [[1, 0]]))[0, 0] == 3.5
    assert nudged(without_mean, [1, 5], [1, 0]).tolist() == [0.5, -0.5]
    x0, x1 = Value(-2.0), Value(2.0)
    direct = x0 / 2
    direct.backward()
    assert x0.grad == 0.5
    assert nudged(by_size, [x0.data, x1.data], [1, 0]).tolist() == [x0.grad / 2, x0.grad / 2]


@CLAIMS.computed(
    "Three samples of three numbers, so nine inputs and nine outputs.",
    "So the answer for one sample depends on who else is in the batch.",
    "That is why a batch norm needs a second way for predictions, with means and sizes that were kept during training.",
    "The layers of bplearn treat each row alone, so there is no batch norm among them.",
    "[[1, 5], [3, 9]]: the means of the rows are 3 and 6, those of the columns 2 and 7.",
)
def who_else_is_in_the_batch():
    names = ran("17")
    assert names["reach"](names["layer_norm"], np.random.default_rng(1).normal(size=(3, 3))).shape == (9, 9)
    batch = np.array([[1.0, 5.0], [3.0, 9.0]])
    normed = names["batch_norm"]
    assert not np.allclose(normed(batch), normed(np.array([[1.0, 5.0], [8.0, 2.0]])))
    assert not hasattr(layers, "BatchNorm")
    alone = names["batch_norm_with_gain"](batch[:1], np.ones(2), np.zeros(2), 1e-5)
    assert alone.tolist() == [[0, 0]]
    rows, columns = batch - names["without_mean"](batch), batch.T - names["without_mean"](batch.T)
    assert (rows[:, 0].tolist(), columns[:, 0].tolist()) == ([3, 6], [2, 7])


TILE = np.array([[[1.0, 5.0], [-2.0, 4.0]]])


@CLAIMS.computed(
    "## Pooling: the largest gets it all",
    "**Max pooling** cuts an image into tiles of 2 × 2 pixels and keeps the largest number of each.",
    "The largest has the local derivative 1, each other 0.",
    "(Where two are equal and largest, there is a kink.",
    "- Max pooling gives the whole error to the largest.",
    "Cut x into tiles as forward does, and ask of each number whether it is the largest of its tile.",
    "A comparison with the largest gives True and False, which multiply as 1 and 0. keepdims=True keeps the axes.",
    "tile 1, 5, -2, 4 and an error of 3: the 5 gets 3, the others 0.",
    "tile 1, 5, -2, 4 and an error of 3: the 5 gets 3, not 15.",
    "two tiles with the largest numbers 5 and 9: both the 5 and the 9 get an error.",
    "tile 1, 5, -2, 4: forward gives 5, so the 5 gets the error.",
)
def the_largest_of_a_tile():
    pooling, backward = ran("17")["pooling"], SOLVED["17.5"]
    assert pooling(TILE).item() == 5
    assert backward(np.array([[[3.0]]]), TILE).ravel().tolist() == [0, 3, 0, 0]
    both = np.concatenate([TILE, TILE + 4], axis=2)
    assert pooling(both).ravel().tolist() == [5, 9]
    assert both[backward(np.ones((1, 1, 2)), both) != 0].tolist() == [5, 9]
    layer = MaxPooling(2, image=(2, 2))
    equal = np.array([[5.0, 5.0, 1.0, 2.0]])
    assert layer.backward(np.ones((1, 1)), layer.forward(equal)[1])[0].tolist() == [[1, 0, 0, 0]]
    up, down = (layer.predict(equal + [[nudge, 0, 0, 0]]).item() - 5 for nudge in (0.1, -0.1))
    assert (round(up, 6), down) == (0.1, 0)


@CLAIMS.computed(
    "So a prediction leaves nothing out and changes nothing.",
    "The first number was kept, the second left out, the third kept.",
    "p = 0.5: a kept number is doubled, and so is its error.",
    "the mask (2, 0): the errors (1, 1) become (2, 0).",
    "p = 0.25: three of four stay, each times 4 / 3.",
)
def a_mask():
    x = np.full((1, 4000), 3.0)
    for p, factor in ((0.5, 2), (0.25, 4 / 3)):
        layer = Dropout(p, rng=0)
        y, cache = layer.forward(x)
        assert layer.predict(x) is x
        assert np.allclose(np.unique(y), [0, 3 * factor])
        assert abs((y > 0).mean() - (1 - p)) < 0.03
        dx = layer.backward(np.ones_like(y), cache)[0]
        assert np.allclose(dx, factor * (y > 0))
    first, second, third = ALL["17.6"].solution()
    assert (first > 0, second == 0, third < 0) == (True, True, True)


@CLAIMS.computed(
    "So 6 positions and 10 scores are left, 60 paths.",
    "Two positions want the weight larger, four want it smaller, and one position carries half of the whole.",
    "A tile lets one of its four positions through, so 9 of the 36 are left, and each is reached from 10 scores.",
    "Blue pixels make the error larger with more ink, orange ones smaller.",
)
def one_kernel_weight():
    names = ran("17")
    trace, shares = names["trace"], np.array(list(names["positions"].values()))
    assert trace.count == len(shares) * 10 == 60
    assert ((shares < 0).sum(), (shares > 0).sum()) == (2, 4)  # a negative share: a larger weight, a smaller error
    assert abs(shares.max() / trace.gradient - 0.5) < 0.02
    pooled = names["network"][2].backward(np.ones((1, 72)), trace._tape[2].cache)[0]
    assert (pooled[0, :36] != 0).sum() == 9
    error, more = names["loss"].compute, names["x"].copy()
    pixel = int(names["blamed"].argmax())
    more[0, pixel] += 1e-3
    before, after = (error(names["network"](x), names["target"])[0] for x in (names["x"], more))
    assert after > before


@CLAIMS.computed(
    "It lies in more windows, and each sends it an error.",
    "errors 1 and 2 from two windows: the pixel gets 3.",
    "used at two positions with the shares 3 and 6: its error is 9.",
    "used at two positions with the shares 3 and 6: its error is 9, not 3.",
    "dy = [[1, 2]]: db is 3.",
    "kernel (5, 7), one window: its first pixel gets 5 times the error.",
    "pixels 1, 2, 3 and a kernel of two: the second weight met 2 and 3.",
)
def windows():
    backward = SOLVED["17.4"]
    dx, _, _ = backward(np.ones((1, 3, 3)), np.zeros((1, 4, 4)), np.ones((2, 2)))
    assert (dx[0, 0, 0], dx[0, 1, 1]) == (1, 4)
    dx, dW, db = backward(np.array([[[1.0, 2.0]]]), np.array([[[3.0, 3.0, 1.0]]]), np.array([[1.0, 1.0]]))
    assert (dx[0, 0, 1], dW[0, 0], db) == (1 + 2, 3 + 6, 3)
    assert backward(np.array([[[2.0]]]), np.ones((1, 1, 2)), np.array([[5.0, 7.0]]))[0][0, 0, 0] == 5 * 2
    first, second = (
        backward(one, np.array([[[1.0, 2.0, 3.0]]]), np.ones((1, 2)))[1] for one in np.eye(2)[:, None, None]
    )
    assert (first[0, 1], second[0, 1]) == (2, 3)


@CLAIMS.computed(
    "(3, 3) divided by its size is always (1, 1): whatever arrives behind, the two errors in front add up to 0.",
    "x = 4: with the size 2 it is 2, with the size 2.1 it is less.",
    "x = 6, size 2: dy/dsize is -6 / 4 = -1.5, which is -y / size with y = 3.",
    "size 2: an error of 1 becomes 0.5 on the direct way.",
)
def ways_through_a_size():
    _, by_size = halves()
    assert by_size(np.array([[3.0, 3.0], [3.3, 3.3]])).tolist() == [[1, 1], [1, 1]]
    assert all(abs(nudged(by_size, [3, 3], dy).sum()) < 1e-5 for dy in np.random.default_rng(2).normal(size=(5, 2)))
    x, size = Value(6.0), Value(2.0)
    y = x / size
    y.backward()
    assert (x.grad, size.grad, -y.data / size.data) == (0.5, -1.5, -1.5)
    assert (Value(4.0) / 2.1).data < (Value(4.0) / 2.0).data == 2


@CLAIMS.computed(
    "g = 3: an error of 1 behind the gain is 3 in front of it.",
    "x = 5, normed 1, dy = 2: the gain gets 2, not 10.",
    "two samples with the shares 1 and 2: the gain gets 3.",
)
def the_gain():
    backward = SOLVED["17.3"]
    x = np.array([[5.0], [1.0]])  # normed: 1 and -1
    assert np.isclose(backward(np.array([[2.0], [0.0]]), x, np.ones(1), 0.0)[1].item(), 2)
    assert np.isclose(backward(np.array([[1.0], [-2.0]]), x, np.ones(1), 0.0)[1].item(), 1 + 2)
    dy, x = np.random.default_rng(3).normal(size=(2, 5, 1))
    once, thrice = (backward(dy, x, np.array([g]), 0.1)[0] for g in (1.0, 3.0))
    assert np.allclose(thrice, 3 * once)
