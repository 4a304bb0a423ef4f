"""Write bplearn/datasets/*.npz from scikit-learn's copies. Run once: python tests/data/make_datasets.py

Each file holds counts (whole numbers), divisor (one for each column), targets and names; x = counts / divisor
gives the published decimals to the last bit. scikit-learn is needed here and nowhere else.
"""

from pathlib import Path

import numpy as np

TARGET_FOLDER = Path(__file__).parents[2] / "bplearn" / "datasets"


def as_counts(x, most_decimals=8):
    """Return whole numbers and one power of ten for each column, such that counts / divisor == x exactly."""
    divisor = np.zeros(x.shape[1])
    for decimals in reversed(range(most_decimals + 1)):
        exact = (np.round(x * 10**decimals) / 10**decimals == x).all(axis=0)
        divisor[exact] = 10**decimals
    assert (divisor > 0).all(), "a column has more decimals than expected"
    return np.round(x * divisor), divisor


def smallest(whole_numbers):
    return whole_numbers.astype(np.min_scalar_type(int(whole_numbers.max())))


def contents():
    """Return {name: {array name: array}} as it belongs into the files."""
    from sklearn import datasets as sk

    digits, iris, cancer = sk.load_digits(), sk.load_iris(), sk.load_breast_cancer()
    made = {
        "digits": (digits.data, np.full(64, 16), digits),
        "iris": (*as_counts(iris.data), iris),
        "breast_cancer": (*as_counts(cancer.data), cancer),
    }
    return {
        name: {
            "counts": smallest(counts),
            "divisor": smallest(divisor),
            "targets": smallest(source.target),
            "target_names": np.array([str(label) for label in source.target_names]),
            "feature_names": np.array([str(label) for label in source.feature_names]),
        }
        for name, (counts, divisor, source) in made.items()
    }


if __name__ == "__main__":
    for name, arrays in contents().items():
        np.savez_compressed(TARGET_FOLDER / f"{name}.npz", **arrays)
