"""The lab's logic: an experiment is repeatable, dials turn on the way, runs are compared, the verdict is computed."""

import csv
import io

import numpy as np
import pytest

from bplearn import ArgumentError, Dataset, History
from bplearn.sessions.experiment import DATA, Experiment
from bplearn.sessions.runbook import Runbook, judge

OWN = Dataset(np.random.default_rng(0).normal(size=(60, 3)), [0, 1, 2] * 20, name="mine")


@pytest.mark.parametrize("data", [*DATA, OWN], ids=str)
def test_the_exported_code_repeats_the_run_exactly(data):
    book = Runbook(Experiment(data, hidden=(6,), activation="ReLU", optimizer="Adam", learning_rate=0.02, seed=3))
    book.session.step(5)
    book.choose(learning_rate=0.005)
    book.choose(batch_size=16)
    book.session.epoch(2).step(1)
    names = {"data": OWN}
    code = book.experiment.code(book.session)
    exec(code.replace("data = data  # your own Dataset\n", ""), names)
    assert names["session"].history == book.session.history
    assert (names["network"].parameters().value == book.session.network.parameters().value).all()


def test_both_dials_turn_during_a_run_and_before_it_they_set_it_up():
    book = Runbook(Experiment(hidden=(4,), learning_rate=0.1))
    book.choose(learning_rate=0.7)
    book.choose(batch_size=None)
    assert (book.experiment.learning_rate, book.experiment.batch_size, book.session.changes) == (0.7, None, [])
    book.session.step(2)
    book.choose(learning_rate=0.3)
    assert book.session.changes == [(2, "learning_rate", 0.3)]
    book.reset()
    assert (book.session.steps, book.experiment.learning_rate, book.session.changes) == (0, 0.3, [])


def test_reset_with_the_same_seed_gives_the_same_losses():
    book = Runbook(Experiment(hidden=(4,)))
    first = book.session.epoch(2).history
    book.reset()
    assert book.session.epoch(2).history == first
    book.choose(seed=1)
    assert book.session.epoch(2).history != first


def test_another_network_or_data_begins_a_new_run_and_keeps_the_dials():
    book = Runbook(Experiment(hidden=(4,), learning_rate=0.1))
    book.session.step(3)
    book.choose(learning_rate=0.6)
    book.choose(hidden=(2, 3))
    assert book.session.steps == 0
    assert book.session.learning_rate == 0.6
    assert [layer.n_out for layer in book.session.network if hasattr(layer, "n_out")] == [2, 3, 1]
    book.choose(batch_size=128)
    book.choose(data="sine")
    assert book.experiment.batch_size is None  # 84 training samples: all of them


def test_a_choice_that_does_not_fit_leaves_all_as_it_was():
    book = Runbook(Experiment(hidden=(4,)))
    session = book.session.step(3)
    for choice in ({"hidden": (0,)}, {"hidden": (999,)}, {"data": "suns"}, {"activation": "Step"}, {"seed": -1}):
        with pytest.raises(ArgumentError):
            book.choose(**choice)
        assert book.session is session
    with pytest.raises(ArgumentError, match="one of moons, circles"):
        Experiment("suns")


def test_pinned_runs_keep_their_numbers_and_get_names_of_their_own():
    book = Runbook(Experiment(hidden=(4,), learning_rate=0.5))
    with pytest.raises(ArgumentError, match="at least one step"):
        book.pin()
    book.session.epoch(2)
    losses = list(book.session.history.step_loss)
    assert book.pin("mine").name == "mine"
    assert book.pin("mine").name == "mine (2)"
    assert book.pin().name == "SGD 0.5, batch 32"
    book.session.epoch(1)
    assert book.runs[0].history.step_loss == losses
    book.unpin("mine")
    assert [run.name for run in book.runs] == ["mine (2)", "SGD 0.5, batch 32"]
    for _ in range(3):
        book.pin()
    with pytest.raises(ArgumentError, match="at most 5 runs"):
        book.pin()


def test_the_table_compares_the_runs():
    book = Runbook(Experiment(hidden=(4,), learning_rate=0.5))
    book.session.epoch(3)
    book.choose(learning_rate=0.1)
    book.pin("two rates")
    first, last = book.table()
    history = book.session.history
    assert (first["run"], last["run"]) == ("two rates", "now")
    assert first["learning rate"] == "0.5 > 0.1"
    assert first["loss"] == history.epoch_loss[-1]
    assert first["best unseen loss"] == min(history.validation_loss)
    assert first["unseen accuracy"] == history.metrics["validation_accuracy"][-1]


def test_the_csv_holds_each_step_of_each_run():
    book = Runbook(Experiment(hidden=(4,)))
    book.session.epoch(2)
    book.pin("a, b")
    rows = list(csv.DictReader(io.StringIO(book.to_csv())))
    assert [row["run"] for row in rows] == ["a, b"] * 14 + ["now"] * 14
    assert [float(row["loss"]) for row in rows[:14]] == book.session.history.step_loss
    assert float(rows[6]["validation_accuracy"]) == book.session.history.metrics["validation_accuracy"][0]


def history(losses, unseen=()):
    made = History()
    for i, loss in enumerate(losses):
        made.add_step(loss, 1)
        made.end_epoch(unseen[i] if unseen else None)
    return made


@pytest.mark.parametrize(
    ("losses", "unseen", "words"),
    [
        ([], [], "Nothing is trained yet"),
        ([1.0, 0.9], [], "The loss went from 1 to 0.9 in 2 updates"),
        ([1, 2, 4, 8], [], "has grown from 1 to 8"),
        ([1, 0.2, 0.1, 0.5, 0.9], [], "has grown from 0.1 to 0.9"),
        ([1, 0.8, 0.6, 0.5, 0.4, 0.3], [], "falls by 14% an epoch"),
        ([1, 0.9, 0.5, 0.7, 0.5, 0.7, 0.5, 0.7], [], "jumps between 0.5 and 0.7"),
        ([0.7, 0.699, 0.698, 0.697, 0.697], [], "hardly moves"),
        ([1, 0.5, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2], [], "has settled near 0.2; it began at 1"),
        (
            [1, 0.5, 0.4, 0.3, 0.2, 0.1, 0.09],
            [1, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
            "Overfitting: the unseen loss was lowest after epoch 2",
        ),
    ],
)
def test_the_verdict_is_computed(losses, unseen, words):
    assert words in judge(history(losses, unseen), 0.5)


def test_a_run_that_diverges_is_explained():
    book = Runbook(Experiment("sine", hidden=(8,), activation="ReLU", learning_rate=10.0))
    book.session.epoch(50)
    assert "no longer a finite number" in book.verdict()
    assert book.table()[-1]["loss"] == "diverged"
    book.choose(learning_rate=0.01)
    book.reset()
    assert book.session.epoch(3).diverged is None
