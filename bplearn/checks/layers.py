"""What a layer must do: a Dense layer's arrays and its input fit, and a layer of your own returns what a network needs.

The signatures of a class are checked once, when a network is built. What its methods return is checked only after an
error, so that the passes themselves are no slower. The layers of notebooks/05_backward_pass.ipynb keep to it.
"""

from __future__ import annotations

import inspect
import math
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, as_rng, describe, expected_got
from bplearn.checks.parameters import finite_floats
from bplearn.errors import ArgumentError, BplearnError, ShapeError

FORWARD = "def forward(self, x):"
RAW = (TypeError, ValueError, IndexError)  # what NumPy raises for arrays that do not fit
BACKWARD = "def backward(self, dy, cache, *, input_gradient=True):"


@lru_cache(maxsize=256)
def check_signatures(kind: Any) -> None:
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


def checked_forward(layer: Any, x: Array) -> tuple[Array, dict[str, Any]]:
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


def told_forward(layer: Any, x: Array, drawn: dict[str, Any] | None = None) -> tuple[Array, dict[str, Any]]:
    """Return what forward returns, or what again does with `drawn`; a NumPy error gets the layer's name and x.

    >>> told_forward(Tanh(), np.zeros((1, 1)))[0]
    array([[0.]])
    """
    try:
        return checked_forward(layer, x) if drawn is None else layer.again(x, drawn)
    except RAW:
        explain_forward(layer, x)
        raise


def told_backward(layer: Any, dy: Array, cache: dict[str, Any]) -> tuple[Array | None, dict[str, Array]]:
    """Return what backward returns; a NumPy error inside it gets the layer's name and dy.

    >>> told_backward(Tanh(), np.ones((1, 1)), {"y": np.zeros((1, 1))})
    (array([[1.]]), {})
    """
    try:
        dx, grads = layer.backward(dy, cache)
        return dx, grads
    except RAW:
        explain_backward(layer, dy, cache)
        raise


def explain_forward(layer: Any, x: Array, subject: str = "") -> None:
    """Say what is wrong with what a layer's forward returns, or for which x it fails with an error of NumPy's.

    Raises: ArgumentError, ShapeError.

    >>> explain_forward(Tanh(), np.ones((1, 1)))
    """
    if _ask(lambda: layer.forward(x), layer, "forward", {"x": x}, subject) is not None:
        checked_forward(layer, x)


def explain_backward(layer: Any, dy: Array, cache: dict[str, Any], subject: str = "") -> None:
    """Say what is wrong with what a layer's backward returns, or for which dy it fails with an error of NumPy's.

    Raises: ArgumentError, ShapeError.

    >>> explain_backward(Tanh(), np.ones((1, 1)), {"y": np.zeros((1, 1))})
    """
    advice = "Write `return dx, grads`; grads is a dict with a gradient for each parameter, {} if there are none."
    kept = {f"cache[{name!r}]": part for name, part in cache.items()} if isinstance(cache, dict) else {}
    answer = _ask(lambda: layer.backward(dy, cache), layer, "backward", {"dy": dy, **kept}, subject)
    subject = f"{type(layer).__name__}.backward"
    if answer is None:
        return
    if not _is_pair(answer[0]):
        raise ArgumentError(
            expected_got(subject, "to return (dx, grads), an array and a dict", _spell(answer[0]), advice)
        )
    names, given = list(layer.named_parameters()), list(answer[0][1])
    if not set(names) <= set(given):
        advice = "The names are those given to Parameter(value, name)."
        raise ArgumentError(
            expected_got(subject, f"a gradient for each of {_listed(names)}", _listed(given) or "none", advice)
        )


def _ask(
    call: Callable[[], Any], layer: Any, method: str, given: dict[str, Any], subject: str = ""
) -> tuple[Any] | None:
    """Return the answer in a tuple of one; None where the call raises an error that is clear by itself.

    A NumPy error names neither the layer nor its argument: this raises it again with both.
    """
    try:
        return (call(),)
    except BplearnError:
        return None
    except RAW as problem:
        if _is_meant(problem):
            return None
        name, array = next(iter(given.items()))
        expected = f"{method} to take {name} of shape {array.shape}"
        advice = _what_to_do(layer, method, given, problem)
        got = f"{type(problem).__name__}: {' '.join(str(problem).split()).rstrip('.')}"
        raise ShapeError(expected_got(subject or f"{layer!r}", expected, got, advice)) from problem
    except Exception:
        return None


def _is_meant(problem: BaseException) -> bool:
    """Tell what a layer itself raises, in words of its own, from what NumPy raises in it."""
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return "numpy" not in Path(last.filename).parts and (last.line or "").startswith("raise")


def _what_to_do(layer: Any, method: str, given: dict[str, Any], problem: BaseException) -> str:
    """Say where to look: at the numbers that are indices, or at the shapes that the method works with."""
    first = next(iter(given.values()))
    if isinstance(problem, IndexError) and method == "forward" and first.size:
        low, high = first.min(), first.max()
        if "out of bounds" in str(problem):
            return f"x goes from {low:g} to {high:g}; an index goes from 0 to the size of what it chooses from, less 1."
    if method == "forward" and ("integer" in str(problem) or "input types" in str(problem)):
        return f"x arrives as {first.dtype}: for whole numbers write x.astype(int) inside forward."
    shapes = [f"{name} {part.shape}" for name, part in list(given.items())[1:] if isinstance(part, np.ndarray)]
    shapes += [f"its {name} {p.shape}" for name, p in layer.named_parameters().items()]
    beside = f" It works with {', '.join(shapes)}." if shapes else ""
    alone = f"layer.forward(np.ones({first.shape}))"
    if method == "backward":
        return f"dy has the shape of forward's y.{beside}"
    return f"Try it alone: {alone}.{beside}"


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


def first_values(layer: Any, weights: Any, bias: Any, rng: Any) -> tuple[Array, Array]:
    """Return the first W and b of a Dense layer, drawn by their initializers or as they are given.

    Both must fit the layer, or be those of a stack of K networks.
    """
    generator, shape = as_rng(rng), (layer.n_in, layer.n_out)
    for name, value in (("weights", weights), ("bias", bias)):
        if isinstance(value, str | int | float):
            advice = f"Write {name}={'he_uniform' if name == 'weights' else 'zeros'}, or an array."
            raise ArgumentError(expected_got(f"Dense's {name}", "an initializer or an array", repr(value), advice))
    W = finite_floats(weights(shape, generator) if callable(weights) else weights, "W")
    b = finite_floats(bias(shape[1:], generator) if callable(bias) else bias, "b")
    if W.shape[-2:] != shape:
        advice = "Rows are inputs and columns are outputs: is it transposed?"
        raise ShapeError(expected_got(f"{layer!r}", f"weights of shape {shape}", W.shape, advice))
    stacked = (*W.shape[:-2], 1, layer.n_out)  # one bias row for each of K stacked networks
    if b.shape != (stacked if W.ndim > 2 else shape[1:]):
        raise ShapeError(expected_got(f"{layer!r}", f"a bias of shape {shape[1:]}", b.shape))
    return W, b


def first_array(layer: Any, name: str, given: Any, shape: tuple[int, ...], rng: Any) -> Array:
    """Return the first values of a parameter of this shape: as they are given, or drawn by an initializer.

    An initializer sees the inputs of an output as rows: (n_in * size * size, n_out) for a convolution.
    """
    if isinstance(given, str | int | float):
        advice = f"Write {name}={'he_uniform' if name == 'weights' else 'zeros'}, or an array."
        subject = f"{type(layer).__name__}'s {name}"
        raise ArgumentError(expected_got(subject, "an initializer or an array", repr(given), advice))
    if callable(given):
        flat = (math.prod(shape[:-1]), shape[-1]) if len(shape) > 1 else shape
        given = np.asarray(given(flat, as_rng(rng))).reshape(shape)
    values = finite_floats(given, name)
    if values.shape != shape:
        raise ShapeError(expected_got(f"{layer!r}", f"{name} of shape {shape}", values.shape))
    return values


def first_arrays(layer: Any, given: Any, shape: tuple[int, ...], count: int, rng: Any) -> list[Array]:
    """Return the first values of several parameters of one shape: drawn one after the other, or given as a tuple."""
    generator = as_rng(rng)
    if not callable(given) and not (isinstance(given, tuple | list) and len(given) == count):
        advice = f"Write weights=({', '.join(p for p in ('Wq', 'Wk', 'Wv', 'Wo'))})."
        subject = f"{type(layer).__name__}'s weights"
        raise ArgumentError(expected_got(subject, f"an initializer or {count} arrays", describe(given), advice))
    parts = [given] * count if callable(given) else given
    return [first_array(layer, "weights", part, shape, generator) for part in parts]


def check_columns(layer: Any, x: Array) -> None:
    """Refuse an x that has not one column for each input of a Dense layer."""
    if x.ndim < 2 or x.shape[-1] != layer.n_in:
        raise ShapeError(_misfit(layer, x))


def _misfit(layer: Any, x: Array) -> str:
    if x.ndim < 2:
        advice = "For one sample write x[None, :]; for one feature x[:, None]."
    elif x.ndim > 2 and x[0].size == layer.n_in:
        advice = "Put a Flatten() before it."
    elif x.shape[-1] > layer.n_in:
        advice = f"Build it as Dense({x.shape[-1]}, {layer.n_out}), or keep {layer.n_in} columns: x[:, :{layer.n_in}]."
    else:
        advice = f"Build it as Dense({x.shape[-1]}, {layer.n_out})."
    return expected_got(f"{layer!r}", f"x of shape (N, {layer.n_in})", x.shape, advice)
