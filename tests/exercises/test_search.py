"""The search for holes: whatever passes a check is right on inputs that no check has seen; in the order of a new seed
for each commit, for at most 20 seconds of the processor."""

import datetime
import os
import subprocess
from pathlib import Path

import pytest

from bplearn.exercises import ALL, exercise
from bplearn.exercises.engine.exercise import Code
from tests.exercises.search import holes
from tests.exercises.search.changes import changed_texts


def seed_of_this_commit():
    """BPLEARN_SEARCH_SEED where it is set; else a number that the commit gives, or the date without one."""
    given = os.environ.get("BPLEARN_SEARCH_SEED")
    if given:
        return int(given)
    ran = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent)
    return int(ran.stdout[:8], 16) if ran.returncode == 0 else datetime.date.today().toordinal()


def test_every_solution_is_searched_and_the_changes_are_many():
    seen = {one.solution for one in holes.CODE}
    code = [one for one in ALL.values() if isinstance(one, Code) and one.number[:2].isdigit()]
    assert [one.number for one in code if one.solution not in seen] == []
    assert sum(len(changed_texts(one.solution)) for one in holes.CODE) > 12_000


def test_no_change_that_passes_a_check_is_wrong():
    found = holes.search(seed_of_this_commit(), seconds=20)
    print(found)
    assert found.holes == [], f"BPLEARN_SEARCH_SEED={found.seed} finds them again: {found.holes}"
    assert found.tried > 1000


@pytest.mark.parametrize(
    ("number", "right", "wrong"),
    [("05.7", "sum(axis=0)", "mean(axis=0)"), ("12.2", "rng.permutation(len(x))", "np.arange(len(x))[::-1]")],
)
def test_the_search_sees_a_hole_where_a_check_has_one(monkeypatch, number, right, wrong):
    from bplearn.exercises.engine.mistake import source_of

    one = exercise(number)
    text = source_of(one.solution).replace(right, wrong)
    monkeypatch.setattr(holes, "CODE", [one])
    monkeypatch.setattr(holes, "changed_texts", lambda _: [text])
    assert holes.search().holes == []
    monkeypatch.setattr(holes, "_passes", lambda *_: True)
    monkeypatch.setattr(holes, "grade", lambda *_: type("Passed", (), {"passed": True}))
    assert [hole[:2] for hole in holes.search().holes] == [(number, text)]


def test_a_change_that_is_right_after_all_is_no_hole(monkeypatch):
    one = exercise("05.5")
    text = "def output_delta(y, t):\n    return (1 - y) * y * (y - t)"
    monkeypatch.setattr(holes, "CODE", [one])
    monkeypatch.setattr(holes, "changed_texts", lambda _: [text])
    found = holes.search()
    assert (found.equal, found.holes) == (1, [])
