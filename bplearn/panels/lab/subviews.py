"""The views of the training lab below its loss curve: the network, its gradients, the batch noise, the runs.

The lab shows one of them at a time. It builds each when a learner first opens it, and draws it only while it is shown,
so that the lab opens quickly and plays smoothly. Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, final

import ipywidgets

from bplearn.datasets import Dataset
from bplearn.history import History
from bplearn.panels.base import controls
from bplearn.panels.base.columns import row_layout, wrap_row
from bplearn.panels.base.panel import Panel
from bplearn.panels.lab.epoch_noise import EpochNoise
from bplearn.panels.lab.epoch_noise_pictures import epoch_angles, epoch_arrows
from bplearn.panels.lab.logic import RunComparison
from bplearn.panels.lab.network_pictures import gradient_sizes, network_view, watch_words
from bplearn.show.picture import Picture
from bplearn.show.table import Table
from bplearn.show.text import escape, short

SETUP = ("data", "hidden", "activation", "optimizer", "seed")  # settings that all runs share are named once
VIEWS = ["weights", "gradients", "batch noise", "runs"]
HINT = (
    "Network: arrow keys choose start and end of the watched weight, PageUp and PageDown its layer, Escape lets it go"
)


@final
class LabViews:
    """The switch, and the body that shows the chosen view with the code area that all share."""

    def __init__(
        self,
        book: RunComparison,
        panel: Panel,
        *,
        playing: Callable[[], bool],
        look: Callable[[], Dataset],
    ) -> None:
        self.book, self.panel, self.playing, self.look = book, panel, playing, look
        self.said = ""
        self.seen = EpochNoise()
        self.switch = panel.on_change(controls.switch("view", VIEWS, "weights"), self.open)
        self.body = ipywidgets.VBox(layout={"width": "100%", "overflow": "visible"})
        self.row = row_layout()
        self._area: Any = None
        self._built: dict[str, list[ipywidgets.Widget]] = {}
        self.open("weights")

    def open(self, view: str) -> None:
        """Show a view; build it where it is opened for the first time."""
        kind = "network" if view in ("weights", "gradients") else view
        if kind not in self._built:
            build = {"network": self._network, "batch noise": self._noise, "runs": self._runs}[kind]
            self._built[kind] = build()
        self._kind = kind
        self._fill()

    def _fill(self) -> None:
        children = (*self._built[self._kind], *([self._area] if self._area is not None else []))
        if self.body.children != children:
            self.body.children = children

    def lines(self) -> str:
        """What the lines of the network show: weights or gradients."""
        return "gradients" if self.switch.value == "gradients" else "weights"

    def _only(self, views: tuple[str, ...], draw: Callable[[], Picture | str]) -> Callable[[], Picture | str]:
        return lambda: draw() if self.switch.value in views else ""

    def _side_by_side(self, left: Any, right: Any) -> ipywidgets.HBox:
        left.layout.flex, right.layout.flex, right.layout.max_width = "4 1 300px", "1 1 150px", "270px"
        return wrap_row([left, right], self.row)

    # ---- network ----

    def _network(self) -> list[ipywidgets.Widget]:
        book, panel, both = self.book, self.panel, ("weights", "gradients")
        keys: dict[str, Callable[[], object]] = {
            "ArrowUp": lambda: book.watch.move(0, -1),
            "ArrowDown": lambda: book.watch.move(0, 1),
            "ArrowLeft": lambda: book.watch.move(1, -1),
            "ArrowRight": lambda: book.watch.move(1, 1),
            "PageUp": lambda: book.watch.turn(-1),
            "PageDown": lambda: book.watch.turn(1),
            "Escape": book.watch.clear,
        }
        net = panel.view(
            self._only(both, lambda: network_view(book.session, self.lines(), book.watch, still=not self.playing())),
            clicked=lambda key: book.watch.choose_key(key),
            keys=keys,
            label=HINT,
        )
        sizes = panel.view(self._only(both, lambda: gradient_sizes(book.session)))
        card = panel.view(self._only(both, self._card), width=300)
        self.trace = panel.on_click(
            controls.button("Trace it", "Code that traces the gradient of the watched weight"), self._show_trace
        )
        panel.before_redraw(self._sync_trace)
        return [self._side_by_side(net, sizes), wrap_row([card, self.trace], self.row).add_class("bpl-card")]

    def _sync_trace(self) -> None:
        watch = self.book.watch
        self.panel.set_quietly(self.trace, disabled=watch.layer is None or watch.session.update is None)

    def _card(self) -> str:
        """The watched weight in words."""
        if self.book.watch.layer is None:
            hint = "Click a line to watch its weight; or Tab to the network and press an arrow key."
            return f'<p class="bpl-note">{hint}</p>'
        name, equals, rest = watch_words(self.book.watch).partition(" = ")
        return f"<p><strong>{escape(name)}</strong>{equals}{escape(rest)}</p>"

    def _show_trace(self) -> None:
        self.show_code("code to trace it", self.book.watch.code())

    def show_code(self, name: str, code: str) -> None:
        """Show code to copy; the same code again takes it off."""
        if self._area is None:
            self._area = controls.code_area(name)
            self._fill()
        shown = self._area.layout.display != "none" and self._area.value == code
        self._area.description, self._area.value = name, code
        self._area.layout.display = "none" if shown else None

    # ---- batch noise ----

    def _noise(self) -> list[ipywidgets.Widget]:
        views = ("batch noise",)
        arrows = self.panel.view(self._only(views, lambda: epoch_arrows(self._looked())))
        angles = self.panel.view(self._only(views, lambda: epoch_angles(self.seen)))
        words = self.panel.view(self._only(views, self._noise_words))
        return [self._side_by_side(arrows, angles), words]

    def _looked(self) -> EpochNoise:
        """Look at the noise anew, or (while it plays) now and then."""
        return self.seen.refresh(self.book.session, self.look(), throttle=self.playing())

    def _noise_words(self) -> str:
        noise = self.seen.noise
        sentence = "" if noise is None else noise.noise_words()  # the pictures say the rest
        return f"<p>{escape(sentence)}</p>"

    # ---- runs ----

    def _runs(self) -> list[ipywidgets.Widget]:
        panel, book = self.panel, self.book
        self.name = controls.text_field("name of the run", hint="optional", width=205)
        pin = panel.on_click(controls.button("Pin this run", "Keep it for comparison"), self._pin)
        self.pinned = controls.choice("pinned", [("none", "")], "")
        unpin = panel.on_click(controls.button("Remove", "Take the chosen pinned run off", like=pin), self._unpin)
        csv = panel.on_click(controls.button("Save CSV", "All runs, step by step", like=pin), self._save_csv)
        png = panel.on_click(controls.button("Save curves", "The loss curves as a picture", like=pin), self._save_png)
        code = panel.on_click(
            controls.button("Code", "The Python code that repeats this run", like=pin),
            lambda: self.show_code("code of this run", book.experiment.code(book.session)),
        )
        panel.before_redraw(self._sync_runs)
        runs = panel.view(self._only(("runs",), self._table))
        above = wrap_row([self.name, pin, self.pinned, unpin], self.row)
        return [above, wrap_row([csv, png, code], self.row), runs]

    def _sync_runs(self) -> None:
        names = [(run.name, run.name) for run in self.book.runs] or [("none", "")]
        if list(self.pinned.options) != names:
            self.pinned.options = names

    def beside(self) -> list[tuple[str, History]]:
        """The pinned runs on the same data, to be drawn beside the one under way: other losses do not compare."""
        data = self.book.experiment.data_name
        return [(run.name, run.history) for run in self.book.runs if run.experiment.data_name == data]

    def _pin(self) -> None:
        self.said = f"Pinned as '{self.book.pin(self.name.value).name}'."
        self.name.value = ""

    def _unpin(self) -> None:
        self.book.unpin(self.pinned.value)

    def _save_csv(self) -> None:
        path = _free("training_lab.csv")
        path.write_bytes(self.book.to_csv().encode())
        self.said = f"Saved as {path.name} beside the notebook."

    def _save_png(self) -> None:
        from bplearn.plotting import plot_loss  # matplotlib is loaded only for this

        runs = [*self.book.runs, self.book.now()]
        axes = plot_loss({run.name: run.history for run in runs if run.history.steps})
        path = _free("training_lab.png")
        axes.figure.savefig(path, dpi=150)  # type: ignore[union-attr]
        self.said = f"Saved as {path.name} beside the notebook."

    def _table(self) -> str:
        rows = self.book.table()
        shared = [name for name in SETUP if len({row[name] for row in rows}) == 1]
        names = [n for n in rows[0] if n not in shared and any(row[n] not in (None, "") for row in rows)]
        cells = tuple(tuple(_cell(row[name]) for name in names) for row in rows)
        same = ", ".join(f"{name} {rows[0][name]}" for name in shared)
        caption = "Runs compared" + (f": {same}" if same else "")
        return Table(caption, tuple(names), cells).html(highlight=[len(rows) - 1])


def _free(name: str) -> Path:
    """Return the name, or with a number where a file of that name is there already: nothing is written over."""
    path, number = Path(name), 2
    while path.exists():
        path = Path(name).with_stem(f"{Path(name).stem}_{number}")
        number += 1
    return path


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return short(value)
    return str(value)
