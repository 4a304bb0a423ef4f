"""Rates by layer: what a factor does, that 0 freezes to the last bit, and that every way of training knows it."""

import copy
import re

import numpy as np
import pytest

from bplearn import (
    SGD,
    Adam,
    AdamW,
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    Momentum,
    RMSProp,
    Sequential,
    Session,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    datasets,
    fit,
    mlp,
    train,
)

DATA = datasets.moons(rng=0)


def trained(network, optimizer, epochs=3, **options):
    return fit(
        network, DATA, loss=BinaryCrossEntropy(), optimizer=optimizer, epochs=epochs, rng=0, progress=False, **options
    )


def values(network):
    return [p.value.copy() for p in network.parameters()]


RULES = [SGD, Momentum, RMSProp, Adam, lambda rate, **more: AdamW(rate, weight_decay=0.1, **more)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("clip", [None, 0.01])
def test_a_frozen_layer_stays_to_the_last_bit_and_the_others_learn(rule, clip):
    network = mlp(2, 5, 4, 1, rng=0)
    before = values(network)
    trained(network, rule(0.05, rates={network[2]: 0}, clip_norm=clip))
    same = [np.array_equal(a, b) for a, b in zip(before, values(network), strict=True)]
    assert same == [False, False, True, True, False, False]


@pytest.mark.parametrize("rule", RULES)
def test_factors_of_1_change_nothing(rule):
    plain, named = mlp(2, 4, 1, rng=3), mlp(2, 4, 1, rng=3)
    first = trained(plain, rule(0.05, clip_norm=0.1))
    second = trained(named, rule(0.05, clip_norm=0.1, rates={named[0]: 1, named[2].b: 1.0}))
    assert first.step_loss == second.step_loss
    assert all(np.array_equal(a, b) for a, b in zip(values(plain), values(named), strict=True))


@pytest.mark.parametrize("rule", RULES)
def test_a_factor_multiplies_the_step_of_its_layer_alone(rule):
    plain, named = mlp(2, 4, 1, rng=3), mlp(2, 4, 1, rng=3)
    start = values(plain)
    for network, rates in ((plain, None), (named, {named[2]: 0.1, named[2].b: 3, named[0].W: 0.5})):
        optimizer = rule(0.05, rates=rates)
        next(train(network, DATA, loss=BinaryCrossEntropy(), optimizer=optimizer, rng=0))
    moved = [[b - a for a, b in zip(start, values(n), strict=True)] for n in (plain, named)]
    for full, part, factor in zip(*moved, (0.5, 1, 0.1, 3), strict=True):
        assert np.allclose(part, factor * full, rtol=1e-9, atol=1e-15)


def test_clipping_looks_at_what_moves():
    """Oracle: the step of the last layer alone, in a network that has no other parameter."""
    body, head = Dense(2, 3, rng=0), Dense(3, 1, rng=1)
    whole, alone = Sequential(body, Tanh(), head), Sequential(copy.deepcopy(head))
    x = np.tanh(DATA.x @ body.W.value + body.b.value)
    clipped = SGD(1.0, clip_norm=1e-3, rates={body: 0})
    next(train(whole, DATA, loss=BinaryCrossEntropy(), optimizer=clipped, batch_size=None))
    single = SGD(1.0, clip_norm=1e-3)
    next(train(alone, x, DATA.targets, loss=BinaryCrossEntropy(), optimizer=single, batch_size=None))
    assert np.allclose(whole[2].W.value, alone[0].W.value, atol=1e-12)


@pytest.mark.parametrize("rule", [SGD, Momentum, Adam])
def test_a_session_goes_back_and_on_with_its_rates(rule):
    network = mlp(2, 4, 1, rng=0)
    frozen = network[0].W.value.copy()
    optimizer = rule(0.1, rates={network[0]: 0, network[2]: 0.5})
    session = Session(network, DATA, loss=BinaryCrossEntropy(), optimizer=optimizer)
    session.epoch(2)
    there, losses = values(network), list(session.history.step_loss)
    session.reset().epoch(2)
    assert session.history.step_loss == losses
    session.rewind(1).back().step(1).epoch(1)
    assert all(np.array_equal(a, b) for a, b in zip(there, values(network), strict=True))
    assert np.array_equal(network[0].W.value, frozen)


def test_training_goes_on_after_a_saved_file(tmp_path):
    network = mlp(2, 4, 1, rng=0)
    trained(network, Adam(0.01, rates={network[0]: 0}))
    network.save(tmp_path / "half.npz")
    again = Sequential.load(tmp_path / "half.npz")
    before = values(again)
    trained(again, Adam(0.01, rates={again[2]: 0}))
    same = [np.array_equal(a, b) for a, b in zip(before, values(again), strict=True)]
    assert same == [False, False, True, True]


def test_rates_may_change_between_two_trainings_and_float32_stays():
    network, optimizer = mlp(2, 4, 1, rng=0), SGD(0.1)
    trained(network, optimizer)
    optimizer.rates = {network[0]: 0}
    body = network[0].W.value.copy()
    trained(network, optimizer)
    assert np.array_equal(network[0].W.value, body)
    optimizer.rates = None
    trained(network, optimizer)
    assert not np.array_equal(network[0].W.value, body)
    network = mlp(2, 4, 1, rng=0).astype(np.float32)
    fit(network, DATA.x.astype(np.float32), DATA.targets, loss=BinaryCrossEntropy(), epochs=1, progress=False,
        optimizer=AdamW(0.1, weight_decay=0.1, clip_norm=1.0, rates={network[0]: 0.5}))  # fmt: skip
    assert network.parameters().value.dtype == np.float32


def test_a_new_head_on_a_frozen_body():
    digits = datasets.digits()
    body = mlp(64, 16, 10, rng=0)
    loss = SoftmaxCrossEntropy()
    fit(body, digits.x, digits.targets, loss=loss, optimizer=Adam(0.01), epochs=2, rng=0, progress=False)
    network = Sequential(*body.layers[:-1], Dense(16, 2, rng=1))
    rates = {layer: 0 for layer in body.layers[:-1] if layer.parameters()}
    kept = body[0].W.value.copy()
    history = fit(network, digits.x, digits.targets % 2, loss=loss, optimizer=Adam(0.01, rates=rates), epochs=3,
                  rng=0, progress=False)  # fmt: skip
    assert history.epoch_loss[-1] < history.epoch_loss[0] < 0.7
    assert np.array_equal(body[0].W.value, kept)
    assert network[0] is body[0]


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        (lambda n: 0.1, "rates expected a dict of factors by layer or parameter, got 0.1. Write"),
        (lambda n: {0: 0.1}, "rates expected layers or parameters as keys, got 0. Write"),
        (lambda n: {"layer 0": 0.1}, "rates expected layers or parameters as keys, got 'layer 0'. Write"),
        (lambda n: {Dense: 0}, "rates expected layers or parameters as keys, got the class Dense. Write"),
        (lambda n: {n[1]: 0}, "rates expected layers with parameters as keys, got Tanh(). Of several layers take"),
        (lambda n: {n[0]: -1}, "rates[Dense(2 -> 4)] expected a number of at least 0, got -1."),
        (lambda n: {n[0]: np.nan}, "rates[Dense(2 -> 4)] expected a number of at least 0, got nan."),
        (lambda n: {n[0]: True}, "rates[Dense(2 -> 4)] expected a number of at least 0, got True."),
        (lambda n: {Dense(2, 4): 0}, "rates expected keys that belong to the network, got Dense(2 -> 4), whose W"),
        (lambda n: {n.copy()[0].b: 0}, "rates expected keys that belong to the network, got"),
    ],
)
def test_what_is_no_rate_is_refused_before_the_first_step(rates, message):
    network = mlp(2, 4, 1, rng=0)
    before = values(network)
    with pytest.raises(ArgumentError) as caught:
        trained(network, SGD(0.1, rates=rates(network)))
    assert str(caught.value).startswith(message)
    assert all(np.array_equal(a, b) for a, b in zip(before, values(network), strict=True))


def test_the_advised_lines_freeze():
    network = mlp(2, 4, 1, rng=0)
    for wrong in ({network[1]: 0}, {"first": 0}):
        with pytest.raises(ArgumentError) as caught:
            SGD(0.1, rates=wrong)
        line = re.search(r"\{.*\}", str(caught.value))[0]
        rates = eval(line, {"network": network})
        kept = network[0].W.value.copy()
        if len(rates) > 1:
            with pytest.warns(UserWarning, match="rates freezes every layer"):
                trained(network, SGD(0.1, rates=rates))
        else:
            trained(network, SGD(0.1, rates=rates))
        assert np.array_equal(network[0].W.value, kept)


def test_two_layers_that_share_a_parameter_agree_or_the_parameter_decides():
    first, second = Dense(3, 3, rng=0), Dense(3, 3, rng=1)
    second.W = first.W
    network = Sequential(Dense(2, 3, rng=0), first, Sigmoid(), second, Dense(3, 1, rng=1))
    with pytest.raises(ArgumentError, match=r"one factor for each parameter, got 0 and 0\.5 for W"):
        trained(network, SGD(0.1, rates={first: 0, second: 0.5}))
    kept = first.W.value.copy()
    trained(network, SGD(0.1, rates={first: 1, second: 0.5, first.W: 0}))
    assert np.array_equal(first.W.value, kept)


def test_an_optimizer_shows_its_rates():
    network = mlp(2, 4, 1, rng=0)
    optimizer = SGD(0.1, rates={network[0]: 0.5})
    assert repr(optimizer) == "SGD(0.1, rates={Dense(2 -> 4): 0.5})"
    trained(network, optimizer, epochs=1)
    assert repr(optimizer) == "SGD(0.1, rates=[0.5, 1.0])"
    assert repr(SGD(0.1)) == "SGD(0.1)"
