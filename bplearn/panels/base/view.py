"""The view: the one anywidget of bplearn. It shows a text (SVG or HTML) that Python wrote.

Its JavaScript, `view.js`, also gives ipywidgets' controls the names they lack, keeps single keys inside the panel so
that JupyterLab does not take them for its shortcuts, and reports clicks on parts that carry a `data-key`.
Used by every live panel; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from pathlib import Path
from typing import final

import anywidget
import traitlets

from bplearn.show import palette

_HERE = Path(__file__).parent
STYLE = palette.STYLE + (_HERE / "view.css").read_text(encoding="utf-8")  # a panel brings it along once, in its title


@final
class HtmlView(anywidget.AnyWidget):
    """One place of a panel that shows `content`, a text of SVG or HTML.

    `role` is what a screen reader takes it for: "" for a picture, "status" or "alert" for a message.
    `hears` names the keys it hears while it has the focus; with any, it can be reached by Tab and is called `label`.
    It sends messages: {"click": data_key}, {"key": name} and {"seen": frame}; the alert of a panel also sends
    {"view": "opened" or "closed"}, {"motion": "reduce"} and, before a button is heard, {"chosen": statement}.

    >>> view = HtmlView()
    >>> view.show("<p>one</p>")
    >>> view.show("<p>one</p>")
    >>> view.frame
    1
    """

    _esm = (_HERE / "view.js").read_text(encoding="utf-8")

    content = traitlets.Unicode("").tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    role = traitlets.Unicode("").tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    hears = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def show(self, content: str) -> None:
        """Show this text; the same text again costs nothing."""
        if content != self.content:
            with self.hold_sync():
                self.frame += 1
                self.content = content
