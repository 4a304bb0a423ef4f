"""Runs a learner's code so that nothing it does can hurt: a time limit, copies only, its surroundings put back.

An exception comes back as a message with the learner's own line. In the main thread the limit is an alarm
(`setitimer`); elsewhere, and on Windows, the code runs in a daemon thread that gets an asynchronous exception. Neither
can stop code that is inside C, such as one huge matrix product: the check then waits, or leaves that thread behind.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import linecache
import re
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from bplearn.exercises.engine.error_messages import cut, in_words
from bplearn.exercises.engine.surroundings import surroundings_kept

SECONDS = 5.0
_signal: Any = signal.signal  # an answer finds others in the place of these two
_setitimer: Any = getattr(signal, "setitimer", None)
_CHECKERS = str(Path(__file__).parents[1])
_NOT_CALLED = "It cannot be called with the arguments of the task:"
_NOT_USED = "What your code gives cannot be used here:"
_KNOWN = (  # what an exception's own words show: a mistake of the catalogue
    ("shapes-do-not-fit", r"inner sizes must agree|not aligned|could not be broadcast together"),
    ("one-number-for-an-array", r"takes one number|one number, such as|truth value of an array"),
    ("assigned-too-late", r"cannot access local variable|referenced before assignment"),
)
_NOT_THE_LEARNERS = (
    str(Path(__file__).parents[2]),
    str(Path(np.__file__).parent),
    str(Path(contextlib.__file__).parent),  # Python's own library
)


class TimeUp(BaseException):
    """Raised inside the learner's code when its time is over; no `except Exception` catches it."""


@dataclass(frozen=True)
class Failure:
    """What went wrong while code ran: the kind of exception, its message, and the learner's own line.

    `inside_check` is true where a line of the checker raised, in or after the learner's own. `mistake` is the name of
    a known one that the exception shows.
    """

    kind: str
    message: str
    line: int | None = None
    code: str = ""
    inside_check: bool = False
    mistake: str = ""

    @property
    def met_dots(self) -> bool:
        """Whether three dots stood where a number belongs; NumPy also says "ellipsis" of an index."""
        return self.kind == "TypeError" and bool(re.search(r"'ellipsis'|type ellipsis", self.message))

    def text(self) -> str:
        """Return the failure as one sentence."""
        if self.kind == "TimeUp":
            return self.message
        where = f" at line {self.line}: `{self.code}`" if self.code else ""
        if self.inside_check:
            if where:
                return f"What you call{where} raised {self.kind}\n{self.message}"
            called = re.search(r"\b(takes|missing) .*argument", self.message)
            return f"{_NOT_CALLED if called else _NOT_USED} {self.kind}\n{self.message}"
        return f"Your code raised {self.kind}{where}\n{self.message}"


@dataclass(frozen=True)
class Ran:
    """The result of running code: its value, or a failure, and what was printed meanwhile."""

    value: Any = None
    failure: Failure | None = None
    printed: str = ""


def run(
    code: Callable[[], Any], seconds: float = SECONDS, *, wall: float = 0.0, hold: Callable[[], bool] = bool
) -> Ran:
    """Call `code()` with a time limit and return its value or its failure.

    With `wall`, the seconds are of processor time, so that other work on the machine costs nobody the answer, and
    `wall` those of the clock. While `hold()` is true the limit waits.

    Warnings are swallowed; what is printed is kept, up to a few lines; what the code changes around it is put back.
    Ctrl-C passes through. What the limit cannot stop is a single long call into C.

    >>> run(lambda: 1 / 0).failure.kind
    'ZeroDivisionError'
    """
    alarm = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    with surroundings_kept() as output:
        try:
            ran = _in_main_thread(code, seconds, wall, hold) if alarm else _in_other_thread(code, wall or seconds)
        except TimeUp:  # a second alarm rang while the first one was handled
            ran = _too_long(seconds)
    return replace(ran, printed=output.text) if output.text else ran


def copies(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return deep copies, so that whatever is done to them the originals stay.

    >>> first = (np.zeros(2),)
    >>> copies(first)[0] is first[0]
    False
    """
    return copy.deepcopy(arguments)


def changed(before: Any, after: Any) -> bool:
    """Return whether two arguments (arrays, lists, dicts, plain values) differ in any bit.

    >>> changed((np.zeros(2),), (np.array([0.0, 1.0]),))
    True
    """
    if isinstance(before, np.ndarray):
        same = isinstance(after, np.ndarray) and before.shape == after.shape and before.dtype == after.dtype
        return not (same and before.tobytes() == after.tobytes())
    if isinstance(before, list | tuple):
        return len(before) != len(after) or any(map(changed, before, after))
    if isinstance(before, dict):
        return before.keys() != after.keys() or any(changed(before[name], after[name]) for name in before)
    if isinstance(before, bool | int | float | str):
        return bool(before != after)
    return False  # two functions or generators cannot be compared


def _guarded(code: Callable[[], Any]) -> Ran:
    try:
        with np.errstate(all="ignore"):
            return Ran(code())
    except (KeyboardInterrupt, TimeUp):
        raise
    except BaseException as problem:  # SystemExit too: a learner's exit() must not end the kernel
        return Ran(failure=_failure(problem))


def _too_long(seconds: float, note: str = "") -> Ran:
    message = f"Your code was still running after {seconds:g} s and was cut off. Does a loop never end?{note}"
    return Ran(failure=Failure("TimeUp", message))


def _in_main_thread(code: Callable[[], Any], seconds: float, wall: float, hold: Callable[[], bool]) -> Ran:
    armed = True

    def ring(_number: int, _frame: FrameType | None) -> None:
        if armed and not hold():
            raise TimeUp

    limits = [(signal.SIGALRM, signal.ITIMER_REAL, wall or seconds)]
    if wall:
        limits.append((signal.SIGPROF, signal.ITIMER_PROF, seconds))
    before = [  # each alarm repeats, since an `except:` may swallow one
        (number, timer, _signal(number, ring), _setitimer(timer, limit, 0.002)) for number, timer, limit in limits
    ]
    try:
        result = _guarded(code)
        armed = False
        return result
    except TimeUp:
        armed = False
        return _too_long(seconds)
    finally:
        armed = False
        for number, timer, handler, (rest, interval) in before:
            _setitimer(timer, 0)
            _signal(number, handler)
            if rest:
                _setitimer(timer, rest, interval)


def _in_other_thread(code: Callable[[], Any], seconds: float) -> Ran:
    results: list[Ran] = []

    def work() -> None:
        with contextlib.suppress(TimeUp):
            results.append(_guarded(code))

    thread = threading.Thread(target=work, daemon=True, name="a learner's code")
    try:
        thread.start()
    except RuntimeError:  # the Python of a browser has no threads: the code runs here, with no limit
        return _guarded(code)
    thread.join(seconds)
    for _ in range(100):
        if results or not thread.is_alive():
            break
        identity = ctypes.c_ulong(thread.ident or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(TimeUp))
        thread.join(0.01)
    if results:
        return results[0]
    note = " It sits in code that cannot be stopped; restart the kernel to be rid of it." if thread.is_alive() else ""
    return _too_long(seconds, note)


def _failure(problem: BaseException) -> Failure:
    """Find the innermost line that is the learner's: neither the checker's nor NumPy's."""
    line, code, own = None, "", None
    inside = not getattr(problem, "raised_by_the_answer", False)  # in another process, and once more in this one
    for frame, number in traceback.walk_tb(problem.__traceback__):
        file = frame.f_code.co_filename
        if not file.startswith(_NOT_THE_LEARNERS) and "site-packages" not in file:
            line, own, inside = number, frame, False
            code = linecache.getline(file, number, frame.f_globals).strip()
        elif file.startswith(_CHECKERS) and own is not None:
            inside = True
    message = in_words(problem, code, own)
    mistake = getattr(problem, "mistake", "")
    if code and not inside:
        mistake = next((name for name, words in _KNOWN if re.search(words, message)), "")
    return Failure(type(problem).__name__, message, line, cut(code, 120), inside, mistake)
