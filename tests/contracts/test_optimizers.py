"""Each optimizer against its paper's formula, one number at a time in plain Python; and what all of them keep to.

The list of optimizers comes from `bplearn.optimizers` itself: a new one must be given an entry in `SLOW`.
"""

import inspect
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplearn import (
    ArgumentError,
    DataError,
    Dense,
    HalfSquaredError,
    Optimizer,
    Sequential,
    Tanh,
    optimizers,
    schedules,
)

KINDS = [kind for kind in vars(optimizers).values() if inspect.isclass(kind) and issubclass(kind, Optimizer)]
KINDS = sorted((k for k in KINDS if not inspect.isabstract(k) and k.__name__[0] != "_"), key=lambda kind: kind.__name__)


# --- The formulas once more, for one number: each yields the next parameter for the next gradient ------------------


def sgd(w, rate):
    while True:
        g = yield w
        w -= rate * g


def momentum(w, rate, mu=0.9):  # Sutskever et al. 2013, in the form of PyTorch
    v = 0.0
    while True:
        g = yield w
        v = mu * v + g
        w -= rate * v


def nesterov(w, rate, mu=0.9):
    v = 0.0
    while True:
        g = yield w
        v = mu * v + g
        w -= rate * (g + mu * v)


def adagrad(w, rate, epsilon=1e-10):  # Duchi et al. 2011, the diagonal form
    total = 0.0
    while True:
        g = yield w
        total += g**2
        w -= rate * g / (math.sqrt(total) + epsilon)


def rmsprop(w, rate, decay=0.99, epsilon=1e-8):  # Tieleman and Hinton 2012
    square = 0.0
    while True:
        g = yield w
        square = decay * square + (1 - decay) * g**2
        w -= rate * g / (math.sqrt(square) + epsilon)


def adam(w, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):  # Kingma and Ba 2015, algorithm 1
    m, v, t = 0.0, 0.0, 0
    while True:
        g = yield w
        t += 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        w -= rate * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + epsilon)


def adamw(w, rate, decay):  # Loshchilov and Hutter 2019, algorithm 2, for a weight
    inner = adam(w, rate)
    inner.send(None)
    plain = w
    while True:
        g = yield w
        before, plain = plain, inner.send(g)
        w = w - rate * decay * w + (plain - before)


SLOW = {
    "SGD": (lambda rate: optimizers.SGD(rate), sgd),
    "Momentum": (lambda rate: optimizers.Momentum(rate), momentum),
    "Momentum(momentum=0.5)": (lambda rate: optimizers.Momentum(rate, momentum=0.5), lambda w, r: momentum(w, r, 0.5)),
    "Momentum(nesterov=True)": (lambda rate: optimizers.Momentum(rate, nesterov=True), nesterov),
    "AdaGrad": (lambda rate: optimizers.AdaGrad(rate), adagrad),
    "RMSProp": (lambda rate: optimizers.RMSProp(rate), rmsprop),
    "RMSProp(decay=0.7)": (lambda rate: optimizers.RMSProp(rate, decay=0.7), lambda w, r: rmsprop(w, r, 0.7)),
    "Adam": (lambda rate: optimizers.Adam(rate), adam),
    "Adam(betas)": (lambda r: optimizers.Adam(r, beta1=0.5, beta2=0.9), lambda w, r: adam(w, r, 0.5, 0.9)),
    "AdamW": (lambda rate: optimizers.AdamW(rate), adam),
}
MAKES = {name: make for name, (make, _) in SLOW.items()}


class Given:
    """A layer-like bag of parameters W (2, 2) and b (2,) with gradients that a test sets."""

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.network = Sequential(Dense(2, 2, weights=rng.normal(size=(2, 2)), bias=rng.normal(size=2)))
        self.parameters = self.network.parameters()

    def push(self, optimizer, gradient):
        self.parameters.replace_grads([gradient[:4].reshape(2, 2), gradient[4:]])
        optimizer.step(self.parameters)
        return self.parameters.value


def test_no_optimizer_is_forgotten():
    assert {type(make(0.1)) for make in MAKES.values()} == set(KINDS)


@pytest.mark.parametrize("name", SLOW)
@given(rate=st.floats(1e-4, 2), seed=st.integers(0, 2**31), steps=st.integers(1, 30))
def test_each_follows_its_paper(name, rate, seed, steps):
    make, slow = SLOW[name]
    rng, given_ = np.random.default_rng(seed), Given(seed)
    optimizer = make(rate)
    rules = [slow(float(w), rate) for w in given_.parameters.value]
    for rule in rules:
        rule.send(None)
    for _ in range(steps):
        gradient = rng.normal(size=6)
        value = given_.push(optimizer, gradient)
        expected = [rule.send(float(g)) for rule, g in zip(rules, gradient, strict=True)]
        np.testing.assert_allclose(value, expected, rtol=1e-9, atol=1e-9)


def test_the_slow_formulas_differ():
    """No oracle is another one in disguise: after three uneven steps all ways have parted."""
    ends = {}
    for name, (_make, slow) in SLOW.items():
        rule = slow(1.0, 0.1)
        rule.send(None)
        ends[name] = [rule.send(g) for g in (1.0, -0.3, 0.7)][-1]
    del ends["AdamW"]  # with no decay it is Adam
    assert len({round(end, 9) for end in ends.values()}) == len(ends)


def test_adamw_decays_the_weights_themselves_and_no_bias():
    given_, rng = Given(), np.random.default_rng(1)
    optimizer = optimizers.AdamW(0.1, weight_decay=0.3)
    rules = [adamw(float(w), 0.1, 0.3) if i < 4 else adam(float(w), 0.1) for i, w in enumerate(given_.parameters.value)]
    for rule in rules:
        rule.send(None)
    for _ in range(20):
        gradient = rng.normal(size=6)
        value = given_.push(optimizer, gradient)
        np.testing.assert_allclose(
            value, [rule.send(float(g)) for rule, g in zip(rules, gradient, strict=True)], rtol=1e-12
        )


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind is not optimizers.AdamW], ids=lambda kind: kind.__name__
)
def test_weight_decay_adds_to_the_gradient_of_weights_and_leaves_biases_alone(kind):
    plain, decayed, rng = Given(), Given(), np.random.default_rng(2)
    a, b = kind(0.1), kind(0.1, weight_decay=0.5)
    for _ in range(10):
        gradient = rng.normal(size=6)
        pull = np.r_[decayed.parameters[0].value.ravel() * 0.5, 0, 0]
        expected = Given()
        expected.parameters.replace(decayed.parameters.value.copy())
        delta = b.delta  # the rule itself, checked above; here only what it is given is in question
        seen = []
        b.delta = lambda g, rate, seen=seen, delta=delta: seen.append(g) or delta(g, rate)
        decayed.push(b, gradient)
        del b.delta
        plain.push(a, gradient)
        np.testing.assert_allclose(seen[0], gradient + pull, rtol=1e-14)
    np.testing.assert_array_equal(plain.parameters[1].value, decayed.parameters[1].value)
    assert not np.allclose(plain.parameters[0].value, decayed.parameters[0].value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_clipping_shortens_long_gradients_to_the_norm_and_leaves_short_ones(kind):
    for size, expected in [(10.0, 2.0), (1.0, 1.0), (2.0, 2.0)]:
        given_, optimizer, seen = Given(), kind(0.1, clip_norm=2.0), []
        optimizer.delta = lambda g, rate, seen=seen: seen.append(g) or 0 * g
        direction = np.array([3.0, 0, 0, 0, 0, 4.0]) / 5
        given_.push(optimizer, size * direction)
        np.testing.assert_allclose(seen[0], expected * direction, rtol=1e-14)


def test_a_decay_is_part_of_what_is_clipped():
    given_, seen = Given(), []
    given_.parameters.replace(np.full(6, 10.0))
    optimizer = optimizers.SGD(0.1, weight_decay=1.0, clip_norm=1.0)
    optimizer.delta = lambda g, rate: seen.append(g) or 0 * g
    given_.push(optimizer, np.zeros(6))
    assert np.linalg.norm(seen[0]) == pytest.approx(1)


@pytest.mark.parametrize("name", MAKES)
def test_a_schedule_is_asked_for_the_rate_of_each_step(name):
    rates = [0.5, 0.05, 0.2, 0.0]
    a, b = Given(), Given()
    optimizer = MAKES[name](lambda step: rates[step])
    twin = MAKES[name](rates[0])
    rng = np.random.default_rng(3)
    for step, rate in enumerate(rates):
        assert optimizer.rate() == rate
        assert optimizer.steps == step
        twin.learning_rate = rate
        gradient = rng.normal(size=6)
        np.testing.assert_array_equal(a.push(optimizer, gradient), b.push(twin, gradient))


def test_a_schedule_that_gives_nonsense_is_named():
    given_ = Given()
    with pytest.raises(
        ArgumentError, match=r"^the learning rate at step 0 expected a number of at least 0, got nan\.$"
    ):
        given_.push(optimizers.SGD(lambda step: math.nan), np.ones(6))


@pytest.mark.parametrize("name", MAKES)
def test_parameters_are_replaced_never_changed_so_an_old_tape_stays_true(name):
    network = Sequential(Dense(2, 3, rng=0), Tanh(), Dense(3, 1, rng=1))
    x, target, loss = np.array([[0.5, -1.0], [2.0, 0.3]]), [[1.0], [0.0]], HalfSquaredError()
    y, tape = network.forward(x)
    value, cache = loss.forward(y, target)
    network.backward(loss.backward(cache), tape)
    saved = [(step.y.copy(), step.dx.copy(), {n: g.copy() for n, g in step.grads.items()}) for step in tape]
    arrays = [(p.value, p.value.copy(), p.grad, p.grad.copy()) for p in network.parameters()]
    W = tape[0].cache["W"].copy()
    optimizer = MAKES[name](0.1)
    for _ in range(3):
        optimizer.step(network.parameters())
    for value, copy, grad, grad_copy in arrays:
        np.testing.assert_array_equal(value, copy)
        np.testing.assert_array_equal(grad, grad_copy)
    np.testing.assert_array_equal(tape[0].cache["W"], W)
    for step, (old_y, old_dx, old_grads) in zip(tape, saved, strict=True):
        np.testing.assert_array_equal(step.layer.backward(step.dy, step.cache)[0], old_dx)
        np.testing.assert_array_equal(step.y, old_y)
        assert all(np.array_equal(step.grads[n], g) for n, g in old_grads.items())
    assert not np.array_equal(network[0].W.value, W), "nothing moved"


@pytest.mark.parametrize("name", MAKES)
def test_reuse_with_another_network_is_refused(name):
    optimizer, first = MAKES[name](0.1), Given(0)
    first.push(optimizer, np.ones(6))
    message = f"{optimizer!r} expected the parameters of its earlier steps, got others (6 numbers). "
    with pytest.raises(ArgumentError) as caught:
        Given(1).push(optimizer, np.ones(6))
    assert str(caught.value) == message + "Make a new optimizer for each network."
    first.push(optimizer, np.ones(6))  # the first network goes on


def test_parameters_may_come_as_a_fresh_list_each_time():
    a, b = Given(), Given()
    one, two = optimizers.Adam(0.1), optimizers.Adam(0.1)
    for _ in range(3):
        for given_ in (a, b):
            given_.parameters.replace_grads([np.ones((2, 2)), np.ones(2)])
        one.step(a.network.parameters())
        two.step([p for layer in b.network for p in layer.parameters()])
    np.testing.assert_array_equal(a.parameters.value, b.parameters.value)


def test_an_update_before_any_backward_pass_is_named():
    with pytest.raises(DataError) as caught:
        optimizers.SGD(0.1).step(Sequential(Dense(1, 1, weights=[[2.0]])).parameters())
    assert str(caught.value) == (
        "the update expected a gradient for every parameter, got none for "
        "Parameter(W, shape (1, 1), value [[2.]]). Call network.backward(...) before the update."
    )


@pytest.mark.parametrize("name", MAKES)
def test_float32_stays_float32(name):
    given_ = Given()
    given_.network.astype(np.float32)
    optimizer = MAKES[name](0.1)
    optimizer.weight_decay, optimizer.clip_norm = 0.1, 1.0
    for _ in range(3):
        assert given_.push(optimizer, np.ones(6, np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", MAKES)
def test_a_pickled_optimizer_goes_on_where_it_was(name):
    given_ = Given()
    optimizer = MAKES[name](0.1)
    for _ in range(3):
        given_.push(optimizer, np.arange(6.0))
    twin, other = pickle.loads(pickle.dumps((optimizer, given_)))
    np.testing.assert_array_equal(given_.push(optimizer, np.ones(6)), other.push(twin, np.ones(6)))


def test_two_optimizers_share_no_state():
    """No default argument is one object for all."""
    a, b = optimizers.Adam(0.1), optimizers.Adam(0.1)
    one, two = Given(), Given()
    for _ in range(5):
        one.push(a, np.ones(6))
    fresh = Given()
    np.testing.assert_array_equal(two.push(b, np.ones(6)), fresh.push(optimizers.Adam(0.1), np.ones(6)))


@pytest.mark.parametrize(
    ("optimizer", "shown"),
    [
        (optimizers.SGD(0.5), "SGD(0.5)"),
        (optimizers.SGD(0.5, weight_decay=0.1, clip_norm=2), "SGD(0.5, weight_decay=0.1, clip_norm=2.0)"),
        (optimizers.Momentum(0.1, nesterov=True), "Momentum(0.1, momentum=0.9, nesterov=True)"),
        (optimizers.AdaGrad(), "AdaGrad(0.01, epsilon=1e-10)"),
        (optimizers.RMSProp(), "RMSProp(0.001, decay=0.99, epsilon=1e-08)"),
        (optimizers.Adam(), "Adam(0.001, beta1=0.9, beta2=0.999, epsilon=1e-08)"),
    ],
)
def test_repr(optimizer, shown):
    assert repr(optimizer) == shown


def test_repr_names_a_schedule():
    assert repr(optimizers.SGD(schedules.cosine(0.1, steps=3))).startswith("SGD(cosine")
