"""Planted answers: order and state, as learners write them. What keeps something is made anew for each check."""

import numpy as np

from tests.exercises.lines import wrong, wrong_with_memory


def s(z):
    return 1.0 / (1.0 + np.exp(-z))


# weights updated before the hidden error --------------------------------------------------------------------------


@wrong("07.4", "weights updated before the hidden error")
def step_new_weights_first(x, t, W1, b1, W2, b2, learning_rate):
    h = s(x @ W1 + b1)
    o = s(h @ W2 + b2)
    d2 = (o - t) * o * (1 - o) / len(x)
    W2 = W2 - learning_rate * h.T @ d2
    b2 = b2 - learning_rate * d2.sum(0)
    d1 = d2 @ W2.T * h * (1 - h)
    W1 = W1 - learning_rate * x.T @ d1
    b1 = b1 - learning_rate * d1.sum(0)
    return W1, b1, W2, b2


@wrong("07.4", "weights updated before the hidden error")
def step_layer_by_layer(x, t, W1, b1, W2, b2, learning_rate):
    layers = [[W1.copy(), b1.copy()], [W2.copy(), b2.copy()]]
    values = [x]
    for W, b in layers:
        values.append(s(values[-1] @ W + b))
    error = (values[-1] - t) / len(x)
    for k in (1, 0):
        out = values[k + 1]
        delta = error * out * (1 - out)
        layers[k][0] -= learning_rate * values[k].T @ delta
        layers[k][1] -= learning_rate * delta.sum(axis=0)
        error = delta @ layers[k][0].T
    return layers[0][0], layers[0][1], layers[1][0], layers[1][1]


@wrong("07.3", "weights updated before the hidden error")
def typed_the_published_number():
    return 0.291027923905


# stale cache ------------------------------------------------------------------------------------------------------


@wrong_with_memory("05.7", "stale cache")
def dense_keeps_first_x():
    store = {}

    def dense_backward(dy, x, W):
        store.setdefault("x", x)
        return dy @ W.T, store["x"].T @ dy, dy.sum(axis=0)

    return dense_backward


@wrong_with_memory("05.8", "stale cache")
def relu_keeps_first_mask():
    masks = []

    def relu_backward(dy, z):
        if not masks:
            masks.append(z > 0)
        return dy * masks[0]

    return relu_backward


@wrong_with_memory("08.2", "stale cache")
def batch_keeps_first_answer():
    cache = []

    def batch_gradients(x, t, W1, b1, W2, b2):
        if not cache:
            h = s(x @ W1 + b1)
            o = s(h @ W2 + b2)
            d2 = (o - t) * o * (1 - o) / len(x)
            d1 = d2 @ W2.T * h * (1 - h)
            cache.extend([x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)])
        return tuple(cache)

    return batch_gradients


@wrong("09.7", "stale cache")
class NetworkKeepsFirstBatch:
    def __init__(self, *p):
        self.W1, self.b1, self.W2, self.b2 = p
        self.x = None

    def forward(self, x):
        z1 = x @ self.W1 + self.b1
        h = np.maximum(z1, 0)
        z2 = h @ self.W2 + self.b2
        if self.x is None:
            self.x, self.z1, self.h, self.z2 = x, z1, h, z2
        return z2

    def backward(self, t):
        p = np.exp(self.z2)
        p = p / p.sum(1, keepdims=True)
        rows = np.arange(len(self.z2))
        value = -np.log(p[rows, t]).mean()
        p[rows, t] -= 1
        d2 = p / len(rows)
        d1 = d2 @ self.W2.T * (self.z1 > 0)
        self.dW1, self.db1, self.dW2, self.db2 = self.x.T @ d1, d1.sum(0), self.h.T @ d2, d2.sum(0)
        return value

    def step(self, learning_rate):
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - learning_rate * getattr(self, "d" + name))


@wrong_with_memory("09.3", "stale cache")
def hidden_one_call_late():
    late = []

    def backward(dz2, W2, z1):
        late.append((dz2, W2, z1))
        old_dz2, old_W2, old_z1 = late[-2] if len(late) > 1 else late[-1]
        return old_dz2 @ old_W2.T * (old_z1 > 0)

    return backward


# gradients not cleared --------------------------------------------------------------------------------------------


@wrong_with_memory("05.7", "gradients not cleared")
def dense_adds_up():
    grads = {}

    def dense_backward(dy, x, W):
        grads["W"] = grads.get("W", 0) + x.T @ dy
        grads["b"] = grads.get("b", 0) + dy.sum(0)
        return dy @ W.T, grads["W"], grads["b"]

    return dense_backward


@wrong_with_memory("08.2", "gradients not cleared")
def batch_adds_up():
    totals = [0, 0, 0, 0]

    def batch_gradients(x, t, W1, b1, W2, b2):
        h = s(x @ W1 + b1)
        o = s(h @ W2 + b2)
        d2 = (o - t) * o * (1 - o) / len(x)
        d1 = d2 @ W2.T * h * (1 - h)
        for k, g in enumerate((x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0))):
            totals[k] = totals[k] + g
        return tuple(totals)

    return batch_gradients


@wrong("09.7", "gradients not cleared")
class NetworkAddsUp:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2
        self.dW1, self.db1 = np.zeros_like(W1), np.zeros_like(b1)
        self.dW2, self.db2 = np.zeros_like(W2), np.zeros_like(b2)

    def forward(self, x):
        self.x, self.z1 = x, x @ self.W1 + self.b1
        self.h = np.maximum(self.z1, 0)
        self.z2 = self.h @ self.W2 + self.b2
        return self.z2

    def backward(self, t):
        p = np.exp(self.z2 - self.z2.max(1, keepdims=True))
        p = p / p.sum(1, keepdims=True)
        rows = np.arange(len(t))
        value = -np.log(p[rows, t]).mean()
        p[rows, t] -= 1
        d2 = p / len(t)
        d1 = d2 @ self.W2.T * (self.z1 > 0)
        self.dW1 += self.x.T @ d1
        self.db1 += d1.sum(0)
        self.dW2 += self.h.T @ d2
        self.db2 += d2.sum(0)
        return value

    def step(self, learning_rate):
        self.W1 = self.W1 - learning_rate * self.dW1
        self.b1 = self.b1 - learning_rate * self.db1
        self.W2 = self.W2 - learning_rate * self.dW2
        self.b2 = self.b2 - learning_rate * self.db2


# = for += ---------------------------------------------------------------------------------------------------------


@wrong("04.3", "= for +=")
def fork_second_path_overwrites(a, b):
    p, q = a * b, a + b
    grads = {"p": q, "q": p}
    grads["a"] = grads["p"] * b
    grads["b"] = grads["p"] * a
    grads["a"] = grads["q"]
    grads["b"] = grads["q"]
    return grads["a"], grads["b"]


@wrong("04.3", "= for +=")
def fork_first_path_overwrites(a, b):
    p, q = a * b, a + b
    da, db = p, p
    da = q * b
    db = q * a
    return da, db


def local_derivatives(kind, i, j, values, result):
    if kind == "exp":
        return [(i, values[result])]
    if kind == "max":
        return [(max(i, j, key=lambda place: values[place]), 1)]
    return [(i, values[j]), (j, values[i])] if kind == "mul" else [(i, 1), (j, 1)]


@wrong("04.4", "= for +=")
def graph_overwrites(operations, values):
    d = [0.0 for _ in values]
    d[-1] = 1.0
    offset = len(values) - len(operations)
    for k in range(len(operations) - 1, -1, -1):
        kind, i, j = operations[k]
        out = d[offset + k]
        for one, local in local_derivatives(kind, i, j, values, offset + k):
            d[one] = out * local
    return d


@wrong("04.4", "= for +=")
def graph_overwrites_in_products(operations, values):
    d = np.zeros(len(values))
    d[-1] = 1
    k = len(values) - 1
    for kind, i, j in operations[::-1]:
        if kind == "mul":
            d[i], d[j] = d[k] * values[j], d[k] * values[i]
        else:
            for one, local in local_derivatives(kind, i, j, values, k):
                d[one] += d[k] * local
        k -= 1
    return d


# argument changed in place ----------------------------------------------------------------------------------------


@wrong("05.8", "argument changed in place")
def relu_zeroes_dy(dy, z):
    dy[z <= 0] = 0
    return dy


@wrong("05.8", "argument changed in place")
def relu_multiplies_dy(dy, z):
    dy *= z > 0
    return dy


@wrong("09.5", "argument changed in place")
def update_in_place(parameters, grads, learning_rate):
    for p, g in zip(parameters, grads, strict=True):
        p -= learning_rate * g
    return parameters


@wrong("03.6", "argument changed in place")
def cross_entropy_shifts_scores(z, t):
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(z))
    value = -np.log(p[rows, t]).mean()
    p[rows, t] -= 1
    return value, p / len(z)


# only the last sample ---------------------------------------------------------------------------------------------


@wrong("05.7", "only the last sample")
def dense_loop_overwrites(dy, x, W):
    dx = np.zeros_like(x)
    for n in range(len(x)):
        dx[n] = W @ dy[n]
        dW = np.outer(x[n], dy[n])
        db = dy[n]
    return dx, dW, db


@wrong("09.4", "only the last sample")
def gradients_loop_overwrites(x, a1, dz1, dz2):
    for n in range(x.shape[0]):
        dW1, db1 = x[n][:, None] * dz1[n][None, :], dz1[n]
        dW2, db2 = a1[n][:, None] * dz2[n][None, :], dz2[n]
    return dW1, db1, dW2, db2


@wrong("08.2", "only the last sample")
def batch_loop_overwrites(x, t, W1, b1, W2, b2):
    for xn, tn in zip(x, t, strict=True):
        h = s(xn @ W1 + b1)
        o = s(h @ W2 + b2)
        d2 = (o - tn) * o * (1 - o) / len(x)
        d1 = (W2 @ d2) * h * (1 - h)
        grads = np.outer(xn, d1), d1, np.outer(h, d2), d2
    return grads
