"""Notices when a student's function calls a library that an assignment asks not to use.

While the function runs, every Python call is looked at: code that lies in bplearn, or in another library that
differentiates by itself, is noted by name. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

_PACKAGE = str(Path(__file__).parents[1])
_OURS = (str(Path(__file__).parent), str(Path(__file__).parents[1] / "exercises" / "engine" / "runner.py"))
OTHERS = ("torch", "jax", "autograd", "tensorflow", "sklearn", "scipy", "keras", "mygrad")


@contextlib.contextmanager
def watching() -> Iterator[list[str]]:
    """Yield a list that fills with the names of library functions that are called.

    >>> import bplearn
    >>> with watching() as calls:
    ...     _ = bplearn.functional.sigmoid(np.zeros(1))
    >>> calls
    ['bplearn.functional.sigmoid']
    """
    calls: list[str] = []

    def look(frame: FrameType, event: str, _: Any) -> None:
        if event != "call":
            return
        file = frame.f_code.co_filename
        module = str(frame.f_globals.get("__name__", ""))
        foreign = module.partition(".")[0] in OTHERS
        inside = file.startswith(_PACKAGE) and not file.startswith(_OURS)
        if (foreign or inside) and len(calls) < 20:
            name = f"{module}.{frame.f_code.co_qualname}"
            if name not in calls:
                calls.append(name)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield calls
        if sys.getprofile() is not look:
            calls.append("sys.setprofile")
    finally:
        sys.setprofile(before)
