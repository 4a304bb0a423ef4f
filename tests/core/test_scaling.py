"""Standardizing: the statistics of training, kept, used for new samples, saved with the network."""

import copy
import json
import pickle

import numpy as np
import pytest

from bplearn import (
    Adam,
    ArgumentError,
    DataError,
    Dataset,
    Flatten,
    MeanSquaredError,
    Sequential,
    ShapeError,
    datasets,
    fit,
    mlp,
)
from bplearn.datasets import Scaling

UNITS = Dataset(
    [[0.0, 10.0], [2.0, 30.0]], [0, 1], feature_names=("age", "size"), name="a"
)  # means 1 and 20, std 1 and 10


def message(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


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
    assert datasets.moons().astype(np.float32).standardize().x.dtype == np.float32
    assert message(ShapeError, lambda: datasets.moons().standardize(Dataset([[1]], [0], name="b"))) == (
        "standardize('b') expected 2 columns as in 'moons', got 1."
    )


# the scaling that is kept


def test_the_scaling_does_to_new_samples_what_it_did_to_the_test_part():
    train, test = datasets.breast_cancer().split(rng=0)
    scaled, unseen = train.standardize(test)
    assert unseen.scaling == scaled.scaling
    assert np.array_equal(scaled.scaling.apply(test.x), unseen.x)
    assert np.array_equal(scaled.scaling(test.x[:1]), unseen.x[:1])
    assert np.array_equal(scaled.scaling.apply(test.x[3]), unseen.x[3])
    np.testing.assert_allclose(scaled.scaling.undo(unseen.x), test.x, rtol=1e-12)
    assert train.scaling is None
    assert scaled.scaling.names == train.feature_names
    np.testing.assert_allclose(scaled.scaling.mean, train.x.mean(axis=0))
    np.testing.assert_allclose(scaled.scaling.std, train.x.std(axis=0))


def test_lists_whole_numbers_and_float32_may_be_scaled():
    scaling = UNITS.standardize().scaling
    assert scaling.apply([[5, 0]]).tolist() == [[4, -2]]
    assert scaling.apply([5, 0]).tolist() == [4, -2]
    assert scaling.undo([[4, -2]]).tolist() == [[5, 0]]
    assert scaling.apply(np.array([[5, 0]], dtype=np.float32)).dtype == np.float32
    stack = np.arange(12.0).reshape(2, 3, 2)
    assert np.array_equal(scaling.apply(stack)[1], scaling.apply(stack[1]))


def test_parts_and_other_precisions_keep_the_scaling_and_a_second_one_is_added_to_the_first():
    data = datasets.iris().standardize()
    assert data.split()[1].scaling == data.scaling == data.astype(np.float32).scaling
    train, test = data.split()
    again, aside = train.standardize(test)
    raw = datasets.iris()
    kept = [int(np.flatnonzero((data.x == row).all(axis=1))[0]) for row in test.x]
    np.testing.assert_allclose(aside.scaling.apply(raw.x[kept]), aside.x, atol=1e-12)
    assert again.scaling == aside.scaling


def test_a_raw_part_is_not_taken_for_a_standardized_one():
    text = message(ArgumentError, lambda: UNITS.standardize().standardize(Dataset([[1.0, 2.0]], [0], name="b")))
    assert text == (
        "standardize('b') expected both sets standardized, or none, got 'a (standardized)' and 'b'. "
        "Pass both as they were: train, test = train.standardize(test)."
    )
    assert "expected both sets" in message(ArgumentError, lambda: UNITS.standardize(UNITS.standardize()))


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda scaling: pickle.loads(pickle.dumps(scaling))])
def test_a_scaling_never_changes(clone):
    scaling = clone(UNITS.standardize().scaling)
    assert scaling == UNITS.standardize().scaling
    with pytest.raises(ValueError, match="read-only"):
        scaling.mean[0] = 5
    with pytest.raises(AttributeError):
        scaling.mean = np.ones(2)
    assert scaling != Scaling([1.0, 20.0], [1.0, 10.0])
    assert scaling != "a scaling"


def test_repr_shows_few_columns_and_counts_many():
    assert repr(UNITS.standardize().scaling) == "Scaling(2 columns, mean 1, 20, std 1, 10)"
    assert repr(datasets.digits().standardize().scaling) == "Scaling(64 columns)"
    values = Dataset([[1.0], [3.0]], [[0.0], [2.0]])
    assert repr(values.standardize(targets=True).scaling) == "Scaling(1 column, mean 2, std 1, and of the targets)"


BAD = [
    (lambda s: s.apply([[1.0]]), ShapeError, "scaling expected x of shape (N, 2) or (2,), got (1, 1)."),
    (lambda s: s.undo(3.0), ShapeError, "scaling expected x of shape (N, 2) or (2,), got ()."),
    (lambda s: s.apply([[1.0, np.nan]]), DataError, "x expected finite numbers, got nan at [0, 1] (1 in all)."),
    (lambda s: s.apply(np.ma.masked_equal([[1, -9]], -9)), DataError, "x expected no masked entries, got 1 masked"),
    (lambda s: s.apply([["a", "b"]]), DataError, "x expected numbers, got <U1 values such as"),
    (lambda s: Scaling([1.0], [0.0]), ArgumentError, "Scaling's std expected numbers above 0, got 0.0."),
    (
        lambda s: Scaling([1.0], [1.0, 2.0]),
        ShapeError,
        "Scaling expected mean and std of shape (D,), got (1,) and (2,).",
    ),
    (lambda s: Scaling([1.0], [1.0], ("a", "b")), ArgumentError, "Scaling's names expected 1 names, got 2."),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_what_does_not_fit_is_named(call, error, text):
    assert message(error, lambda: call(UNITS.standardize().scaling)).startswith(text)


def test_a_frame_with_its_columns_in_another_order_is_refused():
    pandas = pytest.importorskip("pandas")
    scaling, x = UNITS.standardize().scaling, pandas.DataFrame({"size": [0.0], "age": [5.0]})
    text = message(ArgumentError, lambda: scaling.apply(x))
    assert text == (
        "scaling expected columns in the order ('age', 'size'), got ('size', 'age'). Write x[['age', 'size']]."
    )
    assert scaling.apply(eval(text.split("Write ")[1].rstrip("."))).tolist() == [[4, -2]]


# values to predict


def test_values_may_be_scaled_and_predictions_come_back_in_their_units():
    x = np.linspace(20, 200, 60)[:, None]
    homes = Dataset(x, 150_000 + 2_500 * x, feature_names=("area",), name="homes")
    train, test = homes.split(rng=0)
    scaled, unseen = train.standardize(test, targets=True)
    assert scaled.targets.std() == pytest.approx(1)
    np.testing.assert_allclose(scaled.scaling.targets.undo(unseen.targets), test.targets)
    network = mlp(1, 4, 1, rng=0)
    fit(network, scaled, loss=MeanSquaredError(), optimizer=Adam(0.03), epochs=300, rng=0, progress=False)
    prices = scaled.scaling.targets.undo(network(scaled.scaling.apply(test.x)))
    assert np.abs(prices - test.targets).max() < 20_000
    assert train.standardize().targets is not scaled.targets
    assert np.array_equal(train.standardize().targets, train.targets)
    assert train.standardize().scaling.targets is None


def test_classes_are_not_scaled():
    text = message(ArgumentError, lambda: UNITS.standardize(targets=True))
    assert text == "standardize(targets=True) expected values to predict, got classes."


# saved with the network


@pytest.fixture
def file(tmp_path):
    return tmp_path / "net.npz"


@pytest.mark.parametrize(
    "data", [datasets.iris(), datasets.noisy_sine(), datasets.digits().astype(np.float32)], ids=repr
)
def test_a_prediction_next_month_uses_the_same_scaling(file, data):
    values = data.target_names is None
    scaled = data.standardize(targets=values)
    network = mlp(data.x.shape[1], 3, rng=0)
    network.save(file, scaling=scaled.scaling)
    loaded = Sequential.load(file)
    assert loaded.scaling == scaled.scaling
    assert (loaded.scaling.targets is not None) == values
    assert np.array_equal(loaded.scaling.apply(data.x), scaled.x)
    assert np.array_equal(loaded(loaded.scaling.apply(data.x[:5])), network(scaled.x[:5]))


def test_a_scaling_is_not_lost_by_copying_or_saving_again(file, tmp_path):
    mlp(2, 1, rng=0).save(file, scaling=UNITS.standardize().scaling)
    Sequential.load(file).copy().save(tmp_path / "again.npz")
    assert Sequential.load(tmp_path / "again.npz").scaling == UNITS.standardize().scaling
    other = Scaling([0.0, 0.0], [1.0, 1.0])
    Sequential.load(file).save(file, scaling=other)
    assert Sequential.load(file).scaling == other


def test_a_network_without_a_scaling_has_none_as_have_older_files(file):
    network = mlp(2, 1, rng=0)
    assert network.scaling is None
    network.save(file, scaling=UNITS.scaling)
    with np.load(file) as archive:
        assert "scaling" not in json.loads(str(archive["description"]))
    assert Sequential.load(file).scaling is None


def test_what_is_no_scaling_or_one_of_other_columns_is_refused_before_anything_is_written(file):
    text = message(ArgumentError, lambda: mlp(2, 1).save(file, scaling=UNITS))
    assert text.startswith("save's scaling expected a Scaling, got Dataset 'a'")
    assert text.endswith("Write scaling=data.scaling.")
    text = message(ShapeError, lambda: mlp(3, 1).save(file, scaling=UNITS.standardize().scaling))
    assert text == "save expected a scaling of 3 columns, the network's inputs, got one of 2."
    assert not file.exists()
    Sequential(Flatten(), *mlp(2, 1)).save(file, scaling=UNITS.standardize().scaling)
