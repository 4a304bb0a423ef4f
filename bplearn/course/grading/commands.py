"""The commands for teachers on the command line: release, reseed, grade.

Belongs to notebooks/assignments/README.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from bplearn.course.grading.hidden import reseed as draw_secret
from bplearn.course.grading.release import course_folder
from bplearn.course.grading.release import release as write_release
from bplearn.course.grading.run import GradeOptions, grade_course
from bplearn.errors import ArgumentError

Say = Callable[[str], None]


def release(options: argparse.Namespace, tell: Say) -> int:
    """Write the students' version of an assignment."""
    for path in write_release(options.assignment, options.directory, options.course, force=options.force):
        tell(f"Written: {path}")
    return 0


def reseed(options: argparse.Namespace, tell: Say) -> int:
    """Give a course hidden tests that no other course has."""
    tell(f"Written: {draw_secret(course_folder(options.directory))}. Hidden checks have other inputs from now on.")
    return 0


def grade(options: argparse.Namespace, tell: Say) -> int:
    """Grade what a class has handed in; 1 where something could not be graded."""

    def path(name: str) -> Path | None:
        given = getattr(options, name)
        return None if given is None else Path(given)

    if options.jobs < 1:
        raise ArgumentError(f"--jobs expected a whole number of at least 1, got {options.jobs}")
    same = {
        name: getattr(options, name) for name in ("jobs", "assignment", "due", "zone", "feedback", "engine", "sandbox")
    }
    wanted = GradeOptions(**same, executor=options.executor, roster=path("roster"), archive=path("zip"), to=path("csv"))
    wanted.worksheet = path("worksheet")
    wanted.again = None if options.again is None else tuple(options.again)

    def bar(count: int) -> tqdm[NoReturn]:
        return tqdm(total=count, unit="student", disable=None)

    def tell_above_the_bar(line: str) -> None:
        with tqdm.external_write_mode():
            tell(line)

    found = grade_course(Path(options.directory), wanted, tell_above_the_bar, bar)
    counts = f"{found.graded} graded, {found.standing} stood already, {len(found.missing)} missing"
    tell(f"{counts}, {len(found.failed)} failed. Grades: {found.grades}")
    if found.graded:
        tell(f"{found.processor / found.graded:.2f} processor seconds for each submission")
    return 1 if found.failed else 0
