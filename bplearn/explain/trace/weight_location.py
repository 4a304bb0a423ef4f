"""Finds the number that `layer` and `index` of a trace mean, and every place where the network uses it.

A layer that stands twice in a network, or two layers that share a parameter, have one weight with several uses.
Used by `trace_weight`, notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError, ShapeError
from bplearn.layers import Layer
from bplearn.network import Sequential
from bplearn.parameter import Parameter


@dataclass(frozen=True)
class WeightLocation:
    """One entry of one parameter: its layer, its name and number there, the index, and (layer, name) of each use."""

    layer: int
    name: str
    number: int
    index: tuple[int, ...]
    uses: tuple[tuple[int, str], ...]


def locate(network: Sequential, layer: int | Layer, index: Any, parameter: str | None = None) -> WeightLocation:
    """Return the place of the weight.

    Raises: ArgumentError for a layer that is not there or has no such parameter, ShapeError for an index outside.

    >>> locate(Sequential(Dense(2, 1)), 0, (1, 0)).name
    'W'
    """
    if not isinstance(network, Sequential):
        raise ArgumentError(expected_got("network", "a Sequential", repr(network), "Write mlp(2, 2, 2)."))
    number, inside = _layer_number(network, layer)
    entry = tuple(index) if isinstance(index, tuple | list) else (index,)
    if not all(isinstance(i, int | np.integer) and not isinstance(i, bool) for i in entry):
        raise ArgumentError(expected_got("index", "(i, j) for a weight or j for a bias", repr(index)))
    name, chosen = _parameter(network[number], number, entry, parameter, inside)
    if any(not -size <= i < size for i, size in zip(entry, chosen.shape, strict=True)):
        limits = " and ".join(f"0..{size - 1}" for size in chosen.shape)
        subject = f"index of {name} in layer {number}, {network[number]!r},"
        advice = "W[i, j] leads from input i to output j." if len(entry) == 2 else ""
        raise ShapeError(expected_got(subject, limits, repr(index), advice))
    uses = [
        (place, its_name)
        for place, layer_there in enumerate(network)
        for its_name, p in layer_there.named_parameters().items()
        if p is chosen
    ]  # `is`: two parameters with equal values are two parameters
    wrapped = tuple(int(i) % size for i, size in zip(entry, chosen.shape, strict=True))
    here = [p is chosen for p in network[number].parameters()].index(True)
    return WeightLocation(number, name, here, wrapped, tuple(uses))


def _layer_number(network: Sequential, layer: int | Layer) -> tuple[int, str]:
    """Return the layer's number; for a layer inside a block the block's, and how its parameters' names begin there."""
    if isinstance(layer, Layer):
        for number, layer_there in enumerate(network):
            if layer_there is layer:
                return number, ""
        for number, layer_there in enumerate(network):
            for name, inner in _inner_layers(layer_there):
                if inner is layer:
                    return number, f"{name}."
        raise ArgumentError(expected_got("layer", "a layer of this network", repr(layer), "Pass network[0], or 0."))
    if not isinstance(layer, int | np.integer) or isinstance(layer, bool) or not -len(network) <= layer < len(network):
        raise ArgumentError(expected_got("layer", f"a layer or its number, 0..{len(network) - 1}", repr(layer)))
    return int(layer) % len(network), ""


def _inner_layers(block: Layer) -> Iterator[tuple[str, Layer]]:
    """Yield the layers inside a block, each with its place: "0", and "0.1" for layer 1 of a block in it."""
    for place, layer in enumerate(block.inner_layers()):
        yield str(place), layer
        yield from ((f"{place}.{name}", inner) for name, inner in _inner_layers(layer))


def _parameter(
    layer: Layer, number: int, entry: tuple[int, ...], name: str | None, inside: str
) -> tuple[str, Parameter]:
    subject = f"layer {number}, {layer!r},"
    there = {its: p for its, p in layer.named_parameters().items() if its.startswith(inside)}
    name = f"{inside}{name}" if name is not None and not name.startswith(inside) else name
    if not there:
        advice = "Choose a layer with weights, such as a Dense."
        raise ArgumentError(expected_got(subject, "to have weights to trace", "none", advice))
    listed = ", ".join(f"{its_name} {p.shape}" for its_name, p in there.items())
    fitting = [(its, p) for its, p in there.items() if len(p.shape) == len(entry) and name in (None, its)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        advice = f"Say which: parameter={fitting[0][0]!r}."
        raise ArgumentError(expected_got(subject, f"one parameter for an index of {len(entry)}", listed, advice))
    wanted = f"a parameter {name!r}" if name is not None else "a parameter"
    example = next((its for its, p in there.items() if name == its), next(iter(there)))
    plain = name is None and {len(p.shape) for p in there.values()} <= {1, 2}
    zeros = ", ".join("0" * len(there[example].shape))
    advice = "A weight is (i, j), a bias is j." if plain else f"An entry of {example} is ({zeros})."
    raise ArgumentError(expected_got(subject, f"{wanted} for an index of {len(entry)}", listed, advice))
