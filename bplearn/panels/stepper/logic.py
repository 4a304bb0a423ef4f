"""Training in slow motion: forward, cost, backward, update, one number at a time, and back again.

`UpdateSteps` takes one sample through a network and writes down each operation with its equation and its numbers. A
learner goes on and back by operation, by layer or by phase, into the next iteration and into earlier ones. The stepper
panel is a view of it. Taught in notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Any, Literal, final

import numpy as np

from bplearn.checks.arrays import Array, as_batch, expected_got, number_in
from bplearn.checks.training import prepare
from bplearn.errors import ArgumentError, ShapeError, TrainingDiverged
from bplearn.exercises.engine.typed_numbers import Judgement, try_number
from bplearn.layers import Dense
from bplearn.losses import HalfSquaredError, Loss
from bplearn.network import Sequential
from bplearn.optimizers import SGD
from bplearn.panels.stepper.operations import Operation, check_can_be_written, operations
from bplearn.panels.worked_example import worked_example
from bplearn.show.text import short
from bplearn.tape import Tape

Size = Literal["operation", "layer", "phase"]
SIZES: tuple[Size, ...] = ("operation", "layer", "phase")


@final
@dataclass(frozen=True, eq=False)
class Iteration:
    """One update in full: its tape, its loss, its operations, and all parameters before and after."""

    tape: Tape
    loss: float
    dy: Array
    operations: list[Operation]
    before: Array
    after: Array
    learning_rate: float


@final
@dataclass
class UpdateSteps:
    """One sample on its way through a network, there and back. `place` counts the operations done in this iteration,
    `since` those before the last step.

    Without arguments it walks through the series' own 2-2-2 network. The network's weights are those of the place.
    Raises: ShapeError for more than one sample, ArgumentError for layers inside which it cannot step, and what the
    network and the loss say of x and target; later TrainingDiverged where an iteration's error would not be finite.

    >>> walk = UpdateSteps()
    >>> walk.next().equation, walk.now.result
    ('z_h1 = x1 w1 + x2 w2 + b_h1', 0.3775)
    >>> walk.next("phase").phase, round(walk.next().result, 6)
    ('forward', 0.298371)
    """

    network: Sequential = field(default_factory=worked_example)
    x: Any = (0.05, 0.10)
    target: Any = (0.01, 0.99)
    loss: Loss = field(default_factory=HalfSquaredError)
    learning_rate: float = 0.5
    place: int = 0
    since: int = 0
    iteration: int = 0
    iterations: list[Iteration] = field(default_factory=list)

    def __post_init__(self) -> None:
        check_can_be_written(self.network)
        x = np.asarray(self.x, dtype=float)
        x = as_batch(x[None] if x.ndim == 1 else x)
        if len(x) != 1:
            advice = "A walkthrough follows one sample: pass x[0] and target[0]. trace_panel takes the whole batch."
            raise ShapeError(expected_got("x", "one sample", f"{len(x)}", advice))
        target = np.asarray(self.target)
        target = target[None] if target.ndim == 0 or (target.ndim == 1 and target.dtype.kind == "f") else target
        self.learning_rate = number_in(self.learning_rate, "learning_rate", 0)
        data = prepare(self.network, x, target, self.loss)
        self._x, self._target = data.x, data.targets
        self.iterations.append(self._compute())

    def _compute(self) -> Iteration:
        """Do one update on the network as it stands, and put its weights back."""
        parameters = self.network.parameters()
        before = parameters.value
        prediction, tape = self.network.forward(self._x)
        value, cache = self.loss.compute(prediction, self._target)
        dy = self.loss.backward(cache)
        self.network.backward(dy, tape)
        done = operations(tape, self.loss, self._target, value, dy, self.learning_rate)
        SGD(self.learning_rate).step(parameters)
        after = parameters.value
        parameters.replace(before)
        return Iteration(tape, value, dy, done, before, after, self.learning_rate)

    # ---- where we are ----

    @property
    def record(self) -> Iteration:
        """The iteration that is open."""
        return self.iterations[self.iteration]

    @property
    def targets(self) -> Array:
        """What the outputs are compared with, (1, ...)."""
        return self._target

    @property
    def now(self) -> Operation | None:
        """The operation that was done last; None at the start of an iteration."""
        return self.record.operations[self.place - 1] if self.place else None

    @property
    def latest(self) -> list[Operation]:
        """The operations of the last step: one, those of a layer, or those of a phase."""
        return self.record.operations[min(self.since, max(self.place - 1, 0)) : self.place]

    def streams(self) -> list[tuple[int, int, int, float]]:
        """Return what the latest step sent back: (layer, unit it left, unit it reached, how much of the slope).

        What reaches one unit adds up to its slope. The error's own streams leave from unit 0 after the last layer.
        """
        found = []
        for operation in self.latest:
            if operation.phase != "backward" or not operation.key.startswith("dy"):
                continue
            place, unit = map(int, operation.key[2:].split("."))
            above = place + 1
            step = self.record.tape[above] if above < len(self.record.tape) else None
            if step is None or not isinstance(step.layer, Dense):
                found.append((above, 0 if step is None else unit, unit, operation.result))
                continue
            slopes = step.dy.reshape(-1) * self._weights_before(above)[unit]  # type: ignore[union-attr]
            found += [(above, j, unit, amount) for j, amount in enumerate(slopes.tolist())]
        return found

    def _weights_before(self, place: int) -> Array:
        """The weights of a Dense layer as they were when this iteration began."""
        parameters, layer = self.network.parameters(), self.network[place]
        return parameters.part(self.record.before, next(p for p in layer.parameters() if p.name == "W"))

    @property
    def coming(self) -> Operation | None:
        """The operation that comes next; None at the end of an iteration."""
        done = self.record.operations
        return done[self.place] if self.place < len(done) else None

    def ahead(self, by: Size) -> list[Operation]:
        """The operations of the next step of this size; none at the end of an iteration."""
        rest = self.record.operations[self.place :]
        if by == "operation":
            return rest[:1]
        return list(itertools.takewhile(lambda operation: _same(rest[0], operation, by), rest))

    @property
    def known(self) -> dict[str, float]:
        """All numbers up to this place, by key, such as "y0.1", "dy2.0", "dW0.1.0", "W0.1.0", "L"."""
        found: dict[str, float] = {}
        for operation in self.record.operations[: self.place]:
            found[operation.key] = operation.result
        return found

    # ---- going on and back ----

    def next(self, by: Size = "operation") -> Operation:
        """Go on by one operation, or to the end of the layer or phase; after the last comes the next iteration."""
        self._known_size(by)
        if self.coming is None:
            self._open_next()
        step = self.ahead(by)
        self.since = self.place
        self.place += len(step)
        self._put_weights()
        return step[-1]

    def back(self, by: Size = "operation") -> Operation | None:
        """Go back by one operation, layer or phase, into the iteration before where this one is at its start."""
        self._known_size(by)
        if self.place == 0 and self.iteration:
            self.iteration -= 1
            self.place = len(self.record.operations)
        elif self.place:
            last = self.record.operations[self.place - 1]
            self.place -= 1
            while by != "operation" and self.now is not None and _same(last, self.now, by):
                self.place -= 1
        self.since = max(self.place - 1, 0)
        self._put_weights()
        return self.now

    def open(self, iteration: int) -> None:
        """Open an iteration that was begun before, at its start. Raises: ArgumentError for any other."""
        if not 0 <= iteration < len(self.iterations):
            raise ArgumentError(expected_got("iteration", f"one of 0 to {len(self.iterations) - 1}", repr(iteration)))
        self.iteration, self.place, self.since = iteration, 0, 0
        self._put_weights()

    def finish(self, iterations: int = 1) -> float:
        """Do the rest of this iteration, and whole ones after it, `iterations` in all; return the last loss."""
        for _ in range(iterations):
            if self.coming is None:
                self._open_next()
            self.place = len(self.record.operations)
            self.since = self.place - 1
            self._put_weights()
        return self.record.loss

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use another learning rate from this iteration's update on; later iterations are forgotten."""
        rate = number_in(learning_rate, "learning_rate", 0)
        if rate != self.learning_rate or rate != self.record.learning_rate:
            self.learning_rate = rate
            place = self.place
            self.network.parameters().replace(self.record.before)
            self.iterations = [*self.iterations[: self.iteration], self._compute()]
            self.place = place
            self._put_weights()

    def _open_next(self) -> None:
        self.network.parameters().replace(self.record.after)
        if self.iteration + 1 == len(self.iterations):
            with np.errstate(over="ignore", invalid="ignore"):
                coming = self._compute()
            if not (math.isfinite(coming.loss) and np.isfinite(coming.after).all()):
                self._put_weights()
                rate, other = short(self.learning_rate), short(self.learning_rate / 10)
                raise TrainingDiverged(
                    f"The error is no longer finite in iteration {self.iteration + 2}, with learning rate {rate}. "
                    f"Go back, or choose a smaller one, such as {other}."
                )
            self.iterations.append(coming)
        self.iteration += 1
        self.place = self.since = 0

    def _put_weights(self) -> None:
        """The network holds the new weights once the last operation of the update is done, and not before."""
        self.network.parameters().replace(self.record.before if self.coming is not None else self.record.after)

    @staticmethod
    def _known_size(by: str) -> None:
        if by not in SIZES:
            raise ArgumentError(expected_got("by", "operation, layer or phase", repr(by)))

    # ---- predict first ----

    def judge(self, answer: float) -> Judgement:
        """Judge a learner's prediction of the next number; near enough is 1% off or less.

        >>> walk = UpdateSteps()
        >>> walk.judge(0.3775).words, walk.judge(0.0275).words
        ('Right: z_h1 = 0.3775.', 'Not yet: z_h1 = 0.0275 is far too low. Was the bias b_h1 = 0.35 added?')
        """
        coming = self.coming
        if coming is None:
            return Judgement(False, "This iteration is done; go on to the next one.")
        return try_number(coming.name, answer, coming.result, coming.hint(answer))


def _same(operation: Operation, other: Operation, by: Size) -> bool:
    if by == "phase":
        return operation.phase == other.phase
    return (operation.phase, operation.layer) == (other.phase, other.layer)
