"""The lab's logic: an experiment is repeatable, dials turn on the way, runs are compared, the verdict is computed."""

import csv
import io

import numpy as np
import pytest

from bplearn import (
    ArgumentError,
    Dataset,
    Dense,
    HalfSquaredError,
    History,
    Huber,
    Layer,
    Sequential,
    ShapeError,
    mlp,
)
from bplearn.panels.lab.experiment import ACTIVATIONS, DATA, OPTIMIZERS, Experiment
from bplearn.panels.lab.logic import RunComparison
from bplearn.panels.lab.verdict import verdict

OWN = Dataset(np.random.default_rng(0).normal(size=(60, 3)), [0, 1, 2] * 20, name="mine")


class Half(Layer):
    """y = x / 2: a layer of the learner's own."""

    def forward(self, x):
        return x / 2, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy / 2, {}


def repeated(book, **own):
    """Run the exported code as a learner would, with what is theirs under the names that the code uses."""
    names = dict(own)
    code = book.experiment.code(book.session)
    exec("\n".join(line for line in code.split("\n") if not line.startswith(("data = data ", "loss = loss "))), names)
    return names


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("data", [*DATA, OWN], ids=str)
def test_the_exported_code_repeats_the_run_bit_for_bit(data, optimizer):
    book = RunComparison(
        Experiment(data, hidden=(6,), activation="ReLU", optimizer=optimizer, learning_rate=0.02, seed=3)
    )
    book.session.step(5)
    book.choose(learning_rate=0.005)
    book.choose(batch_size=16)
    book.session.epoch(2).step(1)
    names = repeated(book, data=OWN)
    assert names["session"].history == book.session.history
    assert names["session"].history.step_loss == book.session.history.step_loss
    assert (names["network"].parameters().value == book.session.network.parameters().value).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_code_repeats_every_activation_and_the_full_batch(activation):
    book = RunComparison(Experiment(hidden=(3, 2), activation=activation, batch_size=None))
    book.session.step(4)
    assert repeated(book)["session"].history == book.session.history


OWNERS = {
    "network": {"own_network": mlp(2, 5, 1, rng=9)},
    "function": {"own_network": lambda seed: Sequential(Dense(2, 5, rng=seed), Half(), Dense(5, 1, rng=seed))},
    "activation": {"activation": Half},
    "loss": {"data": "sine", "own_loss": Huber()},
}


@pytest.mark.parametrize("own", OWNERS.values(), ids=OWNERS)
def test_what_is_the_learners_own_trains_and_is_repeated_too(own):
    book = RunComparison(Experiment(hidden=(4,), seed=2, **own))
    book.session.epoch(2).step(2)
    names = repeated(book, network=own.get("own_network"), Half=Half)
    assert names["session"].history == book.session.history
    book.reset()
    assert book.session.epoch(2).step(2).history == names["session"].history


def test_an_own_network_is_copied_and_stays_untrained():
    mine = mlp(2, 3, 1, rng=0)
    before = mine.parameters().value.copy()
    book = RunComparison(Experiment(own_network=mine))
    book.session.epoch()
    assert (mine.parameters().value == before).all()
    assert (book.table()[-1]["hidden"], book.table()[-1]["activation"]) == ("own", "own")


def test_an_own_network_that_does_not_fit_the_next_data_leaves_the_run_alone():
    book = RunComparison(Experiment(own_network=mlp(2, 3, 1, rng=0)))
    session = book.session.step(2)
    with pytest.raises(ShapeError, match=r"Dense\(2 -> 3\) expected x of shape"):
        book.choose(data="digits")
    assert book.session is session


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"own_network": Dense(2, 1)}, "network expected a Sequential object"),
        ({"own_network": lambda seed: Dense(2, 1)}, "network expected a function that returns a Sequential"),
        ({"own_loss": HalfSquaredError}, "loss expected a Loss object, got the class HalfSquaredError"),
        ({"activation": int}, "activation expected a layer class or one of Tanh, ReLU"),
        ({"activation": Half()}, "activation expected a layer class or one of Tanh, ReLU"),
    ],
)
def test_what_is_no_network_loss_or_activation_is_told(own, said):
    with pytest.raises(ArgumentError, match=said):
        Experiment(**own).build()


def test_both_dials_turn_during_a_run_and_before_it_they_set_it_up():
    book = RunComparison(Experiment(hidden=(4,), learning_rate=0.1))
    book.choose(learning_rate=0.7)
    book.choose(batch_size=None)
    assert (book.experiment.learning_rate, book.experiment.batch_size, book.session.changes) == (0.7, None, [])
    book.session.step(2)
    book.choose(learning_rate=0.3)
    assert book.session.changes == [(2, "learning_rate", 0.3)]
    book.reset()
    assert (book.session.steps, book.experiment.learning_rate, book.session.changes) == (0, 0.3, [])


def test_reset_with_the_same_seed_gives_the_same_losses():
    book = RunComparison(Experiment(hidden=(4,)))
    first = book.session.epoch(2).history
    book.reset()
    assert book.session.epoch(2).history == first
    book.choose(seed=1)
    assert book.session.epoch(2).history != first


def test_another_network_or_data_begins_a_new_run_and_keeps_the_dials():
    book = RunComparison(Experiment(hidden=(4,), learning_rate=0.1))
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
    book = RunComparison(Experiment(hidden=(4,)))
    session = book.session.step(3)
    for choice in ({"hidden": (0,)}, {"hidden": (999,)}, {"data": "suns"}, {"activation": "Step"}, {"seed": -1}):
        with pytest.raises(ArgumentError):
            book.choose(**choice)
        assert book.session is session
    with pytest.raises(ArgumentError, match="one of moons, circles"):
        Experiment("suns")


def test_pinned_runs_keep_their_numbers_and_get_names_of_their_own():
    book = RunComparison(Experiment(hidden=(4,), learning_rate=0.5))
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
    book = RunComparison(Experiment(hidden=(4,), learning_rate=0.5))
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
    book = RunComparison(Experiment(hidden=(4,)))
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
    ("losses", "unseen", "word", "words"),
    [
        ([], [], "ready", "Nothing is trained yet"),
        ([1.0, 0.9], [], "begun", "The loss went from 1 to 0.9 in 2 updates"),
        ([0.5, 2.2e8], [], "growing", "has grown from 0.5 to 2.2e8"),
        ([1, 2, 4, 8], [], "growing", "has grown from 1 to 8"),
        ([1, 0.2, 0.1, 0.5, 0.9], [], "growing", "has grown from 0.1 to 0.9"),
        ([1, 0.8, 0.6, 0.5, 0.4, 0.3], [], "falling", "falls by 21% an epoch"),
        ([1, 0.9, 0.5, 0.7, 0.5, 0.7, 0.5, 0.7], [], "jumping", "jumps between 0.5 and 0.7"),
        ([0.7, 0.699, 0.698, 0.697, 0.697], [], "stuck", "hardly moves"),
        ([1, 0.5, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2], [], "plateau", "has stayed near 0.2 for 6 epochs; it began at 1"),
        (
            [1, 0.5, 0.4, 0.3, 0.2, 0.1, 0.09],
            [1, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
            "overfitting",
            "The unseen loss was lowest after epoch 2 (0.5) and is 1 now, while the training loss fell to 0.09.",
        ),
    ],
)
def test_the_verdict_is_computed(losses, unseen, word, words):
    assert word in verdict(history(losses, unseen), 0.5).word
    assert words in verdict(history(losses, unseen), 0.5).sentence


def test_where_both_losses_jump_it_is_not_called_overfitting():
    losses = [0.3, 0.2, 0.13, 0.09, 0.12, 0.08, 0.11, 0.08, 0.095]
    unseen = [0.3, 0.2, 0.082, 0.10, 0.09, 0.095, 0.09, 0.085, 0.097]
    assert verdict(history(losses, unseen), 0.5).word == "jumping"


def test_the_verdict_speaks_of_the_place_where_the_session_stands():
    book = RunComparison(Experiment(hidden=(4,)))
    book.session.epoch(3)
    book.session.rewind(1)
    assert book.verdict().sentence == f"The loss went from {book.session.history.step_loss[0]:.3g} to " + (
        f"{book.session.history.epoch_loss[0]:.3g} in 7 updates."
    )
    book.session.rewind(0)
    assert book.verdict().word == "ready"


def test_a_run_that_diverges_is_explained():
    book = RunComparison(Experiment("sine", hidden=(8,), activation="ReLU", learning_rate=10.0))
    book.session.epoch(50)
    assert "no longer a finite number" in book.verdict().sentence
    assert book.verdict().word == "diverged"
    assert book.table()[-1]["loss"] == "diverged"
    book.choose(learning_rate=0.01)
    book.reset()
    assert book.session.epoch(3).diverged is None
