"""What a submission costs: nbgrader's own autograde and `bplearn grade` side by side, and where the time goes.

    python tests/benchmarks/grading.py [COPIES] [ASSIGNMENT]

Two of three submissions are right, the others partly right, as in tests/course/mistakes.py: their test cells ask the
grader for more. Seconds are of the processor, so that other work on the machine hardly counts. Each way grades a small
class and a large one from a fresh course: the difference is what a submission costs, the rest is the start.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import nbformat

from bplearn.course.grading.release import release
from tests.course.mistakes import buggy
from tests.course.students import ASSIGNMENTS, filled, hand_in, solutions, source_of

SMALL = 2
MOST = 900  # seconds for one command
PYTHON = Path(sys.executable)
ENVIRONMENT = {**os.environ, "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"}
ENVIRONMENT["PYTHONPATH"] = str(Path(__file__).parents[2])


def used_by(course, module, *arguments):
    """The processor's seconds for one command in a course, and those for a submission that it says itself."""
    before = os.times()
    command = [str(PYTHON), "-m", module, *arguments]
    with (course / "said").open("w") as said:  # no pipe: what a kernel leaves behind would keep it open
        subprocess.run(command, cwd=course, env=ENVIRONMENT, check=True, stdout=said, stderr=said, timeout=MOST)
    now = os.times()
    said = re.search(r"^([\d.]+) processor seconds for each submission", (course / "said").read_text(), re.MULTILINE)
    used = now.children_user + now.children_system - before.children_user - before.children_system
    return used, said and float(said[1])


def class_of(place, assignment, released, copies):
    course = Path(tempfile.mkdtemp(dir=place)) / "course"
    shutil.copytree(ASSIGNMENTS, course)
    for number in range(copies):
        answers = buggy(assignment) if number % 3 == 2 else solutions(assignment)
        hand_in(course, f"student-{number:03d}", assignment, filled(released, answers))
    return course


def ways(course, assignment):
    """What each way of grading a class costs; what a sandbox has used is known to `bplearn grade` alone."""
    used = {"bplearn grade": used_by(course, "bplearn", "grade", ".", "--jobs", "1")}
    (course / "gradebook.db").unlink()
    shutil.rmtree(course / "autograded")
    used_by(course, "nbgrader", "generate_assignment", assignment, "--create", "--force")
    used["nbgrader autograde"] = used_by(course, "nbgrader", "autograde", assignment, "--create")
    used["nbgrader generate_feedback"] = used_by(course, "nbgrader", "generate_feedback", assignment)
    return used


def where_it_goes(course, assignment, copies):
    """The processor's seconds of each step for one submission, measured inside one worker."""
    from nbgrader.apps import NbGraderAPI

    from bplearn.course.grading import engine, sandbox, worker
    from bplearn.course.server.session import Checks

    took = Counter()

    def clocked(owner, name):
        function = getattr(owner, name)

        def run(*given, **named):
            started = time.process_time()
            try:
                return function(*given, **named)
            finally:
                took[name] += time.process_time() - started

        setattr(owner, name, run)

    place = worker.Place(str(course), sandboxed=sandbox.works(), run="benchmark")
    (course / ".bplearn-grade").mkdir(exist_ok=True)
    worker.prepare(place, [assignment], [], {})
    name = source_of(assignment).name
    worker.grade(place, assignment, "student-000", name)  # the start is not counted
    first = engine.RunCells.students.processor
    for owner, step in ((Checks, "check"), (NbGraderAPI, "autograde"), (worker, "take_in"), (worker, "_grade")):
        clocked(owner, step)
    for number in range(1, copies):
        worker.grade(place, assignment, f"student-{number:03d}", name)
    steps = {
        "the student's process": engine.RunCells.students.processor - first,
        "comparing, with the diagnosis": took["check"],
        "nbgrader: notebook and gradebook": took["autograde"] - took["check"],
        "the rest": took["_grade"] - took["autograde"],
    }
    return {step: seconds / (copies - 1) for step, seconds in steps.items()}


def main(copies=12, assignment="A2"):
    with tempfile.TemporaryDirectory() as place:
        (made,) = release(assignment, Path(place) / "release", ASSIGNMENTS)
        released = nbformat.read(made, as_version=4)
        classes = [class_of(place, assignment, released, number) for number in (SMALL, copies)]
        print(f"{copies} submissions of {assignment}, load {os.getloadavg()[0]:.1f}: seconds of the processor\n")
        small, large = (ways(course, assignment) for course in classes)
        print(f"{'':32}{'a submission':>14}{'the start':>12}")
        for name, (used, said) in large.items():
            each = (used - small[name][0]) / (copies - SMALL)
            print(f"{name:32}{said or each:14.2f}{small[name][0] - SMALL * each:12.1f}", flush=True)
        print(f"\n{'in bplearn grade, measured':32}{'a submission':>14}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # nbgrader's log
        for step, seconds in where_it_goes(classes[1], assignment, copies).items():
            print(f"{step:32}{seconds:14.3f}", flush=True)
    os._exit(0)  # the process of the students ends with this one


if __name__ == "__main__":
    main(*(kind(given) for kind, given in zip((int, str), sys.argv[1:], strict=False)))
