"""The runbook: what a learner has tried so far. One run is under way; others are pinned beside it for comparison.

It also judges a run in a sentence that is computed from its losses: falling, jumping, too slow, overfitting, diverged.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb; the training lab is a view of it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.history import History
from bplearn.panels.lab.experiment import Experiment
from bplearn.panels.lab.watched_weight import WeightWatch
from bplearn.training.session import Session
from bplearn.training.snapshots import up_to

MOST_RUNS = 5  # more lines than this cannot be told apart in one picture
DIALS = ("learning_rate", "batch_size")


@final
@dataclass(frozen=True, eq=False)
class Run:
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
    return " > ".join("all" if value is None else f"{value:.4g}" for value in values)


@final
class Runbook:
    """One experiment under way, up to five pinned runs, and (`watch`) the weight that is looked at.

    >>> book = Runbook(Experiment("moons", hidden=(4,)))
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
        self.runs: list[Run] = []
        self.watch = WeightWatch(self.session)

    def choose(self, **changes: Any) -> None:
        """Change the set-up. Both dials may turn during a run; anything else begins a new one."""
        if set(changes) <= set(DIALS) and self.session.steps:
            for name, value in changes.items():
                setattr(self.session, name, value)
        else:
            self._start(self._as_dialed().with_(**changes))

    def reset(self) -> None:
        """Begin again with the same seed, and with the dials as they stand now."""
        self._start(self._as_dialed())

    def _as_dialed(self) -> Experiment:
        return self.experiment.with_(learning_rate=self.session.learning_rate, batch_size=self.session.batch_size)

    def _start(self, experiment: Experiment) -> None:
        session = experiment.build()
        self.experiment, self.session = experiment, session
        self.watch.follow(session)

    def now(self, name: str = "now") -> Run:
        """Return the run under way, as it stands."""
        s = self.session
        done = History.from_dict(s.history.to_dict())
        return Run(name, self.experiment, tuple(s.changes), done, s.diverged is not None, self.experiment.code(s))

    def pin(self, name: str = "") -> Run:
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
        return f"{e.optimizer} {e.learning_rate:.3g}, batch {size}"

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

    def appraise(self) -> Appraisal:
        """Say in a word and in a sentence how the run goes, up to where the session stands."""
        s = self.session
        if s.diverged:
            return Appraisal("diverged", s.diverged)
        return appraise(s.history if s.at_the_end else up_to(s.history, s.steps, s.epochs), s.learning_rate)

    def verdict(self) -> str:
        """Say in a sentence how the run goes."""
        return self.appraise().words


@final
class Appraisal(NamedTuple):
    """How a run goes: in a `word` to see at a glance, and in a sentence with the numbers."""

    word: str
    words: str


def appraise(history: History, learning_rate: float) -> Appraisal:
    """Say how a run goes, from its losses alone.

    >>> history = History()
    >>> for loss in (1.0, 2.0, 4.0, 8.0):
    ...     history.add_step(loss, samples=1)
    ...     history.end_epoch()
    >>> appraise(history, 3.0)
    Appraisal(word='growing', words='The loss has grown from 1 to 8: a learning rate of 3 is too large here.')
    """
    losses, unseen = history.epoch_loss, history.validation_loss
    if not losses:
        said = "No epoch is finished yet." if history.steps else "Nothing is trained yet. What will the loss do?"
        return Appraisal("begun" if history.steps else "ready", said)
    first, last = history.step_loss[0], losses[-1]
    if last > 1.5 * max(first, losses[0]) or (len(losses) > 3 and last > 3 * min(losses)):
        said = f"The loss has grown from {min(first, *losses):.3g} to {last:.3g}"
        return Appraisal("growing", f"{said}: a learning rate of {learning_rate:.3g} is too large here.")
    if len(losses) < 4:
        return Appraisal("begun", f"The loss went from {first:.3g} to {last:.3g} in {history.steps} updates.")
    best = int(np.argmin(unseen)) if unseen else 0
    gap = bool(unseen) and min(unseen[-3:]) > max(1.1 * unseen[best], 1.2 * last)  # one jump upwards is no overfitting
    if gap and len(unseen) - 1 - best >= 5 and last < losses[best]:
        said = f"The unseen loss was lowest after epoch {best + 1} ({unseen[best]:.3g}) and is {unseen[-1]:.3g} now"
        return Appraisal("overfitting", f"{said}, while the training loss fell to {last:.3g}.")
    recent = np.array(losses[-6:])
    moves = np.diff(recent)
    fall = (recent[0] - recent[-1]) / recent[0] / len(moves)
    if (moves > 0).sum() >= 2 and np.abs(moves).mean() > 0.05 * recent.mean():
        said = f"The loss jumps between {recent.min():.3g} and {recent.max():.3g}"
        return Appraisal("jumping", f"{said}: the steps are too large, or the batches too small.")
    if fall > 0.01:
        return Appraisal("falling", f"The loss falls by {100 * fall:.0f}% an epoch, to {last:.3g}.")
    if last > 0.9 * first:
        said = f"The loss hardly moves: {first:.3g} at the start, {last:.3g} now."
        return Appraisal("stuck", f"{said} The steps are too small, or nothing can be learned this way.")
    return Appraisal("settled", f"The loss has settled near {last:.3g}; it began at {first:.3g}.")
