"""Exercises whose checkers name the mistake.

`check("09.3", answer)` says what an answer is; `hint` and `solution` help; `progress` remembers; `quiz` and
`recall` ask again two notebooks later; `catalogue` lists every mistake that is known.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.exercises.chapters.questions import PREDICTIONS, QUESTIONS, due
from bplearn.exercises.engine import progress as _progress
from bplearn.exercises.engine.compare import leaves
from bplearn.exercises.engine.exercise import NOTEBOOKS, Code, Exercise, section
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.engine.mistake import Mutant
from bplearn.exercises.engine.page import Page
from bplearn.exercises.engine.progress import merge as merge_progress
from bplearn.exercises.engine.progress import use_file
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.revealed import Revealed
from bplearn.exercises.engine.verdict import Status, Verdict, Verdicts
from bplearn.exercises.engine.versions import applicable, single_mutants
from bplearn.exercises.mistakes import KNOWN
from bplearn.show.table import Table

CHAPTERS = tuple(
    importlib.import_module(f"bplearn.exercises.chapters.chapter_{chapter}") for chapter in NOTEBOOKS if chapter != "00"
)
ALL: dict[str, Exercise] = {item.number: item for chapter in CHAPTERS for item in chapter.EXERCISES}


def exercise(number: str) -> Exercise:
    """Return the exercise of this number, such as "09.3".

    Raises: ArgumentError for a number that is none.

    >>> exercise("09.3").title
    'Backward'

    Introduced in: notebooks/09_write_your_own_backprop.ipynb
    """
    if number not in ALL:
        meant = f"0{number}" if f"0{number}" in ALL else ""
        near = list(dict.fromkeys(filter(None, [meant, *difflib.get_close_matches(str(number), ALL, 3)])))[:3]
        advice = f"Did you mean {', '.join(near)}?" if near else "exercises() lists them all."
        raise ArgumentError(expected_got("exercises", 'a number such as "09.3"', repr(number), advice))
    return ALL[number]


def check(number: str, answer: Any) -> Verdict:
    """Say what an answer is: passed, not attempted yet, wrong (with the mistake it is consistent with), or an error.

    `answer` is a function, a class, numbers or a letter, as the exercise asks. Code runs on copies, with a time limit.
    The verdict's `more` says all that was found.
    Raises: ArgumentError for a number that is none.

    >>> check("05.7", lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.mean(axis=0))).mistakes
    ('bias-averaged',)

    Introduced in: notebooks/01_one_neuron.ipynb
    """
    verdict = grade(exercise(number), answer)
    if verdict.status is not Status.NOT_ATTEMPTED:
        _progress.note("exercises", number, lambda entry: _count(entry, verdict.passed))
    return verdict


def hint(number: str, level: int | None = None) -> Page:
    """Return the next hint of an exercise, or the one at `level` (1, 2 or 3).

    Raises: ArgumentError for a number that is none, or a level that is none.

    >>> hint("01.2", level=3)
    Hint 3 of 3 for 01.2 A neuron as a function
    The sigmoid is 1 / (1 + np.exp(-z)).

    Introduced in: notebooks/10_check_your_gradients.ipynb
    """
    asked = exercise(number)
    taken = int(_progress.read()["exercises"].get(number, {}).get("hints", 0))
    again = level is None and taken >= 3
    if level is None:
        level = min(taken + 1, 3)
    if level not in (1, 2, 3):
        raise ArgumentError(expected_got("hint's level", "1, 2 or 3", repr(level)))
    if level > taken:
        _progress.note("exercises", number, lambda entry: entry.update(hints=level))
    more = f'\nThat was the last hint. solution("{number}") shows the solution.' if again else ""
    return Page(f"Hint {level} of 3 for {number} {asked.title}", asked.hints[level - 1] + more)


def solution(number: str) -> Page:
    """Return the solution of an exercise: the very code that the tests run.

    Raises: ArgumentError for a number that is none.

    >>> print(solution("05.5").code)
    def output_delta(y, t):
        \"\"\"dL/dz2 for L = sum of (y - t)^2 / 2 and y = sigmoid(z2). y, t (N, M) -> (N, M).\"\"\"
        dz2 = (y - t) * y * (1 - y)
        return dz2
    <BLANKLINE>
    """
    solved = exercise(number)
    _progress.note("exercises", number, lambda entry: entry.update(solution=True))
    return Page(f"Solution of {number} {solved.title}", code=solved.reveal())


def reveal(number: str) -> Revealed:
    """Return the numbers of an exercise for later cells to compute with; they are shown once it was tried.

    Raises: ArgumentError for an exercise that does not ask for numbers.

    >>> dE_dh2, delta_h2 = reveal("05.3")
    >>> round(delta_h2 / dE_dh2, 4)
    0.2406
    """
    asked = exercise(number)
    if not isinstance(asked, Number):
        raise ArgumentError(expected_got("reveal", 'an exercise that asks for numbers, such as "05.3"', repr(number)))
    return Revealed(number, asked.outputs, leaves(asked.solution()))


def clinic(number: str) -> Page:
    """Return the code of a bug clinic, with its planted bug in it.

    Raises: ArgumentError for an exercise that is no clinic.

    >>> "x.max(axis=0, keepdims=True)" in clinic("10.2").code
    True

    Introduced in: notebooks/10_check_your_gradients.ipynb
    """
    return Page(f"{number} {exercise(number).title}: one bug is planted in it", code=_planted("clinic", number).source)


def patient(number: str) -> Any:
    """Return the function or class of a bug clinic, with its planted bug: what `clinic(number)` shows as text.

    Raises: ArgumentError for an exercise that is no clinic.

    >>> patient("10.4")(np.array([[1.0], [3.0]]), np.array([0, 0]), 2)
    array([[3.],
           [0.]])

    Introduced in: notebooks/10_check_your_gradients.ipynb
    """
    return _planted("patient", number).make()


def exercises(notebook: str | int | None = None) -> Table:
    """Return the table of all exercises, or of one notebook's.

    >>> len(exercises("06"))
    3
    """
    chapter = None if notebook is None else _chapter(notebook)
    rows = tuple(
        (number, listed.title, _kind(listed), section(listed.teaches))
        for number, listed in ALL.items()
        if chapter in (None, number[:2])
    )
    return Table("Exercises", ("number", "title", "answer", "section"), rows)


def catalogue(number: str | None = None) -> Table:
    """Return the table of known mistakes: all, or those that may be named for one exercise.

    Raises: ArgumentError for a number that is none.

    >>> len(catalogue("05.5")) < len(catalogue())
    True
    """
    known = KNOWN
    if number is not None:
        asked = exercise(number)
        known = applicable(asked) if isinstance(asked, Code | Number) else ()
    rows = tuple(
        (m.name, m.group, m.says, m.question, m.example, section(m.section) or "of the exercise") for m in known
    )
    return Table("Known mistakes", ("name", "group", "what it is", "question", "smallest example", "section"), rows)


def progress() -> Table:
    """Return the table of what is solved, by notebook; `use_file` and `reset_progress` manage the file behind it.

    >>> progress().headings
    ('notebook', 'solved', 'exercises', 'questions known', 'questions')

    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    record = _progress.read()
    rows = []
    for chapter, name in NOTEBOOKS.items():
        mine = [number for number in ALL if number[:2] == chapter]
        asked = [number for number in QUESTIONS if number[:2] == chapter]
        solved = sum(bool(record["exercises"].get(number, {}).get("passed")) for number in mine)
        known = sum(bool(record["recall"].get(number, {}).get("passed")) for number in asked)
        rows.append((name, str(solved), str(len(mine)), str(known), str(len(asked))))
    return Table(f"Progress ({_progress.file().name})", _PROGRESS_HEADINGS, tuple(rows))


def solved() -> tuple[str, ...]:
    """Return the numbers of the exercises that have passed, in order.

    >>> isinstance(solved(), tuple)
    True
    """
    record = _progress.read()["exercises"]
    return tuple(number for number in ALL if record.get(number, {}).get("passed"))


def reset_progress(number: str | None = None) -> None:
    """Forget what was done: of one exercise, question or prediction, or of all.

    Raises: ArgumentError for a number that is none.

    >>> reset_progress("01.3")
    """
    if number is not None and number not in {*QUESTIONS, *PREDICTIONS}:
        exercise(number)
    _progress.forget(number)


def recall(number: str, answer: Any = ...) -> Verdict:
    """Ask a recall question such as "03.r1", or say what an answer to it is, with the reason for every wrong one.

    Raises: ArgumentError for a number that is none.

    >>> recall("03.r1", "z").passed
    False
    """
    if number not in QUESTIONS:
        raise ArgumentError(
            expected_got("recall", 'a number such as "03.r1"', repr(number), "quiz(3) lists a notebook's.")
        )
    question = QUESTIONS[number]
    if answer is ... or answer is None:
        return question.unattempted("")
    verdict = grade(question, answer)
    if verdict.status is not Status.NOT_ATTEMPTED:
        _progress.note("recall", number, lambda entry: _count(entry, verdict.passed))
    return verdict


def recall_all(answers: Mapping[str, Any]) -> Verdicts:
    """Ask several recall questions at once, or say what the answers to them are: `{"03.r1": "a", "03.r2": ...}`.

    Raises: ArgumentError for a number that is none.

    >>> recall_all({"01.r1": -0.5, "01.r2": ...}).passed
    False

    Introduced in: notebooks/00_start_here.ipynb
    """
    return Verdicts(tuple(recall(number, answer) for number, answer in answers.items()))


def quiz(notebook: str | int) -> Page:
    """Return a notebook's recall questions: its own, then those of two notebooks earlier once more.

    Raises: ArgumentError for a notebook that is none.

    >>> quiz(5).title
    'Recall: 3 questions of 05, 3 of 03 once more'

    Introduced in: notebooks/00_start_here.ipynb
    """
    chapter = _chapter(notebook)
    own, again = due(chapter)
    earlier = f", {len(again)} of {again[0][:2]} once more" if again else ""
    listing = (f"{number}  {QUESTIONS[number].listing()}" for number in (*own, *again))
    return Page(f"Recall: {len(own)} questions of {chapter}{earlier}", "\n\n".join(listing))


_PROGRESS_HEADINGS = ("notebook", "solved", "exercises", "questions known", "questions")


def _planted(asked: str, number: str) -> Mutant:
    """Return the mutant that a bug clinic examines."""
    healthy = exercise(number)
    if not isinstance(healthy, Code) or not healthy.planted:
        raise ArgumentError(expected_got(asked, 'the number of a bug clinic, "10.2" to "10.7"', repr(number)))
    mutants = [mutant for mutant in single_mutants(healthy) if mutant.source]
    return [mutant for mutant in mutants if mutant.mistakes[0].name in healthy.planted][-1]


def _count(entry: dict[str, Any], passed: bool) -> None:
    entry["attempts"] = int(entry.get("attempts", 0)) + 1
    entry["passed"] = bool(entry.get("passed")) or passed


def _chapter(notebook: str | int) -> str:
    chapter = f"{notebook:02d}" if isinstance(notebook, int) else str(notebook)[:2]
    if chapter not in NOTEBOOKS:
        raise ArgumentError(expected_got("the notebook", 'a number such as 5 or "05"', repr(notebook)))
    return chapter


def _kind(item: Exercise) -> str:
    if isinstance(item, Code):
        return "class" if isinstance(item.solution, type) else "function"
    if isinstance(item, Choice):
        return "choice"
    return "numbers" if isinstance(item, Number) else "tried out"


__all__ = [
    "Choice",
    "Number",
    "Page",
    "Status",
    "Table",
    "Verdict",
    "Verdicts",
    "catalogue",
    "check",
    "clinic",
    "exercise",
    "exercises",
    "hint",
    "merge_progress",
    "patient",
    "progress",
    "quiz",
    "recall",
    "recall_all",
    "reset_progress",
    "reveal",
    "solution",
    "solved",
    "use_file",
]
