"""The network as a picture: units as circles, weights as lines whose width is their size and whose dash is their sign.

With a tape each unit shows what it said for one sample; with `show="gradients"` the lines show where the error flows.
Small networks show every number. Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bplearn.checks.arrays import Array, expected_got, positive_integer
from bplearn.errors import ArgumentError, DataError, ShapeError, TapeMismatch
from bplearn.layers import Dense
from bplearn.network import Sequential, Tape
from bplearn.plotting.layout import Column, draw_units, draw_weights, layout, write, write_weight
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import Theme, bare, short, style

_FEW = 24  # up to so many weights each number is written


@dataclass
class _Part:
    """A Dense layer with the activations behind it: one set of lines and one column of units."""

    W: Array
    b: Array
    places: list[int]
    names: list[str] = field(default_factory=list)


def plot_network(
    network: Sequential,
    tape: Tape | None = None,
    *,
    show: str = "weights",
    sample: int = 0,
    numbers: bool | None = None,
    max_units: int = 6,
    ax: Axes | None = None,
) -> Axes:
    """Draw the units of a network and the weights between them, the input on the left.

    Width is size; blue and solid is positive, orange and dashed negative. Biases stand above their units.
    With a tape, units show their output for row `sample`. `show="gradients"` draws dL/dW and dL/db instead of W and b,
    from the tape where there is one. `numbers` writes each number; None does so for small networks.
    A layer of more than `max_units` units shows its first ones, dots, and the last one.

    Raises: ArgumentError for what cannot be drawn, TapeMismatch for another network's tape, DataError where gradients
    are asked for before a backward pass.

    >>> from bplearn.plotting import alt_text
    >>> network = Sequential(Dense(2, 1, weights=[[0.5], [-0.25]], bias=[0.1]), Sigmoid())
    >>> alt_text(plot_network(network))
    'Network 2-1, weights. Layer 0, Dense(2 -> 1), Sigmoid: W [[0.5], [-0.25]], b [0.1].'

    Introduced in: notebooks/02_forward_pass.ipynb
    """
    _check(network, tape, show)
    parts = _parts(network, tape, show)
    widths = [parts[0].W.shape[0], *(part.W.shape[1] for part in parts)]
    small = sum(part.W.size for part in parts) <= _FEW and max(widths) <= 4
    numbers = small if numbers is None else numbers
    most = max(positive_integer(max_units, "max_units"), 2)
    rows = max(min(width, most + 1) for width in widths)
    rise, gap, radius = (1.4, 2.9, 0.37) if numbers else (1.0, max(2.4, 0.5 * rows), 0.27)
    columns = layout(widths, most, gap=gap, rise=rise)
    low, high = -rise * (rows - 1) / 2 - radius, rise * (rows - 1) / 2 + radius
    size = np.array([columns[-1].x + 2 * radius + 1.0, high - low + 1.5])
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, *(size * min(0.8, 7.5 / size[0], 4.6 / size[1]) + [0, 0.3]))
        title = "Gradients of the loss" if show == "gradients" else "Weights"
        bare(ax, theme, title=f"{title}: positive solid, negative dashed")
        largest = max(float(np.abs(part.W).max()) for part in parts) or 1.0
        values = _values(tape, parts, sample)
        for place, part in enumerate(parts):
            left, right = columns[place : place + 2]
            draw_weights(ax, left, right, part.W, theme, largest=largest, widest=4.0 if small else 2.4)
            if numbers:
                _number_weights(ax, left, right, part.W, theme)
        for place, column in enumerate(columns):
            names = _unit_names(column, place, len(columns))
            y = values[place]
            inside = names if y is None else [short(float(y[unit])) for unit in column.units]
            draw_units(ax, column, theme, words=inside if numbers else (), values=y, radius=radius)
            if numbers:
                above = names if y is not None else [""] * len(names)
                _write_above(ax, column, above, parts[place - 1].b if place else None, show, radius, theme)
            _write_below(
                ax, column, low - 0.15, place, len(columns), parts[place - 1].names[1:] if place else [], theme
            )
        ax.set_xlim(-radius - 0.5, columns[-1].x + radius + 0.5)
        ax.set_ylim(low - 1.0, high + 0.5)
        ax.set_aspect("equal")
    return add_alt(ax, _words(parts, widths, values, show, sample))


def _check(network: Any, tape: Any, show: str) -> None:
    if not isinstance(network, Sequential):
        raise ArgumentError(expected_got("plot_network", "a Sequential network", repr(network)))
    if show not in ("weights", "gradients"):
        raise ArgumentError(expected_got("show", "'weights' or 'gradients'", repr(show)))
    if tape is not None and not isinstance(tape, Tape):
        advice = "Write y, tape = network.forward(x)."
        raise ArgumentError(expected_got("plot_network", "a tape", f"a {type(tape).__name__}", advice))
    if tape is not None and tape.network is not network:
        raise TapeMismatch(expected_got("plot_network", "a tape of this network", f"one of {tape.network!r}"))


def _parts(network: Sequential, tape: Tape | None, show: str) -> list[_Part]:
    """Gather each Dense layer with its numbers and with the layers that follow it."""
    parts: list[_Part] = []
    for place, layer in enumerate(network):
        if isinstance(layer, Dense):
            if layer.W.value.ndim > 2:
                raise ShapeError(expected_got("plot_network", "one network", f"a stack of them: W {layer.W.shape}"))
            W, b = _numbers(layer, place, tape, show)
            parts.append(_Part(W, b, [place], [repr(layer)]))
        elif parts:
            parts[-1].places.append(place)
            parts[-1].names.append(repr(layer).removesuffix("()"))
    if not parts:
        raise ArgumentError(expected_got("plot_network", "at least one Dense layer", repr(network)))
    return parts


def _numbers(layer: Dense, place: int, tape: Tape | None, show: str) -> tuple[Array, Array]:
    if tape is not None and show == "weights":
        W = tape[place].cache.get("W", layer.W.value)  # as the tape saw them
        return W, layer.b.value
    if show == "weights":
        return layer.W.value, layer.b.value
    found = (tape[place].grads or {}) if tape is not None else {"W": layer.W.grad, "b": layer.b.grad}
    W, b = found.get("W"), found.get("b")
    if W is None or b is None:
        advice = "Call network.backward(dy, tape) first."
        raise DataError(expected_got("plot_network(show='gradients')", f"gradients of layer {place}", "none", advice))
    return W, b


def _values(tape: Tape | None, parts: list[_Part], sample: int) -> list[Array | None]:
    """Return what each column's units said for one sample of the tape."""
    if tape is None:
        return [None] * (len(parts) + 1)
    first, count = parts[0].places[0], len(tape[0].x)
    if not isinstance(sample, int | np.integer) or not -count <= sample < count:
        raise ArgumentError(expected_got("sample", f"a row of the tape, 0..{count - 1}", repr(sample)))
    return [tape[first].x[sample], *(tape[part.places[-1]].y[sample] for part in parts)]


def _number_weights(ax: Axes, left: Column, right: Column, W: Array, theme: Theme) -> None:
    """Write the numbers of each unit's lines at a share of the way of its own: those of crossing lines do not meet."""
    shares = np.linspace(0.3, 0.68, len(left.units))
    for start, unit in zip(shares, left.units, strict=True):
        for to in right.units:
            share = 0.5 if len(left.units) == 1 or len(right.units) == 1 else float(start)
            write_weight(ax, left.place(unit), right.place(to), float(W[unit, to]), share, theme)


def _unit_names(column: Column, place: int, count: int) -> list[str]:
    letter = "x" if place == 0 else "o" if place == count - 1 else "h"
    hidden = f"{place}." if count > 3 and letter == "h" else ""
    return [f"{letter}{hidden}{unit + 1}" for unit in column.units]


def _write_above(
    ax: Axes, column: Column, names: list[str], b: Array | None, show: str, radius: float, theme: Theme
) -> None:
    """Write name and bias above each unit."""
    letter = "db" if show == "gradients" else "b"
    for unit, height, name in zip(column.units, column.heights, names, strict=True):
        bias = "" if b is None else f"{letter} {short(float(b[unit]))}"
        words = "   ".join(filter(None, [name, bias]))
        write(ax, column.x, height + radius + 0.14, words, theme, fontsize=8.5, color=theme.muted)


def _write_below(ax: Axes, column: Column, y: float, place: int, count: int, names: list[str], theme: Theme) -> None:
    """Write how many units a column has and what its activation is, in one row below all columns."""
    kind = "input" if place == 0 else "output" if place == count - 1 else "unit"
    title = f"{column.width} {kind}{'' if column.width == 1 else 's'}"
    write(ax, column.x, y, "\n".join([title, *names]), theme, va="top", color=theme.muted)


def _words(parts: list[_Part], widths: list[int], values: list[Any], show: str, sample: int) -> str:
    W_name, b_name = ("dW", "db") if show == "gradients" else ("W", "b")
    sentences = [f"Network {'-'.join(map(str, widths))}, {show}"]
    for part in parts:
        head = f"Layer {part.places[0]}, {', '.join(part.names)}"
        if part.W.size <= _FEW:
            sentences.append(f"{head}: {W_name} {_list(part.W)}, {b_name} {_list(part.b)}")
        else:
            i, j = np.unravel_index(int(np.abs(part.W).argmax()), part.W.shape)
            positive = round(100 * float((part.W > 0).mean()))
            sentences.append(
                f"{head}: {part.W.size:,} weights from {short(float(part.W.min()))} to {short(float(part.W.max()))}, "
                f"{positive}% positive, largest in size {W_name}[{i}, {j}] = {short(float(part.W[i, j]))}"
            )
    if values[0] is not None and max(widths) <= 10:
        sentences.append(f"Sample {sample}: x {_list(values[0])}")
        sentences += [
            f"units after layer {part.places[-1]} {_list(v)}" for part, v in zip(parts, values[1:], strict=True)
        ]
    elif values[-1] is not None:
        sentences.append(f"Sample {sample}: output {_list(values[-1])}")
    return ". ".join(sentences) + "."


def _list(array: Array) -> str:
    if array.ndim == 0:
        return short(float(array))
    return f"[{', '.join(_list(np.asarray(inner)) for inner in array)}]"
