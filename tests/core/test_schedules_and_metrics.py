"""Schedules by hand at a few steps; metrics against counting."""

import math

import numpy as np
import pytest

from bplearn import (
    ArgumentError,
    ShapeError,
    TargetError,
    accuracy,
    confusion_matrix,
    f1_score,
    mean_absolute_error,
    schedules,
)


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (schedules.constant(0.3), {0: 0.3, 10**9: 0.3}),
        (schedules.step_decay(0.8, every=10), {0: 0.8, 9: 0.8, 10: 0.4, 19: 0.4, 20: 0.2, 100: 0.8 / 1024}),
        (schedules.step_decay(1, every=2, factor=0.1), {1: 1, 2: 0.1, 5: 0.01}),
        (schedules.cosine(0.1, steps=100), {0: 0.1, 50: 0.05, 100: 0.0, 10**6: 0.0, 25: 0.05 * (1 + math.sqrt(0.5))}),
        (schedules.cosine(1, steps=10, final=0.2), {0: 1, 5: 0.6, 10: 0.2, 11: 0.2}),
        (schedules.warm_up(0.5, steps=5), {0: 0.1, 1: 0.2, 4: 0.5, 5: 0.5, 99: 0.5}),
        (schedules.warm_up(schedules.cosine(1, steps=10), steps=4), {0: 0.25, 3: 1, 4: 1, 9: 0.5, 14: 0}),
        (schedules.warm_up(schedules.step_decay(1, every=2), steps=2), {0: 0.5, 1: 1, 2: 1, 3: 1, 4: 0.5}),
    ],
)  # fmt: skip
def test_the_rate_at_a_step(schedule, rates):
    assert {step: schedule(step) for step in rates} == pytest.approx(rates, abs=1e-15)


def test_no_rate_is_ever_below_zero():
    for schedule in (schedules.cosine(1, steps=7), schedules.warm_up(schedules.cosine(1, steps=7), steps=3)):
        assert min(schedule(step) for step in range(50)) >= 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: schedules.constant(-1), "rate expected a number of at least 0, got -1."),
        (lambda: schedules.cosine(0.1, steps=0), "steps expected a whole number of at least 1, got 0."),
        (lambda: schedules.step_decay(0.1, every=1.5), "every expected a whole number of at least 1, got 1.5."),
        (lambda: schedules.warm_up("fast", steps=3), "rate expected a number of at least 0, got 'fast'."),
        (lambda: schedules.cosine(0.1, steps=3, final=math.nan), "final expected a number of at least 0, got nan."),
    ],
)
def test_a_schedule_that_makes_no_sense_is_named(call, message):
    with pytest.raises(ArgumentError) as caught:
        call()
    assert str(caught.value) == message


def test_metrics_by_counting():
    rng = np.random.default_rng(0)
    predicted, targets = rng.integers(0, 4, 200), rng.integers(0, 4, 200)
    pairs = list(zip(predicted.tolist(), targets.tolist(), strict=True))
    assert accuracy(predicted, targets) == sum(p == t for p, t in pairs) / 200
    table = confusion_matrix(predicted, targets)
    assert table.tolist() == [
        [sum((t, p) == (row, column) for p, t in pairs) for column in range(4)] for row in range(4)
    ]
    assert table.sum() == 200
    assert table.trace() / 200 == accuracy(predicted, targets)


def test_a_class_that_nobody_met_has_its_row():
    assert confusion_matrix([0, 0], [0, 0]).tolist() == [[2]]
    assert confusion_matrix([0], [0], n_classes=3).shape == (3, 3)
    assert confusion_matrix([2], [0]).shape == (3, 3)


def test_distance_of_values():
    assert mean_absolute_error([[1.0, -1.0], [3.0, 0.0]], [[0.0, 1.0], [3.0, 5.0]]) == (1 + 2 + 0 + 5) / 4


def test_rows_of_yes_and_no_count_entry_by_entry():
    assert accuracy([[1, 0], [1, 1]], [[1, 1], [1, 1]]) == 0.75


def f1_by_counting(predicted, targets, kind):
    pairs = list(zip(predicted, targets, strict=True))
    found = sum(p == t == kind for p, t in pairs)
    precision = found / max(1, sum(p == kind for p, _ in pairs))
    recall = found / max(1, sum(t == kind for _, t in pairs))
    return 2 * precision * recall / (precision + recall) if found else 0.0


def test_f1_is_the_harmonic_mean_of_precision_and_recall_for_each_class_that_occurs():
    rng = np.random.default_rng(0)
    for _ in range(20):
        predicted, targets = rng.integers(0, 4, 12), rng.choice([0, 0, 0, 1, 3, 5], 12)
        kinds = sorted({*predicted.tolist(), *targets.tolist()})
        wanted = [f1_by_counting(predicted, targets, kind) for kind in kinds]
        assert f1_score(predicted, targets) == pytest.approx(np.mean(wanted))
        assert f1_score(predicted, targets, average=None)[kinds] == pytest.approx(wanted)
    with pytest.raises(ArgumentError, match="f1_score's average"):
        f1_score([0, 1], [0, 1], average="weighted")


@pytest.mark.parametrize("metric", [accuracy, confusion_matrix, f1_score, mean_absolute_error])
def test_answers_of_another_shape_are_never_broadcast(metric):
    with pytest.raises(ShapeError) as caught:
        metric(np.zeros((3, 1), int), np.zeros(3, int))
    assert str(caught.value) == (
        f"{metric.__name__} expected answers of the targets' shape (3,), at least one, got (3, 1). "
        "Pass what network.predict answers, not its raw outputs."
    )
    with pytest.raises(ShapeError, match="at least one"):
        metric([], [])


@pytest.mark.parametrize(
    ("predicted", "n_classes", "message"),
    [
        ([0, 5], 2, "confusion_matrix expected class numbers 0..1, got 5 at row 1."),
        ([-1, 0], None, "confusion_matrix expected class numbers 0..1, got -1 at row 0."),
        ([0.5, 0.0], 2, "confusion_matrix expected class numbers 0..1, got float64 values such as np.float64(0.5). "),
        (["cat", "dog"], None, "confusion_matrix expected class numbers 0..0, got <U3 values such as np.str_('cat'). "),
    ],
)
def test_a_confusion_of_what_is_no_class_is_named(predicted, n_classes, message):
    with pytest.raises(TargetError) as caught:
        confusion_matrix(predicted, [0, 1], n_classes=n_classes)
    assert str(caught.value).startswith(message)
