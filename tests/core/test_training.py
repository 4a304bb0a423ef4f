"""train and fit: the loop as by hand to the last bit, every sample once an epoch, and every way to stop."""

import subprocess
import sys

import numpy as np
import pytest

from bplearn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    Dataset,
    Dense,
    HalfSquaredError,
    Identity,
    MeanSquaredError,
    Momentum,
    Sequential,
    SoftmaxCrossEntropy,
    TrainingDiverged,
    accuracy,
    fit,
    mlp,
    schedules,
    train,
)

X = np.random.default_rng(0).normal(size=(23, 3))
CLASSES = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
VALUES = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3


def by_hand(network, x, targets, loss, optimizer, epochs, size, seed):
    """The loop a learner writes in notebook 08."""
    rng, losses = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            y, tape = network.forward(x[rows])
            value, cache = loss.forward(y, targets[rows])
            network.backward(loss.backward(cache), tape)
            optimizer.step(network.parameters())
            losses.append(value)
    return losses


CASES = {
    "classes": (lambda: mlp(3, 5, 3, rng=1), CLASSES, SoftmaxCrossEntropy(), lambda: Adam(0.01)),
    "values": (lambda: mlp(3, 4, 1, rng=1), VALUES, MeanSquaredError(), lambda: Momentum(0.01, nesterov=True)),
    "schedule": (
        lambda: mlp(3, 4, 1, rng=1),
        VALUES,
        HalfSquaredError(),
        lambda: SGD(schedules.warm_up(schedules.cosine(0.1, steps=20), steps=5), weight_decay=0.1, clip_norm=1.0),
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("size", [1, 5, 23])
def test_train_is_the_loop_written_by_hand_to_the_last_bit(case, size):
    build, targets, loss, make = CASES[case]
    ours, theirs = build(), build()
    steps = train(ours, X, targets, loss=loss, optimizer=make(), epochs=3, batch_size=size, rng=4)
    losses = [step.loss for step in steps]
    assert losses == by_hand(theirs, X, targets, loss, make(), 3, size, 4)
    np.testing.assert_array_equal(ours.parameters().value, theirs.parameters().value)


def steps_of(**options):
    settings = {"loss": SoftmaxCrossEntropy(), "optimizer": SGD(0.1), "rng": 0, "epochs": 3, "batch_size": 5}
    return list(train(mlp(3, 3, rng=0), X, CLASSES, **{**settings, **options}))


def test_every_epoch_meets_every_sample_once_in_a_new_order():
    steps = steps_of()
    assert [(s.epoch, s.step) for s in steps] == [(1 + k // 5, k + 1) for k in range(15)]
    assert [len(s.indices) for s in steps] == [5, 5, 5, 5, 3] * 3, "the last batch is kept"
    orders = [np.concatenate([s.indices for s in steps if s.epoch == epoch]) for epoch in (1, 2, 3)]
    for order in orders:
        assert sorted(order) == list(range(23))
    assert not np.array_equal(orders[0], orders[1])


def test_the_indices_say_which_samples_are_on_the_tape_and_the_loss_is_theirs():
    network, loss = mlp(3, 3, rng=0), SoftmaxCrossEntropy()
    for step in train(network, X, CLASSES, loss=loss, optimizer=SGD(0.1), epochs=2, batch_size=5, rng=0):
        np.testing.assert_array_equal(step.tape[0].x, X[step.indices])
        assert step.loss == loss.forward(step.tape[-1].y, CLASSES[step.indices])[0]
        assert step.tape[0].grads is not None
        assert step.tape[0].dx is None, "nobody needs dL/dx"


def test_no_batch_size_is_all_samples():
    assert [len(s.indices) for s in steps_of(batch_size=None, epochs=2)] == [23, 23]


def test_the_callers_arrays_are_neither_changed_nor_locked():
    x, targets = X.copy(), CLASSES.copy()
    list(train(mlp(3, 3, rng=0), x, targets, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), batch_size=8, rng=0))
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(targets, CLASSES)
    assert x.flags.writeable
    assert targets.flags.writeable


def test_whoever_stops_asking_stops_the_training():
    network = mlp(3, 3, rng=0)
    steps = train(network, X, CLASSES, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), epochs=10**9, batch_size=8)
    for _ in range(3):
        next(steps)
    before = network.parameters().value
    steps.close()
    assert network.parameters().value is before


def test_the_first_update_waits_for_the_first_next():
    network = mlp(3, 3, rng=0)
    before = network.parameters().value
    train(network, X, CLASSES, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), batch_size=8)
    assert network.parameters().value is before


def test_no_setting_of_numpy_leaks_out_of_a_step():
    network = mlp(3, 3, rng=0)
    with np.errstate(over="raise", invalid="warn"):
        for _ in train(network, X, CLASSES, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), batch_size=8):
            assert np.geterr()["over"] == "raise"
        assert np.geterr()["invalid"] == "warn"


def test_float32_data_train_in_float32():
    network = mlp(3, 4, 1, rng=0)
    x32 = X.astype(np.float32)
    for step in train(network, x32, VALUES, loss=MeanSquaredError(), optimizer=Adam(0.01), batch_size=8):
        arrays = [array for s in step.tape for array in (s.x, s.y, s.dy, *s.grads.values())]
        assert {a.dtype for a in arrays} == {np.dtype(np.float32)}
    assert network.parameters().value.dtype == np.float32


# --- Randomness ----------------------------------------------------------------------------------------------------


def fitted(rng, **options):
    network = mlp(3, 4, 3, rng=0)
    settings = {"loss": SoftmaxCrossEntropy(), "optimizer": Adam(0.01), "epochs": 4, "batch_size": 5}
    history = fit(network, X, CLASSES, rng=rng, progress=False, **{**settings, **options})
    return history, network.parameters().value


def test_the_same_rng_gives_the_same_history_to_the_last_bit():
    (a, wa), (b, wb), (c, wc) = fitted(7, validation=0.3), fitted(7, validation=0.3), fitted(8, validation=0.3)
    assert a == b
    np.testing.assert_array_equal(wa, wb)
    assert a.step_loss != c.step_loss
    assert not np.array_equal(wa, wc)


def test_a_generator_goes_on_from_run_to_run():
    rng = np.random.default_rng(7)
    first, second = fitted(rng), fitted(rng)
    assert first[0] == fitted(7)[0]
    assert first[0] != second[0]


def test_the_global_seed_has_no_part_in_it():
    np.random.seed(0)
    state = np.random.get_state()[1].tolist()
    a = fitted(7)
    np.random.seed(1)
    b = fitted(7)
    assert a[0] == b[0]
    np.random.seed(0)
    fitted(None)
    assert np.random.get_state()[1].tolist() == state


# --- fit -----------------------------------------------------------------------------------------------------------


def test_the_history_counts_steps_samples_and_epochs():
    history, _ = fitted(0)
    assert (history.steps, history.epochs) == (20, 4)
    assert history.step_samples == [5, 5, 5, 5, 3] * 4
    assert history.epoch_ends == [5, 10, 15, 20]
    first = sum(loss * n for loss, n in zip(history.step_loss[:5], history.step_samples, strict=False)) / 23
    assert history.epoch_loss[0] == pytest.approx(first, rel=1e-14)
    assert history.validation_loss == []
    assert history.metrics == {}
    assert not history.interrupted
    assert not history.stopped_early


def test_fit_trains_exactly_as_train_does():
    network = mlp(3, 4, 3, rng=0)
    run = train(network, X, CLASSES, loss=SoftmaxCrossEntropy(), optimizer=Adam(0.01), epochs=4, batch_size=5, rng=7)
    losses = [step.loss for step in run]
    history, weights = fitted(7, metrics=[accuracy], validation=(X, CLASSES))
    assert history.step_loss == losses, "what is measured on the way has no influence"
    np.testing.assert_array_equal(weights, network.parameters().value)


def test_a_dataset_takes_the_place_of_x_and_targets():
    a, b = mlp(3, 3, rng=0), mlp(3, 3, rng=0)
    settings = {"loss": SoftmaxCrossEntropy(), "epochs": 2, "batch_size": 5, "rng": 0, "progress": False}
    data = Dataset(X, CLASSES)
    one = fit(a, data, optimizer=SGD(0.1), validation=data, **settings)
    two = fit(b, X, CLASSES, optimizer=SGD(0.1), validation=(X, CLASSES), **settings)
    assert one == two


def test_validation_loss_and_metrics_are_those_of_the_network_after_the_epoch():
    network, loss = mlp(3, 4, 3, rng=0), SoftmaxCrossEntropy()
    unseen, answers = X[:8] + 0.1, CLASSES[:8]
    history = fit(
        network, X, CLASSES, loss=loss, optimizer=Adam(0.05), epochs=3, batch_size=5,
        validation=(unseen, answers), metrics=[accuracy], rng=0, progress=False,
    )  # fmt: skip
    assert history.validation_loss[-1] == pytest.approx(loss.forward(network(unseen), answers)[0], rel=1e-14)
    assert list(history.metrics) == ["accuracy", "validation_accuracy"]
    assert history.metrics["accuracy"][-1] == (network(X).argmax(axis=1) == CLASSES).mean()
    assert history.metrics["validation_accuracy"][-1] == (network(unseen).argmax(axis=1) == answers).mean()
    assert [len(values) for values in history.metrics.values()] == [3, 3]


def test_metrics_may_have_names_of_their_own_and_see_what_predict_answers():
    seen = []
    history = fit(
        mlp(3, 1, rng=0), X, (VALUES > 0).astype(int)[:, 0], loss=BinaryCrossEntropy(), optimizer=SGD(0.1), epochs=2,
        metrics={"share of yes": lambda answers, targets: seen.append(answers) or answers.mean()},
        rng=0, progress=False,
    batch_size=8)  # fmt: skip
    assert list(history.metrics) == ["share of yes"]
    assert all(set(np.unique(answers)) <= {0, 1} and answers.shape == (23,) for answers in seen)


@pytest.mark.parametrize("data", [(X, CLASSES), (Dataset(X, CLASSES), None)], ids=["arrays", "dataset"])
def test_a_share_is_set_aside_and_never_trained_on(data):
    met = []
    network = mlp(3, 3, rng=0)
    history = fit(
        network, *data, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), epochs=3, batch_size=None, validation=0.3,
        metrics={"samples": lambda answers, targets: met.append(len(targets)) or len(targets)},
        rng=0, progress=False,
    )  # fmt: skip
    training, unseen = history.metrics["samples"][0], history.metrics["validation_samples"][0]
    assert training + unseen == 23
    assert 6 <= unseen <= 8
    assert history.step_samples == [training] * 3
    assert len(history.validation_loss) == 3


# A neuron y = w that learns 1 from 0 by steps of a tenth of the way, watched by someone who wants 0.5.
ONE, GOAL, WATCH = np.ones((4, 1)), np.ones((4, 1)), np.full((4, 1), 0.5)


def watched(epochs, patience=None, **options):
    network = Sequential(Dense(1, 1, weights=[[0.0]]))
    optimizer = SGD(0.025)  # weight and bias together move by a tenth
    history = fit(
        network, ONE, GOAL, loss=MeanSquaredError(), optimizer=optimizer, epochs=epochs, batch_size=4,
        validation=(ONE, WATCH), patience=patience, rng=0, progress=False, **options,
    )  # fmt: skip
    return history, network


def test_patience_stops_after_so_many_epochs_without_a_better_one_and_puts_the_best_back():
    history, network = watched(50, patience=3)
    outputs = [1 - 0.9**k for k in range(1, 51)]
    best = int(np.argmin([abs(y - 0.5) for y in outputs])) + 1
    assert history.best_epoch == best == 7
    assert history.epochs == best + 3
    assert history.stopped_early
    assert network([[1.0]]).item() == pytest.approx(outputs[best - 1])
    assert network.parameters().value.tolist() == watched(best)[1].parameters().value.tolist()


def test_without_patience_training_goes_on_and_the_last_weights_stay():
    history, network = watched(50)
    assert history.epochs == 50
    assert not history.stopped_early
    assert network([[1.0]]).item() == pytest.approx(1 - 0.9**50)


def test_with_patience_the_best_comes_back_even_if_the_epochs_run_out():
    history, network = watched(8, patience=5)
    assert not history.stopped_early
    assert history.best_epoch == 7
    assert network([[1.0]]).item() == pytest.approx(1 - 0.9**7)


def test_ctrl_c_keeps_the_history_and_says_so():
    calls = []

    def impatient(answers, targets):
        calls.append(1)
        if len(calls) == 6:  # training and validation data each epoch: in the third epoch
            raise KeyboardInterrupt
        return 0.0

    with pytest.warns(
        UserWarning, match=r"^Stopped by hand after step 3 \(epoch 3\); the history is kept\.$"
    ) as caught:
        history, network = watched(50, metrics={"m": impatient})
    assert caught[0].filename == __file__
    assert history.interrupted
    assert (history.steps, history.epochs) == (3, 2)
    assert network([[1.0]]).item() == pytest.approx(1 - 0.9**3), "the weights stay where they were"
    assert "interrupted" in repr(history)


class Interrupted(Identity.__base__):
    """A layer at which the learner presses Ctrl-C in the seventh pass."""

    def __init__(self):
        self.passes = 0

    def forward(self, x):
        self.passes += 1
        if self.passes == 7:
            raise KeyboardInterrupt
        return x, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy, {}


def test_ctrl_c_in_the_middle_of_a_step_keeps_what_there_is():
    network = Sequential(Dense(3, 3, rng=0), Interrupted())
    with pytest.warns(UserWarning, match="Stopped by hand after step"):
        history = fit(
            network, X, CLASSES, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), batch_size=5, rng=0, progress=False
        )
    assert history.interrupted
    assert 0 < history.steps < 7
    assert np.isfinite(network.parameters().value).all()


def test_a_diverging_loss_stops_with_the_cause_and_the_history():
    network = Sequential(Dense(1, 1, weights=[[1.0]]))
    with pytest.raises(TrainingDiverged) as caught:
        fit(
            network, [[1e60], [1e60]], [[0.0], [0.0]], loss=MeanSquaredError(), optimizer=SGD(0.5), epochs=9,
            batch_size=1, rng=0, progress=False,
        )  # fmt: skip
    assert str(caught.value) == (
        "the loss is inf at step 2 (epoch 1). The largest weight is 1e+120 (layer 0's W). "
        "The history up to step 1 is kept. Try learning_rate=0.05 instead of 0.5."
    )
    assert caught.value.history.step_loss == [pytest.approx(1e120)]
    assert caught.value.history.epochs == 0


def test_a_rate_that_is_too_large_is_told_with_epoch_weight_and_a_rate_to_try():
    network = mlp(3, 4, 1, activation=Identity, rng=0)
    with pytest.raises(TrainingDiverged) as caught:
        fit(network, X, VALUES, loss=MeanSquaredError(), optimizer=SGD(2), batch_size=8, rng=0, progress=False)
    history, message = caught.value.history, str(caught.value)
    step = history.steps + 1
    assert message.startswith(f"the loss is inf at step {step} (epoch {(step + 2) // 3}). The largest weight is ") or (
        message.startswith(f"the loss is nan at step {step} (epoch {(step + 2) // 3}). The largest weight is ")
    )
    assert message.endswith(f"The history up to step {step - 1} is kept. Try learning_rate=0.2 instead of 2.")
    assert np.isfinite(history.step_loss).all()
    assert isinstance(caught.value, ArithmeticError)


def test_train_diverges_with_the_same_words():
    network = Sequential(Dense(1, 1, weights=[[1.0]]))
    run = train(network, [[1e60]], [[0.0]], loss=MeanSquaredError(), optimizer=SGD(0.5), epochs=9, batch_size=1)
    with pytest.raises(
        TrainingDiverged, match=r"^the loss is inf at step 2 \(epoch 2\)\. The largest weight is 1e\+120"
    ):
        list(run)


# --- The bar -------------------------------------------------------------------------------------------------------


class Bar:
    made = ()

    def __init__(self, total, unit, initial):
        Bar.made = (*Bar.made, self)
        assert initial == 0
        self.total, self.unit, self.count, self.words, self.closed = total, unit, 0, [], False

    def update(self):
        self.count += 1

    def set_postfix_str(self, words):
        self.words.append(words)

    def close(self):
        self.closed = True


@pytest.fixture
def bars(monkeypatch):
    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    monkeypatch.setattr(Bar, "made", ())
    return lambda: Bar.made


def test_the_bar_counts_steps_shows_the_numbers_and_is_closed(bars):
    fit(
        mlp(3, 3, rng=0), X, CLASSES, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), epochs=2, batch_size=5,
        metrics=[accuracy], validation=(X, CLASSES), rng=0,
    )  # fmt: skip
    (bar,) = bars()
    assert (bar.total, bar.count, bar.unit, bar.closed) == (10, 10, "step", True)
    assert len(bar.words) == 2
    for word in ("loss 1.", "validation 1.", "accuracy 0.", "validation_accuracy 0."):
        assert word in bar.words[0]


def test_the_bar_is_closed_when_the_loss_diverges(bars):
    network = Sequential(Dense(1, 1, weights=[[1.0]]))
    with pytest.raises(TrainingDiverged):
        fit(network, [[1e60]], [[0.0]], loss=MeanSquaredError(), optimizer=SGD(0.5), batch_size=1)
    assert bars()[0].closed


def test_no_bar_where_nobody_asks_for_one(bars):
    fitted(0)
    assert bars() == ()


def test_the_bar_shows_in_a_terminal(capsys):
    fit(mlp(3, 3, rng=0), X, CLASSES, loss=SoftmaxCrossEntropy(), optimizer=SGD(0.1), epochs=2, batch_size=5, rng=0)
    shown = capsys.readouterr()
    assert "10/10" in shown.err
    assert shown.out == ""


def test_tqdm_is_loaded_only_when_a_bar_is_asked_for():
    code = (
        "import sys, bplearn as b;"
        "f = lambda p: b.fit(b.mlp(1, 1, rng=0), [[1.0]], [[1.0]], loss=b.MeanSquaredError(), optimizer=b.SGD(0.1),"
        " batch_size=1, progress=p);"
        "f(False); before = 'tqdm' in sys.modules; f(True); print(before, 'tqdm' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["False", "True"]


def test_without_a_batch_size_small_data_are_one_batch_and_large_data_batches_of_32():
    def sizes(rows):
        x = np.ones((rows, 1))
        steps = train(mlp(1, 1, rng=0), x, x, loss=MeanSquaredError(), optimizer=SGD(0.01))
        return [len(step.indices) for step in steps]

    assert sizes(4) == [4]
    assert sizes(70) == [32, 32, 6]


def test_weights_that_overflow_in_the_last_update_are_told_too():
    network = mlp(1, 1, rng=0)
    settings = {"loss": MeanSquaredError(), "epochs": 1, "batch_size": None, "progress": False}
    with pytest.raises(TrainingDiverged) as caught:
        fit(network, [[1e150], [2e150]], [[0.0], [0.0]], optimizer=SGD(1e200), **settings)
    assert str(caught.value) == (
        "the weights are no longer finite after the last step, 1 (epoch 1). The largest weight is inf (layer 0's W). "
        "The history up to step 1 is kept. Try learning_rate=1e+199 instead of 1e+200."
    )
    assert caught.value.history.steps == 1
