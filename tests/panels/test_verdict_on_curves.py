"""Forty loss curves and what a person says of each who sees the curve alone: falling, plateau, growing or zig-zag.

`loss_curves.txt` holds them, one a line: the verdict, what it is, the loss after each epoch. 26 are trainings of the
lab, 14 are drawn. The verdicts were written down before the code was changed to agree with them.
"""

from pathlib import Path

import pytest

from bplearn.history import History
from bplearn.panels.lab.verdict import verdict

LINES = (Path(__file__).parent / "loss_curves.txt").read_text(encoding="utf-8").splitlines()
CURVES = [
    (said, name, [float(loss) for loss in losses.split()]) for said, name, losses in (x.split(";") for x in LINES)
]
DISAGREE: set[str] = set()  # the names of curves on which the code says something else: at most two


def judged(losses):
    history = History()
    for loss in losses:
        history.add_step(loss, 1)
        history.end_epoch()
    return verdict(history, 0.5)


def test_there_are_ten_of_each():
    kinds = [said for said, _, _ in CURVES]
    assert {kind: kinds.count(kind) for kind in kinds} == {"falling": 10, "plateau": 10, "growing": 10, "zig-zag": 10}
    assert len(DISAGREE) <= 2


@pytest.mark.parametrize(("said", "name", "losses"), CURVES, ids=[name for _, name, _ in CURVES])
def test_the_lab_says_what_a_person_says(said, name, losses):
    word = {"jumping": "zig-zag", "stuck": "plateau"}.get(judged(losses).word, judged(losses).word)
    assert (word == said) == (name not in DISAGREE), judged(losses)
