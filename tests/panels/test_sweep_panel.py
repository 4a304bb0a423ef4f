"""The sweep panel without a browser: the map's logic, its words, and the panel's controls."""

import math
import time

import numpy as np
import pytest

from bplearn import SGD, BinaryCrossEntropy, fit, mlp
from bplearn.errors import ArgumentError
from bplearn.panels.lab.experiment import Experiment
from bplearn.panels.sweep.logic import SweepMap, blew_up
from bplearn.panels.sweep.pictures import curve_picture, map_picture
from bplearn.widgets import sweep_panel
from tests.panels.test_graph_and_neuron import find

SMALL = {"learning_rates": [0.03, 1.0], "batch_sizes": [8, 32, None], "epochs": 3}


def small(data="moons", **more):
    return SweepMap(Experiment(data, hidden=(4,)), **{**SMALL, **more})


def test_a_cell_holds_what_fit_gives():
    chart = small().finish()
    train, unseen = chart.experiment.parts()
    for rate in (0.03, 1.0):
        history = fit(
            mlp(2, 4, 1, rng=0), train, loss=BinaryCrossEntropy(), optimizer=SGD(rate), epochs=3, batch_size=32,
            validation=unseen, rng=0, progress=False,
        )  # fmt: skip
        row, column = chart.learning_rates.index(rate), chart.batch_sizes.index(32)
        assert chart.score(row, column) == pytest.approx(history.validation_loss[-1])
        chart.measure_by("training loss")
        assert chart.score(row, column) == pytest.approx(history.epoch_loss[-1])
        chart.measure_by("unseen loss")


def test_it_fills_column_by_column_large_batches_first():
    chart = small()
    assert (len(chart.runs), chart.cells, chart.done) == (0, 6, False)
    assert "Play fills the map" in chart.summary()
    assert chart.run is None
    chart.work()
    assert set(chart.runs) == {(0, 2), (1, 2)}
    chart.work()
    assert set(chart.runs) == {(0, 2), (1, 2), (0, 1), (1, 1)}
    chart.finish()
    chart.work()
    assert chart.done
    assert len(chart.result()) == 6


def test_a_tick_is_a_few_steps_or_a_short_time_and_shows_how_far_it_is():
    chart = small(epochs=4)
    chart.work()
    chart.tick(0)  # 7 steps of 32 samples are one epoch
    assert {h.epochs for h in chart.training.values()} == {1}
    chart.tick(0)
    assert set(chart.training) == {(0, 1), (1, 1)}
    assert "Now batch size 32, epoch 2 of 4." in chart.summary()
    assert len(chart.runs) == 2  # a training that goes on is no result yet
    assert np.isnan(chart.score(0, 1))
    assert f"{chart.training[0, 1].validation_loss[-1]:.3f}" in map_picture(chart).body
    for _ in range(3):
        chart.tick(0)
    assert (len(chart.runs), chart.training) == (4, {})
    chart.tick(0)  # 27 steps of 8 samples are an epoch: 10 of them are one tick
    assert [(h.steps, h.epochs) for h in chart.training.values()] == [(10, 0)] * 2
    while not chart.done:
        chart.tick()
    assert np.array_equal(chart.grid(), small(epochs=4).finish().grid())


def test_a_tick_of_the_digits_is_short_enough_for_pause():
    chart = small("digits", batch_sizes=[4, None], epochs=2)
    chart.work()
    took = []
    while not chart.done:
        started = time.process_time()
        chart.tick()
        took.append(time.process_time() - started)
    assert np.median(took) < 0.6  # of processor time, for 0.03 s that it aims at


def test_a_first_look_does_not_wait_for_large_data():
    assert len(sweep_panel(hidden=(4,), **SMALL).logic.runs) == 2
    panel = sweep_panel("digits")
    assert panel.logic.runs == {}
    assert "36 trainings wait" in repr(panel.static_picture().body)
    assert "36 trainings of 20 epochs wait" in panel.logic.summary()


def test_a_map_that_is_not_full_says_so():
    chart = small()
    chart.work()
    assert "4 trainings wait: Play fills the map" in map_picture(chart).body
    assert "wait" not in map_picture(chart.finish()).body


def test_the_largest_rate_stands_on_top_and_sizes_rise_to_the_right():
    chart = small()
    assert chart.learning_rates == (1.0, 0.03)
    assert chart.batch_sizes == (8, 32, 210)


def test_it_looks_at_the_best_cell_until_a_learner_chooses():
    chart = small().finish()
    assert (chart.row, chart.column) == chart.best() == divmod(int(np.argmin(chart.grid())), 3)
    chart.select(1, 1)
    chart.reset().finish()
    assert chart.chosen is False
    chart.move(99, -99)
    assert (chart.row, chart.column) == (1, 0)
    assert chart.place == (0.03, 8)


def test_divergence_is_told_and_is_never_the_best():
    chart = SweepMap(Experiment("sine", hidden=(8,)), learning_rates=[0.1, 3.0], batch_sizes=[8, None], epochs=10)
    chart.finish()
    assert blew_up(chart.runs[0, 0])
    assert not blew_up(chart.runs[1, 0])
    assert chart.best()[0] == 1
    assert "2 diverged." in chart.summary()
    chart.select(0, 0)
    assert "learning rate 3, batch size 8: diverged" in chart.reading()
    assert "batch 8 diverged" in map_picture(chart).desc
    assert curve_picture(chart).alt


def test_when_all_diverge_there_is_no_best():
    chart = SweepMap(Experiment("sine", hidden=(8,)), learning_rates=[1e6], batch_sizes=[8], epochs=3).finish()
    if math.isinf(chart.score(0, 0)):
        assert chart.best() is None
        assert "None of them stayed finite" in chart.summary()
    assert map_picture(chart).alt
    assert curve_picture(chart).alt


def test_new_choices_empty_the_map():
    chart = small().finish()
    chart.choose(optimizer="Adam", epochs=1)
    assert (len(chart.runs), chart.epochs) == (0, 1)
    assert chart.finish().runs[0, 0].setting.optimizer == "Adam"
    chart.choose(data="digits")
    assert chart.batch_sizes[-1] == 1258
    with pytest.raises(ArgumentError, match="measure expected one of unseen loss, training loss, got 'accuracy'"):
        chart.measure_by("accuracy")


def test_every_cell_has_its_number_and_the_best_its_star():
    chart = small().finish()
    picture = map_picture(chart)
    for score in chart.grid().ravel():
        assert f"{score:.3g}" in picture.body
    assert picture.body.count("★ 0.") == 1
    assert picture.body.count('data-key="cell-') == 6
    assert f"Rate 0.03: batch 8 {chart.score(1, 0):.3g}" in picture.desc


def test_the_panel_fills_chooses_and_begins_again():
    panel = sweep_panel(hidden=(4,), **SMALL)
    chart = panel.logic
    assert len(chart.runs) == 2
    chart.finish()
    panel.refresh()
    find(panel, "ToggleButtons", "cells show").value = "training loss"
    assert chart.measure == "training loss"
    find(panel, "Dial", "seed").value = 4
    assert chart.experiment.seed == 4
    assert len(chart.runs) == 2
    find(panel, "Text", "hidden layers").value = "3, 3"
    assert chart.experiment.hidden == (3, 3)
    find(panel, "Dropdown", "data").value = "circles"
    find(panel, "Dial", "epochs").value = 2
    assert chart.finish().run.history.epochs == 2
    find(panel, "Button", "Empty the map").click()
    assert len(chart.runs) == 2
    assert panel.error_message == ""


def test_what_a_learner_mistypes_stands_in_the_panel():
    panel = sweep_panel(hidden=(4,), **SMALL)
    find(panel, "Text", "hidden layers").value = "many"
    assert "hidden layers expected whole numbers such as 8, 8, got" in panel.error_message
    assert panel.logic.experiment.hidden == (4,)


def test_what_does_not_fit_is_told_at_once():
    with pytest.raises(ArgumentError, match="data expected a Dataset or one of moons"):
        sweep_panel("houses")
    with pytest.raises(ArgumentError, match="learning_rates' entry expected a number of at least 0, got -1"):
        sweep_panel(learning_rates=[-1])


def test_the_saved_page_says_the_numbers_and_does_not_change():
    bundles = [sweep_panel(hidden=(4,), **SMALL)._repr_mimebundle_() for _ in range(2)]
    assert bundles[0]["text/html"] == bundles[1]["text/html"]
    assert "2 of 6 trainings are finished" in bundles[0]["text/plain"]
