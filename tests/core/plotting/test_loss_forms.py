"""plot_loss reads the Python objects in which people keep losses, and asks where there are two readings."""
# ruff: noqa: E501 - a message stands in one line

from types import SimpleNamespace

import numpy as np
import pytest

from bplearn import History
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting import alt_text, plot_loss
from tests.core.plotting.drawn import advised, drawn, lines_of

NAN = float("nan")
BOTH = {"training": [[1, 2], [0.9, 0.5]], "validation": [[1, 2], [0.8, 0.6]]}


@pytest.mark.parametrize(
    "log",
    [
        {"train": {"loss": [0.9, 0.5], "acc": [0.1, 0.2]}, "val": {"loss": [0.8, 0.6], "acc": [0.1, 0.2]}},
        {"loss": {"train": [0.9, 0.5], "valid": [0.8, 0.6]}},
        [{"train": {"loss": 0.9}, "val": {"loss": 0.8}}, {"train": {"loss": 0.5}, "val": {"loss": 0.6}}],
        {1: {"loss": 0.9, "val_loss": 0.8}, 2: {"loss": 0.5, "val_loss": 0.6}},
        {"loss": {"1": 0.9, "2": 0.5}, "val_loss": {"1": 0.8, "2": 0.6}},
        [(1, 0.9, 0.8), (2, 0.5, 0.6)],
        [[0, 0.9, 0.8], [1, 0.5, 0.6]],
        np.array([[1, 0.9, 0.8], [2, 0.5, 0.6]]),
        np.array([(1, 0.9, 0.8), (2, 0.5, 0.6)], dtype=[("epoch", int), ("train_loss", float), ("test_loss", float)]),
        {"trainloss": [0.9, 0.5], "valloss": [0.8, 0.6]},
        {"Loss/train": [0.9, 0.5], "Loss/val": [0.8, 0.6], "name": "a run", "params": {"lr": 0.1}},
        {"epoch": ["1/2", "2/2"], "loss": [0.9, 0.5], "val_loss": [0.8, 0.6]},
        SimpleNamespace(history={"loss": [0.9, 0.5], "val_loss": [0.8, 0.6]}, epoch=[0, 1], params={}),
        SimpleNamespace(metric_names=["epoch", "train_loss", "valid_loss", "time"], values=[[0.9, 0.8], [0.5, 0.6]]),
        iter([{"loss": 0.9, "val_loss": 0.8}, {"loss": 0.5, "val_loss": 0.6}]),
    ],
)
def test_training_and_validation_by_epoch(log):
    assert drawn(log, by="epoch") == BOTH


@pytest.mark.parametrize(
    ("log", "places"),
    [
        ([(0.0, 0.9), (1.0, 0.5)], [0, 1]),
        ([(0.25, 0.9), (0.5, 0.7), (0.75, 0.5)], [0.25, 0.5, 0.75]),
        ({100: 0.9, 200: 0.5}, [100, 200]),
        (zip((5, 10), (0.9, 0.5), strict=True), [5, 10]),
        ({"training_step": [100, 200], "loss": [0.9, 0.5]}, [100, 200]),
        ({"train_batch": [10, 20], "train_loss": [0.9, 0.5]}, [10, 20]),
        ({"train_epoch": [3, 4], "train": [0.9, 0.5]}, [3, 4]),
        ({"global_iter": [7, 9], "loss": [0.9, 0.5], "step_time": [1, 1]}, [7, 9]),
        (SimpleNamespace(loss_curve_=[0.9, 0.5]), [1, 2]),
        (np.array([[0.9], [0.5]]), [1, 2]),
        ([(0.9,), (0.7,), (0.5,)], [1, 2, 3]),
        (np.ma.masked_equal([0.9, -1, 0.5], -1), [1, 3]),
        ([0.9, None, 0.5], [1, 3]),
        ({"epoch": [4, 5], "loss": [0.9, 0.5]}, [4, 5]),
    ],
)
def test_places_of_one_loss(log, places):
    found = drawn(log)["training"]
    assert found[0] == places
    assert (found[1][0], found[1][-1]) == (0.9, 0.5)


def test_validation_stands_at_its_own_counter():
    trainer = [
        {"loss": 0.9, "learning_rate": 5e-5, "epoch": 0.5, "step": 5},
        {"loss": 0.8, "learning_rate": 4e-5, "epoch": 1.0, "step": 10},
        {"eval_loss": 0.7, "eval_runtime": 1.2, "eval_steps_per_second": 3.0, "epoch": 1.0, "step": 10},
        {"loss": 0.6, "learning_rate": 3e-5, "epoch": 1.5, "step": 15},
        {"eval_loss": 0.65, "epoch": 1.5, "step": 15},
        {"train_runtime": 3.0, "train_loss": 0.77, "total_flos": 1e9, "epoch": 1.5, "step": 15},
    ]
    for log in (trainer, SimpleNamespace(state=SimpleNamespace(log_history=trainer)), {"log_history": trainer}):
        assert drawn(log) == {"training": [[5, 10, 15], [0.9, 0.8, 0.6]], "validation": [[10, 15], [0.7, 0.65]]}
        ax = plot_loss(log, by="epoch")
        assert lines_of(ax)["training"][0] == [0.5, 1.0, 1.5]
        assert "Best epoch 1.5 of 1.5, validation loss 0.65." in alt_text(ax)
        assert "best: epoch 1.5" in {text.get_text() for text in ax.texts}
    split = {"train_loss": [4, 3, 2, 1], "val_loss": [3, 2], "val_epoch": [2, 4]}
    assert drawn(split) == {"training": [[1, 2, 3, 4], [4, 3, 2, 1]], "validation": [[2, 4], [3, 2]]}


def test_a_counter_of_all_rows_counts_for_all_series():
    log = {
        "_step": [0, 1, 2, 3],
        "train/global_step": [10, 20, 20, 30],
        "train/loss": [0.9, 0.8, None, 0.7],
        "eval/loss": [None, None, 0.85, None],
    }
    assert drawn(log) == {"training": [[10, 20, 30], [0.9, 0.8, 0.7]], "validation": [[20], [0.85]]}


@pytest.mark.parametrize("empty", [[], None, [None, None], np.array([])])
def test_an_empty_series_is_left_out(empty):
    assert drawn({"loss": [0.9, 0.5], "val_loss": empty, "accuracy": empty}) == {"training": BOTH["training"]}


def test_a_resumed_training_is_counted_on_and_it_is_told():
    log = {"epoch": [0, 1, 0, 1, 2], "loss": [5, 4, 3, 2, 1], "val_loss": [5, 4, 3, 2, 2.5]}
    ax = plot_loss(log)
    assert lines_of(ax) == {
        "training": [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]],
        "validation": [[1, 2, 3, 4, 5], [5, 4, 3, 2, 2.5]],
    }
    assert "Epoch starts again: counted on." in alt_text(ax)
    assert ax.get_title(loc="right") == "epoch starts again: counted on"
    three = {"step": [10, 20, 10, 20, 10, 20], "loss": [6, 5, 4, 3, 2, 1]}
    assert drawn(three)["training"] == [[10, 20, 30, 40, 50, 60], [6, 5, 4, 3, 2, 1]]


def test_a_training_resumed_from_a_checkpoint_replaces_what_was_done_again():
    ax = plot_loss({"epoch": [1, 2, 3, 4, 3, 4, 5], "loss": [7, 6, 5, 4, 4.5, 3, 2]})
    assert lines_of(ax)["training"] == [[1, 2, 3, 4, 5], [7, 6, 4.5, 3, 2]]
    assert "goes back to 3" in alt_text(ax)
    again = {"epoch": [1, 2, 2, 3, 4], "loss": [5, 4, 3.5, 3, 2]}
    assert drawn(again)["training"] == [[1, 2, 3, 4], [5, 3.5, 3, 2]]


@pytest.mark.parametrize(
    ("epoch", "batch", "steps"),
    [
        ([0, 0, 0, 1, 1, 1], [0, 100, 200, 0, 100, 200], [0, 100, 200, 300, 400, 500]),
        ([1, 1, 1, 2, 2, 2], [1, 2, 3, 1, 2, 3], [1, 2, 3, 4, 5, 6]),
        ([1, 2, 3, 4, 5, 6], [50] * 6, [50, 100, 150, 200, 250, 300]),
        ([0, 0, 0, 1, 1, 1], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_batch_counter_that_starts_again_each_epoch_is_counted_on(epoch, batch, steps):
    loss = [6.0, 5, 4, 3, 2, 1]
    for log in ({"epoch": epoch, "batch": batch, "loss": loss}, list(zip(epoch, batch, loss, strict=True))):
        assert drawn(log, by="step")["training"] == [steps, loss]
    if len(set(epoch)) == 2:
        assert drawn(log, by="epoch")["training"][1] == [5, 2]
    if steps != batch:
        assert "batch starts again" in alt_text(plot_loss(log)).lower()


def test_rows_out_of_order_are_sorted():
    assert drawn({"epoch": [3, 2, 1], "loss": [1, 2, 3]})["training"] == [[1, 2, 3], [3, 2, 1]]
    shuffled = {"step": [10, 20, 40, 30, 50], "loss": [5, 4, 2, 3, 1]}
    assert drawn(shuffled)["training"] == [[10, 20, 30, 40, 50], [5, 4, 3, 2, 1]]


# several losses, runs and measures


def test_losses_of_several_names():
    gan = {"iter": [1, 2], "D_loss": [0.7, 0.6], "G_loss": [0.8, 1.2], "D(x)": [0.5, 0.6]}
    assert drawn(gan) == {"D_loss": [[1, 2], [0.7, 0.6]], "G_loss": [[1, 2], [0.8, 1.2]]}
    assert drawn(gan, columns=["G_loss"]) == {"G_loss": [[1, 2], [0.8, 1.2]]}
    assert drawn(gan, columns=["D(x)", "D_loss"])["D(x)"][1] == [0.5, 0.6]
    assert drawn(gan, columns={"G_loss": "loss", "D_loss": "val_loss"})["training"][1] == [0.8, 1.2]
    assert "Also in the log: D(x)." in alt_text(plot_loss(gan))
    boosting = {"validation_0": {"logloss": [0.6, 0.4]}, "validation_1": {"logloss": [0.65, 0.5]}}
    assert drawn(SimpleNamespace(evals_result_=boosting))["validation_1/logloss"][1] == [0.65, 0.5]
    parts = {"total_loss": [2.0, 1.0], "loss_cls": [1.5, 0.6], "loss_box": [0.5, 0.4], "iteration": [19, 39]}
    ax = plot_loss(parts)
    assert lines_of(ax) == {"training": [[19, 39], [2, 1]]}
    assert "Also in the log: loss_cls, loss_box." in alt_text(ax)


def test_training_validation_and_test():
    three = {"train_loss": [3, 1], "val_loss": [3, 2], "test_loss": [4, 3]}
    assert {name: values for name, (_, values) in drawn(three).items()} == {
        "training": [3, 1], "validation": [3, 2], "test": [4, 3],
    }  # fmt: skip


def test_several_runs_keep_their_names():
    runs = {"lr 0.1": [0.9, 0.5], "lr 0.01": [0.9, 0.7, 0.6]}
    for several in (runs, list(runs.items()), [("lr 0.1", np.array([0.9, 0.5])), ("lr 0.01", (0.9, 0.7, 0.6))]):
        assert {name: values for name, (_, values) in drawn(several).items()} == runs
    assert set(drawn({"train 1": [1, 2], "train 2": [2, 3, 4]})) == {"train 1", "train 2"}
    rows = [{"model": "a", "epoch": 1, "loss": 3.0}, {"model": "a", "epoch": 2, "loss": 2.0}]
    rows += [{"model": "b", "epoch": 1, "loss": 5.0}, {"model": "b", "epoch": 2, "loss": 4.0}]
    assert drawn(rows) == {"a": [[1, 2], [3, 2]], "b": [[1, 2], [5, 4]]}


def test_measures_stand_in_panels_of_their_own():
    log = {"loss": [3, 2], "val_loss": [3, 2.5], "accuracy": [0.5, 0.7], "val_accuracy": [0.4, 0.6], "lr": [0.1, 0.01]}
    ax = plot_loss(log | {"f1": [0.1, 0.2]})
    top, accuracy, rate = ax.figure.axes
    assert top is ax
    assert lines_of(accuracy) == {"training": [[1, 2], [0.5, 0.7]], "validation": [[1, 2], [0.4, 0.6]]}
    assert lines_of(rate)["learning rate"][1] == [0.1, 0.01]
    assert "Accuracy by epoch. training: first 0.5" in alt_text(ax.figure)
    assert "Also in the log: f1." in alt_text(ax)
    assert len(plot_loss(log, metrics=False).figure.axes) == 1
    asked = plot_loss(log | {"f1": [0.1, 0.2]}, metrics=["f1"]).figure.axes
    assert [axes.get_ylabel() for axes in asked] == ["loss", "f1"]
    assert len(plot_loss({"a": log, "b": log}).figure.axes[1].get_lines()) == 4
    record = History()
    record.add_step(0.5, samples=2)
    record.end_epoch(0.6, {"accuracy": 0.9})
    assert len(plot_loss(record).figure.axes) == 2


# where there are two readings, an error asks, and the line that it advises helps


@pytest.mark.parametrize(
    ("log", "said", "names"),
    [
        ([(0.9, 0.8), (0.7, 0.6), (0.5, 0.55)], "3 rows of 2 numbers", {"training", "validation"}),
        ([(1.5, 0.9, 0.8), (2.7, 0.7, 0.6), (2.9, 0.5, 0.4)], "3 rows of 3 numbers", {"training", "validation"}),
        (np.array([[0.9, 0.8], [0.7, 0.6]]), "an array of shape (2, 2)", {"training", "validation"}),
        ({"epoch": [1, 2, 3, 4], "loss": [4, 3, 2, 1], "val_loss": [3, 2]}, "as many values of 'val_loss'", {"training", "validation"}),
        ({"loss": [5, 4, 3, 2, 1], "val_loss": [3, 2]}, "'val_loss' as of 'loss' (5), got 2", {"training", "validation"}),
        ({"step": [10, 20, 30, 40], "train_loss": [4, 3, 2, 1], "test_loss": [3, 2]}, "'test_step': [20, 40]", {"training", "validation"}),
        ({"epoch": [1, 2, 3], "d_loss": [3, 2, 1], "g_loss": [1, 2]}, "'g_loss'", {"d_loss", "g_loss"}),
        ([(1, 0.9, 0.5), (2, 0.8, 0.6)], "if it is an accuracy", {"training", "validation"}),
        ([(1, 2.5, 0.5, 2.4, 0.4), (2, 1.5, 0.6, 1.4, 0.5)], "2 rows of 5 numbers", {"training", "validation"}),
        ({"loss": [0.9, 0.8], "val_loss": [0.9]}, "'val_epoch': [2]", {"training", "validation"}),
        ({"epoch": [1, 2], "reward": [0.1, 0.5]}, "Rename the column to loss. Or say which", {"reward"}),
        ({f"loss_{i}": [2, 1] for i in range(12)}, "at most 8 losses, got 12", {"loss_0", "loss_1"}),
    ],
)  # fmt: skip
def test_two_readings_are_asked_about(log, said, names, message):
    text = message(DataError, plot_loss, log)
    assert said in text
    calls = list(advised(text))
    assert calls, text
    assert set(lines_of(eval(calls[0], {"plot_loss": plot_loss, "losses": log}))) == names
    for call in calls[1:]:
        eval(call, {"plot_loss": plot_loss, "losses": log})


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        (({"train": [1, 2, 3], "val": [0.9, 0.8, 0.7]},), {}, DataError, "got a counter (1, 2, 3, ...)"),
        (({"loss": [1, 2]},), {"columns": ["los"]}, ArgumentError, "names out of 'loss', got 'los'."),
        (({"loss": [1, 2]},), {"columns": "loss"}, ArgumentError, "columns expected a list of names"),
        (([(1, 2.5), (2, 1.5)],), {"columns": ["a"]}, ArgumentError, "2 different names, one for each number of a row"),
        (
            ({"loss": [1, 2], "f1": [0, 1]},),
            {"metrics": ["f2"]},
            ArgumentError,
            "metrics expected names out of 'f1', got 'f2'.",
        ),
        (([1, 2],), {"decimal": ";"}, ArgumentError, "decimal expected '.' or ','"),
        (({"loss": [NAN, NAN], "accuracy": [0.1, 0.1]},), {}, DataError, "got only nan or inf"),
    ],
)
def test_errors(arguments, options, error, words, message):
    assert words in message(error, plot_loss, *arguments, **options)


def test_a_loss_without_a_place_on_the_axis_is_told():
    rows = [{"step": 10, "loss": 3}, {"step": 20, "loss": 2}, {"epoch": 1, "val_loss": 4}]
    ax = plot_loss(rows)
    assert set(lines_of(ax)) == {"training"}
    assert "Not drawn by step: validation." in alt_text(ax)
    assert ax.get_title(loc="right") == "not drawn by step: validation"


def test_metrics_need_a_figure_of_their_own(message):
    ax = plot_loss([2, 1])
    assert "Leave out ax." in message(ArgumentError, plot_loss, {"loss": [2, 1], "acc": [0, 1]}, metrics=["acc"], ax=ax)
    plot_loss({"loss": [2, 1], "acc": [0, 1]}, ax=ax)
    assert "Also in the log: acc." in alt_text(ax)
