"""A data set in one object: the numbers, what they should become, and the names of both.

A `Dataset` never changes. `split`, `standardize` and `astype` give new ones, and the arrays inside are read-only, so
that no cell further down a notebook can spoil the data of a cell above.
First used in notebooks/00_start_here.ipynb; notebooks/14_digits_from_scratch.ipynb says why data are split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, overload

import numpy as np

from bplearn.checks.arrays import RNG, Array, as_batch, column_names, describe, expected_got
from bplearn.datasets.part_names import part_names, standardized
from bplearn.datasets.rows import Rows, batches, split_rows
from bplearn.datasets.scaling import Scaling
from bplearn.datasets.table.columns import Missing
from bplearn.datasets.table.layout import Header
from bplearn.datasets.table.reader import Options, read_csv
from bplearn.datasets.targets import clean_names, clean_targets
from bplearn.errors import ArgumentError, ShapeError
from bplearn.files.text import stem
from bplearn.show.table import Table
from bplearn.show.text import counted


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Dataset:
    """Samples `x` with their `targets`: class numbers to tell apart, or values to predict.

    Shapes: x (N, D), float64 (or float32 where given so); targets (N,) whole numbers 0..C-1, or (N, M) floats.

    Whole-number targets are classes, also where there are only two of them. Float targets are values (regression).
    `target_names` holds one name for each class and is None for regression. A data frame keeps its columns' names.
    `image_shape`, such as (8, 8), says that each row of x is a picture. The arrays are copied and read-only.
    `scaling` is what `standardize` did to x, or None.

    Raises: ShapeError or DataError for x, TargetError for targets, ArgumentError for names that do not fit.

    >>> data = Dataset([[5.1, 3.5], [7.0, 3.2], [6.3, 3.3]], [0, 1, 0], target_names=("setosa", "other"), name="mine")
    >>> data
    Dataset 'mine': 3 samples, 2 features, 2 classes (setosa 2, other 1)
    >>> data.x.shape, data.targets.tolist()
    ((3, 2), [0, 1, 0])

    Introduced in: notebooks/14_digits_from_scratch.ipynb
    """

    x: Array
    targets: Array
    target_names: tuple[str, ...] | None = None
    feature_names: tuple[str, ...] = ()
    name: str = "data"
    image_shape: tuple[int, ...] | None = None
    scaling: Scaling | None = None

    def __init__(
        self,
        x: Any,
        targets: Any,
        target_names: Sequence[str] | None = None,
        feature_names: Sequence[str] = (),
        name: str = "data",
        image_shape: tuple[int, ...] | None = None,
        scaling: Scaling | None = None,
    ) -> None:
        columns = column_names(x)
        x = np.array(as_batch(x))
        if x.ndim != 2:
            advice = f"Write x.reshape(len(x), -1) and image_shape={x.shape[1:]}."
            raise ShapeError(expected_got("x", "shape (N, D): one row for each sample", x.shape, advice))
        samples, features = x.shape
        targets = clean_targets(targets, samples, x.dtype)
        names = clean_names(target_names, targets)
        if isinstance(feature_names, str) or not isinstance(feature_names, Iterable):
            raise ArgumentError(expected_got("feature_names", f"a list of {features} names", repr(feature_names)))
        if image_shape is not None and not isinstance(image_shape, Iterable):
            raise ArgumentError(
                expected_got("image_shape", "(height, width)", repr(image_shape), "Write image_shape=(8, 8).")
            )
        labels = tuple(str(label) for label in feature_names) or columns or tuple(f"x{i}" for i in range(features))
        if len(labels) != features:
            raise ArgumentError(expected_got("feature_names", f"{features} names, one for each column", len(labels)))
        if image_shape is not None and int(np.prod(image_shape)) != features:
            raise ArgumentError(
                expected_got("image_shape", f"a shape of {features} pixels, the columns of x", image_shape)
            )
        x.flags.writeable = targets.flags.writeable = False
        fields = {
            "x": x,
            "targets": targets,
            "target_names": names,
            "feature_names": labels,
            "name": str(name),
            "image_shape": None if image_shape is None else tuple(image_shape),
            "scaling": scaling,
        }
        self.__dict__.update(fields)  # the class is frozen: this is the one place that sets its fields

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        target: str | int,
        *,
        columns: Sequence[str | int] | None = None,
        header: Header = "auto",
        delimiter: str = "auto",
        task: Literal["auto", "class", "regression"] = "auto",
        missing: Missing = None,
        one_hot: bool | Sequence[str | int] = False,
        thousands: str | None = None,
        decimal: str = ".",
        progress: bool | None = None,
    ) -> Dataset:
        r"""Read your own file: a line of names, if it has one, then one line for each sample.

        `target` names the column to predict, or counts it (0 is the first, -1 the last). All others become features,
        or those in `columns`, by name or number.

        Text or whole numbers in the target column are classes, in sorted order; numbers with a decimal point are
        values. Where nearly every line has a whole number of its own (prices, say) it asks. `task="class"` or
        `task="regression"` decides it.

        - `header`: a first line of numbers is a sample; where names and numbers are mixed it may ask for True or False.
        - `delimiter`: comma, semicolon, tab, bar or blanks are found; or pass the one character.
        - `missing`: cells such as NA, ?, null or nothing are refused, in the target too. "drop" leaves out their lines,
          "mean" fills features with the mean of their column, a number fills them with it. No target is ever filled.
        - `one_hot`: words become columns of 0 and 1 named "color=red": True for all columns of words, or a list.
        - `thousands`, `decimal`: how numbers are written, as in thousands="," for 1,200 or decimal="," for 1,5.
        - `progress`: a bar; by default for a file of more than 30 MB.

        Raises: FileFormatError or DataError, naming the line and the column; ArgumentError for a wrong option.

        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "pets.csv"
        >>> _ = file.write_text("weight,color,animal\n4.1,red,cat\n20.5,gray,dog\n3.8,gray,cat\n")
        >>> data = Dataset.from_csv(file, target="animal", one_hot=True)
        >>> data, data.feature_names
        (Dataset 'pets': 3 samples, 3 features, 2 classes (cat 2, dog 1), ('weight', 'color=gray', 'color=red'))

        Introduced in: notebooks/14_digits_from_scratch.ipynb
        """
        options = Options(columns, header, delimiter, task, missing, one_hot, thousands, decimal, progress)
        table = read_csv(path, target, options)
        return cls(table.x, table.targets, table.target_names, table.feature_names, name=stem(Path(path)))

    def __len__(self) -> int:
        return len(self.x)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.x.flags.writeable = self.targets.flags.writeable = False  # pickle and deepcopy forget the lock

    def split(self, test: float = 0.3, rng: RNG = 0, stratify: bool = True) -> tuple[Dataset, Dataset]:
        """Return (train, test): the fraction `test` of the samples is kept aside, in random order.

        Shapes: (N, D) -> (N - round(test * N), D), (round(test * N), D).

        The parts are named train and test; those of a train part are train and validation.
        `stratify` keeps the share of each class in both parts. It applies to classes only, not to values.
        A class with two or more samples has at least one in each part; a class with one stays in training.

        Raises: ArgumentError unless 0 < test < 1; DataError where there are too few samples for two parts.

        >>> data = Dataset([[i] for i in range(10)], [0, 1] * 5, name="ten")
        >>> train, test = data.split(test=0.4)
        >>> test
        Dataset 'ten test': 4 samples, 1 feature, 2 classes of 2

        Introduced in: notebooks/00_start_here.ipynb
        """
        classes = self.targets if stratify and self.target_names is not None else None
        rows, rows_aside = split_rows(len(self), classes, test, rng)
        name, aside = part_names(self.name)
        return self._part(rows, name), self._part(rows_aside, aside)

    def _part(self, rows: Rows, name: str) -> Dataset:
        return replace(self, x=self.x[rows], targets=self.targets[rows], name=name)

    @overload
    def standardize(self, *, targets: bool = False) -> Dataset: ...
    @overload
    def standardize(self, other: Dataset, /, *others: Dataset, targets: bool = False) -> tuple[Dataset, ...]: ...

    def standardize(self, *others: Dataset, targets: bool = False) -> Dataset | tuple[Dataset, ...]:
        """Shift and scale each column with the mean and standard deviation of this data set, and only of this one.

        Shapes: (N, D) -> (N, D); the others (N_other, D) -> (N_other, D).

        x_new = (x - mean) / std     mean and std of each column of self.x; std = 1 where a column is constant

        Call it on the training part and pass the rest: `train, test = train.standardize(test)`. The test part then
        uses the statistics of training, as unseen data must. The new names say so.
        With no argument it returns one Dataset, else a tuple: this one first, then the others in order.

        Mean and std stay with the data as `scaling`: `train.scaling.apply(x)` does the same to new samples, which have
        no targets, and `network.save(path, scaling=train.scaling)` keeps it. Targets stay as they are, but for
        `targets=True`, which scales values to predict too; `train.scaling.targets.undo(y)` gives their own units back.

        Raises: ShapeError where another set has other columns, ArgumentError where only one of them is standardized
        already, and for `targets=True` with classes.

        >>> train, test = Dataset([[1.0], [3.0]], [0, 1], name="a").standardize(Dataset([[4.0]], [1], name="b"))
        >>> train.x.tolist(), test.x.tolist(), test.name
        ([[-1.0], [1.0]], [[2.0]], 'b (standardized by a)')
        >>> test.scaling.apply([[5.0]]).tolist()
        [[3.0]]

        Introduced in: notebooks/14_digits_from_scratch.ipynb
        """
        if targets and self.target_names is not None:
            raise ArgumentError(expected_got("standardize(targets=True)", "values to predict", "classes"))
        for data in others:
            self._check_other(data)
        own = Scaling.of(self.x, self.feature_names, Scaling.of(self.targets) if targets else None)
        done = [self._scaled(own, standardized(self.name))]
        done += [data._scaled(own, standardized(data.name, self.name)) for data in others]
        return tuple(done) if others else done[0]

    def _check_other(self, data: Any) -> None:
        """Raise where `data` cannot be standardized by this set."""
        if not isinstance(data, Dataset):
            advice = "Write train, test = train.standardize(test)."
            raise ArgumentError(expected_got("standardize", "Datasets", describe(data), advice))
        subject = f"standardize('{data.name}')"
        if data.x.shape[1] != self.x.shape[1]:
            expected = f"{self.x.shape[1]} columns as in '{self.name}'"
            raise ShapeError(expected_got(subject, expected, data.x.shape[1]))
        if (data.scaling is None) != (self.scaling is None):
            got = f"'{self.name}' and '{data.name}'"
            advice = "Pass both as they were: train, test = train.standardize(test)."
            raise ArgumentError(expected_got(subject, "both sets standardized, or none", got, advice))

    def _scaled(self, scaling: Scaling, name: str) -> Dataset:
        targets = scaling.targets.apply(self.targets) if scaling.targets else self.targets
        return replace(self, x=scaling.apply(self.x), targets=targets, name=name, scaling=scaling.after(self.scaling))

    def batches(self, batch_size: int, rng: RNG = None) -> Iterator[tuple[Array, Array, Rows]]:
        """Go through the samples once: (x, targets, row numbers), `batch_size` at a time.

        Shapes: x (B, D), targets (B,) or (B, M), row numbers (B,), with B <= batch_size.

        The last batch holds what is left over. `rng=None` keeps the order; a Generator shuffles anew on each call.

        Raises: ArgumentError for a batch_size outside 1..N.

        >>> data = Dataset([[i] for i in range(5)], [0, 1, 0, 1, 0])
        >>> [len(x) for x, targets, rows in data.batches(2)]
        [2, 2, 1]

        Introduced in: notebooks/09_write_your_own_backprop.ipynb
        """
        return batches(self.x, self.targets, batch_size, rng)

    def astype(self, dtype: Any) -> Dataset:
        """Return the same data as float32 or float64; class numbers stay whole numbers.

        Shapes: unchanged.

        Raises: ArgumentError for any other dtype; DataError where a number is too large for float32.

        >>> Dataset([[1.0], [2.0]], [0, 1]).astype(np.float32).x.dtype
        dtype('float32')
        """
        wanted = _float_dtype(dtype)
        with np.errstate(over="ignore"):  # an overflow becomes inf, and the constructor reports it
            return replace(self, x=self.x.astype(wanted))

    @property
    def class_counts(self) -> tuple[int, ...]:
        """How many samples each class has, in the order of `target_names`; empty for regression."""
        if self.target_names is None:
            return ()
        return tuple(int(count) for count in np.bincount(self.targets, minlength=len(self.target_names)))

    def __repr__(self) -> str:
        return f"Dataset '{self.name}': {counted(len(self), 'sample')}, {self._features()}, {self._targets()}"

    def _features(self) -> str:
        shape = "" if self.image_shape is None else f" (images of {' x '.join(map(str, self.image_shape))})"
        return counted(self.x.shape[1], "feature") + shape

    def _targets(self) -> str:
        counts = self.class_counts
        if self.target_names is None:
            return f"{counted(self.targets.shape[1], 'value')} to predict"
        classes = counted(len(counts), "class", "classes")
        if min(counts) == max(counts):
            return f"{classes} of {counts[0]}"
        if len(counts) > 3:
            return f"{classes} of {min(counts)} to {max(counts)}"
        named = (f"{name} {count}" for name, count in zip(self.target_names, counts, strict=True))
        return f"{classes} ({', '.join(named)})"

    def _repr_html_(self) -> str:
        rows = [("samples", str(len(self))), ("features", self._features().replace(" features", ""))]
        if self.target_names is None or len(self.target_names) > 12:
            rows.append(("targets", self._targets()))
        else:
            named = zip(self.target_names, self.class_counts, strict=True)
            rows += [(f"class {number}: {name}", str(count)) for number, (name, count) in enumerate(named)]
        return Table(f"Dataset: {self.name}", (), tuple(rows)).html()


def _float_dtype(dtype: Any) -> np.dtype[Any]:
    try:
        wanted = np.dtype(dtype)
    except TypeError:
        wanted = np.dtype(object)
    if wanted not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ArgumentError(expected_got("dtype", "np.float32 or np.float64", repr(dtype)))
    return wanted
