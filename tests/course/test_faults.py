"""Processes that are lost while a class is graded: a worker of a cluster, and everything at random moments."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from bplearn.course.grading.run import Course
from tests.course.conftest import ROOT, cells_of, new_course
from tests.course.students import filled, hand_in, points, solutions

STUDENTS = [f"s{k}" for k in range(6)]


@pytest.fixture
def course(tmp_path, releases):
    course, release = new_course(tmp_path / "course"), releases["A2"]
    for student in STUDENTS:
        hand_in(course, student, "A2", filled(release, solutions("A2")))
    return course


def command(course, *options):
    return [sys.executable, "-m", "bplearn", "grade", str(course), *options]


def all_are_paid(course):
    cells = cells_of(course / "gradebook.db")
    assert set(cells) == {f"A2 {student}" for student in STUDENTS}
    return all(earned.items() >= points("A2").items() for earned in cells.values())


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_grades_though_one_of_its_workers_is_killed(course):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, worker_dashboard_address=None
    ) as cluster:
        workers = {worker.pid for worker in cluster.workers.values()}
        run = subprocess.Popen(
            command(course, "--executor", f"dask:{cluster.scheduler_address}"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
        )  # fmt: skip
        said = [run.stdout.readline() for _ in range(3)]  # the sandbox, the secret, the first student
        os.kill(workers.pop(), signal.SIGKILL)
        said.append(run.communicate(timeout=300)[0])
    assert run.returncode == 0, "".join(said)
    assert "6 graded" in said[-1]
    assert all_are_paid(course)


def test_killed_at_random_moments_it_ends_with_every_grade_and_grades_nothing_twice(course):
    draw, whole = random.Random(15), 0.0
    done = {}
    for _ in range(4):
        started = time.monotonic()
        run = subprocess.Popen(
            command(course, "--jobs", "2"), stdout=subprocess.DEVNULL, start_new_session=True, cwd=ROOT
        )
        try:
            run.wait(draw.uniform(2, 14))
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL) if draw.random() < 0.5 else run.kill()
            run.wait()
        whole += time.monotonic() - started
        time.sleep(1)  # its workers notice that it is gone
        for (_, student), prints in Course(course).gradebook.graded().items():
            assert done.setdefault(student, prints) == prints
        stood = len(done)
    last = subprocess.run(command(course, "--jobs", "2"), capture_output=True, text=True, cwd=ROOT)
    assert last.returncode == 0, last.stdout + last.stderr
    assert f"{6 - stood} graded, {stood} stood already, 0 missing, 0 failed" in last.stdout
    assert all_are_paid(course)
