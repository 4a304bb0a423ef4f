"""Planted answers: mistakes of a whole training, as learners write them. Each check of these runs a training."""

import numpy as np

from bplearn.exercises.chapters import chapter_09 as mine
from tests.exercises.lines import wrong

# X shuffled without its targets -----------------------------------------------------------------------------------


@wrong("12.2", "X shuffled without its targets")
def batches_shuffle_x(x, t, batch_size, rng):
    mixed = rng.permutation(x)
    return [(mixed[i : i + batch_size], t[i : i + batch_size]) for i in range(0, len(x), batch_size)]


@wrong("12.3", "X shuffled without its targets")
def train_shuffles_x(x, t, step, epochs, batch_size, rng):
    for _ in range(epochs):
        own = x.copy()
        rng.shuffle(own)
        for i in range(0, len(own), batch_size):
            step(own[i : i + batch_size], t[i : i + batch_size])


@wrong("12.3", "X shuffled without its targets")
def train_shuffles_both_apart(x, t, step, epochs, batch_size, rng):
    for _ in range(epochs):
        one, two = rng.permutation(len(x)), rng.permutation(len(x))
        for i in range(0, len(x), batch_size):
            step(x[one[i : i + batch_size]], t[two[i : i + batch_size]])


@wrong("09.6", "X shuffled without its targets")
def loop_shuffles_x(x, t, parameters, learning_rate, batch_size, orders):
    for order in orders:
        mixed = x[order]
        for i in range(0, len(x), batch_size):
            part = mixed[i : i + batch_size]
            z1, a1, z2 = mine.forward(part, *parameters)
            _, dz2 = mine.loss(z2, t[i : i + batch_size])
            dz1 = mine.backward(dz2, parameters[2], z1)
            parameters = mine.update(parameters, mine.gradients(part, a1, dz1, dz2), learning_rate)
    return parameters


# zero or constant start -------------------------------------------------------------------------------------------


@wrong("11.2", "zero or constant start")
def start_at_zero(n_in, n_out, rng):
    return np.zeros(shape=(n_in, n_out)), np.zeros(n_out)


@wrong("11.2", "zero or constant start")
def start_at_half(n_in, n_out, rng):
    return 0.5 * np.ones([n_in, n_out]), np.zeros(n_out)


@wrong("11.2", "zero or constant start")
def start_at_nothing(n_in, n_out, rng):
    return 0.0 * rng.normal(size=(n_in, n_out)), np.zeros((n_out,))


@wrong("11.2", "zero or constant start")
def start_all_equal(n_in, n_out, rng):
    return np.full((n_in, n_out), np.sqrt(2 / n_in)), np.zeros(n_out)


# learning rate 100 times too large --------------------------------------------------------------------------------


@wrong("07.5", "learning rate 100 times too large")
def rate_of_two():
    return 2.0


@wrong("07.5", "learning rate 100 times too large")
def rate_of_three():
    return 100 * 0.03


@wrong("12.4", "learning rate 100 times too large")
def digits_rate_of_thirty():
    return 30.0, 32


@wrong("12.4", "learning rate 100 times too large")
def digits_rate_of_ten():
    return (10, 16)


# epoch taken for iteration ----------------------------------------------------------------------------------------


@wrong("12.3", "epoch taken for iteration")
def train_one_batch_an_epoch(x, t, step, epochs, batch_size, rng):
    for _ in range(epochs):
        rows = rng.permutation(len(x))[:batch_size]
        step(x[rows], t[rows])


@wrong("12.3", "epoch taken for iteration")
def train_counts_updates(x, t, step, epochs, batch_size, rng):
    done = 0
    while done < epochs:
        order = rng.permutation(len(x))
        for i in range(0, len(x), batch_size):
            if done == epochs:
                break
            step(x[order[i : i + batch_size]], t[order[i : i + batch_size]])
            done += 1


@wrong("12.1", "epoch taken for iteration")
def steps_are_epochs():
    return 40, 10


@wrong("09.6", "epoch taken for iteration")
def loop_one_batch_an_epoch(x, t, parameters, learning_rate, batch_size, orders):
    for order in orders:
        rows = order[:batch_size]
        z1, a1, z2 = mine.forward(x[rows], *parameters)
        dz2 = mine.loss(z2, t[rows])[1]
        grads = mine.gradients(x[rows], a1, mine.backward(dz2, parameters[2], z1), dz2)
        parameters = mine.update(parameters, grads, learning_rate)
    return parameters


# biases regularised -----------------------------------------------------------------------------------------------


@wrong("13.4", "biases regularised")
def decay_everything(x, t, W, b, learning_rate, weight_decay, steps):
    for _ in range(steps):
        d = 2 * (x @ W + b - t) / len(x)
        W, b = (
            W - learning_rate * (x.T @ d + weight_decay * W),
            b - learning_rate * (d.sum(axis=0) + weight_decay * b),
        )
    return W, b


@wrong("13.4", "biases regularised")
def decay_by_shrinking(x, t, W, b, learning_rate, weight_decay, steps):
    keep = 1 - learning_rate * weight_decay
    parameters = {"W": W, "b": b}
    for _ in range(steps):
        d = 2 * (x @ parameters["W"] + parameters["b"] - t) / len(x)
        grads = {"W": x.T @ d, "b": d.sum(0)}
        parameters = {k: keep * parameters[k] - learning_rate * grads[k] for k in parameters}
    return parameters["W"], parameters["b"]


@wrong("13.4", "biases regularised")
def decay_with_a_column_of_ones(x, t, W, b, learning_rate, weight_decay, steps):
    ones = np.hstack([x, np.ones((len(x), 1))])
    both = np.vstack([W, b])
    for _ in range(steps):
        both = both - learning_rate * (ones.T @ (2 * (ones @ both - t) / len(x)) + weight_decay * both)
    return both[:-1], both[-1]
