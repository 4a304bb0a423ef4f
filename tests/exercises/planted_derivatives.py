"""Planted answers: derivatives, as learners write them."""

# ruff: noqa: RUF059 (forward gives all four, whoever needs them)

import numpy as np

from tests.exercises.lines import wrong


def s(z):
    return 1.0 / (1.0 + np.exp(-z))


def forward(x, W1, b1, W2, b2):
    z1 = x @ W1 + b1
    h = s(z1)
    z2 = h @ W2 + b2
    return z1, h, z2, s(z2)


def all_four(x, h, d1, d2):
    return x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)


# hidden derivative ------------------------------------------------------------------------------------------------


@wrong("05.6", "hidden derivative forgotten")
def hidden_without_slope(dz2, W2, a1):
    return np.einsum("nm,hm->nh", dz2, W2)


@wrong("09.3", "hidden derivative forgotten")
def relu_without_mask(dz2, W2, z1):
    return np.dot(dz2, W2.T)


@wrong("08.2", "hidden derivative forgotten")
def batch_without_hidden_slope(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) * o * (1 - o) / len(x)
    return all_four(x, h, d2 @ W2.T, d2)


@wrong("07.4", "hidden derivative forgotten")
def step_without_hidden_slope(x, t, W1, b1, W2, b2, learning_rate):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) * s(z2) * (1 - s(z2)) / len(x)
    g = all_four(x, h, d2 @ W2.T, d2)
    return [p - learning_rate * d for p, d in zip((W1, b1, W2, b2), g, strict=True)]


@wrong("05.6", "derivative taken twice")
def hidden_slope_twice(dz2, W2, a1):
    slope = a1 - a1**2
    d = (dz2 @ W2.T) * slope
    return d * slope


@wrong("08.2", "derivative taken twice")
def batch_hidden_slope_twice(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) * o * (1 - o) / len(x)
    back = d2 @ W2.T * (s(z1) * (1 - s(z1)))
    return all_four(x, h, back * h * (1 - h), d2)


@wrong("05.5", "derivative taken twice")
def output_slope_twice(y, t):
    slope = y * (1.0 - y)
    return (y - t) * np.square(slope)


@wrong("05.6", "sigma' of the activation")
def hidden_slope_of_a(dz2, W2, a1):
    def prime(z):
        return s(z) * (1 - s(z))

    return dz2 @ W2.T * prime(a1)


@wrong("08.2", "sigma' of the activation")
def batch_slope_of_a(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) * o * (1 - o) / len(x)
    q = np.exp(-h) / (1 + np.exp(-h)) ** 2
    return all_four(x, h, (d2 @ W2.T) * q, d2)


@wrong("05.5", "sigma' of the activation")
def output_slope_of_y(y, t):
    e = np.exp(-y)
    return (y - t) * e / (1 + e) ** 2


@wrong("08.2", "a (1 - a) of z")
def batch_formula_with_z(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) * o * (1 - o) / len(x)
    return all_four(x, h, (d2 @ W2.T) * (z1 - z1**2), d2)


@wrong("07.4", "a (1 - a) of z")
def step_formula_with_z(x, t, W1, b1, W2, b2, learning_rate):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) * (z2 * (1 - z2)) / len(x)
    g = all_four(x, h, d2 @ W2.T * h * (1 - h), d2)
    return [p - learning_rate * d for p, d in zip((W1, b1, W2, b2), g, strict=True)]


@wrong("08.2", "a (1 - a) of z")
def batch_formula_with_z_everywhere(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) * z2 * (1 - z2) / len(x)
    d1 = d2 @ W2.T * z1 * (1 - z1)
    return all_four(x, h, d1, d2)


@wrong("05.8", "ReLU mask >= 0 on the activation")
def relu_mask_of_activation(dy, z):
    y = np.maximum(z, 0)
    return np.where(y >= 0, dy, 0)


@wrong("09.3", "ReLU mask >= 0 on the activation")
def hidden_mask_of_activation(dz2, W2, z1):
    a1 = z1 * (z1 > 0)
    return (dz2 @ W2.T) * (a1 >= 0).astype(z1.dtype)


@wrong("09.7", "ReLU mask >= 0 on the activation")
class NetworkMaskOfActivation:
    def __init__(self, *p):
        self.W1, self.b1, self.W2, self.b2 = p

    def forward(self, x):
        self.x, self.h = x, (x @ self.W1 + self.b1).clip(0)
        self.z = self.h @ self.W2 + self.b2
        return self.z

    def backward(self, t):
        one = np.eye(self.z.shape[1])[t]
        p = np.exp(self.z) / np.exp(self.z).sum(axis=1)[:, None]
        d2 = (p - one) / len(t)
        d1 = d2 @ self.W2.T
        d1[self.h < 0] = 0
        self.dW1, self.db1, self.dW2, self.db2 = all_four(self.x, self.h, d1, d2)
        return -(one * np.log(p)).sum() / len(t)

    def step(self, learning_rate):
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - learning_rate * getattr(self, "d" + name))


# output -----------------------------------------------------------------------------------------------------------


@wrong("05.5", "output derivative missing")
def output_without_slope(y, t):
    return np.subtract(y, t)


@wrong("08.2", "output derivative missing")
def batch_without_output_slope(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (o - t) / len(x)
    return all_four(x, h, d2 @ W2.T * h * (1 - h), d2)


@wrong("05.1", "output derivative missing")
def typed_without_slope():
    return -0.2386, 0.7629


@wrong("03.6", "extra sigma' with cross-entropy")
def cross_entropy_with_slope(z, t):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    rows = np.arange(len(z))
    value = -np.log(p[rows, t]).mean()
    d = p.copy()
    d[rows, t] -= 1
    return value, d * (p * (1 - p)) / len(z)


@wrong("03.4", "extra sigma' with cross-entropy")
def binary_with_slope(z, t):
    p = s(z)
    value = -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()
    return value, (p - t) * (p - p * p) / z.shape[0]


@wrong("09.7", "extra sigma' with cross-entropy")
class NetworkWithSlope:
    def __init__(self, *p):
        self.W1, self.b1, self.W2, self.b2 = p

    def forward(self, x):
        self.x, self.z1 = x, x @ self.W1 + self.b1
        self.h = np.maximum(self.z1, 0)
        self.z2 = self.h @ self.W2 + self.b2
        return self.z2

    def backward(self, t):
        one = np.eye(self.z2.shape[1])[t]
        p = np.exp(self.z2) / np.exp(self.z2).sum(axis=1)[:, None]
        d2 = (p - one) * p * (1 - p) / len(t)
        d1 = np.where(self.z1 > 0, d2 @ self.W2.T, 0)
        self.dW1, self.db1, self.dW2, self.db2 = all_four(self.x, self.h, d1, d2)
        return -(one * np.log(p)).sum() / len(t)

    def step(self, learning_rate):
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - learning_rate * getattr(self, "d" + name))


def soft(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@wrong("03.6", "softmax twice")
def cross_entropy_of_probabilities(z, t):
    p = soft(soft(z))
    one = np.eye(z.shape[1])[t]
    return -(one * np.log(p)).sum() / len(z), (p - one) / len(z)


@wrong("09.1", "an activation too many")
def forward_with_softmax(x, W1, b1, W2, b2):
    z1 = np.dot(x, W1) + b1
    a1 = np.where(z1 > 0, z1, 0)
    return z1, a1, soft(np.dot(a1, W2) + b2)


@wrong("09.2", "softmax twice")
def loss_softmax_twice(z2, t):
    q = np.array([soft(soft(row)) for row in z2])
    value = -sum(np.log(q[n, t[n]]) for n in range(len(t))) / len(t)
    for n in range(len(t)):
        q[n, t[n]] -= 1
    return value, q / len(t)


# factor and sign --------------------------------------------------------------------------------------------------


@wrong("03.2", "factor 2 or 1/2")
def squared_error_without_half(y, t):
    e = y - t
    return (e**2).sum(1).mean(), 2 * e / len(e)


@wrong("03.3", "factor 2 or 1/2")
def one_output_derivative_without_two(y, t):
    e = y[:, 0] - t
    return np.mean(e**2), (e / len(e)).reshape(-1, 1)


@wrong("08.2", "factor 2 or 1/2")
def batch_twice_as_large(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = 2 * (o - t) * o * (1 - o) / len(x)
    return all_four(x, h, d2 @ W2.T * h * (1 - h), d2)


@wrong("01.4", "factor 2 or 1/2")
def slope_over_h(f, x, h):
    rise = f(x + h) - f(x - h)
    return rise / h


@wrong("03.1", "factor 2 or 1/2")
def typed_without_half():
    return 0.6390


@wrong("05.5", "sign")
def output_delta_turned(y, t):
    return (t - y) * y * (1 - y)


@wrong("03.2", "sign")
def squared_error_turned(y, t):
    e = t - y
    return 0.5 * (e**2).sum() / len(e), e / len(e)


@wrong("08.2", "sign")
def batch_turned(x, t, W1, b1, W2, b2):
    z1, h, z2, o = forward(x, W1, b1, W2, b2)
    d2 = (t - o) * o * (1 - o) / len(x)
    return all_four(x, h, d2 @ W2.T * h * (1 - h), d2)


@wrong("09.5", "sign")
def update_uphill(parameters, grads, learning_rate):
    return tuple(p + learning_rate * g for p, g in zip(parameters, grads, strict=True))


@wrong("05.1", "sign")
def typed_turned():
    return 0.0446, -0.1339


@wrong("03.6", "sign")
def cross_entropy_negative_loss(z, t):
    p = soft(z)
    one = np.eye(z.shape[1])[t]
    return (one * np.log(p)).sum() / len(z), (p - one) / len(z)
