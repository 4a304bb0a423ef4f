"""How long a learner waits for a verdict: `python tests/benchmarks/checks.py`, alone on a quiet machine.

The first check of a kernel (aim: 150 ms, the import of bplearn.exercises apart), later ones of right answers (30 ms)
and of wrong ones (300 ms): the middle one and the slowest of all planted answers, in processor time.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bplearn.exercises import ALL, check, use_file
from bplearn.exercises.engine.exercise import Code
from tests.exercises.table import PLANTED, answer_of

FIRST = """
import time, numpy as np
from bplearn.exercises import check, use_file
use_file({file!r})
def dense_backward(dy, x, W): return dy @ W.T, x.T @ dy, {db}
began = time.process_time()
check("05.7", dense_backward)
print(time.process_time() - began)
"""


def first(db, file):
    """Seconds of the first check in a fresh process: the middle one of five."""
    code = FIRST.format(file=file, db=db)
    command = [sys.executable, "-c", code]
    took = [
        subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]).stdout
        for _ in range(5)
    ]
    return statistics.median(map(float, took))


def waits(answers):
    """Seconds of each check, by the exercise's number."""
    found = []
    for number, answer in answers:
        began = time.process_time()
        check(number, answer)
        found.append((time.process_time() - began, number))
    return sorted(found)


def row(name, found, aim):
    middle, (slowest, number) = statistics.median(took for took, _ in found), found[-1]
    late = sum(took > aim for took, _ in found)
    print(
        f"{name:34} {1000 * middle:5.0f} ms, slowest {1000 * slowest:5.0f} ms ({number}); "
        f"aim {1000 * aim:.0f} ms, {late} of {len(found)} over it"
    )


if __name__ == "__main__":
    file = str(Path(tempfile.mkdtemp()) / "progress.json")
    use_file(file)
    for answer, db in (("right", "dy.sum(axis=0)"), ("wrong", "dy.mean(axis=0)")):
        print(f"{'first check of a kernel, ' + answer:34} {1000 * first(db, file):5.0f} ms; aim 150 ms")
    right = [(number, one.solution) for number, one in ALL.items() if isinstance(one, Code)]
    waits(right)
    row("right answers", waits(right), 0.03)
    wrong = [(one.exercise, answer_of(one)) for one in PLANTED]
    row("wrong answers", waits(wrong), 0.3)
    row("wrong answers, once more", waits(wrong), 0.3)
