"""Notices when an answer calls what an assignment asks not to use, or starts something that nobody watches.

While the answer runs, every call is looked at: code that lies in bplearn or in another library that differentiates
by itself, and calls that start threads, processes or timers. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

_PACKAGE = str(Path(__file__).parents[2])
_ENGINE = Path(__file__).parents[2] / "exercises" / "engine"
_OURS = (str(Path(__file__).parent), str(_ENGINE / "runner.py"), str(_ENGINE / "surroundings.py"))
OTHERS = ("torch", "jax", "autograd", "tensorflow", "sklearn", "scipy", "keras", "mygrad")
STARTS = {
    "start_new_thread": "starts a thread",
    "start_joinable_thread": "starts a thread",
    "fork": "starts a process",
    "forkpty": "starts a process",
    "fork_exec": "starts a process",
    "posix_spawn": "starts a process",
    "system": "starts a process",
    "setitimer": "sets a timer",
    "alarm": "sets a timer",
    "setprofile": "sys.setprofile",
    "settrace": "sys.settrace",
}
STARTED_BEFORE = "what a thread or a process that was started before can do"
OUR_CHILDREN: set[int] = set()  # processes that belong to the checks
_AT_FIRST = set(sys._current_frames())  # threads of a kernel
_HARMLESS = tuple(str(Path(*parts)) for parts in (("tqdm", "_monitor.py"), ("IPython", "core", "history.py")))


@contextlib.contextmanager
def watching(calls: list[str], calling: int) -> Iterator[None]:
    """Fill the list with the names of what is called and may not be, while the block runs for the `calling` thread.

    >>> import bplearn
    >>> calls = []
    >>> with watching(calls, threading.get_ident()):
    ...     _ = bplearn.functional.sigmoid(np.zeros(1))
    >>> calls[-1]
    'bplearn.functional.sigmoid'
    """

    def note(name: str) -> None:
        if name not in calls and len(calls) < 20:
            calls.append(name)

    def look(frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call":
            name = getattr(function, "__name__", "")
            if name in STARTS and not frame.f_code.co_filename.startswith(_OURS):
                note(STARTS[name])
        elif event == "call":
            file = frame.f_code.co_filename
            module = str(frame.f_globals.get("__name__", ""))
            if module.partition(".")[0] in OTHERS or (file.startswith(_PACKAGE) and not file.startswith(_OURS)):
                note(f"{module}.{frame.f_code.co_qualname}")

    if started_before(calling):
        note(STARTED_BEFORE)
    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
        if sys.getprofile() is not look:
            note("sys.setprofile")
    finally:
        sys.setprofile(before)


def started_before(calling: int) -> bool:
    """Return whether a thread or a child process of the notebook's own is alive: it could answer unseen."""
    ours = {*_AT_FIRST, calling, threading.get_ident()}
    frames = sys._current_frames()
    if any(not frames[thread].f_code.co_filename.endswith(_HARMLESS) for thread in frames.keys() - ours):
        return True
    return not _children() <= OUR_CHILDREN


def what_runs_now_is_ours() -> None:
    """Take the threads and child processes that are alive for no answer's: they belong to who calls this."""
    for kept, running in ((_AT_FIRST, set(sys._current_frames())), (OUR_CHILDREN, _children())):
        kept.clear()
        kept.update(running)


def _children() -> set[int]:
    with contextlib.suppress(OSError):  # a system without this file
        texts = [path.read_text(encoding="ascii") for path in Path("/proc/self/task").glob("*/children")]
        return set(map(int, " ".join(texts).split()))
    return set()
