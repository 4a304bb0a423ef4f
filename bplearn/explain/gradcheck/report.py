"""What a gradient check found, and what a wrong gradient looks like.

A wrong gradient is often the right one times a number, the right one transposed, or the gradient of another batch.
`advise` tries each of these and names the one that fits every checked entry: "consistent with", never more. What the
exercises know as a mistake has their words here, word for word; a test compares them.
Used by `check_gradients`, notebooks/10_check_your_gradients.ipynb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np

from bplearn.checks.arrays import Array
from bplearn.explain.gradcheck.subjects import Claim
from bplearn.show.table import Table, Tabular
from bplearn.show.text import short


class Entry(NamedTuple):
    """One comparison: where, the gradient claimed, the difference measured, and its status.

    A status is "right", "wrong", "kink", "unresolved" (rounding hides it), "undefined" (the function is no finite
    number nearby) or "skipped" (doubtful at a first look, with too many others for a closer one).
    `where` is the index of the entry; for a random direction, which belongs to all entries, it is ().
    """

    where: tuple[int, ...]
    gradient: float
    difference: float
    status: str

    @property
    def error(self) -> float:
        """The relative error |gradient - difference| / max(|gradient|, |difference|); 0 where both are 0."""
        size = max(abs(self.gradient), abs(self.difference))
        return abs(self.gradient - self.difference) / size if size else 0.0


@dataclass(frozen=True)
class ArrayReport:
    """What was found for one array: its entries, the random directions, and advice."""

    name: str
    shape: tuple[int, ...]
    entries: tuple[Entry, ...] = ()
    directions: tuple[Entry, ...] = ()
    advice: tuple[str, ...] = ()
    size: int = 0

    def count(self, status: str) -> int:
        """Return how many entries have this status."""
        return sum(entry.status == status for entry in self.entries)

    @property
    def verdict(self) -> str:
        """Return "right", "wrong", or "undecided" where no entry could be judged."""
        judged = (*self.entries, *self.directions)
        if self.advice or any(entry.status == "wrong" for entry in judged):
            return "wrong"
        right = [entry for entry in judged if entry.status == "right"]
        if self.count("unresolved") and not any(entry.gradient for entry in right):
            return "undecided"  # where rounding hides the other entries, zeros prove nothing
        return "right" if right or self.size == 0 else "undecided"

    @property
    def worst(self) -> tuple[Entry, ...]:
        """The five wrong entries with the largest difference; where none is wrong, the least exact right one."""
        wrong = [entry for entry in self.entries if entry.status == "wrong"]
        if wrong:
            return tuple(sorted(wrong, key=lambda entry: -abs(entry.gradient - entry.difference))[:5])
        right = [entry for entry in self.entries if entry.status == "right"]
        return tuple(sorted(right, key=lambda entry: -entry.error)[:1])

    @property
    def largest_error(self) -> float:
        """The largest relative error among the judged entries."""
        return max((e.error for e in self.entries if e.status in ("right", "wrong")), default=0.0)


@final
@dataclass(frozen=True, repr=False)
class GradientReport(Tabular):
    """What `check_gradients` found: true where every array is right.

    `.verdict` is "right", "wrong" or "undecided"; `.arrays` holds the findings for each array, with `.worst` entries
    and `.advice`; `.problems` what else is wrong, `.notes` what to know.

    >>> report = check_gradients(ReLU(), [[0.0, 2.0]])
    >>> report.verdict, report.kinks
    ('right', 1)
    """

    title: str
    arrays: tuple[ArrayReport, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Return "wrong" if anything is wrong, "undecided" if an array could not be judged, else "right"."""
        verdicts = {array.verdict for array in self.arrays}
        if self.problems or "wrong" in verdicts:
            return "wrong"
        return "right" if verdicts == {"right"} else "undecided"

    @property
    def passed(self) -> bool:
        """Whether every array was judged and is right."""
        return self.verdict == "right"

    def __bool__(self) -> bool:
        return self.passed

    @property
    def kinks(self) -> int:
        """How many entries were skipped because the function has a kink there."""
        return sum(array.count("kink") for array in self.arrays)

    @property
    def unresolved(self) -> int:
        """How many entries were skipped because rounding hides them."""
        return sum(array.count("unresolved") for array in self.arrays)

    @property
    def advice(self) -> tuple[str, ...]:
        """All advice, with the name of the array in front."""
        return tuple(f"{array.name}: {line}" for array in self.arrays for line in array.advice)

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for array in self.arrays:
            checked = array.count("right") + array.count("wrong")
            along = [entry for entry in array.directions if entry.status in ("right", "wrong")]
            directions = _spelled(max(entry.error for entry in along)) if along else "-"
            error = _spelled(array.largest_error) if checked else "-"
            of = f"{checked:,} of {array.size:,}"
            rows.append((array.name, str(array.shape), of, error, directions, array.verdict))
        return rows

    def _words(self) -> list[str]:
        words = {"right": "The gradients are right.", "wrong": "A gradient is wrong.", "undecided": "Undecided."}
        lines = [words[self.verdict]]
        for array in self.arrays:
            if array.verdict == "wrong":
                lines += [f"{array.name}: {line}" for line in array.advice]
                lines += [
                    f"{array.name}{list(entry.where)}: gradient {short(entry.gradient, 8)}, "
                    f"difference {short(entry.difference, 8)}"
                    for entry in array.worst
                    if entry.status == "wrong"
                ]
            if array.verdict == "undecided" and array.entries:
                lines.append(f"{array.name}: {_undecided(array)}. Try other inputs or smaller weights.")
        lines += self.problems
        reasons = ((why, sum(array.count(status) for array in self.arrays)) for status, why in _NOT_JUDGED.items())
        lines += [f"{n} {'entry' if n == 1 else 'entries'} not judged: {why}." for why, n in reasons if n]
        return [*lines, *self.notes]

    def table(self) -> Table:
        """Return the findings as a table, with verdict and advice below."""
        return Table(f"Gradients of {self.title}", _HEADINGS, tuple(self._rows()), tuple(self._words()))

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as plain numbers, words and lists."""
        arrays = [
            {
                "name": array.name,
                "shape": list(array.shape),
                "verdict": array.verdict,
                "largest_error": array.largest_error,
                "kinks": array.count("kink"),
                "unresolved": array.count("unresolved"),
                "advice": list(array.advice),
                "worst": [
                    {"index": list(entry.where), "gradient": entry.gradient, "difference": entry.difference}
                    for entry in array.worst
                ],
            }
            for array in self.arrays
        ]
        problems, notes = list(self.problems), list(self.notes)
        return {"title": self.title, "verdict": self.verdict, "arrays": arrays, "problems": problems, "notes": notes}


_NOT_JUDGED = {
    "kink": "at a kink, where a slope to the left and one to the right differ",
    "unresolved": "too small to measure beside the rounding of the loss",
    "undefined": "the loss is not a finite number on both sides",
    "skipped": "doubtful at a first look, but only some entries of an array get a close one",
}


def _undecided(array: ArrayReport) -> str:
    """Say why an array could not be judged: what happened to its entries."""
    words = {
        "kink": "lie on a kink",
        "unresolved": "are hidden by rounding",
        "undefined": "lie where the loss is not a finite number",
        "skipped": "were not looked at closely",
        "right": "are 0, which alone is no evidence",
    }
    counts = [(array.count(status), why) for status, why in words.items() if array.count(status)]
    if len(counts) == 1:
        return f"all entries {counts[0][1]}"
    return ", ".join(f"{count} of {len(array.entries)} entries {why}" for count, why in counts)


def _spelled(error: float) -> str:
    """Write a relative error; what is rounding alone has no digits worth reading, and other ones on other machines."""
    return short(error, 2) if error >= 1e-8 else "under 1e-8"


_CONSISTENT = "Consistent with:"
_HEADINGS = ("array", "shape", "checked", "largest error", "along directions", "verdict")


def advise(claim: Claim, name: str, found: Array, entries: Sequence[Entry]) -> list[str]:
    """Return what the wrong gradient `found` looks like, judged on the entries that could be measured."""
    judged = [entry for entry in entries if entry.status in ("right", "wrong")]
    wrong = [entry for entry in judged if entry.status == "wrong"]
    if not wrong:
        which = "not checked" if len(entries) < found.size else "not judged alone"
        return [f"Single entries agree, but a random direction does not: an entry that was {which} is wrong."]
    where = tuple(np.array([entry.where for entry in judged]).T)
    claimed = np.array([entry.gradient for entry in judged])
    true = np.array([entry.difference for entry in judged])
    if np.abs(claimed).max() <= 1e-12 * np.abs(true).max(initial=0):  # zero but for rounding
        return ["The gradient is zero, the slope is not: is it computed, returned and passed on?"]
    lines = [words for factor, words in _factors(claim.rows, claim.columns) if _same(claimed, factor * true)]
    if len(found.shape) == 2 and found.shape[0] == found.shape[1] and _same(found.T[where], true):
        lines.append(f"{_CONSISTENT} it comes out transposed. Write x.T @ dy, not dy.T @ x; dy @ W.T, not dy @ W.")
    if name in claim.others and claim.others[name].shape == found.shape and _same(claimed, claim.others[name][where]):
        lines.append(f"{_CONSISTENT} it uses numbers of an earlier batch. Keep what backward needs in the cache.")
    if name == "x" and claim.unit is not None and _same(claimed, claim.unit[where]):
        lines.append(f"{_CONSISTENT} the layer's own derivative is forgotten. dx is dy, not dy times its slope.")
    if not lines:
        lines += _patterns(claimed, true, wrong, len(judged))
    return lines


def _same(left: Array, right: Array) -> bool:
    return bool(np.allclose(left, right, rtol=1e-4, atol=1e-7 * float(np.abs(right).max(initial=0)))) and bool(
        right.any()
    )


def _factors(rows: int, columns: int) -> list[tuple[float, str]]:
    factors: list[tuple[float, str]] = [(-1, f"{_CONSISTENT} the sign is turned round. Multiply by -1.")]
    if rows > 1:
        factors += [
            (rows, f"{_CONSISTENT} the 1/N of the mean is missing (N = {rows})."),
            (1 / rows, f"{_CONSISTENT} it is divided by N a second time (N = {rows}). Divide once, in the loss."),
        ]
    if columns > 1:
        factors += [
            (columns, f"{_CONSISTENT} the mean is taken over the samples alone, not over the {columns} outputs too."),
            (1 / columns, f"{_CONSISTENT} it is divided by the number of outputs (M = {columns}) once too often."),
        ]
    if rows > 1 and columns > 1:
        both = f"N M = {rows} * {columns}"
        factors += [
            (rows * columns, f"{_CONSISTENT} the 1/(N M) of the mean is missing ({both})."),
            (1 / (rows * columns), f"{_CONSISTENT} it is divided by N M a second time ({both})."),
        ]
    return [
        *factors,
        (2, f"{_CONSISTENT} it is off by the factor 2. Divide by 2."),
        (0.5, f"{_CONSISTENT} it is off by the factor 1/2. Multiply by 2."),
    ]


def _patterns(claimed: Array, true: Array, wrong: Sequence[Entry], count: int) -> list[str]:
    measured = true != 0
    ratios = claimed[measured] / true[measured]
    if len(ratios) > 1 and np.allclose(ratios, ratios[0], rtol=1e-4):
        factor = float(ratios[0])
        digits = 4 if abs(factor - 1) > 1e-3 else 8  # "1 times the slope" would be no mistake
        return [f"{_CONSISTENT} a constant factor. It is {short(factor, digits)} times the slope."]
    if len(wrong) < count:
        zero = sum(entry.gradient == 0 for entry in wrong)
        blank = f", {zero} of them are zero" if zero else ""
        return [f"{len(wrong)} of {count} checked entries are wrong{blank}; the others are right."]
    return [f"All {count} checked entries are wrong, with no common factor."]
