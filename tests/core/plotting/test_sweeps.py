"""The map of a sweep shows every score, the best cell, and says what diverged."""

import math

import pytest
from matplotlib.colors import to_rgb

from bplearn import ArgumentError, History, SweepResult
from bplearn.plotting import alt_text, plot_sweep
from bplearn.sweeps import Run, Setting

SCORES = {(0.1, 8): [0.5, 0.7], (0.1, 32): [0.9, 0.9], (1.0, 8): [math.inf, 0.2], (1.0, 32): [0.3, 0.5]}


def result(optimizers=("SGD",)):
    runs = []
    for name in optimizers:
        for (rate, size), scores in SCORES.items():
            for seed, score in enumerate(scores):
                problem = "the loss is nan" if math.isinf(score) else None
                history = History(step_loss=[1.0], step_samples=[1], epoch_ends=[1], epoch_loss=[score])
                runs.append(Run(Setting(name, rate, size, seed), history, problem))
    return SweepResult(runs)


def test_each_cell_shows_the_mean_over_the_seeds_and_divergence_in_words():
    ax = plot_sweep(result())
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    assert cells == {(0, 0): "0.6", (1, 0): "0.9", (0, 1): "diverged", (1, 1): "0.4"}
    assert [label.get_text() for label in ax.get_xticklabels()] == ["8", "32"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0.1", "1"]


def test_the_best_cell_is_framed_and_deepest():
    ax = plot_sweep(result())
    frame = [patch for patch in ax.patches if not patch.get_fill()]
    assert len(frame) == 1
    assert (frame[0].get_x(), frame[0].get_y()) == (1 - 0.46, 1 - 0.46)
    light = {(p.get_x(), p.get_y()): sum(to_rgb(p.get_facecolor())) for p in ax.patches if p.get_fill()}
    assert min(light, key=light.get) == (0.5, 0.5)
    assert light[0.5, 0.5] < light[-0.5, -0.5] < light[0.5, -0.5]


def test_the_alt_text_says_the_numbers():
    assert alt_text(plot_sweep(result())) == (
        "Loss by learning rate and batch size: 2 rates, 2 sizes. Lowest 0.4 at rate 1, batch size 32. "
        "Rate 0.1: 0.6, 0.9. Rate 1: diverged, 0.4."
    )


def test_several_optimizers_need_one_named(message):
    both = result(("Adam", "SGD"))
    assert "optimizer= to be one of Adam, SGD" in message(ArgumentError, plot_sweep, both)
    assert plot_sweep(both, optimizer="Adam").get_title(loc="left") == "Loss, Adam"


def test_nothing_finished(message):
    assert message(ArgumentError, plot_sweep, SweepResult([])) == (
        "plot_sweep expected at least one finished run, got none."
    )


def test_it_draws_on_given_axes():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert plot_sweep(result(), ax=ax) is ax


@pytest.mark.parametrize("by", ["validation_loss", "speed"])
def test_a_measure_that_is_not_there(by, message):
    assert "validation data" in message(ArgumentError, plot_sweep, result(), by=by)
