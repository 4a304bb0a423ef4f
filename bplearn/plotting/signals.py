"""Signals by layer: how large the numbers are that go forward through a network, and the gradients that come back.

Numbers that shrink or grow from layer to layer are why deep networks are hard to start.
Taught in notebooks/11_initialisation_and_saturation.ipynb.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.explain.signals import rms, spread_shape
from bplearn.layers import Layer
from bplearn.network import Sequential
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import Theme, style, style_axes
from bplearn.show.text import short
from bplearn.tape import Tape

_BINS = 50


def plot_activations(
    tape: Tape, *, only: type[Layer] | tuple[type[Layer], ...] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how the outputs of each layer are spread: one sideways histogram a layer, the input first.

    The bar across is the mean; the standard deviation stands below, and the share of exact zeros where there are any.
    `only` is a kind of layer, such as `Tanh`: the others and the input are left out.
    Raises: ArgumentError for what is no tape or a kind that it does not hold, DataError for outputs not finite.

    >>> from bplearn.plotting import alt_text
    >>> y, tape = Sequential(Dense(1, 1, weights=[[2.0]]), ReLU()).forward([[-1.0], [1.0]])
    >>> alt_text(plot_activations(tape)).split(". ")[-1]
    'Layer 1 ReLU: mean 1, standard deviation 1, from 0 to 2, 50% zeros.'

    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    if not isinstance(tape, Tape):
        advice = "Write y, tape = network.forward(x), then plot_activations(tape)."
        raise ArgumentError(expected_got("plot_activations", "a tape", f"a {type(tape).__name__}", advice))
    arrays = [] if only else [("input", "Input", tape[0].x)]
    for place, step in enumerate(tape):
        kind = type(step.layer).__name__
        if only is None or isinstance(step.layer, only):
            arrays.append((f"{place} {kind}", f"Layer {place} {kind}", step.y))
    if not arrays:
        held = ", ".join(sorted({type(step.layer).__name__ for step in tape}))
        raise ArgumentError(
            expected_got("plot_activations(only=...)", f"a kind of layer in this network: {held}", repr(only))
        )
    words, ticks = ["Activations by layer"], []
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, max(4.0, min(1.2 + 1.05 * len(arrays), 9.0)), 3.7)
        style_axes(ax, theme, title="Activations by layer", y="output of the layer", grid="y")
        for place, (short_name, name, array) in enumerate(arrays):
            numbers = _finite(array, name)
            _histogram(ax, place, numbers, theme.muted if name == "Input" else theme.color(0), theme)
            mean, spread, zeros = float(numbers.mean()), float(numbers.std()), float((numbers == 0).mean())
            note = f", {100 * zeros:.0f}% zeros" if zeros >= 0.005 else ""
            low, high = short(float(numbers.min())), short(float(numbers.max()))
            words.append(f"{name}: mean {short(mean)}, standard deviation {short(spread)}, from {low} to {high}{note}")
            ticks.append(f"{short_name}\nstd {short(spread, 2)}" + (f"\n{note[2:]}" if note else ""))
        ax.set_xticks(range(len(arrays)), ticks, fontsize=8.5)
        ax.tick_params(axis="x", length=0, labelcolor=theme.ink)
        ax.set_xlim(-0.6, len(arrays) - 0.4)
    return add_alt(ax, ". ".join(words) + ".")


def plot_gradients(source: Sequential | Tape, *, ax: Axes | None = None) -> Axes:
    """Draw the size of each layer's gradients, first layer left, as bars on a log scale.

    Size is the root of the mean square, rms = sqrt(mean(g^2)), so that layers of different width compare.
    W is a plain bar and b a hatched one. `source` is a network or a tape, after a backward pass.
    Raises: ArgumentError for anything else, DataError before a backward pass or for gradients that are not finite.

    >>> from bplearn.plotting import alt_text
    >>> network = Sequential(Dense(1, 1, weights=[[1.0]]))
    >>> y, tape = network.forward([[3.0]])
    >>> dx = network.backward(np.array([[1.0]]), tape)
    >>> alt_text(plot_gradients(network))
    'Gradients by layer, root mean square. Layer 0 Dense(1 -> 1): W 3, b 1.'

    Introduced in: notebooks/11_initialisation_and_saturation.ipynb
    """
    found = _gradients(source)
    names = sorted({name for _, _, grads in found for name in grads}, key=lambda name: (name != "W", name))
    sizes = [
        {name: rms(_finite(g, f"layer {place}'s d{name}")) for name, g in grads.items()} for place, _, grads in found
    ]
    positive = [size for layer in sizes for size in layer.values() if size > 0]
    floor = min(positive) / 10 if positive else 0.1
    width = 0.8 / len(names)
    words = ["Gradients by layer, root mean square"]
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, max(4.0, min(1.4 + 1.15 * len(found), 9.0)), 3.7)
        style_axes(ax, theme, title="Gradients by layer", y="size (root mean square, log scale)", grid="y")
        ax.set_yscale("log")
        ax.set_ylim(floor, max(positive, default=1.0) * (30 if len(found) >= 6 else 3))
        for number, name in enumerate(names):
            places = [at + (number - (len(names) - 1) / 2) * width for at, s in enumerate(sizes) if name in s]
            heights = [layer[name] for layer in sizes if name in layer]
            look: dict[str, Any] = {"color": theme.color(0)}
            if number:
                look = {"color": theme.tint(theme.color(number), 1), "edgecolor": theme.color(number), "hatch": "///"}
            shown = [max(height, floor) for height in heights]
            ax.bar(places, shown, width * 0.94, label=f"d{name}", **look)
            is_narrow = len(found) >= 6 and len(names) > 1  # the numbers of narrow bars stand upright
            for at, height in zip(places, heights, strict=True):
                ax.annotate(
                    short(height, 2),
                    (at, max(height, floor)),
                    (0, 3),
                    textcoords="offset points",
                    ha="center",
                    rotation=90 if is_narrow else 0,
                    fontsize=8.5,
                    color=theme.ink,
                )
        ax.set_xticks(range(len(found)), [f"{place} {kind.split('(')[0]}" for place, kind, _ in found])
        ax.tick_params(axis="x", length=0, labelcolor=theme.ink)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.legend(ncols=len(names), loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
    for (place, kind, _), layer in zip(found, sizes, strict=True):
        words.append(f"Layer {place} {kind}: {', '.join(f'{name} {short(size)}' for name, size in layer.items())}")
    return add_alt(ax, ". ".join(words) + ".")


def _finite(array: Array, name: str) -> Array:
    numbers = np.asarray(array, dtype=float).reshape(-1)
    if not np.isfinite(numbers).all():
        bad = int((~np.isfinite(numbers)).sum())
        raise DataError(expected_got(name, "finite numbers", f"{bad} of {len(numbers)} that are nan or inf"))
    return numbers


def _histogram(ax: Axes, place: int, numbers: Array, color: str, theme: Theme) -> None:
    """Draw a histogram that stands on both sides of a vertical line; equal numbers become one bar."""
    low, high = float(numbers.min()), float(numbers.max())
    if high - low > 1e-12 * max(abs(low), abs(high), 1e-300):
        widths, edges = spread_shape(numbers, low, high, min(_BINS, len(np.unique(numbers))))
        half = 0.42 * widths
        ax.fill_betweenx(
            np.repeat(edges, 2)[1:-1],
            place - np.repeat(half, 2),
            place + np.repeat(half, 2),
            color=color,
            alpha=0.55,
            linewidth=0,
        )
    mean = float(numbers.mean())
    ax.plot([place - 0.42, place + 0.42], [mean, mean], color=theme.ink, linewidth=1.4, solid_capstyle="butt")


def _grads_of(layer: Layer) -> Any:
    return {name: p.grad for name, p in layer.named_parameters().items()}


def _gradients(source: Any) -> list[tuple[int, str, dict[str, Array]]]:
    """Return (place, layer, gradients by name) of each layer that has parameters."""
    advice = "Call network.backward(dy, tape) first."
    if isinstance(source, Tape):
        layers = [(place, step.layer, step.grads) for place, step in enumerate(source)]
    elif isinstance(source, Sequential):
        layers = [(place, layer, _grads_of(layer)) for place, layer in enumerate(source)]
    else:
        raise ArgumentError(expected_got("plot_gradients", "a network or a tape", f"a {type(source).__name__}", advice))
    found = []
    for place, layer, grads in layers:
        if not layer.parameters():
            continue
        if grads is None or any(g is None for g in grads.values()):
            raise DataError(expected_got("plot_gradients", f"gradients of layer {place}, {layer!r}", "none", advice))
        found.append((place, repr(layer), dict(grads)))
    if not found:
        raise DataError(
            expected_got("plot_gradients", "a layer with parameters", "none", "Activations have no gradients to show.")
        )
    return found
