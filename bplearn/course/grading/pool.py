"""The processes that grade: on this machine by default, or wherever an executor of `concurrent.futures` has them.

No code of a student's runs in them, so they need not be killed: what runs it is the engine's, and that does the
killing. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.course.grading.worker import Answer, start
from bplearn.errors import ArgumentError


class Pool:
    """The processes that grade: of this machine, replaced when one is lost, or those of an executor that was named."""

    def __init__(self, jobs: int, logs: Path, executor: str | None = None) -> None:
        self._jobs, self._logs, self._name = jobs, logs, executor
        self._executor = self._start()

    def _start(self) -> Executor:
        if self._name is not None:
            return _executor(self._name)
        fresh, begin = multiprocessing.get_context("spawn"), partial(start, str(self._logs))
        return ProcessPoolExecutor(self._jobs, mp_context=fresh, initializer=begin)

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Let a process do some work."""
        try:
            return self._executor.submit(work, *given)
        except BrokenExecutor:
            self._executor = self._start()
            return self._executor.submit(work, *given)

    def end(self) -> None:
        """Let the processes go."""
        self._executor.shutdown()

    def kill(self) -> None:
        """Stop at once; a pool of this machine is waited for, or its thread writes to what is closed already."""
        for child in multiprocessing.active_children():
            child.kill()
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=isinstance(self._executor, ProcessPoolExecutor), cancel_futures=True)


def answer_of(order: Future[Answer]) -> Answer:
    """Return what a worker found; one that is gone has lost its submission."""
    try:
        return order.result()
    except Exception as problem:  # a broken pool, a lost node of a cluster
        return {"error": f"the grader's process was lost ({type(problem).__name__})", "lost": True}


def _executor(name: str) -> Executor:
    """Return the executor that `--executor` names: dask:ADDRESS, or module:function that makes one.

    Raises: ArgumentError for anything else.
    """
    module, _, rest = name.partition(":")
    if module == "dask" and rest:
        client: Any = importlib.import_module("distributed").Client(rest)
        executor: Executor = client.get_executor()
        return executor
    try:
        return getattr(importlib.import_module(module), rest)()
    except (ImportError, AttributeError, ValueError, TypeError) as problem:
        raise ArgumentError(
            expected_got("--executor", "dask:ADDRESS or module:function", f"{name} ({problem})")
        ) from None
