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

from bplearn.exercises.engine.exercise import Option
from bplearn.exercises.engine.mistake import Early


@cache
def read(name: str) -> dict[str, Any]:
    """Return what a file of `bplearn/exercises/texts` holds, such as "05" or "mistakes"."""
    return tomllib.loads(files("bplearn.exercises.texts").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def texts(number: str) -> dict[str, Any]:
    """Return the texts of an exercise, by the names of its fields.

    >>> texts("01.2")["title"]
    'A neuron as a function'
    """
    entry = read(number[:2])["exercises"][number]
    found = {"number": number, "title": entry["title"], "task": entry["task"], "teaches": entry["section"]}
    return {**found, "hints": tuple(entry["hints"]), **_choices(entry)}


def _choices(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the statements of a question by letter, and the letter of the right one; nothing where there are none."""
    lettered = dict(zip("abcdef", entry.get("choices", ()), strict=False))
    if not lettered:
        return {}
    options = {letter: Option(choice["text"], choice["reply"]) for letter, choice in lettered.items()}
    return {"options": options, "right": next(letter for letter, choice in lettered.items() if choice.get("right"))}


def words(name: str) -> dict[str, Any]:
    """Return the words of a known mistake, by the names of its fields.

    >>> words("sign")["early"].example
    'f(x) = x: the slope is +1 everywhere.'
    """
    entry = read("mistakes")[name]
    return {"name": name, **entry, "early": Early(**entry.get("early", {}))}
