"""Who looks at whom: a table of scores or shares with a row for each token that looks, and the same as lines.

A table holds all the numbers; the lines show at a glance which token takes from which.
Taught in notebooks/18_attention.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bplearn.checks.arrays import Array, expected_got
from bplearn.errors import ArgumentError, ShapeError
from bplearn.plotting.notebook import add_alt, axes_or_new
from bplearn.plotting.style import Theme, blend, contrast, hide_axes, style
from bplearn.show.text import short

_MOST, _MOST_LINES = 20, 8
_NUMBERED = 4  # so many tokens leave room for a number on each line
_LOOKING, _LOOKED_AT = 1.0, 0.0  # the heights of the two rows of tokens


def plot_scores(
    table: Any, rows: Sequence[str], columns: Sequence[str] | None = None, *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw a table of scores, shares or errors: a row for each token that looks, a column for each it looks at.

    Shapes: table (R, C), with at most 20 of each; `columns` are the names of the rows where they are left out.
    The larger a number, the deeper its cell; a number below 0 has the other color, and -inf an empty one.
    Raises: ShapeError where names and table do not fit, ArgumentError for too many cells.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_scores([[1.0, 0.0], [0.25, 0.75]], ["a", "b"], title="shares"))
    'shares: a looks at a 1, b 0. b looks at a 0.25, b 0.75.'

    Introduced in: notebooks/18_attention.ipynb
    """
    verb = " looks at" if columns is None else ":"
    table, columns = _table(table, rows, columns, "plot_scores", _MOST)
    shown = np.isfinite(table)
    most = float(np.abs(table[shown]).max(initial=0)) or 1.0
    with style(ax=ax) as theme:
        width = 0.66 if len(columns) <= _NUMBERED * 2 else 0.46
        ax = axes_or_new(ax, 1.3 + width * len(columns), 0.9 + 0.46 * len(rows))
        hide_axes(ax, theme)
        for i, j in np.ndindex(table.shape):
            color = theme.positive if table[i, j] >= 0 else theme.negative
            fill = blend(theme.paper, color, 0.85 * abs(table[i, j]) / most) if shown[i, j] else theme.paper
            ax.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=fill, edgecolor=theme.grid, linewidth=0.8))
            ink = theme.ink if contrast(theme.ink, fill) > contrast(theme.paper, fill) else theme.paper
            number, ink = (_two(table[i, j]), ink) if shown[i, j] else ("-∞", theme.muted)
            ax.text(j, i, number, ha="center", va="center", fontsize=9, color=ink)
        for i, name in enumerate(rows):
            ax.text(-0.65, i, name, ha="right", va="center", fontsize=10, color=theme.ink)
        for j, name in enumerate(columns):
            ax.text(j, -0.65, name, ha="center", va="bottom", fontsize=10, color=theme.ink)
        ax.set_title(title, fontsize=10, color=theme.muted, pad=24)
        ax.set_xlim(-0.5, len(columns) - 0.5)
        ax.set_ylim(len(rows) - 0.5, -0.5)
    return add_alt(ax, _words(table, rows, columns, title, verb))


def plot_looks(shares: Any, tokens: Sequence[str], *, ax: Axes | None = None) -> Axes:
    """Draw who looks at whom: a line from each token (above) to those it takes from (below), as wide as the share.

    Shapes: shares (T, T), each row with the sum 1, with at most 8 tokens; up to four have numbers on the lines.
    Raises: ShapeError where tokens and shares do not fit, ArgumentError for too many.

    >>> from bplearn.plotting import alt_text
    >>> alt_text(plot_looks([[1.0, 0.0], [0.25, 0.75]], ["a", "b"]))
    'Who looks at whom: a looks at a 1, b 0. b looks at a 0.25, b 0.75.'

    Introduced in: notebooks/18_attention.ipynb
    """
    shares, _ = _table(shares, tokens, tokens, "plot_looks", _MOST_LINES)
    with style(ax=ax) as theme:
        ax = axes_or_new(ax, 1.6 + (1.3 if len(tokens) <= _NUMBERED else 0.45) * len(tokens), 2.6)
        hide_axes(ax, theme)
        for i, j in np.ndindex(shares.shape):
            if shares[i, j] > 0:
                _line(ax, i, j, float(shares[i, j]), theme, numbered=len(tokens) <= _NUMBERED)
        for place, name in enumerate(tokens):
            ax.text(place, _LOOKING + 0.06, name, ha="center", va="bottom", fontsize=11, color=theme.ink)
            ax.text(place, _LOOKED_AT - 0.06, name, ha="center", va="top", fontsize=11, color=theme.ink)
        for height, words in ((_LOOKING + 0.06, "looks"), (_LOOKED_AT - 0.06, "is looked at")):
            edge = "bottom" if height > 0 else "top"
            ax.text(-0.55, height, words, ha="right", va=edge, fontsize=9.5, color=theme.muted)
        ax.set_xlim(-1.4, len(tokens) - 0.6)
        ax.set_ylim(-0.25, 1.25)
    return add_alt(ax, _words(shares, tokens, tokens, "Who looks at whom"))


def _line(ax: Axes, i: int, j: int, share: float, theme: Theme, *, numbered: bool) -> None:
    color = theme.color(i % 6)
    ax.plot([i, j], [_LOOKING, _LOOKED_AT], color=color, linewidth=0.4 + 7 * share, alpha=0.8, solid_capstyle="butt")
    if numbered:
        along = 0.24  # near the token that looks, where lines of others are far
        box = {"boxstyle": "square,pad=0.12", "facecolor": theme.paper, "edgecolor": "none"}
        place = (i + along * (j - i), _LOOKING - along)
        ax.text(*place, _two(share), ha="center", va="center", fontsize=8.5, color=theme.ink, bbox=box)


def _table(
    table: Any, rows: Sequence[str], columns: Sequence[str] | None, subject: str, most: int
) -> tuple[Array, Sequence[str]]:
    table, columns = np.asarray(table, dtype=float), rows if columns is None else columns
    if table.shape != (len(rows), len(columns)):
        wanted = f"a row for each of {len(rows)} names and a column for each of {len(columns)}"
        raise ShapeError(expected_got(subject, wanted, str(table.shape)))
    if max(table.shape) > most:
        raise ArgumentError(expected_got(subject, f"at most {most} tokens", max(table.shape)))
    return table, columns


def _words(table: Array, rows: Sequence[str], columns: Sequence[str], title: str, verb: str = " looks at") -> str:
    def row(numbers: Array) -> str:
        said = zip(columns, numbers, strict=True)
        return ", ".join(f"{name} {_two(number)}" for name, number in said if number > -np.inf)

    looks = " ".join(f"{name}{verb} {row(numbers)}." for name, numbers in zip(rows, table, strict=True))
    return f"{title}: {looks}" if title else looks


def _two(number: float) -> str:
    """The number with two decimals at most: neighbours in a table are compared, and tiny shares are 0."""
    return short(round(float(number), 2) + 0.0, 4)
