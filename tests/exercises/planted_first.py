"""Planted answers: what newcomers write first, from brackets and sums to a variable that only the notebook has."""

import numpy as np

from tests.exercises.lines import wrong

w = np.array([2.0, -3.0])  # the notebook's own variables
z = 1.0
o = np.array([[0.75, 0.77]])
h1, h2 = 0.593, 0.597


def squash(value):
    return 1.0 / (1.0 + np.exp(-value))


# brackets missing -------------------------------------------------------------------------------------------------


@wrong("01.2", "brackets missing")
def neuron_divides_first(x, w, b):
    s = sum(x * w) + b
    return 1 / 1 + np.exp(-s)


@wrong("02.3", "brackets missing")
def sigmoid_divides_first(z):
    return 1.0 / 1.0 + np.exp(-z)


@wrong("01.4", "brackets missing")
def slope_times_h(f, x, h):
    rise = f(x + h) - f(x - h)
    return rise / 2 * h


@wrong("01.4", "brackets missing")
def slope_divides_the_second(f, x, h):
    return f(x + h) - f(x - h) / (2 * h)


# a minus for both terms -------------------------------------------------------------------------------------------


@wrong("01.2", "a minus for both terms")
def neuron_minus_first_term(x, w, b):
    return 1 / (1 + np.exp(-x @ w + b))


@wrong("01.2", "a minus for both terms")
def neuron_minus_in_a_loop(x, w, b):
    power = b
    for one, weight in zip(x, w, strict=True):
        power = power - one * weight
    return 1 / (1 + np.e**power)


# a mean for a sum -------------------------------------------------------------------------------------------------


@wrong("05.5", "a mean for a sum")
def delta_over_samples(y, t):
    return (y - t) / y.shape[0] * y * (1 - y)


@wrong("05.5", "a mean for a sum")
def delta_over_entries(y, t):
    error = (y - t) / (y.shape[0] * y.shape[1])
    return error * (y - y**2)


# products not added up --------------------------------------------------------------------------------------------


@wrong("01.2", "products not added up")
def neuron_of_products(x, w, b):
    return squash(x * w + b)


@wrong("01.2", "products not added up")
def neuron_of_a_list(x, w, b):
    return [float(squash(one * weight + b)) for one, weight in zip(x, w, strict=True)]


# two inputs only --------------------------------------------------------------------------------------------------


@wrong("01.2", "two inputs only")
def neuron_of_two(x, w, b):
    return squash(w[0] * x[0] + w[1] * x[1] + b)


@wrong("01.2", "two inputs only")
def neuron_of_a_slice(x, w, b):
    return squash(np.dot(x[:2], w[:2]) + b)


# an activation too many -------------------------------------------------------------------------------------------


@wrong("02.2", "an activation too many")
def layer_with_sigmoid(x, W, b):
    z = x @ W + b
    return squash(z)


@wrong("02.2", "an activation too many")
def layer_with_relu(x, W, b):
    z = np.dot(x, W) + b
    return z * (z > 0)


# a variable of the notebook ---------------------------------------------------------------------------------------


@wrong("01.2", "a variable of the notebook")
def neuron_of_the_notebooks_z(x, w, b):
    return squash(z)


@wrong("01.4", "a variable of the notebook")
def slope_at_the_notebooks_w(f, x, h):
    return (f(w + h) - f(w - h)) / (2 * h)


@wrong("05.5", "a variable of the notebook")
def delta_of_the_notebooks_output(y, t):
    return (y - t) * o * (1 - o)


@wrong("05.6", "a variable of the notebook")
def hidden_of_the_notebooks_h1(dz2, W2, a1):
    return dz2 @ W2.T * h1 * (1 - h1)


@wrong("06.3", "a variable of the notebook")
def paths_of_the_notebooks_h1(x, a1, W2, dz2, i, j):
    return dz2 * W2[j] * h1 * (1 - h1) * x[i]


# right numbers in another order -----------------------------------------------------------------------------------


@wrong("01.1", "right numbers in another order")
def activation_first():
    return 0.5933, 0.3775


@wrong("05.7", "right numbers in another order")
def input_last(dy, x, W):
    return x.T @ dy, dy.sum(axis=0), dy @ W.T


@wrong("02.4", "right numbers in another order")
def output_first(x, W1, b1, W2, b2):
    a = x @ W1 + b1
    c = np.tanh(a) @ W2 + b2
    return squash(c), c, np.tanh(a), a


@wrong("04.2", "right numbers in another order")
def from_the_back(a, b, c, f):
    return a * b + c, f, a * f, b * f


@wrong("12.1", "right numbers in another order")
def all_before_each():
    return 400, 40


@wrong("12.4", "right numbers in another order")
def batch_size_first():
    return 32, 0.1


# the weight for its input -----------------------------------------------------------------------------------------


@wrong("05.2", "the weight for its input")
def deltas_times_weights():
    return -0.04458 * 0.45, 0.1339 * 0.50


@wrong("05.4", "the weight for its input")
def hidden_deltas_times_weights():
    return [0.0118523 * 0.20, 0.0128932 * 0.25]


# one path of two --------------------------------------------------------------------------------------------------


@wrong("05.3", "one path of two")
def hidden_through_the_first_output():
    d2 = -0.0445807 * 0.45
    return d2, d2 * 0.5969 * 0.4031


@wrong("05.3", "one path of two")
def hidden_straight_across():
    d2 = 0.133902 * 0.55
    return d2, d2 * h2 * (1 - h2)


# the local derivative alone ---------------------------------------------------------------------------------------


@wrong("04.1", "the local derivative alone")
def each_operation_by_itself():
    return 1, 1, -2


@wrong("04.2", "the local derivative alone")
def circuit_by_itself(a, b, c, f):
    return b, a, 1.0, a * b + c


# the order never drawn anew ---------------------------------------------------------------------------------------


@wrong("12.2", "the order never drawn anew")
def batches_as_they_lie(x, t, batch_size, rng):
    for k in range(0, len(x), batch_size):
        yield x[k : k + batch_size], t[k : k + batch_size]


@wrong("12.3", "the order never drawn anew")
def train_in_one_order(x, t, step, epochs, batch_size, rng):
    rng.shuffle(order := np.arange(len(x)))
    for _ in range(epochs):
        for k in range(0, len(x), batch_size):
            step(x[order[k : k + batch_size]], t[order[k : k + batch_size]])


@wrong("12.2", "X shuffled without its targets")
def batches_shuffled_apart(x, t, batch_size, rng):
    x, t = rng.permutation(x), rng.permutation(t)
    return [(x[k : k + batch_size], t[k : k + batch_size]) for k in range(0, len(x), batch_size)]
