"""What learners read stands in TOML files, one a notebook, so that it can be proofread and translated without Python.

`texts/05.toml` holds the exercises, predictions and recall questions of notebook 05; `texts/mistakes.toml` holds the
words of the known mistakes. The chapters and the catalogue hold the code that belongs to them.
First met in notebooks/00_start_here.ipynb.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from bplearn.exercises.engine.mistake import EarlyWording


@cache
def read(name: str) -> dict[str, Any]:
    """Return what a file of `bplearn/exercises/texts` holds, such as "05" or "mistakes"."""
    return tomllib.loads(files("bplearn.exercises.texts").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def numbers_of(chapter: str, kind: str) -> list[str]:
    """Return the numbers of a notebook's "exercises", "predictions" or "recall" questions, in order.

    >>> numbers_of("01", "recall")
    ['01.r1', '01.r2', '01.r3']
    """
    return list(read(chapter).get(kind, {}))


def texts(number: str) -> dict[str, Any]:
    """Return the texts of an exercise, a prediction or a recall question, by the names of its fields.

    >>> texts("01.2")["title"]
    'A neuron as a function'
    """
    if number[3] in _QUESTIONS:
        kind, title = _QUESTIONS[number[3]]
        entry = read(number[:2])[kind][number]
        found = {"number": number, "title": title, "task": entry["question"]}
        found |= {name: entry[name] for name in ("because", "tolerance") if name in entry}
        if kind == "predictions" and "choices" not in entry:
            found = {"tolerance": 0.01, "replies": {slip["typed"]: slip["reply"] for slip in entry["slips"]}, **found}
    else:
        entry = read(number[:2])["exercises"][number]
        found = {"number": number, "title": entry["title"], "task": entry["task"], "teaches": entry["section"]}
        found["hints"] = tuple(entry["hints"])
    return {**found, **_choices(number, entry)}


_QUESTIONS = {"p": ("predictions", "Prediction"), "r": ("recall", "Recall")}


def _choices(number: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the statements of a question with their replies, and the right one; nothing where there are none."""
    choices = entry.get("choices", [])
    if not choices:
        return {}
    # In a file a recall question's right statement comes first; the learner finds it at any place.
    turn = (int(number[:2]) + int(number[4:])) % len(choices) if number[3] == "r" else 0
    options = {choice["text"]: choice["reply"] for choice in choices[turn:] + choices[:turn]}
    return {"options": options, "right": next(choice["text"] for choice in choices if choice.get("right"))}


def words(name: str) -> dict[str, Any]:
    """Return the words of a known mistake, by the names of its fields.

    >>> words("sign")["early"].example
    'f(x) = x: the slope is +1 everywhere.'
    """
    entry = read("mistakes")[name]
    return {"name": name, **entry, "early": EarlyWording(**entry.get("early", {}))}


def is_read_before(place: str, number: str) -> bool:
    """Return whether a section such as "05: the error at the output" stands before an exercise in the notebooks.

    Assignments stand after all of them.

    >>> is_read_before("03: why a mean", "03.1"), is_read_before("03: the squared error", "03.1")
    (False, True)
    """
    order: dict[str, list[str]] = read("order")
    chapter, _, name = place.partition(": ")
    if number[:2] != chapter or name not in order[chapter]:
        return number[:2] not in order or chapter <= number[:2]
    return order[chapter].index(name) < order[chapter].index(number)
