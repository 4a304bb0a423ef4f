"""How long a class takes: nbgrader alone, and `bplearn grade` with one and with two jobs, on the same submissions.

    python tests/benchmarks/grading.py [COPIES] [ASSIGNMENT]

Every second submission is right, the others are partly right, as in tests/course/mistakes.py: their test cells ask the
referee for more. Each way starts from a fresh copy of the course. "nbgrader" is its own three commands, one after the
other; its `autograde` alone, on a gradebook that is there already, stands beside it. The grades are compared.
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bplearn.course.release import release

from tests.course.mistakes import buggy
from tests.course.students import ASSIGNMENTS, filled, hand_in, nbformat, solutions

BIN = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"}


def timed(course, *commands):
    started, processor = time.perf_counter(), os.times()
    for command in commands:
        subprocess.run(
            [str(BIN / command[0]), *command[1:]], cwd=course, env=ENVIRONMENT, check=True, capture_output=True
        )
    now = os.times()
    used = now.children_user + now.children_system - processor.children_user - processor.children_system
    return time.perf_counter() - started, used


def scores(course):
    with (course / "grades.csv").open() as file:
        return {row["student_id"]: row["score"] for row in csv.DictReader(file)}


def main(copies=12, assignment="A2"):
    with tempfile.TemporaryDirectory() as place:
        fresh = Path(place) / "fresh"
        shutil.copytree(ASSIGNMENTS, fresh)
        (made,) = release(assignment, Path(place) / "release", fresh)
        release_of = nbformat.read(made, as_version=4)
        kinds = [filled(release_of, answers(assignment)) for answers in (solutions, buggy)]
        for number in range(copies):
            hand_in(fresh, f"student-{number:03d}", assignment, kinds[number % 2])
        generate = ("nbgrader", "generate_assignment", assignment, "--create")
        grade, export = ("nbgrader", "autograde", assignment), ("nbgrader", "export")
        ours = [("bplearn", "grade", ".", "--jobs", str(jobs)) for jobs in (1, 2)]
        ways = {
            "nbgrader, all three commands": (generate, grade, export),
            "nbgrader autograde alone": (grade,),
            "bplearn grade --jobs 1, all": (ours[0],),
            "bplearn grade --jobs 2, all": (ours[1],),
        }
        print(f"{copies} submissions of {assignment}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
        print(f"{'':32}{'seconds':>8}{'CPU s':>8}{'a minute':>10}{'against nbgrader':>18}")
        first, found = None, []
        for name, commands in ways.items():
            course = Path(place) / name.replace(" ", "-")
            shutil.copytree(fresh, course)
            if commands == (grade,):
                timed(course, generate)
            seconds, used = timed(course, *commands)
            first = first or seconds
            print(
                f"{name:32}{seconds:8.1f}{used:8.1f}{60 * copies / seconds:10.0f}{first / seconds:17.2f}x", flush=True
            )
            if (course / "grades.csv").exists():
                found.append(scores(course))
        print("\nThe same grades each way." if all(one == found[0] for one in found) else f"\nGrades differ: {found}")


if __name__ == "__main__":
    main(*(kind(given) for kind, given in zip((int, str), sys.argv[1:], strict=False)))
