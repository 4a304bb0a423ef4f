"""The frame of all panels, without a browser: view, engine, panel, controls, pictures."""

import asyncio
import base64
import re
import sys
import threading
from types import SimpleNamespace

import pytest

from bplearn.checks.arrays import number_in
from bplearn.errors import ArgumentError
from bplearn.layers import Dense
from bplearn.panels.base import controls
from bplearn.panels.base.event_loop import IN_FLIGHT, MainLoop, Player
from bplearn.panels.base.panel import explain_error
from bplearn.panels.base.view import STYLE, HtmlView
from bplearn.show.picture import Picture, collage
from bplearn.show.svg import circle
from bplearn.widgets import Panel


def in_a_loop(main):
    """Run a coroutine function in a fresh thread with a loop of its own."""
    answer = []
    thread = threading.Thread(target=lambda: answer.append(asyncio.run(main())))
    thread.start()
    thread.join(20)
    assert answer, "the coroutine failed or hung"
    return answer[0]


class Counter:
    """A logic of one number."""

    def __init__(self):
        self.count = 0

    def set(self, count):
        self.count = int(count)

    def add(self):
        self.count += 1

    def draw(self):
        return Picture(80, 40, circle(20, 20, 1 + self.count), "A dot", f"Radius {1 + self.count}.")


def make():
    logic = Counter()
    panel = Panel("Dots & more", logic, logic.draw)
    slider = panel.on_change(controls.whole_dial("count", 0, 9), logic.set)
    add = panel.on_click(controls.button("Add"), logic.add)
    view = panel.view(logic.draw, width=100)
    panel.arrange([slider, add], [view])
    return panel, logic, slider, add, view


def test_a_slider_changes_the_logic_and_the_picture():
    _, logic, slider, _, view = make()
    slider.value = 4
    assert logic.count == 4
    assert "Radius 5." in view.content


def test_a_bound_control_turns_the_logic_and_follows_it():
    panel, logic, *_ = make()
    logic.rate, logic.kind = 0.1, "own"
    logic.choose = lambda **changes: vars(logic).update(changes)
    rate = panel.bind(controls.rate_dial("rate"), logic, "rate")
    kind = panel.bind(controls.choice("kind", ["one", "two"]), logic, "kind")
    assert (rate.value, kind.value, [label for label, _ in kind.options]) == (0.1, "own", ["one", "two", "own"])
    rate.value, kind.value = 0.25, "two"
    assert (logic.rate, logic.kind) == (0.25, "two")
    rate.type("0.33")
    assert (logic.rate, rate.text) == (0.33, "0.33")
    logic.rate, logic.kind = 4.0, "one"
    panel.refresh()
    assert (rate.value, kind.value) == (4.0, "one")


def test_each_click_counts_and_redraws():
    _, logic, _, add, view = make()
    for _ in range(3):
        add.click()
    assert logic.count == 3
    assert "Radius 4." in view.content


def test_set_quietly_sets_a_control_without_its_action():
    panel, logic, slider, _, _ = make()
    panel.set_quietly(slider, high=20, value=15)
    assert (slider.value, logic.count) == (15, 0)
    slider.value = 16
    assert logic.count == 16


def test_before_redraw_runs_before_each_redraw():
    panel, logic, slider, add, _ = make()
    panel.before_redraw(lambda: panel.set_quietly(slider, value=logic.count))
    add.click()
    assert slider.value == 1


def test_the_same_picture_is_not_sent_twice():
    panel, _, _, _, view = make()
    before = view.frame
    panel.refresh()
    assert view.frame == before


def test_two_panels_draw_with_different_ids():
    ids = [set(re.findall(r'id="([^"]+)"', make()[4].content)) for _ in range(2)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_what_is_saved_is_a_picture_with_its_numbers_and_an_honest_text():
    panel, logic, *_ = make()
    logic.set(4)
    bundle = panel._repr_mimebundle_()
    assert bundle["text/plain"] == "Live panel 'Dots & more'. A dot. Radius 5."
    assert bundle["text/html"].startswith('<figure><img alt="A dot. Radius 5."')
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", bundle["text/html"]).group(1)).decode()
    assert 'r="5"' in picture
    assert "var(" not in picture
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle == panel._repr_mimebundle_(), "the saved output must not change from run to run"


def test_on_colab_a_panel_says_where_its_widget_manager_is(monkeypatch):
    address = "https://example.org/manager.js"
    colab = SimpleNamespace(_widgets=SimpleNamespace(_installed_url=address), enable_custom_widget_manager=lambda: None)
    monkeypatch.setitem(sys.modules, "google.colab.output", colab)
    bundle, metadata = make()[0]._repr_mimebundle_()
    kind = "application/vnd.jupyter.widget-view+json"
    assert kind in bundle
    assert metadata == {kind: {"colab": {"custom_widget_manager": {"url": address}}}}


def test_a_panel_whose_logic_was_worked_by_code_shows_it_when_it_is_displayed():
    panel, logic, _, _, view = make()
    logic.set(4)
    assert "Radius 1." in view.content
    panel._repr_mimebundle_()
    assert "Radius 5." in view.content


def test_an_error_becomes_a_message_and_the_panel_lives_on():
    panel, logic, slider, _, view = make()
    bad = panel.on_click(controls.button("Bad"), lambda: number_in(-1, "learning_rate", 0))
    bad.click()
    assert "learning_rate expected a number of at least 0, got -1." in panel.error_message
    slider.value = 2
    assert panel.error_message == ""
    assert "Radius 3." in view.content
    assert logic.count == 2


def test_an_error_while_drawing_becomes_a_message_too():
    panel, logic, slider, *_ = make()
    panel.view(lambda: str(1 / (logic.count - 3)))
    slider.value = 3
    assert "ZeroDivisionError" in panel.error_message


def test_an_error_names_the_line_of_the_learner():
    def my_layer_forward():
        return [][1]

    with pytest.raises(IndexError) as caught:
        my_layer_forward()
    said = explain_error(caught.value)
    assert said.startswith("IndexError: list index out of range\nIt was raised in my_layer_forward, line ")
    assert "return [][1]" in said


def test_a_write_into_a_value_is_told_how_to_write_it():
    with pytest.raises(ValueError, match="read-only") as caught:
        Dense(1, 1, rng=0).W.value[0, 0] = 5
    assert "write layer.W[i, j] = v, without .value." in explain_error(caught.value)


def test_an_error_of_bplearn_is_said_as_it_is():
    assert (
        explain_error(ArgumentError("seed expected a whole number, got x.")) == "seed expected a whole number, got x."
    )


def test_an_error_message_is_escaped():
    panel, *_ = make()
    panel.show_error(ValueError("<script>"))
    assert "<script>" not in panel.error_message
    assert "&lt;script&gt;" in panel.error_message


def test_clicks_and_keys_on_a_stage():
    panel = make()[0]
    heard = []
    view = panel.view(lambda: "<p>", clicked=heard.append, keys={"n": lambda: heard.append("key n")}, label="here")
    view._handle_custom_msg({"click": "w1"}, [])
    view._handle_custom_msg({"key": "n"}, [])
    view._handle_custom_msg({"key": "q"}, [])
    assert heard == ["w1", "key n"]
    assert view.hears == ["n"]


def test_main_loop_carries_calls_from_other_threads_newest_of_a_key_only():
    async def main():
        post, done = MainLoop(), []
        here = threading.get_ident()

        def note(value):
            done.append((value, threading.get_ident() == here))

        thread = threading.Thread(target=lambda: [post("a", note, 1), post("a", note, 2), post("b", note, 3)])
        thread.start()
        thread.join()
        assert done == []  # the loop has not had its turn
        await asyncio.sleep(0.01)
        return done

    assert in_a_loop(main) == [(2, True), (3, True)]


def test_a_player_plays_and_pauses():
    async def main():
        log = []
        player = Player(lambda: log.append("work"), lambda: log.append("show"), fps=200)
        player.play()
        await asyncio.sleep(0.1)
        player.pause()
        await asyncio.sleep(0.05)
        count = len(log)
        await asyncio.sleep(0.05)
        return log, count, player.running

    log, count, running = in_a_loop(main)
    assert log[:4] == ["work", "show", "work", "show"]
    assert len(log) == count > 4
    assert not running


def test_a_player_stops_when_done_and_says_so():
    async def main():
        work, changes = [], []
        player = Player(
            lambda: work.append(1),
            lambda: None,
            fps=500,
            done=lambda: len(work) == 3,
            changed=lambda: changes.append(1),
        )
        player.play()
        await player.task
        return len(work), len(changes)

    assert in_a_loop(main) == (3, 2)


def test_only_one_player_plays():
    async def main():
        first, second = (Player(lambda: None, lambda: None, fps=100) for _ in range(2))
        first.play()
        second.play()
        await asyncio.sleep(0.05)
        states = first.running, second.running
        second.pause()
        return states

    assert in_a_loop(main) == (False, True)


def test_forty_fast_toggles_end_as_the_last_one_says():
    async def main():
        player = Player(lambda: None, lambda: None, fps=100)
        for _ in range(20):
            player.play()
            player.pause()
        await asyncio.sleep(0.05)
        first = player.running
        player.play()
        await asyncio.sleep(0.05)
        second = player.running
        player.pause()
        await player.task
        return first, second

    assert in_a_loop(main) == (False, True)


def test_an_error_in_the_work_stops_the_player_and_is_handed_over():
    async def main():
        failures = []
        player = Player(lambda: 1 / 0, lambda: None, failed=failures.append)
        player.play()
        await player.task
        return failures[0], player.running

    error, running = in_a_loop(main)
    assert isinstance(error, ZeroDivisionError)
    assert not running


def test_a_player_whose_pictures_nobody_sees_pauses_itself(monkeypatch):
    monkeypatch.setattr("bplearn.panels.base.event_loop.UNSEEN", 0.2)

    async def main():
        work = []
        player = Player(lambda: work.append(1), lambda: None, fps=1000)
        player.play()
        player.seen()
        await asyncio.wait_for(player.task, 5)
        return len(work), player.running

    count, running = in_a_loop(main)
    assert not running
    assert count == IN_FLIGHT + 1


def test_a_panel_that_leaves_the_page_pauses_and_its_button_says_play():
    async def main():
        panel, logic, *_ = make()
        play = panel.play_button(logic.add, fps=200)
        play.click()
        await asyncio.sleep(0.05)
        label = play.description
        panel._error_view._handle_custom_msg({"view": "closed"}, [])
        await panel.player.task
        return label, play.description, logic.count > 0

    assert in_a_loop(main) == ("Pause", "Play", True)


def test_a_redraw_does_not_turn_back_a_slider_that_was_turned_meanwhile():
    async def main():
        panel, logic, slider, *_ = make()
        learner = threading.Thread(target=setattr, args=(slider, "value", 7))
        learner.start()
        learner.join()
        panel.set_quietly(slider, value=5)
        between = slider.value
        await asyncio.sleep(0.05)
        return between, slider.value, logic.count

    assert in_a_loop(main) == (7, 7, 7)


def test_a_choice_is_heard_before_the_button_that_follows_it():
    panel, *_ = make()
    choice, heard = controls.statements("your answer", ["one", "two"]), []
    check = panel.on_click(controls.button("Check"), lambda: heard.append(choice.value))
    panel.arrange([choice, check])
    panel._error_view._handle_custom_msg({"chosen": 1}, [])  # the browser's state of the choice still waits
    check.click()
    assert heard == ["two"]


def test_reduced_motion_slows_the_player():
    panel, logic, *_ = make()
    panel.play_button(logic.add)
    panel._error_view._handle_custom_msg({"motion": "reduce"}, [])
    assert panel.player.fps == 3


def test_collage_scales_rows_to_the_width():
    wide, small = Picture(400, 100, "<a/>", "Wide", "1."), Picture(100, 50, "<b/>", "Small")
    both = collage([[wide, wide], [small]], "Both", width=414, gap=14)
    assert (both.width, both.height) == (414, 50 + 14 + 50)
    assert both.alt == "Both. Wide. 1. Wide. 1. Small."
    assert 'viewBox="0 0 400 100"' in both.body


def test_every_control_keeps_its_whole_label():
    made = [
        controls.choice("kind of optimizer", ["SGD"], "SGD"),
        controls.switch("loss counted by", ["steps"], "steps"),
        controls.text_field("hidden layers", "8"),
    ]
    for control in made:
        assert control.style.description_width == "initial"
        assert control.layout.max_width == "100%"


def test_the_stage_asks_nothing_of_another_machine():
    assert "http" not in HtmlView._esm
    assert "http" not in STYLE
