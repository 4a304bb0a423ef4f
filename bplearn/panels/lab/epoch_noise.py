"""The batch noise of a training under way: the gradients of this epoch's batches at the weights as they are now.

While a training plays, the panel computes it only now and then, so that it costs the training little.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb, where it is a view of the training lab.
"""

from __future__ import annotations

import time
from typing import final

import numpy as np

from bplearn.datasets import Dataset
from bplearn.errors import DataError
from bplearn.panels.noise.logic import BATCHES, BatchNoise
from bplearn.training.session import Session

SHARE = 0.1  # share of the time that these gradients may cost while the training plays
LARGEST = 1e100  # the largest gradient that can be compared: its square must be finite
PAUSE = 0.3  # seconds between two computations, at least


@final
class EpochNoise:
    """The latest result: `noise`, or in `problem` the reason why there is none.

    `steps` (K, 2) and `full` (2,) are the steps of the batches and of all data in the plane where they differ most.
    `latest` is the place of the latest update's batch among the batches; None before the first update.

    >>> from bplearn.panels.lab.experiment import Experiment
    >>> start = Experiment("moons", hidden=(4,), batch_size=70)
    >>> seen = EpochNoise().refresh(start.build().step(2), start.parts()[0])
    >>> len(seen.noise.gradients), seen.latest
    (3, 1)
    """

    def __init__(self) -> None:
        self.noise: BatchNoise | None = None
        self.steps, self.full = np.zeros((0, 2)), np.zeros(2)
        self.latest: int | None = None
        self.problem = ""
        self.looks = 0
        self._place: tuple[Session, int, int] | None = None
        self._next = 0.0

    def refresh(self, session: Session, data: Dataset, *, throttle: bool = False) -> EpochNoise:
        """Look at a session that trains on `data`; in a `throttle` an older look may do for a while."""
        size = session.batch_size_in_use if session.update is None else session.update.batch_size
        place = (session, session.steps, size or session.samples)
        started = time.perf_counter()
        if place == self._place or (throttle and started < self._next and self._place and self._place[0] is session):
            return self
        self._place = place
        self.looks += 1
        with np.errstate(over="ignore", invalid="ignore"):
            self._compute(session, data, place[2])
        took = time.perf_counter() - started
        self._next = started + max(PAUSE, took / SHARE)
        return self

    def _compute(self, session: Session, data: Dataset, size: int) -> None:
        self.noise, self.latest, self.problem = None, None, ""
        if not np.isfinite(session.network.parameters().value).all():
            self.problem = "The weights are no longer finite numbers: there is no gradient to look at."
            return
        batches, first = session.epoch_batches(), 0
        if session.update is not None:
            met = [number for number, rows in enumerate(batches) if np.array_equal(rows, session.update.indices)]
            first = min(max(met[0] - BATCHES // 2, 0), max(len(batches) - BATCHES, 0)) if met else 0
            self.latest = met[0] - first if met else None
        shown = batches[first : first + BATCHES]
        try:
            noise = BatchNoise(session.network, data, loss=session.loss, batch_size=size, batches=shown)
            if np.abs(noise.full).max() < LARGEST and np.abs(noise.gradients).max() < LARGEST:
                self.noise = noise
                self.steps, self.full = noise.plane()
            else:
                self.problem = "The gradients have grown beyond all bounds: there is no direction to compare."
        except DataError:
            self.problem = "The gradient of all data is zero here: there is no direction to compare with."
