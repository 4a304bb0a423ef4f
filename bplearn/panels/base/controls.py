"""The controls of a panel, each with its whole label: sliders, choices, fields and buttons of ipywidgets.

ipywidgets cuts a description of more than ten letters; these do not. The number beside a slider can be typed over.
Used by every live panel; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

_WHOLE = {"description_width": "initial"}


def _layout(width: int) -> ipywidgets.Layout:
    return ipywidgets.Layout(width=f"{width}px" if width else "auto", max_width="100%", min_width="0")


def button(name: str, hint: str = "", *, icon: str = "", like: ipywidgets.Button | None = None) -> ipywidgets.Button:
    """Make a button called `name`. It shares the look of another one, `like`, which saves the browser work.

    >>> button("One step").description
    'One step'
    """
    look = {"layout": _layout(0)} if like is None else {"layout": like.layout, "style": like.style}
    return ipywidgets.Button(description=name, tooltip=hint or name, icon=icon, **look)


def round_rates(low: int, high: int, *, also: float | None = None) -> list[tuple[str, float]]:
    """Return ten round numbers a decade, from 10**low to 10**high, and `also` in its place, as (label, value).

    >>> [label for label, _ in round_rates(-1, 0, also=0.33)]
    ['0.1', '0.12', '0.15', '0.2', '0.25', '0.3', '0.33', '0.4', '0.5', '0.6', '0.8', '1']
    """
    heads = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
    values = {float(f"{head}e{power}") for power in range(low, high) for head in heads} | {float(f"1e{high}")}
    values |= set() if also is None else {also}
    return [(f"{value:.4g}", value) for value in sorted(values)]


def rate_slider(name: str, value: float, low: int, high: int, *, width: int = 320) -> Any:
    """Make a slider over round numbers on a log scale; any other value it is set to finds its place among them.

    >>> rate_slider("learning rate", 0.1, -4, 1).label
    '0.1'
    """
    return pick_slider(name, round_rates(low, high, also=value), value, width=width)


def whole_slider(name: str, value: int, low: int, high: int, *, width: int = 300) -> ipywidgets.IntSlider:
    """Make a slider over whole numbers.

    >>> whole_slider("epoch", 0, 0, 5).max
    5
    """
    return ipywidgets.IntSlider(
        value=value, min=low, max=high, description=name, style=_WHOLE, layout=_layout(width), continuous_update=True
    )


def real_slider(name: str, value: float, low: float, high: float, step: float, *, width: int = 250) -> Any:
    """Make a slider over numbers in equal steps; the number beside it can be typed over.

    >>> real_slider("w1", 2.0, -5, 5, 0.1).value
    2.0
    """
    return ipywidgets.FloatSlider(
        value=value, min=min(low, value), max=max(high, value), step=step, description=name,
        readout_format=".4", style=_WHOLE, layout=_layout(width),
    )  # fmt: skip


def pick_slider(name: str, options: Sequence[tuple[str, Any]], value: Any, *, width: int = 300) -> Any:
    """Make a slider over a list of (label, value).

    >>> pick_slider("batch size", [("1", 1), ("210 (all)", 210)], 210).label
    '210 (all)'
    """
    return ipywidgets.SelectionSlider(
        options=list(options), value=value, description=name, style=_WHOLE, layout=_layout(width)
    )


def choice(
    name: str, options: Sequence[Any], value: Any, *, width: int = 0, like: ipywidgets.Dropdown | None = None
) -> ipywidgets.Dropdown:
    """Make a drop-down list of names, or of (label, value). It shares the look of another one, `like`.

    >>> choice("optimizer", ["SGD", "Adam"], "SGD").value
    'SGD'
    """
    look = {"style": _WHOLE, "layout": _layout(width)} if like is None else {"style": like.style, "layout": like.layout}
    return ipywidgets.Dropdown(options=list(options), value=value, description=name, **look)


def switch(name: str, options: Sequence[Any], value: Any) -> ipywidgets.ToggleButtons:
    """Make buttons of which one is pressed: names, or (label, value).

    >>> switch("loss by", ["updates", "epochs"], "epochs").value
    'epochs'
    """
    style = {**_WHOLE, "button_width": "auto"}
    return ipywidgets.ToggleButtons(
        options=list(options), value=value, description=name, style=style, layout=_layout(0)
    )


def statements(name: str, options: Sequence[Any], value: Any = None) -> ipywidgets.RadioButtons:
    """Make statements of which one can be chosen, each on its own line; None: nothing is chosen yet.

    >>> statements("your answer", ["it rises", "it falls"]).value is None
    True
    """
    return ipywidgets.RadioButtons(
        options=list(options), value=value, description=name, tooltip=name, style=_WHOLE, layout=_layout(0)
    )


def checkbox(name: str, value: bool = False) -> ipywidgets.Checkbox:
    """Make a box to tick.

    >>> checkbox("predict first").value
    False
    """
    return ipywidgets.Checkbox(value=value, description=name, indent=False, layout=_layout(0))


def number_field(name: str, value: int, *, low: int = 0, high: int = 10**6, width: int = 120) -> Any:
    """Make a field for a whole number.

    >>> number_field("seed", 3).value
    3
    """
    return ipywidgets.BoundedIntText(
        value=value, min=low, max=high, description=name, style=_WHOLE, layout=_layout(width)
    )


def value_field(name: str, value: float, *, width: int = 130) -> ipywidgets.FloatText:
    """Make a field for any number; it reports when Enter is pressed or the field is left.

    >>> value_field("exactly", 0.33).value
    0.33
    """
    return ipywidgets.FloatText(
        value=value, description=name, style=_WHOLE, layout=_layout(width), continuous_update=False, step=None
    )


def text_field(name: str, value: str = "", *, hint: str = "", width: int = 200) -> ipywidgets.Text:
    """Make a field for words; it reports when Enter is pressed or the field is left.

    >>> text_field("hidden layers", "8, 8").value
    '8, 8'
    """
    return ipywidgets.Text(
        value=value, placeholder=hint, description=name, style=_WHOLE, layout=_layout(width), continuous_update=False
    )


def code_area(name: str) -> ipywidgets.Textarea:
    """Make a field for code to copy, hidden until it has something to show.

    >>> code_area("code").layout.display
    'none'
    """
    layout = ipywidgets.Layout(width="100%", display="none")
    return ipywidgets.Textarea(description=name, rows=8, style=_WHOLE, layout=layout)
