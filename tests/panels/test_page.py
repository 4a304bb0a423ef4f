"""`panel.save_html`: the page holds every state that the panel can show, and leaves the panel as it was."""

import base64
import gzip
import html
import json
import re

import pytest

from bplearn.exercises.chapters.questions import PREDICTIONS
from bplearn.exercises.engine.progress import read
from bplearn.exercises.engine.question import Choice
from bplearn.show.svg import without_grips
from bplearn.widgets import (
    graph_steps,
    landscape,
    neuron,
    predict,
    quiz,
    signals,
    step_through,
    sweep_panel,
    trace_panel,
    training_lab,
)


def saved(panel, path):
    """The page, and what it holds packed."""
    panel.save_html(path)
    text = path.read_text(encoding="utf-8")
    packed = re.search(r'id="states">([^<]+)</script>', text)[1]
    return text, json.loads(gzip.decompress(base64.b64decode(packed)))


def texts_of(told, number):
    return " ".join(told["texts"][n] for n in told["states"][number]["texts"])


def shown(panel):
    return [view.content for view, _ in panel._views]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "page.html"


def test_the_stepper_tells_every_number_of_its_iterations(file):
    panel = step_through()
    _, told = saved(panel, file)
    steps = len(panel.logic.iterations[0].operations)
    assert len(told["states"]) == 3 * (steps + 1)
    assert told["walk"]
    walk = step_through().logic
    for number in range(1, steps + 1):
        walk.next()
        assert f"Iteration 1, step {number} of {steps}" in texts_of(told, number)
        assert walk.now.name in html.unescape(texts_of(told, number))
    assert told["start"] == 0


def test_a_panel_stands_where_it_stood_and_the_page_opens_there(file):
    panel = step_through()
    for _ in range(50):
        panel.logic.next()
    panel.refresh()
    at, weights, before = (panel.logic.iteration, panel.logic.place), panel.logic.network[0].W.value, shown(panel)
    text, told = saved(panel, file)
    assert (panel.logic.iteration, panel.logic.place) == at
    assert (panel.logic.network[0].W.value == weights).all()
    assert shown(panel) == before
    place = told["start"]
    assert told["states"][place]["names"] == [f"iteration 2, step {at[1]}"]
    assert all(without_grips(content) in text for content in before if content)


@pytest.mark.parametrize("make", [trace_panel, graph_steps, signals, sweep_panel])
def test_saving_changes_nothing_that_is_shown(make, file):
    panel = make()
    if make is sweep_panel:
        panel.logic.finish()
        panel.refresh()
    before = shown(panel)
    saved(panel, file)
    assert shown(panel) == before


def test_the_tracer_has_every_weight_of_every_sample_and_a_click_leads_there(file):
    panel = trace_panel()
    _, told = saved(panel, file)
    count = sum(w.value.size for w in panel.logic.network.parameters())
    assert len(told["states"]) == count * (len(panel.logic.x) + 1)
    names = told["states"][told["start"]]["names"]
    other = next(n for n, s in enumerate(told["states"]) if "edge-2-1-0" in s["keys"] and s["names"][1] == names[1])
    panel.logic.choose(2, "W", (1, 0))
    assert f"{panel.logic.trace.gradient:.9g}" in texts_of(told, other)


def test_the_sweep_has_every_cell(file):
    panel = sweep_panel(learning_rates=[0.1, 1.0], batch_sizes=[16, 32], epochs=2)
    _, told = saved(panel, file)
    assert [s["names"] for s in told["states"]] == [["1", "16"], ["1", "32"], ["0.1", "16"], ["0.1", "32"]]
    assert told["states"][3]["keys"] == ["cell-1-1"]


def test_the_lab_keeps_the_run_so_far(file):
    panel = training_lab()
    panel.logic.session.epoch(3)
    panel.logic.session.step(2)
    steps = panel.logic.session.steps
    text, told = saved(panel, file)
    assert panel.logic.session.steps == steps
    assert len(told["states"]) == 4
    assert "The 4 states so far of this panel" in text


def test_a_prediction_replies_to_every_choice_and_keeps_none(file, in_empty_folder):
    panel = predict("05.p1")
    asked = PREDICTIONS["05.p1"]
    _, told = saved(panel, file)
    assert [state["names"][0] for state in told["states"]] == ["-", *asked.options]
    assert "It is" not in texts_of(told, 0)
    for number, (choice, reply) in enumerate(asked.options.items(), 1):
        words = html.unescape(texts_of(told, number))
        assert (reply.strip() or asked.because.strip()) in words
        assert ("It is: " in words) == (choice != asked.truth())
    assert panel.logic.judgement is None
    assert read()["predictions"] == {}


def test_a_prediction_of_a_number_shows_it(file):
    _, told = saved(predict("2 + 2 is ...", 4, explain="Count on."), file)
    assert [state["names"][0] for state in told["states"]] == ["-", "show the number"]
    assert "Count on." in texts_of(told, 1)
    assert "Count on." not in texts_of(told, 0)


def test_a_quiz_replies_to_every_choice_of_every_question_and_keeps_none(file, in_empty_folder):
    panel = quiz(5)
    panel.logic.answer("d")
    _, told = saved(panel, file)
    for place, asked in enumerate(panel.logic.questions):
        mine = [n for n, state in enumerate(told["states"]) if state["names"][0] == str(place + 1)]
        assert len(mine) == 1 + (len(asked.letters) if isinstance(asked, Choice) else 1)
        right = [n for n in mine if "1 of" in texts_of(told, n)]
        assert len(right) == 1
        if isinstance(asked, Choice):
            assert told["states"][right[0]]["names"][1] == f"{asked.right_letter}) {asked.truth()}"
            replies = {texts_of(told, n) for n in mine}
            assert len(replies) == len(mine)
    assert set(read()["recall"]) == {panel.logic.questions[0].number}
    assert panel.logic.answers == {panel.logic.questions[0].number: "d"}


@pytest.mark.parametrize("panel", [neuron, landscape])
def test_a_panel_with_no_record_is_written_as_it_stands(panel, file):
    text, told = saved(panel(), file)
    assert len(told["states"]) == 1
    assert "The 1 state so far of this panel" in text


@pytest.mark.parametrize("make", [step_through, trace_panel, graph_steps])
def test_a_page_asks_the_network_for_nothing(make, file):
    text, told = saved(make(), file)
    whole = text + "".join(told["texts"])
    assert re.findall(r"(?:src|href)=\"(?!data:|#)[^\"]*\"|@import|url\((?!#|\"?data:)", whole) == []
    assert len(text) < 200_000


def test_the_same_panel_gives_the_same_page_but_for_the_names_of_its_pictures(tmp_path):
    pages = [re.sub(r"panel\d+", "panel", saved(graph_steps(), tmp_path / f"{n}.html")[0]) for n in range(2)]
    told = [re.search(r'id="states">([^<]+)<', text)[1] for text in pages]
    pages = [text.replace(states, "") for text, states in zip(pages, told, strict=True)]
    assert pages[0] == pages[1]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(OSError, match="no such folder to write into"):
        graph_steps().save_html(tmp_path / "nowhere" / "page.html")
