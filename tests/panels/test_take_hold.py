"""Numbers in a picture are taken hold of: rise or fall is said first, then promise and change stand side by side."""

import math
import re

import pytest

from bplearn.errors import ArgumentError
from bplearn.panels.base.grip import Axis, grip, read_hand
from bplearn.panels.base.held import Held
from bplearn.panels.landscape.pictures import cost_picture, map_picture
from bplearn.panels.neuron.logic import Neuron
from bplearn.panels.neuron.pictures import neuron_picture, slope_picture
from bplearn.show.svg import stand_alone
from bplearn.widgets import landscape, neuron


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def hand(panel, phase, key, **at):
    """Do what the browser tells of a hand."""
    for view, _ in panel._views:
        view._handle_custom_msg({"drag": key, "phase": phase, "at": at}, [])


def drag(panel, key, **at):
    for phase in ("take", "move", "drop"):
        hand(panel, phase, key, **(at if phase == "move" else {}))


def test_a_grip_is_a_slider_that_says_its_number():
    made = grip("w1", "<path/>", label="w1", y=Axis(0.4, -5, 5, 0.1, -0.025))
    assert 'data-y="0.4 -5 5 0.1 -0.025"' in made
    assert 'role="slider" aria-label="w1" aria-valuenow="0.4" aria-valuemin="-5" aria-valuemax="5"' in made
    assert 'aria-valuetext="0.4"' in made
    assert read_hand({"drag": "w1", "phase": "take"}) == ("take", "w1", {}, ())


def test_what_can_be_taken_hold_of_is_no_image_and_a_saved_picture_is_one():
    live = neuron_picture(Neuron()).text("live")
    assert 'role="group"' in live
    assert live.count('role="slider"') == 5  # x1, w1, x2, w2, b
    saved = stand_alone(live)
    assert 'role="img"' in saved
    assert "slider" not in saved
    assert "tabindex" not in saved


def test_a_move_covers_what_follows_until_rise_or_fall_is_said():
    panel = neuron()
    drag(panel, "w1", y=3.0)
    unit = panel.logic
    assert (unit.get("w1"), unit.nudged, unit.visible) == (3.0, "w1", 0)
    assert neuron_picture(unit).body.count(">?<") == 4  # both products, z and y
    assert "y stands here once it is known" in slope_picture(unit).body
    assert unit.held.told() == "w1 goes from 2 to 3. Does y rise or fall?"
    before, after = sigmoid(1), sigmoid(0)
    promised = before * (1 - before) * -1 * (3 - 2)  # dy/dz x1, times the move
    said = unit.held.guess("falls")
    assert said == (
        f"✓ y falls, as you said: from {before:.4g} to {after:.4g}, by {after - before:.3g}."
        f" The slope had promised {promised:.3g}."
    )
    assert unit.visible == 4
    assert "was 0.7311" in neuron_picture(unit).body
    assert "was 2" in neuron_picture(unit).body


def test_the_ghost_stays_where_the_hand_took_hold_while_it_moves_on():
    panel = neuron()
    hand(panel, "take", "b")
    for value in (-2.5, -2.0, -1.0):
        hand(panel, "move", "b", y=value)
    unit = panel.logic
    assert (unit.ghost, unit.held.before) == (-3.0, pytest.approx(sigmoid(1)))
    assert unit.held.guess("falls").startswith("✗ You said falls, but y rises: from 0.7311 to 0.9526")
    assert unit.held.score == (0, 1)
    hand(panel, "move", "b", y=-1.5)  # it goes on: asked anew
    assert unit.held.covered
    drag(panel, "x2", y=0.0)
    assert (unit.ghost, unit.held.before) == (-2.0, pytest.approx(sigmoid(-2 + 6 - 1.5)))


def test_who_takes_it_up_again_before_the_answer_keeps_the_ghost():
    panel = neuron()
    drag(panel, "w1", y=3.0)
    drag(panel, "w1", y=4.0)
    assert (panel.logic.ghost, panel.logic.held.words) == (2.0, "w1 goes from 2 to 4")


def test_a_box_turns_the_asking_off_and_a_button_gives_up():
    panel = neuron()
    box = next(c for c in panel.children[3].children if c.description == "say rise or fall first")
    buttons = [c for c in panel.children[3].children if c is not box]
    assert [b.layout.display for b in buttons] == ["none"] * 4
    drag(panel, "w1", y=3.0)
    assert [b.layout.display for b in buttons] == [None] * 4
    buttons[-1].click()
    assert panel.logic.held.told().startswith("w1 goes from 2 to 3: y falls: from 0.7311")
    box.value = False
    drag(panel, "w2", y=1.0)
    assert not panel.logic.held.covered


def test_an_input_of_zero_leaves_the_answer_where_it_is():
    unit = Neuron([0.0, 1.0], [1.0, 1.0], 0.0).take("w1").put("w1", 5.0)
    assert unit.held.guess("stays").startswith("✓ y stays, as you said")
    with pytest.raises(ArgumentError, match="guess expected one of rises, falls, stays after a move, got 'rises'"):
        unit.held.guess("rises")


def test_while_the_steps_are_covered_nothing_else_is_asked():
    unit = Neuron().cover().take("w1").put("w1", 3.0)
    assert (unit.get("w1"), unit.held.covered, unit.visible) == (3.0, False, 0)
    assert Held("y", lambda: 0.0).told() == ""


def test_another_choice_forgets_the_ghost():
    for change in ({"activation": "Tanh"}, {"nudged": "b"}, {"h": 0.1}):
        unit = Neuron().take("w1").put("w1", 3.0)
        unit.choose(**change)
        assert not unit.held.moved
    assert re.search("dy/dw1", "\n".join(unit.equation()))


# ---- the landscape ----


def test_the_ball_begins_a_new_walk_where_it_is_set_down():
    panel = landscape("parabola", 0.1)
    panel.act(panel.logic.step, 3)
    at = 10 * 0.8**3  # by hand: each step multiplies w by 1 - 2 * 0.1
    drag(panel, "ball", x=8.0)
    land = panel.logic
    assert (land.shown, land.start.tolist(), land.ghost[-1, 0]) == (0, [8.0], pytest.approx(at))
    assert "64" not in map_picture(land).desc
    assert "It is still covered." in cost_picture(land).desc
    promised = 2 * at * (8 - at)
    assert land.held.guess("rises") == (
        f"✓ the cost rises, as you said: from {at**2:.4g} to 64, by {64 - at**2:.3g}."
        f" The slope had promised {promised:.3g}."
    )
    panel.act(land.step)
    assert land.paths()["SGD"][:, 0] == pytest.approx([8, 6.4])
    panel.act(land.reset)
    assert land.start.tolist() == [10.0]


def test_the_start_of_a_walk_takes_the_whole_walk_along():
    panel = landscape("ravine", 0.05)
    panel.act(panel.logic.step, 8)
    drag(panel, "start", x=2.0, y=-1.0)
    land = panel.logic
    assert land.held.told() == ("The start goes from -3.5, 1.8 to 2, -1. Does the cost after 8 steps rise or fall?")
    assert len(re.findall("<circle", map_picture(land).body)) == 3  # the ghost's end, the start and room for a finger
    said = land.held.guess("rises")
    end = lambda a, b: ((a * 0.95**8) ** 2 + 20 * (b * (1 - 0.05 * 20) ** 8) ** 2) / 2  # noqa: E731
    assert said.startswith(f"✗ You said rises, but the cost after 8 steps falls: from {end(-3.5, 1.8):.4g}")
    assert land.heights()["SGD"][-1] == pytest.approx(end(2, -1))


def test_a_race_has_one_start_and_asks_nothing():
    panel = landscape("ravine", 0.05, race=True)
    drag(panel, "start", x=1.0, y=1.0)
    assert not panel.logic.held.covered
    assert all(walked[0].tolist() == [1.0, 1.0] for walked in panel.logic.paths().values())


def test_what_has_left_the_map_cannot_be_taken_hold_of():
    land = landscape("parabola", 1.1).logic.step(30)
    assert 'data-drag="start"' in map_picture(land).body
    assert 'data-drag="ball"' not in map_picture(land).body
