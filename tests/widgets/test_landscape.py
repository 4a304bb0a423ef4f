"""The landscape panel, driven without a browser."""

from bplearn.sessions.descent import own_surface
from bplearn.widgets import landscape


def test_a_learners_own_cost_can_be_walked_on():
    surface = own_surface(lambda a, b: (a - 1) ** 2 + b * b, [-2, -2], [2, 2], [-1.5, 1])
    land = landscape(surface, 0.25).logic
    land.step(2)
    # by hand: the slope is (2 (a - 1), 2 b), so each step halves the way to (1, 0)
    assert [round(float(v), 6) for v in land.paths()["SGD"][-1]] == [0.375, 0.25]
