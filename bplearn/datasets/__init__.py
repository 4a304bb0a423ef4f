"""Data to learn from: three real sets, six toy sets, a small text, and a reader for your own file.

Every one of them is a `Dataset`: numbers `x`, `targets`, and the names that go with them.
All data ship with the package; nothing is downloaded.
The notebook notebooks/00_start_here.ipynb uses `digits()` first.
"""

from bplearn.datasets.dataset import Dataset
from bplearn.datasets.real import breast_cancer, digits, iris
from bplearn.datasets.rows import batches
from bplearn.datasets.scaling import Scaling
from bplearn.datasets.text import next_tokens, rhymes
from bplearn.datasets.toys import blobs, circles, moons, noisy_sine, spirals, xor

__all__ = [
    "Dataset",
    "Scaling",
    "batches",
    "blobs",
    "breast_cancer",
    "circles",
    "digits",
    "iris",
    "moons",
    "next_tokens",
    "noisy_sine",
    "rhymes",
    "spirals",
    "xor",
]
