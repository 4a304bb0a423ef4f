"""The network as a picture: units as circles, weights as lines whose width is their size and whose dash is their sign.

With a tape each unit shows its output for one sample; with `show="gradients"` the lines show where the error flows.
Small networks show every number. Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bplearn.checks.arrays import Array, expected_got, positive_integer
from bplearn.errors import ArgumentError, TapeMismatch
from bplearn.layers import Dense
from bplearn.network import Sequential
from bplearn.plotting.network_parts import Part, network_parts
from bplearn.show.network import NetworkDrawing, UnitColumn, first_and_last, layout
from bplearn.show.picture import Picture
from bplearn.show.svg import text
from bplearn.show.text import counted, listed, short
from bplearn.tape import Tape

_FEW = 24  # up to so many weights each number is written


def plot_network(
    network: Sequential,
    tape: Tape | None = None,
    *,
    show: str = "weights",
    sample: int = 0,
    numbers: bool | None = None,
    max_units: int = 6,
) -> Picture:
    """Draw the units of a network and the weights between them, the input on the left.

    Width is size; blue and solid is positive, orange and dashed negative. Biases stand above their units.
    With a tape, units show their output for row `sample`. `show="gradients"` draws dL/dW and dL/db instead of W and b,
    from the tape where there is one. `numbers` writes each number; None does so for small networks.
    A layer of more than `max_units` units shows its first ones, dots, and the last one. A residual block is drawn as
    its layers with bows around them, PerToken as its layers for each token, a convolution with a line wherever a weight
    of its kernel is used; the lines of a norm, of pooling and of an attention are no weights, but with a tape an
    attention's are the shares that a token takes of another.

    Raises: ArgumentError for what cannot be drawn, TapeMismatch for another network's tape, DataError where gradients
    are asked for before a backward pass.

    >>> network = Sequential(Dense(2, 1, weights=[[0.5], [-0.25]], bias=[0.1]), Sigmoid())
    >>> plot_network(network).desc
    'Layer 0, Dense(2 -> 1), Sigmoid: W [[0.5], [-0.25]], b [0.1].'

    Introduced in: notebooks/02_forward_pass.ipynb
    """
    _check(network, tape, show)
    parts = network_parts(network, tape, show, sample)
    values = [_input(tape, parts, sample), *(part.y for part in parts)]
    sizes = [parts[0].shape[0], *(part.shape[1] for part in parts)]
    small = sum(part.shape[0] * part.shape[1] for part in parts) <= _FEW and max(sizes) <= 4
    numbers = small if numbers is None else numbers
    most = max(positive_integer(max_units, "max_units"), 2)
    rows = max(min(size, most + 1) for size in sizes)
    rise, radius = (88.0, 25.0) if numbers else (42.0, 12.0)
    gaps = [max(210.0, 125.0 * (min(size, most) - 1)) if numbers else max(150.0, 25.0 * rows) for size in sizes[:-1]]
    top, bottom = (46.0, 46.0 + rise * rows) if numbers else (30.0, 30.0 + rise * rows)
    xs = np.cumsum([70.0, *gaps]).tolist()
    shown = [first_and_last(size, most) for size in sizes]
    drawing = NetworkDrawing(layout(sizes, shown, xs, top, bottom, rise=rise, dots=True), radius)
    largest = max((float(np.abs(part.W).max()) for part in parts if part.W is not None), default=1.0)
    for place, part in enumerate(parts):
        if part.skip:
            drawing.skips(place + 1 - part.skip, place + 1)
        if part.W is None:
            drawing.links(place, part.there)
            continue
        widest = 5.0 if small else 3.2
        drawing.weights(place, part.W, largest=largest, widest=widest, numbers=numbers, there=part.there)
    for place, column in enumerate(drawing.columns):
        b = parts[place - 1].b if place else None
        _units(drawing, column, _names(column, place, len(sizes)), values[place], b, show, numbers)
    drawing.dots()
    kinds = ["input", *["unit"] * (len(parts) - 1), "output"]
    captions = ["\n".join([counted(sizes[0], kinds[0])])]
    captions += [
        "\n".join([counted(part.shape[1], kind), *part.names[isinstance(part.layer, Dense) :]])
        for part, kind in zip(parts, kinds[1:], strict=True)
    ]
    drawing.captions(captions, bottom + 10, size=12)
    what = "Gradients of the loss" if show == "gradients" else "Weights"
    legend = text(8, 18, f"{what}: positive solid, negative dashed", size=13, font_weight=600)
    height = bottom + 16 * max(caption.count("\n") + 1 for caption in captions) + 6
    title = f"Network {'-'.join(map(str, sizes))}, {show}"
    width = max(xs[-1] + 70, 320.0)
    return Picture(width, height, legend + drawing.body(), title, _words(parts, sizes, values, show, sample))


def _units(
    drawing: NetworkDrawing, column: UnitColumn, names: list[str], y: Array | None, b: Array | None, show: str,
    numbers: bool,
) -> None:  # fmt: skip
    """Draw the units of a column: their numbers inside, tinted by size and sign, name and bias above."""
    largest = 1.0 if y is None else float(np.abs(y).max()) or 1.0
    for unit, name in zip(column.units, names, strict=True):
        value = 0.0 if y is None else float(y[unit])
        inside, above = (name, "") if y is None else (short(value), name)
        bias = "" if b is None else f"{'db' if show == 'gradients' else 'b'} {short(float(b[unit]))}"
        above = " \u00b7 ".join(filter(None, [above, bias]))
        drawing.unit(
            column.spot(unit), inside=inside if numbers else "", name=above if numbers else "", number=value,
            strength=abs(value) / largest,
        )  # fmt: skip


def _check(network: Any, tape: Any, show: str) -> None:
    if not isinstance(network, Sequential):
        raise ArgumentError(expected_got("plot_network", "a Sequential network", repr(network)))
    if show not in ("weights", "gradients"):
        raise ArgumentError(expected_got("show", "'weights' or 'gradients'", repr(show)))
    if tape is not None and not isinstance(tape, Tape):
        advice = "Write y, tape = network.forward(x)."
        raise ArgumentError(expected_got("plot_network", "a tape", f"a {type(tape).__name__}", advice))
    if tape is not None and tape.owner is not network:
        raise TapeMismatch(expected_got("plot_network", "a tape of this network", f"one of {tape.owner!r}"))


def _input(tape: Tape | None, parts: list[Part], sample: int) -> Array | None:
    """Return what went into the first layer that is drawn."""
    return None if tape is None else tape[int(parts[0].place.partition(" ")[0])].x[sample].ravel()


def _names(column: UnitColumn, place: int, count: int) -> list[str]:
    letter = "x" if place == 0 else "o" if place == count - 1 else "h"
    hidden = f"{place}." if count > 3 and letter == "h" else ""
    return [f"{letter}{hidden}{unit + 1}" for unit in column.units]


def _words(parts: list[Part], widths: list[int], values: list[Any], show: str, sample: int) -> str:
    sentences = [f"Layer {part.place}, {', '.join(part.names)}{_lines_in_words(part, show)}" for part in parts]
    if values[0] is not None and max(widths) <= 10:
        sentences.append(f"Sample {sample}: x {listed(values[0])}")
        sentences += [f"units after layer {part.last} {listed(v)}" for part, v in zip(parts, values[1:], strict=True)]
    elif values[-1] is not None:
        sentences.append(f"Sample {sample}: output {listed(values[-1])}")
    return ". ".join(sentences) + "."


def _lines_in_words(part: Part, show: str) -> str:
    """Say what the lines of a part are: all weights of a small Dense, the range of others."""
    W_name, b_name = ("dW", "db") if show == "gradients" else ("W", "b")
    W = part.W
    if part.there is not None:
        count = f": {int(part.there.sum()):,} lines"
        if W is None:
            return count
        low, high = W[part.there].min(), W[part.there].max()
        return f"{count} with numbers from {short(float(low))} to {short(float(high))}"
    if W is None:
        return ""
    if W.size <= _FEW:
        return f": {W_name} {listed(W)}, {b_name} {listed(part.b)}"
    i, j = np.unravel_index(int(np.abs(W).argmax()), W.shape)
    positive = round(100 * float((W > 0).mean()))
    return (
        f": {W.size:,} weights from {short(float(W.min()))} to {short(float(W.max()))}, "
        f"{positive}% positive, largest in size {W_name}[{i}, {j}] = {short(float(W[i, j]))}"
    )
