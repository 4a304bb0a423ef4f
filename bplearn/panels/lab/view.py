"""The training lab: two dials, learning rate and batch size, and everything that follows from them, live.

The logic is a `RunComparison` (`panel.logic`); here are only its controls and where each picture stands. The views
below the loss curve are in `subviews.py`. Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

import ipywidgets

from bplearn.checks.training import BatchSize
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError
from bplearn.layers import Layer
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.panels.base import controls
from bplearn.panels.base.columns import wrap_row
from bplearn.panels.base.data_pictures import boundary, data_view
from bplearn.panels.base.grip import Hand
from bplearn.panels.base.hold_row import HoldRow
from bplearn.panels.base.loss_picture import loss_curve
from bplearn.panels.base.page import State
from bplearn.panels.base.panel import Panel
from bplearn.panels.choices import ACTIVATIONS, OPTIMIZERS
from bplearn.panels.lab.expectation import Expectation
from bplearn.panels.lab.experiment import Experiment, batch_sizes, hidden_widths, read_widths
from bplearn.panels.lab.logic import RunComparison
from bplearn.panels.lab.moved_point import MovedPoint
from bplearn.panels.lab.network_pictures import gradient_sizes, network_view
from bplearn.panels.lab.subviews import LabViews
from bplearn.panels.lab.thumbnails import thumbnails
from bplearn.panels.lab.unit_maps import unit_view
from bplearn.show.picture import Picture, collage
from bplearn.show.text import escape, short

SLICE = 0.012  # seconds of training for each picture
VERDICT_INTERVAL = 1.0  # seconds between two verdicts while it plays: a screen reader reads each one
SPEEDS = [("1 update", 1), ("10 updates", 10), ("full", 0)]  # a picture
SYMBOLS = {
    "growing": "▲",
    "diverged": "✗",
    "falling": "▼",
    "plateau": "–",
    "jumping": "↕",
    "overfitting": "△",
    "stuck": "–",
}
POINTS = "Training points: left and right arrow choose one; Tab goes to it, then arrows move it"
TROUBLED = ("growing", "diverged", "jumping", "overfitting", "stuck")  # these words get a dashed edge


def training_lab(
    data: str | Dataset = "moons",
    *,
    network: Sequential | Callable[[int], Sequential] | None = None,
    loss: Loss | None = None,
    hidden: Sequence[int] = (8, 8),
    activation: str | type[Layer] = "Tanh",
    optimizer: str = "SGD",
    learning_rate: float = 0.1,
    batch_size: BatchSize = "auto",
    seed: int = 0,
    epochs: int = 0,
) -> Panel:
    """Open the training lab on a data set (a name, or a Dataset of your own).

    Turn learning rate and batch size while it trains; go back to any earlier epoch; watch one weight; see how the
    batches scatter; pin runs and compare them; save them as CSV, picture or code. `network` is a network of your own,
    which stays untrained, or a function of the seed that builds one; `activation` may be a layer class of your own.
    Without `batch_size` a batch has 32 samples, or all where there are fewer; None takes all.
    The lab opens after `epochs` epochs of training.
    `panel.logic.session` holds the training itself.
    Raises: ArgumentError for a name or a number that does not fit, ShapeError for a network that does not.

    >>> lab = training_lab("moons", hidden=(4,), learning_rate=0.5)
    >>> lab.logic.session.epoch()
    Session at step 7 (epoch 1, 1 finished), loss 0.58

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """

    def start(size: int | None) -> Experiment:
        return Experiment(data, hidden_widths(hidden), activation, optimizer, learning_rate, size, seed, network, loss)

    def opened(size: int | None) -> Panel:
        book = RunComparison(start(size))
        if epochs:
            book.session.epoch(epochs)
        return _LabView(book).panel

    if batch_size != "auto":
        return opened(batch_size)
    try:
        return opened(32)
    except ArgumentError:  # fewer samples than 32? Anything else is raised again
        return opened(None)


@final
class _LabView:
    """Controls, views, and what ties them to a RunComparison."""

    def __init__(self, book: RunComparison) -> None:
        self.book = book
        self.panel = panel = Panel("Training lab", book, self.static_picture)
        self._latest_verdict: tuple[float, str] = (0.0, "")
        self.options = book.experiment.data_options
        self.point = MovedPoint(book)
        self.holding = HoldRow(panel, self.point.held, self.point.take, self.point.put)
        self._remember_data()
        play = panel.play_button(self.work, done=lambda: book.session.diverged is not None)
        rate = panel.bind(controls.rate_dial(low=-4), book, "session.learning_rate")
        size = panel.bind(
            controls.stops_dial("batch size", whole=True),
            book,
            "batch_size",
            options=lambda: batch_sizes(book.session.samples),
        )
        for dial, width in ((rate, 222), (size, 196)):
            dial.layout.width, dial.layout.flex, dial.layout.max_width = "auto", f"1 1 {width}px", "340px"
        self.by = controls.choice("loss by", ["updates", "epochs", "samples"], "updates", width=142)
        panel.on_change(self.by, self.redraw)
        self.speed = controls.choice("speed", SPEEDS, 10, width=158)
        self.views = LabViews(book, panel, playing=self.playing, look=lambda: self.train)
        data = panel.view(self.data_sets, clicked=self.choose_data)
        data.layout.flex = "0 1 auto"
        verdict = panel.view(self.verdict, role="status")
        verdict.layout.min_height = "36px"  # two lines: nothing jumps while it plays
        curve = panel.view(
            self.curve, dragged=self.hand, clicked=lambda key: self.go_to(int(key.removeprefix("epoch-")))
        )
        keys = {"ArrowRight": lambda: self.point.choose(1), "ArrowLeft": lambda: self.point.choose(-1)}
        self.ground = panel.view(self.plane, dragged=self.point_hand, keys=keys, label=POINTS)
        beside = ipywidgets.VBox([self.ground, self.views.side]).add_class("bpl-lab-beside")
        pictures = ipywidgets.GridBox([curve, beside, self.views.body]).add_class("bpl-lab-pictures")
        more = panel.on_click(controls.button("More", "More controls"), lambda: self.open(not self.is_open))
        self.more, self.drawer = more, self.drawer_rows()
        self.open(False)
        panel.arrange(
            wrap_row([play, rate, size, data]).remove_class("bpl-views").add_class("bpl-row"), verdict, pictures,
            wrap_row([*self.holding.row, self.views.foot, self.views.trace, more]).add_class("bpl-card"),
            *self.drawer, self.views.area,
        )  # fmt: skip
        panel.before_redraw(self.sync)
        self.sync()
        panel.add_class("bpl-lab")
        panel.record("epoch", visit=self.visit, walk=True, whole=False)

    def visit(self) -> Iterator[State]:
        """Go through the epochs that were trained."""
        session = self.book.session
        at = session.steps
        for epoch in range(session.history.epochs + 1):
            session.rewind(epoch)
            yield State((f"epoch {epoch}",), (f"epoch-{epoch}",))
        session.go_to(at)

    def button(self, name: str, hint: str, action: Callable[[], object], *, like: Any = None) -> Any:
        """Make a button that pauses, acts, and shows the result."""
        return self.panel.on_click(controls.button(name, hint, like=like), lambda: self.pausing(action))

    def drawer_rows(self) -> list[ipywidgets.HBox]:
        """Make what *More* shows: steps and views, and what a new run begins with."""
        book = self.book
        step = self.button("One step", "One update", lambda: book.session.step())
        epoch = self.button("One epoch", "Once through the data", lambda: book.session.epoch(), like=step)
        back = self.button("Back", "Take one update back", lambda: book.session.back(), like=step)
        reset = self.button("Reset", "Begin again with the same seed", self.reset, like=step)
        own = book.experiment.activation
        known: list[Any] = [*ACTIVATIONS, *([] if isinstance(own, str) else [(own.__name__, own)])]
        activation = controls.choice("activation", known, width=152)
        controls_of = {
            "hidden_text": controls.text_field("hidden layers", hint="8, 8", width=178),
            "activation": activation,
            "optimizer": controls.choice("optimizer", OPTIMIZERS, like=activation),
            "seed": controls.number_field("seed"),
        }
        if book.experiment.own_network is not None:
            controls_of["hidden_text"].disabled = activation.disabled = True
        for name, control in controls_of.items():
            self.panel.bind(control, book, f"experiment.{name}", via=self.renew)
        return [
            wrap_row([step, epoch, back, reset, self.views.switch, self.by]),
            wrap_row([*controls_of.values(), self.speed]),
        ]

    def open(self, is_open: bool) -> None:
        """Open the drawer below the pictures, or close it: nothing above it moves."""
        self.is_open = is_open
        self.more.description = "Less" if is_open else "More"
        for row in self.drawer:
            row.layout.display = None if is_open else "none"

    # ---- actions ----

    def playing(self) -> bool:
        return self.panel.player is not None and self.panel.player.running

    def work(self) -> None:
        self.views.said = ""
        self.point.held.forget()
        steps = self.speed.value
        if steps:
            self.book.session.step(steps)
        else:
            self.book.session.run(SLICE)

    def pausing(self, action: Callable[[], object]) -> None:
        if self.panel.player is not None:
            self.panel.player.pause()
        self.views.said = ""
        self.point.held.forget()
        action()

    def reset(self) -> None:
        self.panel.begin_anew()
        self.book.reset()

    def hand(self, hand: Hand) -> None:
        """Draw the expected curve, or go along the epochs."""
        if hand.phase != "move":
            return
        if hand.key == "here":
            self.go_to(round(hand.place["x"]))
        else:
            self.expected.expect(int(hand.key.removeprefix("expected-")), 10 ** hand.place["y"])

    def point_hand(self, hand: Hand) -> None:
        """Take a training point elsewhere; let go, and a new run begins."""
        if hand.phase != "drop":
            self.holding.heard(hand)
        elif self.point.held.moved:
            begun = self.book.session
            if self.point.drop().session is not begun:
                self.panel.begin_anew()
                self._expect()

    def sync(self) -> None:
        """Ask for rise or fall only where a point was moved; hear keys only where there are points."""
        moved = self.point.held.moved
        self.holding.box.layout.display = None if moved else "none"
        self.views.foot.layout.display = "none" if moved else None
        hears = ["ArrowRight", "ArrowLeft"] if self.point.window is not None else []
        if self.ground.hears != hears:
            self.ground.label, self.ground.hears = POINTS if hears else "", hears

    def redraw(self, _: object) -> None:
        """What is shown follows the control itself."""

    def go_to(self, epoch: int) -> None:
        self.pausing(lambda: self.book.session.rewind(min(epoch, self.book.session.history.epochs)))

    def renew(self, **choice: Any) -> None:
        if "hidden_text" in choice:
            choice = {"hidden": read_widths(choice["hidden_text"])}
        self.pausing(lambda: self.book.choose(**choice))
        self.panel.begin_anew()
        self._remember_data()

    def choose_data(self, key: str) -> None:
        chosen = self.options[int(key.removeprefix("data-"))]
        self.renew(data=chosen[1] if isinstance(chosen, tuple) else chosen)

    # ---- what the controls and views follow ----

    def data_sets(self) -> str:
        return thumbnails(self.options, self.book.experiment.data)

    def plane(self) -> Picture:
        """What the network answers, or what the unit says that is shown large."""
        unit = self.views.enlarged()
        if unit is not None:
            return unit_view(self.book.session, self.train, *unit)
        window = self.point.window
        if window is None or self.playing():
            return data_view(self.book.session, self.train, self.unseen, self.images)
        return boundary(self.book.session, self.train, window, self.point.grips(window))

    def _remember_data(self) -> None:
        self.unseen = self.book.experiment.parts()[1]
        self.images = self.book.experiment.split()[1].x
        self.point.follow()
        self._expect()

    @property
    def train(self) -> Dataset:
        """The training part, with a point that is being moved where it is now."""
        return self.point.train

    def _expect(self) -> None:
        session = self.book.session
        losses = session.history.step_loss
        at_start = losses[0] if losses else session.loss.forward(session.network(self.train.x), self.train.targets)[0]
        self.expected = Expectation(float(at_start))

    def curve(self) -> Picture:
        session, still = self.book.session, not self.playing()
        asked = self.expected.points if self.expected.drawn or (still and not session.history.steps) else ()
        return loss_curve(session, self.views.beside(), self.by.value, still=still, expected=asked)

    def verdict(self) -> str:
        then, words = self._latest_verdict
        if self.playing() and words and time.monotonic() - then < VERDICT_INTERVAL:
            return words
        if self.point.held.moved:
            return f'<p class="bpl-verdict"><strong>your point</strong> {escape(self.point.held.told())}</p>'
        s, judged = self.book.session, self.book.verdict()
        place = f"Epoch {s.epochs}, update {s.steps:,}."
        waiting = "" if s.batch_size == s.batch_size_in_use else " The new batch size counts from the next epoch on."
        summary = "Training..." if self.playing() and not s.history.epochs else judged.sentence
        if not self.playing():
            waiting += f" {self.expected.told(s.history)}"
        mark = f"{SYMBOLS[judged.word]} " if judged.word in SYMBOLS else ""
        look = "bpl-verdict bpl-dashed" if judged.word in TROUBLED else "bpl-verdict"
        sentence = f"<strong>{mark}{judged.word}</strong> {place} {escape(summary)}{waiting} {escape(self.views.said)}"
        self._latest_verdict = (time.monotonic(), f'<p class="{look}">{sentence}</p>')
        return self._latest_verdict[1]

    def static_picture(self) -> Picture:
        s, e = self.book.session, self.book.experiment
        top = [loss_curve(s, self.views.beside(), self.by.value), data_view(s, self.train, self.unseen, self.images)]
        size = "all samples" if e.batch_size is None else e.batch_size
        title = f"Training lab: {e.data_name}, {e.optimizer}, learning rate {short(e.learning_rate)}, batch size {size}"
        show = self.views.lines()
        return collage(
            [top, [network_view(s, show, self.book.watch, data=self.train), gradient_sizes(s)]], title, width=760
        )
