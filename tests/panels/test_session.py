"""Session: the run of a learner who steps, goes back, changes the dials. The oracles are `fit` and hand-made loops."""

import numpy as np
import pytest

from bplearn import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    HalfSquaredError,
    Layer,
    Momentum,
    RMSProp,
    Sequential,
    SoftmaxCrossEntropy,
    Tanh,
    accuracy,
    datasets,
    fit,
    mlp,
    schedules,
    train,
)
from bplearn.training.session import Session

MOONS = datasets.moons(50, rng=3)
TRAIN, UNSEEN = MOONS.split(test=0.3, rng=0)
OPTIMIZERS = {
    "sgd": lambda: SGD(0.5),
    "momentum": lambda: Momentum(0.1),
    "nesterov": lambda: Momentum(0.1, nesterov=True),
    "adagrad": lambda: AdaGrad(0.1),
    "rmsprop": lambda: RMSProp(0.01),
    "adam": lambda: Adam(0.01),
    "adamw": lambda: AdamW(0.01, weight_decay=0.1),
    "schedule": lambda: SGD(schedules.step_decay(0.5, every=3), clip_norm=0.3),
}


def make(optimizer=None, **more):
    given = {"batch_size": 8, "validation": UNSEEN, "metrics": [accuracy], "rng": 5} | more
    optimizer = optimizer or SGD(0.5)
    return Session(mlp(2, 4, 1, rng=1), TRAIN, loss=BinaryCrossEntropy(), optimizer=optimizer, **given)


def fitted(optimizer, epochs):
    network = mlp(2, 4, 1, rng=1)
    given = {"batch_size": 8, "validation": UNSEEN, "metrics": [accuracy], "rng": 5, "progress": False}
    history = fit(network, TRAIN, loss=BinaryCrossEntropy(), optimizer=optimizer, epochs=epochs, **given)
    return history, network.parameters().value


def values(session):
    return session.network.parameters().value


@pytest.mark.parametrize("make_optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_it_trains_as_fit_does_to_the_last_bit(make_optimizer):
    session = make(make_optimizer()).epoch(4)
    history, weights = fitted(make_optimizer(), 4)
    assert session.history == history
    assert (values(session) == weights).all()


@pytest.mark.parametrize("make_optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("back_to", [0, 1, 3])
def test_after_a_return_the_same_numbers_follow(make_optimizer, back_to):
    session = make(make_optimizer()).epoch(4).step(2)
    weights, history = values(session), session.history.to_dict()
    session.rewind(back_to)
    assert session.epochs == back_to
    session.epoch(4 - back_to).step(2)
    assert session.history.to_dict() == history
    assert (values(session) == weights).all()


@pytest.mark.parametrize("make_optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_back_undoes_one_step_at_a_time(make_optimizer):
    session = make(make_optimizer())
    trail = [values(session)]
    trail += [values(session.step()) for _ in range(12)]
    for place in range(11, -1, -1):
        assert (values(session.back()) == trail[place]).all()
        assert session.steps == place
    assert session.back().steps == 0
    for place in range(1, 13):
        assert (values(session.step()) == trail[place]).all()


def test_a_return_keeps_what_lies_ahead_until_the_next_step():
    session = make().epoch(4)
    last = values(session)
    session.rewind(1)
    assert (session.epochs, session.steps, session.history.epochs) == (1, 5, 4)
    assert not session.at_the_end
    assert (values(session.rewind(4)) == last).all()
    session.rewind(1).step()
    assert (session.history.steps, session.history.epochs) == (6, 1)
    assert len(session.history.validation_loss) == len(session.history.metrics["accuracy"]) == 1
    assert session.at_the_end


def test_reset_gives_the_first_run_again():
    session = make().epoch(2)
    first = session.history
    session.learning_rate = 2.0
    session.reset()
    assert (session.steps, session.history.steps, session.changes, session.learning_rate) == (0, 0, [], 0.5)
    assert session.epoch(2).history == first


def test_a_new_learning_rate_counts_from_the_next_step_on():
    session = make().step(7)
    session.learning_rate = 0.05
    session.step(6)
    network, optimizer = mlp(2, 4, 1, rng=1), SGD(0.5)
    losses = []
    steps = train(network, TRAIN, loss=BinaryCrossEntropy(), optimizer=optimizer, epochs=9, batch_size=8, rng=5)
    for _ in range(13):
        losses.append(next(steps).loss)
        if len(losses) == 7:
            optimizer.learning_rate = 0.05
    assert session.history.step_loss == losses
    assert (values(session) == network.parameters().value).all()
    assert session.changes == [(7, "learning_rate", 0.05)]


def test_a_new_batch_size_counts_from_the_next_epoch_on():
    session = make().step(2)
    session.batch_size = 35
    session.epoch(3)
    assert session.history.step_samples == [8, 8, 8, 8, 3, 35, 35]
    network, rng = mlp(2, 4, 1, rng=1), np.random.default_rng(5)
    loss, optimizer = BinaryCrossEntropy(), SGD(0.5)
    losses = [s.loss for s in train(network, TRAIN, loss=loss, optimizer=optimizer, batch_size=8, rng=rng)]
    losses += [s.loss for s in train(network, TRAIN, loss=loss, optimizer=optimizer, batch_size=35, epochs=2, rng=rng)]
    assert session.history.step_loss == losses


def test_at_the_edge_of_an_epoch_a_new_batch_size_counts_at_once():
    session = make().epoch()
    session.batch_size = 16
    session.epoch()
    assert session.history.step_samples == [8, 8, 8, 8, 3, 16, 16, 3]
    fresh = make()
    fresh.batch_size = None
    assert fresh.epoch().history.step_samples == [35]


def test_changes_are_repeated_on_the_way_back():
    session = make(Adam(0.01)).step(3)
    session.learning_rate = 0.3
    session.step(4)
    session.batch_size = 16
    session.epoch(2)
    session.learning_rate = 0.001
    session.step(5)
    weights, history = values(session), session.history.to_dict()
    last = session.steps
    for place in (last - 1, last - 9, 12, 5, 3, 1, 0):
        session.go_to(place)
        for step in range(place + 1, last + 1):
            session.go_to(step)
        assert (values(session) == weights).all()
        assert session.history.to_dict() == history
    assert [change[0] for change in session.changes] == [3, 7, 13]


def test_a_change_after_a_return_makes_another_future():
    session = make().epoch(3)
    old = session.history
    session.rewind(1)
    session.learning_rate = 3.0
    assert session.history.steps == 5
    session.epoch(2)
    assert session.history.step_loss[:6] == old.step_loss[:6]  # the loss is measured before the update
    assert session.history.step_loss[6:] != old.step_loss[6:]


def test_setting_the_same_value_is_no_change():
    session = make().epoch(2).rewind(1)
    session.learning_rate = 0.5
    session.batch_size = 8
    assert session.changes == []
    assert session.history.epochs == 2


def test_run_goes_on_for_about_the_time_it_is_given():
    session = make().run(0.05)
    assert session.steps > 5
    assert session.history == make().step(session.steps).history


class Stopper(Layer):
    """Passes x on, and calls `at` on each forward pass."""

    def __init__(self, at):
        self.at = at

    def forward(self, x):
        self.at()
        return x, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy, {}


def test_pause_ends_a_run_before_its_next_step():
    held = []
    network = Sequential(Dense(2, 1, rng=0), Stopper(lambda: held[0].pause() if held and held[0].steps >= 3 else None))
    session = Session(network, TRAIN, loss=BinaryCrossEntropy(), optimizer=SGD(0.1), batch_size=8)
    held.append(session)
    session.run(20)
    assert session.steps == 4


def test_after_an_error_in_a_layer_the_same_run_goes_on():
    trouble = []

    def maybe():
        if trouble:
            raise ZeroDivisionError("mine")

    def build():
        network = Sequential(Dense(2, 4, rng=0), Tanh(), Stopper(maybe), Dense(4, 1, rng=1))
        return Session(network, TRAIN, loss=BinaryCrossEntropy(), optimizer=Adam(0.05), batch_size=8)

    session = build().step(7)
    trouble.append(1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            session.step()
    assert session.steps == 7
    trouble.clear()
    session.step(5)
    assert session.history == build().step(12).history


def diverging():
    x = np.linspace(-3, 3, 20)[:, None]
    network = Sequential(Dense(1, 1, rng=0))
    return Session(network, x, 2 * x, loss=HalfSquaredError(), optimizer=SGD(100.0), batch_size=10)


def test_divergence_is_said_in_a_sentence_and_kept():
    session = diverging().epoch(500)
    last = session.history.steps
    assert session.diverged.startswith(
        f"Step {last + 1} (epoch {last // 2 + 1}): the loss is no longer a finite number."
    )
    assert "grew from" in session.diverged
    assert session.diverged.endswith("try a learning rate of 10 instead of 100.")
    assert np.isfinite(session.history.step_loss).all()
    assert session.step(3).steps == last
    assert "diverged" in repr(session)


def test_after_divergence_a_return_and_a_smaller_rate_go_on():
    session = diverging().epoch(500)
    session.rewind(1)
    assert session.diverged is None
    session.rewind(0)
    session.learning_rate = 0.1
    session.epoch(30)
    assert session.diverged is None
    assert session.history.step_loss[-1] < 1e-3


def test_latest_is_the_step_that_led_here():
    session = make().step(7)
    assert (session.latest.step, session.latest.epoch) == (7, 2)
    indices = session.latest.indices
    session.step(3).back().back().back()
    assert session.latest.step == 7
    assert (session.latest.indices == indices).all()
    assert session.rewind(0).latest is None


def test_the_latest_update_is_known_after_a_return_too():
    session = make().step(9)
    update = session.update
    network, optimizer = mlp(2, 4, 1, rng=1), SGD(0.5)
    steps = train(network, TRAIN, loss=BinaryCrossEntropy(), optimizer=optimizer, epochs=9, batch_size=8, rng=5)
    for _ in range(9):
        before = network.parameters().value
        step = next(steps)
    assert (update.before == before).all()
    assert (update.gradient == network.parameters().grad).all()
    assert (update.indices == step.indices).all()
    np.testing.assert_array_equal(values(session), update.before - 0.5 * update.gradient)
    assert make().update is None
    session.step(30).rewind(1)
    fresh = make().epoch()
    assert session.latest is None
    assert (session.update.gradient == fresh.update.gradient).all()
    assert (session.update.before == fresh.update.before).all()
    assert session.rewind(0).update is None


def test_the_network_before_an_update_gives_its_gradient_again():
    session = make(Adam(0.05)).step(12)
    x, targets = session.batch()
    network = session.before()
    y, tape = network.forward(x)
    value, cache = session.loss.forward(y, targets)
    network.backward(session.loss.backward(cache), tape)
    assert value == session.history.step_loss[-1]
    np.testing.assert_allclose(network.parameters().grad, session.update.gradient, atol=1e-15)


def test_the_batches_of_the_epoch_are_those_that_are_met():
    session = make()
    for _ in range(3):
        expected = session.step().epoch_batches()
        met = [session.latest.indices]
        while len(met) < 5:
            assert all((a == b).all() for a, b in zip(session.epoch_batches(), expected, strict=True))
            met.append(session.step().latest.indices)
        assert [list(rows) for rows in expected] == [list(rows) for rows in met]
    ahead = make().epoch_batches()
    assert [list(rows) for rows in ahead] == [list(rows) for rows in make().step().epoch_batches()]
    assert list(make().batch()[0][:, 0]) == list(TRAIN.x[ahead[0]][:, 0])
    session.rewind(1)
    assert list(session.epoch_batches()[-1]) == list(session.update.indices)


def test_a_generator_of_the_caller_is_not_rewound():
    shared = np.random.default_rng(5)
    session = make(rng=shared).epoch(2)
    assert shared.bit_generator.state == np.random.default_rng(5).bit_generator.state
    assert session.history == make().epoch(2).history


def test_snapshots_are_thinned_and_a_return_still_is_exact(monkeypatch):
    monkeypatch.setattr("bplearn.training.session.MOST_SNAPSHOTS", 6)
    session = make(Adam(0.02))
    trail = [values(session)]
    trail += [values(session.epoch()) for _ in range(15)]
    assert len(session.snapshots) <= 7
    assert 0 in session.snapshots
    for epoch in (14, 9, 1, 15, 0):
        assert (values(session.rewind(epoch)) == trail[epoch]).all()


def test_a_snapshot_is_a_reference_and_no_copy():
    session = make().epoch()
    assert session.snapshots[1].parameters is values(session)


def test_float32_stays_float32():
    data = TRAIN.astype(np.float32)
    session = Session(mlp(2, 3, 1, rng=0), data, loss=BinaryCrossEntropy(), optimizer=Adam(0.1), batch_size=8)
    session.epoch(2).rewind(1).step()
    assert values(session).dtype == np.float32


def test_digits_learn():
    data, unseen = datasets.digits().split(rng=0)
    data, unseen = data.standardize(unseen)
    network = mlp(64, 16, 10, rng=0)
    session = Session(
        network, data, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01), validation=unseen, metrics=[accuracy]
    )
    session.epoch(3)
    assert session.history.metrics["validation_accuracy"][-1] > 0.85


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda s: s.step(0), "n expected a whole number of at least 1, got 0."),
        (lambda s: s.epoch(1.5), "n expected a whole number of at least 1, got 1.5."),
        (lambda s: s.rewind(3), "epoch expected a finished epoch, 0 to 2, got 3."),
        (lambda s: s.go_to(11), "step expected a step that was done, 0 to 10, got 11."),
        (lambda s: s.rewind(True), "epoch expected a finished epoch, 0 to 2, got True."),
        (lambda s: setattr(s, "learning_rate", -1), "learning_rate expected a number of at least 0, got -1."),
        (lambda s: setattr(s, "learning_rate", "0.1"), "learning_rate expected a number of at least 0, got '0.1'."),
        (lambda s: setattr(s, "batch_size", 36), "batch_size expected at most the 35 samples there are, got 36."),
        (lambda s: setattr(s, "batch_size", 0), "batch_size expected a whole number of at least 1, got 0."),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(act, said):
    session = make().epoch(2)
    with pytest.raises(ArgumentError) as caught:
        act(session)
    assert str(caught.value).startswith(said)
    assert (session.steps, session.learning_rate, session.batch_size, session.changes) == (10, 0.5, 8, [])


def test_arguments_are_checked_at_once():
    with pytest.raises(ArgumentError, match="batch_size"):
        make(batch_size=99)
    with pytest.raises(ArgumentError, match="optimizer"):
        make(SGD)
