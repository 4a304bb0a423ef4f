"""A file appears whole or not at all: its bytes go to a temporary neighbour, which then takes its place.

Used by everything that bplearn writes; first met in notebooks/14_digits_from_scratch.ipynb, where a network is saved.
"""

from __future__ import annotations

import errno
import os
import tempfile
from os import PathLike
from pathlib import Path
from typing import Any


def atomic_write(path: str | PathLike[str], write: Any) -> None:
    """Call `write(file)` on a temporary neighbour of `path`, then move it into place: all or nothing."""
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder to write into", str(target.parent))
    handle, neighbour = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        Path(neighbour).chmod(0o666 & ~_umask())
        Path(neighbour).replace(target)
    except BaseException:
        Path(neighbour).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
