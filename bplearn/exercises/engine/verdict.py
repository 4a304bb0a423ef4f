"""A verdict is what a checker answers: passed, not attempted yet, wrong, or an error in the learner's code.

Where a wrong answer is consistent with a known mistake, the verdict names it, asks a question that leads on and gives
the smallest example where the mistake shows. Otherwise it says which output is off, by how much and where. It never
shows the solution. It is short, since nobody reads a wall of text; `more` says the rest.
First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from bplearn.exercises.engine.page import Page

SHORT = 50  # words: remarks are added up to this length
LONGEST = 90  # words: the rest goes to `more`
_MORE = "More: `check(...).more`"


class Status(Enum):
    """The four ends of a check; the value is the word that the learner reads.

    >>> Status.PASSED.value
    'passed'
    """

    PASSED = "passed"
    NOT_ATTEMPTED = "not attempted yet"
    WRONG = "not right yet"
    ERROR = "stopped with an error"


_SIGNS = {Status.PASSED: "✓", Status.NOT_ATTEMPTED: "○", Status.WRONG: "✗", Status.ERROR: "!"}
_EDGES = {
    Status.PASSED: ("#0072b2", "solid"),
    Status.NOT_ATTEMPTED: ("#7d8793", "dotted"),
    Status.WRONG: ("#b84a00", "dashed"),
    Status.ERROR: ("#b84a00", "double"),
}


@dataclass(frozen=True)
class Verdict:
    """What a check found, as text in a terminal and as a box in a notebook.

    `mistakes` holds the catalogue's names of the mistakes that the answer is consistent with; it is empty where
    nothing known matches. `details` say which output is off, by how much and where; what can be said `aside` is shown
    where it fits, and by `more` in any case. `passed` is true or false. `printed` is what the code printed first.

    >>> Verdict("01.2", "A neuron", Status.NOT_ATTEMPTED, "Replace the three dots by your code.")
    ○ 01.2 A neuron: not attempted yet
      Replace the three dots by your code.
    """

    exercise: str
    title: str
    status: Status
    headline: str = ""
    details: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    section: str = ""
    printed: str = ""
    aside: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return self.status is Status.PASSED

    def __bool__(self) -> bool:
        return self.passed

    @property
    def more(self) -> Page:
        """All that was found, also what is too long to be said at once."""
        _, *rest = self._lines(self.details, self.aside, self.questions, self.examples)
        return Page(f"{_SIGNS[self.status]} {self.exercise} {self.title}: {self.status.value}", "\n".join(rest))

    def lines(self) -> list[str]:
        """Return the verdict line by line, its heading first: what is wrong, where, one question, one example."""
        parts = [list(part) for part in (self.details, (), self.questions[:1], ())]
        if self.status in (Status.PASSED, Status.NOT_ATTEMPTED):
            return self._lines(*parts)
        details, aside, _, examples = parts
        while _words(self._lines(*parts)) > LONGEST - _words([_MORE]) and len(details) > 1:
            details.pop()
        rest = [(examples, line) for line in self.examples[:1]] + [(aside, line) for line in self.aside]
        for place, line in rest:
            place.append(line)
            if _words([*self._lines(*parts), _MORE]) > SHORT:
                place.pop()
        left = len(self.details) + len(self.aside) + len(self.questions) + len(self.examples) - sum(map(len, parts))
        return [*self._lines(*parts), *([_MORE] if left else [])]

    def _lines(
        self, details: Iterable[str], aside: Iterable[str], questions: Iterable[str], examples: Iterable[str]
    ) -> list[str]:
        rest = [self.headline] if self.headline else []
        rest += [*details, *aside]
        rest += [f"Question: {question}" for question in questions]
        rest += [f"Smallest example: {example}" for example in examples]
        rest += [f"It printed: {_shortened(self.printed)}"] if self.printed.strip() else []
        if self.section and not self.passed:
            rest.append(f"Read again: {self.section}")
        title = f" {self.title}" if self.status in (Status.PASSED, Status.NOT_ATTEMPTED) else ""
        return [f"{_SIGNS[self.status]} {self.exercise}{title}: {self.status.value}", *rest]

    def __str__(self) -> str:
        heading, *rest = self.lines()
        return "\n".join([heading, *(f"  {line}" for part in rest for line in part.splitlines())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heading, *rest = self.lines()
        color, line = _EDGES[self.status]
        style = f"border-left:5px {line} {color};padding:.4em .8em;margin:.3em 0;max-width:52em"
        body = "".join(self._paragraph(part) for part in rest if part != _MORE)
        if _MORE in rest:
            _, *everything = self._lines(self.details, self.aside, self.questions, self.examples)
            more = "".join(self._paragraph(part) for part in everything if part not in rest)
            body += f"<details><summary>More</summary>{more}</details>"
        strong = f'<p style="margin:.1em 0"><strong>{html.escape(heading)}</strong></p>'
        return f'<div role="status" style="{style}">{strong}{body}</div>'

    def _paragraph(self, part: str) -> str:
        return f'<p style="margin:.25em 0;white-space:pre-wrap">{_linked(part, self.section)}</p>'


@dataclass(frozen=True)
class Verdicts:
    """Several verdicts, one below the other."""

    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Whether all answers are right."""
        return all(verdict.passed for verdict in self.verdicts)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.verdicts))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(verdict._repr_html_() for verdict in self.verdicts)


def _words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _shortened(printed: str) -> str:
    """Return the first three lines of what was printed, none of them long."""
    lines = printed.strip().splitlines()
    shown = [line if len(line) <= 80 else f"{line[:80]} ..." for line in lines[:3]]
    return "\n".join([*shown, "..."] if len(lines) > 3 else shown)


def _linked(part: str, section: str) -> str:
    """Return one line as HTML; the file of the section becomes a link, `code` becomes code."""
    text = html.escape(part, quote=False)
    pieces = text.split("`")
    if len(pieces) % 2:  # an even number of back quotes
        text = "".join(f"<code>{piece}</code>" if place % 2 else piece for place, piece in enumerate(pieces))
    file = section.split(",")[0]
    if file and part == f"Read again: {section}":
        text = text.replace(file, f'<a href="{html.escape(file)}">{html.escape(file)}</a>', 1)
    return text
