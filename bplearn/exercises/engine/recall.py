"""Recall questions: three at the end of each notebook, asked once more two notebooks later.

Each is answered with a letter or with numbers; every wrong statement has its own explanation. Retrieval after a gap is
what makes knowledge last. First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.exercise import Choice, Exercise, Numbers, Option
from bplearn.exercises.engine.question import Ask, Sum
from bplearn.exercises.texts.questions_a import ASKED as FIRST
from bplearn.exercises.texts.questions_b import ASKED as SECOND

GAP = 2  # notebooks between a question and its repeat


def _built(number: str, asked: Ask | Sum) -> Exercise:
    chapter = number[:2]
    common = (number, "Recall", asked.question, ("", "", ""), chapter)
    if isinstance(asked, Sum):
        return Numbers(*common, solution=asked.value, outputs=("the answer",))
    statements = (asked.right, *asked.wrong)
    turn = int(number[-1]) + int(chapter)  # the right one is not always the first
    turned = [statements[(place + turn) % len(statements)] for place in range(len(statements))]
    letters = dict(zip("abcdef", turned, strict=False))
    right = next(letter for letter, statement in letters.items() if statement is asked.right)
    return Choice(*common, options={letter: Option(*statement) for letter, statement in letters.items()}, right=right)


QUESTIONS: dict[str, Exercise] = {number: _built(number, asked) for number, asked in {**FIRST, **SECOND}.items()}


def due(chapter: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the numbers of a notebook's own questions, and those of two notebooks earlier that come again.

    >>> due("05")[1]
    ('03.r1', '03.r2', '03.r3')
    """
    earlier = f"{int(chapter) - GAP:02d}"
    own = tuple(number for number in QUESTIONS if number[:2] == chapter)
    return own, tuple(number for number in QUESTIONS if number[:2] == earlier)
