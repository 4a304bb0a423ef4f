"""Right answers in other forms: loops, einsum, float32, other layouts, other slopes at 0. All of them must pass."""

import numpy as np

from bplearn.exercises.chapters import chapter_09 as mine

RIGHT = []


def right(exercise):
    def note(answer):
        RIGHT.append((exercise, answer))
        return answer

    return note


def s(z):
    return 0.5 * (1 + np.tanh(z / 2))


# a loop over samples, over units, over everything ------------------------------------------------------------------


@right("01.2")
def neuron_loop(x, w, b):
    z = b
    for one, weight in zip(x, w, strict=True):
        z += one * weight
    return s(z)


@right("02.2")
def forward_loop(x, W, b):
    y = np.zeros((len(x), len(b)))
    for n, j in np.ndindex(y.shape):
        y[n, j] = sum(x[n, i] * W[i, j] for i in range(len(W))) + b[j]
    return y


@right("05.7")
def dense_loop(dy, x, W):
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros(W.shape[1])
    for n in reversed(range(len(x))):
        dx[n] = W.dot(dy[n])
        dW += np.outer(x[n], dy[n])
        db += dy[n]
    return dx, dW, db


@right("08.2")
def batch_loop(x, t, W1, b1, W2, b2):
    grads = [0, 0, 0, 0]
    for xn, tn in zip(x, t, strict=True):
        h = s(xn @ W1 + b1)
        o = s(h @ W2 + b2)
        d2 = (o - tn) * o * (1 - o)
        d1 = W2 @ d2 * h * (1 - h)
        for k, g in enumerate((np.outer(xn, d1), d1, np.outer(h, d2), d2)):
            grads[k] = grads[k] + g / len(x)
    return grads


@right("03.6")
def cross_entropy_loop(z, t):
    total, rows = 0.0, []
    for scores, k in zip(z, t, strict=True):
        p = np.exp(scores - max(scores))
        p /= sum(p)
        total -= np.log(p[k])
        p[k] -= 1
        rows.append(p / len(z))
    return total / len(z), rows


# einsum, np.dot, other words ----------------------------------------------------------------------------------------


@right("05.7")
def dense_einsum(dy, x, W):
    return np.einsum("nm,dm->nd", dy, W), np.einsum("nd,nm->dm", x, dy), np.einsum("nm->m", dy)


@right("05.7")
def dense_dot_with_bias_row(dy, x, W):
    return np.dot(dy, W.T), np.dot(x.T, dy), np.sum(dy, axis=0, keepdims=True)


@right("05.7")
def dense_dict(dy, x, W):
    return {"db": np.ones(len(dy)) @ dy, "dx": dy @ W.T, "dW": np.tensordot(x, dy, axes=(0, 0))}


@right("05.6")
def hidden_through_slope_of_z(dz2, W2, a1):
    z1 = np.log(a1) - np.log(1 - a1)
    return np.einsum("nm,hm->nh", dz2, W2) * np.exp(-z1) / (1 + np.exp(-z1)) ** 2


@right("03.2")
def squared_error_mean_of_sums(y, t):
    e = t - y
    return np.mean(np.sum(e**2, axis=1)) / 2, -e / e.shape[0]


@right("03.3")
def one_output_flat(y, t):
    e = y[:, 0] - t
    return [np.dot(e, e) / len(e), (2 * e / len(e))[:, None]]


@right("03.4")
def binary_softplus(z, t):
    return np.mean(np.logaddexp(0, z) - t * z), (s(z) - t) / t.size


@right("03.5")
def softmax_global_shift(z):
    return np.array([np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in z])


@right("07.4")
def step_updates_from_the_back(x, t, W1, b1, W2, b2, learning_rate):
    h = s(x @ W1 + b1)
    o = s(h @ W2 + b2)
    d2 = (o - t) * o * (1 - o) / len(x)
    d1 = d2 @ W2.T * h * (1 - h)
    W2 = W2 - learning_rate * h.T @ d2
    b2 = b2 - learning_rate * d2.sum(0)
    W1 = W1 - learning_rate * x.T @ d1
    return W1, b1 - learning_rate * d1.sum(0), W2, b2


@right("09.3")
def backward_where(dz2, W2, z1):
    back = dz2.dot(W2.transpose())
    back[z1 < 0] = 0
    return back


@right("09.5")
def update_list(parameters, grads, learning_rate):
    return [p - learning_rate * g for p, g in zip(parameters, grads, strict=True)]


@right("04.4")
def graph_dict(operations, values):
    d = dict.fromkeys(range(len(values)), 0.0)
    k = len(values) - 1
    d[k] = 1.0
    for kind, i, j in reversed(operations):
        if kind == "exp":
            d[i] += d[k] * np.exp(values[i])
        else:
            d[i] += d[k] * {"add": 1, "mul": values[j], "max": values[i] > values[j]}[kind]
            d[j] += d[k] * {"add": 1, "mul": values[i], "max": values[j] > values[i]}[kind]
        k -= 1
    return [d[n] for n in range(len(values))]


@right("10.1")
def gradient_restores(f, x, h):
    found = np.empty_like(x)
    for place, old in np.ndenumerate(x):
        x[place] = old + h
        up = f(x)
        x[place] = old - h
        down = f(x)
        x[place] = old
        found[place] = (up - down) / h / 2
    return found


# float32 within its rounding ----------------------------------------------------------------------------------------


def small(*arrays):
    return [np.asarray(array, dtype=np.float32) for array in arrays]


@right("05.7")
def dense_float32(dy, x, W):
    dy, x, W = small(dy, x, W)
    return dy @ W.T, x.T @ dy, dy.sum(0)


@right("08.2")
def batch_float32(x, t, W1, b1, W2, b2):
    x, t, W1, b1, W2, b2 = small(x, t, W1, b1, W2, b2)
    h = s(x @ W1 + b1)
    o = s(h @ W2 + b2)
    d2 = (o - t) * o * (1 - o) / np.float32(len(x))
    d1 = d2 @ W2.T * h * (1 - h)
    return x.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)


@right("03.6")
def cross_entropy_float32(z, t):
    (z,) = small(z)
    log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
    d = np.exp(log_p)
    d[np.arange(len(t)), t] -= 1
    return -log_p[np.arange(len(t)), t].mean(), d / len(t)


@right("05.7")
def dense_always_float64(dy, x, W):
    dy, x, W = (np.asarray(array, dtype=np.float64) for array in (dy, x, W))
    return dy @ W.T, x.T @ dy, dy.sum(0)


# the slope of a ReLU at 0 -------------------------------------------------------------------------------------------


@right("05.8")
def relu_zero_at_zero(dy, z):
    return dy * (z > 0)


@right("05.8")
def relu_half_at_zero(dy, z):
    return dy * np.heaviside(z, 0.5)


@right("05.8")
def relu_one_at_zero(dy, z):
    return np.where(z >= 0, dy, 0)


@right("09.3")
def backward_mask_from_activation(dz2, W2, z1):
    return dz2 @ W2.T * (np.maximum(z1, 0) > 0)


# columns instead of rows --------------------------------------------------------------------------------------------


@right("02.2")
def forward_columns(x, W, b):
    return W @ x + b


@right("05.7")
def dense_columns(dy, x, W):
    return W.T @ dy, dy @ x.T, dy.sum(axis=1, keepdims=True)


@right("08.2")
def batch_columns(x, t, W1, b1, W2, b2):
    h = s(W1 @ x + b1)
    o = s(W2 @ h + b2)
    d2 = (o - t) * o * (1 - o) / x.shape[1]
    d1 = W2.T @ d2 * h * (1 - h)
    return d1 @ x.T, d1.sum(1, keepdims=True), d2 @ h.T, d2.sum(1, keepdims=True)


# loops, starts and classes in other forms ---------------------------------------------------------------------------


@right("12.2")
def batches_of_a_list(x, t, batch_size, rng):
    order = list(range(len(x)))
    rng.shuffle(order)
    found = []
    while order:
        part, order = order[:batch_size], order[batch_size:]
        found.append((x[part], t[part]))
    return found


@right("12.2")
def batches_shuffle_together(x, t, batch_size, rng):
    both = np.column_stack([x, t])
    rng.shuffle(both)
    for k in range(0, len(both), batch_size):
        yield both[k : k + batch_size, :-1], both[k : k + batch_size, -1]


@right("12.3")
def train_array_split(x, t, step, epochs, batch_size, rng):
    for _ in range(epochs):
        order = np.argsort(rng.random(len(x)))
        for rows in np.split(order, range(batch_size, len(x), batch_size)):
            step(x[rows], t[rows])


@right("11.2")
def start_uniform(n_in, n_out, rng):
    bound = np.sqrt(6 / n_in)
    return rng.uniform(-bound, bound, (n_in, n_out)), np.zeros(n_out)


@right("11.2")
def start_normal_scale(n_in, n_out, rng):
    return rng.normal(0, (2 / n_in) ** 0.5, (n_in, n_out)), np.zeros((1, n_out))


@right("09.7")
class NetworkWithParts:
    """Layers as small dictionaries, updated in place on arrays of its own."""

    def __init__(self, *parameters):
        self.W1, self.b1, self.W2, self.b2 = (np.array(p) for p in parameters)

    def forward(self, x):
        self.kept = {"x": x}
        self.kept["on"] = x @ self.W1 + self.b1 > 0
        self.kept["h"] = np.where(self.kept["on"], x @ self.W1 + self.b1, 0)
        self.kept["p"] = self.kept["h"] @ self.W2 + self.b2
        return self.kept["p"].copy()

    def backward(self, t):
        k, rows = self.kept, range(len(t))
        log_p = k["p"] - np.logaddexp.reduce(k["p"], axis=1, keepdims=True)
        d2 = (np.exp(log_p) - np.eye(log_p.shape[1])[t]) / len(t)
        d1 = d2 @ self.W2.T * k["on"]
        self.dW1, self.db1 = k["x"].T @ d1, d1.sum(0)
        self.dW2, self.db2 = k["h"].T @ d2, d2.sum(0)
        return -np.mean(log_p[rows, t])

    def step(self, learning_rate):
        for name in ("W1", "b1", "W2", "b2"):
            array = getattr(self, name)
            array -= learning_rate * getattr(self, f"d{name}")


@right("09.6")
def loop_in_place_on_copies(x, t, parameters, learning_rate, batch_size, orders):
    parameters = [p.copy() for p in parameters]
    for order in orders:
        xs, ts = x[order], t[order]
        for k in range(0, len(xs), batch_size):
            z1, a1, z2 = mine.forward(xs[k : k + batch_size], *parameters)
            dz2 = mine.loss(z2, ts[k : k + batch_size])[1]
            dz1 = mine.backward(dz2, parameters[2], z1)
            for p, g in zip(parameters, mine.gradients(xs[k : k + batch_size], a1, dz1, dz2), strict=True):
                p -= learning_rate * g
    return parameters


@right("09.8")
def deltas_first_and_layers_counted(x, t, layers):
    a = [x]
    for W, b in layers[:-1]:
        a.append(np.clip(a[-1].dot(W) + b, 0, None))
    delta = [None] * (len(layers) - 1) + [mine.loss(a[-1] @ layers[-1][0] + layers[-1][1], t)[1]]
    for k in range(len(layers) - 2, -1, -1):
        delta[k] = np.where(a[k + 1] > 0, np.einsum("nj,ij->ni", delta[k + 1], layers[k + 1][0]), 0)
    return [[sum(np.outer(u, v) for u, v in zip(a[k], d, strict=True)), d.sum(0)] for k, d in enumerate(delta)]


@right("13.3")
def adam_in_one_line(m, s, g, step, learning_rate, beta1, beta2, epsilon):
    m, s = m + (1 - beta1) * (g - m), s + (1 - beta2) * (g * g - s)
    root = np.sqrt(s) / np.sqrt(1 - beta2**step) + epsilon
    return m, s, -learning_rate / (1 - beta1**step) * m / root


@right("13.4")
def decay_by_shrinking_weights(x, t, W, b, learning_rate, weight_decay, steps):
    for _ in range(steps):
        d = 2 * (x @ W + b - t) / len(x)
        W, b = W * (1 - learning_rate * weight_decay) - learning_rate * x.T @ d, b - learning_rate * d.sum(0)
    return W, b


@right("14.1")
def accuracy_counted(scores, t):
    return sum(int(np.argmax(row)) == k for row, k in zip(scores, t, strict=True)) / len(t)


@right("14.3")
def early_stop_waits(losses, patience):
    best = waited = 0
    for k in range(1, len(losses)):
        if losses[k] < losses[best]:
            best, waited = k, 0
        else:
            waited += 1
        if waited == patience:
            return best + 1, k + 1
    return best + 1, len(losses)


@right("18.3")
def head_with_whole_jacobians(dmix, q, k, v, p):
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for i in range(len(q)):
        dv += np.outer(p[i], dmix[i])
        slopes = np.diag(p[i]) - np.outer(p[i], p[i])
        errors = slopes @ (v @ dmix[i]) / q.shape[-1] ** 0.5
        dq[i] = errors @ k
        dk += np.outer(errors, q[i])
    return dq, dk, dv


@right("18.3")
def head_by_einsum(dmix, q, k, v, p):
    dp = np.einsum("im,jm->ij", dmix, v)
    e = p * dp
    e = (e - p * e.sum(1, keepdims=True)) * q.shape[1] ** -0.5
    return np.einsum("ij,jd->id", e, k), np.einsum("ij,id->jd", e, q), np.einsum("ij,im->jm", p, dmix)


@right("18.4")
def causal_row_by_row(scores):
    shares = np.zeros_like(scores)
    for i, row in enumerate(scores):
        powers = np.exp(row[: i + 1])
        shares[i, : i + 1] = powers / powers.sum()
    return shares


@right("18.4")
def causal_with_a_large_number(scores):
    hidden = np.tril(np.ones(scores.shape)) == 0
    powers = np.exp(scores - 1e9 * hidden)
    return powers / powers.sum(axis=-1, keepdims=True)


@right("18.5")
def windows_in_a_list(codes, T):
    x, t = [], []
    for start, _ in enumerate(codes[T:]):
        x.append(list(codes[start : start + T]))
        t.append(list(codes[start + 1 :][:T]))
    return x, t


@right("18.5")
def windows_by_an_index(codes, T):
    places = np.arange(len(codes) - T)[:, None] + np.arange(T)
    return codes[places], codes[places + 1]


# layers of today: the formula of the books, window by window, tile by tile -------------------------------------------


@right("17.2")
def norm_by_the_books(dy, x):
    n = x.shape[1]
    std = x.std(axis=1)[:, None]
    y = (x - x.mean(axis=1)[:, None]) / std
    return (n * dy - dy.sum(axis=1)[:, None] - y * (dy * y).sum(axis=1)[:, None]) / (n * std)


@right("17.3")
def batch_norm_by_a_matrix(dy, x, g, epsilon):
    N = len(x)
    std = np.sqrt(x.var(axis=0) + epsilon)
    y = (x - x.mean(axis=0)) / std
    columns = [(np.eye(N) - 1 / N - np.outer(c, c) / N) @ d for c, d in zip(y.T, dy.T, strict=True)]
    return np.array(columns).T * g / std, np.einsum("nh,nh->h", dy, y), np.ones(N) @ dy


@right("17.4")
def convolution_by_windows(dy, x, W):
    dx, dW = np.zeros(x.shape), np.zeros(W.shape)
    for n, i, j in np.ndindex(dy.shape):
        window = slice(i, i + W.shape[0]), slice(j, j + W.shape[1])
        dW += dy[n, i, j] * x[n][window]
        dx[n][window] += dy[n, i, j] * W
    return dx, dW, dy.sum()


@right("17.5")
def pooling_tile_by_tile(dy, x):
    dx = np.zeros_like(x)
    for n, i, j in np.ndindex(dy.shape):
        tile = x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        row, column = np.unravel_index(tile.argmax(), tile.shape)
        dx[n, 2 * i + row, 2 * j + column] = dy[n, i, j]
    return dx
