"""Grades for a whole class: nbgrader in several processes, each with a copy of the gradebook, merged as they go.

What is merged is graded for good: a run that was killed goes on where it stopped, and a submission is graded again
only when it, or the assignment, has changed. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.course.crew import Worker, WorkerDied
from bplearn.course.inbox import sort_zip
from bplearn.course.ledger import Ledger, fingerprint
from bplearn.course.release import NEEDED
from bplearn.course.remarks import remarks
from bplearn.course.roster import read_roster
from bplearn.errors import ArgumentError, DataError

Say = Callable[[str], None]
Task = tuple[str, str]  # assignment, student


@dataclass
class Wishes:
    """What `bplearn grade` is asked for, beside the course's folder."""

    jobs: int = 2
    assignment: str | None = None
    roster: Path | None = None
    due: str | None = None
    archive: Path | None = None
    again: tuple[str, ...] | None = None  # the students to grade again; () means all, None nobody
    feedback: bool = False
    to: Path | None = None
    limit: float = 900.0  # seconds for one student


@dataclass
class Outcome:
    """What a run did: how many were graded, stood already, failed or are missing, and where the grades are."""

    graded: int = 0
    standing: int = 0
    missing: list[Task] = field(default_factory=list)
    failed: list[Task] = field(default_factory=list)
    grades: Path = Path("grades.csv")


class Course:
    """A course's folder: `source/`, `submitted/<student>/<assignment>/`, and nbgrader's gradebook.db."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if not (self.folder / "source").is_dir():
            advice = "Copy notebooks/assignments of the repository to a folder for your course, and grade there."
            raise DataError(expected_got("grade", f"a course with a folder source in {folder}", "none", advice))
        self.own = self.folder / ".bplearn-grade"
        self.own.mkdir(exist_ok=True)
        self.ledger = Ledger(self.folder / "gradebook.db")

    def assignments(self, only: str | None) -> list[str]:
        """Return the assignments to grade: the one that is wanted, or all with submissions."""
        known = sorted(path.name for path in (self.folder / "source").iterdir() if any(path.glob("*.ipynb")))
        if only is not None and only not in known:
            raise ArgumentError(expected_got("--assignment", f"one of {', '.join(known)}", repr(only)))
        handed_in = {assignment for assignment, _ in self.submissions()}
        return [name for name in known if name == only or (only is None and name in handed_in)]

    def submissions(self) -> list[Task]:
        """Return (assignment, student) of all that came in."""
        notebooks = (self.folder / "submitted").glob("*/*/*.ipynb")
        return sorted({(path.parent.name, path.parent.parent.name) for path in notebooks})

    def prints(self, assignment: str, student: str) -> tuple[str, str]:
        """Return the fingerprints of a submission and of its assignment's source."""
        return fingerprint(self.folder / "submitted" / student / assignment), self.source_print(assignment)

    def source_print(self, assignment: str) -> str:
        """Return the fingerprint of an assignment's source."""
        return fingerprint(self.folder / "source" / assignment)

    def notebook(self, assignment: str) -> str:
        """Return the name of an assignment's notebook."""
        return next((self.folder / "source" / assignment).glob("*.ipynb")).name


def grade_course(folder: Path, wishes: Wishes, tell: Say, bar: Callable[[int], Any]) -> Outcome:
    """Grade what came in and has not been graded; write the grades as nbgrader's own export does.

    `tell` gets a line for each student; `bar(n)` gives a progress bar with `update` and `close`.
    Raises: DataError for a folder that is no course, a roster or a zip that cannot be read; ArgumentError for wishes
    that do not fit together.
    """
    course = Course(folder)
    _look_for_nbgrader()
    if (wishes.due or wishes.archive) and wishes.assignment is None:
        raise ArgumentError(
            expected_got("--due and --zip", "an --assignment to go with", "none", "Add --assignment A2.")
        )
    if wishes.due is not None:
        _check_time(wishes.due)
    students = _roster(course, wishes)
    with _alone(course):
        if wishes.archive is not None and wishes.assignment is not None:
            course.assignments(wishes.assignment)
            _sort(course, wishes.archive, wishes.assignment, students, tell)
        return _Run(course, wishes, students, tell, bar).go()


class _Run:
    """One run, from the roster to the grades."""

    def __init__(
        self, course: Course, wishes: Wishes, students: list[dict[str, str]], tell: Say, bar: Callable[[int], Any]
    ) -> None:
        self.course, self.wishes, self.students, self.tell, self.bar = course, wishes, students, tell, bar
        self.names = course.assignments(wishes.assignment)
        self.outcome = Outcome(grades=(wishes.to or course.folder / "grades.csv").resolve())
        self.lock = threading.Lock()

    def go(self) -> Outcome:
        if not self.names:
            raise DataError(
                expected_got("grade", "notebooks in submitted/<student>/<assignment>/", "none", "Or give --zip FILE.")
            )
        todo = self._todo()
        count = max(1, min(self.wishes.jobs, len(todo)))
        workers = [Worker(self.course.own / f"worker-{number}.log") for number in range(count)]
        try:
            self._prepare(workers[0])
            self._grade(workers, todo)
            if self.wishes.feedback:
                self._write_feedback(workers)
            self._tell_missing()
            self._ask(workers[0], "export", to=str(self.outcome.grades), assignments=self.names)
        finally:
            for worker in workers:
                worker.end()
        return self.outcome

    def _todo(self) -> list[Task]:
        """Return what has to be graded: new, changed, or wanted again."""
        done = self.course.ledger.graded()
        again = self.wishes.again
        todo = []
        for task in self.course.submissions():
            if task[0] not in self.names:
                continue
            wanted = again is not None and (not again or task[1] in again)
            if wanted or done.get(task) != self.course.prints(*task):
                todo.append(task)
            else:
                self.outcome.standing += 1
        return todo

    def _prepare(self, worker: Worker) -> None:
        known, sources = self.course.ledger.assignments(), self.course.ledger.sources()
        stale = [n for n in self.names if n not in known or sources.get(n) != self.course.source_print(n)]
        due = {name: self.wishes.due for name in self.names if self.wishes.due}
        if stale or due or self.students:
            self._ask(worker, "prepare", generate=stale, students=self.students, due=due)
        for name in stale:
            self.course.ledger.note_source(name, self.course.source_print(name))

    def _ask(self, worker: Worker, do: str, gradebook: Path | None = None, **order: Any) -> dict[str, Any]:
        place: dict[str, Any] = {
            "course": str(self.course.folder),
            "gradebook": str(gradebook or self.course.ledger.path),
        }
        answer = worker.ask(do, **place, **order)
        if "error" in answer:
            raise DataError(f"nbgrader could not {do}: {answer['error']}. The whole story is in {worker.log}.")
        return answer

    def _grade(self, workers: list[Worker], todo: list[Task]) -> None:
        waiting: queue.Queue[Task] = queue.Queue()
        for task in todo:
            waiting.put(task)
        bar = self.bar(len(todo))
        stop = threading.Event()
        threads = [threading.Thread(target=self._serve, args=(w, k, waiting, bar, stop)) for k, w in enumerate(workers)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)  # in pieces, so that Ctrl-C is heard
        except BaseException:
            stop.set()
            for worker in workers:
                worker.stop()
            raise
        finally:
            bar.close()

    def _serve(self, worker: Worker, number: int, waiting: queue.Queue[Task], bar: Any, stop: threading.Event) -> None:
        copy = self.course.own / f"worker-{number}.db"
        with self.lock:
            self.course.ledger.copy_to(copy)
        while not stop.is_set():
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            self._grade_one(worker, copy, task, stop)
            bar.update(1)

    def _grade_one(self, worker: Worker, copy: Path, task: Task, stop: threading.Event) -> None:
        assignment, student = task
        prints = self.course.prints(*task)
        order: dict[str, Any] = {
            "course": str(self.course.folder),
            "gradebook": str(copy),
            "assignment": assignment,
            "student": student,
        }
        answer: dict[str, Any] = {}
        for _ in range(2):  # a worker that dies is given a second chance
            try:
                answer = worker.ask("grade", self.wishes.limit, **order)
                break
            except WorkerDied as problem:
                answer = {"error": str(problem)}
        found = remarks(self.course.folder / "submitted" / student / assignment)
        with self.lock:
            if "error" in answer:
                if stop.is_set():
                    return
                self.outcome.failed.append(task)
                self.tell(f"{student:16} {assignment}  FAILED: {answer['error']} (see {worker.log})")
                return
            self.course.ledger.take_over(copy, assignment, student, prints, "; ".join(found))
            self.outcome.graded += 1
            self.tell(_line(task, answer, found))

    def _write_feedback(self, workers: list[Worker]) -> None:
        tasks = [
            task for task in self.course.submissions() if task[0] in self.names and task not in self.outcome.failed
        ]
        bar = self.bar(len(tasks))
        waiting: queue.Queue[Task] = queue.Queue()
        for task in tasks:
            waiting.put(task)

        def serve(worker: Worker) -> None:
            with contextlib.suppress(queue.Empty):
                while True:
                    assignment, student = waiting.get_nowait()
                    try:
                        self._ask(worker, "feedback", assignment=assignment, student=student)
                    except (DataError, WorkerDied) as problem:
                        self.tell(f"{student:16} {assignment}  no feedback: {problem}")
                    bar.update(1)

        threads = [threading.Thread(target=serve, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        bar.close()

    def _tell_missing(self) -> None:
        here = set(self.course.submissions())
        for name in self.names:
            for student in self.course.ledger.students():
                if (name, student) not in here:
                    self.outcome.missing.append((name, student))
                    self.tell(f"{student:16} {name}  nothing handed in: 0 points")


def _line(task: Task, answer: dict[str, Any], found: list[str]) -> str:
    parts = [f"{task[1]:16} {task[0]}  {answer['score']:g} of {answer['most']:g}"]
    if answer["by_hand"]:
        parts.append(f"{answer['by_hand']:g} to be marked by hand")
    if answer["late"]:
        parts.append(f"{answer['late'] / 3600:.1f} h late" + (f", -{answer['penalty']:g}" if answer["penalty"] else ""))
    parts.append(f"{answer['seconds']:.1f} s")
    return ", ".join(parts) + "".join(f"\n{'':18} look: {one}" for one in found)


def _check_time(due: str) -> None:
    try:
        datetime.fromisoformat(due)
    except ValueError:
        raise ArgumentError(expected_got("--due", 'a time such as "2026-03-06 18:00"', repr(due))) from None


def _look_for_nbgrader() -> None:
    from importlib.util import find_spec

    for name in ("nbgrader", "latex2mathml"):  # the second one for feedback
        if find_spec(name) is None:
            raise DataError(NEEDED.replace("nbgrader", name))


def _roster(course: Course, wishes: Wishes) -> list[dict[str, str]]:
    given = wishes.roster or course.folder / "roster.csv"
    return read_roster(given) if wishes.roster is not None or given.is_file() else []


def _sort(course: Course, archive: Path, assignment: str, students: list[dict[str, str]], tell: Say) -> None:
    found = sort_zip(archive, course.folder, assignment, course.notebook(assignment), students)
    tell(f"{archive.name}: {len(found.filed)} notebooks filed under submitted/")
    for name in found.unknown:
        tell(f"  not in the roster, not filed: {name}")
    for name in found.broken:
        tell(f"  no notebook, not filed: {name}")


@contextlib.contextmanager
def _alone(course: Course) -> Iterator[None]:
    """See to it that one run at a time works in a course; the lock goes when the process goes, killed or not."""
    with (course.own / "lock").open("w") as file:
        if os.name != "nt":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DataError(
                    expected_got("grade", "one run at a time in a course", "another one at work here")
                ) from None
        yield
