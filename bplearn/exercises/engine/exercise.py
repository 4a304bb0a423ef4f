"""An exercise: its text, three hints, its tested solution, and how an answer to it is checked.

`Code` is answered with a function or a class, `Trial` with a value that is tried out in a training. The two kinds
of question, a number to type and a statement to choose, stand in `question`.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

from bplearn.checks.arrays import Array
from bplearn.exercises.engine.compare import Outputs
from bplearn.exercises.engine.mistake import source_of
from bplearn.exercises.engine.random_cases import RandomCase, random_cases
from bplearn.exercises.engine.verdict import Status, Verdict

NOTEBOOKS = {
    "00": "00_start_here.ipynb",
    "01": "01_one_neuron.ipynb",
    "02": "02_forward_pass.ipynb",
    "03": "03_cost_functions.ipynb",
    "04": "04_chain_rule.ipynb",
    "05": "05_backward_pass.ipynb",
    "06": "06_trace_one_weight.ipynb",
    "07": "07_weight_updates.ipynb",
    "08": "08_batches_and_shapes.ipynb",
    "09": "09_write_your_own_backprop.ipynb",
    "10": "10_check_your_gradients.ipynb",
    "11": "11_initialisation_and_saturation.ipynb",
    "12": "12_learning_rate_and_batch_size.ipynb",
    "13": "13_optimizers.ipynb",
    "14": "14_digits_from_scratch.ipynb",
    "15": "15_autograd.ipynb",
    "16": "16_any_depth.ipynb",
    "17": "17_layers_of_today.ipynb",
    "18": "18_attention.ipynb",
}


def section(place: str) -> str:
    """Return "05: text" as "05_backward_pass.ipynb, text".

    >>> section("05: the hidden layer")
    '05_backward_pass.ipynb, the hidden layer'
    """
    if not place:
        return ""
    number, _, text = place.partition(": ")
    file = NOTEBOOKS.get(number, "")
    return f"{file}, {text}" if text else file


@dataclass(frozen=True, eq=False)
class ArrayLayout:
    """Another way to lay out the arrays: how arguments get there, and how outputs come back."""

    name: str
    forth: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    back: Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class Exercise(ABC):
    """What all exercises have in common.

    `number` is "NN.k": the notebook's number and the place in it. `teaches` is "NN: section", or empty.
    """

    number: str
    title: str
    task: str
    hints: tuple[str, ...] = ()
    teaches: str = ""

    @abstractmethod
    def reveal(self) -> str:
        """Return the solution as text."""

    @abstractmethod
    def listing(self) -> str:
        """Return the text of the task, with its statements if it has some."""

    def verdict(self, status: Status, headline: str = "", details: tuple[str, ...] = (), **more: Any) -> Verdict:
        """Return a verdict on this exercise that leads back to its own section unless `section` says otherwise."""
        more.setdefault("section", section(self.teaches or self.number[:2]))
        return Verdict(self.number, self.title, status, headline, details, **more)

    def unattempted(self, advice: str = "Replace the three dots by your answer, then run the cell again.") -> Verdict:
        """Return the verdict on a stub: the task, and what to do."""
        return self.verdict(Status.NOT_ATTEMPTED, self.listing(), (advice,) if advice else ())


def call(answer: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Call the learner's function once: how most answers are observed.

    >>> call(max, (1, 2))
    2
    """
    return answer(*arguments)


def _nothing(_answer: Any) -> str:
    return ""


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Code(Exercise):
    """An exercise that is answered with a function or a class.

    `inputs` makes the arguments of one case, `extra` holds more of them, `outputs` names what comes back.
    `observe(answer, arguments)` turns an answer into outputs; a plain call will do for functions.
    `family` says which wraps and patterns of the catalogue apply, `without` which mistakes do not.
    `planted` names the mistakes of a bug clinic: they are seen but not named. `wrong` holds wrong versions beside
    those that the catalogue makes: (name of the mistake, function). `facts` say an output in words where it is off,
    from what came and what should. `small` are cases to be shown, (words, arguments), where none can be drawn.
    `shows` tells of an output which mistake it shows whenever it is wrong.
    `remark(answer)` is a sentence beside a right answer that could be better. `most_drawn` is how many cases are drawn
    where each of them takes long.
    """

    solution: Any
    inputs: Callable[[RandomCase], tuple[Any, ...]]
    outputs: tuple[str, ...]
    family: str
    observe: Callable[[Any, tuple[Any, ...]], Any] = call
    extra: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    layouts: tuple[ArrayLayout, ...] = ()
    without: tuple[str, ...] = ()
    planted: tuple[str, ...] = ()
    wrong: tuple[tuple[str, Callable[..., Any]], ...] = ()
    calls: str = ""
    seconds: float = 5.0
    describe: Mapping[str, Callable[[Array, Array], str]] = field(default_factory=dict)
    shows: Mapping[str, str] = field(default_factory=dict)
    small: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    remark: Callable[[Any], str] = _nothing
    most_drawn: int | None = None

    def cases(self) -> list[Case]:
        """Return the inputs that every answer is run on."""
        drawn = [draw for draw in random_cases() if not draw.edge or self.number[:2] in NOTEBOOKS]
        drawn = drawn[: self.most_drawn]
        made = [Case(draw.label, self.inputs(draw), draw.N, draw.diagnosis_only, draw.edge) for draw in drawn]
        return made + [Case(label, arguments, 0, False) for label, arguments in self.extra]

    def reveal(self) -> str:
        """Return the source of the solution."""
        return source_of(self.solution)

    def listing(self) -> str:
        """Return the task."""
        return self.task


@dataclass(frozen=True, eq=False)
class Case:
    """One set of arguments with its label; `size` is the number of samples in it, or 0.

    One that is `diagnosis_only` is not judged, one that is an `edge` names no mistake. `wanted` is what is right.
    """

    label: str
    arguments: tuple[Any, ...]
    size: int
    diagnosis_only: bool
    edge: bool = False
    wanted: Outputs | None = None


@dataclass(frozen=True, eq=False)
class TrialResult:
    """What a trial found: right or not, in words, and the mistakes it is consistent with."""

    passed: bool
    headline: str
    details: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Trial(Exercise):
    """An exercise whose answer is tried out: a learning rate in a training, a network on unseen digits.

    `attempt(answer)` returns a TrialResult; it may run the learner's code and is itself run with the time limit.
    """

    attempt: Callable[[Any], TrialResult]
    solution: Callable[[], Any]
    seconds: float = 20.0

    def reveal(self) -> str:
        """Return the source of an answer that passes."""
        return source_of(self.solution)

    def listing(self) -> str:
        """Return the task."""
        return self.task
