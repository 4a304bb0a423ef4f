"""How long a learner waits for one answer: `python tests/benchmarks/answers.py`, alone on a quiet machine.

A weight of a wide network is traced and shown, a large network's gradients are checked, the sweep map of the digits
does one tick of work, between two of which *Pause* is heard. Each is the middle one of several runs.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from bplearn import ReLU, SoftmaxCrossEntropy, check_gradients, mlp, trace_weight
from bplearn.widgets import sweep_panel


def wide_trace():
    network = mlp(784, 512, 256, 10, activation=ReLU, rng=0)
    x = np.random.default_rng(0).uniform(0.1, 1, size=(1, 784))
    unit = int(np.argmax(network[0].forward(x)[0]))
    return lambda: repr(trace_weight(network, x, [3], SoftmaxCrossEntropy(), 0, (100, unit)))


def large_check():
    rng = np.random.default_rng(0)
    network, x, targets = mlp(784, 128, 10, rng=0), rng.normal(size=(8, 784)), rng.integers(0, 10, 8)
    return lambda: check_gradients(network, x, targets, SoftmaxCrossEntropy())


def tick():
    chart = sweep_panel("digits").logic
    chart.work()
    return chart.tick


ANSWERS = {"trace of a 784-512-256-10": wide_trace, "check of a 784-128-10": large_check, "tick of a sweep map": tick}


def median(answer, repeats=3):
    took = []
    for _ in range(repeats):
        started = time.perf_counter()
        answer()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


if __name__ == "__main__":
    for name, prepare in ANSWERS.items():
        print(f"{name:28} {median(prepare()):6.3f} s")
