"""Runs the cells of a notebook one after the other in this process, and keeps what each of them shows.

IPython's own shell without a kernel: magics, `display` and figures work; what needs a kernel (comms, `%gui`) does not.
Belongs to notebooks/assignments.
"""

from __future__ import annotations

import base64
import importlib
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline import backend_inline
from traitlets import Type
from traitlets.config import Config

Output = dict[str, Any]
MOST_TEXT = 1_000_000  # characters of one stream in one cell
_PLAIN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg")


class CellTimeoutError(BaseException):
    """Raised in a cell whose time is over."""


class Shell:
    """One shell; `warm()` it once, then fork for each notebook.

    >>> shell = Shell()
    >>> shell.run("1 + 1", 10)[0]["data"]["text/plain"]
    '2'
    >>> InteractiveShell.clear_instance()  # this Python has no shell again
    """

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        _OUTPUTS.clear()
        InteractiveShell.clear_instance()
        self._shell = _Shell.instance(config=config)

    def run(self, source: str, seconds: float) -> list[Output]:
        """Run one cell with a limit of processor time, and ten times that by the clock; return its outputs."""
        _OUTPUTS.clear()
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")
        rung: list[str] = []
        try:
            with _limit(seconds, rung):
                self._shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        except (CellTimeoutError, SystemExit):
            pass
        finally:
            sys.stdout, sys.stderr = streams
        if rung and not any(one["output_type"] == "error" for one in _OUTPUTS):  # it rang while an error was shown
            text = rung[0]
            _OUTPUTS.append({"output_type": "error", "ename": "CellTimeoutError", "evalue": text, "traceback": [text]})
        return list(_OUTPUTS)


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        data, metadata = _plain(format_dict), _plain(md_dict or {})
        _OUTPUTS.append(
            {"output_type": "execute_result", "data": data, "metadata": metadata, "execution_count": self.prompt_count}
        )


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        _OUTPUTS.append({"output_type": "display_data", "data": _plain(data), "metadata": _plain(metadata or {})})

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002
        _OUTPUTS.clear()


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def _showtraceback(self, etype: type, evalue: Any, stb: list[str]) -> None:
        error = {"output_type": "error", "ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        _OUTPUTS.append(error)

    def init_virtualenv(self) -> None:
        pass


class _Stream(io.TextIOBase):
    def __init__(self, name: str) -> None:
        self._name, self._left = name, MOST_TEXT

    def write(self, text: str) -> int:
        kept, self._left = text[: max(0, self._left)], self._left - len(text)
        last = _OUTPUTS[-1] if _OUTPUTS else {}
        if kept and last.get("name") == self._name:
            last["text"] += kept
        elif kept:
            _OUTPUTS.append({"output_type": "stream", "name": self._name, "text": kept})
        return len(text)

    def isatty(self) -> bool:
        return False


_OUTPUTS: list[Output] = []


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Return what JSON can hold, pictures as text."""
    return {
        kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for kind, value in data.items()
        if kind in _PLAIN and isinstance(value, str | bytes | dict)
    }


@contextmanager
def _limit(seconds: float, rung: list[str]) -> Iterator[None]:
    started = time.monotonic()

    def ring(_number: int, _frame: FrameType | None) -> None:
        rung.append(f"The cell was still running after {seconds:g} s and was cut off.")
        raise CellTimeoutError(rung[0])

    def by_the_clock(number: int, frame: FrameType | None) -> None:
        if time.monotonic() - started > 10 * seconds:
            ring(number, frame)

    before = signal.signal(signal.SIGVTALRM, ring), signal.signal(signal.SIGALRM, by_the_clock)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.5)  # once more, as `except:` may swallow it
    signal.setitimer(signal.ITIMER_REAL, 10 * seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGVTALRM, before[0])
        signal.signal(signal.SIGALRM, before[1])


def warm() -> Shell:
    """Load what notebooks load, so that a forked child need not, and return a shell."""
    os.environ.update(MPLBACKEND="module://matplotlib_inline.backend_inline", NBGRADER_EXECUTION="autograde")
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    shell = Shell()
    for name in ("bplearn.course", "bplearn.datasets", "bplearn.plotting", "matplotlib.pyplot"):
        importlib.import_module(name)
    backend_inline._enable_matplotlib_integration()  # type: ignore[no-untyped-call]
    return shell
