"""The search for holes: each change that passes a check must be right on inputs that the search draws itself.

`python -m tests.exercises` runs it whole, the tests in the order of a new seed for each commit.
"""

import random
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from bplearn.exercises import ALL
from bplearn.exercises.engine import compare
from bplearn.exercises.engine.exercise import Code
from bplearn.exercises.engine.grading import grade
from bplearn.exercises.engine.run_cases import reference
from bplearn.exercises.engine.runner import changed, copies
from tests.exercises.search.changes import answer_from, changed_texts
from tests.exercises.search.fresh_inputs import INPUTS, draws
from tests.exercises.search.observed import observe

CODE = [one for one in ALL.values() if isinstance(one, Code) and one.number in INPUTS]


@dataclass
class Found:
    """What a search found; `holes` are (exercise, text, the case that shows it)."""

    seed: int
    tried: int = 0
    possible: int = 0
    equal: int = 0
    seconds: float = 0.0
    holes: list[tuple[str, str, str]] = field(default_factory=list)

    def __str__(self):
        caught = self.tried - self.equal - len(self.holes)
        return (
            f"{self.tried} of {self.possible} machine-made changes (seed {self.seed}, {self.seconds:.0f} s): "
            f"{caught} caught, {self.equal} shown to be right, {len(self.holes)} holes."
        )


class TooSlowError(Exception):
    """A change does not end."""


def search(seed=0, seconds=None, numbers=None):
    """Try the changes of all solutions in the order of the seed, for so many seconds of the processor, or all."""
    jobs = [(one, text) for one in CODE if not numbers or one.number in numbers for text in changed_texts(one.solution)]
    random.Random(seed).shuffle(jobs)
    found, start = Found(seed, possible=len(jobs)), time.process_time()
    inputs = {one.number: [INPUTS[one.number](draw) for draw in draws(seed)] for one in CODE}
    wanted = {}
    with np.errstate(all="ignore"):
        for one, text in jobs:
            if seconds is not None and time.process_time() - start > seconds:
                break
            if one.number not in wanted:
                wanted[one.number] = [observe(one, one.solution, given) for given in inputs[one.number]]
            found.tried += 1
            for layout in (None, *one.layouts):
                if _passes(one, text, layout):
                    shown = _difference(one, text, layout, inputs[one.number], wanted[one.number])
                    if not shown:
                        found.equal += 1
                    elif grade(one, answer_from(text, one.solution)).passed:
                        found.holes.append((one.number, text, shown))
                    break
    found.seconds = time.process_time() - start
    return found


def _passes(one, text, layout):
    """Whether the check of the exercise takes this answer for right: its cases in order, up to the first that fails."""
    cases, right = reference(one)
    try:
        with _limit(4):
            answer = answer_from(text, one.solution)
            for case, wanted in zip(cases, right, strict=True):
                if case.diagnosis_only:
                    continue
                arguments = layout.forth(case.arguments) if layout else case.arguments
                given = copies(arguments)
                value = one.observe(answer, given)
                shown = compare.outputs(layout.back(value) if layout else value, one.outputs)
                if any(changed(*pair) for pair in zip(arguments, given, strict=True)):
                    return False
                for name, want in wanted.values.items():
                    if not compare.close(compare.fitted(name, shown[name], want), want):
                        return False
    except Exception:
        return False
    return True


def _difference(one, text, layout, inputs, wanted):
    """The first of the search's own inputs on which this answer is not right; empty where there is none."""
    try:
        with _limit(30):
            answer = answer_from(text, one.solution)
            if layout:
                answer = _in_rows(answer, layout)
            for place, (given, want) in enumerate(zip(inputs, wanted, strict=True)):
                if not _same(one, observe(one, answer, given), want):
                    return f"input {place} of the search"
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def _in_rows(answer, layout):
    return lambda *arguments: layout.back(answer(*layout.forth(arguments)))


def _same(one, seen, wanted):
    if len(seen) != len(wanted):
        return False
    names = [*one.outputs, *[""] * len(wanted)]
    for name, got, want in zip(names, seen, wanted, strict=False):
        array = compare.fitted(name, got, want)
        size = float(np.nanmax(np.abs(want), initial=1e-9))
        if array.shape != want.shape or not np.allclose(array, want, 1e-4, 1e-4 * size, equal_nan=True):
            return False
    return True


@contextmanager
def _limit(seconds):
    def stop(*_):
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
