"""The panel: the frame that every live panel shares. This page says how a new one is made.

1. Write the logic as a plain class that knows nothing of widgets, in `logic.py`. Test it.
2. Write functions that draw its state as a `Picture` (words of `bplearn.show.svg`) or as HTML text. Test their words.
3. Write a thin view: make a `Panel(title, logic, static_picture)`, let it `.view(draw)` each drawing, make controls
   (module `controls`), `.bind` each to what it changes in the logic or give it an action with `.on_change` and
   `.on_click`, and `.arrange` rows of them. Actions change the logic only: after each one the panel redraws every
   view by itself.
4. For something that runs: `panel.play_button(work, done=...)`.
5. The public function builds logic and view and returns `view.panel`; `panel.logic` hands the logic to the learner.

What the panel does for all of them: it carries every callback to the kernel's main loop, shows an error as a message
and lives on, pauses when it is no longer seen, and leaves a picture with alternative text in the saved notebook.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from os import PathLike
from typing import Any, final

import ipywidgets

from bplearn.files.atomic import atomic_write
from bplearn.panels.base.columns import row_layout, wrap_row
from bplearn.panels.base.controls import pairs, radio_buttons
from bplearn.panels.base.dial import Dial
from bplearn.panels.base.event_loop import MainLoop, Player
from bplearn.panels.base.explain_error import explain_error
from bplearn.panels.base.grip import Hand, read_hand
from bplearn.panels.base.page import Recording, State, page
from bplearn.panels.base.saving import Saving
from bplearn.panels.base.view import HtmlView, heading_html, save_svg, static_bundle
from bplearn.show.picture import Picture
from bplearn.show.text import escape

Draw = Callable[[], Picture | str]
Options = Callable[[], Sequence[Any]]  # what a control offers: names, or (label, value)
_NUMBERS = itertools.count(1)  # keeps the ids of two panels on one page apart


@final
class Panel(ipywidgets.VBox):  # type: ignore[misc]
    """A live panel: views that show, controls that act, and a picture for pages without a kernel.

    `logic` is the plain object behind the panel. `static_picture` draws what a saved page shows.

    >>> from bplearn.show.picture import Picture
    >>> panel = Panel("A dot", None, lambda: Picture(40, 20, "", "A dot", "Radius 3."))
    >>> panel
    Live panel 'A dot'. A dot. Radius 3.
    """

    def __init__(self, title: str, logic: Any, static_picture: Callable[[], Picture]) -> None:
        self.title, self.static_picture, self.logic = title, static_picture, logic
        self.player: Player | None = None
        self.recording: Recording | None = None
        self._post = MainLoop()
        self._name = f"panel{next(_NUMBERS)}"
        self._views: list[tuple[HtmlView, Draw]] = []
        self._syncs: list[Callable[[], object]] = []
        self._quiet: int | None = None
        self._error_view = HtmlView(role="alert")
        self._heading = HtmlView(content=heading_html(title))
        self._saving = Saving(title, static_picture, lambda said, buffers=None: self._heading.send(said, buffers))
        self._heading.on_msg(lambda _, said, data: self._post(object(), self.act, self._saving.heard, said, data))
        super().__init__([self._heading, self._error_view])
        self.add_class("bpl-panel")
        self._error_view.on_msg(self._on_message)

    # ---- building ----

    def view(
        self,
        draw: Draw,
        *,
        width: int = 0,
        clicked: Callable[[str], object] | None = None,
        dragged: Callable[[Hand], object] | None = None,
        keys: Mapping[str, Callable[[], object]] | None = None,
        label: str = "",
        role: str = "",
    ) -> HtmlView:
        """Make a view that shows what `draw()` returns, now and after each action.

        In a row it gets at least `width` pixels (0: the whole row). `clicked(data_key)` hears clicks on parts with a
        `data_key`, `dragged(hand)` what is taken hold of (module `grip`); `keys` maps key names to actions, heard while
        the view, then called `label`, has the focus.
        """
        keys = keys or {}
        view = HtmlView(role=role, label=label, hears=list(keys))
        view.layout.flex = f"{width} 1 {width}px" if width else "1 1 100%"
        view.layout.min_width = "0"

        def heard(_: Any, message: dict[str, Any], __: Any) -> None:
            if clicked is not None and "click" in message:
                self._post(object(), self.act, clicked, str(message["click"]))
            elif dragged is not None and "drag" in message:
                hand = read_hand(message)
                newest = hand.phase == "move" and not hand.trail  # of a drag; of a line all of it counts
                self._post((view, "move") if newest else object(), self.act, dragged, hand)
            elif message.get("key") in keys:
                self._post(object(), self.act, keys[message["key"]])
            elif "seen" in message and self.player is not None:
                self.player.seen()

        view.on_msg(heard)
        self._views.append((view, draw))
        self._show(view, draw)
        return view

    def on_click(
        self, button: ipywidgets.Button, action: Callable[[], object], *, anew: bool = False
    ) -> ipywidgets.Button:
        """Run `action()` on each click, then redraw; where it begins `anew`, the walk that can be saved does too."""
        steps = (self.begin_anew, action) if anew else (action,)
        button.on_click(lambda _: self._post(object(), self.act, lambda: [step() for step in steps]))
        return button

    def begin_anew(self) -> None:
        """Let the walk that can be saved begin here."""
        self._saving.walk.begin_anew()

    def on_change(self, control: ipywidgets.Widget, action: Callable[[Any], object]) -> Any:
        """Run `action(value)` after each change by the learner, then redraw. Of a fast drag only the newest counts."""

        def heard(change: dict[str, Any]) -> None:
            if isinstance(control, Dial) and control.overtaken:
                self._post(object(), self.refresh)  # it shows again what was typed
            elif self._quiet != threading.get_ident():
                self._post(control, self.act, action, control.number if isinstance(control, Dial) else change["new"])

        def typed(_: Any, message: dict[str, Any], __: Any) -> None:
            if "typed" in message:
                self._post(control, self.act, control.take, action, str(message["typed"]))

        control.observe(heard, "value")
        if isinstance(control, Dial):
            control.on_msg(typed)
        return control

    def bind(
        self,
        control: ipywidgets.Widget,
        logic: Any,
        name: str,
        *,
        via: Callable[..., object] | None = None,
        options: Options | None = None,
    ) -> Any:
        """Tie a control to what the logic calls `name`: a turn changes it there, and each redraw shows it.

        The change is made by `via(name=value)`, by default `logic.choose`. A `name` such as "session.learning_rate"
        is looked up inside and chosen by its last part. `options()` gives what a list or a dial offers now.
        """
        look_up, word, change = attrgetter(name), name.rpartition(".")[2], via or logic.choose
        return self.tie(control, lambda: look_up(logic), lambda value: change(**{word: value}), options=options)

    def tie(
        self,
        control: ipywidgets.Widget,
        now: Callable[[], Any],
        change: Callable[[Any], object],
        *,
        options: Options | None = None,
    ) -> Any:
        """Tie a control to two functions: `now()` is what it shows, `change(value)` what a turn does."""
        self.on_change(control, change)
        self.before_redraw(lambda: self._follow(control, now(), options))
        self._follow(control, now(), options)
        return control

    def _follow(self, control: Any, value: Any, options: Options | None) -> None:
        """Let a control offer these options and show this value, which is offered as well if it was not."""
        if self._post.waits(control):
            return
        if isinstance(control, Dial):
            with self._quietly(control):
                if options is not None:
                    control.offer(options())
                control.put(value)
            return
        if hasattr(control, "options"):
            offered = pairs(control.options if options is None else options())
            if all(choice != value for _, choice in offered):
                offered.append((getattr(value, "__name__", getattr(value, "name", str(value))), value))
            if offered != list(control.options):
                self.set_quietly(control, options=offered)
        self.set_quietly(control, value=value)

    def set_quietly(self, control: ipywidgets.Widget, **values: Any) -> None:
        """Set traits of a control without calling its action: what the program does is no choice of the learner.

        A control that the learner has turned meanwhile is left alone: its action comes next.
        """
        changed = {name: value for name, value in values.items() if getattr(control, name) != value}
        if changed and not self._post.waits(control):
            with self._quietly(control):
                for name, value in changed.items():
                    setattr(control, name, value)

    @contextlib.contextmanager
    def _quietly(self, control: ipywidgets.Widget) -> Iterator[None]:
        """Change a control in one message, and call no action."""
        self._quiet = threading.get_ident()
        try:
            with control.hold_sync():
                yield
        finally:
            self._quiet = None

    def before_redraw(self, sync: Callable[[], object]) -> None:
        """Call `sync()` before each redraw: there a view sets its controls to what the logic says."""
        self._syncs.append(sync)

    def play_button(
        self, work: Callable[[], object], *, done: Callable[[], bool] = lambda: False, fps: float = 20
    ) -> ipywidgets.Button:
        """Make the button that plays and pauses: `work()` is done `fps` times a second, and shown."""
        button = ipywidgets.Button(description="Play", icon="play", tooltip="Play or pause", button_style="primary")
        button.layout.width = "96px"

        def changed() -> None:
            running = player.running
            button.description, button.icon = ("Pause", "pause") if running else ("Play", "play")
            self.refresh()

        player = Player(work, self.refresh, done=done, fps=fps, changed=changed, failed=self.show_error)
        self.player = player

        def clicked(_: Any) -> None:
            if player.running:
                player.pause()  # it only sets a flag, so any thread may call it at once
            else:
                self._post("play", self.act, player.play)

        button.on_click(clicked)
        return button

    def arrange(self, *rows: Sequence[ipywidgets.Widget] | ipywidgets.Widget) -> None:
        """Put rows of controls and views below the title. A row breaks where the page is narrow."""
        shared = row_layout()  # one widget for all rows saves the browser work
        boxes = [row if isinstance(row, ipywidgets.Widget) else wrap_row(row, shared) for row in rows]
        self.children = [self._heading, *boxes, self._error_view]

    def record(self, *names: str, visit: Callable[[], Iterator[State]], walk: bool = False, whole: bool = True) -> None:
        """Say which states `save_html` shows: `visit()` goes through them, each named for each control."""
        self.recording = Recording(names, visit, walk, whole)

    # ---- living ----

    def act(self, action: Callable[..., object], *arguments: Any) -> None:
        """Run an action, then redraw. An error becomes a message in the panel; the panel lives on."""
        try:
            action(*arguments)
            self._error_view.show("")
        except Exception as error:  # a learner's own layer may raise anything
            self.show_error(error)
        self.refresh()

    def refresh(self) -> None:
        """Redraw every view."""
        for sync in self._syncs:
            sync()
        drawn = [self._show(view, draw) for view, draw in self._views]
        self._saving.walk.note([picture for picture in drawn if isinstance(picture, Picture)])

    def show_error(self, error: Exception) -> None:
        """Say in the panel what went wrong, and in whose code."""
        if self.player is not None:
            self.player.pause()
        self._error_view.show(f'<div class="bpl-alert">{escape(explain_error(error))}</div>')

    @property
    def error_message(self) -> str:
        """The message that stands in the panel, or nothing."""
        return self._error_view.content

    def close(self) -> None:
        """Stop and take the panel off the page."""
        if self.player is not None:
            self.player.pause()
        super().close()

    def _show(self, view: HtmlView, draw: Draw) -> Picture | str:
        try:
            drawn = draw()
        except Exception as error:  # the picture runs the learner's layers too
            self.show_error(error)
            return ""
        name = f"{self._name}-{self._views.index((view, draw))}"
        view.show(drawn.text(name) if isinstance(drawn, Picture) else drawn)
        return drawn

    def _on_message(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if "chosen" in message:
            for control in radio_buttons(self):
                control.index = message["chosen"]
        if self.player is None:
            return
        if message.get("view") == "opened":
            self.player.watched = True
        elif message.get("view") == "closed":
            self.player.pause()
        elif message.get("motion") == "reduce":
            self.player.fps = min(self.player.fps, 3)  # fewer pictures for readers who want less motion

    def save(self, path: str | PathLike[str]) -> None:
        """Write the panel's picture to an SVG file; *Save PNG* makes pixels. Raises: ArgumentError for another kind."""
        save_svg(self.static_picture(), path)

    # ---- what a saved page shows ----

    def save_html(self, path: str | PathLike[str]) -> None:
        """Write a page that works with no kernel and no network: every state of this panel, or those so far.

        Keys, names for a screen reader and colours are the panel's. The page says how many states it holds; a panel
        whose states have no end and that keeps no record is written as it stands.
        Raises: OSError where the file cannot be written.

        >>> from bplearn.widgets import step_through
        >>> step_through().save_html("stepper.html")  # doctest: +SKIP
        """
        recording = self.recording or Recording(("as it stands",), lambda: iter([State(("now",))]), whole=False)
        text = page(self.title, list(self.children[1:-1]), recording, self.refresh)
        atomic_write(path, lambda file: file.write(text.encode()))

    def __repr__(self) -> str:
        return f"Live panel {self.title!r}. {self.static_picture().alt}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any] | tuple[dict[str, Any], dict[str, Any]]:
        self.refresh()  # code may have changed the logic since the panel was made
        bundle = static_bundle(self.title, self.static_picture(), self.model_id)
        widget = self._heading._repr_mimebundle_()  # on Colab with the address of its widget manager beside it
        return (bundle, widget[1]) if isinstance(widget, tuple) and widget[1] else bundle
