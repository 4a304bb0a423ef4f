"""The question before a step back: does the error rise or fall with this unit, or which of two streams wins there?

The sign comes before the size. A learner tries as often as they like; a wrong try gets a hint.
Used in notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from bplearn.exercises.engine.typed_numbers import Judgement
from bplearn.panels.stepper.logic import Size, UpdateSteps
from bplearn.panels.stepper.operations import Operation
from bplearn.show.text import short

WAYS = ("▲ rises", "▼ falls", "stays")


@final
@dataclass(frozen=True)
class SignQuestion:
    """What is asked before a step, the answers to choose from, the right one, a hint, and what is said at the end."""

    words: str
    answers: tuple[str, ...]
    right: str
    hint: str
    reason: str

    def judge(self, answer: str) -> Judgement:
        """Say whether this answer is right; a wrong one gets the hint."""
        is_right = answer == self.right
        return Judgement(is_right, f"Right. {self.reason}" if is_right else f"Not yet. {self.hint}")


def sign_question(walk: UpdateSteps, by: Size = "layer") -> SignQuestion | None:
    """Return what to ask before the next step: of the first unit that the error comes to; None where it comes to none.

    >>> walk = UpdateSteps()
    >>> sign_question(walk) is None
    True
    >>> while walk.coming.phase != "backward":
    ...     _ = walk.next()
    >>> question = sign_question(walk)
    >>> question.words, question.judge("▼ falls").words
    ('With a larger o1, does the error rise or fall?', 'Not yet. What sign has 0.7514 - 0.01?')
    """
    operation = next((one for one in walk.ahead(by) if one.key.startswith("dy")), None)
    if operation is None:
        return None
    unit = operation.name.removeprefix("∂E/∂")
    way = WAYS[0] if operation.result > 0 else WAYS[1] if operation.result < 0 else WAYS[2]
    end = f"ith a larger {unit} the error {way.split()[-1]}: {operation.name} = {short(operation.result)}."
    fork = _fork(operation)
    if fork is None:
        asks, hint = f"With a larger {unit}, does the error rise or fall?", f"What sign has {operation.numbers}?"
        return SignQuestion(asks, WAYS, way, hint, f"W{end}")
    (raises, up), (lowers, down) = fork
    words = (
        f"Two streams meet in {unit}: by way of {raises} the error rises with it, by way of {lowers} it falls. "
        "Which one wins?"
    )
    winner = raises if up > -down else lowers
    hint = f"Which product is larger: {' or '.join(operation.numbers.split(' + '))}?"
    return SignQuestion(words, (raises, lowers), winner, hint, f"{winner} wins, and w{end}")


def _fork(operation: Operation) -> tuple[tuple[str, float], tuple[str, float]] | None:
    """The two streams that meet in a unit and pull apart, the rising one first: the unit above, and how much."""
    streams = [(name.removeprefix("∂E/∂").split()[0], amount) for name, amount in operation.terms]
    if len(streams) != 2 or streams[0][1] * streams[1][1] >= 0 or streams[0][1] == -streams[1][1]:
        return None
    first, second = streams
    return (first, second) if first[1] > 0 else (second, first)
