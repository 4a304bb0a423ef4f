"""The data that ship with the package, and the toy sets. Facts about the data come from their publications."""

import importlib.util
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from bplearn import datasets
from bplearn.errors import ArgumentError

FOLDER = Path(str(resources.files("bplearn.datasets")))


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


# the text


def test_each_token_of_a_window_has_the_one_that_follows_it_as_target():
    tokens = np.random.default_rng(0).integers(0, 9, 11)
    x, targets = datasets.next_tokens(tokens, 4)
    assert x.shape == targets.shape == (7, 4)
    for start, place in np.ndindex(x.shape):
        assert x[start, place] == tokens[start + place]
        assert targets[start, place] == tokens[start + place + 1]
    x[0, 0] = 99  # a copy: the text is as it was, and so are the other windows
    assert 99 not in tokens
    assert 99 not in targets


@pytest.mark.parametrize("length", [0, 3, 4])
def test_a_text_must_be_longer_than_a_window(length):
    said = message(ArgumentError, lambda: datasets.next_tokens([1, 2, 3], length))
    assert said == f"next_tokens expected a length from 1 to 2, below that of the text, got {length}."
