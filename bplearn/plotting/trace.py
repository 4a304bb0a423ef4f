"""The paths from one weight to the error as a picture, and the U-curve of a difference's error.

Every node of the strongest paths stands in its layer, the weight on the left and the error on the right. The width of
a line is what passes through it, its dash is the sign, and the number on it is the local derivative.
Taught in notebooks/06_trace_one_weight.ipynb and notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from bplearn.checks.arrays import expected_got, positive_integer
from bplearn.errors import ArgumentError
from bplearn.explain.gradcheck.step_sizes import StepCurve
from bplearn.explain.trace import WeightTrace
from bplearn.explain.trace.paths import Paths
from bplearn.losses import SoftmaxCrossEntropy
from bplearn.plotting.layout import write
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import DASHED, Theme, bare, dress, short, style

_FEW = 20  # up to so many lines carry their local derivative
_SMALL = 4  # layers up to this width show all their units
_GAP, _RISE, _RADIUS = 1.75, 1.05, 0.3

Node = tuple[int, int]  # column (layer + 1; 0 the weight, the last one the error) and unit


@dataclass
class _Flow:
    """What passes along one line: the sum of the products of all listed paths on it, and the local derivative."""

    amount: float = 0.0
    factor: float = 0.0


def plot_trace(trace: WeightTrace, *, top: int = 8, ax: Axes | None = None) -> Axes:
    """Draw the strongest paths of a trace, from the weight on the left to the error on the right.

    The width of a line is what passes through it, summed over the `top` strongest paths; blue and solid is positive,
    orange and dashed negative. In a small picture of one sample each line carries its local derivative and each unit
    its number. Units on no listed path stay gray; of a wide layer only the units on paths are drawn.
    Raises: ArgumentError for what is no trace.

    >>> from bplearn.plotting import alt_text
    >>> network = Sequential(Dense(1, 1, weights=[[2.0]]), Dense(1, 1, weights=[[3.0]]))
    >>> print(alt_text(plot_trace(trace_weight(network, [[5.0]], [[0.0]], HalfSquaredError(), 0, (0, 0)))))
    Paths from W_h[0, 0] to the error, gradient 450. E <- o1 <- h1 <- W_h[0, 0]: 30 * 3 * 5 = 450. All paths are shown.

    Introduced in: notebooks/06_trace_one_weight.ipynb
    """
    if not isinstance(trace, WeightTrace):
        raise ArgumentError(expected_got("plot_trace", "a trace, as trace_weight gives it", repr(trace)))
    paths = trace.paths(positive_integer(top, "top"))
    names = trace.formatter.names
    first, last = min(trace.uses), len(trace.network) - 1
    flows = _flows(paths, last)
    on_path = {node for edge in flows for node in edge} | {(last + 2, 0)}
    places = _places(trace, on_path, first, last)
    columns = last + 2 - first
    numbers = len(trace.rows) == 1 and len(flows) <= _FEW
    lowest, highest = min(y for _, y in places.values()), max(y for _, y in places.values())
    lowest -= 0.9 * (len(trace.uses) > 1)  # room for lines that pass below units
    with style(ax=ax) as theme:
        size = np.array([_GAP * columns + 3.2, highest - lowest + 2.6])
        ax = axes_or_new(ax, *(size * min(0.85, 9.5 / size[0])))
        bare(ax, theme, title=f"dE/d{trace.weight} = {short(trace.gradient, 6)}: the paths of the error")
        largest = max((abs(flow.amount) for flow in flows.values()), default=1.0) or 1.0
        for (start, end), flow in flows.items():
            _draw_flow(ax, places[start], places[end], flow, largest, numbers, theme, len(flows))
        for node, place in places.items():
            layer = node[0] - 1
            if node == (0, 0):
                _draw_box(ax, place, trace.weight.text, short(trace.value), theme)
                continue
            is_error = layer > last
            name = "E" if is_error else names.unit(layer, node[1]).text
            if layer == last and isinstance(trace.loss, SoftmaxCrossEntropy):
                name += f", class {node[1]}"
            y = trace.error if is_error else _value(trace, layer, node[1])
            inside = short(y) if y is not None else ""
            _draw_unit(ax, place, name, inside, node in on_path, theme)
        _write_columns(ax, trace, places, first, last, lowest, theme)
        _write_sums(ax, paths, places[last + 2, 0], theme)
        ax.set_xlim(-0.85, _GAP * columns + 2.3)
        ax.set_ylim(lowest - 1.35, highest + 0.85)
        ax.set_aspect("equal")
    return add_alt(ax, _words(trace, paths))


def _flows(paths: Paths, last: int) -> dict[tuple[Node, Node], _Flow]:
    flows: dict[tuple[Node, Node], _Flow] = defaultdict(_Flow)
    for path in paths:
        nodes = [(last + 2, 0), *((layer + 1, unit) for layer, unit in path.units), (0, 0)]
        for upper, lower, factor in zip(nodes, nodes[1:], path.factors, strict=False):
            flow = flows[lower, upper]
            flow.amount += path.product
            flow.factor = factor.value
    return flows


def _places(trace: WeightTrace, on_path: set[Node], first: int, last: int) -> dict[Node, tuple[float, float]]:
    """Place the weight, the units of each layer above it, and the error; columns stand `_GAP` apart."""
    places: dict[Node, tuple[float, float]] = {(0, 0): (0.0, 0.0)}
    widths = [step.y[0].size for step in trace.formatter.tape]
    for layer in range(first, last + 1):
        units = range(widths[layer]) if widths[layer] <= _SMALL else sorted(u for c, u in on_path if c == layer + 1)
        middle = (len(units) - 1) / 2
        for row, unit in enumerate(units):
            places[layer + 1, unit] = (_GAP * (layer + 1 - first), _RISE * (middle - row))
    places[last + 2, 0] = (_GAP * (last + 2 - first), 0.0)
    return places


def _value(trace: WeightTrace, layer: int, unit: int) -> float | None:
    if len(trace.rows) > 1:
        return None
    return float(trace.formatter.tape[layer].y[trace.rows[0]].flat[unit])


def _draw_flow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    flow: _Flow,
    largest: float,
    numbers: bool,
    theme: Theme,
    count: int,
) -> None:
    skips = end[0] - start[0] > 1.5 * _GAP  # from the weight to a later use: bent around the units between
    look = theme.sign_line(flow.amount)
    line = FancyArrowPatch(
        start,
        end,
        arrowstyle="-",
        connectionstyle=f"arc3,rad={0.42 if skips else 0}",
        shrinkA=0,
        shrinkB=0,
        linewidth=0.8 + 5.2 * abs(flow.amount) / largest,
        color=look["color"],
        linestyle="solid" if flow.amount >= 0 else (0, (1.8, 0.9)),
        capstyle="butt",
        alpha=0.85,
        zorder=1,
    )
    ax.add_patch(line)
    if numbers and not skips:
        share = 0.5 if abs(end[1] - start[1]) < 0.6 * _RISE or count < 8 else 0.42
        x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        paper = {"boxstyle": "round,pad=0.15", "facecolor": theme.paper, "edgecolor": "none", "alpha": 0.92}
        write(ax, x, y, short(flow.factor), theme, fontsize=8.5, bbox=paper, zorder=2)


def _draw_unit(ax: Axes, place: tuple[float, float], name: str, inside: str, on_path: bool, theme: Theme) -> None:
    edge = theme.ink if on_path else theme.grid
    circle = Circle(place, _RADIUS, facecolor=theme.paper, edgecolor=edge, linewidth=1.4 if on_path else 1.0)
    circle.set_zorder(3)
    ax.add_patch(circle)
    color = theme.ink if on_path else theme.muted
    write(ax, *place, inside, theme, fontsize=8, color=color)
    halo = {"boxstyle": "round,pad=0.08", "facecolor": theme.paper, "edgecolor": "none", "alpha": 0.85}
    write(ax, place[0], place[1] + _RADIUS + 0.15, name, theme, fontsize=8.5, color=color, bbox=halo, zorder=4)


def _draw_box(ax: Axes, place: tuple[float, float], name: str, value: str, theme: Theme) -> None:
    """The weight is no unit: it stands in a box."""
    box = FancyBboxPatch(
        (place[0] - 0.36, place[1] - 0.22),
        0.72,
        0.44,
        boxstyle="round,pad=0.02,rounding_size=0.08",
        facecolor=theme.paper,
        edgecolor=theme.ink,
        linewidth=1.8,
        zorder=3,
    )
    ax.add_patch(box)
    write(ax, *place, value, theme, fontsize=8.5)
    write(ax, place[0], place[1] + 0.42, name, theme, fontsize=8.5)


def _write_columns(
    ax: Axes,
    trace: WeightTrace,
    places: dict[Node, tuple[float, float]],
    first: int,
    last: int,
    lowest: float,
    theme: Theme,
) -> None:
    """Write the layer below each column, and how many units are not drawn."""
    for layer in range(first, last + 1):
        width = trace.formatter.tape[layer].y[0].size
        drawn = sum(column == layer + 1 for column, _ in places)
        words = repr(trace.network[layer]).removesuffix("()").replace("(", "\n(")
        if drawn < width:
            words += f"\n{drawn} of {width} units" if drawn else f"\n{width} units"
        x = _GAP * (layer + 1 - first)
        write(ax, x, lowest - 0.55, words, theme, fontsize=8, color=theme.muted, va="top")
    write(ax, _GAP * (last + 2 - first), lowest - 0.55, "the error", theme, fontsize=8, color=theme.muted, va="top")


def _write_sums(ax: Axes, paths: Paths, place: tuple[float, float], theme: Theme) -> None:
    """Write to the right what arrives through each output, the rest and the sum."""
    through: dict[str, float] = defaultdict(float)
    for path in paths:
        through[path.nodes[1]] += path.product
    order = sorted(through, key=lambda name: -abs(through[name]))
    lines = [f"{short(through[name]):>10}  by {name}" for name in order[:5]]
    rest = math.fsum(through[name] for name in order[5:]) + paths.remainder
    left_out = len(order) > 5 or len(paths) < paths.in_all
    if left_out:
        lines.append(f"{short(rest):>10}  others")
    if len(lines) != 1:
        lines.append(f"{short(paths.total):>10}  sum")
    words = "\n".join(lines) if paths else "no path\ncarries anything"
    write(ax, place[0] + 0.5, place[1], words, theme, ha="left", fontsize=8.5, family="DejaVu Sans Mono", zorder=2)


def _words(trace: WeightTrace, paths: Paths) -> str:
    sentences = [f"Paths from {trace.weight} to the error, gradient {short(trace.gradient, 6)}"]
    for path in paths[:4]:
        numbers = " * ".join(short(value) for value in path.values)
        sample = f"sample {path.sample}, " if len(trace.rows) > 1 else ""
        sentences.append(f"{sample}{path.route}: {numbers} = {short(path.product)}")
    if len(paths) > 4:
        sentences.append(f"{len(paths) - 4} weaker paths are drawn too")
    rest = paths.in_all - len(paths)
    if not paths:
        sentences.append("No path carries anything")
    elif rest:
        sentences.append(f"{rest:,} other paths add up to {short(paths.remainder)}")
    else:
        sentences.append("All paths are shown")
    return ". ".join(sentences) + "."


def plot_h_curve(curve: StepCurve, *, ax: Axes | None = None) -> Axes:
    """Draw the relative error of the one-sided and the central difference against the step h, both on log scales.

    Raises: ArgumentError for what is no curve.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_h_curve(h_curve(np.sin, 1.0, gradient=np.cos, h=[1e-2, 1e-5, 1e-12])))
    'Relative error of a difference by its step h. central: lowest near h = 1e-05. one-sided: lowest near h = 1e-05.'

    Introduced in: notebooks/10_check_your_gradients.ipynb
    """
    if not isinstance(curve, StepCurve):
        raise ArgumentError(expected_got("plot_h_curve", "a curve, as h_curve gives it", repr(curve)))
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 6.4, 3.9)
        dress(ax, theme, title="Error of a difference by its step", x="step h", y="relative error", grid="both")
        series = [("central", curve.central, "solid", "o", 0), ("one-sided", curve.one_sided, DASHED, "s", 1)]
        words = []
        for name, errors, dash, marker, place in series:
            shown = np.isfinite(errors) & (errors > 0)
            if not shown.any():
                continue
            color = theme.color(place)
            ax.plot(curve.h[shown], errors[shown], color=color, linestyle=dash, marker=marker, markersize=4, label=name)
            best = float(curve.h[shown][np.argmin(errors[shown])])
            words.append(f"{name}: lowest near h = {best:.0e}")
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.legend(loc="upper center")
        for x, side, note in ((0.02, "left", "rounding"), (0.98, "right", "curvature")):
            ax.text(x, 0.03, note, transform=ax.transAxes, ha=side, fontsize=9, color=theme.muted)
    return add_alt(ax, f"Relative error of a difference by its step h. {'. '.join(words)}.")
