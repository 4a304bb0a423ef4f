"""Predict, commit, reveal: the learner types or chooses an answer before the right one is shown, and cannot change it.

A notebook asks one of the series with a single line, `predict("05.p1")` of bplearn.widgets; question, choices and
answer stand in `texts`, where the cell does not give them away. First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import final

from bplearn.checks.arrays import expected_got, number_in
from bplearn.errors import ArgumentError
from bplearn.exercises.chapters.questions import PREDICTIONS
from bplearn.exercises.engine.progress import forget, note, read
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.typed_numbers import Judgement, judge_number, read_number
from bplearn.show.text import short


@final
class Prediction:
    """A question that is answered once: `commit(answer)`, then `judgement` and `truth` are there.

    `keep(answer)` is called with what is committed, and with None by `again()`; it returns whether that was saved.

    >>> asked = Prediction(own_question("2 + 2", 4))
    >>> asked.commit("5").words
    'You typed 5, it is 4. That is 25% off.'
    >>> asked.commit("4").right
    False
    """

    def __init__(self, question: Choice | Number, keep: Callable[[str | None], bool] | None = None) -> None:
        self.question, self.keep = question, keep
        self.choices = tuple(question.options) if isinstance(question, Choice) else None
        self.answer: str | None = None
        self.judgement: Judgement | None = None
        self.earlier = False  # whether the answer was given before, and restored
        self.saved = True  # whether the answer could be kept

    @property
    def truth(self) -> str | None:
        """The right answer, once an answer was committed."""
        if self.judgement is None:
            return None
        true = self.question.truth()
        return true if isinstance(true, str) else short(true, 6)

    def commit(self, answer: str | None) -> Judgement:
        """Judge this answer and keep it; the first one counts, a later one changes nothing.

        Raises: ArgumentError where nothing was chosen, or what was typed is no number.
        """
        if self.judgement is not None:
            return self.judgement
        if answer is None or not str(answer).strip():
            wanted = "Choose one of the statements" if self.choices is not None else "Type a number"
            raise ArgumentError(f"{wanted} first. A guess is enough: it is not graded.")
        self.judgement = self._judge(str(answer))
        self.answer = str(answer).strip()
        self.saved = self.keep is None or self.keep(self.answer)
        return self.judgement

    def restore(self, answer: object) -> Prediction:
        """Take an answer of an earlier time; one that fits the question no longer is passed over."""
        known = self.choices is None or answer in self.choices
        if isinstance(answer, str) and answer.strip() and known:
            with contextlib.suppress(ArgumentError):
                self.judgement = self._judge(answer)
                self.answer, self.earlier = answer, True
        return self

    def _judge(self, answer: str) -> Judgement:
        asked = self.question
        if isinstance(asked, Number):
            return judge_number(read_number(answer), asked.truth(), asked.tolerance, asked.replies)
        right = answer == asked.truth()
        reply = asked.options.get(answer, "")
        return Judgement(right, f"Right. {reply}".strip() if right else f"{reply} It is: {asked.truth()}".strip())

    def again(self) -> None:
        """Forget the answer, also where it was kept, so that another can be given."""
        self.answer = self.judgement = None
        self.earlier = False
        self.saved = self.keep is None or self.keep(None)


def prediction(number: str) -> Prediction:
    """Return a prediction of the series, with the answer that was given to it before, if any.

    What is committed is kept in the progress file; `again()` forgets it.
    Raises: ArgumentError for a number that is none.

    >>> prediction("04.p1").choices
    ('by 0.002', 'by 0.003', 'by 0.005', 'by 0.006')
    """
    if number not in PREDICTIONS:
        near = [known for known in PREDICTIONS if known[:2] == str(number)[:2]] or list(PREDICTIONS)
        raise ArgumentError(
            expected_got("predict", "a number of the series", repr(number), f"There are {', '.join(near)}.")
        )
    asked = Prediction(PREDICTIONS[number], functools.partial(_keep, number))
    return asked.restore(read()["predictions"].get(number, {}).get("answer"))


def own_question(
    question: str,
    answer: float | str | Callable[[], float | str],
    *,
    choices: Sequence[str] | None = None,
    replies: Mapping[str, str] | None = None,
    tolerance: float = 0.01,
    explain: str = "",
) -> Choice | Number:
    """Return a question of one's own: to choose where there are `choices`, else to type.

    `answer` may be a function that is called when it is revealed. `replies` answer single choices, or numbers
    that many expect; `explain` follows in any case.
    Raises: ArgumentError where the right answer is none of the choices, or a reply belongs to no choice or number.

    >>> own_question("Up or down?", "up", choices=["up", "down"]).right_letter
    'a'
    """
    replies, tolerance = dict(replies or {}), number_in(tolerance, "tolerance", 0)
    find: Callable[[], float | str] = answer if callable(answer) else lambda: answer
    if choices is None:
        for typed in replies:
            read_number(typed)
        return Number(
            *("", "Prediction", question),
            solution=find, tolerance=tolerance, replies=replies, because=explain,
        )  # fmt: skip
    known = tuple(map(str, choices))
    if not callable(answer) and str(answer) not in known:
        raise ArgumentError(expected_got("predict's answer", f"one of {', '.join(known)}", repr(answer)))
    lost = [choice for choice in replies if choice not in known]
    if lost:
        raise ArgumentError(expected_got("predict's replies", f"to choices: {', '.join(known)}", lost[0]))
    options = {choice: replies.get(choice, "") for choice in known}
    return Choice("", "Prediction", question, options=options, right=lambda: str(find()), because=explain)


def _keep(number: str, answer: str | None) -> bool:
    """Keep an answer, or forget it (None); return whether the file could be written."""
    if answer is None:
        return forget(number)
    return note("predictions", number, lambda entry: entry.update(answer=answer))
