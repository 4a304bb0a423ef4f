"""A known mistake as data: what it is in one line, a question that leads on, the smallest example where it shows.

Its wrong versions are made from the tested solution of an exercise: an edit replaces what the solution writes by what
the mistake writes, a wrap changes how the whole function behaves from call to call, and a pattern recognizes the
mistake by the ratio between the wrong numbers and the right ones. First met in notebooks/01_one_neuron.ipynb.
"""

from __future__ import annotations

import functools
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any

from bplearn.checks.arrays import Array

Edit = tuple[str, str]  # a regular expression that finds the right code, and the wrong code that takes its place
Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]
Pattern = Callable[[list[tuple[float, int]]], bool]  # (ratio of wrong to right, number of samples) for each case


@dataclass(frozen=True)
class Shown:
    """One output of one case as it came, beside the right one, the right ones of all others, and the arguments."""

    got: Array
    want: Array
    others: tuple[Array, ...] = ()
    arguments: tuple[Any, ...] = ()


Sight = Callable[[list[Shown]], bool]  # whether one output shows the mistake in all cases where it is wrong


@dataclass(frozen=True)
class EarlyWording:
    """Other words for a mistake, for exercises that stand before the section which explains it.

    An empty field means the same words early and late.
    """

    says: str = ""
    question: str = ""
    example: str = ""


@dataclass(frozen=True)
class Mistake:
    """One known mistake.

    `says` finishes the sentence "consistent with: ...". `question` leads on without giving the answer away.
    `edits`, `wraps` and `patterns` make or recognize its wrong versions; a wrap or a pattern acts on the
    exercises whose `family` is in `families`, an edit on every solution in which it finds its code. `sights` recognize
    it in any output that no wrong version explains.
    `section` is empty for mistakes that every exercise explains itself. `early` holds words for exercises before it.
    NaN and infinity prove nothing, but for a mistake that `shows_nan`.
    `spoils` names outputs that cannot all be right where this mistake is made. With `one_edit` no two edits come
    together, where both would be another mistake.
    """

    name: str
    group: str
    says: str
    question: str
    example: str
    section: str
    edits: tuple[Edit, ...] = ()
    wraps: tuple[Wrap, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    families: tuple[str, ...] = ()
    sights: tuple[Sight, ...] = ()
    early: EarlyWording = EarlyWording()
    spoils: tuple[str, ...] = ()
    shows_nan: bool = False
    one_edit: bool = False

    def worded_for(self, late: bool) -> Mistake:
        """Return the mistake in the words for an exercise after its section (`late`) or before it.

        >>> from bplearn.exercises.mistakes import named
        >>> named("sign").worded_for(late=False).example
        'f(x) = x: the slope is +1 everywhere.'
        """
        if late:
            return self
        early = {name: words for name, words in vars(self.early).items() if words}
        return replace(self, section="", **early)


@dataclass(frozen=True)
class Mutant:
    """A wrong version of a solution: the mistakes in it, its source (empty for a wrap) and a maker of fresh copies."""

    mistakes: tuple[Mistake, ...]
    source: str
    make: Callable[[], Any]


@functools.cache
def source_of(solution: Any) -> str:
    """Return the source of a solution as a learner may see it.

    >>> source_of(edited).startswith("def edited")
    True
    """
    return textwrap.dedent(inspect.getsource(solution))


def edited(source: str, mistake: Mistake) -> Iterator[str]:
    """Yield `source` with the mistake in it: an edit at one place, at several, and two edits at all their places.

    >>> from bplearn.exercises.mistakes import named
    >>> list(edited("db = dy.sum(axis=0)", named("bias-averaged")))
    ['db = dy.mean(axis=0)']
    """
    for right, wrong in mistake.edits:
        places = list(re.finditer(right, source, re.MULTILINE))
        sizes = range(1, len(places) + 1) if len(places) <= 4 else {1, len(places)}
        for some in chain.from_iterable(combinations(places, size) for size in sizes):
            text = source
            for place in reversed(some):
                text = text[: place.start()] + place.expand(wrong) + text[place.end() :]
            yield text
    for first, second in () if mistake.one_edit else combinations(mistake.edits, 2):
        once = re.sub(*first, source, flags=re.MULTILINE)
        both = re.sub(*second, once, flags=re.MULTILINE)
        if both != once != source:
            yield both


def mutants(solution: Any, known: tuple[Mistake, ...], family: str) -> list[Mutant]:
    """Return every wrong version of `solution` that the known mistakes can make; one source occurs once a mistake.

    >>> from bplearn.exercises import exercise
    >>> from bplearn.exercises.mistakes import named
    >>> mutant = mutants(exercise("05.7").solution, (named("bias-averaged"),), "backward")[0]
    >>> "mean" in mutant.source
    True
    """
    source = source_of(solution)
    found = []
    for mistake in known:
        texts = dict.fromkeys(edited(source, mistake))
        found += [Mutant((mistake,), text, _maker(text, solution)) for text in texts]
        if family in mistake.families:
            found += [Mutant((mistake,), "", _wrapper(wrap, solution)) for wrap in mistake.wraps]
    return found


def double_mutants(solution: Any, pairs: Iterable[tuple[Mistake, Mistake]]) -> Iterator[Mutant]:
    """Yield the versions with two different mistakes in them, each at all its places.

    >>> from bplearn.exercises import exercise
    >>> from bplearn.exercises.mistakes import named
    >>> two = named("gradient-transposed"), named("bias-averaged")
    >>> sum(1 for _ in double_mutants(exercise("05.7").solution, [two]))
    1
    """
    seen = set()
    for first, second in pairs:
        for once in _everywhere(source_of(solution), first):
            for text in _everywhere(once, second):
                if text not in seen:
                    seen.add(text)
                    yield Mutant((first, second), text, _maker(text, solution))


def added(mutant: Mutant, mistake: Mistake, solution: Any) -> Iterator[Mutant]:
    """Yield the versions with one mistake more in them, at each of its places.

    >>> from bplearn.exercises import exercise
    >>> from bplearn.exercises.mistakes import named
    >>> solution = exercise("05.7").solution
    >>> one = mutants(solution, (named("gradient-transposed"),), "backward")[0]
    >>> sum(1 for _ in added(one, named("bias-averaged"), solution))
    1
    """
    for text in dict.fromkeys(edited(mutant.source, mistake)):
        yield Mutant((*mutant.mistakes, mistake), text, _maker(text, solution))


def _everywhere(source: str, mistake: Mistake) -> list[str]:
    """Return the source with a mistake at all places of one edit; of many edits of one kind the first few will do."""
    texts = (re.sub(right, wrong, source, flags=re.MULTILINE) for right, wrong in mistake.edits[:4])
    return [text for text in dict.fromkeys(texts) if text != source]


def _maker(text: str, solution: Any) -> Callable[[], Any]:
    """Return a function that runs the text and gives the function or class it defines, fresh each time."""

    def make() -> Any:
        space = dict(vars(inspect.getmodule(solution)))
        exec(compile(text, f"<a wrong version of {solution.__name__}>", "exec"), space)
        return space[solution.__name__]

    return make


def _wrapper(wrap: Wrap, solution: Any) -> Callable[[], Any]:
    return lambda: wrap(solution)
