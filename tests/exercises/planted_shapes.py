"""Planted answers: shapes and sums, as learners write them."""

import numpy as np

from tests.exercises.lines import wrong


def s(z):
    return 1.0 / (1.0 + np.exp(-z))


# W used without its transpose -------------------------------------------------------------------------------------


@wrong("05.7", "W used without its transpose")
def dense_no_transpose(dy, x, W):
    return np.dot(dy, W), np.dot(x.T, dy), np.sum(dy, 0)


@wrong("05.6", "W used without its transpose")
def hidden_no_transpose(dz2, W2, a1):
    back = np.einsum("nm,mh->nh", dz2, W2)
    return back * a1 * (1 - a1)


@wrong("09.3", "W used without its transpose")
def relu_no_transpose(dz2, W2, z1):
    dz1 = np.matmul(dz2, W2)
    return np.where(z1 > 0, dz1, 0)


@wrong("05.6", "W used without its transpose")
def hidden_loop_no_transpose(dz2, W2, a1):
    out = np.zeros_like(a1)
    for n in range(len(a1)):
        for h in range(a1.shape[1]):
            total = 0.0
            for m in range(dz2.shape[1]):
                total += W2[m, h] * dz2[n, m]
            out[n, h] = total * a1[n, h] * (1 - a1[n, h])
    return out


@wrong("02.2", "W used without its transpose")
def forward_turned(x, W, b):
    return np.dot(x, W.T) + b


# dW transposed ----------------------------------------------------------------------------------------------------


@wrong("05.7", "dW transposed")
def dense_dw_turned(dy, x, W):
    return dy @ W.T, dy.T @ x, dy.sum(0)


@wrong("09.4", "dW transposed")
def gradients_dw_turned(x, a1, dz1, dz2):
    dW1 = np.einsum("nh,nd->hd", dz1, x)
    dW2 = np.einsum("nc,nh->ch", dz2, a1)
    return dW1, np.einsum("nh->h", dz1), dW2, np.einsum("nc->c", dz2)


@wrong("05.7", "dW transposed")
def dense_outer_turned(dy, x, W):
    dW = sum(np.outer(dy[n], x[n]) for n in range(len(x)))
    return dy @ W.T, dW, dy.sum(axis=0)


# bias gradient ----------------------------------------------------------------------------------------------------


@wrong("05.7", "bias gradient not summed")
def dense_db_is_dy(dy, x, W):
    return dy.dot(W.T), x.T.dot(dy), dy.copy()


@wrong("09.4", "bias gradient not summed")
def gradients_db_not_summed(x, a1, dz1, dz2):
    return {"dW1": x.T @ dz1, "db1": 1.0 * dz1, "dW2": a1.T @ dz2, "db2": 1.0 * dz2}


@wrong("05.7", "bias gradient summed over everything")
def dense_db_total(dy, x, W):
    return dy @ W.T, x.T @ dy, float(np.sum(dy))


@wrong("09.4", "bias gradient summed over everything")
def gradients_db_total(x, a1, dz1, dz2):
    return x.T @ dz1, np.ones(dz1.shape[1]) * dz1.sum(), a1.T @ dz2, np.ones(dz2.shape[1]) * dz2.sum()


@wrong("08.2", "bias gradient summed over everything")
def batch_db_total(x, t, W1, b1, W2, b2):
    h = s(x @ W1 + b1)
    o = s(h @ W2 + b2)
    e2 = (o - t) * o * (1 - o) / x.shape[0]
    e1 = (e2 @ W2.T) * h * (1 - h)
    return x.T @ e1, np.sum(e1), h.T @ e2, np.sum(e2)


@wrong("05.7", "averaged a second time")
def dense_db_mean(dy, x, W):
    N, M = dy.shape
    db = np.array([sum(dy[n, m] for n in range(N)) / N for m in range(M)])
    return dy @ W.T, x.T @ dy, db


@wrong("09.4", "averaged a second time")
def gradients_over_n(x, a1, dz1, dz2):
    m = x.shape[0]
    return 1 / m * x.T @ dz1, 1 / m * dz1.sum(0), 1 / m * a1.T @ dz2, 1 / m * dz2.sum(0)


@wrong("08.2", "averaged a second time")
def batch_averaged_twice(x, t, W1, b1, W2, b2):
    N = len(x)
    h = s(x @ W1 + b1)
    o = s(h @ W2 + b2)
    e2 = (o - t) / N * (o - o**2)
    e1 = e2 @ W2.T * (h - h**2)
    return x.T @ e1 / N, e1.mean(axis=0), h.T @ e2 / N, e2.mean(axis=0)


@wrong("09.4", "averaged a second time")
def gradients_one_bias_averaged(x, a1, dz1, dz2):
    return x.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, np.average(dz2, axis=0)


@wrong("09.5", "bias never updated")
def update_weights_only(parameters, grads, learning_rate):
    new = list(parameters)
    for k in (0, 2):
        new[k] = parameters[k] - learning_rate * grads[k]
    return new


@wrong("09.5", "bias never updated")
def update_forgets_b1(parameters, grads, learning_rate):
    W1, b1, W2, b2 = parameters
    return W1 - learning_rate * grads[0], b1, W2 - learning_rate * grads[2], b2 - learning_rate * grads[3]


@wrong("07.4", "bias never updated")
def step_without_biases(x, t, W1, b1, W2, b2, learning_rate):
    h = s(x.dot(W1) + b1)
    o = s(h.dot(W2) + b2)
    e2 = (o - t) * o * (1 - o)
    e1 = e2.dot(W2.T) * h * (1 - h)
    m = len(x)
    return W1 - learning_rate * x.T.dot(e1) / m, b1, W2 - learning_rate * h.T.dot(e2) / m, b2


@wrong("09.7", "bias never updated")
class NetworkWithoutBiasSteps:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def forward(self, x):
        self.x = x
        self.h = np.maximum(x @ self.W1 + self.b1, 0)
        self.scores = self.h @ self.W2 + self.b2
        return self.scores

    def backward(self, t):
        rows = np.arange(len(t))
        e = np.exp(self.scores)
        p = e / e.sum(1, keepdims=True)
        value = -np.log(p[rows, t]).mean()
        p[rows, t] -= 1
        p /= len(t)
        self.dW2, self.db2 = self.h.T @ p, p.sum(0)
        d = (p @ self.W2.T) * (self.h > 0)
        self.dW1, self.db1 = self.x.T @ d, d.sum(0)
        return value

    def step(self, learning_rate):
        self.W1 = self.W1 - learning_rate * self.dW1
        self.W2 = self.W2 - learning_rate * self.dW2


# N ----------------------------------------------------------------------------------------------------------------


@wrong("03.2", "1/N missing")
def squared_error_sum(y, t):
    e = y - t
    return 0.5 * (e * e).sum(), e


@wrong("03.2", "1/N missing")
def squared_error_derivative_without_n(y, t):
    e = y - t
    return 0.5 * np.mean((e * e).sum(axis=1)), e


@wrong("03.6", "1/N missing")
def cross_entropy_sum(z, t):
    rows = np.arange(len(t))
    log_p = z - z.max(1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(1, keepdims=True))
    d = np.exp(log_p)
    d[rows, t] -= 1
    return -log_p[rows, t].sum(), d


@wrong("08.2", "1/N missing")
def batch_sum(x, t, W1, b1, W2, b2):
    grads = [np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2), np.zeros_like(b2)]
    for xn, tn in zip(x, t, strict=True):
        h = s(xn @ W1 + b1)
        o = s(h @ W2 + b2)
        d2 = (o - tn) * o * (1 - o)
        d1 = W2 @ d2 * h * (1 - h)
        grads[0] += np.outer(xn, d1)
        grads[1] += d1
        grads[2] += np.outer(h, d2)
        grads[3] += d2
    return grads


@wrong("03.2", "N hard-coded")
def squared_error_by_32(y, t):
    return np.sum((y - t) ** 2) / 64, (y - t) / 32


@wrong("03.6", "N hard-coded")
def cross_entropy_by_first_batch(z, t):
    e = np.exp(z - z.max(axis=1)[:, None])
    p = e / e.sum(axis=1)[:, None]
    one = np.zeros_like(p)
    one[range(len(t)), t] = 1
    return -(one * np.log(p)).sum() / 5, (p - one) / 5


@wrong("08.2", "N hard-coded")
def batch_by_7(x, t, W1, b1, W2, b2):
    h = s(x @ W1 + b1)
    o = s(h @ W2 + b2)
    d2 = (o - t) * o * (1 - o)
    d1 = d2 @ W2.T * h * (1 - h)
    return tuple(g / 7 for g in (x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)))


@wrong("03.2", "N hard-coded")
def squared_error_by_1000(y, t):
    m = 1000
    return np.square(y - t).sum() / (2 * m), (y - t) / m


# the last partial batch -------------------------------------------------------------------------------------------


@wrong("12.2", "the last partial batch")
def batches_whole_ones_only(x, t, batch_size, rng):
    order = list(range(len(x)))
    rng.shuffle(order)
    found = []
    for k in range(len(x) // batch_size):
        part = order[k * batch_size : (k + 1) * batch_size]
        found.append((x[part], t[part]))
    return found


@wrong("12.3", "the last partial batch")
def train_whole_batches_only(x, t, step, epochs, batch_size, rng):
    for _ in range(epochs):
        order = rng.permutation(len(t))
        start = 0
        while start + batch_size <= len(x):
            rows = order[start : start + batch_size]
            step(x[rows], t[rows])
            start += batch_size


@wrong("09.6", "the last partial batch")
def loop_whole_batches_only(x, t, parameters, learning_rate, batch_size, orders):
    from bplearn.exercises.chapters import chapter_09 as mine

    for order in orders:
        for k in range(len(x) // batch_size):
            rows = order[k * batch_size : (k + 1) * batch_size]
            z1, a1, z2 = mine.forward(x[rows], *parameters)
            dz2 = mine.loss(z2, t[rows])[1]
            dz1 = mine.backward(dz2, parameters[2], z1)
            parameters = mine.update(parameters, mine.gradients(x[rows], a1, dz1, dz2), learning_rate)
    return parameters


@wrong("12.1", "the last partial batch")
def steps_rounded_down():
    return 39, 390


# (N, 1) minus (N,) ------------------------------------------------------------------------------------------------


@wrong("03.3", "(N,1) minus (N,)")
def one_output_broadcast(y, t):
    return np.sum((y - t) ** 2) / len(y), 2 * (y - t) / len(y)


@wrong("03.3", "(N,1) minus (N,)")
def one_output_broadcast_summed_back(y, t):
    e = y - t
    return (e**2).mean(), (2 * e / e.size).sum(axis=1, keepdims=True)


@wrong("03.3", "(N,1) minus (N,)")
def one_output_broadcast_in_the_loss_alone(y, t):
    n = y.shape[0]
    return np.mean((y - t) ** 2), 2 * (y - t[:, None]) / n
