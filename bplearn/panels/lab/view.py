"""The training lab: two dials, learning rate and batch size, and everything that follows from them, live.

The logic is a `RunComparison` (`panel.logic`); here are only its controls and where each picture stands. What stands
below the loss curve is in `subviews.py`. Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, final

from bplearn.checks.arrays import expected_got
from bplearn.checks.training import BatchSize
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError
from bplearn.layers import Layer
from bplearn.losses import Loss
from bplearn.network import Sequential
from bplearn.panels.base import controls
from bplearn.panels.base.data_pictures import data_view
from bplearn.panels.base.loss_picture import loss_curve
from bplearn.panels.base.panel import Panel
from bplearn.panels.base.picture import Picture, collage
from bplearn.panels.lab.experiment import ACTIVATIONS, DATA, OPTIMIZERS, Experiment, hidden_widths
from bplearn.panels.lab.logic import RunComparison
from bplearn.panels.lab.network_pictures import gradient_sizes, network_view
from bplearn.panels.lab.subviews import LabViews
from bplearn.show import svg

SLICE = 0.012  # seconds of training for each picture
VERDICT_INTERVAL = 1.0  # seconds between two verdicts while it plays: a screen reader reads each one
SPEEDS = [("full", 0), ("10 updates", 10), ("1 update", 1)]  # a picture
SYMBOLS = {
    "growing": "▲",
    "diverged": "✗",
    "falling": "▼",
    "settled": "✓",
    "jumping": "↕",
    "overfitting": "△",
    "stuck": "–",
}
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
) -> Panel:
    """Open the training lab on a data set (a name, or a Dataset of your own).

    Turn learning rate and batch size while it trains; go back to any earlier epoch; watch one weight; see how the
    batches scatter; pin runs and compare them; save them as CSV, picture or code. `network` is a network of your own,
    which stays untrained, or a function of the seed that builds one; `activation` may be a layer class of your own.
    Without `batch_size` a batch has 32 samples, or all where there are fewer; None takes all.
    `panel.logic.session` holds the training itself.
    Raises: ArgumentError for a name or a number that does not fit, ShapeError for a network that does not.

    >>> lab = training_lab("moons", hidden=(4,), learning_rate=0.5)
    >>> lab.logic.session.epoch()
    Session at step 7 (epoch 1, 1 finished), loss 0.5800

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """

    def start(size: int | None) -> Experiment:
        return Experiment(data, hidden_widths(hidden), activation, optimizer, learning_rate, size, seed, network, loss)

    if batch_size != "auto":
        return _LabView(RunComparison(start(batch_size))).panel
    try:
        return _LabView(RunComparison(start(32))).panel
    except ArgumentError:  # fewer samples than 32? Anything else is raised again
        return _LabView(RunComparison(start(None))).panel


def widths(words: str) -> tuple[int, ...]:
    """Read the widths of hidden layers from what a learner typed.

    Raises: ArgumentError for anything but whole numbers.

    >>> widths("8, 4"), widths("")
    ((8, 4), ())
    """
    parts = words.replace(",", " ").replace("-", " ").split()
    if not all(part.isdigit() for part in parts):
        raise ArgumentError(expected_got("hidden layers", "whole numbers such as 8, 8", repr(words)))
    return tuple(map(int, parts))


def batch_sizes(samples: int, chosen: int | None) -> list[tuple[str, int | None]]:
    """Return the sizes a slider offers: powers of two, the chosen one, and all samples at once.

    >>> batch_sizes(10, 3)
    [('1', 1), ('2', 2), ('3', 3), ('4', 4), ('8', 8), ('10 (all)', None)]
    """
    sizes = {2**i for i in range(samples.bit_length()) if 2**i < samples} | ({chosen} if chosen else set())
    return [(str(size), size) for size in sorted(sizes) if size and size < samples] + [(f"{samples} (all)", None)]


@final
class _LabView:
    """Controls, views, and what ties them to a RunComparison."""

    def __init__(self, book: RunComparison) -> None:
        self.book = book
        self.panel = panel = Panel("Training lab", book, self.static_picture)
        self._latest_verdict: tuple[float, str] = (0.0, "")
        self._remember_data()
        self._known = {name: name for name in DATA} | self._own_data()
        session = book.session
        play = panel.play_button(self.work, done=lambda: book.session.diverged is not None)
        step = panel.on_click(controls.button("One step", "One update"), lambda: self.pausing(book.session.step))
        epoch = self.button("One epoch", "Once through the data", lambda: book.session.epoch(), like=step)
        back = self.button("Back", "Take one update back", lambda: book.session.back(), like=step)
        reset = self.button("Reset", "Begin again with the same seed", book.reset, like=step)
        self.epoch = panel.on_change(controls.whole_slider("go to epoch", 0, 0, 1, width=0), self.go_to)
        rate = panel.rate_dial(
            "learning rate", lambda: book.session.learning_rate, lambda v: book.choose(learning_rate=v)
        )
        self.size = panel.on_change(
            controls.pick_slider("batch size", self.sizes(), session.batch_size or session.samples, width=0),
            lambda v: book.choose(batch_size=None if v == book.session.samples else v),
        )
        rate[1].layout.width = "118px"
        for slider, width in ((self.epoch, 190), (rate[0], 225), (self.size, 215)):
            slider.layout.width, slider.layout.flex, slider.layout.max_width = "auto", f"1 1 {width}px", "340px"
        self.by = panel.on_change(
            controls.choice("loss by", ["updates", "epochs", "samples"], "updates", width=142), self.redraw
        )
        self.speed = controls.choice("speed", SPEEDS, 0, like=self.by)
        self.views = LabViews(book, panel, playing=self.playing, look=lambda: self.train)
        panel.before_redraw(self.sync)
        verdict = panel.view(self.verdict, role="status")
        curve = panel.view(
            lambda: loss_curve(book.session, self.views.beside(), self.by.value, still=not self.playing()),
            width=300,
            clicked=lambda key: self.go_to(int(key.removeprefix("epoch-"))),
        )
        view = panel.view(lambda: data_view(book.session, self.train, self.unseen, self.images), width=150)
        curve.layout.flex, view.layout.flex, view.layout.max_width = "4 1 300px", "1 1 150px", "270px"
        panel.arrange(
            [play, step, epoch, back, reset, self.epoch], [*rate, self.size], self.setup(), verdict, [curve, view],
            [self.views.switch, self.by, self.speed], self.views.body,
        )  # fmt: skip
        panel.add_class("bpl-lab")

    def button(self, name: str, hint: str, action: Callable[[], object], *, like: Any = None) -> Any:
        """Make a button that pauses, acts, and shows what came of it."""
        return self.panel.on_click(controls.button(name, hint, like=like), lambda: self.pausing(action))

    def setup(self) -> list[Any]:
        """Make the controls of what a new run begins with."""
        e, panel = self.book.experiment, self.panel
        self.data = panel.on_change(
            controls.choice("data", list(self._known), self._data_key(), width=112),
            lambda v: self.renew(data=self._known[v]),
        )
        self.hidden = panel.on_change(
            controls.text_field("hidden layers", ", ".join(map(str, e.hidden)), hint="8, 8", width=142),
            lambda v: self.renew(hidden=widths(v)),
        )
        self.activations: dict[str, str | type[Layer]] = {name: name for name in ACTIVATIONS}
        if not isinstance(e.activation, str):
            self.activations[e.activation.__name__] = e.activation
        self.activation = panel.on_change(
            controls.choice("activation", list(self.activations), self._activation_key(), width=158),
            lambda v: self.renew(activation=self.activations[v]),
        )
        self.optimizer = panel.on_change(
            controls.choice("optimizer", OPTIMIZERS, e.optimizer, like=self.activation),
            lambda v: self.renew(optimizer=v),
        )
        self.seed = panel.on_change(controls.number_field("seed", e.seed, width=84), lambda v: self.renew(seed=v))
        if e.own_network is not None:
            panel.set_quietly(self.hidden, value="your own network", disabled=True)
            panel.set_quietly(self.activation, disabled=True)
        return [self.data, self.hidden, self.activation, self.optimizer, self.seed]

    # ---- actions ----

    def playing(self) -> bool:
        return self.panel.player is not None and self.panel.player.running

    def work(self) -> None:
        self.views.said = ""
        steps = self.speed.value
        if steps:
            self.book.session.step(steps)
        else:
            self.book.session.run(SLICE)

    def pausing(self, action: Callable[[], object]) -> None:
        if self.panel.player is not None:
            self.panel.player.pause()
        self.views.said = ""
        action()

    def redraw(self, _: object) -> None:
        """What is shown follows the control itself."""

    def go_to(self, epoch: int) -> None:
        self.pausing(lambda: self.book.session.rewind(min(epoch, self.book.session.history.epochs)))

    def renew(self, **choice: Any) -> None:
        self.pausing(lambda: self.book.choose(**choice))
        self._remember_data()

    # ---- what the controls and views follow ----

    def sizes(self) -> list[tuple[str, int]]:
        samples = self.book.session.samples  # a slider cannot stand on None
        return [(label, size or samples) for label, size in batch_sizes(samples, self.book.session.batch_size)]

    def _remember_data(self) -> None:
        self.train, self.unseen = self.book.experiment.parts()
        self.images = self.book.experiment.split()[1].x

    def _own_data(self) -> dict[str, Any]:
        e = self.book.experiment
        if isinstance(e.data, str):
            return {}
        return {f"{e.data_name} (own)" if e.data_name in DATA else e.data_name: e.data}

    def _data_key(self) -> str:
        return next(str(key) for key, value in self._known.items() if value is self.book.experiment.data)

    def _activation_key(self) -> str:
        chosen = self.book.experiment.activation
        return chosen if isinstance(chosen, str) else str(chosen.__name__)

    def sync(self) -> None:
        session, e, put = self.book.session, self.book.experiment, self.panel.set_quietly
        put(self.epoch, max=max(session.history.epochs, 1))
        put(self.epoch, value=session.epochs)
        if dict(self.size.options) != dict(self.sizes()):
            put(self.size, options=self.sizes())
        put(self.size, value=session.batch_size or session.samples)
        put(self.data, value=self._data_key())
        put(self.activation, value=self._activation_key())
        put(self.optimizer, value=e.optimizer)
        put(self.seed, value=e.seed)

    def verdict(self) -> str:
        then, words = self._latest_verdict
        if self.playing() and words and time.monotonic() - then < VERDICT_INTERVAL:
            return words
        s, judged = self.book.session, self.book.verdict()
        place = f"Epoch {s.epochs}, update {s.steps:,}."
        waiting = "" if s.batch_size == s.batch_size_in_use else " The new batch size counts from the next epoch on."
        said = "Training..." if self.playing() and not s.history.epochs else judged.sentence
        mark = f"{SYMBOLS[judged.word]} " if judged.word in SYMBOLS else ""
        look = "bpl-verdict bpl-dashed" if judged.word in TROUBLED else "bpl-verdict"
        sentence = (
            f"<strong>{mark}{judged.word}</strong> {place} {svg.escape(said)}{waiting} {svg.escape(self.views.said)}"
        )
        self._latest_verdict = (time.monotonic(), f'<p class="{look}">{sentence}</p>')
        return self._latest_verdict[1]

    def static_picture(self) -> Picture:
        s, e = self.book.session, self.book.experiment
        top = [loss_curve(s, self.views.beside(), self.by.value), data_view(s, self.train, self.unseen, self.images)]
        size = "all samples" if e.batch_size is None else e.batch_size
        title = f"Training lab: {e.data_name}, {e.optimizer}, learning rate {e.learning_rate:g}, batch size {size}"
        show = self.views.lines()
        return collage([top, [network_view(s, show, self.book.watch), gradient_sizes(s)]], title, width=760)
