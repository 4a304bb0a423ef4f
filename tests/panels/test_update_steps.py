"""The stepper's logic: published numbers one by one, there and back, the next iteration, predictions."""

import re

import numpy as np
import pytest

from bplearn import (
    SGD,
    ArgumentError,
    BinaryCrossEntropy,
    Convolution,
    Dense,
    Dropout,
    HalfSquaredError,
    Huber,
    LayerNorm,
    MaxPooling,
    MeanAbsoluteError,
    MeanSquaredError,
    ReLU,
    Residual,
    Sequential,
    ShapeError,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    TrainingDiverged,
    mlp,
    train,
)
from bplearn.panels.stepper.logic import UpdateSteps
from bplearn.panels.stepper.pictures import network_picture, step_html
from bplearn.panels.worked_example import worked_example
from bplearn.show.palette import GLOW
from bplearn.widgets import step_through

# Mazur's page; dL/dh and the second iteration with biases as in teaching notes of many courses.
PUBLISHED = {
    "y0.0": 0.3775, "y0.1": 0.3925, "y1.0": 0.593269992107, "y1.1": 0.596884378260,
    "y2.0": 1.105905967060, "y2.1": 1.224921404096, "y3.0": 0.751365069552, "y3.1": 0.772928465321,
    "L": 0.298371108760, "dy2.0": 0.138498561629, "dy2.1": -0.038098236517,
    "dW2.0.0": 0.082167040564, "dW2.1.0": 0.082667627848, "dW2.0.1": -0.022602540477, "dW2.1.1": -0.022740242216,
    "dy1.0": 0.036350306393, "dy1.1": 0.041370322649, "dy0.0": 0.008771354689, "dy0.1": 0.009954254705,
    "dW0.0.0": 0.000438567734, "dW0.1.0": 0.000877135469, "dW0.0.1": 0.000497712735, "dW0.1.1": 0.000995425471,
    "W0.0.0": 0.149780716133, "W0.1.0": 0.199561432266, "W0.0.1": 0.249751143632, "W0.1.1": 0.299502287265,
    "W2.0.0": 0.358916479718, "W2.1.0": 0.408666186076, "W2.0.1": 0.511301270239, "W2.1.1": 0.561370121108,
}  # fmt: skip


def test_every_published_number_appears():
    walk = UpdateSteps()
    walk.finish()
    for key, number in PUBLISHED.items():
        assert walk.known[key] == pytest.approx(number, abs=5e-13), key


def test_the_loss_after_one_and_many_updates_is_that_of_train():
    walk = UpdateSteps()
    walk.finish(3)
    x, t = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    steps = train(worked_example(), x, t, loss=HalfSquaredError(), optimizer=SGD(0.5), epochs=3, batch_size=1)
    assert [i.loss for i in walk.iterations] == [s.loss for s in steps]
    assert walk.iterations[1].loss == pytest.approx(0.280471446790, abs=5e-12)


def test_the_order_is_forward_cost_backward_update_and_backward_goes_from_the_last_layer_to_the_first():
    walk = UpdateSteps()
    seen = [(o.phase, o.layer) for o in walk.record.operations]
    phases = list(dict.fromkeys(p for p, _ in seen))
    assert phases == ["forward", "cost", "backward", "update"]
    assert list(dict.fromkeys(layer for p, layer in seen if p == "backward")) == [4, 3, 2, 1, 0]
    assert len(seen) == 8 + 1 + (2 + 2 + 8 + 2 + 6) + 12


def test_no_operation_uses_a_number_that_is_not_known_yet():
    for walk in (
        UpdateSteps(),
        UpdateSteps(mlp(3, 4, 2, activation=ReLU, rng=0), [1.0, -2, 3], 1, SoftmaxCrossEntropy()),
    ):
        known = {f"y-1.{i}" for i in range(3)}
        for operation in walk.record.operations:
            assert set(operation.uses) <= known, operation
            known.add(operation.key)


@pytest.mark.parametrize("by", ["operation", "layer", "phase"])
def test_on_and_back_again_meet_the_same_places(by):
    walk = UpdateSteps()
    places = [(0, 0)]
    for _ in range({"operation": 90, "layer": 30, "phase": 9}[by]):
        walk.next(by)
        places.append((walk.iteration, walk.place))
    ends = [(i, p) for i, p in places]
    for place in reversed(ends[:-1]):
        walk.back(by)
        if walk.place == 0 and (walk.iteration, 0) not in ends:
            walk.back(by)  # the start of an iteration is the end of the one before
            walk.place = len(walk.record.operations)
        if (walk.iteration, walk.place) != place:
            pytest.fail(f"{(walk.iteration, walk.place)} instead of {place}")


def test_by_phase_it_stops_at_the_end_of_each():
    walk = UpdateSteps()
    assert [walk.next("phase").phase for _ in range(5)] == ["forward", "cost", "backward", "update", "forward"]
    assert (walk.iteration, walk.now.name) == (1, "o2")


def test_the_network_has_its_new_weights_after_the_update_and_the_old_ones_before():
    walk = UpdateSteps()
    old = walk.network.parameters().value
    for _ in range(3):
        walk.next("phase")
    assert (walk.network.parameters().value == old).all()
    walk.next("phase")
    new = walk.network.parameters().value
    assert new[0] == pytest.approx(PUBLISHED["W0.0.0"], abs=5e-13)
    walk.back()
    assert (walk.network.parameters().value == old).all()


def test_an_earlier_iteration_can_be_opened_again():
    walk = UpdateSteps()
    walk.finish(4)
    walk.open(1)
    assert (walk.iteration, walk.place, walk.now) == (1, 0, None)
    walk.finish(3)
    assert len(walk.iterations) == 4
    with pytest.raises(ArgumentError, match="one of 0 to 3, got 7"):
        walk.open(7)


def test_another_learning_rate_changes_the_update_and_forgets_what_came_later():
    walk = UpdateSteps()
    walk.finish(3)
    walk.open(1)
    walk.next("phase")
    place = walk.place
    walk.set_learning_rate(0.0)
    assert (len(walk.iterations), walk.place) == (2, place)
    walk.finish()
    assert (walk.record.after == walk.record.before).all()


def evaluate(numbers):
    """Compute the written numbers as a calculator would."""
    text = numbers.replace("×", "*").replace("^", "**").replace("tanh", "np.tanh")
    calculator = {"np": np, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: max(z, 0)}
    return eval(text, calculator | {"exp": np.exp, "log": np.log, "sign": np.sign, "clip": np.clip})


WALKS = {
    "2-2-2": lambda: UpdateSteps(),
    "tanh": lambda: UpdateSteps(
        mlp(2, 3, 2, activation=Tanh, rng=1), [0.5, -1.5], [0.3, -0.2], MeanSquaredError(), 0.1
    ),
    "mean of one": lambda: UpdateSteps(mlp(2, 3, 1, activation=Tanh, rng=1), [0.5, -1.5], [0.3], MeanSquaredError()),
    "yes": lambda: UpdateSteps(mlp(2, 3, 1, activation=ReLU, rng=1), [0.5, -1.5], [1.0], BinaryCrossEntropy(), 0.1),
    "no": lambda: UpdateSteps(mlp(2, 3, 1, activation=ReLU, rng=1), [0.5, -1.5], [0.0], BinaryCrossEntropy(), 0.1),
    "classes": lambda: UpdateSteps(mlp(2, 3, 4, activation=Tanh, rng=1), [0.5, -1.5], 2, SoftmaxCrossEntropy(), 0.1),
    "softmax": lambda: UpdateSteps(
        Sequential(Dense(2, 3, rng=1), Softmax()), [0.5, -1.5], [0.0, 1.0, 0.0], HalfSquaredError(), 0.1
    ),
}


@pytest.mark.parametrize("name", WALKS)
def test_what_is_written_out_gives_the_number_that_stands_beside_it(name):
    walk = WALKS[name]()
    for operation in walk.record.operations:
        written = evaluate(operation.numbers)
        assert written == pytest.approx(operation.result, rel=2e-2, abs=2e-3), operation
        assert operation.equation.removeprefix("new ").startswith(f"{operation.name} = ")


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(from_logits=False), MeanAbsoluteError(), Huber(0.1)])
def test_the_slope_of_every_loss_is_written_out(loss):
    walk = UpdateSteps(Sequential(Dense(2, 2, rng=1), Sigmoid()), [0.5, -1.5], [1.0, 0.0], loss, 0.1)
    slopes = [operation for operation in walk.record.operations if operation.key.startswith("dy1.")]
    assert [evaluate(slope.numbers) for slope in slopes] == pytest.approx([s.result for s in slopes], rel=1e-3)
    assert len(slopes) == 2


def test_the_latest_operations_are_those_of_the_last_step():
    walk = UpdateSteps()
    assert walk.latest == []
    walk.next("layer")
    assert [o.name for o in walk.latest] == ["z_h1", "z_h2"]
    walk.next("phase")
    assert [o.name for o in walk.latest] == ["h1", "h2", "z_o1", "z_o2", "o1", "o2"]
    walk.next()
    assert [o.name for o in walk.latest] == ["E"]
    walk.back()
    assert [o.name for o in walk.latest] == ["o2"]
    walk.finish()
    assert [o.name for o in walk.latest] == ["b_o2"]
    walk.next("layer")
    assert (walk.iteration, [o.name for o in walk.latest]) == (1, ["z_h1", "z_h2"])


def test_the_panel_shows_all_numbers_of_a_step_at_once():
    walk = UpdateSteps()
    walk.next("layer")
    assert network_picture(walk).body.count(f'fill="{GLOW}"') == 1 + 2  # the phase, and both sums
    said = re.sub("<.*?>", "", step_html(walk))
    assert "step 2 of 41: forward, 2 numbers at once" in said
    assert "z_h1 = 0.05 × 0.15 + 0.1 × 0.2 + 0.35 = 0.3775\nz_h2 = " in said
    walk.finish()
    walk.back("phase")
    walk.next("phase")
    assert "... and 5 more ...\nb_o2 = " in re.sub("<.*?>", "", step_html(walk))


def test_a_prediction_is_judged_with_a_reason():
    walk = UpdateSteps()
    assert walk.judge(0.378).right
    assert not walk.judge(0.0275).right
    assert "0.35 too low" not in walk.judge(0.0275).words, "that would tell the answer"
    assert "Was the bias b_h1 = 0.35 added?" in walk.judge(0.0275).words
    assert "has the right size but the wrong sign" in walk.judge(-0.3775).words
    assert "is twice the right number" in walk.judge(0.755).words
    walk.finish()
    assert "go on to the next one" in walk.judge(1).words


def test_what_diverges_is_told_and_the_walk_lives_on():
    walk = UpdateSteps(mlp(2, 3, 1, activation=ReLU, rng=0), [1.0, 2.0], [3.0], HalfSquaredError(), 50.0)
    with pytest.raises(
        TrainingDiverged, match=r"no longer finite in iteration .*, with learning rate 50. Go back, or"
    ) as told:
        walk.finish(200)
    assert "such as 5." in str(told.value)
    assert all(np.isfinite(iteration.loss) for iteration in walk.iterations)
    walk.back("phase")
    walk.open(0)
    walk.set_learning_rate(0.01)
    assert walk.finish(50) < 1

    panel = step_through(mlp(2, 3, 1, activation=ReLU, rng=0), [1.0, 2.0], [3.0], HalfSquaredError(), 50.0)
    panel.act(panel.logic.finish, 200)
    assert "no longer finite" in panel.error_message
    panel.act(panel.logic.back)
    assert panel.error_message == ""


def test_one_sample_only_and_known_sizes_only():
    with pytest.raises(
        ShapeError, match=r"one sample, got 2. A walkthrough follows one sample: pass x\[0\] and target"
    ):
        UpdateSteps(x=[[1, 2], [3, 4]])
    with pytest.raises(ShapeError, match=r"pass x\[0\] and target\[0\]"):
        step_through(mlp(2, 3, 2, rng=0), np.ones((5, 2)), [0, 1, 0, 1, 0], SoftmaxCrossEntropy(), 0.1)
    assert step_through(mlp(2, 3, 2, rng=0), np.ones((5, 2))[0], 1, SoftmaxCrossEntropy(), 0.1).logic.next()
    with pytest.raises(ArgumentError, match="operation, layer or phase, got 'epoch'"):
        UpdateSteps().next("epoch")


def test_the_streams_that_reach_a_unit_add_up_to_its_slope():
    walk = UpdateSteps()
    seen = 0
    while walk.coming is not None:
        walk.next("layer")
        arrived = {}
        for layer, _, reaches, amount in walk.streams():
            arrived[f"dy{layer - 1}.{reaches}"] = arrived.get(f"dy{layer - 1}.{reaches}", 0.0) + amount
        for key, amount in arrived.items():
            assert amount == pytest.approx(walk.known[key], rel=1e-12)
            seen += 1
    assert seen == 8  # two slopes each at o, z_o, h and z_h
    assert walk.streams() == []  # the update sends nothing back


def test_the_error_flows_back_along_the_edges_in_use():
    walk = UpdateSteps()
    while not walk.streams() or walk.streams()[0][0] != 2:
        walk.next("layer")
    body = network_picture(walk).body
    assert body.count('class="bpl-flow"') == len(walk.streams()) == 4  # two streams to each of h1 and h2
    assert "Streams back: " in network_picture(walk).desc


def test_layers_that_are_no_sums_and_bends_are_told_apart():
    inside = Residual(LayerNorm(2), Dense(2, 2, rng=0))
    wrong = (inside, MaxPooling(1, image=(1, 2)), Convolution(1, 2, 1, image=(1, 2)))
    for layer in wrong:
        with pytest.raises(ArgumentError, match=r"step_through expected Dense layers and activations, got layer 0, "):
            step_through(Sequential(layer), [1.0, 2.0], [1.0, 2.0], HalfSquaredError())
    kept = step_through(Sequential(Dense(2, 2, rng=0), Dropout(0.5, rng=0)), [1.0, 2.0], [1.0, 2.0], HalfSquaredError())
    assert kept.logic.next("phase").phase == "forward"
