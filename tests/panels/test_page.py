"""`panel.save_html`: the page holds every state that the panel can show, and leaves the panel as it was."""

import base64
import gzip
import html
import json
import re

import pytest

from bplearn.show.svg import without_grips
from bplearn.widgets import (
    graph_steps,
    landscape,
    neuron,
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
