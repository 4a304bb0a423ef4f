"""A sweep that fills a map while a learner watches: learning rate up and down, batch size left and right.

The trainings of one batch size go on side by side (`train_stacked`), a few steps at a time, so that a learner sees the
map fill and can stop it at once. `SweepMap` keeps the chosen cell, and puts the map into words.
The sweep panel of notebooks/12_learning_rate_and_batch_size.ipynb is a view of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any, final

import numpy as np

from bplearn import optimizers
from bplearn.checks.arrays import Array, expected_got, number_in, positive_integer
from bplearn.checks.training import check_batch_size, prepare
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError
from bplearn.history import History
from bplearn.panels.lab.experiment import Experiment
from bplearn.show.text import short
from bplearn.sweeps.results import Run, Setting, SweepResult
from bplearn.sweeps.stacked import train_stacked

RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SIZES = (4, 8, 16, 32, 64, None)  # None: all samples
STEPS = 10  # steps of the side-by-side trainings between two looks at the clock
MEASURES = {"unseen loss": "validation_loss", "training loss": "loss"}


def blew_up(run: Run) -> bool:
    """Say whether a run diverged: its loss is no longer finite, or ten times what it was at the start.

    >>> from bplearn import History
    >>> blew_up(Run(None, History(step_loss=[1.0], epoch_loss=[25.0])))
    True
    """
    h = run.history
    return run.problem is not None or bool(h.epoch_loss and h.epoch_loss[-1] > 10 * h.step_loss[0])


@final
class SweepMap:
    """All pairs of `learning_rates` and `batch_sizes` on one experiment; `work()` fills the next column.

    Rows are learning rates, the largest on top, columns batch sizes, the smallest left. `row` and `column` say which
    cell is chosen; it follows the best one until a learner chooses. `measure` is one of `MEASURES`.
    Raises: ArgumentError for names and numbers that do not fit.

    >>> chart = SweepMap(Experiment("moons", hidden=(4,)), learning_rates=[0.01, 1.0], batch_sizes=[16, None], epochs=5)
    >>> chart.finish().best()
    (0, 0)
    >>> chart.grid().shape
    (2, 2)
    """

    def __init__(
        self,
        experiment: Experiment | None = None,
        *,
        learning_rates: Sequence[float] = RATES,
        batch_sizes: Sequence[int | None] = SIZES,
        epochs: int = 20,
    ) -> None:
        self.experiment = experiment or Experiment(hidden=(8,))
        self._sizes = tuple(batch_sizes)
        self.learning_rates = tuple(sorted({float(rate) for rate in learning_rates}, reverse=True))
        self.epochs = positive_integer(epochs, "epochs")
        self.measure = "unseen loss"
        self.reset()

    def choose(self, *, epochs: int | None = None, **changes: Any) -> SweepMap:
        """Change data, optimizer, hidden layers, activation or seed, or the epochs, and empty the map."""
        if epochs is not None:
            self.epochs = positive_integer(epochs, "epochs")
        if changes:
            self.experiment = self.experiment.with_(**changes)
        return self.reset()

    def reset(self) -> SweepMap:
        """Empty the map."""
        train, unseen = self.experiment.parts()
        count = len(train)
        self.batch_sizes = tuple(sorted({count if size is None else min(size, count) for size in self._sizes}))
        self._check(train)
        self._coming = self._columns(train, unseen)
        self.training: dict[tuple[int, int], History] = {}  # the column in training
        self.samples = count
        self.runs: dict[tuple[int, int], Run] = {}
        self.row, self.column = 0, len(self.batch_sizes) - 1
        self.chosen = False
        return self

    # ---- filling ----

    def _check(self, train: Dataset) -> None:
        """Raise at once for rates and sizes that do not fit, before anything is trained."""
        for rate in self.learning_rates:
            number_in(rate, "learning_rates' entry", 0)
        for name, values in (("learning_rates", self.learning_rates), ("batch_sizes", self.batch_sizes)):
            if not values:
                raise ArgumentError(expected_got(name, "at least one", "none"))
        for size in self.batch_sizes:
            check_batch_size(size, len(train))

    def _columns(self, train: Dataset, unseen: Dataset) -> Iterator[None]:
        """Train column after column, the quick ones with large batches first; stop after a few steps."""
        e = self.experiment
        outputs, loss, _ = e.judgment(train)
        make = getattr(optimizers, e.optimizer)
        for size in sorted(self.batch_sizes, reverse=True):
            networks = [e.network(train.x.shape[1], outputs).astype(train.x.dtype) for _ in self.learning_rates]
            data, other = (prepare(networks[0], part, None, loss) for part in (train, unseen))
            column = self.batch_sizes.index(size)
            histories = [History() for _ in networks]
            for histories in train_stacked(
                networks,
                data.x,
                data.targets,
                loss=loss,
                optimizers=[make(rate) for rate in self.learning_rates],
                epochs=self.epochs,
                batch_size=size,
                rngs=[np.random.default_rng(e.seed) for _ in networks],
                validation=(other.x, other.targets),
                every=STEPS,
            ):
                self.training = {(row, column): history for row, history in enumerate(histories)}
                yield
            self.training = {}
            for row, (rate, history) in enumerate(zip(self.learning_rates, histories, strict=True)):
                problem = None
                if history.epochs < self.epochs:
                    problem = f"the loss is not finite at step {history.steps + 1} (epoch {history.epochs + 1})."
                self.runs[row, column] = Run(Setting(e.optimizer, rate, size, e.seed), history, problem)
            if not self.chosen and (best := self.best()) is not None:
                self.row, self.column = best
            yield

    def tick(self, seconds: float = 0.03) -> None:
        """Train for so long, but at least a few steps: short enough for Pause to be felt at once."""
        end = time.perf_counter() + seconds
        next(self._coming, None)
        while time.perf_counter() < end and not self.done:
            next(self._coming, None)

    def work(self) -> None:
        """Fill the next column, or the rest of the one that is being trained."""
        filled = len(self.runs)
        while not self.done and len(self.runs) == filled:
            next(self._coming, None)

    @property
    def done(self) -> bool:
        """Whether every cell is filled."""
        return len(self.runs) == self.cells

    @property
    def effort(self) -> int:
        """How much one column is to compute: epochs x samples x parameters of all its networks."""
        train, _ = self.experiment.parts()
        network = self.experiment.network(train.x.shape[1], self.experiment.judgment(train)[0])
        return self.epochs * self.samples * network.parameters().value.size * len(self.learning_rates)

    @property
    def cells(self) -> int:
        """The number of cells."""
        return len(self.learning_rates) * len(self.batch_sizes)

    def finish(self) -> SweepMap:
        """Fill all that is left."""
        while not self.done:
            self.work()
        return self

    # ---- looking ----

    def measure_by(self, measure: str) -> SweepMap:
        """Show another measure: "unseen loss" or "training loss"."""
        if measure not in MEASURES:
            raise ArgumentError(expected_got("measure", f"one of {', '.join(MEASURES)}", repr(measure)))
        self.measure = measure
        if not self.chosen and (best := self.best()) is not None:
            self.row, self.column = best
        return self

    def select(self, row: int, column: int) -> SweepMap:
        """Look at this cell; places outside are cut."""
        self.row = min(max(row, 0), len(self.learning_rates) - 1)
        self.column = min(max(column, 0), len(self.batch_sizes) - 1)
        self.chosen = True
        return self

    def move(self, down: int, right: int) -> SweepMap:
        """Look at the cell so many places further."""
        return self.select(self.row + down, self.column + right)

    def score(self, row: int, column: int) -> float:
        """Return the cell's loss: infinite where it diverged, NaN where it is empty."""
        run = self.runs.get((row, column))
        return math.nan if run is None else run.score(MEASURES[self.measure])

    def grid(self) -> Array:
        """Return all scores: a row a learning rate (largest first), a column a batch size."""
        rows, columns = range(len(self.learning_rates)), range(len(self.batch_sizes))
        return np.array([[self.score(row, column) for column in columns] for row in rows])

    def best(self) -> tuple[int, int] | None:
        """Return the cell with the lowest score, None where none is finite."""
        grid = self.grid()
        grid[~np.isfinite(grid)] = np.inf
        if not np.isfinite(grid).any():
            return None
        row, column = np.unravel_index(int(grid.argmin()), grid.shape)
        return int(row), int(column)

    @property
    def run(self) -> Run | None:
        """The run of the chosen cell, if it is filled."""
        return self.runs.get((self.row, self.column))

    @property
    def place(self) -> tuple[float, int]:
        """The learning rate and the batch size of the chosen cell."""
        return self.learning_rates[self.row], self.batch_sizes[self.column]

    def result(self) -> SweepResult:
        """Return the finished runs as `sweep` returns them."""
        return SweepResult(list(self.runs.values()))

    def summary(self) -> str:
        """Say what the map shows so far: the best cell, what diverged, and where the best rate lies by batch size."""
        if not self.runs:
            return f"{self.cells} trainings of {self.epochs} epochs wait. Play fills the map."
        best = self.best()
        summary = f"{len(self.runs)} of {self.cells} trainings are finished{'' if self.done else '; Play goes on'}. "
        if self.training:
            _, column = next(iter(self.training))
            epochs = max(h.epochs for h in self.training.values())
            summary += f"Now batch size {self.batch_sizes[column]}, epoch {epochs} of {self.epochs}. "
        if best is None:
            return summary + "None of them stayed finite: all learning rates are too large."
        rate, size = self.learning_rates[best[0]], self.batch_sizes[best[1]]
        summary += f"Best {self.measure} {short(self.score(*best))}: learning rate {short(rate)}, batch size {size}. "
        lost = sum(map(blew_up, self.runs.values()))
        if lost:
            summary += f"{lost} diverged. "
        if self.done:
            ends = [self._best_rate(0), self._best_rate(len(self.batch_sizes) - 1)]
            if ends[0] is not None and ends[1] is not None and len(self.batch_sizes) > 1:
                small, large = self.batch_sizes[0], self.batch_sizes[-1]
                if ends[0] == ends[1]:
                    summary += f"Batch sizes {small} and {large} do best at the same rate, {short(ends[0])}."
                else:
                    low, high = short(ends[0]), short(ends[1])
                    summary += f"Batch size {small} does best at {low}, batch size {large} at {high}."
        return summary.strip()

    def _best_rate(self, column: int) -> float | None:
        scores = self.grid()[:, column]
        scores[~np.isfinite(scores)] = np.inf
        return self.learning_rates[int(scores.argmin())] if np.isfinite(scores).any() else None

    def reading(self) -> str:
        """Say what the chosen cell shows."""
        rate, size = self.place
        where = f"learning rate {short(rate)}, batch size {size}{' (all)' if size == self.samples else ''}"
        run = self.run
        if run is None:
            return f"{where}: not trained yet."
        steps = run.history.steps
        if run.problem is not None:
            return f"{where}: diverged, {run.problem}"
        h = run.history
        unseen = f", unseen {short(h.validation_loss[-1])}" if h.validation_loss else ""
        return f"{where}: {steps:,} updates in {h.epochs} epochs, training loss {short(h.epoch_loss[-1])}{unseen}."
