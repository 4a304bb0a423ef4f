"""Dataset: what it takes, how it looks, how it is split and gone through in batches."""

import copy
import pickle
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from bplearn import datasets
from bplearn.datasets import Dataset, batches
from bplearn.errors import ArgumentError, DataError, ShapeError, TargetError


def small(n=10, classes=2, **options):
    return Dataset(np.arange(2.0 * n).reshape(n, 2), np.arange(n) % classes, **options)


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


# building one


def test_a_dataset_owns_read_only_copies():
    x, targets = np.ones((3, 2)), np.array([0, 1, 0])
    data = Dataset(x, targets)
    x[0, 0] = 9
    targets[0] = 1
    assert data.x[0, 0] == 1
    assert data.targets[0] == 0
    for array in (data.x, data.targets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
    with pytest.raises(FrozenInstanceError):
        data.x = x


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda data: pickle.loads(pickle.dumps(data))])
def test_a_copied_dataset_is_still_read_only(clone):
    data = clone(datasets.iris())
    assert np.array_equal(data.x, datasets.iris().x)
    assert data.target_names == datasets.iris().target_names
    assert not data.x.flags.writeable
    assert not data.targets.flags.writeable


def test_classes_and_values_are_told_apart_by_their_type():
    assert small().targets.dtype == np.int64
    assert small().target_names == ("0", "1")
    binary = Dataset([[1], [2]], np.array([True, False]))
    assert binary.targets.tolist() == [1, 0]
    assert binary.targets.dtype == np.int64
    values = Dataset([[1], [2]], [[0.5], [1.0]])
    assert values.target_names is None
    assert values.class_counts == ()
    assert values.targets.shape == (2, 1)
    assert values.feature_names == ("x0",)


def test_float32_is_kept_and_whole_numbers_become_float64():
    assert Dataset(np.ones((2, 1), dtype=np.float32), [[1.0], [2.0]]).targets.dtype == np.float32
    assert Dataset(np.ones((2, 1), dtype=np.uint8), [0, 1]).x.dtype == np.float64


X = [[1.0], [2.0], [3.0]]
TEXT_ADVICE = "For text labels: names, targets = np.unique(labels, return_inverse=True), and target_names=names."
BAD = [
    (lambda: Dataset([1.0, 2.0], [0, 1]), ShapeError, "x expected shape (N, ...): one row for each sample, got (2,)."),
    (
        lambda: Dataset(np.zeros((2, 8, 8)), [0, 1]),
        ShapeError,
        "x expected shape (N, D): one row for each sample, got (2, 8, 8). "
        "Write x.reshape(len(x), -1) and image_shape=(8, 8).",
    ),
    (
        lambda: Dataset(np.zeros((0, 2)), []),
        DataError,
        "x expected at least one row, got an empty batch of shape (0, 2).",
    ),
    (lambda: Dataset([[1.0], [np.nan]], [0, 1]), DataError, "x expected finite numbers, got nan at [1, 0]"),
    (lambda: Dataset([["a"], ["b"]], [0, 1]), DataError, "x expected numbers, got <U1 values such as"),
    (lambda: Dataset(X, [0, 1]), TargetError, "targets expected 3 rows, one for each row of x, got 2."),
    (lambda: Dataset(X, 1), TargetError, "targets expected 3 rows, one for each row of x, got a single number."),
    (
        lambda: Dataset(X, ["cat", "dog", "cat"]),
        TargetError,
        "targets expected class numbers or floats, got <U3 values",
    ),
    (lambda: Dataset(X, ["cat", "dog", "cat"]), TargetError, TEXT_ADVICE),
    (lambda: Dataset(X, [[1], [1, 2], [3]]), TargetError, "targets expected rows of equal length, got a ragged list"),
    (
        lambda: Dataset(X, [0.0, 1.0, 2.0]),
        TargetError,
        "targets expected class numbers (N,) or floats (N, M), got floats (3,). "
        "For values write np.asarray(targets)[:, None]; for classes np.asarray(targets).astype(int).",
    ),
    (
        lambda: Dataset(X, np.eye(3, dtype=int)),
        TargetError,
        "got whole numbers (3, 3). For one-hot rows write targets.argmax(axis=1); for values targets.astype(float).",
    ),
    (lambda: Dataset(X, [[0.0], [np.inf], [1.0]]), TargetError, "targets expected finite numbers, got inf at [1, 0]"),
    (lambda: Dataset(X, [0, -1, 0]), TargetError, "targets expected class numbers 0, 1, 2, ..., got -1 at row 1."),
    (
        lambda: Dataset(X, [1, 2, 3], target_names=("a", "b", "c")),
        TargetError,
        "targets expected class numbers 0..2, one for each name, got 3 at row 2. "
        "Do the labels start at 1? Use targets - 1.",
    ),
    (lambda: Dataset(X, [[0.5]] * 3, target_names=("a",)), TargetError, "target_names expected None"),
    (
        lambda: Dataset(X, [0, 1, 0], feature_names=("a", "b")),
        ArgumentError,
        "feature_names expected 1 names, one for each column, got 2.",
    ),
    (
        lambda: Dataset(X, [0, 1, 0], image_shape=(2, 2)),
        ArgumentError,
        "image_shape expected a shape of 1 pixels, the columns of x, got (2, 2).",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_bad_input_is_named(call, error, text):
    assert text in message(error, call)


def test_the_advice_for_text_labels_works_as_written():
    labels = ["cat", "dog", "cat"]
    names, targets = np.unique(labels, return_inverse=True)
    data = Dataset(X, targets, target_names=names)
    assert data.target_names == ("cat", "dog")
    assert data.targets.tolist() == [0, 1, 0]


# how it looks


def test_repr_says_what_is_inside():
    assert repr(datasets.iris()) == "Dataset 'iris': 150 samples, 4 features, 3 classes of 50"
    assert repr(datasets.breast_cancer()).endswith("30 features, 2 classes (malignant 212, benign 357)")
    assert repr(datasets.digits()).endswith("64 features (images of 8 x 8), 10 classes of 174 to 183")
    assert repr(Dataset([[1]], [[1.0, 2.0]])) == "Dataset 'data': 1 sample, 1 feature, 2 values to predict"
    assert repr(Dataset([[1]], [0])) == "Dataset 'data': 1 sample, 1 feature, 1 class of 1"


def test_html_table_names_each_class_and_escapes_names():
    text = Dataset([[1], [2], [3]], [0, 1, 1], target_names=("<b>", "c & d"), name="<x>")._repr_html_()
    assert ">Dataset: &lt;x&gt;</caption>" in text
    assert re.search("class 0: &lt;b&gt;</th><td[^>]*>1</td>", text)
    assert re.search("class 1: c &amp; d</th><td[^>]*>2</td>", text)
    many = Dataset(np.ones((40, 1)), np.arange(40))._repr_html_()
    assert "40 classes of 1" in many
    assert many.count("<tr>") == 3
    assert "1 value to predict" in datasets.noisy_sine()._repr_html_()


# split


def test_names_of_parts_read_well_whatever_was_done_before():
    train, test = Dataset(np.arange(24.0)[:, None], [0, 1] * 12, name="digits").split()
    rest, validation = train.split()
    assert (rest.name, validation.name) == ("digits train", "digits validation")
    assert [part.name for part in test.split()] == ["digits test, part 1", "digits test, part 2"]
    scaled, others = rest.standardize(validation)
    assert (scaled.name, others.name) == (
        "digits train (standardized)",
        "digits validation (standardized by digits train)",
    )
    assert [part.name for part in scaled.split()] == ["digits train (standardized)", "digits validation (standardized)"]
    assert others.split()[0].name == "digits validation, part 1 (standardized by digits train)"
    assert scaled.standardize().name == "digits train (standardized)"
    assert scaled.standardize(others)[1].name == "digits validation (standardized by digits train)"
    whole = Dataset(np.arange(24.0)[:, None], [0, 1] * 12, name="mine").standardize()
    assert [part.name for part in whole.split()] == ["mine train (standardized)", "mine test (standardized)"]


def test_split_gives_each_sample_to_exactly_one_part_with_its_target():
    data = Dataset(np.arange(50.0)[:, None], np.arange(50) % 3)
    train, test = data.split(test=0.3, rng=1)
    assert sorted([*train.x[:, 0], *test.x[:, 0]]) == list(range(50))
    assert len(test) == 15
    for part in (train, test):
        assert (part.targets == part.x[:, 0] % 3).all()
        assert part.target_names == data.target_names
    assert (train.name, test.name) == ("data train", "data test")


@pytest.mark.parametrize("rng", range(3))
def test_stratified_split_keeps_the_share_of_each_class(rng):
    train, test = datasets.breast_cancer().split(test=0.25, rng=rng)
    assert test.class_counts == (53, 89)
    assert train.class_counts == (159, 268)
    train, test = datasets.digits().split(test=0.3, rng=rng)
    assert len(test) == 539
    for part, whole in zip(test.class_counts, datasets.digits().class_counts, strict=True):
        assert abs(part - 0.3 * whole) < 1


def test_places_left_over_go_to_the_largest_remainders():
    data = Dataset(np.ones((40, 1)), [0] * 13 + [1] * 27)
    assert data.split(test=0.1)[1].class_counts == (1, 3)  # shares 1.3 and 2.7 of 4


def test_unstratified_split_does_not_balance():
    counts = {datasets.breast_cancer().split(test=0.25, rng=rng, stratify=False)[1].class_counts for rng in range(5)}
    assert len(counts) > 1
    assert all(sum(pair) == 142 for pair in counts)


def test_rare_classes_are_in_both_parts_and_single_samples_in_training():
    data = Dataset(np.arange(103.0)[:, None], [0] * 100 + [1] * 2 + [2])
    for test in (0.01, 0.1, 0.5, 0.9, 0.99):
        train, aside = data.split(test=test)
        assert min(train.class_counts[:2]) >= 1
        assert min(aside.class_counts[:2]) >= 1
        assert train.class_counts[2] == 1
        assert aside.class_counts[2] == 0
        assert len(aside.class_counts) == 3


def test_split_repeats_with_the_same_rng_and_is_in_random_order():
    data = small(100)
    assert np.array_equal(data.split(rng=4)[0].x, data.split(rng=4)[0].x)
    assert not np.array_equal(data.split(rng=4)[0].x, data.split(rng=5)[0].x)
    train, test = data.split(rng=4)
    for part in (train, test):
        assert (np.diff(part.x[:, 0]) < 0).any()
        assert (np.diff(part.targets) != 0).sum() > 5  # classes are mixed, not in blocks


def test_values_are_split_without_classes():
    train, test = datasets.noisy_sine(10).split(test=0.3)
    assert (len(train), len(test)) == (7, 3)
    assert test.targets.shape == (3, 1)
    train, test = datasets.noisy_sine(10).split(test=0.001)
    assert (len(train), len(test)) == (9, 1)


@pytest.mark.parametrize("test", [0, 1, 1.0, -0.1, 1.5, 30, "0.3", np.nan, True, None])
def test_split_takes_a_fraction(test):
    assert message(ArgumentError, lambda: small().split(test=test)).startswith("test expected a ")


def test_split_says_when_there_is_too_little():
    assert message(DataError, lambda: Dataset([[1]], [0]).split()) == (
        "split expected at least 2 samples, one for each part, got 1."
    )
    assert message(DataError, lambda: Dataset([[1], [2]], [0, 1]).split()) == (
        "split expected a class with at least 2 samples, got only classes with one sample. "
        "Pass stratify=False to split without regard to classes."
    )
    assert len(Dataset([[1], [2]], [0, 1]).split(stratify=False)[1]) == 1


# batches


def test_batches_in_order_keep_the_last_partial_batch():
    data = small(10)
    seen = list(data.batches(4))
    assert [rows.tolist() for _, _, rows in seen] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    for x, targets, rows in seen:
        assert np.array_equal(x, data.x[rows])
        assert np.array_equal(targets, data.targets[rows])
    assert len(list(data.batches(10))) == 1
    assert len(list(data.batches(1))) == 10


def test_shuffled_batches_hold_each_row_once_with_its_target():
    data = Dataset(np.arange(11.0)[:, None], np.arange(11))
    seen = list(data.batches(3, rng=0))
    assert [len(rows) for _, _, rows in seen] == [3, 3, 3, 2]
    rows = np.concatenate([rows for _, _, rows in seen])
    assert sorted(rows) == list(range(11))
    assert rows.tolist() != list(range(11))
    for x, targets, _ in seen:
        assert x[:, 0].tolist() == targets.tolist()


def test_a_number_repeats_the_order_and_a_generator_goes_on():
    def order(rng):
        return np.concatenate([rows for _, _, rows in small(50).batches(7, rng)]).tolist()

    assert order(3) == order(3)
    generator = np.random.default_rng(3)
    assert order(generator) == order(3)
    assert order(generator) != order(3)


@pytest.mark.parametrize(
    ("batch_size", "text"),
    [
        (0, "batch_size expected a whole number of at least 1, got 0."),
        (-2, "batch_size expected a whole number of at least 1, got -2."),
        (2.0, "batch_size expected a whole number of at least 1, got 2.0."),
        (True, "batch_size expected a whole number of at least 1, got True."),
        (11, "batch_size expected at most 10, the number of rows, got 11. batch_size=10 takes all rows at once."),
    ],
)
def test_batch_size_is_checked_at_the_call(batch_size, text):
    assert message(ArgumentError, lambda: small(10).batches(batch_size)) == text


def test_batches_of_plain_arrays_check_their_lengths():
    text = message(ShapeError, lambda: batches(np.ones((3, 1)), np.ones(2), 1))
    assert text == "targets expected 3 rows, one for each row of x, got 2."


# astype


def test_astype_converts_x_and_values_but_not_classes():
    data = datasets.digits().astype(np.float32)
    assert data.x.dtype == np.float32
    assert data.targets.dtype == np.int64
    assert data.image_shape == (8, 8)
    values = datasets.noisy_sine().astype("float32")
    assert values.targets.dtype == np.float32
    assert values.astype(float).targets.dtype == np.float64


@pytest.mark.parametrize("dtype", [int, np.float16, "bogus", ">f4", complex])
def test_astype_takes_two_dtypes(dtype):
    assert message(ArgumentError, lambda: small().astype(dtype)).startswith(
        "dtype expected np.float32 or np.float64, got"
    )


def test_astype_names_what_does_not_fit():
    assert "x expected finite numbers, got inf at [0, 0]" in message(
        DataError, lambda: Dataset([[1e300]], [0]).astype(np.float32)
    )
