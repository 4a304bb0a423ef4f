"""The referee: a process of its own that makes the inputs, knows the right numbers and says the verdict.

It never runs code of the student's: it sends inputs, gets numbers back and compares them in here. A grader opens a
session for each submission and fetches from it what each test cell earned. Belongs to notebooks/assignments.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bplearn.course import credit, seals
from bplearn.course.credit import Way
from bplearn.course.distant import Distant
from bplearn.course.tasks import ALL, task
from bplearn.course.tasks.task import Task
from bplearn.course.wire import Channel, Closed
from bplearn.errors import ArgumentError
from bplearn.exercises.engine.exercise import Code, Exercise, Experiment, ExperimentResult
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.engine.run_cases import reference, run_cases
from bplearn.exercises.engine.verdict import Status, Verdict

PATIENCE = 60.0  # seconds beyond the student's own limit before the referee gives up waiting


@dataclass
class Court:
    """What a referee keeps: the tokens that may ask for a check, the keeper's token, and what was decided."""

    token: str
    keeper: str
    decided: list[dict[str, Any]] = field(default_factory=list)
    seeds: dict[str, list[int]] = field(default_factory=dict)  # of each task, those that test cells ask for


def main() -> None:
    """Read the tokens, say the port, serve until the one who started this has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted cell interrupts the kernel's children as well
    setting = json.loads(sys.stdin.readline())
    court = Court(setting["token"], setting["keeper"])
    server = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{server.getsockname()[1]}\n")
    sys.stdout.flush()
    threading.Thread(target=_accept, args=(server, court), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def _accept(server: socket.socket, court: Court) -> None:
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_attend, args=(connection, court), daemon=True).start()


def _attend(connection: socket.socket, court: Court) -> None:
    kept: list[Callable[..., Any]] = []

    def keep(function: Callable[..., Any]) -> int:
        kept.append(function)
        return len(kept) - 1

    channel = Channel(connection, keep=keep, recall=kept.__getitem__)
    with contextlib.closing(channel), contextlib.suppress(Closed, OSError):
        _, fields, _ = channel.receive()
        if court.keeper and fields["token"] == court.keeper:
            _keep_court(channel, court, fields)
        elif fields["token"] == court.token:
            _check(channel, court, kept)


def _keep_court(channel: Channel, court: Court, fields: dict[str, Any]) -> None:
    """Hand what was decided to the grader, and open a new session with a token of its own.

    `cells` are the (task, seeds) of test cells that are to be settled now; `seeds` are those of the next session.
    """
    decided, court.decided, court.token = court.decided, [], secrets.token_hex(8)
    cells = [(ALL.get(number), seeds) for number, seeds in fields["cells"]]
    settled = [one and credit.settled(one, seeds, decided) for one, seeds in cells]
    court.seeds = fields["seeds"]
    channel.send("decided", token=court.token, decided=decided, settled=settled)


def _check(channel: Channel, court: Court, kept: list[Callable[..., Any]]) -> None:
    _, fields, shown = channel.receive()
    number, seed = fields["number"], int(fields["seed"])
    session = court.decided  # a late check of an earlier submission writes into that one's list
    try:
        one = task(number, seed)
    except ArgumentError as problem:
        channel.send("complaint", message=str(problem))
        return
    broken = _broken(channel, shown)
    if broken:
        verdict, decided = _replaced(one.exercise, broken), credit.decision(one, seed, False, Way(), None)
    else:
        verdict, decided = _decide(channel, one, seed, fields, kept)
    session.append(decided)
    if not verdict.passed and any(decided[way] and decided[way]["earned"] for way in ("own", "through")):
        # the cell stops here, so the further checks in it would never be asked: they are made now
        for other in court.seeds.get(number, ()):
            if other != seed:
                session.append(_decide(channel, task(number, other), other, fields, kept)[1])
    channel.send("verdict", **{**asdict(verdict), "status": verdict.status.value})


def _decide(
    channel: Channel, one: Task, seed: int, fields: dict[str, Any], kept: list[Callable[..., Any]]
) -> tuple[Verdict, credit.Decision]:
    """Return the verdict on an answer, and what it earned: as it is, and with right functions of earlier tasks."""
    verdict, own = _verdict(channel, one, fields, kept)
    through = None
    uses = any(stand_in.name in fields["names"] for stand_in in one.stand_ins)
    if not verdict.passed and uses and not (fields["stub"] or fields["gap"]):
        through = _followed(channel, one, kept)
    if not verdict.passed:
        verdict = replace(verdict, details=(*verdict.details, *credit.words(one, own, through)))
    return verdict, credit.decision(one, seed, verdict.passed, own, through)


def _verdict(
    channel: Channel, one: Task, fields: dict[str, Any], kept: list[Callable[..., Any]]
) -> tuple[Verdict, Way]:
    exercise = one.exercise
    if fields["stub"]:
        headline = "Replace `raise NotImplementedError()` by your code, then run the cell again."
        return exercise.unattempted(headline), Way()
    if fields["gap"]:
        return exercise.unattempted("Three dots are left in it. Replace them, then run the cell again."), Way()
    if fields["kind"] != "function":
        headline = f"The answer should be a function; it is a {fields['kind']}."
        return exercise.verdict(Status.WRONG, headline), Way()
    distant, scored = Distant(channel, exercise, kept), Scores()
    verdict = grade(scored.listening(_patient(exercise)), distant)
    if distant.calls and not one.library:
        return _borrowed(exercise, distant.calls), Way()
    if verdict.passed:
        return verdict, credit.everything(one)
    own = scored.way or credit.credit(one, distant.again())
    if distant.unwritten:
        verdict = exercise.unattempted("It raises NotImplementedError: a part of it is not written yet.")
    return verdict, own


def _followed(channel: Channel, one: Task, kept: list[Callable[..., Any]]) -> Way:
    """Return what an answer earns when the student's earlier functions are replaced by right ones."""
    exercise = _patient(one.exercise)
    distant = Distant(channel, one.exercise, kept, one.stand_ins)
    if isinstance(exercise, Code):
        run_cases(exercise, distant, reference(exercise)[0])
    return Way() if distant.calls and not one.library else credit.credit(one, distant.again())


class Scores:
    """Listens to what a trial finds: it may earn parts although it does not pass."""

    def __init__(self) -> None:
        self.way: Way | None = None

    def listening(self, exercise: Exercise) -> Exercise:
        """Return the exercise, which tells what it finds."""
        if not isinstance(exercise, Experiment):
            return exercise
        attempt = exercise.attempt

        def listened(answer: Any) -> ExperimentResult:
            finding = attempt(answer)
            self.way = Way(getattr(finding, "earned", ()))
            return finding

        return replace(exercise, attempt=listened)


def _broken(channel: Channel, shown: dict[str, int]) -> list[str]:
    """Return the names of replaced functions; only where a module's checksum differs are its seals asked for."""
    mine = seals.seals()
    sums = seals.checksums(mine)
    doubtful = [name for name in sums.keys() & shown.keys() if sums[name] != shown[name]]
    if not doubtful:
        return []
    channel.send("seals", modules=doubtful)
    theirs = channel.receive()[2]
    return sorted(name for module in doubtful for name in seals.broken(mine[module], theirs[module]))


@functools.cache
def _patient(exercise: Exercise) -> Exercise:
    """Return the exercise with a longer limit: the student's side cuts off first and says so."""
    seconds = getattr(exercise, "seconds", None)
    return exercise if seconds is None else replace(exercise, seconds=seconds + PATIENCE)  # type: ignore[call-arg]


def _replaced(exercise: Exercise, names: list[str]) -> Verdict:
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return exercise.verdict(
        Status.WRONG,
        f"A library was patched: in this notebook {some} is no longer what was installed. No points while that is so.",
        ("Take out what replaces it, restart the kernel and run all cells again.",),
        section="",
    )


def _borrowed(exercise: Exercise, calls: list[str]) -> Verdict:
    return exercise.verdict(
        Status.WRONG,
        f"It calls {', '.join(calls[:3])}. This task is to be solved with Python and NumPy alone.",
        ("bplearn's own layers, losses and checks may be used to compare, outside the function that you hand in.",),
        section="",
    )
