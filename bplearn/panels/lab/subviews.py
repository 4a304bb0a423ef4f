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
from bplearn.panels.base.data_pictures import has_boundary
from bplearn.panels.base.panel import Panel
from bplearn.panels.lab.epoch_noise import EpochNoise
from bplearn.panels.lab.epoch_noise_pictures import epoch_angles, epoch_arrows
from bplearn.panels.lab.logic import RunComparison
from bplearn.panels.lab.network_pictures import gradient_sizes, network_view, watch_words
from bplearn.panels.lab.unit_maps import has_maps
from bplearn.show.picture import Picture
from bplearn.show.table import Table
from bplearn.show.text import escape, short

SETUP = ("data", "hidden", "activation", "optimizer", "seed")  # settings that all runs share are named once
VIEWS = ["weights", "gradients", "batch noise", "runs"]
HINT = (
    "Network: arrow keys choose start and end of the watched weight, PageUp and PageDown its layer, Enter shows large "
    "what the unit at its end says, Escape lets it go"
)


@final
class LabViews:
    """The switch; a body, a side and a foot that show the chosen view; and the code area that all share.

    `unit` is the unit whose map is shown large: its column and its number, or None.
    """

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
        self.unit: tuple[int, int] | None = None
        self.seen = EpochNoise()
        self.switch = panel.on_change(controls.switch("view", VIEWS, "weights"), self.open)
        self.body, self.side = (ipywidgets.VBox(layout={"overflow": "visible", "min_width": "0"}) for _ in range(2))
        self.foot = panel.view(self._foot, width=300)
        self.trace = panel.on_click(
            controls.button("Trace it", "Code that traces the gradient of the watched weight"), self._show_trace
        )
        self.area = controls.code_area("code")
        self.row = row_layout()
        self._built: dict[str, tuple[list[ipywidgets.Widget], list[ipywidgets.Widget]]] = {}
        panel.before_redraw(self._sync_trace)
        self.open("weights")

    def open(self, view: str) -> None:
        """Show a view; build it where it is opened for the first time."""
        kind = "network" if view in ("weights", "gradients") else view
        if kind not in self._built:
            build = {"network": self._network, "batch noise": self._noise, "runs": self._runs}[kind]
            self._built[kind] = build()
        self.body.children, self.side.children = self._built[kind]

    def lines(self) -> str:
        """What the lines of the network show: weights or gradients."""
        return "gradients" if self.switch.value == "gradients" else "weights"

    def _only(self, views: tuple[str, ...], draw: Callable[[], Picture | str]) -> Callable[[], Picture | str]:
        return lambda: draw() if self.switch.value in views else ""

    # ---- network ----

    def _network(self) -> tuple[list[ipywidgets.Widget], list[ipywidgets.Widget]]:
        book, panel = self.book, self.panel
        keys: dict[str, Callable[[], object]] = {
            "ArrowUp": lambda: self._walk(lambda: book.watch.move(0, -1)),
            "ArrowDown": lambda: self._walk(lambda: book.watch.move(0, 1)),
            "ArrowLeft": lambda: self._walk(lambda: book.watch.move(1, -1)),
            "ArrowRight": lambda: self._walk(lambda: book.watch.move(1, 1)),
            "PageUp": lambda: self._walk(lambda: book.watch.turn(-1)),
            "PageDown": lambda: self._walk(lambda: book.watch.turn(1)),
            "Enter": lambda: self.enlarge(self._end()),
            "Escape": self._let_go,
        }
        net = panel.view(
            self._only(
                ("weights", "gradients"),
                lambda: network_view(
                    book.session, self.lines(), book.watch, still=not self.playing(), data=self.look()
                ),
            ),
            clicked=self._clicked,
            keys=keys,
            label=HINT,
        )
        sizes = panel.view(self._only(("weights", "gradients"), lambda: gradient_sizes(book.session)))
        return [net], [sizes]

    def _let_go(self) -> None:
        self.book.watch.clear()
        self.unit = None

    def _clicked(self, key: str) -> None:
        kind, *numbers = key.split("-")
        if kind == "unit":
            self.enlarge((int(numbers[0]), int(numbers[1])))
        else:
            self.book.watch.choose_key(key)

    def enlarge(self, unit: tuple[int, int] | None) -> None:
        """Show large what this unit says, or, the second time, the network's answers again."""
        self.unit = None if unit == self.unit else unit

    def _end(self) -> tuple[int, int] | None:
        """The unit at which the watched weight ends: its column and its number."""
        watch = self.book.watch
        return None if watch.layer is None else (list(watch.shapes()).index(watch.layer) + 1, watch.index[1])

    def _walk(self, move: Callable[[], object]) -> None:
        """Go to another weight; a unit that is shown large goes along."""
        move()
        if self.unit is not None:
            self.unit = self._end()

    def enlarged(self) -> tuple[int, int] | None:
        """The unit that is shown large, if its network and data still have it and a plane to draw it on."""
        sizes = [shape[1] for shape in self.book.watch.shapes().values()]
        data, unit = self.look(), self.unit
        if unit is None or not has_maps(data) or data.x.shape[1] != 2 or unit[0] > len(sizes):
            return None
        return unit if unit[1] < [2, *sizes][unit[0]] else None

    def _foot(self) -> str:
        view = self.switch.value
        return self._table() if view == "runs" else self._noise_words() if view == "batch noise" else self._card()

    def _sync_trace(self) -> None:
        watch = self.book.watch
        can = watch.layer is not None and watch.session.update is not None and self.switch.value in VIEWS[:2]
        self.trace.layout.display = None if can else "none"

    def _card(self) -> str:
        """The watched weight in words."""
        if self.book.watch.layer is None:
            unit = "Click a unit to see what it says, a line" if has_maps(self.look()) else "Click a line"
            drag = " drag a point;" if has_boundary(self.look()) else ""
            hint = f"{unit} to watch its weight;{drag} or Tab to a picture and press the arrows."
            return f'<p class="bpl-note">{hint}</p>'
        name, equals, rest = watch_words(self.book.watch).partition(" = ")
        return f"<p><strong>{escape(name)}</strong>{equals}{escape(rest)}</p>"

    def _show_trace(self) -> None:
        self.show_code("code to trace it", self.book.watch.code())

    def show_code(self, name: str, code: str) -> None:
        """Show code to copy; the same code again takes it off."""
        shown = self.area.layout.display != "none" and self.area.value == code
        self.area.description, self.area.value = name, code
        self.area.layout.display = "none" if shown else None

    # ---- batch noise ----

    def _noise(self) -> tuple[list[ipywidgets.Widget], list[ipywidgets.Widget]]:
        views = ("batch noise",)
        arrows = self.panel.view(self._only(views, lambda: epoch_arrows(self._looked())))
        angles = self.panel.view(self._only(views, lambda: epoch_angles(self.seen)))
        return [arrows], [angles]

    def _looked(self) -> EpochNoise:
        """Look at the noise anew, or (while it plays) now and then."""
        return self.seen.refresh(self.book.session, self.look(), throttle=self.playing())

    def _noise_words(self) -> str:
        noise = self.seen.noise
        sentence = "" if noise is None else noise.noise_words()  # the pictures say the rest
        return f"<p>{escape(sentence)}</p>"

    # ---- runs ----

    def _runs(self) -> tuple[list[ipywidgets.Widget], list[ipywidgets.Widget]]:
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
        return [wrap_row([self.name, pin, self.pinned, unpin, csv, png, code], self.row)], []

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
