"""Dials without a browser: the number that is typed is the number that is used and shown."""

import pytest

from bplearn.errors import ArgumentError
from bplearn.panels.base import controls
from bplearn.panels.base.dial import Dial
from bplearn.widgets import batch_noise, landscape, neuron, signals, step_through, sweep_panel, training_lab

RATES = {
    "landscape": (landscape, lambda panel: panel.logic.learning_rate),
    "stepper": (step_through, lambda panel: panel.logic.learning_rate),
    "lab": (training_lab, lambda panel: panel.logic.session.learning_rate),
    "batch noise": (batch_noise, lambda panel: panel.logic.learning_rate),
}


def dial_of(panel, name):
    """The dial of a panel with this name."""
    todo = list(panel.children)
    while todo:
        one = todo.pop(0)
        todo += getattr(one, "children", ())
        if isinstance(one, Dial) and one.name == name:
            return one
    raise LookupError(name)


@pytest.mark.parametrize("kind", RATES)
def test_a_typed_learning_rate_is_used_and_shown(kind):
    make, used = RATES[kind]
    panel = make()
    dial = dial_of(panel, "learning rate")
    for text, number in [("20", 20), ("20", 20), ("0.37", 0.37), ("10", 10), ("8", 8), ("1/4", 0.25), ("0,5", 0.5)]:
        dial.type(text)
        assert (used(panel), dial.value, dial.text) == (number, number, f"{number:g}"), text
        assert number in dial.stops
        assert panel.error_message == ""
    dial.type("1e6")
    assert (used(panel), dial.value, dial.text) == (1e6, 1e6, "1000000")


@pytest.mark.parametrize("kind", RATES)
@pytest.mark.parametrize(
    ("text", "said"),
    [("-1", "learning_rate expected a number of at least 0, got -1"), ("fast", "learning rate expected a number such")],
)
def test_what_cannot_be_used_gets_a_sentence_and_the_dial_shows_what_is_used(kind, text, said):
    make, used = RATES[kind]
    panel = make()
    before, dial = used(panel), dial_of(panel, "learning rate")
    sent = []
    dial.send = sent.append
    dial.type(text)
    assert said in panel.error_message
    assert (used(panel), dial.value, dial.text) == (before, before, f"{before:g}")
    assert sent == [{"shown": f"{before:g}"}]
    dial.type("0.2")
    assert (used(panel), panel.error_message) == (0.2, "")


def test_stops_number_and_text_travel_in_one_message():
    dial, messages = controls.rate_dial(), []
    dial.send_state = lambda key=None: messages.append(set(key))
    dial.put(0.37)
    assert messages == [{"stops", "value", "text"}]


def test_a_turn_of_the_slider_does_the_same():
    panel = landscape()
    dial_of(panel, "learning rate").value = 0.3
    assert (panel.logic.learning_rate, dial_of(panel, "learning rate").text) == (0.3, "0.3")


def test_a_typed_number_overtakes_a_turn_of_the_slider_that_waited():
    panel = landscape()
    dial = dial_of(panel, "learning rate")
    dial.set_state({"value": 0.1, "turn": 1})
    dial._handle_custom_msg({"typed": "0.37", "turn": 3}, [])
    dial.set_state({"value": 0.5, "turn": 2})  # turned before it was typed, told after it
    assert (panel.logic.learning_rate, dial.value, dial.text) == (0.37, 0.37, "0.37")
    dial.set_state({"value": 0.5, "turn": 4})
    assert (panel.logic.learning_rate, dial.text) == (0.5, "0.5")


def test_a_number_the_logic_was_given_by_code_is_shown():
    panel = signals()
    panel.logic.choose(depth=40, scale=0.123)
    panel.refresh()
    depth, scale = dial_of(panel, "depth"), dial_of(panel, "weights times")
    assert (depth.value, depth.high, scale.value, scale.text) == (40, 40, 0.123, "0.123")
    assert 0.123 in scale.stops


def test_a_whole_number_is_asked_for_in_words():
    panel = sweep_panel(epochs=1)
    dial_of(panel, "seed").type("1.5")
    assert panel.error_message.endswith("seed expected a whole number, got 1.5.</div>")
    dial_of(panel, "epochs").type("0")
    assert "epochs expected a whole number of at least 1, got 0" in panel.error_message
    dial_of(panel, "seed").type("12345678")
    assert panel.logic.experiment.seed == 12345678


def test_the_neuron_takes_any_number_and_refuses_the_absurd():
    panel = neuron()
    dial_of(panel, "its value").type("12.345")
    assert (panel.logic.get("w1"), dial_of(panel, "its value").text) == (12.345, "12.345")
    dial_of(panel, "its value").type("1e9")
    assert "w1 expected a number" in panel.error_message
    assert dial_of(panel, "its value").text == "12.345"


def test_a_batch_size_beyond_the_data_is_refused_and_all_of_it_is_said():
    panel = training_lab()
    dial = dial_of(panel, "batch size")
    dial.type("210")
    assert (panel.logic.session.batch_size, dial.text, dial.note) == (None, "210", "(all)")
    dial.type("211")
    assert "batch_size expected" in panel.error_message
    assert dial.text == "210"
    dial.type("7")
    assert (panel.logic.session.batch_size, dial.note) == (7, "")


def test_a_dial_reads_numbers_as_learners_type_them():
    assert Dial("rate").read("\u22121/3") == pytest.approx(-1 / 3)
    with pytest.raises(ArgumentError, match="rate expected a number such as"):
        Dial("rate").read("ten")
