"""What came back of a student's function, and the function as a judge sees it: it gives those results in order.

Belongs to notebooks/assignments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplearn.course.client.protocol import Closed


@dataclass(frozen=True)
class Result:
    """One call: its value or the failure, what became of the arguments where they changed, forbidden calls in it."""

    value: Any = None
    arguments: Any = None
    failure: Exception | None = None
    forbidden: tuple[str, ...] = ()
    slow: bool = False
    bytes: int = 0  # that it held at once, where that is asked for

    @classmethod
    def read(cls, came: Any, about: Any) -> Result:
        """Read what the student's side sent.

        Raises: Closed for what it would never send by itself.
        """
        try:
            value, arguments = came
            failure, forbidden, slow = about["failure"], tuple(map(str, about["calls"])), about["slow"] is True
            return cls(value, arguments, failure and _raised(failure), forbidden, slow, int(about["bytes"]))
        except (TypeError, ValueError, KeyError) as problem:
            raise Closed(f"a result that cannot be read ({problem})") from None


class Replay:
    """A student's function, seen from here: gives the results that came back, in the order of the calls."""

    def __init__(self, results: Sequence[Result]) -> None:
        self._results = iter(results)

    def __call__(self, *arguments: Any) -> Any:  # noqa: D102
        result = next(self._results, Result(failure=ValueError("it was not called so often")))
        if result.failure is not None:
            raise result.failure
        if result.arguments is not None:
            _change(arguments, result.arguments)
        return result.value


def _raised(failure: dict[str, Any]) -> Exception:
    """Return an exception whose class is named as the student's own was."""
    where = f"at line {failure['line']}: `{failure['code']}`\n" if failure["code"] else ""
    kind = type(str(failure["kind"]), (Exception,), {"raised_by_the_answer": True})
    raised: Exception = kind(where + str(failure["message"]))
    return raised


def _change(mine: Any, theirs: Any) -> None:
    """Do to the arguments here what the student's function did to its copies, so that the judge sees it."""
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        if mine.shape == theirs.shape:
            np.copyto(mine, theirs, casting="unsafe")
        else:
            mine.fill(np.nan)
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) != len(theirs):
        mine.clear()
    elif isinstance(mine, list | tuple) and isinstance(theirs, list | tuple):
        for one, two in zip(mine, theirs, strict=False):
            _change(one, two)
