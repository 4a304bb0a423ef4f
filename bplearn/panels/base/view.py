"""The view: the one anywidget of bplearn. It shows a text (SVG or HTML) that Python wrote.

Its JavaScript, `view.js`, also gives ipywidgets' controls the names they lack, keeps single keys inside the panel so
that JupyterLab does not take them for its shortcuts, and reports clicks on parts that carry a `data-key`.
Used by every live panel; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, final

import anywidget
import traitlets

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.show import palette
from bplearn.show.picture import Picture
from bplearn.show.svg import figure_html
from bplearn.show.text import escape

_HERE = Path(__file__).parent
STYLE = palette.STYLE + (_HERE / "view.css").read_text(encoding="utf-8")  # a panel brings it along once, in its title


def heading_html(title: str) -> str:
    """Return a panel's title, the style of all that is in it, and the buttons that save its picture and its walk."""
    buttons = "".join(
        f'<button type="button" data-save="{kind}">Save {kind.upper()}</button>' for kind in ("svg", "png", "gif")
    )
    saving = f'<div class="bpl-save">{buttons}</div>'
    return f'<style>{STYLE}</style>{saving}<div class="bpl-title">{escape(title)}</div>'


def static_bundle(title: str, picture: Picture, model_id: str) -> dict[str, Any]:
    """Return what a notebook keeps of a panel: the widget, and a picture for where it cannot live."""
    image = figure_html(picture.text("static"), picture.alt)
    caption = "A picture of the panel. Run the notebook to work the panel itself."
    return {
        "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": model_id},
        "text/plain": f"Live panel {title!r}. {picture.alt}",
        "text/html": f"<figure>{image}<figcaption>{caption}</figcaption></figure>",
    }


def save_svg(picture: Picture, path: str | PathLike[str]) -> None:
    """Write a picture to an SVG file. Raises: ArgumentError for another kind of file."""
    if Path(path).suffix.lower() != ".svg":
        advice = "Pixels come from the browser: press Save PNG in the panel."
        raise ArgumentError(expected_got("save", "a name that ends in .svg", repr(str(path)), advice))
    picture.save(path)


@final
class HtmlView(anywidget.AnyWidget):
    """One place of a panel that shows `content`, a text of SVG or HTML.

    `role` is what a screen reader takes it for: "" for a picture, "status" or "alert" for a message.
    `hears` names the keys it hears while it has the focus; with any, it can be reached by Tab and is called `label`.
    It sends messages: {"click": data_key}, {"key": name}, {"seen": frame} and, of a part that is taken hold of,
    {"drag": data_drag, "phase": "take", "move" or "drop", "at": place}; the alert of a panel also sends
    {"view": "opened" or "closed"}, {"motion": "reduce"} and, before a button is heard, {"chosen": statement}.

    >>> view = HtmlView()
    >>> view.show("<p>one</p>")
    >>> view.show("<p>one</p>")
    >>> view.frame
    1
    """

    _esm = "".join((_HERE / name).read_text(encoding="utf-8") for name in ("grip.js", "light.js", "view.js"))

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
