"""Every error that bplearn raises on purpose.

A message names its subject, what was expected, what was got, and what to do about it.
Each class also is one of Python's own exceptions, so that `except ValueError` works as usual.

    BplearnError
    ├── ShapeError(ValueError)            an array has the wrong shape
    ├── TargetError(ValueError)           targets do not fit the loss or the data
    ├── ArgumentError(ValueError)         an argument is out of range or of the wrong kind
    ├── DataError(ValueError)             data hold NaN, are empty, or cannot be read
    ├── FileFormatError(ValueError)       a file is not what it should be
    ├── TapeMismatch(RuntimeError)        a tape belongs to another network
    ├── TrainingDiverged(ArithmeticError) the loss is no longer finite; carries `.history`
    └── WorkersLost(RuntimeError)         the processes of a sweep died again and again
"""

from __future__ import annotations

from typing import Any


class BplearnError(Exception):
    """The root of all errors that bplearn raises on purpose."""


class ShapeError(BplearnError, ValueError):
    """An array has the wrong shape."""


class TargetError(BplearnError, ValueError):
    """Targets do not fit the loss or the data."""


class ArgumentError(BplearnError, ValueError):
    """An argument is out of range or of the wrong kind."""


class DataError(BplearnError, ValueError):
    """Data hold NaN or infinity, are empty, or cannot be read."""


class FileFormatError(BplearnError, ValueError):
    """A file is truncated, foreign, or of an unknown version."""


class TapeMismatch(BplearnError, RuntimeError):
    """A tape was recorded by another network."""


class TrainingDiverged(BplearnError, ArithmeticError):
    """The loss is no longer finite. `history` holds every step before that."""

    def __init__(self, message: str, history: Any = None) -> None:
        super().__init__(message)
        self.history = history


class WorkersLost(BplearnError, RuntimeError):
    """The worker processes of a sweep died again and again."""
