"""Answers written apart from the checkers, by one who had not read the catalogue: `wrong.toml` says how."""

import linecache
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CLINICS = {"10.5": "05.8", "10.7": "09.7"}  # they ask for a function of an earlier exercise


@dataclass(frozen=True)
class Written:
    """One answer: its exercise, what is wrong with it (or unusual about it) in plain words, and its text."""

    exercise: str
    what: str
    text: str

    def make(self):
        """Return a fresh answer, as a notebook's cell makes it: the last thing that the text defines."""
        name = f"<answer {self.exercise}: {self.what}>"
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(keepends=True), name)
        cell = {"np": np, "__name__": "__main__"}
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


def whole_wrong_answers():
    """All wrong answers of the second writer, who wrote each of them from its first line to its last."""
    return [Written(number, one["what"], one["text"]) for number, some in _read("wholly").items() for one in some]


def right_answers():
    """All right answers: the plain ones, and those in unusual forms."""
    plain = [Written(number, "the plain form", text.lstrip()) for number, text in _read("plain").items()]
    unusual = [Written(number, one["what"], one["text"]) for number, some in _read("right").items() for one in some]
    return plain + unusual
