"""The controls of a panel, each with its whole label: sliders, choices, fields and buttons of ipywidgets.

ipywidgets cuts a description of more than ten letters; these do not. The number beside a slider can be typed over.
Used by every live panel; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets

from bplearn.panels.base.dial import Dial

_WHOLE = {"description_width": "initial"}


def _layout(width: int) -> ipywidgets.Layout:
    return ipywidgets.Layout(width=f"{width}px" if width else "auto", max_width="100%", min_width="0")


def _chosen(control: Any, value: Any) -> Any:
    """Let a list stand at this value, or at its first."""
    if value is not None:
        control.value = value
    return control


def button(name: str, hint: str = "", *, icon: str = "", like: ipywidgets.Button | None = None) -> ipywidgets.Button:
    """Make a button called `name`. It shares the look of another one, `like`, which saves the browser work.

    >>> button("One step").description
    'One step'
    """
    look = {"layout": _layout(0)} if like is None else {"layout": like.layout, "style": like.style}
    return ipywidgets.Button(description=name, tooltip=hint or name, icon=icon, **look)


def round_rates(low: int, high: int) -> list[float]:
    """Return ten round numbers a decade, from 10**low to 10**high.

    >>> round_rates(-1, 0)
    [0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0]
    """
    heads = ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")
    return sorted({float(f"{head}e{power}") for power in range(low, high) for head in heads} | {float(f"1e{high}")})


def rate_dial(name: str = "learning rate", low: int = -3, high: int = 1, *, width: int = 330) -> Dial:
    """Make a dial on a log scale, from 10**low to 10**high; any other number can be typed.

    >>> rate_dial().stops[-1]
    10.0
    """
    return Dial(name, stops=round_rates(low, high), layout=_layout(width), letters=6)


def whole_dial(name: str, low: int, high: int, *, width: int = 300) -> Dial:
    """Make a dial over whole numbers.

    >>> whole_dial("depth", 1, 30).value
    1.0
    """
    return Dial(name, whole=True, low=low, high=high, layout=_layout(width), letters=3)


def real_dial(name: str, low: float, high: float, step: float, *, width: int = 250) -> Dial:
    """Make a dial over numbers in equal steps.

    >>> real_dial("w1", -5, 5, 0.1).low
    -5.0
    """
    return Dial(name, low=low, high=high, step=step, layout=_layout(width))


def stops_dial(name: str, stops: Sequence[float] = (), *, whole: bool = False, width: int = 300) -> Dial:
    """Make a dial that stops at these numbers.

    >>> stops_dial("by h", [0.1, 0.5]).stops
    [0.1, 0.5]
    """
    return Dial(name, stops=stops, whole=whole, layout=_layout(width))


def number_field(name: str, *, width: int = 0) -> Dial:
    """Make a field for a whole number.

    >>> number_field("seed").stops
    []
    """
    return Dial(name, whole=True, layout=_layout(width), letters=4)


def real_field(name: str) -> Dial:
    """Make a field for any number.

    >>> real_field("its value").whole
    False
    """
    return Dial(name, layout=_layout(0), letters=8)


def choice(
    name: str,
    options: Sequence[Any] = (),
    value: Any = None,
    *,
    width: int = 0,
    like: ipywidgets.Dropdown | None = None,
) -> ipywidgets.Dropdown:
    """Make a drop-down list of names, or of (label, value). It shares the look of another one, `like`.

    >>> choice("optimizer", ["SGD", "Adam"], "SGD").value
    'SGD'
    """
    look = {"style": _WHOLE, "layout": _layout(width)} if like is None else {"style": like.style, "layout": like.layout}
    return _chosen(ipywidgets.Dropdown(options=pairs(options), description=name, **look), value)


def switch(name: str, options: Sequence[Any], value: Any = None) -> ipywidgets.ToggleButtons:
    """Make buttons of which one is pressed: names, or (label, value).

    >>> switch("loss by", ["updates", "epochs"], "epochs").value
    'epochs'
    """
    style = {**_WHOLE, "button_width": "auto"}
    made = ipywidgets.ToggleButtons(options=pairs(options), description=name, style=style, layout=_layout(0))
    return _chosen(made, value)


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


def pairs(options: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return options, given as names or as (label, value), all as (label, value): ipywidgets takes no mixture.

    >>> pairs(["SGD", ("my own", 3)])
    [('SGD', 'SGD'), ('my own', 3)]
    """
    return [option if isinstance(option, tuple) else (str(option), option) for option in options]


def radio_buttons(widget: ipywidgets.Widget) -> list[ipywidgets.RadioButtons]:
    """Return the radio buttons in a widget and in all that it holds."""
    found = [widget] if isinstance(widget, ipywidgets.RadioButtons) else []
    return found + [button for child in getattr(widget, "children", ()) for button in radio_buttons(child)]
