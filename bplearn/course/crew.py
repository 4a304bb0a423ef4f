"""The workers of `bplearn grade`, seen from the one who gives the orders.

A worker that dies or that takes too long is replaced, and the order is given once more. Belongs to
notebooks/assignments/README.md.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from bplearn.errors import BplearnError


class WorkerDied(BplearnError, RuntimeError):
    """A worker's process ended before it answered."""


class Worker:
    """One process with its log file."""

    def __init__(self, log: Path) -> None:
        self.log, self._stopped = log, False
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        home = str(Path(__file__).parents[2])
        program = f"import sys; sys.path.insert(0, {home!r}); from bplearn.course.worker import main; main()"
        with self.log.open("a", encoding="utf-8") as log:
            return subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for the one who gives the orders
            )

    def ask(self, do: str, limit: float = 3600.0, **order: Any) -> dict[str, Any]:
        """Give an order and wait for the answer; `limit` is in seconds.

        Raises: WorkerDied when there is none.
        """
        if self._stopped:
            raise WorkerDied("the run was stopped")
        if self._process.poll() is not None:
            self._process = self._start()
        process = self._process
        timer = threading.Timer(limit, process.kill)
        timer.start()
        try:
            if process.stdin is None or process.stdout is None:
                raise WorkerDied("a worker without pipes")
            process.stdin.write(json.dumps({"do": do, **order}) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except (OSError, ValueError):  # gone, or closed by the one who stopped the run
            line = ""
        finally:
            timer.cancel()
        if not line:
            _finish(process)
            raise WorkerDied(f"the grader's process died or took more than {limit:.0f} s; see {self.log.name}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End the worker in the middle of its work, for good."""
        self._stopped = True
        self._process.kill()

    def end(self) -> None:
        """Let the worker go."""
        with contextlib.suppress(OSError, ValueError):  # ValueError: a thread has just closed it
            if self._process.stdin is not None:
                self._process.stdin.write('{"do": "end"}\n')
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        _finish(self._process)


def _finish(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError, ValueError):  # half a line may be left in it
                pipe.close()
