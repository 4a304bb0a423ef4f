"""The quiz: recall questions one at a time. It says why each answer is right or wrong, and keeps it for the next time.

The logic is a `Quiz` of `bplearn.exercises` (`panel.logic`). First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import final

from bplearn.exercises.engine.exercise import Exercise
from bplearn.exercises.engine.question import Choice
from bplearn.exercises.engine.quiz import Quiz
from bplearn.panels.base import controls
from bplearn.panels.base.page import NOT_SAID, SHOW_NUMBER, State
from bplearn.panels.base.panel import Panel
from bplearn.panels.base.text_picture import word_picture
from bplearn.show.picture import Picture
from bplearn.show.text import escape


def quiz(questions: str | int | Sequence[Exercise | str]) -> Panel:
    """Ask a notebook's recall questions (`quiz(5)`), some of the series, or questions of your own.

    Those of the series go by number, `quiz(["00.r2", "05.r1"])`; your own are `Choice` and `Number`.
    Every wrong choice has its explanation. Answers to the series' own questions are kept in the progress file.
    Raises: ArgumentError for a notebook that is none, or for exercises that are answered with code.

    >>> panel = quiz(5)
    >>> panel.logic.score()
    '0 of 6 right, 6 not answered yet'

    Introduced in: notebooks/00_start_here.ipynb
    """
    return _QuizView(Quiz.of(questions) if isinstance(questions, str | int) else Quiz(questions)).panel


@final
class _QuizView:
    """Controls, question and reply."""

    def __init__(self, asked: Quiz) -> None:
        self.asked = asked
        self.panel = panel = Panel("Recall", asked, self.static_picture)
        panel.add_class("bpl-quiz")
        which = panel.bind(
            controls.switch("question", self.places()), asked, "place", via=asked.go, options=self.places
        )
        self.statements = controls.statements("your answer", ("-",))
        self.field = panel.on_change(
            controls.text_field("your answer, a number", hint="then Enter", width=300), self.answer_typed
        )
        check = panel.on_click(controls.button("Check", "Say what this answer is"), self.check)
        check.button_style = "primary"
        following = panel.on_click(
            controls.button("Next question", icon="arrow-right"), lambda: asked.go(asked.place + 1)
        )
        self.shown = ""
        panel.before_redraw(self.sync)
        self.sync()
        words = panel.view(self.question)
        reply_view = panel.view(self.verdict)
        score = panel.view(self.score, role="status")
        panel.arrange([which], words, [self.statements, self.field], [check, following], reply_view, score)
        panel.record("question", "your answer", visit=self.visit)

    def places(self) -> list[tuple[str, int]]:
        return [(f"{n + 1} {mark}", n) for n, mark in enumerate(self.asked.marks())]

    def check(self) -> None:
        choosing = isinstance(self.asked.question, Choice)
        self.asked.answer(self.statements.value if choosing else self.field.value)

    def answer_typed(self, words: str) -> None:
        if words.strip():
            self.asked.answer(words)

    def sync(self) -> None:
        """Offer what the question asks for, with the answer that was given."""
        asked, question = self.asked, self.asked.question
        given = asked.answers.get(question.number)
        if self.shown == question.number:
            return
        self.shown = question.number
        choosing = isinstance(question, Choice)
        if isinstance(question, Choice):
            options = [(f"{letter}) {statement}", letter) for letter, statement in question.letters.items()]
            self.panel.set_quietly(self.statements, options=options)
            self.panel.set_quietly(self.statements, value=question.letter(given) if given else None)
        else:
            self.panel.set_quietly(self.field, value=given or "")
        self.statements.layout.display = None if choosing else "none"
        self.field.layout.display = "none" if choosing else None

    def question(self) -> str:
        current = self.asked.question
        return f'<p class="bpl-question">{escape(current.number)} &nbsp; {escape(current.task)}</p>'

    def score(self) -> str:
        return f"<p>{escape(f'{self.asked.score()}. {self.asked.unkept}'.strip())}</p>"

    def verdict(self) -> str:
        found = self.asked.verdict
        return "" if found is None else found._repr_html_()

    def visit(self) -> Iterator[State]:
        """Give each answer to each question in turn, in a quiz that keeps nothing; a number to type is only shown."""
        learners, shown = self.asked, self.shown
        try:
            for place, question in enumerate(learners.questions):
                answers = {SHOW_NUMBER: str(question.truth())}
                if isinstance(question, Choice):
                    answers = {f"{letter}) {statement}": letter for letter, statement in question.letters.items()}
                for words, answer in {NOT_SAID: "", **answers}.items():
                    self.asked = Quiz(learners.questions, keep=False).go(place)
                    self.shown = question.number  # so that the learner's controls stay as they are
                    if answer:
                        self.asked.answer(answer)
                    yield State((str(place + 1), words))
        finally:
            self.asked, self.shown = learners, shown

    def static_picture(self) -> Picture:
        listings = [f"{current.number}  {current.listing()}".split("\n") for current in self.asked.questions]
        heads = set(itertools.accumulate(map(len, listings), initial=0))
        return word_picture("Recall", [line for listing in listings for line in listing], bold=heads)
