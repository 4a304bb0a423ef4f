"""The stepper: one sample through the network, forward, cost, backward, update, one number at a time and back again.

The logic is an `UpdateSteps` (`panel.logic`); here are only its controls and where each picture stands.
Taught in notebooks/02_forward_pass.ipynb and notebooks/05_backward_pass.ipynb.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, final

import ipywidgets

from bplearn.exercises.engine.typed_numbers import read_number
from bplearn.losses import HalfSquaredError, Loss
from bplearn.network import Sequential
from bplearn.panels.base import controls
from bplearn.panels.base.columns import column, columns, wrap_row
from bplearn.panels.base.page import State
from bplearn.panels.base.panel import Panel
from bplearn.panels.stepper.code_line import code_html
from bplearn.panels.stepper.logic import SIZES, UpdateSteps
from bplearn.panels.stepper.pictures import ahead_words, network_picture, remembered_html, step_html
from bplearn.panels.stepper.signs import WAYS, SignQuestion, sign_question
from bplearn.panels.worked_example import worked_example
from bplearn.show.picture import Picture
from bplearn.show.text import escape, short


def step_through(
    network: Sequential | None = None,
    x: Any = (0.05, 0.10),
    target: Any = (0.01, 0.99),
    loss: Loss | None = None,
    learning_rate: float = 0.5,
) -> Panel:
    """Step through forward, cost, backward and update of one sample, in any size of step, on and back again.

    Without arguments it is the series' own 2-2-2 sigmoid network. `panel.logic` is the UpdateSteps behind it.
    Raises: ShapeError for more than one sample, and what the network and the loss say of x and target.

    >>> panel = step_through()
    >>> panel.logic.next().result
    0.3775

    Introduced in: notebooks/05_backward_pass.ipynb
    """
    walk = UpdateSteps(network or worked_example(), x, target, loss or HalfSquaredError(), learning_rate)
    return _StepperView(walk).panel


@final
class _StepperView:
    """Controls, views, and what ties them to UpdateSteps."""

    def __init__(self, walk: UpdateSteps) -> None:
        self.walk, self.said, self.right = walk, "", True
        self.panel = panel = Panel("Step by step: forward, cost, backward, update", walk, self.static_picture)
        back = panel.on_click(controls.button("Back", "Take the last step back", icon="arrow-left"), self.back)
        on = panel.on_click(controls.button("Next", "Do the next step", icon="arrow-right"), self.next)
        on.button_style = "primary"
        self.by = panel.on_change(controls.switch("one step is", SIZES, "layer"), lambda _: None)
        iteration = panel.bind(
            controls.choice("iteration"),
            walk,
            "iteration",
            via=lambda iteration: self.do(walk.open, iteration),
            options=lambda: [(str(i + 1), i) for i in range(len(walk.iterations))],
        )
        ten = panel.on_click(
            controls.button("10 iterations", "Do ten whole iterations"), lambda: self.do(walk.finish, 10)
        )
        rate = panel.bind(controls.rate_dial(low=-2), walk, "learning_rate", via=walk.set_learning_rate)
        self.first = panel.on_change(controls.checkbox("say rise or fall first", True), lambda _: self.tell(""))
        self.ways = [panel.on_click(controls.button(way), partial(self.say, n)) for n, way in enumerate(WAYS)]
        self.predict = panel.on_change(controls.checkbox("predict the next number first"), self.predicting)
        self.answer = controls.text_field("your prediction", hint="number, Enter", width=250)
        panel.on_change(self.answer, self.judge)
        self.show = panel.on_click(controls.button("Show it", "Give up on this number"), self.reveal)
        panel.before_redraw(self.sync)
        words = panel.view(lambda: step_html(walk), role="status")
        words.layout.min_height = "84px"
        said = panel.view(self.feedback, role="status")
        keys = {
            "ArrowRight": self.next, "ArrowLeft": self.back,
            "ArrowUp": lambda: self.say(0), "ArrowDown": lambda: self.say(1),
        }  # fmt: skip
        hint = "Network. Arrows right and left step on and back, up and down say that the error rises or falls."
        picture = panel.view(lambda: network_picture(walk), keys=keys, label=hint)
        tape = panel.view(lambda: remembered_html(walk) + code_html(walk.record.tape, walk.latest))
        asked = wrap_row(
            [said, *self.ways, self.answer, self.show], ipywidgets.Layout(flex_flow="row wrap", width="100%")
        )
        said.layout.flex, asked.layout.min_height = "1 1 300px", "46px"
        panel.arrange(
            [back, on, self.by, iteration, ten], picture, asked,
            columns(column(380, words), column(290, tape)), [self.first, self.predict, rate],
        )  # fmt: skip
        panel.record("step", visit=self.visit, walk=True)

    def visit(self) -> Iterator[State]:
        """Go through every step of the iterations that were begun; of a fresh panel through three."""
        walk = self.walk
        at = walk.iteration, walk.place, walk.since
        if len(walk.iterations) == 1:
            walk.finish(3)
        for iteration, record in enumerate(walk.iterations):
            walk.open(iteration)
            yield State((f"iteration {iteration + 1}, start",))
            for step in range(1, len(record.operations) + 1):
                walk.next()
                yield State((f"iteration {iteration + 1}, step {step}",))
        walk.open(at[0])
        while walk.place < at[1]:
            walk.next()
        walk.since = at[2]

    def do(self, action: Any, *arguments: Any) -> None:
        self.tell("")
        action(*arguments)

    def tell(self, words: str, *, right: bool = True) -> None:
        self.said, self.right = words, right

    def next(self) -> None:
        if self.predict.value and self.walk.coming is not None:
            self.tell(f"Type your prediction of {self.walk.coming.name} first, or choose Show it.", right=False)
            return
        if self.question is not None:
            self.tell("Say it first, or choose Show it.", right=False)
            return
        self.do(self.walk.next, self.by.value)

    @property
    def question(self) -> SignQuestion | None:
        """What is asked before the next step, if anything is: a number goes before a sign."""
        return sign_question(self.walk, self.by.value) if self.first.value and not self.predict.value else None

    def say(self, place: int) -> None:
        """Take the answer at this place: the step comes once it is right."""
        question = self.question
        if question is None or place >= len(question.answers):
            return
        judged = question.judge(question.answers[place])
        if judged.right:
            self.walk.next(self.by.value)
        self.tell(judged.words, right=judged.right)

    def back(self) -> None:
        self.do(self.walk.back, self.by.value)

    def predicting(self, on: bool) -> None:
        ahead = f"{ahead_words(self.walk.coming)} Right is what is at most 1% off."
        self.tell(ahead if on else "")

    def judge(self, words: str) -> None:
        if not words.strip():
            return
        said = self.walk.judge(read_number(words))
        self.tell(said.words, right=said.right)
        if said.right:
            self.walk.next()
            self.said += " " + ahead_words(self.walk.coming)
            self.panel.set_quietly(self.answer, value="")

    def reveal(self) -> None:
        question = self.question
        done = self.walk.next("operation" if question is None else self.by.value)
        if question is not None:
            self.tell(question.reason)
            return
        self.tell(f"{done.name} = {short(done.result, 6)}. {ahead_words(self.walk.coming)}")
        self.panel.set_quietly(self.answer, value="")

    def sync(self) -> None:
        question, shown = self.question, {True: None, False: "none"}
        self.answer.layout.display = shown[self.predict.value]
        self.show.layout.display = shown[self.predict.value or question is not None]
        answers = question.answers if question is not None else ()
        for place, button in enumerate(self.ways):
            button.layout.display = shown[place < len(answers)]
            if place < len(answers):
                button.description = button.tooltip = answers[place]

    def feedback(self) -> str:
        look = "bpl-verdict" if self.right else "bpl-verdict bpl-dashed"
        said = f'<div class="{look}">{escape(self.said)}</div>' if self.said else ""
        return said + (f"<p><b>{escape(self.question.words)}</b></p>" if self.question is not None else "")

    def static_picture(self) -> Picture:
        """Show a whole iteration at least: a page without a kernel has no steps."""
        if self.walk.place or self.walk.iteration:
            return network_picture(self.walk)
        self.walk.finish()
        try:
            return network_picture(self.walk)
        finally:
            self.walk.open(0)
