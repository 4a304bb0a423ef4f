"""Planted answers to 09.8, a list of layers, as learners write them."""

import numpy as np

from tests.exercises.lines import wrong


def forward_through(x, layers):
    a = [x]
    for W, b in layers:
        a.append(np.maximum(a[-1] @ W + b, 0))
    return a, a[-2] @ layers[-1][0] + layers[-1][1]


def probabilities(z):
    raised = np.exp(z - z.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


@wrong("09.8", "gradients from the last layer to the first")
def deep_appends(x, t, layers):
    a, z = forward_through(x, layers)
    delta, grads = (probabilities(z) - np.eye(z.shape[1])[t]) / len(x), []
    for k in range(len(layers) - 1, -1, -1):
        grads.append((a[k].T @ delta, delta.sum(axis=0)))
        delta = delta @ layers[k][0].T * (a[k] > 0)
    return grads


@wrong("09.8", "hidden derivative forgotten")
def deep_without_slopes(x, t, layers):
    a, z = forward_through(x, layers)
    delta, grads = (probabilities(z) - np.eye(z.shape[1])[t]) / len(x), []
    for k in reversed(range(len(layers))):
        grads.insert(0, (a[k].T @ delta, delta.sum(axis=0)))
        delta = delta @ layers[k][0].T
    return grads


@wrong("09.8", "averaged a second time")
def deep_with_mean_biases(x, t, layers):
    a, z = forward_through(x, layers)
    delta, grads = (probabilities(z) - np.eye(z.shape[1])[t]) / len(x), []
    for k in reversed(range(len(layers))):
        grads.insert(0, (a[k].T @ delta, delta.mean(axis=0)))
        delta = np.where(a[k] > 0, delta @ layers[k][0].T, 0)
    return grads


@wrong("09.8", "an activation too many")
def deep_with_a_relu_on_the_scores(x, t, layers):
    a, _ = forward_through(x, layers)
    delta, grads = (probabilities(a[-1]) - np.eye(a[-1].shape[1])[t]) / len(x), []
    for k in reversed(range(len(layers))):
        grads.insert(0, (a[k].T @ delta, delta.sum(axis=0)))
        delta = np.where(a[k] > 0, delta @ layers[k][0].T, 0)
    return grads


@wrong("09.8", "gradients from the last layer to the first")
def deep_walks_a_reversed_list(x, t, layers):
    a, z = forward_through(x, layers)
    delta = (probabilities(z) - np.eye(z.shape[1])[t]) / len(x)
    found = []
    for (W, _), into in zip(layers[::-1], a[-2::-1], strict=True):
        found += [[into.T @ delta, delta.sum(axis=0)]]
        delta = (into > 0) * (delta @ W.T)
    return found
