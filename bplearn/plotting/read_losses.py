"""Reads losses in whatever form they were kept: a History, a list, a dict as Keras and PyTorch users keep, a CSV file.

Each becomes a `Run`: losses while training, losses on validation data, and where each of them belongs on an axis of
steps, epochs or samples. Used by `plot_loss`; shown in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError, FileFormatError
from bplearn.history import COLUMNS, History
from bplearn.plotting.loss_rows import columns_of

UNITS = ("step", "epoch", "samples")
_ADVICE = (
    "Pass a History, a list of losses, a dict such as {'loss': [...], 'val_loss': [...]}, or the path of a CSV file."
)


@dataclass(frozen=True)
class Points:
    """Losses, and for each unit that is known (step, epoch, samples) the place of each loss."""

    values: Array
    at: dict[str, Array]


@dataclass(frozen=True)
class Run:
    """One training: its losses (the finest first), its validation losses, and the unit they are best drawn by."""

    name: str
    training: tuple[Points, ...]
    validation: Points | None = None
    unit: str = "step"

    def pick(self, unit: str) -> tuple[Points | None, Points | None]:
        """Return the training and validation losses that know this unit.

        Raises: ArgumentError where neither does.
        """
        training = next((points for points in self.training if unit in points.at), None)
        validation = self.validation if self.validation is not None and unit in self.validation.at else None
        if training is None and validation is None:
            every = [*self.training, *([self.validation] if self.validation else [])]
            known = [name for name in UNITS if any(name in points.at for points in every)]
            got = f"one that knows only: {', '.join(known)}"
            advice = f"Write by={known[0]!r}."
            raise ArgumentError(
                expected_got(f"plot_loss(by={unit!r})", f"a history with the {unit} of each loss", got, advice)
            )
        return training, validation


def read_runs(histories: Sequence[Any], labels: Sequence[str] | None) -> list[Run]:
    """Return one Run for each history; a dict of histories gives its names.

    Raises: DataError, FileFormatError or ArgumentError, saying which history and what was found instead of losses.
    """
    named = [pair for item in histories for pair in _spread(item)]
    if not named:
        raise DataError(expected_got("plot_loss", "at least one history", "none", _ADVICE))
    if labels is not None:
        if isinstance(labels, str) or len(labels) != len(named):
            got = repr(labels) if isinstance(labels, str) else f"{len(labels)}: {', '.join(map(str, labels))}"
            raise ArgumentError(
                expected_got("labels", f"a list of names, one for each of the {len(named)} histories", got)
            )
        named = [(str(label), item) for label, (_, item) in zip(labels, named, strict=True)]
    runs = []
    for place, (name, item) in enumerate(named):
        run = _read(item, f"plot_loss, history {place + 1}," if len(named) > 1 else "plot_loss")
        default = run.name or (f"run {place + 1}" if len(named) > 1 else "")
        runs.append(replace(run, name=name or default))
    return runs


def _spread(item: Any) -> list[tuple[str, Any]]:
    """Return the histories in one argument: a dict of names or a list may hold several."""
    if isinstance(item, Mapping) and item and "step_loss" not in item:
        nested = not any(_is_numbers(value) for value in item.values())
        if nested or not any(_role(str(key)) or _is_other(str(key)) for key in item):
            return [(str(name), inner) for name, inner in item.items()]
    if isinstance(item, list | tuple) and item and not _is_numbers(item):
        columns = columns_of(item)
        if columns is not None:
            return [("", columns)]
        return [pair for inner in item for pair in _spread(inner)]
    return [("", item)]


def _is_numbers(values: Any) -> bool:
    """Tell a list of losses from a list, dict or object that holds lists of losses."""
    if isinstance(values, str | bytes | Mapping | History | PathLike) or not hasattr(values, "__len__"):
        return False
    return len(values) == 0 or values[0] is None or (np.ndim(values[0]) == 0 and not _is_history(values[0]))


def _is_history(value: Any) -> bool:
    return isinstance(value, str | PathLike | History | Mapping) or hasattr(value, "history")


def _read(item: Any, subject: str) -> Run:
    inner = getattr(item, "history", None)  # Keras wraps its dict, TrainingDiverged carries its History
    if isinstance(inner, Mapping | History):
        item = inner
    if isinstance(item, Mapping) and "step_loss" in item:
        item = History.from_dict(dict(item))
    if isinstance(item, History):
        return _from_history(item, subject)
    if isinstance(item, str | PathLike):
        return _from_file(Path(item), subject)
    if hasattr(item, "columns") and hasattr(item, "__getitem__"):  # a table, such as pandas'
        item = {str(name): list(item[name]) for name in item.columns}
    if isinstance(item, Mapping):
        columns = {str(name): values for name, values in item.items()}
        return _from_columns(columns, subject, DataError)
    if not hasattr(item, "__len__"):
        raise DataError(expected_got(subject, "losses", repr(item), _ADVICE))
    if np.ndim(item) > 1 and hasattr(item, "shape"):
        advice = "Pass one column, such as losses[:, 1], or each run by itself."
        raise DataError(expected_got(subject, "losses in one row", f"an array of shape {tuple(item.shape)}", advice))
    values = _numbers(item, subject)
    places = np.arange(1, len(values) + 1)
    return Run("", (Points(values, {"step": places, "epoch": places}),))


def _numbers(values: Iterable[Any], subject: str) -> Array:
    """Return losses as floats; also one-number tensors of other libraries."""
    try:
        array = np.array([float(value) for value in values])
    except (TypeError, ValueError) as problem:
        raise DataError(
            expected_got(subject, "one number for each loss", f"{_first(values)} ({problem})", _ADVICE)
        ) from None
    if len(array) == 0:
        raise DataError(expected_got(subject, "at least one loss", "an empty list", "Was anything trained yet?"))
    return array


def _first(values: Any) -> str:
    return f"values such as {next(iter(values))!r}"[:80]


def _from_history(history: History, subject: str) -> Run:
    if not history.step_loss and not history.epoch_loss:
        raise DataError(expected_got(subject, "at least one loss", "an empty History", "Was anything trained yet?"))
    ends = np.array(history.epoch_ends, dtype=int)
    seen = np.cumsum(history.step_samples)
    by_epoch = {"epoch": np.arange(1, len(history.epoch_loss) + 1)}
    if history.step_loss:
        by_epoch |= {"step": ends, "samples": seen[ends - 1] if len(ends) else ends}
    steps = Points(np.array(history.step_loss), {"step": np.arange(1, history.steps + 1), "samples": seen})
    epochs = Points(np.array(history.epoch_loss), by_epoch)
    validation = None
    if history.validation_loss:
        count = len(history.validation_loss)
        validation = Points(np.array(history.validation_loss), {unit: at[:count] for unit, at in by_epoch.items()})
    training = [points for points in (steps, epochs) if len(points.values)]
    return Run("", tuple(training), validation, "step" if history.step_loss else "epoch")


# Files and dicts: columns with names


def _from_file(path: Path, subject: str) -> Run:
    subject = f"{subject}({str(path)!r})" if subject == "plot_loss" else f"{subject} {str(path)!r}"
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            text = file.read()
    except FileNotFoundError:
        advice = f"Paths start at the folder {Path.cwd().name!r}, where this notebook or program runs."
        raise DataError(expected_got(subject, "a CSV file there", "none", advice)) from None
    except OSError as problem:
        raise DataError(expected_got(subject, "a CSV file that can be read", problem.strerror or problem)) from None
    except UnicodeDecodeError:
        raise FileFormatError(expected_got(subject, "a CSV file", "a file that is not text")) from None
    opening = text.split("\n", 1)[0]
    rows = list(csv.reader(text.splitlines(), delimiter=max(",;\t", key=opening.count)))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise FileFormatError(expected_got(subject, "a header line and losses", "an empty file"))
    header = [cell.strip() for cell in rows[0]]
    if tuple(header[: len(COLUMNS)]) == COLUMNS:
        return replace(_from_history(History.from_csv(path), subject), name=path.stem)
    wanted = [name for name in header if _role(name) or _unit(name) or name.lower() == "value"]
    columns: dict[str, list[float | None]] = {name: [] for name in wanted}
    for line, row in enumerate(rows[1:], start=2):
        for name, cell in zip(header, row, strict=False):
            if name in columns:
                columns[name].append(_cell(cell, f"{subject}, row {line}, column {name!r},"))
    if not any(map(_role, columns)) and "value" in (name.lower() for name in columns):  # TensorBoard's export
        columns = {"loss" if name.lower() == "value" else name: values for name, values in columns.items()}
    others: dict[str, list[float | None]] = {name: [] for name in header if name not in columns}
    return replace(_from_columns(columns | others, subject, FileFormatError), name=path.stem)


def _cell(cell: str, subject: str) -> float | None:
    if not cell.strip():
        return None
    try:
        return float(cell)
    except ValueError:
        point = cell.strip().replace(",", ".", 1)
        advice = f"Write {point} with a point." if re.fullmatch(r"-?\d+\.\d+", point) else ""
        raise FileFormatError(expected_got(subject, "a number", repr(cell), advice)) from None


def _from_columns(columns: Mapping[str, Any], subject: str, error: type[DataError] | type[FileFormatError]) -> Run:
    """Build a run from columns: those of losses by their names, those of steps or epochs beside them."""
    by_role: dict[str, tuple[str, Any]] = {}
    for name, values in columns.items():
        role = _role(name)
        if role and role not in by_role:
            by_role[role] = name, values
    if not by_role:
        expected = "a column of losses (named loss, train_loss, val_loss or alike)"
        raise error(expected_got(subject, expected, ", ".join(columns) or "no columns", "Rename the column to loss."))
    units = {unit: values for name, values in columns.items() if (unit := _unit(name)) and len(values)}
    read = {role: _points(values, units, f"{subject}, {name!r},") for role, (name, values) in by_role.items()}
    training, validation = read.get("training"), read.get("validation")
    if training and validation and not units and len(training.values) != len(validation.values):
        return _two_rates(training.values, validation.values)
    unit = "epoch" if not units or "step" not in units else "step"
    if training and "epoch" in training.at and len(set(training.at["epoch"])) < len(training.values):
        return Run("", _per_epoch(training, len(units) == 1), validation, "step")
    return Run("", (training,) if training else (), validation, unit)


def _points(values: Any, units: Mapping[str, Any], subject: str) -> Points:
    """Leave out empty cells; read the place of each value from the unit columns, else count the rows."""
    rows = [row for row, value in enumerate(values) if value is not None]
    numbers = _numbers([values[row] for row in rows], subject)
    at = {}
    for unit, places in units.items():
        known = [places[row] for row in rows if row < len(places) and places[row] is not None]
        if len(known) == len(rows):
            start = 1 if unit == "epoch" and min(p for p in places if p is not None) == 0 else 0  # Keras counts from 0
            at[unit] = np.array(known, dtype=float) + start
    counted = np.arange(1, len(numbers) + 1)
    return Points(numbers, at or {"epoch": counted, "step": counted})


def _per_epoch(training: Points, count_steps: bool) -> tuple[Points, Points]:
    """Several losses an epoch: keep them by step, and add their mean for each epoch."""
    epochs = training.at["epoch"]
    steps = {unit: places for unit, places in training.at.items() if unit != "epoch"}
    if count_steps:
        steps = {"step": np.arange(1, len(epochs) + 1)}
    distinct = np.unique(epochs)
    means = np.array([training.values[epochs == epoch].mean() for epoch in distinct])
    return Points(training.values, steps), Points(means, {"epoch": distinct})


def _two_rates(training: Array, validation: Array) -> Run:
    """A loss for each step and a validation loss for each epoch: spread the epochs evenly over the steps."""
    fine, coarse = (training, validation) if len(training) > len(validation) else (validation, training)
    ends = np.rint(np.arange(1, len(coarse) + 1) * len(fine) / len(coarse)).astype(int)
    by_epoch = {"step": ends, "epoch": np.arange(1, len(coarse) + 1)}
    steps = {"step": np.arange(1, len(fine) + 1)}
    if fine is validation:
        return Run("", (Points(training, by_epoch),), Points(validation, steps), "step")
    means = np.array([part.mean() for part in np.split(fine, ends[:-1])])
    return Run("", (Points(training, steps), Points(means, {"epoch": by_epoch["epoch"]})), Points(coarse, by_epoch))


_UNSEEN = {"val", "valid", "validation", "test", "eval", "dev"}
_SEEN = {"train", "training", "epoch", "step", "batch", "mean", "avg", "average", "running"}
_OTHER = {"acc", "accuracy", "lr", "learning_rate", "precision", "recall", "f1", "auc", "mae", "time"}
_UNIT_NAMES = {
    "step": {"step", "steps", "iteration", "iterations", "iter", "global_step", "update", "batch"},
    "epoch": {"epoch", "epochs"},
    "samples": {"samples", "samples_seen", "examples"},
}


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return ["loss" if word in ("losses", "cost") else word for word in re.split(r"[^a-z0-9]+", spaced) if word]


def _role(name: str) -> str | None:
    """Tell from a column's name whether it holds training or validation losses, or neither."""
    words = set(_words(name))
    rest = words - {"loss"}
    if rest & _UNSEEN and rest <= _UNSEEN | _SEEN:
        return "validation"
    if rest <= _SEEN and ("loss" in words or rest & {"train", "training"}):
        return "training"
    return None


def _unit(name: str) -> str | None:
    spelled = "_".join(_words(name))
    return next((unit for unit, names in _UNIT_NAMES.items() if spelled in names), None)


def _is_other(name: str) -> bool:
    """Tell a measure that is no loss, so that a dict of them is not taken for several runs."""
    words = [word for word in _words(name) if word not in _UNSEEN | _SEEN]
    return "_".join(words) in _OTHER or _unit(name) is not None
