"""The words of a panel about an error: bplearn's own message as it is, any other with its line in the learner's code.

Used by every live panel; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

from bplearn.errors import BplearnError

_PACKAGE = str(Path(__file__).parents[2])


def explain_error(error: Exception) -> str:
    """Say what went wrong: bplearn's own messages as they are, others with the place in the learner's code.

    >>> explain_error(BplearnError("learning_rate expected a number above 0, got -1."))
    'learning_rate expected a number above 0, got -1.'
    """
    if isinstance(error, BplearnError):
        return str(error)
    message = f"{type(error).__name__}: {error}"
    if "read-only" in message:  # NumPy's words where code writes into layer.W.value
        message += "\nA parameter is replaced, never changed in place: write layer.W[i, j] = v, without .value."
    others = (_PACKAGE, *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")))
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(others)]
    if frames:
        last = frames[-1]
        message += f"\nIt was raised in {last.name}, line {last.lineno}: {last.line or ''}".rstrip(" :")
        message += "\nMend it there, run that cell, and then the panel's cell again."
    return message
