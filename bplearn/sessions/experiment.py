"""An experiment is all that decides a training run, in one small object: data, network, optimizer, seed and both dials.

The same experiment always builds the same session, and can be written down as the Python code that repeats a run.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb, where the training lab is a view of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

from bplearn import datasets, layers, optimizers
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError
from bplearn.guards import number_in, positive_integer, say
from bplearn.losses import BinaryCrossEntropy, Loss, MeanSquaredError, SoftmaxCrossEntropy
from bplearn.metrics import accuracy
from bplearn.network import Sequential, mlp
from bplearn.preparation import check_batch_size
from bplearn.sessions.session import Session

MOST_UNITS = 256

# Each data set as a function of the seed, and the same in words, for the code that repeats a run.
DATA: dict[str, tuple[Callable[[int], Dataset], str]] = {
    "moons": (lambda seed: datasets.moons(300, rng=seed), "datasets.moons(300, rng={seed})"),
    "circles": (lambda seed: datasets.circles(300, rng=seed), "datasets.circles(300, rng={seed})"),
    "blobs": (lambda seed: datasets.blobs(300, spread=0.8, rng=seed), "datasets.blobs(300, spread=0.8, rng={seed})"),
    "spirals": (lambda seed: datasets.spirals(300, rng=seed), "datasets.spirals(300, rng={seed})"),
    "sine": (lambda seed: datasets.noisy_sine(120, rng=seed), "datasets.noisy_sine(120, rng={seed})"),
    "digits": (lambda seed: datasets.digits(), "datasets.digits()"),  # noqa: ARG005 - one signature for all
}
ACTIVATIONS = ("Tanh", "ReLU", "Sigmoid", "LeakyReLU", "GELU")
OPTIMIZERS = ("SGD", "Momentum", "RMSProp", "Adam")


@final
@dataclass(frozen=True)
class Experiment:
    """All that decides a run. `data` is a name in `DATA`, or a Dataset of your own; 30% of it is held back.

    `hidden` lists the widths of the hidden layers; `batch_size` None takes all training samples at once.
    Raises: ArgumentError for a name or a number that does not fit.

    >>> Experiment("moons", hidden=(4,), learning_rate=0.5).build()
    Session at step 0 (epoch 1, 0 finished)

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """

    data: str | Dataset = "moons"
    hidden: tuple[int, ...] = (8, 8)
    activation: str = "Tanh"
    optimizer: str = "SGD"
    learning_rate: float = 0.1
    batch_size: int | None = 32
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.data, Dataset):
            _one_of("data", self.data, DATA, "or pass a Dataset of your own.")
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("optimizer", self.optimizer, OPTIMIZERS)
        number_in(self.learning_rate, "learning_rate", 0)
        number_in(self.seed, "seed", 0)
        for width in self.hidden:
            if positive_integer(width, "hidden") > MOST_UNITS:
                raise ArgumentError(say("hidden", f"at most {MOST_UNITS} units in a layer", width))
        check_batch_size(self.batch_size, len(self.parts()[0]))

    def split(self) -> tuple[Dataset, Dataset]:
        """Return the training part and the part held back, as they are."""
        return self._split

    def parts(self) -> tuple[Dataset, Dataset]:
        """Return the training part and the part held back; images and own data are standardized."""
        return self._parts

    @cached_property
    def _split(self) -> tuple[Dataset, Dataset]:
        data = self.data if isinstance(self.data, Dataset) else DATA[self.data][0](self.seed)
        return data.split(test=0.3, rng=self.seed)

    @cached_property
    def _parts(self) -> tuple[Dataset, Dataset]:
        train, unseen = self._split
        return train.standardize(unseen) if self._standardizes else (train, unseen)  # type: ignore[return-value]

    @property
    def _standardizes(self) -> bool:
        return isinstance(self.data, Dataset) or self.data == "digits"

    @property
    def data_name(self) -> str:
        """The name of the data."""
        return self.data.name if isinstance(self.data, Dataset) else self.data

    def judgment(self, data: Dataset) -> tuple[int, Loss, tuple[Any, ...]]:
        """Return the outputs the network needs, the loss and the metrics: they follow from the targets."""
        if data.target_names is None:
            return data.targets.shape[1], MeanSquaredError(), ()
        if len(data.target_names) == 2:
            return 1, BinaryCrossEntropy(), (accuracy,)
        return len(data.target_names), SoftmaxCrossEntropy(), (accuracy,)

    def build(self) -> Session:
        """Build network and optimizer anew and return a session at its start."""
        train, unseen = self.parts()
        outputs, loss, metrics = self.judgment(train)
        network = self.network(train.x.shape[1], outputs)
        optimizer = getattr(optimizers, self.optimizer)(self.learning_rate)
        return Session(
            network, train, loss=loss, optimizer=optimizer, batch_size=self.batch_size,
            validation=unseen, metrics=metrics, rng=self.seed,
        )  # fmt: skip

    def network(self, inputs: int, outputs: int) -> Sequential:
        """Return the network at its start."""
        return mlp(inputs, *self.hidden, outputs, activation=getattr(layers, self.activation), rng=self.seed)

    def with_(self, **changes: Any) -> Experiment:
        """Return the same experiment but for these changes; a batch size too large for the data becomes all of it."""
        try:
            return replace(self, **changes)
        except ArgumentError:
            if "batch_size" in changes or "data" not in changes or self.batch_size is None:
                raise
            return replace(self, **changes, batch_size=None)

    def code(self, session: Session | None = None) -> str:
        """Return Python code that repeats the run of `session` as far as it went, changes on the way too."""
        train, _ = self.parts()
        outputs, loss, metrics = self.judgment(train)
        own = isinstance(self.data, Dataset)
        expression = "data  # your own Dataset" if own else DATA[str(self.data)][1].format(seed=self.seed)
        widths = ", ".join(map(str, [train.x.shape[1], *self.hidden, outputs]))
        measured = "[accuracy]" if metrics else "[]"
        lines = [
            "from bplearn import " + ("accuracy, " if metrics else "") + "datasets, layers, losses, mlp, optimizers",
            "from bplearn.sessions.session import Session",
            "",
            f"data = {expression}",
            f"train, unseen = data.split(test=0.3, rng={self.seed})",
            *(["train, unseen = train.standardize(unseen)"] if self._standardizes else []),
            f"network = mlp({widths}, activation=layers.{self.activation}, rng={self.seed})",
            f"optimizer = optimizers.{self.optimizer}({self.learning_rate!r})",
            "session = Session(",
            f"    network, train, loss=losses.{loss!r}, optimizer=optimizer, batch_size={self.batch_size},",
            f"    validation=unseen, metrics={measured}, rng={self.seed},",
            ")",
        ]
        if session is not None:
            done = 0
            for step, name, value in session.changes:
                lines += [f"session.step({step - done})"] if step > done else []
                lines.append(f"session.{name} = {value!r}")
                done = step
            lines += [f"session.step({session.steps - done})"] if session.steps > done else []
        return "\n".join([*lines, "session.history", ""])


def _one_of(subject: str, value: Any, known: Any, advice: str = "") -> None:
    if value not in known:
        raise ArgumentError(say(subject, f"one of {', '.join(known)}", repr(value), advice))
