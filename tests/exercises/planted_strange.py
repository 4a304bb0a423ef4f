"""Planted answers that are on nobody's list: they must be caught, and no known mistake may be named for them."""

import numpy as np

STRANGE = []


def strange(exercise):
    def note(answer):
        STRANGE.append((exercise, answer))
        return answer

    return note


def s(z):
    return 1.0 / (1.0 + np.exp(-z))


@strange("05.7")
def dense_random_feedback(dy, x, W):
    B = np.random.default_rng(0).normal(size=W.T.shape)
    return dy @ B, x.T @ dy, dy.sum(axis=0)


@strange("05.7")
def dense_bias_by_1_7(dy, x, W):
    return dy @ W.T, x.T @ dy, 1.7 * dy.sum(axis=0)


@strange("05.7")
def dense_sign_of_error(dy, x, W):
    return np.sign(dy) @ W.T, x.T @ dy, dy.sum(axis=0)


@strange("05.7")
def dense_without_first_sample(dy, x, W):
    return dy @ W.T, x[1:].T @ dy[1:], dy[1:].sum(axis=0)


@strange("05.7")
def dense_centered_inputs(dy, x, W):
    return dy @ W.T, (x - x.mean(axis=0)).T @ dy, dy.sum(axis=0)


@strange("05.6")
def hidden_tanh_slope(dz2, W2, a1):
    return dz2 @ W2.T * (1 - a1**2)


@strange("05.6")
def hidden_abs_weights(dz2, W2, a1):
    return dz2 @ np.abs(W2).T * a1 * (1 - a1)


@strange("05.8")
def relu_leaky(dy, z):
    return np.where(z > 0, dy, 0.01 * dy)


@strange("05.8")
def relu_mask_above_one(dy, z):
    return dy * (z > 1)


@strange("03.2")
def absolute_error(y, t):
    return np.abs(y - t).sum() / len(y), np.sign(y - t) / len(y)


@strange("03.2")
def squared_error_by_n_minus_one(y, t):
    return np.sum((y - t) ** 2) / (2 * (len(y) + 1)), (y - t) / (len(y) + 1)


@strange("03.6")
def cross_entropy_smoothed(z, t):
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    one = 0.9 * np.eye(z.shape[1])[t] + 0.1 / z.shape[1]
    return -(one * np.log(p)).sum() / len(z), (p - one) / len(z)


@strange("03.6")
def cross_entropy_base_two(z, t):
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    one = np.eye(z.shape[1])[t]
    return -(one * np.log2(p)).sum() / len(z), (p - one) / len(z)


@strange("03.5")
def softmax_hot(z):
    return np.exp(z / 2) / np.exp(z / 2).sum(axis=1, keepdims=True)


@strange("08.2")
def batch_tanh_hidden(x, t, W1, b1, W2, b2):
    h = np.tanh(x @ W1 + b1)
    o = s(h @ W2 + b2)
    d2 = (o - t) * o * (1 - o) / len(x)
    d1 = d2 @ W2.T * (1 - h**2)
    return x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)


@strange("08.2")
def batch_clipped(x, t, W1, b1, W2, b2):
    h = s(x @ W1 + b1)
    o = s(h @ W2 + b2)
    d2 = np.clip((o - t) * o * (1 - o), -0.05, 0.05) / len(x)
    d1 = d2 @ W2.T * h * (1 - h)
    return x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)


@strange("09.4")
def gradients_with_swapped_layers(x, a1, dz1, dz2):
    return x.T @ dz1, 3 * dz1.max(axis=0), a1.T @ dz2, dz2.min(axis=0)


@strange("09.5")
def update_with_half_rate_for_biases(parameters, grads, learning_rate):
    rates = (learning_rate, learning_rate / 2, learning_rate, learning_rate / 2)
    return tuple(p - r * g for p, r, g in zip(parameters, rates, grads, strict=True))


@strange("09.5")
def update_by_sign(parameters, grads, learning_rate):
    return tuple(p - learning_rate * np.sign(g) for p, g in zip(parameters, grads, strict=True))


@strange("13.1")
def momentum_nesterov(v, g, learning_rate, momentum):
    v = momentum * v + g
    return v, -learning_rate * (g + momentum * v)


@strange("13.3")
def adam_by_largest(m, s, g, step, learning_rate, beta1, beta2, epsilon):
    m = beta1 * m + (1 - beta1) * g
    s = np.maximum(beta2 * s, np.abs(g))
    return m, s, -learning_rate * m / (1 - beta1**step) / (s + epsilon)


@strange("02.4")
def network_with_two_sigmoids(x, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    a1 = s(z1)
    z2 = a1 @ W2 + b2
    return z1, a1, z2, s(z2)


@strange("04.3")
def fork_difference(a, b):
    p, q = a * b, a + b
    return q * b - p, q * a - p


@strange("14.1")
def accuracy_of_smallest(scores, t):
    return (scores.argmin(axis=1) == t).mean()
