"""What a panel saves: its picture as SVG and PNG, and its last walk, all that it has shown, as an animation.

A walk begins where the panel opens or begins anew. Of a long one the pictures are thinned out, evenly. Only the browser
makes pixels of a picture; Pillow puts them together.
Used by every live panel; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any, final

from PIL import Image

from bplearn.checks.arrays import expected_got
from bplearn.errors import ArgumentError
from bplearn.show.picture import Picture, collage
from bplearn.show.svg import stand_alone

MOST = 48  # pictures of a walk
WIDTH = 900.0  # px: pictures that fit beside each other share a row
LASTS, LAST = 6000, 2000  # ms of the whole walk, and of its end


@final
class Walk:
    """The pictures that a panel has shown, each a tuple of what stood side by side, from `begin_anew` on.

    >>> walk = Walk()
    >>> for n in range(100):
    ...     walk.note([Picture(9, 9, f"<circle r='{n}'/>", "A dot")])
    >>> len(walk.shown()), "r='99'" in walk.shown()[-1].body
    (26, True)
    """

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget all pictures."""
        self._kept: list[tuple[Picture, ...]] = []
        self._latest: tuple[Picture, ...] = ()
        self._stride, self._count = 1, 0

    def note(self, pictures: Sequence[Picture]) -> None:
        """Keep what is shown now; the same once more is nothing new."""
        if tuple(pictures) == self._latest:
            return
        self._latest = tuple(pictures)
        if self._count % self._stride == 0:
            self._kept.append(self._latest)
        self._count += 1
        if len(self._kept) > MOST:
            self._kept, self._stride = self._kept[::2], 2 * self._stride

    def shown(self) -> list[Picture]:
        """Return the pictures of the walk, those that stood side by side as one."""
        kept = self._kept if self._kept and self._kept[-1] is self._latest else [*self._kept, self._latest]
        return [collage(_rows(pictures), "", width=WIDTH) for pictures in kept if pictures]


def _rows(pictures: Sequence[Picture]) -> list[list[Picture]]:
    rows: list[list[Picture]] = []
    for picture in pictures:
        if rows and sum(one.width for one in rows[-1]) + picture.width <= WIDTH:
            rows[-1].append(picture)
        else:
            rows.append([picture])
    return rows


@final
class Saving:
    """Answers the buttons of a panel called `title`: `send(message, buffers)` speaks to its heading in the browser.

    An animation is made picture by picture: one goes to the browser, its pixels come back, then the next one goes.
    """

    def __init__(self, title: str, picture: Callable[[], Picture], send: Callable[..., object]) -> None:
        self.name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
        self.picture, self.send = picture, send
        self.walk = Walk()
        self._waiting: list[Picture] = []
        self._frames: list[Image.Image] = []

    def heard(self, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        """Do what the browser asks for. Raises: ArgumentError for an animation where nothing has moved."""
        if "pixels" in message and self._waiting:
            self._frames.append(Image.open(io.BytesIO(bytes(buffers[0]))).convert("RGBA"))
            del self._waiting[0]
            self._next()
        elif message.get("save") == "gif":
            self._frames, self._waiting = [], self.walk.shown()
            if len(self._waiting) < 2:
                self._waiting = []
                advice = "Take a step or two, then save it."
                raise ArgumentError(expected_got("Save GIF", "a walk of at least two pictures", "one", advice))
            self._next()
        elif "save" in message:
            kind = str(message["save"])
            self.send({"kind": kind, "name": self.name, "svg": stand_alone(self.picture().text())})

    def _next(self) -> None:
        if self._waiting:
            self.send({"kind": "frame", "left": len(self._waiting), "svg": stand_alone(self._waiting[0].text())})
        else:
            self.send({"kind": "gif", "name": self.name}, [animation(self._frames)])
            self._frames = []


def animation(frames: Sequence[Image.Image]) -> bytes:
    """Return a GIF of these pictures (RGBA), which begins again at its end; the last one stands longer."""
    size = max(frame.width for frame in frames), max(frame.height for frame in frames)
    sheets = []
    for frame in frames:
        sheet = Image.new("RGB", size, "white")
        sheet.paste(frame, mask=frame)
        sheets.append(sheet.quantize(128, dither=Image.Dither.NONE))
    each = min(max(LASTS // len(sheets), 80), 600)
    file = io.BytesIO()
    lasts = [each] * (len(sheets) - 1) + [LAST]
    sheets[0].save(file, "GIF", save_all=True, append_images=sheets[1:], duration=lasts, loop=0)
    return file.getvalue()
