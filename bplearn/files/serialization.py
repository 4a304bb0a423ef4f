"""A saved network is one .npz file: a JSON description of its layers beside the arrays of their parameters.

It holds no pickle, so a file from a stranger may hold wrong numbers but cannot run code. It appears on the disk whole
or not at all.
Taught in notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

import inspect
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from bplearn import layers as known
from bplearn.checks.arrays import describe, expected_got
from bplearn.datasets.scaling import Scaling
from bplearn.errors import ArgumentError, BplearnError, FileFormatError, ShapeError
from bplearn.files.atomic import atomic_write
from bplearn.layers import Dense, Layer
from bplearn.layers.base import with_inner_layers
from bplearn.parameter import Parameter

FORMAT = "bplearn network"
VERSION = 1
Network = TypeVar("Network")
_BROKEN = (  # zipfile, NumPy and json raise these on damaged bytes
    OSError, EOFError, LookupError, ValueError, TypeError, AttributeError, RuntimeError, MemoryError, OverflowError,
    zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip


def save(path: str | PathLike[str], layers: Sequence[Layer], scaling: Scaling | None = None) -> None:
    """Write `layers` to `path`, atomically, and the scaling of their inputs. A layer that occurs twice is written once.

    It tries to build each layer from its entry first, so that no training is lost in a file that cannot be loaded.
    Raises: ArgumentError for settings that JSON cannot hold and for layers that cannot be built from them, OSError
    where the disk refuses.

    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "net.npz"
    >>> save(file, [known.Dense(2, 1, rng=0)])
    >>> load(file, (), build=lambda *layers: list(layers))
    ([Dense(2 -> 1)], None)
    """
    if not (scaling is None or isinstance(scaling, Scaling)):
        raise ArgumentError(
            expected_got("save's scaling", "a Scaling", describe(scaling), "Write scaling=data.scaling.")
        )
    if scaling and isinstance(layers[0], Dense) and layers[0].n_in != len(scaling.mean):
        got = f"one of {len(scaling.mean)}"
        raise ShapeError(expected_got("save", f"a scaling of {layers[0].n_in} columns, the network's inputs", got))
    distinct = list({id(part): part for layer in layers for part in with_inner_layers(layer)}.values())
    places = {id(layer): place for place, layer in enumerate(distinct)}
    entries = [_entry(layer, places) for layer in distinct]
    order = [places[id(layer)] for layer in layers]
    header = {"format": FORMAT, "version": VERSION, "layers": entries, "order": order}
    if scaling:
        header["scaling"] = scaling.settings()  # an older bplearn ignores this key
    try:
        description = json.dumps(header, default=_plain_number)
    except TypeError as problem:
        advice = "Let the layer keep numbers, text and lists only."
        raise ArgumentError(expected_got("save", "settings that JSON can hold", str(problem), advice)) from None
    arrays: dict[str, Any] = {
        f"{place}.{p.name}": p.value for place, layer in enumerate(distinct) for p in _own_parameters(layer)
    }
    _try_to_rebuild(distinct, json.loads(description)["layers"], arrays)
    atomic_write(path, lambda file: np.savez_compressed(file, description=np.array(description), **arrays))


def _entry(layer: Layer, places: dict[int, int]) -> dict[str, Any]:
    """Describe a layer. A block names its layers by their places in the file, so that a shared one stays shared."""
    entry: dict[str, Any] = {"class": type(layer).__name__, "settings": layer.settings()}
    if layer.inner_layers():
        return {**entry, "inside": [places[id(inner)] for inner in layer.inner_layers()]}
    states = [rng.bit_generator.state for rng in layer.generators()]
    return {**entry, "generators": states} if states else entry


def _own_parameters(layer: Layer) -> Sequence[Parameter]:
    return () if layer.inner_layers() else layer.parameters()


def _plain_number(value: Any) -> Any:
    """Return a number of NumPy's as one of Python's: for JSON they are the same."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _try_to_rebuild(layers: Sequence[Layer], entries: list[dict[str, Any]], arrays: dict[str, Any]) -> None:
    left, built = dict(arrays), list[Layer]()
    for place, (layer, entry) in enumerate(zip(layers, entries, strict=True)):
        try:
            built.append(_rebuild(place, entry, left, [type(layer)], "save", built))
        except Exception as problem:  # a learner's constructor may raise anything
            expected = f"a layer that {type(layer).__name__}(...) can build again from its attributes"
            got = f"{layer!r}, where that fails ({type(problem).__name__}: {problem})"
            advice = "Keep every argument of the constructor as an attribute of the same name. Nothing was written."
            raise ArgumentError(expected_got("save", expected, got, advice)) from problem
    if left:
        which, _, name = next(iter(left)).partition(".")
        expected = "parameters that the constructor makes"
        got = f"{name} of {layers[int(which)]!r}, which was set later"
        advice = "Make it in the constructor of a layer of your own. Nothing was written."
        raise ArgumentError(expected_got("save", expected, got, advice))


def load(
    path: str | PathLike[str], own: Sequence[type[Layer]], build: Callable[..., Network]
) -> tuple[Network, Scaling | None]:
    """Build a network of the layers that `save` wrote to `path`, and read its scaling.

    `own` names classes that are not bplearn's; `build` takes the layers one by one.
    Raises: FileFormatError for a truncated or foreign file, FileNotFoundError.
    """
    subject = f"load({os.fspath(path)!r})"
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile) or "description" not in archive:
                raise FileFormatError(expected_got(subject, "a network that save() wrote", "a file of another kind"))
            arrays = {name: archive[name] for name in archive}
        header = json.loads(str(arrays.pop("description")))
        if header["format"] != FORMAT or header["version"] != VERSION:
            got = f"{header['format']} {header['version']}"
            raise FileFormatError(
                expected_got(subject, f"{FORMAT} {VERSION}", got, "Was it written by a newer bplearn?")
            )
        layers = list[Layer]()
        for place, entry in enumerate(header["layers"]):
            layers.append(_rebuild(place, entry, arrays, own, subject, layers))
        if arrays:
            raise FileFormatError(expected_got(subject, "arrays for its layers alone", f"also {', '.join(arrays)}"))
        scaling = Scaling.restored(header["scaling"]) if "scaling" in header else None
        return build(*(layers[place] for place in header["order"])), scaling
    except BplearnError as problem:
        raise problem if isinstance(problem, FileFormatError) else FileFormatError(f"{subject}: {problem}") from None
    except FileNotFoundError:
        raise
    except _BROKEN as problem:
        found = f"a truncated or foreign file ({type(problem).__name__}: {problem})"
        raise FileFormatError(expected_got(subject, "a network that save() wrote", found)) from None


def _rebuild(
    place: int, entry: dict[str, Any], arrays: dict[str, Any], own: Sequence[type], subject: str, before: list[Layer]
) -> Layer:
    kinds = {name: getattr(known, name) for name in known.__all__} | {kind.__name__: kind for kind in own}
    kind = kinds.get(entry["class"])
    if not (isinstance(kind, type) and issubclass(kind, Layer) and not inspect.isabstract(kind)):
        advice = f"If it is your own layer, write Sequential.load(path, layers=({entry['class']},))."
        raise FileFormatError(expected_got(subject, "layers that are known here", entry["class"], advice))
    layer = _built(kind, entry["settings"], subject, [before[inner] for inner in entry.get("inside", ())])
    for rng, state in zip(layer.generators(), entry.get("generators", ()), strict=not layer.inner_layers()):
        rng.bit_generator.state = state
    for parameter in _own_parameters(layer):
        array = arrays.pop(f"{place}.{parameter.name}")
        if array.shape != parameter.shape:
            raise FileFormatError(expected_got(subject, f"{parameter.name} of shape {parameter.shape}", array.shape))
        parameter.__init__(array, parameter.name)  # type: ignore[misc]
    return layer


def _built(kind: type[Layer], settings: dict[str, Any], subject: str, inside: Sequence[Layer]) -> Layer:
    """Return a layer from its constructor's arguments; what else was set on it later, such as a name, is set again."""
    accepted = inspect.signature(kind).parameters.values()
    takes_all = any(p.kind is p.VAR_KEYWORD for p in accepted)
    arguments = {name: settings[name] for name in settings if takes_all or name in {p.name for p in accepted}}
    layer = kind(*inside, **arguments)
    for name in settings.keys() - arguments.keys():
        if hasattr(kind, name):
            expected = f"attributes of its own for {kind.__name__}"
            raise FileFormatError(expected_got(subject, expected, f"{name!r}, which is one of the class"))
        setattr(layer, name, settings[name])
    return layer
