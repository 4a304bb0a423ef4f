"""The mutation table: every planted answer is checked, and what the checker says is held against the list.

`python -m tests.exercises` prints it with its totals.
"""

from dataclasses import dataclass

from bplearn.exercises import ALL, check
from tests.exercises import (
    planted_attention,
    planted_blocks,
    planted_depth,
    planted_derivatives,
    planted_first,
    planted_order,
    planted_shapes,
    planted_tensors,
    planted_today,
    planted_training,
)
from tests.exercises.lines import LINES, PLANTED, Planted

MODULES = (
    planted_shapes,
    planted_derivatives,
    planted_order,
    planted_training,
    planted_first,
    planted_depth,
    planted_blocks,
    planted_tensors,
    planted_today,
    planted_attention,
)


@dataclass(frozen=True)
class Result:
    """What the checker said about one planted answer."""

    planted: Planted
    verdict: object

    @property
    def caught(self):
        return not self.verdict.passed

    @property
    def named(self):
        return bool(set(self.verdict.mistakes) & LINES[self.planted.line])

    @property
    def falsely_named(self):
        """A name, but not the right one; names that no output tells apart are one name."""
        return bool(self.verdict.mistakes) and not self.named


TYPED = {
    "01.1",
    "03.1",
    "04.1",
    "05.1",
    "05.2",
    "05.3",
    "05.4",
    "07.3",
    "07.5",
    "12.1",
    "12.4",
    "17.1",
    "17.6",
}  # answers that are values: the planted function returns them


def answer_of(planted):
    return planted.make()() if planted.exercise in TYPED else planted.make()


def results():
    return [Result(one, check(one.exercise, answer_of(one))) for one in PLANTED]


def planted_functions():
    """The planted answers that are code, as the experiment with the usual checks takes them."""
    return [(ALL[one.exercise], one.line, one.make) for one in PLANTED if one.exercise not in TYPED]


def rows(found):
    """One row for each line of the list: planted, caught, named right, not recognized, named wrong."""
    for line in LINES:
        mine = [one for one in found if one.planted.line == line]
        caught, named = sum(one.caught for one in mine), sum(one.named for one in mine)
        false = sum(one.falsely_named for one in mine)
        yield line, len(mine), caught, named, caught - named - false, false


def report(found):
    """The table as text, its totals last."""
    table = list(rows(found))
    totals = ("total", *(sum(row[k] for row in table) for k in range(1, 6)))
    heads = ("mistake", "planted", "caught", "named right", "not recognized", "named wrong")
    lines = [f"{heads[0]:<42}" + "".join(f"{head:>15}" for head in heads[1:])]
    lines += [f"{row[0]:<42}" + "".join(f"{count:>15}" for count in row[1:]) for row in (*table, totals)]
    return "\n".join(lines)
