"""The learner draws the curve that is expected, plays, and goes along the epochs by dragging."""

import math

import pytest

from bplearn.errors import ArgumentError
from bplearn.history import History
from bplearn.panels.lab.expectation import Expectation
from bplearn.widgets import training_lab


def history_of(*losses):
    history = History()
    for loss in losses:
        history.add_step(loss, samples=1)
        history.end_epoch()
    return history


def curve(panel):
    return next(view for view, _ in panel._views if "Loss curve" in view.content)


def tell(panel, key, phase="move", **at):
    curve(panel)._handle_custom_msg({"drag": key, "phase": phase, "at": at}, [])


def test_points_to_the_right_come_along_until_they_are_moved():
    guess = Expectation(0.7).expect(1, 0.2)
    assert guess.losses == [0.7, 0.2, 0.2, 0.2, 0.2]
    guess.expect(3, 0.1).expect(0, 0.5)
    assert guess.losses == [0.5, 0.2, 0.2, 0.1, 0.1]
    for number, loss in ((5, 0.1), (0, 0.0), (0, math.nan)):
        with pytest.raises(ArgumentError, match="expect expected a point from 0 to 4 and a loss above 0"):
            guess.expect(number, loss)


def test_it_says_where_truth_and_guess_part():
    guess = Expectation(0.7).expect(0, 0.5).expect(1, 0.1)
    assert guess.told(history_of()) == ""
    assert guess.told(history_of(0.6)) == "So far it goes as you drew it: within a factor of 1.5 at 1 point."
    said = guess.told(history_of(0.6, 0.5, 0.4, 0.4, 0.35))
    assert said == "It parts from your curve: after 5 epochs you drew 0.1, it is higher, 0.35."
    assert "lower, 0.05" in guess.told(history_of(0.6, 0.3, 0.2, 0.1, 0.05))
    assert Expectation(0.7).told(history_of(0.1)) == ""  # nothing was drawn


def test_points_are_taken_hold_of_before_the_first_update_and_stay_as_a_line():
    panel = training_lab("moons")
    assert curve(panel).content.count('data-drag="expected-') == 5
    tell(panel, "expected-0", y=math.log10(0.5))
    tell(panel, "expected-2", y=-1)
    assert panel.error_message == ""
    assert 'aria-valuetext="0.1"' in curve(panel).content
    panel.act(panel.logic.session.epoch, 12)
    assert 'data-drag="expected' not in curve(panel).content
    assert 'data-id="expected"' in curve(panel).content
    verdict = next(view.content for view, _ in panel._views if "bpl-verdict" in view.content)
    after = panel.logic.session.history.epoch_loss[0]
    assert after < 0.75  # 0.5 was foreseen after the first epoch, within a factor of 1.5
    assert "It parts from your curve: after 5 epochs you drew 0.5" not in verdict
    assert "it is higher" in verdict


def test_nobody_who_draws_nothing_gets_a_line():
    panel = training_lab("moons", epochs=3)
    assert 'data-id="expected"' not in curve(panel).content
    assert "from your curve" not in repr([view.content for view, _ in panel._views])


def test_the_mark_on_the_axis_is_dragged_along_the_epochs():
    panel = training_lab("moons", epochs=6)
    assert (
        'aria-label="epoch on the curve" aria-valuenow="6" aria-valuemin="0" aria-valuemax="6"' in curve(panel).content
    )
    tell(panel, "here", "take")
    tell(panel, "here", x=2.0)
    assert panel.logic.session.epochs == 2
    assert 'aria-valuenow="2" aria-valuemin="0" aria-valuemax="6"' in curve(panel).content
    tell(panel, "here", x=0.0)
    assert panel.logic.session.steps == 0
