"""Dataset, the shipped data, the toy sets, batches and splits. Facts about the data come from their publications."""

import copy
import importlib.util
import pickle
from dataclasses import FrozenInstanceError
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from bplearn import datasets
from bplearn.datasets import Dataset, batches
from bplearn.errors import ArgumentError, DataError, ShapeError, TargetError

FOLDER = Path(str(resources.files("bplearn.datasets")))


def small(n=10, classes=2, **options):
    return Dataset(np.arange(2.0 * n).reshape(n, 2), np.arange(n) % classes, **options)


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


# the shipped data


def test_digits_are_the_published_ones():
    data = datasets.digits()
    assert data.x.shape == (1797, 64)
    assert data.image_shape == (8, 8)
    assert data.target_names == tuple("0123456789")
    assert data.class_counts == (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)
    assert data.targets[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    first = """ 0  0  5 13  9  1  0  0
                0  0 13 15 10 15  5  0
                0  3 15  2  0 11  8  0
                0  4 12  0  0  8  8  0
                0  5  8  0  0  9  8  0
                0  4 11  0  1 12  7  0
                0  2 14  5 10 12  0  0
                0  0  6 13 10  0  0  0"""
    assert (data.x[0] * 16).tolist() == [float(count) for count in first.split()]
    assert data.x.min() == 0
    assert data.x.max() == 1
    assert data.x.mean() * 16 == pytest.approx(4.884165, abs=1e-6)
    assert data.feature_names[:9] == (*(f"pixel_0_{j}" for j in range(8)), "pixel_1_0")


def test_iris_is_fishers():
    data = datasets.iris()
    assert data.class_counts == (50, 50, 50)
    assert data.target_names == ("setosa", "versicolor", "virginica")
    assert data.x[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert data.x[149].tolist() == [5.9, 3.0, 5.1, 1.8]
    # the two rows in which UCI's file departs from Fisher's paper
    assert data.x[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert data.x[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    # the means of the species in Fisher's table II
    for number, means in enumerate(
        [(5.006, 3.428, 1.462, 0.246), (5.936, 2.770, 4.260, 1.326), (6.588, 2.974, 5.552, 2.026)]
    ):
        np.testing.assert_allclose(data.x[data.targets == number].mean(axis=0), means, atol=1e-9)


def test_breast_cancer_is_wisconsins():
    data = datasets.breast_cancer()
    assert data.x.shape == (569, 30)
    assert dict(zip(data.target_names, data.class_counts, strict=True)) == {"malignant": 212, "benign": 357}
    assert data.x[0, :5].tolist() == [17.99, 10.38, 122.8, 1001.0, 0.1184]
    assert data.target_names[data.targets[0]] == "malignant"
    assert data.feature_names[0] == "mean radius"
    assert data.feature_names[29] == "worst fractal dimension"
    assert data.x.max() == 4254.0
    assert data.x[:, 0].mean() == pytest.approx(14.127292, abs=1e-6)
    assert data.x[:, 3].mean() == pytest.approx(654.889104, abs=1e-6)


def test_files_are_what_the_script_makes():
    pytest.importorskip("sklearn")
    script = Path(__file__).parents[1] / "data" / "make_datasets.py"
    spec = importlib.util.spec_from_file_location("make_datasets", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.contents()
    assert sorted(made) == sorted(path.stem for path in FOLDER.glob("*.npz"))
    for name, expected in made.items():
        with np.load(FOLDER / f"{name}.npz") as arrays:
            assert sorted(arrays) == sorted(expected)
            for key, array in expected.items():
                assert arrays[key].dtype == array.dtype
                assert np.array_equal(arrays[key], array), (name, key)


@pytest.mark.parametrize("name", ["digits", "iris", "breast_cancer"])
def test_loaded_numbers_equal_scikit_learns_to_the_last_bit(name):
    sk = pytest.importorskip("sklearn.datasets")
    source = getattr(sk, f"load_{name}")()
    data = getattr(datasets, name)()
    assert np.array_equal(data.x, source.data / 16 if name == "digits" else source.data)
    assert np.array_equal(data.targets, source.target)


def test_the_bundle_is_small_and_names_its_sources():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.npz")) < 500_000
    text = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    for path in FOLDER.glob("*.npz"):
        section = text.split(f"## {path.name}")[1].split("\n## ")[0]
        assert "Source:" in section
        assert "doi.org" in section
        assert "Licence: CC BY 4.0" in section


# the toy sets


def test_xor_is_one_where_the_inputs_differ():
    data = datasets.xor()
    assert [(int(a), int(b), int(t)) for (a, b), t in zip(data.x, data.targets, strict=True)] == [
        (0, 0, 0),
        (0, 1, 1),
        (1, 0, 1),
        (1, 1, 0),
    ]


def test_moons_without_noise_lie_on_two_half_circles():
    data = datasets.moons(101, noise=0)
    upper, lower = data.x[data.targets == 0], data.x[data.targets == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert (upper[:, 1] >= -1e-12).all()
    assert (lower[:, 1] <= 0.5 + 1e-12).all()
    np.testing.assert_allclose([upper[0], upper[-1]], [[1, 0], [-1, 0]], atol=1e-12)
    np.testing.assert_allclose([lower[0], lower[-1]], [[0, 0.5], [2, 0.5]], atol=1e-12)


def test_moons_and_circles_without_noise_are_scikit_learns_points():
    sk = pytest.importorskip("sklearn.datasets")
    for ours, theirs in [
        (datasets.moons(40, noise=0), sk.make_moons(40, shuffle=False)),
        (datasets.circles(40, noise=0, factor=0.3), sk.make_circles(40, shuffle=False, factor=0.3)),
    ]:
        for number in (0, 1):
            np.testing.assert_allclose(ours.x[ours.targets == number], theirs[0][theirs[1] == number], atol=1e-12)


def test_circles_without_noise_have_two_radii_and_no_point_twice():
    data = datasets.circles(60, noise=0, factor=0.4)
    np.testing.assert_allclose(np.hypot(*data.x.T), np.where(data.targets == 0, 1.0, 0.4))
    assert len(np.unique(data.x.round(9), axis=0)) == 60


def test_blobs_have_their_centers_on_a_circle_of_radius_2():
    data = datasets.blobs(4000, classes=4, spread=0.5, rng=3)
    clouds = [data.x[data.targets == k] for k in range(4)]
    np.testing.assert_allclose([cloud.mean(axis=0) for cloud in clouds], [[2, 0], [0, 2], [-2, 0], [0, -2]], atol=0.06)
    np.testing.assert_allclose([cloud.std(axis=0) for cloud in clouds], 0.5, atol=0.03)


def test_spirals_without_noise_are_arms_turned_by_equal_angles():
    data = datasets.spirals(90, classes=3, turns=1, noise=0)
    arms = [data.x[data.targets == k] for k in range(3)]
    third = np.array([[-0.5, np.sqrt(3) / 2], [-np.sqrt(3) / 2, -0.5]])  # rows times this: a turn by 120 degrees
    np.testing.assert_allclose(arms[0] @ third, arms[1], atol=1e-12)
    np.testing.assert_allclose(arms[1] @ third, arms[2], atol=1e-12)
    np.testing.assert_allclose(np.hypot(*arms[0].T), np.linspace(0.1, 1, 30))
    np.testing.assert_allclose(arms[0][-1], [1, 0], atol=1e-12)  # one full turn ends where it began
    np.testing.assert_allclose(arms[0][0], [0.0809016994, 0.0587785252], atol=1e-9)  # a tenth of a turn: 36 degrees


def test_noisy_sine_is_a_sine_with_noise_of_the_given_size():
    clean = datasets.noisy_sine(5, noise=0)
    np.testing.assert_allclose(clean.x[:, 0], [-np.pi, -np.pi / 2, 0, np.pi / 2, np.pi])
    np.testing.assert_allclose(clean.targets[:, 0], [0, -1, 0, 1, 0], atol=1e-12)
    assert clean.target_names is None
    noisy = datasets.noisy_sine(4000, noise=0.2, rng=1)
    assert (noisy.targets - datasets.noisy_sine(4000, noise=0).targets).std() == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize(
    "make", [datasets.moons, datasets.circles, datasets.blobs, datasets.spirals, datasets.noisy_sine]
)
def test_toy_sets_repeat_with_the_same_rng_and_take_the_size_asked(make):
    assert np.array_equal(make(31, rng=5).x, make(31, rng=5).x)
    first, second = make(31, rng=5), make(31, rng=np.random.default_rng(6))
    assert len(first) == len(second) == 31
    assert not (np.array_equal(first.x, second.x) and np.array_equal(first.targets, second.targets))
    assert np.isfinite(make(31, rng=None).x).all()
    assert message(ArgumentError, lambda: make(0)) == "n expected a whole number of at least 1, got 0."
    assert message(ArgumentError, lambda: make(1)).startswith("n expected at least")
    assert "rng expected a whole number of at least 0, a NumPy Generator or None" in message(
        ArgumentError, lambda: make(10, rng="0")
    )


@pytest.mark.parametrize("make", [datasets.moons, datasets.circles, datasets.blobs, datasets.spirals])
def test_toy_classes_take_turns(make):
    data = make(31)
    assert max(data.class_counts) - min(data.class_counts) <= 1
    assert data.targets[:2].tolist() == [0, 1]


def test_toy_options_are_checked():
    assert (
        message(ArgumentError, lambda: datasets.moons(noise=-1)) == "noise expected a number of at least 0.0, got -1."
    )
    assert message(ArgumentError, lambda: datasets.blobs(spread=-1)).startswith("spread expected")
    assert message(ArgumentError, lambda: datasets.circles(factor=2)).startswith("factor expected")
    assert message(ArgumentError, lambda: datasets.spirals(classes=0)).startswith("classes expected")
    assert message(ArgumentError, lambda: datasets.blobs(2)) == "n expected at least 3 samples, got 2."


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
    assert "<caption>Dataset: &lt;x&gt;</caption>" in text
    assert "class 0: &lt;b&gt;</th><td>1</td>" in text
    assert "class 1: c &amp; d</th><td>2</td>" in text
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


# standardize


def test_standardize_uses_the_statistics_of_the_set_it_is_called_on():
    train = Dataset([[0.0, 10.0], [2.0, 30.0]], [0, 1], name="a")  # means 1 and 20, deviations 1 and 10
    new_train, test, other = train.standardize(
        Dataset([[5.0, 0.0]], [0], name="b"), Dataset([[1.0, 20.0]], [0], name="c")
    )
    assert new_train.x.tolist() == [[-1, -1], [1, 1]]
    assert test.x.tolist() == [[4, -2]]
    assert other.x.tolist() == [[0, 0]]
    assert new_train.name == "a (standardized)"
    assert "b (standardized by a)" in repr(test)
    assert train.x[0, 1] == 10


def test_standardize_alone_gives_one_dataset():
    data = datasets.breast_cancer().standardize()
    assert isinstance(data, Dataset)
    np.testing.assert_allclose(data.x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.x.std(axis=0), 1)
    assert np.array_equal(data.targets, datasets.breast_cancer().targets)


def test_constant_columns_become_zero_also_where_their_mean_is_rounded():
    train, test = Dataset(np.full((7, 1), 0.1), [0] * 7).standardize(Dataset([[2.1]], [0]))
    assert train.x.tolist() == [[0.0]] * 7
    assert test.x.tolist() == [[2.0]]
    assert np.isfinite(datasets.digits().standardize().x).all()  # some border pixels are always 0


def test_standardize_keeps_float32_and_checks_columns():
    assert small().astype(np.float32).standardize().x.dtype == np.float32
    assert message(ShapeError, lambda: small(name="a").standardize(Dataset([[1]], [0], name="b"))) == (
        "standardize('b') expected 2 columns as in 'a', got 1."
    )


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
