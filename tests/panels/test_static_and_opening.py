"""What a panel shows before it is worked: no answer ahead of its question, a weight that lives, a whole iteration."""

import numpy as np
import pytest

from bplearn import ArgumentError, Sigmoid, SoftmaxCrossEntropy, mlp
from bplearn.panels.tracer.logic import Tracer
from bplearn.widgets import landscape, step_through, training_lab


def words(panel):
    """All that stands in the panel's views."""
    return " ".join(view.content for view, _ in panel._views)


def curve(panel):
    """The loss curve of a lab."""
    return next(view.content for view, _ in panel._views if "Loss curve" in view.content)


def test_the_landscape_tells_no_verdict_before_the_first_step():
    panel = landscape("ravine", 0.08)
    sentence = panel.logic.verdict().sentence
    assert sentence not in words(panel)
    assert "What will the steps do" in words(panel)
    panel.act(panel.logic.step)
    assert sentence in words(panel)
    assert "Now, after 1 step, the cost is" in words(panel)


def test_the_tracer_opens_on_a_weight_that_carries_something():
    x = np.random.default_rng(0).normal(size=(5, 4))
    x[:, 0] = 0  # as the first pixel of the digits, which is always paper
    tracer = Tracer(mlp(4, 3, 2, activation=Sigmoid, rng=0), x, [0, 1, 0, 1, 0], SoftmaxCrossEntropy())
    assert tracer.trace.gradient != 0
    assert len(tracer.paths)


def test_a_pinned_run_on_other_data_is_not_drawn_on_this_axis():
    panel = training_lab("moons", hidden=(4,))
    panel.logic.session.epoch()
    panel.logic.pin("mine")
    panel.refresh()
    assert "mine" in curve(panel)
    panel.logic.choose(data="sine")
    panel.logic.session.epoch()
    panel.refresh()
    assert "mine" not in curve(panel)
    assert [run.name for run in panel.logic.runs] == ["mine"], "the table keeps it"


def test_the_stepper_saves_a_whole_iteration_and_stays_where_it_is():
    panel = step_through()
    said = repr(panel)
    assert "Iteration 1, step 41 of 41" in said
    assert "0.298371" in said or "0.2984" in said
    assert (panel.logic.place, panel.logic.iteration, len(panel.logic.iterations)) == (0, 0, 1)
    assert panel.logic.network[0].W.value[0, 0] == 0.15


def test_a_lab_and_a_landscape_open_where_they_are_asked_to():
    lab = training_lab("moons", hidden=(4,), epochs=3)
    assert lab.logic.session.epochs == 3
    assert "3 epochs" in words(lab)
    walk = landscape("ravine", 0.05, race=True, steps=7)
    assert "After 7 steps" in repr(walk)
    assert walk.logic.verdict().sentence in words(walk)


def test_a_panel_saves_its_picture_as_svg_and_says_where_pixels_come_from(tmp_path):
    panel = step_through()
    panel.save(tmp_path / "step.svg")
    assert "Iteration 1, step 41 of 41" in (tmp_path / "step.svg").read_text(encoding="utf-8")
    with pytest.raises(ArgumentError, match="press Save PNG in the panel"):
        panel.save(tmp_path / "step.png")
