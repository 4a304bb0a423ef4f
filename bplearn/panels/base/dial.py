"""A dial: one number, turned by a slider that stops at round numbers or typed into the field beside it.

Number, stops and text are sent in one message, so that the number which is shown is always the number which is used.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, final

import anywidget
import traitlets

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.exercises.engine.typed_numbers import read_number


@final
class Dial(anywidget.AnyWidget):
    """A number called `name`, with a slider from `low` to `high`, or over `stops`; without either, the field alone.

    A `whole` dial gives whole numbers. Some stops have a note: `offer([("", 1), ("(all)", 210)])`.
    `value` follows the slider. What is typed comes as a message; `read(text)` makes a number of it. `put(number)`
    shows any number, one between two stops or beyond the ends too.

    >>> dial = Dial("learning rate", stops=[0.1, 1.0, 10.0])
    >>> dial.put(0.37)
    >>> dial.text, dial.stops
    ('0.37', [0.1, 0.37, 1.0, 10.0])
    """

    _esm = (Path(__file__).parent / "dial.js").read_text(encoding="utf-8")

    value = traitlets.Float(0.0).tag(sync=True)
    low = traitlets.Float(0.0).tag(sync=True)
    high = traitlets.Float(0.0).tag(sync=True)
    step = traitlets.Float(1.0).tag(sync=True)
    stops = traitlets.List(traitlets.Float()).tag(sync=True)
    name = traitlets.Unicode("").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    letters = traitlets.Int(5).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)
    turn = traitlets.Int(0).tag(sync=True)

    def __init__(self, name: str, *, stops: Sequence[float] = (), whole: bool = False, **traits: Any) -> None:
        self.whole, self.notes, self._round = whole, dict[float, str](), list(stops)
        self._typed = 0  # the turn at which a number was typed
        super().__init__(name=name, stops=self._round, **traits)
        self.put(self._round[0] if self._round else self.low)
        self.observe(lambda _: self._write(), "value")
        self.on_msg(self._note)

    @property
    def description(self) -> str:
        """The name, as ipywidgets calls it."""
        return str(self.name)

    @property
    def number(self) -> float:
        """The value; of a whole dial as an int."""
        return round(self.value) if self.whole else float(self.value)

    def _write(self) -> None:
        self.text, self.note = f"{self.value:.12g}", self.notes.get(self.value, "")

    def put(self, number: float) -> None:
        """Show this number."""
        with self.hold_sync():
            if self._round and number not in self.stops:
                self.stops = sorted({*self._round, float(number)})
            elif self.high > self.low:
                self.low, self.high = min(self.low, number), max(self.high, number)
            self.value = number
            self._write()

    def offer(self, options: Sequence[tuple[str, float]]) -> None:
        """Stop at other numbers, each with the note beside it."""
        stops = [number for _, number in options]
        if stops != self._round:
            self._round, self.notes = stops, {number: note for note, number in options if note}
            self.stops = self._round

    def read(self, text: str) -> float:
        """Return the number that was typed.

        Raises: ArgumentError for what is no number, or no whole one where the dial gives whole ones.
        """
        number = read_number(text, self.name)
        if self.whole and number != round(number):
            raise ArgumentError(expected_got(self.name, "a whole number", text.strip()))
        return round(number) if self.whole else number

    def _note(self, _: object, message: dict[str, Any], __: object) -> None:
        if "typed" in message:
            self._typed = self.turn = int(message.get("turn", 0))

    @property
    def overtaken(self) -> bool:
        """Whether the slider's latest message is older than a number that was typed, and waited while that came."""
        return bool(self.turn < self._typed)

    def take(self, action: Callable[[Any], object], text: str) -> None:
        """Act by the number that was typed; where it cannot be, the field says the number which is used."""
        try:
            action(self.read(text))
        except Exception:
            self.show_again()
            raise

    def show_again(self) -> None:
        """Let the field say again which number is used, after one was typed that cannot be."""
        self.send({"shown": self.text})

    def type(self, text: str) -> None:
        """Do what a learner does who types this and presses Enter."""
        self._handle_custom_msg({"typed": text}, [])
