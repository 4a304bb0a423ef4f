"""plot_loss reads the files that trainers, loggers and spreadsheets write, and asks where a cell has two readings."""
# ruff: noqa: E501 - a message stands in one line

import json

import numpy as np
import pytest

from bplearn import History
from bplearn.errors import FileFormatError
from bplearn.plotting import alt_text, plot_loss
from tests.core.plotting.drawn import advised, drawn, lines_of

BOTH = {"training": [[1, 2], [0.9, 0.5]], "validation": [[1, 2], [0.8, 0.6]]}


@pytest.fixture
def write(tmp_path):
    def written(text, name="log.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def curves(path, **options):
    """The lines of a file, without its name before theirs."""
    return {name.removeprefix(f"{path.stem} "): values for name, values in drawn(path, **options).items()}


@pytest.mark.parametrize(
    "text",
    [
        "epoch,phase,loss\n1,train,0.9\n1,val,0.8\n2,train,0.5\n2,val,0.6\n",
        "Split\tEpoch\tLoss\nTraining\t1\t0.9\nTraining\t2\t0.5\nValidation\t1\t0.8\nValidation\t2\t0.6\n",
        "mode;epoch;loss;acc\neval;1;0.8;\ntrain;1;0.9;.5\neval;2;0.6;\ntrain;2;0.5;.6\n",
        "epoch,is_train,loss\n0,True,0.9\n0,False,0.8\n1,True,0.5\n1,False,0.6\n",
        "epoch,metric,value\n1,train_loss,0.9\n1,val_loss,0.8\n2,train_loss,0.5\n2,val_loss,0.6\n",
        "step,tag,value\n1,loss/train,0.9\n2,loss/train,0.5\n1,loss/valid,0.8\n2,loss/valid,0.6\n",
        "epoch,train_loss,valid_loss,accuracy,time\n0,0.9,0.8,0.5,00:05\n1,0.5,0.6,0.6,00:05\n",
        "                  epoch,      train/loss,        val/loss,  metrics/mAP50(B)\n  1, 0.9, 0.8, .1\n  2, 0.5, 0.6, .2\n",
        ",epoch,loss,val_loss\n0,1,0.9,0.8\n1,2,0.5,0.6\n",
        "loss val_loss\n1 0.9 0.8\n2 0.5 0.6\n",
        "# epoch loss val_loss\n1.0e+00 9.0e-01 8.0e-01\n2.0e+00 5.0e-01 6.0e-01\n",
        "# lr=0.1\nepoch,loss,val_loss\n1,0.9,0.8\n\n2,0.5,0.6,\n",
        "1,0.9,0.8\n2,0.5,0.6\n",
        "epoch,loss,val_loss\n1,0.9,0.8\nepoch,loss,val_loss\n2,0.5,0.6\n",
        '"Step","Relative Time (Process)","run-a - train/loss","run-a - train/loss__MIN","run-a - val/loss"\n1,9,0.9,.9,0.8\n2,8,0.5,.5,0.6\n',
        '{"epoch": 1, "train_loss": 0.9, "test_loss": 0.8, "coco": [1, 2]}\n{"epoch": 2, "train_loss": 0.5, "test_loss": 0.6}\n',
        '{"loss": {"0": 0.9, "1": 0.5}, "val_loss": {"0": 0.8, "1": 0.6}}',
        '[{"epoch": 1, "loss": "0.9", "val_loss": 0.8}, {"epoch": 2, "loss": 0.5, "val_loss": 0.6}]',
        '{"args": {"lr": 0.1}, "history": {"loss": [0.9, 0.5], "val_loss": [0.8, 0.6]}}',
        '{"env": "cpu"}\n{"mode": "train", "epoch": 1, "iter": 1, "loss": 0.9}\n{"mode": "val", "epoch": 1, "iter": 1, "loss": 0.8}\n'
        '{"mode": "train", "epoch": 2, "iter": 2, "loss": 0.5}\n{"mode": "val", "epoch": 2, "iter": 2, "loss": 0.6}\n',
        '{"epoch": 1, "loss": 0.9, "val_loss": 0.8}\n{"epoch": 2, "loss": 0.5, "val_loss": 0.6}\n{"epoch": 3, "lo',
    ],
)  # fmt: skip
def test_training_and_validation(write, text):
    found = curves(write(text))
    assert {name.removeprefix("run-a "): values for name, values in found.items()} == BOTH


@pytest.mark.parametrize(
    ("text", "places", "losses"),
    [
        ("0.9\n0.8\n0.5\n", [1, 2, 3], [0.9, 0.8, 0.5]),
        ("9.000e-01\n8.000e-01\nnan\n5.000e-01\n", [1, 2, 3, 4], [0.9, 0.8, np.nan, 0.5]),
        ("step,loss\n1,0.9\n2,1.#QNAN\n3,-1.#IND\n4,0.5\n", [1, 2, 3, 4], [0.9, np.nan, np.nan, 0.5]),
        ("eval_step,loss\n10,0.9\n20,0.5\n", [10, 20], [0.9, 0.5]),
        ("0.9,0.8,0.7,0.5\n", [1, 2, 3, 4], [0.9, 0.8, 0.7, 0.5]),
        ("0.0 0.9\n1.0 0.5\n", [0, 1], [0.9, 0.5]),
        ("100;0.9\n200;0.5\n", [100, 200], [0.9, 0.5]),
        (",0\n0,0.9\n1,0.5\n", [1, 2], [0.9, 0.5]),
        ("training_step,loss\n100,0.9\n200,0.5\n", [100, 200], [0.9, 0.5]),
        ("val_epoch,val_batch,train_loss,val_time\n,,0.9,1\n,,0.5,1\n", [1, 2], [0.9, 0.5]),
        ("epoch,batch,loss\n0,0,.9\n0,50,.8\n1,0,.7\n1,50,.6\n", [0, 50, 100, 150], [0.9, 0.8, 0.7, 0.6]),
        ('step,loss\n"1,000",0.9\n"1,100",0.8\n"12,000",0.5\n', [1000, 1100, 12000], [0.9, 0.8, 0.5]),
        ("step;loss\n900;0.9\n1.000;0.8\n1.100;0.5\n", [900, 1000, 1100], [0.9, 0.8, 0.5]),
        ('epoch,loss\n1,"1,234.5"\n2,950.0\n', [1, 2], [1234.5, 950]),
        ("epoch;loss\n1;1 234.5\n2;950\n", [1, 2], [1234.5, 950]),
        ('epoch,loss\n1,"1,234,567"\n2,"999"\n', [1, 2], [1234567, 999]),
        ("[[1600000000.1, 10, 0.9], [1600000001.1, 20, 0.5]]", [10, 20], [0.9, 0.5]),
        ('{"iteration": 19, "total_loss": 0.9, "loss_cls": 0.5}\n{"iteration": 39, "total_loss": NaN}\n{"iteration": 59, "total_loss": 0.5}\n', [19, 39, 59], [0.9, np.nan, 0.5]),
        ("[0.9, 0.5]", [1, 2], [0.9, 0.5]),
    ],
)  # fmt: skip
def test_one_loss(write, text, places, losses):
    found = curves(write(text))["training"]
    assert found[0] == places
    np.testing.assert_array_equal(found[1], losses)


def test_short_rows_leave_out_their_last_cells(write):
    path = write("epoch,loss,val_loss\n1,0.9\n2,0.8,0.75\n3,0.7\n4,0.6,0.65\n")
    assert curves(path)["validation"] == [[2, 4], [0.75, 0.65]]
    assert "Best epoch 4 of 4, validation loss 0.65." in alt_text(plot_loss(path))
    assert curves(write("epoch,val_loss,loss\n1,0.8,0.9\n2,0.6"))["training"] == [[1], [0.9]]  # cut off by a crash
    assert curves(write("epoch,loss,val_loss\n1,.9,NA\n2,.8,.7\n"))["validation"] == [[2], [0.7]]


def test_a_resumed_file(write):
    path = write("epoch,loss,val_loss\n0,4,4\n1,3,3\nepoch,loss,val_loss\n0,2,2\n1,1,1\n")
    assert curves(path) == {name: [[1, 2, 3, 4], [4, 3, 2, 1]] for name in ("training", "validation")}
    assert "Epoch starts again: counted on." in alt_text(plot_loss(path))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "utf-8-sig"])
def test_encodings(write, encoding):
    text = "step\tloss\tdurée (s)\n10\t0.9\t1\n20\t0.5\t1\n"
    assert curves(write(text.encode(encoding)))["training"] == [[10, 20], [0.9, 0.5]]


def test_a_trainers_state(write):
    state = {
        "epoch": 1.0,
        "global_step": 20,
        "log_history": [
            {"loss": 0.9, "learning_rate": 5e-5, "epoch": 0.5, "step": 10},
            {"loss": 0.7, "learning_rate": 4e-5, "epoch": 1.0, "step": 20},
            {"eval_loss": 0.8, "eval_runtime": 1.5, "epoch": 1.0, "step": 20},
            {"train_loss": 0.8, "train_runtime": 60.0, "epoch": 1.0, "step": 20},
        ],
    }
    path = write(json.dumps(state), "trainer_state.json")
    assert curves(path) == {"training": [[10, 20], [0.9, 0.7]], "validation": [[20], [0.8]]}
    assert curves(path, by="epoch")["training"][0] == [0.5, 1]
    assert "One value of train_loss left out." in alt_text(plot_loss(path))


def test_our_own_files(write, tmp_path):
    record = History()
    for epoch in range(2):
        for loss in (0.9, 0.7):
            record.add_step(loss / (epoch + 1), samples=10)
        record.end_epoch(0.5, {"accuracy": 0.5})
    (tmp_path / "run.json").write_text(json.dumps(record.to_dict()), encoding="utf-8")
    assert drawn(tmp_path / "run.json") == {f"run {name}": values for name, values in drawn(record).items()}
    again = write(record.to_csv().replace(",", ";").encode("utf-16"), "run.csv")  # saved by a spreadsheet
    assert drawn(again, by="epoch") == {f"run {name}": values for name, values in drawn(record, by="epoch").items()}


def test_shares_in_percent(write):
    ax = plot_loss(write("epoch,loss,acc\n1,2,50%\n2,1,62.5%\n"))
    assert lines_of(ax.figure.axes[1])["log training"][1] == [0.5, 0.625]


def test_several_runs_in_a_file(write):
    text = "seed,epoch,loss\n0,1,4\n0,2,3\n1,1,2\n1,2,1\n"
    assert drawn(write(text)) == {"seed 0": [[1, 2], [4, 3]], "seed 1": [[1, 2], [2, 1]]}
    text = '"Step","run-a - loss","run-b - loss"\n1,4,2\n2,3,\n3,,1\n'
    assert drawn(write(text)) == {"run-a": [[1, 2], [4, 3]], "run-b": [[1, 3], [2, 1]]}
    assert set(drawn(write('{"SGD": [2, 1], "Adam": [3, 2, 1]}', "runs.json"))) == {"SGD", "Adam"}


def test_losses_of_several_names(write):
    yolo = write(
        "epoch, train/box_loss, train/cls_loss, val/box_loss, val/cls_loss, lr/pg0\n1,1.2,2,1.3,3,.01\n2,1,1,1,2,.01\n"
    )
    assert set(curves(yolo)) == {"train/box_loss", "train/cls_loss", "val/box_loss", "val/cls_loss"}
    assert curves(yolo, columns=["train/box_loss", "val/box_loss"]) == {
        "train/box_loss": [[1, 2], [1.2, 1]],
        "val/box_loss": [[1, 2], [1.3, 1]],
    }


@pytest.mark.parametrize(
    ("text", "said", "first"),
    [
        ('epoch,loss\n1,"1,200"\n2,"1,100"\n', "row 2, column 'loss', expected a number, got '1,200'", [1200, 1100]),
        ("epoch;loss\n1;1,205\n2;1,105\n", "decimal=',') for 1.205", [1205, 1105]),
        ("0.9,0.8\n0.7,0.6\n0.5,0.4\n", "3 rows of 2 numbers. Name them", [0.9, 0.7, 0.5]),
        ("Epoche;Verlust\n1;0.9\n2;0.5\n", "got Epoche, Verlust. Rename the column to loss. Or say", [0.9, 0.5]),
    ],
)
def test_two_readings_are_asked_about(write, message, text, said, first):
    path = write(text)
    words = message(FileFormatError, plot_loss, path)
    assert said in words
    calls = list(advised(words.split("expected", 1)[1]))
    assert next(iter(lines_of(eval(calls[0], {"plot_loss": plot_loss})).values()))[1] == first
    for call in calls[1:]:
        eval(call, {"plot_loss": plot_loss})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch,loss\n1,0.9\n2,0.5,0.7\n", "row 3, expected at most 2 cells, got 3."),
        (
            "epoch,val_loss,loss\n1,0.9\n2,0.8,0.7\n",
            "row 2, expected 3 cells, got 2: which is missing is not said. Write an",
        ),
        ("epoch,loss,val_loss,lr\n1,0.9,0.01\n2,0.8,0.7,0.01\n", "row 2, expected 4 cells, got 3"),
        ("loss,loss\n1,2\n", "expected a different name for each column, got 'loss' twice."),
        ('epoch;loss\n1;"0,912"\n2;"1,105"\n', "got '0,912'. Write 0.912 with a point."),
        ('{"loss": [0.9, 0.5]', "expected JSON, as a whole or one object a line, got"),
        (
            "Epoch 1/2 - loss: 0.9\nEpoch 2/2 - loss: 0.5\n",
            "a table with a header line, or JSON, got lines such as 'Epoch 1/2 - loss: 0.9'",
        ),
        (b"PK\x03\x04\x14\x00\x06\x00", "a file that is not text"),
    ],
)
def test_errors(write, message, text, said):
    assert said in message(FileFormatError, plot_loss, write(text))


def test_a_long_file_reads_as_a_short_one(write):
    steps = np.arange(1, 5001)
    rows = "\n".join(f"{step},{float(1 / step)!r}" for step in steps)
    long = curves(write(f"step,loss\n{rows}\n"), smooth=False)["training"]
    assert long == [steps.tolist(), (1 / steps).tolist()]
    assert curves(write(f"{rows}\n"), smooth=False)["training"] == long
    gaps = rows.replace("\n7,", "\n7,,")
    assert curves(write(f"step,loss,val_loss\n{gaps}\n"), smooth=False)["validation"] == [[7], [1 / 7]]


@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss,val\n1,0.9,0.8\n2,0.5,0.6\n",
        "epoch,Loss,dev\n1,0.9,0.8\n2,0.5,0.6\n",
        "epoch;train_loss;valid\n1;0.9;0.8\n2;0.5;0.6\n",
    ],
)
def test_a_column_that_names_the_data_alone_holds_their_loss_beside_one_that_is_called_loss(write, text):
    assert curves(write(text)) == BOTH


def test_one_that_may_be_an_accuracy_is_told_and_not_drawn(write):
    path = write("epoch,loss,val\n1,0.9,0.5\n2,0.5,0.7\n3,0.4,0.9\n")
    assert set(curves(path)) == {"training"}
    assert "Also in the log: val" in alt_text(plot_loss(path))


def test_a_short_row_leaves_out_the_unseen_loss_and_keeps_the_others(write):
    found = curves(write("epoch,loss,val\n1,2.0,1.9\n2,1.5\n3,1.2,1.3\n"))
    assert found == {"training": [[1, 2, 3], [2.0, 1.5, 1.2]], "validation": [[1, 3], [1.9, 1.3]]}


def test_places_that_come_twice_are_told(write):
    path = write("epoch,loss\n1,2.0\n2,1.5\n3,1.2\n3,1.1\n4,1.0\n")
    assert curves(path) == {"training": [[1, 2, 3, 4], [2.0, 1.5, 1.1, 1.0]]}
    assert "1 of 5 values of loss share their place with a later one, which is drawn" in alt_text(plot_loss(path))
    once = write("epoch,loss\n1,2.0\n2,1.5\n3,1.1\n", "once.csv")
    assert "share their place" not in alt_text(plot_loss(once))


@pytest.mark.parametrize("counter", ["samples_seen", "tokens", "images"])
def test_a_log_that_counts_samples_alone_is_drawn_by_them(write, counter):
    assert curves(write(f"{counter},loss\n100,2.0\n200,1.5\n")) == {"training": [[100, 200], [2.0, 1.5]]}
