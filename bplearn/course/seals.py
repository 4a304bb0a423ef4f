"""Seals of a library's functions: a short text for each, the same in every process that has not replaced any.

The notebook sends a checksum for each module, and the seals themselves where one differs from the referee's;
`np.allclose = lambda *a, **k: True` breaks a seal. It says what a function is (kind, module, name, bytecode), not
where it lies. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import builtins
import sys
import zlib
from types import CodeType, ModuleType
from typing import Any

MODULES = ("numpy", "numpy.linalg", "numpy.random", "numpy.ma", "bplearn")
BUILTINS = (
    "abs all any bool enumerate float getattr hasattr int isinstance len list map max min range repr round set sorted "
    "str sum tuple type zip"
)

Seals = dict[str, dict[str, str]]  # module, name, seal


def seals() -> Seals:
    """Return the seal of each function and method that is loaded in NumPy's main modules and in bplearn.

    >>> "numpy.allclose" in seals()["numpy"]
    True
    """
    found = {"builtins": {f"builtins.{name}": _seal(getattr(builtins, name)) for name in BUILTINS.split()}}
    for name, module in list(sys.modules.items()):
        if name in MODULES or name.startswith("bplearn."):
            found[name] = _of_module(name, module)
    return found


def checksums(found: Seals) -> dict[str, int]:
    """Return one number for the seals of each module."""
    return {
        name: zlib.crc32("\n".join(f"{k} {v}" for k, v in sorted(some.items())).encode())
        for name, some in found.items()
    }


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
        if isinstance(value, type) and getattr(value, "__module__", "") == name and name.startswith("bplearn"):
            parts = ((part, own) for part, own in list(vars(value).items()) if callable(own))
            found.update({f"{name}.{key}.{part}": _seal(own) for part, own in parts})
    return found


def _seal(value: Any) -> str:
    """Return kind, home, name and a checksum of the bytecode, of what a decorator wraps as well."""
    words = []
    for _ in range(5):
        named = (getattr(value, part, "") for part in ("__module__", "__qualname__", "__name__"))
        words += [type(value).__qualname__, *map(str, named)]
        code = getattr(value, "__code__", None)
        if isinstance(code, CodeType):
            words.append(f"{zlib.crc32(code.co_code + repr(code.co_names).encode()):08x}")
        value = getattr(value, "__wrapped__", None)
        if value is None:
            break
    return " ".join(words)
