"""Pictures with words: every figure carries an alt text, and a notebook shows the figure together with it.

JupyterLab never gives a figure an alt text by itself. So inside IPython our axes appear as an HTML image that has one,
and the figure is closed, so that it does not appear a second time. A script still calls `plt.show` or `savefig`.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import base64
import io
import sys
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.show.picture import Picture
from bplearn.show.text import escape

_ALT = "_bplearn_alt"
_PIXELS_PER_INCH = 96  # of a web page; the image has half as many again, to be sharp
_DPI = 144
_FEW_DOTS = Image.Quantize.MAXCOVERAGE  # a color of few dots stays itself
_LARGE = 60_000  # bytes; a larger picture, such as one of many thin lines, gets fewer colors


def add_alt(ax: Axes, words: str) -> Axes:
    """Add `words` to the alt text of the axes and return them; `ax.clear()` forgets the words."""
    so_far = getattr(ax.patch, _ALT, "")  # the patch is made anew by clear()
    setattr(ax.patch, _ALT, f"{so_far} {words}".strip())
    return ax


def alt_text(picture: Any) -> str:
    """Return the alt text of axes, of a figure, or of a picture; "" where there is none.

    >>> from bplearn.plotting import plot_loss
    >>> alt_text(plot_loss([0.9, 0.4, 0.2]))
    'Loss by step. training: first 0.9, last 0.2 at step 3, lowest 0.2 at step 3.'
    """
    if isinstance(picture, Picture | FigureImage):
        return picture.alt
    if isinstance(picture, Axes):
        return str(getattr(picture.patch, _ALT, ""))
    return " ".join(words for ax in _figure_of(picture).axes if (words := alt_text(ax)))


@dataclass(frozen=True)
class FigureImage:
    """A figure as it is shown in a notebook: PNG bytes with an alt text. `show_figure` makes it."""

    png: bytes
    alt: str

    def _repr_html_(self) -> str:
        width = round(int.from_bytes(self.png[16:20], "big") * _PIXELS_PER_INCH / _DPI)  # as the PNG's header says
        data = base64.b64encode(self.png).decode("ascii")
        look = "max-width:100%;height:auto;filter:var(--bpl-figure)"  # a dark page turns its light and dark round
        return f'<img alt="{escape(self.alt)}" width="{width}" style="{look}" src="data:image/png;base64,{data}">'

    def __repr__(self) -> str:
        return _plain(self.alt)


def _plain(words: str) -> str:
    """Give the opening of an alt text, which has no numbers that could differ on another processor."""
    return f"Figure: {words.split('. ')[0].rstrip('.')}" if words else "Figure"


def show_figure(figure: Figure | Axes, alt: str | None = None) -> FigureImage:
    """Turn a figure (or the figure of some axes) into a picture with alt text, and close it.

    For a figure of several axes, put `show_figure(figure)` on the last line of a cell.
    `alt=None` takes the words of all its axes. Raises: ArgumentError where there is no alt text.

    >>> from bplearn.plotting import plot_loss
    >>> show_figure(plot_loss([0.9, 0.4, 0.2]))
    Figure: Loss by step
    """
    whole = _figure_of(figure)
    words = alt_text(whole) if alt is None else alt.strip()
    if not words:
        raise ArgumentError(
            expected_got("show_figure", "an alt text", "none", "Say what can be seen: alt='Loss falls to 0.1.'")
        )
    picture = FigureImage(_render(whole), words)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(whole)
    return picture


def _figure_of(picture: Any) -> Figure:
    figure = picture.figure if isinstance(picture, Axes) else picture
    while figure is not getattr(figure, "figure", figure):  # a part of a figure leads to the whole
        figure = figure.figure
    if not isinstance(figure, Figure):
        raise ArgumentError(expected_got("show_figure", "a matplotlib figure or axes", repr(picture)))
    return figure


def _render(figure: Figure) -> bytes:
    """Return a PNG of few colors: a third of the size, and nothing in it names matplotlib's version."""
    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=_DPI, bbox_inches="tight", pad_inches=0.08, pil_kwargs={"compress_level": 1})
    picture = Image.open(raw).convert("RGB")
    for colors in (256, 48):
        packed = io.BytesIO()
        picture.quantize(colors, _FEW_DOTS, dither=Image.Dither.NONE).save(packed, format="png", optimize=True)
        if packed.tell() < _LARGE:
            break
    return packed.getvalue()


class NotebookFigure(Figure):
    """A figure of our own: also when a notebook's backend shows it after the cell, it has its alt text."""

    def _ipython_display_(self) -> None:
        from IPython.display import display  # only IPython calls this

        png, words = _render(self), alt_text(self)
        shown = {"text/html": FigureImage(png, words)._repr_html_()} if words else {"image/png": png}
        display(shown | {"text/plain": _plain(words)}, raw=True)  # type: ignore[no-untyped-call,unused-ignore]


def axes_or_new(ax: Axes | None, width: float, height: float, panels: int = 0) -> Axes:
    """Return `ax`, or the axes of a new pyplot figure of this size in inches, with `panels` lower axes below it."""
    if ax is None:
        import matplotlib.pyplot as plt  # loads a backend, so only where a figure must be made

        figure = plt.figure(figsize=(width, height), layout="constrained", FigureClass=NotebookFigure)
        if panels:
            axes: Axes = figure.subplots(1 + panels, height_ratios=[2, *[1] * panels])[0]
            return axes
        return figure.add_subplot()
    if not isinstance(ax, Axes):
        advice = "With several axes pass one of them: ax=axes[0]."
        raise ArgumentError(expected_got("ax", "matplotlib axes", f"a {type(ax).__name__}", advice))
    return ax


def register() -> None:
    """Teach a running IPython to show our axes as an HTML image with alt text; without IPython do nothing."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        shell.display_formatter.formatters["text/html"].for_type(Axes, _as_html)
        shell.display_formatter.formatters["text/plain"].for_type(Axes, _as_text)


def _as_html(ax: Axes) -> str | None:
    """Show axes that carry our words; all others, and those in a live window, are left to matplotlib."""
    backend = mpl.get_backend().lower()
    if not alt_text(ax) or any(live in backend for live in ("ipympl", "widget", "nbagg")):
        return None
    return show_figure(ax)._repr_html_()


def _as_text(ax: Axes, printer: Any, cycle: bool) -> None:  # noqa: ARG001 (IPython's signature)
    words = alt_text(ax)
    printer.text(_plain(words) if words else repr(ax))
