"""Draws the inputs that a check is run on: networks whose layers are not square and whose biases are not zero.

A mistake stays hidden where sizes happen to agree, where a bias is 0, where a setting never changes, where there is
only one batch, or where a number sits on a kink. So a check has three batches through one network, another network,
float32, the first batch once more and another of its size right after it, a single sample, and two square networks
that serve the diagnosis alone; settings such as a learning rate are drawn for each case.
First met in notebooks/02_forward_pass.ipynb.
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
    shown: bool = False
    edge: bool = False  # axes of length 1, where much agrees by broadcasting: it is judged and names nothing
    weight_rng: np.random.Generator = field(init=False, repr=False)
    data_rng: np.random.Generator = field(init=False, repr=False)
    settings: list[float] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.settings = []
        self.setting_rng = np.random.default_rng([11, self.network, self.batch])
        self.weight_rng = np.random.default_rng([2024, self.network])
        self.data_rng = np.random.default_rng([7, self.batch])

    def weights(self, *shape: int) -> Array:
        """Return weights or biases of this shape, none of them near 0."""
        sizes = self.weight_rng.uniform(0.2, 1.1, shape) * self.weight_rng.choice([-1, 1], shape)
        return np.asarray(sizes, dtype=self.dtype)

    def data(self, *shape: int) -> Array:
        """Return normal data of this shape."""
        return self.data_rng.normal(size=shape).astype(self.dtype)

    def setting(self, usual: float, low: float, high: float) -> float:
        """Return a setting such as a learning rate: drawn anew for each case, and the usual one in a case to be shown.

        No two of a case are equal, add up to 1, or are twice or half of one another.
        """
        if self.shown:
            return usual

        def good(value: float) -> bool:
            relatives = [(value, plain) for plain in (0.5, 1, 2)]
            relatives += [(near, known) for known in self.settings for near in (value, 2 * value, value / 2, 1 - value)]
            return all(abs(near - known) > 0.02 * known for near, known in relatives)

        value = self.until(lambda: float(f"{low * (high / low) ** self.setting_rng.random():.3g}"), good)
        self.settings.append(value)
        return float(value)

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
    [5, 3, 5, 4]
    """
    return [
        RandomCase("a batch of 5", network=1, batch=1, N=5, D=3, H=4, M=2),
        RandomCase("a second batch, of 3, through the same network", network=1, batch=2, N=3, D=3, H=4, M=2),
        RandomCase("a third batch, of 5, through the same network", network=1, batch=8, N=5, D=3, H=4, M=2),
        RandomCase("another network", network=2, batch=3, N=4, D=2, H=5, M=3),
        RandomCase("float32 numbers", network=3, batch=4, N=6, D=4, H=3, M=2, dtype=np.float32),
        RandomCase("the first batch once more", network=1, batch=1, N=5, D=3, H=4, M=2),
        RandomCase("another batch of 5, right after it", network=1, batch=9, N=5, D=3, H=4, M=2),
        RandomCase("a single sample", network=6, batch=7, N=1, D=3, H=2, M=1, edge=True),
        RandomCase("square layers", network=4, batch=5, N=5, D=3, H=3, M=3, diagnosis_only=True),
        RandomCase("square layers and a square batch", network=5, batch=6, N=3, D=3, H=3, M=3, diagnosis_only=True),
    ]


def fresh_cases() -> list[RandomCase]:
    """Return cases of other sizes, on which a name is confirmed; one is square, for what fails on all others.

    >>> [draw.N for draw in fresh_cases()]
    [7, 2, 4]
    """
    return [
        RandomCase("a fresh batch", network=21, batch=21, N=7, D=5, H=6, M=4),
        RandomCase("another fresh batch", network=22, batch=22, N=2, D=4, H=5, M=3),
        RandomCase("fresh square layers", network=23, batch=23, N=4, D=3, H=3, M=3),
    ]
