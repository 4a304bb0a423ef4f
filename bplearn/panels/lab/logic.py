"""The runs of a learner: one is under way, others are pinned beside it for comparison.

Taught in notebooks/12_learning_rate_and_batch_size.ipynb; the training lab is a view of it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any, final

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.history import History
from bplearn.panels.base.assessment import Assessment
from bplearn.panels.lab.experiment import Experiment
from bplearn.panels.lab.verdict import verdict
from bplearn.panels.lab.watched_weight import WatchedWeight
from bplearn.show.text import short
from bplearn.training.session import Session
from bplearn.training.snapshots import up_to

MOST_RUNS = 5  # more lines than this cannot be told apart in one picture
DIALS = ("learning_rate", "batch_size")


@final
@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run that was kept: its name, how it was set up, what was changed on the way, and its history."""

    name: str
    experiment: Experiment
    changes: tuple[tuple[int, str, Any], ...]
    history: History
    diverged: bool
    code: str

    @property
    def row(self) -> dict[str, Any]:
        """The run as one row of the comparison: set-up, length, and last and best losses."""
        e, h = self.experiment, self.history
        unseen, right = h.validation_loss, h.metrics.get("validation_accuracy")
        return {
            "run": self.name,
            "data": e.data_name,
            "hidden": e.hidden_name,
            "activation": e.activation_name,
            "optimizer": e.optimizer,
            "learning rate": _path(e.learning_rate, self.changes, "learning_rate"),
            "batch size": _path(e.batch_size, self.changes, "batch_size"),
            "seed": e.seed,
            "epochs": h.epochs,
            "updates": h.steps,
            "loss": "diverged" if self.diverged else (h.epoch_loss[-1] if h.epoch_loss else None),
            "unseen loss": unseen[-1] if unseen else None,
            "best unseen loss": min(unseen) if unseen else None,
            "unseen accuracy": right[-1] if right else None,
        }


def _path(start: Any, changes: tuple[tuple[int, str, Any], ...], name: str) -> str:
    values = [start, *(value for _, changed, value in changes if changed == name)]
    return " > ".join("all" if value is None else f"{short(value)}" for value in values)


@final
class RunComparison:
    """One experiment under way, up to five pinned runs, and (`watch`) the watched weight.

    >>> book = RunComparison(Experiment("moons", hidden=(4,)))
    >>> book.session.epoch(2)
    Session at step 14 (epoch 2, 2 finished), loss 0.6051
    >>> book.choose(learning_rate=1.0)  # in the middle of the run
    >>> book.session.changes
    [(14, 'learning_rate', 1.0)]
    >>> book.choose(activation="ReLU")  # another network: a new run
    >>> book.session.steps
    0
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.session: Session = experiment.build()
        self.runs: list[KeptRun] = []
        self.watch = WatchedWeight(self.session)

    @property
    def batch_size(self) -> int:
        """The batch size of the next epoch, all samples counted."""
        return self.session.batch_size or self.session.samples

    def choose(self, **changes: Any) -> None:
        """Change the set-up. Both dials may turn during a run; anything else begins a new one."""
        if changes.get("batch_size") == self.session.samples:
            changes["batch_size"] = None
        if set(changes) <= set(DIALS) and self.session.steps:
            for name, value in changes.items():
                setattr(self.session, name, value)
        else:
            self._start(self._as_dialed().with_(**changes))

    def reset(self) -> None:
        """Begin again with the same seed, and with the dials as they stand now."""
        self._start(self._as_dialed().with_(weights=None))

    def move_point(self, row: int, place: tuple[float, float]) -> None:
        """Take a training point elsewhere: a new run begins, from the weights as they stand."""
        session, moved = self.session, {**dict(self.experiment.moved), row: place}
        trained = session.steps or self.experiment.weights is not None
        weights = session.network.parameters().value if trained else None
        self._start(self._as_dialed().with_(moved=tuple(moved.items()), weights=weights))

    def _as_dialed(self) -> Experiment:
        return self.experiment.with_(learning_rate=self.session.learning_rate, batch_size=self.session.batch_size)

    def _start(self, experiment: Experiment) -> None:
        session = experiment.build()
        self.experiment, self.session = experiment, session
        self.watch.follow(session)

    def now(self, name: str = "now") -> KeptRun:
        """Return the run under way, as it stands."""
        s = self.session
        done = History.from_dict(s.history.to_dict())
        return KeptRun(name, self.experiment, tuple(s.changes), done, s.diverged is not None, self.experiment.code(s))

    def pin(self, name: str = "") -> KeptRun:
        """Keep the run under way for comparison. Raises: ArgumentError for a sixth run, or one with no step."""
        if len(self.runs) == MOST_RUNS:
            raise ArgumentError(expected_got("pin", f"at most {MOST_RUNS} runs", "one more", "Remove one first."))
        if not self.session.history.steps:
            raise ArgumentError(expected_got("pin", "a run with at least one step", "none", "Press Play first."))
        taken = {run.name for run in self.runs}
        label = name.strip() or self._label()
        number = 2
        while label in taken:
            label = f"{name.strip() or self._label()} ({number})"
            number += 1
        run = self.now(label)
        self.runs.append(run)
        return run

    def _label(self) -> str:
        e = self.experiment
        size = "all" if e.batch_size is None else e.batch_size
        return f"{e.optimizer} {short(e.learning_rate, 3)}, batch {size}"

    def unpin(self, name: str) -> None:
        """Take a pinned run off."""
        self.runs = [run for run in self.runs if run.name != name]

    def table(self) -> list[dict[str, Any]]:
        """Return one row for each pinned run and, last, the run under way."""
        return [run.row for run in [*self.runs, self.now()]]

    def to_csv(self) -> str:
        """Return every step of every run as CSV: the run's name, then the columns of `History.to_csv`."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        names = list(dict.fromkeys(name for run in [*self.runs, self.now()] for name in run.history.metrics))
        first = ["run", "step", "epoch", "samples", "loss", "epoch_loss", "validation_loss", *names]
        writer.writerow(first)
        for run in [*self.runs, self.now()]:
            for row in csv.DictReader(io.StringIO(run.history.to_csv())):
                writer.writerow([run.name, *(row.get(column, "") for column in first[1:])])
        return text.getvalue()

    def verdict(self) -> Assessment:
        """Say in a word and in a sentence how the run goes, up to where the session stands."""
        s = self.session
        if s.diverged:
            return Assessment("diverged", s.diverged)
        return verdict(s.history if s.at_the_end else up_to(s.history, s.steps, s.epochs), s.learning_rate)
