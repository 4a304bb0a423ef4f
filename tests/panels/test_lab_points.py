"""A training point of the lab is taken elsewhere: rise or fall is said first, the slope's promise stands beside it."""

import re

import numpy as np
import pytest

from bplearn import BinaryCrossEntropy
from bplearn.panels.base.held import WAYS
from bplearn.panels.lab.experiment import Experiment
from bplearn.panels.lab.logic import RunComparison
from bplearn.panels.lab.moved_point import MovedPoint
from bplearn.widgets import training_lab


def view_of(panel, words):
    return next(view for view, _ in panel._views if words in view.content)


def tell(panel, phase, row, **at):
    plane = view_of(panel, ">Decision boundary</title>")
    plane._handle_custom_msg({"drag": f"point-{row}", "phase": phase, "at": at}, [])
    return plane


def verdict(panel):
    return view_of(panel, "bpl-verdict").content


def test_a_point_is_moved_said_and_let_go_of_and_a_run_begins_from_the_weights_as_they_stand():
    panel = training_lab("moons", hidden=(4,), learning_rate=0.5, epochs=20)
    session = panel.logic.session
    train, _ = panel.logic.experiment.parts()
    weights, x = session.network.parameters().value, train.x.copy()
    loss = BinaryCrossEntropy()
    before = loss.forward(session.network(x), train.targets)[0]
    tell(panel, "take", 5, x=float(x[5, 0]), y=float(x[5, 1]))
    tell(panel, "move", 5, x=1.5, y=0.4)
    assert "Does the training loss rise or fall?" in verdict(panel)
    assert f"{before:.4g}" not in verdict(panel)
    assert panel.logic.session is session  # nothing begins while it is held
    tell(panel, "drop", 5)
    begun = panel.logic.session
    assert begun is not session
    assert (begun.steps, panel.logic.experiment.moved) == (0, ((5, (1.5, 0.4)),))
    np.testing.assert_array_equal(begun.network.parameters().value, weights)
    x[5] = 1.5, 0.4
    after = loss.forward(begun.network(x), train.targets)[0]
    way = "rises" if after > before else "falls"
    next(button for button in _buttons(panel) if way in button.description).click()
    assert f"✓ the training loss {way}, as you said: from {before:.4g} to {after:.4g}" in verdict(panel)
    np.testing.assert_array_equal(panel.logic.experiment.parts()[0].x, x)
    assert panel.error_message == ""
    panel.act(begun.step, 1)
    by_hand = RunComparison(panel.logic.experiment).session.step(1)
    np.testing.assert_array_equal(begun.network.parameters().value, by_hand.network.parameters().value)


def _buttons(widget):
    found = [widget] if type(widget).__name__ == "Button" else []
    return found + [one for child in getattr(widget, "children", ()) for one in _buttons(child)]


@pytest.mark.parametrize("row", [0, 7, 30])
def test_the_promise_is_the_slope_by_central_difference(row):
    book = RunComparison(Experiment("moons", hidden=(5,)))
    book.session.epoch(9)
    point = MovedPoint(book)
    point.take(f"point-{row}")
    x, y = point.train.x[row].tolist()
    h = 1e-5
    slopes = []
    for axis in (0, 1):
        sides = []
        for sign in (1, -1):
            moved = point.train.x.copy()
            moved[row, axis] += sign * h
            sides.append(BinaryCrossEntropy().forward(book.session.network(moved), point.train.targets)[0])
        slopes.append((sides[0] - sides[1]) / (2 * h))
    point.put(f"point-{row}", {"x": x + 0.3, "y": y - 0.2})
    assert point.held.promised == pytest.approx(0.3 * slopes[0] - 0.2 * slopes[1], rel=1e-5, abs=1e-9)
    assert point.held.covered
    assert point.held.guess(point.held.way).startswith("✓")
    assert point.held.way in WAYS


def test_keys_choose_a_point_from_left_to_right_and_only_that_one_is_a_stop():
    panel = training_lab("moons", hidden=(4,), epochs=1)
    plane = view_of(panel, ">Decision boundary</title>")
    assert plane.content.count("data-drag=") == len(panel.logic.experiment.parts()[0])
    assert "tabindex" not in plane.content
    x = panel.logic.experiment.parts()[0].x
    order = np.argsort(x[:, 0], kind="stable")
    for key, place in (("ArrowRight", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        plane._handle_custom_msg({"key": key}, [])
        assert _row(plane) == order[place]
    assert plane.content.count('tabindex="0"') == 1


def _row(plane):
    found = re.search(r'aria-label="training point (\d+) of', plane.content)
    return int(found.group(1)) - 1 if found else None


@pytest.mark.parametrize("data", ["sine", "digits"])
def test_where_there_is_no_boundary_nothing_can_be_taken_hold_of(data):
    panel = training_lab(data, hidden=(4,), epochs=1)
    assert all("point-" not in view.content for view, _ in panel._views)
    assert not any("Training points" in view.label for view, _ in panel._views)


def test_other_data_take_the_points_back_and_other_units_the_weights():
    book = RunComparison(Experiment("moons", hidden=(4,)))
    book.session.epoch(2)
    book.move_point(3, (1.0, 1.0))
    assert book.experiment.weights is not None
    book.reset()
    assert (book.experiment.weights, book.experiment.moved) == (None, ((3, (1.0, 1.0)),))
    book.session.epoch(2)
    book.move_point(3, (0.0, 1.0))
    book.choose(hidden=(2,))
    assert (book.experiment.weights, book.experiment.moved) == (None, ((3, (0.0, 1.0)),))
    book.choose(data="circles")
    assert book.experiment.moved == ()


def test_the_code_repeats_a_run_with_moved_points():
    lab = training_lab("moons", hidden=(4,), epochs=3)
    lab.logic.move_point(3, (1.0, 1.0))
    lab.logic.session.step(9)
    names = {"lab": lab}
    code = lab.logic.experiment.code(lab.logic.session)
    exec(code, names)
    np.testing.assert_array_equal(names["network"].parameters().value, lab.logic.session.network.parameters().value)
