"""The two kinds of question: one of several statements is chosen, or a number is typed.

Exercises, recall questions, predictions and questions of one's own are all of these two.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.exercise import Exercise
from bplearn.exercises.engine.mistake import source_of


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Choice(Exercise):
    """A question that is answered with a statement, or with its letter.

    `options` are the statements in the order shown, each with the reply to whoever chooses it: a wrong one's says
    which thought leads there. `right` is one of them, or a function that finds it. everyone reads `because`.
    """

    options: Mapping[str, str]
    right: str | Callable[[], str]
    because: str = ""

    def truth(self) -> str:
        """Return the right statement."""
        return str(self.right() if callable(self.right) else self.right)

    @property
    def letters(self) -> dict[str, str]:
        """The statements by their letters."""
        return dict(zip("abcdefgh", self.options, strict=False))

    @property
    def right_letter(self) -> str:
        """The letter of the right statement."""
        return next(letter for letter, statement in self.letters.items() if statement == self.truth())

    def letter(self, answer: object) -> str | None:
        """Return the letter that an answer means, or None: "b", "(B)", "b) It falls." or "it falls"."""
        text = answer.strip().casefold().rstrip(".") if isinstance(answer, str) else ""
        for letter, statement in self.letters.items():
            forms = (statement.casefold().rstrip("."), f"{letter}) {statement}".casefold().rstrip("."))
            if text.strip("().: ") == letter or text in forms:
                return letter
        return None

    def listing(self) -> str:
        """Return the question with its statements."""
        return "\n".join([self.task, *(f"{letter}) {statement}" for letter, statement in self.letters.items())])

    def reveal(self) -> str:
        """Return the right letter and why it is right."""
        return f"{self.right_letter}) {self.truth()}\n{self.options[self.truth()]}\n"


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Number(Exercise):
    """A question that is answered with a number, or with several; the solution is a function that computes them.

    `outputs` names the numbers. `tolerance` is the relative error that passes: 5e-3 lets three typed digits through.
    `replies` answer wrong numbers that many expect, as typed; everyone reads `because` after a prediction.
    `wrong` holds slips beside those that the catalogue makes: (name of the mistake, function).
    `whole` answers a typed fraction where the number counts something.
    """

    solution: Callable[[], Any]
    outputs: tuple[str, ...] = ("the answer",)
    family: str = "numbers"
    tolerance: float = 5e-3
    replies: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    without: tuple[str, ...] = ()
    wrong: tuple[tuple[str, Callable[..., Any]], ...] = ()
    whole: str = ""

    def truth(self) -> float:
        """Return the right number, of a question that asks for one."""
        return float(self.solution())

    def reveal(self) -> str:
        """Return the source that computes the numbers, and the numbers."""
        numbers = zip(self.outputs, leaves(self.solution()), strict=True)
        named = ", ".join(f"{name} = {value:.12g}" for name, value in numbers)
        return f"{source_of(self.solution)}\n# {named}\n"

    def listing(self) -> str:
        """Return the task."""
        return self.task
