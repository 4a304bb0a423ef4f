"""The patients of the bug clinic as running code, so that a gradient checker can examine them.

`clinic` shows their source; `patient` gives the function or class itself, with the bug in it.
Used in notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.exercises import exercise
from bplearn.exercises.engine.diagnosis import single_mutants
from bplearn.exercises.engine.exercise import Code


def patient(number: str) -> Any:
    """Return the function or class of a bug clinic, with its planted bug: what `clinic(number)` shows as text.

    Raises: ArgumentError for an exercise that is no clinic.

    >>> patient("10.2")(np.array([[1.0], [3.0]]), np.ones((2, 1)), np.ones((1, 1)))[2]
    array([2.])
    """
    one = exercise(number)
    if not isinstance(one, Code) or not one.planted:
        raise ArgumentError(expected_got("patient", 'the number of a bug clinic, "10.2" to "10.7"', repr(number)))
    return [mutant for mutant in single_mutants(one) if mutant.mistakes[0].name in one.planted and mutant.source][
        -1
    ].make()
