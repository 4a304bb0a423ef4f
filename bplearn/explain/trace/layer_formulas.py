"""The formula of each local derivative of a layer, also inside a block: dy/dx, and dy/dw for an entry of a parameter.

These formulas are only shown. The numbers that are multiplied come from `backward`; a test holds the two together.
notebooks/06_trace_one_weight.ipynb shows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.explain.naming import Name
from bplearn.explain.trace.formulas import Formula
from bplearn.explain.trace.inner_steps import Beside, Mix, Scores, SeenShares, Times
from bplearn.layers import (
    Convolution,
    Dense,
    Dropout,
    Embedding,
    Layer,
    LayerNorm,
    MaxPooling,
    PerToken,
    Softmax,
)
from bplearn.layers.base import Cache
from bplearn.show.text import short

Named = tuple[Name, float]
NameOf = Callable[[int], Name]


@dataclass(frozen=True, eq=False)
class Pass:
    """One row's pass through a layer: what went in and came out, and how these numbers and the weights are called.

    Shapes: x (inputs,), y (outputs,); `row` is its row in the arrays of the cache.
    """

    layer: Layer
    x: Array
    y: Array
    cache: Cache
    row: int
    name_x: NameOf
    name_y: NameOf
    name_weight: Callable[[str, tuple[int, ...]], Name]

    def input(self, unit: int) -> Named:
        """Name and number of one input."""
        return self.name_x(unit), float(self.x[unit])

    def output(self, unit: int) -> Named:
        """Name and number of one output."""
        return self.name_y(unit), float(self.y[unit])

    def weight(self, name: str, *index: int) -> Named:
        """Name and number of one entry of a parameter."""
        return self.name_weight(name, index), float(self.layer.named_parameters()[name].value[index])


def layer_formula(found: Pass, output: int, entry: int) -> Formula:
    """Return the formula of dy/dx for one output and one input, `entry`, of a layer.

    >>> name = lambda letter: lambda unit: Name(f"{letter}{unit + 1}", "")
    >>> sigmoid = Pass(Sigmoid(), np.zeros(1), np.array([0.5]), {}, 0, name("z"), name("h"), None)
    >>> layer_formula(sigmoid, 0, 0).text, layer_formula(sigmoid, 0, 0).numbers
    ('h1 * (1 - h1)', '0.5 * (1 - 0.5)')
    """
    found, output, entry = _innermost(found, output, entry)
    match found.layer:
        case Dense():
            return Formula("{W}", {"W": found.weight("W", entry, output)})
        case Softmax() | SeenShares():
            if entry == output:
                return Formula("{y} * (1 - {y})", {"y": found.output(output)})
            return Formula("-{y} * {other}", {"y": found.output(output), "other": found.output(entry)})
        case LayerNorm():
            return _norm(found, output, entry)
        case Dropout():
            return Formula(f"1 / (1 - {short(found.layer.p)})", {})
        case Convolution():
            return Formula("{W}", {"W": found.weight("W", *_kernel_entry(found.layer, output, entry))})
        case MaxPooling():
            return Formula("1, since {y} = {x}", {"y": found.output(output), "x": found.input(entry)})
        case Times():
            name, column = found.layer.column(output, len(found.y))
            return Formula("{W}", {"W": found.weight(name, entry % found.layer.n, column)})
        case Scores():
            return _score(found, output, entry)
        case Mix():
            return Formula("{other}", {"other": found.input(_met_in_mix(found.layer, output, entry))})
    return _bent(found, output, entry)


def parameter_formula(found: Pass, name: str, index: tuple[int, ...], output: int) -> Formula:
    """Return the formula of dy/dw for one output and one entry of a parameter: of a Dense's W its input, of b 1.

    >>> name = lambda letter: lambda unit: Name(f"{letter}{unit + 1}", "")
    >>> dense = Pass(Dense(1, 1), np.array([0.05]), np.zeros(1), {}, 0, name("x"), name("z"), None)
    >>> parameter_formula(dense, "W", (0, 0), 0).text
    'x1'
    """
    found, output, _ = _innermost(found, output, 0)
    match found.layer, name.rpartition(".")[2]:
        case (Dense() | Convolution() | LayerNorm(), "b") | (Embedding(), _):
            return Formula("1", {})
        case Dense(), "W":
            return Formula("{x}", {"x": found.input(index[0])})
        case LayerNorm(), "g":
            return Formula("{normed}", {"normed": _normed(found, output)})
        case Convolution(), "W":
            return Formula("{x}", {"x": found.input(_pixel(found.layer, output, index))})
        case Times(), _:
            token = output // found.layer.n % (len(found.x) // found.layer.n)
            return Formula("{x}", {"x": found.input(token * found.layer.n + index[0])})
    return Formula(f"from {type(found.layer).__name__}.backward", {})


def _innermost(found: Pass, output: int, entry: int) -> tuple[Pass, int, int]:
    """Go into a layer beside a skip, and into a layer for each token."""
    layer = found.layer
    if isinstance(layer, Beside):
        width = found.cache["width"]
        inner = replace(
            found, layer=layer.layer, x=found.x[: layer.width], y=found.y[:width], cache=found.cache["inner"]
        )
        return _innermost(inner, output, entry)
    if not isinstance(layer, PerToken) or len(layer.layers) > 1:
        return found, output, entry
    wide, tall = len(found.x) // layer.length, len(found.y) // layer.length
    token, output = divmod(output, tall)
    inner = Pass(
        layer.layers[0],
        found.x[token * wide : (token + 1) * wide],
        found.y[token * tall : (token + 1) * tall],
        found.cache["caches"][0],
        found.row * layer.length + token,
        lambda unit: found.name_x(token * wide + unit),
        lambda unit: found.name_y(token * tall + unit),
        lambda name, index: found.name_weight(f"0.{name}", index),
    )
    return _innermost(inner, output, entry % wide)


def _bent(found: Pass, output: int, entry: int) -> Formula:
    """The formula of a layer that bends each number on its own, as the layer itself says it."""
    layer = found.layer
    if not layer.derivative:
        return Formula(f"from {type(layer).__name__}.backward", {})
    x, template = found.input(entry), layer.derivative
    cases = re.fullmatch(r"(.*) where ({x} > 0), else (.*)", template)
    if cases:
        template = f"{cases[1]}, since {cases[2]}" if x[1] > 0 else f"{cases[3]}, since {{x}} <= 0"
    numbers = {name: value for name, value in layer.settings().items() if isinstance(value, int | float)}
    for name, setting in numbers.items():
        template = template.replace(f"{{{name}}}", short(setting))
    return Formula(template, {"x": x, "y": found.output(output)})


def _normed(found: Pass, unit: int) -> Named:
    """What LayerNorm makes of a number before it scales and shifts it."""
    name = Name(f"normed{unit + 1}", rf"\mathrm{{normed}}_{{{unit + 1}}}")
    return name, float(found.cache["normed"][found.row, unit])


def _norm(found: Pass, output: int, entry: int) -> Formula:
    """A norm's fork: straight to the output of its own, by the mean and by the spread to all outputs."""
    places = {
        "g": found.weight("g", output),
        "std": (Name("std", r"\mathrm{std}"), float(found.cache["std"][found.row, 0])),
        "a": _normed(found, output),
    }
    if output == entry:
        return Formula(f"{{g}} / {{std}} * (1 - (1 + {{a}}^2) / {len(found.x)})", places)
    places["c"] = _normed(found, entry)
    return Formula(f"-{{g}} / {{std}} * (1 + {{a}} * {{c}}) / {len(found.x)}", places)


def _positions(layer: Convolution) -> tuple[int, ...]:
    return tuple(side + 2 * layer.padding - layer.size + 1 for side in layer.image)


def _kernel_entry(layer: Convolution, output: int, pixel: int) -> tuple[int, int, int, int]:
    """Return which weight (c, i, j, m) lies on a pixel in the window of an output."""
    m, row, column = np.unravel_index(output, (layer.n_out, *_positions(layer)))
    c, y, x = np.unravel_index(pixel, (layer.n_in, *layer.image))
    return int(c), int(y - row) + layer.padding, int(x - column) + layer.padding, int(m)


def _pixel(layer: Convolution, output: int, index: tuple[int, ...]) -> int:
    """Return the pixel on which weight (c, i, j, m) lies in the window of an output."""
    _, row, column = np.unravel_index(output, (layer.n_out, *_positions(layer)))
    y, x = row + index[1] - layer.padding, column + index[2] - layer.padding
    return int((index[0] * layer.image[0] + y) * layer.image[1] + x)


def _score(found: Pass, output: int, entry: int) -> Formula:
    """A score q k / sqrt(d) by a number of the query: the key that it meets; by one of the key: the query."""
    attention = found.layer.attention  # type: ignore[attr-defined]
    length, n, d = attention.length, attention.n, attention.n // attention.heads
    asking, asked = divmod(output % length**2, length)
    third, place = divmod(entry, length * n)
    met = place % n + (length * n + asked * n if third == 0 else asking * n)
    return Formula("{other} / sqrt({d})", {"other": found.input(met), "d": (Name("d", "d"), d)})


def _met_in_mix(layer: Mix, output: int, entry: int) -> int:
    """Return which input a number of [p, v] is multiplied with in an output of p v."""
    attention = layer.attention
    length, n = attention.length, attention.n
    shares = attention.heads * length**2
    asking, column = divmod(output, n)
    if entry < shares:
        return shares + entry % length * n + column
    head = column // (n // attention.heads)
    return (head * length + asking) * length + (entry - shares) // n
