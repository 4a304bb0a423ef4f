"""The same quantity carries the same mark in formula, picture, table and code of the stepper."""

import inspect
import re
from html import unescape

import pytest

from bplearn import Dense, Layer, ReLU, Sigmoid, Tanh, mlp
from bplearn.panels.stepper.code_line import code_html, source_of
from bplearn.panels.stepper.light import lit, quantities, value_of
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
    assert found["w7"] == "W2.0.1"  # from h1 to o2, as notebook 05 counts them
    assert found["∂E/∂w7"] == "dW2.0.1"


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


@pytest.mark.parametrize("steps", [1, 3, 9, 12, 14, 18, 21, 31, 41])
def test_each_number_of_a_formula_lights_up_with_the_quantity_that_it_is(steps):
    walk = UpdateSteps()
    for _ in range(steps):
        walk.next()
    letters, numbers = re.split("\n", re.search('bpl-equation">(.*?)</div>', step_html(walk), re.DOTALL).group(1))
    left, right = (re.findall('data-q="([^"]*)"[^>]*>([^<]*)<', part) for part in (letters, numbers))
    assert right[0] == left[0]
    assert [key for key, _ in right[1:-1]] == [key for key, _ in left[1:]]  # each in its order
    assert right[-1] == (walk.now.key, f"{walk.now.result:.6g}")
    for key, shown in right[1:-1]:
        if key in walk.known and key != walk.now.key:
            assert shown == f"{walk.known[key]:.4g}"


@pytest.mark.parametrize("kind", [Sigmoid, Tanh, ReLU])
def test_the_code_is_the_librarys_and_lights_up_with_its_numbers(kind):
    walk, said = UpdateSteps(mlp(2, 2, 2, activation=kind, rng=0), [0.3, -0.2], [0.1, 0.9]), {}
    for _ in walk.record.operations:
        walk.next()
        said[walk.now.key] = code_html(walk.record.tape, walk.latest)
    plain = {key: unescape(re.sub("<.*?>", "", html)) for key, html in said.items()}
    sources = {0: inspect.getsource(Dense), 1: inspect.getsource(kind), 2: inspect.getsource(Dense)}
    for key, code in plain.items():
        if code and walk_phase(key) != "update":
            assert code.partition(" = ")[2] in sources[place_of(key)], (key, code)
    assert plain["y0.0"] == "y = matmul(x, W) + b"
    assert plain["dW2.0.1"] == "dW = matmul(x.mT, dy)"
    assert plain["dy1.0"] == "dx = matmul(dy, W.mT)"
    assert plain["W0.0.0"] == "change = gradient * -rate"
    assert "y0.0 y0.1" in said["y1.0"]
    assert 'data-q="dy1.0 dy1.1">dy<' in said["dy0.1"]
    assert plain["L"] == ""


def walk_phase(key):
    return "update" if key[0] in "Wb" else "other"


def place_of(key):
    kind, place = re.match(r"(d?[yWb])(-?\d+)", key).groups()
    return int(place) + (kind == "dy")


def test_a_layer_of_ones_own_shows_its_code():
    class Twice(Layer):
        def forward(self, x):
            return x * 2.0, {}

        def backward(self, dy, cache, *, input_gradient=True):
            return dy * 2.0, {}

    assert source_of(Twice(), "y") == "x * 2.0"
    assert source_of(Twice(), "dx") == "dy * 2.0"


def test_the_eight_published_weights_have_the_letters_of_notebook_05():
    walk = UpdateSteps()
    found = quantities(walk)
    shown = {f"w{n}": value_of(walk, found[f"w{n}"]) for n in range(1, 9)}
    assert shown == dict(zip(shown, (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55), strict=True))
    assert [found[name] for name in ("b_h1", "b_h2", "b_o1", "b_o2")] == ["b0.0", "b0.1", "b2.0", "b2.1"]
    other = quantities(UpdateSteps(mlp(2, 3, 1, rng=0), [1.0, 2.0], [0.5]))
    assert "W_h[1, 2]" in other
    assert not any(name.startswith("w") for name in other)
