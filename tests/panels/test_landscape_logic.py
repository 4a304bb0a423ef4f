"""Descent: published numbers, slopes against differences, verdicts against the known limits of each rate."""

import numpy as np
import pytest

from bplearn import ArgumentError
from bplearn.panels.landscape.logic import OPTIMIZERS, SURFACES, Landscape, own_surface, path_verdict, verdict, walk


@pytest.mark.parametrize(("rate", "end"), [(0.2, 0.060466), (0.05, 3.486784), (1.1, 61.917364)])
def test_the_published_numbers_of_the_parabola(rate, end):
    assert walk(SURFACES["parabola"], "SGD", rate, 10)[-1][0] == pytest.approx(end, abs=5e-7)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_the_slopes_are_those_of_the_height(surface):
    rng = np.random.default_rng(0)
    for _ in range(20):
        w = rng.uniform(surface.low, surface.high)
        nudges = np.eye(len(w)) * 1e-5
        slope = [(surface.height(w + n) - surface.height(w - n)) / 2e-5 for n in nudges]
        assert np.allclose(surface.slope(w), slope, atol=1e-6)
    inside = np.array(surface.start)
    assert (np.array(surface.low) <= inside).all()
    assert (inside <= np.array(surface.high)).all()


# On L = c w^2 / 2 plain descent multiplies w by (1 - rate c): it turns back above 1/c and diverges above 2/c.
@pytest.mark.parametrize(
    ("rate", "word"),
    [
        (0.0, "still"),
        (0.0005, "too small"),
        (0.01, "too small"),
        (0.1, "good"),
        (0.45, "good"),
        (0.7, "zig-zag"),
        (0.95, "zig-zag"),
        (1.01, "diverges"),
        (30.0, "diverges"),
    ],
)
def test_the_verdict_on_the_parabola(rate, word):
    assert verdict(SURFACES["parabola"], "SGD", rate).word == word


@pytest.mark.parametrize(
    ("rate", "word"), [(0.002, "too small"), (0.045, "good"), (0.09, "zig-zag"), (0.101, "diverges")]
)
def test_the_verdict_on_the_ravine(rate, word):
    assert verdict(SURFACES["ravine"], "SGD", rate).word == word


def test_a_swing_between_two_places_is_a_zig_zag_that_gets_nowhere():
    found = verdict(SURFACES["parabola"], "SGD", 1.0)  # w, -w, w, ...
    assert found.word == "zig-zag"
    assert found.sentence.endswith("after 100 steps the cost is where it began.")


@pytest.mark.parametrize("optimizer", ["RMSProp", "Adam"])
def test_a_ball_that_swings_above_its_start_does_not_diverge(optimizer):
    near = own_surface(lambda w: w * w, [-4], [4], [0.1])  # steps of fixed length around the lowest place
    path = walk(near, optimizer, 2.0, 100)
    assert np.abs(path[50:]).max() <= np.abs(path[:50]).max()  # its swings do not grow
    for place in range(60, 101):
        found = path_verdict(path[: place + 1], near.height(path[: place + 1]), 2.0)
        assert (found.word == "diverges") == (place < 100)  # a path that was cut short has left the map
    found = verdict(near, optimizer, 2.0)
    assert (found.word == "ends higher") == (near.height(path)[-1] > near.height(path)[0])


def test_ends_higher_tells_start_end_and_the_lowest_on_the_way():
    costs = np.concatenate([[5.0, 9.0, 2.0], np.tile([7.0, 6.0], 49)])
    found = path_verdict(np.sqrt(costs)[:, None] * np.where(np.arange(101) % 2, -1, 1)[:, None], costs, 1.0)
    assert found.sentence == (
        "Ends higher: after 100 steps the cost is 6; it began at 5, and was lowest, 2, after 2 steps."
    )


def test_a_flat_place_is_still():
    assert verdict(own_surface(lambda w: w * 0 + 3, [-1], [1], [0]), "SGD", 0.1).word == "still"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_each_optimizer_walks_each_surface_with_finite_numbers(surface, optimizer):
    path = walk(surface, optimizer, 0.05, 50)
    assert path.shape == (51, len(surface.start))
    assert surface.height(path)[-1] < surface.height(path)[0]


def test_a_path_that_leaves_the_map_ends():
    path = walk(SURFACES["parabola"], "SGD", 50.0, 100)
    assert len(path) < 20
    land = Landscape("parabola", 50.0).step(100)
    assert land.done
    assert np.isfinite(land.heights()["SGD"]).all()


def test_step_back_reset_and_race():
    land = Landscape("ravine", 0.05)
    assert len(land.step(3).paths()["SGD"]) == 4
    assert land.back().shown == 2
    assert land.reset().back().shown == 0
    land.choose(race=True)
    assert set(land.paths()) == set(OPTIMIZERS)
    assert "Which one" in land.verdict().sentence
    assert land.step(20).verdict().sentence.startswith("After 20 steps the costs are: ")
    assert len(land.step(480).paths()["Adam"]) == 501
    assert land.done


def test_another_rate_keeps_the_number_of_steps_and_another_surface_begins_again():
    land = Landscape("bowl", 0.1).step(5)
    first = land.paths()["SGD"]
    land.choose(learning_rate=0.3)
    assert (len(land.paths()["SGD"]), land.paths()["SGD"][1, 0]) == (6, pytest.approx(-3.0 * 0.7))
    assert first[1, 0] == pytest.approx(-3.0 * 0.9)
    land.choose(surface="saddle")
    assert land.shown == 0


def test_your_own_cost():
    surface = own_surface(lambda a, b: (a - 1) ** 2 + b * b, [-2, -2], [2, 2], [-1.5, 1])
    assert np.allclose(Landscape(surface, 0.3).step(60).paths()["SGD"][-1], [1, 0], atol=1e-4)
    with pytest.raises(ArgumentError, match="one number each, or two each"):
        own_surface(abs, [0, 0, 0], [1, 1, 1], [0, 0, 0])


@pytest.mark.parametrize("choice", [{"surface": "hill"}, {"optimizer": "Newton"}, {"learning_rate": -0.1}])
def test_what_does_not_exist_is_said(choice):
    with pytest.raises(ArgumentError):
        Landscape(**choice)
