"""Draws the inputs that a check is run on: networks whose layers are not square and whose biases are not zero.

A mistake hides where sizes happen to agree, where a bias is 0, where there is one batch only or where a number sits
on a kink. So there are two batches through one network, another network, float32, the first batch once more, and
two square networks that serve the diagnosis alone. First met in notebooks/02_forward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array


@dataclass
class RandomCase:
    """Sizes and random streams of one case: N samples, D inputs, H hidden units, M outputs.

    The same `network` gives the same weights, the same `batch` the same data.

    >>> RandomCase("a batch", network=1, batch=1, N=5, D=3, H=4, M=2).data(5, 3).shape
    (5, 3)
    """

    label: str
    network: int
    batch: int
    N: int
    D: int
    H: int
    M: int
    dtype: Any = np.float64
    diagnosis_only: bool = False
    weight_rng: np.random.Generator = field(init=False, repr=False)
    data_rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.weight_rng = np.random.default_rng([2024, self.network])
        self.data_rng = np.random.default_rng([7, self.batch])

    def weights(self, *shape: int) -> Array:
        """Return weights or biases of this shape, none of them near 0."""
        sizes = self.weight_rng.uniform(0.2, 1.1, shape) * self.weight_rng.choice([-1, 1], shape)
        return np.asarray(sizes, dtype=self.dtype)

    def data(self, *shape: int) -> Array:
        """Return normal data of this shape."""
        return self.data_rng.normal(size=shape).astype(self.dtype)

    def until(self, make: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
        """Return the first result of `make()` that is `good`: for points away from kinks."""
        for _ in range(2000):
            result = make()
            if good(result):
                return result
        raise RuntimeError(f"no good draw for {self.label}")


def random_cases() -> list[RandomCase]:
    """Return the cases of a check, in the order in which they are run.

    >>> [draw.N for draw in random_cases()][:4]
    [5, 3, 4, 6]
    """
    return [
        RandomCase("a batch of 5", network=1, batch=1, N=5, D=3, H=4, M=2),
        RandomCase("a second batch, of 3, through the same network", network=1, batch=2, N=3, D=3, H=4, M=2),
        RandomCase("another network", network=2, batch=3, N=4, D=2, H=5, M=3),
        RandomCase("float32 numbers", network=3, batch=4, N=6, D=4, H=3, M=2, dtype=np.float32),
        RandomCase("the first batch once more", network=1, batch=1, N=5, D=3, H=4, M=2),
        RandomCase("square layers", network=4, batch=5, N=5, D=3, H=3, M=3, diagnosis_only=True),
        RandomCase("square layers and a square batch", network=5, batch=6, N=3, D=3, H=3, M=3, diagnosis_only=True),
    ]
