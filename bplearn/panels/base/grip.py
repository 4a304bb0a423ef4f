"""Grips: parts of a picture that a learner takes hold of, by mouse, by touch, or by the arrow keys.

Python draws a part inside a `grip`; `grip.js` reports where it is dragged to, in the picture's own numbers. To a screen
reader a grip is a slider.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bplearn.show.svg import element
from bplearn.show.text import short


class Axis(NamedTuple):
    """One direction in which a grip moves: its value, both ends, an arrow's step, and its value per unit drawn.

    On an axis that points up, `per` is below 0: the picture's y counts down.
    """

    value: float
    low: float
    high: float
    step: float
    per: float

    def __str__(self) -> str:
        return " ".join(f"{number:.12g}" for number in self)


def grip(key: str, *parts: str, label: str, x: Axis | None = None, y: Axis | None = None, said: str = "",
         trail: bool = False) -> str:  # fmt: skip
    """Return `parts` as one thing to take hold of, called `label`; it moves along x, along y, or along both.

    `said` is its value in words; without it, the number. With `trail` it is a field to draw in: the hand's whole way is
    told, from the place where it touches the field; Space sets a pen down, or lifts it.

    >>> grip("w1", label="w1", y=Axis(2, -5, 5, 0.1, -0.05))[:63]
    '<g data-drag="w1" data-y="2 -5 5 0.1 -0.05" tabindex="0" role="'
    """
    first = x or y
    value, low, high = (str(first).split(" ")[:3]) if first else ("0", "0", "0")
    words = said or (short(first.value) if first else "")
    places = {"data_x": str(x) if x else None, "data_y": str(y) if y else None, "data_trail": trail}
    told = {"aria_label": label, "aria_valuenow": value, "aria_valuemin": low, "aria_valuemax": high}
    return element(
        "g", "".join(parts), data_drag=key, **places, tabindex="0", role="slider", **told, aria_valuetext=words
    )


class Hand(NamedTuple):
    """What a hand does: "take", "move", "drop" or "press", at which grip, the place, and the way to it in a field."""

    phase: str
    key: str
    place: dict[str, float]
    trail: tuple[tuple[float, float], ...] = ()


def read_hand(message: dict[str, Any]) -> Hand:
    """Read what `grip.js` tells.

    >>> read_hand({"drag": "w1", "phase": "move", "at": {"y": 2}}).place
    {'y': 2.0}
    """
    place = {str(name): float(value) for name, value in (message.get("at") or {}).items()}
    trail = tuple((float(x), float(y)) for x, y in message.get("trail", ()))
    return Hand(str(message.get("phase")), str(message["drag"]), place, trail)
