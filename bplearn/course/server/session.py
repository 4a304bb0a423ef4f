"""The grader's side of a check: it makes the inputs, knows the right numbers, says the verdict and keeps the points.

One exchange settles a task: all inputs go out, the open ones and the hidden ones, and all outputs come back. Code of
the student's never runs in here. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import wraps
from multiprocessing import AuthenticationError
from multiprocessing.connection import Listener
from pathlib import Path
from typing import Any

import numpy as np

from bplearn.course.client.forbidden_calls import STARTED_BEFORE, STARTS
from bplearn.course.client.protocol import Channel, Closed
from bplearn.course.server.points import Decision, Score, Seed, score_of, words
from bplearn.course.server.results import Replay, Result
from bplearn.course.tasks import ALL, read_tasks, task
from bplearn.course.tasks.task import StandIn, Task
from bplearn.errors import ArgumentError
from bplearn.exercises.engine.exercise import Code, Exercise
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.engine.run_cases import reference
from bplearn.exercises.engine.verdict import Status, Verdict

MANY = 20  # checks of one task; more are told to the teacher, and get no points
MOST = 500  # checks of one submission; then the line is cut, so that no loop keeps the grader busy


class Checks:
    """The checks of one submission: what is asked, and what was decided.

    `hidden` are further seeds by task: an answer is tried with them too, and nobody but the teacher hears of it.
    """

    def __init__(
        self, hidden: Mapping[str, Sequence[int]] | None = None, tasks: Mapping[str, Task] | None = None
    ) -> None:
        self.hidden, self.tasks = dict(hidden or {}), dict(tasks or ALL)
        self.decided: list[Decision] = []
        self.checks: Counter[str] = Counter()
        self.exchanges: Counter[str] = Counter()  # by task
        self.notes: list[str] = []  # what else a teacher should know
        self.slow = False  # an answer was cut off by the clock, before it had its share of the processor

    def serve(self, channel: Channel) -> None:
        """Answer checks until the other side goes."""
        with contextlib.suppress(Closed), contextlib.closing(channel):
            while True:
                kind, fields, _ = channel.receive()
                if kind == "check":
                    self.check(channel, fields)

    def check(self, channel: Channel, fields: dict[str, Any]) -> None:
        """Answer one check."""
        try:
            about = About(**{name: fields[name] for name in ("stub", "gap", "kind", "names")})
            number, seed = str(fields["number"]), int(fields["seed"])
        except (KeyError, TypeError, ValueError) as problem:
            raise Closed(f"a check that cannot be read ({problem})") from None
        try:
            first = task(number, seed, self.tasks)
            self.checks[number] += 1
            if self.checks.total() > MOST:
                raise Closed(f"more than {MOST} checks")
            with np.errstate(all="ignore"):  # numbers of a student's may be inf
                verdict, decided = self._decide(channel, first, seed, about)
        except Closed:
            raise
        except ArgumentError as problem:
            channel.send("refused", message=str(problem))
            return
        except Exception as problem:  # of ours: it costs this check, and no points that were earned elsewhere
            self.notes.append(f"a check of {number} could not be judged ({type(problem).__name__}: {problem})")
            channel.send("refused", message=f"The answer to {number} could not be judged ({type(problem).__name__}).")
            return
        if self.checks[number] <= MANY:
            self.decided += decided
        channel.send("verdict", **{**asdict(verdict), "status": verdict.status.value})

    def remarks(self) -> list[str]:
        """Return what a teacher should know of these checks."""
        many = [f"checks {number} {count} times" for number, count in self.checks.items() if count > MANY]
        return [*self.notes, *many]

    def _decide(self, channel: Channel, first: Task, seed: int, about: About) -> tuple[Verdict, list[Decision]]:
        """Return the verdict with this seed, and what was earned with it and the hidden ones."""
        seeds = [(seed, False), *((one, True) for one in self.hidden.get(first.number, ()))]
        refused = _unasked(first.exercise, about)
        if refused is None:
            asked = self._ask(channel, first, seeds, ())
            refused = _forbidden(first, asked)
        if refused is not None:
            return refused, [Decision(first.number, *one, False, Score()) for one in seeds]
        found = [score_of(one, results) for one, results in asked]
        passed, own = found[0]
        verdict = _verdict(*asked[0], passed, own)
        through: list[Score | None] = [None] * len(seeds)
        stand_ins = tuple(one for one in first.stand_ins if one.name in about.names)
        if stand_ins and not all(passed for passed, _ in found):
            followed = self._ask(channel, first, seeds, stand_ins)
            if _forbidden(first, followed) is None:
                through = [score_of(one, results)[1] for one, results in followed]
        if not passed:
            verdict = replace(verdict, details=(*verdict.details, *words(first, own, through[0])))
        decided = [
            Decision(first.number, *one, passed, score, other)
            for one, (passed, score), other in zip(seeds, found, through, strict=True)
        ]
        return verdict, decided

    def _ask(
        self, channel: Channel, first: Task, seeds: Sequence[Seed], stand_ins: tuple[StandIn, ...]
    ) -> list[tuple[Task, list[Result]]]:
        """Let the answer run on the inputs of all these seeds; return the task and the results for each.

        Inputs of a grader's come once: what a notebook has seen of them in an earlier exchange is worth nothing.
        """
        count = self.exchanges[first.number]
        self.exchanges[first.number] += 1
        drawn = [
            random.Random(f"{first.number} {seed} {count}").getrandbits(32) if count and (hidden or stand_ins) else seed
            for seed, hidden in seeds
        ]
        tasks = [task(first.number, one, self.tasks) for one in drawn]
        calls = [_calls(one, seed) for one, seed in zip(tasks, drawn, strict=True)]
        together = [arguments for some in calls for arguments in some]
        serving = {one.name: _guarded(one, together) for one in stand_ins}
        seconds = getattr(first.exercise, "seconds", 5.0)
        channel.send("run", (together, serving), seconds=seconds, memory=first.most_bytes is not None)
        kind, fields, came = channel.receive()
        channel.forget()
        if kind != "ran":
            raise Closed(f"expected what the answer gave, got {kind}")
        results = iter([Result.read(*one) for one in zip(came, fields["about"], strict=True)])
        found = [[result for _, result in zip(some, results, strict=False)] for some in calls]
        self.slow = self.slow or any(one.slow for some in found for one in some)
        return list(zip(tasks, found, strict=True))


@dataclass(frozen=True)
class About:
    """What the student's side says of an answer before it runs: a stub, one with a gap, its kind, the names in it."""

    stub: bool
    gap: bool
    kind: str
    names: list[str]


def _calls(one: Task, seed: int) -> list[tuple[Any, ...]]:
    """Return the arguments of each call that is made of an answer."""
    if isinstance(one.exercise, Code):
        return [arguments for case in reference(one.exercise)[0] for arguments in one.calls(case.arguments)]
    return one.calls(seed)


def main() -> None:
    """Check for one notebook at home: read the key, say the address, serve until the one who started this has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted cell interrupts the kernel's children as well
    key = bytes.fromhex(sys.stdin.readline())
    with Listener(authkey=key) as listener:
        sys.stdout.write(f"{listener.address}\n")
        sys.stdout.flush()
        threading.Thread(
            target=answer_calls, args=(listener, lambda: Checks(tasks=read_tasks(Path()))), daemon=True
        ).start()
        sys.stdin.read()
    os._exit(0)


def answer_calls(listener: Listener, session: Callable[[], Checks]) -> None:
    """Serve each process that calls, in a thread of its own, until the listener is closed."""
    with contextlib.suppress(OSError):
        while True:
            with contextlib.suppress(AuthenticationError, EOFError):
                channel = Channel(listener.accept(), exports=True)
                threading.Thread(target=session().serve, args=(channel,), daemon=True).start()


def _unasked(exercise: Exercise, about: About) -> Verdict | None:
    """Return the verdict on what need not be called, or None."""
    if about.stub:
        return exercise.unattempted("Replace `raise NotImplementedError()` by your code, then run the cell again.")
    if about.gap:
        return exercise.unattempted("Three dots are left in it. Replace them, then run the cell again.")
    if about.kind != "function":
        return exercise.verdict(Status.WRONG, f"The answer should be a function; it is a {about.kind}.")
    return None


def _forbidden(one: Task, asked: list[tuple[Task, list[Result]]]) -> Verdict | None:
    """Return the verdict on an answer that calls what it may not, or None."""
    calls = list(dict.fromkeys(name for _, some in asked for result in some for name in result.forbidden))
    started = {*STARTS.values()}
    if one.library:
        calls = [name for name in calls if name in started or name.startswith("bplearn.course.")]
    if not calls:
        return None
    said = ", ".join(calls[:3])
    if started.intersection(calls) or STARTED_BEFORE in calls:
        return one.exercise.verdict(
            Status.WRONG,
            f"While it runs, it {said}. An answer works by itself, in the cell's own thread.".replace(
                f"it {STARTED_BEFORE}", f"it could use {STARTED_BEFORE}"
            ),
            section="",
        )
    return one.exercise.verdict(
        Status.WRONG,
        f"It calls {said}. This task is to be solved with Python and NumPy alone.",
        ("bplearn's own layers, losses and checks may be used to compare, outside the function that you hand in.",),
        section="",
    )


def _verdict(one: Task, results: list[Result], passed: bool, own: Score) -> Verdict:
    """Return what is said of an answer."""
    if any(type(result.failure).__name__ == "NotImplementedError" for result in results):
        return one.exercise.unattempted("It raises NotImplementedError: a part of it is not written yet.")
    verdict = grade(one.exercise, Replay(results))
    if passed is verdict.passed and (verdict.mistakes or not own.leaves):
        return verdict
    return verdict if passed else one.exercise.verdict(Status.WRONG)  # what is off is said by `own`


def _guarded(one: StandIn, cases: list[tuple[Any, ...]]) -> Callable[..., Any]:
    """Return a right function that serves the cases at hand only, so that no other task can be solved with it."""

    @wraps(one.function)
    def serve(*arguments: Any) -> Any:
        if not any(one.serves(arguments, case) for case in cases):
            raise ValueError(f"{one.name} stands in for yours here; it takes what belongs to this task only.")
        return one.function(*arguments)

    return serve
