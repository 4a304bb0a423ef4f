"""The texts of exercises and mistakes are data: each file parses, each entry is whole, and each has its code."""

import tomllib
from pathlib import Path

import pytest

from bplearn.exercises import ALL
from bplearn.exercises.chapters.questions import PREDICTIONS, QUESTIONS
from bplearn.exercises.engine import texts
from bplearn.exercises.engine.exercise import NOTEBOOKS
from bplearn.exercises.mistakes import KNOWN, named
from bplearn.explain.gradcheck import report

FOLDER = Path(texts.__file__).parents[1] / "texts"
SECTIONS = {
    "exercises": ({"title", "task", "hints", "section"}, {"choices"}),
    "predictions": ({"question", "because"}, {"choices", "slips", "tolerance"}),
    "recall": ({"question"}, {"choices"}),
}


def faults(number, content):
    """What is missing, empty or unknown in the file of a notebook."""
    for kind in content.keys() - SECTIONS.keys():
        yield f"{kind}: no such part"
    for kind, (needed, allowed) in SECTIONS.items():
        for key, entry in content.get(kind, {}).items():
            if not key.startswith(f"{number}."):
                yield f"{key}: stands in the file of {number}"
            for name in needed - entry.keys():
                yield f"{key}: no {name}"
            for name in entry.keys() - needed - allowed:
                yield f"{key}: {name} is unknown"
            for choice in entry.get("choices", ()):
                if not choice.keys() <= {"text", "reply", "right"} or not choice.get("text"):
                    yield f"{key}: a choice is no text with a reply"
            if "choices" in entry and [c.get("right", False) for c in entry["choices"]].count(True) != 1:
                yield f"{key}: one choice must be right"
            if kind == "exercises" and (len(entry.get("hints", ())) != 3 or not all(entry.get("hints", ()))):
                yield f"{key}: three hints"


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_a_file_has_its_form(number):
    assert list(faults(number, texts.read(number))) == []


def test_a_planted_fault_is_seen():
    planted = (
        '[exercises."05.1"]\ntitle = "A"\ntask = "B"\nhints = ["c", "", "e"]\nsection = "05"\nextra = 1\n'
        '[recall."06.r1"]\n[[recall."06.r1".choices]]\ntext = "x"\nreply = "y"\n[other]\n'
    )
    assert list(faults("05", tomllib.loads(planted))) == [
        "other: no such part",
        "05.1: extra is unknown",
        "05.1: three hints",
        "06.r1: stands in the file of 05",
        "06.r1: no question",
        "06.r1: one choice must be right",
    ]


def test_every_text_has_its_code_and_every_code_its_text():
    written = {kind: {key for number in NOTEBOOKS for key in texts.read(number).get(kind, {})} for kind in SECTIONS}
    assert written["exercises"] == set(ALL)
    assert written["predictions"] == set(PREDICTIONS)
    assert written["recall"] == set(QUESTIONS)
    assert set(texts.read("mistakes")) == {mistake.name for mistake in KNOWN}


def test_the_words_of_a_mistake_are_whole():
    for name, entry in texts.read("mistakes").items():
        assert entry.keys() - {"early"} == {"says", "question", "example", "section"}, name
        assert all(entry[part] for part in ("says", "question", "example")), name
        assert entry.get("early", {}).keys() <= {"says", "question", "example"}, name


def test_no_file_is_left_over():
    assert {path.stem for path in FOLDER.glob("*.toml")} == {*NOTEBOOKS, "mistakes", "order"}


@pytest.mark.parametrize("name", ["sign", "mean-missing", "mean-twice", "factor-two", "stale-cache"])
def test_a_gradient_check_has_the_same_words_for_a_mistake(name):
    source = Path(report.__file__).read_text(encoding="utf-8")
    assert f"{{_CONSISTENT}} {named(name).says.removesuffix(' or 1/2')}" in source
