"""Looks into a learner's function: which arguments it never reads, and which variables of the notebook it reads.

An equation in `w` that is copied into `slope(f, x, h)` works in the notebook, where a `w` happens to exist, and answers
every call with the same number. Helper functions, modules and constants do not count.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import dis
import inspect
import numbers
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CellType, CodeType, FunctionType
from typing import Any

import numpy as np

_CONSTANTS = {"eps", "epsilon", "tiny", "tol", "tolerance", "pi", "e", "seed", "rng"}


@dataclass(frozen=True)
class FreeVariables:
    """The arguments that are never read, and the notebook's variables that are, both in the order of the code."""

    unread: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Return what was found as one sentence; empty where no variable of the notebook is read."""
        if not self.variables:
            return ""
        used = _listed(self.variables)
        if self.unread:
            word = "argument" if len(self.unread) == 1 else "arguments"
            return f"Your function uses the notebook's {used}, and never its {word} {_listed(self.unread)}."
        return f"Your function uses {used} of the notebook, which is none of its arguments."


def free_variables(answer: Any) -> FreeVariables:
    """Return what a function reads past its arguments.

    >>> w = np.array([2.0, -3.0])
    >>> space = {"w": w}
    >>> exec("def slope(f, x, h): return (f(w + h) - f(w - h)) / (2 * h)", space)
    >>> free_variables(space["slope"])
    FreeVariables(unread=('x',), variables=('w',))
    """
    if not isinstance(answer, FunctionType):
        return FreeVariables()
    read, names = _read(answer.__code__), dict.fromkeys(_globals(answer.__code__))
    parameters = [name for name in inspect.signature(answer).parameters if not name.startswith("_")]
    unread = tuple(name for name in parameters if name not in read)
    space = answer.__globals__
    variables = tuple(name for name in names if name in space and _is_data(name, space[name], bool(unread)))
    return FreeVariables(unread, variables)


def called_names(answer: Any) -> set[str]:
    """Return the names of functions, modules and attributes that a function or the methods of a class speak of.

    Functions of the notebook that it calls are looked into as well.

    >>> sorted(called_names(lambda x: np.random.rand() * x))
    ['np', 'rand', 'random']
    """
    found: set[str] = set()
    todo = list(vars(answer).values()) if isinstance(answer, type) else [answer]
    seen: list[Any] = []
    while todo:
        function = todo.pop()
        if not isinstance(function, FunctionType) or function.__module__ != answer.__module__:
            continue
        if any(function is known for known in seen):
            continue
        seen.append(function)
        names = {name for code in _codes(function.__code__) for name in code.co_names}
        todo += [function.__globals__.get(name) for name in names]
        todo += [cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell)]
        found |= names
    return found


def _is_filled(cell: CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def with_argument_for(answer: FunctionType, variable: str, place: int) -> Callable[..., Any]:
    """Return the function with its argument at `place` where it reads this variable of the notebook.

    >>> space = {"w": 3.0}
    >>> exec("def double(x): return 2 * w", space)
    >>> with_argument_for(space["double"], "w", 0)(5.0)
    10.0
    """

    def changed(*arguments: Any) -> Any:
        space = {**answer.__globals__, variable: arguments[place]}
        made = FunctionType(answer.__code__, space, answer.__name__, answer.__defaults__, answer.__closure__)
        return made(*arguments)

    return changed


def _is_data(name: str, value: Any, unread: bool) -> bool:
    """Return whether a global looks like a variable of the notebook; a lone number may be a constant."""
    if isinstance(value, bool) or name.lower() in _CONSTANTS or (name.isupper() and len(name) > 2):
        return False
    if isinstance(value, np.ndarray):
        return True
    if isinstance(value, list | tuple):
        return bool(value) and all(isinstance(part, numbers.Real | list | tuple | np.ndarray) for part in value)
    if isinstance(value, numbers.Real):
        return unread or not isinstance(value, numbers.Integral)
    return False


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a piece of code and all functions and comprehensions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _read(code: CodeType) -> set[str]:
    """Return the names of local variables that are read somewhere, in inner functions too."""
    found: set[str] = set()
    for part in _codes(code):
        for step in dis.get_instructions(part):
            if "LOAD" not in step.opname or "GLOBAL" in step.opname or "ATTR" in step.opname:
                continue
            found.update(step.argval if isinstance(step.argval, tuple) else (step.argval,))
    return {name for name in found if isinstance(name, str)} & {*code.co_varnames, *code.co_cellvars}


def _globals(code: CodeType) -> Iterator[str]:
    for part in _codes(code):
        for step in dis.get_instructions(part):
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                yield step.argval


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names[:4]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
