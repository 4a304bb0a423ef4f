"""A nan is a gap between measurements, one bad step, or the end of a training; losses that grow are no explosion."""

import io

import numpy as np
import pytest

from bplearn.plotting import alt_text, plot_loss
from bplearn.plotting.loss_lines import moving_average
from tests.core.plotting.drawn import drawn, lines_of

NAN, INF = float("nan"), float("inf")


class Frame:
    """A data frame as far as plot_loss asks it: names of columns, and a column of each."""

    def __init__(self, columns):
        self.held, self.columns = columns, list(columns)

    def __getitem__(self, name):
        return np.array(self.held[name])


SPARSE = {"training": [[9, 19], [0.9, 0.5]], "validation": [[9, 19], [0.8, 0.6]]}


@pytest.mark.parametrize("first", ["train", "val"])
@pytest.mark.parametrize("form", [Frame, dict])
def test_rows_of_their_own_are_gaps(first, form):
    train, val = ([0.9, NAN, 0.5, NAN], [NAN, 0.8, NAN, 0.6])
    if first == "val":
        train, val = [NAN, 0.9, NAN, 0.5], [0.8, NAN, 0.6, NAN]
    log = form({"epoch": [0, 0, 1, 1], "step": [9, 9, 19, 19], "train_loss": train, "val_loss": val})
    ax = plot_loss(log)
    assert lines_of(ax) == SPARSE
    assert "finite" not in alt_text(ax)


@pytest.mark.parametrize(
    ("val", "places"),
    [
        ([NAN, 0.8, NAN, 0.6, NAN, 0.5], [2, 4, 6]),
        ([0.8, NAN, NAN, 0.6, NAN, NAN], [1, 4]),
        ([NAN, NAN, 0.8, NAN, NAN, 0.6], [3, 6]),
        ([None, 0.8, None, 0.6, None, None], [2, 4]),
    ],
)
def test_a_validation_every_k_epochs_is_bridged(val, places):
    ax = plot_loss({"loss": [6, 5, 4, 3, 2, 1], "val_loss": val})
    assert lines_of(ax)["validation"][0] == places
    assert np.isfinite(lines_of(ax)["validation"][1]).all()
    assert "finite" not in alt_text(ax)


@pytest.mark.parametrize("bad", [NAN, INF, -INF, np.float32("nan")])
@pytest.mark.parametrize("wrap", [list, np.array, lambda losses: {"loss": losses, "val_loss": [1.0] * 5}])
def test_one_bad_step_is_a_gap_that_is_told(bad, wrap):
    ax = plot_loss(wrap([0.9, 0.8, bad, 0.7, 0.6]))
    places, values = lines_of(ax)["training"]
    assert places == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(values, [0.9, 0.8, NAN, 0.7, 0.6])
    assert "not finite at" in alt_text(ax)
    assert " 3" in alt_text(ax).split("not finite at")[1].split(".")[0]
    assert "no longer finite" not in alt_text(ax)
    assert "not finite at" in ax.get_title(loc="right")
    assert [line.get_xdata().tolist() for line in ax.lines if line.get_label() == "_bad"] == [[3]]


def test_many_bad_steps_are_counted():
    losses = np.linspace(2, 1, 100)
    losses[[0, 10, 11, 50, 51]] = [INF, NAN, NAN, INF, NAN]
    ax = plot_loss(losses)
    assert "first 1.99" in alt_text(ax)
    assert "not finite 5 times, first at step 1." in alt_text(ax)
    assert np.isnan(drawn(losses, smooth=9)["training"][1]).sum() == 5


def test_a_value_alone_between_two_gaps_is_a_dot():
    ax = plot_loss([0.9, NAN, 0.8, INF, 0.7, 0.6])
    assert [line.get_xdata().tolist() for line in ax.lines if line.get_label() == "_alone"] == [[1, 3]]


@pytest.mark.parametrize("end", [[NAN], [INF, NAN], [INF, INF, NAN, NAN]])
def test_divergence_ends_the_line_and_is_told(end):
    for log in ([0.9, 1.2, *end], Frame({"loss": [0.9, 1.2, *end], "val_loss": [0.8, 0.9, *end]})):
        ax = plot_loss(log)
        assert lines_of(ax)["training"] == [[1, 2], [0.9, 1.2]]
        assert "no longer finite from" in alt_text(ax)
        assert any("not finite from" in text.get_text() for text in ax.texts)


def test_a_training_that_diverges_in_rows_of_its_own():
    rows = {"step": [1, 1, 2, 2, 3], "train_loss": [0.9, NAN, 0.8, NAN, NAN], "val_loss": [NAN, 0.9, NAN, 0.8, NAN]}
    assert "training: first 0.9, last 0.8 at step 2, lowest 0.8 at step 2, no longer finite from step 3 on" in alt_text(
        plot_loss(Frame(rows))
    )


def test_means_by_epoch_leave_bad_steps_out():
    log = {"epoch": [1, 1, 2, 2], "loss": [4, INF, 3, 1]}
    assert drawn(log, by="epoch")["training"] == [[1, 2], [4, 2]]
    assert "not finite at step 2" in alt_text(plot_loss(log))


def test_a_moving_average_leaves_nan_out():
    np.testing.assert_allclose(moving_average(np.array([1, NAN, 3.0, 3, 3]), 3), [1, NAN, 3, 3, 3])


def test_real_data_frames(tmp_path):
    pd = pytest.importorskip("pandas")
    text = "epoch,step,train_loss,val_loss\n0,9,0.9,\n0,9,,0.8\n1,19,0.5,\n1,19,,0.6\n"
    (tmp_path / "metrics.csv").write_text(text)
    for read in (pd.read_csv(io.StringIO(text)), pd.read_csv(io.StringIO(text)).convert_dtypes()):
        assert drawn(read) == SPARSE
    assert {name.removeprefix("metrics "): at for name, at in drawn(tmp_path / "metrics.csv").items()} == SPARSE
    indexed = pd.DataFrame({"loss": [3, 2], "epoch": [5, 6]}).set_index("epoch")
    assert drawn(indexed)["training"] == [[5, 6], [3, 2]]
    assert drawn(pd.Series([3, 2], index=[10, 20]))["training"] == [[10, 20], [3, 2]]
    assert drawn(pd.DataFrame({"loss": [3, 2], "phase": ["train", "val"], "epoch": [1, 1]})) == {
        "training": [[1], [3]],
        "validation": [[1], [2]],
    }
    assert set(drawn(pd.DataFrame({"adam": [3, 2], "sgd": [3, 1]}))) == {"adam", "sgd"}
    log = pd.DataFrame([{"loss": 0.9, "step": 1}, {"eval_loss": 0.8, "step": 1}, {"loss": 0.7, "step": 2}])
    assert drawn(log) == {"training": [[1, 2], [0.9, 0.7]], "validation": [[1], [0.8]]}


# losses that grow


@pytest.mark.parametrize(
    "log",
    [
        {"loss": [0.7, 0.8, 1.6, 2.9, 4.2, 4.9]},
        {"d_loss": [0.7, 0.6, 0.5, 0.4, 0.3, 0.2], "g_loss": [0.7, 1.6, 2.9, 4.2, 6.9, 8.1]},
        {"critic_loss": [0.02, -5, -12, -21, -30, -33], "gen_loss": [0.01, 3, 9, 14, 25, 31]},
        {"loss": [0.9, 0.5, 0.2, 0.1, 0.05, 0.01], "val_loss": [0.9, 0.8, 1.5, 3.0, 5.5, 9.0]},
    ],
)
def test_losses_that_grow_are_drawn_whole(log):
    ax = plot_loss(log)
    held = [values for _, values in lines_of(ax).values()]
    assert held == [list(map(float, values)) for values in log.values()]
    low, high = ax.get_ylim()
    assert low <= min(map(min, log.values()))
    assert high >= max(map(max, log.values()))
    assert not any("above" in text.get_text() for text in ax.texts)


def test_an_explosion_can_be_drawn_whole():
    runs = [2.0, 5.0, 1e3, 1e9, 1e12], [2.0, 1.0, 0.5, 0.4, 0.3]
    assert plot_loss(*runs).get_ylim()[1] < 20
    ax = plot_loss(*runs, clip=False)
    assert ax.get_ylim()[1] > 1e12
    assert lines_of(ax)["run 1"][1] == list(runs[0])
