"""Sweeps: every way of running them gives the same numbers, and nothing that is finished is lost or done twice."""

import concurrent.futures
import contextlib
import csv
import functools
import json
import math
import os
import signal

import numpy as np
import pytest

from bplearn import (
    SGD,
    Adam,
    ArgumentError,
    BinaryCrossEntropy,
    Dense,
    FileFormatError,
    Layer,
    Momentum,
    Parameter,
    RMSProp,
    Sequential,
    datasets,
    fit,
    mlp,
)
from bplearn.errors import WorkersLost
from bplearn.functional import sigmoid, sum_over_samples
from bplearn.sweeps import sweep
from bplearn.sweeps.stacked import can_stack, train_stacked

DATA = datasets.moons(60, rng=0)
SETTINGS = {
    "loss": BinaryCrossEntropy(),
    "learning_rates": [0.1, 1.0],
    "batch_sizes": [7, 60],
    "seeds": [0, 1],
    "epochs": 3,
    "progress": False,
}


def build(seed):
    return mlp(2, 4, 1, rng=seed)


def curves(result):
    return {run.setting: run.history.step_loss for run in result.runs}


def by_hand():
    """The same runs without the sweep: plain loops over `fit`."""
    found = {}
    for size in SETTINGS["batch_sizes"]:
        for rate in SETTINGS["learning_rates"]:
            for seed in SETTINGS["seeds"]:
                plain = {"loss": BinaryCrossEntropy(), "optimizer": SGD(rate), "epochs": 3, "batch_size": size}
                history = fit(build(seed), DATA, rng=seed, progress=False, **plain)
                found["SGD", rate, size, seed] = history.step_loss
    return found


def test_serial_is_plain_loops_over_fit_to_the_last_bit():
    assert curves(sweep(build, DATA, executor="serial", **SETTINGS)) == by_hand()


def test_loky_is_serial_to_the_last_bit_and_takes_functions_typed_in_a_cell():
    pytest.importorskip("loky")
    assert curves(sweep(lambda seed: mlp(2, 4, 1, rng=seed), DATA, **SETTINGS)) == by_hand()


def test_a_standard_pool_is_serial_to_the_last_bit():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert curves(sweep(build, DATA, executor=pool, **SETTINGS)) == by_hand()


@pytest.mark.parametrize("make", [SGD, Momentum, functools.partial(Momentum, nesterov=True), Adam, RMSProp])
def test_stacked_agrees_with_serial_to_rounding(make):
    settings = {**SETTINGS, "learning_rates": [0.003, 0.03], "optimizers": {"rule": make}, "epochs": 8}
    validation = datasets.moons(40, rng=5)
    serial = sweep(build, DATA, executor="serial", validation=validation, **settings)
    stacked = sweep(build, DATA, executor="stacked", validation=validation, **settings)
    assert [run.setting for run in serial.runs] == [run.setting for run in stacked.runs]
    for one, other in zip(serial.runs, stacked.runs, strict=True):
        np.testing.assert_allclose(other.history.step_loss, one.history.step_loss, rtol=1e-10)
        np.testing.assert_allclose(other.history.epoch_loss, one.history.epoch_loss, rtol=1e-10)
        np.testing.assert_allclose(other.history.validation_loss, one.history.validation_loss, rtol=1e-10)


@pytest.mark.parametrize("loss_name", ["MeanSquaredError", "HalfSquaredError", "MeanAbsoluteError", "Huber"])
def test_stacked_regression_agrees_with_serial(loss_name):
    import bplearn

    settings = {**SETTINGS, "loss": getattr(bplearn, loss_name)(), "learning_rates": [0.01, 0.1]}
    data = datasets.noisy_sine(30, rng=0)
    settings["batch_sizes"] = [7, 30]
    pair = [sweep(lambda seed: mlp(1, 5, 1, rng=seed), data, executor=e, **settings) for e in ("serial", "stacked")]
    for one, other in zip(*(result.runs for result in pair), strict=True):
        np.testing.assert_allclose(other.history.step_loss, one.history.step_loss, rtol=1e-10)


def test_stacked_digits_agree_with_serial():
    import bplearn

    data = datasets.digits().astype(np.float64)
    small = bplearn.Dataset(data.x[:90], data.targets[:90], target_names=data.target_names)
    settings = {**SETTINGS, "loss": bplearn.SoftmaxCrossEntropy(), "batch_sizes": [32]}
    pair = [sweep(lambda seed: mlp(64, 9, 10, rng=seed), small, executor=e, **settings) for e in ("serial", "stacked")]
    for one, other in zip(*(result.runs for result in pair), strict=True):
        np.testing.assert_allclose(other.history.step_loss, one.history.step_loss, rtol=1e-10)


class Gate(Layer):
    """y = x * sigmoid(a * x) + b: a layer with parameters of its own, one of them a row, one of them (1, 1)."""

    def __init__(self, a=1.0):
        self.a, self.b = Parameter([[a]], "a"), Parameter([0.1, 0.2, 0.3, 0.4], "b")

    def forward(self, x):
        a, s = self.a.value, sigmoid(self.a.value * x)
        return x * s + self.b.value, {"x": x, "s": s, "a": a}

    def backward(self, dy, cache, *, input_gradient=True):
        x, s, a = cache["x"], cache["s"], cache["a"]
        slope = x * s * (1 - s)
        grads = {"a": (dy * x * slope).sum(axis=(-2, -1), keepdims=True), "b": sum_over_samples(dy)}
        return dy * (s + a * slope), grads


@pytest.mark.parametrize("inside", [True, False], ids=["in the package", "in a notebook"])
def test_a_layer_with_parameters_of_its_own_is_stacked_or_trained_one_by_one(inside, monkeypatch):
    if inside:
        monkeypatch.setattr(Gate, "__module__", "bplearn.layers.gate")

    def make(seed):
        return Sequential(Dense(2, 4, rng=seed), Gate(0.5 + seed), Dense(4, 1, rng=seed))

    assert can_stack(make(0), SGD(0.1), BinaryCrossEntropy()) == inside
    serial = sweep(make, DATA, executor="serial", **SETTINGS)
    said = contextlib.nullcontext() if inside else pytest.warns(UserWarning, match="Gate is not one of bplearn's")
    with said:
        stacked = sweep(make, DATA, executor="stacked", **SETTINGS)
    for one, other in zip(serial.runs, stacked.runs, strict=True):
        np.testing.assert_allclose(other.history.step_loss, one.history.step_loss, rtol=1e-10)
    if inside:
        twins, rngs = [make(0), make(1)], [np.random.default_rng(k) for k in range(2)]
        one = make(1)
        rules, options = [SGD(0.1), SGD(0.3)], {"loss": BinaryCrossEntropy(), "epochs": 2, "batch_size": 20}
        targets = BinaryCrossEntropy().prepare_targets(DATA.targets, (60, 1))
        list(train_stacked(twins, DATA.x, targets, optimizers=rules, rngs=rngs, **options))
        fit(one, DATA, optimizer=SGD(0.3), rng=1, progress=False, **options)
        np.testing.assert_allclose(twins[1].parameters().value, one.parameters().value, rtol=1e-10)
        assert one[1].a.value != make(1)[1].a.value, "a is learned"


def test_what_cannot_be_stacked_is_trained_one_by_one():
    clipped = {"clipped": functools.partial(SGD, clip_norm=0.1)}
    assert not can_stack(build(0), SGD(0.1, clip_norm=0.1), BinaryCrossEntropy())
    serial = sweep(build, DATA, executor="serial", optimizers=clipped, **SETTINGS)
    with pytest.warns(UserWarning, match=r"one by one, not stacked: SGD\(.* has more than a plain learning rate"):
        stacked = sweep(build, DATA, executor="stacked", optimizers=clipped, **SETTINGS)
    assert curves(serial) == curves(stacked)


def test_networks_of_different_shapes_are_refused():
    with pytest.raises(ArgumentError, match=r"agree in layer 0, got Dense\(2 -> 3\), Dense\(2 -> 4\)"):
        next(
            train_stacked(
                [mlp(2, 3, 1, rng=0), mlp(2, 4, 1, rng=0)],
                DATA.x,
                DATA.targets,
                loss=BinaryCrossEntropy(),
                optimizers=[SGD(1), SGD(1)],
                epochs=1,
                batch_size=5,
                rngs=[None, None],
            )
        )


@pytest.mark.parametrize("executor", ["serial", "stacked"])
def test_a_run_that_diverges_is_a_result(executor):
    import bplearn

    data = datasets.noisy_sine(30, rng=0)
    result = sweep(
        lambda seed: mlp(1, 1, rng=seed),
        data,
        loss=bplearn.MeanSquaredError(),
        learning_rates=[0.01, 1e6],
        batch_sizes=[30],
        epochs=60,
        executor=executor,
        progress=False,
    )
    good, bad = result.runs
    assert good.problem is None
    assert good.history.epochs == 60
    assert bad.problem.startswith("the loss is ")
    assert np.isfinite(bad.history.step_loss).all()
    assert 0 < bad.history.steps < 60
    assert bad.score() == math.inf
    assert result.best().learning_rate == 0.01
    assert "diverged" in repr(result)


def test_a_sweep_goes_on_from_its_file_and_computes_nothing_twice(tmp_path):
    path, built = tmp_path / "sweep.jsonl", []

    def counting(seed):
        built.append(seed)
        return build(seed)

    whole = sweep(counting, DATA, executor="serial", path=path, **SETTINGS)
    lines = path.read_text().splitlines(keepends=True)
    assert len(lines) == 1 + 8
    path.write_text("".join(lines[:4]) + lines[4][:25])  # killed while it wrote the fourth run
    built.clear()
    again = sweep(counting, DATA, executor="serial", path=path, **SETTINGS)
    assert curves(again) == curves(whole)
    assert len(built) == 2 + 5  # two to look at the network, one for each of the five missing runs
    assert path.read_text().splitlines(keepends=True) == lines
    built.clear()
    sweep(counting, DATA, executor="serial", path=path, **SETTINGS)
    assert len(built) == 2


def test_the_file_of_another_sweep_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "sweep.jsonl"
    sweep(build, DATA, executor="serial", path=path, **SETTINGS)
    before = path.read_bytes()
    with pytest.raises(FileFormatError, match="expected the file of this sweep, got another one"):
        sweep(build, DATA, executor="serial", path=path, **{**SETTINGS, "epochs": 4})
    path.with_name("x.txt").write_text("my diary")
    with pytest.raises(FileFormatError, match="expected the file of a sweep, got a file of another kind"):
        sweep(build, DATA, executor="serial", path=path.with_name("x.txt"), **SETTINGS)
    assert path.read_bytes() == before
    assert path.with_name("x.txt").read_text() == "my diary"


def test_ctrl_c_returns_what_is_finished(tmp_path):
    def stop_at_fifth(seed, built=[]):  # noqa: B006
        built.append(seed)
        if len(built) == 7:
            raise KeyboardInterrupt
        return build(seed)

    path = tmp_path / "kept.jsonl"
    with pytest.warns(UserWarning, match="Stopped by hand: 4 of 8 runs are finished"):
        result = sweep(stop_at_fifth, DATA, executor="serial", path=path, **SETTINGS)
    assert result.interrupted
    assert len(result) == 4
    assert len(path.read_text().splitlines()) == 5


class Dying:
    """An executor whose worker dies at chosen tasks: the rest of its pool is then broken, as in a real one."""

    def __init__(self, deaths):
        self.deaths, self.broken = deaths, False

    def submit(self, function, *arguments):
        future = concurrent.futures.Future()
        self.broken = self.broken or (self.deaths and self.deaths.pop(0))
        if self.broken:
            future.set_exception(concurrent.futures.BrokenExecutor("a worker died"))
        else:
            future.set_result(function(*arguments))
        return future


def test_workers_that_die_again_and_again_end_the_sweep_with_a_clear_word():
    with pytest.raises(WorkersLost, match="expected workers that live, got 8 runs left after 3 tries"):
        sweep(build, DATA, executor=Dying([True] * 99), **SETTINGS)


def test_what_was_finished_before_a_death_is_kept(tmp_path):
    path = tmp_path / "kept.jsonl"
    with pytest.raises(WorkersLost):
        sweep(build, DATA, executor=Dying([False] * 3 + [True] * 99), path=path, **SETTINGS)
    assert len(path.read_text().splitlines()) == 1 + 3
    assert curves(sweep(build, DATA, executor="serial", path=path, **SETTINGS)) == by_hand()


def test_loky_replaces_a_worker_that_was_killed(tmp_path):
    pytest.importorskip("loky")
    marker = str(tmp_path / "died")

    def kill_once(seed):
        if seed == 1 and os.environ.get("LOKY_WORKER") and not os.path.exists(marker):  # noqa: PTH110
            open(marker, "w").close()  # noqa: PTH123
            os.kill(os.getpid(), signal.SIGKILL)
        return mlp(2, 4, 1, rng=seed)

    parent = os.getpid()

    def guarded(seed):
        if os.getpid() != parent:
            os.environ["LOKY_WORKER"] = "yes"
        return kill_once(seed)

    result = sweep(guarded, DATA, **SETTINGS)
    assert os.path.exists(marker)  # noqa: PTH110
    assert curves(result) == by_hand()


def test_grid_best_and_table_average_over_the_seeds(tmp_path):
    result = sweep(build, DATA, executor="serial", **SETTINGS)
    last = {run.setting: run.history.epoch_loss[-1] for run in result.runs}
    grid = result.grid()
    assert grid.shape == (2, 2)
    for i, rate in enumerate([0.1, 1.0]):
        for j, size in enumerate([7, 60]):
            assert grid[i, j] == pytest.approx((last["SGD", rate, size, 0] + last["SGD", rate, size, 1]) / 2, rel=1e-14)
    i, j = np.unravel_index(grid.argmin(), grid.shape)
    assert (result.best().learning_rate, result.best().batch_size) == ([0.1, 1.0][i], [7, 60][j])
    text = result.to_csv(tmp_path / "runs.csv")
    rows = list(csv.DictReader(text.splitlines()))
    assert (tmp_path / "runs.csv").read_text() == text
    assert float(rows[3]["loss"]) == last["SGD", 1.0, 7, 1]
    assert f"{grid[1, 0]:.4f}" in repr(result)
    assert f"{grid[1, 0]:.4f}" in result._repr_html_()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rates": []}, "learning_rates expected at least one, got none."),
        ({"learning_rates": [-1]}, "learning_rates' entry expected a number of at least 0, got -1."),
        ({"batch_sizes": [61]}, "batch_size expected at most the 60 samples there are, got 61."),
        ({"batch_sizes": []}, "batch_sizes expected at least one, got none."),
        ({"executor": "fast"}, 'executor expected an Executor, "serial", "stacked" or None, got \'fast\'.'),
    ],
)
def test_bad_arguments(change, message):
    with pytest.raises(ArgumentError) as caught:
        sweep(build, DATA, **{**SETTINGS, "executor": "serial", **change})
    assert str(caught.value).startswith(message)


def test_build_must_be_a_function():
    with pytest.raises(ArgumentError, match="build expected a function from a seed to a network"):
        sweep(mlp(2, 1, rng=0), DATA, **SETTINGS)


def test_history_in_the_file_is_plain_json(tmp_path):
    path = tmp_path / "sweep.jsonl"
    result = sweep(build, DATA, executor="serial", path=path, **SETTINGS)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    assert records[0]["format"] == "bplearn sweep 1"
    assert records[1]["history"]["step_loss"] == result.runs[0].history.step_loss
