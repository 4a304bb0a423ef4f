"""The training lab without a browser: own data, network and layer, the views, the watched weight, the batch noise."""

import itertools
import re

import numpy as np
import pytest

from bplearn import Dataset, Dense, Layer, Sequential, WeightTrace, datasets, mlp
from bplearn.errors import ArgumentError, ShapeError
from bplearn.panels.base.data_pictures import data_view
from bplearn.panels.base.loss_picture import loss_curve
from bplearn.panels.lab.epoch_noise import EpochNoise
from bplearn.panels.lab.epoch_noise_pictures import epoch_angles, epoch_arrows
from bplearn.panels.lab.experiment import Experiment
from bplearn.panels.lab.network_pictures import gradient_sizes, network_view, watch_words
from bplearn.panels.lab.watched_weight import WatchedWeight
from bplearn.panels.noise.logic import BatchNoise
from bplearn.widgets import training_lab
from tests.panels.test_graph_and_neuron import find


class Fragile(Layer):
    """y = x, until it is broken."""

    broken = False

    def forward(self, x):
        if type(self).broken:
            raise ZeroDivisionError("my own layer")
        return x, {}

    def backward(self, dy, cache, *, input_gradient=True):
        return dy, {}


def shown(panel, title):
    """The content of the view whose picture has this title."""
    return next(view.content for view, _ in panel._views if f">{title}</title>" in view.content)


def press(panel, view):
    find(panel, "ToggleButtons", "view").value = view


def data_sets(panel):
    """The view of the small pictures, and for each data set whether it is chosen."""
    view = next(view for view, _ in panel._views if "bpl-thumbs" in view.content)
    names = re.findall('aria-pressed="(true|false)">.*?<span>(.*?)</span>', view.content)
    return view, {name: pressed == "true" for pressed, name in names}


def chosen(panel):
    return [name for name, pressed in data_sets(panel)[1].items() if pressed]


def choose(panel, name):
    view, known = data_sets(panel)
    view._handle_custom_msg({"click": f"data-{list(known).index(name)}"}, [])


# --- what is the learner's own ---------------------------------------------------------------------------------------


def label(dial):
    """What stands beside a dial."""
    return f"{dial.text} {dial.note}".strip()


def test_the_lab_opens_on_a_dataset_and_names_it():
    rest, _ = datasets.digits().split(test=0.3, rng=0)
    lab = training_lab(rest, hidden=(4,), activation="ReLU")
    lab.logic.session.step()
    assert lab.logic.experiment.data is rest
    assert lab.logic.experiment.data_name == rest.name
    assert chosen(lab) == ["digits train"]
    choose(lab, "moons")
    assert (lab.logic.experiment.data, lab.error_message) == ("moons", "")
    choose(lab, "digits train")
    assert lab.logic.experiment.data is rest


def test_own_data_beside_a_set_of_the_same_name_and_few_samples():
    few = datasets.moons(30, rng=0)
    lab = training_lab(few, hidden=(4,))
    assert (few.name, chosen(lab)) == ("moons", ["moons (own)"])
    assert lab.logic.session.samples == 21
    assert label(find(lab, "Dial", "batch size")) == "21 (all)"
    assert label(find(training_lab("moons"), "Dial", "batch size")) == "32"


def test_a_network_of_ones_own_is_trained_as_a_copy():
    mine = Sequential(Dense(2, 3, rng=5), Fragile(), Dense(3, 1, rng=6))
    before = mine.parameters().value.copy()
    lab = training_lab("moons", network=mine)
    find(lab, "Button", "One epoch").click()
    assert lab.logic.session.epochs == 1
    assert lab.logic.session.network[0].W.shape == (2, 3)
    np.testing.assert_array_equal(mine.parameters().value, before)
    assert find(lab, "Text", "hidden layers").disabled
    choose(lab, "digits")
    assert "Dense(2 -&gt; 3) expected x of shape (N, 2), got (1, 64)" in lab.error_message
    assert chosen(lab) == ["moons"]
    assert lab.logic.session.epochs == 1


def test_a_function_of_the_seed_builds_the_network_anew():
    lab = training_lab("moons", network=lambda seed: mlp(2, 3, 1, rng=seed), seed=1)
    first = lab.logic.session.network.parameters().value
    np.testing.assert_array_equal(first, mlp(2, 3, 1, rng=1).parameters().value)
    find(lab, "Dial", "seed").value = 2
    np.testing.assert_array_equal(lab.logic.session.network.parameters().value, mlp(2, 3, 1, rng=2).parameters().value)


def test_what_does_not_fit_is_told_when_it_is_opened():
    with pytest.raises(ShapeError, match=r"Dense\(5 -> 1\) expected x of shape \(N, 5\), got \(1, 2\)"):
        training_lab("moons", network=mlp(5, 1, rng=0))
    with pytest.raises(ArgumentError, match="batch_size"):
        training_lab("moons", batch_size=500)


def test_an_error_in_ones_own_layer_stands_in_the_panel_which_lives_on(monkeypatch):
    lab = training_lab("moons", hidden=(4,), activation=Fragile)
    find(lab, "Button", "One epoch").click()
    assert find(lab, "Dropdown", "activation").label == "Fragile"
    monkeypatch.setattr(Fragile, "broken", True)
    find(lab, "Button", "One epoch").click()
    assert "ZeroDivisionError: my own layer" in lab.error_message
    assert "raise ZeroDivisionError" in lab.error_message
    monkeypatch.setattr(Fragile, "broken", False)
    find(lab, "Button", "One epoch").click()
    assert (lab.error_message, lab.logic.session.epochs) == ("", 2)


def test_a_choice_that_is_refused_is_taken_back_in_its_control():
    lab = training_lab("moons", batch_size=None)
    find(lab, "Text", "hidden layers").value = "eight"
    assert "hidden layers expected whole numbers such as 8, 8, got &#x27;eight&#x27;." in lab.error_message
    find(lab, "Text", "hidden layers").value = "3"
    assert lab.error_message == ""


def test_all_samples_at_once_can_be_chosen_and_begun_with():
    lab = training_lab("moons", hidden=(4,), batch_size=None)
    size = find(lab, "Dial", "batch size")
    assert label(size) == "210 (all)"
    find(lab, "Button", "One epoch").click()
    assert lab.logic.session.steps == 1
    size.value = 64
    assert lab.logic.session.batch_size == 64
    size.value = 210
    assert lab.logic.session.batch_size is None
    size.value = 1
    find(lab, "Button", "One epoch").click()
    assert lab.logic.session.steps == 211
    choose(lab, "sine")
    size.value = size.stops[-1]
    find(lab, "Button", "Reset").click()
    assert (label(size), lab.logic.experiment.batch_size, lab.error_message) == ("84 (all)", None, "")


# --- views -----------------------------------------------------------------------------------------------------------


def test_a_view_is_built_when_it_is_opened_and_drawn_only_while_it_is_shown(monkeypatch):
    looks = []
    compute = EpochNoise._compute
    monkeypatch.setattr(EpochNoise, "_compute", lambda *given: (looks.append(1), compute(*given)))
    lab = training_lab("moons", hidden=(4,))
    with pytest.raises(LookupError):
        find(lab, "Button", "Pin this run")
    find(lab, "Button", "One epoch").click()
    assert looks == []
    press(lab, "batch noise")
    assert len(looks) == 1
    assert "Batches of 32" in shown(lab, "Batches of this epoch")
    find(lab, "Button", "One step").click()
    assert len(looks) == 2
    press(lab, "runs")
    find(lab, "Button", "One step").click()
    assert len(looks) == 2
    find(lab, "Button", "Pin this run").click()
    press(lab, "gradients")
    assert "largest" in shown(lab, "Network with its gradients")
    with pytest.raises(LookupError):
        find(lab, "Button", "Pin this run")
    assert lab.error_message == ""


def test_runs_are_pinned_named_removed_and_saved_under_names_that_are_free(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lab = training_lab("moons", hidden=(4,))
    press(lab, "runs")
    find(lab, "Button", "Pin this run").click()
    assert "pin expected a run with at least one step" in lab.error_message
    find(lab, "Button", "One epoch").click()
    find(lab, "Text", "name of the run").value = "<b>mine</b>"
    find(lab, "Button", "Pin this run").click()
    table = next(view.content for view, _ in lab._views if "Runs compared" in view.content)
    assert "&lt;b&gt;mine&lt;/b&gt;" in table
    assert "<b>mine" not in table
    assert "&lt;b&gt;mine" in shown(lab, "Loss curve")
    for _ in range(2):
        find(lab, "Button", "Save CSV").click()
    find(lab, "Button", "Save curves").click()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "training_lab.csv", "training_lab.png", "training_lab_2.csv",
    ]  # fmt: skip
    assert (tmp_path / "training_lab.csv").read_text() == lab.logic.to_csv()
    assert (tmp_path / "training_lab.png").read_bytes().startswith(b"\x89PNG")
    find(lab, "Button", "Remove").click()
    assert lab.logic.runs == []


def test_what_all_runs_share_stands_in_the_caption():
    lab = training_lab("moons", hidden=(4,))
    press(lab, "runs")
    find(lab, "Button", "One epoch").click()
    find(lab, "Button", "Pin this run").click()
    find(lab, "Dropdown", "optimizer").value = "Adam"
    table = next(view.content for view, _ in lab._views if "Runs compared" in view.content)
    assert "Runs compared: data moons, hidden 4, activation Tanh, seed 0</caption>" in table
    assert re.findall('<th scope="col"[^>]*>([^<]*)</th>', table)[:4] == [
        "run",
        "optimizer",
        "learning rate",
        "batch size",
    ]


def test_the_code_of_the_run_is_shown_and_taken_off_again():
    lab = training_lab("moons", hidden=(4,))
    press(lab, "runs")
    find(lab, "Button", "Code").click()
    area = find(lab, "Textarea", "code of this run")
    assert area.value == lab.logic.experiment.code(lab.logic.session)
    assert area.layout.display is None
    find(lab, "Button", "Code").click()
    assert area.layout.display == "none"


def test_a_click_on_the_curve_goes_to_that_epoch():
    lab = training_lab("moons", hidden=(4,))
    lab.logic.session.epoch(6)
    lab.refresh()
    curve = next(view for view, _ in lab._views if ">Loss curve</title>" in view.content)
    history = lab.logic.session.history
    told = f"epoch 4, training {history.epoch_loss[3]:.3g}, unseen {history.validation_loss[3]:.3g}: click to go there"
    assert told in curve.content
    curve._handle_custom_msg({"click": "epoch-4"}, [])
    assert lab.logic.session.epochs == 4
    assert f"here: epoch 4, training {history.epoch_loss[3]:.3g}" in curve.content
    assert 'aria-label="epoch on the curve" aria-valuenow="4"' in curve.content


def test_the_best_epoch_is_marked_and_said():
    session = Experiment(hidden=(4,), learning_rate=1.0).build().epoch(9)
    best = session.history.best_epoch
    picture = loss_curve(session)
    assert f"best {min(session.history.validation_loss):.3g}, epoch {best}" in picture.body
    assert f"it was best after epoch {best}." in picture.desc
    assert "click to go there" not in picture.body
    assert "click to go there" in loss_curve(session, still=True).body


@pytest.mark.parametrize("by", ["updates", "epochs", "samples"])
def test_the_strips_of_the_curve_lie_side_by_side_over_all_of_it(by):
    session = Experiment(hidden=(4,)).build().epoch(80)
    body = loss_curve(session, by=by, still=True).body
    found = re.findall(r'<rect x="([\d.]+)" y="24" width="([\d.]+)" height="144" [^>]*data-key="epoch-(\d+)"', body)
    places = [(float(x), float(x) + float(width)) for x, width, _ in found]
    assert (len(places), int(found[0][2]), int(found[-1][2])) == (50, 0, 80)
    assert places[0][0] == 56
    assert places[-1][1] == pytest.approx(612, abs=0.1)
    assert all(a[1] == pytest.approx(b[0], abs=0.02) for a, b in itertools.pairwise(places))


def test_the_verdict_is_a_word_to_see_at_a_glance():
    lab = training_lab("sine", activation="ReLU", learning_rate=10)
    verdict = next(view for view, _ in lab._views if view.role == "status")
    assert "<strong>ready</strong>" in verdict.content
    lab.logic.session.epoch(200)
    lab.refresh()
    assert '<p class="bpl-verdict bpl-dashed"><strong>✗ diverged</strong>' in verdict.content
    assert "no longer a finite number" in verdict.content
    for view in ("gradients", "batch noise", "runs", "weights"):
        press(lab, view)
    assert lab.error_message == ""
    find(lab, "Button", "Reset").click()
    assert "<strong>ready</strong>" in verdict.content


def test_while_it_plays_a_screen_reader_is_told_at_most_once_a_second(monkeypatch):
    lab = training_lab("moons", hidden=(4,))
    verdict = next(view for view, _ in lab._views if view.role == "status")
    clock = [100.0]
    monkeypatch.setattr("bplearn.panels.lab.view.time.monotonic", lambda: clock[0])
    lab.refresh()
    lab.player.running = True
    told = []
    for _ in range(30):
        lab.player.work()
        lab.refresh()
        clock[0] += 0.1
        told.append(verdict.content)
    assert 3 <= len(set(told)) <= 4
    lab.player.running = False
    lab.refresh()
    assert f"update {lab.logic.session.steps:,}." in verdict.content


def test_while_it_plays_nothing_in_the_pictures_waits_for_a_click():
    lab = training_lab("moons", hidden=(4,))
    lab.logic.session.epoch(3)
    lab.refresh()
    assert "data-key" in shown(lab, "Loss curve")
    assert "data-key" in shown(lab, "Network with its weights")
    lab.player.running = True
    lab.refresh()
    assert "data-key" not in shown(lab, "Loss curve")
    assert "data-key" not in shown(lab, "Network with its weights")


# --- the watched weight ----------------------------------------------------------------------------------------------


def test_a_click_on_a_line_watches_its_weight_and_says_its_numbers():
    lab = training_lab("moons", hidden=(4,), learning_rate=0.5)
    lab.logic.session.step(9)
    lab.refresh()
    net = next(view for view, _ in lab._views if "Network with its" in view.content)
    assert 'data-key="edge-0-1-2"' in net.content
    assert find(lab, "Button", "Trace it").layout.display == "none"
    net._handle_custom_msg({"click": "edge-0-1-2"}, [])
    session = lab.logic.session
    weight, gradient = session.network[0].W[1, 2], session.network[0].W.grad[1, 2]
    said = f"W_h[1, 2] = {weight:.4g}, from x2 to z_h3; gradient {gradient:.3g}, last change {-0.5 * gradient:+.3g}"
    assert said in watch_words(lab.logic.watch)
    assert said in net.content
    assert any(said.partition(" = ")[2] in view.content for view, _ in lab._views if "<strong>W_h" in view.content)
    net._handle_custom_msg({"key": "ArrowDown"}, [])
    assert lab.logic.watch.index == (1, 2)
    net._handle_custom_msg({"key": "ArrowUp"}, [])
    net._handle_custom_msg({"key": "ArrowRight"}, [])
    assert lab.logic.watch.index == (0, 3)
    net._handle_custom_msg({"key": "PageDown"}, [])
    assert (lab.logic.watch.layer, lab.logic.watch.index) == (2, (0, 0))
    net._handle_custom_msg({"key": "Escape"}, [])
    assert lab.logic.watch.layer is None
    assert "to watch its weight" in "".join(view.content for view, _ in lab._views)


def test_the_code_to_trace_it_gives_the_gradient_that_is_shown():
    lab = training_lab("moons", hidden=(4,), optimizer="Adam")
    lab.logic.session.step(9)
    lab.logic.watch.choose(2, (3, 0))
    lab.refresh()
    find(lab, "Button", "Trace it").click()
    code = find(lab, "Textarea", "code to trace it").value
    *before, last = code.strip().split("\n")
    names = {"lab": lab}
    exec("\n".join(before), names)
    trace = eval(last, names)
    assert isinstance(trace, WeightTrace)
    assert trace.gradient == pytest.approx(lab.logic.watch.numbers().gradient, rel=1e-12)


def test_a_watched_weight_is_followed_into_the_next_run_where_there_is_one():
    lab = training_lab("moons", hidden=(4,))
    lab.logic.watch.choose(0, (1, 3))
    find(lab, "Button", "Reset").click()
    assert (lab.logic.watch.layer, lab.logic.watch.session) == (0, lab.logic.session)
    find(lab, "Text", "hidden layers").value = "2"
    assert lab.logic.watch.layer is None
    assert lab.error_message == ""


def test_a_watch_says_what_is_not_there():
    watch = WatchedWeight(Experiment(hidden=(4,)).build())
    with pytest.raises(ArgumentError, match="layer expected the number of a Dense layer: 0, 2, got 1"):
        watch.choose(1, (0, 0))
    with pytest.raises(ArgumentError, match=r"index expected an entry of weights of shape \(2, 4\), got \(2, 0\)"):
        watch.choose(0, (2, 0))
    with pytest.raises(ArgumentError, match="the watch expected a chosen weight, got none"):
        watch.numbers()
    assert watch.choose(0, (1, 1)).numbers().gradient is None
    assert watch.choose_key("edge-0-1-1").layer is None
    assert watch.code() == ""


def test_gradients_are_shown_after_a_return_too():
    session = Experiment(hidden=(4,)).build().epoch(5)
    session.rewind(2)
    fresh = Experiment(hidden=(4,)).build().epoch(2)
    assert gradient_sizes(session).desc == gradient_sizes(fresh).desc
    assert network_view(session, "gradients").body == network_view(fresh, "gradients").body
    means = [np.abs(fresh.network.parameters().part(fresh.update.gradient, fresh.network[k].W)).mean() for k in (0, 2)]
    assert gradient_sizes(session).desc == f"Dense 1: {means[0]:.2g}, Dense 2: {means[1]:.2g}."


def test_a_watched_unit_of_a_wide_layer_is_among_those_shown():
    session = Experiment("digits", hidden=(32,)).build().step()
    watch = WatchedWeight(session).choose(0, (29, 17))
    body = network_view(session, "weights", watch, still=True).body
    assert 'data-key="edge-0-29-17"' in body
    assert body.count('data-key="edge-0-') == body.count('data-key="edge-2-') == 100
    assert f"W_h[29, 17] = {session.network[0].W[29, 17]:.3g}" in body


# --- the noise of the epoch ------------------------------------------------------------------------------------------


def test_the_noise_of_the_epoch_is_that_of_its_batches_at_the_weights_as_they_are():
    start = Experiment("moons", hidden=(4,), batch_size=50)
    session, data = start.build().step(7), start.parts()[0]
    seen = EpochNoise().refresh(session, data)
    network = session.network
    for number, rows in enumerate(session.epoch_batches()):
        y, tape = network.forward(data.x[rows])
        _, cache = session.loss.forward(y, data.targets[rows])
        network.backward(session.loss.backward(cache), tape)
        np.testing.assert_allclose(seen.noise.gradients[number], network.parameters().grad, atol=1e-14)
    assert (len(seen.noise.gradients), seen.latest) == (5, 1)
    assert "7 batch" not in epoch_arrows(seen).body
    assert "5 batches of 50" in epoch_arrows(seen).body
    assert seen.noise.verdict().sentence in epoch_arrows(seen).desc
    assert f"median {np.median(seen.noise.angles):.0f}" in epoch_angles(seen).desc


def test_of_many_batches_some_are_shown_and_the_latest_is_among_them():
    start = Experiment("moons", hidden=(4,), batch_size=1)
    session, data = start.build(), start.parts()[0]
    for steps in (3, 100, 100):
        session.step(steps)
        seen = EpochNoise().refresh(session, data)
        assert len(seen.noise.gradients) == 60
        one = BatchNoise(session.network, data, loss=session.loss, batch_size=1, batches=[session.update.indices])
        np.testing.assert_allclose(seen.noise.gradients[seen.latest], one.gradients[0], atol=1e-14)


def test_before_the_first_update_the_batches_to_come_are_shown():
    start = Experiment("moons", hidden=(4,), batch_size=None)
    seen = EpochNoise().refresh(start.build(), start.parts()[0])
    assert seen.latest is None
    assert "no noise at all" in epoch_arrows(seen).desc
    assert "latest" not in epoch_arrows(seen).body


def test_in_a_hurry_an_older_look_does_for_a_while():
    start = Experiment("moons", hidden=(4,))
    session, data = start.build().step(), start.parts()[0]
    seen = EpochNoise().refresh(session, data, throttle=True)
    for _ in range(20):
        seen.refresh(session.step(), data, throttle=True)
    assert seen.looks == 1
    assert seen.refresh(session, data).looks == 2
    assert seen.refresh(session, data).looks == 2
    assert seen.refresh(start.build(), data, throttle=True).looks == 3


def test_where_there_is_no_gradient_it_is_said():
    start = Experiment("sine", hidden=(8,), activation="ReLU", learning_rate=1e6)
    session, data = start.build(), start.parts()[0]
    seen = EpochNoise()
    while not session.diverged:
        seen.refresh(session.step(), data)
    assert seen.noise is None
    assert "beyond all bounds" in epoch_arrows(seen).alt or "no longer finite" in epoch_arrows(seen).alt
    assert epoch_angles(seen).alt
    data = Dataset(np.linspace(0, 1, 20)[:, None], np.zeros((20, 1)), name="nothing")
    flat = Experiment(data, own_network=Sequential(Dense(1, 1, weights=[[0.0]])), batch_size=None).build()
    seen.refresh(flat, data)
    assert "zero here" in seen.problem
    assert "zero here" in epoch_arrows(seen).alt


def test_the_noise_of_a_very_steep_place_is_drawn_all_the_same():
    start = Experiment("sine", hidden=(8,), activation="ReLU", learning_rate=10)
    session, data = start.build().step(3), start.parts()[0]
    seen = EpochNoise().refresh(session, data)
    assert np.abs(seen.noise.full).max() > 1e3
    assert "batches of 32" in epoch_arrows(seen).body
    np.testing.assert_allclose(np.linalg.norm(seen.noise.axes()[0], axis=1), 1)


# --- what is seen of the data ----------------------------------------------------------------------------------------


def test_the_border_is_drawn_where_the_answer_changes():
    start = Experiment("moons", own_network=mlp(2, 1, rng=0))
    session, (train, unseen) = start.build(), start.parts()
    session.network.parameters().replace(np.array([1.0, 0.0, -0.5]))  # zero where x1 = 0.5
    body = data_view(session, train, unseen, unseen.x).body
    low, high = train.x.min(axis=0), train.x.max(axis=0)
    middle, half = (low + high) / 2, float((high - low).max()) * 0.56
    across = 8 + 250 * ((0.5 - middle[0]) / half + 1) / 2
    border = next(piece for piece in re.findall(r'<path d="([^"]*)"', body) if "L" in piece)
    xs = {float(x) for x in re.findall(r"[ML]([\d.]+) ", border)}
    assert max(abs(x - across) for x in xs) < 0.1


@pytest.mark.parametrize("data", ["moons", "circles", "blobs", "spirals", "sine", "digits"])
def test_every_data_set_is_drawn_before_and_after_a_step(data):
    lab = training_lab(data, hidden=(4,))
    for _ in range(2):
        for view in ("gradients", "batch noise", "runs", "weights"):
            press(lab, view)
        find(lab, "Button", "One epoch").click()
    assert lab.error_message == ""
    assert "nan" not in "".join(view.content for view, _ in lab._views)
    assert f"Training lab: {data}" in repr(lab)
