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


def holds_dots(answer: Any) -> bool:
    """Return whether three dots stand anywhere in a function or class but in an index such as x[..., 0].

    >>> holds_dots(lambda x: x + ...), holds_dots(lambda x: x[..., 1:len(x)])
    (True, False)
    """
    for function in _functions(answer):
        steps = _steps(function)
        for place, step in enumerate(steps):
            if _has_dots(step) and not _in_index(steps[place + 1 :]):
                return True
    return False


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
    if not _has_dots(step) or not step.opname.startswith(("LOAD_CONST", "RETURN_CONST")):
        return False
    kept = after.startswith(("STORE", "UNPACK", "RETURN")) and after != "STORE_SUBSCR"
    return kept or step.opname == "RETURN_CONST" or (after.startswith("LOAD") and then == "STORE_ATTR")


def _has_dots(step: dis.Instruction) -> bool:
    return step.argval is ... or (isinstance(step.argval, tuple) and any(part is ... for part in step.argval))


def _in_index(following: list[dis.Instruction]) -> bool:
    """Return whether what was loaded just before these instructions is an index, or a part of one."""
    above = 1  # how many values lie on the stack from ours upward
    for step in following:
        name, number = step.opname, step.arg or 0
        if "SUBSCR" in name or step.argrepr == "[]":
            if above <= 2:
                return above == 1 or name == "STORE_SUBSCR"
        elif name.startswith("BUILD"):
            above = max(above, number)  # it becomes a part of what is built
        elif above <= _TAKEN.get(name, number if name == "CALL" else 0) or name.startswith(("STORE", "RETURN")):
            return False
        above += dis.stack_effect(step.opcode, step.arg)
    return False


_TAKEN = {"BINARY_OP": 2, "COMPARE_OP": 2, "UNARY_NEGATIVE": 1, "LOAD_ATTR": 1, "YIELD_VALUE": 1, "GET_ITER": 1}


def _does_nothing(function: Callable[..., Any]) -> bool:
    steps = _steps(function)
    words = [step.opname for step in steps]
    return words in (["LOAD_CONST", "RETURN_VALUE"], ["RETURN_CONST"]) and steps[0].argval in (None, ...)
