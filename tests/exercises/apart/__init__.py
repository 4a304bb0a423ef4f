"""Answers written apart from the checkers, by one who had not read the catalogue: `wrong.toml` says how."""

import linecache
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bplearn.autograd import Tensor

CLINICS = {"10.5": "05.8", "10.7": "09.7"}  # they ask for a function of an earlier exercise


@dataclass(frozen=True)
class Written:
    """One answer: its exercise, what is wrong with it (or unusual about it) in plain words, and its text."""

    exercise: str
    what: str
    text: str
    came: str = ""  # what a stern reader said of the first verdict

    def make(self):
        """Return a fresh answer, as a notebook's cell makes it: the last thing that the text defines."""
        name = f"<answer {self.exercise}: {self.what}>"
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(keepends=True), name)
        cell = {"np": np, "Tensor": Tensor, "math": math, "__name__": "__main__"}
        exec(compile(self.text, name, "exec"), cell)
        return list(cell.values())[-1]


def _read(name):
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def wrong_answers():
    """All wrong answers written apart."""
    plain, edits = _read("plain"), _read("wrong")
    found = []
    for number, all_of_it in edits.items():
        right = plain[CLINICS.get(number, number)].lstrip()
        for what, old, new in all_of_it:
            assert old in right, (number, what)
            found.append(Written(number, what, right.replace(old, new)))
    return found


def _listed(name):
    entries = ((number, one) for number, some in _read(name).items() for one in some)
    return [Written(number, one["what"], one["text"], one.get("came", "")) for number, one in entries]


def whole_wrong_answers():
    """All wrong answers of the second writer, who wrote each of them from its first line to its last."""
    return _listed("wholly")


def third_wrong_answers():
    """Half of the wrong answers of the third writer."""
    return _listed("third")


def right_answers():
    """All right answers: the plain ones, and those in unusual forms."""
    plain = [Written(number, "the plain form", text.lstrip()) for number, text in _read("plain").items()]
    return [*plain, *_listed("right"), *_listed("forms")]
