"""Which layers learn faster, slower or not at all: the factors by layer or parameter that an optimizer takes.

`Adam(0.001, rates={network[0]: 0})` freezes a layer. The optimizer checks the kind of the keys at once. At the first
step it knows the network, so there it finds their parameters and makes one flat vector of factors. See
notebooks/13_optimizers.ipynb for the optimizers.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, describe, expected_got, number_in
from bplearn.checks.settings import CheckedSetting
from bplearn.errors import ArgumentError
from bplearn.parameter import Parameter

EXAMPLE = "Write rates={network[0]: 0} to freeze the first layer."


class Rates(CheckedSetting):
    """A dict of factors of at least 0 by layer or parameter, or None."""

    def __set__(self, instance: Any, value: Any) -> None:
        if value is not None and not isinstance(value, Mapping):
            raise ArgumentError(
                expected_got("rates", "a dict of factors by layer or parameter", describe(value), EXAMPLE)
            )
        for key, factor in (value or {}).items():
            _owned(key)
            number_in(factor, f"rates[{describe(key)}]", 0)
        vars(instance)[self.name] = dict(value) if value else None


def _owned(key: Any) -> tuple[Parameter, ...]:
    """Return the parameters of a key. Raises: ArgumentError where it has none."""
    if isinstance(key, Parameter):
        return (key,)
    if isinstance(key, type) or not callable(getattr(key, "parameters", None)):
        raise ArgumentError(expected_got("rates", "layers or parameters as keys", describe(key), EXAMPLE))
    found = tuple(key.parameters())
    if not found:
        advice = "Of several layers take those that have some: {layer: 0 for layer in network if layer.parameters()}."
        raise ArgumentError(expected_got("rates", "layers with parameters as keys", describe(key), advice))
    return found


def factors(rates: Mapping[Any, float], parameters: Sequence[Parameter]) -> Array:
    """Return one factor for each number of the parameters, end to end; 1 by default.

    Raises: ArgumentError for a key that owns none of these parameters, and where two layers share one and disagree.

    >>> W, b = Parameter([[1.0, 2.0]], name="W"), Parameter([3.0], name="b")
    >>> factors({b: 0.1}, [W, b])
    array([1. , 1. , 0.1])
    """
    known, named = {id(p) for p in parameters}, {id(key) for key in rates}
    given: dict[int, float] = {}
    for key, factor in rates.items():
        for p in _owned(key):
            if id(p) in named and key is not p:
                continue  # a parameter that is a key itself keeps its own factor
            if id(p) not in known:
                advice = "Name layers of the network that is trained: rates={network[0]: 0}."
                got = f"{describe(key)}, whose {p.name} it does not have"
                raise ArgumentError(expected_got("rates", "keys that belong to the network", got, advice))
            if given.get(id(p), factor) != factor:
                advice = f"Give the parameter itself a factor: {{network[0].{p.name}: {factor}}}."
                got = f"{given[id(p)]:g} and {factor:g} for {p.name}, which two layers share"
                raise ArgumentError(expected_got("rates", "one factor for each parameter", got, advice))
            given[id(p)] = float(factor)
    flat = np.concatenate([np.full(p.size, given.get(id(p), 1.0)) for p in parameters]) if parameters else np.zeros(0)
    if flat.size and not flat.any():
        warnings.warn("rates freezes every layer: nothing is left to learn.", stacklevel=2)
    return flat
