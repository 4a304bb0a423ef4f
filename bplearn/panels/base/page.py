"""A panel as a page of its own: all that it can show, worked with no kernel and no network.

A view lists its states (`panel.record`): each has a name for each control of the page, and may have `data_keys` that
lead to it. The page holds the texts of every state once, packed; `page.js` shows them.
Belongs to `panel.save_html`; the site shows such pages beside the notebooks.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ipywidgets

from bplearn.panels.base.view import STYLE, HtmlView
from bplearn.show.svg import without_grips
from bplearn.show.text import counted, escape

NOT_SAID, SHOW_NUMBER = "-", "show the number"  # what a question of a page offers beside its statements

_HERE = Path(__file__).parent
_OWN_STYLE = """body{margin:0;font-family:system-ui,sans-serif;background:var(--bpl-paper);color:var(--bpl-ink)}
main{margin:0 auto;padding:10px 14px;max-width:900px;border:0}h1{font-size:15px;margin:0 0 6px}
.page-row{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:flex-start}
.page-column{display:flex;flex-direction:column}
#controls{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center;margin-bottom:8px}
#controls :is(button,select){font:inherit;font-size:13px;min-height:30px;padding:2px 10px;color:inherit;
background:var(--bpl-soft);border:1px solid var(--bpl-muted);border-radius:4px}
#controls :is(label,select){max-width:100%;box-sizing:border-box}
#controls input{flex:1 1 120px;accent-color:var(--bpl-accent)}
#controls label{font-size:13px}
@media(max-width:640px){[data-view]{overflow-x:auto}[data-view] svg.bpl{max-width:none!important}}
.bpl-thumbs{display:none}
:focus-visible{outline:2px solid var(--bpl-accent);outline-offset:2px}
footer{font-size:13px;color:var(--bpl-muted);margin-top:8px}"""


@dataclass(frozen=True)
class State:
    """One state of a panel: a name for each control of the page, and the parts of a picture whose click leads here."""

    names: tuple[str, ...]
    data_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recording:
    """What a panel tells of its states: the controls, how to visit each state, and whether these are all of them.

    `visit()` puts the logic into one state after the other, and puts it back at the end. In a `walk` the states follow
    each other: the page has Back, Next and a slider.
    """

    controls: tuple[str, ...]
    visit: Callable[[], Iterator[State]]
    walk: bool = False
    whole: bool = True


@dataclass
class _Book:
    """Texts, each kept once, and the states as their numbers."""

    texts: dict[str, int] = field(default_factory=dict)
    states: list[dict[str, Any]] = field(default_factory=list)

    def add(self, state: State, contents: list[str]) -> None:
        numbers = [self.texts.setdefault(text, len(self.texts)) for text in contents]
        self.states.append({"names": state.names, "keys": state.data_keys, "texts": numbers})


def page(title: str, boxes: list[ipywidgets.Widget], recording: Recording, refresh: Callable[[], object]) -> str:
    """Return the page with the states of a panel that consists of these boxes, opened at the one that it shows now."""
    views = [view for box in boxes for view in _views(box)]
    shows, book = [without_grips(view.content) for view in views], _Book()
    for state in recording.visit():
        refresh()
        book.add(state, [without_grips(view.content) for view in views])
    refresh()
    now = [book.texts.get(text) for text in shows]
    start = next((n for n, state in enumerate(book.states) if state["texts"] == now), 0)
    first = {view.model_id: list(book.texts)[n] for view, n in zip(views, book.states[start]["texts"], strict=True)}
    data = {"texts": list(book.texts), "states": book.states, "controls": recording.controls, "walk": recording.walk}
    packed = base64.b64encode(gzip.compress(json.dumps({**data, "start": start}).encode(), mtime=0)).decode()
    count = len(book.states)
    count_words = f"All {count:,} states" if recording.whole else f"The {counted(count, 'state')} so far"
    footer = f"{count_words} of this panel, made by bplearn. To change anything else, open it in JupyterLab."
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}{_OWN_STYLE}</style></head>'
        f'<body><main class="bpl-panel"><h1>{escape(title)}</h1><div id="controls"></div>'
        f"{''.join(_shown(box, first) for box in boxes)}"
        f'<footer>{footer}</footer></main><script type="text/plain" id="states">{packed}</script>'
        f'<script type="module">{script}</script></body></html>\n'
    )


def _views(box: ipywidgets.Widget) -> list[HtmlView]:
    """Return the views in a box that show something of the panel: messages of errors are none."""
    if isinstance(box, HtmlView):
        return [] if box.role == "alert" else [box]
    return [view for child in getattr(box, "children", ()) for view in _views(child)]


def _shown(box: ipywidgets.Widget, contents: dict[str, str]) -> str:
    """Write a box as the page's own: rows and columns of views, without the controls."""
    if not _views(box):
        return ""
    flex = f' style="flex:{box.layout.flex};min-width:0"' if box.layout.flex else ""
    if isinstance(box, HtmlView):
        live = ' aria-live="polite"' if box.role == "status" else ""
        return f'<div class="bpl-view" data-view{live}{flex}>{contents[box.model_id]}</div>'
    kind = "page-row" if isinstance(box, ipywidgets.HBox) else "page-column"
    return f'<div class="{kind}"{flex}>{"".join(_shown(child, contents) for child in box.children)}</div>'
