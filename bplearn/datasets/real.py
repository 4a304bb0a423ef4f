"""Three small sets of real measurements that ship with the package.

Handwritten digits, iris flowers and breast tumors: real enough to be noisy, small enough to train on in seconds.
SOURCES.md beside this file says who measured them, where they come from and under which licence.
First used in notebooks/00_start_here.ipynb; notebooks/14_digits_from_scratch.ipynb judges what was learned.
"""

from __future__ import annotations

from importlib import resources

import numpy as np

from bplearn.datasets.dataset import Dataset


def digits() -> Dataset:
    """Load 1,797 handwritten digits of 8 x 8 pixels; 0 is paper, 1 is full ink.

    Shapes: x (1797, 64), targets (1797,), class numbers 0..9.

    x = counts / 16, where a count 0..16 says how many of the 4 x 4 small pixels below it are black.

    >>> data = digits()
    >>> data
    Dataset 'digits': 1,797 samples, 64 features (images of 8 x 8), 10 classes of 174 to 183

    Source: Alpaydin and Kaynak (1998), UCI Machine Learning Repository, doi:10.24432/C50P49

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    return _load("digits", image_shape=(8, 8))


def iris() -> Dataset:
    """Load 150 iris flowers of three species: length and width of sepal and petal in centimeters.

    Shapes: x (150, 4), targets (150,), class numbers 0..2.

    >>> iris().target_names
    ('setosa', 'versicolor', 'virginica')

    Source: Fisher (1936), The use of multiple measurements in taxonomic problems; doi:10.24432/C56C76
    """
    return _load("iris")


def breast_cancer() -> Dataset:
    """Load 569 breast tumors, malignant (0) or benign (1), with 30 measurements of their cell nuclei.

    Shapes: x (569, 30), targets (569,), class numbers 0..1.

    The columns differ in size by a factor of 100,000: `standardize` them before training.

    >>> breast_cancer()
    Dataset 'breast_cancer': 569 samples, 30 features, 2 classes (malignant 212, benign 357)

    Source: Wolberg, Mangasarian, Street and Street (1993), doi:10.24432/C5DW2B
    """
    return _load("breast_cancer")


def _load(name: str, image_shape: tuple[int, int] | None = None) -> Dataset:
    """Read one file. It holds whole numbers and a divisor for each column: x = counts / divisor, exact and small."""
    file = resources.files("bplearn.datasets").joinpath(f"{name}.npz")
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return Dataset(
            arrays["counts"] / arrays["divisor"].astype(np.float64),
            arrays["targets"],
            target_names=arrays["target_names"],
            feature_names=arrays["feature_names"],
            name=name,
            image_shape=image_shape,
        )
