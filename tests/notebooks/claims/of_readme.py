"""What the README claims beyond its own examples and the commands that it names."""

import numpy as np

import bplearn
from bplearn import datasets
from bplearn.exercises import ALL
from bplearn.exercises.engine.grading import grade
from tests.notebooks.claims import Claims, said

CLAIMS = Claims()

CLAIMS.cited(
    "measured in a new environment, du and time, by the commit that wrote it",
    "The installation fills about 430 MB, most of it JupyterLab, and takes one or two minutes:",
)

CLAIMS.cited(
    "tests/test_readme.py computes the hours and finds the sections",
    '00 to 05 lead from random weights to a derivative for each weight in 3 h 45 min to 6 h 25 min, by the times that they state, and sooner if these wait: in 02 "The sigmoid must survive large numbers"; in 03 all from "Yes or no: binary cross-entropy" on (softmax comes back in 06); in 04 exercise 04.4; in 05 all from "The flaw: one line for each weight" on.',
)

CLAIMS.cited(
    "the projects' own pages, named in the head of the table",
    "| best at | every number visible and traceable | a whole engine on one screen | depth and breadth of a university course | a complete textbook with code | the tool that you will use at work |",
)


@CLAIMS.computed(
    "`bplearn demo` needs no notebook: it trains on 1,797 real handwritten digits, prints the accuracy on digits that the network has not seen, and writes `loss.png` and `history.csv`.",
)
def how_many_digits():
    assert len(datasets.digits().x) == 1797


@CLAIMS.computed(
    "`check_gradients` takes a network, a layer, a loss or a pair of functions; where it fails it shows the worst entry and says what it looks like: the wrong sign, a factor 2, 1/N, transposed, stale.",
)
def what_a_report_shows():
    text = said("10", "cell-10-020")
    assert "a constant factor" in text
    assert "gradient 4, difference 12" in text


@CLAIMS.computed(
    "The grader's process compares and a sandboxed one runs the answer, so a patched `np.allclose` wins nothing.",
)
def a_patched_comparison_wins_nothing():

    kept, np.allclose = np.allclose, lambda *_, **__: True
    try:
        assert not grade(ALL["05.7"], lambda dy, x, W: (dy @ W.T, x.T @ dy, dy.mean(axis=0))).passed
    finally:
        np.allclose = kept


@CLAIMS.computed(
    "Version 0.1.0, 2026.",
)
def the_version():
    assert bplearn.__version__ == "0.1.0"
