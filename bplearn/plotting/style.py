"""One quiet style for all figures, in a light and a dark theme, applied while a figure is drawn and never globally.

The colors are Okabe and Ito's, which stay apart for a color-blind reader; dash and marker tell sign and class too.
A figure has its own opaque paper, so a light figure can be read on a dark page. A dark one follows from a dark
`figure.facecolor` (such as `plt.style.use("dark_background")`) or from `with style("dark"):`.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb, to_rgba

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.show.palette import COLORS, SERIES

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")
DASHED = (0, (3.6, 1.6))
DOTTED = (0, (1, 2.5))
LINES: tuple[Any, ...] = ("solid", DASHED, DOTTED, (0, (6, 2, 1, 2)))


@dataclass(frozen=True)
class Theme:
    """The colors of a figure: letters, paper, grid, the two signs, and one color for each class or run."""

    name: str
    ink: str
    muted: str
    grid: str
    paper: str
    positive: str
    negative: str
    neutral: str
    series: tuple[str, ...]

    def color(self, number: int) -> str:
        """Return the color of class or run `number`; after the last it starts again."""
        return self.series[number % len(self.series)]

    def readable(self, color: str) -> str:
        """Return `color`, mixed with ink until letters in it reach a contrast of 4.5 on the paper."""
        for share in np.linspace(0, 1, 21):
            mixed = blend(color, self.ink, float(share))
            if contrast(mixed, self.paper) >= 4.5:
                return mixed
        return self.ink

    def tint(self, color: str, strength: float) -> str:
        """Return the paper with a little of `color`: at most a third, so that letters on it stay readable."""
        return blend(self.paper, color, 0.33 * min(max(strength, 0.0), 1.0))


def _theme(name: str, shade: int, grid: str) -> Theme:
    names = ("ink", "muted", "paper", "positive", "negative", "neutral")
    series = tuple(pair[shade] for pair in SERIES)
    return Theme(name=name, grid=grid, series=series, **{key: COLORS[key][shade] for key in names})


THEMES = {"light": _theme("light", 0, "#E4E7EB"), "dark": _theme("dark", 1, "#30363D")}


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colors, from 1 (equal) to 21 (black on white), as WCAG 2 defines it.

    >>> round(contrast("black", "white"))
    21
    """
    low, high = sorted([_luminance(first), _luminance(second)])
    return (high + 0.05) / (low + 0.05)


def blend(color: str, other: str, share: float) -> str:
    """Mix `share` of `other` into `color`.

    >>> blend("#000000", "#ffffff", 0.5)
    '#808080'
    """
    red, green, blue = (1 - share) * np.array(to_rgb(color)) + share * np.array(to_rgb(other))
    return to_hex((red, green, blue))


def _luminance(color: Any) -> float:
    channels = np.array(to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@contextmanager
def style(theme: str | None = None, *, ax: Axes | None = None) -> Iterator[Theme]:
    """Draw what stands in the `with` block in the quiet style; afterwards all settings are as before.

    `theme` is "light" or "dark"; None follows the paper of `ax`, or matplotlib's `figure.facecolor`.
    Raises: ArgumentError for another theme.

    >>> with style("dark") as theme:
    ...     theme.paper
    '#16191d'
    """
    if theme is not None and theme not in THEMES:
        raise ArgumentError(expected_got("style", "'light' or 'dark'", repr(theme)))
    chosen = THEMES[theme or _theme_of(ax)]
    settings = _settings(chosen)
    # Not mpl.rc_context: it would undo what a notebook's backend sets when the first figure of all wakes it in here.
    before = {key: mpl.rcParams[key] for key in settings}  # type: ignore[index,unused-ignore]
    mpl.rcParams.update(settings)  # type: ignore[arg-type,unused-ignore]
    try:
        yield chosen
    finally:
        mpl.rcParams.update(before)  # type: ignore[arg-type,unused-ignore]


def _theme_of(ax: Axes | None) -> str:
    """Tell the theme from the paper that will be drawn on; what is see-through counts as light."""
    paper = mpl.rcParams["figure.facecolor"] if not isinstance(ax, Axes) else ax.get_facecolor()
    *_, alpha = to_rgba(paper)
    return "dark" if alpha > 0.5 and _luminance(to_rgba(paper)[:3]) < 0.2 else "light"


def _settings(theme: Theme) -> dict[str, Any]:
    return {
        "font.family": "DejaVu Sans",  # comes with matplotlib: the same picture on every machine
        "font.size": 10,
        "text.color": theme.ink,
        "figure.facecolor": theme.paper,
        "axes.facecolor": theme.paper,
        "axes.edgecolor": theme.muted,
        "axes.labelcolor": theme.ink,
        "axes.titlecolor": theme.ink,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "legend.frameon": False,
        "legend.fontsize": 9,
        "lines.solid_capstyle": "round",
        "lines.linewidth": 1.8,
        "hatch.linewidth": 1.0,
        "image.interpolation": "nearest",
    }


def style_axes(ax: Axes, theme: Theme, *, title: str = "", x: str = "", y: str = "", grid: str = "") -> None:
    """Give axes the quiet look: two spines, muted ticks, a pale grid ("x", "y" or "both"), title on the left.

    Ticks are made when a figure is drawn, after the style has been left, so their colors are set on the axes.
    """
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(theme.muted)
    ax.tick_params(which="both", color=theme.muted, labelcolor=theme.muted, labelsize=9)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(visible=True, axis=grid, color=theme.grid, linewidth=0.8)  # type: ignore[arg-type]
    if title:
        ax.set_title(title, loc="left", fontsize=11, color=theme.ink)
    if x:
        ax.set_xlabel(x, color=theme.ink)
    if y:
        ax.set_ylabel(y, color=theme.ink)


def hide_axes(ax: Axes, theme: Theme) -> None:
    """Take spines and ticks away: for pictures that need no axes."""
    style_axes(ax, theme)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
