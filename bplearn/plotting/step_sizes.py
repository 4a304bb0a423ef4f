"""The error of a difference against its step: a U, bent by rounding at the left and by curvature at the right.

The best step of each curve has a ring.
Taught in notebooks/01_one_neuron.ipynb and notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, DataError
from bplearn.explain.gradcheck.step_sizes import StepSizeCurve
from bplearn.plotting.line_labels import End, name_ends
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import LINES, MARKERS, style, style_axes
from bplearn.show.text import short

_SMALLEST = 1e-17  # an error of 0 is drawn at this height


def plot_step_sizes(steps: Sequence[float], errors: Mapping[str, Sequence[float]], *, ax: Axes | None = None) -> Axes:
    """Draw how far off a nudged slope is for each step h: a large h bends the answer, a tiny one rounds it off.

    Shapes: steps (n,) above 0; errors by name, each (n,). The best step of each curve has a ring.
    Raises: ArgumentError for steps or errors that do not fit, DataError for what is not finite.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_step_sizes([1e-2, 1e-4, 1e-6], {"both sides": [1e-4, 1e-8, 1e-7]})).split(". ")[-1]
    'both sides: smallest error 1e-8 at h = 0.0001, 0.0001 at h = 0.01, 1e-7 at h = 1e-6.'
    """
    h = np.asarray(steps, dtype=float)
    if h.ndim != 1 or len(h) < 2 or not (h > 0).all():
        raise ArgumentError(expected_got("steps", "at least two numbers above 0", repr(steps)))
    curves = {}
    for name, values in errors.items():
        error = np.asarray(values, dtype=float)
        if error.shape != h.shape:
            raise ArgumentError(expected_got(f"errors[{name!r}]", f"one for each of {len(h)} steps", error.shape))
        if not np.isfinite(error).all():
            bad = error[~np.isfinite(error)][0]
            raise DataError(expected_got(name, "finite values", f"{bad}", "Draw a smaller range."))
        curves[name] = (h, np.maximum(error, _SMALLEST))
    words = ["Error of a nudged slope by step h, both axes logarithmic"]
    for name, (_, error) in curves.items():
        best = int(np.argmin(error))
        ends = (int(h.argmax()), int(h.argmin()))
        first, last = (f"{short(error[i], 1)} at h = {short(h[i])}" for i in ends)
        words.append(f"{name}: smallest error {short(error[best], 1)} at h = {short(h[best])}, {first}, {last}")
    ax = _plot(curves, ax, title="How far off is the slope?", y="error of the slope")
    return add_alt(ax, ". ".join(words) + ".")


def plot_h_curve(curve: StepSizeCurve, *, ax: Axes | None = None) -> Axes:
    """Draw the relative error of the one-sided and the central difference against the step h.

    Raises: ArgumentError for what is no curve.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_h_curve(h_curve(np.sin, 1.0, gradient=np.cos, h=[1e-2, 1e-5, 1e-12])))
    'Relative error of a difference by its step h. central: lowest near h = 1e-5. one-sided: lowest near h = 1e-5.'

    Introduced in: notebooks/10_check_your_gradients.ipynb
    """
    if not isinstance(curve, StepSizeCurve):
        raise ArgumentError(expected_got("plot_h_curve", "a curve, as h_curve gives it", repr(curve)))
    curves, words = {}, ["Relative error of a difference by its step h"]
    for name, error in (("central", curve.central), ("one-sided", curve.one_sided)):
        drawn = np.isfinite(error) & (error > 0)
        if drawn.any():
            curves[name] = (curve.h[drawn], error[drawn])
            words.append(f"{name}: lowest near h = {short(float(curve.h[drawn][error[drawn].argmin()]), 1)}")
    ax = _plot(curves, ax, title="Error of a difference by its step", y="relative error")
    for x, side, note in ((0.02, "left", "rounding"), (0.98, "right", "curvature")):
        ax.text(x, 0.03, note, transform=ax.transAxes, ha=side, fontsize=9, color=ax.xaxis.label.get_color())
    return add_alt(ax, ". ".join(words) + ".")


def _plot(curves: Mapping[str, tuple[Array, Array]], ax: Axes | None, *, title: str, y: str) -> Axes:
    """Draw each curve (steps, errors), named at its end, with a ring around its lowest point."""
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 6.2, 3.7)
        style_axes(ax, theme, title=title, x="step h", y=y, grid="both")
        ends = []
        for number, (name, (h, error)) in enumerate(curves.items()):
            color, best, last = theme.color(number), int(error.argmin()), int(h.argmax())
            look: dict[str, Any] = {"color": color, "linestyle": LINES[number % len(LINES)], "label": name}
            ax.plot(h, error, marker=MARKERS[number], markersize=5, **look)
            ring: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": theme.ink, "markersize": 12}
            ax.plot(h[[best]], error[[best]], "o", zorder=5, label="_best", **ring)
            ends.append(End(name, float(h[last]), float(error[last]), color))
        ax.set_xscale("log")
        ax.set_yscale("log")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(LogLocator(numticks=9))
            axis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
            axis.set_minor_formatter(NullFormatter())
        steps = np.concatenate([h for h, _ in curves.values()])
        ax.set_xlim(steps.min() / 1.6, steps.max() * 1.6)
        name_ends(ax, ends, theme)
    return ax
