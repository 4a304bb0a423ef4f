"""A quiz asks questions one after the other; it knows the current question, the answers so far, and the reply to each.

The progress file keeps the answers to recall questions; a learner's own questions are judged and not kept. The quiz
panel is a view of it. First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import final

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.exercises import recall
from bplearn.exercises.chapters.questions import QUESTIONS, due
from bplearn.exercises.engine.exercise import NOTEBOOKS, Exercise
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.engine.progress import note, read, unkept
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.typed_numbers import read_number
from bplearn.exercises.engine.verdict import Verdict


@final
class Quiz:
    """Questions to answer in any order and as often as one likes; `place` is the current one.

    `answers` holds the latest answers, also of an earlier session; `verdicts` the replies to them.
    A string is the number of a recall question, "05.r1". With `keep=False` no answer is kept, and none of before shown.
    Raises: ArgumentError for no questions, for a number that is none, or for exercises that are answered with code.

    >>> asked = Quiz.of(5)
    >>> asked.answer("d").passed, asked.marks()[:2]
    (False, ['✗', '○'])
    """

    def __init__(self, questions: Sequence[Exercise | str], *, keep: bool = True) -> None:
        named = [QUESTIONS.get(asked, asked) if isinstance(asked, str) else asked for asked in questions]
        found = [asked for asked in named if isinstance(asked, Choice | Number)]
        if not found or len(found) < len(questions):
            raise ArgumentError(
                expected_got("quiz", "questions to choose or to type (Choice, Number)", repr(questions)[:60])
            )
        self.questions: list[Choice | Number] = found
        self._keep = keep
        self.place = 0
        self.answers: dict[str, str] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.unkept = ""  # what is said where an answer could not be kept
        kept = read()["recall"]
        for question in found:
            earlier = kept.get(question.number, {}).get("answer") if self._is_kept(question) else None
            if isinstance(earlier, str):
                with contextlib.suppress(ArgumentError):  # it fits the question no longer
                    self.verdicts[question.number] = grade(question, self._read(question, earlier))
                    self.answers[question.number] = earlier

    @classmethod
    def of(cls, notebook: str | int) -> Quiz:
        """Return a notebook's own questions, and those of two notebooks earlier once more.

        Raises: ArgumentError for a notebook that is none.
        """
        chapter = f"{notebook:02d}" if isinstance(notebook, int) else str(notebook)[:2]
        if chapter not in NOTEBOOKS:
            raise ArgumentError(expected_got("quiz", 'a notebook such as 5 or "05"', repr(notebook)))
        own, again = due(chapter)
        return cls([QUESTIONS[number] for number in (*own, *again)])

    def _is_kept(self, question: Choice | Number) -> bool:
        return self._keep and QUESTIONS.get(question.number) is question

    @staticmethod
    def _read(question: Choice | Number, text: str) -> str | float:
        """Return a letter as it is, a typed number as a number; raises ArgumentError for what is neither."""
        return text if isinstance(question, Choice) else read_number(text)

    @property
    def question(self) -> Choice | Number:
        """The current question."""
        return self.questions[self.place]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the answer to the current question."""
        return self.verdicts.get(self.question.number)

    def go(self, place: int) -> Quiz:
        """Ask the question at this place; numbers outside are cut."""
        self.place = min(max(int(place), 0), len(self.questions) - 1)
        return self

    def answer(self, text: str | None) -> Verdict:
        """Judge an answer (a letter, or a number as text), keep it, and say what it is.

        Raises: ArgumentError where nothing is chosen, or where something else than a number is typed for a number.
        """
        question = self.question
        if text is None or not text.strip():
            wanted = "Choose one of the statements" if isinstance(question, Choice) else "Type a number"
            raise ArgumentError(f"{wanted} first, then press Check.")
        given = self._read(question, text.strip())
        if self._is_kept(question):
            verdict = recall(question.number, given)
            kept = note("recall", question.number, lambda entry: entry.update(answer=text.strip()))
            self.unkept = "" if kept else unkept()
        else:
            verdict = grade(question, given)
        self.answers[question.number], self.verdicts[question.number] = text.strip(), verdict
        return verdict

    def marks(self) -> list[str]:
        """Return a sign for each question: right, wrong, or not answered."""
        found = [self.verdicts.get(question.number) for question in self.questions]
        return ["○" if verdict is None else "✓" if verdict.passed else "✗" for verdict in found]

    def score(self) -> str:
        """Say how many are right, and how many are open."""
        marks = self.marks()
        right, still = marks.count("✓"), marks.count("○")
        return f"{right} of {len(marks)} right" + (f", {still} not answered yet" if still else "")
