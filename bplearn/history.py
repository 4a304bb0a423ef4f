"""The history of a training: the loss of every step and every epoch, and what was measured on unseen data.

A history is plain numbers, so it can be plotted, compared, written to a file and read back.
Taught in notebooks/00_start_here.ipynb and notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from operator import mul
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import FileFormatError
from bplearn.files.atomic import atomic_write
from bplearn.show.table import Table, Tabular
from bplearn.show.text import counted

COLUMNS = ("step", "epoch", "samples", "loss", "epoch_loss", "validation_loss")


@dataclass(repr=False)
class History(Tabular):
    """What one training did.

    `step_loss`, `step_samples`   loss before each update, samples in its batch
    `epoch_ends`                  how many steps were done when each epoch ended
    `epoch_loss`                  mean loss over the samples of each epoch, as they were met
    `validation_loss`             loss on the validation data after each epoch, if there are any
    `metrics`                     by name, one value an epoch
    `best_epoch`                  the epoch (from 1) of the lowest validation loss, else of the lowest loss
    `interrupted`, `stopped_early`   whether it was stopped by hand, or by `patience`

    >>> history = History()
    >>> history.add_step(0.5, samples=2)
    >>> history.end_epoch(metrics={"accuracy": 0.9})
    >>> history
    History: 1 epoch, 1 step, 2 samples
    epoch    loss  accuracy
        1  0.5000    0.9000
    """

    step_loss: list[float] = field(default_factory=list)
    step_samples: list[int] = field(default_factory=list)
    epoch_ends: list[int] = field(default_factory=list)
    epoch_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    interrupted: bool = False
    stopped_early: bool = False

    def add_step(self, loss: float, samples: int) -> None:
        """Note the loss of one step and the size of its batch."""
        self.step_loss.append(loss)
        self.step_samples.append(samples)

    def end_epoch(self, validation_loss: float | None = None, metrics: dict[str, float] | None = None) -> None:
        """Close an epoch: its loss is the mean over the samples of its steps."""
        start = self.epoch_ends[-1] if self.epoch_ends else 0
        losses, samples = self.step_loss[start:], self.step_samples[start:]
        self.epoch_loss.append(sum(map(mul, losses, samples)) / sum(samples))
        self.epoch_ends.append(len(self.step_loss))
        if validation_loss is not None:
            self.validation_loss.append(validation_loss)
        for name, value in (metrics or {}).items():
            self.metrics.setdefault(name, []).append(value)

    @property
    def epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.epoch_ends)

    @property
    def steps(self) -> int:
        """How many steps were done."""
        return len(self.step_loss)

    @property
    def best_epoch(self) -> int | None:
        """The epoch (from 1) with the lowest validation loss (else loss); None before the first."""
        judged = self.validation_loss or self.epoch_loss
        return int(np.argmin(judged)) + 1 if judged else None

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as a dict of plain lists."""
        return {name: _plain(value) for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> History:
        """Read back what `to_dict` gave. Raises: FileFormatError for another dict."""
        if not isinstance(record, dict) or not record.keys() <= vars(cls()).keys():
            got = ", ".join(map(str, record)) if isinstance(record, dict) else type(record).__name__
            raise FileFormatError(expected_got("from_dict", "what to_dict gave", got))
        return cls(**{name: _plain(value) for name, value in record.items()})

    def to_csv(self, path: str | PathLike[str] | None = None) -> str:
        """Return the history as CSV, one line a step, and, with a path, write it there.

        What belongs to an epoch stands in the line of its last step; the other lines are empty there.
        """
        names = [*COLUMNS, *self.metrics]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        seen, epoch = 0, 0
        for step, (loss, samples) in enumerate(zip(self.step_loss, self.step_samples, strict=True)):
            seen += samples
            ends = epoch < self.epochs and step + 1 == self.epoch_ends[epoch]
            held: list[list[float]] = [self.epoch_loss, self.validation_loss, *self.metrics.values()]
            extra = [repr(values[epoch]) if ends and epoch < len(values) else "" for values in held]
            writer.writerow([step + 1, epoch + 1, seen, repr(loss), *extra])
            epoch += ends
        _write(path, text.getvalue())
        return text.getvalue()

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> History:
        """Read a file that `to_csv` wrote. Raises: FileFormatError naming the line, FileNotFoundError."""
        subject = f"from_csv({str(path)!r})"
        try:
            with Path(path).open(newline="", encoding="utf-8-sig") as file:
                rows = list(csv.reader(file))
        except UnicodeDecodeError:
            raise FileFormatError(expected_got(subject, "a CSV file in UTF-8", "other bytes")) from None
        if not rows or tuple(rows[0][: len(COLUMNS)]) != COLUMNS:
            got = ", ".join(rows[0]) if rows else "an empty file"
            advice = "For another table of losses use plot_loss(path), or pass a list or a dict."
            raise FileFormatError(expected_got(subject, f"the columns {', '.join(COLUMNS)}", got, advice))
        history, seen = cls(), 0
        for line, row in enumerate(rows[1:], start=2):
            if len(row) != len(rows[0]):
                raise FileFormatError(expected_got(f"{subject}, line {line},", f"{len(rows[0])} cells", len(row)))
            try:
                total, loss = int(row[2]), float(row[3])
                numbers = [float(cell) if cell else None for cell in row[4:]]
            except ValueError as problem:
                raise FileFormatError(
                    expected_got(f"{subject}, line {line},", "numbers", f"{row} ({problem})")
                ) from None
            history.add_step(loss, total - seen)
            seen = total
            if numbers[0] is not None:
                named = zip(rows[0][6:], numbers[2:], strict=True)
                history.end_epoch(numbers[1], {name: value for name, value in named if value is not None})
                history.epoch_loss[-1] = numbers[0]
        return history

    def table(self) -> Table:
        """Return the losses and metrics by epoch; of many epochs the first and the last five."""
        many = self.epochs > 12
        shown = [*range(5), None, *range(self.epochs - 5, self.epochs)] if many else list(range(self.epochs))
        columns = {"loss": self.epoch_loss, "validation loss": self.validation_loss, **self.metrics}
        columns = {name: values for name, values in columns.items() if values}
        rows = [
            ("...",) * (len(columns) + 1)
            if i is None
            else (str(i + 1), *(f"{values[i]:.4f}" if i < len(values) else "" for values in columns.values()))
            for i in shown
        ]
        counts = [counted(self.epochs, "epoch"), counted(self.steps, "step"), counted(sum(self.step_samples), "sample")]
        title = f"History: {', '.join(counts)}"
        title += ", interrupted" if self.interrupted else ""
        title += f", stopped early (best epoch {self.best_epoch})" if self.stopped_early else ""
        return Table(title, ("epoch", *columns), tuple(rows))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return list(value) if isinstance(value, list | tuple) else value


def _write(path: str | PathLike[str] | None, text: str) -> None:
    if path is not None:
        atomic_write(path, lambda file: file.write(text.encode()))
