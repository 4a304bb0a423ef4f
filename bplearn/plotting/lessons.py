"""The figures of the first lessons: curves of functions, a slope found by nudging, and the best size of the nudge.

Each draws what a notebook talks about, from the function that the notebook defines. The figures take plain functions of
one number. Used in notebooks/01_one_neuron.ipynb and notebooks/03_cost_functions.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.line_labels import End, name_ends
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import DASHED, DOTTED, MARKERS, Theme, dress, short, style

Curve = Callable[[float], Any]
_POINTS = 241
_DASHES: tuple[Any, ...] = ("solid", DASHED, DOTTED, (0, (6, 2, 1, 2)))


def plot_functions(
    functions: Mapping[str, Curve],
    low: float,
    high: float,
    *,
    marks: Sequence[float] = (),
    x: str = "x",
    y: str = "y",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw functions of one number from `low` to `high`, each named at its end; `marks` are places to read off.

    Shapes: each function takes one number and returns one number.
    Raises: ArgumentError for no function or an empty range, DataError where a value is not finite.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_functions({"square": lambda v: v * v}, -1, 1, marks=[0.5], title="A parabola"))
    'A parabola. square: 1 at -1, 1 at 1. At 0.5: square 0.25.'

    Introduced in: notebooks/01_one_neuron.ipynb
    """
    if not functions:
        raise ArgumentError(
            expected_got("plot_functions", "at least one named function", "none", "Write {'name': function}.")
        )
    _span("plot_functions", low, high)
    places = np.linspace(low, high, _POINTS)
    values = {name: _evaluate(f, places, name) for name, f in functions.items()}
    read = {mark: {name: float(_evaluate(f, [mark], name)[0]) for name, f in functions.items()} for mark in marks}
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 5.6, 3.3)
        dress(ax, theme, title=title, x=x, y=y, grid="both")
        ends = []
        for number, (name, heights) in enumerate(values.items()):
            color = theme.color(number)
            ax.plot(places, heights, color=color, linestyle=_DASHES[number % len(_DASHES)], label=name)
            ends.append(End(name, high, float(heights[-1]), color))
            for mark in marks:
                height = read[mark][name]
                ax.plot([mark], [height], MARKERS[number], color=color, markeredgecolor=theme.paper, markersize=8)
                _note(ax, mark, height, short(height), theme, number, at_left=mark < low + 0.12 * (high - low))
        ax.set_xlim(low, high)
        if len(values) > 1:
            name_ends(ax, ends, theme)
    names = ", ".join(functions)
    words = [title or f"Curves of {names}"]
    words += [f"{name}: {short(v[0])} at {short(low)}, {short(v[-1])} at {short(high)}" for name, v in values.items()]
    words += [f"At {short(m)}: " + ", ".join(f"{n} {short(v)}" for n, v in got.items()) for m, got in read.items()]
    return add_alt(ax, ". ".join(words) + ".")


def plot_nudge(
    f: Curve, at: float, h: float, *, slope: float | None = None, x: str = "w", y: str = "a", ax: Axes | None = None
) -> Axes:
    """Draw f around `at` with the line through the points at - h and at + h, and the line from `at` to at + h.

    With `slope`, the tangent is drawn too: the nearer a line comes to its direction, the better the nudge.
    Shapes: f takes one number and returns one number.
    Raises: ArgumentError unless h > 0, DataError where a value is not finite.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_nudge(lambda w: w * w, at=1.0, h=0.5, slope=2.0)).split(". ")[1:]
    ['One side: slope 2.5', 'Both sides: slope 2', 'Tangent: slope 2.']

    Introduced in: notebooks/01_one_neuron.ipynb
    """
    if not h > 0:
        raise ArgumentError(expected_got("h", "a number above 0", repr(h)))
    places = np.linspace(at - 2.2 * h, at + 2.2 * h, _POINTS)
    left, here, right = (float(value) for value in _evaluate(f, [at - h, at, at + h], "f"))
    one, both = (right - here) / h, (right - left) / (2 * h)
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 5.8, 3.7)
        dress(ax, theme, title=f"Nudging {x} by {short(h)}", x=x, y=y, grid="both")
        curve = _evaluate(f, places, "f")
        ax.plot(places, curve, color=theme.muted, linewidth=2.4, label="f")
        ends, reach = [], np.array([at - 1.6 * h, at + 2.2 * h])
        lines: list[tuple[str, float, float, float, str, Any]] = [("one side", one, here, at, theme.color(1), DASHED)]
        lines.append(("both sides", both, left, at - h, theme.color(0), "solid"))
        if slope is not None:
            lines.append(("tangent", slope, here, at, theme.color(2), DOTTED))
        for name, steep, height, start, color, dash in lines:
            heights = height + steep * (reach - start)
            ax.plot(reach, heights, color=color, linestyle=dash, linewidth=1.6, label=name)
            ends.append(End(f"{name} {short(steep, 4)}", float(reach[1]), float(heights[1]), color))
        ax.plot([at - h, at, at + h], [left, here, right], "o", color=theme.ink, markersize=6, zorder=4)
        ax.set_xlim(places[0], places[-1])
        ax.set_xticks([at - h, at, at + h], [f"{x} - h", f"{x} = {short(at)}", f"{x} + h"])
        name_ends(ax, ends, theme)
    told = f"The curve goes through {short(left)}, {short(here)}, {short(right)} at {x} = "
    told += f"{short(at - h)}, {short(at)}, {short(at + h)}"
    words = [told, f"One side: slope {short(one, 4)}", f"Both sides: slope {short(both, 4)}"]
    words += [f"Tangent: slope {short(slope, 4)}"] if slope is not None else []
    return add_alt(ax, ". ".join(words) + ".")


def plot_step_sizes(steps: Sequence[float], errors: Mapping[str, Sequence[float]], *, ax: Axes | None = None) -> Axes:
    """Draw how far off a nudged slope is for each step h: a large h bends the answer, a tiny one rounds it off.

    Shapes: steps (n,) above 0; errors by name, each (n,). The best step of each curve has a ring.
    Raises: ArgumentError for steps or errors that do not fit, DataError for what is not finite.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_step_sizes([1e-2, 1e-4, 1e-6], {"both sides": [1e-4, 1e-8, 1e-7]})).split(". ")[-1]
    'both sides: smallest error 1e-08 at h = 0.0001, 0.0001 at h = 0.01, 1e-07 at h = 1e-06.'

    Introduced in: notebooks/01_one_neuron.ipynb
    """
    h = np.asarray(steps, dtype=float)
    if h.ndim != 1 or len(h) < 2 or not (h > 0).all():
        raise ArgumentError(expected_got("steps", "at least two numbers above 0", repr(steps)))
    words = ["Error of a nudged slope by step h, both axes logarithmic"]
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 6.2, 3.7)
        dress(ax, theme, title="How far off is the slope?", x="step h", y="error of the slope", grid="both")
        ends = []
        for number, (name, values) in enumerate(errors.items()):
            error = np.asarray(values, dtype=float)
            if error.shape != h.shape:
                raise ArgumentError(expected_got(f"errors[{name!r}]", f"one for each of {len(h)} steps", error.shape))
            error = np.maximum(_finite(error, name), 1e-17)
            color, order = theme.color(number), np.argsort(h)
            best = int(np.argmin(error))
            ax.plot(h, error, marker=MARKERS[number], markersize=5, color=color, linestyle=_DASHES[number], label=name)
            ring: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": theme.ink, "markersize": 12}
            ax.plot([h[best]], [error[best]], "o", zorder=5, label="_best", **ring)
            ends.append(End(name, float(h.max()), float(error[order[-1]]), color))
            first, last = (f"{_power(error[i])} at h = {short(h[i])}" for i in (order[-1], order[0]))
            words.append(f"{name}: smallest error {_power(error[best])} at h = {short(h[best])}, {first}, {last}")
        ax.set_xscale("log")
        ax.set_yscale("log")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(LogLocator(numticks=9))
            axis.set_minor_formatter(NullFormatter())
        ax.set_xlim(h.min() / 1.6, h.max() * 1.6)
        name_ends(ax, ends, theme)
    return add_alt(ax, ". ".join(words) + ".")


def _power(number: float) -> str:
    """Write one digit: more would differ from processor to processor."""
    return f"{number:.0e}" if number < 1e-4 else short(number, 1)


def _note(ax: Axes, x: float, y: float, words: str, theme: Theme, number: int, *, at_left: bool) -> None:
    """Write beside a mark: left above it for the first curve, right below it for the second, and so on."""
    right, up = ((-7, 6), (7, -6), (7, 6), (-7, -6))[number % 4]
    right = 7 if at_left else right  # there the axis and its numbers stand
    paper = {"boxstyle": "round,pad=0.1", "facecolor": theme.paper, "edgecolor": "none", "alpha": 0.85}
    place = {"ha": "left" if right > 0 else "right", "va": "bottom" if up > 0 else "top"}
    look: dict[str, Any] = {"fontsize": 9, "color": theme.ink, "bbox": paper, "zorder": 5, **place}
    ax.annotate(words, (x, y), (right, up), textcoords="offset points", **look)


def _span(subject: str, low: float, high: float) -> None:
    if not (np.isfinite([low, high]).all() and low < high):
        raise ArgumentError(expected_got(subject, "a finite range, low < high", f"{low}, {high}"))


def _evaluate(f: Curve, places: Any, name: str) -> Array:
    return _finite(np.array([float(f(float(place))) for place in places]), name)


def _finite(values: Array, name: str) -> Array:
    if not np.isfinite(values).all():
        raise DataError(
            expected_got(name, "finite values", f"{values[~np.isfinite(values)][0]}", "Draw a smaller range.")
        )
    return values
