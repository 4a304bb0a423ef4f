"""A Scaling keeps the mean and the deviation of each column, since next month's samples need the same ones.

`Dataset.standardize` makes a `Scaling` of the training part; it goes with the data and is saved with the network. The
notebook notebooks/14_digits_from_scratch.ipynb says why the statistics belong to the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, all_finite, as_floats, column_names, expected_got
from bplearn.errors import ArgumentError, ShapeError
from bplearn.show.text import short


@dataclass(frozen=True, eq=False, init=False)
class Scaling:
    """What `standardize` did to each column, to be done to new samples, or undone.

    Shapes: mean (D,), std (D,); apply and undo take (N, D), or one sample (D,), and give the same shape.

    apply:  x_new = (x - mean) / std
    undo:   x = x_new * std + mean

    `names` are those of the columns; a data frame must have them in this order. `targets` is the Scaling of values to
    predict, where they were standardized too: `scaling.targets.undo(prediction)` is in their own units.

    Raises: ShapeError for other columns, ArgumentError for a frame whose columns stand in another order.

    >>> scaling = Scaling([10.0, 0.5], [2.0, 0.1])
    >>> scaling.apply([[14.0, 0.5]])
    array([[2., 0.]])
    >>> scaling.undo(scaling.apply([[14.0, 0.5]])).tolist()
    [[14.0, 0.5]]
    """

    mean: Array
    std: Array
    names: tuple[str, ...] = ()
    targets: Scaling | None = None

    def __init__(self, mean: Any, std: Any, names: tuple[str, ...] = (), targets: Scaling | None = None) -> None:
        mean, std = (np.array(all_finite(as_floats(part, name), name)) for part, name in ((mean, "mean"), (std, "std")))
        if mean.ndim != 1 or std.shape != mean.shape:
            raise ShapeError(expected_got("Scaling", "mean and std of shape (D,)", f"{mean.shape} and {std.shape}"))
        if (std <= 0).any():
            raise ArgumentError(expected_got("Scaling's std", "numbers above 0", f"{std.min()}"))
        if names and len(names) != len(mean):
            raise ArgumentError(expected_got("Scaling's names", f"{len(mean)} names", len(names)))
        mean.flags.writeable = std.flags.writeable = False
        self.__dict__.update(mean=mean, std=std, names=tuple(names), targets=targets)

    @classmethod
    def of(cls, x: Array, names: tuple[str, ...] = (), targets: Scaling | None = None) -> Scaling:
        """Measure mean and standard deviation of each column of x (N, D); a constant column has the deviation 1.

        >>> Scaling.of(np.array([[1.0, 7.0], [3.0, 7.0]]))
        Scaling(2 columns, mean 2, 7, std 1, 1)
        """
        constant = x.min(axis=0) == x.max(axis=0)
        mean = np.where(constant, x[0], x.mean(axis=0, dtype=np.float64))
        std = np.where(constant, 1.0, x.std(axis=0, dtype=np.float64))
        return cls(mean, np.where(std > 0, std, 1.0), names, targets)

    def apply(self, x: Any) -> Array:
        """Return x in units of this scaling: (x - mean) / std, column by column."""
        clean = self._checked(x)
        return ((clean - self.mean) / self.std).astype(clean.dtype)

    def undo(self, x: Any) -> Array:
        """Return x in its own units again: x * std + mean."""
        clean = self._checked(x)
        return (clean * self.std + self.mean).astype(clean.dtype)

    def __call__(self, x: Any) -> Array:
        """Do what `apply` does."""
        return self.apply(x)

    def after(self, first: Scaling | None) -> Scaling:
        """Return the one scaling that does what `first` and then this one do.

        >>> Scaling([1.0], [2.0]).after(Scaling([10.0], [5.0])).apply([25.0])
        array([1.])
        """
        if first is None:
            return self
        targets = self.targets.after(first.targets) if self.targets else first.targets
        return Scaling(first.mean + first.std * self.mean, first.std * self.std, self.names, targets)

    def settings(self) -> dict[str, Any]:
        """Return all of it as numbers and text that JSON can hold, to the last bit.

        >>> Scaling.restored(Scaling([1.0], [2.0]).settings())
        Scaling(1 column, mean 1, std 2)
        """
        inner = self.targets.settings() if self.targets else None
        return {"mean": self.mean.tolist(), "std": self.std.tolist(), "names": list(self.names), "targets": inner}

    @classmethod
    def restored(cls, settings: dict[str, Any]) -> Scaling:
        """Make a Scaling again of what `settings` returned."""
        targets = cls.restored(settings["targets"]) if settings["targets"] else None
        return cls(settings["mean"], settings["std"], tuple(settings["names"]), targets)

    def _checked(self, x: Any) -> Array:
        names = column_names(x)
        if names and self.names and names != self.names and sorted(names) == sorted(self.names):
            advice = f"Write x[{list(self.names)}]."
            raise ArgumentError(expected_got("scaling", f"columns in the order {self.names}", f"{names}", advice))
        clean = all_finite(as_floats(x, "x"), "x", columns=names)
        if clean.ndim == 0 or clean.shape[-1] != len(self.mean):
            expected = f"x of shape (N, {len(self.mean)}) or ({len(self.mean)},)"
            raise ShapeError(expected_got("scaling", expected, clean.shape))
        return clean

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scaling):
            return NotImplemented
        same = np.array_equal(self.mean, other.mean) and np.array_equal(self.std, other.std)
        return same and self.names == other.names and self.targets == other.targets

    __hash__ = None  # type: ignore[assignment]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.mean.flags.writeable = self.std.flags.writeable = False  # pickle and deepcopy forget the lock

    def __repr__(self) -> str:
        count = f"{len(self.mean)} column{'s' if len(self.mean) != 1 else ''}"
        if len(self.mean) <= 4:
            count += f", mean {', '.join(map(short, self.mean))}, std {', '.join(map(short, self.std))}"
        return f"Scaling({count}{', and of the targets' if self.targets else ''})"
