"""What a sweep found: its runs, the best of them, a table by learning rate and batch size, and a file to resume from.

The file has one line of JSON for each finished run, written as soon as the run is finished, so that a killed sweep
loses at most the runs that were under way.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, FileFormatError
from bplearn.files.atomic import atomic_write
from bplearn.history import History
from bplearn.show.table import Table
from bplearn.show.text import short

FORMAT = "bplearn sweep 1"


class Setting(NamedTuple):
    """What one run of a sweep was trained with."""

    optimizer: str
    learning_rate: float
    batch_size: int
    seed: int


@dataclass(frozen=True)
class Run:
    """One training of a sweep: its setting, its history and, where it diverged, what happened."""

    setting: Setting
    history: History
    problem: str | None = None

    def score(self, by: str = "loss") -> float:
        """Return the last value of `by`: "loss" (of the last epoch), "validation_loss". Infinite where it diverged.

        Raises: ArgumentError for another name, or where there was no validation data.
        """
        series = {"loss": self.history.epoch_loss, "validation_loss": self.history.validation_loss}.get(by)
        if self.problem is not None and series is not None:
            return math.inf
        if not series:
            advice = "Pass validation= to sweep." if by == "validation_loss" else ""
            raise ArgumentError(
                expected_got("by", '"loss", or "validation_loss" with validation data', repr(by), advice)
            )
        return series[-1]


class SweepResult:
    """All finished runs of a sweep. `interrupted` says whether it was stopped by hand."""

    def __init__(self, runs: list[Run], interrupted: bool = False) -> None:
        self.runs = tuple(runs)
        self.interrupted = interrupted

    def __len__(self) -> int:
        return len(self.runs)

    def values(self, name: str) -> list[Any]:
        """Return the different values of a setting ("learning_rate", "batch_size", "optimizer", "seed"), in order."""
        return sorted({getattr(run.setting, name) for run in self.runs})

    def _by(self, by: str | None) -> str:
        if by is not None:
            return by
        return "validation_loss" if self.runs and self.runs[0].history.validation_loss else "loss"

    def best(self, by: str | None = None) -> Setting:
        """Return the setting with the lowest score, averaged over the seeds; `by` is "loss" or "validation_loss".

        Without `by` the validation loss counts, where there is one. Raises: ArgumentError if nothing was finished.
        """
        if not self.runs:
            raise ArgumentError(expected_got("best", "at least one finished run", "none"))
        scores: dict[tuple[Any, ...], list[float]] = {}
        for run in self.runs:
            scores.setdefault(run.setting[:3], []).append(run.score(self._by(by)))
        winner = min(scores, key=lambda setting: float(np.mean(scores[setting])))
        return next(run.setting for run in self.runs if run.setting[:3] == winner)

    def grid(self, by: str | None = None, *, optimizer: str | None = None) -> Array:
        """Return the scores, averaged over the seeds: one row a learning rate, one column a batch size.

        Infinite where a run diverged, NaN where none is finished. `optimizer` is needed where there are several.
        """
        names = self.values("optimizer")
        if optimizer is None and len(names) > 1:
            raise ArgumentError(expected_got("grid", f"optimizer= to be one of {', '.join(names)}", "none"))
        rates, sizes = self.values("learning_rate"), self.values("batch_size")
        found: dict[tuple[int, int], list[float]] = {}
        for run in self.runs:
            if optimizer in (None, run.setting.optimizer):
                place = rates.index(run.setting.learning_rate), sizes.index(run.setting.batch_size)
                found.setdefault(place, []).append(run.score(self._by(by)))
        grid = np.full((len(rates), len(sizes)), np.nan)
        for place, scores in found.items():
            grid[place] = np.mean(scores)
        return grid

    def to_csv(self, path: str | PathLike[str] | None = None) -> str:
        """Return one line a run (settings, epochs, losses, problem) as CSV and, with a path, write it there."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*Setting._fields, "epochs", "loss", "validation_loss", "problem"])
        for run in self.runs:
            history = run.history
            last = [repr(series[-1]) if series else "" for series in (history.epoch_loss, history.validation_loss)]
            writer.writerow([*run.setting, history.epochs, *last, run.problem or ""])
        if path is not None:
            atomic_write(path, lambda file: file.write(text.getvalue().encode()))
        return text.getvalue()

    def tables(self) -> list[Table]:
        """Return a table of the scores for each optimizer: learning rates down, batch sizes across."""
        tables = []
        sizes = tuple(f"{size:,}" for size in self.values("batch_size"))
        for name in self.values("optimizer"):
            rows = [
                (short(rate), *("diverged" if math.isinf(v) else "" if math.isnan(v) else f"{v:.4f}" for v in scores))
                for rate, scores in zip(self.values("learning_rate"), self.grid(optimizer=name), strict=True)
            ]
            title = f"{name}: {self._by(None).replace('_', ' ')} by learning rate (rows) and batch size (columns)"
            tables.append(Table(title, ("", *sizes), tuple(rows)))
        return tables

    def __repr__(self) -> str:
        head = f"SweepResult: {len(self)} runs{', interrupted' if self.interrupted else ''}"
        return "\n".join([head, *map(str, self.tables())])

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables()) or "<p>SweepResult: no runs</p>"


def rank_shades(grid: Array) -> Array:
    """Return 1 for the best score and 0 for the worst, by rank: one bad run must not wash out the others.

    >>> rank_shades(np.array([[0.1, 9.0], [np.inf, 0.2]]))[0]
    array([1., 0.])
    """
    finite = np.isfinite(grid)
    order = np.sort(np.unique(grid[finite]))
    ranks = np.searchsorted(order, np.where(finite, grid, np.inf))
    return np.asarray(1 - ranks / max(len(order) - 1, 1))


def score_words(score: float) -> str:
    """Write the score of a cell: nothing where none is finished, in words where it diverged."""
    return "" if math.isnan(score) else "diverged" if math.isinf(score) else short(score, 3)


class SweepFile:
    """The file of a sweep: a first line that says which sweep it is, then one line a run.

    A last line that was cut off by a kill is dropped. Raises: FileFormatError for the file of another sweep.
    """

    def __init__(self, path: str | PathLike[str], fingerprint: list[str]) -> None:
        self.path = Path(path)
        self.runs: list[Run] = []
        header = json.dumps({"format": FORMAT, "sweep": fingerprint})
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        lines = text.split("\n")[:-1]  # a line counts once its end is written
        if lines and lines[0] != header:
            advice = "Its data, network, loss or epochs differ: choose another path."
            raise FileFormatError(expected_got(f"path {str(path)!r}", "the file of this sweep", "another one", advice))
        if not lines and text and not header.startswith(text):
            raise FileFormatError(expected_got(f"path {str(path)!r}", "the file of a sweep", "a file of another kind"))
        for number, line in enumerate(lines[1:], start=2):
            try:
                record = json.loads(line)
                history = History.from_dict(record["history"])
                self.runs.append(Run(Setting(*record["setting"]), history, record["problem"]))
            except (ValueError, KeyError, TypeError) as problem:
                raise FileFormatError(
                    expected_got(f"{str(path)!r}, line {number},", "a finished run", str(problem))
                ) from None
        kept = "".join(f"{line}\n" for line in (lines or [header]))
        if kept != text:
            atomic_write(self.path, lambda file: file.write(kept.encode()))

    def add(self, run: Run) -> None:
        """Write a finished run at the end of the file."""
        record = {"setting": list(run.setting), "history": run.history.to_dict(), "problem": run.problem}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
