"""Predict mode for panels that go step by step: the next number is typed before it is shown.

While it is on, the panel does not go on without an answer: a learner tries as often as they like, each try gets a hint,
and the number is shown once it is right, or when asked for.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from bplearn.exercises.engine.typed_numbers import Judgement
from bplearn.panels.base import controls
from bplearn.panels.base.panel import Panel
from bplearn.panels.base.view import HtmlView
from bplearn.show.text import escape


@final
class PredictRow:
    """The row of predict mode: a box to tick, a field to type in, and the reply to the answer.

    `predict(words)` judges, and goes on where that is right; `question()` is what is asked, `open()` says whether
    anything is left to ask.
    Put `row` into the panel and, below it, `said`. Let the panel's own "next" go through `next_by(action)`.
    """

    def __init__(
        self,
        panel: Panel,
        predict: Callable[[str], Judgement],
        question: Callable[[], str],
        is_open: Callable[[], bool],
        show: Callable[[], object],
    ) -> None:
        self.predict, self.question, self.is_open, self.show = predict, question, is_open, show
        self.words = ""
        self.panel = panel
        self.box = panel.on_change(controls.checkbox("predict the next number first"), lambda _: self.quiet())
        self.field = controls.text_field("your prediction", hint="number, Enter", width=260)
        panel.on_change(self.field, self.take)
        self.give_up = panel.on_click(controls.button("Show it", "Give up on this number"), lambda: self.by(show))
        self.row: list[Any] = [self.box, self.field, self.give_up]
        self.said: HtmlView = panel.view(self.feedback, role="status")
        panel.before_redraw(self.sync)
        self.sync()

    def next_by(self, action: Callable[[], object]) -> None:
        """Go on by `action`, unless an answer is due."""
        if self.box.value and self.is_open():
            self.words = "Type your prediction first, or choose Show it."
        else:
            self.by(action)

    def by(self, action: Callable[[], object]) -> None:
        """Do something that clears the earlier reply and the typed number."""
        self.quiet()
        self.panel.set_quietly(self.field, value="")
        action()

    def quiet(self) -> None:
        """Say nothing."""
        self.words = ""

    def take(self, words: str) -> None:
        """Judge what was typed; a wrong number stays in the field."""
        if not words.strip() or not self.is_open():
            return
        judged = self.predict(words)
        self.words = f"{'✓' if judged.right else '✗'} {judged.words}"
        if judged.right:
            self.panel.set_quietly(self.field, value="")

    def sync(self) -> None:
        """Show field and button only while there is a question."""
        asks = self.box.value and self.is_open()
        for widget in (self.field, self.give_up):
            widget.layout.display = None if asks else "none"

    def feedback(self) -> str:
        """The reply as HTML; while an answer is due, the question too."""
        asks = self.box.value and self.is_open()
        parts = [self.words, self.question() if asks else ""]
        return "".join(f"<p>{escape(part)}</p>" for part in parts if part)
