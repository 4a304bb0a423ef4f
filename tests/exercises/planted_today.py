"""Planted answers to the layers of notebook 17, as learners write them."""

import numpy as np

from tests.exercises.lines import wrong


def spread(x, axis):
    middle = x - np.mean(x, axis=axis, keepdims=True)
    return middle, np.sqrt(np.mean(middle * middle, axis=axis, keepdims=True))


@wrong("17.1", "the way through the size forgotten")
def direct_way_alone():
    return 1 / 5, 0


@wrong("17.1", "a mean's share forgotten")
def whole_sum_at_the_size():
    arriving = -0.2 / 5
    return 1 / 5 + arriving * 0.2, arriving * 1.4


@wrong("17.2", "the way through the size forgotten")
def size_that_stands_still(dy, x):
    _, size = spread(x, 1)
    return dy / size - np.mean(dy / size, axis=1, keepdims=True)


@wrong("17.2", "the way through the mean forgotten")
def mean_that_stands_still(dy, x):
    middle, size = spread(x, 1)
    n = x.shape[1]
    into_size = -np.sum(dy * middle / size**2, axis=1, keepdims=True)
    return dy / size + into_size * middle / (n * size)


@wrong("17.2", "a mean's share forgotten")
def size_without_its_share(dy, x):
    middle, size = spread(x, 1)
    into_size = -np.sum(dy * middle / size**2, axis=1, keepdims=True)
    dmiddle = dy / size + into_size * middle / size
    return dmiddle - dmiddle.mean(axis=1, keepdims=True)


@wrong("17.2", "the size's way with a plus")
def size_that_makes_larger(dy, x):
    middle, size = spread(x, 1)
    into_size = np.mean(dy * middle / size**2, axis=1, keepdims=True)
    dmiddle = dy / size + into_size * middle / size
    return dmiddle - dmiddle.mean(axis=1, keepdims=True)


@wrong("17.2", "rows for columns")
def norm_of_the_columns(dy, x):
    middle, size = spread(x, 0)
    dmiddle = dy / size - middle / size**3 * np.mean(dy * middle, axis=0)
    return dmiddle - dmiddle.mean(axis=0)


def behind_the_gain(x, epsilon):
    middle = x - x.mean(0)
    size = np.sqrt(np.mean(middle**2, axis=0) + epsilon)
    return middle, size


def through_both(dn, middle, size):
    dmiddle = dn / size - middle * np.mean(dn * middle, axis=0) / size**3
    return dmiddle - dmiddle.mean(0)


@wrong("17.3", "the gain forgotten")
def batch_without_a_gain(dy, x, g, epsilon):
    middle, size = behind_the_gain(x, epsilon)
    return through_both(dy, middle, size), (dy * middle / size).sum(0), dy.sum(0)


@wrong("17.3", "the way through the size forgotten")
def batch_with_a_fixed_size(dy, x, g, epsilon):
    middle, size = behind_the_gain(x, epsilon)
    straight = g * dy / size
    return straight - straight.mean(0), (dy * middle / size).sum(0), dy.sum(0)


@wrong("17.3", "averaged a second time")
def batch_with_a_mean_bias(dy, x, g, epsilon):
    middle, size = behind_the_gain(x, epsilon)
    return through_both(g * dy, middle, size), (dy * middle / size).sum(0), dy.mean(0)


@wrong("17.3", "the gain takes the input")
def batch_whose_gain_meets_x(dy, x, g, epsilon):
    middle, size = behind_the_gain(x, epsilon)
    return through_both(g * dy, middle, size), (dy * x).sum(0), dy.sum(0)


def window(x, dy, i, j):
    return x[:, i : i + dy.shape[1], j : j + dy.shape[2]]


@wrong("17.4", "= for +=")
def pixels_of_the_last_window(dy, x, W):
    dx, dW = 0 * x, 0 * W
    for i, j in np.ndindex(W.shape):
        dW[i, j] = (window(x, dy, i, j) * dy).sum()
        window(dx, dy, i, j)[...] = W[i, j] * dy
    return dx, dW, dy.sum()


@wrong("17.4", "positions averaged")
def kernel_of_means(dy, x, W):
    dx, dW = 0 * x, 0 * W
    for i, j in np.ndindex(W.shape):
        dW[i, j] = (window(x, dy, i, j) * dy).mean()
        window(dx, dy, i, j)[...] += W[i, j] * dy
    return dx, dW, dy.sum()


@wrong("17.4", "the kernel turned")
def kernel_upside_down(dy, x, W):
    dx, dW = 0 * x, 0 * W
    for i, j in np.ndindex(W.shape):
        dW[i, j] = (window(x, dy, i, j) * dy).sum()
        window(dx, dy, i, j)[...] += W[::-1, ::-1][i, j] * dy
    return dx, dW, dy.sum()


@wrong("17.4", "a bias for each position")
def bias_at_every_position(dy, x, W):
    dx, dW = 0 * x, 0 * W
    for i, j in np.ndindex(W.shape):
        dW[i, j] = (window(x, dy, i, j) * dy).sum()
        window(dx, dy, i, j)[...] += W[i, j] * dy
    return dx, dW, dy.sum(0)


def tiles_of(x, dy):
    return x.reshape(len(x), dy.shape[1], 2, dy.shape[2], 2)


@wrong("17.5", "an error for all of a tile")
def every_pixel_gets_it(dy, x):
    return dy.repeat(2, axis=1).repeat(2, axis=2)


@wrong("17.5", "an error for all of a tile")
def a_fourth_for_each(dy, x):
    return np.kron(dy, np.full((1, 2, 2), 0.25))


@wrong("17.5", "the largest of the image")
def one_winner_an_image(dy, x):
    best = x == x.max(axis=(1, 2), keepdims=True)
    return best * dy.repeat(2, axis=1).repeat(2, axis=2)


@wrong("17.5", "the largest for its slope")
def error_times_the_largest(dy, x):
    tiles = tiles_of(x, dy)
    top = tiles.max(axis=(2, 4), keepdims=True)
    return (np.where(tiles == top, top, 0) * dy[:, :, None, :, None]).reshape(x.shape)


@wrong("17.6", "a kept number not scaled")
def mask_of_ones():
    return 1, 0, -1


@wrong("17.6", "an error for what was left out")
def no_mask_at_all():
    return 1.25, 2.5, -1.25
