"""The numbered predictions of the series: a question before its result, answered once, explained, and kept.

A notebook asks one with a single line, `predict("05.p1")` of bplearn.widgets; question, choices and answer stand here,
where the cell does not give them away. First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import functools

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.exercises.engine.prediction import Prediction
from bplearn.exercises.engine.progress import forget, note, read
from bplearn.exercises.engine.question import Estimate, Pick
from bplearn.exercises.texts.predictions_a import ASKED as FIRST
from bplearn.exercises.texts.predictions_b import ASKED as SECOND

PREDICTIONS: dict[str, Pick | Estimate] = {**FIRST, **SECOND}


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
    one = PREDICTIONS[number]
    keep = functools.partial(_keep, number)
    if isinstance(one, Pick):
        asked = Prediction(
            one.question, one.right, choices=tuple(one.choices), replies=one.choices, explain=one.because, keep=keep
        )
    else:
        asked = Prediction(
            one.question, one.value, replies=one.slips, tolerance=one.tolerance, explain=one.because, keep=keep
        )
    return asked.restore(read()["predictions"].get(number, {}).get("answer"))


def _keep(number: str, answer: str | None) -> bool:
    """Keep an answer, or forget it (None); return whether the file could be written."""
    if answer is None:
        return forget(number)
    return note("predictions", number, lambda entry: entry.update(answer=answer))
