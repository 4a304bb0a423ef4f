"""The figures of the first lessons: curves of functions, and a slope found by nudging.

Each takes a plain function of one number that a notebook defines, and draws it. Used in notebooks/01_one_neuron.ipynb
and notebooks/03_cost_functions.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.plotting.free_place import FreePlaces
from bplearn.plotting.line_labels import End, name_ends
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import DASHED, DOTTED, LINES, MARKERS, style, style_axes
from bplearn.show.text import short

Curve = Callable[[float], Any]
_POINTS = 241


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
        style_axes(ax, theme, title=title, x=x, y=y, grid="both")
        ends, marked = [], []
        for number, (name, heights) in enumerate(values.items()):
            color = theme.color(number)
            ax.plot(places, heights, color=color, linestyle=LINES[number % len(LINES)], label=name)
            ends.append(End(name, high, float(heights[-1]), color))
            for mark in marks:
                height = read[mark][name]
                ax.plot([mark], [height], MARKERS[number], color=color, markeredgecolor=theme.paper, markersize=8)
                marked.append((mark, height, color))
        ax.set_xlim(low, high)
        ax.set_ylim(ax.get_ylim())  # final: words find their places in it
        places_left = FreePlaces(ax)
        for mark, height, color in marked:
            places_left.write(mark, height, short(height), theme, color if len(values) > 1 else None)
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
    one_sided, both = (right - here) / h, (right - left) / (2 * h)
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 5.8, 3.7)
        style_axes(ax, theme, title=f"Nudging {x} by {short(h)}", x=x, y=y, grid="both")
        curve = _evaluate(f, places, "f")
        ax.plot(places, curve, color=theme.muted, linewidth=2.4, label="f")
        ends, reach = [], np.array([at - 1.6 * h, at + 2.2 * h])
        lines: list[tuple[str, float, float, float, str, Any]] = [
            ("one side", one_sided, here, at, theme.color(1), DASHED)
        ]
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
    sentence = f"The curve goes through {short(left)}, {short(here)}, {short(right)} at {x} = "
    sentence += f"{short(at - h)}, {short(at)}, {short(at + h)}"
    words = [sentence, f"One side: slope {short(one_sided, 4)}", f"Both sides: slope {short(both, 4)}"]
    words += [f"Tangent: slope {short(slope, 4)}"] if slope is not None else []
    return add_alt(ax, ". ".join(words) + ".")


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
