"""The steppers of notebooks 01 and 04 without a browser: predictions, the walk through a graph, the neuron."""

import math

import pytest

from bplearn.errors import ArgumentError
from bplearn.exercises.engine.prediction import Prediction, own_question
from bplearn.exercises.engine.typed_numbers import judge_number, read_number
from bplearn.panels.graph.logic import GraphSteps
from bplearn.panels.graph.pictures import graph_picture
from bplearn.panels.neuron.logic import Neuron
from bplearn.panels.neuron.pictures import neuron_picture, slope_picture
from bplearn.scalar import Value
from bplearn.widgets import graph_steps, neuron


def find(panel, kind, name):
    """The control of a panel with this description."""
    todo = list(panel.children)
    while todo:
        one = todo.pop(0)
        todo += getattr(one, "children", ())
        if type(one).__name__ == kind and one.description == name:
            return one
    raise LookupError(name)


# --- predictions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"), [("0.5", 0.5), ("0,5", 0.5), (" -3e-2 ", -0.03), ("1/4", 0.25), ("−2", -2.0)]
)
def test_numbers_are_read_as_learners_type_them(typed, number):
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["", "half", "1/0", "nan", "inf", "1/2/3"])
def test_what_is_no_number_is_told(typed):
    with pytest.raises(ArgumentError, match=r"The answer expected a number such as 0\.25 or 1/4, got"):
        read_number(typed)


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (0.5933, "Right: 0.5933."),
        (0.592, "Right, within 1%. You typed 0.592, it is 0.5933."),
        (-0.5933, "the right size but the wrong sign"),
        (1.1866, "twice the right number"),
        (0.29665, "half the right number"),
        (5.933, "ten times too large"),
        (0.05933, "ten times too small"),
        (0.4067, "one minus the right number"),
        (1 / 0.5933, "one divided by the right number"),
        (0.7, "18% off"),
    ],
)
def test_a_slip_of_a_number_is_named(guess, said):
    judged = judge_number(guess, 0.5933)
    assert said in judged.words
    assert judged.right == said.startswith("Right")


def test_zero_is_right_only_as_zero():
    assert judge_number(0.0, 0.0).right
    assert not judge_number(0.01, 0.0).right
    assert not judge_number(0.0, 0.01).right


def test_the_first_answer_counts_and_the_truth_stays_hidden_until_then():
    question = Prediction(own_question("?", lambda: 4.0))
    assert question.truth is None
    assert question.commit("5").right is False
    assert question.truth == "4"
    assert question.commit("4").right is False
    question.again()
    assert question.commit("4").right


def test_choices_have_replies():
    question = Prediction(own_question("?", "up", choices=["up", "down"], replies={"down": "That is the other way."}))
    assert question.commit("down").words == "That is the other way. It is: up"
    with pytest.raises(ArgumentError, match="predict's answer expected one of up, down, got 'left'"):
        own_question("?", "left", choices=["up", "down"])
    with pytest.raises(ArgumentError, match="predict's replies expected to choices: up, down, got left"):
        own_question("?", "up", choices=["up", "down"], replies={"left": ""})


def test_committing_nothing_is_told():
    with pytest.raises(ArgumentError, match=r"^Type a number first\. A guess is enough"):
        Prediction(own_question("?", 1)).commit("")


# --- the walk through a graph --------------------------------------------------------------------------------------


def test_the_walk_finds_values_then_gradients_and_hides_the_rest():
    walk = GraphSteps.example()
    assert (walk.steps, walk.forward_steps, walk.phase) == (8, 3, "forward")
    shown = {node.name: (node.data, node.grad) for node in walk.shown()}
    assert shown == {"a": (2.0, None), "b": (1.0, None), "c": (None, None), "d": (None, None), "e": (None, None)}
    walk.go(5)
    shown = {node.name: (node.data, node.grad) for node in walk.shown()}
    assert shown == {"a": (2.0, None), "b": (1.0, None), "c": (3.0, None), "d": (2.0, 3.0), "e": (6.0, 1.0)}
    walk.go(99)
    assert {node.name: node.grad for node in walk.shown()} == {"a": 2.0, "b": 5.0, "c": 2.0, "d": 3.0, "e": 1.0}
    assert walk.phase == "done"


def test_a_value_used_twice_adds_its_paths_in_words():
    walk = GraphSteps.example().go(7)
    assert walk.explanation().startswith("∂e/∂b = ∂e/∂c × ∂c/∂b + ∂e/∂d × ∂d/∂b = 2 × 1 + 3 × 1 = 5")


def test_predictions_are_judged_and_counted_once():
    walk = GraphSteps.example()
    assert walk.predict("3").right
    assert walk.predict("7").words == "Not yet: d = 7 is too high."
    assert (walk.step, walk.predict("2").right, walk.step) == (1, True, 2)
    assert walk.score == (1, 2)
    walk.go(walk.steps)
    with pytest.raises(ArgumentError, match="predict expected a number that is still covered"):
        walk.predict("1")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda x: x * x, "v1 = x × x = 3 × 3 = 9"),
        (lambda x: 2 - x, "v1 = 2 − x = 2 − 3 = -1"),
        (lambda x: x / 2, "v1 = x / 2 = 3 / 2 = 1.5"),
        (lambda x: x**2, "v1 = x ** 2 = 3 ** 2 = 9"),
        (lambda x: -x, "v1 = -x = -3 = -3"),
        (lambda x: x.exp(), "v1 = exp(x) = exp(3) = 20.09"),
        (lambda x: x.max(5), "v1 = max(x, 5) = max(3, 5) = 5"),
        (lambda x: x.relu(), "v1 = relu(x) = relu(3) = 3"),
    ],
)
def test_every_operation_is_written_out(make, said):
    assert GraphSteps(make(Value(3.0, name="x"))).next().explanation() == said


def test_a_lone_number_has_no_graph():
    with pytest.raises(ArgumentError, match="graph_steps expected a Value that was computed from others"):
        graph_steps(Value(3.0))


def test_nothing_moves_while_numbers_appear():
    walk = GraphSteps.example()
    sizes = {(graph_picture(walk.go(step)).width, graph_picture(walk).height) for step in range(walk.steps + 1)}
    assert len(sizes) == 1


def test_shares_that_give_an_answer_away_can_be_left_out():
    walk = GraphSteps.example().go(4)
    assert "∂ 3" in graph_picture(walk).body
    assert "∂ 3" not in graph_picture(walk, shares=False).body


def test_the_graph_panel_steps_and_asks():
    panel = graph_steps()
    walk = panel.logic
    find(panel, "Button", "Next").click()
    assert walk.step == 1
    assert find(panel, "Dial", "step").value == 1
    box, field = find(panel, "Checkbox", "predict the next number first"), find(panel, "Text", "your prediction")
    assert field.layout.display == "none"
    box.value = True
    assert field.layout.display is None
    find(panel, "Button", "Next").click()
    assert walk.step == 1, "an answer is due"
    field.value = "2"
    assert (walk.step, field.value) == (2, "")
    find(panel, "Button", "Show it").click()
    assert walk.step == 3
    field.value = "x"
    assert "The answer expected a number" in panel.error_message
    find(panel, "Button", "All").click()
    assert walk.step == 8
    assert field.layout.display == "none"
    assert panel.error_message == ""


def test_the_saved_graph_shows_every_gradient():
    assert "b = 1, gradient 5." in repr(graph_steps())


# --- the neuron ----------------------------------------------------------------------------------------------------


def test_the_neuron_of_the_published_circuit():
    unit = Neuron()
    assert unit.y == pytest.approx(0.7310585786300049)
    published = {"w1": -0.19661193, "w2": -0.39322387, "b": 0.19661193, "x1": 0.39322387, "x2": -0.5898358}
    for name, slope in published.items():
        assert unit.choose(nudged=name, h=1e-5).slope == pytest.approx(slope, rel=1e-6)
        assert unit.nudge_slope == pytest.approx(slope, rel=1e-6)


def test_a_large_nudge_misses_and_a_tiny_one_drowns():
    unit = Neuron()
    errors = {h: abs(unit.choose(nudged="w1", h=h).nudge_slope - unit.slope) for h in (2.0, 1e-5, 1e-15)}
    assert errors[1e-5] < 1e-8 < 1e-4 < min(errors[2.0], errors[1e-15])


@pytest.mark.parametrize("activation", ["Sigmoid", "Tanh", "ReLU", "LeakyReLU", "Identity"])
def test_every_activation_is_drawn_and_sloped(activation):
    unit = Neuron([0.5], [1.5], 0.2, activation).choose(nudged="w1", h=1e-5)
    assert unit.nudge_slope == pytest.approx(unit.slope, rel=1e-6)
    assert neuron_picture(unit).alt
    assert slope_picture(unit).alt


def test_steps_are_covered_and_predicted():
    unit = Neuron().cover()
    assert "?" in neuron_picture(unit).body
    assert "y stands here once it is known" in slope_picture(unit).body
    assert "<path" not in slope_picture(unit).body, "no curve from which y can be read"
    assert neuron_picture(unit).desc.endswith("b = -3.")
    assert unit.predict("6").right
    assert unit.predict("5").words == "Not yet: z = 5 is too high."
    assert unit.predict("-1").words == "Not yet: z = -1 has the right size but the wrong sign."
    assert (unit.shown, unit.predict("1").right) == (1, True)
    assert unit.predict("0.731").right
    assert unit.shown == 3
    assert unit.predict(str(unit.nudge_slope)).right
    with pytest.raises(ArgumentError, match="predict expected a number that is still covered"):
        unit.predict("1")


@pytest.mark.parametrize("value", [0.0, -5.0, 1e4])
def test_extreme_numbers_are_drawn(value):
    unit = Neuron().set("w1", value).set("b", value)
    assert "nan" not in slope_picture(unit).body
    assert math.isfinite(unit.y)


def test_what_does_not_fit_is_told():
    with pytest.raises(ArgumentError, match="neuron expected one weight for each input, got 1 and 2"):
        neuron([1.0], [1.0, 2.0])
    with pytest.raises(ArgumentError, match="activation expected one of Tanh, ReLU"):
        neuron(activation="Softmax")
    with pytest.raises(ArgumentError, match="neuron expected one of x1, w1, x2, w2, b, got 'w3'"):
        Neuron().set("w3", 0)
    with pytest.raises(ArgumentError, match=r"w1 expected a number of at least -1000000\.0"):
        Neuron().set("w1", math.nan)


def test_the_neuron_panel_turns_and_steps():
    panel = neuron()
    find(panel, "Dial", "its value").type("3")
    assert panel.logic.z == pytest.approx(0.0)
    find(panel, "Dropdown", "nudge").value = "b"
    find(panel, "Dial", "by h").value = 0.01
    assert (panel.logic.nudged, panel.logic.h) == ("b", 0.01)
    find(panel, "Button", "Cover all").click()
    find(panel, "Button", "Next").click()
    assert panel.logic.shown == 1
    find(panel, "Dropdown", "activation").value = "Tanh"
    assert panel.logic.y == pytest.approx(math.tanh(0.0))
    assert panel.error_message == ""


def test_the_saved_neuron_says_its_numbers():
    assert "z = 1. y = 0.7311." in repr(neuron())
