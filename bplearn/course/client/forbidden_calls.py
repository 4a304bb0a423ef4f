"""Notices when an answer calls what an assignment asks not to use, or starts something that nobody watches.

While the answer runs, every call is looked at: code that lies in bplearn or in another library that differentiates
by itself, and calls that start threads, processes or timers. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from sys import getprofile, setprofile  # by names of our own, so that other functions in `sys` gain nothing
from types import FrameType
from typing import Any

from bplearn.exercises.engine.surroundings import do_nothing

_PACKAGE = str(Path(__file__).parents[2])
_ENGINE = Path(__file__).parents[2] / "exercises" / "engine"
_OURS = (str(Path(__file__).parent), str(_ENGINE / "runner.py"), str(_ENGINE / "surroundings.py"))
_OTHERS = re.compile(r"-packages[/\\]((?:torch|jax|autograd|tensorflow|sklearn|scipy|keras|mygrad)(?:[/\\].*)?)\Z")
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
    "signal": "handles signals",
    "pthread_sigmask": "handles signals",
    "setprofile": "sys.setprofile",
    "settrace": "sys.settrace",
}
STARTED_BEFORE = "what a thread or a process that was started before can do"
OUR_CHILDREN: set[int] = set()  # processes that belong to the checks
_AT_FIRST = set(sys._current_frames())  # threads of a kernel
_AT_HOME = tuple(str(Path(*parts)) for parts in (("tqdm", "_monitor.py"), ("IPython", "core", "history.py")))
_HARMLESS = () if "NBGRADER_EXECUTION" in os.environ else _AT_HOME  # a file's name is easily put on


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

    over = False

    def look(frame: FrameType, event: str, function: Any) -> None:
        """Note a call. Nothing of the student's may run in here, since nobody looks at what `look` calls."""
        if event == "c_call":
            name = function.__name__
            if name in STARTS and not over:
                note(STARTS[name])
        elif event == "call":
            if frame.f_code is do_nothing.__code__ and not over:
                note(STARTS[frame.f_locals["name"]])
            file = frame.f_code.co_filename
            if type(file) is not str:  # a class of the student's own, with methods of its own
                note("code that hides its file")
            elif module := _module(file):
                note(f"{module}.{frame.f_code.co_qualname}")

    if started_before(calling):
        note(STARTED_BEFORE)
    before = getprofile()
    setprofile(look)
    try:
        yield
        if getprofile() is not look:
            note("sys.setprofile")
    finally:
        over = True
        setprofile(before)


@functools.lru_cache(maxsize=10_000)
def _module(file: str) -> str:
    """Return the name of the module of bplearn, or of another library that differentiates; empty for other files."""
    if file.startswith(_PACKAGE) and not file.startswith(_OURS):
        inside = str(Path(file).relative_to(Path(_PACKAGE).parent))
    elif found := _OTHERS.search(file):
        inside = found[1]
    else:
        return ""
    return re.sub(r"[/\\]", ".", re.sub(r"([/\\]__init__)?\.py\Z", "", inside))


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
    """Return the child processes; in a kernel's sandbox those of its first process too, which gets the orphans."""
    found, parents = set[int](), ["self"]
    if "NBGRADER_EXECUTION" in os.environ and os.getppid() == 1:
        parents.append("1")
    with contextlib.suppress(OSError):  # a system without this file
        for parent in parents:
            for path in Path("/proc", parent, "task").glob("*/children"):
                found.update(map(int, path.read_text(encoding="ascii").split()))
    return found - {os.getpid()}
