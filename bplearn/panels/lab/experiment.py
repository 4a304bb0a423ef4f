"""An experiment is all that decides a training run, in one small object: data, network, optimizer, seed and both dials.

The same experiment always builds the same session, and can be written down as the Python code that repeats a run.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb, where the training lab is a view of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, final

from bplearn import datasets, layers, optimizers
from bplearn.checks.arrays import Array, describe, expected_got, number_in, positive_integer
from bplearn.checks.training import check_batch_size, instance
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError
from bplearn.layers import Layer
from bplearn.losses import BinaryCrossEntropy, Loss, MeanSquaredError, SoftmaxCrossEntropy
from bplearn.metrics import accuracy
from bplearn.network import Sequential, mlp
from bplearn.panels.choices import ACTIVATIONS, OPTIMIZERS
from bplearn.training.session import Session

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


@final
@dataclass(frozen=True)
class Experiment:
    """All that decides a run. `data` is a name in `DATA`, or a Dataset of your own; 30% of it is held back.

    `hidden` lists the widths of the hidden layers; `batch_size` None takes all training samples at once.
    `activation` is a name, or a layer class of your own. With `own_network` (a network, or a function of the seed that
    builds one) `hidden` and `activation` say nothing; each start takes a copy of it. `own_loss` stands for the loss
    that follows from the targets. `moved` are training points that were taken elsewhere, as (row, (x, y)), and
    `weights` those to begin with where they are not those of the seed.
    Raises: ArgumentError for a name or a number that does not fit.

    >>> Experiment("moons", hidden=(4,), learning_rate=0.5).build()
    Session at step 0 (epoch 1, 0 finished)
    """

    data: str | Dataset = "moons"
    hidden: tuple[int, ...] = (8, 8)
    activation: str | type[Layer] = "Tanh"
    optimizer: str = "SGD"
    learning_rate: float = 0.1
    batch_size: int | None = 32
    seed: int = 0
    own_network: Sequential | Callable[[int], Sequential] | None = None
    own_loss: Loss | None = None
    moved: tuple[tuple[int, tuple[float, float]], ...] = ()
    weights: Array | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.data, Dataset):
            is_file = isinstance(self.data, str) and self.data.endswith(".csv")
            own = "Your own data: Dataset(x, targets), or Dataset.from_csv(path, target=...)."
            advice = f"Write Dataset.from_csv({self.data!r}, target=...)." if is_file else own
            _one_of("data", self.data, DATA, "a Dataset or ", advice)
        if not (isinstance(self.activation, type) and issubclass(self.activation, Layer)):
            built = isinstance(self.activation, Layer)
            advice = f"Write activation={type(self.activation).__name__}, without brackets." if built else ""
            _one_of("activation", self.activation, ACTIVATIONS, "a layer class or ", advice)
        _one_of("optimizer", self.optimizer, OPTIMIZERS, advice=_by_name(self.optimizer))
        hidden_widths(self.hidden)
        number_in(self.learning_rate, "learning_rate", 0)
        number_in(self.seed, "seed", 0)
        for width in self.hidden:
            if positive_integer(width, "hidden") > MOST_UNITS:
                raise ArgumentError(expected_got("hidden", f"at most {MOST_UNITS} units in a layer", width))
        if self.own_network is not None and not callable(self.own_network):
            instance(self.own_network, Sequential, "network", "mlp(2, 8, 1), or a function of the seed that builds one")
        if self.own_loss is not None:
            instance(self.own_loss, Loss, "loss", "SoftmaxCrossEntropy()")
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
        if self._standardizes:
            train, unseen = train.standardize(unseen)
        return with_moved(train, self.moved) if self.moved else train, unseen

    @property
    def _standardizes(self) -> bool:
        return isinstance(self.data, Dataset) or self.data == "digits"

    @property
    def data_name(self) -> str:
        """The name of the data."""
        return self.data.name if isinstance(self.data, Dataset) else self.data

    @property
    def hidden_name(self) -> str:
        """The widths of the hidden layers in words: 8-8, none, or own for a network of your own."""
        return "own" if self.own_network is not None else "-".join(map(str, self.hidden)) or "none"

    @property
    def hidden_text(self) -> str:
        """The widths of the hidden layers as a learner types them."""
        return "your own network" if self.own_network is not None else ", ".join(map(str, self.hidden))

    @property
    def data_options(self) -> list[Any]:
        """The data sets to choose from: those of the library, and data of your own."""
        known: list[Any] = list(DATA)
        if isinstance(self.data, Dataset):
            known.append((f"{self.data_name} (own)" if self.data_name in DATA else self.data_name, self.data))
        return known

    @property
    def activation_name(self) -> str:
        """The name of the activation; "own" for a network of your own."""
        if self.own_network is not None:
            return "own"
        return self.activation if isinstance(self.activation, str) else self.activation.__name__

    def judgment(self, data: Dataset) -> tuple[int, Loss, tuple[Any, ...]]:
        """Return the outputs the network needs, the loss and the metrics: they follow from the targets."""
        if data.target_names is None:
            return data.targets.shape[1], self.own_loss or MeanSquaredError(), ()
        if len(data.target_names) == 2:
            return 1, self.own_loss or BinaryCrossEntropy(), (accuracy,)
        return len(data.target_names), self.own_loss or SoftmaxCrossEntropy(), (accuracy,)

    def build(self) -> Session:
        """Build network and optimizer anew and return a session at its start."""
        train, unseen = self.parts()
        outputs, loss, metrics = self.judgment(train)
        network = self.network(train.x.shape[1], outputs)
        if self.weights is not None:
            network.parameters().replace(self.weights.copy())
        optimizer = getattr(optimizers, self.optimizer)(self.learning_rate)
        return Session(
            network, train, loss=loss, optimizer=optimizer, batch_size=self.batch_size,
            validation=unseen, metrics=metrics, rng=self.seed,
        )  # fmt: skip

    def network(self, inputs: int, outputs: int) -> Sequential:
        """Return the network at its start.

        Raises: ArgumentError where a function of your own gives no network.
        """
        own = self.own_network
        if isinstance(own, Sequential):
            return own.copy()
        if own is not None:
            made = own(self.seed)
            if not isinstance(made, Sequential):
                advice = "Write network=lambda seed: mlp(2, 8, 1, rng=seed)."
                raise ArgumentError(expected_got("network", "a function that returns a Sequential", repr(made), advice))
            return made
        kind = getattr(layers, self.activation) if isinstance(self.activation, str) else self.activation
        return mlp(inputs, *self.hidden, outputs, activation=kind, rng=self.seed)

    def with_(self, **changes: Any) -> Experiment:
        """Return the same experiment but for these changes; a batch size too large for the data becomes all of it.

        Moved points stay with their data, weights with their network.
        """
        if {"data", "seed"} & set(changes):
            changes = {"moved": (), "weights": None, **changes}
        elif {"hidden", "activation"} & set(changes):
            changes = {"weights": None, **changes}
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
        ours = type(loss).__module__.startswith("bplearn.")
        lines = [
            "from bplearn import " + ("accuracy, " if metrics else "") + "datasets, layers, losses, mlp, optimizers",
            *("from bplearn.panels.lab.experiment import with_moved" for _ in self.moved[:1]),
            "from bplearn.training.session import Session",
            "",
            f"data = {expression}",
            f"train, unseen = data.split(test=0.3, rng={self.seed})",
            *(["train, unseen = train.standardize(unseen)"] if self._standardizes else []),
            *(f"train = with_moved(train, {self.moved!r})" for _ in self.moved[:1]),
            f"network = {self._network_code(widths)}",
            *(
                ["network.parameters().replace(lab.logic.experiment.weights.copy())"]
                if self.weights is not None
                else []
            ),
            f"optimizer = optimizers.{self.optimizer}({self.learning_rate!r})",
            f"loss = losses.{loss!r}" if ours else "loss = loss  # your own Loss",
            "session = Session(",
            f"    network, train, loss=loss, optimizer=optimizer, batch_size={self.batch_size},",
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

    def _network_code(self, widths: str) -> str:
        if isinstance(self.own_network, Sequential):
            return "network.copy()  # your own Sequential, as it was before any training"
        if self.own_network is not None:
            return f"network({self.seed})  # your own function"
        if isinstance(self.activation, str):
            return f"mlp({widths}, activation=layers.{self.activation}, rng={self.seed})"
        return f"mlp({widths}, activation={self.activation.__name__}, rng={self.seed})  # your own activation"


def with_moved(train: Dataset, moved: Iterable[tuple[int, tuple[float, float]]]) -> Dataset:
    """Return the data with some points elsewhere.

    >>> with_moved(Dataset([[0.0, 0.0], [1.0, 1.0]], [0, 1]), [(1, (2.0, 3.0))]).x.tolist()
    [[0.0, 0.0], [2.0, 3.0]]
    """
    x = train.x.copy()
    for row, place in moved:
        x[row] = place
    return replace(train, x=x)


def read_widths(text: str) -> tuple[int, ...]:
    """Read the widths of hidden layers from what a learner typed.

    Raises: ArgumentError for anything but whole numbers.

    >>> read_widths("8, 4"), read_widths("")
    ((8, 4), ())
    """
    parts = text.replace(",", " ").replace("-", " ").split()
    if not all(part.isdigit() for part in parts):
        raise ArgumentError(expected_got("hidden layers", "whole numbers such as 8, 8", repr(text)))
    return tuple(map(int, parts))


def batch_sizes(samples: int) -> list[tuple[str, int]]:
    """Return the sizes that a dial stops at, each with a note: powers of two, and all samples at once.

    >>> batch_sizes(10)
    [('', 1), ('', 2), ('', 4), ('', 8), ('(all)', 10)]
    """
    return [("", 2**i) for i in range(samples.bit_length()) if 2**i < samples] + [("(all)", samples)]


def hidden_widths(hidden: Any) -> tuple[int, ...]:
    """Return the widths of the hidden layers as a tuple.

    Raises: ArgumentError for one number, or for text.

    >>> hidden_widths([8, 8])
    (8, 8)
    """
    if isinstance(hidden, str) or not isinstance(hidden, Iterable):
        advice = "Write hidden=(8,), or hidden=(8, 8) for two layers."
        raise ArgumentError(expected_got("hidden", "a list of widths", describe(hidden), advice))
    return tuple(hidden)


def _one_of(subject: str, value: Any, known: Any, others: str = "", advice: str = "") -> None:
    if not isinstance(value, str) or value not in known:
        raise ArgumentError(expected_got(subject, f"{others}one of {', '.join(known)}", describe(value), advice))


def _by_name(optimizer: Any) -> str:
    """Say how an optimizer is named here, where the class or an object was given."""
    if isinstance(optimizer, optimizers.Optimizer):
        rate = f" and learning_rate={optimizer.learning_rate}" if not callable(optimizer.learning_rate) else ""
        return f"Write optimizer={type(optimizer).__name__!r}{rate}."
    return f"Write optimizer={optimizer.__name__!r}." if isinstance(optimizer, type) else ""
