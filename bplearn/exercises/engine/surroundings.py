"""Puts back what an answer's code changes around it: streams, folder, settings of Python and NumPy, built-in names.

One check runs at a time, since most of this belongs to the whole process. Of two checks in two threads each would put
back the streams that the other had set. `exit()` ends the answer, never the kernel: in Jupyter it asks the shell to
stop.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import io
import math
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

DEEPEST = 10_000  # calls within calls: with a limit of 10**9 endless recursion takes all memory and cannot be stopped
_ONE_AT_A_TIME = threading.RLock()
_MODULES = (builtins, np, np.random, np.linalg, math, signal)
_NO_ALARM: dict[str, Any] = {  # what would switch the time limit off, and what each of them answers
    "setitimer": (0.0, 0.0),
    "alarm": 0,
    "signal": signal.SIG_DFL,
    "pthread_sigmask": set(),
}
_set_recursion_limit = sys.setrecursionlimit


class Output(io.TextIOBase):
    """Keeps the first characters that are written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        if len(self.text) < 1000:
            self.text += text[:1000]
        return len(text)


@contextlib.contextmanager
def surroundings_kept() -> Iterator[Output]:
    r"""Let code run inside, with its output kept here and its warnings swallowed; put back what it changes.

    >>> import os
    >>> with surroundings_kept() as output:
    ...     print("hello")
    ...     os.environ["NEW"] = "1"
    >>> output.text, "NEW" in os.environ
    ('hello\n', False)
    """
    output = Output()
    with _ONE_AT_A_TIME, contextlib.ExitStack() as stack:
        stack.callback(_put_back, _Before())  # comes last, when the old streams are back
        stack.enter_context(contextlib.redirect_stdout(output))
        stack.enter_context(contextlib.redirect_stderr(Output()))
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(_no_way_out())
        for name in _NO_ALARM.keys() & vars(signal).keys():  # put back with the names of the other modules
            setattr(signal, name, functools.partial(do_nothing, name))
        warnings.simplefilter("ignore")
        sys.stdin = io.StringIO()
        _limit_recursion(sys.getrecursionlimit())
        yield output


@contextlib.contextmanager
def random_numbers_kept() -> Iterator[None]:
    """Put the random numbers of NumPy and of Python back to where they were.

    >>> import random
    >>> with random_numbers_kept():
    ...     first = random.random()
    >>> first == random.random()
    True
    """
    with _ONE_AT_A_TIME:
        of_numpy, of_python = np.random.get_state(), random.getstate()
        try:
            yield
        finally:
            np.random.set_state(of_numpy)
            random.setstate(of_python)


class _Before:
    """What is put back afterwards, as it was before."""

    def __init__(self) -> None:
        self.stdin = sys.stdin
        self.folder = _folder()
        self.environment = dict(os.environ)
        self.recursion_limit = sys.getrecursionlimit()
        self.errors, self.on_error, self.printing = np.geterr(), np.geterrcall(), np.get_printoptions()
        self.names = [(module, dict(vars(module))) for module in _MODULES]


def _put_back(before: _Before) -> None:
    for module, names in before.names:  # first: the lines below use them
        _restore_names(module, names)
    sys.stdin = before.stdin
    if before.folder and _folder() != before.folder:
        with contextlib.suppress(OSError):
            os.chdir(before.folder)
    if dict(os.environ) != before.environment:
        os.environ.clear()
        os.environ.update(before.environment)
    if sys.getrecursionlimit() != before.recursion_limit:
        _set_recursion_limit(before.recursion_limit)
    np.seterr(**before.errors)
    np.seterrcall(before.on_error)
    if np.get_printoptions() != before.printing:
        np.set_printoptions(**before.printing)


def _restore_names(module: ModuleType, names: dict[str, Any]) -> None:
    space = vars(module)
    if module is builtins:
        for name in [name for name in space if name not in names]:
            del space[name]
    for name, value in names.items():
        if space.get(name) is not value:
            space[name] = value


def _folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 (the very text that chdir takes)
    except OSError:  # the answer removed the folder
        return ""


@contextlib.contextmanager
def _no_way_out() -> Iterator[None]:
    """Let every way to end the process, or IPython's shell, raise SystemExit in the answer's code."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    leave = vars(os)["_exit"]
    vars(os)["_exit"], sys.setrecursionlimit = _stop, _limit_recursion
    own = vars(shell).get("ask_exit") if shell is not None else None
    if shell is not None:
        shell.ask_exit = _stop
    try:
        yield
    finally:
        vars(os)["_exit"], sys.setrecursionlimit = leave, _set_recursion_limit
        if shell is not None:
            vars(shell).pop("ask_exit", None)
            if own is not None:
                shell.ask_exit = own


def do_nothing(name: str, *_: Any) -> Any:
    """Stand in for a function of `signal`: the course asks which one was called."""
    return _NO_ALARM[name]


def _stop(*_: Any) -> NoReturn:
    raise SystemExit


def _limit_recursion(limit: int, /) -> None:
    _set_recursion_limit(min(limit, DEEPEST))
