"""One process at a time: a lock that the operating system holds for the process that took it.

When that process ends, by a crash too, the lock is free at once. So no clock and no age of a file decides anything: a
file that a crash left, with a date in the past or in the future, is an ordinary file that nobody holds.
Used where two open notebooks may write the same file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}  # somebody else has it
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}  # some shared folders


@contextlib.contextmanager
def locked(path: Path, patience: float = 10.0) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; wait up to `patience` seconds for another owner.

    A file system that knows no locks is used without one.
    Raises: TimeoutError where the other owner does not let go, OSError where the folder cannot be written.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "notes.lock"
    >>> with locked(file):
    ...     file.exists()
    True
    """
    handle = _take(path, time.monotonic() + patience)
    try:
        yield
    finally:
        if sys.platform != "win32":  # Windows deletes no file that is open
            with contextlib.suppress(OSError):
                path.unlink()
        os.close(handle)


def _take(path: Path, deadline: float) -> int:
    while True:
        handle = _open(path)
        try:
            if _owns(handle) and _is_still(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        if time.monotonic() > deadline:
            raise TimeoutError(errno.ETIMEDOUT, "another process holds the lock", str(path))
        time.sleep(0.01)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
    except PermissionError:  # another user of this folder made the file: one may still ask for the lock
        return os.open(path, os.O_RDONLY)


def _owns(handle: int) -> bool:
    """Try to take the lock, without waiting."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in _HELD:
            return False
        if problem.errno not in _NO_LOCKS:
            raise
    return True


def _is_still(handle: int, path: Path) -> bool:
    """Whether the file that was opened still has this name: its last owner may have deleted it in between."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
