"""The training lab: two dials, learning rate and batch size, and everything that follows from them, live.

The logic is a `Runbook` (`panel.logic`); here are only its controls and where each picture stands.
Taught in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

from bplearn import svg
from bplearn.datasets import Dataset
from bplearn.errors import ArgumentError
from bplearn.guards import say
from bplearn.sessions.experiment import ACTIVATIONS, DATA, OPTIMIZERS, Experiment
from bplearn.sessions.runbook import Runbook
from bplearn.widgets import controls
from bplearn.widgets.data_pictures import data_view
from bplearn.widgets.loss_picture import loss_curve
from bplearn.widgets.network_pictures import gradient_sizes, network_view
from bplearn.widgets.panel import Panel
from bplearn.widgets.picture import Picture, collage

SLICE = 0.012  # seconds of training for each picture
SPEEDS = [("as fast as it goes", 0), ("1 step a picture", 1), ("10 steps a picture", 10)]


def training_lab(
    data: str | Dataset = "moons",
    *,
    hidden: Sequence[int] = (8, 8),
    activation: str = "Tanh",
    optimizer: str = "SGD",
    learning_rate: float = 0.1,
    batch_size: int | None = 32,
    seed: int = 0,
) -> Panel:
    """Open the training lab on a data set (a name, or a Dataset of your own).

    Turn learning rate and batch size while it trains; go back to any earlier epoch; pin runs and compare them;
    save them as CSV, picture or code. `panel.logic.session` holds the training itself.
    Raises: ArgumentError for a name or a number that does not fit.

    >>> lab = training_lab("moons", hidden=(4,), learning_rate=0.5)
    >>> lab.logic.session.epoch()
    Session at step 7 (epoch 1, 1 finished), loss 0.5800

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    start = Experiment(data, tuple(hidden), activation, optimizer, learning_rate, batch_size, seed)
    return _LabView(Runbook(start)).panel


def widths(words: str) -> tuple[int, ...]:
    """Read the widths of hidden layers from what a learner typed.

    Raises: ArgumentError for anything but whole numbers.

    >>> widths("8, 4"), widths("")
    ((8, 4), ())

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    parts = words.replace(",", " ").replace("-", " ").split()
    if not all(part.isdigit() for part in parts):
        raise ArgumentError(say("hidden layers", "whole numbers such as 8, 8", repr(words)))
    return tuple(map(int, parts))


def batch_sizes(samples: int, chosen: int | None) -> list[tuple[str, int | None]]:
    """Return the sizes a slider offers: powers of two, the chosen one, and all samples at once.

    >>> batch_sizes(10, 3)
    [('1', 1), ('2', 2), ('3', 3), ('4', 4), ('8', 8), ('10 (all)', None)]

    Introduced in: notebooks/12_learning_rate_and_batch_size.ipynb
    """
    sizes = {2**i for i in range(samples.bit_length()) if 2**i < samples} | ({chosen} if chosen else set())
    return [(str(size), size) for size in sorted(sizes) if size and size < samples] + [(f"{samples} (all)", None)]


@final
class _LabView:
    """Controls, stages, and what ties them to a Runbook."""

    def __init__(self, book: Runbook) -> None:
        self.book = book
        self.panel = panel = Panel("Training lab", twin=self.twin, logic=book)
        self.said = ""
        self._remember_data()
        e = book.experiment
        play = panel.play_button(self.work, done=lambda: book.session.diverged is not None)
        step = panel.on_click(controls.button("One step", "One update"), lambda: self.pausing(book.session.step))
        epoch = panel.on_click(
            controls.button("One epoch", "Once through the data"), lambda: self.pausing(book.session.epoch)
        )
        back = panel.on_click(controls.button("Back", "Take one update back"), lambda: self.pausing(book.session.back))
        reset = panel.on_click(
            controls.button("Reset", "Begin again with the same seed"), lambda: self.pausing(book.reset)
        )
        self.epoch = panel.on_change(controls.whole_slider("go to epoch", 0, 0, 1, width=260), self.go_to)
        rate = panel.rate_dial(
            "learning rate", lambda: book.session.learning_rate, lambda v: book.choose(learning_rate=v)
        )
        self.size = panel.on_change(
            controls.pick_slider("batch size", self.sizes(), e.batch_size), lambda v: book.choose(batch_size=v)
        )
        own = [] if isinstance(e.data, str) else [(e.data_name, e.data)]
        names = [*((name, name) for name in DATA), *own]
        data = panel.on_change(controls.choice("data", names, e.data), lambda v: self.renew(data=v))
        hidden = panel.on_change(
            controls.text_field("hidden layers", ", ".join(map(str, e.hidden)), hint="8, 8", width=180),
            lambda v: self.renew(hidden=widths(v)),
        )
        act = panel.on_change(
            controls.choice("activation", ACTIVATIONS, e.activation), lambda v: self.renew(activation=v)
        )
        opt = panel.on_change(controls.choice("optimizer", OPTIMIZERS, e.optimizer), lambda v: self.renew(optimizer=v))
        seed = panel.on_change(controls.number_field("seed", e.seed), lambda v: self.renew(seed=v))
        self.by = panel.on_change(
            controls.switch("loss by", ["updates", "epochs", "samples"], "updates"), lambda _: None
        )
        self.show = panel.on_change(controls.switch("lines show", ["weights", "gradients"], "weights"), lambda _: None)
        self.speed = controls.choice("speed", SPEEDS, 0)
        self.name = controls.text_field("name of the run", hint="optional", width=210)
        pin = panel.on_click(controls.button("Pin this run", "Keep it for comparison"), self.pin)
        self.pinned = controls.choice("pinned", [("none", "")], "")
        unpin = panel.on_click(controls.button("Remove", "Take the chosen pinned run off"), self.unpin)
        csv = panel.on_click(controls.button("Save CSV", "All runs, step by step"), self.save_csv)
        png = panel.on_click(controls.button("Save PNG", "The loss curves as a picture"), self.save_png)
        code = panel.on_click(controls.button("Code", "The Python code that repeats this run"), self.show_code)
        self.code = controls.code_area("code of this run")
        panel.follow(self.sync)
        verdict = panel.stage(self.verdict, role="status")
        curve = panel.stage(lambda: loss_curve(book.session, self.beside(), self.by.value), width=400)
        view = panel.stage(lambda: data_view(book.session, self.train, self.unseen, self.images), width=222)
        net = panel.stage(lambda: network_view(book.session, self.show.value), width=400)
        sizes = panel.stage(lambda: gradient_sizes(book.session), width=222)
        table = panel.stage(self.table)
        panel.arrange(
            [play, step, epoch, back, reset, self.epoch, self.speed], [*rate, self.size],
            [data, hidden, act, opt, seed], verdict, [curve, view], [net, sizes], [self.by, self.show],
            [self.name, pin, self.pinned, unpin, csv, png, code], self.code, table,
        )  # fmt: skip

    # ---- actions ----

    def work(self) -> None:
        steps = self.speed.value
        if steps:
            self.book.session.step(steps)
        else:
            self.book.session.run(SLICE)

    def pausing(self, action: Any) -> None:
        if self.panel.player is not None:
            self.panel.player.pause()
        self.said = ""
        action()

    def go_to(self, epoch: int) -> None:
        self.pausing(lambda: self.book.session.rewind(min(epoch, self.book.session.history.epochs)))

    def renew(self, **choice: Any) -> None:
        self.pausing(lambda: self.book.choose(**choice))
        self._remember_data()

    def pin(self) -> None:
        self.said = f"Pinned as '{self.book.pin(self.name.value).name}'."

    def unpin(self) -> None:
        self.book.unpin(self.pinned.value)

    def save_csv(self) -> None:
        self._save("training_lab.csv", self.book.to_csv().encode())

    def save_png(self) -> None:
        from bplearn.plotting import plot_loss  # matplotlib is loaded only for this

        runs = [*self.book.runs, self.book.now()]
        axes = plot_loss({run.name: run.history for run in runs if run.history.steps})
        axes.figure.savefig("training_lab.png", dpi=150)  # type: ignore[union-attr]
        self.said = f"Saved as {Path('training_lab.png').resolve().name} beside the notebook."

    def _save(self, name: str, content: bytes) -> None:
        Path(name).write_bytes(content)
        self.said = f"Saved as {name} beside the notebook."

    def show_code(self) -> None:
        self.code.value = self.book.experiment.code(self.book.session)
        self.code.layout.display = None

    # ---- what the controls and stages follow ----

    def sizes(self) -> list[tuple[str, int | None]]:
        return batch_sizes(self.book.session.samples, self.book.session.batch_size)

    def _remember_data(self) -> None:
        self.train, self.unseen = self.book.experiment.parts()
        self.images = self.book.experiment.split()[1].x

    def beside(self) -> list[tuple[str, Any]]:
        return [(run.name, run.history) for run in self.book.runs]

    def sync(self) -> None:
        session = self.book.session
        self.panel.put(self.epoch, max=max(session.history.epochs, 1))
        self.panel.put(self.epoch, value=session.epochs)
        if dict(self.size.options) != dict(self.sizes()):
            self.panel.put(self.size, options=self.sizes())
        self.panel.put(self.size, value=session.batch_size)
        names = [(run.name, run.name) for run in self.book.runs] or [("none", "")]
        if list(self.pinned.options) != names:
            self.pinned.options = names

    def verdict(self) -> str:
        s = self.book.session
        place = f"Epoch {s.epochs}, update {s.steps:,}."
        waiting = "" if s.batch_size == s.batch_size_in_use else " The new batch size counts from the next epoch on."
        running = self.panel.player is not None and self.panel.player.running
        words = "Training..." if running and not s.history.epochs else self.book.verdict()
        return f"<p>{place} {svg.escape(words)}{waiting} {svg.escape(self.said)}</p>"

    def table(self) -> str:
        if not self.book.runs:
            return ""
        rows = self.book.table()
        names = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
        head = "".join(f'<th scope="col">{svg.escape(name)}</th>' for name in names)
        body = "".join("<tr>" + "".join(f"<td>{_cell(row[name])}</td>" for name in names) + "</tr>" for row in rows)
        caption = "<caption>Runs compared</caption>"
        inside = f'<table class="bpl-table">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        return f'<div class="bpl-scroll" tabindex="0" role="region" aria-label="Runs compared">{inside}</div>'

    def twin(self) -> Picture:
        s = self.book.session
        top = [loss_curve(s, self.beside(), self.by.value), data_view(s, self.train, self.unseen, self.images)]
        e = self.book.experiment
        size = "all samples" if e.batch_size is None else e.batch_size
        title = f"Training lab: {e.data_name}, {e.optimizer}, learning rate {e.learning_rate:g}, batch size {size}"
        return collage([top, [network_view(s, self.show.value), gradient_sizes(s)]], title, width=760)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return svg.short(value) if isinstance(value, float) else svg.escape(value)
