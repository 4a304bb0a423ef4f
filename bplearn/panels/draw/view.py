"""Draw a digit: a field for mouse, finger or arrows, ten bars, and who is to blame for what is read.

The logic is a `DigitReader` (`panel.logic`); here are only its controls and pictures.
Taught in notebooks/00_start_here.ipynb, notebooks/06_trace_one_weight.ipynb and notebooks/14_digits_from_scratch.ipynb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from bplearn.checks.arrays import Array
from bplearn.network import Sequential
from bplearn.panels.base import controls
from bplearn.panels.base.columns import column, columns
from bplearn.panels.base.grip import Hand
from bplearn.panels.base.hold_row import HoldRow
from bplearn.panels.base.panel import Panel
from bplearn.panels.draw.logic import ONE, DigitReader
from bplearn.panels.draw.pictures import field_picture, path_words, seen_picture
from bplearn.show.picture import Picture, collage
from bplearn.show.text import escape

HINT = "Draw a digit with the mouse or a finger; by keys: Space sets the pen down or lifts it, arrows move it."
THEN = "Choose what it should be, then erase a pixel (click it, or go there by arrows and press Space)."


def draw_digit(
    network: Sequential,
    digit: Any = None,
    wanted: int | None = None,
    *,
    prepare: Callable[[Array], Array] | None = None,
) -> Panel:
    """Draw a digit and see what the network reads, and which pixels and which path carry the blame.

    Shapes: digit (64,) or (1, 64), from 0 for paper to 1 for ink
    The ink is made ready as the data set's was. `digit` is one to begin with, `wanted` what it should be, and
    `prepare(x)` what the network's inputs went through, column by column, such as `scaling.apply`. `panel.logic` is the
    `DigitReader`.
    Raises: ArgumentError for a network that has not 64 inputs and 10 outputs, or for a digit that is none.

    >>> draw_digit(mlp(64, 8, 10, rng=0)).logic.is_blank
    True

    Introduced in: notebooks/00_start_here.ipynb
    """
    return _DrawView(DigitReader(network, digit, wanted, prepare)).panel


@final
class _DrawView:
    """Controls, views, and what ties them to a DigitReader."""

    def __init__(self, reader: DigitReader) -> None:
        self.reader = reader
        self.panel = panel = Panel("Draw a digit", reader, self.static_picture)
        holding = HoldRow(panel, reader.held, lambda _: None, lambda _, __: None)
        field = panel.view(lambda: field_picture(reader), dragged=self.hand)
        moves = {"ArrowRight": (1, 0), "ArrowLeft": (-1, 0), "ArrowDown": (0, 1), "ArrowUp": (0, -1)}
        keys: dict[str, Callable[[], object]] = {
            key: lambda by=by: reader.move(*by)  # type: ignore[misc]
            for key, by in moves.items()
        }
        keys[" "] = reader.toggle
        seen = panel.view(
            lambda: seen_picture(reader),
            clicked=lambda key: reader.toggle(int(key.removeprefix("pixel-"))),
            keys=keys,
            label="Pixels. Arrow keys choose one, Space erases or fills it.",
        )
        field.layout.max_width, seen.layout.max_width = "330px", "520px"
        digits = [("no digit yet", None), *((str(k), k) for k in range(10))]
        wanted = panel.tie(controls.choice("it should be", digits), lambda: reader.wanted, reader.want)
        clear = panel.on_click(controls.button("Clear", "Take a new sheet"), reader.clear, anew=True)
        words = panel.view(self.words, role="status")
        panel.arrange([clear, wanted, *holding.row], words, columns(column(240, field), column(390, seen)))

    def hand(self, hand: Hand) -> None:
        """Draw what the hand draws."""
        reader, at = self.reader, hand.place
        if hand.phase == "press":
            reader.press()
        elif hand.phase == "take" and at:  # the mouse or a finger touches the sheet
            reader.lift().go((at["x"], at["y"])).press()
        elif hand.phase == "move":
            reader.go(*hand.trail)
        elif hand.phase == "drop":
            reader.lift()

    def words(self) -> str:
        reader = self.reader
        if told := reader.held.told():
            return f"<p><b>{escape(told)}</b></p>"
        if reader.is_blank:
            return f"<p>{HINT}</p>"
        said = f"It reads {reader.answer}, sure to {reader.look.probabilities.max():.0%}."
        if reader.wanted is None:
            return f"<p><b>{said}</b> {THEN}</p>"
        culprit = reader.culprit()
        blamed = path_words(culprit) if culprit else ""
        return f"<p><b>{said} E = {reader.look.error:.3g}.</b> {escape(blamed)} {THEN}</p>"

    def static_picture(self) -> Picture:
        reader = self.reader
        if reader.is_blank:  # for a page that nobody can draw on: a digit, and who is to blame
            reader = DigitReader(reader.network, prepare=reader.prepare).draw(ONE).want(1)
        title = f"A network reads {reader.answer} in the digit that is drawn"
        pictures = [field_picture(reader), seen_picture(reader)] if reader.strokes else [seen_picture(reader)]
        return collage([pictures], title, width=660)
