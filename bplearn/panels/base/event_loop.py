"""The event loop of a panel: everything happens on the kernel's main loop, one call after the other.

JupyterLab hands a click to the kernel on a second thread, also while a cell runs. `MainLoop` carries each call over to
the main loop; `Player` is one asyncio task there that trains a little, shows it, and lets other cells have a turn.
Used by every live panel; first met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import asyncio
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from typing import Any, final

IN_FLIGHT = 12  # pictures that may be under way to the browser
UNSEEN = 3.0  # seconds until a panel pauses that nobody sees


@final
class MainLoop:
    """Carries calls to the thread that made it. A newer call with the same key replaces one that still waits.

    Where there is no running loop (a script, a test) calls happen at once.

    >>> MainLoop()("greeting", "hello".upper) is None
    True
    """

    def __init__(self) -> None:
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None
        self._thread = threading.get_ident()
        self._waiting: dict[Hashable, tuple[Callable[..., Any], tuple[Any, ...]]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: Hashable, action: Callable[..., Any], *arguments: Any) -> None:
        """Run `action(*arguments)` on the main loop, soon; at once where this is the main thread."""
        if self._loop is None or threading.get_ident() == self._thread:
            action(*arguments)
            return
        with self._lock:
            is_new = key not in self._waiting
            self._waiting[key] = (action, arguments)
        if is_new:
            self._loop.call_soon_threadsafe(self._run, key)

    def waits(self, key: Hashable) -> bool:
        """Say whether a call with this key has not begun yet."""
        with self._lock:
            return key in self._waiting

    def _run(self, key: Hashable) -> None:
        with self._lock:
            action, arguments = self._waiting.pop(key)
        action(*arguments)


@final
class Player:
    """Calls `work()` and then `show()` over and over, `fps` times a second, until `done()` or `pause()`.

    Only one player runs at a time: a second one pauses the first. `changed()` is called after each start and stop,
    `failed(error)` where work or show raise. A player whose pictures nobody has seen for some seconds pauses itself.

    >>> player = Player(work=lambda: None, show=lambda: None)
    >>> player.running
    False
    """

    current: weakref.ref[Player] | None = None  # the player that runs in this kernel

    def __init__(
        self,
        work: Callable[[], object],
        show: Callable[[], object],
        *,
        fps: float = 20,
        done: Callable[[], bool] = lambda: False,
        changed: Callable[[], object] = lambda: None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        self.work, self.show, self.done, self.changed, self.failed = work, show, done, changed, failed
        self.fps = fps
        self.running = False
        self.in_flight = 0
        self.watched = False  # whether a browser reports the pictures it has shown
        self.task: asyncio.Task[None] | None = None

    def play(self) -> None:
        """Start, on the running loop; pause whichever other player runs."""
        if self.running:
            return
        other = Player.current() if Player.current is not None else None
        if other is not None and other is not self:
            other.pause()
        Player.current = weakref.ref(self)
        self.running, self.in_flight = True, 0
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._loop())
        self.changed()

    def pause(self) -> None:
        """Stop before the next piece of work. It only sets a flag, so any thread may call it."""
        self.running = False

    def seen(self) -> None:
        """Note that the browser has shown the pictures sent so far."""
        self.watched, self.in_flight = True, 0

    async def _loop(self) -> None:
        unseen_for = 0.0
        try:
            while self.running and not self.done():
                started = time.perf_counter()
                if self.watched and self.in_flight > IN_FLIGHT:
                    await asyncio.sleep(0.05)  # the browser is behind: wait for it, do not pile up
                    unseen_for += 0.05
                    if unseen_for >= UNSEEN:
                        break
                    continue
                unseen_for = 0.0
                self.work()
                self.show()
                self.in_flight += 1
                await asyncio.sleep(max(0.005, 1 / self.fps - (time.perf_counter() - started)))
        except Exception as error:  # a learner's own layer may raise anything; the panel must live on
            self.running = False
            if self.failed is None:
                raise
            self.failed(error)
        finally:
            self.running = False
            self.changed()
