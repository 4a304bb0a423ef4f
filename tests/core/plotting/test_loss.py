"""plot_loss: what is drawn are the numbers that were given, in whatever form they came."""
# ruff: noqa: E501 - a message stands in one line

from types import SimpleNamespace

import numpy as np
import pytest

from bplearn import SGD, HalfSquaredError, History, TrainingDiverged, fit, mlp
from bplearn.errors import ArgumentError, DataError, FileFormatError
from bplearn.plotting import alt_text, plot_loss
from bplearn.plotting.line_labels import move_apart
from bplearn.plotting.loss_lines import moving_average
from bplearn.plotting.style import DASHED


def line(ax, label):
    return next(line for line in ax.lines if line.get_label() == label)


def drawn(ax, label="training"):
    return [list(map(float, values)) for values in line(ax, label).get_data()]


def history(validation=True):
    record = History()
    for epoch in range(3):
        for loss in (0.9, 0.7):
            record.add_step(loss / (epoch + 1), samples=10)
        record.end_epoch([0.8, 0.3, 0.5][epoch] if validation else None)
    return record


def test_history_by_step_epoch_and_samples():
    record = history()
    assert drawn(plot_loss(record)) == [[1, 2, 3, 4, 5, 6], record.step_loss]
    assert drawn(plot_loss(record, by="samples")) == [[10, 20, 30, 40, 50, 60], record.step_loss]
    assert drawn(plot_loss(record, by="epoch")) == [[1, 2, 3], record.epoch_loss]


def test_validation_stands_where_its_epoch_ended_and_differs_by_dash():
    ax = plot_loss(history())
    assert drawn(ax, "validation") == [[2, 4, 6], [0.8, 0.3, 0.5]]
    assert line(ax, "validation")._unscaled_dash_pattern == DASHED
    assert line(ax, "training").get_linestyle() == "-"
    assert drawn(plot_loss(history(), by="samples"), "validation")[0] == [20, 40, 60]


def test_best_epoch_is_ringed_and_named():
    ax = plot_loss(history())
    assert drawn(ax, "_best") == [[4], [0.3]]
    assert "best: epoch 2" in [text.get_text() for text in ax.texts]
    assert "Best epoch 2 of 3, validation loss 0.3." in alt_text(ax)
    assert drawn(plot_loss(history(validation=False), by="epoch"), "_best")[0] == [3]


def test_alt_text_says_the_numbers():
    words = alt_text(plot_loss([0.9, 0.25, 0.5]))
    assert words == "Loss by step. training: first 0.9, last 0.5 at step 3, lowest 0.25 at step 2."
    assert alt_text(plot_loss(history(), by="samples")).startswith(
        "Loss by sample. training: first 0.9, last 0.2333 at 60"
    )


def test_a_second_curve_adds_to_the_alt_text_and_clear_forgets_it():
    ax = plot_loss([3, 2])
    plot_loss([5, 4], ax=ax)
    assert "first 3" in alt_text(ax)
    assert "first 5" in alt_text(ax)
    ax.clear()
    assert alt_text(ax) == ""


@pytest.mark.parametrize(
    "record",
    [
        {"loss": [0.9, 0.5], "val_loss": [0.8, 0.6], "accuracy": [0.1, 0.2], "val_accuracy": [0.1, 0.2]},
        {"train_loss": [0.9, 0.5], "valid_loss": [0.8, 0.6], "lr": [1, 1]},
        {"train": [0.9, 0.5], "val": [0.8, 0.6]},
        {"trainLoss": np.array([0.9, 0.5]), "testLoss": (0.8, 0.6)},
        {"train_losses": [0.9, 0.5], "val_losses": [0.8, 0.6]},
        SimpleNamespace(history={"loss": [0.9, 0.5], "val_loss": [0.8, 0.6]}, epoch=[0, 1]),
        {"epoch": [0, 1], "loss": [0.9, 0.5], "val_loss": [0.8, 0.6]},
    ],
)
def test_dicts_as_others_keep_them(record):
    ax = plot_loss(record)
    assert drawn(ax) == [[1, 2], [0.9, 0.5]]
    assert drawn(ax, "validation") == [[1, 2], [0.8, 0.6]]
    assert ax.get_xlabel() == "epoch"
    assert len([line for line in ax.lines if not line.get_label().startswith("_")]) == 2


def test_a_dict_with_a_loss_for_each_step_and_a_validation_loss_for_each_epoch():
    record = {"train_loss": [4, 2, 3, 1], "val_loss": [2.5, 1.5]}
    ax = plot_loss(record)
    assert drawn(ax) == [[1, 2, 3, 4], [4, 2, 3, 1]]
    assert drawn(ax, "validation") == [[2, 4], [2.5, 1.5]]
    assert drawn(plot_loss(record, by="epoch")) == [[1, 2], [3, 2]]


@pytest.mark.parametrize(
    "losses", [[0.9, 0.5], (0.9, 0.5), np.array([0.9, 0.5], dtype=np.float32), [np.float64(0.9), 0.5]]
)
def test_lists_and_arrays(losses):
    np.testing.assert_allclose(drawn(plot_loss(losses)), [[1, 2], [0.9, 0.5]], rtol=1e-6)


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([(0, 0.9), (10, 0.5)], [0, 10]),
        (list(enumerate([0.9, 0.5])), [0, 1]),
        ([[1, 0.9], [2, 0.5]], [1, 2]),
        ([{"loss": 0.9}, {"loss": 0.5}], [1, 2]),
        ([{"epoch": 1, "loss": 0.9, "lr": 0.1}, {"epoch": 2, "loss": 0.5}], [1, 2]),
    ],
)
def test_rows_as_a_loop_writes_them_down(rows, places):
    ax = plot_loss(rows)
    assert drawn(ax) == [places, [0.9, 0.5]]
    assert [line.get_label() for line in ax.lines if not line.get_label().startswith("_")] == ["training"]


def test_two_runs_of_two_losses_stay_two_runs():
    ax = plot_loss([[0.9, 0.5], [1.9, 0.6]])
    assert drawn(ax, "run 1")[1] == [0.9, 0.5]
    assert drawn(ax, "run 2")[1] == [1.9, 0.6]


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (["2.3", "1.2"], "plot_loss expected numbers, got text such as '2.3'. Write plot_loss([float(value) for value in losses])."),
        (["2,3"], "got text such as '2,3'. Write plot_loss([float(value.replace(',', '.')) for value in losses])."),
        (np.ones((3, 2)), "plot_loss expected losses in one row, got an array of shape (3, 2). Pass one column, such as losses[:, 1]"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_numbers_is_named(message, losses, said):
    assert said in message(DataError, plot_loss, losses)


def test_several_histories_in_every_way():
    first, second = [0.9, 0.5], [0.8, 0.2]
    for ax in (
        plot_loss({"SGD": first, "Adam": second}),
        plot_loss(first, second, labels=["SGD", "Adam"]),
        plot_loss([first, second], labels=["SGD", "Adam"]),
        plot_loss([{"loss": first}, {"loss": second}], labels=["SGD", "Adam"]),
    ):
        assert drawn(ax, "SGD")[1] == first
        assert drawn(ax, "Adam")[1] == second
        names = {text.get_text() for text in ax.texts}
        assert {"SGD: 0.5", "Adam: 0.2"} <= names
        assert line(ax, "SGD").get_color() != line(ax, "Adam").get_color()
    assert drawn(plot_loss(history(), history(False)), "run 2")[1] == history().step_loss
    assert drawn(plot_loss({"a": history(), "b": {"loss": [1, 2, 3]}}), "b")[0] == [1, 2, 3]


def test_names_of_curves_that_end_early_do_not_overlap():
    long, short = {"step": [1, 100], "loss": [0.5, 0.4]}, {"step": [1, 20], "loss": [0.5, 0.4]}
    ax = plot_loss({"long": long, "one": short, "two": short})
    aside = {text.get_text(): text.xyann for text in ax.texts}
    assert abs(aside["one: 0.4"][1] - aside["two: 0.4"][1]) >= 12  # points, a line of words
    assert aside["long: 0.4"][0] > 1  # at the margin, as a share of the axes


# files


def test_our_own_csv(tmp_path):
    record = history()
    record.to_csv(tmp_path / "run.csv")
    ax = plot_loss(str(tmp_path / "run.csv"))
    assert drawn(ax, "run training") == [[1, 2, 3, 4, 5, 6], record.step_loss]
    assert drawn(ax, "run validation") == [[2, 4, 6], record.validation_loss]


BOTH = [[1, 2], [0.9, 0.5]], [[1, 2], [0.8, 0.6]]
LIGHTNING = "step,epoch,train_loss,val_loss\n9,0,0.9,\n9,0,,0.8\n19,1,0.5,\n19,1,,0.6\n"


@pytest.mark.parametrize(
    ("text", "training", "validation", "unit"),
    [
        ("epoch,accuracy,loss,val_loss\n0,.1,0.9,0.8\n1,.2,0.5,0.6\n", *BOTH, "epoch"),
        ("epoch;Train Loss;Valid Loss\n1;0.9;0.8\n2;0.5;0.6\n", *BOTH, "epoch"),
        (LIGHTNING, [[9, 19], [0.9, 0.5]], [[9, 19], [0.8, 0.6]], "step (one update)"),
        ("Wall time,Step,Value\n1.5,10,0.9\n2.5,20,0.5\n", [[10, 20], [0.9, 0.5]], None, "step (one update)"),
        ("loss\n0.9\n0.5\n", [[1, 2], [0.9, 0.5]], None, "epoch"),
    ],
)
def test_csv_files_of_others(tmp_path, text, training, validation, unit):
    path = tmp_path / "log.csv"
    path.write_text(text)
    ax = plot_loss(path)
    assert drawn(ax, "log training") == training
    assert ax.get_xlabel() == unit
    if validation is not None:
        assert drawn(ax, "log validation") == validation


def test_csv_with_several_steps_an_epoch_gives_means_by_epoch(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("epoch,loss\n0,4\n0,2\n1,3\n1,1\n")
    assert drawn(plot_loss(path, by="epoch"), "log training") == [[1, 2], [3, 2]]
    assert drawn(plot_loss(path), "log training") == [[1, 2, 3, 4], [4, 2, 3, 1]]


def test_csv_errors_name_the_columns_or_the_cell(tmp_path, message):
    path = tmp_path / "log.csv"
    path.write_text("a,b\n1,2\n")
    assert "got a, b. Rename the column to loss." in message(FileFormatError, plot_loss, path)
    path.write_text("loss\n0.9\nhello\n")
    assert "row 3, column 'loss', expected a number, got 'hello'." in message(FileFormatError, plot_loss, path)
    path.write_text("epoch;loss\n1;2,3\n")
    assert message(FileFormatError, plot_loss, path).endswith("expected a number, got '2,3'. Write 2.3 with a point.")
    path.write_text("")
    assert "got an empty file" in message(FileFormatError, plot_loss, path)
    path.write_text("epoch,loss\n")
    assert "at least one loss" in message(DataError, plot_loss, path)
    path.write_bytes(b"\xff\xfe\x00\x81")
    assert "not text" in message(FileFormatError, plot_loss, path)
    assert "none.csv') expected a CSV file there, got none. Paths start at the folder" in message(
        DataError, plot_loss, tmp_path / "none.csv"
    )
    assert "expected a CSV file that can be read, got Is a directory." in message(DataError, plot_loss, tmp_path)


# options


def test_smoothing_draws_raw_faint_and_the_average_on_top():
    noisy = np.random.default_rng(0).random(100) + 1
    ax = plot_loss(noisy, smooth=11)
    assert drawn(ax, "_raw")[1] == list(noisy)
    assert line(ax, "_raw").get_alpha() < 0.5
    inner = [noisy[i - 5 : i + 6].mean() for i in range(5, 95)]
    np.testing.assert_allclose(drawn(ax)[1][5:95], inner)
    assert drawn(plot_loss(noisy, smooth=False))[1] == list(noisy)
    assert len(plot_loss(noisy).lines) == 2  # chosen by itself for long curves
    assert len(plot_loss(noisy[:20]).lines) == 1


def test_moving_average_keeps_the_start_and_averages_the_end():
    np.testing.assert_allclose(moving_average(np.array([9.0, 3, 3, 3, 9]), 3), [9, 5, 3, 5, 6])
    np.testing.assert_allclose(moving_average(np.array([2.0]), 5), [2])


def test_log_axis():
    ax = plot_loss([1.0, 0.1, 0.0], log=True)
    assert ax.get_yscale() == "log"
    assert ax.get_ylabel() == "loss (log scale)"
    assert 0 < ax.get_ylim()[0] < 0.1
    assert plot_loss([1.0, 0.1]).get_yscale() == "linear"


def test_a_loss_that_is_never_finite_again_ends_the_line_with_a_cross():
    ax = plot_loss([2.0, 1.5, float("nan"), float("inf")])
    assert drawn(ax) == [[1, 2], [2.0, 1.5]]
    assert drawn(ax, "_cut") == [[2], [1.5]]
    assert line(ax, "_cut").get_marker() == "X"
    assert any("not finite from step 3 on" in text.get_text() for text in ax.texts)
    assert alt_text(ax).endswith("no longer finite from step 3 on.")


def test_an_exploding_loss_does_not_flatten_the_others():
    ax = plot_loss([2.0, 5.0, 1e9, 1e200, float("inf")], [2.0, 1.0, 0.5, 0.4])
    assert ax.get_ylim()[1] < 20
    assert drawn(ax, "run 1") == [[1, 2, 3], [2, 5, 10]]
    assert any("run 1: above 10 from step 3 on" in text.get_text() for text in ax.texts)
    assert "last 1e200 at step 4" in alt_text(ax)


def test_a_diverged_training_can_be_drawn_from_its_error():
    with pytest.raises(TrainingDiverged) as caught:
        fit(mlp(1, 1, rng=0), [[1.0], [2.0]], [[2.0], [4.0]], loss=HalfSquaredError(), optimizer=SGD(1e30), epochs=50,
            batch_size=1, rng=0, progress=False)  # fmt: skip
    ax = plot_loss(caught.value)
    ax.figure.canvas.draw()
    assert "first" in alt_text(ax)


def test_a_single_loss_is_a_dot():
    ax = plot_loss([0.5])
    assert line(ax, "training").get_marker() == "o"
    assert list(ax.get_xticks()) == [1]
    assert alt_text(ax) == "Loss by step. training: 0.5 at step 1."


def test_without_room_for_names_there_is_a_legend():
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 2)
    ax = plot_loss(history(), ax=axes[0])
    assert ax is axes[0]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]
    assert plot_loss(history()).get_legend() is None


def test_names_are_moved_apart():
    np.testing.assert_allclose(move_apart(np.array([0.5, 0.2, 0.5]), 0.1), [0.45, 0.2, 0.55])
    many = move_apart(np.array([0.0, 0.0, 0.01]), 0.1)
    assert (np.diff(many) >= 0.1 - 1e-6).all()
    assert many.min() >= 0


def test_more_runs_than_colors_differ_by_dash():
    ax = plot_loss({f"run {i}": [1, i + 1] for i in range(10)})
    assert line(ax, "run 0").get_color() == line(ax, "run 8").get_color()
    assert line(ax, "run 0").get_linestyle() != line(ax, "run 8").get_linestyle()


@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((), {}, DataError, "plot_loss expected at least one history, got none."),
        (([],), {}, DataError, "plot_loss expected at least one loss, got an empty list."),
        ((History(),), {}, DataError, "got an empty History. Was anything trained yet?"),
        (({},), {}, DataError, "got no columns"),
        (({"loss": [], "val_loss": []},), {}, DataError, "'loss', expected at least one loss"),
        (({"accuracy": [1], "lr": [2]},), {}, DataError, "got accuracy, lr. Rename the column to loss."),
        ((["a", "b"],), {}, DataError, "plot_loss, history 1, 'a' expected a CSV file there"),
        (([1.0, None, "x"],), {}, DataError, "one number for each loss"),
        ((3.5,), {}, DataError, "plot_loss expected losses, got 3.5."),
        (([1, 2], [2, "x"]), {}, DataError, "plot_loss, history 2, expected one number"),
        (([1, 2],), {"by": "batch"}, ArgumentError, "by expected 'step', 'epoch' or 'samples', got 'batch'."),
        (([1, 2],), {"by": "samples"}, ArgumentError, "got one that knows only: step, epoch. Write by='step'."),
        (([1, 2],), {"smooth": -1}, ArgumentError, "smooth expected a whole number of at least 0"),
        (([1, 2],), {"smooth": 1.5}, ArgumentError, "got 1.5"),
        (([1, 2],), {"labels": ["a", "b"]}, ArgumentError, "one for each of the 1 histories, got 2: a, b."),
        (([1, 2],), {"labels": "a"}, ArgumentError, "labels expected a list of names"),
        (([float("nan")],), {}, DataError, "plot_loss expected a finite loss, got only nan or inf."),
        (([0.0, -1.0],), {"log": True}, DataError, "plot_loss(log=True) expected losses above 0, got none."),
        (([1, 2],), {"ax": [1]}, ArgumentError, "ax expected matplotlib axes, got a list. With several axes"),
    ],
)
def test_errors(arguments, options, error, words, message):
    assert words in message(error, plot_loss, *arguments, **options)
