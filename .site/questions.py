"""Predictions and quizzes for a page with no kernel: each choice opens, and says what it would have been told."""

import html
import json
import re
from pathlib import Path
from typing import Any

from bplearn.exercises.chapters.questions import PREDICTIONS
from bplearn.exercises.engine.prediction import Prediction
from bplearn.exercises.engine.question import Choice, Number
from bplearn.exercises.engine.quiz import Quiz

ASKED = re.compile(r'^(?:predict\("(?P<prediction>\d\d\.p\d+)"\)|quiz\((?P<notebook>\d+)\))$')


def open_questions(path: Path) -> int:
    """Put questions that open in the place of the pictures of prediction panels; return how many."""
    notebook, count = json.loads(path.read_text(encoding="utf-8")), 0
    for cell in notebook["cells"]:
        found = ASKED.match("".join(cell["source"]).strip())
        if cell["cell_type"] != "code" or found is None:
            continue
        asked = [PREDICTIONS[found["prediction"]]] if found["prediction"] else Quiz.of(int(found["notebook"])).questions
        text = "\n".join(map(as_details, asked))
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": text}}]
        count += len(asked)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return count


def as_details(asked: Choice | Number) -> str:
    """Return a question with its choices, each to be opened, or with its number.

    >>> as_details(PREDICTIONS["05.p1"]).count("<details")
    4
    """
    if isinstance(asked, Choice):
        said = {statement: reply or asked.because for statement, reply in asked.options.items()}
        right = asked.truth()
        replies = [(one, f"{'Right.' if one == right else 'No.'} {reply}") for one, reply in said.items()]
    else:
        told: Any = Prediction(asked)
        told.commit("0")
        replies = [("Show the number", f"It is {told.truth}. {asked.because}")]
    rows = "".join(
        f"<details><summary>{html.escape(choice)}</summary><p>{html.escape(reply.strip())}</p></details>"
        for choice, reply in replies
    )
    return f'<div class="question"><p>{html.escape(asked.task)}</p>{rows}</div>'
