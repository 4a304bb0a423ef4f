"""What a block of layers takes, and what the layers of today want of their input: the right width, the right length.

A block (Residual, PerToken) looks at its layers when it is built; what they make of x it can only see in forward.
Used by the layers of notebooks 16 to 18.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got
from bplearn.checks.layers import check_signatures
from bplearn.errors import ArgumentError, DataError, ShapeError
from bplearn.layers.base import Layer


def inside(block: Layer, layers: tuple[Any, ...]) -> tuple[Layer, ...]:
    """Return the layers of a block. Raises: ArgumentError for none, and for what is no layer."""
    subject = type(block).__name__
    if not layers:
        raise ArgumentError(expected_got(subject, "at least one layer inside", "none"))
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            is_class = isinstance(layer, type) and issubclass(layer, Layer)
            advice = f"Write {layer.__name__}(...)." if is_class else f"Pass layers one by one: {subject}(a, b, c)."
            raise ArgumentError(expected_got(f"{subject}, place {place},", "a layer", repr(layer), advice))
        check_signatures(type(layer))
    return layers


def check_keeps_shape(block: Layer, x: Array, y: Array) -> None:
    """Refuse layers whose output cannot be added to x, number by number: NumPy would stretch it."""
    if y.shape != x.shape:
        advice = "The last layer inside needs as many outputs as the block has inputs."
        expected = f"its layers to return the shape of x, {x.shape}"
        raise ShapeError(expected_got(f"{block!r}", expected, y.shape, advice))


def check_width(layer: Layer, x: Array, width: int, meaning: str) -> None:
    """Refuse an x whose rows have not this many numbers; `meaning` says where they come from."""
    if x.ndim < 2 or x.shape[-1] != width:
        advice = f"The width is {meaning}."
        if x.ndim < 2:
            advice = "For one sample write x[None, :]."
        elif x.ndim > 2 and x[0].size == width:
            advice = "Put a Flatten() before it."
        raise ShapeError(expected_got(f"{layer!r}", f"x of shape (N, {width})", x.shape, advice))


def check_tokens(layer: Any, x: Array) -> None:
    """Refuse rows that cannot be cut into the tokens of a layer."""
    if x.ndim < 2 or x.shape[-1] % layer.length:
        advice = f"A row holds {layer.length} tokens, one after the other."
        raise ShapeError(expected_got(f"{layer!r}", f"x of shape (N, {layer.length} * D)", x.shape, advice))


def check_heads(layer: Any) -> None:
    """Refuse a number of heads that does not divide the width."""
    if layer.n % layer.heads:
        fitting = ", ".join(str(heads) for heads in range(1, layer.n + 1) if layer.n % heads == 0)
        advice = f"Heads that fit: {fitting}."
        raise ArgumentError(expected_got("Attention", f"heads that divide {layer.n}", f"{layer.heads}", advice))


def token_numbers(layer: Any, x: Array) -> Array:
    """Return x as whole numbers that choose rows of an embedding, (N, T)."""
    if x.ndim != 2 or (layer.length is not None and x.shape[1] != layer.length):
        wanted = f"x of shape (N, {'T' if layer.length is None else layer.length}), a number for each token"
        raise ShapeError(expected_got(f"{layer!r}", wanted, x.shape))
    bad = (x < 0) | (x >= layer.n_tokens) | (x != np.floor(x))
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        wanted = f"whole numbers 0..{layer.n_tokens - 1}"
        raise DataError(expected_got(f"{layer!r}", wanted, f"{x[place]:g} at {list(place)}"))
    return x.astype(np.intp)


def check_windows(layer: Any) -> None:
    """Refuse a window that is larger than the image with its rim."""
    smallest = min(layer.image) + 2 * layer.padding
    if layer.size > smallest:
        advice = f"Make size at most {smallest}, or the padding larger."
        raise ArgumentError(expected_got(f"{layer!r}", "a window that fits the image", f"size {layer.size}", advice))


def check_pooling(layer: Any) -> None:
    """Refuse tiles that do not fill the image."""
    if any(length % layer.size for length in layer.image):
        fitting = [n for n in range(2, min(layer.image) + 1) if not any(length % n for length in layer.image)]
        advice = f"Sizes that fit: {', '.join(map(str, fitting))}." if fitting else ""
        raise ArgumentError(expected_got(f"{layer!r}", "tiles that fill the image", f"size {layer.size}", advice))
