"""The loss curve as a live picture: training and unseen losses, pinned runs beside them, and where the session stands.

The axis counts updates, epochs or samples: the three ways to compare batch sizes.
Used in notebooks/12_learning_rate_and_batch_size.ipynb.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.history import History
from bplearn.panels.base.grip import Axis, grip
from bplearn.show.palette import ACCENT, INK, MUTED, NEGATIVE, NEUTRAL, PAPER, POSITIVE
from bplearn.show.picture import Picture
from bplearn.show.svg import circle, element, group, line, path, polyline, rect, text, text_width
from bplearn.show.text import escape, short
from bplearn.show.ticks import log_ticks, round_ticks
from bplearn.training.session import Session

DASHES = ("9 3", "2 3", "9 3 2 3", "14 4", "5 5")  # one for each pinned run
POINTS = 160  # of a curve: more cannot be told apart
LARGEST = 307.0  # power of ten: a loss that diverges comes near the largest number there is
COLUMNS = 50  # places of a curve that tell their numbers


class _Line(NamedTuple):
    points: list[tuple[float, float]]
    stroke: str
    dash: str | None
    width: float
    opacity: float | None = None


def along(history: History, by: str) -> tuple[Array, Array]:
    """Return where each step and each epoch lies on the x axis, counted by updates, epochs or samples."""
    samples = np.cumsum(history.step_samples) if history.step_samples else np.zeros(0)
    ends = np.array(history.epoch_ends, dtype=int)
    if by == "updates":
        return np.arange(1.0, history.steps + 1), ends.astype(float)
    if by == "samples":
        return samples.astype(float), samples[ends - 1].astype(float) if len(ends) else np.zeros(0)
    starts = np.concatenate([[0], ends])
    places = np.arange(1.0, history.steps + 1)
    epochs = np.searchsorted(ends, places, side="left")
    last = np.append(ends, max(starts[-1] + max(starts[-1] - starts[-2], 1) if len(ends) else history.steps, 1))
    return epochs + (places - starts[epochs]) / np.maximum(last[epochs] - starts[epochs], 1), np.arange(
        1.0, len(ends) + 1
    )


def thin(x: Array, y: Array, most: int = POINTS) -> list[tuple[float, float]]:
    """Return at most about `most` points: the mean of each stretch, so that no jump hides between two points."""
    if len(x) > most:
        cuts = np.linspace(0, len(x), most + 1).astype(int)[:-1]
        counts = np.diff(np.append(cuts, len(x)))
        x, y = np.add.reduceat(x, cuts) / counts, np.add.reduceat(y, cuts) / counts
    return list(zip(x.tolist(), y.tolist(), strict=True))


def loss_curve(
    session: Session,
    pinned: Sequence[tuple[str, History]] = (),
    by: str = "updates",
    *,
    still: bool = False,
    expected: Sequence[tuple[int, float]] = (),
) -> Picture:
    """Draw the losses of the run under way (training, unseen) and of pinned runs, and where the session stands.

    A ring marks the best unseen loss. A picture that stands `still` tells the numbers of an epoch under the pointer,
    and a click there names the epoch; the place where the session stands can be dragged. `expected` are epochs and the
    losses that a learner expects there: before the first update these points can be taken hold of.
    """
    return _Curves(session, pinned, by, expected).picture(still)


class _Curves:
    """The lines of one picture, and the scale they share."""

    left, right, bottom = 56.0, 612.0, 168.0

    def __init__(
        self,
        session: Session,
        pinned: Sequence[tuple[str, History]],
        by: str,
        expected: Sequence[tuple[int, float]] = (),
    ) -> None:
        self.session, self.history, self.pinned, self.by = session, session.history, pinned, by
        self.top = 24.0 + 15 * ((len(pinned) + 1) // 2)  # below the names of the pinned runs, two in a line
        self.at_steps, self.at_epochs = along(self.history, by)
        self.series = self._series()
        a_batch = session.batch_size or session.samples
        each = {"updates": math.ceil(session.samples / a_batch), "samples": session.samples}.get(by, 1)
        self.expected = [(float(epoch * each), loss) for epoch, loss in expected]
        points = [point for line in self.series for point in line.points if point[1] > 0] + self.expected
        self.most_x = max((x for x, _ in points), default=1.0)
        if self.expected and not self.history.steps:
            self.most_x *= 1.03  # the last point stays whole
        low, high = min((y for _, y in points), default=0.1), max((y for _, y in points), default=1.0)
        if self.expected and not self.history.steps:  # room to draw in
            low, high = min(low, self.expected[0][1] / 30), max(high, 3 * self.expected[0][1])
        low, high = math.log10(max(low, 1e-12)), math.log10(max(high, 1e-12))
        if high - low < 0.3:
            low, high = (low + high) / 2 - 0.15, (low + high) / 2 + 0.15
        self.low, self.high = low - 0.04 * (high - low), min(high + 0.04 * (high - low), LARGEST)

    def _series(self) -> list[_Line]:
        history, lines = self.history, []
        for number, (_, old) in enumerate(self.pinned):
            at_steps, at_epochs = along(old, self.by)
            whole = old.epochs > 1
            points = thin(at_epochs, np.array(old.epoch_loss)) if whole else thin(at_steps, np.array(old.step_loss))
            lines.append(_Line(points, MUTED, DASHES[number % len(DASHES)], 1.6))
        several = history.epochs > 1
        steps = thin(self.at_steps, np.array(history.step_loss))
        lines.append(_Line(steps, POSITIVE, None, 1.0 if several else 1.8, 0.5 if several else None))
        if several:
            lines.append(_Line(thin(self.at_epochs, np.array(history.epoch_loss)), POSITIVE, None, 2.6))
        unseen = thin(self.at_epochs[: len(history.validation_loss)], np.array(history.validation_loss))
        if history.best_epoch is not None and unseen:  # its ring stands on the line, thinned or not
            best = history.best_epoch - 1
            unseen = sorted({*unseen, (float(self.at_epochs[best]), history.validation_loss[best])})
        lines.append(_Line([(x, y) for x, y in unseen if math.isfinite(y)], NEGATIVE, "6 3", 2.2))
        return lines

    def place(self, x: float, loss: float) -> tuple[float, float]:
        """Where a loss at x lies in the picture."""
        height = min(math.log10(max(loss, 1e-12)), self.high)
        share = (height - self.low) / (self.high - self.low)
        return self.left + (self.right - self.left) * x / self.most_x, self.bottom - (self.bottom - self.top) * share

    def picture(self, still: bool) -> Picture:
        parts = [*self._axes(), *self._lines(), *self._best(), *self._here(), self._legend(), *self._names()]
        parts += self._guess(still and not self.history.steps)
        if not self.history.steps and not self.expected:
            x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
            parts.append(text(x, y, "no update yet", anchor="middle", fill=MUTED))
        if still:
            parts += [*self._columns(), *self._scrubber()]
        return Picture(620, 200, "".join(parts), "Loss curve", _loss_words(self.session, len(self.pinned)))

    def _axes(self) -> list[str]:
        parts = []
        lowest = math.inf
        for tick in log_ticks(self.low, self.high):
            y = self.place(0, tick)[1]
            if y > lowest - 14:
                continue
            lowest = y
            parts.append(line(self.left, y, self.right, y, stroke=NEUTRAL, opacity=0.3))
            parts.append(text(self.left - 5, y + 4, short(tick), size=12, anchor="end", fill=MUTED))
        for tick in (t for t in round_ticks(0, self.most_x) if t % 1 == 0):
            x = self.place(tick, 1)[0]
            anchor = "end" if x > self.right - 6 else "middle"
            parts.append(text(x, self.bottom + 14, f"{tick:,.0f}", size=12, anchor=anchor, fill=MUTED))
        parts.append(line(self.left, self.bottom, self.right, self.bottom))
        parts.append(line(self.left, self.top, self.left, self.bottom))
        parts.append(text((self.left + self.right) / 2, 197, self.by, size=12, anchor="middle", fill=MUTED))
        return parts

    def _lines(self) -> list[str]:
        parts = []
        for curve in self.series:
            places = [self.place(x, y) for x, y in curve.points]
            if len(places) == 1:
                parts.append(circle(*places[0], 2.5, fill=curve.stroke))
            elif places:
                dash, fade = curve.dash, curve.opacity
                parts.append(
                    polyline(places, stroke=curve.stroke, stroke_width=curve.width, stroke_dasharray=dash, opacity=fade)
                )
        return parts

    def _best(self) -> list[str]:
        """A ring around the best unseen loss."""
        best, unseen = self.history.best_epoch, self.history.validation_loss
        if best is None or not unseen or not math.isfinite(unseen[best - 1]):
            return []
        x, y = self.place(float(self.at_epochs[best - 1]), unseen[best - 1])
        return [circle(x, y, 5, fill="none", stroke=INK, stroke_width=1.8, data_id="best")]

    def _here(self) -> list[str]:
        """Where the session stands after a return, with the losses there, on a plate: curves may run below it."""
        if self.session.at_the_end:
            return []
        x = self.place(float(self.at_steps[self.session.steps - 1]) if self.session.steps else 0.0, 1)[0]
        right = x > (self.left + self.right) / 2
        side, anchor = (-5, "end") if right else (5, "start")
        said = f"here: {self._at(self.session.epochs) if self.session.epochs else 'the start'}"
        wide = text_width(said, 12) + 6
        return [
            line(x, self.top, x, self.bottom, stroke=ACCENT, stroke_width=2, data_id="here"),
            rect(x - 2 - wide if right else x + 2, self.top, wide, 17, fill=PAPER, opacity=0.9),
            text(x + side, self.top + 12, said, size=12, anchor=anchor, fill=ACCENT),
        ]

    def _at(self, epoch: int) -> str:
        sentence = f"epoch {epoch}, training {short(self.history.epoch_loss[epoch - 1], 3)}"
        unseen = self.history.validation_loss
        return f"{sentence}, unseen {short(unseen[epoch - 1], 3)}" if len(unseen) >= epoch else sentence

    def _columns(self) -> list[str]:
        """Strips over the picture that tell their epoch's numbers, and hear a click."""
        ends = [0.0, *self.at_epochs.tolist()]
        count = min(len(ends), COLUMNS)
        shown = np.linspace(0, len(ends) - 1, count).round().astype(int).tolist()
        edges = [0.0, *((ends[a] + ends[b]) / 2 for a, b in itertools.pairwise(shown)), self.most_x]
        parts = []
        for epoch, start, end in zip(shown, edges[:-1], edges[1:], strict=True):
            x, wide = self.place(start, 1)[0], self.place(end, 1)[0] - self.place(start, 1)[0]
            words = self._at(epoch) if epoch else "the start"
            tooltip = element("title", escape(f"{words}: click to go there"))
            strip = {"x": x, "y": self.top, "width": max(wide, 0.0), "height": self.bottom - self.top}
            parts.append(element("rect", tooltip, **strip, fill="transparent", data_key=f"epoch-{epoch}"))
        return parts if len(ends) > 1 else []

    def _guess(self, open_: bool) -> list[str]:
        """The curve that a learner expects; its points can be taken hold of before the first update."""
        if not self.expected:
            return []
        places = [self.place(x, y) for x, y in self.expected]
        parts = [polyline(places, stroke=ACCENT, stroke_width=2, stroke_dasharray="2 4", data_id="expected")]
        if not open_:
            return parts
        per = (self.high - self.low) / (self.bottom - self.top)
        for number, ((x, y), (_, loss)) in enumerate(zip(places[1:], self.expected[1:], strict=True)):
            knob = circle(
                x, y, 6, fill=PAPER, stroke=ACCENT, stroke_width=2, class_="bpl-rim", data_id=f"guess-{number}"
            )
            room = circle(x, y, 14, fill=PAPER, opacity=0)
            axis = Axis(math.log10(loss), self.low, self.high, 0.05, -per)
            label = f"loss that you expect, point {number + 1} of {len(places) - 1}"
            parts.append(grip(f"expected-{number}", room, knob, label=label, y=axis, said=short(loss, 2)))
        words = "Draw the curve that you expect: move the points. Then play."
        parts.append(text(self.left + 8, self.top + 14, words, size=12, halo=True, fill=ACCENT))
        return parts

    def _scrubber(self) -> list[str]:
        """Where the session stands, on the axis: it can be dragged along the epochs."""
        count = self.history.epochs
        if not count:
            return []
        ends = [0.0, *self.at_epochs.tolist()]
        now = min(self.session.epochs, count)
        x = self.place(ends[now], 1)[0]
        wide = self.place(ends[-1], 1)[0] - self.left
        mark = path("M", x - 7, self.bottom + 10, "L", x + 7, self.bottom + 10, "L", x, self.bottom - 1, "Z",
                    stroke=PAPER, fill=ACCENT, stroke_width=1.2, class_="bpl-rim")  # fmt: skip
        room = rect(x - 12, self.bottom - 8, 24, 22, fill=PAPER, opacity=0)
        axis = Axis(now, 0, count, 1, count / max(wide, 1.0))
        return [
            grip("here", room, mark, label="epoch on the curve", x=axis, said=self._at(now) if now else "the start")
        ]

    def _legend(self) -> str:
        parts = [text(4, 13, "loss (log scale)", size=12, fill=MUTED)]
        entries: list[tuple[str, str, str | None]] = [("training", POSITIVE, None), ("unseen", NEGATIVE, "6 3")]
        x = 150.0
        for words, stroke, dash in entries:
            parts.append(line(x, 9, x + 24, 9, stroke=stroke, stroke_width=2.4, stroke_dasharray=dash))
            parts.append(text(x + 29, 13, words, size=12))
            x += 112
        best, unseen = self.history.best_epoch, self.history.validation_loss
        if best is not None and unseen and math.isfinite(unseen[best - 1]):
            parts.append(circle(x + 12, 9, 5, fill="none", stroke=INK, stroke_width=1.8))
            parts.append(text(x + 23, 13, f"best {short(unseen[best - 1], 3)}, epoch {best}", size=12))
        return group(*parts)

    def _names(self) -> list[str]:
        """The names of the pinned runs, with their dashes."""
        parts = []
        for number, (name, _) in enumerate(self.pinned):
            x, y = (4.0, 312.0)[number % 2], 28.0 + 15 * (number // 2)
            ends = (x, y - 4, x + 32, y - 4)
            parts.append(line(*ends, stroke=MUTED, stroke_width=1.6, stroke_dasharray=DASHES[number % len(DASHES)]))
            parts.append(text(x + 38, y, name[:30], size=12, fill=MUTED))
        return parts


def _loss_words(session: Session, pinned: int) -> str:
    h = session.history
    if not h.steps:
        return "No update yet."
    latest = short(h.epoch_loss[-1] if h.epoch_loss else h.step_loss[-1])
    sentence = f"After {h.steps} updates ({h.epochs} epochs) the training loss is {latest}"
    if h.validation_loss:
        sentence += f", the unseen loss {short(h.validation_loss[-1])}; it was best after epoch {h.best_epoch}"
    sentence += "."
    return sentence + (f" {pinned} pinned run{'s' * (pinned > 1)} beside it." if pinned else "")
