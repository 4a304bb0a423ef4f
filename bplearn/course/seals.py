"""Seals of a library's functions: a short text for each, the same in every process that has not replaced any.

The notebook sends its seals, the referee compares them with its own; `np.allclose = lambda *a, **k: True` breaks
one. A seal says what a function is (kind, module, name, bytecode), not where it lies. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import builtins
import sys
import zlib
from types import ModuleType
from typing import Any

MODULES = ("numpy", "numpy.linalg", "numpy.random", "numpy.ma", "bplearn")
BUILTINS = ("abs", "all", "any", "bool", "enumerate", "float", "getattr", "hasattr", "int", "isinstance", "len")
BUILTINS += ("list", "map", "max", "min", "range", "repr", "round", "set", "sorted", "str", "sum", "tuple", "type", "zip")


def seals() -> dict[str, str]:
    """Return the seal of each function and method that is loaded in NumPy's main modules and in bplearn.

    >>> "numpy.allclose" in seals()
    True
    """
    found = {f"builtins.{name}": _seal(getattr(builtins, name)) for name in BUILTINS}
    for name, module in list(sys.modules.items()):
        if name in MODULES or name.startswith("bplearn."):
            found.update(_of_module(name, module))
    return found


def broken(mine: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """Return the names whose seals differ; what only one of the two has loaded does not count.

    >>> broken({"numpy.sum": "a", "numpy.max": "b"}, {"numpy.sum": "a", "numpy.max": "c", "numpy.min": "d"})
    ['numpy.max']
    """
    return sorted(name for name in mine.keys() & theirs.keys() if mine[name] != theirs[name])


def _of_module(name: str, module: ModuleType) -> dict[str, str]:
    found = {}
    for key, value in list(vars(module).items()):
        if key.startswith("__") or not callable(value):
            continue
        found[f"{name}.{key}"] = _seal(value)
        if isinstance(value, type) and getattr(value, "__module__", "").startswith("bplearn"):
            found.update({f"{name}.{key}.{part}": _seal(own) for part, own in list(vars(value).items()) if callable(own)})
    return found


def _seal(value: Any) -> str:
    """Return kind, home, name and a checksum of the bytecode, of what a decorator wraps as well."""
    parts = []
    for _ in range(5):
        code = getattr(value, "__code__", None)
        parts += [type(value).__qualname__, str(getattr(value, "__module__", "")), str(getattr(value, "__qualname__", ""))]
        parts += [str(getattr(value, "__name__", ""))]
        if code is not None:
            parts.append(f"{zlib.crc32(code.co_code + repr(code.co_names).encode()):08x}")
        value = getattr(value, "__wrapped__", None)
        if value is None:
            break
    return " ".join(parts)
