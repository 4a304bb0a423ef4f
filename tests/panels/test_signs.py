"""The question before a step back: its answer is the sign of a nudge, whatever the network."""

import ipywidgets
import pytest

from bplearn import ReLU, Sigmoid, Tanh, mlp
from bplearn.panels.stepper.logic import UpdateSteps
from bplearn.panels.stepper.signs import sign_question
from bplearn.widgets import step_through


def loss_with(walk, place, unit, value):
    """The loss where a unit says `value`: the layers after it are run again."""
    y = walk.record.tape[place].y.copy()
    y[0, unit] = value
    for layer in list(walk.network)[place + 1 :]:
        y, _ = layer.forward(y)
    return walk.loss.compute(y, walk.targets)[0]


@pytest.mark.parametrize("activation", [Sigmoid, ReLU, Tanh])
@pytest.mark.parametrize("by", ["operation", "layer"])
def test_the_sign_that_is_asked_for_is_that_of_a_nudge(activation, by):
    network = mlp(2, 4, 3, activation=activation, rng=3)
    walk = UpdateSteps(network, [0.4, -1.2], [0.3, -0.2, 0.9])
    asked = 0
    while walk.coming is not None:
        question, before = sign_question(walk, by), walk.place
        walk.next(by)
        done = next((one for one in walk.record.operations[before : walk.place] if one.key.startswith("dy")), None)
        assert (question is None) == (done is None)
        if question is None:
            continue
        place, unit = map(int, done.key[2:].split("."))
        here = float(walk.record.tape[place].y[0, unit])
        rise = loss_with(walk, place, unit, here + 1e-6) - loss_with(walk, place, unit, here - 1e-6)
        way = "stays" if abs(rise) < 1e-13 else "▲ rises" if rise > 0 else "▼ falls"
        assert question.right == way
        assert [answer for answer in question.answers if question.judge(answer).right] == [way]
        asked += 1
    assert asked >= 3


def test_at_a_fork_the_stream_that_wins_is_asked_for():
    walk = UpdateSteps()
    while walk.coming.key != "dy1.0":
        walk.next()
    question = sign_question(walk)
    above, weights = walk.record.tape[2].dy[0], walk.network[2].W.value[0]
    streams = dict(zip(("z_o1", "z_o2"), above * weights, strict=True))
    assert set(question.answers) == set(streams)
    assert question.right == max(streams, key=lambda name: abs(streams[name]))
    assert sign_question(walk).judge("z_o2").words.startswith("Not yet. Which product is larger: 0.1385 × 0.4 or")


def button(panel, name):
    """The button with this name in the panel."""
    within = [panel]
    for widget in within:
        within += getattr(widget, "children", ())
    return next(one for one in within if isinstance(one, ipywidgets.Button) and one.description == name)


def test_next_waits_for_the_sign_and_a_right_answer_takes_the_step():
    panel = step_through()
    walk = panel.logic
    button(panel, "Next").click()
    assert walk.place == 2
    while walk.coming.phase != "backward":
        button(panel, "Next").click()
    place = walk.place
    button(panel, "Next").click()
    assert walk.place == place
    button(panel, "▼ falls").click()
    assert walk.place == place
    button(panel, "▲ rises").click()
    assert walk.now.name == "∂E/∂o2"
    button(panel, "Show it").click()
    assert walk.now.key == "dy2.1"
