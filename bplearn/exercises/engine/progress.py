"""Remembers what a learner has solved, in `.bplearn-progress.json` beside the notebooks.

Every change reads the file anew, adds to it and replaces it in one go, under a lock: two notebooks that are open at
once lose nothing, and a file that cannot be read is set aside, never overwritten. Where nothing can be written
(a read-only folder) the exercises work without it. First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import time
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.errors import DataError
from bplearn.files.atomic import atomic_write
from bplearn.files.lock import locked

FILE = ".bplearn-progress.json"
VARIABLE = "BPLEARN_PROGRESS"
KINDS = ("exercises", "recall", "predictions")
PATIENCE = 10.0  # seconds to wait for another notebook that is writing
_FORMAT = "bplearn progress"
_chosen: list[Path] = []

Record = dict[str, Any]


def use_file(path: str | PathLike[str] | None) -> None:
    """Keep the progress in this file; None goes back to the file beside the notebooks.

    The environment variable BPLEARN_PROGRESS names another default.

    >>> use_file(None)
    """
    _chosen[:] = [] if path is None else [Path(path)]


def file() -> Path:
    """Return the path of the file that is in use.

    >>> file().suffix
    '.json'
    """
    return _chosen[0] if _chosen else Path(os.environ.get(VARIABLE) or FILE).absolute()


def read() -> Record:
    """Return all that is remembered, a part for each of KINDS; empty where there is no file.

    >>> sorted(read())[:1]
    ['exercises']
    """
    try:
        record = json.loads(file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        record = {}
    return _whole(record)


def note(kind: str, number: str, change: Callable[[Record], None]) -> bool:
    """Apply `change` to one entry (one of KINDS, number) and save; return False, and do nothing, where that fails.

    >>> note("exercises", "01.3", lambda entry: entry.update(hints=1))
    True
    """
    with contextlib.suppress(OSError), _locked():
        _set_aside_if_broken()
        record = read()
        change(record[kind].setdefault(number, {}))
        _write(record)
        return True
    return False


def unkept() -> str:
    """Say that an answer could not be kept, and where.

    >>> unkept().startswith("This answer is not kept")
    True
    """
    return f"This answer is not kept for the next time: {file().name} cannot be written."


def forget(number: str | None = None) -> bool:
    """Forget one exercise, question or prediction, or everything; return False where that could not be saved.

    >>> forget("01.3")
    True
    """
    with contextlib.suppress(OSError), _locked():
        _set_aside_if_broken()
        record = read()
        for kind in KINDS:
            if number is None:
                record[kind].clear()
            else:
                record[kind].pop(number, None)
        _write(record)
        return True
    return False


def merge(path: str | PathLike[str]) -> None:
    """Add what another progress file remembers: what is solved in either stays solved, larger counts are kept.

    Raises: DataError for a file that is no progress file, FileNotFoundError.

    >>> merge("elsewhere.json")
    Traceback (most recent call last):
        ...
    FileNotFoundError: [Errno 2] No such file or directory: 'elsewhere.json'
    """
    try:
        other = json.loads(Path(path).read_text(encoding="utf-8"))
        known = other["format"] == _FORMAT
    except (ValueError, LookupError, TypeError):
        known = False
    if not known:
        raise DataError(expected_got("merge_progress", "a progress file of bplearn", os.fspath(path)))
    other = _whole(other)
    for kind in KINDS:
        for number, theirs in other[kind].items():
            note(kind, number, functools.partial(_take_larger, theirs))


def _take_larger(theirs: Record, mine: Record) -> None:
    """Keep the larger of two numbers for every entry; True is larger than False. An answer of one's own stays."""
    for key, value in theirs.items():
        own = mine.setdefault(key, value)
        if isinstance(own, int) and isinstance(value, int):
            mine[key] = max(own, value)


def _whole(record: Any) -> Record:
    """Return the record with all of its parts; whatever else a newer version wrote is kept."""
    whole: Record = record if isinstance(record, dict) else {}
    for kind in KINDS:
        part = whole.get(kind)
        whole[kind] = {k: v for k, v in part.items() if isinstance(v, dict)} if isinstance(part, dict) else {}
    return whole


def _write(record: Record) -> None:
    text = json.dumps({"format": _FORMAT, "version": 1} | record, indent=1, sort_keys=True)
    atomic_write(file(), lambda target: target.write(text.encode("utf-8")))


def _set_aside_if_broken() -> None:
    path = file()
    if path.exists():
        try:
            broken = not isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
        except ValueError:
            broken = True
        if broken:
            path.replace(path.with_name(f"{path.name}.unreadable-{time.time_ns()}"))


def _locked() -> contextlib.AbstractContextManager[None]:
    path = file()
    return locked(path.with_name(f"{path.name}.lock"), PATIENCE)
