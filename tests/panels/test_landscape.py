"""The landscape panel, driven without a browser."""

import re

import numpy as np
import pytest

from bplearn.panels.landscape.logic import Landscape, own_surface
from bplearn.panels.landscape.pictures import cost_picture, map_picture
from bplearn.widgets import landscape


def test_a_learners_own_cost_can_be_walked_on():
    surface = own_surface(lambda a, b: (a - 1) ** 2 + b * b, [-2, -2], [2, 2], [-1.5, 1])
    land = landscape(surface, 0.25).logic
    land.step(2)
    # by hand: the slope is (2 (a - 1), 2 b), so each step halves the way to (1, 0)
    assert [round(float(v), 6) for v in land.paths()["SGD"][-1]] == [0.375, 0.25]


def test_a_path_that_leaves_the_map_is_cut_at_the_frame_and_says_so():
    land = landscape("parabola", 1.1).logic.step(30)
    picture = map_picture(land)
    lines = re.findall(r'<path d="M([^"]*)" fill="none"', picture.body)
    drawn = [float(number) for line in lines for number in re.split("[ L]", line)]
    assert len(lines) == 3  # the curve, the path and its rim
    assert min(drawn) >= 12
    assert max(drawn) <= 46 + 300
    assert "SGD has left the map" in picture.body
    assert "left the map" not in map_picture(landscape("parabola", 0.9).logic.step(30)).body


def test_axes_count_in_round_numbers():
    numbers = [re.sub("<.*?>", "", label) for label in re.findall(r"<text.*?</text>", map_picture(Landscape()).body)]
    assert numbers == ["-10", "-5", "0", "5", "10", "0", "50", "100", "w", "L"]
    start = re.findall(r'font-size="12"[^>]*>([^<]*)<', cost_picture(Landscape()).body)
    assert start == ["80", "90", "100", "0", "2", "4", "6", "8", "10", "SGD"]


def test_the_legend_keeps_names_and_samples_apart():
    body = cost_picture(Landscape("ravine", 0.03, race=True).step(5)).body
    names = re.findall(r'<text x="([\d.]+)" y="32" font-size="12">(\w+)</text>', body)
    samples = [float(x) for x in re.findall(r'<line x1="([\d.]+)" y1="28"', body)]
    for (x, name), after in zip(names, samples[1:], strict=False):
        assert float(x) + 8.2 * len(name) < after, name  # 12 px letters are at most so wide on average
    assert [name for _, name in names] == ["SGD", "Momentum", "RMSProp", "Adam"]


def test_an_own_cost_is_asked_seldom_and_at_once_where_it_takes_arrays():
    asked = []

    def slow(a, b):
        asked.append(1)
        return max(a, 0.0) ** 2 + b * b  # max takes no arrays

    panel = landscape(own_surface(slow, [-2, -2], [2, 2], [1.5, 1]), 0.1)
    first = len(asked)
    assert first < 1000
    panel.act(panel.logic.step, 10)
    panel._repr_mimebundle_()
    assert len(asked) == first  # nothing is computed twice

    asked.clear()
    landscape(own_surface(lambda a, b: asked.append(1) or a * a + b * b, [-2, -2], [2, 2], [1.5, 1]), 0.1)
    assert len(asked) < 100 * 4 + 20


def test_a_function_that_takes_arrays_but_means_something_else_by_them_is_asked_one_by_one():
    surface = own_surface(lambda a, b: a * a + b if np.ndim(a) == 0 else 0 * a, [0, 0], [1, 1], [1, 1])
    points = np.array([[0.1 * k, 0.0] for k in range(10)])
    assert np.allclose(surface.height(points), points[:, 0] ** 2)


@pytest.mark.parametrize("start", ["the lowest point lies off the map", "it lies on the map"])
def test_the_cost_chart_invents_no_plunge(start):
    low = -1.0 if start.startswith("the") else -4.0
    surface = own_surface(lambda a, b: (a + 3) ** 2 + b * b + 0.5, [low, -2], [2, 2], [1.5, 1])
    land = Landscape(surface, 0.1).step(15)
    points = re.findall(r'<path d="M([^"]*)" fill="none"', cost_picture(land).body)[0]
    drawn = [float(number) for number in re.split("[ L]", points)][1::2]
    logs = np.log10(land.heights()["SGD"])
    slope, at = np.polyfit(logs, drawn, 1)
    assert slope < 0
    assert np.allclose(drawn, slope * logs + at, atol=0.02)  # each point lies where its own cost is, the last one too


def test_a_cost_below_zero_has_a_plain_axis():
    body = cost_picture(Landscape("two valleys", 0.02).step(20)).body
    assert "cost after each step<" in body
    assert "log scale" in cost_picture(Landscape("bowl", 0.1).step(20)).body


def test_a_race_off_the_map_says_in_one_line_who_has_left():
    land = Landscape("ravine", 3.0, race=True).step(3)
    said = re.findall(r">([^<]*) (?:has|have) left the map<", map_picture(land).body)
    outside = [n for n, walked in land.paths().items() if (np.abs(walked[-1]) > (4.0, 2.4)).any()]
    assert len(outside) > 1
    assert said == [", ".join(outside)]


def test_balls_that_lie_on_one_another_keep_their_letters_apart():
    body = map_picture(Landscape("ravine", 0.03, race=True)).body
    places = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" font-size="12"[^>]*font-weight="700"[^>]*>([SMRA])<', body)
    assert {letter for _, _, letter in places} == set("SMRA")
    assert len({(x, y) for x, y, _ in places}) == 4
