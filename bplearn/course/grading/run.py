"""Grades for a whole class: submissions are graded by a pool of processes, and merged into the gradebook as they come.

What is merged is graded for good: a run that was killed goes on where it stopped, and a submission is graded again
only when it, or the assignment, has changed. Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bplearn.checks.arrays import expected_got
from bplearn.course.grading import sandbox, worker
from bplearn.course.grading.folder import Course, Submission
from bplearn.course.grading.grades import read_weights, write_grades, write_totals
from bplearn.course.grading.hidden import secret_of
from bplearn.course.grading.lms_zip import sort_zip
from bplearn.course.grading.pool import Pool, answer_of
from bplearn.course.grading.release import NEEDED
from bplearn.course.grading.roster import read_roster
from bplearn.course.grading.send_back import fill_in
from bplearn.course.grading.similar import near_equal
from bplearn.course.grading.when import extensions, in_utc
from bplearn.errors import ArgumentError, DataError

Say = Callable[[str], None]
ROOM = 300_000  # bytes: less is a full disk for a gradebook


@dataclass
class GradeOptions:
    """What `bplearn grade` is asked for, beside the course's folder."""

    jobs: int = 2
    assignment: str | None = None
    roster: Path | None = None
    due: str | None = None
    zone: str | None = None
    archive: Path | None = None
    again: tuple[str, ...] | None = None  # the students to grade again; () means all, None nobody
    feedback: bool = False
    to: Path | None = None
    engine: str = "fast"
    sandbox: bool | None = None  # None: where it works
    executor: str | None = None
    worksheet: Path | None = None  # of Moodle or Canvas, to be filled in


@dataclass
class GradingReport:
    """What a run did: how many were graded, stood already, failed or are missing, and where the grades are."""

    graded: int = 0
    processor: float = 0.0  # seconds that grading took, those of the students' processes included
    standing: int = 0
    missing: list[Submission] = field(default_factory=list)
    failed: dict[Submission, str] = field(default_factory=dict)
    grades: Path = Path("grades.csv")


def grade_course(folder: Path, options: GradeOptions, tell: Say, bar: Callable[[int], Any]) -> GradingReport:
    """Grade what came in and has not been graded; write the grades as nbgrader's own export does.

    `tell` gets a line for each student; `bar(n)` gives a progress bar with `update` and `close`.
    Raises: DataError for a folder that is no course, a roster, a zip or a gradebook that cannot be read;
    ArgumentError for options that do not fit together.
    """
    course = Course(folder)
    _look_for_nbgrader()
    for name, given in (("--due and --zip", options.due or options.archive), ("--worksheet", options.worksheet)):
        if given and options.assignment is None:
            raise ArgumentError(expected_got(name, "an --assignment to go with", "none", "Add --assignment A2."))
    due = options.due and in_utc(options.due, options.zone)
    roster = options.roster or course.folder / "roster.csv"
    students = read_roster(roster) if options.roster or roster.is_file() else []
    with _told_of_the_disk(course.folder), _alone(course):
        course.gradebook.keep_a_copy(course.own)
        if options.archive is not None and options.assignment is not None:
            _sort(options.archive, course, options.assignment, students, options.zone, tell)
        return _Run(course, options, students, due or "", tell, bar).go()


class _Run:
    """One run, from the roster to the grades."""

    def __init__(
        self,
        course: Course,
        options: GradeOptions,
        students: list[dict[str, str]],
        due: str,
        tell: Say,
        bar: Callable[[int], Any],
    ) -> None:
        self.course, self.options, self.students, self.due = course, options, students, due
        self.tell, self.bar = tell, bar
        self.names = course.assignments(options.assignment)
        self.extensions = extensions(students, options.zone)
        self.weights = read_weights(course.folder / "weights.csv", course.known())
        self.outcome = GradingReport(grades=(options.to or course.folder / "grades.csv").resolve())
        sandboxed, self.level = sandbox.level(options.sandbox)
        self.place = worker.Place(str(course.folder), options.engine, sandboxed, os.urandom(4).hex())

    def go(self) -> GradingReport:
        if not self.names:
            raise DataError(
                expected_got("grade", "notebooks in submitted/<student>/<assignment>/", "none", "Or give --zip FILE.")
            )
        self.tell(self.level)
        if not secret_of(self.course.folder):
            self.tell(f"Hidden tests: those of the public repository. Your own: bplearn reseed {self.course.folder}")
        todo = self._todo()
        pool = Pool(max(1, min(self.options.jobs, len(todo))), self.course.own, self.options.executor)
        try:
            self._prepare(pool)
            for task in self._grade(pool, todo):  # cut off by the clock, or lost: once more, with nothing beside it
                self._take_over(task, answer_of(self._order(pool, task)))
            if self.options.feedback:
                self._write_feedback(pool)
            self._tell_missing()
            self._write_grades(pool)
            pool.end()
        except BaseException:
            pool.kill()
            raise
        return self.outcome

    def _todo(self) -> list[Submission]:
        """Return what has to be graded: new, changed, or wanted again."""
        done, again, todo = self.course.gradebook.graded(), self.options.again, []
        for task in self.course.submissions():
            if task[0] not in self.names:
                continue
            wanted = again is not None and (not again or task[1] in again)
            handed_in, source = self.course.prints(*task)
            if wanted or done.get(task) != (handed_in + self.extensions.get(task, ""), source):
                todo.append(task)
            else:
                self.outcome.standing += 1
        return todo

    def _prepare(self, pool: Pool) -> None:
        known, sources = self.course.gradebook.assignments(), self.course.gradebook.sources()
        stale = [n for n in self.names if n not in known or sources.get(n) != self.course.source_print(n)]
        due = {name: self.due for name in self.names if self.due}
        if stale or due or self.students:
            pool.submit(worker.prepare, self.place, stale, self.students, due).result()
        for name in stale:
            self.course.gradebook.note_source(name, self.course.source_print(name))

    def _order(self, pool: Pool, task: Submission) -> Future[worker.Answer]:
        due = self.extensions.get(task, "")
        return pool.submit(worker.grade, self.place, *task, self.course.notebook(task[0]), due)

    def _grade(self, pool: Pool, todo: list[Submission]) -> list[Submission]:
        """Grade in any order; return what has to be tried once more by itself: cut off by the clock, or lost."""
        bar, once_more = self.bar(len(todo)), []
        try:
            orders = {self._order(pool, task): task for task in todo}
            for order in as_completed(orders):
                task, answer = orders[order], answer_of(order)
                if answer.get("slow") or answer.get("lost"):
                    once_more.append(task)
                else:
                    self._take_over(task, answer)
                bar.update(1)
        finally:
            bar.close()
        return once_more

    def _take_over(self, task: Submission, answer: worker.Answer) -> None:
        """Move what a worker found into the gradebook, and say it. Whatever goes wrong costs this submission alone."""
        assignment, student = task
        try:
            if "error" not in answer:
                prints = answer["print"] + self.extensions.get(task, ""), self.course.source_print(assignment)
                remarks = "; ".join(answer["remarks"])
                self.course.gradebook.take_over(Path(answer["gradebook"]), assignment, student, prints, remarks)
        except Exception as problem:
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        if "error" in answer:
            self.outcome.failed[task] = answer["error"]
            self.tell(f"{student:16} {assignment}  FAILED: {answer['error']}")
            return
        self.outcome.graded += 1
        self.outcome.processor += answer["processor"]
        self.tell(_line(task, answer))

    def _write_feedback(self, pool: Pool) -> None:
        here = [task for task in self.course.submissions() if task[0] in self.names]
        orders = {
            pool.submit(worker.feedback, self.place, *task): task for task in here if task not in self.outcome.failed
        }
        bar = self.bar(len(orders))
        for order in as_completed(orders):
            problem = order.result()
            if problem:
                self.tell(f"{orders[order][1]:16} {orders[order][0]}  no feedback: {problem}")
            bar.update(1)
        bar.close()

    def _tell_missing(self) -> None:
        here, graded = set(self.course.submissions()), self.course.gradebook.graded()
        for name in self.names:
            for student in self.course.gradebook.students():
                if (name, student) not in here and (name, student) not in graded:
                    self.outcome.missing.append((name, student))
                    self.tell(f"{student:16} {name}  nothing handed in: 0 points")
        listed = {student["id"] for student in self.students}
        for student in sorted({student for name, student in here if name in self.names} - listed) if listed else ():
            self.tell(f"{student:16} is not in the roster")
        for path in self.course.left_out():
            self.tell(f"left out: submitted/{worker.in_one_line(path)} (no folder of a student and an assignment)")

    def _write_grades(self, pool: Pool) -> None:
        for name in self.names:
            for line in near_equal(self.course.folder, name):
                self.tell(line)
        pool.submit(worker.export, self.place, str(self.outcome.grades), self.names).result()
        states = {
            **dict.fromkeys(self.course.gradebook.graded(), "graded"),
            **dict.fromkeys(self.outcome.missing, "missing"),
            **dict.fromkeys(self.outcome.failed, "failed"),
        }
        remarks = {**self.course.gradebook.remarks(), **self.outcome.failed}
        rows = write_grades(self.outcome.grades, states, remarks)
        if self.weights:
            self._write_totals(pool)
        if self.options.worksheet is not None:
            place, students = self.outcome.grades, self.students
            for line in fill_in(self.options.worksheet, place, self.names[0], rows, students):
                self.tell(line)

    def _write_totals(self, pool: Pool) -> None:
        """Write one line for each student, with the weighted sum of all assignments."""
        path = self.outcome.grades.parent / "totals.csv"
        pool.submit(worker.export, self.place, str(path), list(self.weights)).result()
        graded, here = self.course.gradebook.graded(), set(self.course.submissions())
        open_ = (here - graded.keys()) | self.outcome.failed.keys()
        count = write_totals(path, self.weights, open_)
        self.tell(f"{path}: the weighted sums of {count} students")


def _line(task: Submission, answer: worker.Answer) -> str:
    parts = [f"{task[1]:16} {task[0]}  {answer['score']:g} of {answer['most']:g}"]
    if answer["by_hand"]:
        parts.append(f"{answer['by_hand']:g} to be marked by hand")
    if answer["late"]:
        parts.append(f"{answer['late'] / 3600:.1f} h late" + (f", -{answer['penalty']:g}" if answer["penalty"] else ""))
    parts.append(f"{answer['seconds']:.1f} s")
    return ", ".join(parts) + "".join(f"\n{'':18} look: {one}" for one in answer["remarks"])


def _look_for_nbgrader() -> None:
    from importlib.util import find_spec

    for name in ("nbgrader", "latex2mathml"):  # the second one for feedback
        if find_spec(name) is None:
            raise DataError(NEEDED.replace("nbgrader", name))


def _sort(
    archive: Path, course: Course, assignment: str, students: list[dict[str, str]], zone: str | None, tell: Say
) -> None:
    course.assignments(assignment)  # one that is none is refused
    found = sort_zip(archive, course.folder, assignment, course.notebook(assignment), students, zone)
    tell(f"{archive.name}: {len(found.filed)} notebooks filed under submitted/")
    for name, why in found.left_out.items():
        tell(f"  not filed: {name} ({why})")


@contextlib.contextmanager
def _told_of_the_disk(folder: Path) -> Iterator[None]:
    """Say in words that a disk is full, or may not be written to: the reasons that come from below do not."""
    try:
        yield
    except Exception as problem:
        advice = "What was graded before stays. Start it again, and it goes on from there."
        if shutil.disk_usage(folder).free < ROOM:
            raise DataError(expected_got("grade", f"room on the disk of {folder}", "none", advice)) from problem
        if isinstance(problem, OSError) and problem.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            wanted = f"a course that may be written to, {folder}"
            raise DataError(expected_got("grade", wanted, f"{problem.strerror}", advice)) from problem
        raise


@contextlib.contextmanager
def _alone(course: Course) -> Iterator[None]:
    """See to it that one run at a time works in a course; the lock goes when the process goes, killed or not."""
    course.own.mkdir(exist_ok=True)
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
