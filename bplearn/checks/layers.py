"""What a layer of your own promises, said in words where it does not keep it: two pairs, and a gradient by name.

The signatures are looked at once, when a network is built. What the methods return is looked at only after an error,
so that the passes themselves are no slower. The layers of notebooks/05_backward_pass.ipynb keep to it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError
from bplearn.layers.base import Cache, Layer

FORWARD = "def forward(self, x):"
BACKWARD = "def backward(self, dy, cache, *, input_gradient=True):"


@lru_cache(maxsize=256)
def check_signatures(kind: type[Layer]) -> None:
    """Refuse a class of layers whose methods cannot be called as a network calls them.

    Raises: ArgumentError, with the line to write.

    >>> check_signatures(Tanh)
    """
    _callable(f"{kind.__name__}.forward", kind.forward, FORWARD, "self", "x")
    _callable(f"{kind.__name__}.backward", kind.backward, BACKWARD, "self", "dy", "cache", input_gradient=True)


def _callable(name: str, method: Callable[..., Any], line: str, *values: str, **options: bool) -> None:
    try:
        inspect.signature(method).bind(*values, **options)
    except TypeError as problem:
        raise ArgumentError(f"{name} cannot be called by a network ({problem}). Write `{line}`.") from None


def checked_forward(layer: Layer, x: Array) -> tuple[Array, Cache]:
    """Return the output and the cache of a layer, after a look at what it returns.

    Raises: ArgumentError where that is no pair of an array and a dict.

    >>> checked_forward(Tanh(), np.zeros((1, 1)))
    (array([[0.]]), {'y': array([[0.]])})
    """
    answer = layer.forward(x)
    if not _is_pair(answer):
        advice = "Write `return y, cache`; the cache is a dict of what backward needs, {} if nothing."
        subject = f"{type(layer).__name__}.forward"
        raise ArgumentError(expected_got(subject, "to return (y, cache), an array and a dict", _spell(answer), advice))
    return answer


def explain_forward(layer: Layer, x: Array) -> None:
    """Say what is wrong with what a layer's forward returns; say nothing where it raises by itself.

    Raises: ArgumentError.

    >>> explain_forward(Tanh(), np.ones((1, 1)))
    """
    if _ask(lambda: layer.forward(x)) is not None:
        checked_forward(layer, x)


def explain_backward(layer: Layer, dy: Array, cache: Cache) -> None:
    """Say what is wrong with what a layer's backward returns; say nothing where it raises by itself.

    Raises: ArgumentError.

    >>> explain_backward(Tanh(), np.ones((1, 1)), {"y": np.zeros((1, 1))})
    """
    advice = "Write `return dx, grads`; grads is a dict with a gradient for each parameter, {} if there are none."
    answer, subject = _ask(lambda: layer.backward(dy, cache)), f"{type(layer).__name__}.backward"
    if answer is None:
        return
    if not _is_pair(answer[0]):
        raise ArgumentError(
            expected_got(subject, "to return (dx, grads), an array and a dict", _spell(answer[0]), advice)
        )
    names, given = [p.name for p in layer.parameters()], list(answer[0][1])
    if not set(names) <= set(given):
        advice = "The names are those given to Parameter(value, name)."
        raise ArgumentError(
            expected_got(subject, f"a gradient for each of {_listed(names)}", _listed(given) or "none", advice)
        )


def _ask(call: Callable[[], Any]) -> tuple[Any] | None:
    """Return the answer in a tuple of one; None where the call raises, for that error speaks for itself."""
    try:
        return (call(),)
    except Exception:
        return None


def _is_pair(answer: Any) -> bool:
    return isinstance(answer, tuple | list) and len(answer) == 2 and isinstance(answer[1], dict)


def _listed(names: list[str]) -> str:
    return ", ".join(map(repr, names))


def _spell(answer: Any) -> str:
    if isinstance(answer, np.ndarray):
        return f"one array of shape {answer.shape}"
    if isinstance(answer, tuple):
        return f"({', '.join(type(part).__name__ for part in answer)})"
    return repr(answer)
