"""The same quantity carries the same mark in formula, picture and table of the stepper."""

import re

import pytest

from bplearn.panels.stepper.light import lit, quantities
from bplearn.panels.stepper.logic import UpdateSteps
from bplearn.panels.stepper.pictures import network_picture, remembered_html, step_html


def marks(html):
    return set(re.findall('data-q="([^"]*)"', html))


@pytest.mark.parametrize("steps", [1, 3, 9, 12, 20, 30, 41])
def test_what_the_formula_names_is_in_the_picture(steps):
    walk = UpdateSteps()
    for _ in range(steps):
        walk.next()
    said, drawn = marks(step_html(walk)), marks(network_picture(walk).body)
    assert walk.now.key in said
    assert said <= drawn | {"L"} | {key for key in said if key.startswith("d")}  # a stream may stand for a slope
    assert {f"y-1.{i}" for i in range(2)} <= marks(remembered_html(walk))


def test_every_quantity_of_an_update_has_a_key_of_its_own():
    found = quantities(UpdateSteps())
    slopes = [name for name in found if name.startswith("∂E/∂")]
    assert all(found[name].startswith("d") for name in slopes)
    assert found["W_o[0, 1]"] == "W2.0.1"
    assert found["∂E/∂W_o[0, 1]"] == "dW2.0.1"


def test_a_name_inside_another_is_not_marked_and_words_are_escaped():
    found = {"h1": "y1.0", "z_h1": "y0.0", "∂E/∂h1": "dy1.0"}
    said = lit("z_h1 < h1 - ∂E/∂h1 + h10", found)
    assert re.sub("<.*?>", "", said) == "z_h1 &lt; h1 - ∂E/∂h1 + h10"
    assert re.findall('data-q="([^"]*)"', said) == ["y0.0", "y1.0", "dy1.0"]
    assert lit("h1 h1", found, reach=True).count("tabindex") == 1
    assert lit("<b>", {}) == "&lt;b&gt;"


def test_the_tape_tells_no_number_before_it_is_computed():
    walk = UpdateSteps()
    while "y2.0" not in walk.known:  # the first of two outputs
        walk.next()
        said = re.sub("<.*?>", "", remembered_html(walk))
        for column, step in enumerate(walk.record.tape):
            for unit, value in enumerate(step.y.reshape(-1)):
                if f"y{column}.{unit}" not in walk.known:
                    assert f"{value:.4g}" not in said, (column, unit, said)
