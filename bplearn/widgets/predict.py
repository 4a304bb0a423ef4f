"""Predict, commit, reveal: a question in a cell, an answer that cannot be taken back, then the truth and its reason.

The logic is a `Prediction` (`panel.logic`). Used through the whole series, first in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

from bplearn.sessions.prediction import Prediction
from bplearn.svg import escape
from bplearn.widgets import controls
from bplearn.widgets.panel import Panel
from bplearn.widgets.picture import Picture
from bplearn.widgets.words import word_picture


def predict(
    question: str,
    answer: float | str | Callable[[], float | str],
    *,
    choices: Sequence[str] | None = None,
    replies: Mapping[str, str] | None = None,
    tolerance: float = 0.01,
    explain: str = "",
) -> Panel:
    """Ask for a prediction: a number to type, or one of `choices`; the first answer counts, then the truth is shown.

    `answer` is the right one, or a function that computes it when it is revealed. `replies` says something to single
    choices, `explain` is said in any case. `tolerance` is the relative error that a typed number may have.
    Raises: ArgumentError where the answer is none of the choices, or a reply belongs to none.

    >>> panel = predict("sigmoid(0) is ...", 0.5, explain="1 / (1 + e^0) = 1 / 2.")
    >>> panel.logic.commit("0.5").words
    'Right: 0.5.'

    Introduced in: notebooks/00_start_here.ipynb
    """
    asked = Prediction(question, answer, choices=choices, replies=replies, tolerance=tolerance, explain=explain)
    return _PredictView(asked).panel


@final
class _PredictView:
    """The control, the button, and what is said."""

    def __init__(self, asked: Prediction) -> None:
        self.asked = asked
        self.panel = panel = Panel("Predict first", twin=self.twin, logic=asked)
        self.choosing = asked.choices is not None
        if self.choosing:
            self.control: Any = controls.statements("your prediction", asked.choices or ())
        else:
            self.control = controls.text_field("your prediction", hint="a number, then Enter", width=260)
            panel.on_change(self.control, self.commit_typed)
        commit = controls.button("Commit", "Give this answer: it cannot be changed afterwards")
        self.commit = panel.on_click(commit, lambda: asked.commit(self.control.value))
        self.commit.button_style = "primary"
        panel.follow(self.sync)
        words = panel.stage(lambda: f'<p class="bpl-question">{escape(asked.question)}</p>')
        said = panel.stage(self.feedback, role="status")
        panel.arrange(words, [self.control], [self.commit], said)

    def commit_typed(self, words: str) -> None:
        if words.strip():
            self.asked.commit(words)

    def sync(self) -> None:
        done = self.asked.judgement is not None
        self.panel.put(self.control, disabled=done)
        self.panel.put(self.commit, disabled=done)

    def feedback(self) -> str:
        judged = self.asked.judgement
        if judged is None:
            return ""
        sign, edge = ("✓", "solid") if judged.right else ("✗", "dashed")
        more = f"<p>{escape(self.asked.explain)}</p>" if self.asked.explain else ""
        return f'<div class="bpl-verdict bpl-{edge}"><p><strong>{sign} {escape(judged.words)}</strong></p>{more}</div>'

    def twin(self) -> Picture:
        asked = self.asked
        return word_picture("Predict first", [asked.question, *(f"○ {choice}" for choice in asked.choices or ())])
