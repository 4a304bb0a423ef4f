"""Planted answers to the residual block of 16.2 and the loop of 16.4, as learners write them."""

import numpy as np

from tests.exercises.lines import wrong


def inside(x, W, b):
    return np.tanh(x @ W + b)


@wrong("16.2", "the way around forgotten")
def block_whose_error_goes_through_alone(x, dy, W, b):
    h = inside(x, W, b)
    delta = (1 - h * h) * dy
    return h + x, np.dot(delta, W.T), np.dot(x.T, delta), delta.sum(0)


@wrong("16.2", "the way through forgotten")
def block_whose_error_goes_around_alone(x, dy, W, b):
    h = inside(x, W, b)
    delta = (1 - h * h) * dy
    return h + x, dy.copy(), x.T.dot(delta), delta.sum(0)


@wrong("16.2", "the input not added")
def block_that_is_a_layer(x, dy, W, b):
    h = inside(x, W, b)
    delta = (1 - h * h) * dy
    return h, dy + delta @ W.T, x.T @ delta, delta.sum(0)


@wrong("16.2", "hidden derivative forgotten")
def block_without_a_slope(x, dy, W, b):
    return x + inside(x, W, b), dy + dy @ W.T, x.T @ dy, dy.sum(axis=0)


@wrong("16.2", "W used without its transpose")
def block_with_weights_as_they_are(x, dy, W, b):
    h = inside(x, W, b)
    delta = dy * (1 - h**2)
    return x + h, dy + delta @ W, x.T @ delta, delta.sum(axis=0)


@wrong("16.2", "bias gradient not summed")
def block_with_a_bias_for_each_sample(x, dy, W, b):
    h = inside(x, W, b)
    delta = dy * (1 - h**2)
    return x + h, dy + delta @ W.T, x.T @ delta, delta


@wrong("16.2", "tanh taken twice")
def block_with_the_slope_of_a_tanh_of_tanh(x, dy, W, b):
    h = inside(x, W, b)
    delta = dy * (1 - np.tanh(h) ** 2)
    return x + h, dy + delta @ W.T, x.T @ delta, delta.sum(axis=0)


@wrong("16.4", "the way around forgotten")
def plain_layers(dy, weights, slopes):
    arriving = [dy]
    for W, slope in zip(weights[::-1], slopes[::-1], strict=True):
        arriving.append((arriving[-1] * slope) @ W.T)
    return arriving[::-1]


@wrong("16.4", "gradients from the last layer to the first")
def errors_as_they_come(dy, weights, slopes):
    arriving = [dy]
    for W, slope in zip(weights[::-1], slopes[::-1], strict=True):
        arriving.append(arriving[-1] + (arriving[-1] * slope) @ W.T)
    return arriving


@wrong("16.4", "hidden derivative forgotten")
def errors_without_slopes(dy, weights, slopes):
    arriving = [dy]
    for W in weights[::-1]:
        arriving.insert(0, arriving[0] + arriving[0] @ W.T)
    return arriving
