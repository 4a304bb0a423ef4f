"""Adam's step in the order that is fastest. The formula itself is `Adam.formula`; both give the same numbers.

The factors 1 - beta and both corrections are plain numbers. Multiplied first, they save four passes over all weights. A
large vector is done in blocks, with no temporaries, and a second thread takes blocks too: each entry is computed alone,
so the result is the same to the last bit. No block waits for that thread that it has not begun.
Taught in notebooks/13_optimizers.ipynb.

Microseconds a step on one quiet core, median, float32, for the 33, 2,410 and 535,818 numbers of the cases T, S and L of
tests/benchmarks/training.py: the formula 15, 22 and 4,290; one expression over the whole vector 10, 15 and 1,410; in
blocks L takes 1,020 (in float64 2,830, not 3,810). Shared by two threads its best of 60 rounds was 600, on a machine
that had other work; where that keeps both cores busy, sharing takes as long as one thread (the median of 150 pairs).
"""

from __future__ import annotations

import contextlib
import math
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array

BLOCK = 65_536
SHARED = 262_144  # numbers from which on a second thread helps, in blocks twice as large: threads meet less often


class AdamMemory:
    """Two fading sums, m / (1 - beta1) and s / (1 - beta2), and how many steps they have seen."""

    def __init__(self) -> None:
        self.steps = 0
        self.gradients: Any = 0.0
        self.squares: Any = 0.0


def adam_step(memory: AdamMemory, gradient: Array, rate: Any, beta1: float, beta2: float, epsilon: float) -> Array:
    """Return Adam's change for this gradient and bring its memory up to date.

    >>> memory = AdamMemory()
    >>> [adam_step(memory, np.array([g]), 1.0, 0.9, 0.999, 1e-8).round(4).item() for g in (2.0, 1.0)]
    [-1.0, -0.9322]
    """
    memory.steps = k = memory.steps + 1
    root = math.sqrt((1 - beta2) / (1 - beta2**k))
    factor, epsilon = -rate * ((1 - beta1) / (1 - beta1**k)) / root, epsilon / root
    if gradient.size < BLOCK or np.ndim(rate):
        memory.gradients = total = memory.gradients * beta1 + gradient
        memory.squares = squares = memory.squares * beta2 + gradient * gradient
        return total * factor / (np.sqrt(squares) + epsilon)
    if k == 1:
        memory.gradients, memory.squares = np.zeros_like(gradient), np.zeros_like(gradient)
    change = np.empty_like(gradient)

    def step(block: slice, scratch: Array) -> None:
        g, m, s, out = gradient[block], memory.gradients[block], memory.squares[block], change[block]
        t = scratch[: len(g)]
        np.add(np.multiply(m, beta1, out=m), g, out=m)
        np.add(np.multiply(s, beta2, out=s), np.multiply(g, g, out=t), out=s)
        np.add(np.sqrt(s, out=t), epsilon, out=t)
        np.divide(np.multiply(m, factor, out=out), t, out=out)

    _in_blocks(step, gradient)
    return change


def _in_blocks(step: Callable[[slice, Array], None], gradient: Array) -> None:
    """Do the step for each block; of a large vector a second thread takes every block that it comes to first."""
    size = BLOCK if gradient.size < SHARED else 2 * BLOCK
    starts = deque(range(0, gradient.size, size))

    def work() -> None:
        scratch = np.empty(size, gradient.dtype)
        while starts:
            try:
                start = starts.popleft()
            except IndexError:  # the other thread took the last one in this moment
                return
            step(slice(start, start + size), scratch)

    helper = None
    if gradient.size >= SHARED:
        with contextlib.suppress(RuntimeError):  # the Python of a browser has no threads
            helper = _second_thread().submit(copy_context().run, work)  # NumPy's settings of errors are the context's
    work()
    if helper is not None and not helper.cancel():
        helper.result()


@cache
def _second_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "bplearn-adam")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_second_thread.cache_clear)  # a forked process has none of its parent's threads
