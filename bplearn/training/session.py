"""A session is a training that a learner drives: step on, go back, pause, change the learning rate, go on.

It is built on `train`, one `next()` a step, and adds snapshots to return to. They cost little, because updates replace
parameters and never change them: a snapshot is a reference. After a return the same steps follow to the last bit,
because a snapshot also restores the optimizer's memory and the state of the random numbers.
Every panel that trains is a view of a session. Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import copy
import time
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, final

import numpy as np

from bplearn.checks.arrays import RNG, Array, as_rng, expected_got, number_in, positive_integer
from bplearn.checks.training import Metric, check_batch_size, prepare_parts
from bplearn.errors import ArgumentError, TrainingDiverged
from bplearn.history import History
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.optimizers import Optimizer
from bplearn.show.text import short
from bplearn.training.evaluator import Evaluator
from bplearn.training.loop import TrainStep, ignore_overflow, updates
from bplearn.training.snapshots import Snapshot, UpdateRecord, generators, up_to, why_it_diverged

MOST_SNAPSHOTS = 400  # with more, every second one goes; training again reaches the epochs between two


@final
class Session:
    """A training that can be stepped, paused, rewound and changed on the way. Arguments as for `fit`.

    `history` reaches as far as training went; `steps` and `epochs` say where the session stands in it. After a return
    to an earlier place the next step (or change) cuts off what lay ahead; without a change the same numbers follow.
    `update` is the update that led here: its gradient, its batch, the weights before it. `latest` is its TrainStep, as
    long as the session keeps the tape. `diverged` is a sentence once the loss is not finite.
    Raises: at once for arguments that do not fit.

    >>> from bplearn import SGD, BinaryCrossEntropy, datasets, mlp
    >>> session = Session(mlp(2, 4, 1, rng=0), datasets.moons(rng=0), loss=BinaryCrossEntropy(), optimizer=SGD(0.5))
    >>> session.epoch().step(3)
    Session at step 10 (epoch 2, 1 finished), loss 0.4446
    >>> session.rewind(1).steps, session.history.steps
    (7, 10)
    """

    def __init__(
        self,
        network: Sequential,
        data: Any,
        targets: Any = None,
        *,
        loss: Loss,
        optimizer: Optimizer,
        batch_size: int | None = 32,
        validation: Any = None,
        metrics: Sequence[Metric] | Mapping[str, Metric] = (),
        rng: RNG = 0,
    ) -> None:
        self.network, self.loss, self.optimizer = network, loss, optimizer
        self._rng = copy.deepcopy(as_rng(rng))  # a session rewinds its random numbers, and must not rewind the caller's
        self._data, unseen = prepare_parts(network, data, targets, validation, loss, self._rng)
        self._evaluator = Evaluator(network, loss, self._data, unseen, metrics)
        self._batch_size = batch_size
        self._training: Iterator[TrainStep] | None = self._begin()
        self.history = History()
        self.changes: list[tuple[int, str, Any]] = []
        self.latest: TrainStep | None = None
        self.update: UpdateRecord | None = None
        self.diverged: str | None = None
        self.steps = 0
        self._met = 0  # samples of the running epoch that training has used
        self._stop = self._lost = False
        self._shuffle: Mapping[str, Any] = self._rng.bit_generator.state
        self.snapshots = {0: self._snapshot()}

    # ---- forward ----

    def step(self, n: int = 1) -> Session:
        """Do `n` updates; stop where the loss is no longer finite, and say so in `diverged`."""
        for _ in range(positive_integer(n, "n")):
            if not self._live_step():
                break
        return self

    def epoch(self, n: int = 1) -> Session:
        """Go on to the end of the running epoch, and `n - 1` epochs further."""
        goal = self.epochs + positive_integer(n, "n")
        while self.epochs < goal and self._live_step():
            pass
        return self

    def run(self, seconds: float) -> Session:
        """Go on for about this long. `pause()`, from any thread, ends it before the next step."""
        self._stop = False
        end = time.perf_counter() + number_in(seconds, "seconds", 0)
        while not self._stop and self._live_step() and time.perf_counter() < end:
            pass
        return self

    def pause(self) -> None:
        """End a `run` that goes on."""
        self._stop = True

    # ---- back ----

    def back(self) -> Session:
        """Take back one update; at the start nothing happens."""
        return self.go_to(max(self.steps - 1, 0))

    def go_to(self, step: int) -> Session:
        """Go to the place where so many steps are done: any that was trained, back or ahead.

        Raises: ArgumentError for a step that was not trained.
        """
        last = self.history.steps
        if isinstance(step, bool) or not isinstance(step, int | np.integer) or not 0 <= step <= last:
            raise ArgumentError(expected_got("step", f"a step that was done, 0 to {last}", repr(step)))
        return self._go(int(step))

    def rewind(self, epoch: int) -> Session:
        """Go to the end of an epoch that was trained: 0 is the start. It may lie ahead, after an earlier return.

        Raises: ArgumentError for an epoch that was not trained.
        """
        ends = [0, *self.history.epoch_ends]
        if isinstance(epoch, bool) or not isinstance(epoch, int | np.integer) or not 0 <= epoch < len(ends):
            raise ArgumentError(expected_got("epoch", f"a finished epoch, 0 to {len(ends) - 1}", repr(epoch)))
        return self._go(ends[epoch])

    def reset(self) -> Session:
        """Go back to the start and forget the rest, changes too: the same seed gives the same run."""
        self.changes = []
        self._go(0)
        self._cut()
        return self

    # ---- what a learner may change on the way ----

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step. A new one counts from there on."""
        return self.optimizer.rate()

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._change("learning_rate", number_in(rate, "learning_rate", 0))

    @property
    def batch_size(self) -> int | None:
        """Samples in a batch. A new size counts from the next epoch on: an epoch is cut into batches when it begins."""
        return self._batch_size

    @batch_size.setter
    def batch_size(self, size: int | None) -> None:
        check_batch_size(size, self.samples)
        self._change("batch_size", size)

    def _change(self, name: str, value: Any) -> None:
        if getattr(self, name) != value:
            self._cut()
            self.changes.append((self.steps, name, value))
            self._apply(name, value)

    def _apply(self, name: str, value: Any) -> None:
        if name == "learning_rate":
            self.optimizer.learning_rate = value
        else:
            self._batch_size = value
            if self._met == 0:
                self._training = None  # the next epoch is cut into batches anew

    # ---- where we are ----

    @property
    def samples(self) -> int:
        """How many samples an epoch has."""
        return self._data.samples

    @property
    def epochs(self) -> int:
        """How many epochs are finished at this place."""
        return bisect_right(self.history.epoch_ends, self.steps)

    @property
    def batch_size_in_use(self) -> int | None:
        """The batch size of the running epoch; `batch_size` is that of the next one."""
        return self._batch_size if self._training is None or self._met == 0 else self._size_running

    @property
    def at_the_end(self) -> bool:
        """Whether this place is the last one that was trained."""
        return self.steps == self.history.steps

    def batch(self) -> tuple[Array, Array]:
        """Return x and targets of the batch that the latest update met; before the first, of the one it will meet."""
        rows = self.epoch_batches()[0] if self.update is None else self.update.indices
        return self._data.x[rows], self._data.answers[rows]

    def before(self) -> Sequential:
        """Return a copy of the network as it was when the latest update met its batch."""
        network = self.network.copy()
        if self.update is not None:
            network.parameters().replace(self.update.before.copy())
        return network

    def epoch_batches(self) -> list[Array]:
        """Return the samples of each batch of this epoch, those to come too: of the epoch of the latest update."""
        state, size = self._rng.bit_generator.state, self._batch_size
        if self.update is not None:
            state, size = self.update.shuffle, self.update.batch_size
        rng = copy.deepcopy(self._rng)
        rng.bit_generator.state = state
        order = rng.permutation(self.samples)
        return [order[start : start + (size or self.samples)] for start in range(0, self.samples, size or self.samples)]

    def measure(self) -> tuple[float | None, dict[str, float]]:
        """Return the validation loss and the metrics of the network as it is here."""
        return self._evaluator.measure()

    def __repr__(self) -> str:
        if self.diverged:
            return f"Session, diverged: {self.diverged}"
        place = (
            f"at step {self.steps} (epoch {self.epochs + (self._met > 0 or not self.steps)}, {self.epochs} finished)"
        )
        return f"Session {place}" + (f", loss {short(self.history.step_loss[self.steps - 1])}" if self.steps else "")

    # ---- the machine ----

    def _begin(self) -> Iterator[TrainStep]:
        self._size_running = self._batch_size
        steps = updates(self.network, self._data, self.loss, self.optimizer, 10**9, self._batch_size, self._rng)
        return ignore_overflow(steps)

    def _live_step(self) -> bool:
        """Do one update and note it; return whether it could be done."""
        if self.diverged:
            return False
        self._cut()
        if self._lost:
            self._go(self.steps)
        try:
            step = self._advance(self.steps)
        except TrainingDiverged:
            self.diverged = why_it_diverged(self.history, self.learning_rate, self.network.parameters().value)
            return False
        self.history.add_step(step.loss, len(step.indices))
        self.steps += 1
        if self._met == 0:
            with np.errstate(over="ignore", invalid="ignore"):
                self.history.end_epoch(*self.measure())
            self.snapshots[self.epochs] = self._snapshot()
            if len(self.snapshots) > MOST_SNAPSHOTS:
                kept = list(self.snapshots.items())
                self.snapshots = dict([*kept[:-1:2], kept[-1]])
        return True

    def _advance(self, place: int) -> TrainStep:
        """Do one `next()` at this place of the run. Where a layer raises, the next step begins with a replay."""
        self._lost = True
        if self._training is None:
            self._training = self._begin()
        if self._met == 0:
            self._shuffle = self._rng.bit_generator.state
        before = self.network.parameters().value
        step = next(self._training)
        self._lost = False
        gradient = self.network.parameters().grad
        self.update = UpdateRecord(before, gradient, step.indices, self._shuffle, self._size_running)
        epoch = bisect_right(self.history.epoch_ends, place) + 1
        self.latest = TrainStep(epoch, place + 1, step.loss, step.tape, step.indices)
        self._met = (self._met + len(step.indices)) % self.samples
        if self._met == 0 and self._batch_size != self._size_running:
            self._training = None
        return step

    def _go(self, place: int) -> Session:
        """Stand where step `place` is done: put the nearest snapshot back and train from there again."""
        self.steps, self.latest, self.diverged = place, None, None
        snapshot = max((s for s in self.snapshots.values() if s.step <= place), key=lambda s: s.step)
        self._restore(snapshot)
        for before in range(snapshot.step, place):
            self._repeat_changes(before)
            self._advance(before)
        self._repeat_changes(place)
        return self

    def _repeat_changes(self, place: int) -> None:
        for step, name, value in self.changes:
            if step == place:
                self._apply(name, value)

    def _snapshot(self) -> Snapshot:
        memory = {name: value for name, value in vars(self.optimizer).items() if name != "_parameters"}
        return Snapshot(
            self.epochs,
            self.steps,
            self.network.parameters().value,
            copy.deepcopy(memory),
            self._rng.bit_generator.state,
            [rng.bit_generator.state for rng in generators(self.network)],
            self._batch_size,
            self.update,
        )

    def _restore(self, snapshot: Snapshot) -> None:
        self.network.parameters().replace(snapshot.parameters)
        memory, parameters = vars(self.optimizer), self.optimizer._parameters
        memory.clear()
        memory.update(copy.deepcopy(snapshot.optimizer), _parameters=parameters)
        self._rng.bit_generator.state = snapshot.rng
        for rng, state in zip(generators(self.network), snapshot.drawn, strict=True):
            rng.bit_generator.state = state
        self._batch_size, self._met, self._training, self._lost = snapshot.batch_size, 0, None, False
        self.update = snapshot.update

    def _cut(self) -> None:
        """Forget what lies ahead."""
        if not self.at_the_end:
            step, epoch = self.steps, self.epochs
            self.history = up_to(self.history, step, epoch)
            self.snapshots = {n: s for n, s in self.snapshots.items() if s.step <= step}
            self.changes = [change for change in self.changes if change[0] <= step]
