"""Rows and columns of a panel: they stand side by side where the page is wide enough, else one below the other.

Used by the panels that show a picture and its numbers; first met in notebooks/06_trace_one_weight.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterable

import ipywidgets

from bplearn.panels.base.view import HtmlView


def row_layout() -> ipywidgets.Layout:
    """Return the layout of a row; several rows may share one.

    >>> row_layout().width
    '100%'
    """
    return ipywidgets.Layout(flex_flow="row wrap", width="100%", overflow="visible")


def wrap_row(widgets: Iterable[ipywidgets.Widget], layout: ipywidgets.Layout | None = None) -> ipywidgets.HBox:
    """Put widgets side by side; they wrap to the next line where the page is narrow.

    >>> wrap_row([]).layout.flex_flow
    'row wrap'
    """
    widgets = list(widgets)
    row = ipywidgets.HBox(widgets, layout=layout or row_layout())
    return row.add_class("bpl-views" if any(isinstance(w, HtmlView) for w in widgets) else "bpl-row")


def column(width: int, *widgets: ipywidgets.Widget) -> ipywidgets.VBox:
    """Put widgets one below the other in a column of at least `width` pixels.

    >>> column(300).layout.flex
    '300 1 300px'
    """
    layout = ipywidgets.Layout(flex=f"{width} 1 {width}px", min_width="0", overflow="visible", grid_gap="8px")
    for widget in widgets:
        widget.layout.flex = "0 0 auto"
    return ipywidgets.VBox(list(widgets), layout=layout)


def columns(*found: ipywidgets.VBox) -> ipywidgets.HBox:
    """Put columns side by side; they stand one below the other where the page is narrow.

    >>> columns().layout.flex_flow
    'row wrap'
    """
    row = ipywidgets.HBox(list(found), layout=ipywidgets.Layout(flex_flow="row wrap", width="100%", overflow="visible"))
    return row.add_class("bpl-views")
