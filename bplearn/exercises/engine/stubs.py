"""Tells a stub, the empty answer that a notebook starts from, and an answer with a gap from one that was tried.

A stub returns nothing but three dots; a gap is a name that is still set to three dots.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable
from typing import Any


def is_stub(answer: Any) -> bool:
    """Return whether a function does nothing but return None or three dots; of a class, whether all its methods do.

    >>> def neuron(x): ...
    >>> is_stub(neuron)
    True
    """
    functions = _functions(answer)
    return bool(functions) and all(map(_does_nothing, functions))


def has_gap(answer: Any) -> bool:
    """Return whether three dots are assigned or returned somewhere in a function or class.

    >>> def layer(x, W):
    ...     z = ...
    ...     return z + 1
    >>> has_gap(layer)
    True
    """
    return any(_is_gap(*window) for function in _functions(answer) for window in _windows(function))


def _functions(answer: Any) -> list[Callable[..., Any]]:
    if isinstance(answer, type):
        return [part for part in vars(answer).values() if inspect.isfunction(part)]
    return [answer] if inspect.isfunction(answer) else []


def _steps(function: Callable[..., Any]) -> list[dis.Instruction]:
    """Return the instructions that do something."""
    return [step for step in dis.get_instructions(function) if step.opname not in ("RESUME", "NOP", "CACHE")]


def _windows(function: Callable[..., Any]) -> list[tuple[dis.Instruction, str, str]]:
    """Return each instruction with the names of the next two."""
    steps = _steps(function)
    names = [*(step.opname for step in steps), "", ""]
    return list(zip(steps, names[1:], names[2:], strict=False))


def _is_gap(step: dis.Instruction, after: str, then: str) -> bool:
    """Return whether dots are stored, unpacked or returned here; dots in an index such as x[..., 0] are none."""
    dots = step.argval is ... or (isinstance(step.argval, tuple) and ... in step.argval)
    if not dots or not step.opname.startswith(("LOAD_CONST", "RETURN_CONST")):
        return False
    kept = after.startswith(("STORE", "UNPACK", "RETURN")) and after != "STORE_SUBSCR"
    return kept or step.opname == "RETURN_CONST" or (after.startswith("LOAD") and then == "STORE_ATTR")


def _does_nothing(function: Callable[..., Any]) -> bool:
    steps = _steps(function)
    words = [step.opname for step in steps]
    return words in (["LOAD_CONST", "RETURN_VALUE"], ["RETURN_CONST"]) and steps[0].argval in (None, ...)
