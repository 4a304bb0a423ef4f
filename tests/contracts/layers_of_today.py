"""The layers of notebooks 16 to 18 for the contract of `test_layers`: examples, slow formulas, planted errors.

`BUILD` makes a layer of a size, `WIDTH` says how wide its rows are then, `SLOW` is its formula one number at a time,
`planted` names what typically goes wrong in its backward.
"""

import itertools
import math

import numpy as np

from bplearn import Layer, layers


def away_from_zero(rng, shape, least=0.05):
    """Random numbers of both signs and at least this large: no point lies on a kink."""
    values = rng.normal(size=shape)
    return values + np.where(values > 0, least, -least)


def stirred(layer, seed):
    """Give all parameters random values that differ from zero."""
    rng = np.random.default_rng(seed)
    for p in layer.parameters():
        p[:] = away_from_zero(rng, p.shape)
    return layer


def residual(n):
    return layers.Residual(layers.Dense(n, n + 1), layers.Tanh(), layers.Dense(n + 1, n))


class Drawn(Layer):
    """A Dropout that has drawn: its forward is `again` with one row of a mask for all samples."""

    def __init__(self, n):
        self.dropout = layers.Dropout(0.4, rng=n)
        self.kept = self.dropout.forward(np.ones((1, n)))[1]

    def forward(self, x):
        return self.dropout.again(x, {"mask": self.kept["mask"].astype(x.dtype)})

    def backward(self, dy, cache, *, input_gradient=True):
        return self.dropout.backward(dy, cache, input_gradient=input_gradient)


class Chosen(Layer):
    """An embedding that takes any number for a token near it, and answers None with the slope 0 that it then has."""

    def __init__(self, embedding):
        self.embedding, self.n_out = embedding, embedding.n_out
        self.W, self.P = embedding.W, embedding.P

    def forward(self, x):
        return self.embedding.forward(np.rint(np.abs(x)) % 5)

    def backward(self, dy, cache, *, input_gradient=True):
        dx, grads = self.embedding.backward(dy, cache)
        assert dx is None
        return np.zeros(cache["tokens"].shape, dy.dtype), grads


OF_SLOPES = ["1 % too large", "wrong sign", "zero", "1/N in the layer", "rows in another order"]
OF_SLOPES += ["only the last sample", "summed over the batch"]

BUILD = {  # kind: what makes one of size n_in and n_out
    layers.Residual: lambda n_in, n_out: residual(n_in),
    layers.LayerNorm: lambda n_in, n_out: layers.LayerNorm(n_in, epsilon=0.01),
    layers.Dropout: lambda n_in, n_out: layers.Dropout(0.4, rng=n_in),
    layers.Convolution: lambda n_in, n_out: layers.Convolution(2, n_out, 2, image=(3, n_in), padding=1),
    layers.MaxPooling: lambda n_in, n_out: layers.MaxPooling(2, image=(2, 2 * n_in), channels=2),
    layers.Embedding: lambda n_in, n_out: layers.Embedding(5, n_out, length=n_in),
    layers.PerToken: lambda n_in, n_out: layers.PerToken(layers.Dense(n_in, n_out), layers.Tanh(), length=3),
    layers.Attention: lambda n_in, n_out: layers.Attention(4, 2, length=n_in, causal=n_out > 1),
}
WIDTH = {  # where rows are wider than n_in
    layers.Convolution: lambda n: 6 * n,
    layers.MaxPooling: lambda n: 8 * n,
    layers.PerToken: lambda n: 3 * n,
    layers.Attention: lambda n: 4 * n,
}


def width(kind, n_in):
    return WIDTH.get(kind, lambda n: n)(n_in)


def build(kind, n_in, n_out=3, seed=0):
    return stirred(BUILD[kind](n_in, n_out), seed)


def sample(kind, rows, n_in, seed=0):
    if kind is layers.Embedding:
        return np.random.default_rng(seed).integers(0, 5, (rows, n_in)).astype(float)
    return away_from_zero(np.random.default_rng(seed), (rows, width(kind, n_in)))


# --- The formulas once more, one number at a time ------------------------------------------------------------------


def slow_dense(layer, row):
    W, b = layer.W.value.tolist(), layer.b.value.tolist()
    return [b[j] + sum(v * W[i][j] for i, v in enumerate(row)) for j in range(layer.n_out)]


def slow_residual(layer, row):
    first, _, last = layer.layers
    inside = slow_dense(last, [math.tanh(v) for v in slow_dense(first, row)])
    return [v + f for v, f in zip(row, inside, strict=True)]


def slow_norm(layer, row):
    mean = sum(row) / len(row)
    std = math.sqrt(sum((v - mean) ** 2 for v in row) / len(row) + layer.epsilon)
    return [g * (v - mean) / std + b for v, g, b in zip(row, layer.g.value, layer.b.value, strict=True)]


def slow_dropout(layer, row):
    return [v / 0.6 if kept else 0.0 for v, kept in zip(row, layer.kept["mask"][0], strict=True)]


def slow_convolution(layer, row):
    (height, width), size, rim = layer.image, layer.size, layer.padding
    W, b = layer.W.value, layer.b.value

    def pixel(c, i, j):
        inside = 0 <= i < height and 0 <= j < width
        return row[(c * height + i) * width + j] if inside else 0.0

    def seen(m, top, left):
        window = itertools.product(range(layer.n_in), range(size), range(size))
        return b[m] + sum(W[c, i, j, m] * pixel(c, top + i, left + j) for c, i, j in window)

    tops, lefts = range(-rim, height + rim - size + 1), range(-rim, width + rim - size + 1)
    return [seen(m, top, left) for m in range(layer.n_out) for top in tops for left in lefts]


def slow_pooling(layer, row):
    (height, width), size = layer.image, layer.size

    def largest(c, top, left):
        tile = itertools.product(range(top, top + size), range(left, left + size))
        return max(row[(c * height + i) * width + j] for i, j in tile)

    tops, lefts = range(0, height, size), range(0, width, size)
    return [largest(c, top, left) for c in range(layer.channels) for top in tops for left in lefts]


def slow_embedding(layer, row):
    W, P = layer.W.value.tolist(), layer.P.value.tolist()
    return [W[int(token)][j] + P[t][j] for t, token in enumerate(row) for j in range(layer.n_out)]


def cut(row, length):
    size = len(row) // length
    return [row[t * size : (t + 1) * size] for t in range(length)]


def slow_per_token(layer, row):
    return [math.tanh(v) for token in cut(row, layer.length) for v in slow_dense(layer.layers[0], token)]


def slow_attention(layer, row):
    tokens, size = cut(row, layer.length), layer.n // layer.heads

    def times(vector, W):
        return [sum(v * W[i][j] for i, v in enumerate(vector)) for j in range(layer.n)]

    q, k, v = ([times(token, W.value.tolist()) for token in tokens] for W in (layer.Wq, layer.Wk, layer.Wv))
    out = []
    for t in range(layer.length):
        mix = []
        for head in range(layer.heads):
            part = range(head * size, (head + 1) * size)
            seen = range(t + 1 if layer.causal else layer.length)
            score = [sum(q[t][j] * k[s][j] for j in part) / math.sqrt(size) for s in seen]
            weights = [math.exp(value - max(score)) for value in score]
            mix += [sum(w * v[s][j] for w, s in zip(weights, seen, strict=True)) / sum(weights) for j in part]
        out += times(mix, layer.Wo.value.tolist())
    return out


SLOW = {
    layers.Residual: slow_residual,
    layers.LayerNorm: slow_norm,
    layers.Dropout: slow_dropout,
    layers.Convolution: slow_convolution,
    layers.MaxPooling: slow_pooling,
    layers.Embedding: slow_embedding,
    layers.PerToken: slow_per_token,
    layers.Attention: slow_attention,
}


# --- Planted errors ------------------------------------------------------------------------------------------------


def parts(layer, x):
    """normed and std of a norm."""
    cache = layer.forward(x)[1]
    return cache["normed"], cache["std"]


def inner(layer, dy, x):
    """What comes back through the layers of a block."""
    return layer.backward(dy, layer.forward(x)[1])[0] - dy


def mean(array):
    return array.mean(axis=-1, keepdims=True)


def norm_without(term):
    """A norm's dx without one of its three terms."""

    def dx(dy, x, y, layer):
        normed, std = parts(layer, x)
        dn = dy * layer.g.value
        terms = {"mean": mean(dn), "spread": normed * mean(dn * normed)}
        return (dn - sum(value for name, value in terms.items() if name != term)) / std

    return dx


def turned(layer):
    """The convolution with its kernel turned round."""
    W, b = layer.W.value[:, ::-1, ::-1], layer.b.value
    shape = {"image": layer.image, "padding": layer.padding}
    return layers.Convolution(layer.n_in, layer.n_out, layer.size, **shape, weights=W, bias=b)


def last_window(layer, dy):
    """The dx of a convolution that forgets to add up: a pixel gets what the window has that begins with it."""
    (height, width), rim = layer.image, layer.padding
    positions = dy.reshape(len(dy), layer.n_out, height + 2 * rim - layer.size + 1, -1)[:, :, rim:, rim:]
    W = layer.W.value[:, 0, 0]
    return np.einsum("nmij,cm->ncij", positions[:, :, :height, :width], W).reshape(len(dy), -1)


def channels_last(layer, y):
    return y.reshape(len(y), layer.n_out, -1).swapaxes(1, 2).reshape(len(y), -1)


def spread(layer, dy):
    tiles = layer._tiles(np.zeros((len(dy), layer.channels * layer.image[0] * layer.image[1])))
    return layer._images(tiles + dy.reshape(*tiles.shape[:-1], 1))


def first_places(layer, x):
    return {"place": 0 * layer.forward(x)[1]["place"]}


def layer_dx(layer, dy, x):
    return layer.backward(dy, layer.forward(x)[1])[0]


def column_by_column(layer, x):
    turned = x.reshape(len(x), -1, layer.length).swapaxes(1, 2).reshape(len(x), -1)
    return layer.forward(turned)[0]


def without(name):
    """An attention's dx without the way through queries, keys or values."""

    def dx(dy, x, y, layer):
        cache = layer.forward(x)[1]
        return layer.backward(dy, {**cache, f"W{name}": 0 * cache[f"W{name}"]})[0]

    return dx


def no_jacobian(dy, x, y, layer):
    """An attention's dx that takes the scores' slopes for those of the probabilities."""
    cache = layer.forward(x)[1]
    p = cache["p"]
    values = layer.backward(dy, {**cache, "k": 0 * cache["k"], "q": 0 * cache["q"]})[0]
    dmix = layer.split(dy.reshape(-1, layer.n) @ cache["Wo"].T)
    dscores = p * (dmix @ cache["v"].mT) / math.sqrt(layer.n // layer.heads)
    dq, dk = layer.merge(dscores @ cache["k"]), layer.merge(dscores.mT @ cache["q"])
    return values + (dq @ cache["Wq"].T + dk @ cache["Wk"].T).reshape(x.shape)


def with_heads(layer, heads, causal=None):
    W = tuple(p.value for p in layer.parameters())
    causal = layer.causal if causal is None else causal
    return layers.Attention(layer.n, heads, length=layer.length, causal=causal, weights=W)


def unmasked(layer):
    return with_heads(layer, layer.heads, causal=False)


def planted(dx_is, grad_is, y_is):
    """Return the planted errors, made with the tools of `test_layers`."""
    return {
        layers.Residual: {
            "the path of 1 forgotten": dx_is(lambda dy, x, y, layer: inner(layer, dy, x)),
            "the path of 1 alone": dx_is(lambda dy, x, y, layer: dy),
            "x for dy": dx_is(lambda dy, x, y, layer: x + inner(layer, dy, x)),
            "the path of 1 counted twice": dx_is(lambda dy, x, y, layer: 2 * dy + inner(layer, dy, x)),
            "multiplied, not added": dx_is(lambda dy, x, y, layer: dy * inner(layer, dy, x)),
            "an inner gradient transposed": grad_is("0.W", lambda dW, dy: dW.T, "shapes"),
            "two inner gradients in one entry": grad_is("W", lambda dW, dy: dy, "shapes"),
            "x not added": y_is(lambda x, layer: layer.forward(x)[0] - x, "value"),
        },
        layers.LayerNorm: {
            "mean taken for a constant": dx_is(norm_without("mean")),
            "spread taken for a constant": dx_is(norm_without("spread")),
            "not divided by std": dx_is(lambda dy, x, y, layer: dy * layer.g.value),
            "g forgotten": dx_is(lambda dy, x, y, layer: layer.backward(dy / layer.g.value, layer.forward(x)[1])[0]),
            "dg 1 % too large": grad_is("g", lambda dg, dy: 1.01 * dg),
            "dg and db changed places": grad_is("g", lambda dg, dy: dy.sum(axis=0)),
            "db averaged": grad_is("b", lambda db, dy: dy.mean(axis=0)),
            "db not summed over the batch": grad_is("b", lambda db, dy: dy, "shapes"),
            "mean over the batch": y_is(lambda x, layer: (x - x.mean(axis=0)) / (x.std(axis=0) + 0.1), "value"),
            "n - 1 in the spread": y_is(lambda x, layer: layer.forward(x)[0] * math.sqrt(0.9), "value"),
        },
        layers.Dropout: {
            "the mask forgotten": dx_is(lambda dy, x, y, layer: dy / 0.6),
            "not scaled": dx_is(lambda dy, x, y, layer: dy * (y != 0)),
            "another draw": dx_is(lambda dy, x, y, layer: dy * layer.dropout.forward(dy)[1]["mask"]),
            "y not scaled": y_is(lambda x, layer: x * (layer.forward(x)[0] != 0), "value"),
            "scaled by p": y_is(lambda x, layer: layer.forward(x)[0] * 0.6 / 0.4, "value"),
        },
        layers.Convolution: {
            "a pixel in one window only": dx_is(lambda dy, x, y, layer: last_window(layer, dy)),
            "kernel turned round": dx_is(
                lambda dy, x, y, layer: turned(layer).backward(dy, turned(layer).forward(x)[1])[0]
            ),
            "dW of one position": grad_is("W", lambda dW, dy: dW / dy.shape[-1]),
            "dW turned round": grad_is("W", lambda dW, dy: dW[:, ::-1, ::-1]),
            "db of one position": grad_is("b", lambda db, dy: dy.reshape(len(dy), len(db), -1)[:, :, 0].sum(axis=0)),
            "db averaged": grad_is("b", lambda db, dy: db / len(dy)),
            "a true convolution, kernel turned": y_is(lambda x, layer: turned(layer).forward(x)[0], "value"),
            "channels last": y_is(lambda x, layer: channels_last(layer, layer.forward(x)[0]), "value"),
            "bias forgotten": y_is(lambda x, layer: layer.forward(x)[0] - layer.forward(0 * x)[0], "value"),
        },
        layers.Embedding: {
            "the last place of a token alone": grad_is("W", lambda dW, dy: np.sign(dW) * np.minimum(abs(dW), 0.1)),
            "dW averaged": grad_is("W", lambda dW, dy: dW / len(dy)),
            "dP of the first sample": grad_is("P", lambda dP, dy: dy[0].reshape(dP.shape)),
            "dP summed over places": grad_is("P", lambda dP, dy: 0 * dP + dP.sum(axis=0)),
            "places forgotten": y_is(lambda x, layer: layer.W.value[x.astype(int)].reshape(len(x), -1), "value"),
            "the next token": y_is(lambda x, layer: layer.forward((x + 1) % 5)[0], "value"),
        },
        layers.PerToken: {
            "a token's slope to its neighbour": dx_is(
                lambda dy, x, y, layer: np.roll(layer_dx(layer, dy, x), 1, axis=1)
            ),
            "dW of the first token": grad_is("0.W", lambda dW, dy: dW / 3),
            "db averaged over tokens": grad_is("0.b", lambda db, dy: db / 3),
            "dW transposed": grad_is("0.W", lambda dW, dy: dW.T, "shapes"),
            "tokens column by column": y_is(lambda x, layer: column_by_column(layer, x), "value"),
        },
        layers.Attention: {
            "not through the queries": dx_is(without("q")),
            "not through the keys": dx_is(without("k")),
            "not through the values": dx_is(without("v")),
            "softmax without its Jacobian": dx_is(no_jacobian),
            "dWq without 1 / sqrt(d)": grad_is("Wq", lambda dW, dy: dW * math.sqrt(2)),
            "dWq and dWk changed places": grad_is("Wk", lambda dW, dy: dW.T),
            "dWv averaged over heads": grad_is("Wv", lambda dW, dy: dW / 2),
            "dWo transposed": grad_is("Wo", lambda dW, dy: dW.T),
            "no mask": y_is(lambda x, layer: unmasked(layer).forward(x)[0], "value"),
            "one head for two": y_is(lambda x, layer: with_heads(layer, 1).forward(x)[0], "value"),
        },
        layers.MaxPooling: {
            "dy to the whole tile": dx_is(lambda dy, x, y, layer: spread(layer, dy)),
            "dy by equal shares": dx_is(lambda dy, x, y, layer: spread(layer, dy) / layer.size**2),
            "dy to the first pixel": dx_is(lambda dy, x, y, layer: layer.backward(dy, first_places(layer, x))[0]),
            "the mean of a tile": y_is(lambda x, layer: layer._tiles(x).mean(axis=-1).reshape(len(x), -1), "value"),
            "the smallest": y_is(lambda x, layer: -layer.forward(-x)[0], "value"),
        },
    }
