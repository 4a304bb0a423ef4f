"""The training lab's first row and its units: data sets as small pictures, a map in each unit, one of them large."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from bplearn import Dataset, datasets, mlp
from bplearn.panels.base.data_pictures import Window
from bplearn.panels.lab.experiment import DATA, Experiment
from bplearn.panels.lab.network_pictures import network_view
from bplearn.panels.lab.thumbnails import small_picture, thumbnails
from bplearn.panels.lab.unit_maps import PIXELS, unit_answers, unit_name
from bplearn.show.palette import COLORS
from bplearn.widgets import training_lab


def view_of(panel, words):
    return next(view for view, _ in panel._views if words in view.content)


def images(body):
    found = re.findall(r'<image x="([\d.]+)" y="([\d.]+)"[^>]*href="data:image/png;base64,([^"]*)"', body)
    return [(float(x), float(y), np.array(Image.open(io.BytesIO(base64.b64decode(data))))) for x, y, data in found]


@pytest.mark.parametrize("hidden", [(3,), (2, 5)])
def test_each_units_map_has_the_signs_of_what_the_unit_says(hidden):
    data = datasets.moons(60, rng=0)
    session = Experiment(data, hidden=hidden).build().epoch(3)
    train = Experiment(data, hidden=hidden).parts()[0]
    body = network_view(session, data=train, still=True).body
    weights = [(layer.W.value, layer.b.value) for layer in session.network.layers[::2]]
    xs, ys = Window.of(train).ticks(PIXELS)
    said = np.array([[(x, y) for x in xs] for y in ys])
    blue = np.array(list(bytes.fromhex(COLORS["positive"][0][1:])))
    columns = images(body)
    assert len(columns) == len(hidden) + 2
    for place, (_, _, pixels) in enumerate(columns):
        if place:
            W, b = weights[place - 1]
            said = said @ W + b
            said = said if place == len(weights) else np.tanh(said)
        above = said > 0 if place < len(weights) else said <= 0  # the output has the colours of the classes
        units = said.shape[-1]
        step = (len(pixels) - PIXELS) // (units - 1) if units > 1 else PIXELS
        for unit in range(units):
            tile = pixels[unit * step : unit * step + PIXELS]
            np.testing.assert_array_equal((tile[..., :3] == blue).all(axis=-1), above[..., unit])
            deepest = np.unravel_index(tile[..., 3].argmax(), tile.shape[:2])
            assert abs(said[..., unit][deepest]) > 0.97 * np.abs(said[..., unit]).max()
    assert body.count('data-key="unit-') == 3 + sum(hidden)
    assert 'data-key="unit-' not in network_view(session, data=train).body  # while it plays


def test_one_input_gives_curves_and_images_none():
    train = Experiment("sine", hidden=(4,)).parts()[0]
    assert network_view(Experiment("sine", hidden=(4,)).build(), data=train).body.count("<path") == 6
    train = Experiment("digits", hidden=(4,)).parts()[0]
    body = network_view(Experiment("digits", hidden=(4,)).build(), data=train).body
    assert "<image" not in body
    assert "<path" not in body


def test_what_units_say_is_no_training_and_draws_nothing():
    network = mlp(2, 4, 1, rng=0)
    before = network.parameters().value
    x, y, o = unit_answers(network, np.ones((5, 2)))
    np.testing.assert_allclose(o, network(np.ones((5, 2))))
    assert (x.shape, y.shape) == ((5, 2), (5, 4))
    assert network.parameters().value is before
    assert [unit_name(network, *place) for place in ((0, 1), (1, 3), (2, 0))] == ["x2", "h4", "o1"]


def test_a_unit_is_shown_large_by_click_and_by_key_and_goes_along_with_the_watched_weight():
    panel = training_lab("moons", hidden=(4,), epochs=3)
    net = view_of(panel, "Network with its weights")
    net._handle_custom_msg({"click": "unit-1-2"}, [])
    assert view_of(panel, ">What h3 says</title>")
    net._handle_custom_msg({"click": "unit-1-2"}, [])
    assert view_of(panel, ">Decision boundary</title>")
    for key in ("ArrowRight", "Enter"):
        net._handle_custom_msg({"key": key}, [])
    assert view_of(panel, ">What h1 says</title>")
    net._handle_custom_msg({"key": "ArrowRight"}, [])
    assert view_of(panel, ">What h2 says</title>")
    net._handle_custom_msg({"key": "PageDown"}, [])
    assert view_of(panel, ">What o1 says</title>")
    panel.logic.choose(hidden=(2, 2))
    panel.refresh()
    assert panel.error_message == ""
    net._handle_custom_msg({"key": "Escape"}, [])
    assert view_of(panel, ">Decision boundary</title>")


def test_every_data_set_has_a_small_picture_of_its_own_and_says_whether_it_is_chosen():
    drawn = [small_picture(DATA[name][0](0)) for name in DATA]
    assert len(set(drawn)) == len(DATA)
    assert all(drawn)
    wide = Dataset(np.random.default_rng(0).normal(size=(9, 5)), np.arange(9) % 2)
    html = thumbnails([*DATA, ("<mine>", wide)], wide)
    assert re.findall('aria-pressed="true">.*?<span>(.*?)</span>', html) == ["&lt;mine&gt;"]
    assert html.count("<button") == len(DATA) + 1


def test_four_controls_stand_first_and_the_rest_behind_more():
    panel = training_lab("moons", hidden=(4,))
    more = next(button for button in _all(panel, "Button") if button.description == "More")
    rows = [row for row in panel.children if row.layout.display == "none" and _all(row, "Button", "Dropdown")]
    behind = {control.description for row in rows for control in _all(row, "Button", "Dropdown", "Text", "Dial")}
    assert behind >= {"One step", "One epoch", "Back", "Reset", "optimizer", "activation", "hidden layers", "seed"}
    assert not behind & {"Play", "learning rate", "batch size"}
    more.click()
    assert [row.layout.display for row in rows] == [None, None]
    assert more.description == "Less"


def _all(widget, *kinds):
    found = [widget] if type(widget).__name__ in kinds else []
    return found + [one for child in getattr(widget, "children", ()) for one in _all(child, *kinds)]
