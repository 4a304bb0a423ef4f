"""What people bring from elsewhere: masked arrays, data frames, objects, sequences. Each advised line is run."""

import re
from decimal import Decimal

import numpy as np
import pytest

from bplearn import (
    SGD,
    BinaryCrossEntropy,
    DataError,
    Dataset,
    HalfSquaredError,
    Huber,
    MeanSquaredError,
    ShapeError,
    SoftmaxCrossEntropy,
    TargetError,
    accuracy,
    fit,
    mlp,
)

HOLED = np.ma.masked_equal([[1.0, -999.0], [2.0, 4.0], [-999.0, 5.0], [3.0, 6.0]], -999.0)
CLASSES = np.array([0, 1, 0, 1])


class Frame:
    """As much of a data frame as bplearn may use: names of columns, and an array of objects."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows

    def __array__(self, dtype=None, copy=None):
        return np.array(self.rows, dtype=object)


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def trained(x, targets, widths=(2, 3, 1), loss=None):
    options = {"optimizer": SGD(0.01), "epochs": 1, "progress": False, "rng": 0}
    return fit(mlp(*widths, rng=0), x, targets, loss=loss or MeanSquaredError(), **options).steps


# masked arrays


@pytest.mark.parametrize("use", [lambda x: Dataset(x, CLASSES), lambda x: trained(x, CLASSES), mlp(2, 1, rng=0)])
@pytest.mark.parametrize("rows", [HOLED, list(HOLED), tuple(HOLED)], ids=["array", "list of rows", "tuple of rows"])
def test_a_masked_entry_is_never_taken_for_a_number(use, rows):
    first = "" if rows is HOLED else "Write x = np.ma.array(x) first. "
    assert message(DataError, lambda: use(rows)) == (
        f"x expected no masked entries, got 2 masked, the first at [0, 1]. {first}Fill them: x.filled(x.mean(axis=0)), "
        "or keep whole rows: keep = ~np.ma.getmaskarray(x).any(axis=1)."
    )


def test_the_line_for_rows_of_masked_arrays_helps():
    names = {"x": list(HOLED), "np": np}
    text = message(DataError, lambda: Dataset(names["x"], CLASSES))
    exec(text.split("Write ")[1].split(" first. ")[0], names)
    filled = eval(text.split("Fill them: ")[1].split(", or keep")[0], names)
    assert Dataset(filled, CLASSES).x.shape == HOLED.shape


@pytest.mark.parametrize("dtype", [float, np.float32, int])
def test_both_advised_lines_for_masked_entries_help(dtype):
    x, targets = HOLED.astype(dtype), CLASSES
    text = message(DataError, lambda: Dataset(x, targets))
    filling = text.split("Fill them: ")[1].split(", or keep")[0]
    filled = Dataset(eval(filling), targets)
    assert filled.x.tolist() == [[1, 5], [2, 4], [2, 5], [3, 6]]
    names = {"x": x, "np": np}
    exec(text.split("whole rows: ")[1].rstrip("."), names)
    keep = names["keep"]
    assert Dataset(x[keep], targets[keep]).x.tolist() == [[2, 4], [3, 6]]


@pytest.mark.parametrize("hidden", [np.nan, -999, 0])
def test_masked_targets_are_refused_and_the_advice_helps(hidden):
    x = np.arange(8.0).reshape(4, 2)
    targets = np.ma.masked_invalid([0.0, 1.0, hidden, 1.0]) if np.isnan(hidden) else np.ma.array([0, 1, hidden, 1])
    targets[2] = np.ma.masked
    expected = "targets expected no masked entries, got 1 masked, the first at [2]."
    for call in (lambda: Dataset(x, targets), lambda: trained(x, targets)):
        text = message(TargetError, call)
        assert text.startswith(expected)
    names = {"targets": targets, "np": np}
    exec(text.split("rows out: ")[1].split(", then")[0], names)
    keep = names["keep"]
    assert Dataset(x[keep], targets[keep].astype(int)).targets.tolist() == [0, 1, 1]


def test_images_may_be_masked_too():
    images = np.ma.masked_greater(np.arange(24).reshape(2, 3, 4), 22)
    text = message(DataError, lambda: mlp(4, 1, rng=0)(images))
    assert "1 masked, the first at [1, 2, 3]" in text
    filled = eval(text.split("Fill them: ")[1].split(", or keep")[0], {"x": images})
    assert filled[1, 2, 3] == 11


@pytest.mark.parametrize("mask", [False, np.zeros((4, 2), dtype=bool)])
def test_a_masked_array_that_masks_nothing_is_an_array(mask):
    x = np.ma.array(np.arange(8.0).reshape(4, 2), mask=mask)
    data = Dataset(x, np.ma.array(CLASSES))
    assert type(data.x) is np.ndarray
    assert data.x.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert accuracy(np.ma.array(CLASSES), CLASSES) == 1


def test_a_metric_counts_no_masked_answer():
    assert "no masked entries" in message(DataError, lambda: accuracy(CLASSES, np.ma.masked_equal(CLASSES, 1)))


# data frames and objects


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        ((0.1257, True), [0.1257, 1]),
        ((3, np.bool_(False)), [3, 0]),
        ((np.float32(0.5), np.int8(2)), [0.5, 2]),
        ((Decimal("1.25"), 7), [1.25, 7]),
    ],
)
def test_numbers_and_booleans_of_a_frame_are_numbers(row, numbers):
    frame = Frame(["size", "color_red"], [row, (1.0, False)])
    data = Dataset(frame, [0, 1])
    assert data.x.tolist() == [numbers, [1, 0]]
    assert data.x.dtype == np.float64
    assert data.feature_names == ("size", "color_red")
    assert Dataset(frame, [0, 1], feature_names=("a", "b")).feature_names == ("a", "b")
    assert trained(frame, [[0.0], [1.0]])


def test_an_entry_that_is_no_number_is_named_with_its_place_and_column():
    frame = Frame(["size", "color"], [(0.5, "red"), (1.0, "blue")])
    assert message(DataError, lambda: Dataset(frame, [0, 1])) == (
        "x expected numbers, got object values such as 'red' at [0, 1], column 'color'. "
        "For columns of 0 and 1 write pandas.get_dummies(x, columns=['color'])."
    )
    for gap in (None, type("NAType", (), {"__repr__": lambda self: "<NA>"})()):
        frame = Frame(["size", "age"], [(0.5, 3), (True, gap)])
        assert message(DataError, lambda frame=frame: Dataset(frame, [0, 1])) == (
            f"x expected numbers, got {gap!r} (missing) at [1, 1], column 'age'. Remove or fill such entries first."
        )
    frame = Frame(["size", "age"], [(0.5, 3), (True, float("nan"))])
    assert "got nan at [1, 1], column 'age' (1 in all)." in message(DataError, lambda: Dataset(frame, [0, 1]))
    text = message(DataError, lambda: Dataset(np.array([[1, "3"], [2, 4]], dtype=object), [0, 1]))
    assert (
        text == "x expected numbers, got object values such as '3' at [0, 1]. Turn text or objects into numbers first."
    )


def test_targets_of_a_frame_are_whole_numbers_or_booleans_or_values():
    x = [[1.0], [2.0]]
    assert Dataset(x, np.array([2, 0], dtype=object)).targets.tolist() == [2, 0]
    assert Dataset(x, np.array([True, False], dtype=object)).targets.tolist() == [1, 0]
    assert Dataset(x, Frame(["y"], [(0.5,), (2,)])).targets.tolist() == [[0.5], [2]]
    text = message(TargetError, lambda: Dataset(x, np.array(["cat", None], dtype=object)))
    assert text == "targets expected a target for each row, got None (missing) at row 1. Leave such rows out first."


@pytest.mark.parametrize("targets", [Frame(["y"], [(1,), (0,)]), np.array([[1], [0]]), [[1], [0]]])
def test_a_column_of_class_numbers_is_advised_right(targets):
    text = message(TargetError, lambda: Dataset([[1.0], [2.0]], targets))
    line = text.split("For classes write ")[1].split(";")[0]
    assert Dataset([[1.0], [2.0]], eval(line)).targets.tolist() == [1, 0]
    line = text.split("for values ")[1].rstrip(".")
    assert Dataset([[1.0], [2.0]], eval(line)).targets.tolist() == [[1], [0]]


def test_a_real_frame(tmp_path):
    pandas = pytest.importorskip("pandas")
    raw = pandas.DataFrame({"size": [1.5, 2.5, 3.0], "color": ["red", "blue", "red"], "sold": [1, 0, 1]})
    text = message(DataError, lambda: Dataset(raw[["size", "color"]], raw["sold"]))
    x = eval(text.split("write ")[1].rstrip("."), {"pandas": pandas, "x": raw[["size", "color"]]})
    data = Dataset(x, raw["sold"])
    assert data.feature_names == ("size", "color_blue", "color_red")
    assert data.x.tolist() == [[1.5, 0, 1], [2.5, 1, 0], [3.0, 0, 1]]
    assert data.targets.tolist() == [1, 0, 1]
    assert Dataset(x, raw["color"] == "red").targets.tolist() == [1, 0, 1]
    nullable = x.convert_dtypes()
    assert Dataset(nullable, raw["sold"].convert_dtypes()).x.tolist() == data.x.tolist()
    nullable.loc[1, "size"] = pandas.NA
    assert "(missing) at [1, 0], column 'size'" in message(DataError, lambda: Dataset(nullable, raw["sold"])).replace(
        "got nan at", "got <NA> (missing) at"
    )
    text = message(TargetError, lambda: Dataset(x, raw["size"]))
    assert Dataset(
        x, eval(text.split("write ")[1].split(";")[0], {"np": np, "targets": raw["size"]})
    ).targets.shape == (
        3,
        1,
    )
    assert trained(x, raw[["size"]], (3, 2, 1))


# one axis, and three

LOSSES = [MeanSquaredError(), HalfSquaredError(), Huber(), BinaryCrossEntropy()]


@pytest.mark.parametrize("samples", [4, 60])
@pytest.mark.parametrize("kind", [np.array, list, tuple])
@pytest.mark.parametrize("whole", [False, True])
def test_one_feature_without_its_axis_is_not_called_swapped(samples, kind, whole):
    x = kind(range(samples) if whole else np.linspace(0, 1, samples).tolist())
    targets = np.linspace(0, 1, samples)[:, None]
    text = message(ShapeError, lambda: trained(x, targets, (1, 3, 1)))
    assert text.startswith(f"x expected shape (N, ...): one row for each sample, got ({samples},). For one feature ")
    assert trained(eval(text.split("write ")[1].rstrip(".")), targets, (1, 3, 1))


def test_swapped_arguments_are_still_called_swapped():
    text = message(ShapeError, lambda: trained(CLASSES, np.ones((4, 2)), (2, 3, 2), SoftmaxCrossEntropy()))
    assert text.endswith("Are x and targets swapped? Write fit(network, x, targets, ...).")


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("steps", [1, 5])
def test_a_target_for_each_step_is_told_and_the_advice_trains(loss, steps):
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(10, steps, 2)), rng.integers(0, 2, (10, steps, 1)).astype(float)
    text = message(ShapeError, lambda: trained(x, targets, loss=loss))
    assert text.startswith(
        f"the network's output expected shape (N, M): one row for each sample, got (10, {steps}, 1) for x of "
        f"shape (10, {steps}, 2). To learn each step as a sample write "
    )
    x, targets = eval(text.split("write ")[1].rstrip(".").replace(" and ", ","))
    assert trained(x, targets, loss=loss)


def test_classes_of_steps_and_one_target_for_a_whole_sequence():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(10, 5, 2))
    targets = rng.integers(0, 3, (10, 5))
    text = message(ShapeError, lambda: trained(x, targets, (2, 3), SoftmaxCrossEntropy()))
    assert trained(*eval(text.split("write ")[1].rstrip(".").replace(" and ", ",")), (2, 3), SoftmaxCrossEntropy())
    text = message(ShapeError, lambda: trained(x, targets[:, 0], (2, 3), SoftmaxCrossEntropy()))
    assert text.endswith("write x.reshape(-1, 10); the network then has 10 inputs.")
    assert trained(x.reshape(-1, 10), targets[:, 0], (10, 3), SoftmaxCrossEntropy())
    text = message(ShapeError, lambda: trained(x, x[:, 0, :1], loss=MeanSquaredError()))
    assert text.endswith("write x.reshape(-1, 10); the network then has 10 inputs.")


@pytest.mark.parametrize(("samples", "width"), [(9, 4), (1, 9), (9, 2)])
def test_a_table_that_lies_on_its_side_is_told(samples, width):
    x, targets = np.ones((width, samples)), np.zeros((samples, 1))
    text = message(ShapeError, lambda: trained(x, targets, (width, 3, 1)))
    if width != samples:
        assert text.endswith("Is x transposed? Rows are samples: write x.T.")
    assert trained(x.T, targets, (width, 3, 1)) == 1


@pytest.mark.parametrize("inner", [(4, 5), (2, 3, 4)])
def test_grids_of_steps_are_told_and_the_advice_trains(inner):
    names = {"x": np.ones((3, *inner, 2)), "targets": np.zeros((3, *inner, 1))}
    text = message(ShapeError, lambda: trained(names["x"], names["targets"], (2, 4, 1)))
    x, targets = re.search(r"write (x\.reshape\S+ \S+) and (targets\.reshape\S+ \S+)\.$", text).groups()
    assert trained(eval(x, names), eval(targets, names), (2, 4, 1)) > 0


def test_numbers_written_as_text_in_a_frame_are_told_to_be_numbers():
    text = message(DataError, lambda: Dataset(Frame(("a", "b"), [["1.5", 1], ["2", 2]]), [0, 1]))
    assert text.endswith("got text such as '1.5' at [0, 0], column 'a'. Write x.astype({'a': float}).")
    pandas = pytest.importorskip("pandas")
    x = pandas.DataFrame({"a": ["1.5", "2"], "b": [1, 2]})
    assert Dataset(eval(text.split("Write ")[1].rstrip("."), {"x": x}), [0, 1]).x.tolist() == [[1.5, 1], [2, 2]]
