"""The history of a training: its numbers, its tables, and its way to a file and back."""
# ruff: noqa: E501 - a message stands in one line

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bplearn import FileFormatError, History


def short():
    history = History()
    history.add_step(1.0, samples=2)
    history.add_step(0.4, samples=1)
    history.end_epoch(0.75, {"accuracy": 0.5, "validation_accuracy": 0.25})
    history.add_step(0.25, samples=2)
    history.add_step(0.1, samples=1)
    history.end_epoch(0.8, {"accuracy": 1.0, "validation_accuracy": 0.5})
    history.add_step(0.125, samples=2)  # an epoch that was not finished
    return history


def test_the_loss_of_an_epoch_is_the_mean_over_its_samples():
    assert short().epoch_loss == [pytest.approx((2 * 1.0 + 0.4) / 3), pytest.approx((2 * 0.25 + 0.1) / 3)]
    assert (short().steps, short().epochs, short().epoch_ends) == (5, 2, [2, 4])


def test_the_best_epoch_is_that_of_the_unseen_data_if_there_are_any():
    assert short().best_epoch == 1
    history = short()
    history.validation_loss.clear()
    assert history.best_epoch == 2
    assert History().best_epoch is None


CSV = """\
step,epoch,samples,loss,epoch_loss,validation_loss,accuracy,validation_accuracy
1,1,2,1.0,,,,
2,1,3,0.4,0.7999999999999999,0.75,0.5,0.25
3,2,5,0.25,,,,
4,2,6,0.1,0.19999999999999998,0.8,1.0,0.5
5,3,8,0.125,,,,
"""


def test_the_table_on_paper():
    assert short().to_csv() == CSV


def test_csv_there_and_back(tmp_path):
    assert short().to_csv(tmp_path / "h.csv") == (tmp_path / "h.csv").read_text()
    assert History.from_csv(tmp_path / "h.csv") == short()


def test_a_spreadsheet_may_have_put_its_mark_in_front(tmp_path):
    (tmp_path / "h.csv").write_bytes(b"\xef\xbb\xbf" + CSV.replace("\n", "\r\n").encode())
    assert History.from_csv(str(tmp_path / "h.csv")) == short()


def test_dict_and_json_there_and_back_with_every_field():
    history = short()
    history.interrupted = history.stopped_early = True
    assert History.from_dict(history.to_dict()) == history
    assert History.from_dict(json.loads(json.dumps(history.to_dict()))) == history


def test_a_dict_is_a_copy():
    history = short()
    record = history.to_dict()
    record["step_loss"].append(9)
    record["metrics"]["accuracy"].append(9)
    assert history == short()
    again = History.from_dict(record)
    again.step_loss.append(10)
    assert record["step_loss"][-1] == 9


@given(
    epochs=st.lists(
        st.tuples(
            st.lists(st.tuples(st.floats(0, 1e9), st.integers(1, 500)), min_size=1, max_size=4),
            st.floats(0, 1e9),
            st.floats(-1, 1),
        ),
        max_size=4,
    ),
    watched=st.booleans(),
    rest=st.lists(st.tuples(st.floats(0, 1e9), st.integers(1, 9)), max_size=2),
)
def test_any_history_comes_back_to_the_last_bit(tmp_path_factory, epochs, watched, rest):
    history = History()
    for steps, validation, metric in epochs:
        for loss, samples in steps:
            history.add_step(loss, samples)
        history.end_epoch(validation if watched else None, {"a, b": metric})
    for loss, samples in rest:
        history.add_step(loss, samples)
    path = tmp_path_factory.mktemp("h") / "h.csv"
    history.to_csv(path)
    assert History.from_csv(path) == history
    assert History.from_dict(json.loads(json.dumps(history.to_dict()))) == history


COLUMNS = "the columns step, epoch, samples, loss, epoch_loss, validation_loss"
ADVICE = "For another table of losses use plot_loss(path), or pass a list or a dict."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"from_csv('h.csv') expected {COLUMNS}, got an empty file. {ADVICE}"),
        ("epoch,loss\n1,0.5\n", f"from_csv('h.csv') expected {COLUMNS}, got epoch, loss. {ADVICE}"),
        (CSV.replace("0.25,,,,", "much,,,,"), "from_csv('h.csv'), line 4, expected numbers, got ['3', '2', '5', 'much', '', '', '', ''] (could not convert string to float: 'much')."),
        (CSV.replace("3,2,5,0.25,,,,", "3,2"), "from_csv('h.csv'), line 4, expected 8 cells, got 2."),
        (CSV.replace("3,2,5,0.25,,,,", "3,2,5,0.25,,,,,,"), "from_csv('h.csv'), line 4, expected 8 cells, got 10."),
        (CSV.replace("3,2,5,0.25", "3,2,5.5,0.25"), "from_csv('h.csv'), line 4, expected numbers, got ['3', '2', '5.5', '0.25', '', '', '', ''] (invalid literal for int() with base 10: '5.5')."),
    ],
)  # fmt: skip
def test_another_file_is_named(in_empty_folder, text, message):
    (in_empty_folder / "h.csv").write_text(text)
    with pytest.raises(FileFormatError) as caught:
        History.from_csv("h.csv")
    assert str(caught.value) == message


def test_bytes_that_are_no_text_are_named(in_empty_folder):
    (in_empty_folder / "h.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(FileFormatError, match=r"^from_csv\('h.csv'\) expected a CSV file in UTF-8, got other bytes\.$"):
        History.from_csv("h.csv")


def test_a_missing_file_is_pythons_own_error():
    with pytest.raises(FileNotFoundError):
        History.from_csv("nowhere.csv")


def test_a_file_cut_off_anywhere_is_shorter_or_named(tmp_path):
    for length in range(len(CSV)):
        (tmp_path / "h.csv").write_text(CSV[:length])
        with contextlib.suppress(FileFormatError):
            assert History.from_csv(tmp_path / "h.csv").steps <= 5


@pytest.mark.parametrize("record", [{"loss": [1.0]}, [1.0], {"step_loss": [1.0], "colour": 3}])
def test_another_dict_is_named(record):
    with pytest.raises(FileFormatError, match=r"^from_dict expected what to_dict gave, got "):
        History.from_dict(record)


def test_repr():
    assert repr(short()) == (
        "History: 2 epochs, 5 steps, 8 samples\n"
        "epoch    loss  validation loss  accuracy  validation_accuracy\n"
        "    1  0.8000           0.7500    0.5000               0.2500\n"
        "    2  0.2000           0.8000    1.0000               0.5000"
    )
    assert repr(History()) == "History: 0 epochs, 0 steps, 0 samples"


def test_a_long_history_shows_its_ends():
    history = History()
    for k in range(1300):
        history.add_step(1 / (k + 1), samples=1)
        if k % 100 == 99:
            history.end_epoch()
    history.stopped_early = True
    lines = repr(history).splitlines()
    assert lines[0] == "History: 13 epochs, 1,300 steps, 1,300 samples, stopped early (best epoch 13)"
    assert [line.split()[0] for line in lines[1:]] == [
        "epoch",
        "1",
        "2",
        "3",
        "4",
        "5",
        "...",
        "9",
        "10",
        "11",
        "12",
        "13",
    ]


def test_the_table_of_a_notebook_escapes_names():
    history = short()
    history.metrics["<b>"] = [0.0, 1.0]
    page = history._repr_html_()
    assert ">History: 2 epochs, 5 steps, 8 samples</caption>" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert page.count("<tr>") == 3
