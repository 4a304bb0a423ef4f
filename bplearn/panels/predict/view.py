"""Predict, commit, reveal: a question in a cell, an answer that cannot be taken back, then the truth and its reason.

The logic is a `Prediction` (`panel.logic`); those of the series stand in `bplearn.exercises.texts`.
Used through the whole series, first in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, final

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.exercises.chapters.questions import PREDICTIONS
from bplearn.exercises.engine.prediction import Prediction, own_question, prediction
from bplearn.exercises.engine.progress import unkept
from bplearn.exercises.engine.question import Choice
from bplearn.panels.base import controls
from bplearn.panels.base.page import NOT_SAID, SHOW_NUMBER, State
from bplearn.panels.base.panel import Panel
from bplearn.panels.base.text_picture import word_picture
from bplearn.show.picture import Picture
from bplearn.show.text import escape

SHORT = 76  # letters of choices that fit into one line


def predict(
    question: str,
    answer: float | str | Callable[[], float | str] | None = None,
    *,
    choices: Sequence[str] | None = None,
    replies: Mapping[str, str] | None = None,
    tolerance: float = 0.01,
    explain: str = "",
) -> Panel:
    """Ask for a prediction before a result is shown: the first answer counts; then come the truth and its reason.

    `predict("05.p1")` asks one of the series: its answer is kept in the progress file, and there again the next time.
    A question of one's own comes with its `answer`: a number to type, one of `choices`, or a function that computes
    it when it is revealed. `replies` says something to single choices, or to wrong numbers that many expect; `explain`
    is said in any case. `tolerance` is the relative error that a typed number may have.
    Raises: ArgumentError for a number that is none, or where an answer or a reply belongs to no choice.

    >>> panel = predict("sigmoid(0) is ...", 0.5, explain="1 / (1 + e^0) = 1 / 2.")
    >>> panel.logic.commit("0.5").words
    'Right: 0.5.'
    >>> predict("04.p1").logic.choices
    ('by 0.002', 'by 0.003', 'by 0.005', 'by 0.006')

    Introduced in: notebooks/00_start_here.ipynb
    """
    if answer is not None:
        asked = own_question(question, answer, choices=choices, replies=replies, tolerance=tolerance, explain=explain)
        return _PredictView(Prediction(asked)).panel
    if question not in PREDICTIONS and (" " in question or choices or replies or explain):
        raise ArgumentError(expected_got("predict", "a question of one's own with its answer", "no answer", _HELP))
    return _PredictView(prediction(question)).panel


_HELP = 'Write predict("2 + 2 is ...", 4), or a number of the series alone: predict("05.p1").'


@final
class _PredictView:
    """The control, the buttons, and the reply."""

    def __init__(self, asked: Prediction) -> None:
        self.asked = asked
        self.panel = panel = Panel("Predict first", asked, self.static_picture)
        panel.add_class("bpl-slim")
        if asked.choices is not None:
            self.control: Any = controls.statements("your prediction", asked.choices)
            self.control.add_class("bpl-line" if self.in_one_line() else "bpl-list")
        else:
            self.control = controls.text_field("your prediction", hint="a number, then Enter", width=260)
            panel.on_change(self.control, self.commit_typed)
        self.commit = panel.on_click(
            controls.button("Commit", "Give this answer: it cannot be changed afterwards"),
            lambda: asked.commit(self.control.value),
        )
        self.commit.button_style = "primary"
        self.again = panel.on_click(controls.button("Ask me again", "Forget what I said"), asked.again)
        panel.before_redraw(self.sync)
        self.sync()
        words = panel.view(self.question)
        reply_view = panel.view(self.feedback, role="status")
        panel.arrange(words, [self.control, self.commit, self.again], reply_view)
        panel.record("your prediction", visit=self.visit)

    def in_one_line(self) -> bool:
        return len("    ".join(self.asked.choices or ())) < SHORT

    def commit_typed(self, words: str) -> None:
        if words.strip():
            self.asked.commit(words)

    def sync(self) -> None:
        done = self.asked.judgement is not None
        if done or not self.control.disabled:
            self.panel.set_quietly(self.control, disabled=done)
        else:  # asked again
            self.panel.set_quietly(self.control, disabled=False, value="" if self.asked.choices is None else None)
        if done and self.control.value != self.asked.answer:
            self.panel.set_quietly(self.control, value=self.asked.answer)
        self.panel.set_quietly(self.commit, disabled=done)
        self.commit.layout.display = "none" if done and self.asked.keep else None
        self.again.layout.display = None if done and self.asked.keep else "none"

    def question(self) -> str:
        return f'<p class="bpl-question"><span class="bpl-tag">Predict</span> {escape(self.asked.question.task)}</p>'

    def feedback(self) -> str:
        asked, judged = self.asked, self.asked.judgement
        note = "" if asked.saved else unkept()
        if judged is None:
            return f'<p class="bpl-note">{escape(note)}</p>' if note else ""
        if asked.earlier:
            note = f"You said {'“' + str(asked.answer) + '”' if asked.choices else asked.answer} before."
        sign, edge = ("✓", "solid") if judged.right else ("✗", "dashed")
        sentence, stop, reply = judged.words.partition(". ")
        head = f"<strong>{sign} {escape(sentence + stop)}</strong>{escape(reply)}"
        if isinstance(asked.question, Choice) and not judged.right:
            reply = asked.question.options[str(asked.answer)]
            head = f"{sign} {escape(reply)}</p><p><strong>It is: {escape(asked.truth)}</strong>"
        more = f'{escape(asked.question.because)} <span class="bpl-note">{escape(note)}</span>'
        return f'<div class="bpl-verdict bpl-{edge}"><p>{head} {more}</p></div>'

    def visit(self) -> Iterator[State]:
        """Answer with each choice in turn, in a copy that keeps nothing; a number to type is only shown."""
        learners = self.asked
        shown = learners.choices or (SHOW_NUMBER,)
        try:
            for said in (NOT_SAID, *shown):
                self.asked = Prediction(learners.question)
                if said != NOT_SAID:
                    self.asked.commit(said if learners.choices else str(learners.question.truth()))
                yield State((said,))
        finally:
            self.asked = learners

    def static_picture(self) -> Picture:
        offered = [f"○ {choice}" for choice in self.asked.choices or ()] or ["Your prediction, a number: ____"]
        if self.in_one_line():
            offered = ["\u2003 ".join(offered)]
        return word_picture("Predict first", [self.asked.question.task, *offered])
