"""The layers of notebooks 16 to 18 for the contract of `test_layers`: examples, slow formulas, planted errors.

`BUILD` makes a layer of a size, `WIDTH` says how wide its rows are then, `SLOW` is its formula one number at a time,
`planted` names what typically goes wrong in its backward.
"""

import math

import numpy as np

from bplearn import layers


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


BUILD = {  # kind: what makes one of size n_in and n_out
    layers.Residual: lambda n_in, n_out: residual(n_in),
    layers.LayerNorm: lambda n_in, n_out: layers.LayerNorm(n_in, epsilon=0.01),
}
WIDTH = {}  # where rows are wider than n_in


def width(kind, n_in):
    return WIDTH.get(kind, lambda n: n)(n_in)


def build(kind, n_in, n_out=3, seed=0):
    return stirred(BUILD[kind](n_in, n_out), seed)


def sample(kind, rows, n_in, seed=0):
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


SLOW = {layers.Residual: slow_residual, layers.LayerNorm: slow_norm}


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
    }
