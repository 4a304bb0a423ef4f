"""The known mistakes, one place, one entry each: what it is, a question, the smallest example, and its wrong code.

An edit applies to every solution in which it finds its place, so a new mistake is added in one of these files
and nowhere else. `named` finds an entry, `exercises.catalogue()` shows them as a table.
Taught in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from bplearn.exercises.engine.mistake import Mistake
from bplearn.exercises.mistakes.attention import ATTENTION
from bplearn.exercises.mistakes.derivatives import DERIVATIVES
from bplearn.exercises.mistakes.early import EARLY
from bplearn.exercises.mistakes.first_answers import FIRST_ANSWERS
from bplearn.exercises.mistakes.further import FURTHER
from bplearn.exercises.mistakes.later import LATER
from bplearn.exercises.mistakes.order import ORDER
from bplearn.exercises.mistakes.practice import PRACTICE
from bplearn.exercises.mistakes.seen import SEEN
from bplearn.exercises.mistakes.shapes import SHAPES
from bplearn.exercises.mistakes.steps import STEPS
from bplearn.exercises.mistakes.today import TODAY
from bplearn.exercises.mistakes.training import TRAINING

KNOWN: tuple[Mistake, ...] = (
    *FIRST_ANSWERS,
    *SHAPES,
    *DERIVATIVES,
    *ORDER,
    *TRAINING,
    *PRACTICE,
    *TODAY,
    *EARLY,
    *FURTHER,
    *ATTENTION,
    *LATER,
    *STEPS,
    *SEEN,
)
_BY_NAME = {mistake.name: mistake for mistake in KNOWN}


def named(name: str) -> Mistake:
    """Return the known mistake of this name.

    >>> named("bias-averaged").says
    'the bias gradient is averaged, not summed, over the batch'
    """
    return _BY_NAME[name]
