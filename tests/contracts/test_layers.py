"""One contract for all layers, and for every layer wrong versions that the contract must reject.

The list of layers comes from `bplearn.layers` itself, so a new layer cannot be forgotten: it must be given an entry in
`SLOW` (its formula in plain Python) and in `PLANTED` (its own typical errors).
"""

import inspect
import math
import pickle
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplearn import Layer, Sequential, layers
from bplearn.checks import layers as promises
from bplearn.sweeps.stacked import stack_layers
from tests.contracts import layers_of_today as today
from tests.contracts.layers_of_today import away_from_zero

KINDS = [kind for kind in vars(layers).values() if inspect.isclass(kind) and issubclass(kind, Layer)]
KINDS = sorted((kind for kind in KINDS if not inspect.isabstract(kind)), key=lambda kind: kind.__name__)
VARIANTS = [layers.LeakyReLU(0.3), layers.LeakyReLU(0), layers.ELU(1.7)]  # settings other than the default


def build(kind, n_in, n_out=3, seed=0):
    """A layer of this kind for n_in inputs; weights and biases are all different from zero."""
    if kind is layers.Dense:
        rng = np.random.default_rng(seed)
        return layers.Dense(n_in, n_out, weights=away_from_zero(rng, (n_in, n_out)), bias=away_from_zero(rng, n_out))
    return today.build(kind, n_in, n_out, seed) if kind in today.BUILD else kind()


def sample(kind, rows, n_in, seed):
    rng = np.random.default_rng(seed)
    if kind in today.BUILD:
        return locked(today.sample(kind, rows, n_in, seed))
    shape = (rows, n_in, 2) if kind is layers.Flatten else (rows, n_in)
    return locked(away_from_zero(rng, shape))


def locked(array):
    array = np.array(array)
    array.flags.writeable = False
    return array


def lock_inside(cache):
    if isinstance(cache, np.ndarray):
        cache.flags.writeable = False
    for entry in cache.values() if isinstance(cache, dict) else cache if isinstance(cache, list) else ():
        lock_inside(entry)


def passes(layer, x, seed=1):
    """Forward and backward with everything locked: x, dy, and all arrays in the cache."""
    promises.check_signatures(type(layer))
    y, cache = promises.checked_forward(layer, x)
    lock_inside(cache)
    dy = locked(away_from_zero(np.random.default_rng(seed), y.shape).astype(y.dtype))
    dx, grads = layer.backward(dy, cache)
    return y, dy, cache, dx, grads


# --- The formulas once more, one number at a time ------------------------------------------------------------------

SLOW = {
    layers.Identity: lambda v, layer: v,
    layers.Sigmoid: lambda v, layer: 1 / (1 + math.exp(-v)),
    layers.Tanh: lambda v, layer: (math.exp(v) - math.exp(-v)) / (math.exp(v) + math.exp(-v)),
    layers.ReLU: lambda v, layer: v if v > 0 else 0.0,
    layers.LeakyReLU: lambda v, layer: v if v > 0 else layer.slope * v,
    layers.ELU: lambda v, layer: v if v > 0 else layer.alpha * (math.exp(v) - 1),
    layers.GELU: lambda v, layer: v * (1 + math.erf(v / math.sqrt(2))) / 2,
    layers.SiLU: lambda v, layer: v / (1 + math.exp(-v)),
    layers.Softplus: lambda v, layer: math.log(1 + math.exp(v)),
}


def slow_forward(layer, x):
    kind = type(layer)
    if kind is layers.Dense:
        return [today.slow_dense(layer, row) for row in x.tolist()]
    kind = {today.Drawn: layers.Dropout, today.Chosen: layers.Embedding}.get(kind, kind)
    if kind in today.SLOW:
        return [today.SLOW[kind](layer, row) for row in x.tolist()]
    if kind is layers.Softmax:
        return [[math.exp(v) / sum(math.exp(other) for other in row) for v in row] for row in x.tolist()]
    if kind is layers.Flatten:
        return [[number for row in image for number in row] for image in x.tolist()]
    return [[SLOW[kind](v, layer) for v in row] for row in x.tolist()]


# --- The contract: each check raises where a layer breaks it -------------------------------------------------------


def check_value(layer, x):
    np.testing.assert_allclose(layer.forward(x)[0], slow_forward(getattr(layer, "right", layer), x), rtol=1e-12)


def check_shapes(layer, x):
    y, _dy, _cache, dx, grads = passes(layer, x)
    assert len(y) == len(x)
    assert dx.shape == x.shape
    assert {name: grad.shape for name, grad in grads.items()} == {
        n: p.shape for n, p in layer.named_parameters().items()
    }


def check_purity(layer, x):
    """The same passes give the same numbers, whatever happens in between; locked arguments raise where written to."""
    y, dy, cache, dx, grads = passes(layer, x)
    other = locked(np.concatenate([x, x]) * -1.5)
    layer.backward(layer.forward(other)[0], layer.forward(other)[1])
    again, more = layer.backward(dy, cache)
    same = [np.array_equal(dx, again), np.array_equal(y, layer.forward(x)[0])]
    assert all([*same, *(np.array_equal(grads[name], more[name]) for name in grads)]), "a second pass differs"


def check_gradient(layer, x):
    """Every entry of dx and of each parameter's gradient is the central difference of sum(dy * y)."""
    _y, dy, _cache, dx, grads = passes(layer, x)

    def total(at):
        return float((layer.forward(at)[0] * dy).sum())

    np.testing.assert_allclose(dx, differences(total, x), rtol=1e-6, atol=1e-8, err_msg="dx")
    for name, p in layer.named_parameters().items():
        kept = p.value

        def total_at(value, p=p):
            p[:] = value
            return total(x)

        numeric = differences(total_at, kept)
        p[:] = kept
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-6, atol=1e-8, err_msg=f"d{name}")


def differences(function, at, h=1e-5):
    slopes = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (function(up) - function(down)) / (2 * h)
    return slopes


def check_batch(layer, x):
    """A batch is its rows one by one; parameter gradients are the sum over the rows."""
    y, dy, _cache, dx, grads = passes(layer, x)
    sums = dict.fromkeys(grads, 0.0)
    for n in range(len(x)):
        one, cache = layer.forward(x[n : n + 1])
        np.testing.assert_allclose(y[n : n + 1], one, rtol=1e-12)
        part, partial = layer.backward(dy[n : n + 1], cache)
        np.testing.assert_allclose(dx[n : n + 1], part, rtol=1e-12, atol=1e-15)
        sums = {name: sums[name] + partial[name] for name in sums}
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, sums[name], rtol=1e-10, atol=1e-13)


def check_linear(layer, x):
    """Backward is linear in dy: it is a derivative."""
    y, dy, cache, dx, grads = passes(layer, x)
    other = locked(away_from_zero(np.random.default_rng(7), y.shape))
    dx2, grads2 = layer.backward(other, cache)
    both, grads3 = layer.backward(2 * dy - 3 * other, cache)
    np.testing.assert_allclose(both, 2 * dx - 3 * dx2, rtol=1e-9, atol=1e-12)
    for name in grads:
        np.testing.assert_allclose(grads3[name], 2 * grads[name] - 3 * grads2[name], rtol=1e-9, atol=1e-12)


def check_float32(layer, x):
    network = Sequential(layer).astype(np.float32)
    try:
        y, _dy, _cache, dx, grads = passes(layer, locked(x.astype(np.float32)))
        assert {y.dtype, dx.dtype, *(grad.dtype for grad in grads.values())} == {np.dtype(np.float32)}
    finally:
        network.astype(np.float64)


def check_extremes(layer, x):
    """At +-1000 both passes are silent and finite."""
    far = np.resize([-1000.0, 1000.0, 0.0, 1000.0, -1000.0], (5, *x.shape[1:]))
    for dtype in (np.float64, np.float32):
        with warnings.catch_warnings(), np.errstate(over="raise", divide="raise", invalid="raise"):
            warnings.simplefilter("error")
            try:
                y, _dy, _cache, dx, grads = passes(layer, locked(far.astype(dtype)))
            except (FloatingPointError, RuntimeWarning) as problem:
                raise AssertionError(f"not silent at +-1000: {problem}") from None
        assert all(np.isfinite(array).all() for array in [y, dx, *grads.values()])


def check_kink(layer, x):
    """At 0 exactly, the derivative is the one the docstring promises: that of the left side."""
    right = getattr(layer, "right", layer)
    promised = {layers.ReLU: lambda: 0.0, layers.LeakyReLU: lambda: right.slope, layers.ELU: lambda: right.alpha}
    if type(right) in promised:
        y, cache = layer.forward(np.zeros((2, 2)))
        dx, _ = layer.backward(np.ones_like(y), cache)
        np.testing.assert_array_equal(dx, promised[type(right)]())


def check_input_gradient(layer, x):
    """Without dL/dx the parameter gradients are the same to the last bit; Dense then computes no dx at all."""
    _y, dy, cache, _dx, grads = passes(layer, x)
    dx, fewer = layer.backward(dy, cache, input_gradient=False)
    assert all(np.array_equal(fewer[name], grads[name]) for name in grads)
    if isinstance(getattr(layer, "right", layer), layers.Dense | layers.Convolution):
        assert dx is None


CHECKS = {name.removeprefix("check_"): check for name, check in list(globals().items()) if name.startswith("check_")}


def name_of(thing):
    return thing.__name__ if inspect.isclass(thing) else repr(thing)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("kind", [*KINDS, *VARIANTS], ids=name_of)
@given(rows=st.integers(1, 4), n_in=st.integers(1, 5), n_out=st.integers(1, 4), seed=st.integers(0, 2**31))
def test_every_layer_keeps_the_contract(kind, check, rows, n_in, n_out, seed):
    layer = build(kind, n_in, n_out, seed) if inspect.isclass(kind) else kind
    CHECKS[check](subject(layer, n_in), sample(type(layer), rows, n_in, seed))


def subject(layer, n_in):
    """What the contract is asked of: the layer; a random one after its draw; an embedding with a slope of 0 for x."""
    if isinstance(layer, layers.Embedding):
        return today.Chosen(layer)
    return today.Drawn(n_in) if isinstance(layer, layers.Dropout) else layer


@pytest.mark.parametrize("kind", [*KINDS, *VARIANTS], ids=name_of)
def test_repr_and_pickle(kind):
    layer = build(kind, 4) if inspect.isclass(kind) else kind
    shown = repr(layer)
    if kind is layers.Dense:
        assert shown == "Dense(4 -> 3)"
    elif kind in today.BUILD:
        assert shown.startswith(f"{kind.__name__}(")
    else:
        assert repr(eval(shown, vars(layers))) == shown
    twin, x = pickle.loads(pickle.dumps(layer)), sample(type(layer), 3, 4, 0)
    assert repr(twin) == shown
    np.testing.assert_array_equal(twin.forward(x)[0], layer.forward(x)[0])
    for p in twin.parameters():
        assert not p.value.flags.writeable, "pickle forgot the lock"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.stacks], ids=name_of)
def test_a_leading_axis_is_a_stack_of_networks(kind):
    """Five layers with parameters of their own, stacked by `stack_layers`, answer as each one by itself."""
    rng = np.random.default_rng(0)
    singles = [build(kind, 3, 2, seed) for seed in range(5)]
    for p in (p for single in singles for p in single.parameters()):
        p[:] = away_from_zero(rng, p.shape)
    x = away_from_zero(rng, (5, 4, today.width(kind, 3)))
    stack = stack_layers(singles)
    y, cache = promises.checked_forward(stack, x)
    dy = rng.normal(size=y.shape)
    dx, grads = stack.backward(dy, cache)
    for name, grad in grads.items():
        said = f"{name}'s gradient has shape {grad.shape}: a leading axis is a stack of networks, never sum over it"
        assert np.ndim(grad) > 0, said
        assert len(grad) == 5, said
    for k, single in enumerate(singles):
        one, single_cache = single.forward(x[k])
        part, partial = single.backward(dy[k], single_cache)
        np.testing.assert_allclose(y[k], one, rtol=1e-12)
        np.testing.assert_allclose(dx[k], part, rtol=1e-12, atol=1e-15)
        for name in grads:
            np.testing.assert_allclose(grads[name][k].reshape(partial[name].shape), partial[name], rtol=1e-12)


def test_no_layer_is_forgotten():
    assert len(KINDS) >= 12
    assert {layers.Dense, layers.Flatten, layers.Softmax, *SLOW, *today.SLOW} == set(KINDS), (
        "give the new layer a slow formula"
    )
    assert set(PLANTED) == set(KINDS), "give the new layer its planted errors"


# --- Planted errors: the contract must reject each of them ---------------------------------------------------------


class Wrong(Layer):
    """A layer with one planted error; its cache also holds the x and y that the error may need."""

    def __init__(self, right, forward=None, backward=None):
        self.right, self.wrong_forward, self.wrong_backward = right, forward, backward
        self.seen = []  # caches kept on the layer, for the error that uses them

    def parameters(self):
        return self.right.parameters()

    def named_parameters(self):
        return self.right.named_parameters()

    def forward(self, x):
        y, cache = self.right.forward(x) if self.wrong_forward is None else self.wrong_forward(self.right, x)
        self.seen.append({**cache, "x of the layer": x, "y of the layer": y})
        return y, self.seen[-1]

    def backward(self, dy, cache, *, input_gradient=True):
        if self.wrong_backward is None:
            return self.right.backward(dy, cache, input_gradient=input_gradient)
        return self.wrong_backward(self, dy, cache)


class Plant(NamedTuple):
    """A planted error: what makes the wrong layer out of a right one, and the name of the check that must reject it."""

    make: Callable
    check: str


def y_is(formula, check="value"):
    """Plant y = formula(x, layer)."""
    return Plant(lambda right: Wrong(right, forward=lambda layer, x: (formula(x, layer), layer.forward(x)[1])), check)


def naive(formula):
    """Plant a formula that is right and overflows."""
    return y_is(lambda x, layer: formula(x), "extremes")


def dx_is(formula, check="gradient"):
    """Plant dx = formula(dy, x, y, layer)."""

    def backward(wrong, dy, cache):
        dx = formula(dy, cache["x of the layer"], cache["y of the layer"], wrong.right)
        return dx, wrong.right.backward(dy, cache)[1]

    return Plant(lambda right: Wrong(right, backward=backward), check)


def slope_is(formula, check="gradient"):
    """Plant dx = dy * formula(x, y, layer)."""
    return dx_is(lambda dy, x, y, layer: dy * formula(x, y, layer), check)


def dx_becomes(change, check="gradient"):
    """Plant a change of the right dx."""

    def backward(wrong, dy, cache):
        dx, grads = wrong.right.backward(dy, cache)
        return change(dx), grads

    return Plant(lambda right: Wrong(right, backward=backward), check)


def grad_is(name, formula, check="gradient"):
    """Plant grads[name] = formula(right gradient, dy)."""

    def backward(wrong, dy, cache):
        dx, grads = wrong.right.backward(dy, cache)
        return dx, {**grads, name: formula(grads.get(name), dy)}

    return Plant(lambda right: Wrong(right, backward=backward), check)


def on(layer, plant):
    """Plant the error in this layer instead of in the usual one."""
    return Plant(lambda right: plant.make(layer), plant.check)


def changing_dy(wrong, dy, cache):
    dy *= 1.0
    return wrong.right.backward(dy, cache)


def changing_x(layer, x):
    x *= 1.0
    return layer.forward(x)


def from_the_first_cache(wrong, dy, cache):
    return wrong.right.backward(dy, wrong.seen[0])


def without_bias_gradient(wrong, dy, cache):
    dx, grads = wrong.right.backward(dy, cache)
    return dx, {"W": grads["W"]}


EVERYWHERE = {  # error: (what makes the wrong layer, the check that must reject it)
    "1 % too large": dx_becomes(lambda dx: 1.01 * dx, "gradient"),
    "wrong sign": dx_becomes(lambda dx: -dx, "gradient"),
    "zero": dx_becomes(lambda dx: 0 * dx, "gradient"),
    "NaN": dx_becomes(lambda dx: dx * np.nan, "gradient"),
    "1/N in the layer": dx_becomes(lambda dx: dx / len(dx), "batch"),
    "rows in another order": dx_becomes(lambda dx: dx[::-1], "batch"),
    "only the last sample": dx_becomes(lambda dx: np.concatenate([0 * dx[:-1], dx[-1:]]), "gradient"),
    "summed over the batch": dx_becomes(lambda dx: 0 * dx + dx.sum(axis=0), "batch"),
    "a constant added": dx_becomes(lambda dx: dx + 1e-3, "linear"),
    "wrong shape": dx_becomes(lambda dx: dx[:, :, None], "shapes"),
    "a gradient nobody asked for": grad_is("extra", lambda grad, dy: dy, "shapes"),
    "float64 out of float32": dx_becomes(lambda dx: dx.astype(np.float64), "float32"),
    "dy changed in place": Plant(lambda right: Wrong(right, backward=changing_dy), "purity"),
    "x changed in place": Plant(lambda right: Wrong(right, forward=changing_x), "purity"),
    "the first cache for ever": Plant(lambda right: Wrong(right, backward=from_the_first_cache), "batch"),
    "chance": y_is(lambda x, layer: layer.forward(x)[0] * np.random.default_rng().uniform(0.9, 1.1), "purity"),
    "y 1 % too large": y_is(lambda x, layer: 1.01 * layer.forward(x)[0], "value"),
}
UNHURT = {
    "the first cache for ever": {layers.Identity, layers.Flatten, layers.Dropout},  # no number of x in the cache
    **{error: {layers.Embedding} for error in today.OF_SLOPES},  # a slope of 0 stays 0
}


def s(x):
    return layers.Sigmoid().forward(x)[0]


def normal_density(x):
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def phi(x):
    return np.vectorize(lambda v: (1 + math.erf(v / math.sqrt(2))) / 2)(x)


def gelu_by_tanh(x, layer):
    return x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


ELU17 = layers.ELU(1.7)

PLANTED = {
    **today.planted(dx_is, grad_is, y_is),
    layers.Identity: {"counted twice": slope_is(lambda x, y, layer: 2.0)},
    layers.Sigmoid: {
        "derivative forgotten": slope_is(lambda x, y, layer: 1.0),
        "sigma' of the activation": slope_is(lambda x, y, layer: s(y) * (1 - s(y))),
        "y (1 - y) of x": slope_is(lambda x, y, layer: x * (1 - x)),
        "derivative taken twice": slope_is(lambda x, y, layer: (y * (1 - y)) ** 2),
        "tanh's derivative": slope_is(lambda x, y, layer: 1 - y**2),
        "1 + y": slope_is(lambda x, y, layer: y * (1 + y)),
        "naive": naive(lambda x: 1 / (1 + np.exp(-x))),
    },
    layers.Tanh: {
        "derivative forgotten": slope_is(lambda x, y, layer: 1.0),
        "square forgotten": slope_is(lambda x, y, layer: 1 - y),
        "tanh of the activation": slope_is(lambda x, y, layer: 1 - np.tanh(y) ** 2),
        "1 - x^2": slope_is(lambda x, y, layer: 1 - x**2),
        "sigmoid's derivative": slope_is(lambda x, y, layer: y * (1 - y)),
        "naive": naive(lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))),
    },
    layers.ReLU: {
        ">= for >": dx_is(lambda dy, x, y, layer: dy * (x >= 0), "kink"),
        ">= 0 on the activation": slope_is(lambda x, y, layer: y >= 0),
        "mask turned round": slope_is(lambda x, y, layer: x < 0),
        "mask on dy": dx_is(lambda dy, x, y, layer: dy * (dy > 0), "gradient"),
        "y for the mask": slope_is(lambda x, y, layer: y),
    },
    layers.LeakyReLU: {
        "slope forgotten": slope_is(lambda x, y, layer: x > 0),
        "slope squared": slope_is(lambda x, y, layer: np.where(x > 0, 1, layer.slope**2)),
        "slope on the positive side": slope_is(lambda x, y, layer: np.where(x < 0, 1, layer.slope)),
        ">= for >": dx_is(lambda dy, x, y, layer: dy * np.where(x >= 0, 1, layer.slope), "kink"),
    },
    layers.ELU: {
        "y for y + alpha": slope_is(lambda x, y, layer: np.where(x > 0, 1, y)),
        "a ReLU's": slope_is(lambda x, y, layer: x > 0),
        "y + 1 whatever alpha": on(ELU17, slope_is(lambda x, y, layer: np.where(x > 0, 1, y + 1))),
        ">= for >": on(ELU17, dx_is(lambda dy, x, y, layer: dy * np.where(x >= 0, 1, y + 1.7), "kink")),
        "naive": naive(lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    },
    layers.GELU: {
        "density forgotten": slope_is(lambda x, y, layer: phi(x)),
        "density not times x": slope_is(lambda x, y, layer: phi(x) + normal_density(x)),
        "1/2 forgotten in the exponent": slope_is(
            lambda x, y, layer: phi(x) + x * np.exp(-(x**2)) / math.sqrt(2 * math.pi)
        ),
        "root of pi, not of 2 pi": slope_is(lambda x, y, layer: phi(x) + x * normal_density(x) * math.sqrt(2)),
        "tanh approximation": y_is(gelu_by_tanh, "value"),
    },
    layers.SiLU: {
        "second term forgotten": slope_is(lambda x, y, layer: s(x)),
        "product rule forgotten": slope_is(lambda x, y, layer: s(x) * (1 - s(x))),
        "y * s": slope_is(lambda x, y, layer: s(x) + y * s(x)),
        "naive": naive(lambda x: x / (1 + np.exp(-x))),
    },
    layers.Softplus: {
        "sigmoid's derivative": slope_is(lambda x, y, layer: s(x) * (1 - s(x))),
        "a ReLU's": slope_is(lambda x, y, layer: x > 0),
        "sigmoid of -x": slope_is(lambda x, y, layer: s(-x)),
        "sigmoid of y": slope_is(lambda x, y, layer: s(y)),
        "naive": naive(lambda x: np.log(1 + np.exp(x))),
    },
    layers.Softmax: {
        "Jacobian's diagonal alone": slope_is(lambda x, y, layer: y * (1 - y)),
        "no Jacobian": slope_is(lambda x, y, layer: 1.0),
        "sum not kept by row": dx_is(lambda dy, x, y, layer: y * (dy - (dy * y).sum()), "batch"),
        "y forgotten in the sum": dx_is(lambda dy, x, y, layer: y * (dy - dy.sum(axis=-1, keepdims=True))),
        "over the batch": y_is(lambda x, layer: np.exp(x) / np.exp(x).sum(axis=0), "value"),
        "naive": naive(lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)),
    },
    layers.Flatten: {
        "column by column": dx_is(lambda dy, x, y, layer: dy.reshape(x.shape, order="F"), "gradient"),
        "not put back in shape": dx_is(lambda dy, x, y, layer: dy, "shapes"),
        "y column by column": y_is(lambda x, layer: x.swapaxes(1, 2).reshape(len(x), -1), "value"),
    },
    layers.Dense: {
        "dW 1 % too large": grad_is("W", lambda dW, dy: 1.01 * dW, "gradient"),
        "dW transposed": grad_is("W", lambda dW, dy: dW.T, "shapes"),
        "dW transposed, square": on(build(layers.Dense, 4, 4), grad_is("W", lambda dW, dy: dW.T)),
        "dW averaged": grad_is("W", lambda dW, dy: dW / len(dy), "gradient"),
        "db 1 % too large": grad_is("b", lambda db, dy: 1.01 * db, "gradient"),
        "db not summed over the batch": grad_is("b", lambda db, dy: dy, "shapes"),
        "db of the last sample": grad_is("b", lambda db, dy: dy[-1], "gradient"),
        "db summed over everything": grad_is("b", lambda db, dy: 0 * db + dy.sum(), "gradient"),
        "db averaged": grad_is("b", lambda db, dy: dy.mean(axis=0), "gradient"),
        "db never given": Plant(lambda right: Wrong(right, backward=without_bias_gradient), "shapes"),
        "W without its transpose, square": on(
            build(layers.Dense, 4, 4), dx_is(lambda dy, x, y, layer: dy @ layer.W.value)
        ),
        "a random matrix for W.T": dx_is(
            lambda dy, x, y, layer: dy @ np.random.default_rng(5).normal(size=layer.W.shape).T
        ),
        "dx although nobody asked": dx_becomes(lambda dx: dx, "input_gradient"),
        "bias forgotten": y_is(lambda x, layer: x @ layer.W.value, "value"),
    },
}


def rejected_by(make, kind):
    """The names of the checks that reject the wrong layer on at least one of four samples."""
    found = set()
    for rows, n_in, seed in [(3, 4, 0), (4, 4, 1), (2, 4, 2), (3, 4, 3)]:
        for name, check in CHECKS.items():
            try:
                check(make(subject(build(kind, n_in, 3, seed), n_in)), sample(kind, rows, n_in, seed))
            except (AssertionError, ValueError, IndexError, KeyError):
                found.add(name)
    return found


def plant_of(kind, error, plant):
    """Return what is planted, or say how an entry of PLANTED is written."""
    if not isinstance(plant, Plant):
        ways = "slope_is(...), dx_is(...), grad_is(...), y_is(...), naive(...) or Plant(make, check)"
        raise TypeError(f"PLANTED[{kind.__name__}][{error!r}] expected {ways}, got {plant!r}")
    if plant.check not in CHECKS:
        raise ValueError(f"PLANTED[{kind.__name__}][{error!r}] expected a check of {list(CHECKS)}, got {plant.check!r}")
    return plant


PLANTS = [
    pytest.param(kind, *plant_of(kind, error, plant), id=f"{kind.__name__}-{error}")
    for kind in KINDS
    for error, plant in {**EVERYWHERE, **PLANTED.get(kind, {})}.items()
    if kind not in UNHURT.get(error, ())
]


@pytest.mark.parametrize(("kind", "make", "check"), PLANTS)
def test_the_contract_rejects_each_planted_error(kind, make, check):
    assert check in rejected_by(make, kind)


@pytest.mark.parametrize(
    ("plant", "error", "message"),
    [
        (dx_is(lambda dy, x, y, layer: dy).make, TypeError, r"PLANTED\[Tanh\]\['x'\] expected slope_is"),
        ((dx_is(lambda dy, x, y, layer: dy).make, "gradient"), TypeError, r"or Plant\(make, check\), got \("),
        (slope_is(lambda x, y, layer: 1, "gradients"), ValueError, "expected a check of .*got 'gradients'"),
    ],
)
def test_an_entry_that_is_no_plant_is_named(plant, error, message):
    with pytest.raises(error, match=message):
        plant_of(layers.Tanh, "x", plant)


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_wrapped_layer_without_an_error_passes(kind):
    """The wrapper itself is not what the checks reject."""
    assert rejected_by(Wrong, kind) == set()
